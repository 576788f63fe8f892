"""Promises in bulk: recording and settling a thousand, and their due dates."""

import random
import statistics
import time
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry

from . import scene
from .measure import Row, rounds

COUNT = 1000
#: Times what a plain model of twelve columns takes.
CREATE_RATIO = 2.5
BULK_QUERIES = 15
DUE_SECONDS = 0.3

PLAIN_MODEL = "x_bench_plain"
#: Name -> type, or the model of a link: twelve columns like those of a promise.
PLAIN_COLUMNS = {
    "x_name": "char",
    "x_kind": "char",
    "x_source": "char",
    "x_res_model": "char",
    "x_res_id": "integer",
    "x_minutes": "integer",
    "x_hours": "float",
    "x_made": "datetime",
    "x_due": "datetime",
    "x_employee_id": "hr.employee",
    "x_partner_id": "res.partner",
    "x_company_id": "res.company",
}


def make_plain_model(database):
    """A model without a line of Python, so that its create is Odoo's alone."""
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        columns = []
        for name, kind in PLAIN_COLUMNS.items():
            link = {"ttype": "many2one", "relation": kind} if "." in kind else {}
            vals = {"name": name, "field_description": name, "ttype": kind, **link}
            columns.append(fields.Command.create(vals))
        env["ir.model"].create(
            {"name": "Bench Plain", "model": PLAIN_MODEL, "field_id": columns}
        )
        cursor.commit()


def plain_vals(arm, number):
    now = fields.Datetime.now()
    return {
        "x_name": f"Promise {number}",
        "x_kind": "deadline",
        "x_source": "manual",
        "x_res_model": "helpdesk.ticket",
        "x_res_id": number,
        "x_minutes": number,
        "x_hours": number / 2,
        "x_made": now,
        "x_due": now + timedelta(minutes=number),
        "x_employee_id": arm.scene["employee"],
        "x_partner_id": arm.scene["customer"],
        "x_company_id": arm.scene["company"],
    }


def promise_vals(arm, count, hours=1):
    """The complete facts of promises on the arm's ticket."""
    ticket = arm.env(SUPERUSER_ID)["helpdesk.ticket"].browse(arm.scene["ticket"])
    now = fields.Datetime.now()
    return [
        ticket._service_promise_vals(
            name=f"Promise {number}",
            kind="deadline",
            source="manual",
            date_due=now + timedelta(hours=hours, seconds=number % 600),
            date_told=now,
        )
        for number in range(count)
    ]


def create_plain(arm):
    plain = arm.env(SUPERUSER_ID)[PLAIN_MODEL]
    vals_list = [plain_vals(arm, number) for number in range(COUNT)]
    return lambda: plain.create(vals_list)


def create_promises(arm):
    vals_list = promise_vals(arm, COUNT)
    return lambda: arm.env()["service.promise"]._service_record(vals_list)


def settle_promises(arm):
    promises = arm.env()["service.promise"]
    promises._service_record(promise_vals(arm, COUNT))

    def settle():
        ticket = arm.env()["helpdesk.ticket"].browse(arm.scene["ticket"])
        promises._service_evidence(ticket, "done", fields.Datetime.now())

    return settle


def due_seconds(arm):
    """Seconds for the due dates of a thousand promises, the caches cold."""
    env = arm.env(SUPERUSER_ID)
    calendar = env["res.company"].browse(arm.scene["company"]).resource_calendar_id
    chance = random.Random(1)
    now = fields.Datetime.now()
    cases = [
        (now + timedelta(minutes=chance.randrange(10**5)), chance.randrange(1, 160))
        for _ in range(COUNT)
    ]
    env.registry.clear_cache()
    env.invalidate_all()
    start = time.perf_counter()
    for moment, hours in cases:
        calendar._service_add_hours(moment, hours)
    return time.perf_counter() - start


def run(bench):
    """Measure the ledger in bulk; return the rows."""
    arm = bench.arms[1]  # no plan: only what is recorded here
    bench.progress(f"create {COUNT} promises")
    make_plain_model(arm.database)
    scene.analyze(arm.database)
    arm.close()
    arm.open()
    count = max(bench.count // 3, 5)
    plain, _queries = rounds([arm], create_plain, 1)[arm.name]
    plain, promises = [], []
    for _ in range(count):  # in turn
        plain += rounds([arm], create_plain, 1, warm=0)[arm.name][0]
        seconds, create_queries = rounds([arm], create_promises, 1, warm=0)[arm.name]
        promises += seconds
    plain_ms = 1000 * statistics.median(plain)
    ratio = statistics.median(promises) / statistics.median(plain)
    bench.progress(f"settle {COUNT} promises")
    settling, settle_queries = rounds([arm], settle_promises, 3)[arm.name]
    bench.progress(f"{COUNT} due dates")
    # an absolute limit: what else the machine does can only add to it
    due = min(due_seconds(arm) for _ in range(5))
    name = f"create {COUNT} promises"
    note = f"plain model of {len(PLAIN_COLUMNS)} columns: {plain_ms:.0f} ms"
    settled = f"{1000 * statistics.median(settling):.0f} ms"
    return [
        Row("ledger", name, "times plain", CREATE_RATIO, float(ratio), note),
        Row("ledger", name, "queries", BULK_QUERIES, create_queries),
        Row(
            "ledger",
            f"settle {COUNT} promises",
            "queries",
            BULK_QUERIES,
            settle_queries,
            settled,
        ),
        Row("ledger", f"{COUNT} due dates", "s", DUE_SECONDS, due, "caches cold"),
    ]
