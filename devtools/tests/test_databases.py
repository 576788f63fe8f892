"""Templates on the real server."""

import os
import signal
import subprocess
import sys

import pytest

from devtools import paths

# creates an unfinished database and dies in the middle, as by kill -9
KILLED = """
import os, signal
from devtools import postgres
from devtools.databases import Databases
databases = Databases(postgres.external(os.environ), "tested by itself")
with databases.making(databases.name("killed", "template")) as unfinished:
    databases.create(unfinished)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_build_leaves_nothing(databases):
    done = subprocess.run([sys.executable, "-c", KILLED], cwd=paths.ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert databases.ours("killed") == []
    assert databases.ours("unfinished"), "this is what is left ..."
    databases.drop_unfinished()
    assert databases.ours("unfinished") == [], "... until the next build"


def test_a_failed_build_leaves_nothing(databases):
    name = databases.name("killed", "template")
    with pytest.raises(ZeroDivisionError):
        with databases.making(name) as unfinished:
            databases.create(unfinished)
            1 / 0  # noqa: B018
    assert not databases.exists(name)
    assert not databases.exists(databases.unfinished())


def test_copies_have_their_own_files(databases):
    source, target = (databases.name("copy", key) for key in ("a", "b"))
    try:
        with databases.making(source) as unfinished:
            databases.create(unfinished)
            files = databases.files(unfinished) / "ab"
            files.mkdir(parents=True)
            (files / "abcd").write_text("picture")
        databases.copy(source, target)
        databases.drop(source)
        assert databases.exists(target)
        assert not databases.exists(source)
        assert (databases.files(target) / "ab" / "abcd").read_text() == "picture"
    finally:
        databases.drop(source)
        databases.drop(target)
    assert not databases.files(target).exists()


def test_tests_of_others_are_not_dropped(databases):
    mine, ended = (databases.name("test", pid) for pid in (os.getpid(), 2**22 + 12345))
    try:
        databases.create(mine)
        databases.create(ended)
        databases.drop_unfinished()
        assert databases.exists(mine)
        assert not databases.exists(ended)
    finally:
        databases.drop(mine)
