"""Debian packages without root and without touching the system.

apt works here with a configuration of our own: its lists, cache and (empty) status are
folders under ``.dev``. Mirror and key are those of the machine's own sources, and apt
verifies what it downloads by the signed index.
"""

import os
import shutil
import subprocess

from . import paths, processes
from .ui import DevError

FOLDER = paths.CACHE / "apt"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

CONFIG = """\
Dir::State "{folder}/state";
Dir::State::lists "{folder}/lists";
Dir::State::status "{folder}/status";
Dir::Cache "{folder}/cache";
Dir::Etc::sourcelist "{folder}/none";
Dir::Etc::sourceparts "{folder}/sources";
Dir::Etc::preferences "{folder}/none";
Dir::Etc::preferencesparts "{folder}/empty";
APT::Sandbox::User "";
APT::Get::List-Cleanup "true";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
"""


def archive():
    """(URI, suite, keyring) of the Debian archive in the machine's apt sources."""
    if not all(shutil.which(tool) for tool in ("apt-get", "dpkg-deb")):
        raise DevError("This machine has no apt.", "use a Debian, or set ODOO_PATH.")
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(SIGNED_BY)"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    for line in listing.splitlines():
        if len(line.split()) < 2:
            continue  # of a key that stands in the sources itself
        uri, suite, *keyring = line.split()
        # security and updates live elsewhere or have no package of their own
        name = uri.rstrip("/").rpartition("/")[2]
        if name in ("debian", "debian.list") and "-" not in suite:
            # older apt doesn't know SIGNED_BY and leaves the word as it is
            known = bool(keyring) and os.path.exists(keyring[0])
            return uri, suite, keyring[0] if known else KEYRING
    raise DevError(
        "The machine's apt sources name no Debian archive.",
        "add one, or set ODOO_PATH to a checkout of Odoo 19.0.",
    )


class PrivateApt:
    """apt with its own configuration, for one suite (None: the machine's own)."""

    def __init__(self, suite):
        uri, own_suite, keyring = archive()
        self.suite = suite or own_suite
        self.folder = FOLDER / self.suite
        for name in ("state", "lists/partial", "cache/archives/partial"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for name in ("sources", "empty", "packages"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        config = self.folder / "apt.conf"
        config.write_text(CONFIG.format(folder=self.folder))
        signed_by = f"Signed-By: {keyring}\n" if os.path.exists(keyring) else ""
        (self.folder / "sources" / "archive.sources").write_text(
            f"Types: deb\nURIs: {uri}\nSuites: {self.suite}\n"
            f"Components: main\n{signed_by}"
        )
        self.env = {**os.environ, "APT_CONFIG": str(config), "LC_ALL": "C"}

    def update(self):
        """Fetch the signed index of the suite."""
        processes.run(
            ["apt-get", "update", "--error-on=any"],
            log="apt-update",
            env=self.env,
            problem=f"The package index of Debian {self.suite} could not be fetched.",
            way_out="run the command again.",
        )

    def candidate(self, package):
        """The version of a package in the suite, or None."""
        listing = subprocess.run(
            ["apt-cache", "policy", package],
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        for line in listing.splitlines():
            label, _, version = line.strip().partition(": ")
            if label == "Candidate" and version != "(none)":
                return version
        return None

    def download(self, packages):
        """Fetch packages, verified by apt; return the paths of their files."""
        self.update()
        target = self.folder / "packages"
        # apt keeps what is already there in the right version
        processes.run(
            ["apt-get", "download", *packages],
            log="apt-download",
            env=self.env,
            cwd=target,
            problem="The Debian packages could not be fetched.",
            way_out="run the command again.",
        )
        return [self._file_of(package) for package in packages]

    def _file_of(self, package):
        version = self.candidate(package).replace(":", "%3a")
        (found,) = (self.folder / "packages").glob(f"{package}_{version}_*.deb")
        return found


def unpack(package, target):
    """Unpack all of a package under a folder."""
    target.mkdir(parents=True, exist_ok=True)
    processes.run(
        ["dpkg-deb", "-x", package, target],
        log="unpack",
        problem=f"{package.name} could not be unpacked.",
        way_out="remove it with `./dev clean --all` and run the command again.",
    )
