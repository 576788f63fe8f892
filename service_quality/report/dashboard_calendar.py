"""Days, steps and hours of a reader's time zone, as moments in UTC.

Plain functions over pytz zones; every moment is a naive UTC datetime.
"""

from bisect import bisect_right
from datetime import datetime, time, timedelta, timezone

EPOCH = datetime(1970, 1, 1)
HOUR = timedelta(hours=1)
#: 1970-01-01 was a Thursday: so many hours after a Monday's midnight.
EPOCH_HOUR = 3 * 24
WEEK_HOURS = 7 * 24
#: A longer period is shown by week, then by month.
MAX_DAYS, MAX_WEEK_DAYS = 31, 190


def get_midnight(zone, day):
    """Return when a day begins in a zone."""
    local = zone.localize(datetime.combine(day, time.min))
    return local.astimezone(timezone.utc).replace(tzinfo=None)


def get_today(zone, now):
    """Return the day that a moment lies in."""
    return now.replace(tzinfo=timezone.utc).astimezone(zone).date()


def get_bounds(zone, date_from, date_to):
    """Return when the first day begins and the last one ends."""
    return get_midnight(zone, date_from), get_midnight(zone, date_to + timedelta(1))


def get_steps(date_from, date_to):
    """Cut a period into days, ISO weeks or months.

    :return: (``day``, ``week`` or ``month``, list of (first day, last day)); the
        first and the last step end with the period
    """
    length = (date_to - date_from).days + 1
    step = "day" if length <= MAX_DAYS else "week"
    if length > MAX_WEEK_DAYS:
        step = "month"
    steps = []
    first = date_from
    while first <= date_to:
        last = min(_get_last_day(first, step), date_to)
        steps.append((first, last))
        first = last + timedelta(1)
    return step, steps


def _get_last_day(day, step):
    if step == "day":
        return day
    if step == "week":
        return day + timedelta(6 - day.weekday())
    return (day.replace(day=1) + timedelta(31)).replace(day=1) - timedelta(1)


def to_seconds(moment):
    """Return the seconds of a moment since 1970."""
    return int((moment - EPOCH).total_seconds())


def get_offsets(zone, start, stop):
    """Return [(seconds since 1970, seconds to add)]: a zone's clock in a period.

    :return: the first pair holds from ``start`` on, each next one from a change of
        the clock before ``stop``
    """
    changes = getattr(zone, "_utc_transition_times", ())
    moments = [start]
    for moment in changes[bisect_right(changes, start) :]:
        if moment >= stop:
            break
        moments.append(moment)
    return [
        (
            to_seconds(moment),
            int(
                timezone_offset.total_seconds()
                if (timezone_offset := _get_offset(zone, moment))
                else 0
            ),
        )
        for moment in moments
    ]


def _get_offset(zone, moment):
    return moment.replace(tzinfo=timezone.utc).astimezone(zone).utcoffset()


def get_hour_ranges(zone, start, stop, weekday, hour):
    """Return the stretches of a period in which a zone's clock shows an hour.

    :param int weekday: 0 is Monday
    :param int hour: 0-23
    :return: list of (moment from, moment before), in order
    """
    wanted = weekday * 24 + hour
    ranges = []
    offsets = get_offsets(zone, start, stop)
    ends = [moment for moment, _offset in offsets[1:]] + [to_seconds(stop)]
    for (begin, offset), end in zip(offsets, ends, strict=True):
        # the last time, at or before the beginning, that this hour began
        hours = (begin + offset) // 3600 + EPOCH_HOUR
        first = (hours - (hours - wanted) % WEEK_HOURS - EPOCH_HOUR) * 3600 - offset
        for moment in range(first, end, WEEK_HOURS * 3600):
            low, high = max(moment, begin), min(moment + 3600, end)
            if low < high:
                ranges.append((low, high))
    return [
        (EPOCH + timedelta(seconds=low), EPOCH + timedelta(seconds=high))
        for low, high in ranges
    ]


# ----------------------------------------------------------------------
# A period as whole months, whole days and what is left
# ----------------------------------------------------------------------


def get_month(moment):
    """Return the beginning of a month in UTC that is nearest to a moment."""
    first = datetime(moment.year, moment.month, 1)
    following = (first + timedelta(31)).replace(day=1)
    return first if moment - first <= following - moment else following


def get_day(moment):
    """Return the beginning of a day in UTC that is nearest to a moment."""
    return datetime.combine((moment + timedelta(hours=12)).date(), time.min)


def get_pieces(start, stop, with_days=True):
    """Cut a period into pieces that a rollup has: what they count, adds up to it.

    Pieces may be taken away as well: until the 30th is the whole month less a day. So
    never more than half a month of days and half a day of single rows stand at
    either end.

    :param bool with_days: whether there is a rollup by day
    :return: list of (``month``, ``day`` or ``raw``, start, stop, 1 or -1)
    """
    months = (get_month(start), get_month(stop))
    days = (get_day(start), get_day(stop)) if with_days else months
    pieces = []
    if months[0] < months[1]:
        pieces.append(("month", *months, 1))
        if with_days:
            pieces += _get_edge("day", months[0], days[0], -1)
            pieces += _get_edge("day", months[1], days[1], 1)
    elif not with_days:
        return [("raw", start, stop, 1)]
    elif days[0] < days[1]:
        pieces.append(("day", *days, 1))
    else:
        return [("raw", start, stop, 1)]
    pieces += _get_edge("raw", days[0], start, -1)
    pieces += _get_edge("raw", days[1], stop, 1)
    return pieces


def _get_edge(source, whole, moment, sign):
    """Return what lies between a whole stretch's end and a moment, signed."""
    if whole == moment:
        return []
    if whole < moment:
        return [(source, whole, moment, sign)]
    return [(source, moment, whole, -sign)]
