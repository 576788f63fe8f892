"""Chapter of the orders: quoted, confirmed, delivered, or not yet."""

from . import content
from .story_manual import add_manual_promise

#: How many orders never came to a delivery date.
DRAFTS, QUOTATIONS, CANCELLED = 3, 5, 4
WORKDAY = 8
#: Working hours ago; what was ordered later is still being done, see ``story_now.py``.
LAST_ORDER = 72


def tell_orders(story):
    """Add the orders of everybody; some stay quotations, some are cancelled."""
    done = []
    for key, who in content.EMPLOYEES.items():
        current = sum(1 for name, _ in content.CURRENT_ORDERS if name == key)
        for created in story.spread(key, who["orders"] - current, until=LAST_ORDER):
            done.append(story.new_document("sale.order", key, created))
    done.sort(key=lambda order: order.created)
    latest, older = done[-DRAFTS - QUOTATIONS :], done[: -DRAFTS - QUOTATIONS]
    for position, order in enumerate(latest):
        order.stage = "sent" if position < QUOTATIONS else "draft"
        order.created = story.today - story.rng.uniform(1, 50)
    cancelled = story.rng.sample(older, CANCELLED)
    for order in older:
        if order in cancelled:
            cancel(story, order)
        else:
            deliver(story, order)


def confirm(story, order):
    """Confirm an order with a delivery date at the end of a working day."""
    rng = story.rng
    confirmed = order.created + rng.uniform(1, 12)
    order.confirmed = confirmed
    order.say(confirmed + 0.1, rng.choice(content.CONFIRMATIONS))
    days = rng.randint(3, 9)
    order.due = (confirmed // WORKDAY + days) * WORKDAY + 7
    return order.promise("", "deadline", "native", confirmed, order.due, told=confirmed)


def deliver(story, order):
    """An order that was delivered, usually by the day that was agreed."""
    rng = story.rng
    order.stage = "sale"
    promise = confirm(story, order)
    if order.due > story.latest - 1:
        # Too near to now for the usual time of delivery: agreed for today.
        order.due = promise.due = story.latest - 2
        order.confirmed = promise.made = promise.told = min(
            order.confirmed, order.due - WORKDAY
        )
    kept = story.keeps(order.employee, order.due, order.due + 5 < story.latest)
    if kept:
        lead = min(12, (order.due - order.confirmed) * 0.8)
        order.closed = order.due - rng.uniform(0.3, lead)
    else:
        room = story.latest - order.due - 0.5
        order.closed = order.due + min(rng.uniform(1.5, 26), room)
    promise.settlement, promise.settled = "evidence", order.closed
    if rng.random() < 0.35:
        add_manual_promise(story, order, order.confirmed, order.closed)


def cancel(story, order):
    """An order that was cancelled before its date: neutral, shown beside."""
    order.stage = "cancel"
    promise = confirm(story, order)
    order.closed = promise.made + (promise.due - promise.made) * 0.4
    promise.settlement, promise.settled = "cancelled", order.closed
