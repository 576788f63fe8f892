"""ESLint for the JavaScript of the addons, as ``package-lock.json`` pins it.

After a change of ``package.json``, in its folder::

    npm install --package-lock-only --omit-lockfile-registry-resolved
"""

import functools
import hashlib
import os
import shutil

from . import locks, node, npm, paths
from .ui import step

FILES = (paths.TOOLS / "package.json", paths.TOOLS / "package-lock.json")


@functools.cache
def folder():
    """The folder with the packages, filled if need be; the name makes it valid."""
    content = b"".join(path.read_bytes() for path in FILES)
    target = paths.CACHE / f"eslint_{hashlib.sha256(content).hexdigest()[:12]}"
    # not the lock of preparing, which would make the tests wait
    with locks.Lock("eslint"):
        if not target.exists():
            part = target.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            for path in FILES:
                shutil.copy(path, part)
            with step("ESLint from npm (15 MB)"):
                npm.install(part)
            part.rename(target)
    return target / "node_modules"


def command(fix):
    """The command that checks all of the repository's scripts, a list."""
    program = folder() / "eslint" / "bin" / "eslint.js"
    fixing = ["--fix"] if fix else []
    return [*node.node(), program, "--max-warnings=0", *fixing, "."]


def environment():
    """The environment in which the configuration finds its packages."""
    return {**os.environ, "NODE_PATH": str(folder())}
