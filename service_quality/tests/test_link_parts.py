import base64
from datetime import timedelta

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..models.service_link import NOBODY
from .common_link import LinkCase

OWN = "private@agent.example"


class IssueCase(LinkCase):
    """Links that are issued without their mail, to look at what each part does."""

    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()
        self.promise = self.make_promise(self.ticket, date_due=self.after(hours=4))
        self.issuing = self.env["service.link"]

    def issue(
        self, record=None, purpose="kept", content=(("Promised", "Soon"),), **vals
    ):
        """Issue a link; return it and its token."""
        vals = {"company": self.company, "partner": self.customer, **vals}
        record = self.promise if record is None else record
        return self.issuing._service_issue(purpose, record, content, **vals)

    def link(self, *args, **vals):
        return self.issue(*args, **vals)[0]


@tagged("post_install", "-at_install")
class TestLinkIssued(IssueCase):
    """What a link says of itself, how long it lives, and what kills it."""

    def test_all_it_knows(self):
        self.customer.lang = "ru_RU"
        link, token = self.issue(
            lang="hu_HU", contact=self.employee, record_version=7, email=f"P <{OWN}>"
        )
        self.assertRecordValues(
            link,
            [
                {
                    "purpose": "kept",
                    "res_model": "service.promise",
                    "res_id": self.promise.id,
                    "record_version": 7,
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "partner_name": self.customer.name,
                    "email": OWN,
                    "lang": "hu_HU",
                    "contact_name": self.employee.name.split()[0],
                    "date_expiry": self.now + timedelta(days=30),
                    "date_revoked": False,
                    "decision": False,
                    "comment": False,
                    "question_count": 0,
                }
            ],
        )
        self.assertEqual(link.content, [["Promised", "Soon"]])
        self.assertEqual(len(base64.urlsafe_b64decode(f"{token}=")), 32)

    def test_what_it_takes_from_the_recipient(self):
        self.customer.lang = "hu_HU"
        link = self.link()
        self.assertEqual((link.lang, link.email), ("hu_HU", self.customer.email))
        self.assertEqual((link.record_version, link.contact_name), (0, False))
        nobody = self.link(partner=None, email=OWN)
        self.assertFalse(nobody.partner_id or nobody.partner_name)
        self.assertEqual(nobody.lang, self.env.lang or "en_US")
        with self.assertRaises(UserError):
            self.issue(partner=None)
        with self.assertRaises(ValueError):
            self.issue(self.promise + self.make_promise(self.ticket, kind="callback"))

    def test_a_language_that_is_off(self):
        for code, mine, expected in (
            ("hu_HU", "ru_RU", "hu_HU"),
            ("de_DE", "ru_RU", "ru_RU"),
            (None, "ru_RU", "ru_RU"),
            (None, None, "en_US"),
        ):
            links = self.issuing.with_context(lang=mine)
            self.assertEqual(links._service_lang(code), expected)

    def test_how_long_it_lives(self):
        for until, expected in (
            (None, timedelta(days=30)),
            (timedelta(days=40), timedelta(days=30)),
            (timedelta(hours=1), timedelta(hours=1)),
        ):
            link = self.link(until=until and self.now + until)
            self.assertEqual(link.date_expiry, self.now + expected)

    def test_its_address(self):
        base = self.issuing.get_base_url()
        for purpose, page in (("kept", "confirm"), ("feedback", "feedback")):
            url = self.link(purpose=purpose)._service_url("T")
            self.assertEqual(url, f"{base}/service_quality/{page}/T")

    def others(self):
        """Issue links that differ from those about the promise in one thing each."""
        links = {
            "purpose": self.link(purpose="move"),
            "row": self.link(self.make_promise(self.ticket, kind="callback")),
            "model": self.link(self.env["res.partner"].browse(self.promise.id)),
        }
        return links, sum(links.values(), self.issuing)

    def test_a_new_one_kills_those_that_asked_the_same(self):
        links, others = self.others()
        first, second = self.link(), self.link(revoke=False)
        decided = self.link(revoke=False)
        decided._service_unseal().write(
            {"decision": "kept", "date_decided": self.now, "decided_by": "Petra"}
        )
        self.assertFalse((first + second).filtered("date_revoked"))
        moment = self.now
        third = self.link()
        self.wait(minutes=1)
        fourth = self.link()
        self.assertEqual(set((first + second).mapped("date_revoked")), {moment})
        self.assertEqual(third.date_revoked, self.now)
        self.assertFalse((fourth + decided + others).filtered("date_revoked"))

    def test_which_ask_the_same(self):
        _links, others = self.others()
        link = self.link(record_version=3)
        same = self.link(record_version=3, revoke=False)
        others += self.link(record_version=4, revoke=False)
        decided = self.link(record_version=3, revoke=False)
        decided._service_unseal().write(
            {"decision": "kept", "date_decided": self.now, "decided_by": "Petra"}
        )
        revoked = self.link(record_version=3, revoke=False)
        revoked._service_unseal().date_revoked = self.now
        self.assertEqual(link._service_siblings(), same)
        self.assertEqual(same._service_siblings(), link)

    def test_for_whom_it_is(self):
        link = self.link(email=OWN)
        anonymous = self.link(email=NOBODY, partner=None)
        other = new_test_user(
            self.env, "sq_other", "base.group_portal", email="other@else.example"
        )

        def is_for(link, user):
            return link.with_user(user).sudo()._service_is_for()

        for user, expected in (
            (self.public, True),
            (self.portal, True),
            (other, False),
            (self.agent, False),
            (self.env.ref("base.user_root"), False),
        ):
            with self.subTest(user=user.login):
                self.assertIs(is_for(link, user), expected)
        self.assertTrue(is_for(anonymous, other))
        self.assertFalse(is_for(anonymous, self.agent))
        other.partner_id.email = f"Other <{OWN.upper()}>"
        self.assertTrue(is_for(link, other))

    def test_a_model_that_is_gone(self):
        link = self.link()
        self.assertEqual(link._service_record(), self.promise)
        # SQL: an addon that was uninstalled
        self.env.cr.execute(
            "UPDATE service_link SET res_model = 'x_gone' WHERE id = %s", link.ids
        )
        link.invalidate_recordset()
        self.assertFalse(link._service_record())
        self.assertIs(link._service_is_valid(), False)


@tagged("post_install", "-at_install")
class TestLinkAnswered(IssueCase):
    """The page's proof, the customer's decision and his questions, exactly once."""

    def setUp(self):
        super().setUp()
        self.token = self.ask_move(self.promise, hours=30)
        self.found = self.links()._service_find(("move",), self.token)
        self.nonce = self.found._service_nonce()

    def ask(self, text, token=None, purposes=("move",)):
        token = token or self.token
        return self.links()._service_ask(purposes, token, self.nonce, text)

    def test_when_a_nonce_is_good(self):
        link = self.found
        stamp, _dash, signature = self.nonce.partition("-")
        self.assertTrue(link._service_check_nonce(self.nonce))
        later = int(stamp) + 1
        for nonce in (
            None,
            f"{later}-{link._service_sign(later)}",
            f"{stamp}-{signature}\ud800",
            f"{stamp}{signature}",
            f"x-{signature}",
            f"{'0' * 5000}{stamp}-{signature}",
        ):
            with self.subTest(nonce=str(nonce)[:40]):
                self.assertIs(link._service_check_nonce(nonce), False)
        for seconds, good in ((12 * 3600, True), (12 * 3600 + 1, False)):
            with self.at(self.after(seconds=seconds)):
                self.assertIs(link._service_check_nonce(self.nonce), good)

    def test_decided_stays_to_be_seen(self):
        self.assertEqual(self.decide(self.token, "no"), "done")
        link = self.found
        self.assertFalse(self.promise._service_link_is_current(link))
        self.assertTrue(link._service_is_valid())
        self.assertEqual(link.decided_by, self.customer.name)
        self.assertIs(link.comment, False)
        self.assertEqual(self.decide(self.token, "no"), "repeated")

    def test_who_decided_when_nobody_says(self):
        self.found.sudo()._service_unseal().partner_name = False
        self.assertEqual(self.decide(self.token, "yes", comment="Well"), "done")
        self.assertEqual(self.found.decided_by, self.found.email)
        self.assertEqual(self.found.comment, "Well")

    def test_a_reminder_is_decided_with_it(self):
        page = self.found.sudo()
        reminder, token = self.issue(
            purpose="move",
            content=page.content,
            record_version=page.record_version,
            revoke=False,
        )
        self.assertEqual(self.decide(token, "no", name="Petra"), "done")
        for link in (page, reminder):
            self.assertEqual((link.decision, link.decided_by), ("no", "Petra"))
            self.assertEqual(link.date_decided, self.now)
        self.assertEqual(self.decide(self.token, "yes"), "refused")

    def test_ten_questions_and_no_more(self):
        for number in range(10):
            self.assertEqual(self.ask(f"Question {number}?")[1], "done")
            self.assertEqual(self.found.sudo().question_count, number + 1)
        self.assertEqual(self.found.sudo().question, "Question 9?")
        self.assertEqual(self.ask("Question 9?")[1], "repeated")
        self.assertEqual(self.ask("Eleventh?"), (self.found, "refused"))
        self.assertEqual(self.found.sudo().question_count, 10)

    def test_questions_that_are_none(self):
        with self.assertRaises(ValidationError):
            self.ask("  ")
        link, result = self.ask("Why?", token="wrong")
        self.assertEqual((link, result), (self.issuing, "gone"))
        with self.at(self.after(hours=13)):
            self.assertEqual(self.ask("Why?"), (self.found, "stale"))
        self.assertEqual(self.found.sudo().question_count, 0)
        self.decide(self.token, "no")
        self.assertEqual(self.ask("Why?"), (self.found, "refused"))

    def test_a_page_without_questions(self):
        self.as_user(self.promise, self.agent).action_move(
            str(self.after(hours=1)), "Earlier after all"
        )
        self.patch(
            type(self.promise), "_service_link_is_current", lambda row, link: True
        )
        _link, token = self.issue(purpose="kept")
        found = self.links()._service_find(("kept",), token)
        self.nonce = found._service_nonce()
        self.assertEqual(
            self.ask("Why?", token=token, purposes=("kept",)), (found, "refused")
        )
        self.assertFalse(found.sudo().question)

    def lockers(self, *records):
        """Return {(model, id): number of the transaction that locked the row last}."""
        result = {}
        for rows in records:
            self.env.cr.execute(
                f"SELECT id, xmax::text FROM {rows._table} WHERE id = ANY(%s)",
                [rows.ids],
            )
            for res_id, number in self.env.cr.fetchall():
                result[rows._name, res_id] = number
        return result

    def test_what_an_answer_locks(self):
        """The row and all links about it, and nothing else: others can answer."""
        other_row = self.make_promise(self.ticket, kind="callback")
        reminder = self.link(purpose="move", record_version=1, revoke=False)
        strangers = self.link(other_row) + self.link(
            self.env["res.partner"].browse(self.promise.id)
        )
        self.env.flush_all()
        rows = (self.promise + other_row, self.found.sudo() + reminder + strangers)
        before = self.lockers(*rows)
        # a transaction in this one has a number of its own
        with self.env.cr.savepoint():
            result = self.links()._service_lock_for(("move",), self.token, self.nonce)
            after = self.lockers(*rows)
        self.assertEqual(result, (self.found, self.promise, None))
        self.assertEqual(
            {row for row, number in after.items() if number != before[row]},
            {
                ("service.promise", self.promise.id),
                ("service.link", self.found.id),
                ("service.link", reminder.id),
            },
        )

    def test_what_others_did_while_it_waited(self):
        """It looks again when it has the lock."""
        promises = type(self.promise)
        lock = promises._service_link_lock

        def wait(row):
            # SQL: another transaction, which had the lock before
            row.env.cr.execute(
                "UPDATE service_link SET date_revoked = %s WHERE id = %s",
                [self.now, self.found.id],
            )
            return lock(row)

        self.patch(promises, "_service_link_lock", wait)
        self.assertEqual(self.decide(self.token, "yes"), "gone")
        self.assertEqual(self.ask("Why?"), (self.issuing, "gone"))


@tagged("post_install", "-at_install")
class TestLinkAddressed(IssueCase):
    """Which addresses are ours, and what proves whose one is."""

    def test_ours(self):
        self.agent.write(
            {"email": "Agent@Work.example", "login": "agent@login.example"}
        )
        # not the agent's: his user's address would follow
        self.employee2.work_email = "w@work.example"
        self.company.email = "Us <us@work.example>"
        ours = {
            "agent@work.example",
            "agent@login.example",
            "w@work.example",
            "us@work.example",
        }
        theirs = {self.portal.email_normalized, "work.example", "ent@work.example"}
        for email in ours:
            self.assertEqual(self.issuing._service_ours([email]), {email})
            with self.assertRaises(UserError):
                self.issuing._service_address(email.upper())
        for email in theirs:
            self.assertEqual(self.issuing._service_ours([email]), set())
        self.assertEqual(self.issuing._service_ours(ours | theirs), ours)
        self.assertEqual(self.issuing._service_ours(["", False]), set())
        for text in ("", None, "no address"):
            with self.assertRaises(UserError):
                self.issuing._service_address(text)
        self.assertEqual(
            self.issuing._service_address("A <B@C.example>"), "b@c.example"
        )

    def is_verified(self, email, record=None, partner=None):
        record = self.promise if record is None else record
        partner = self.customer if partner is None else partner
        link = self.link(record, email=email, partner=partner)
        return link._service_is_verified(self.ticket, record)

    def card(self, writer, email=OWN, parent=None, **age):
        """Write a card of the customer's family, at that time."""
        card = self.env["res.partner"].create(
            {
                "name": "Card",
                "email": email,
                "parent_id": (parent or self.customer.commercial_partner_id).id,
            }
        )
        # SQL: the stamp is nobody's to write
        self.env.cr.execute(
            "UPDATE res_partner SET service_email_user_id = %s,"
            " service_email_date = %s WHERE id = %s",
            [writer.id, self.now - timedelta(**age), card.id],
        )
        card.invalidate_recordset()
        return card

    def promise_vals(self, source):
        return self.ticket.sudo()._service_promise_vals(
            name="Promised for the agent",
            kind="deadline",
            source=source,
            date_due=self.after(hours=9),
            employee=self.employee,
        )

    def test_whose_cards_prove_nothing(self):
        """Neither his who asks, nor his for whom it is asked."""
        promises = self.env["service.promise"].with_user(self.manager).sudo()
        promise = promises._service_record([self.promise_vals("manual")])
        self.assertEqual(promise.create_uid, self.manager)
        self.assertEqual(promise.employee_id, self.employee)
        for writer, verified in (
            (self.manager, False),
            (self.agent, False),
            (self.agent2, True),
            (self.env.ref("base.user_root"), True),
        ):
            with self.subTest(writer=writer.login):
                card = self.card(writer)
                self.assertIs(self.is_verified(OWN, promise), verified)
                card.unlink()

    def test_the_system_may_have_written_the_card(self):
        """What it promises by a plan, to an address that came by mail."""
        root = self.env.ref("base.user_root")
        promise = (
            self.env["service.promise"]
            .with_user(SUPERUSER_ID)
            ._service_record(
                [
                    self.ticket.sudo()._service_promise_vals(
                        name="By plan",
                        kind="deadline",
                        source="plan",
                        date_due=self.after(hours=9),
                        employee=self.employee,
                    )
                ]
            )
        )
        self.assertEqual(promise.create_uid, root)
        self.card(root)
        self.assertTrue(self.is_verified(OWN, promise))

    def test_which_cards_prove_it(self):
        self.card(self.agent2, email="another@customer.example")
        self.assertFalse(self.is_verified(OWN))
        self.card(self.agent2, parent=self.stranger)
        self.assertFalse(self.is_verified(OWN))
        self.assertFalse(self.is_verified(OWN, partner=self.env["res.partner"]))
        self.card(self.agent, hours=23, minutes=59, seconds=59)
        self.assertFalse(self.is_verified(OWN))
        self.card(self.agent, hours=24)
        self.assertTrue(self.is_verified(OWN))

    def test_which_logins_prove_it(self):
        self.portal.login = OWN
        # SQL: nothing but the login says it, the cards are somebody's of ours
        self.customer.email = OWN
        self.env.cr.execute(
            "UPDATE res_partner SET service_email_user_id = %s, service_email_date = %s"
            " WHERE id = %s",
            [self.agent.id, self.now, self.customer.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.is_verified(OWN))
        self.env["res.users.log"].with_user(self.portal).sudo().create({})
        self.env.invalidate_all()
        self.assertTrue(self.is_verified(OWN))
        self.assertFalse(self.is_verified(OWN, partner=self.stranger))
        self.assertFalse(self.is_verified(OWN, partner=self.env["res.partner"]))
        self.customer.email = "else@customer.example"
        self.env.flush_all()
        self.assertFalse(self.is_verified(OWN), "his address is another one now")

    def test_who_became_one_of_ours(self):
        self.portal.login = self.customer.email = OWN
        self.env["res.users.log"].with_user(self.portal).sudo().create({})
        link = self.link(email=OWN)
        link.partner_id = self.customer
        self.env.cr.execute(
            "UPDATE res_partner SET service_email_user_id = %s, service_email_date = %s"
            " WHERE id = %s",
            [self.agent.id, self.now, self.customer.id],
        )
        self.env.invalidate_all()
        self.assertTrue(link._service_is_verified(self.ticket, self.promise))
        group = self.env.ref("base.group_user")
        self.portal.group_ids = [Command.set(group.ids)]
        self.assertFalse(link._service_is_verified(self.ticket, self.promise))

    def write_mail(self, document, **vals):
        """Receive a message as the gateway does."""
        vals = {"message_type": "email", "email_from": f"New <{OWN}>", **vals}
        message = document.with_user(SUPERUSER_ID).message_post(
            body="Any news?", subtype_xmlid="mail.mt_comment", author_id=False, **vals
        )
        self.sync()
        return message

    def test_which_messages_prove_it(self):
        self.ticket = self.make_ticket(
            partner=self.env["res.partner"], partner_email=OWN, partner_name="New"
        )
        self.promise = self.make_promise(self.ticket, kind="callback", tell=False)
        nobody = self.env["res.partner"]
        self.write_mail(self.make_ticket())
        self.write_mail(self.env["res.partner"].create({"name": "X"}))
        self.write_mail(self.ticket, email_from="other@customer.example")
        self.write_mail(self.ticket, message_type="notification")
        self.assertFalse(self.is_verified(OWN, partner=nobody))
        message = self.write_mail(self.ticket, message_type="comment")
        self.assertTrue(self.is_verified(OWN, partner=nobody))
        message.unlink()
        self.assertFalse(self.is_verified(OWN, partner=nobody))
        self.write_mail(self.ticket)
        self.assertTrue(self.is_verified(OWN, partner=nobody))
