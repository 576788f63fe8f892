"""What the benchmarks work on; the same in every arm, made once and committed."""

import os
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields
from odoo.fields import Command
from odoo.modules.registry import Registry

AGENT_GROUPS = (
    "base.group_user",
    "helpdesk_mgmt.group_helpdesk_user",
    "sales_team.group_sale_salesman_all_leads",
)
#: The plans as they are shipped, without their checklist and survey.
STARTER_PLANS = {
    "helpdesk.ticket": "service_quality.plan_ticket",
    "sale.order": "service_quality.plan_order",
}
#: Everything that a plan can promise, on every document.
STRICT_RULES = (("response", 4), ("progress", 16), ("deadline", 24))
CHECKLIST_LINES = 8


def build(arm):
    """Make a company with an agent, a customer, a ticket and an order."""
    with Registry(arm.database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {"no_reset_password": True})
        company = env["res.company"].create({"name": f"Bench {arm.name} {os.getpid()}"})
        env = env(context={"allowed_company_ids": company.ids, "lang": "en_US"})
        agent = make_agent(env, company, arm.name)
        customer = env["res.partner"].create(
            {"name": "Bench Customer", "email": f"customer.{arm.name}@example.com"}
        )
        product = env["product.product"].create(
            {"name": "Bench Product", "list_price": 10, "type": "service"}
        )
        stages = env["helpdesk.ticket.stage"].search([("company_id", "=", False)])
        done = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        open_stages = stages.filtered(lambda stage: not stage.closed)
        arm.scene = {
            "company": company.id,
            "agent": agent.id,
            "employee": agent.with_company(company).employee_id.id,
            "customer": customer.id,
            "product": product.id,
            "first_stage": open_stages[0].id,
            "next_stage": open_stages[1].id,
            "done": done.id,
        }
        if arm.name in ("plan", "strict", "checklist"):
            make_plans(env, company, arm.name)
        cursor.commit()
        as_agent = env(user=agent.id)
        ticket = as_agent["helpdesk.ticket"].create(ticket_vals(arm))
        order = as_agent["sale.order"].create(order_vals(arm))
        # The first promise ever of a company empties caches; it is not what we measure
        as_agent["sale.order"].create(order_vals(arm)).action_confirm()
        arm.scene.update(ticket=ticket.id, order=order.id)
        cursor.commit()


def make_agent(env, company, name):
    """An ordinary agent who reads notifications in the client, with an employee."""
    agent = env["res.users"].create(
        {
            "name": f"Bench Agent {name}",
            "login": f"bench_{name}_{os.getpid()}",
            "email": f"agent.{name}@example.com",
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
            "group_ids": [Command.set([env.ref(xid).id for xid in AGENT_GROUPS])],
            "notification_type": "inbox",
            "tz": "Europe/Brussels",
        }
    )
    env["hr.employee"].create(
        {"name": agent.name, "user_id": agent.id, "company_id": company.id}
    )
    return agent


def make_plans(env, company, name):
    """Plans for tickets and for orders.

    :param str name: of the arm: ``plan`` promises what the shipped plans promise,
        ``checklist`` starts a checklist as well, ``strict`` promises everything
    """
    template = env["service.checklist.template"]
    if name == "checklist":
        template = template.create(
            {
                "name": "Bench",
                "line_ids": [
                    Command.create({"name": f"Question {number}", "kind": "check"})
                    for number in range(CHECKLIST_LINES)
                ],
            }
        )
    for model, starter in STARTER_PLANS.items():
        if name == "strict":
            rules = [
                {"name": kind, "kind": kind, "hours": hours}
                for kind, hours in STRICT_RULES
            ]
        else:
            rules = env.ref(starter).rule_ids.copy_data()
        env["service.plan"].create(
            {
                "name": f"Bench {model}",
                "res_model": model,
                "company_id": company.id,
                "template_ids": [Command.set(template.ids)],
                "rule_ids": [Command.create(rule) for rule in rules],
            }
        )


def silence_other_plans(database):
    """Switch off the plans of the demo data: they would be for every company."""
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        env["service.plan"].search([]).active = False
        cursor.commit()


def analyze(database):
    """Fresh statistics, so that the planner knows both databases equally well."""
    with Registry(database).cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.commit()


def ticket_vals(arm):
    """Values of a new ticket."""
    return {
        "name": "Bench ticket",
        "description": "<p>It does not work.</p>",
        "partner_id": arm.scene["customer"],
        "partner_name": "Bench Customer",
        "partner_email": f"customer.{arm.name}@example.com",
        "user_id": arm.scene["agent"],
        "company_id": arm.scene["company"],
        "stage_id": arm.scene["first_stage"],
    }


def order_vals(arm, lines=3):
    """Values of a new order."""
    return {
        "partner_id": arm.scene["customer"],
        "user_id": arm.scene["agent"],
        "company_id": arm.scene["company"],
        "order_line": [
            Command.create({"product_id": arm.scene["product"], "product_uom_qty": 2})
            for _ in range(lines)
        ],
    }


def due_after(hours):
    """A moment from now, naive UTC."""
    return fields.Datetime.now() + timedelta(hours=hours)
