from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..models import service_scope_follow_up
from ..models.service_scope_draft import MAX_ATTACHMENTS
from .common import NOW
from .common_scope import ScopeCase


@tagged("post_install", "-at_install")
class TestScopeDraft(ScopeCase):
    """Writing: by the author, while it is a draft; every later text is a version."""

    def test_a_draft_is_its_authors(self):
        change = self.make_change(send=False, amount_delta=120, date_due_new=False)
        self.assertEqual(
            (change.state, change.version, change.employee_id, change.partner_id),
            ("draft", 1, self.employee, self.customer),
        )
        self.assertEqual(change.company_id, self.company)
        self.as_user(change, self.agent).write({"name": "The biggest pump"})
        self.assertEqual((change.name, change.version), ("The biggest pump", 1))
        for user in (self.manager, self.admin):
            with self.assertRaises(AccessError):
                self.as_user(change, user).write({"name": "Mine"})
        self.assertFalse(self.mails())

    def test_sealed_fields(self):
        change = self.make_change(send=False)
        mine = self.as_user(change, self.agent)
        for vals in (
            {"state": "confirmed"},
            {"version": 7},
            {"employee_id": self.employee2.id},
            {"partner_email": "me@here.example"},
            {"date_decided": NOW},
            {"decided_by": "Me"},
            {"res_id": self.make_ticket().id},
            {"company_id": self.other_company.id},
            {"create_uid": self.agent2.id},
            {"scope_promise_id": False},
            {"was_sent": True},
        ):
            facts = self.facts_of(change)
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                mine.write(vals)
            with self.subTest(create=vals), self.assertRaises(AccessError):
                if "res_id" not in vals:
                    self.make_change(send=False, **vals)
                else:
                    mine.write(vals)
            self.assertEqual(self.facts_of(change), facts)
        with self.assertRaises(AccessError):
            mine.unlink()

    def test_bad_input(self):
        other = self.make_promise(self.make_ticket())
        for vals in (
            {"name": " "},
            {"name": 5},
            {"name": "x" * 10_001},
            {"description": "\x00"},
            {"reason": "\ud800"},
            {"amount_delta": float("nan")},
            {"amount_delta": float("inf")},
            {"amount_delta": 1e13},
            {"amount_delta": "12"},
            {"amount_delta": True},
            {"amount_delta": 10**400},
            {"date_due_new": "2026-02-30 10:00:00"},
            {"date_due_new": "2020-01-01 10:00:00"},
            {"date_due_new": "2050-01-01 10:00:00"},
            {"promise_id": other.id},
            {"promise_id": "x"},
            {"promise_id": 2**40},
            {"attachment_ids": [(0, 0, {"name": "x"})]},
            {"attachment_ids": [(1, 1, {"name": "x"})]},
            {"attachment_ids": [(6, 0, ["x"])]},
            {"attachment_ids": [(6, 0, 5)]},
            {"attachment_ids": [(6,)]},
            {"attachment_ids": [True]},
            {"attachment_ids": [None]},
            {"attachment_ids": ["file"]},
            {"attachment_ids": [()]},
            {"attachment_ids": 5},
            {"attachment_ids": {"x": 1}},
            {"res_model": "res.users"},
            {"res_id": "1"},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.make_change(send=False, **vals)

    def test_files_come_and_go(self):
        """By every command a client may send, and not more than fit."""
        files = self.model("ir.attachment", self.agent).create(
            [
                {
                    "name": f"{number}.txt",
                    "raw": b"x",
                    "res_model": "service.scope.change",
                }
                for number in range(MAX_ATTACHMENTS + 1)
            ]
        )
        first, second, third, *_rest = files
        change = self.make_change(send=False, attachment_ids=first.ids)
        for commands, left in (
            ([Command.link(second.id), Command.link(third.id)], files[:3]),
            ([Command.unlink(second.id)], first + third),
            ([Command.delete(third.id)], first),
            ([Command.clear()], files.browse()),
            ([Command.set(files[:-1].ids)], files[:-1]),
        ):
            self.as_user(change, self.agent).write({"attachment_ids": commands})
            self.assertEqual(set(change.attachment_ids.ids), set(left.ids))
        with self.assertRaisesRegex(ValidationError, "At most 10 files"):
            self.as_user(change, self.agent).write(
                {"attachment_ids": [Command.link(files[-1].id)]}
            )
        self.assertTrue(third.exists())

    def test_nobody_who_could_answer_for_it(self):
        clerk = self.make_user(
            "sq_clerk", "helpdesk_mgmt.group_helpdesk_user", employee=False
        )
        ticket = self.make_ticket(user=clerk)
        with self.assertRaisesRegex(ValidationError, "no employee in Quality Test"):
            self.make_change(document=ticket, user=clerk, send=False)

    def test_the_form_knows_its_document(self):
        """What the panel opens: a draft on this document, if he may write to it."""
        context = {
            "default_res_model": self.ticket._name,
            "default_res_id": self.ticket.id,
        }
        changes = self.model("service.scope.change", self.agent).with_context(**context)
        with Form(changes) as form:
            self.assertEqual(form.res_name, self.ticket.display_name)
            self.assertTrue(form.is_mine)
            form.name = "A bigger pump"
            form.description = "The small one does not fit."
        change = form.record
        self.assertEqual((change.res_id, change.amount_delta), (self.ticket.id, 0))
        self.assertFalse(self.as_user(change, self.manager).is_mine)
        with self.assertRaises(AccessError):
            self.model("service.scope.change", self.agent2).with_context(
                **context
            ).default_get(["res_id"])

    def test_a_draft_whose_document_is_gone(self):
        change = self.make_change(send=False)
        self.ticket.unlink()
        self.sync()
        # the agent's door is gone with the document; the manager's leads nowhere
        for user, error in ((self.agent, AccessError), (self.manager, UserError)):
            with self.assertRaises(error):
                self.as_user(change, user).action_send()
            with self.assertRaises(AccessError):
                self.as_user(change, user).write({"name": "Another"})
        self.assertEqual(change.state, "draft")
        theirs = self.make_change(
            document=self.make_ticket(user=self.manager), user=self.manager, send=False
        )
        theirs._service_document().unlink()
        self.sync()
        with self.assertRaisesRegex(UserError, "no longer exists"):
            self.as_user(theirs, self.manager).write({"name": "Another"})

    def test_files_one_may_not_read(self):
        secret = self.env["ir.attachment"].create(
            {"name": "secret.txt", "raw": b"x", "res_model": "res.company"}
        )
        with self.assertRaises(AccessError):
            self.make_change(
                send=False, attachment_ids=[Command.set(secret.ids)], user=self.agent
            )

    def test_files_go_with_the_mail(self):
        plan = self.model("ir.attachment", self.agent).create(
            {"name": "plan.txt", "raw": b"x", "res_model": "service.scope.change"}
        )
        change = self.make_change(attachment_ids=[Command.link(plan.id)])
        self.assertEqual(plan.sudo().res_id, change.id)
        mail = self.mails()[-1]
        sent, asked = mail.attachment_ids, plan.sudo().checksum
        self.assertEqual((sent.raw, sent.checksum), (b"x", asked))
        self.assertIn(asked, mail.body_html)
        # Exchanged afterwards: what was asked, was asked.
        plan.raw = b"another plan"
        with self.assertRaises(AccessError):
            self.as_user(sent, self.agent).raw = b"another plan"
        self.wait(days=3)
        self.run_cron()
        reminder = self.mails()[-1]
        self.assertIn("Reminder", reminder.subject)
        self.assertEqual(reminder.attachment_ids.mapped("raw"), [b"x"])
        self.assertIn(asked, reminder.body_html)
        self.assertEqual(change.attachment_ids, plan.sudo())

    def test_only_on_documents_one_may_change(self):
        with self.assertRaises(AccessError):
            self.make_change(user=self.agent2)
        with self.assertRaises(AccessError):
            self.make_change(user=self.nobody)

    def test_who_sees_it(self):
        change = self.make_change()
        for user in (self.agent, self.leader, self.manager, self.admin):
            self.assertEqual(
                self.model("service.scope.change", user).search(
                    [("id", "=", change.id)]
                ),
                change,
            )
        for user in (self.agent2, self.foreigner):
            self.assertFalse(
                self.model("service.scope.change", user).search(
                    [("id", "=", change.id)]
                )
            )
            with self.assertRaises(AccessError):
                self.as_user(change, user).read(["name"])
        for user in (self.nobody, self.portal, self.public):
            with self.assertRaises(AccessError):
                self.model("service.scope.change", user).search([])
        for user in (self.agent2, self.leader, self.nobody, self.portal):
            for name, args in (("action_send", ()), ("action_cancel", ("x",))):
                with self.subTest(user=user.login, name=name):
                    with self.assertRaises(AccessError):
                        getattr(self.as_user(change, user), name)(*args)

    def test_a_copy_is_a_new_draft(self):
        change, token = self.sent_token()
        self.decide(token, "confirmed")
        copy = self.as_user(change, self.agent).copy()
        self.assertEqual(
            (copy.state, copy.version, copy.name), ("draft", 1, change.name)
        )
        self.assertFalse(copy.date_decided or copy.scope_promise_id or copy.was_sent)


@tagged("post_install", "-at_install")
class TestScopeSend(ScopeCase):
    """Asked by mail, waited for by a promise."""

    def test_sending(self):
        change, token = self.sent_token(amount_delta=120)
        self.assertEqual(change.state, "sent")
        self.assertEqual(change.date_expiry, self.after(days=30))
        promise = change.scope_promise_id
        self.assertEqual(
            (promise.kind, promise.employee_id, promise.date_due, promise.outcome),
            ("scope", self.employee, change.date_expiry, False),
        )
        self.assertEqual(len(self.mails()), 1)
        body = self.mails().body_html
        for text in ("A bigger pump", "The pipe is wider", "120.00", token):
            self.assertIn(text, body)
        chatter = " ".join(self.ticket.message_ids.mapped("body"))
        self.assertIn("A bigger pump", chatter)
        self.assertNotIn(token, chatter)
        self.assertEqual(self.events_of(change), ["made", "scope_sent"])

    def test_what_cannot_be_sent(self):
        change = self.make_change()
        with self.assertRaises(UserError):
            self.as_user(change, self.agent).action_send()
        self.customer.email = False
        ticket = self.make_ticket()
        draft = self.make_change(ticket, send=False)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.as_user(draft, self.agent).action_send()
        self.assertEqual(draft.state, "draft")
        self.customer.email = "petra@customer.example"
        late = self.make_change(ticket, send=False, date_due_new=self.moment(hours=1))
        self.wait(hours=2)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.as_user(late, self.agent).action_send()
        self.close(ticket)
        with self.assertRaises(UserError):
            self.as_user(draft, self.agent).action_send()

    def test_editing_after_sending_is_a_new_version(self):
        change, token = self.sent_token()
        self.as_user(change, self.agent).write({"amount_delta": 5})
        self.assertEqual((change.state, change.version), ("draft", 2))
        self.assertOutcome(change.scope_promise_id, "withdrawn")
        self.assertEqual(self.decide(token, "confirmed"), "gone")
        self.assertEqual(change.state, "draft")
        self.as_user(change, self.agent).action_send()
        new = self.token_of(self.mails()[-1])
        self.assertEqual(self.decide(token, "confirmed"), "gone")
        self.assertEqual(self.decide(new, "confirmed"), "done")
        self.assertEqual(
            self.events_of(change),
            ["made", "scope_sent", "scope_revised", "scope_sent", "confirmed"],
        )
        texts = self.raw_events(change).filtered(lambda e: e.kind == "scope_sent")
        self.assertNotIn("5.00", texts[0].note)
        self.assertIn("5.00", texts[1].note)

    def test_revising_is_the_authors(self):
        change = self.make_change()
        with self.assertRaises(AccessError):
            self.as_user(change, self.manager).action_revise()
        self.as_user(change, self.agent).action_revise()
        self.assertEqual(change.state, "draft")
        with self.assertRaises(UserError):
            self.as_user(change, self.agent).action_revise()

    def test_what_is_decided_stays(self):
        change, token = self.sent_token()
        self.decide(token, "confirmed")
        facts = self.facts_of(change)
        mine = self.as_user(change, self.agent)
        for work in (
            lambda: mine.write({"name": "More"}),
            lambda: mine.action_revise(),
            lambda: mine.action_cancel("No"),
            lambda: mine.action_send(),
        ):
            with self.assertRaises(UserError):
                work()
        self.assertEqual(self.facts_of(change), facts)

    def test_calling_back(self):
        change, token = self.sent_token()
        mine = self.as_user(change, self.agent)
        for reason in ("", " ", None, 5, "\x00"):
            with self.assertRaises(ValidationError):
                mine.action_cancel(reason)
        wizard = self.model("service.scope.cancel", self.agent).create(
            {"change_id": change.id, "reason": "Found another way"}
        )
        wizard.action_apply()
        self.assertEqual(change.state, "cancelled")
        self.assertOutcome(change.scope_promise_id, "withdrawn")
        self.assertEqual(self.decide(token, "confirmed"), "gone")

    def recalls(self):
        """Return the mails that say that no answer is needed."""
        return self.mails().filtered(lambda mail: "need not answer" in mail.body_html)

    def cancel(self, change):
        self.as_user(change, self.agent).action_cancel("Angry on the phone")

    def test_the_customer_learns_that_it_was_called_back(self):
        change = self.make_change()
        self.cancel(change)
        mail = self.recalls()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn(change.res_name, mail.subject)
        self.assertIn("The small one does not fit.", mail.body_html)
        self.assertNotIn("Angry", mail.body_html)
        self.assertNotIn("/service_quality/", mail.body_html)
        with self.assertRaises(UserError):
            self.cancel(change)
        self.assertEqual(len(self.recalls()), 1)

    def test_history_in_words(self):
        change = self.make_change()
        self.cancel(change)
        self.sync()
        sent, recalled = self.as_user(self.raw_events(change), self.agent)[-2:]
        self.assertEqual((sent.old_shown, sent.new_shown), ("Draft", "v1"))
        self.assertEqual(recalled.old_shown, "Waiting for the customer")
        self.assertEqual(recalled.new_shown, "Cancelled")

    def test_called_back_in_his_language(self):
        self.env["res.lang"]._activate_lang("hu_HU")
        self.customer.lang = "hu_HU"
        change = self.make_change()
        before = self.mails()
        self.cancel(change)
        mail = self.mails() - before
        self.assertEqual(len(mail), 1)
        self.assertIn("Kedves Petra Portal", mail.body_html)

    def test_called_back_what_was_being_rewritten(self):
        """He has the mail of the first version, which he answered to nobody."""
        change = self.make_change()
        self.as_user(change, self.agent).write({"description": "Never sent"})
        self.cancel(change)
        self.assertEqual(len(self.recalls()), 1)
        self.assertNotIn("Never sent", self.recalls().body_html)

    def test_called_back_without_a_mail(self):
        """Never asked, answered, or expired: nobody waits to hear it."""
        self.cancel(self.make_change(send=False))
        declined, token = self.sent_token()
        self.decide(token, "declined")
        self.cancel(declined)
        expired = self.make_change(date_due_new=self.moment(days=2))
        self.wait(days=3)
        self.run_cron()
        self.assertEqual(expired.state, "expired")
        self.cancel(expired)
        self.assertFalse(self.recalls())


@tagged("post_install", "-at_install")
class TestScopeWord(ScopeCase):
    """The customer's yes and no, and his silence."""

    def test_yes(self):
        change, token = self.sent_token()
        self.wait(hours=1)
        self.decide(token, "confirmed", name="Petra P.", comment="Go on")
        self.assertEqual(change.state, "confirmed")
        self.assertEqual(change.date_decided, self.now)
        self.assertEqual(change.decided_by, "Petra P.")
        self.assertEqual(change.customer_comment, "Go on")
        self.assertTrue(change.is_answered_first)
        self.assertOutcome(change.scope_promise_id, "kept", counted=True)
        event = self.raw_events(change)[-1]
        self.assertEqual((event.kind, event.create_uid), ("confirmed", self.public))
        message = self.ticket.message_ids.sorted("id")[-1]
        self.assertEqual(message.author_id, self.customer)
        self.assertIn(self.agent.partner_id, message.notified_partner_ids)
        self.assertIn("Your decision", self.mails()[-1].subject)

    def test_no(self):
        promise = self.make_promise(self.ticket, date_due=self.after(hours=4))
        change, token = self.sent_token(date_due_new=self.moment(days=2))
        self.decide(token, "declined")
        self.assertEqual(change.state, "declined")
        self.assertOutcome(change.scope_promise_id, "kept")
        self.assertOutcome(promise, None)
        self.assertFalse(promise.date_due_asked)

    def test_promised_to_have_the_word(self):
        """What was promised by hand is kept by his yes or no, nothing else."""
        promise, other = (
            self.make_promise(document, kind="scope", date_due=self.after(days=1))
            for document in (self.ticket, self.make_ticket())
        )
        self.wait(minutes=30)
        change, token = self.sent_token()
        waiting, _token = self.sent_token()
        self.assertOutcome(promise, None)
        self.wait(hours=1)
        self.decide(token, "declined")
        self.assertOutcome(promise, "kept", counted=True)
        self.assertEqual(promise.date_settled, change.date_decided)
        self.assertOutcome(waiting.scope_promise_id, None)
        self.assertOutcome(other, None)

    def test_silence_is_no_yes(self):
        change, token = self.sent_token()
        self.now = change.date_expiry
        self.run_cron()
        self.assertEqual(change.state, "sent")
        self.wait(seconds=1)
        self.assertEqual(self.decide(token, "confirmed"), "gone")
        self.run_cron()
        self.assertEqual(change.state, "expired")
        self.assertOutcome(change.scope_promise_id, "withdrawn")
        self.assertFalse(change.date_decided)
        self.assertEqual(self.events_of(change)[-1], "expired")
        events = self.events_of(change)
        self.run_cron()
        self.assertEqual(self.events_of(change), events)

    def test_reminded_once_and_both_mails_are_good(self):
        change, token = self.sent_token()
        self.wait(days=3, seconds=-1)
        self.run_cron()
        self.assertEqual(len(self.mails()), 1)
        self.wait(seconds=1)
        self.run_cron()
        self.run_cron()
        self.wait(days=3)
        self.run_cron()
        reminder = self.mails() - self.mails()[0]
        self.assertEqual(len(reminder), 1)
        self.assertIn("Reminder", reminder.subject)
        second = self.token_of(reminder)
        self.assertNotEqual(second, token)
        self.assertEqual(self.decide(token, "confirmed"), "done")
        self.assertEqual(self.decide(second, "confirmed"), "repeated")
        self.assertEqual(self.decide(second, "declined"), "refused")
        self.assertEqual(self.events_of(change).count("confirmed"), 1)

    def test_nobody_is_reminded_when_switched_off(self):
        self.company.service_ask_again_days = 0
        self.make_change()
        self.wait(days=20)
        self.run_cron()
        self.assertEqual(len(self.mails()), 1)

    def test_work_that_goes_on_without_an_answer(self):
        change, token = self.sent_token()
        self.close(self.ticket)
        self.assertOutcome(change.scope_promise_id, "missed", counted=True)
        self.assertTrue(change.is_work_unanswered)
        self.decide(token, "confirmed")
        self.assertEqual(change.state, "confirmed")
        self.assertFalse(change.is_answered_first)
        self.assertOutcome(change.scope_promise_id, "missed")

    def test_work_that_waits_for_the_answer(self):
        change, token = self.sent_token()
        self.decide(token, "confirmed")
        self.close(self.ticket)
        self.assertOutcome(change.scope_promise_id, "kept")
        self.assertFalse(change.is_work_unanswered)

    def test_a_draft_holds_nothing_up(self):
        change = self.make_change(send=False)
        self.close(self.ticket)
        self.assertFalse(change.scope_promise_id)

    def test_a_message_is_no_confirmation(self):
        change = self.make_change()
        self.customer_message(self.ticket, "Yes, fine")
        self.assertEqual(change.state, "sent")
        self.assertOutcome(change.scope_promise_id, None)

    def test_a_question(self):
        change, token = self.sent_token()
        links = self.links()
        nonce = links._service_find(("scope",), token)._service_nonce()
        links._service_ask(("scope",), token, nonce, "Is it louder?")
        self.sync()
        self.assertEqual(change.state, "sent")
        self.assertEqual(self.events_of(change)[-1], "asked")
        message = self.ticket.message_ids.sorted("id")[-1]
        self.assertEqual(
            (message.author_id, message.message_type), (self.customer, "comment")
        )

    # ------------------------------------------------------------------
    # The new date
    # ------------------------------------------------------------------

    def test_the_deadline_moves(self):
        promise = self.make_promise(self.ticket, date_due=self.after(hours=4))
        change, token = self.sent_token(date_due_new=self.moment(days=2))
        self.assertEqual(change.promise_id, promise)
        self.assertEqual(change.date_expiry, self.after(days=2))
        self.wait(hours=4)
        self.decide(token, "confirmed")
        self.assertOutcome(promise, "moved")
        self.assertEqual(promise.successor_id.date_due, NOW + timedelta(days=2))
        self.assertTrue(promise.successor_id.date_told)

    def test_the_yes_comes_after_the_old_date(self):
        promise = self.make_promise(self.ticket, date_due=self.after(hours=4))
        _change, token = self.sent_token(date_due_new=self.moment(days=2))
        self.wait(hours=4, seconds=1)
        self.decide(token, "confirmed")
        self.assertOutcome(promise, None)
        self.assertEqual(promise.state, "overdue")
        self.assertTrue(promise.successor_id)

    def test_an_earlier_date_binds(self):
        promise = self.make_promise(self.ticket, date_due=self.after(hours=9))
        _change, token = self.sent_token(date_due_new=self.moment(hours=5))
        self.decide(token, "confirmed")
        self.assertEqual(promise.date_due, self.after(hours=5))
        self.assertIn("tightened", self.events_of(promise))

    def test_the_promise_that_the_change_names(self):
        """Of two that run the agent chooses the one that moves, or takes it back."""
        first = self.make_promise(self.ticket, date_due=self.after(hours=4))
        second = self.make_promise(self.ticket, date_due=self.after(hours=5))
        change = self.make_change(
            send=False, promise_id=second.id, date_due_new=self.moment(days=2)
        )
        mine = self.as_user(change, self.agent)
        mine.write({"promise_id": False})
        self.assertFalse(change.promise_id)
        mine.write({"promise_id": second.id})
        mine.action_send()
        self.decide(self.token_of(self.mails()[-1]), "confirmed")
        self.assertOutcome(second, "moved")
        self.assertOutcome(first, None)
        self.assertFalse(first.successor_id)

    def test_an_earlier_date_agreed_too_late(self):
        """His yes to a date that is over already makes nothing better or worse."""
        promise = self.make_promise(self.ticket, date_due=self.after(hours=4))
        self.make_change(date_due_new=self.moment(hours=3), send=False)
        change, token = self.sent_token(
            date_due_new=self.moment(hours=3), promise_id=promise.id
        )
        due = promise.date_due
        self.now = due + timedelta(seconds=1)
        self.assertEqual(self.decide(token, "confirmed"), "gone")
        self.assertEqual((promise.date_due, promise.state), (due, "overdue"))
        self.assertFalse(promise.successor_id)
        self.assertFalse(change.date_decided)

    def test_a_confirmed_date_without_a_promise_is_one(self):
        _change, token = self.sent_token(date_due_new=self.moment(days=2))
        self.decide(token, "confirmed")
        promise = self.ticket.service_promise_ids.filtered(
            lambda row: row.kind == "deadline"
        )
        self.assertEqual(promise.date_due, self.after(days=2))
        self.assertTrue(promise.is_counted)

    def test_nobody_is_his_own_customer(self):
        """His own address on the ticket while asking moves nothing, counts nothing."""
        promise = self.make_promise(self.ticket, date_due=self.after(hours=4))
        ticket = self.as_user(self.ticket, self.agent)
        ticket.partner_email = "private@agent.example"
        changes = [
            self.make_change(date_due_new=self.moment(**delta))
            for delta in ({"days": 2}, {"hours": 3})
        ]
        tokens = [
            self.token_of(mail)
            for mail in self.env["mail.mail"].search(
                [("email_to", "=", "private@agent.example")], order="id"
            )
        ]
        ticket.partner_email = self.customer.email
        due = promise.date_due
        for change, token in zip(changes, tokens, strict=True):
            self.assertEqual(self.decide(token, "confirmed"), "done")
            self.assertEqual(change.state, "confirmed")
            self.assertOutcome(change.scope_promise_id, "withdrawn")
        self.assertOutcome(promise, None)
        self.assertEqual(promise.date_due, due)
        self.assertIn("not_moved", self.events_of(promise))
        deadlines = self.ticket.service_promise_ids.filtered(
            lambda row: row.kind == "deadline"
        )
        self.assertEqual(deadlines, promise)

    def test_nobody_of_ours_is_asked(self):
        self.as_user(self.ticket, self.agent).partner_email = self.agent2.email
        draft = self.make_change(send=False)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.as_user(draft, self.agent).action_send()
        self.assertEqual(draft.state, "draft")

    def test_a_colleague_of_the_customer_may_agree(self):
        promise = self.make_promise(self.ticket, date_due=self.after(hours=4))
        boss = self.env["res.partner"].create(
            {
                "name": "Boss",
                "email": "boss@customer.example",
                "parent_id": self.customer.commercial_partner_id.id,
            }
        )
        self.ticket.partner_email = boss.email
        change = self.make_change(date_due_new=self.moment(days=2))
        mail = self.env["mail.mail"].search([("email_to", "=", boss.email)])
        self.decide(self.token_of(mail), "confirmed")
        self.assertOutcome(promise, "moved")
        self.assertOutcome(change.scope_promise_id, "kept")

    def test_two_changes_move_one_promise(self):
        promise = self.make_promise(self.ticket, date_due=self.after(hours=4))
        _first, one = self.sent_token(date_due_new=self.moment(days=2))
        _second, two = self.sent_token(date_due_new=self.moment(days=3))
        self.decide(one, "confirmed")
        self.decide(two, "confirmed")
        self.assertOutcome(promise, "moved")
        self.assertOutcome(promise.successor_id, "moved")
        last = promise.successor_id.successor_id
        self.assertEqual(last.date_due, self.after(days=3))
        running = self.ticket.service_promise_ids.filtered(
            lambda row: not row.settlement
        )
        self.assertEqual(running, last)

    def test_the_next_change_is_about_the_successor(self):
        promise = self.make_promise(self.ticket, date_due=self.after(hours=4))
        _change, token = self.sent_token(date_due_new=self.moment(days=2))
        self.wait(hours=4, seconds=1)
        self.decide(token, "confirmed")
        change = self.make_change(date_due_new=self.moment(days=3))
        self.assertEqual(change.promise_id, promise.successor_id)
        with self.assertRaises(ValidationError):
            self.make_change(send=False, promise_id=promise.id)

    def test_a_yes_after_the_closing_starts_no_clock(self):
        _change, token = self.sent_token(date_due_new=self.moment(days=2))
        self.close(self.ticket)
        self.decide(token, "confirmed")
        self.assertFalse(
            self.ticket.service_promise_ids.filtered(lambda row: not row.settlement)
        )
        self.assertIn("not_moved", self.events_of(_change))

    def test_reopened_does_not_wait_for_what_was_called_back(self):
        stage = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_rejected")
        gone, waiting = self.make_change(), self.make_change()
        ticket = self.as_user(self.ticket, self.agent)
        ticket.stage_id = stage
        self.sync()
        self.as_user(gone, self.agent).action_cancel("Not wanted")
        ticket.stage_id = self.stage_open
        self.sync()
        self.env.invalidate_all()
        self.assertOutcome(gone.scope_promise_id, "withdrawn")
        self.assertOutcome(waiting.scope_promise_id, None)

    def test_calling_back_after_expiry_is_no_miss(self):
        called, edited = self.make_change(), self.make_change()
        self.now = called.date_expiry + timedelta(seconds=1)
        self.as_user(called, self.agent).action_cancel("Too late")
        self.as_user(edited, self.agent).write({"name": "Another pump"})
        for change in (called, edited):
            self.assertOutcome(change.scope_promise_id, "withdrawn")

    def test_revised_and_sent_at_once(self):
        change = self.make_change()
        first = change.scope_promise_id
        mine = self.as_user(change, self.agent)
        mine.action_revise()
        mine.action_send()
        self.assertNotEqual(change.scope_promise_id, first)
        self.assertEqual((change.state, change.version), ("sent", 2))

    def test_a_line_break_in_the_title(self):
        self.make_change(name="A bigger\r\nBcc: all@customer.example")
        subject = self.mails()[-1].subject
        self.assertFalse({"\n", "\r"} & set(subject), subject)
        self.assertIn("A bigger Bcc", subject)

    def test_failing_rows_block_nobody(self):
        changes = [self.make_change() for _number in range(3)]
        poison = changes[:2]
        model = type(changes[0])
        original = model._service_expire

        def expire(change):
            if change in poison:
                raise ValueError("poison")
            return original(change)

        self.patch(model, "_service_expire", expire)
        self.patch(service_scope_follow_up, "CRON_BATCH", 2)
        self.now = changes[0].date_expiry + timedelta(seconds=1)
        with self.assertLogs("odoo.addons.service_quality", "ERROR"):
            self.run_cron()
        self.assertEqual(
            [change.state for change in changes], ["sent", "sent", "expired"]
        )

    # ------------------------------------------------------------------
    # Orders
    # ------------------------------------------------------------------

    def test_a_line_on_the_order(self):
        self.company.service_scope_product_id = self.product
        order = self.make_order(commitment_date=self.after(days=1))
        native = order.service_promise_ids
        change, token = self.sent_token(
            document=order, amount_delta=-30.5, date_due_new=self.moment(days=3)
        )
        self.decide(token, "confirmed")
        line = order.order_line[-1]
        self.assertEqual(
            (line.product_id, line.name, line.price_unit, line.product_uom_qty),
            (self.product, "A bigger pump", -30.5, 1),
        )
        self.assertEqual(order.commitment_date, self.after(days=3))
        self.assertOutcome(native, "moved")
        running = order.service_promise_ids.filtered(lambda row: not row.settlement)
        self.assertEqual(running, native.successor_id)
        self.assertEqual(change.currency_id, order.currency_id)

    def test_each_agreed_date_reaches_the_order(self):
        order = self.make_order(commitment_date=self.after(days=1))
        self.agent_message(order, "We deliver tomorrow.")
        for days in (3, 5):
            _change, token = self.sent_token(
                document=order, date_due_new=self.moment(days=days)
            )
            self.decide(token, "confirmed")
            self.assertEqual(order.commitment_date, self.after(days=days))
        running = order.service_promise_ids.filtered(lambda row: not row.settlement)
        self.decide(self.ask_move(running, days=7), "yes")
        self.assertEqual(order.commitment_date, self.after(days=7))

    def test_no_line_without_product_price_or_lock(self):
        order = self.make_order()
        _change, token = self.sent_token(document=order, amount_delta=10)
        self.decide(token, "confirmed")
        self.company.service_scope_product_id = self.product
        _change, token = self.sent_token(document=order)
        self.decide(token, "confirmed")
        order.locked = True
        change, token = self.sent_token(document=order, amount_delta=10)
        self.decide(token, "confirmed")
        self.assertEqual(len(order.order_line), 1)
        self.assertEqual(change.state, "confirmed")

    def test_partly_delivered_is_not_finished(self):
        order = self.make_order()
        change = self.make_change(order)
        self.as_user(order.order_line, self.agent).qty_delivered = 1
        self.sync()
        self.assertOutcome(change.scope_promise_id, None)
        self.close(order)
        self.assertOutcome(change.scope_promise_id, "missed")

    def test_a_cancelled_order_is_not_asked_about(self):
        order = self.make_order()
        change, token = self.sent_token(document=order)
        self.as_user(order, self.agent)._action_cancel()
        self.sync()
        self.assertEqual(self.decide(token, "confirmed"), "gone")
        self.assertOutcome(change.scope_promise_id, "withdrawn")

    def test_a_deleted_document(self):
        change, token = self.sent_token()
        self.ticket.unlink()
        self.sync()
        self.assertEqual(self.decide(token, "confirmed"), "gone")
        self.assertEqual(self.as_user(change, self.manager).name, "A bigger pump")

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def test_counted_per_employee(self):
        for value in ("confirmed", "declined"):
            _change, token = self.sent_token()
            self.decide(token, value)
        self.make_change(send=False)
        groups = self.model("service.scope.change", self.manager).formatted_read_group(
            [("employee_id", "=", self.employee.id), ("was_sent", "=", True)],
            ["employee_id", "state"],
            ["__count"],
        )
        self.assertEqual(
            {row["state"]: row["__count"] for row in groups},
            {"confirmed": 1, "declined": 1},
        )
        facts = self.model("service.quality.report", self.manager).search_count(
            [("employee_id", "=", self.employee.id), ("promise_kind", "=", "scope")]
        )
        self.assertEqual(facts, 2)

    def test_panel_and_hosts(self):
        change = self.make_change(amount_delta=5, date_due_new=self.moment(days=1))
        ticket = self.as_user(self.ticket, self.agent)
        self.assertEqual(ticket.service_scope_change_ids, change)
        card = ticket.get_service_panel_data()["changes"][0]
        self.assertEqual((card["state"], card["version"]), ("sent", 1))
        self.assertIn("5.00", card["amount"])
        with self.assertRaises(AccessError):
            self.as_user(self.ticket, self.portal).read(["service_scope_change_ids"])
