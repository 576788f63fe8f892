"""Last chapter: what is open, due soon and overdue at this moment."""

from datetime import timedelta

from . import content
from .story import DEADLINE_HOURS, PROGRESS_HOURS, RESPONSE_HOURS
from .story_tickets import describe

#: Documents of these situations belong to the customer with the portal account.
PORTAL_TICKETS = {("agent1", 0), ("agent1", 3), ("agent2", 0), ("agent2", 3)}
PORTAL_ORDERS = {("agent1", 1), ("agent2", 0)}


def tell_now(story):
    """Add the tickets and orders that somebody works on today."""
    positions = {}
    for key, situation in content.CURRENT_TICKETS:
        position = positions[key] = positions.get(key, -1) + 1
        customer = 0 if (key, position) in PORTAL_TICKETS else None
        ticket = begin(story, key, SITUATIONS[situation][0](story.rng), customer)
        SITUATIONS[situation][1](story, ticket)
    positions = {}
    for key, situation in content.CURRENT_ORDERS:
        position = positions[key] = positions.get(key, -1) + 1
        customer = 0 if (key, position) in PORTAL_ORDERS else None
        tell_order(story, key, situation == "overdue", customer)
    add_calls(story)


def begin(story, employee, age, customer):
    """Return a new ticket that came in some working hours ago."""
    created = story.today - age
    ticket = story.new_document("helpdesk.ticket", employee, created, customer)
    ticket.is_current = True
    describe(story, ticket)
    for kind, hours in (("response", RESPONSE_HOURS), ("deadline", DEADLINE_HOURS)):
        ticket.promise("", kind, "plan", created, created + hours)
    return ticket


def answered(story, ticket, share=0.6):
    """The first answer was given in time."""
    moment = ticket.created + RESPONSE_HOURS * share * story.rng.uniform(0.5, 1)
    moment = min(moment, story.latest)
    promise = ticket.promises[0]
    promise.settlement, promise.settled = "evidence", moment
    promise.note = ticket.say(moment, story.rng.choice(content.ANSWERS))


def overdue(story, ticket):
    """Answered, not solved in time, and the customer asks."""
    ticket.stage = story.rng.choice(["in_progress", "awaiting"])
    answered(story, ticket)
    text = story.rng.choice(content.CUSTOMER_FOLLOW_UPS)
    ticket.say(story.today - 0.8, text, ours=False)


def unanswered(story, ticket):
    """Nobody has answered, and the time for it is over."""
    ticket.stage = "new"


def running(story, ticket):
    """Answered, urgent, in work; the next word to the customer is due soon."""
    ticket.stage = "in_progress"
    answered(story, ticket)
    if ticket.employee in ("agent1", "agent2"):
        ticket.priority = "2"
        due = ticket.created + PROGRESS_HOURS
        ticket.promise("", "progress", "plan", ticket.created, due)


def fresh(story, ticket):
    """Has just come in."""
    ticket.stage = "new"


#: situation -> (age in working hours, what happened)
SITUATIONS = {
    "overdue": (lambda rng: rng.uniform(25.5, 43), overdue),
    "unanswered": (lambda rng: rng.uniform(5, 9), unanswered),
    "open": (lambda rng: rng.uniform(5, 14), running),
    "fresh": (lambda rng: rng.uniform(0.5, 2.5), fresh),
}


def tell_order(story, employee, is_overdue, customer):
    """A confirmed order with a date a few hours ago or in the coming days."""
    rng = story.rng
    created = story.today - rng.uniform(35, 60)
    order = story.new_document("sale.order", employee, created, customer)
    order.is_current, order.stage = True, "sale"
    order.confirmed = created + rng.uniform(1, 6)
    order.say(order.confirmed + 0.1, rng.choice(content.CONFIRMATIONS))
    ahead = -rng.uniform(2, 14) if is_overdue else rng.uniform(5, 30)
    order.due = round(story.today + ahead)
    order.promise(
        "", "deadline", "native", order.confirmed, order.due, told=order.confirmed
    )


def add_calls(story):
    """Calls and visits of the coming hours, two calls that were forgotten."""
    calls = [
        ("agent1", 0, "callback", -1.7),
        ("agent1", 1, "callback", timedelta(hours=1, minutes=40)),
        ("agent1", 3, "appointment", 6.5),
        ("agent2", 0, "callback", timedelta(hours=3, minutes=10)),
        ("agent2", 3, "appointment", 11.0),
        ("oliver", 0, "callback", -3.2),
        ("dmitri", 0, "callback", timedelta(hours=2, minutes=25)),
    ]
    tickets = {}
    for document in story.documents:
        if document.is_current and document.model == "helpdesk.ticket":
            tickets.setdefault(document.employee, []).append(document)
    for number, (key, position, kind, due) in enumerate(calls):
        if not isinstance(due, timedelta):
            due = round((story.today + due) * 2) / 2
        made = story.today - 4.5
        names = content.PROMISES[kind]
        name = names[number % len(names)]
        tickets[key][position].promise(name, kind, "manual", made, due, told=made + 0.1)
