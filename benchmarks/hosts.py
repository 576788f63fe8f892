"""Operations on tickets and orders, with and without the addon's work."""

from odoo import SUPERUSER_ID

from . import scene
from .measure import Row, cost_rows, paired_percent, rounds

#: More queries and more time that an operation may cost while a plan is active.
EXTRA_QUERIES = 4
EXTRA_PERCENT = 10
#: A checklist started with the ticket, beside a plan without one.
CHECKLIST_QUERIES = 3
CHECKLIST_PERCENT = 12
CHECKLIST_BATCH_PERCENT = 6
#: For all tickets of a batch together.
BATCH = 100
BATCH_QUERIES = 8


def create_ticket(arm):
    tickets = arm.env()["helpdesk.ticket"]
    return lambda: tickets.create(scene.ticket_vals(arm))


def create_tickets(arm):
    tickets = arm.env()["helpdesk.ticket"]
    return lambda: tickets.create([scene.ticket_vals(arm) for _ in range(BATCH)])


def ticket_of(arm, uid=None):
    return arm.env(uid)["helpdesk.ticket"].browse(arm.scene["ticket"])


def order_of(arm):
    return arm.env()["sale.order"].browse(arm.scene["order"])


def write_ticket(arm):
    return lambda: ticket_of(arm).write({"name": "Another name"})


def move_ticket(arm):
    return lambda: ticket_of(arm).write({"stage_id": arm.scene["next_stage"]})


def close_ticket(arm):
    return lambda: ticket_of(arm).write({"stage_id": arm.scene["done"]})


def comment(document, arm):
    return document.message_post(
        body="We found the cause and will send you the part tomorrow.",
        message_type="comment",
        subtype_xmlid="mail.mt_comment",
        partner_ids=[arm.scene["customer"]],
    )


def comment_ticket(arm):
    return lambda: comment(ticket_of(arm), arm)


def note_ticket(arm):
    return lambda: ticket_of(arm).message_post(
        body="The part is in stock.",
        message_type="comment",
        subtype_xmlid="mail.mt_note",
    )


def mail_ticket(arm):
    """What the mail gateway does with a customer's mail."""
    return lambda: ticket_of(arm, SUPERUSER_ID).message_post(
        body="Is there any news?",
        message_type="email",
        subtype_xmlid="mail.mt_comment",
        author_id=arm.scene["customer"],
        email_from=f"customer.{arm.name}@example.com",
    )


def create_order(arm):
    orders = arm.env()["sale.order"]
    return lambda: orders.create(scene.order_vals(arm))


def confirm_order(arm):
    return lambda: order_of(arm).action_confirm()


def comment_order(arm):
    return lambda: comment(order_of(arm), arm)


OPERATIONS = {
    "ticket: create": create_ticket,
    "ticket: write the name": write_ticket,
    "ticket: next stage": move_ticket,
    "ticket: close": close_ticket,
    "ticket: comment to the customer": comment_ticket,
    "ticket: internal note": note_ticket,
    "ticket: mail from the customer": mail_ticket,
    "order: create": create_order,
    "order: confirm": confirm_order,
    "order: comment to the customer": comment_order,
}


def run(bench):
    """Measure every operation in all arms; return the rows."""
    arms = {arm.name: arm for arm in bench.arms}
    rows = []
    for name, operation in OPERATIONS.items():
        bench.progress(name)
        used = [arms["without"], arms["none"], arms["plan"], arms["strict"]]
        if operation is create_ticket:
            used.append(arms["checklist"])
        results = rounds(used, operation, bench.count, of_work=True)
        rows += compare(name, results, EXTRA_QUERIES, EXTRA_PERCENT)
    bench.progress(f"ticket: create {BATCH}")
    used = [arms["without"], arms["none"], arms["plan"], arms["checklist"]]
    count = max(bench.count // 3, 3)
    results = rounds(used, create_tickets, count, warm=1, of_work=True)
    rows += compare(f"ticket: create {BATCH}", results, BATCH_QUERIES, EXTRA_PERCENT)
    return rows


def compare(name, results, extra_queries, extra_percent):
    """The rows of one operation."""
    limits = {
        arm: (0 if arm == "none" else extra_queries, extra_percent)
        for arm in ("none", "plan", "strict")
        if arm in results
    }
    rows = cost_rows("hosts", name, results, limits)
    if "checklist" in results:
        rows += compare_checklist(name, results)
    return rows


def compare_checklist(name, results):
    """What a checklist costs beside the plan that starts it."""
    seconds, queries = results["checklist"]
    plan_seconds, plan_queries = results["plan"]
    base_seconds, _queries = results["without"]
    percent = paired_percent(seconds, plan_seconds, base_seconds)
    is_batch = name.endswith(str(BATCH))
    limit = CHECKLIST_BATCH_PERCENT if is_batch else CHECKLIST_PERCENT
    title = f"{name}, checklist beside the plan"
    extra = queries - plan_queries
    return [
        Row("hosts", title, "queries", CHECKLIST_QUERIES, extra),
        Row("hosts", title, "% time", limit, percent),
    ]
