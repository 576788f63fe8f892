"""The story of three months, told without a database.

Plain objects on the axis of ``clock.py``: which documents there were, what was
promised on them and what came of it. ``service_demo*.py`` turns them into records,
and the outcome of each promise is then derived by ``verdict.py`` like any other.
"""

from dataclasses import dataclass, field

from . import content, content_tickets

#: Working hours of the plan's and the order's promises, and of the whole story.
RESPONSE_HOURS = 4
DEADLINE_HOURS = 24
PROGRESS_HOURS = 16
STORY_HOURS = 505
#: Nothing of the past happens later than this before now.
MARGIN = 0.4


@dataclass
class Promise:
    """One promise; moments are hours on the axis, ``due`` may be a timedelta."""

    name: str
    kind: str
    source: str
    made: float
    due: object
    told: float | None = None
    settlement: str | None = None
    settled: float | None = None
    note: str = ""
    is_declared: bool = False
    corrected: str | None = None
    successor: "Promise | None" = None


@dataclass
class Document:
    """One ticket or order with everything that hangs on it."""

    model: str
    employee: str
    customer: int  # position in the list of customers, 0 is the portal customer
    created: float
    number: int = 0
    closed: float | None = None
    stage: str = "done"
    priority: str = "1"
    subject: str = ""
    text: str = ""
    category: str = ""
    confirmed: float | None = None
    due: float | None = None
    is_current: bool = False
    promises: list = field(default_factory=list)
    messages: list = field(default_factory=list)  # (moment, is ours, text)

    def promise(self, *args, **kwargs):
        self.promises.append(Promise(*args, **kwargs))
        return self.promises[-1]

    def say(self, moment, text, ours=True):
        self.messages.append((moment, ours, text))
        return text


class Conscience:
    """Decides which promises an employee keeps, close to his rate in any period.

    What the rate owes is carried over, so the share is right even when only some
    promises can be broken.
    """

    def __init__(self, rate, rng):
        self.rate = rate
        self.rng = rng
        self.debt = rng.random() / 2
        self.limit = 1.0

    def keeps(self, can_break=True, weight=1.0):
        self.debt += (1 - self.rate) * weight
        if not can_break or self.debt < self.limit:
            return True
        self.debt -= 1
        self.limit = self.rng.uniform(0.5, 1.5)
        return False


class Deck:
    """Deals the items of a list in random order and shuffles when it is empty."""

    def __init__(self, items, rng):
        self.items = list(items)
        self.rng = rng
        self.left = []

    def deal(self):
        if not self.left:
            self.left = self.rng.sample(self.items, len(self.items))
        return self.left.pop()


class Story:
    """What all chapters share: chance, people, the present.

    :param random.Random rng: seeded, so that the story is the same each time
    :param float today: the present on the axis
    """

    def __init__(self, rng, today):
        self.rng = rng
        self.today = today
        self.documents = []
        self.manual_count = 0  # promises recorded by hand
        self.consciences = {
            key: Conscience(who["rate"], rng) for key, who in content.EMPLOYEES.items()
        }
        self.subjects = {
            team: Deck(subjects, rng)
            for team, subjects in content_tickets.TICKETS.items()
        }
        customers = content.COMPANIES + content.PERSONS
        self.weights = [content.PORTAL_WEIGHT, *(row[-1] for row in customers)]

    @property
    def latest(self):
        """The last moment at which something of the past may happen."""
        return self.today - MARGIN

    def pick_customer(self):
        return self.rng.choices(range(len(self.weights)), self.weights)[0]

    def new_document(self, model, employee, created, customer=None):
        if customer is None:
            customer = self.pick_customer()
        document = Document(model, employee, customer, created)
        self.documents.append(document)
        return document

    def spread(self, employee, number, until):
        """Return moments for a number of documents, evenly over the story."""
        hours = content.EMPLOYEES[employee].get("since", STORY_HOURS)
        start, step = self.today - hours, (hours - until) / max(number, 1)
        return [start + (i + self.rng.random()) * step for i in range(number)]

    def keeps(self, employee, moment, can_break=True):
        """Decide on one promise; a heat wave six weeks ago made it harder."""
        weeks_ago = (self.today - moment) / 40
        return self.consciences[employee].keeps(
            can_break, 1.5 if 5 <= weeks_ago < 7 else 1.0
        )
