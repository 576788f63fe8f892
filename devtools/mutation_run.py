"""Runs inside Odoo's process: the tests of a target against each of its mutants.

Usage: python -m devtools.mutation_run CONFIG TARGET SHARE RESULT

First the tests run as they are, noting which line of the target each one reaches. Then
each class of tests is set up once, in a child process, and its tests run for each
mutant that they reach and that is still alive, until one fails. That one must pass
again when the mutant is gone; if it does not, the mutant broke more than it should, and
the next one gets a new process.
"""

import ast
import collections
import contextlib
import difflib
import importlib
import json
import os
import random
import signal
import sys
import time
import traceback
from pathlib import Path

import odoo.modules.module
from odoo import sql_db
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tests.loader import get_module_test_cases
from odoo.tests.result import OdooTestResult
from odoo.tests.suite import OdooSuite
from odoo.tools import config

from . import mutation, processes
from .settings import MUTATIONS
from .ui import say

ADDON = "service_quality"
#: A mutant that takes so much longer than the tests without it will never end.
PATIENCE_FACTOR, PATIENCE_SECONDS = 5, 60
#: So many tests of each class are tried first, so that a mutant that other tests are
#: about does not wait for all of these.
FEW = 3
#: The same mutants are drawn each time.
SEED = 19


class Judge(OdooTestResult):
    """A result that only knows whether anything failed."""

    failed = False

    def addError(self, test, err):
        self.failed = True

    addFailure = addError

    def addSubTest(self, test, subtest, err):
        self.failed |= err is not None


class Witness(OdooTestResult):
    """A result that knows which lines of some files each test has run."""

    def __init__(self, files):
        super().__init__()
        self.files = files
        self.current = None
        #: {test: {(file, line)}}, {test: seconds}, texts
        self.lines = collections.defaultdict(set)
        self.seconds = {}
        self.problems = []

    def startTest(self, test):
        super().startTest(test)
        # again, because a test before may have used another tracer
        sys.settrace(self.trace)
        self.current = test.id()
        self.seconds[self.current] = time.monotonic()

    def stopTest(self, test):
        self.seconds[self.current] = time.monotonic() - self.seconds[self.current]
        self.current = None
        super().stopTest(test)

    def addError(self, test, err):
        self.problems.append(f"{test}\n{''.join(traceback.format_exception(*err))}")

    addFailure = addError

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.addError(subtest, err)

    def trace(self, frame, _event, _argument):
        """The tracer of calls: looks closer where the target is."""
        return self.note if frame.f_code.co_filename in self.files else None

    def note(self, frame, event, _argument):
        """The tracer of lines. The set-up of a class is no test."""
        if event == "line" and self.current:
            self.lines[self.current].add((frame.f_code.co_filename, frame.f_lineno))
        return self.note


def tests_of(names):
    """The tests of some modules, or of classes in them (``module.Class``)."""
    found = []
    for name in names:
        module, _dot, wanted = name.partition(".")
        cases = get_module_test_cases(
            importlib.import_module(f"odoo.addons.{ADDON}.tests.{module}")
        )
        found += [test for test in cases if wanted in ("", type(test).__name__)]
    return found


def in_child(function):
    """Run a function in a child process; yield what it tells.

    :param function: is called with a function that takes what can be told in JSON
    """
    sql_db.close_all()
    sys.stdout.flush()
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        code = 1
        processes.die_with_parent()
        try:
            os.close(reading)
            with os.fdopen(writing, "w") as pipe:
                function(lambda told: print(json.dumps(told), file=pipe, flush=True))
            code = 0
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            yield from map(json.loads, pipe)
    finally:
        os.waitpid(pid, 0)


def witness(tests, files):
    """Run tests as they are; return which lines they run, seconds and problems."""
    result = Witness(files)
    sys.settrace(result.trace)
    OdooSuite(tests).run(result)
    sys.settrace(None)
    return {
        "lines": {test: sorted(lines) for test, lines in result.lines.items()},
        "seconds": result.seconds,
        "problems": result.problems,
    }


def install(module, mutant):
    """Put a changed definition in the place of the right one; return what undoes it."""
    definition, names = mutant.definition, vars(module)
    owner = names[mutant.owner] if mutant.owner else module
    right = vars(owner)[mutant.function]
    body = [definition]
    if mutant.owner:
        # super() without arguments looks for a variable with this name around it
        maker = ast.parse("def made(__class__):\n    return 0").body[0]
        maker.body = [definition, ast.Return(ast.Name(mutant.function, ast.Load()))]
        body = [maker]
    tree = ast.fix_missing_locations(ast.Module(body, []))
    exec(compile(tree, module.__file__, "exec"), names)  # noqa: S102
    if mutant.owner:
        setattr(owner, mutant.function, names.pop("made")(owner))
    return lambda: setattr(owner, mutant.function, right)


def passes(test):
    """Run one test, whose class is set up."""
    test = type(test)(test._testMethodName)
    odoo.modules.module.current_test = test
    result = Judge()
    test.run(result)
    return not result.failed


class Room:
    """A class of tests that is set up, in which mutants are tried one after another.

    :param Trial trial: knows how long tests take and what they have noticed
    :param jobs: [(number, module, mutant, tests)]
    :param int most: so many tests of each mutant
    """

    def __init__(self, trial, jobs, most):
        self.trial = trial
        self.jobs = jobs
        self.most = most

    def run(self, tell):
        """Tell "ready", and of each mutant [number, test that noticed it, is well].

        The room is not well when that test fails without the mutant, too.
        """
        first = self.jobs[0][3][0]
        odoo.modules.module.current_test = first
        type(first).setUpClass()
        tell("ready")
        for number, module, mutant, tests in self.jobs:
            tests = self.trial.promising(mutant, tests)[: self.most]
            # the default of this signal is the end
            signal.alarm(self.trial.patience(tests))
            failed = self.first_failing(module, mutant, tests)
            signal.alarm(0)
            if failed:
                self.trial.note(mutant, failed.id())
            is_well = not failed or passes(failed)
            tell([number, failed and failed.id(), is_well])
            if not is_well:
                break

    def first_failing(self, module, mutant, tests):
        """The first test that notices a mutant, or None."""
        try:
            undo = install(module, mutant)
        except Exception:
            return tests[0]
        try:
            return next((test for test in tests if not passes(test)), None)
        finally:
            undo()


class Trial:
    """The mutants of one target."""

    def __init__(self, target):
        settings = MUTATIONS[target]
        self.wanted = settings["code"]
        self.tests = tests_of(settings["tests"])
        self.modules = {
            path: importlib.import_module(
                f"odoo.addons.{ADDON}.{path.removesuffix('.py').replace('/', '.')}"
            )
            for path in self.wanted
        }
        self.lines, self.seconds = {}, {}
        self.kills = collections.Counter()

    def prepare(self):
        """Run the tests without a mutant; return the problems they have."""
        files = {module.__file__ for module in self.modules.values()}
        (found,) = in_child(lambda tell: tell(witness(self.tests, files)))
        self.lines = {
            test: {tuple(line) for line in lines}
            for test, lines in found["lines"].items()
        }
        self.seconds = found["seconds"]
        return found["problems"]

    def mutants(self):
        """Return [(path, mutant)]."""
        return [
            (path, mutant)
            for path, wanted in self.wanted.items()
            for mutant in mutation.find(
                Path(self.modules[path].__file__).read_text(), wanted
            )
        ]

    def reaching(self, path, mutant):
        """The tests that run the mutant's statement, by class."""
        file, found = self.modules[path].__file__, collections.defaultdict(list)
        for test in self.tests:
            lines = self.lines.get(test.id(), ())
            if any(name == file and line in mutant.lines for name, line in lines):
                found[type(test)].append(test)
        return found

    def rooms(self):
        """The classes of the tests, those first that reach the least: they are about
        something."""
        counts = collections.defaultdict(list)
        for test in self.tests:
            counts[type(test)].append(len(self.lines.get(test.id(), ())))
        return sorted(counts, key=lambda room: sum(counts[room]) / len(counts[room]))

    def promising(self, mutant, tests):
        """Tests in the order in which they are tried: those that noticed the most
        about the same function, those that reach the least."""
        return sorted(
            tests,
            key=lambda test: (
                -self.kills[mutant.function, test.id()],
                len(self.lines[test.id()]),
            ),
        )

    def note(self, mutant, test):
        """Remember which test has noticed a mutant."""
        self.kills[mutant.function, test] += 1

    def patience(self, tests):
        """Seconds after which it is clear that the tests won't come to an end."""
        expected = sum(self.seconds[test.id()] for test in tests)
        return int(PATIENCE_FACTOR * expected + PATIENCE_SECONDS)

    def run(self, mutants):
        """Try mutants; return those that survive, as (path, mutant, tests)."""
        reached = [self.reaching(*pair) for pair in mutants]
        alive = set(range(len(mutants)))
        for most in (FEW, len(self.tests)):
            for room in self.rooms():
                jobs = [
                    (
                        number,
                        self.modules[mutants[number][0]],
                        mutants[number][1],
                        tests,
                    )
                    for number in sorted(alive)
                    if (tests := reached[number].get(room))
                    and (most == FEW or len(tests) > FEW)
                ]
                killed = set(self.try_all(jobs, most))
                alive -= killed
                say(f"{room.__name__}: {len(killed)} of {len(jobs)} noticed")
        return [
            (*mutants[number], sum(map(len, reached[number].values())))
            for number in sorted(alive)
        ]

    def try_all(self, jobs, most):
        """Try mutants with the tests of one class; yield the numbers of those killed.

        Takes what :class:`Room` takes.
        """
        ended_before = None
        while jobs:
            told = in_child(Room(self, jobs, most).run)
            if next(told, None) != "ready":
                raise RuntimeError(f"{type(jobs[0][3][0])} can't be set up again")
            is_first = is_well = True
            for number, failed, is_well in told:
                if not is_well and not is_first:
                    break
                if failed:
                    self.note(jobs[0][2], failed)
                    yield number
                jobs = jobs[1:]
                is_first = False
            if is_well and jobs:
                # it ended in the middle: the mutant took too long, or ended it; or the
                # machine was busy, so that it gets another chance
                number = jobs[0][0]
                if number == ended_before:
                    yield number
                    jobs = jobs[1:]
                ended_before = number


def waste_no_time():
    """Let a failing test end at once: nobody reads how the values differ."""
    difflib.ndiff = difflib.unified_diff = lambda *_arguments, **_options: iter(())
    with contextlib.suppress(ImportError):
        from hypothesis import Phase, settings

        phases = [Phase.explicit, Phase.generate]
        settings.register_profile("mutate", phases=phases, database=None)
        settings.load_profile("mutate")


def main(config_file, target, share, result):
    """Try all mutants of a target, or a share of them; write what happened."""
    config.parse_config(["-c", config_file, "--log-level=critical"], setup_logging=True)
    server.load_server_wide_modules()
    Registry(config["db_name"][0])
    # not before: it would look for tests to run while it loads
    config["test_enable"] = True
    waste_no_time()
    start = time.monotonic()
    trial = Trial(target)
    problems = trial.prepare()
    if problems:
        say("The tests fail without any mutant:\n" + problems[0])
        return 2
    mutants = trial.mutants()
    chosen = mutants
    if float(share) < 1:
        count = round(len(mutants) * float(share))
        chosen = random.Random(SEED).sample(mutants, count)  # noqa: S311
    took = f"{time.monotonic() - start:.0f} s"
    say(f"{len(trial.tests)} tests in {took}; {len(chosen)} mutants")
    survivors = [
        [path, mutant.line, mutant.name, tests]
        for path, mutant, tests in trial.run(chosen)
    ]
    content = {
        "mutants": len(mutants),
        "tried": len(chosen),
        "survivors": survivors,
        "seconds": time.monotonic() - start,
    }
    Path(result).write_text(json.dumps(content))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
