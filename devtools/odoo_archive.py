"""Odoo 19 from the source archive of its public repository: the last resort.

It is bigger than the Debian package, moves every day and has no signature, so it is
tried only on machines where that package can't be had.
"""

import hashlib
import re
import shutil
import tarfile
import urllib.error
import urllib.request

from . import paths
from .odoo_source import Source
from .ui import DevError

URL = "https://github.com/odoo/odoo/archive/refs/heads/19.0.tar.gz"
TIMEOUT = 60
CHUNK = 1024 * 1024


def fetch(target, progress):
    """Download and unpack the archive; return the Source."""
    archive = paths.CACHE / "odoo-19.0.tar.gz"
    digest = download(archive, progress)
    progress.note("unpacking")
    try:
        unpack(archive, target)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DevError(
            f"The source archive could not be unpacked ({error}).",
            "run the command again.",
        ) from None
    finally:
        archive.unlink(missing_ok=True)
    return Source("archive", str(target), digest)


def download(archive, progress):
    """Download the archive, telling how far it is; return its SHA-256."""
    digest = hashlib.sha256()
    try:
        with urllib.request.urlopen(URL, timeout=TIMEOUT) as answer:
            with archive.open("wb") as file:
                while chunk := answer.read(CHUNK):
                    file.write(chunk)
                    digest.update(chunk)
                    progress.note(f"{file.tell() // CHUNK} MB")
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", error)
        raise DevError(
            f"the source archive can't be reached ({reason}).",
            "check the network, or set ODOO_PATH to a checkout of branch 19.0.",
        ) from None
    return digest.hexdigest()


def unpack(archive, target):
    """Unpack without the first folder (odoo-19.0/) and the localizations."""
    partial = target.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    trust = {"filter": "tar"} if hasattr(tarfile, "data_filter") else {}
    with tarfile.open(archive, mode="r|gz") as content:
        for member in content:
            _top, _, rest = member.name.partition("/")
            if re.match(r"(odoo/|addons/(?!l10n_)|odoo-bin$)", rest):
                member.name = rest
                content.extract(member, partial, set_attrs=False, **trust)
    partial.rename(target)
