"""Checklists in the panel of a ticket: opening it, a tick, starting one more."""

import statistics

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry

from . import scene
from .measure import Row, rounds

CHECKLISTS = 3
LINES = 14
START_LINES = 8
PANEL_MILLISECONDS = 50
TICK_MILLISECONDS = 50
START_MILLISECONDS = 100
PANEL_QUERIES = 6
TICK_QUERIES = 8
START_QUERIES = 20


def make(bench, arm):
    """Make a ticket with its checklists, a third of the lines answered.

    :return: (ticket id, id of a line to tick, id of a template to start)
    """
    with Registry(bench.database).cursor() as cursor:
        company = arm.scene["company"]
        context = {"allowed_company_ids": [company], "lang": "en_US"}
        env = api.Environment(cursor, SUPERUSER_ID, context)
        templates = [
            make_template(env, company, number, LINES) for number in range(CHECKLISTS)
        ]
        to_start = make_template(env, company, CHECKLISTS, START_LINES)
        cursor.commit()
        agent = env(user=arm.scene["agent"])
        ticket = agent["helpdesk.ticket"].create(scene.ticket_vals(arm))
        for template in templates:
            ticket.action_service_start_checklist(template.id)
        cursor.flush()
        lines = ticket.service_checklist_ids.line_ids
        for line in lines[::3]:
            line.action_answer(answer="yes")
        cursor.commit()
        return ticket.id, lines[1].id, to_start.id


def make_template(env, company, number, size):
    """A template whose lines have a suggested wording, as those of the packs."""
    return env["service.checklist.template"].create(
        {
            "name": f"Bench {number}",
            "company_id": company,
            "line_ids": [
                Command.create(
                    {"name": f"Question {line}", "kind": "check", "script": "Say it"}
                )
                for line in range(size)
            ],
        }
    )


def run(bench):
    """Measure the three calls of the panel as the agent; return the rows."""
    arm = next(arm for arm in bench.arms if arm.name == "none")
    bench.progress(f"making a ticket with {CHECKLISTS} checklists")
    ticket_id, line_id, template_id = make(bench, arm)

    def panel(arm):
        return arm.env()["helpdesk.ticket"].browse(ticket_id).get_service_panel_data

    def tick(arm):
        line = arm.env()["service.checklist.line"].browse(line_id)
        return lambda: line.action_answer(answer="yes")

    def start(arm):
        ticket = arm.env()["helpdesk.ticket"].browse(ticket_id)
        return lambda: ticket.action_service_start_checklist(template_id)

    size = f"{CHECKLISTS} x {LINES} lines"
    limits = (
        (f"panel of {size}", panel, PANEL_MILLISECONDS, PANEL_QUERIES),
        (f"a tick beside {size}", tick, TICK_MILLISECONDS, TICK_QUERIES),
        (f"start of {START_LINES} lines", start, START_MILLISECONDS, START_QUERIES),
    )
    rows = []
    for name, operation, milliseconds, most in limits:
        bench.progress(f"measuring: {name}")
        # Every round starts anew: the call is rolled back.
        seconds, queries = rounds([arm], operation, bench.count)[arm.name]
        median = 1000 * statistics.median(seconds)
        rows.append(Row("checklists", f"{name}, median", "ms", milliseconds, median))
        rows.append(Row("checklists", name, "queries", most, queries))
    return rows
