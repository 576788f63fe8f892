"""Whose promises a figure is about, as conditions in SQL."""

from dataclasses import dataclass, replace

from odoo.tools import SQL

from .privacy import OTHER_TEAMS


@dataclass(frozen=True)
class Scope:
    """Conditions on any table with the columns of promises.

    :param company_ids: ids of companies
    :param employee_ids: ids of the only employees, None for everybody
    :param department_id, employee_id: an id, or False
    :param res_model, kind: a value, or False
    :param not_employee_ids: ids of employees to leave out
    :param teams: ids of the only teams that may be shown, None for any
    :param has_others: whether all others may be shown together
    :param is_by_team: whether a table has a row per team instead of per employee
    :param rule: SQL of further conditions on ``f``, of the table of promises only
    """

    company_ids: tuple
    employee_ids: tuple | None = None
    department_id: int = False
    employee_id: int = False
    res_model: str = False
    kind: str = False
    not_employee_ids: tuple = ()
    teams: tuple | None = None
    has_others: bool = True
    is_by_team: bool = False
    rule: SQL | None = None

    NAMES = ("department_id", "employee_id", "res_model", "kind")

    def but(self, **changes):
        """Return the same scope with other values."""
        return replace(self, **changes)

    def row(self, alias):
        """Return the id of the row that a promise is counted in, 0 for nobody's.

        :param str alias: of the table
        """
        if not self.is_by_team:
            return SQL("COALESCE(%s, 0)", SQL.identifier(alias, "employee_id"))
        team = SQL.identifier(alias, "department_id")
        return SQL(
            "CASE WHEN %s = ANY(%s::int[]) THEN %s ELSE %s END",
            team,
            list(self.teams),
            team,
            OTHER_TEAMS,
        )

    def where(self, alias, without=()):
        """Return the conditions as SQL, a boolean expression.

        :param str alias: of the table
        :param without: names of filters that the table has no column for
        """
        conditions = [
            SQL(
                "%s = ANY(%s::int[])",
                SQL.identifier(alias, "company_id"),
                list(self.company_ids),
            )
        ]
        employee = SQL.identifier(alias, "employee_id")
        if self.employee_ids is not None:
            ids = list(self.employee_ids)
            conditions.append(SQL("%s = ANY(%s::int[])", employee, ids))
        if self.not_employee_ids:
            ids = list(self.not_employee_ids)
            conditions.append(SQL("COALESCE(%s, 0) <> ALL(%s::int[])", employee, ids))
        for name in self.NAMES:
            value = getattr(self, name)
            if value and name not in without:
                column = SQL.identifier(alias, name)
                conditions.append(SQL("%s = %s", column, value))
        if self.rule is not None:
            conditions.append(self.rule)
        return SQL(" AND ").join(conditions)
