"""SQL statements of a known shape, put together once per shape.

Putting an ``SQL`` object together of columns and rows takes longer than PostgreSQL
needs to carry it out. The text of a statement depends on its table, its columns and
the number of its rows only, so it is kept; the values stay parameters.
"""

from functools import lru_cache

from odoo.tools import SQL


def insert_rows(table, names, rows):
    """Return the statement that inserts rows and returns their ids.

    :param str table: name of the table
    :param tuple names: columns
    :param list rows: tuples of values, in the order of ``names``
    """
    return SQL(_insert_code(table, names, len(rows)), *rows)


def update_rows(table, columns, rows):
    """Return the statement that gives rows new values, each its own.

    :param str table: name of the table
    :param tuple columns: (name, type in the database) of what changes
    :param list rows: tuples of the id and the values, in the order of ``columns``
    """
    values = rows[0][1:]
    if all(row[1:] == values for row in rows):
        ids = tuple(row[0] for row in rows)
        return SQL(_update_alike_code(table, columns), *values, ids)
    return SQL(_update_code(table, columns, len(rows)), *rows)


@lru_cache(maxsize=64)
def select_columns(table, names):
    """Return the beginning of a query for the id and some columns of a table."""
    names = SQL(", ").join(map(SQL.identifier, names))
    return SQL("SELECT id, %s FROM %s", names, SQL.identifier(table))


@lru_cache(maxsize=512)
def _insert_code(table, names, count):
    return SQL(
        "INSERT INTO %s (%s) VALUES %s RETURNING id",
        SQL.identifier(table),
        SQL(", ").join(map(SQL.identifier, names)),
        SQL(", ").join([()] * count),
    ).code


@lru_cache(maxsize=512)
def _update_code(table, columns, count):
    return SQL(
        "UPDATE %(table)s SET %(values)s FROM (VALUES %(rows)s) AS new (id, %(names)s)"
        " WHERE %(table)s.id = new.id",
        table=SQL.identifier(table),
        values=SQL(", ").join(
            SQL(
                "%s = %s::%s",
                SQL.identifier(name),
                SQL.identifier("new", name),
                SQL(column_type),
            )
            for name, column_type in columns
        ),
        rows=SQL(", ").join([()] * count),
        names=SQL(", ").join(SQL.identifier(name) for name, _type in columns),
    ).code


@lru_cache(maxsize=512)
def _update_alike_code(table, columns):
    return SQL(
        "UPDATE %s SET %s WHERE id IN %s",
        SQL.identifier(table),
        SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), None) for name, _ in columns
        ),
        None,
    ).code
