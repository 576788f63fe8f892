"""Where figures are shown per team only: whose names and teams stay unsaid.

Plain functions of SQL; who asks is decided by the models that use them.
"""

from odoo.tools import SQL

#: A team of fewer people is no protection of names.
MIN_TEAM = 3
#: Instead of the id of a team: all rows of the teams that are not shown.
OTHER_TEAMS = -1


def large_teams():
    """Return a SELECT of the departments with enough employees to hide a name."""
    return SQL(
        "SELECT v.department_id FROM hr_employee e"
        " JOIN hr_version v ON v.id = e.current_version_id"
        " WHERE v.department_id IS NOT NULL GROUP BY 1 HAVING count(*) >= %s",
        MIN_TEAM,
    )


def masked_employee(alias, company_ids, uid):
    """Return the employee of a fact, nobody where he may not be named.

    :param str alias: of the table
    :param company_ids: companies that show figures per team only
    :param int uid: of the reader, who sees his own name
    """
    employee = SQL.identifier(alias, "employee_id")
    return SQL(
        "CASE WHEN %s = ANY(%s::int[]) AND %s NOT IN (SELECT e.id FROM hr_employee e"
        " WHERE e.user_id = %s) THEN NULL ELSE %s END",
        SQL.identifier(alias, "company_id"),
        list(company_ids),
        employee,
        uid,
        employee,
    )


def masked_department(alias, company_ids):
    """Return the team of a fact, none where it is as good as a name.

    :param str alias: of the table
    :param company_ids: companies that show figures per team only
    """
    department = SQL.identifier(alias, "department_id")
    return SQL(
        "CASE WHEN %s = ANY(%s::int[]) AND %s NOT IN (%s) THEN NULL ELSE %s END",
        SQL.identifier(alias, "company_id"),
        list(company_ids),
        department,
        large_teams(),
        department,
    )
