"""The reminder cron after a busy day: ten thousand promises fall due at once."""

import itertools
import time
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry

from . import ledger, scene
from .measure import Row

COUNT = 10_000
EMPLOYEES = 100
TICKETS = 1000
SILENT = {"tracking_disable": True, "mail_create_nolog": True}
TOTAL_SECONDS = 300
TRANSACTION_SECONDS = 50


def make_due(arm):
    """Commit promises that fall due within the hour, of a hundred employees."""
    with Registry(arm.database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {"no_reset_password": True})
        users = env["res.users"].create(
            [
                {
                    "name": f"Bench Colleague {number}",
                    "login": f"bench_colleague_{number}",
                    "email": f"colleague{number}@example.com",
                    "company_id": arm.scene["company"],
                    "company_ids": [Command.set([arm.scene["company"]])],
                }
                for number in range(EMPLOYEES)
            ]
        )
        employees = env["hr.employee"].create(
            [
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": arm.scene["company"],
                }
                for user in users
            ]
        )
        company = env["res.company"].browse(arm.scene["company"])
        company.service_remind_hours = 4
        vals_list = ledger.promise_vals(arm, COUNT)
        tickets = env["helpdesk.ticket"].with_context(SILENT)
        tickets = tickets.create([scene.ticket_vals(arm) for _ in range(TICKETS)])
        for number, vals in enumerate(vals_list):
            vals["employee_id"] = employees[number % EMPLOYEES].id
            vals["res_id"] = tickets[number % TICKETS].id
        promises = env["service.promise"]
        for start in range(0, COUNT, 1000):
            promises._service_record(vals_list[start : start + 1000])
        cursor.commit()


def run(bench):
    """Run the cron once; return the rows."""
    arm = bench.arms[1]
    bench.progress(f"making {COUNT} due promises")
    make_due(arm)
    bench.progress("running the reminder cron")
    registry = Registry(arm.database)
    moments = []
    with registry.cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        cron = type(env["ir.cron"])
        commit_progress = cron._commit_progress

        def timed(self, *args, **kwargs):
            result = commit_progress(self, *args, **kwargs)
            moments.append(time.perf_counter())
            return result

        env["service.reminder"].search_count([])
        moments.append(time.perf_counter())
        with patch.object(cron, "_commit_progress", timed):
            env["service.reminder"]._cron_send()
        moments.append(time.perf_counter())
        claimed = env["service.reminder"].search_count(
            [("company_id", "=", arm.scene["company"])]
        )
    if claimed != COUNT:
        raise AssertionError(f"{claimed} of {COUNT} promises were reminded of")
    longest = max(b - a for a, b in itertools.pairwise(moments))
    name = f"reminder cron, {COUNT} due promises"
    return [
        Row("reminders", name, "s", TOTAL_SECONDS, moments[-1] - moments[0]),
        Row(
            "reminders",
            f"{name}, longest transaction",
            "s",
            TRANSACTION_SECONDS,
            longest,
        ),
    ]
