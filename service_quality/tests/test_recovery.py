from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCase


class RecoveryCase(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.company + cls.other_company).write(
            {
                "service_low_score": 50,
                "service_recovery_on": "missed",
                "service_recovery_hours": 8,
                "service_recovery_user_id": False,
            }
        )

    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()

    def make_feedback(self, satisfaction, document=None, **vals):
        """Write an answer as the customer's page does, with what follows from it."""
        document = document or self.ticket
        feedback = (
            self.env["service.feedback"]
            ._service_unseal()
            .create(
                {
                    **document._service_snapshot_vals(),
                    "date_answered": self.now,
                    "satisfaction": satisfaction,
                    "has_satisfaction": True,
                    **vals,
                }
            )
        )
        feedback._service_follow_up()
        self.sync()
        return feedback

    def recoveries(self, document=None):
        document = document or self.ticket
        self.sync()
        self.env["service.promise"]._cron_recover()
        return self.env["service.recovery"].search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)],
            order="id",
        )

    def open_recovery(self, document=None):
        self.make_feedback(10, document)
        return self.recoveries(document)[-1:]


@tagged("post_install", "-at_install")
class TestRecoveryOpening(RecoveryCase):
    def test_boundary_of_a_low_score(self):
        self.make_feedback(50)
        self.assertFalse(self.recoveries())
        feedback = self.make_feedback(49.99)
        recovery = self.recoveries()
        self.assertEqual(
            (recovery.trigger, recovery.feedback_id), ("low_score", feedback)
        )
        self.assertEqual(recovery.employee_id, self.employee)
        self.assertEqual(recovery.partner_id, self.customer)
        self.assertAlmostEqual(recovery.score_before, 49.99)
        self.assertEqual(self.events_of(recovery), ["recovery_opened"])

    def test_score_without_satisfaction(self):
        for vals, low in (
            ({"recommend": 4, "has_recommend": True}, True),
            ({"recommend": 5, "has_recommend": True}, False),
            ({"recommend": 0, "has_recommend": False}, False),
            ({"service_quality": 20, "has_service_quality": True}, True),
        ):
            with self.subTest(**vals):
                before = len(self.recoveries())
                self.make_feedback(0, has_satisfaction=False, **vals)
                self.assertEqual(len(self.recoveries()) - before, int(low))

    def test_deadline_is_in_working_hours(self):
        """Friday 17:00 in Budapest: eight working hours end on Monday at 17:00."""
        with self.at(fields.Datetime.to_datetime("2026-03-06 15:00:00")):
            recovery = self.open_recovery()
        self.assertEqual(str(recovery.date_due), "2026-03-09 15:00:00")

    def test_owner(self):
        self.assertEqual(self.open_recovery().user_id, self.leader)
        self.assertEqual(self.recoveries().activity_ids.mapped("user_id"), self.leader)
        self.employee.parent_id = False
        self.department.manager_id = self.manager.employee_ids
        other = self.make_ticket()
        self.assertEqual(self.open_recovery(other).user_id, self.manager)
        self.company.service_recovery_user_id = self.admin
        other = self.make_ticket()
        self.assertEqual(self.open_recovery(other).user_id, self.admin)
        # Whoever cannot own it is passed over, not half an owner.
        self.company.service_recovery_user_id = self.nobody
        other = self.make_ticket()
        self.assertEqual(self.open_recovery(other).user_id, self.manager)
        self.company.service_recovery_user_id = self.foreigner
        other = self.make_ticket()
        self.assertEqual(self.open_recovery(other).user_id, self.manager)

    def _missed(self, told=True):
        """A promise that the closing of the ticket leaves without evidence."""
        promise = self.make_promise(self.ticket, kind="callback", tell=told)
        self.wait(hours=3)
        self.close(self.ticket)
        return promise

    def test_corrected_to_missed(self):
        """A manager's word that it was missed opens a recovery, once, by setting."""
        for setting, number in (("never", 0), ("missed", 1), ("broken", 1)):
            with self.subTest(setting=setting):
                self.company.service_recovery_on = setting
                ticket = self.make_ticket()
                promise = self.make_promise(ticket)
                self.wait(minutes=30)
                self.close(ticket)
                self.assertOutcome(promise, "kept", counted=True)
                correct = self.as_user(promise, self.manager).action_correct
                correct("late", "He called after the closing")
                late = int(setting == "broken")
                self.assertEqual(len(self.recoveries(ticket)), late)
                correct("missed", "Nobody called, the note was wrong")
                found = self.recoveries(ticket)
                self.assertEqual(len(found), number)
                self.assertLessEqual(found.promise_id, promise)
                correct("kept", "He did call")
                correct("missed", "He did not")
                self.assertEqual(self.recoveries(ticket), found)

    def test_missed_promise(self):
        promise = self._missed()
        self.assertOutcome(promise, "missed", counted=True)
        recovery = self.recoveries()
        self.assertEqual((recovery.trigger, recovery.promise_id), ("missed", promise))

    def test_closing_does_not_wait_for_it(self):
        """The cron opens it; a closing taken back by then was no failure."""
        self._missed()
        found = self.env["service.recovery"].search([("res_id", "=", self.ticket.id)])
        self.assertFalse(found)
        self.reopen(self.ticket)
        self.assertFalse(self.recoveries())
        self.close(self.ticket)
        self.wait(days=4)
        self.assertFalse(self.recoveries(), "too old for the cron")

    def test_uncounted_promise_opens_none(self):
        self._missed(told=False)
        self.assertFalse(self.recoveries())

    def test_setting_never(self):
        self.company.service_recovery_on = "never"
        self._missed()
        self.assertFalse(self.recoveries())

    def test_late_promise_only_with_the_setting(self):
        for setting, number in (("missed", 0), ("broken", 1)):
            self.company.service_recovery_on = setting
            ticket = self.make_ticket()
            promise = self.make_promise(ticket)
            self.wait(hours=3)
            self.close(ticket)
            self.assertOutcome(promise, "late", counted=True)
            self.assertEqual(len(self.recoveries(ticket)), number)

    def test_never_twice_for_one_event(self):
        promise = self._missed()
        promise._service_on_not_kept()
        self.assertEqual(len(self.recoveries()), 1)
        # Reopened and closed again: the same promise is missed once more.
        self.reopen(self.ticket)
        self.close(self.ticket)
        self.assertEqual(len(self.recoveries()), 1)
        feedback = self.make_feedback(10)
        feedback._service_follow_up()
        self.assertEqual(len(self.recoveries()), 2)
        vals = {
            **self.ticket._service_snapshot_vals(),
            "trigger": "missed",
            "promise_id": promise.id,
            "date_opened": self.now,
            "date_due": self.now,
        }
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["service.recovery"]._service_unseal().create(vals)

    def test_customer_says_not_kept(self):
        promise = self.make_promise(self.ticket)
        promise._service_on_not_kept()
        self.assertEqual(self.recoveries().trigger, "not_kept")

    def test_complaint_by_hand(self):
        recovery = self.model("service.recovery", self.agent).create(
            {
                "res_model": self.ticket._name,
                "res_id": self.ticket.id,
                "description": "He says we were rude",
            }
        )
        recovery = self.env["service.recovery"].browse(recovery.id)
        self.assertEqual((recovery.trigger, recovery.state), ("complaint", "open"))
        self.assertEqual(recovery.company_id, self.company)

    def test_bad_input_by_hand(self):
        good = {"res_model": self.ticket._name, "res_id": self.ticket.id}
        Recovery = self.model("service.recovery", self.agent)
        for vals, error in (
            (good, ValidationError),
            ({**good, "description": "   "}, ValidationError),
            ({**good, "description": "x" * 1_000_000}, ValidationError),
            ({**good, "description": "a\x00b"}, ValidationError),
            ({**good, "description": ["x"]}, ValidationError),
            ({**good, "description": "x", "res_model": "res.users"}, ValidationError),
            ({**good, "description": "x", "res_id": 0}, ValidationError),
            ({**good, "description": "x", "state": "recovered"}, AccessError),
            ({**good, "description": "x", "date_due": "2030-01-01"}, AccessError),
        ):
            with self.subTest(vals=str(vals)[:80]), self.assertRaises(error):
                Recovery.create(vals)
        with self.assertRaises(AccessError):
            self.model("service.recovery", self.agent2).create(
                {**good, "description": "x"}
            )
        self.assertFalse(self.recoveries())

    def test_failure_does_not_lose_the_answer(self):
        """A company whose hours cannot be computed still gets its answers."""
        empty = self.make_calendar("None", days=())
        self.company.resource_calendar_id = empty
        feedback = self.make_feedback(10)
        self.assertTrue(feedback.exists())
        self.assertEqual(self.recoveries().date_due, self.now + timedelta(hours=8))


@tagged("post_install", "-at_install")
class TestRecoverySteps(RecoveryCase):
    def setUp(self):
        super().setUp()
        self.recovery = self.open_recovery()

    def act(self, user=None):
        return self.as_user(self.recovery, user or self.agent)

    def test_who_may_act(self):
        """The owner without the document, whoever may change it, managers."""
        self.assertFalse(self.as_user(self.ticket, self.leader).has_access("read"))
        for user in (self.leader, self.agent, self.manager):
            with self.subTest(user=user.login):
                self.assertTrue(self.act(user).action_set_cause("process"))
        for user in (self.agent2, self.nobody, self.portal, self.foreigner):
            recovery = self.act(user)
            for step in (
                lambda r=recovery: r.action_set_cause("process"),
                lambda r=recovery: r.action_assign(self.agent.id),
                lambda r=recovery: r.action_warn(),
                lambda r=recovery: r.action_apologise("Sorry"),
                lambda r=recovery: r.action_compensate("text", 0, "Cake"),
                lambda r=recovery: r.action_check_back(),
                lambda r=recovery: r.action_close("lost", "x"),
                lambda r=recovery: r.action_cancel("x"),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    step()

    def test_new_owner_sees_it(self):
        stranger = self.make_user("sq_other", "service_quality.group_user")
        self.assertNotIn(
            self.recovery.id, self.model("service.recovery", stranger).search([]).ids
        )
        self.act().action_assign(stranger.id)
        self.assertIn(
            self.recovery.id, self.model("service.recovery", stranger).search([]).ids
        )
        self.assertTrue(self.as_user(self.recovery, stranger).read(["cause"]))
        self.assertEqual(self.recovery.activity_ids.user_id, stranger)
        # The link to the owner opens the recovery, not the document.
        with self.assertRaises(AccessError):
            self.as_user(self.ticket, stranger).read(["name"])

    def test_nobody_who_cannot_own_it(self):
        for user_id in (self.nobody.id, self.portal.id, self.foreigner.id, 0, -1, "1"):
            with self.subTest(user=user_id), self.assertRaises(ValidationError):
                self.act().action_assign(user_id)
        self.assertEqual(self.recovery.user_id, self.leader)

    def test_telling_is_a_promise(self):
        self.act().action_warn("We are sorry and look into it.")
        self.sync()
        promise = self.recovery.told_promise_id
        self.assertEqual(promise.date_due, self.recovery.date_due)
        self.assertTrue(promise.is_counted)
        self.assertEqual(promise.employee_id, self.leader.employee_ids)
        message = self.ticket.message_ids[:1]
        self.assertIn("We are sorry", message.body)
        self.assertIn(self.customer, message.partner_ids)
        self.assertEqual(self.recovery.state, "acting")
        with self.assertRaises(UserError):
            self.act().action_warn()
        # A word to the customer keeps it.
        self.wait(hours=1)
        self.agent_message(self.ticket, "Here is what happened.")
        self.assertOutcome(promise, "kept", counted=True)

    def test_told_promise_that_is_missed_opens_no_second_recovery(self):
        self.act().action_warn()
        promise = self.recovery.told_promise_id
        self.wait(days=3)
        self.close(self.ticket)
        self.assertOutcome(promise, "missed", counted=True)
        self.assertEqual(self.recoveries(), self.recovery)

    def test_too_late_to_tell(self):
        self.now = self.recovery.date_due
        with self.assertRaises(UserError):
            self.act().action_warn()

    def test_apology(self):
        self.act().action_apologise("I am sorry.\n<b>Really</b>")
        message = self.ticket.message_ids[:1]
        self.assertEqual(message.author_id, self.agent.partner_id)
        self.assertIn("&lt;b&gt;Really", message.body)
        self.assertEqual(self.recovery.date_apologised, self.now)
        self.assertIn("apologised", self.events_of(self.recovery))

    def test_no_address(self):
        self.customer.email = False
        self.sync()
        with self.assertRaises(UserError):
            self.act().action_apologise("Sorry")
        self.assertFalse(self.recovery.date_apologised)

    def test_compensation(self):
        self.act().action_compensate("amount", 25.5)
        self.assertEqual(self.recovery.compensation_amount, 25.5)
        self.act().action_compensate("coupon", 0, "THANKS10")
        self.assertEqual(self.recovery.compensation_text, "THANKS10")
        for args in (
            ("amount", 0),
            ("amount", -1),
            ("amount", float("nan")),
            ("amount", float("inf")),
            ("amount", "5"),
            ("amount", True),
            ("coupon", 0, ""),
            ("text", 0, "x" * 10_001),
            ("cash", 5),
            (None, 5),
        ):
            with self.subTest(args=str(args)[:40]), self.assertRaises(ValidationError):
                self.act().action_compensate(*args)

    def told(self):
        """Return the queued mails that say what the customer gets."""
        self.sync()
        return self.env["mail.mail"].search(
            [("state", "=", "outgoing"), ("body_html", "ilike", "what you get for it")]
        )

    def test_compensation_is_mailed_when_wanted(self):
        self.act().action_compensate("coupon", 0, "NO<b>MAIL")
        self.assertFalse(self.told())
        self.act().action_compensate("amount", 1234.5, "For the <i>wait</i>", tell=True)
        mail = self.told()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertIn("1,234.50", mail.body_html)
        self.assertIn("For the &lt;i&gt;wait", mail.body_html)
        self.assertEqual(self.recovery.date_compensation_told, self.now)
        self.assertIn("compensation_told", self.events_of(self.recovery))
        before = self.facts_of(self.recovery)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.act().action_compensate("text", 0, "A cake", True)
        self.assertEqual(self.facts_of(self.recovery), before)
        self.assertEqual(self.told(), mail)

    def test_compensation_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("hu_HU")
        self.customer.lang = "hu_HU"
        term = "Something went wrong, and we are sorry. This is what you get for it:"
        view = self.env.ref("service_quality.message_recovery_compensated")
        view.update_field_translations("arch_db", {"hu_HU": {term: "Ezt kapja"}})
        self.act().action_compensate("amount", 5, tell=True)
        message = self.ticket.message_ids[:1]
        self.assertIn("Ezt kapja", message.body)
        self.assertNotIn("Something went wrong", message.body)

    def test_compensation_cannot_be_mailed(self):
        self.customer.email = self.ticket.partner_email = False
        self.sync()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.act().action_compensate("amount", 5, tell=True)
        self.assertFalse(self.recovery.date_compensated)
        self.assertFalse(self.told())

    def test_closing_needs_a_cause_and_a_deed(self):
        with self.assertRaises(UserError):
            self.act().action_close("recovered", "He is happy")
        self.act().action_set_cause("cannot", "No spare part")
        with self.assertRaises(UserError):
            self.act().action_close("recovered", "He is happy")
        with self.assertRaises(ValidationError):
            self.act().action_close("recovered", "")
        with self.assertRaises(ValidationError):
            self.act().action_close("kept", "x")
        self.act().action_compensate("text", 0, "A cake")
        self.act().action_close("recovered", "He is happy")
        self.assertTrue(self.recovery.is_self_declared)
        self.assertFalse(self.recovery.activity_ids)
        with self.assertRaises(UserError):
            self.act().action_set_cause("process")

    def test_unknown_cause(self):
        for cause in ("laziness", "", None, 1, []):
            with self.subTest(cause=cause), self.assertRaises(ValidationError):
                self.act().action_set_cause(cause)

    def test_in_time_to_the_second(self):
        for shift, in_time in ((0, True), (1, False)):
            recovery = self.open_recovery(self.make_ticket())
            with self.at(recovery.date_due + timedelta(seconds=shift)):
                acting = self.as_user(recovery, self.agent)
                acting.action_set_cause("process")
                acting.action_apologise("We are sorry")
                acting.action_close("recovered", "Fine")
            self.assertEqual(recovery.is_in_time, in_time)

    def test_cancel(self):
        with self.assertRaises(AccessError):
            self.act().action_cancel("Opened in error")
        self.recovery._service_unseal().employee_id = self.manager.employee_ids
        with self.assertRaises(AccessError):
            self.act(self.manager).action_cancel("It is about me")
        self.recovery._service_unseal().employee_id = self.employee
        self.act(self.manager).action_cancel("Opened in error")
        self.assertEqual(self.recovery.state, "cancelled")
        self.assertIn("recovery_cancelled", self.events_of(self.recovery))

    def test_overdue_is_found(self):
        Recovery = self.env["service.recovery"]
        domain = [("id", "=", self.recovery.id), ("is_overdue", "=", True)]
        self.assertFalse(Recovery.search(domain))
        self.now = self.recovery.date_due + timedelta(seconds=1)
        self.recovery.invalidate_recordset()
        self.assertEqual(Recovery.search(domain), self.recovery)
        self.assertTrue(self.recovery.is_overdue)

    def test_customer_is_asked_and_closes_it(self):
        for score, state in ((90, "recovered"), (20, "lost")):
            ticket = self.make_ticket(partner_email=f"c{score}@customer.example")
            recovery = self.open_recovery(ticket)
            self.as_user(recovery, self.agent).action_check_back()
            self.assertEqual(recovery.state, "waiting")
            invitation = self.env["service.invitation"].search(
                [("recovery_id", "=", recovery.id)]
            )
            self.assertEqual((invitation.state, invitation.is_manual), ("sent", True))
            with self.assertRaises(UserError):
                self.as_user(recovery, self.agent).action_check_back()
            self.make_feedback(score, ticket, invitation_id=invitation.id)
            self.assertEqual(recovery.state, state)
            self.assertEqual((recovery.score_before, recovery.score_after), (10, score))
            self.assertFalse(recovery.is_self_declared)
            # Its answer is part of this recovery and opens no other.
            self.assertEqual(len(self.recoveries(ticket)), 1)

    def test_nobody_answers_for_the_customer(self):
        """Whom we failed is asked, whoever stands on the document by then."""
        self.make_feedback(10, recipient=self.customer.email)
        recovery = self.recoveries()[-1]
        promised = self.open_by_promise()
        for row in (recovery, promised):
            document = self.env[row.res_model].browse(row.res_id)
            self.as_user(document, self.agent).partner_email = "private@agent.example"
            self.as_user(row, self.agent).action_check_back()
            invitation = self.env["service.invitation"].search(
                [("recovery_id", "=", row.id)]
            )
            self.assertEqual(invitation.email, self.customer.email)

    def open_by_promise(self):
        ticket = self.make_ticket()
        self.company.service_recovery_on = "broken"
        self.make_promise(ticket)
        self.wait(hours=3)
        self.close(ticket)
        return self.recoveries(ticket)[-1:]

    def test_customer_who_cannot_be_asked(self):
        self.env["mail.blacklist"].create({"email": self.customer.email})
        with self.assertRaises(UserError):
            self.act().action_check_back()
        self.assertFalse(self.recovery.date_asked)

    def test_wizard(self):
        def apply(**vals):
            wizard = self.model("service.recovery.wizard", self.agent).create(
                {"recovery_id": self.recovery.id, **vals}
            )
            return wizard.action_apply()

        apply(mode="cause", cause="may_not", text="Our terms forbid it")
        apply(mode="apologise", text="Sorry")
        apply(mode="compensate", kind="coupon", text="THANKS10", tell=True)
        self.assertEqual(len(self.told()), 1)
        apply(mode="close", result="lost", text="He left")
        self.assertEqual(
            (self.recovery.cause, self.recovery.state), ("may_not", "lost")
        )
        shown = apply(
            mode="open",
            recovery_id=False,
            res_model=self.ticket._name,
            res_id=self.ticket.id,
            text="Rude on the phone",
        )
        self.assertEqual(shown["res_id"], self.recoveries()[-1].id)

    def test_the_window_says_what_a_step_needs(self):
        model = self.model("service.recovery.wizard", self.agent)
        for mode, hint in (
            ("warn", "The customer reads this"),
            ("apologise", "exactly these words by mail"),
            ("close", "Better ask the customer"),
            ("cause", False),
        ):
            wizard = model.create({"recovery_id": self.recovery.id, "mode": mode})
            if hint:
                self.assertIn(hint, wizard.hint)
            else:
                self.assertFalse(wizard.hint)
        self.assertFalse(wizard.was_told)
        self.act().action_set_cause("outside")
        self.act().action_compensate("amount", 20, "For the trouble", True)
        # told once: the window does not offer it again
        self.assertTrue(model.create(wizard.copy_data()[0]).was_told)

    def test_a_window_without_a_recovery(self):
        wizard = self.model("service.recovery.wizard", self.agent).create(
            {"mode": "apologise", "text": "Sorry"}
        )
        with self.assertRaisesRegex(UserError, "Choose a recovery first"):
            wizard.action_apply()

    def test_the_document_leads_to_its_recoveries(self):
        """To those it has; else to the window that opens the first one."""
        action = self.as_user(self.ticket, self.agent).action_service_open_recoveries()
        self.assertEqual(action["res_model"], "service.recovery")
        self.assertEqual(
            self.model("service.recovery", self.agent).search(action["domain"]),
            self.recovery,
        )
        other = self.make_ticket()
        action = self.as_user(other, self.agent).action_service_open_recoveries()
        self.assertEqual(action["res_model"], "service.recovery.wizard")
        wizard = self.model("service.recovery.wizard", self.agent).with_context(
            **action["context"]
        )
        wizard = wizard.create({"text": "Nobody came"})
        shown = wizard.action_apply()
        self.assertEqual(shown["res_id"], self.recoveries(other).id)
        with self.assertRaises(AccessError):
            self.as_user(other, self.agent2).action_service_open_recoveries()

    def test_columns_of_the_board(self):
        """Every step is a column, also an empty one; cancelled only when used."""

        def columns():
            board = self.model("service.recovery", self.manager)
            rows = board.with_context(read_group_expand=True).formatted_read_group(
                [("id", "=", self.recovery.id)], ["state"], ["__count"]
            )
            return [row["state"] for row in rows]

        labels = [value for value, _label in self.recovery._fields["state"].selection]
        self.assertEqual(columns(), [row for row in labels if row != "cancelled"])
        self.act(self.manager).action_cancel("Opened in error")
        self.assertEqual(columns(), labels)

    def test_deleted_document(self):
        self.ticket.unlink()
        self.sync()
        with self.assertRaises(UserError):
            self.act(self.manager).action_apologise("Sorry")
        self.act(self.manager).action_set_cause("outside")
        self.assertTrue(self.recovery.res_name)
