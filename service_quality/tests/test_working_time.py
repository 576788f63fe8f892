from datetime import datetime, timedelta, timezone
from random import Random

from odoo.tests import tagged

from ..models.working_time import WorkingTime
from .common import ServiceCase

ZONES = (
    "Europe/Budapest",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "Asia/Kathmandu",
    "UTC",
)
#: Per calendar: hours of a day, days of the week.
SHAPES = (
    ([(8, 12), (13, 17)], range(5)),
    ([(0, 24)], range(7)),
    ([(22, 24)], range(5)),
    ([(0.5, 3.25), (3.75, 6)], (5, 6)),
    ([(9.25, 11.75), (12.5, 18.0)], (0, 2, 4)),
)
CASES = 1_200


@tagged("post_install", "-at_install")
class TestWorkingTime(ServiceCase):
    def _leave(self, calendar, start, stop):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "company_id": False,
                "date_from": start,
                "date_to": stop,
            }
        )

    def test_same_as_plan_hours(self):
        """Random moments and hours: the very moment that plan_hours finds."""
        random = Random(20260302)
        calendars = []
        for number, (hours, days) in enumerate(SHAPES):
            calendar = self.make_calendar(
                f"Shape {number}", tz=ZONES[number], days=days, hours=hours
            )
            for _holiday in range(15):
                start = datetime(2026, 1, 1) + timedelta(
                    minutes=random.randrange(0, 3 * 365 * 24 * 60)
                )
                length = timedelta(minutes=random.randrange(10, 4 * 24 * 60))
                self._leave(calendar, start, start + length)
            calendars.append(calendar)
        compared = 0
        for _case in range(CASES):
            calendar = random.choice(calendars)
            start = datetime(2026, 1, 1) + timedelta(
                seconds=random.randrange(0, 2 * 365 * 24 * 3600)
            )
            hours = random.choice((0.25, 0.5, 1, 2, 3.75, 4, 6.5, 8, 12, 20))
            # A hair less: a day that ends at 24:00 is a microsecond short for
            # plan_hours, which then goes on to the next working day.
            expected = calendar.plan_hours(
                hours - 1e-6, start.replace(tzinfo=timezone.utc), compute_leaves=True
            )
            if not expected:
                continue
            expected = expected.astimezone(timezone.utc).replace(tzinfo=None)
            due = calendar._service_add_hours(start, hours)
            self.assertLess(
                abs((due - expected).total_seconds()),
                1.001,
                f"{calendar.name} {calendar.tz}: {start} + {hours} h",
            )
            compared += 1
        self.assertGreater(compared, CASES * 0.95)

    def test_hours_between_is_the_way_back(self):
        random = Random(1)
        for _case in range(200):
            start = datetime(2026, 1, 1) + timedelta(
                minutes=random.randrange(0, 365 * 24 * 60)
            )
            hours = random.choice((0.5, 1, 7.5, 30))
            due = self.calendar._service_add_hours(start, hours)
            back = self.calendar._service_hours_between(start, due)
            self.assertAlmostEqual(back, hours, places=3)

    def test_weekend_lunch_and_night(self):
        cases = [
            # UTC; Budapest is one hour ahead in winter
            ("2026-02-28 10:00:00", 1, "2026-03-02 08:00:00"),  # Saturday
            ("2026-03-02 10:30:00", 1, "2026-03-02 12:30:00"),  # before lunch
            ("2026-03-02 11:20:00", 1, "2026-03-02 13:00:00"),  # in the lunch break
            ("2026-03-02 22:00:00", 8, "2026-03-03 16:00:00"),  # at night
            ("2026-03-06 15:00:00", 2, "2026-03-09 08:00:00"),  # Friday afternoon
        ]
        for start, hours, due in cases:
            with self.subTest(start=start):
                self.assertEqual(
                    self.calendar._service_add_hours(
                        datetime.fromisoformat(start), hours
                    ),
                    datetime.fromisoformat(due),
                )

    def test_daylight_saving(self):
        """On 29 March 2026 the clock jumps from 2:00 to 3:00 in Budapest."""
        calendar = self.make_calendar("Always", days=range(7), hours=[(0, 24)])
        start = datetime(2026, 3, 29, 0, 30)
        self.assertEqual(
            calendar._service_add_hours(start, 2), datetime(2026, 3, 29, 2, 30)
        )
        # The same office hour is one hour earlier in UTC the next day.
        before = self.calendar._service_add_hours(datetime(2026, 3, 27, 6), 1)
        behind = self.calendar._service_add_hours(datetime(2026, 3, 30, 5), 1)
        self.assertEqual((before.hour, behind.hour), (8, 7))

    def test_zero_hours_is_the_next_working_moment(self):
        saturday = datetime(2026, 2, 28, 10)
        self.assertEqual(
            self.calendar._service_add_hours(saturday, 0), datetime(2026, 3, 2, 7)
        )
        working = datetime(2026, 3, 2, 9, 30)
        self.assertEqual(self.calendar._service_add_hours(working, 0), working)

    def test_calendar_without_hours(self):
        empty = self.make_calendar("Empty", days=())
        self.assertIsNone(empty._service_add_hours(self.now, 1))
        self.assertIsNone(empty._service_add_hours(self.now, 0))
        # Lateness is then measured on the clock, not as nothing.
        self.assertEqual(empty._service_hours_between(self.now, self.after(hours=3)), 3)
        none = self.env["resource.calendar"]
        self.assertEqual(none._service_hours_between(self.now, self.after(hours=2)), 2)

    def test_more_hours_than_five_years_have(self):
        self.assertIsNone(self.calendar._service_add_hours(self.now, 100_000))

    def test_never_negative(self):
        self.assertEqual(
            self.calendar._service_hours_between(self.now, self.after(hours=-5)), 0
        )

    def test_no_query_when_warm(self):
        self.calendar._service_add_hours(self.now, 1)
        with self.assertQueryCount(0):
            for hour in range(50):
                self.calendar._service_add_hours(self.after(hours=hour), 3)
                self.calendar._service_hours_between(self.now, self.after(hours=hour))

    def test_cache_forgets_when_attendances_change(self):
        monday = datetime(2026, 3, 2, 7)
        before = self.calendar._service_add_hours(monday, 4)
        self.assertEqual(before, datetime(2026, 3, 2, 11))
        morning = self.calendar.attendance_ids.filtered(
            lambda line: line.dayofweek == "0" and line.hour_from == 8
        )
        morning.hour_from = 10
        self.assertEqual(
            self.calendar._service_add_hours(monday, 4), datetime(2026, 3, 2, 14)
        )
        morning.unlink()
        self.assertEqual(
            self.calendar._service_add_hours(monday, 4), datetime(2026, 3, 2, 16)
        )
        self.env["resource.calendar.attendance"].create(
            {
                "name": "Early",
                "calendar_id": self.calendar.id,
                "dayofweek": "0",
                "hour_from": 8,
                "hour_to": 12,
                "day_period": "morning",
            }
        )
        self.assertEqual(self.calendar._service_add_hours(monday, 4), before)

    def test_cache_forgets_when_holidays_or_zone_change(self):
        monday = datetime(2026, 3, 2, 7)
        before = self.calendar._service_add_hours(monday, 4)
        leave = self._leave(
            self.calendar, datetime(2026, 3, 2, 0), datetime(2026, 3, 2, 23)
        )
        self.assertEqual(
            self.calendar._service_add_hours(monday, 4), datetime(2026, 3, 3, 11)
        )
        leave.date_from = datetime(2026, 3, 2, 12)
        self.assertEqual(self.calendar._service_add_hours(monday, 4), before)
        leave.unlink()
        self.calendar.tz = "America/New_York"
        self.assertEqual(
            self.calendar._service_add_hours(monday, 4), datetime(2026, 3, 2, 17)
        )

    def test_plain_intervals(self):
        """The arithmetic alone, on two intervals of an hour."""
        day = datetime(2026, 1, 1, tzinfo=timezone.utc)
        hour = timedelta(hours=1)
        working = WorkingTime([(day, day + hour), (day + 2 * hour, day + 3 * hour)])
        start = day.replace(tzinfo=None)
        self.assertEqual(working.add_hours(start, 1), start + hour)
        self.assertEqual(working.add_hours(start, 1.5), start + 2.5 * hour)
        self.assertEqual(working.add_hours(start, 2), start + 3 * hour)
        self.assertIsNone(working.add_hours(start, 2.01))
        self.assertEqual(working.hours_between(start, start + 9 * hour), 2)
        self.assertFalse(WorkingTime([]))
