from datetime import datetime, timedelta
from statistics import median

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_recovery import RecoveryCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestSilent(RecoveryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.company + cls.other_company).write(
            {
                "service_silent_factor": 3,
                "service_silent_days": 180,
                "service_heard_share": 4,
                "service_recovery_on": "never",
            }
        )
        cls.env["service.silent.customer"]._service_unseal().search([]).unlink()

    def setUp(self):
        super().setUp()
        self.ticket.unlink()
        self.now = datetime(2026, 6, 1, 9, 0)

    def visit(self, *days_ago, partner=None):
        """Let a customer come with a request, so many days ago each."""
        tickets = self.env["helpdesk.ticket"]
        for days in days_ago:
            with self.at(self.now - days * DAY):
                ticket = self.make_ticket(partner=partner)
            self.stamp(ticket, self.now - days * DAY)
            tickets += ticket
        return tickets

    def stamp(self, record, moment):
        """Put a row at its moment: the ORM stamps the transaction's."""
        self.sync()
        self.env.cr.execute(
            f"UPDATE {record._table} SET create_date = %s WHERE id = ANY(%s)",
            [moment, record.ids],
        )
        record.invalidate_recordset(["create_date"])

    def disappoint(self, document, days_ago, score=10):
        """Let a customer be disappointed, so many days ago."""
        with self.at(self.now - days_ago * DAY):
            return self.make_feedback(score, document)

    def refresh(self):
        self.sync()
        self.env["service.silent.customer"]._service_refresh()
        return self.env["service.silent.customer"].search(
            [("company_id", "in", (self.company + self.other_company).ids)]
        )

    def test_boundary(self):
        """Median gap 10 days, factor 3: silent after 30 days, not at 30."""
        tickets = self.visit(70, 60, 50, 40, 30)
        self.disappoint(tickets[-1], 29)
        self.assertFalse(self.refresh())
        self.now += timedelta(seconds=1)
        row = self.refresh()
        self.assertEqual(row.partner_id, self.customer_company)
        self.assertEqual((row.gap_days, row.limit_days), (10, 30))
        self.assertTrue(row.is_own_rhythm and row.has_low_score)
        self.assertFalse(row.has_broken_promise or row.has_failed_checklist)
        self.assertEqual((row.res_id, row.employee_id), (tickets[-1].id, self.employee))
        self.assertEqual((row.silent_days, row.state), (30, "found"))
        self.assertEqual(row.reasons, "Low Score")

    def test_own_rhythm_needs_three_gaps(self):
        """With two gaps of his own the company's median counts."""
        own = [200, 195, 100]
        tickets = self.visit(*own)
        others = [90, 80, 70, 60, 50, 1]
        self.visit(*others, partner=self.stranger)
        self.disappoint(tickets[-1], 99)
        row = self.refresh()
        gaps = [5, 95, 10, 10, 10, 10, 49]
        self.assertEqual((row.gap_days, row.is_own_rhythm), (median(gaps), False))
        self.visit(300)
        row = self.refresh()
        self.assertFalse(row)  # gaps 100, 5, 95: the median is 95, silent after 285

    def test_several_contacts_on_one_day_are_one_visit(self):
        tickets = self.visit(70, 70, 70, 60, 50, 40)
        self.disappoint(tickets[-1], 40)
        self.assertEqual(self.refresh().gap_days, 10)

    def test_what_makes_no_silent_customer(self):
        visits = [70, 60, 50, 40]
        tickets = self.visit(*visits)
        with self.subTest("nothing went wrong"):
            self.assertFalse(self.refresh())
        self.disappoint(tickets[-1], 39, score=50)
        with self.subTest("not low"):
            self.assertFalse(self.refresh())
        self.disappoint(tickets[0], 39)
        self.assertTrue(self.refresh())
        with self.subTest("seen again: a message of the portal"):
            message = self.customer_message(tickets[0])
            self.stamp(message, self.now - DAY)
            self.assertFalse(self.refresh())
            self.stamp(message, self.now - 50 * DAY)
            self.assertTrue(self.refresh())
        with self.subTest("our own message is no sign of him"):
            message = self.agent_message(tickets[0])
            self.stamp(message, self.now - DAY)
            self.assertTrue(self.refresh())
        with self.subTest("a quotation is ours, an order is his"):
            order = self.make_order(confirm=False)
            self.stamp(order, self.now - DAY)
            self.assertTrue(self.refresh())
            order.action_confirm()
            self.sync()
            self.assertFalse(self.refresh())

    def test_old_failure(self):
        tickets = self.visit(400, 390, 380, 370)
        self.disappoint(tickets[-1], 181)
        self.assertFalse(self.refresh())
        self.company.service_silent_days = 182
        self.assertTrue(self.refresh())

    def test_complaint_since(self):
        tickets = self.visit(70, 60, 50, 40)
        self.disappoint(tickets[-1], 39)
        self.assertTrue(self.refresh())
        with self.at(self.now - 20 * DAY):
            self.model("service.recovery", self.agent).create(
                {
                    "res_model": tickets._name,
                    "res_id": tickets[0].id,
                    "description": "He called and was angry",
                }
            )
        self.assertFalse(self.refresh())
        # What went wrong after he complained, he has kept for himself.
        self.disappoint(tickets[-1], 10)
        self.assertEqual(self.refresh().event_count, 1)

    def test_broken_promises(self):
        tickets = self.visit(70, 60, 50, 40)
        with self.at(self.now - 39 * DAY):
            promise = self.make_promise(tickets[-1])
        row = self.refresh()
        self.assertEqual(
            (row.has_broken_promise, row.date_event), (True, promise.date_limit)
        )
        promise._service_unseal().date_told = False
        self.assertFalse(self.refresh())  # the customer did not know of it

    def test_failed_checklist(self):
        tickets = self.visit(70, 60, 50, 40)
        checklist = self.start_checklist(tickets[-1])
        checklist._service_unseal().write({"state": "failed", "date_done": self.now})
        self.assertTrue(self.refresh().has_failed_checklist)

    def test_internal_and_archived(self):
        ours = self.manager.partner_id
        for partner in (ours, self.stranger):
            tickets = self.visit(70, 60, 50, 40, partner=partner)
            self.disappoint(tickets[-1], 39)
        self.assertEqual(self.refresh().partner_id, self.stranger)
        self.stranger.active = False
        self.assertFalse(self.refresh())

    def test_deleted_partner(self):
        tickets = self.visit(70, 60, 50, 40, partner=self.stranger)
        self.disappoint(tickets[-1], 39)
        self.assertTrue(self.refresh())
        tickets.partner_id = False
        self.sync()
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [self.stranger.id])
        self.env.invalidate_all()
        self.assertFalse(self.refresh())

    def test_companies_are_apart(self):
        tickets = self.visit(70, 60, 50, 40)
        self.disappoint(tickets[-1], 39)
        foreign = self.make_ticket(company=self.other_company, user=self.foreigner)
        self.stamp(foreign, self.now)
        self.assertEqual(self.refresh().company_id, self.company)

    def test_call(self):
        tickets = self.visit(70, 60, 50, 40)
        self.disappoint(tickets[-1], 39)
        row = self.refresh()
        for user in (self.agent2, self.nobody, self.foreigner, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.as_user(row, user).action_call()
        shown = self.as_user(row, self.agent).action_call()
        promise = row.promise_id
        self.assertEqual(shown["domain"], [("id", "in", promise.ids)])
        self.assertEqual(
            (promise.kind, promise.employee_id), ("callback", self.employee)
        )
        # 11:00 on a Monday in Budapest: five hours today, three tomorrow
        self.assertEqual(promise.date_due, datetime(2026, 6, 2, 9, 0))
        with self.assertRaises(UserError):
            self.as_user(row, self.agent).action_call()
        self.assertEqual(self.refresh().state, "called")
        self.visit(0)
        self.assertEqual(self.refresh().state, "back")

    def test_dismiss_until_something_new_happens(self):
        tickets = self.visit(70, 60, 50, 40)
        self.disappoint(tickets[-1], 39)
        row = self.refresh()
        with self.assertRaises(ValidationError):
            self.as_user(row, self.agent).action_dismiss("  ")
        action = self.as_user(row, self.agent).action_open_dismiss()
        wizard = self.model("service.silent.wizard", self.agent).with_context(
            **action["context"]
        )
        wizard = wizard.create({"reason": "Moved away"})
        self.assertEqual(wizard.silent_ids, row)
        wizard.action_apply()
        self.assertEqual(self.refresh().state, "dismissed")
        self.disappoint(tickets[-1], 20)
        self.assertEqual(self.refresh().state, "found")

    def test_refresh_twice_changes_nothing(self):
        tickets = self.visit(70, 60, 50, 40)
        self.disappoint(tickets[-1], 39)
        first = self.refresh()
        found = first.date_found
        self.now += timedelta(hours=1)
        self.assertEqual(self.refresh(), first)
        self.assertEqual(first.date_found, found)

    def test_estimate(self):
        """Two customers were heard: at 4 % fifty are dissatisfied."""
        estimate = self.env["service.silent.customer"]._service_estimate
        self.assertEqual(estimate(self.company)["heard"], 0)
        self.disappoint(self.visit(10)[0], 9)
        self.disappoint(self.visit(10)[0], 8)
        self.disappoint(self.visit(10, partner=self.stranger)[0], 9)
        self.sync()
        self.assertEqual(
            estimate(self.company),
            {"heard": 2, "estimate": 50, "unheard": 48, "found": 0},
        )
        self.company.service_heard_share = 10
        self.assertEqual(estimate(self.company)["estimate"], 20)

    def test_cron(self):
        tickets = self.visit(70, 60, 50, 40)
        self.disappoint(tickets[-1], 39)
        with self.enter_registry_test_mode():
            self.env.ref("service_quality.cron_silent").method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(
            self.env["service.silent.customer"].search(
                [("company_id", "=", self.company.id)]
            )
        )
