"""Due moments by working hours, against values computed by other means.

The expected values were not made by this addon: a separate program walked the time
line minute by minute in UTC, counting the minutes whose local wall time is worked.
"""

from datetime import datetime, timedelta

import pytz

from odoo.tests import tagged

from .common import ServiceCase

WEEK = range(5)
CALENDARS = {
    "office": dict.fromkeys(WEEK, [(8, 12), (13, 17)]),
    "through": dict.fromkeys(WEEK, [(9, 17)]),
    "shop": {**dict.fromkeys(WEEK, [(10, 19)]), 5: [(9, 13)]},
    "night": {
        0: [(22, 24)],
        **dict.fromkeys(range(1, 5), [(0, 6), (22, 24)]),
        5: [(0, 6)],
    },
    "always": dict.fromkeys(range(7), [(0, 24)]),
    "monday": {0: [(9, 10.5)]},
}
#: Days off, as local dates.
HOLIDAYS = {
    "Europe/Budapest": ["2026-04-06", "2026-10-23", "2026-12-25"],
    "America/New_York": ["2026-07-03"],
}
#: Calendar, time zone, start (UTC), working hours, due (UTC).
CASES = [
    ("office", "UTC", "2026-03-02 08:00", 1, "2026-03-02 09:00"),
    ("office", "UTC", "2026-03-02 08:00", 4, "2026-03-02 12:00"),
    ("office", "UTC", "2026-03-02 08:00", 5, "2026-03-02 14:00"),
    ("office", "UTC", "2026-03-02 08:00", 8, "2026-03-02 17:00"),
    ("office", "UTC", "2026-03-02 12:30", 1, "2026-03-02 14:00"),
    ("office", "UTC", "2026-03-02 11:30", 1, "2026-03-02 13:30"),
    ("office", "UTC", "2026-03-02 17:00", 1, "2026-03-03 09:00"),
    ("office", "UTC", "2026-03-02 06:00", 2, "2026-03-02 10:00"),
    ("office", "UTC", "2026-03-06 16:00", 1, "2026-03-06 17:00"),
    ("office", "UTC", "2026-03-06 16:00", 2, "2026-03-09 09:00"),
    ("office", "UTC", "2026-03-06 17:30", 4, "2026-03-09 12:00"),
    ("office", "UTC", "2026-03-07 10:00", 4, "2026-03-09 12:00"),
    ("office", "UTC", "2026-03-08 23:59", 8, "2026-03-09 17:00"),
    ("office", "UTC", "2026-03-02 08:00", 40, "2026-03-06 17:00"),
    ("office", "UTC", "2026-03-02 08:00", 41, "2026-03-09 09:00"),
    ("office", "UTC", "2026-03-04 13:00", 16, "2026-03-06 12:00"),
    ("office", "UTC", "2026-03-02 08:00", 0.5, "2026-03-02 08:30"),
    ("office", "UTC", "2026-03-02 08:07", 0.25, "2026-03-02 08:22"),
    ("office", "UTC", "2026-03-02 16:59", 1, "2026-03-03 08:59"),
    ("office", "Europe/Budapest", "2026-03-27 15:00", 2, "2026-03-30 07:00"),
    ("office", "Europe/Budapest", "2026-03-27 15:00", 8, "2026-03-30 14:00"),
    ("office", "Europe/Budapest", "2026-03-28 12:00", 1, "2026-03-30 07:00"),
    ("office", "Europe/Budapest", "2026-03-29 01:30", 1, "2026-03-30 07:00"),
    ("office", "Europe/Budapest", "2026-03-30 06:00", 4, "2026-03-30 10:00"),
    ("office", "Europe/Budapest", "2026-04-03 14:00", 4, "2026-04-07 09:00"),
    ("office", "Europe/Budapest", "2026-04-06 08:00", 1, "2026-04-07 07:00"),
    ("office", "Europe/Budapest", "2026-10-22 14:30", 2, "2026-10-26 08:30"),
    ("office", "Europe/Budapest", "2026-10-23 09:00", 8, "2026-10-26 16:00"),
    ("office", "Europe/Budapest", "2026-10-25 00:30", 1, "2026-10-26 08:00"),
    ("office", "Europe/Budapest", "2026-10-22 15:00", 8, "2026-10-26 16:00"),
    ("office", "Europe/Budapest", "2026-12-24 15:30", 1, "2026-12-28 07:30"),
    ("office", "Europe/Budapest", "2026-12-25 10:00", 2, "2026-12-28 09:00"),
    ("office", "Europe/Budapest", "2026-12-31 15:30", 1, "2027-01-01 07:30"),
    ("through", "America/New_York", "2026-03-06 21:30", 1, "2026-03-09 13:30"),
    ("through", "America/New_York", "2026-03-08 06:30", 1, "2026-03-09 14:00"),
    ("through", "America/New_York", "2026-10-30 20:30", 1, "2026-11-02 14:30"),
    ("through", "America/New_York", "2026-11-01 05:30", 8, "2026-11-02 22:00"),
    ("through", "America/New_York", "2026-07-02 20:00", 2, "2026-07-06 14:00"),
    ("through", "America/New_York", "2026-07-03 15:00", 1, "2026-07-06 14:00"),
    ("through", "America/New_York", "2026-07-02 13:00", 24, "2026-07-07 21:00"),
    ("night", "Europe/Budapest", "2026-03-02 21:00", 8, "2026-03-03 05:00"),
    ("night", "Europe/Budapest", "2026-03-02 22:30", 2, "2026-03-03 00:30"),
    ("night", "Europe/Budapest", "2026-03-03 05:00", 1, "2026-03-03 22:00"),
    ("night", "Europe/Budapest", "2026-03-06 21:00", 8, "2026-03-07 05:00"),
    ("night", "Europe/Budapest", "2026-03-07 06:00", 1, "2026-03-09 22:00"),
    ("night", "Europe/Budapest", "2026-03-27 21:00", 8, "2026-03-28 05:00"),
    ("night", "Europe/Budapest", "2026-03-02 21:00", 16, "2026-03-04 05:00"),
    ("night", "Europe/Budapest", "2026-10-22 20:00", 3, "2026-10-23 23:00"),
    ("always", "Europe/Budapest", "2026-03-28 23:30", 3, "2026-03-29 02:30"),
    ("always", "Europe/Budapest", "2026-10-24 22:30", 5, "2026-10-25 03:30"),
    ("always", "UTC", "2026-03-01 00:00", 24, "2026-03-02 00:00"),
    ("always", "America/New_York", "2026-03-08 06:30", 2, "2026-03-08 08:30"),
    ("shop", "Asia/Kolkata", "2026-03-07 03:00", 4, "2026-03-07 07:30"),
    ("shop", "Asia/Kolkata", "2026-03-07 07:00", 2, "2026-03-09 06:00"),
    ("shop", "Asia/Kolkata", "2026-03-06 13:00", 1, "2026-03-07 04:00"),
    ("shop", "Asia/Kathmandu", "2026-03-06 13:00", 1, "2026-03-07 04:00"),
    ("shop", "Pacific/Auckland", "2026-04-03 05:00", 5, "2026-04-04 00:00"),
    ("shop", "Pacific/Auckland", "2026-04-04 23:00", 1, "2026-04-05 23:00"),
    ("office", "UTC", "2028-02-28 13:00", 8, "2028-02-29 12:00"),
    ("office", "UTC", "2028-02-29 08:00", 8, "2028-02-29 17:00"),
    ("office", "UTC", "2027-02-26 16:00", 2, "2027-03-01 09:00"),
    ("monday", "UTC", "2026-03-02 09:00", 1.5, "2026-03-02 10:30"),
    ("monday", "UTC", "2026-03-02 09:00", 2, "2026-03-09 09:30"),
    ("monday", "UTC", "2026-03-02 10:30", 1, "2026-03-09 10:00"),
    ("monday", "UTC", "2026-03-03 00:00", 15, "2026-05-11 10:30"),
    ("office", "Europe/Moscow", "2026-03-06 13:30", 1, "2026-03-09 05:30"),
    ("office", "Europe/London", "2026-03-27 16:30", 1, "2026-03-30 07:30"),
    ("office", "Europe/London", "2026-10-23 15:30", 1, "2026-10-26 08:30"),
    ("office", "Asia/Tokyo", "2026-03-06 07:30", 1, "2026-03-08 23:30"),
    ("office", "UTC", "2026-03-07 10:00", 0, "2026-03-09 08:00"),
    ("office", "UTC", "2026-03-02 12:15", 0, "2026-03-02 13:00"),
]


@tagged("post_install", "-at_install")
class TestDueDates(ServiceCase):
    def setUp(self):
        super().setUp()
        self.calendars = {}
        for name, zone in dict.fromkeys(case[:2] for case in CASES):
            self.get_calendar(name, zone)

    def get_calendar(self, name, zone):
        if (name, zone) not in self.calendars:
            calendar = self.make_calendar(f"{name} {zone}", tz=zone, days=())
            for day, hours in CALENDARS[name].items():
                for start, stop in hours:
                    self.env["resource.calendar.attendance"].create(
                        {
                            "name": f"{day} {start}",
                            "calendar_id": calendar.id,
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": stop,
                            "day_period": "morning",
                        }
                    )
            self.add_holidays(calendar, zone)
            self.calendars[name, zone] = calendar
        return self.calendars[name, zone]

    def add_holidays(self, calendar, zone):
        for day in HOLIDAYS.get(zone, ()):
            start = pytz.timezone(zone).localize(datetime.fromisoformat(day))
            start = start.astimezone(pytz.utc).replace(tzinfo=None)
            self.env["resource.calendar.leaves"].create(
                {
                    "name": day,
                    "calendar_id": calendar.id,
                    "date_from": start,
                    "date_to": start + timedelta(days=1),
                }
            )

    def test_table(self):
        """Due as expected, and the hours up to due are the hours promised."""
        self.assertGreaterEqual(len(CASES), 60)
        for name, zone, start, hours, due in CASES:
            with self.subTest(calendar=name, zone=zone, start=start, hours=hours):
                calendar = self.get_calendar(name, zone)
                start, due = map(datetime.fromisoformat, (start, due))
                self.assertEqual(calendar._service_add_hours(start, hours), due)
                between = calendar._service_hours_between(start, due)
                self.assertAlmostEqual(between, hours, places=3)
