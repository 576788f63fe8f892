"""Promises that somebody recorded by hand, and their exceptional endings."""

from . import content

KINDS = ("callback", "appointment", "scope")
KIND_WEIGHTS = (60, 26, 14)
#: Share of the calls of which there is nothing but a person's word.
DECLARED_SHARE = 0.2
#: Every so many promises made by hand end in an exceptional way.
EXCEPTIONS = {9: "moved", 13: "withdrawn", 17: "excused", 23: "expired"}


def add_manual_promise(story, document, since, until):
    """Add one promise made and settled between two moments.

    :param Story story: the story so far
    :param Document document: a document that is done
    :param float since: earliest moment
    :param float until: when the document was done
    """
    rng = story.rng
    kind = rng.choices(KINDS, KIND_WEIGHTS)[0]
    made = since + (until - since) * rng.uniform(0.05, 0.15)
    due = made + max(1.0, (until - made) * rng.uniform(0.4, 0.65))
    due = max(round(due * 2) / 2, made + 0.75)
    promise = document.promise(
        rng.choice(content.PROMISES[kind]), kind, "manual", made, due
    )
    # One in sixteen stays a note to oneself: the customer was never told.
    promise.told = made + 0.1 if rng.random() > 1 / 16 else None
    ending = next_exception(story)
    if ending:
        end_exceptionally(story, document, promise, ending, until)
    else:
        end(story, document, promise, until)


def next_exception(story):
    """Return the exceptional ending of the next promise, usually none."""
    story.manual_count += 1
    for every, ending in EXCEPTIONS.items():
        if story.manual_count % every == 0:
            return ending
    return None


def end(story, document, promise, until):
    """Settle a promise as usual: kept, late or forgotten."""
    rng = story.rng
    kept = story.keeps(document.employee, promise.due, promise.due + 0.6 < until)
    forgotten = not kept and rng.random() < 0.4
    if forgotten:
        promise.settlement, promise.settled = "closed", until
        return
    if kept:
        latest = min(promise.due, until) - 0.02
        moment = promise.made + (latest - promise.made) * rng.uniform(0.3, 0.98)
    else:
        moment = promise.due + (until - promise.due) * rng.uniform(0.2, 0.95)
    promise.settlement, promise.settled = "evidence", moment
    if promise.kind == "callback" and kept and rng.random() < DECLARED_SHARE:
        promise.is_declared = True
    elif promise.kind == "callback":
        promise.note = rng.choice(content.CALLS)
    elif promise.kind == "scope":
        promise.note = document.say(moment, rng.choice(content.ACCEPTANCES), ours=False)
    else:
        promise.note = document.say(moment, rng.choice(content.STARTS), ours=True)


def end_exceptionally(story, document, promise, ending, until):
    """Move, withdraw or excuse a promise, or withdraw it when it is too late."""
    rng = story.rng
    early = promise.made + (promise.due - promise.made) * rng.uniform(0.3, 0.8)
    after = promise.due + (until - promise.due) * 0.4
    promise.settlement = "withdrawn" if ending == "expired" else ending
    promise.settled = after if ending in ("expired", "excused") else early
    reasons = {
        "moved": content.MOVE_REASONS,
        "excused": content.EXCUSE_REASONS,
    }
    promise.note = rng.choice(reasons.get(ending, content.WITHDRAW_REASONS))
    if ending == "moved":
        promise.successor = document.promise(
            promise.name,
            promise.kind,
            "manual",
            promise.settled,
            promise.due + (until - promise.due) * 0.6,
            told=promise.settled,
        )
        end(story, document, promise.successor, until)
