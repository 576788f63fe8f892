from datetime import timedelta

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_scope import ScopeCase

OWN = "private@agent.example"


@tagged("post_install", "-at_install")
class TestLinkAddress(ScopeCase):
    """Whose word it is, when nothing but the asker's own word says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        editors = cls.env.ref("base.group_partner_manager")
        (cls.agent | cls.agent2).group_ids |= editors

    def confirm(self, email, document=None, **vals):
        """Ask at an address as the agent, and let whoever reads it say yes."""
        change = self.make_change(document=document or self.ticket, **vals)
        mail = self.env["mail.mail"].search([("email_to", "=", email)], limit=1)
        self.assertEqual(self.decide(self.token_of(mail), "confirmed"), "done")
        self.assertEqual(change.state, "confirmed")
        return change

    def assertVerified(self, change, verified):
        self.assertEqual(change.is_address_verified, verified)
        self.assertOutcome(change.scope_promise_id, "kept" if verified else "withdrawn")
        self.assertEqual("unverified" in self.events_of(change), not verified)

    def make_card(self, user=None, **vals):
        """Write a customer's card, as the agent does."""
        card = self.model("res.partner", user or self.agent).create(
            {"name": "Mr New", "email": OWN, **vals}
        )
        self.sync()
        return self.env["res.partner"].browse(card.id)

    def ask_card(self, card):
        return self.confirm(OWN, self.make_ticket(partner=card))

    def test_typed_by_the_asker_a_moment_ago(self):
        ticket = self.make_ticket(partner=self.make_card())
        change = self.confirm(OWN, ticket, date_due_new=self.moment(days=2))
        self.assertVerified(change, False)
        deadlines = ticket.service_promise_ids.filtered(
            lambda row: row.kind == "deadline"
        )
        self.assertFalse(deadlines)
        text = ticket.message_ids.sorted("id")[-1].body
        self.assertIn("The address is not verified", text)

    def test_it_counts_in_no_figure(self):
        self.assertVerified(self.ask_card(self.make_card()), False)
        dashboard = self.model("service.dashboard", self.agent)
        period = {"date_from": "2026-03-01", "date_to": "2026-03-31"}
        period = dashboard._clean_filters({**period, "employee_id": self.employee.id})
        scope = dashboard._get_scorecard_scope(period)
        counts = {row["key"]: row["count"] for row in scope}
        self.assertEqual((counts["asked"], counts["confirmed_first"]), (1, 0))

    def test_a_card_of_a_day_ago(self):
        for age, verified in (
            ({"hours": 23, "minutes": 59}, False),
            ({"days": 1}, True),
        ):
            with self.subTest(age=age):
                card = self.make_card()
                self.wait(**age)
                self.assertVerified(self.ask_card(card), verified)
                card.email = False

    def test_a_card_that_somebody_else_wrote(self):
        self.assertVerified(self.ask_card(self.make_card(self.agent2)), True)

    def test_nobody_gives_another_stamp(self):
        vals = {
            "service_email_user_id": self.agent2.id,
            "service_email_date": "2020-01-01 00:00:00",
        }
        card = self.make_card(**vals)
        mine = self.as_user(card, self.agent)
        mine.write(vals)
        mine.load(["id", "service_email_date"], [[str(card.id), "2020-01-01 00:00:00"]])
        mine.write({"email": f"Mr New <{OWN}>", **vals})
        self.assertEqual(card.service_email_user_id, self.agent)
        self.assertEqual(card.service_email_date, self.now)
        self.assertVerified(self.ask_card(card), False)

    def test_an_old_card_of_his_put_below_the_customer(self):
        card = self.make_card()
        self.wait(days=9)
        self.as_user(card, self.agent).parent_id = self.customer_company
        self.assertVerified(self.ask_card(card), False)

    def test_a_card_that_he_just_changed(self):
        card = self.make_card(self.agent2, email="real@customer.example")
        self.wait(days=9)
        self.as_user(card, self.agent).email = OWN
        self.assertVerified(self.ask_card(card), False)

    def test_typed_on_the_document(self):
        ticket = self.make_ticket()
        self.as_user(ticket, self.agent).partner_email = OWN
        self.assertVerified(self.confirm(OWN, ticket), False)

    def test_his_own_promise_first_proves_nothing(self):
        ticket = self.make_ticket(partner=self.make_card())
        self.make_promise(ticket)
        change = self.confirm(OWN, ticket, date_due_new=self.moment(days=2))
        self.assertVerified(change, False)
        self.assertFalse(ticket.service_promise_ids.filtered("successor_id"))

    def test_what_a_plan_promised_him_before(self):
        self.make_plan(rules=[{"name": "Solved", "hours": 8}])
        self.assertVerified(self.ask_card(self.make_card()), True)

    def _mail_from(self, ticket, email):
        """Receive a mail on a ticket, as the gateway does."""
        message = (
            ticket.with_user(SUPERUSER_ID)
            .sudo()
            .message_post(
                body="Any news?",
                message_type="email",
                subtype_xmlid="mail.mt_comment",
                author_id=False,
                email_from=f"Mr New <{email}>",
            )
        )
        self.sync()
        return message

    def test_he_wrote_from_it(self):
        ticket = self.make_ticket(
            partner=self.env["res.partner"], partner_email=OWN, partner_name="New"
        )
        self._mail_from(ticket, OWN)
        self.assertVerified(self.confirm(OWN, ticket), True)

    def test_a_message_that_somebody_touched(self):
        ticket = self.make_ticket(
            partner=self.env["res.partner"], partner_email=OWN, partner_name="New"
        )
        message = self._mail_from(ticket, "real@customer.example")
        self.as_user(message, self.agent).email_from = OWN
        self.assertVerified(self.confirm(OWN, ticket), False)

    def test_he_has_logged_in_with_it(self):
        """The login is his; the address on his card can be anybody's."""
        card = self.portal.partner_id
        self.portal.login = card.email
        for logged_in, verified in ((False, False), (True, True)):
            with self.subTest(logged_in=logged_in):
                if logged_in:
                    logs = self.env["res.users.log"].with_user(self.portal)
                    logs.sudo().create({})
                email = self.portal.login
                for given in (OWN, email):
                    self.as_user(card, self.agent).email = given
                ticket = self.make_ticket()
                self.assertVerified(self.confirm(email, ticket), verified)
        self.as_user(card, self.agent).email = OWN
        ticket = self.make_ticket()
        self.assertVerified(self.confirm(OWN, ticket), False)

    def test_no_address_of_ours(self):
        alias = self.env["mail.alias"].create(
            {
                "alias_name": "help-us",
                "alias_domain_id": self.env["mail.alias.domain"]
                .create({"name": "quality-test.example"})
                .id,
                "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        self.employee.private_email = "Me.At.Home@agent.example"
        self.assertTrue(alias.alias_full_name)
        ours = [
            "me.at.home@agent.example",
            self.employee2.work_email,
            self.company.email,
            alias.alias_full_name,
        ]
        for email in ours:
            with self.subTest(email=email):
                self.as_user(self.ticket, self.agent).partner_email = email
                draft = self.make_change(send=False)
                with self.assertRaisesRegex(UserError, "address of our own"):
                    self.as_user(draft, self.agent).action_send()
        links = self.env["service.link"]
        self.assertFalse(links._service_ours(["at.home@agent.example", "", False]))

    def test_his_own_kept_makes_nothing_count(self):
        """A call that he only declared, confirmed from an address he just typed."""
        self.company.service_ask_kept = True
        ticket = self.make_ticket(partner=self.make_card())
        call = self.make_promise(
            ticket, kind="callback", date_due=self.now + timedelta(hours=2)
        )
        self.as_user(call, self.agent).action_keep()
        self.wait(hours=3)
        self.run_cron()
        mail = self.env["mail.mail"].search(
            [("email_to", "=", OWN), ("subject", "like", "Did we call")]
        )
        self.assertEqual(self.decide(self.token_of(mail), "kept"), "done")
        self.assertEqual(call.customer_verdict, "kept")
        self.assertTrue(call.is_self_declared)
        self.assertOutcome(call, "kept", counted=False)
        self.assertIn("unverified", self.events_of(call))
