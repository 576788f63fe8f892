"""axe-core, which finds what keeps people with disabilities out of a page."""

import tarfile

from . import npm, paths
from .ui import DevError

PACKAGE = "axe-core@4.14.1"
SHA256 = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745"
FILE = "package/axe.min.js"
# tells the tests where it lies
VARIABLE = "SERVICE_QUALITY_AXE"


def script():
    """The path of the script, fetched if needed; None where it can't be had."""
    target = paths.CACHE / "npm" / f"{PACKAGE}.min.js"
    if not target.exists():
        try:
            fetch(target)
        except (DevError, OSError, KeyError, ValueError, tarfile.TarError):
            return None
    return target


def fetch(target):
    """Get the package and keep the one file; the name makes it valid."""
    archive = npm.pack(PACKAGE, SHA256)
    with tarfile.open(archive) as content:
        text = content.extractfile(FILE).read()
    part = target.with_suffix(".part")
    part.write_bytes(text)
    part.rename(target)
