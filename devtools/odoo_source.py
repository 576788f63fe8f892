"""Where Odoo 19 comes from: three sources, tried in turn.

1. An Odoo that is there: the checkout named by ``ODOO_PATH``, or one that the user's
   Python can import.
2. The Debian package, unpacked into ``.dev`` (see ``odoo_debian``).
3. The source archive of branch 19.0 (see ``odoo_archive``).
"""

import dataclasses
import importlib.util
import json
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

from . import paths
from .ui import DevError, say, step

SERIES = "19.0"
RECORD = paths.STATE / "odoo.json"
LINK = paths.STATE / "odoo-link"
# tells the second run of ./dev, in the environment, what the first one found
FOUND_VARIABLE = "SERVICE_QUALITY_FOUND_ODOO"

DIST_INFO = "Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\n"


@dataclasses.dataclass
class Source:
    """An Odoo: what it is, the folder that holds the package ``odoo``, its version."""

    kind: str
    folder: str
    version: str

    @property
    def package(self):
        return Path(self.folder) / "odoo"


def release_of(folder):
    """The series ("19.0") of the package ``odoo`` in a folder, or None."""
    try:
        text = (Path(folder) / "odoo" / "release.py").read_text()
    except OSError:
        return None
    names = {}
    # of the Odoo that is about to run; what its setup.py does, too
    exec(compile(text, "release.py", "exec"), names)  # noqa: S102
    return names["major_version"]


def importable():
    """The folder of an Odoo 19 that this Python can import, or None."""
    try:
        spec = importlib.util.find_spec("odoo")
    except (ImportError, ValueError):
        return None
    for location in (spec and spec.submodule_search_locations) or ():
        folder = str(Path(location).parent)
        if release_of(folder) == SERIES:
            return folder
    return None


def ensure():
    """Get Odoo unless it is there, connect it to the environment; return its Source."""
    source = existing()
    if source is None:
        source = recorded() or fetch()
        RECORD.write_text(json.dumps(dataclasses.asdict(source)))
    connect(source)
    return source


def existing():
    """The user's own Odoo, if there is one."""
    named = os.environ.get("ODOO_PATH")
    if named:
        folder = str(Path(named).expanduser().resolve())
        series = release_of(folder)
        if series != SERIES:
            found = f"Odoo {series}" if series else "no odoo/release.py"
            raise DevError(
                f"ODOO_PATH ({named}) has {found}; Odoo {SERIES} is needed.",
                "point it to a checkout of branch 19.0, or unset it and let ./dev get "
                "Odoo.",
            )
        say(f"Odoo: the checkout that ODOO_PATH names ({folder})")
        return Source("checkout", folder, revision(folder))
    found = os.environ.get(FOUND_VARIABLE)
    if found:
        say(f"Odoo: the one that Python can import ({found})")
        return Source("importable", found, f"{SERIES} in {found}")
    return None


def revision(folder):
    """What tells one state of a checkout from another: its commit, if it has one."""
    head = ""
    if (Path(folder) / ".git").exists() and shutil.which("git"):
        head = subprocess.run(
            ["git", "-C", folder, "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip()
    return head or f"{SERIES} in {folder}"


def recorded():
    """The Odoo fetched before, if it is still whole."""
    try:
        source = Source(**json.loads(RECORD.read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return source if release_of(source.folder) == SERIES else None


def fetch():
    """Get Odoo from Debian, else from the source archive."""
    from . import odoo_archive, odoo_debian

    reasons = []
    for name, get in (
        ("the Debian package odoo-19", odoo_debian.fetch),
        ("the source archive of branch 19.0", odoo_archive.fetch),
    ):
        # Into a fresh folder: an interrupted unpacking leaves nothing behind that
        # could be taken for a whole Odoo, because the record is written last.
        shutil.rmtree(paths.ODOO, ignore_errors=True)
        try:
            with step(f"Odoo from {name}") as progress:
                return get(paths.ODOO, progress)
        except DevError as error:
            reasons.append(f"- {name}: {error.problem}")
    raise DevError(
        "Odoo 19 could be had from nowhere.",
        "check the network, or set ODOO_PATH to a checkout of branch 19.0.",
        "\n".join(reasons),
    )


def connect(source):
    """Make the environment see this Odoo, and call it "odoo 19.0" for pip and uv."""
    packages = Path(sysconfig.get_path("purelib"))
    folder = source.folder
    if source.kind == "importable":
        # only odoo: its neighbours there must not be seen by our environment
        folder = str(LINK)
        LINK.mkdir(exist_ok=True)
        (LINK / "odoo").unlink(missing_ok=True)
        (LINK / "odoo").symlink_to(source.package)
    site_line = packages / "service-quality-odoo.pth"
    if not site_line.exists() or site_line.read_text() != folder + "\n":
        site_line.write_text(folder + "\n")
    info = packages / "odoo-19.0.dist-info"
    info.mkdir(exist_ok=True)
    # No requirements: Odoo asks for psycopg2, which has no wheel; the lock has
    # psycopg2-binary, which is the same.
    (info / "METADATA").write_text(DIST_INFO)
    (info / "INSTALLER").write_text("./dev\n")
    (info / "RECORD").touch()
