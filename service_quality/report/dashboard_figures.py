"""The figures of a group of promises, from counts: plain functions and their SQL."""

from odoo.tools import SQL

from ..models import verdict
from ..models.wilson import wilson_interval

#: What is counted of settled promises, in this order everywhere.
COUNTERS = (
    "kept",
    "late",
    "missed",
    "uncounted",
    "moved",
    "excused",
    "withdrawn",
    "cancelled",
    "late_all",
    "delay_seconds",
)
#: What is counted of promises that run.
RUNNING = ("overdue", "overdue_uncounted", "open", "due_today")
#: Lateness is grouped: up to so many seconds, rounded up to a multiple of so many.
HOUR = 3600
GRADES = (
    (2 * HOUR, HOUR // 4),
    (4 * HOUR, HOUR // 2),
    (16 * HOUR, HOUR),
    (40 * HOUR, 4 * HOUR),
    (120 * HOUR, 8 * HOUR),
)
LAST_GRADE = 40 * HOUR


def get_grade(seconds):
    """Return lateness, in working seconds, rounded up to its grade."""
    step = next((step for top, step in GRADES if seconds <= top), LAST_GRADE)
    return -(-seconds // step) * step


def sql_grade(seconds):
    """The rule of :func:`get_grade` in SQL, of a bigint expression."""
    steps = SQL(" ").join(
        SQL("WHEN %s <= %s THEN %s", seconds, top, step) for top, step in GRADES
    )
    step = SQL("(CASE %s ELSE %s END)::bigint", steps, LAST_GRADE)
    return SQL("((%(s)s + %(step)s - 1) / %(step)s * %(step)s)", s=seconds, step=step)


def sql_delay_seconds(alias):
    """Lateness in whole working seconds, of a table with the columns of promises."""
    return SQL("round(%s * 3600)::bigint", SQL.identifier(alias, "delay_hours"))


def sql_counters(alias, weight=None):
    """Return {counter: aggregate} over settled promises.

    :param str alias: of a table with the columns of promises
    :param SQL weight: what each row counts, 1 by default
    """

    def count(condition):
        if weight is None:
            return SQL("count(*) FILTER (WHERE %s)", condition)
        return SQL("COALESCE(sum(%s) FILTER (WHERE %s), 0)", weight, condition)

    outcome = SQL.identifier(alias, "outcome")
    counted = SQL.identifier(alias, "is_counted")
    result = {
        name: count(SQL("%s = %s AND %s", outcome, name, counted))
        for name in verdict.COUNTED_OUTCOMES
    }
    result["uncounted"] = count(
        SQL("%s IN %s AND %s IS NOT TRUE", outcome, verdict.COUNTED_OUTCOMES, counted)
    )
    for name in verdict.NEUTRAL_OUTCOMES:
        result[name] = count(SQL("%s = %s", outcome, name))
    result["cancelled"] = count(
        SQL(
            "%s = 'withdrawn' AND %s = 'cancelled'",
            outcome,
            SQL.identifier(alias, "settlement"),
        )
    )
    late = SQL("%s = 'late'", outcome)
    result["late_all"] = count(late)
    seconds = sql_delay_seconds(alias)
    if weight is not None:
        seconds = SQL("%s * %s", weight, seconds)
    result["delay_seconds"] = SQL(
        "COALESCE(sum(%s) FILTER (WHERE %s), 0)", seconds, late
    )
    return {name: result[name] for name in COUNTERS}


def fold(counts):
    """Turn counts into the figures of one group.

    ``kept``, ``late``, ``missed`` and ``overdue`` hold counted promises only;
    ``uncounted`` is what the customer did not know of in time, or what was
    self-declared. ``rate`` and its 95 % Wilson interval are fractions, None when
    nothing counts.

    :param dict counts: by the names of :data:`COUNTERS` and :data:`RUNNING`; what
        is not there, is zero
    """
    get = counts.get
    counted = {name: get(name, 0) for name in verdict.COUNTED_OUTCOMES}
    counted["overdue"] = get("overdue", 0)
    neutral = {name: get(name, 0) for name in verdict.NEUTRAL_OUTCOMES}
    uncounted = get("uncounted", 0) + get("overdue_uncounted", 0)
    sum_counted, sum_neutral = sum(counted.values()), sum(neutral.values())
    low, high = wilson_interval(counted["kept"], sum_counted)
    return {
        **counted,
        **neutral,
        "neutral": sum_neutral,
        "open": get("open", 0),
        "uncounted": uncounted,
        "total": sum_counted + sum_neutral + uncounted + get("open", 0),
        "counted": sum_counted,
        "rate": verdict.get_kept_rate(**counted),
        "low": low,
        "high": high,
    }


def get_mean_delay(counts):
    """Return the mean lateness of late promises in working hours, or None."""
    if not counts.get("late_all"):
        return None
    return counts["delay_seconds"] / counts["late_all"] / HOUR or None
