from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_recovery import RecoveryCase


@tagged("post_install", "-at_install")
class TestPrivacy(RecoveryCase):
    def erase(self, row):
        """Erase one row as Odoo's privacy look-up does."""
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": self.customer.name, "email": self.customer.email}
        )
        wizard.action_lookup()
        line = wizard.line_ids.filtered(
            lambda line: line.res_model == row._name and line.res_id == row.id
        )
        self.assertTrue(line, "the look-up does not find it")
        line.action_unlink()
        self.sync()
        self.env.invalidate_all()

    def test_erasure_leaves_figures(self):
        feedback = self.make_feedback(
            10, comment="Petra says: awful", recipient=self.customer.email
        )
        recovery = self.recoveries()
        self.as_user(recovery, self.agent).action_apologise("Sorry, Petra")
        figures = ("satisfaction", "date_answered", "employee_id", "company_id")
        before = feedback.read(figures, load=None)
        self.erase(feedback)
        self.erase(recovery)
        self.assertEqual(feedback.read(figures, load=None), before)
        row = self.facts_of(feedback)[0]
        self.assertIsNone(row["partner_id"])
        for record in (feedback, recovery):
            facts = str(self.facts_of(record)) + str(
                self.facts_of(self.raw_events(record))
            )
            for word in ("Petra", self.customer.email, "awful", "Printer"):
                self.assertNotIn(word, facts)
        self.assertEqual(recovery.score_before, 10)
        self.assertIn("erased", self.events_of(recovery))

    def test_promise_keeps_its_verdict(self):
        promise = self.make_promise(self.ticket)
        self.wait(hours=3)
        self.close(self.ticket)
        self.erase(promise)
        self.assertOutcome(promise, "late", counted=True)
        self.assertFalse(promise.partner_email or promise.partner_id)

    def test_all_after_a_change_was_sent(self):
        """Whatever the look-up finds can be erased, and what hangs on it goes too."""
        promise = self.make_promise(self.ticket)
        change = self.model("service.scope.change", self.agent).create(
            {
                "name": "A bigger pump",
                "description": "Petra wants it",
                "res_model": self.ticket._name,
                "res_id": self.ticket.id,
            }
        )
        change.action_send()
        promise._service_unseal().customer_comment = "Petra waited"
        self.sync()
        link = self.env["service.link"].search([("res_id", "=", change.id)])
        pack = self.env["service.evidence.pack"]._service_make(
            self.ticket._name, self.ticket.id
        )
        self.assertIn("Petra", pack.content)
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": self.customer.name, "email": self.customer.email}
        )
        wizard.action_lookup()
        ours = wizard.line_ids.filtered(
            lambda line: (line.res_model or "").startswith("service.")
        )
        for model in ("service.promise", "service.scope.change", "service.link"):
            self.assertIn(model, ours.mapped("res_model"))
        for line in ours:
            line.action_unlink()
        self.sync()
        self.env.invalidate_all()
        self.assertTrue(link.date_revoked)
        for record in (promise, change.sudo(), link, pack):
            facts = str(self.facts_of(record)) + str(
                self.facts_of(self.raw_events(record))
            )
            for word in ("Petra", self.customer.email, "Printer"):
                self.assertNotIn(word, facts, record)

    def test_twice(self):
        feedback = self.make_feedback(90)
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": self.customer.name, "email": self.customer.email}
        )
        wizard.action_lookup()
        line = wizard.line_ids.filtered(
            lambda line: (
                line.res_model == "service.feedback" and line.res_id == feedback.id
            )
        )
        line.action_unlink()
        with self.assertRaises(UserError):
            line.action_unlink()


@tagged("post_install", "-at_install")
class TestWow(RecoveryCase):
    def record(self, user=None, **vals):
        vals = {
            "res_model": self.ticket._name,
            "res_id": self.ticket.id,
            "name": "Came back in the evening",
            **vals,
        }
        return self.model("service.wow", user or self.agent).create(vals)

    def test_recorded_by_a_person_for_a_customer(self):
        row = self.env["service.wow"].browse(self.record(lesson="Ask twice").id)
        self.assertEqual(
            (row.employee_id, row.partner_id, row.recorded_by_id),
            (self.employee, self.customer, self.agent),
        )
        other = self.record(by_employee_id=self.employee2.id)
        self.assertEqual(other.sudo().employee_id, self.employee2)

    def test_library(self):
        """Everybody reads what a manager shared, nobody else's document."""
        row = self.record()
        as_other = self.model("service.wow", self.agent2)
        self.assertNotIn(row.id, as_other.search([]).ids)
        with self.assertRaises(AccessError):
            self.as_user(row, self.agent).action_share()
        self.as_user(row, self.manager).action_share()
        self.assertIn(row.id, self.model("service.wow", self.agent2).search([]).ids)
        self.assertEqual(
            self.as_user(row, self.agent2).name, "Came back in the evening"
        )
        self.assertNotIn(
            row.id, self.model("service.wow", self.foreigner).search([]).ids
        )
        self.as_user(row, self.manager).action_unshare()
        self.assertNotIn(row.id, self.model("service.wow", self.agent2).search([]).ids)

    def test_bad_input(self):
        foreign = self.foreigner.employee_ids.id
        for vals, error in (
            ({"name": " "}, ValidationError),
            ({"name": "x" * 10_001}, ValidationError),
            ({"by_employee_id": foreign}, ValidationError),
            ({"by_employee_id": "1"}, ValidationError),
            ({"is_shared": True}, AccessError),
            ({"employee_id": self.employee2.id}, AccessError),
        ):
            with self.subTest(vals=str(vals)[:60]), self.assertRaises(error):
                self.record(**vals)
        with self.assertRaises(AccessError):
            self.record(user=self.agent2)
