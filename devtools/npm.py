"""npm packages, downloaded as archives. Nothing of them is run by npm."""

import hashlib
import json
import os
import shutil

from . import paths, processes
from .ui import DevError

FOLDER = paths.CACHE / "npm"


def pack(package, sha256):
    """Download a package (name@version) and return the path of its archive."""
    if not shutil.which("npm"):
        raise DevError("This machine has no npm.", "install Node.js.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    # npm's own cache is elsewhere: it would hold a second copy for nothing
    output = processes.run(
        ["npm", "pack", package, "--json", "--silent", "--pack-destination", FOLDER],
        log="npm",
        env={**os.environ, "npm_config_update_notifier": "false"},
        cwd=FOLDER,
        problem=f"The npm package {package} could not be fetched.",
        way_out="run the command again.",
    )
    name = json.loads(output)[0]["filename"]
    # older npm tells the name of the package here, not that of the file
    archive = FOLDER / name.replace("/", "-").lstrip("@")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != sha256:
        archive.unlink()
        raise DevError(f"{package} isn't the archive that was tested.", "report it.")
    return archive
