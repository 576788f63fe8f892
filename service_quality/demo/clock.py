"""Time of the demo company: a straight axis of working hours.

The story of a document is told in hours of work since the beginning of the axis, so
that nothing happens at night or on a Sunday and "four working hours later" is a plain
addition. Only here the hours become moments.
"""

from datetime import timedelta


class Clock:
    """Turn working hours into moments and back.

    :param working: service_quality's ``WorkingTime`` of the company's calendar
    :param now: naive UTC datetime, whole seconds
    """

    def __init__(self, working, now):
        self.working = working
        self.now = now
        #: the present on the axis
        self.today = working.seconds_until(now) / 3600

    def moment(self, when):
        """Return a naive UTC datetime, or False for nothing.

        :param when: hours on the axis; a timedelta from now, for what must be near
            whatever the hour of the day; None
        """
        if when is None:
            return False
        if isinstance(when, timedelta):
            near = self.now + when
            return near.replace(minute=near.minute // 15 * 15, second=0)
        return self.working.add_hours(self.working.starts[0], when).replace(
            microsecond=0
        )
