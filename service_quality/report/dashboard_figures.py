"""The figures of a group of promises, from counts: plain functions and their SQL."""

from bisect import bisect_left

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
HOUR = 3600
#: Lateness is rounded up to one of these, in working hours; more is the last.
GRADE_HOURS = (
    *(0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32),
    *(40, 48, 56, 64, 72, 80, 120, 160, 200, 240, 400, 1000),
)
GRADES = tuple(int(hours * HOUR) for hours in GRADE_HOURS)
#: How many late promises there are of each grade, as columns.
GRADE_COLUMNS = tuple(f"grade_{number}" for number in range(len(GRADES)))


def get_grade(seconds):
    """Return the number of the grade of lateness, in working seconds."""
    return min(bisect_left(GRADES, seconds), len(GRADES) - 1)


def sql_grade(seconds):
    """The rule of :func:`get_grade` in SQL, of a bigint expression."""
    return SQL(
        "LEAST(width_bucket(%s - 1, %s::bigint[]), %s)",
        seconds,
        list(GRADES),
        len(GRADES) - 1,
    )


def get_percentile(numbers, share):
    """Return the smallest grade, in hours, that so large a share does not exceed.

    As ``percentile_disc`` of PostgreSQL does.

    :param numbers: how many promises there are of each grade
    :param Fraction share: 0-1
    :return: working hours, None of no promise
    """
    total, below = sum(numbers), 0
    for hours, number in zip(GRADE_HOURS, numbers, strict=True):
        below += number
        if total and below >= share * total:
            return float(hours)
    return None


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


def sql_late_counters(alias, weight=None):
    """Return {grade column: aggregate} over late promises that count.

    :param str alias: of a table with the column ``grade``
    :param SQL weight: what each row counts, 1 by default
    """
    weight = weight or SQL("1")
    grade = SQL.identifier(alias, "grade")
    return {
        name: SQL("COALESCE(sum(%s) FILTER (WHERE %s = %s), 0)", weight, grade, number)
        for number, name in enumerate(GRADE_COLUMNS)
    }


def sql_late(table):
    """Return a table's late promises that count, with their grade.

    :param SQL table: with the columns of promises
    """
    return SQL(
        "(SELECT l.*, %s AS grade FROM %s l WHERE l.outcome = 'late' AND l.is_counted)",
        sql_grade(sql_delay_seconds("l")),
        table,
    )


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
