from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import NOW, ServiceCase


@tagged("post_install", "-at_install")
class TestComposer(ServiceCase):
    """Recorded with the message that says so: "... and I promise"."""

    def compose(self, document, user=None, partners=None, **vals):
        """Open the composer on a document and fill it in."""
        partners = self.customer if partners is None else partners
        model = self.model("mail.compose.message", user or self.agent)
        return model.with_context(
            default_model=document._name,
            default_res_ids=document.ids,
            default_composition_mode="comment",
        ).create(
            {
                "body": "<p>The part arrives tomorrow, then we install it.</p>",
                "subject": "Your request",
                "partner_ids": partners.ids,
                **vals,
            }
        )

    def promising(self, **vals):
        """Return what the folded group holds."""
        return {
            "service_is_promise": True,
            "service_promise_name": "We install the part",
            "service_promise_kind": "deadline",
            "service_promise_due": NOW + timedelta(days=1),
            **vals,
        }

    def promises_of(self, document):
        self.sync()
        return self.env["service.promise"].search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)]
        )

    def test_message_and_promise_on_both_documents(self):
        for document in (self.make_ticket(), self.make_order()):
            with self.subTest(document=document._name):
                composer = self.compose(document, **self.promising())
                self.assertTrue(composer.service_can_promise)
                composer.action_send_mail()
                promise = self.promises_of(document)
                self.assertEqual(promise.name, "We install the part")
                self.assertEqual(promise.date_told, NOW)
                self.assertTrue(promise.is_counted)
                self.assertFalse(promise.outcome)
                told = self.raw_events(promise).filtered(lambda e: e.kind == "told")
                self.assertIn("The part arrives tomorrow", told.note)

    def test_the_message_does_not_keep_its_own_promise(self):
        for kind in ("response", "progress", "callback"):
            with self.subTest(kind=kind):
                ticket = self.make_ticket()
                self.make_promise(ticket)  # so that the message is remembered
                self.compose(
                    ticket, **self.promising(service_promise_kind=kind)
                ).action_send_mail()
                promise = self.promises_of(ticket).filtered(
                    lambda row, kind=kind: row.kind == kind
                )
                self.assertFalse(promise.settlement)
        # Nor does a callback find a trace of the call in it.
        self.as_user(promise, self.agent).action_keep()
        self.assertTrue(promise.is_self_declared)

    def test_number_to_call_and_tolerance(self):
        """What a call and a visit need is asked for here as well."""
        ticket = self.make_ticket()
        self.compose(
            ticket,
            **self.promising(
                service_promise_kind="callback", service_promise_phone="+36 1 234"
            ),
        ).action_send_mail()
        self.assertEqual(self.promises_of(ticket).phone, "+36 1 234")
        self.company.service_tolerance_minutes = 7
        for given, stored in (({}, 7), ({"service_promise_tolerance": 20}, 20)):
            ticket = self.make_ticket()
            self.compose(
                ticket, **self.promising(service_promise_kind="appointment", **given)
            ).action_send_mail()
            self.assertEqual(self.promises_of(ticket).tolerance_minutes, stored)

    def test_unreached_customer_was_not_told(self):
        ticket = self.make_ticket()
        self.compose(
            ticket, partners=self.stranger, **self.promising()
        ).action_send_mail()
        self.assertFalse(self.promises_of(ticket).date_told)

    def test_wrong_promise_sends_nothing(self):
        ticket = self.make_ticket()
        before = len(ticket.message_ids)
        for vals in (
            {"service_promise_due": NOW - timedelta(days=1)},
            {"service_promise_due": False},
            {"service_promise_name": " "},
        ):
            composer = self.compose(ticket, **self.promising(**vals))
            with self.assertRaises(ValidationError):
                composer.action_send_mail()
        self.assertEqual(len(ticket.message_ids), before)
        self.assertFalse(self.promises_of(ticket))

    def test_folded_group_does_nothing(self):
        ticket = self.make_ticket()
        self.compose(ticket, **self.promising(service_is_promise=False))
        self.compose(ticket).action_send_mail()
        self.assertFalse(self.promises_of(ticket))

    def test_quick_choice_and_hint(self):
        ticket = self.make_ticket()
        composer = self.compose(ticket)
        with Form(composer) as form:
            form.service_is_promise = True
            form.service_promise_name = "We install the part"
            form.service_promise_quick = "tomorrow_10"
            self.assertIn("for the customer", form.service_promise_hint)
        self.assertEqual(composer.service_promise_due, NOW + timedelta(days=1))

    def test_where_nothing_can_be_promised(self):
        ticket, other = self.make_ticket(), self.make_ticket()
        note = self.env.ref("mail.mt_note")
        cases = {
            "note": self.compose(ticket, subtype_id=note.id),
            "two documents": self.compose(ticket + other),
            "mass mail": self.compose(ticket, composition_mode="mass_mail"),
            "not served": self.compose(self.agent.partner_id),
        }
        for name, composer in cases.items():
            with self.subTest(name):
                self.assertFalse(composer.service_can_promise)
                composer.write(self.promising())
                if composer.composition_mode == "comment":
                    with self.assertRaises(UserError):
                        composer.action_send_mail()

    def test_a_promise_is_not_scheduled(self):
        ticket = self.make_ticket()
        composer = self.compose(
            ticket, scheduled_date=str(NOW + timedelta(days=1)), **self.promising()
        )
        with self.assertRaises(UserError):
            composer.action_schedule_message()

    def test_a_message_without_promise_is_scheduled(self):
        ticket = self.make_ticket()
        composer = self.compose(ticket, scheduled_date=str(NOW + timedelta(days=1)))
        composer.action_schedule_message()
        scheduled = self.env["mail.scheduled.message"].search(
            [("model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(scheduled.scheduled_date, NOW + timedelta(days=1))
        self.assertFalse(self.promises_of(ticket))
