"""``./dev mutate``: do the tests notice a small mistake in the code that matters most?

Each mutant is the code with one mistake in it. One that no test notices is either a
missing test, or not a mistake: those stand in ``survivors.py``, with the reason. Any
other makes the command fail, so does a reason for a mutant that is no more.
"""

import json

from . import locks, odoo_server, odoo_source, paths, postgres, processes
from .databases import Databases
from .settings import MUTATIONS
from .survivors import SURVIVORS
from .ui import DevError, say

RESULT = paths.STATE / "mutate.json"


def mutate(names, share):
    """Try the mutants of the named targets, or of all; return 1 if any surprises.

    :param float share: of the mutants, drawn the same each time; 1 for all
    """
    unknown = set(names) - set(MUTATIONS)
    if unknown:
        raise DevError(
            f"There is nothing to mutate named {', '.join(sorted(unknown))}.",
            f"choose from {', '.join(MUTATIONS)}.",
        )
    with postgres.server() as server:
        with locks.preparing("mutate"):
            source = odoo_source.ensure()
            databases = Databases(server, source.version)
            database = databases.throw_away("mutate", databases.addon())
        try:
            codes = [
                run_target(database, server, name, share) for name in names or MUTATIONS
            ]
        finally:
            databases.drop(database)
    return max(codes)


def run_target(database, server, name, share):
    """Try the mutants of one target in a process of its own; return 1 on a surprise."""
    config = odoo_server.write_config(database, server)
    env = {**odoo_server.environment(server), "PYTHONPATH": str(paths.ROOT)}
    RESULT.unlink(missing_ok=True)
    say(f"\n{name}: {', '.join(MUTATIONS[name]['code'])}")
    command = [paths.venv_python(), "-m", "devtools.mutation_run"]
    try:
        code = processes.run_in_front([*command, config, name, share, RESULT], env)
    finally:
        config.unlink(missing_ok=True)
    if code:
        raise DevError(f"The mutants of {name} could not be tried.", "see above.")
    content = json.loads(RESULT.read_text())
    return report(content, SURVIVORS[name])


def report(content, explained):
    """Print what survived; return 1 unless each survivor has its reason.

    :param dict content: what ``mutation_run`` writes
    :param dict explained: {(path, name of a mutant): reason}
    """
    is_whole = content["tried"] == content["mutants"]
    unexplained, left = [], dict(explained)
    for path, line, mutant, tests in content["survivors"]:
        reason = left.pop((path, mutant), None)
        noticed = f"{tests} tests pass" if tests else "no test runs this line"
        say(f"{path}:{line}: {mutant} ({reason or noticed})")
        if reason is None:
            unexplained.append(mutant)
    count = len(content["survivors"])
    say(
        f"{content['tried']} of {content['mutants']} mutants tried in"
        f" {content['seconds']:.0f} s: {content['tried'] - count} noticed,"
        f" {count} survived, {count - len(unexplained)} of these explained."
    )
    if left and is_whole:
        say("Explained, but noticed or gone; remove from devtools/survivors.py:")
        for path, mutant in left:
            say(f"{path}: {mutant}")
    return 1 if unexplained or (left and is_whole) else 0
