"""Browser and HTTP tests: skipped ones are seen, and slow ones get a second chance.

In CI a skipped one is a failure.
"""

import os
import re

import pytest

from .settings import TOO_SLOW

SKIPPED = pytest.StashKey()
HTTP_TESTS = pytest.StashKey()


def pytest_configure(config):
    config.stash[SKIPPED] = []
    config.stash[HTTP_TESTS] = set()
    # the reports don't know the configuration
    config.pluginmanager.register(Reporter(config), "service-quality-skips")


def pytest_collection_modifyitems(config, items):
    from odoo.tests import HttpCase

    too_slow = [re.escape(text) for text in TOO_SLOW]
    for item in items:
        parent = getattr(item, "cls", None)
        if parent is not None and issubclass(parent, HttpCase):
            config.stash[HTTP_TESTS].add(item.nodeid)
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=too_slow))


class Reporter:
    """Collects the HTTP tests that were skipped."""

    def __init__(self, config):
        self.config = config

    def pytest_runtest_logreport(self, report):
        if report.skipped and report.nodeid in self.config.stash[HTTP_TESTS]:
            if not hasattr(report, "wasxfail"):
                self.config.stash[SKIPPED].append(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session):
        if self.config.stash[SKIPPED] and os.environ.get("CI"):
            session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        skipped = self.config.stash[SKIPPED]
        if skipped:
            verdict = "a failure in CI" if os.environ.get("CI") else "NOT tested"
            terminalreporter.section(f"skipped HTTP and browser tests: {verdict}")
            for nodeid in skipped:
                terminalreporter.line(nodeid)
