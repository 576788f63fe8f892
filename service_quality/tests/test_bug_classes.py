"""Mistakes that other ledgers of promises made; each is a test here or elsewhere.

Elsewhere, in test_life.py: paused time survives a change of priority or rule and
counts once over a weekend; a pause freezes no lateness; every update keeps its own
promise; thanks after closing start no clock; reminders are counted exactly. In
test_plan.py: a shorter update rule never overrules the first answer; editing a rule
rewrites nothing. In test_evidence.py: a customer's note is no contact of ours;
reopened documents; reassignment. In test_due_dates.py: created in the lunch break or
outside the hours.
"""

from odoo.tests import tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestBugClasses(ServiceCase):
    def test_answered_is_not_reminded_or_escalated(self):
        """The agent wrote last: nothing about the first answer is due any more."""
        self.company.write({"service_remind_hours": 2, "service_escalate_hours": 4})
        ticket = self.make_ticket()
        promise = self.make_promise(
            ticket, kind="response", date_due=self.after(hours=1)
        )
        self.wait(minutes=10)
        self.agent_message(ticket, "We have looked into it.")
        reminders = self.env["service.reminder"]
        for kind, hours in (("remind", 0), ("escalate", 6)):
            self.wait(hours=hours)
            self.assertNotIn(promise, reminders._service_todo(kind, self.now))

    def test_no_negative_lateness(self):
        ticket = self.make_ticket()
        kept, missed = (
            self.make_promise(ticket, kind=kind, date_due=self.after(hours=5))
            for kind in ("deadline", "callback")
        )
        self.close(ticket)
        self.assertOutcome(kept, "kept")
        self.assertOutcome(missed, "missed")
        self.assertEqual(kept.delay_hours, 0)
        self.assertEqual(missed.delay_hours, 0)

    def test_figures_stay_with_who_left(self):
        """Unassigned, reassigned and archived afterwards: the figure stays."""
        ticket = self.make_ticket()
        promise = self.make_promise(ticket, date_due=self.after(hours=1))
        self.wait(hours=2)
        self.close(ticket)
        ticket.user_id = False
        self.employee.active = False
        self.agent.active = False
        self.sync()
        self.env.invalidate_all()
        self.assertOutcome(promise, "late", counted=True)
        self.assertEqual(promise.employee_id.id, self.employee.id)
        rows = self.env["service.quality.report"]._read_group(
            [("employee_id", "=", self.employee.id), ("kind", "=", "promise")],
            [],
            ["is_counted:sum", "rate:avg"],
        )
        self.assertEqual(rows, [(1, 0.0)])

    def test_two_cron_runs_claim_a_promise_once(self):
        ticket = self.make_ticket()
        self.company.service_remind_hours = 2
        promise = self.make_promise(ticket, date_due=self.after(hours=1))
        reminders = self.env["service.reminder"]._service_unseal()
        self.sync()
        reminders._service_send_batch("remind", promise._service_unseal())
        with self.assertLogs("odoo.addons.service_quality", "ERROR"):
            reminders._service_send_batch("remind", promise._service_unseal())
        self.assertEqual(len(promise.reminder_ids), 1)
