"""Columns of the detail sheets: which SQL gives a value, and how it shows."""

from dataclasses import dataclass, field

from odoo.fields import Domain
from odoo.tools import SQL

from .xlsx_rows import Column


@dataclass
class Sheet:
    """One kind of sheet, as a reader gets it.

    :param key: name in options and templates
    :param columns: of :class:`~.xlsx_rows.Column`, in the default order
    :param model: name of the model whose rows it lists; None for figures
    :param domain: rows of the period and filters
    :param order: function of a source, returns the SQL to sort by
    :param employee: path of whom a row is about
    :param department: path of the team a row is about
    """

    key: str
    label: str
    columns: list
    model: str | None = None
    domain: Domain = field(default_factory=lambda: Domain.TRUE)
    order: object = None
    employee: str = "employee_id"
    department: str = "department_id"


def text(key, label, path, width=20, **more):
    """A text, as it is stored."""
    return Column(
        key, label, "text", width, sql=lambda source: source.column(path), **more
    )


def long(key, label, path, **more):
    """A text that people wrote: wrapped."""
    return Column(
        key, label, "long", 50, sql=lambda source: source.column(path), **more
    )


def choice(key, label, env, model, name, path=None, width=16, **more):
    """A selection, in the reader's language."""
    labels = dict(env[model]._fields[name]._description_selection(env))
    return text(key, label, path or name, width, labels=labels, **more)


def moment(key, label, path, **more):
    """A moment, in the reader's time zone."""
    return Column(
        key, label, "datetime", 17, sql=lambda source: source.moment(path), **more
    )


def number(key, label, kind, path, width=12, when=None, factor=None, **more):
    """A number; ``when`` is the path of a flag without which there is none.

    :param float factor: what the stored number is multiplied with
    """

    def sql(source):
        value = SQL("%s::float8", source.column(path))
        if factor:
            value = SQL("(%s * %s)", value, factor)
        if when:
            value = SQL("CASE WHEN %s THEN %s END", source.column(when), value)
        return value

    return Column(key, label, kind, width, sql=sql, **more)


def duration(key, label, path, condition=None, **more):
    """Hours as a duration: a workbook's day has 24 of them.

    :param condition: function of a source, returns SQL: else the cell is empty
    """

    def sql(source):
        value = SQL("(%s / 24)::float8", source.column(path))
        if condition:
            value = SQL("CASE WHEN %s THEN %s END", condition(source), value)
        return value

    return Column(key, label, "duration", 12, sql=sql, **more)


def flag(key, label, path, **more):
    """Yes as 1, no as 0, so that it can be summed."""
    return Column(
        key,
        label,
        "integer",
        9,
        sql=lambda source: SQL("COALESCE(%s, FALSE)::int", source.column(path)),
        **more,
    )


def employee(label, path="employee_id", key="employee"):
    """Whom a row is about; see :func:`get_employee`."""
    return Column(
        key,
        label,
        "text",
        22,
        sql=lambda source: get_employee(source, path),
        personal=True,
    )


def department(label, path="department_id"):
    """The team; see :func:`get_department`."""
    return Column(
        "department", label, "text", 20, sql=lambda s: get_department(s, path)
    )


def get_employee(source, path="employee_id"):
    """Return the name of whom a row is about.

    Where the rows hold customers' answers (``few_text``), the names of those with
    fewer than five answers are left out.
    """
    name = source.column(f"{path}.name")
    few_text = source.extra.get("few_text")
    if not few_text:
        return name
    return SQL(
        "CASE WHEN %(id)s = ANY(%(enough)s::int[]) THEN %(name)s"
        " WHEN %(id)s IS NOT NULL THEN %(few)s END",
        id=source.column(path),
        enough=source.extra["enough"],
        name=name,
        few=few_text,
    )


def get_department(source, path="department_id"):
    """Return the name of the team; small ones have none where names are private."""
    name = source.column(f"{path}.name")
    small = [team_id for team_id in source.extra["small_departments"] if team_id]
    if not small:
        return name
    return SQL(
        "CASE WHEN %s = ANY(%s::int[]) THEN %s ELSE %s END",
        source.column(path),
        small,
        source.extra["small_text"],
        name,
    )
