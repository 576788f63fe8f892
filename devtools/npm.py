"""npm packages, as archives or installed. Nothing of them is run by npm."""

import hashlib
import json
import os

from . import node, paths, processes
from .ui import DevError

FOLDER = paths.CACHE / "npm"


def pack(package, sha256):
    """Download a package (name@version) and return the path of its archive."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    # npm's own cache is elsewhere: it would hold a second copy for nothing
    output = run(
        ["pack", package, "--json", "--silent", "--pack-destination", FOLDER],
        FOLDER,
        f"The npm package {package} could not be fetched.",
    )
    name = json.loads(output)[0]["filename"]
    # older npm tells the name of the package here, not that of the file
    archive = FOLDER / name.replace("/", "-").lstrip("@")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != sha256:
        archive.unlink()
        raise DevError(f"{package} isn't the archive that was tested.", "report it.")
    return archive


def install(folder):
    """Install what the folder's ``package-lock.json`` lists, with its hashes."""
    run(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        folder,
        "The npm packages could not be installed.",
    )


def run(arguments, folder, problem):
    """Run npm in a folder; return its output."""
    return processes.run(
        [*node.npm(), *arguments],
        log="npm",
        env={**os.environ, "npm_config_update_notifier": "false"},
        cwd=folder,
        problem=problem,
        way_out="run the command again.",
    )
