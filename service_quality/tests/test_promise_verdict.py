from datetime import timedelta

from odoo.tests import tagged

from .common import ServiceCase

SECOND = timedelta(seconds=1)


@tagged("post_install", "-at_install")
class TestPromiseVerdict(ServiceCase):
    """What each fact of a promise does to its verdict, on rows that are not stored."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"service_lead_minutes": 15, "service_due_soon_hours": 2})

    def promise(self, **vals):
        """Return a promise made and told now, due in four working hours."""
        return self.env["service.promise"].new(
            {
                "name": "Promised",
                "kind": "deadline",
                "source": "manual",
                "company_id": self.company.id,
                "calendar_id": self.company.resource_calendar_id.id,
                "date_made": self.now,
                "date_told": self.now,
                "date_due": self.after(hours=4),
                "tolerance_minutes": 0,
                **vals,
            }
        )

    def settled(self, after, **vals):
        """Return one whose evidence came so long after it was made."""
        vals = {"settlement": "evidence", "date_settled": self.now + after, **vals}
        return self.promise(**vals)

    def assertCounts(self, promise, outcome, counted):
        self.assertEqual(promise.outcome or None, outcome)
        self.assertIs(promise.is_counted, counted)

    def test_how_early_it_must_be_told(self):
        lead = timedelta(minutes=15)
        due = self.after(hours=4)
        for told, counted in (
            (None, False),
            (self.now, True),
            (due - lead, True),
            (due - lead + SECOND, False),
        ):
            for vals, outcome in (
                ({}, None),
                ({"settlement": "closed", "date_settled": due}, "missed"),
                ({"settlement": "evidence", "date_settled": due + SECOND}, "late"),
            ):
                with self.subTest(told=told, outcome=outcome):
                    promise = self.promise(date_told=told, **vals)
                    self.assertCounts(promise, outcome, counted)
        self.company.service_lead_minutes = 240
        self.assertCounts(self.promise(), None, True)
        self.company.service_lead_minutes = 241
        self.assertCounts(self.promise(), None, False)

    def test_kept_as_soon_as_told(self):
        lead = timedelta(minutes=15)
        self.assertCounts(self.settled(lead), "kept", True)
        self.assertCounts(self.settled(lead - SECOND), "kept", False)
        told = {"date_told": self.after(hours=3, minutes=45)}
        self.assertCounts(self.settled(timedelta(hours=4), **told), "kept", True)
        told["date_told"] += SECOND
        tolerated = self.settled(
            timedelta(hours=4, minutes=9), tolerance_minutes=10, **told
        )
        self.assertCounts(tolerated, "kept", False)
        # a manager's word about one that still runs
        corrected = self.promise(corrected_outcome="kept")
        self.assertCounts(corrected, "kept", True)

    def test_what_proves_nothing(self):
        """Keeping it does not count then; being late does."""
        for vals in ({"is_self_declared": True}, {"is_repeated": True}):
            for source in ("manual", "plan"):
                with self.subTest(source=source, **vals):
                    kept = self.settled(timedelta(hours=3), source=source, **vals)
                    self.assertCounts(kept, "kept", False)
                    late = self.settled(timedelta(hours=5), source=source, **vals)
                    self.assertCounts(late, "late", True)
                    self.assertCounts(self.promise(source=source, **vals), None, True)

    def test_a_plan_needs_no_telling(self):
        for vals, outcome in (
            ({}, None),
            ({"settlement": "evidence", "date_settled": self.after(hours=1)}, "kept"),
            ({"settlement": "evidence", "date_settled": self.after(hours=5)}, "late"),
        ):
            promise = self.promise(source="plan", date_told=False, **vals)
            self.assertCounts(promise, outcome, True)

    def test_an_update_in_the_first_half_of_its_cadence(self):
        half = timedelta(hours=2)
        vals = {
            "kind": "progress",
            "source": "plan",
            "date_made": self.after(hours=1),
            "date_due": self.after(hours=5),
        }
        hour = timedelta(hours=1)
        self.assertCounts(self.settled(hour + half, **vals), "kept", True)
        self.assertCounts(self.settled(hour + half - SECOND, **vals), "kept", False)
        self.assertCounts(self.settled(hour, **vals), "kept", False)
        for other in ({"kind": "response"}, {"source": "manual"}):
            promise = self.settled(hour, **{**vals, **other})
            self.assertCounts(promise, "kept", True)
        self.assertCounts(self.promise(**vals), None, True)
        corrected = self.promise(corrected_outcome="kept", **vals)
        self.assertCounts(corrected, "kept", True)
        self.assertIs(corrected._service_is_early_update(), False)

    def test_limit(self):
        for tolerance, paused, minutes in (
            (0, False, 0),
            (7, False, 7),
            (7, True, None),
        ):
            promise = self.promise(
                tolerance_minutes=tolerance, date_paused=paused and self.now
            )
            expected = False
            if minutes is not None:
                expected = promise.date_due + timedelta(minutes=minutes)
            self.assertEqual(promise.date_limit, expected)
            self.assertEqual(promise._service_verdict()["date_limit"], expected)
        self.assertFalse(self.promise(date_due=False)._service_limit())
        unset = self.promise(tolerance_minutes=False)
        self.assertEqual(unset._service_limit(), unset.date_due)

    def test_delay(self):
        self.assertEqual(self.promise().delay_hours, 0.0)
        self.assertEqual(self.settled(timedelta(hours=4)).delay_hours, 0.0)
        late = self.settled(timedelta(hours=5), tolerance_minutes=10)
        self.assertAlmostEqual(late.delay_hours, 1.0)
        nights = self.settled(timedelta(days=1, hours=4))
        working = nights.calendar_id._service_hours_between(
            nights.date_due, nights.date_settled
        )
        self.assertTrue(0 < working < 24)
        self.assertEqual(nights.delay_hours, working)
        # a word of a manager, without a moment
        self.assertEqual(self.promise(corrected_outcome="late").delay_hours, 0.0)

    def test_the_verdict_is_what_is_stored(self):
        for promise in (
            self.promise(),
            self.promise(date_paused=self.now),
            self.settled(timedelta(hours=3)),
            self.settled(timedelta(hours=6), is_self_declared=True),
        ):
            verdict = promise._service_verdict()
            self.assertEqual(
                verdict,
                {
                    "date_limit": promise.date_limit,
                    "outcome": promise.outcome or None,
                    "delay_hours": promise.delay_hours,
                    "is_counted": promise.is_counted,
                },
            )

    def test_waiting_at_an_appointment(self):
        for vals, minutes in (
            ({"date_started": self.after(hours=4, seconds=90)}, 1.5),
            ({"date_started": self.after(hours=3)}, 0.0),
            ({}, 0.0),
            ({"kind": "deadline", "date_started": self.after(hours=9)}, 0.0),
        ):
            promise = self.promise(**{"kind": "appointment", **vals})
            self.assertEqual(promise.wait_minutes, minutes)

    def test_state(self):
        soon = timedelta(hours=2)
        for left, state in (
            (timedelta(0) - SECOND, "overdue"),
            (timedelta(0), "due_soon"),
            (soon, "due_soon"),
            (soon + SECOND, "open"),
        ):
            with self.subTest(left=left):
                promise = self.promise(
                    date_due=self.now + left - timedelta(minutes=5), tolerance_minutes=5
                )
                self.assertEqual(promise.state, state)
        paused = self.promise(date_due=self.now - SECOND, date_paused=self.now)
        self.assertEqual(paused.state, "open")
        self.assertEqual(self.settled(timedelta(hours=5)).state, "late")

    def test_states_that_are_none(self):
        promises = self.env["service.promise"]
        self.assertFalse(promises.search([("state", "in", ["no such state"])]))
        self.assertIs(promises._search_state("like", "open"), NotImplemented)
