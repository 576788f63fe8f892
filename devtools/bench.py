"""``./dev bench``: measure the addon against its limits, see benchmarks/README.md."""

import os

from . import browser, locks, odoo_server, odoo_source, paths, postgres, processes
from .databases import Databases
from .ui import say

RESULTS = paths.STATE / "bench.json"


def bench(names, rounds):
    """Run the named benchmarks, or all; return 1 when a limit is broken."""
    with postgres.server() as server:
        with locks.preparing("bench"):
            source = odoo_source.ensure()
            databases = Databases(server, source.version)
            templates = {"without": databases.base(), "with": databases.addon()}
            own = [databases.throw_away(*item) for item in templates.items()]
        try:
            return run_benchmarks(*own, server, names, rounds)
        finally:
            for name in own:
                databases.drop(name)


def run_benchmarks(without, database, server, names, rounds):
    """Run the benchmarks in a process of their own; return its exit code."""
    config = odoo_server.write_config(database, server, db_name="", dbfilter="")
    env = odoo_server.environment(server)
    env["PYTHONPATH"] = str(paths.ROOT)
    # for the one that opens pages
    if browser_folder := browser.folder_with_browser():
        env["PATH"] += os.pathsep + browser_folder
    command = [paths.venv_python(), "-m", "benchmarks", "-c", config]
    command += ["--with", database, "--without", without, "--output", RESULTS]
    command += ["--rounds", rounds, *names]
    say("Measuring ...")
    try:
        return processes.run_in_front(command, env)
    finally:
        config.unlink(missing_ok=True)
