"""The first step of ./dev: find a Python that Odoo 19 can use.

This file must be readable by any Python 3, however old, so that an old one prints a
sentence instead of a SyntaxError: no f-strings, no annotations, nothing newer than 3.4.
"""

from __future__ import print_function

import glob
import os
import subprocess
import sys

OLDEST, NEWEST = (3, 10), (3, 13)
# tried in this order when the running one doesn't suit
PREFERRED = ("3.12", "3.11", "3.13", "3.10")


def suits(version):
    """Whether Odoo 19 and its locked dependencies run on this (major, minor)."""
    return OLDEST <= tuple(version)[:2] <= NEWEST


def wrong_python_message(version, entry="dev"):
    """The sentence for a Python that doesn't suit."""
    return (
        "Service Quality needs Python 3.10-3.13, this is {}.{}.\n"
        "Way out: install one of them, or run it with one you have: "
        "python3.12 {}".format(version[0], version[1], entry)
    )


def places_to_look():
    """Paths where another Python may be, likely ones first."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    for version in PREFERRED:
        for folder in folders:
            yield os.path.join(folder, "python" + version)
        for path in sorted(
            glob.glob(os.path.join(pyenv, "versions", version + ".*", "bin", "python3"))
        ):
            yield path


def find_suitable(paths):
    """The first of the paths that is a suitable Python, or None."""
    for path in paths:
        if not os.access(path, os.X_OK):
            continue
        # Run it: a pyenv shim exists for versions that are not active, too.
        try:
            answer = subprocess.check_output(
                [path, "-c", "import sys; print('%d %d' % sys.version_info[:2])"],
                stderr=subprocess.DEVNULL,
            )
            found = [int(part) for part in answer.split()]
        except (OSError, ValueError, subprocess.CalledProcessError):
            continue
        if suits(found):
            return path
    return None


def main(arguments):
    """Run the command line with a Python that suits; return the exit code."""
    if suits(sys.version_info):
        from devtools.cli import main as run

        return run(arguments)
    entry = os.path.abspath(sys.argv[0])
    other = find_suitable(places_to_look())
    if other is None:
        print(wrong_python_message(sys.version_info), file=sys.stderr)
        return 1
    print(
        "This is Python {}.{}, which is not 3.10-3.13: going on with {}".format(
            sys.version_info[0], sys.version_info[1], other
        ),
        file=sys.stderr,
    )
    sys.stderr.flush()
    os.execv(other, [other, entry] + list(arguments))
