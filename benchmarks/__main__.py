"""Run the benchmarks inside Odoo: see README.md.

Usage: python -m benchmarks -c CONFIG --with DATABASE --without DATABASE
       [--rounds N] [--output FILE] [NAME ...]
"""

import argparse
import importlib
import json
import logging
import sys
import time
from dataclasses import asdict
from pathlib import Path

from odoo.service import server
from odoo.tools import config

from . import scene
from .measure import Arm

NAMES = (
    "hosts",
    "requests",
    "ledger",
    "reminders",
    "silent",
    "links",
    "burst",
    "checklists",
    "dashboard",
    "xlsx",
    "lifecycle",
    # the last: it installs a module
    "dashboard_open",
)


class Bench:
    """What a benchmark is given: its arms, how many rounds, where to report."""

    def __init__(self, options):
        self.database = options.with_addon
        self.count = options.rounds
        self.arms = [Arm("without", options.without)]
        self.arms += [
            Arm(name, self.database) for name in ("none", "plan", "strict", "checklist")
        ]

    def progress(self, text):
        print(f"  {text} ...", file=sys.stderr, flush=True)

    def prepare(self):
        """Make the scene once; the databases are thrown away afterwards."""
        self.progress("preparing the databases")
        scene.silence_other_plans(self.database)
        for arm in self.arms:
            scene.build(arm)
        for database in {arm.database for arm in self.arms}:
            scene.analyze(database)
        for arm in self.arms:
            arm.open()

    def close(self):
        for arm in self.arms:
            arm.close()


def parse(arguments):
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("-c", dest="config", required=True)
    parser.add_argument("--with", dest="with_addon", required=True)
    parser.add_argument("--without", required=True)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--output", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(NAMES)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}; there are {NAMES}")
    return options


def main(arguments):
    """Return 0 when every limit holds, else 1."""
    options = parse(arguments)
    config.parse_config(["-c", options.config, "--log-level=warn"], setup_logging=True)
    logging.getLogger("odoo.modules.registry").setLevel(logging.ERROR)
    server.load_server_wide_modules()
    bench = Bench(options)
    started = time.monotonic()
    bench.prepare()
    rows = []
    try:
        for name in options.names or NAMES:
            rows += importlib.import_module(f"benchmarks.{name}").run(bench)
    finally:
        bench.close()
    print(table(rows))
    broken = [row for row in rows if not row.is_ok]
    seconds = time.monotonic() - started
    print(f"\n{len(rows)} limits, {len(broken)} broken, {seconds:.0f} s")
    if options.output:
        data = [{**asdict(row), "ok": row.is_ok} for row in rows]
        options.output.write_text(json.dumps(data, indent=2) + "\n")
    return 1 if broken else 0


def table(rows):
    """The rows as text."""
    lines = [("what", "unit", "limit", "measured", "ok", "")]
    for row in rows:
        measured = (
            f"{row.measured:+.1f}" if row.unit == "% time" else f"{row.measured:g}"
        )
        if isinstance(row.measured, float) and row.unit != "% time":
            measured = f"{row.measured:.2f}"
        mark = "ok" if row.is_ok else "BROKEN"
        lines.append((row.name, row.unit, f"{row.limit:g}", measured, mark, row.note))
    widths = [max(len(line[column]) for line in lines) for column in range(6)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, 1, 4, 5) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
