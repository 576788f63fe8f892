"""Mutants of Python source: the same code with one small mistake in it.

No Odoo here: :func:`find` reads a source text and returns its mutants, each a changed
definition (function, method or constant of the module) that somebody else puts in its
place.
"""

import ast
import copy
import os
import re
from dataclasses import dataclass

COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
#: Operators of domains.
SIGNS = {
    "=": "!=",
    "!=": "=",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "in": "not in",
    "not in": "in",
}
#: What is turned around in a statement: (pattern, other).
SQL_SIGNS = [
    (re.compile(pattern), other)
    for pattern, other in (
        (r"<=", "<"),
        (r">=", ">"),
        (r"<(?![=>])", "<="),
        (r"(?<!<)>(?!=)", ">="),
        (r"(?<![<>:])=", "<>"),
        (r"<>", "="),
        (r"\bAND\b", "OR"),
        (r"\bOR\b(?! REPLACE)", "AND"),
        (r"\bIS NULL\b", "IS NOT NULL"),
        (r"\bIS NOT NULL\b", "IS NULL"),
        (r"\bIS DISTINCT\b", "IS NOT DISTINCT"),
        (r"\bNOT (?=\()", ""),
        (r" \+ ", " - "),
        (r" - ", " + "),
        (r" \* ", " / "),
        (r"\bfloor\b", "ceil"),
        (r"'(\w+)'", r"'\1X'"),
        (r"(?<![\w.$])(\d+)(?![\w.])", r"2\1"),
        (r"-(\d)", r"\1"),
    )
]
#: Turning these around is negating them; the others have a boundary besides.
EXACT = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)
#: Calls whose arguments are words for people, and calls that only report.
WORDS = ("_", "_lt")
REPORTS = ("_logger", "logger", "warnings")
SHOWN = 60


@dataclass(frozen=True)
class Mutant:
    """One mistake.

    :param str owner: the class of a method, empty for what stands in the module
    :param str function: the name of the changed definition
    :param int line: where the mistake is
    :param range lines: of the statement; a test that runs none of them can't see it
    :param str change: ``before -> after``
    :param ast.stmt definition: the changed definition
    """

    owner: str
    function: str
    line: int
    lines: range
    change: str
    definition: ast.stmt

    @property
    def name(self):
        """The mutant's name, which stays when lines move."""
        owner = f"{self.owner}." if self.owner else ""
        return f"{owner}{self.function}: {self.change}"


@dataclass(frozen=True)
class Place:
    """A node of a definition, and how to put another one there."""

    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST
    lines: range

    def put(self, node):
        """Replace the node."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def find(source, wanted=()):
    """Return the mutants of a module.

    :param str source: text of the module
    :param wanted: names of definitions, methods as ``method`` or ``Class.method``; by
        default all functions and the constants that they use
    """
    found = []
    for owner, definition, name in definitions(ast.parse(source)):
        if not wanted or name in wanted or f"{owner}.{name}" in wanted:
            found += mutants_of(owner, definition, name)
    return numbered(found)


def definitions(tree):
    """Yield (class name or empty, node, name) of what can be changed in a module."""
    functions = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            functions.append(("", node, node.name))
        elif isinstance(node, ast.ClassDef):
            functions += [
                (node.name, part, part.name)
                for part in node.body
                if isinstance(part, ast.FunctionDef)
            ]
    used = {
        part.id
        for _owner, function, _name in functions
        for part in ast.walk(function)
        if isinstance(part, ast.Name)
    }
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name in used and name not in REPORTS:
                yield "", node, name
    yield from functions


def mutants_of(owner, definition, name):
    """Return the mutants of one definition."""
    found = []
    for number, place in enumerate(places(definition)):
        for variant, node in enumerate(replacements(place)):
            changed = copy.deepcopy(definition)
            twin = list(places(changed))[number]
            twin.put(list(replacements(twin))[variant])
            ast.fix_missing_locations(changed)
            change = difference(place.node, node)
            line = place.node.lineno
            found.append(Mutant(owner, name, line, place.lines, change, changed))
    return found


def numbered(mutants):
    """Give mutants of the same name a number."""
    seen, result = {}, []
    for mutant in mutants:
        seen[mutant.name] = count = seen.get(mutant.name, 0) + 1
        if count > 1:
            change = f"{mutant.change} #{count}"
            mutant = Mutant(**{**vars(mutant), "change": change})
        result.append(mutant)
    return result


def difference(before, after):
    """``before -> after`` in one line, each cut to where they differ."""
    texts = [
        " ".join(line_of(node).split()) for node in (part_of(before), part_of(after))
    ]
    start = len(os.path.commonprefix(texts))
    if len(texts[0]) <= SHOWN:
        start = 0
    start = max(0, start - SHOWN // 3)
    return " -> ".join(cut(text, start) for text in texts)


def part_of(node):
    """Of what has a body, the condition."""
    return node.test if isinstance(node, ast.If | ast.While) else node


def line_of(node):
    return "nothing" if isinstance(node, ast.Pass) else ast.unparse(node)


def cut(text, start):
    """A piece of a text."""
    piece = text[start : start + SHOWN]
    return f"{'...' * (start > 0)}{piece}{'...' * (start + SHOWN < len(text))}"


def places(definition):
    """Yield the nodes of a definition that may be changed: no words, no decorators."""
    if isinstance(definition, ast.FunctionDef):
        body = without_docstring(definition)
        whole = range(body[0].lineno, definition.end_lineno + 1) if body else range(0)
        # defaults are read when the function is made, and matter when it runs
        for field in ("defaults", "kw_defaults"):
            yield from places_in_list(definition.args, field, whole)
        yield from places_in_list(definition, "body", whole)
    else:
        yield from places_in(definition, range(0, 10**9))


def without_docstring(definition):
    has_one = ast.get_docstring(definition, clean=False) is not None
    return definition.body[1:] if has_one else definition.body


def places_in(parent, lines):
    """Yield the places below a node, in the order of the text."""
    for field, value in ast.iter_fields(parent):
        if isinstance(value, list):
            yield from places_in_list(parent, field, lines)
        elif isinstance(value, ast.AST) and not is_text(parent, field, value):
            yield from place_and_below(Place(parent, field, None, value, lines))


def places_in_list(parent, field, lines):
    for index, node in enumerate(getattr(parent, field)):
        if isinstance(node, ast.AST) and not is_text(parent, field, node):
            yield from place_and_below(Place(parent, field, index, node, lines))


def place_and_below(place):
    node = place.node
    if isinstance(node, ast.stmt):
        place = Place(place.parent, place.field, place.index, node, lines_of(node))
    if isinstance(node, ast.expr_context | ast.operator | ast.cmpop | ast.boolop):
        return
    yield place
    if not is_for_people(node):
        yield from places_in(node, place.lines)


def lines_of(statement):
    """The lines of a statement, of one with a body those before it."""
    body = getattr(statement, "body", None)
    if not body:
        return range(statement.lineno, statement.end_lineno + 1)
    return range(statement.lineno, max(body[0].lineno, statement.lineno + 1))


def is_text(parent, field, node):
    """Whether it is a docstring, a decorator or an annotation."""
    is_plain = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return field in ("decorator_list", "annotation", "returns") or is_plain


def is_for_people(node):
    """Whether what is below is a text to be translated, or a report."""
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    if isinstance(function, ast.Attribute):
        is_report = getattr(function.value, "id", None) in REPORTS
        return function.attr in WORDS or is_report
    return getattr(function, "id", None) in WORDS


def replacements(place):
    """Yield what may stand in a place."""
    node = place.node
    if isinstance(node, ast.Compare):
        yield from compared(node)
    elif isinstance(node, ast.BoolOp):
        other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        yield ast.copy_location(ast.BoolOp(other, node.values), node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        # "text" % values is no division
        other = OPERATORS[type(node.op)]()
        yield ast.copy_location(ast.BinOp(node.left, other, node.right), node)
    elif isinstance(node, ast.Constant):
        yield from constants(place)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield from negated(node)
    elif isinstance(node, ast.List | ast.Dict):
        yield from shortened(node)
    elif isinstance(node, ast.Return):
        if not is_constant(node.value, None) and not is_constant(node.value, False):
            yield ast.copy_location(ast.Return(ast.Constant(None)), node)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        if not is_for_people(node.value):
            yield ast.copy_location(ast.Pass(), node)


def is_constant(node, value):
    """Whether a node, or its absence, stands for a value."""
    if node is None:
        return value is None
    return isinstance(node, ast.Constant) and node.value is value


def compared(node):
    """One replacement for each sign of a comparison."""
    for number, sign in enumerate(node.ops):
        if type(sign) in COMPARISONS:
            signs = [*node.ops]
            signs[number] = COMPARISONS[type(sign)]()
            changed = ast.Compare(node.left, signs, node.comparators)
            yield ast.copy_location(changed, node)


def constants(place):
    """Other values of the same type."""
    value = place.node.value
    others = ()
    if isinstance(value, bool):
        others = (not value,)
    elif isinstance(value, int | float):
        others = (value + 1,)
    elif isinstance(value, str) and value:
        others = texts(place, value)
    for other in others:
        yield ast.copy_location(ast.Constant(other), place.node)


def texts(place, value):
    """Other texts; none for names, whose change is an error and no mistake."""
    parent = place.parent
    called = getattr(getattr(parent, "func", None), "id", None)
    in_leaf = isinstance(parent, ast.Tuple) and len(parent.elts) == 3
    if called == "SQL" and place.index == 0:
        return sql_texts(value)
    if in_leaf or called == "Domain":
        if place.index == 1:
            return (SIGNS[value],) if value in SIGNS else ()
        if place.index == 0:
            return ()
    is_key = isinstance(parent, ast.Dict) and place.field == "keys"
    if is_key or isinstance(parent, ast.Subscript):
        return ()
    return (f"{value}X",)


def sql_texts(value):
    """The text of a statement with one of its signs or words turned around."""
    found = []
    for pattern, other in SQL_SIGNS:
        for match in pattern.finditer(value):
            changed = match.expand(other)
            found.append(value[: match.start()] + changed + value[match.end() :])
    return found


def negated(node):
    """The same with the opposite condition, unless another mutant is just that."""
    test = node.test
    is_exact = isinstance(test, ast.Compare) and all(
        isinstance(sign, EXACT) for sign in test.ops
    )
    if is_exact or (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)):
        return
    changed = copy.copy(node)
    changed.test = ast.copy_location(ast.UnaryOp(ast.Not(), test), test)
    yield changed


def shortened(node):
    """A domain without one of its leaves, a dict without one of its pairs."""
    if isinstance(node, ast.Dict):
        for number in range(len(node.keys) if len(node.keys) > 1 else 0):
            keys, values = [*node.keys], [*node.values]
            del keys[number], values[number]
            yield ast.copy_location(ast.Dict(keys, values), node)
    elif len(node.elts) > 1 and all(map(is_leaf, node.elts)):
        for number in range(len(node.elts)):
            leaves = [*node.elts]
            del leaves[number]
            yield ast.copy_location(ast.List(leaves, node.ctx), node)


def is_leaf(node):
    """Whether it is a leaf of a domain."""
    return isinstance(node, ast.Tuple) and len(node.elts) == 3
