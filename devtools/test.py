"""``./dev test``: run all tests against a fresh copy of the template database."""

import os

from . import (
    axe,
    browser,
    locks,
    odoo_server,
    odoo_source,
    paths,
    postgres,
    processes,
)
from .databases import Databases
from .ui import DevError, say, warn

BASE_VARIABLE = "SERVICE_QUALITY_BASE_TEMPLATE"

# -r: a line for every test that failed or was skipped, with the reason
OPTIONS = (
    *("-p", "no:cacheprovider", "-p", "devtools.pytest_plugin"),
    *("-ra", "--durations=10", "--durations-min=1"),
    # replica: gives the read-only cursors that readonly routes use
    *("--odoo-http", "--odoo-dev=replica"),
)


def test(arguments):
    """Run pytest with the arguments; return its exit code."""
    browser_folder = browser_or_warning()
    with postgres.server() as server:
        with locks.preparing("test"):
            source = odoo_source.ensure()
            databases = Databases(server, source.version)
            base, template = databases.base(), databases.addon()
            name = databases.name("test", os.getpid())
            databases.drop(name)
            databases.copy(template, name)
        try:
            return run_pytest(name, base, server, browser_folder, arguments)
        finally:
            databases.drop(name)


def browser_or_warning():
    """The folder with the browser; without one a loud warning, in CI an error."""
    folder = browser.folder_with_browser()
    if folder is None:
        problem = "There is no Chromium: the browser tests can't run."
        if os.environ.get("CI"):
            raise DevError(problem, browser.WAY_OUT)
        warn(f"{problem} They are skipped. {browser.WAY_OUT.capitalize()}")
    return folder


def test_folders():
    """All tests of this repository."""
    folders = [addon / "tests" for addon in paths.addon_folders()]
    return [folder for folder in (*folders, paths.TOOLS / "tests") if folder.is_dir()]


def names_a_test(arguments):
    """Whether the arguments name files or folders, so that not all is meant."""
    return any(
        os.path.exists(argument.partition("::")[0])
        for argument in arguments
        if not argument.startswith("-")
    )


def run_pytest(database, base, server, browser_folder, arguments):
    """Run pytest in its own process; return its exit code."""
    # the port is chosen by pytest-odoo
    config = odoo_server.write_config(database, server)
    env = odoo_server.environment(server)
    env["PYTHONPATH"] = str(paths.ROOT)
    # for the tests of the tool itself, which copy it
    env[BASE_VARIABLE] = base
    if browser_folder:
        env["PATH"] += os.pathsep + browser_folder
        # without it the tests of accessibility are skipped, in CI that is a failure
        if script := axe.script():
            env[axe.VARIABLE] = str(script)
    command = [paths.venv_python(), "-m", "pytest", f"--odoo-config={config}", *OPTIONS]
    if not names_a_test(arguments):
        arguments = [*arguments, *test_folders()]
    say("Running the tests ...")
    try:
        return processes.run_in_front([*command, *arguments], env)
    finally:
        config.unlink(missing_ok=True)
