from datetime import timedelta
from unittest.mock import patch

from markupsafe import Markup

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCase

EVIDENCE_LOGGERS = (
    "odoo.addons.service_quality.models.service_quality_evidence",
    "odoo.addons.service_quality.models.service_worker",
)
MAIL = """Return-Path: <{sender}>
To: {to}
From: {sender}
Subject: Re: Printer
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Date: Sun, 01 Mar 2026 06:00:00 +0000
Message-ID: <{number}.sq@customer.example>
In-Reply-To: {parent}

{body}
"""


@tagged("post_install", "-at_install")
class TestMessages(ServiceCase):
    """When was the customer informed? Every way a message takes, on both hosts."""

    def setUp(self):
        super().setUp()
        self.documents = [self.make_ticket(), self.make_order()]

    def _watch(self, document):
        """Start a promise that our word settles."""
        values = {"user": self.agent, "tell": False}
        progress = self.make_promise(document, kind="progress", **values)
        self.wait(minutes=1)
        return progress

    def heard(self, document):
        """Return how often the customer's word was noted on a document."""
        return self.events_of(document).count("customer_wrote")

    def assertInforms(self, send, ours, theirs=False):
        """``send(document)`` settles the update (ours), or is the customer's word."""
        for document in self.documents:
            with self.subTest(document=document._name):
                progress = self._watch(document)
                before = self.heard(document)
                send(document)
                self.assertOutcome(progress, "kept" if ours else None)
                self.assertEqual(
                    progress.date_settled or None, self.now if ours else None
                )
                self.assertEqual(self.heard(document) - before, int(theirs))

    def _follow(self, document):
        document.message_subscribe(self.customer.ids)

    def _receive(self, document, sender, body="Yes, please do."):
        """Take an e-mail in through the gateway, as a reply on the document."""
        parent = self.agent_message(document, "?", partner_ids=[])
        mail = MAIL.format(
            sender=sender,
            to="support@quality-test.example",
            number=parent.id,
            parent=parent.message_id,
            body=body,
        )
        root = self.env.ref("base.user_root")
        thread = self.env["mail.thread"].with_user(root)
        thread.message_process(document._name, mail, thread_id=document.id)
        self.sync()

    def test_agent_to_customer(self):
        self.assertInforms(self.agent_message, ours=True)

    def test_agent_to_following_customer(self):
        def send(document):
            self._follow(document)
            self.agent_message(document, partner_ids=[])

        self.assertInforms(send, ours=True)

    def test_agent_to_nobody(self):
        self.assertInforms(
            lambda document: self.agent_message(document, partner_ids=[]), ours=False
        )

    def test_agent_to_somebody_else(self):
        for partner in (self.stranger, self.agent2.partner_id):
            self.assertInforms(
                lambda document, partner=partner: self.agent_message(
                    document, partner_ids=partner.ids
                ),
                ours=False,
            )

    def test_agent_to_a_colleague_of_the_customer(self):
        colleague = self.customer.copy({"email": "boss@customer.example"})
        self.assertInforms(
            lambda document: self.agent_message(document, partner_ids=colleague.ids),
            ours=True,
        )

    def test_note(self):
        def send(document):
            self._follow(document)
            self.agent_message(document, subtype_xmlid="mail.mt_note", partner_ids=[])

        self.assertInforms(send, ours=False)

    def test_note_that_mentions_the_customer(self):
        """He gets it, so he is informed."""
        self.assertInforms(
            lambda document: self.agent_message(document, subtype_xmlid="mail.mt_note"),
            ours=True,
        )

    def test_customer_in_the_portal(self):
        self.assertInforms(self.customer_message, ours=False, theirs=True)

    def test_short_word_of_the_customer(self):
        self.assertInforms(
            lambda document: self.customer_message(document, "OK"),
            ours=False,
            theirs=True,
        )

    def test_customer_by_mail(self):
        self.assertInforms(
            lambda document: self._receive(document, "Petra <petra@customer.example>"),
            ours=False,
            theirs=True,
        )

    def test_stranger_by_mail(self):
        self.assertInforms(
            lambda document: self._receive(document, "stranger@elsewhere.example"),
            ours=False,
        )

    def test_agent_by_mail(self):
        def send(document):
            self._follow(document)
            self._receive(document, self.agent.email, "Your printer is on its way.")

        self.assertInforms(send, ours=True)

    def test_agent_speaks_for_the_customer(self):
        """Whoever may post may name any author: that is no word of the customer."""
        self.assertInforms(
            lambda document: self.agent_message(
                document, "I agree", author_id=self.customer.id, partner_ids=[]
            ),
            ours=False,
        )
        self.assertInforms(
            lambda document: self.agent_message(
                document,
                "I agree",
                author_id=self.customer.id,
                message_type="email",
                email_from=self.customer.email,
                partner_ids=[],
            ),
            ours=False,
        )

    def test_odoobot(self):
        def send(document):
            self._follow(document)
            document.with_user(self.env.ref("base.user_root")).message_post(
                body="We have received your message.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            self.sync()

        self.assertInforms(send, ours=False)

    def test_automatic_notification(self):
        """The type of robots, also when an agent's click caused it."""
        for subtype in ("mail.mt_comment", "mail.mt_note"):
            self.assertInforms(
                lambda document, subtype=subtype: self.agent_message(
                    document, message_type="notification", subtype_xmlid=subtype
                ),
                ours=False,
            )

    def test_empty_and_meaningless(self):
        for body in (
            "",
            "  ",
            "ok",
            "...",
            "- - -",
            "\u200b\u200b\u200b\u200b",
            "👍👍👍👍",
        ):
            self.assertInforms(
                lambda document, body=body: self.agent_message(document, body),
                ours=False,
            )
        empty = Markup("<p><br></p><div>&nbsp;</div>")
        self.assertInforms(
            lambda document: self.agent_message(document, empty), ours=False
        )

    def test_only_a_quote_or_a_signature(self):
        quote = Markup(
            '<p></p><blockquote data-o-mail-quote="1">When is it ready?</blockquote>'
        )
        signature = Markup(
            '<p>ok</p><span data-o-mail-quote="1">--<br/>Agent Smith, Support</span>'
        )
        answer = Markup(
            '<p>On Tuesday</p><blockquote data-o-mail-quote="1">When?</blockquote>'
        )
        for body, ours in ((quote, False), (signature, False), (answer, True)):
            self.assertInforms(
                lambda document, body=body: self.agent_message(document, body), ours
            )

    def test_only_a_file(self):
        self.assertInforms(
            lambda document: self.agent_message(
                document, "", attachments=[("report.txt", b"It is the fuse.")]
            ),
            ours=True,
        )

    def test_customer_without_address(self):
        """Nothing reached him, however often we write."""
        partner = self.env["res.partner"].create({"name": "No Address"})
        self.documents = [
            self.make_ticket(partner=partner, partner_email=False),
            self.make_order(partner_id=partner.id),
        ]
        self.assertInforms(
            lambda document: self.agent_message(document, partner_ids=partner.ids),
            ours=False,
        )

    def test_message_of_the_agent_that_is_internal(self):
        """Odoo mails it to a following customer all the same."""

        def send(document):
            self._follow(document)
            self.agent_message(document, is_internal=True, partner_ids=[])

        self.assertInforms(send, ours=True)

    def test_scheduled_message_informs_when_it_leaves(self):
        later = fields.Datetime.to_string(self.after(hours=1))
        self.assertInforms(
            lambda document: self.agent_message(document, scheduled_date=later),
            ours=False,
        )

    def test_composer(self):
        def send(document):
            composer = self.model("mail.compose.message", self.agent).with_context(
                default_model=document._name,
                default_res_ids=document.ids,
                default_composition_mode="comment",
            )
            wizard = composer.create(
                {
                    "body": "<p>Here is your answer.</p>",
                    "subject": "Answer",
                    "partner_ids": [Command.set(self.customer.ids)],
                }
            )
            wizard._action_send_mail()
            self.sync()

        self.assertInforms(send, ours=True)

    def _template(self, document, body="<p>Your printer is on its way.</p>"):
        return self.env["mail.template"].create(
            {
                "name": "By hand",
                "model_id": self.env["ir.model"]._get_id(document._name),
                "subject": "News",
                "body_html": body,
                "partner_to": str(self.customer.id),
                "email_from": "office@quality-test.example",
            }
        )

    def _mass_mail(self, document, user, body="<p>Your printer is on its way.</p>"):
        composer = self.model("mail.compose.message", user).with_context(
            default_model=document._name,
            default_res_ids=document.ids,
            default_composition_mode="mass_mail",
            default_template_id=self._template(document, body).id,
        )
        composer.create({})._action_send_mail()
        self.sync()

    def test_template_mail_of_a_person(self):
        self.assertInforms(
            lambda document: self._mass_mail(document, self.agent), ours=True
        )

    def test_template_mail_that_says_nothing(self):
        self.assertInforms(
            lambda document: self._mass_mail(document, self.agent, "<p>...</p>"),
            ours=False,
        )

    def test_template_mail_of_a_robot(self):
        root = self.env.ref("base.user_root")
        self.assertInforms(lambda document: self._mass_mail(document, root), ours=False)

    def test_mail_of_a_stage(self):
        """A change of stage that mails by itself is no progress update."""
        stage = self.stage_open.copy(
            {"mail_template_id": self._template(self.documents[0]).id}
        )
        self.documents = self.documents[:1]

        def send(ticket):
            mails = self.env["mail.mail"].search_count([])
            self.as_user(ticket, self.agent).stage_id = stage
            self.sync()
            self.assertGreater(self.env["mail.mail"].search_count([]), mails)
            ticket.stage_id = self.stage_open
            self.sync()

        self.assertInforms(send, ours=False)

    def test_before_the_promise(self):
        for document in self.documents:
            self.agent_message(document)
            self.wait(minutes=1)
            progress = self._watch(document)
            self.assertOutcome(progress, None)

    def test_own_address_on_the_document(self):
        """Whoever puts his own address there and writes to it, informs nobody."""
        ticket = self.documents[0]
        progress = self._watch(ticket)
        mine = self.env["res.partner"].create(
            {"name": "Friend", "email": "friend@elsewhere.example"}
        )
        as_agent = self.as_user(ticket, self.agent)
        for change in (
            {"partner_email": mine.email},
            {"partner_id": mine.id, "partner_email": mine.email},
        ):
            as_agent.write(change)
            self.agent_message(ticket, "We have found it.", partner_ids=mine.ids)
            self.assertOutcome(progress, None)
            self.assertNotIn("informed", self.events_of(ticket))
        as_agent.write(
            {"partner_id": self.customer.id, "partner_email": self.customer.email}
        )
        self.agent_message(ticket, "We have found it.")
        self.assertOutcome(progress, "kept")

    def test_response(self):
        for document in self.documents:
            response = self.make_promise(document, kind="response", tell=False)
            self.customer_message(document)
            self.assertOutcome(response, None)
            self.wait(hours=3)
            self.agent_message(document)
            self.assertOutcome(response, "late")

    def test_a_message_is_no_result(self):
        """A deadline, an appointment, a call and a change are not kept by writing."""
        for document in self.documents:
            promises = [
                self.make_promise(document, kind=kind, tell=False)
                for kind in ("deadline", "appointment", "callback", "scope")
            ]
            self.wait(minutes=1)
            self.agent_message(document)
            self.customer_message(document)
            for promise in promises:
                self.assertOutcome(promise, None)

    def test_same_second_as_due(self):
        for document in self.documents:
            progress = self._watch(document)
            self.now = progress.date_due + timedelta(microseconds=999_999)
            self.agent_message(document)
            self.assertOutcome(progress, "kept")

    def test_changing_the_message_afterwards(self):
        """Edited, emptied, back-dated, deleted: what was said stays said."""
        for document in self.documents:
            progress = self._watch(document)
            self.wait(hours=3)
            message = self.agent_message(document, "The spare part comes on Tuesday.")
            self.assertOutcome(progress, "late")
            facts = self.facts_of(progress)
            message.sudo().write(
                {
                    "body": "Nothing",
                    "date": progress.date_made,
                    "author_id": self.stranger.id,
                }
            )
            document._message_update_content(message.sudo(), body="")
            self.sync()
            message.sudo().unlink()
            self.sync()
            self.assertEqual(self.facts_of(progress), facts)
            event = self.raw_events(progress)[-1]
            self.assertEqual(event.note, "The spare part comes on Tuesday.")
            self.assertEqual(event.create_uid, self.agent)

    def test_back_dated_message(self):
        """``date`` is whatever the sender says; the clock of the server counts."""
        for document in self.documents:
            progress = self._watch(document)
            self.wait(hours=3)
            self.agent_message(document, date=progress.date_made)
            self.assertOutcome(progress, "late")
            self.assertEqual(progress.date_settled, self.now)

    def test_the_contact_is_remembered_on_the_document(self):
        for document in self.documents:
            self._watch(document)
            self.make_promise(document)  # runs on, so that his word matters
            self.agent_message(document, "First news")
            self.customer_message(document, "Thank you")
            kinds = self.events_of(document)
            self.assertEqual(kinds[-2:], ["informed", "customer_wrote"])

    def test_failure_of_ours_does_not_stop_the_message(self):
        for document in self.documents:
            progress = self._watch(document)
            broken = patch.object(
                type(document), "_service_reaches_customer", side_effect=RuntimeError
            )
            with broken, mute_logger(*EVIDENCE_LOGGERS):
                message = self.agent_message(document)
            self.assertTrue(message.exists().notified_partner_ids)
            self.assertOutcome(progress, None)


@tagged("post_install", "-at_install")
class TestClosing(ServiceCase):
    """What happens to a document settles what was promised about it."""

    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()

    def _both(self):
        """Yield a ticket and an order, each with a told deadline in two hours."""
        for document in (self.make_ticket(), self.make_order()):
            with self.subTest(document=document._name):
                yield document, self.make_promise(document)

    def test_in_time(self):
        for document, promise in self._both():
            self.wait(hours=1)
            self.close(document)
            self.assertOutcome(promise, "kept", counted=True)
            self.assertEqual(promise.date_settled, self.now)
            event = self.raw_events(promise)[-1]
            self.assertEqual((event.kind, event.create_uid), ("evidence", self.agent))
            self.assertEqual(event.create_date, self.now)

    def test_late(self):
        for document, promise in self._both():
            self.wait(hours=4)
            self.close(document)
            self.assertOutcome(promise, "late", counted=True)

    def test_missed_and_no_longer_wanted(self):
        """Closing ends what it does not prove."""
        for document, _deadline in self._both():
            kinds = ("callback", "response", "appointment", "scope", "progress")
            promises = [self.make_promise(document, kind=kind) for kind in kinds]
            self.wait(minutes=5)
            self.close(document)
            outcomes = [promise.outcome for promise in promises]
            self.assertEqual(outcomes, ["missed"] * 4 + ["withdrawn"])

    def test_progress_that_had_expired_stays_missed(self):
        for document, _deadline in self._both():
            progress = self.make_promise(document, kind="progress")
            self.wait(hours=3)
            self.close(document)
            self.assertOutcome(progress, "missed", counted=True)

    def test_no_clock_after_closing(self):
        """After closing, nobody's thanks starts or settles anything."""
        for document, promise in self._both():
            self.wait(hours=1)
            self.close(document)
            facts = self.facts_of(promise)
            self.wait(hours=5)
            self.customer_message(document, "Thanks a lot")
            self.agent_message(document, "You are welcome")
            self.assertEqual(self.facts_of(promise), facts)

    def test_reopened_in_time(self):
        """Not done after all: the deadline is due at its old date."""
        for document, promise in self._both():
            self.wait(hours=1)
            self.close(document)
            self.assertOutcome(promise, "kept")
            self.wait(hours=71)
            self.reopen(document)
            self.assertOutcome(promise, None)
            self.assertEqual(promise.state, "overdue")
            self.close(document)
            self.assertOutcome(promise, "late", counted=True)
            self.assertEqual(
                self.events_of(promise),
                ["made", "told", "evidence", "reopened", "evidence"],
            )

    def test_reopened_at_the_limit(self):
        for hours, outcome in ((72, None), (72.001, "kept")):
            for document, promise in self._both():
                self.close(document)
                self.wait(hours=hours)
                self.reopen(document)
                self.assertOutcome(promise, outcome)

    def test_reopened_too_late_cannot_be_used_to_improve(self):
        for document, promise in self._both():
            self.wait(hours=4)
            self.close(document)
            self.wait(hours=100)
            self.reopen(document)
            self.close(document)
            self.assertOutcome(promise, "late")

    def test_reopening_revives_what_the_closing_ended(self):
        for document, _deadline in self._both():
            callback = self.make_promise(document, kind="callback")
            self.close(document)
            self.assertOutcome(callback, "missed")
            self.reopen(document)
            self.assertOutcome(callback, None)

    def test_reopening_keeps_what_was_proved_otherwise(self):
        for document, _deadline in self._both():
            progress = self.make_promise(document, kind="progress")
            self.wait(minutes=1)
            self.agent_message(document)
            self.close(document)
            self.reopen(document)
            self.assertOutcome(progress, "kept")

    def test_close_and_reopen_in_one_transaction(self):
        promise = self.make_promise(self.ticket)
        ticket = self.as_user(self.ticket, self.agent)
        ticket.stage_id = self.stage_closed
        ticket.stage_id = self.stage_open
        self.assertOutcome(promise, None)
        self.assertEqual(self.events_of(promise), ["made", "told"])

    def test_dates_of_the_document_are_no_evidence(self):
        """An agent may write them all."""
        promise = self.make_promise(self.ticket)
        self.wait(hours=3)
        early = fields.Datetime.to_string(promise.date_made)
        self.as_user(self.ticket, self.agent).write(
            {
                "stage_id": self.stage_closed.id,
                "closed_date": early,
                "last_stage_update": early,
            }
        )
        self.assertOutcome(promise, "late")

    def test_customer_closes_in_the_portal(self):
        """His act, no result of ours: neutral before due, missed after."""
        early = self.make_promise(self.ticket)
        self.ticket.with_user(self.portal).sudo().stage_id = self.stage_closed
        self.assertOutcome(early, "withdrawn")
        other = self.make_ticket()
        late = self.make_promise(other)
        self.wait(hours=3)
        other.with_user(self.portal).sudo().stage_id = self.stage_closed
        self.assertOutcome(late, "missed", counted=True)

    def test_closed_without_a_result(self):
        """Rejected, cancelled, told twice: neutral before due, missed after it."""
        rejected = self.stage_closed.copy({"service_not_wanted": True})
        changes = (
            {"stage_id": rejected.id},
            {"stage_id": self.stage_closed.id, "duplicate_id": self.make_ticket().id},
        )
        for change in changes:
            for hours, outcome in ((0, "withdrawn"), (2, "withdrawn"), (3, "missed")):
                ticket = self.make_ticket()
                promise = self.make_promise(ticket)
                self.wait(hours=hours)
                self.as_user(ticket, self.agent).write(change)
                self.assertOutcome(promise, outcome)

    def test_usual_stages_without_a_result(self):
        for name in ("cancelled", "rejected"):
            stage = self.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")
            self.assertTrue(stage.service_not_wanted)
        self.assertFalse(
            self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").service_not_wanted
        )

    def test_from_rejected_to_done(self):
        """A detour keeps nothing: what was cancelled runs again, and is judged."""
        ticket = self.make_ticket()
        promise = self.make_promise(ticket)
        rejected = self.stage_closed.copy({"service_not_wanted": True})
        self.as_user(ticket, self.agent).stage_id = rejected
        self.assertOutcome(promise, "withdrawn")
        self.wait(hours=3)
        self.close(ticket)
        self.assertOutcome(promise, "late", counted=True)

    def test_created_closed(self):
        """A document that was never open proves nothing."""
        self.make_plan(rules=[{"name": "Solved", "hours": 8}])
        ticket = self.make_ticket(stage_id=self.stage_closed.id)
        self.assertFalse(ticket.service_promise_ids)

    def test_batch(self):
        """Two at once: each is judged by its own facts."""
        tickets = self.ticket + self.make_ticket()
        early = self.make_promise(tickets[0], date_due="2026-03-02 09:30:00")
        late = self.make_promise(tickets[1], date_due="2026-03-02 12:00:00")
        self.wait(hours=1)
        self.as_user(tickets, self.agent).write({"stage_id": self.stage_closed.id})
        self.assertOutcome(early, "late")
        self.assertOutcome(late, "kept")

    def test_copy_starts_clean(self):
        for document, promise in self._both():
            checklist = self.start_checklist(document)
            copied = self.as_user(document, self.agent).copy()
            self.sync()
            copied = copied.with_user(self.env.user)
            self.assertFalse(copied.service_promise_ids)
            self.assertFalse(copied.service_checklist_ids)
            self.assertEqual(document.service_promise_ids, promise)
            self.assertEqual(document.service_checklist_ids, checklist)

    # ------------------------------------------------------------------
    # Orders
    # ------------------------------------------------------------------

    def test_delivered_in_parts(self):
        order = self.make_order()
        promise = self.make_promise(order)
        line = self.as_user(order, self.agent).order_line
        line.qty_delivered = 1
        self.assertOutcome(promise, None)
        line.qty_delivered = 2
        self.assertOutcome(promise, "kept")

    def test_locking_is_no_delivery(self):
        order = self.make_order()
        promise = self.make_promise(order)
        order.action_lock()
        self.assertOutcome(promise, None)

    def test_notes_and_sections_need_no_delivery(self):
        order = self.make_order()
        order.order_line = [
            Command.create({"display_type": "line_note", "name": "With care"})
        ]
        promise = self.make_promise(order)
        self.close(order.order_line.filtered("product_id").order_id)
        self.assertOutcome(promise, "kept")

    def test_date_of_the_order(self):
        due = self.after(hours=2)
        order = self.make_order(confirm=False, commitment_date=due)
        self.assertFalse(order.service_promise_ids)
        order.action_confirm()
        self.sync()
        promise = order.service_promise_ids
        self.assertEqual(
            (promise.source, promise.kind, promise.date_due, promise.employee_id),
            ("native", "deadline", due, self.employee),
        )
        self.assertFalse(promise.is_counted)
        self.agent_message(order, "Here is your order.")
        self.assertTrue(promise.is_counted)
        self.wait(hours=3)
        self.close(order)
        self.assertOutcome(promise, "late", counted=True)

    def test_moving_the_date_of_the_order_moves_nothing(self):
        order = self.make_order(commitment_date=self.after(hours=2))
        promise = order.service_promise_ids
        self.agent_message(order, "Here is your order.")
        due = promise.date_due
        self.wait(hours=1)
        self.as_user(order, self.agent).commitment_date = self.after(days=9)
        self.sync()
        self.assertEqual(promise.date_due, due)
        event = self.raw_events(promise)[-1]
        self.assertEqual((event.kind, event.create_uid), ("host_date", self.agent))
        self.wait(hours=2)
        self.close(order)
        self.assertOutcome(promise, "late")

    def test_date_that_nobody_was_told(self):
        """Marked as sent without a mail, set at the last moment: no kept promise."""
        order = self.make_order(confirm=False, commitment_date=self.after(hours=2))
        as_agent = self.as_user(order, self.agent)
        as_agent.action_quotation_sent()
        as_agent.action_confirm()
        self.sync()
        promise = order.service_promise_ids
        self.assertFalse(promise.date_told)
        # Nobody knows the old date, so another one is no broken word.
        as_agent.commitment_date = self.after(hours=4)
        self.sync()
        self.assertEqual(promise.date_due, self.after(hours=4))
        self.assertEqual(self.events_of(promise)[-1], "host_date")
        self.wait(hours=3, minutes=46)
        self.agent_message(order, "It will be there soon.")
        self.assertEqual(promise.date_told, self.now)
        self.close(order)
        self.assertOutcome(promise, "kept", counted=False)

    def test_date_told_by_the_mail_of_the_order(self):
        """The composer of the quotation, and the mail that a confirmation sends."""
        for confirm in (False, True):
            order = self.make_order(confirm=False, commitment_date=self.after(days=2))
            as_agent = self.as_user(order, self.agent)
            if confirm:
                as_agent.with_context(send_email=True).action_confirm()
                as_agent._send_order_confirmation_mail()
            else:
                action = as_agent.action_quotation_send()
                composer = as_agent.env["mail.compose.message"]
                composer.with_context(**action["context"]).create(
                    {}
                )._action_send_mail()
            self.sync()
            promise = order.service_promise_ids
            self.assertEqual(promise.date_told, self.now)
            self.assertTrue(promise.is_counted)

    def test_date_of_an_order_that_the_customer_confirms(self):
        order = self.make_order(confirm=False, commitment_date=self.after(days=2))
        order.action_quotation_sent()
        self.sync()
        self.assertFalse(order.service_promise_ids.date_told)
        order.with_user(self.portal).sudo().action_confirm()
        self.sync()
        self.assertEqual(order.service_promise_ids.date_told, self.now)

    def test_ordered_less_is_not_delivered(self):
        """Lowering the quantity to what was delivered keeps no promise."""
        for hours, outcome in ((1, "withdrawn"), (3, "missed")):
            order = self.make_order()
            promise = self.make_promise(order)
            self.wait(hours=hours)
            line = self.as_user(order.order_line, self.agent)
            line.qty_delivered = 1
            self.sync()
            line.product_uom_qty = 1
            self.assertOutcome(promise, outcome)
            self.assertIn("reduced", self.events_of(order))
        # Taken back, it is as before.
        order = self.make_order()
        promise = self.make_promise(order)
        self.wait(hours=1)
        line = self.as_user(order.order_line, self.agent)
        for quantity in (1, 2):
            line.product_uom_qty = quantity
            self.sync()
        self.close(order)
        self.assertOutcome(promise, "kept", counted=True)

    def test_computed_delivery(self):
        """Expenses and time sheets deliver without anybody writing a quantity."""
        order = self.make_order()
        promise = self.make_promise(order)
        line = order.order_line
        line.qty_delivered_method = "analytic"
        plan = self.env["account.analytic.plan"].create({"name": "Test"})
        account = self.env["account.analytic.account"].create(
            {"name": "Test", "plan_id": plan.id, "company_id": self.company.id}
        )
        self.wait(hours=1)
        self.env["account.analytic.line"].create(
            {
                "name": "Work",
                "account_id": account.id,
                "company_id": self.company.id,
                "so_line": line.id,
                "product_uom_id": line.product_uom_id.id,
                "unit_amount": 2,
                "amount": -1,
            }
        )
        self.sync()
        self.assertEqual(line.qty_delivered, 2)
        self.assertOutcome(promise, "kept", counted=True)

    def test_date_given_in_the_past_promises_nothing(self):
        order = self.make_order(commitment_date=self.after(hours=-2))
        self.assertFalse(order.service_promise_ids)

    def test_cancelled_before_and_after_due(self):
        for hours, outcome in ((1, "withdrawn"), (3, "missed")):
            order = self.make_order()
            promise = self.make_promise(order)
            self.wait(hours=hours)
            self.as_user(order, self.agent)._action_cancel()
            self.assertOutcome(promise, outcome)
            event = self.raw_events(promise)[-1]
            self.assertEqual((event.kind, event.create_uid), ("cancelled", self.agent))

    def test_cancelling_washes_nothing(self):
        """Cancelled and taken up again: due as before, the date of the order too."""
        order = self.make_order(commitment_date=self.after(hours=2))
        promises = order.service_promise_ids | self.make_promise(order)
        self.agent_message(order, "Here is your order.")
        as_agent = self.as_user(order, self.agent)
        as_agent._action_cancel()
        self.sync()
        self.assertEqual(promises.mapped("outcome"), ["withdrawn"] * 2)
        as_agent.action_draft()
        self.sync()
        as_agent.action_confirm()
        self.wait(hours=5)
        self.close(order)
        self.assertEqual(promises.mapped("outcome"), ["late"] * 2)
        self.assertEqual(order.service_promise_ids, promises)

    def test_taken_up_again_long_after(self):
        """A new agreement: its date is a new promise, the old one stays as it was."""
        order = self.make_order(commitment_date=self.after(hours=2))
        old = order.service_promise_ids
        as_agent = self.as_user(order, self.agent)
        as_agent._action_cancel()
        self.wait(days=30)
        as_agent.action_draft()
        as_agent.commitment_date = self.after(days=2)
        as_agent.action_confirm()
        self.sync()
        self.assertOutcome(old, "withdrawn")
        new = order.service_promise_ids - old
        self.assertEqual(new.date_due, self.after(days=2))
        self.assertEqual(new.source, "native")

    # ------------------------------------------------------------------
    # People and documents come and go
    # ------------------------------------------------------------------

    def test_refused_deletion_reads_nothing(self):
        """What we look up first must not change what the host says to a stranger."""
        for document in (self.ticket, self.make_order()):
            self.make_promise(document)
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertDeletesNothing(document, self.nobody)

    def test_deleting_keeps_the_figures(self):
        kept = self.make_promise(self.ticket, kind="callback")
        self.as_user(kept, self.agent).action_keep("done")
        expired = self.make_promise(self.ticket)
        running = self.make_promise(self.ticket, date_due="2026-03-05 09:00:00")
        name = self.ticket.display_name
        self.wait(hours=3)
        self.ticket.unlink()
        self.assertOutcome(kept, "kept")
        self.assertOutcome(expired, "missed", counted=True)
        self.assertOutcome(running, "withdrawn")
        for promise in kept + expired + running:
            self.assertEqual(promise.res_name, name)
            self.assertEqual(self.events_of(promise)[-1], "deleted")

    def test_deleting_an_order(self):
        order = self.make_order(confirm=False)
        promise = self.make_promise(order)
        order.unlink()
        self.assertOutcome(promise, "withdrawn")

    def test_deleting_many_at_once(self):
        tickets = self.ticket + self.make_ticket()
        promises = self.make_promise(tickets[0]) + self.make_promise(tickets[1])
        tickets.unlink()
        self.assertEqual(set(promises.mapped("outcome")), {"withdrawn"})

    def test_deleting_the_customer(self):
        partner = self.customer.copy({"email": "leaving@customer.example"})
        ticket = self.make_ticket(partner=partner)
        promise = self.make_promise(ticket)
        name = promise.partner_name
        ticket.partner_id = False
        self.sync()
        partner.unlink()
        promise.invalidate_recordset()
        self.assertFalse(promise.partner_id)
        self.assertEqual(promise.partner_name, name)
        self.close(ticket)
        self.assertOutcome(promise, "kept")

    def test_archiving_people_and_document(self):
        promise = self.make_promise(self.ticket)
        self.ticket.active = False
        self.employee.active = False
        self.agent.active = False
        self.assertOutcome(promise, None)
        self.wait(hours=3)
        self.assertEqual(promise.state, "overdue")
        self.assertEqual(promise.employee_id, self.employee)

    def test_unassigned_then_assigned(self):
        """The first responsible answers for what nobody answered for."""
        self.make_plan(rules=[{"name": "Solved", "hours": 8}])
        ticket = self.make_ticket(user=self.env["res.users"])
        promise = ticket.service_promise_ids
        self.assertFalse(promise.employee_id)
        self.as_user(ticket, self.manager).user_id = self.agent
        self.sync()
        self.assertEqual(promise.employee_id, self.employee)
        self.assertEqual(promise.department_id, self.department)
        event = self.raw_events(promise)[-1]
        self.assertEqual((event.kind, event.create_uid), ("assigned", self.manager))

    def test_assigned_too_late(self):
        """Nobody inherits a miss, or one that nobody could avoid any more."""
        self.make_plan(
            rules=[{"name": "Solved", "hours": 2, "calendar_id": self.calendar.id}]
        )
        start = self.now
        for seconds, taken in ((0, True), (1, False), (3600, False)):
            ticket = self.make_ticket(user=self.env["res.users"])
            promise = ticket.service_promise_ids
            self.wait(minutes=105, seconds=seconds)
            self.as_user(ticket, self.manager).user_id = self.agent
            self.sync()
            self.assertEqual(bool(promise.employee_id), taken)
            self.now = start

    def test_reassigning_moves_nothing(self):
        """A miss stays with the one who promised."""
        self.make_plan(rules=[{"name": "Solved", "hours": 1}])
        ticket = self.make_ticket()
        by_hand = self.make_promise(ticket)
        promises = ticket.service_promise_ids
        self.wait(hours=5)
        self.as_user(ticket, self.manager).user_id = self.agent2
        self.sync()
        self.close(ticket, user=self.agent2)
        self.assertEqual(promises.mapped("outcome"), ["late", "late"])
        self.assertEqual(promises.employee_id, self.employee)
        self.assertIn(by_hand, promises)

    # ------------------------------------------------------------------
    # A failure of ours never stops the host
    # ------------------------------------------------------------------

    def _broken(self, model, method):
        return patch.object(type(self.env[model]), method, side_effect=RuntimeError)

    def test_broken_hooks(self):
        """Each method of ours in turn; the ticket is saved, closed and deleted."""
        self.make_plan(rules=[{"name": "Solved", "hours": 1}])
        for model, method in (
            ("service.promise", "_service_record"),
            ("service.promise", "_service_evidence"),
            ("service.promise", "_service_running"),
            ("service.plan", "_service_for"),
            ("service.event", "_service_log"),
            ("helpdesk.ticket", "_service_sync"),
            ("helpdesk.ticket", "_service_before_unlink"),
            ("helpdesk.ticket", "_service_after_unlink"),
        ):
            with (
                self.subTest(method=method),
                self._broken(model, method),
                mute_logger(*EVIDENCE_LOGGERS),
            ):
                ticket = self.make_ticket(name=method)
                self.assertEqual(ticket.name, method)
                self.agent_message(ticket)
                self.close(ticket)
                self.assertTrue(ticket.closed)
                ticket.unlink()
                self.sync()
                self.assertFalse(ticket.exists())

    def test_broken_order_hooks(self):
        for model, method in (
            ("service.plan", "_service_for"),
            ("service.promise", "_service_record"),
            ("sale.order", "_service_native_promises"),
            ("sale.order", "_service_sync"),
        ):
            with (
                self.subTest(method=method),
                self._broken(model, method),
                mute_logger(*EVIDENCE_LOGGERS),
            ):
                order = self.make_order(commitment_date=self.after(hours=2))
                self.close(order)
                self.assertEqual(order.state, "sale")
                self.assertEqual(order.order_line.qty_delivered, 2)

    def test_failure_leaves_no_half_facts(self):
        """What one document's failure did is rolled back; others are judged later."""
        promise = self.make_promise(self.ticket)
        with (
            self._broken("service.promise", "_service_close"),
            mute_logger(*EVIDENCE_LOGGERS),
        ):
            self.close(self.ticket)
        self.assertOutcome(promise, None)
        self.assertEqual(self.events_of(promise), ["made", "told"])

    def test_host_that_refuses_is_still_obeyed(self):
        """Our override does not swallow the host's own errors."""
        with self.assertRaises(AccessError):
            self.as_user(self.ticket, self.agent2).stage_id = self.stage_closed
        self.assertFalse(self.ticket.closed)

    def test_write_does_not_change_the_callers_vals(self):
        vals = {"stage_id": self.stage_closed.id}
        self.ticket.write(vals)
        self.assertEqual(vals, {"stage_id": self.stage_closed.id})
