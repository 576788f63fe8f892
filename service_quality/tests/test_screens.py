from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..models.service_reminder import LAST_RUN_KEY
from .common import NOW, ServiceCase


@tagged("post_install", "-at_install")
class TestPreview(ServiceCase):
    """What the form of a plan says about a moment."""

    def test_next_friday_half_past_five(self):
        plan = self.make_plan(rules=[{"name": "Solved", "hours": 4}])
        plan = self.as_user(plan, self.admin)
        # 17:30 in Budapest; four working hours later it is Monday noon there.
        self.assertEqual(plan.preview_moment, datetime(2026, 3, 6, 16, 30))
        self.assertIn("Friday", plan.preview)
        self.assertIn("Monday, 3/9/26, 12:00", plan.preview.replace("\u202f", " "))
        self.assertIn("Europe/Budapest", plan.preview)

    def test_each_rule_in_the_zone_of_its_calendar(self):
        tokyo = self.make_calendar("Tokyo", tz="Asia/Tokyo")
        plan = self.make_plan(
            rules=[
                {"name": "Solved", "hours": 4, "calendar_id": tokyo.id},
                {"name": "News", "hours": 8, "kind": "progress"},
            ]
        )
        preview = self.as_user(plan, self.admin).preview
        self.assertIn("Asia/Tokyo", preview)
        self.assertIn("Europe/Budapest", preview)
        self.assertIn("again every 8 working hours", preview)

    def test_another_moment_before_saving(self):
        plan = self.make_plan(rules=[{"name": "Solved", "hours": 4}])
        with Form(self.as_user(plan, self.admin)) as form:
            form.preview_moment = datetime(2026, 3, 3, 8, 0)
            self.assertIn("Tuesday", form.preview)
            self.assertNotIn("Friday", form.preview)

    def test_calendar_without_hours_is_named(self):
        calendar = self.make_calendar("Emptied")
        plan = self.make_plan(
            rules=[{"name": "Solved", "hours": 4, "calendar_id": calendar.id}]
        )
        calendar.attendance_ids.unlink()
        preview = self.as_user(plan, self.admin).preview
        self.assertIn("Emptied does not have 4.0 working hours", preview)

    def test_company_without_a_calendar_is_named(self):
        plan = self.make_plan(rules=[{"name": "Solved", "hours": 4}])
        self.company.resource_calendar_id = False
        self.assertIn(
            "no working hours: the company has no calendar",
            self.as_user(plan, self.admin).preview,
        )

    def test_names_are_escaped(self):
        plan = self.make_plan(rules=[{"name": "<script>x</script>", "hours": 4}])
        self.assertNotIn("<script>", self.as_user(plan, self.admin).preview)

    def test_nothing_without_rules(self):
        self.assertFalse(self.as_user(self.make_plan(), self.admin).preview)


@tagged("post_install", "-at_install")
class TestScorecard(ServiceCase):
    """The figures of one person are for him, his leaders and the managers."""

    def setUp(self):
        super().setUp()
        today = staticmethod(lambda *args, **kwargs: self.now.date())
        self.startPatcher(patch.object(fields.Date, "context_today", today))
        ticket = self.make_ticket()
        self.make_promise(ticket)
        promise = self.make_promise(
            ticket, kind="callback", date_due=self.after(hours=9)
        )
        self.wait(hours=1)
        self.as_user(promise, self.agent).action_keep()
        self.wait(hours=2)
        self.customer_message(ticket, "Where are you?")

    def scorecard(self, user, employee=None):
        model = self.model("service.dashboard", user)
        return model.get_scorecard((employee or self.employee).id)

    def test_figures(self):
        card = self.scorecard(self.agent)
        self.assertEqual(card["totals"]["overdue"], 1)
        self.assertEqual(card["totals"]["kept"], 0)
        self.assertEqual(card["self_declared"], 1)
        self.assertEqual(card["chased"], 1)
        self.assertIsNone(card["delay_hours"])
        for user in (self.leader, self.manager):
            self.assertEqual(self.scorecard(user), card)

    def _answer(self, scores):
        """Let customers answer: (satisfaction, recommend) each; by hand as well."""
        ticket = self.make_ticket()
        for satisfaction, recommend in scores:
            self.env["service.feedback"]._service_unseal().create(
                {
                    **ticket._service_snapshot_vals(),
                    "date_answered": self.now,
                    "satisfaction": satisfaction,
                    "has_satisfaction": True,
                    "recommend": recommend,
                    "has_recommend": True,
                    "service_quality": satisfaction,
                    "has_service_quality": True,
                }
            )
        self.sync()

    def test_answers_of_customers(self):
        self._answer([(100, 10), (75, 9), (75, 8), (0, 2)])
        few = self.scorecard(self.manager)["feedback"]
        self.assertEqual(few["answers"], 4)
        figures = (few["csat"]["rate"], few["nps"]["score"], few["nps"]["margin"])
        self.assertEqual(figures, (None, None, None))
        self.assertIsNone(few["qualities"]["service_quality"]["mean"])
        self._answer([(50, 6)])
        card = self.scorecard(self.agent)["feedback"]
        self.assertEqual(card["answers"], 5)
        self.assertAlmostEqual(card["csat"]["rate"], 3 / 5)
        self.assertAlmostEqual(card["nps"]["score"], 0)
        # 1.96 * sqrt((2/5 + 2/5 - 0) / 5), in points
        self.assertAlmostEqual(card["nps"]["margin"], 78.4, places=1)
        self.assertAlmostEqual(card["qualities"]["service_quality"]["mean"], 60)
        self.assertIsNone(card["qualities"]["technical_quality"]["mean"])
        self.assertEqual(self.scorecard(self.leader)["feedback"], card)

    def test_recoveries_in_time(self):
        ticket = self.make_ticket()
        self.model("service.recovery", self.manager).create(
            {
                "res_model": ticket._name,
                "res_id": ticket.id,
                "description": "He complained",
            }
        )
        card = self.scorecard(self.manager)["feedback"]["recovery"]
        self.assertEqual((card["in_time"], card["decided"], card["rate"]), (0, 0, None))
        self.wait(days=10)
        card = self.scorecard(self.manager)["feedback"]["recovery"]
        self.assertEqual((card["in_time"], card["decided"], card["rate"]), (0, 1, 0))

    def test_nobody_else(self):
        self.assertIs(self.scorecard(self.agent2), False)
        self.assertIs(self.scorecard(self.agent, self.leader.employee_ids), False)
        with self.assertRaises(AccessError):
            self.scorecard(self.nobody, self.nobody.employee_ids)

    def test_another_company_shows_nothing(self):
        card = self.scorecard(self.foreigner)
        self.assertEqual(card["totals"]["total"], 0)


@tagged("post_install", "-at_install")
class TestHealth(ServiceCase):
    """The line in the settings that says whether reminders are sent."""

    def settings(self):
        self.env.flush_all()
        return self.env["res.config.settings"].create({})

    def ran(self, **ago):
        moment = fields.Datetime.to_string(NOW - timedelta(**ago))
        self.env["ir.config_parameter"].set_param(LAST_RUN_KEY, moment)

    def test_healthy(self):
        self.ran(minutes=50)
        settings = self.settings()
        self.assertFalse(settings.service_health_warning)
        self.assertIn("Waiting: 0", settings.service_health)

    def test_late_and_backlog(self):
        before = self.env["service.reminder"]._service_backlog()
        self.company.service_remind_hours = 4
        self.make_promise(self.make_ticket())
        self.ran(minutes=61)
        settings = self.settings()
        self.assertIn("more than an hour", settings.service_health_warning)
        self.assertIn(f"Waiting: {before + 1}.", settings.service_health)

    def test_switched_off(self):
        self.ran(minutes=1)
        self.env.ref("service_quality.cron_promises").active = False
        self.assertIn("switched off", self.settings().service_health_warning)
