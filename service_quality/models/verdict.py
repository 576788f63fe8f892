"""The one rule that turns the facts of a promise into an outcome.

Plain functions, no ORM: the rule exists once in Python and once in SQL, and a
property test proves that both agree on every history.

The facts of a promise are four, all of them stamped by the server:

``kind``
    what was promised (``deadline``, ``response``, ...).
``date_due``
    the moment the promise expires (UTC).
``settlement``
    what ended it: ``evidence`` (the thing promised happened), ``closed`` (the
    document was done without it), ``cancelled`` (the document was cancelled),
    ``moved``, ``excused``, ``withdrawn``; ``None`` while it runs.
``date_settled``
    when that was (UTC).

Two more facts matter for evidence that is nothing but our own word:

``declared``
    somebody of ours ticked it as done without a trace.
``said``
    what the customer himself says of the settled promise: ``kept``, ``not_kept``,
    or ``None`` while he has not been heard.

A manager's correction replaces the outcome; what the rule would have said stays
readable, because the facts stay.

Reading of the rule, in one sentence each:

* evidence at or before due, to the second, is *kept*; after it, *late*;
* evidence that was only declared, and that the customer denies, is none: *missed*;
  otherwise what he says changes no outcome, least of all a late or missed one;
* closed without evidence is *missed*; only a progress update that was not yet
  due when the work ended is no longer wanted (*withdrawn*);
* cancelled, moved and withdrawn are neutral as long as the promise had not
  expired: nothing that happens after the due moment un-misses it;
* an excuse is neutral whenever it was approved, because its conditions (warned
  before due, apologised, compensated, approved) are checked when it is given.
"""

from odoo.tools import SQL

KINDS = ("deadline", "response", "appointment", "callback", "progress", "scope")
SETTLEMENTS = (
    "evidence",
    "closed",
    "cancelled",
    "moved",
    "excused",
    "withdrawn",
)
OUTCOMES = ("kept", "late", "missed", "moved", "excused", "withdrawn")
#: Outcomes that count for the kept rate; an overdue promise counts as well.
COUNTED_OUTCOMES = ("kept", "late", "missed")
NEUTRAL_OUTCOMES = ("moved", "excused", "withdrawn")
#: What a customer says of a settled promise.
SAYINGS = ("kept", "not_kept")


def to_second(moment):
    """Cut the microseconds off: promises are judged to the second.

    :param moment: naive UTC datetime, or a false value
    :return: the same moment with whole seconds, or None
    """
    return moment.replace(microsecond=0) if moment else None


def get_outcome(
    kind,
    date_due,
    settlement,
    date_settled,
    corrected=None,
    declared=False,
    said=None,
):
    """Judge one promise.

    :param str kind: one of :data:`KINDS`
    :param date_due: naive UTC datetime
    :param settlement: one of :data:`SETTLEMENTS`, or a false value while it runs
    :param date_settled: naive UTC datetime, or a false value while it runs
    :param corrected: outcome set by a manager's correction, or a false value
    :param bool declared: ticked as done without a trace
    :param said: one of :data:`SAYINGS`, or a false value
    :return: one of :data:`OUTCOMES`, or None while the promise runs
    """
    if corrected:
        return corrected
    if not settlement or not date_settled:
        return None
    in_time = to_second(date_settled) <= to_second(date_due)
    if settlement == "evidence":
        if declared and said == "not_kept":
            return "missed"
        return "kept" if in_time else "late"
    if settlement == "excused":
        return "excused"
    if not in_time:
        return "missed"
    if settlement == "closed":
        return "withdrawn" if kind == "progress" else "missed"
    return "moved" if settlement == "moved" else "withdrawn"


def is_overdue(date_due, outcome, now):
    """Tell whether a running promise has expired.

    :param date_due: naive UTC datetime
    :param outcome: the outcome, or a false value while the promise runs
    :param now: naive UTC datetime
    """
    return not outcome and to_second(now) > to_second(date_due)


def get_rate(outcome, overdue):
    """Return what one counted promise contributes to the kept rate.

    The kept rate is the mean of this over promises:
    kept / (kept + late + missed + overdue).

    :return: 1.0, 0.0, or None for a promise that says nothing (yet)
    """
    if outcome == "kept":
        return 1.0
    if overdue or outcome in COUNTED_OUTCOMES:
        return 0.0
    return None


def get_kept_rate(kept, late, missed, overdue):
    """Kept rate from counts, as a fraction 0-1; None when nothing counts."""
    counted = kept + late + missed + overdue
    return kept / counted if counted else None


def sql_outcome(
    kind, date_due, settlement, date_settled, corrected, declared=None, said=None
):
    """The rule of :func:`get_outcome` in SQL.

    SQL because the check of a million stored outcomes against their facts must
    not load a million records.

    :param SQL kind, date_due, settlement, date_settled, corrected: columns
    :param SQL declared, said: columns; by default nothing was declared or said
    :return: SQL expression of type text, NULL while the promise runs
    """
    in_time = SQL(
        "date_trunc('second', %s) <= date_trunc('second', %s)", date_settled, date_due
    )
    return SQL(
        """CASE
            WHEN %(corrected)s IS NOT NULL THEN %(corrected)s
            WHEN %(settlement)s IS NULL OR %(date_settled)s IS NULL THEN NULL
            WHEN %(settlement)s = 'evidence' THEN CASE
                WHEN %(declared)s AND %(said)s = 'not_kept' THEN 'missed'
                WHEN %(in_time)s THEN 'kept' ELSE 'late' END
            WHEN %(settlement)s = 'excused' THEN 'excused'
            WHEN NOT (%(in_time)s) THEN 'missed'
            WHEN %(settlement)s = 'closed' THEN
                CASE WHEN %(kind)s = 'progress' THEN 'withdrawn' ELSE 'missed' END
            WHEN %(settlement)s = 'moved' THEN 'moved'
            ELSE 'withdrawn'
        END""",
        corrected=corrected,
        settlement=settlement,
        date_settled=date_settled,
        in_time=in_time,
        kind=kind,
        declared=declared or SQL("false"),
        said=said or SQL("NULL::text"),
    )


def sql_overdue(date_due, outcome, now):
    """The rule of :func:`is_overdue` in SQL, a boolean expression."""
    return SQL(
        "(%s IS NULL AND date_trunc('second', %s) > date_trunc('second', %s))",
        outcome,
        now,
        date_due,
    )


def sql_rate(outcome, overdue):
    """The rule of :func:`get_rate` in SQL, a float expression or NULL."""
    return SQL(
        """CASE
            WHEN %(outcome)s = 'kept' THEN 1.0
            WHEN %(overdue)s OR %(outcome)s IN %(counted)s THEN 0.0
        END""",
        outcome=outcome,
        overdue=overdue,
        counted=COUNTED_OUTCOMES,
    )
