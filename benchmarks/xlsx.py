"""Workbooks: 100,000 and 500,000 rows of 15 columns, each in a process of its own."""

import json
import statistics
import subprocess
import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import SQL, config

from .measure import Row
from .xlsx_process import NAME

SMALL, LARGE = 100_000, 500_000
#: The measurements vary by a quarter on a shared machine; Odoo's own is slow.
ROUNDS = 3
LIMIT_ODOO = 0.45
LIMIT_PLAIN = 1.25
LIMIT_MEMORY = 32
LIMIT_GROWTH = 1.1
#: Promises like those of a year, in the order in which they were made.
STATEMENT = """INSERT INTO service_promise (name, kind, source, company_id, employee_id,
    department_id, partner_id, partner_name, res_model, res_id, res_name, date_made,
    date_due, date_limit, settlement, date_settled, outcome, is_counted, delay_hours,
    chase_count)
SELECT %(name)s, 'deadline', 'plan', %(company)s, %(employee)s, %(department)s,
    %(partner)s, 'Customer number ' || i %% 5000, %(model)s, 1,
    'HT' || lpad(i::text, 7, '0') || ' - The boiler makes a noise again', made,
    made + interval '8 hours', made + interval '8 hours', 'evidence',
    made + interval '7 hours' + (i %% 5) * interval '1 hour',
    CASE WHEN i %% 5 < 2 THEN 'kept' ELSE 'late' END, true,
    CASE WHEN i %% 5 < 2 THEN 0 ELSE i %% 5 - 1 END, i %% 3
FROM (SELECT i, timestamp '2020-01-02'
    + i * interval '1 year' * 0.98 / %(rows)s AS made
    FROM generate_series(%(first)s, %(rows)s) i) x"""


def fill(database, rows):
    """Have the year of the measurement hold so many promises."""
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        employee = env["hr.employee"].search([], limit=1)
        if not employee:
            employee = env["hr.employee"].create({"name": "Bench"})
        department = env["hr.department"].search([], limit=1)
        if not department:
            department = env["hr.department"].create({"name": "Bench"})
        env.flush_all()
        cursor.execute("SELECT count(*) FROM service_promise WHERE name = %s", [NAME])
        first = cursor.fetchone()[0] + 1
        model = env["service.linked.mixin"]._service_document_models()[0]
        cursor.execute(
            SQL(
                STATEMENT,
                name=NAME,
                company=env.ref("base.main_company").id,
                employee=employee.id,
                department=department.id,
                partner=env.ref("base.main_partner").id,
                model=model,
                first=first,
                rows=rows,
            )
        )
        cursor.commit()
        cursor.execute("ANALYZE service_promise")
        cursor.commit()


def measure(database, mode, rows):
    """Return what one process measured."""
    command = [sys.executable, "-m", "benchmarks.xlsx_process", "-c", config["config"]]
    command += ["-d", database, mode, str(rows)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result = json.loads(done.stdout.splitlines()[-1])
    if result["rows"] != rows:
        raise AssertionError(f"{mode}: {result['rows']} rows of {rows}")
    return result


def run(bench):
    """Compare with Odoo's own export and with the library alone; return the rows."""
    bench.progress(f"making {SMALL} promises")
    fill(bench.database, SMALL)
    results = {"ours": [], "plain": [], "odoo": []}
    for number in range(ROUNDS):
        for mode, found in results.items():
            if mode != "odoo" or not number:
                bench.progress(f"workbook of {SMALL} rows, {mode}")
                found.append(measure(bench.database, mode, SMALL))
    bench.progress(f"workbook of {LARGE} rows")
    fill(bench.database, LARGE)
    large = measure(bench.database, "ours", LARGE)
    return list(rate(results, large))


def rate(results, large):
    """Yield the rows of the result."""

    def middle(mode, key):
        return statistics.median(each[key] for each in results[mode])

    ours = middle("ours", "seconds")
    note = f"{ours:.1f} s, {middle('ours', 'bytes') / 1e6:.1f} MB"
    for mode, limit in (("odoo", LIMIT_ODOO), ("plain", LIMIT_PLAIN)):
        seconds = middle(mode, "seconds")
        yield Row(
            "xlsx",
            f"{SMALL} rows against {mode}",
            "of its time",
            limit,
            ours / seconds,
            f"{note}; {mode} {seconds:.1f} s, +{middle(mode, 'extra'):.0f} MiB; "
            f"CPU {middle('ours', 'cpu'):.1f} s of {middle(mode, 'cpu'):.1f} s",
        )
    extra = middle("ours", "extra")
    yield Row("xlsx", f"{SMALL} rows, memory", "MiB more", LIMIT_MEMORY, extra)
    yield Row(
        "xlsx",
        f"{LARGE} rows against {SMALL}",
        "of its memory",
        LIMIT_GROWTH,
        large["most"] / middle("ours", "most"),
        f"{large['seconds']:.1f} s, {large['bytes'] / 1e6:.0f} MB, most "
        f"{large['most']:.0f} MiB, +{large['extra']:.0f} MiB",
    )
