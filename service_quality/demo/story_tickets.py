"""Chapter of the tickets that are done."""

from . import content
from .content_tickets import PLACES
from .story import DEADLINE_HOURS, PROGRESS_HOURS, RESPONSE_HOURS
from .story_manual import add_manual_promise

#: Share of tickets with a promise that somebody recorded by hand.
MANUAL_SHARE = 0.42
HIGH_PRIORITY_SHARE = 0.2


def tell_tickets(story):
    """Add the done tickets of everybody."""
    for key, who in content.EMPLOYEES.items():
        current = sum(1 for name, _ in content.CURRENT_TICKETS if name == key)
        number = who["tickets"] - current
        for created in story.spread(key, number, until=7):
            tell_ticket(story, story.new_document("helpdesk.ticket", key, created))


def tell_ticket(story, ticket):
    """One ticket from the first letter to the last."""
    rng = story.rng
    describe(story, ticket)
    ticket.priority = "1" if rng.random() > HIGH_PRIORITY_SHARE else rng.choice("23")
    ticket.stage = "cancelled" if rng.random() < 0.03 else "done"
    answered = answer(story, ticket)
    close(story, ticket, answered or ticket.created)
    if answered and ticket.priority in "23":
        update(story, ticket, answered)
    if answered and rng.random() < MANUAL_SHARE and ticket.closed - answered > 3:
        add_manual_promise(story, ticket, answered, ticket.closed)


def describe(story, ticket):
    """Give a ticket its subject, description and category."""
    team = content.EMPLOYEES[ticket.employee]["team"]
    subject, text, ticket.category = story.subjects[team].deal()
    place = story.rng.choice(PLACES)
    ticket.subject = subject.format(place=place)
    ticket.text = text.format(place=place)


def answer(story, ticket):
    """The first answer: in time, late, or never; return its moment or None."""
    rng, due = story.rng, ticket.created + RESPONSE_HOURS
    promise = ticket.promise("", "response", "plan", ticket.created, due)
    kept = story.keeps(ticket.employee, due, can_break=due + 3 < story.latest)
    if not kept and rng.random() < 0.2:
        return None  # closed without a word
    if kept:
        latest = min(due - 0.05, story.latest - 1.5)
        moment = ticket.created + (latest - ticket.created) * rng.betavariate(1.4, 2.2)
    else:
        moment = due + min(rng.uniform(0.3, 9), story.latest - due - 2)
    promise.note = ticket.say(moment, rng.choice(content.ANSWERS))
    promise.settlement, promise.settled = "evidence", moment
    return moment


def close(story, ticket, since):
    """The end of a ticket; what was not answered by then never will be."""
    rng, due = story.rng, ticket.created + DEADLINE_HOURS
    promise = ticket.promise("", "deadline", "plan", ticket.created, due)
    kept = story.keeps(ticket.employee, due, can_break=due + 4 < story.latest)
    if kept:
        latest = min(due - 0.1, story.latest)
        ticket.closed = since + (latest - since) * rng.uniform(0.25, 0.98)
    else:
        start = max(due, since) + 0.2
        ticket.closed = start + min(rng.expovariate(1 / 9), story.latest - start - 0.1)
    promise.settlement, promise.settled = "evidence", ticket.closed
    if since > ticket.created:
        ticket.say(ticket.closed - 0.05, rng.choice(content.SOLUTIONS))
    for unanswered in ticket.promises:
        if not unanswered.settlement:
            # Closed before the answer was due: the closing must come after it.
            ticket.closed = max(ticket.closed, unanswered.due + 0.3)
            promise.settled = ticket.closed
            unanswered.settlement, unanswered.settled = "closed", ticket.closed


def update(story, ticket, answered):
    """An urgent ticket: the customer is kept informed while the work goes on."""
    rng, due = story.rng, ticket.created + PROGRESS_HOURS
    promise = ticket.promise("", "progress", "plan", ticket.created, due)
    if ticket.closed < due and rng.random() < 0.2:
        promise.settlement, promise.settled = "closed", ticket.closed
        return
    can_break = due + 1 < ticket.closed
    kept = story.keeps(ticket.employee, due, can_break=can_break)
    if kept:
        latest = min(due, ticket.closed) - 0.1
        moment = answered + (latest - answered) * rng.uniform(0.5, 0.98)
    else:
        moment = due + (ticket.closed - due) * rng.uniform(0.2, 0.9)
    if rng.random() < 0.5:
        asked = answered + (moment - answered) * 0.7
        ticket.say(asked, rng.choice(content.CUSTOMER_FOLLOW_UPS), ours=False)
    promise.note = ticket.say(moment, rng.choice(content.UPDATES))
    promise.settlement, promise.settled = "evidence", moment
