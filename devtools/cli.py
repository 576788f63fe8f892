"""The command line of ./dev.

It runs twice: first with the user's Python, which needs nothing but the standard
library and makes the private environment, then with the Python of that environment.
"""

import argparse
import errno
import os
import signal
import sys

from . import locks, paths
from .ui import DevError, say

DEFAULT_PORT = 8069


def parser():
    """The commands and their options."""
    top = argparse.ArgumentParser(
        prog="./dev", description="Service Quality for developers."
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    run = commands.add_parser("run", help="serve Odoo with the addon and demo data")
    run.add_argument("--port", type=port, default=DEFAULT_PORT, help="default: 8069")
    run.add_argument(
        "--fresh", action="store_true", help="make the database anew; its data are lost"
    )
    commands.add_parser(
        "test",
        help="run all tests; what follows goes to pytest (./dev test -k promise)",
        add_help=False,
    )
    clean = commands.add_parser("clean", help="remove the private environment and data")
    clean.add_argument(
        "--all", action="store_true", help="remove the downloads, too", dest="downloads"
    )
    add_measures(commands)
    return top


def add_measures(commands):
    """The commands that measure and check."""
    bench = commands.add_parser("bench", help="measure the addon against its limits")
    bench.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    bench.add_argument("--rounds", type=int, default=25, help="default: 25")
    hosts = commands.add_parser(
        "hosts", help="run the tests of the hosts, without and with our addons"
    )
    hosts.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    hosts.add_argument(
        "--neighbours",
        action="store_true",
        help="beside addons of others (OCA): ratings, SLA, job queue",
    )
    mutate = commands.add_parser(
        "mutate", help="make small mistakes in the code and see whether tests notice"
    )
    mutate.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    mutate.add_argument(
        "--share", type=share, default=1, help="of the mutants, from 0 to 1; default: 1"
    )
    lint = commands.add_parser(
        "lint", help="check the style of Python, JavaScript, manifests and views"
    )
    lint.add_argument(
        "--fix", action="store_true", help="correct what can be corrected by itself"
    )


def port(text):
    """A port number from the command line."""
    number = int(text)
    if not 0 < number < 2**16:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return number


def share(text):
    """A share from the command line."""
    number = float(text)
    if not 0 < number <= 1:
        raise argparse.ArgumentTypeError("a share is more than 0, and 1 at most")
    return number


def parse(arguments):
    """The parsed arguments; those of ``test`` go to pytest as they are."""
    if arguments[:1] == ["test"]:
        return argparse.Namespace(command="test", pytest=arguments[1:])
    return parser().parse_args(arguments)


def main(arguments):
    """Run a command; return the exit code."""
    options = parse(arguments)
    if options.command is None:
        parser().print_help()
        return 0
    # A terminal that closes, or a supervisor, ends us as Ctrl-C does. That one is named
    # because a shell script starts its background jobs without it.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, interrupt)
    try:
        return execute(options, arguments)
    except DevError as error:
        sys.stdout.flush()
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        print("Error: The disk is full.", file=sys.stderr)
        print("Way out: free some space and run it again.", file=sys.stderr)
        return 1


def interrupt(_number, _frame):
    """Turn a signal into what Ctrl-C does."""
    raise KeyboardInterrupt


def execute(options, arguments):
    """Do it here if it needs no environment, else in the environment."""
    if options.command == "clean":
        from .clean import clean

        return clean(options.downloads)
    if options.command == "lint":
        from .lint import lint

        return lint(options.fix)
    if sys.prefix == str(paths.VENV):
        return execute_inside(options)
    return prepare(options, arguments)


def prepare(options, arguments):
    """Make the private environment and go on in it."""
    from . import odoo_source, ports, python_env

    if options.command == "run":
        ports.check(options.port)
    paths.make_folders()
    with locks.preparing(options.command):
        python = python_env.ensure()
    # only this interpreter knows whether the user has an Odoo of his own
    os.environ[odoo_source.FOUND_VARIABLE] = odoo_source.importable() or ""
    sys.stdout.flush()
    os.execv(python, [str(python), str(paths.ROOT / "dev"), *arguments])


def execute_inside(options):
    """The commands that need the environment."""
    if options.command == "run":
        from .run import run

        return run(options.port, options.fresh)
    if options.command == "bench":
        from .bench import bench

        return bench(options.names, options.rounds)
    if options.command == "hosts":
        from .hosts import hosts

        return hosts(options.names, options.neighbours)
    if options.command == "mutate":
        from .mutate import mutate

        return mutate(options.names, options.share)
    from .test import test

    return test(options.pytest)
