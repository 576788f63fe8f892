"""``./dev bench``: measure the addon against its limits, see benchmarks/README.md."""

import contextlib
import os
import signal
import subprocess
import sys

from . import locks, odoo_server, odoo_source, paths, postgres, processes
from .databases import Databases
from .test import PATIENCE
from .ui import say

RESULTS = paths.STATE / "bench.json"


def bench(names, rounds):
    """Run the named benchmarks, or all; return 1 when a limit is broken."""
    with postgres.server() as server:
        with locks.preparing("bench"):
            source = odoo_source.ensure()
            databases = Databases(server, source.version)
            # of the kind "test", so that what a killed run left is dropped
            own = {
                databases.name("test", f"{kind}_{os.getpid()}"): template()
                for kind, template in (
                    ("without", databases.base),
                    ("with", databases.addon),
                )
            }
            for name, template in own.items():
                databases.drop(name)
                databases.copy(template, name)
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
    command = [paths.venv_python(), "-m", "benchmarks", "-c", config]
    command += ["--with", database, "--without", without, "--output", RESULTS]
    command += ["--rounds", rounds, *names]
    say("Measuring ...")
    process = subprocess.Popen(
        [str(part) for part in command],
        env=env,
        preexec_fn=processes.die_with_parent,
    )
    try:
        return process.wait()
    except KeyboardInterrupt:
        # from the terminal it has reached the process, too
        if not sys.stdin.isatty():
            process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        raise
    finally:
        processes.stop(process)
        config.unlink(missing_ok=True)
