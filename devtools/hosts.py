"""``./dev hosts``: the tests of our hosts, without and with our addons.

A good neighbour changes nothing: each test of the hosts has the same outcome in a
database that never had our addons and in one that has them all. Tests are compared one
by one, not only counted. With ``--neighbours`` addons of others are in both databases,
and their tests are compared as well.
"""

import os
from pathlib import Path
from xml.etree import ElementTree

from . import (
    browser,
    locks,
    neighbours,
    odoo_server,
    odoo_source,
    paths,
    postgres,
    processes,
)
from .databases import Databases
from .settings import HOST_TESTS, HOST_TESTS_LEFT_OUT
from .ui import DevError, say

# prints the folder of each module that is named, as Odoo finds them
FIND = (
    "import sys; from odoo.tools import config; from odoo.modules import Manifest;"
    " config.parse_config(sys.argv[1:3]);"
    " print(*(Manifest.for_addon(name).path for name in sys.argv[3:]), sep='\\n')"
)
OPTIONS = ("-p", "no:cacheprovider", "-q", "--odoo-http", "--tb=no", "-W", "ignore")


def hosts(names, with_neighbours=False):
    """Run the tests of the named hosts, or of all; return 1 if any differs."""
    known = [*HOST_TESTS, *(neighbours.MODULES if with_neighbours else ())]
    unknown = set(names) - set(known)
    if unknown:
        raise DevError(
            f"There are no tests of {', '.join(sorted(unknown))} here.",
            f"choose from {', '.join(known)}.",
        )
    names = names or known
    with postgres.server() as server:
        with locks.preparing("hosts"):
            source = odoo_source.ensure()
            databases = Databases(server, source.version)
            templates = {"without": databases.base(), "with": databases.addon()}
        outcomes = {
            arm: run_arm(databases, server, arm, template, names, with_neighbours)
            for arm, template in templates.items()
        }
    return compare(outcomes["without"], outcomes["with"])


def run_arm(databases, server, arm, template, names, with_neighbours):
    """Run the tests in a copy of a template; return {test: outcome}."""
    database = databases.throw_away(arm, template)
    env, extra = odoo_server.environment(server), {}
    if with_neighbours:
        env["PYTHONPATH"] = str(neighbours.folder())
        extra["addons_path"] = neighbours.addons_path()
        modules = ",".join(neighbours.MODULES)
        title = f"Installing {modules}"
        databases.odoo(database, title, "-i", modules, env=env, **extra)
    config = odoo_server.write_config(database, server, **extra)
    report = paths.STATE / f"hosts_{arm}.xml"
    report.unlink(missing_ok=True)
    if folder := browser.folder_with_browser():
        env["PATH"] += os.pathsep + folder
    say(f"Tests of {', '.join(names)}, {arm} our addons ...")
    try:
        files = [str(path) for path in find_tests(config, env, names)]
        command = [paths.venv_python(), "-m", "pytest", f"--odoo-config={config}"]
        processes.run_in_front(
            [*command, *OPTIONS, f"--junitxml={report}", *files], env
        )
        return read(report)
    finally:
        config.unlink(missing_ok=True)
        databases.drop(database)


def find_tests(config, env, names):
    """The files with the tests of the hosts."""
    log = processes.run(
        [paths.venv_python(), "-c", FIND, "-c", config, *names],
        log="hosts",
        problem="The hosts' folders can't be found.",
        way_out="run `./dev test` once and try again.",
        env=env,
    )
    folders = [line for line in log.splitlines() if os.path.isdir(line)]
    for name, folder in zip(names, folders, strict=True):
        for pattern in HOST_TESTS.get(name, ("test_*.py",)):
            for path in sorted(Path(folder, "tests").glob(pattern)):
                if not any(map(path.match, HOST_TESTS_LEFT_OUT)):
                    yield path


def read(report):
    """{name of a test: passed, failed, error or skipped} of a report."""
    if not report.exists():
        raise DevError("The tests of the hosts did not run.", "see what is said above.")
    outcomes = {}
    # what pytest of this very run has written
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314
        name = f"{case.get('classname')}.{case.get('name')}"
        problems = {child.tag for child in case} & {"failure", "error", "skipped"}
        outcomes[name] = min(problems, default="passed")
    return outcomes


def compare(without, with_addons):
    """Print what differs; return 1 if anything does."""
    differing = sorted(
        name
        for name in without.keys() | with_addons.keys()
        if without.get(name) != with_addons.get(name)
    )
    for name in differing:
        was, now = without.get(name, "not there"), with_addons.get(name, "not there")
        say(f"{name}: {was} without, {now} with our addons")
    passed = sum(outcome == "passed" for outcome in with_addons.values())
    say(
        f"{len(without)} tests without and {len(with_addons)} with our addons,"
        f" {passed} passed, {len(differing)} differ."
    )
    return 1 if differing else 0
