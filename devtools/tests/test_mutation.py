"""The mistakes that ./dev mutate makes, and what it says of those that survive."""

import ast
import textwrap

import pytest

from devtools import mutate, mutation, paths
from devtools.settings import MUTATIONS
from devtools.survivors import SURVIVORS


def changes(source, wanted=()):
    return [mutant.change for mutant in mutation.find(textwrap.dedent(source), wanted)]


def run(mutant, *arguments):
    """Call the changed function."""
    names = {}
    tree = ast.Module([mutant.definition], [])
    exec(compile(tree, "mutant", "exec"), names)
    return names[mutant.function](*arguments)


SMALL = '''
    def is_late(now, due, told=True):
        """Tell whether it is late."""
        if told and now > due:
            return True
        return False
'''


def test_each_mistake_is_one_place():
    assert changes(SMALL) == [
        "True -> False",
        "told and now > due -> not (told and now > due)",
        "told and now > due -> told or now > due",
        "now > due -> now >= due",
        "return True -> return None",
        "True -> False #2",
        "False -> True",
    ]


def test_a_mutant_runs_and_differs():
    mutants = {row.change: row for row in mutation.find(textwrap.dedent(SMALL))}
    boundary = mutants["now > due -> now >= due"]
    assert (boundary.owner, boundary.function, boundary.line) == ("", "is_late", 4)
    assert boundary.lines == range(4, 5)
    assert [run(boundary, now, 5) for now in (4, 5, 6)] == [False, True, True]
    assert run(mutants["True -> False"], 6, 5) is False
    # the default matters wherever the function runs
    assert mutants["True -> False"].lines == range(4, 7)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "return 0 <= age < 3",
            [
                "return 0 <= age < 3 -> return None",
                "0 <= age < 3 -> 0 < age < 3",
                "0 <= age < 3 -> 0 <= age <= 3",
                "0 -> 1",
                "3 -> 4",
            ],
        ),
        ("send(age)", ["send(age) -> nothing"]),
        ("return", []),
        ("raise Wrong(self.env._('You %(name)s', name=age))", []),
        ("_logger.info('so many: %s', age)", []),
        ("x: 'int' = age", []),
        ("while not age: pass", ["not age -> age"]),
        (
            "y = a is None or b",
            ["a is None or b -> a is None and b", "a is None -> a is not None"],
        ),
        (
            "y = {'a': x, 'b': z}",
            ["{'a': x, 'b': z} -> {'b': z}", "{'a': x, 'b': z} -> {'a': x}"],
        ),
        (
            "y = [('a', '=', x), ('b', 'in', z)]",
            [
                "[('a', '=', x), ('b', 'in', z)] -> [('b', 'in', z)]",
                "[('a', '=', x), ('b', 'in', z)] -> [('a', '=', x)]",
                "'=' -> '!='",
                "'in' -> 'not in'",
            ],
        ),
        (
            "y = SQL('SELECT a WHERE b <= %s AND c IS NULL')",
            [
                "'SELECT a WHERE b <= %s AND c IS NULL' -> "
                "'SELECT a WHERE b < %s AND c IS NULL'",
                "'SELECT a WHERE b <= %s AND c IS NULL' -> "
                "'SELECT a WHERE b <= %s OR c IS NULL'",
                "'SELECT a WHERE b <= %s AND c IS NULL' -> "
                "'SELECT a WHERE b <= %s AND c IS NOT NULL'",
            ],
        ),
    ],
)
def test_mistakes(line, expected):
    assert changes(f"def f(self, age):\n    {line}\n") == expected


def test_methods_and_the_constants_that_they_use():
    source = """
        LIMIT = 3 * 60
        LABELS = ["a", "b"]

        class Door:
            name = "Door"

            @property
            def is_open(self):
                return self.age < LIMIT
    """
    mutants = mutation.find(textwrap.dedent(source))
    assert [mutant.name for mutant in mutants] == [
        "LIMIT: 3 * 60 -> 3 / 60",
        "LIMIT: 3 -> 4",
        "LIMIT: 60 -> 61",
        "Door.is_open: return self.age < LIMIT -> return None",
        "Door.is_open: self.age < LIMIT -> self.age <= LIMIT",
    ]
    for wanted in ("is_open", "Door.is_open"):
        assert len(changes(source, (wanted,))) == 2
    assert changes(source, ("other",)) == []


def test_long_code_is_cut_to_where_it_differs():
    line = " + ".join(f"number_{count}" for count in range(30))
    found = changes(f"def f():\n    return {line}\n")
    assert len(found) == len(set(found)) == 30
    assert all(len(change) < 200 for change in found)


def content(*survivors, tried=10):
    return {"mutants": 10, "tried": tried, "survivors": survivors, "seconds": 1.0}


def test_a_survivor_needs_a_reason(capsys):
    explained = {("a.py", "f: 1 -> 2"): "only a lock is taken twice"}
    old, new = ["a.py", 7, "f: 1 -> 2", 3], ["a.py", 8, "f: 2 -> 3", 0]
    assert mutate.report(content(old), explained) == 0
    assert "9 noticed, 1 survived, 1 of these explained" in capsys.readouterr().out
    assert mutate.report(content(old, new), explained) == 1
    output = capsys.readouterr().out
    assert "a.py:7: f: 1 -> 2 (only a lock is taken twice)" in output
    assert "a.py:8: f: 2 -> 3 (no test runs this line)" in output
    assert explained, "it is asked again for the next target"


def test_a_reason_needs_a_survivor(capsys):
    explained = {("a.py", "f: 1 -> 2"): "only a lock is taken twice"}
    assert mutate.report(content(tried=5), explained) == 0
    assert mutate.report(content(), explained) == 1
    assert "noticed or gone" in capsys.readouterr().out


def test_reasons_are_of_mutants_that_exist():
    """So that a change of the code asks for a new reason, without trying anything."""
    assert set(SURVIVORS) == set(MUTATIONS)
    addon = paths.ROOT / "service_quality"
    for target, settings in MUTATIONS.items():
        known = {
            (path, mutant.name)
            for path, wanted in settings["code"].items()
            for mutant in mutation.find((addon / path).read_text(), wanted)
        }
        assert set(SURVIVORS[target]) <= known
