"""A page that took too long is asked again, a wrong one is not."""

import subprocess
import sys

from devtools import paths

TESTS = """
from unittest import TestCase

from odoo.tests import HttpCase

RUNS = {}


class TestPages(HttpCase):
    test_tags = frozenset()
    run = TestCase.run  # Odoo's asks for a database
    setUpClass = classmethod(lambda cls: None)
    setUp = tearDown = lambda self: None

    def count(self):
        name = self._testMethodName
        RUNS[name] = RUNS.get(name, 0) + 1
        return RUNS[name]

    def test_slow_once(self):
        if self.count() == 1:
            self.fail("TIMEOUT step failed to complete within 50000 ms.")

    def test_slow_always(self):
        self.count()
        self.fail("Script timeout exceeded")

    def test_wrong_once(self):
        if self.count() == 1:
            self.fail("The number is 3, the records are 4")
"""


def test_only_what_is_slow_runs_again(tmp_path):
    (tmp_path / "test_pages.py").write_text(TESTS)
    plugins = ("no:odoo", "no:cacheprovider", "devtools.pytest_plugin")
    options = [option for name in plugins for option in ("-p", name)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-raR", "test_pages.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(paths.ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    summary = done.stdout.splitlines()
    assert "2 failed, 1 passed" in summary[-1], done.stdout + done.stderr
    for word, name in (
        ("FAILED", "test_slow_always"),
        ("FAILED", "test_wrong_once"),
        ("RERUN", "test_slow_once"),
    ):
        assert any(line.startswith(word) and name in line for line in summary)
