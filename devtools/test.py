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
from .settings import SLOW_TESTS, SLOW_WEIGHT
from .ui import DevError, say, warn

BASE_VARIABLE = "SERVICE_QUALITY_BASE_TEMPLATE"

# -r: a line for every test that failed, was skipped or run again, with the reason
OPTIONS = (
    *("-p", "no:cacheprovider", "-p", "devtools.pytest_plugin"),
    *("-raR", "--durations=10", "--durations-min=1"),
    # replica: gives the read-only cursors that readonly routes use
    *("--odoo-http", "--odoo-dev=replica"),
)


def test(arguments):
    """Run pytest with the arguments; return its exit code.

    All tests, without arguments, run in two halves at the same time, each with a
    database of its own.
    """
    browser_folder = browser_or_warning()
    halves = choose(arguments)
    with postgres.server() as server:
        with locks.preparing("test"):
            source = odoo_source.ensure()
            databases = Databases(server, source.version)
            base, template = databases.base(), databases.addon()
            names = [
                databases.throw_away(number, template)
                for number in range(1, len(halves) + 1)
            ]
        try:
            env = environment(server, base, browser_folder)
            if arguments:
                return run_pytest(names[0], server, env, [*arguments, *halves[0]])
            return run_halves(names, server, env, halves)
        finally:
            for name in names:
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


def test_files():
    """All tests of this repository."""
    folders = [addon / "tests" for addon in paths.addon_folders()]
    return [
        path
        for folder in (*folders, paths.TOOLS / "tests")
        for path in sorted(folder.glob("test_*.py"))
    ]


def choose(arguments):
    """The lists of files to run, each in a process of its own."""
    if not arguments:
        return split(test_files())
    return [[]] if names_a_test(arguments) else [test_files()]


def weight(path):
    """How long a file of tests takes, as far as its size and name tell."""
    is_slow = any(map(path.match, SLOW_TESTS))
    return path.stat().st_size + (SLOW_WEIGHT if is_slow else 0)


def split(files):
    """Two lists of files that take about the same time."""
    halves, weights = ([], []), [0, 0]
    for path in sorted(files, key=weight, reverse=True):
        lighter = weights.index(min(weights))
        halves[lighter].append(path)
        weights[lighter] += weight(path)
    return [sorted(half) for half in halves]


def names_a_test(arguments):
    """Whether the arguments name files or folders, so that not all is meant."""
    return any(
        os.path.exists(argument.partition("::")[0])
        for argument in arguments
        if not argument.startswith("-")
    )


def environment(server, base, browser_folder):
    """The environment of pytest."""
    env = odoo_server.environment(server)
    env["PYTHONPATH"] = str(paths.ROOT)
    # for the tests of the tool itself, which copy it
    env[BASE_VARIABLE] = base
    if browser_folder:
        env["PATH"] += os.pathsep + browser_folder
        # without it the tests of accessibility are skipped, in CI that is a failure
        if script := axe.script():
            env[axe.VARIABLE] = str(script)
    return env


def pytest_command(config, arguments):
    # the port is chosen by pytest-odoo
    command = [paths.venv_python(), "-m", "pytest", f"--odoo-config={config}"]
    return [*command, *OPTIONS, *arguments]


def run_pytest(database, server, env, arguments):
    """Run pytest in its own process; return its exit code."""
    config = odoo_server.write_config(database, server)
    say("Running the tests ...")
    try:
        return processes.run_in_front(pytest_command(config, arguments), env)
    finally:
        config.unlink(missing_ok=True)


def run_halves(names, server, env, halves):
    """Run two halves at once, the second one's output after the first's."""
    configs = [odoo_server.write_config(name, server) for name in names]
    log_path = paths.LOGS / "test_second_half.log"
    first, other = map(len, halves)
    say(f"Running the tests of {first} files, and of {other} others beside ...")
    second = processes.start(
        pytest_command(configs[1], halves[1]),
        log_path=log_path,
        env=env,
        cwd=paths.ROOT,
    )
    try:
        code = processes.run_in_front(pytest_command(configs[0], halves[0]), env)
        say("The second half ...")
        code = second.wait() or code
        say(log_path.read_text(errors="replace"))
        return code
    finally:
        processes.stop(second)
        for config in configs:
            config.unlink(missing_ok=True)
