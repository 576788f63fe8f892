"""The first step must work, or fail with a sentence, on any Python 3."""

import ast
import sys

import pytest

from devtools import launcher, paths


@pytest.mark.parametrize(
    "name", ["dev", "devtools/launcher.py", "devtools/__init__.py"]
)
def test_old_pythons_can_read_the_first_step(name):
    source = (paths.ROOT / name).read_text()
    ast.parse(source, name, feature_version=(3, 4))
    assert "f'" not in source and 'f"' not in source


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 9), (3, 14)])
def test_other_versions_do_not_suit(version):
    assert not launcher.suits(version)
    message = launcher.wrong_python_message(version)
    assert "needs Python 3.10-3.13, this is {}.{}.".format(*version) in message
    assert "python3.12 dev" in message


@pytest.mark.parametrize("version", [(3, 10, 0), (3, 11), (3, 12, 1), (3, 13)])
def test_these_versions_suit(version):
    assert launcher.suits(version)


def test_a_suitable_python_is_found_among_others(tmp_path):
    broken, old = tmp_path / "broken", tmp_path / "old"
    broken.write_text("#!/bin/sh\nexit 127\n")
    old.write_text("#!/bin/sh\necho 3 6\n")
    broken.chmod(0o755)
    old.chmod(0o755)
    missing = tmp_path / "missing"
    candidates = [str(path) for path in (missing, broken, old)]
    assert launcher.find_suitable(candidates) is None
    assert launcher.find_suitable([*candidates, sys.executable]) == sys.executable
