import hashlib

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common_link import LinkCase


@tagged("post_install", "-at_install")
class TestLink(LinkCase):
    """One purpose, one recipient, one text, one decision."""

    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()
        self.promise = self.make_promise(self.ticket, date_due=self.after(hours=4))
        self.token = self.ask_move(self.promise, hours=30)
        self.link = self.env["service.link"].search([], limit=1)

    def find(self, token=None, user=None, purposes=("move",)):
        return self.links(user)._service_find(
            purposes, self.token if token is None else token
        )

    # ------------------------------------------------------------------
    # The secret
    # ------------------------------------------------------------------

    def test_only_the_hash_is_stored(self):
        self.assertGreaterEqual(len(self.token), 43)
        self.assertEqual(
            self.link.sudo().token_hash, hashlib.sha256(self.token.encode()).hexdigest()
        )
        self.assertNotEqual(self.ask_move(self.promise, hours=31), self.token)

    def test_nobody_reads_the_secret(self):
        self.assertEqual(self.as_user(self.link, self.manager).purpose, "move")
        for user in (self.agent, self.portal, self.public, self.nobody, self.foreigner):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.as_user(self.link, user).read(["purpose"])
        for user in (self.manager, self.admin, self.env.ref("base.user_admin")):
            user.company_ids += self.company
            link = self.as_user(self.link, user)
            for name in ("token_hash", "content", "comment"):
                with self.subTest(user=user.login, name=name):
                    with self.assertRaises(AccessError):
                        link.read([name])
                    with self.assertRaises(AccessError):
                        link.search([(name, "!=", False)])
                    self.assertNotIn(name, link.fields_get())

    def test_nobody_writes_links(self):
        facts = self.facts_of(self.link)
        for user in (self.agent, self.manager, self.admin, self.portal):
            link = self.as_user(self.link, user)
            for work in (
                lambda r=link: r.write({"decision": "yes"}),
                lambda r=link: r.unlink(),
                lambda r=link: r.copy(),
                lambda r=link: r.create({"purpose": "move", "token_hash": "x"}),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    work()
        self.assertEqual(self.facts_of(self.link), facts)

    def test_the_mail_is_nobodys_to_read(self):
        mail = self.mails()[-1]
        self.assertEqual(mail.state, "outgoing")
        self.assertTrue(mail.auto_delete)
        self.assertFalse(mail.model or mail.res_id)
        for user in (self.agent, self.manager, self.admin, self.portal):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.as_user(mail, user).read(["body_html"])
                with self.assertRaises(AccessError):
                    self.as_user(mail.mail_message_id, user).read(["body"])

    # ------------------------------------------------------------------
    # Which link is good
    # ------------------------------------------------------------------

    def test_found_by_its_token_and_purpose_only(self):
        self.assertEqual(self.find(), self.link)
        self.assertEqual(self.find(user=self.portal), self.link)
        for token in (
            self.token[:-1],
            self.token + "A",
            self.token.swapcase(),
            self.link.sudo().token_hash,
            "",
            "x" * 60_000,
            "\x00\ud800é",
            self.token + "\x00",
        ):
            with self.subTest(token=token[:50]):
                self.assertFalse(self.find(token))
        for purpose in ("scope", "kept", "feedback"):
            self.assertFalse(self.find(purposes=(purpose,)))

    def test_a_wrong_token_costs_one_query(self):
        links = self.links()
        links._service_find(("move",), "warm")
        with self.assertQueryCount(1):
            self.assertFalse(links._service_find(("move",), "wrong"))

    def test_expires_to_the_second(self):
        expiry = self.link.date_expiry
        self.assertEqual(expiry, self.promise.date_due_asked)  # later it is no use
        with self.at(expiry):
            self.assertTrue(self.find())
        self.now = self.after(hours=30, seconds=1)
        self.assertFalse(self.find())
        self.assertEqual(self.decide(self.token, "yes"), "gone")
        self.assertFalse(self.link.decision)

    def test_expires_after_the_companys_days(self):
        self.company.service_link_days = 2
        token = self.ask_move(self.promise, days=10)
        with self.at(self.after(days=2)):
            self.assertTrue(self.find(token))
        with self.at(self.after(days=2, seconds=1)):
            self.assertFalse(self.find(token))

    def test_a_new_version_kills_the_old_link(self):
        token = self.ask_move(self.promise, hours=40)
        self.assertFalse(self.find())
        self.assertEqual(self.decide(self.token, "yes"), "gone")
        self.assertTrue(self.find(token))
        self.as_user(self.promise, self.agent).action_move(
            str(self.after(hours=1)), "Earlier after all"
        )
        self.assertFalse(self.find(token))

    def test_a_typo_mended_kills_the_link(self):
        promise = self.make_promise(
            self.ticket, tell=False, date_due=self.after(hours=4)
        )
        token = self.ask_move(promise, hours=30)
        self.assertTrue(self.find(token))
        self.as_user(promise, self.agent).action_fix_typo("We repair it today")
        self.assertFalse(self.find(token))

    def test_a_settled_promise_is_not_asked_about(self):
        self.close(self.ticket)
        self.assertFalse(self.find())
        self.assertEqual(self.decide(self.token, "yes"), "gone")
        self.assertOutcome(self.promise, "kept")

    def test_what_it_was_about_is_gone(self):
        self.assertTrue(self.find())
        # SQL: nobody can delete a promise
        self.env.cr.execute(
            "DELETE FROM service_promise WHERE id = %s", self.promise.ids
        )
        self.env.invalidate_all()
        self.assertFalse(self.find())

    def test_text_that_was_tampered_with(self):
        """The hash binds the text: changed in the database, the link is dead."""
        link = self.link._service_unseal()
        link.content = [["Promised for", "something else"]]
        self.assertFalse(self.find())

    def test_without_address_nothing_is_asked(self):
        promise = self.make_promise(self.ticket, tell=False)
        promise._service_unseal().partner_email = False
        self.customer.email = False
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.ask_move(promise, hours=30)
        self.assertFalse(promise.date_due_asked)

    # ------------------------------------------------------------------
    # Who decides
    # ------------------------------------------------------------------

    def test_internal_users_neither_see_nor_decide(self):
        root = self.env.ref("base.user_root")
        for user in (self.agent, self.manager, self.admin, self.nobody, root):
            with self.subTest(user=user.login):
                self.assertFalse(self.find(user=user))
                with self.assertRaises(AccessError):
                    self.decide(self.token, "yes", user=user)
        self.assertFalse(self.link.decision)

    def test_a_logged_in_stranger_is_not_the_recipient(self):
        self.portal.partner_id = self.stranger
        self.assertFalse(self.find(user=self.portal))
        self.assertEqual(self.decide(self.token, "yes", user=self.portal), "gone")
        self.assertFalse(self.link.decision)

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def test_the_first_decision_wins(self):
        self.assertEqual(
            self.decide(self.token, "yes", name=" Petra ", comment="Fine"), "done"
        )
        self.assertEqual(self.link.decision, "yes")
        self.assertEqual(self.link.date_decided, self.now)
        self.assertEqual(self.link.decided_by, "Petra")
        facts, queue = self.facts_of(self.link), self.mails()
        self.wait(minutes=5)
        self.assertEqual(self.decide(self.token, "yes", name="Other"), "repeated")
        self.assertEqual(self.decide(self.token, "no"), "refused")
        self.assertEqual(self.facts_of(self.link), facts)
        self.assertEqual(self.mails(), queue)

    def test_only_a_button_of_the_page_decides(self):
        for value in ("", "maybe", "ask", "YES", None):
            self.assertEqual(self.decide(self.token, value), "stale")
        self.assertFalse(self.link.decision)

    def test_the_nonce_is_of_this_page(self):
        other = self.make_promise(self.make_ticket(), date_due=self.after(hours=4))
        other_token = self.ask_move(other, hours=30)
        foreign = self.links()._service_find(("move",), other_token)._service_nonce()
        mine = self.find()._service_nonce()
        stamp, signature = mine.split("-")
        for nonce in (
            "",
            "-",
            foreign,
            signature,
            f"{int(stamp) + 1}-{signature}",
            f"{stamp}-{signature[:-1]}",
            f"{'9' * 5000}-{signature}",
            "١٢-x",
            "\x00",
        ):
            with self.subTest(nonce=nonce[:60]):
                self.assertEqual(self.decide(self.token, "yes", nonce=nonce), "stale")
        self.assertEqual(self.decide(self.token, "yes", nonce=mine), "done")

    def test_the_nonce_ages(self):
        nonce = self.find()._service_nonce()
        self.now = self.after(hours=12, seconds=1)
        self.assertEqual(self.decide(self.token, "yes", nonce=nonce), "stale")
        self.now = self.after(seconds=-1)
        self.assertEqual(self.decide(self.token, "yes", nonce=nonce), "done")

    def test_texts_that_cannot_be(self):
        for vals in (
            {"comment": "x" * 10_001},
            {"comment": "\x00"},
            {"name": "\x1b[31m"},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.decide(self.token, "yes", **vals)
        self.assertFalse(self.link.decision)
        self.decide(self.token, "yes", name="N" * 500)
        self.assertEqual(len(self.link.decided_by), 100)

    def test_receipt_with_text_time_and_name(self):
        self.decide(self.token, "no", name="Petra", comment="I need it on Monday")
        receipt = self.mails()[-1]
        for text in (
            "We repair it",
            "The part comes later",
            "Petra",
            "I need it on Monday",
            "America/New_York",
            "the old date stays",
        ):
            self.assertIn(text, receipt.body_html)
        self.assertNotIn("/service_quality/", receipt.body_html)


@tagged("post_install", "-at_install")
class TestMoveByLink(LinkCase):
    """A later date, with the customer's own word."""

    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()
        self.promise = self.make_promise(self.ticket, date_due=self.after(hours=4))
        self.token = self.ask_move(self.promise, hours=30)
        self.asked = self.promise.date_due_asked

    def test_yes_in_the_last_second_moves(self):
        self.wait(hours=4)
        self.decide(self.token, "yes", name="Petra")
        self.assertOutcome(self.promise, "moved")
        self.assertEqual(self.promise.successor_id.date_due, self.asked)
        events = self.raw_events(self.promise).filtered(lambda e: e.kind == "moved")
        self.assertEqual(len(events), 1)
        self.assertIn("Petra", events.note)
        self.assertEqual(events.create_uid, self.public)

    def test_yes_after_due_moves_nothing_away(self):
        self.wait(hours=4, seconds=1)
        self.decide(self.token, "yes")
        self.assertOutcome(self.promise, None)
        self.assertEqual(self.promise.state, "overdue")
        self.assertEqual(self.promise.successor_id.date_due, self.asked)

    def test_no_keeps_the_old_date(self):
        due = self.promise.date_due
        self.decide(self.token, "no")
        self.assertFalse(self.promise.date_due_asked)
        self.assertEqual(self.promise.date_due, due)
        self.assertIn("move_declined", self.events_of(self.promise))

    def test_the_chatter_knows_without_the_link(self):
        self.decide(self.token, "yes")
        bodies = " ".join(self.ticket.message_ids.mapped("body"))
        self.assertIn("The customer agreed to the new date.", bodies)
        self.assertIn("The part comes later", bodies)
        self.assertNotIn(self.token, bodies)
        self.assertNotIn("/service_quality/", bodies)

    def test_a_question_decides_nothing(self):
        links = self.links()
        nonce = links._service_find(("move",), self.token)._service_nonce()
        args = (("move",), self.token, nonce)
        self.assertEqual(links._service_ask(*args, "Why?")[1], "done")
        self.assertEqual(links._service_ask(*args, "Why?")[1], "repeated")
        self.sync()
        message = self.ticket.message_ids.sorted("id")[-1]
        self.assertEqual(message.author_id, self.customer)
        self.assertIn("Why?", message.body)
        self.assertIn(self.agent.partner_id, message.notified_partner_ids)
        self.assertEqual(self.promise.date_due_asked, self.asked)
        for number in range(9):
            links._service_ask(*args, f"And {number}?")
        self.assertEqual(links._service_ask(*args, "One more?")[1], "refused")
        self.assertEqual(self.decide(self.token, "yes"), "done")
        self.assertEqual(links._service_ask(*args, "Late?")[1], "refused")
