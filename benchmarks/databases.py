"""Throw-away copies of a database."""

from odoo import sql_db
from odoo.tools import SQL


def execute(database, *statements):
    """Run statements, each in a transaction of its own; return the last one's rows."""
    with sql_db.db_connect(database).cursor() as cursor:
        cursor._cnx.autocommit = True
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def copy(template, name):
    """Make a database as a copy of another one, instead of what had the name."""
    drop(name)
    sql_db.close_db(template)
    source, target = SQL.identifier(template), SQL.identifier(name)
    execute("postgres", SQL("CREATE DATABASE %s TEMPLATE %s", target, source))


def drop(name):
    """Drop a database, if it is there."""
    sql_db.close_db(name)
    execute("postgres", SQL("DROP DATABASE IF EXISTS %s", SQL.identifier(name)))
