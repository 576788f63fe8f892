"""Fill a database with promises, documents and answers by set-based SQL.

Deterministic: the same number gives the same rows, whenever and wherever it runs,
but for the days, which count back from the one it runs on.

Usage: python -m benchmarks.fill -c CONFIG -d DATABASE NUMBER
"""

import argparse
import sys
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tools import SQL, config

EMPLOYEES = 200
DEPARTMENTS = 10
#: Two years back from today, on working days from 8 to 17 in UTC.
WEEKS = 104
PER_DOCUMENT = 5
PER_FEEDBACK = 50

#: What one person has running at a time, and how many of these are overdue.
RUNNING, OVERDUE = 8, 2
TABLES = ("service_promise", "service_feedback", "helpdesk_ticket")


def chance(number, salt):
    """A number from 0 to 999 that looks like chance, from a row's number."""
    return SQL("(abs(hashint8(%s * 64 + %s)::bigint) %% 1000)", number, salt)


def fill(env, promises, employees=EMPLOYEES):
    """Fill a company of its own; return its id.

    :param env: as superuser; its transaction is committed several times
    :param int promises: how many
    :param int employees: of how many people
    """
    company = env["res.company"].create({"name": f"Load of {promises}"})
    people = make_people(env, company, employees)
    env.flush_all()
    env.cr.commit()
    env.cr.execute(SQL("SET LOCAL maintenance_work_mem = '256MB'"))
    dropped = drop_constraints(env) + drop_indexes(env)
    env.cr.execute(SQL("ALTER TABLE service_promise DISABLE TRIGGER USER"))
    documents = fill_documents(env, company, promises // PER_DOCUMENT)
    fill_promises(env, company, people, promises, documents)
    fill_feedback(env, company, people, promises // PER_FEEDBACK, documents)
    env.cr.execute(SQL("ALTER TABLE service_promise ENABLE TRIGGER USER"))
    for statement in reversed(dropped):
        env.cr.execute(statement)
    env["service.quality.rollup"]._rebuild()
    env.cr.commit()
    # for index-only scans, as autovacuum would have done
    env.cr._cnx.autocommit = True
    for table in TABLES:
        env.cr.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))
    env.cr._cnx.autocommit = False
    return company.id


def make_people(env, company, number):
    """Make employees in departments, a part of them without one."""
    departments = env["hr.department"].create(
        [
            {"name": f"Load Department {row}", "company_id": company.id}
            for row in range(DEPARTMENTS)
        ]
    )
    return env["hr.employee"].create(
        [
            {
                "name": f"Load Employee {row:03}",
                "company_id": company.id,
                "department_id": departments[row % DEPARTMENTS].id,
            }
            for row in range(number)
        ]
    )


def drop_indexes(env):
    """Drop what is faster to build afterwards; return how to build it."""
    env.cr.execute(
        SQL(
            "SELECT schemaname || '.' || indexname, indexdef FROM pg_indexes"
            " WHERE tablename IN %s AND indexdef NOT LIKE 'CREATE UNIQUE%%'",
            TABLES,
        )
    )
    rows = env.cr.fetchall()
    for name, _definition in rows:
        env.cr.execute(SQL("DROP INDEX %s", SQL(name)))
    return [SQL(definition.replace("%", "%%")) for _name, definition in rows]


def drop_constraints(env):
    """Drop the foreign keys, which are checked at once afterwards."""
    env.cr.execute(
        SQL(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text"
            " IN %s",
            TABLES,
        )
    )
    statements = []
    for table, name, definition in env.cr.fetchall():
        alter = SQL("ALTER TABLE %s", SQL.identifier(table))
        name = SQL.identifier(name)
        env.cr.execute(SQL("%s DROP CONSTRAINT %s", alter, name))
        statements.append(SQL("%s ADD CONSTRAINT %s %s", alter, name, SQL(definition)))
    return statements


def fill_documents(env, company, number):
    """Insert tickets; return the smallest and the largest id."""
    stage = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
    env.cr.execute(
        SQL(
            "INSERT INTO helpdesk_ticket (number, name, description, stage_id,"
            " company_id, active, create_uid, write_uid, create_date, write_date)"
            " SELECT 'L' || %(company)s || '-' || n, 'Load ' || n, '<p>Load</p>',"
            " %(stage)s, %(company)s, TRUE, 1, 1, now(), now()"
            " FROM generate_series(1, %(number)s) n",
            company=company.id,
            stage=stage.id,
            number=number,
        )
    )
    env.cr.execute(
        SQL(
            "SELECT min(id), max(id) FROM helpdesk_ticket WHERE company_id = %s",
            company.id,
        )
    )
    return env.cr.fetchone()


def fill_promises(env, company, people, number, documents):
    """Insert promises in the order of their due dates, as time would have."""
    running = min(number // 20, len(people) * RUNNING)
    ids = people.ids
    departments = people.department_id.ids
    env.cr.execute(
        SQL(
            """
            INSERT INTO service_promise (res_model, res_id, res_name, name, kind,
                source, employee_id, department_id, company_id, date_made, date_told,
                date_due, date_limit, settlement, date_settled, outcome, delay_hours,
                is_counted, is_self_declared, is_repeated, chase_count, paused_hours,
                create_uid, write_uid, create_date, write_date)
            SELECT CASE WHEN n %% 4 = 0 THEN 'sale.order' ELSE 'helpdesk.ticket' END,
                %(first)s + n %% %(documents)s, 'Load ' || n, 'Load promise',
                (ARRAY['deadline','response','progress','callback'])[1 + %(kind)s %% 4],
                'plan', (%(people)s::int[])[1 + who],
                (%(teams)s::int[])[1 + who %% %(t)s],
                %(company)s, due - interval '8 hours', due - interval '8 hours',
                due, due,
                CASE WHEN outcome IN ('kept', 'late') THEN 'evidence'
                    WHEN outcome = 'missed' THEN 'closed' ELSE outcome END,
                CASE WHEN outcome IS NULL THEN NULL
                    WHEN outcome IN ('late', 'missed')
                    THEN due + delay * interval '1 hour'
                    ELSE due - interval '1 hour' END,
                outcome,
                CASE WHEN outcome = 'late' THEN delay ELSE 0 END,
                %(counted)s < 960, FALSE, FALSE, 0, 0, 1, 1,
                due - interval '8 hours', due
            FROM (
                SELECT n, %(who)s %% %(employees)s AS who,
                    round((-6 * ln((%(delay)s + 1) / 1001.0))::numeric, 2)::float8
                        AS delay,
                    CASE WHEN n > %(settled)s THEN NULL
                        WHEN %(roll)s < 840 THEN 'kept' WHEN %(roll)s < 940 THEN 'late'
                        WHEN %(roll)s < 985 THEN 'missed'
                        WHEN %(roll)s < 990 THEN 'moved'
                        WHEN %(roll)s < 993 THEN 'excused' ELSE 'withdrawn' END
                        AS outcome,
                    CASE WHEN n <= %(settled)s THEN
                        date_trunc('week', now() AT TIME ZONE 'UTC')
                            - %(weeks)s * interval '1 week'
                            + day / 5 * interval '1 week' + day %% 5 * interval '1 day'
                            + interval '8 hours' + %(minute)s * interval '32 seconds'
                        WHEN n %% %(run)s < %(overdue)s THEN
                            date_trunc('hour', now() AT TIME ZONE 'UTC')
                            - n %% 100 * interval '1 hour'
                        ELSE date_trunc('hour', now() AT TIME ZONE 'UTC')
                            + (1 + n %% 100) * interval '1 hour' END AS due
                FROM (SELECT n, (n - 1) * (%(weeks)s * 5) / %(number)s AS day
                    FROM generate_series(1::bigint, %(number)s) n) numbered) made
            """,
            first=documents[0],
            documents=documents[1] - documents[0] + 1,
            kind=chance(SQL("n"), 1),
            people=ids,
            teams=departments,
            t=len(departments),
            company=company.id,
            counted=chance(SQL("n"), 2),
            who=SQL("abs(hashint8(n * 64 + 3)::bigint)"),
            employees=len(ids),
            delay=chance(SQL("n"), 4),
            roll=chance(SQL("n"), 5),
            minute=chance(SQL("n"), 6),
            settled=number - running,
            weeks=WEEKS,
            run=RUNNING,
            overdue=OVERDUE,
            number=number,
        )
    )


def fill_feedback(env, company, people, number, documents):
    """Insert customers' answers, with all their measures."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO service_feedback (res_model, res_id, res_name, employee_id,
                department_id, company_id, date_answered, has_satisfaction,
                satisfaction, has_technical_quality, technical_quality,
                has_service_quality, service_quality, has_recommend, recommend,
                is_manual, create_uid, write_uid, create_date, write_date)
            SELECT 'helpdesk.ticket', %(first)s + n %% %(documents)s, 'Load ' || n,
                (%(people)s::int[])[1 + n %% %(employees)s],
                (%(teams)s::int[])[1 + n %% %(employees)s %% %(t)s], %(company)s,
                now() AT TIME ZONE 'UTC' - n * interval '728 days' / %(number)s,
                TRUE, CASE WHEN %(a)s < 80 THEN %(a)s / 2 ELSE 50 + %(a)s / 20 END,
                TRUE, %(b)s / 10, TRUE, %(c)s / 10, TRUE, %(a)s / 100, FALSE,
                1, 1, now(), now()
            FROM generate_series(1, %(number)s) n
            """,
            first=documents[0],
            documents=documents[1] - documents[0] + 1,
            people=people.ids,
            employees=len(people),
            teams=people.department_id.ids,
            t=len(people.department_id),
            company=company.id,
            number=number,
            a=chance(SQL("n"), 7),
            b=chance(SQL("n"), 8),
            c=chance(SQL("n"), 9),
        )
    )


def main(arguments):
    parser = argparse.ArgumentParser(prog="benchmarks.fill")
    parser.add_argument("-c", dest="config", required=True)
    parser.add_argument("-d", dest="database", required=True)
    parser.add_argument("number", type=int)
    options = parser.parse_args(arguments)
    config.parse_config(["-c", options.config, "--log-level=warn"], setup_logging=True)
    server.load_server_wide_modules()
    start = time.monotonic()
    with Registry(options.database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {"tracking_disable": True})
        company = fill(env, options.number)
    seconds = time.monotonic() - start
    print(f"{options.number} promises in company {company}: {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
