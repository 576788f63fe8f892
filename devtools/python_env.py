"""The private virtual environment with the locked dependencies."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from . import debian, paths, processes
from .ui import DevError, step

NEEDED_BYTES = 3 * 1024**3
BOOTSTRAP = paths.STATE / "bootstrap"
STAMP = "service-quality.json"

# pip reads the locks as they are: no dependency is looked up, nothing is compiled
LOCKED = ("--require-hashes", "--no-deps", "--only-binary", ":all:")


def stamp_of(lock_file):
    """What an environment was made from."""
    return {
        "python": "%d.%d" % sys.version_info[:2],
        "base": sys.base_prefix,
        "lock": hashlib.sha256(lock_file.read_bytes()).hexdigest(),
        "folder": str(paths.ROOT),
    }


def is_ready(folder, lock_file):
    """Whether the environment is complete and made from this lock and Python."""
    try:
        found = json.loads((folder / STAMP).read_text())
    except (OSError, ValueError):
        return False
    return found == stamp_of(lock_file) and paths.venv_python(folder).exists()


def ensure(folder=paths.VENV, lock_file=paths.LOCK_FILE, title="Python environment"):
    """Make the environment unless it is there; return its interpreter."""
    if not is_ready(folder, lock_file):
        check_disk()
        with step(f"{title} (Python {sys.version_info[0]}.{sys.version_info[1]})"):
            make(folder, lock_file)
    return paths.venv_python(folder)


def check_disk():
    """Stop early when the disk is about to be full."""
    paths.STATE.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(paths.STATE).free
    if free < NEEDED_BYTES:
        raise DevError(
            f"The disk has only {free // 1024**2} MB free; 3000 MB are needed.",
            "free some space, or clone the repository to a bigger disk.",
        )


def make(folder, lock_file):
    """Make the environment from nothing. The stamp, written last, makes it valid."""
    if folder.exists():
        shutil.rmtree(folder)
    try:
        # without pip: ensurepip is missing where Debian splits it off
        venv.create(folder, symlinks=True, with_pip=False)
    except (OSError, subprocess.CalledProcessError) as error:
        raise DevError(
            f"The Python environment could not be made ({error}).",
            "check that the folder is writable and the disk not full.",
        ) from None
    install(folder, lock_file)
    (folder / STAMP).write_text(json.dumps(stamp_of(lock_file)))


def install(folder, lock_file):
    """Install what the lock lists."""
    python = paths.venv_python(folder)
    uv = find_uv()
    if uv:
        command = [uv, "pip", "install", "--python", python]
    else:
        command = [*pip_command(), "--python", python, "install"]
    processes.run(
        [*command, *LOCKED, "-r", lock_file],
        log="python-packages",
        env={**os.environ, "VIRTUAL_ENV": str(folder), "PYTHONPATH": ""},
        problem="The Python packages could not be installed.",
        way_out="run the command again.",
    )


def find_uv():
    """A uv to install with: the user's, the one fetched before, or a fetched one."""
    own = BOOTSTRAP / "bin" / "uv"
    if own.exists():
        return own
    theirs = shutil.which("uv")
    if theirs and runs([theirs, "--version"]):
        return theirs
    try:
        processes.run(
            [
                *pip_command(),
                *("install", "--quiet", "--target", BOOTSTRAP, "--upgrade"),
                *(*LOCKED, "-r", paths.BOOTSTRAP_LOCK_FILE),
            ],
            log="bootstrap",
            problem="The installer uv could not be fetched.",
            way_out="run the command again.",
        )
    except DevError:
        # uv is only faster; where it has no wheel, pip does it. Without a network
        # pip fails next and says so.
        return None
    return own if own.exists() and runs([own, "--version"]) else None


def pip_command():
    """A pip that works without having been installed into the environment."""
    if runs([sys.executable, "-m", "pip", "--version"]):
        return [sys.executable, "-m", "pip"]
    wheel = bundled_pip() or debian_pip()
    if wheel is None:
        raise DevError(
            "This Python has neither pip nor ensurepip.",
            "install them (Debian, Ubuntu: apt-get install python3-venv) "
            "and run the command again.",
        )
    # a wheel is a zip file, and Python runs a package out of a zip file
    return [sys.executable, f"{wheel}/pip"]


def runs(command):
    """Whether a program starts and ends well."""
    try:
        return not subprocess.call(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return False


def bundled_pip():
    """The pip wheel inside Python's ensurepip, if that is there."""
    try:
        import ensurepip
    except ImportError:
        return None
    folders = [
        Path(ensurepip.__file__).parent / "_bundled",
        # where distributions put it instead
        Path(sysconfig.get_config_var("WHEEL_PKG_DIR") or "/usr/share/python-wheels"),
    ]
    wheels = [wheel for folder in folders for wheel in folder.glob("pip-*.whl")]
    return wheels[0] if wheels else None


def debian_pip():
    """The pip wheel of Debian, unpacked in our own folder: needs no root."""
    target = paths.CACHE / "pip"
    if not list(target.glob("**/pip-*.whl")):
        try:
            apt = debian.PrivateApt(suite=None)
            (package,) = apt.download(["python3-pip-whl"])
            debian.unpack(package, target)
        except DevError:
            return None
    return next(target.glob("**/pip-*.whl"), None)
