"""A few weeks of a small company, for whoever wants to try before there is anything.

Told like the story of the demo company, on the axis of ``clock.py``, but short and
without chance: one document for each thing that can become of a promise. Names say
that they are a sample; nobody in it has an address, so nothing can be sent to them.
"""

from dataclasses import dataclass
from datetime import timedelta

from .story import DEADLINE_HOURS, MARGIN, RESPONSE_HOURS, Document

SAMPLE = "Sample: %s"
#: key -> what the demo company's employees have, and a name.
EMPLOYEES = {
    "anna": {"name": "Anna Berg", "team": "field", "rate": 0.95},
    "ben": {"name": "Ben Carter", "team": "field", "rate": 0.7},
}
#: (name, is a company, city)
CUSTOMERS = [
    ("Café Lindenhof", True, "Graz"),
    ("Harbour Dental Clinic", True, "Bristol"),
    ("Nóra Kiss", False, "Győr"),
    ("Daniel Okafor", False, "London"),
    ("Brno Data Hall", True, "Brno"),
]
PRODUCTS = [
    ("Yearly maintenance of an air conditioner", 79.0),
    ("Wall unit with installation", 890.0),
    ("Repair, labour per visit", 68.0),
]
#: Answers of customers, 0-100 and 0-10.
DELIGHTED = {
    "satisfaction": 95.0,
    "technical_quality": 90.0,
    "service_quality": 100.0,
    "recommend": 10,
    "ladder": "excellent",
    "reason": "both",
    "comment": "I always knew what would happen next.",
}
ANNOYED = {
    "satisfaction": 30.0,
    "technical_quality": 70.0,
    "service_quality": 20.0,
    "recommend": 2,
    "ladder": "basic",
    "reason": "relationship",
    "comment": "The repair is good, but I had to ask twice.",
}
HABITS, CREW = "template_maister", "template_crew"


@dataclass
class SampleDocument(Document):
    """A document with the checklists that run on it and the customer's answer."""

    templates: tuple = ()
    answer: dict | None = None


class SampleStory:
    """What :class:`.story.Story` is to the demo company.

    :param float today: the present on the axis
    """

    def __init__(self, today):
        self.today = today
        self.latest = today - MARGIN
        self.documents = []
        for tell in (tell_done, tell_running, tell_orders):
            tell(self)
        self.documents.sort(key=lambda document: document.created)

    def ticket(self, employee, customer, age, subject, text, **values):
        """Return a new ticket that came in ``age`` working hours ago, with the two
        promises of the plan."""
        created = self.today - age
        ticket = SampleDocument(
            "helpdesk.ticket", employee, customer, created, **values
        )
        ticket.subject, ticket.text = SAMPLE % subject, text
        for name, kind, hours in (
            ("You have our first answer", "response", RESPONSE_HOURS),
            ("Your request is solved", "deadline", DEADLINE_HOURS),
        ):
            ticket.promise(name, kind, "plan", created, created + hours)
        self.documents.append(ticket)
        return ticket

    def order(self, employee, customer, age, due=None, **values):
        """Return a new order of ``age`` working hours ago.

        :param due: when it is to be delivered, working hours from now; None when it
            was never confirmed
        """
        order = SampleDocument(
            "sale.order", employee, customer, self.today - age, **values
        )
        if due is not None:
            order.confirmed = order.created + 1
            order.due = self.today + due
            order.say(order.confirmed + 0.1, "Thank you for the order.")
            order.promise(
                "",
                "deadline",
                "native",
                order.confirmed,
                order.due,
                told=order.confirmed,
            )
        self.documents.append(order)
        return order


def settle(promise, moment, settlement="evidence", note=""):
    """Say what became of a promise, and when."""
    promise.settlement, promise.settled, promise.note = settlement, moment, note


def answer(ticket, after, text="Thank you for writing, I am looking into it."):
    """Answer a ticket so many hours after it came in."""
    moment = ticket.created + after
    settle(ticket.promises[0], moment, note=ticket.say(moment, text))


def close(ticket, after, text="It is done and tested. Write if anything is wrong."):
    """Solve and close a ticket so many hours after it came in."""
    ticket.closed = ticket.created + after
    settle(ticket.promises[1], ticket.closed)
    if text:
        ticket.say(ticket.closed - 0.05, text)


def tell_done(story):
    """Tickets that are done: kept, late, forgotten, and everything in between."""
    good = story.ticket(
        "anna",
        0,
        60,
        "air conditioner drips water",
        "Since yesterday water drips from the indoor unit.",
        templates=(HABITS,),
        answer=DELIGHTED,
    )
    answer(good, 1)
    close(good, 9)
    late = story.ticket(
        "ben",
        1,
        50,
        "no cold air in the waiting room",
        "The unit runs but blows warm air.",
        templates=(HABITS,),
        answer=ANNOYED,
    )
    answer(late, 3)
    late.say(late.created + 26, "Is there any news?", ours=False)
    close(late, 31)
    forgotten = story.ticket(
        "ben", 2, 75, "washing machine does not spin", "It drains but does not spin."
    )
    close(forgotten, 9, text="")
    settle(forgotten.promises[0], forgotten.closed, "closed")
    tell_changes(
        story.ticket("anna", 3, 48, "outdoor unit is loud", "It rattles at night.")
    )


def tell_changes(ticket):
    """Promises by hand: moved and then kept, excused, withdrawn, self-declared."""
    answer(ticket, 1)
    close(ticket, 22)
    start = ticket.created + 2

    def call(name, due, kind="callback"):
        return ticket.promise(name, kind, "manual", start, start + due, told=start)

    moved = call("The technician is with you", 6, "appointment")
    settle(moved, start + 3, "moved", "The customer asked for another day.")
    moved.successor = call("The technician is with you", 14, "appointment")
    moved.successor.made = moved.successor.told = start + 3
    settle(moved.successor, start + 13.9, note="The technician has arrived.")
    excused = call("We call you with the price", 5)
    settle(excused, start + 6, "excused", "Power cut; warned before, apologised.")
    withdrawn = call("We call you about the day", 8)
    settle(withdrawn, start + 4, "withdrawn", "Agreed by mail meanwhile.")
    declared = call("We call you when it is done", 18)
    settle(declared, start + 17)
    declared.is_declared = True


def tell_running(story):
    """Tickets of today: due soon, overdue, just come in."""
    running = story.ticket(
        "anna",
        4,
        6,
        "error code E5",
        "The unit switches off after ten minutes.",
        stage="in_progress",
        templates=(CREW,),
    )
    answer(running, 2)
    made = running.created + 3
    running.promise(
        "We call you with the price of the part",
        "callback",
        "manual",
        made,
        timedelta(hours=2, minutes=30),
        told=made,
    )
    overdue = story.ticket(
        "ben",
        0,
        40,
        "the repair did not last",
        "It drips again at the same place.",
        stage="in_progress",
        templates=(HABITS,),
    )
    answer(overdue, 2)
    overdue.say(story.today - 1, "Is there any news?", ours=False)
    story.ticket("anna", 2, 1, "quote for a second unit", "For the attic.", stage="new")


def tell_orders(story):
    """Orders: delivered in time and late, on the way, quoted, cancelled."""
    kept = story.order("anna", 1, 70, due=-42, stage="sale", templates=(CREW,))
    late = story.order("ben", 4, 64, due=-34, stage="sale")
    for order, moment in ((kept, -45), (late, -29)):
        order.closed = story.today + moment
        settle(order.promises[0], order.closed)
    story.order("anna", 0, 20, due=18, stage="sale")
    story.order("ben", 3, 5, stage="draft")
    gone = story.order("anna", 2, 44, due=-10, stage="cancel")
    gone.closed = story.today - 30
    settle(gone.promises[0], gone.closed, "cancelled")
