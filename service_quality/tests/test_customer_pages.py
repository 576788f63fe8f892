import logging
from unittest.mock import patch

from odoo.tests import tagged

from ..models.service_link_decision import MAX_QUESTIONS
from .common_link import LinkHttpCase

METHODS = ("GET", "HEAD", "OPTIONS")


@tagged("post_install", "-at_install")
class TestConfirmPage(LinkHttpCase):
    """The page behind the link, as people and robots open it."""

    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()
        self.promise = self.make_promise(self.ticket, date_due=self.after(hours=4))
        self.token = self.ask_move(self.promise, hours=30)
        self.link = self.env["service.link"].search([], limit=1)

    def assertHeaders(self, response):
        headers = response.headers
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertIn("noindex", headers["X-Robots-Tag"])
        self.assertEqual(headers["X-Frame-Options"], "DENY")
        self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"])
        self.assertNotIn("Set-Cookie", headers)

    def test_what_the_page_shows(self):
        response = self.get(self.token)
        self.assertEqual(response.status_code, 200)
        self.assertHeaders(response)
        page = response.text
        for text in (
            '<html lang="en-US"',
            "We repair it",
            "The part comes later",
            "Quality Test Ltd",
            "Your contact: Sq",
            "May we move this to a new date?",
        ):
            self.assertIn(text, page)
        self.assertNotIn("<script", page)
        for secret in (
            self.agent.email,
            self.agent.name,
            self.customer.name,
            self.customer.email,
            "It blinks",
        ):
            self.assertNotIn(secret, page)

    def test_yes_and_the_receipt(self):
        response = self.post(self.token, decision="yes", name="Petra")
        self.assertEqual(response.status_code, 200)
        self.assertHeaders(response)
        for text in ("You agreed to the new date.", "Petra", "The part comes later"):
            self.assertIn(text, response.text)
        self.assertOutcome(self.promise, "moved")
        receipt = self.get(self.token)
        self.assertEqual(receipt.status_code, 200)
        self.assertIn("You agreed to the new date.", receipt.text)
        self.assertNotIn("<button", receipt.text)

    def test_replay_and_another_value(self):
        nonce = self.NONCE.findall(self.get(self.token).text)[0]
        self.post(self.token, decision="no", nonce=nonce)
        facts = self.facts_of(self.link)
        again = self.post(self.token, decision="no", nonce=nonce)
        self.assertEqual(again.status_code, 200)
        other = self.post(self.token, decision="yes", nonce=nonce)
        self.assertEqual(other.status_code, 409)
        self.assertIn("decided already", other.text)
        self.assertEqual(self.facts_of(self.link), facts)

    def test_robots_that_post(self):
        for form in (
            {},
            {"decision": "yes"},
            {"decision": "yes", "nonce": ""},
            {"decision": "yes", "nonce": "1-\x00"},
            {"decision": "yes\x00"},
            # a script that submits the form presses no button
            {"nonce": self.NONCE.findall(self.get(self.token).text)[0], "name": "x"},
        ):
            with self.subTest(form=form):
                response = self.post(self.token, **{"nonce": "", **form})
                self.assertEqual(response.status_code, 400)
        self.assertFalse(self.link.decision)

    def test_every_bad_token_gets_the_same_page(self):
        self.env["service.link"]._service_unseal().search([]).write(
            {"purpose": "feedback"}
        )
        other_purpose = self.token
        self.token = self.ask_move(self.promise, hours=31)
        wrong = self.get("wrong")
        self.assertEqual(wrong.status_code, 404)
        self.assertHeaders(wrong)
        for token in (
            self.token[:-1],
            f"{self.token}/",
            f"{self.token}/x",
            "a" * 43,
            "%00",
            "%ff%fe",
            "%F0%9F%92%A9",
            "..%2f..%2fetc",
            "'; DROP TABLE service_link; --",
            "{{7*7}}",
            "x" * 4000,
            other_purpose,
        ):
            for answer in (self.get(token), self.post(token, nonce="", decision="yes")):
                with self.subTest(token=token[:60]):
                    self.assertEqual(answer.status_code, 404)
                    self.assertEqual(answer.text, wrong.text)
        # a line break is no part of any of our addresses
        self.assertEqual(self.get("%0d%0aSet-Cookie:x").status_code, 404)
        self.assertEqual(self.get(self.token).status_code, 200)

    def test_an_agent_with_the_customers_link(self):
        for user in (self.agent, self.manager):
            self.authenticate(user.login, user.login)
            response = self.get(self.token)
            self.assertEqual(response.status_code, 403)
            self.assertNotIn("We repair it", response.text)
            self.assertEqual(response.text, self.get("wrong").text)
            response = self.post(self.token, nonce="", decision="yes")
            self.assertEqual(response.status_code, 403)
        self.assertFalse(self.link.decision)

    def test_the_customer_may_be_logged_in(self):
        self.authenticate(self.portal.login, self.portal.login)
        self.assertEqual(self.post(self.token, decision="yes").status_code, 200)
        self.assertEqual(self.link.decision, "yes")

    def test_opening_writes_nothing(self):
        """GET, HEAD and OPTIONS many times: not one statement that writes."""
        statements = []
        cursor = type(self.env.cr)
        execute = cursor.execute

        def spy(cr, query, *args, **kwargs):
            statements.append(str(getattr(query, "code", query)))
            return execute(cr, query, *args, **kwargs)

        with patch.object(cursor, "execute", spy):
            for _round in range(3):
                for method in METHODS:
                    status = self.get(self.token, method).status_code
                    self.assertIn(status, (200, 204))
                    self.get("wrong", method)
        self.assertTrue(statements)
        for statement in statements:
            self.assertNotRegex(statement, r"(?i)\b(INSERT|UPDATE|DELETE)\b(?! OF)")

    def test_bad_input_is_said(self):
        response = self.post(self.token, decision="yes", comment="\x01")
        self.assertEqual(response.status_code, 400)
        self.assertIn("control characters", response.text)
        response = self.post(self.token, decision="ask", question="  ")
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.link.decision)

    def test_a_question_by_the_page(self):
        response = self.post(self.token, decision="ask", question="Why <b>so</b> late?")
        self.assertEqual(response.status_code, 200)
        self.assertIn("on its way", response.text)
        self.assertIn("Yes, the new date is fine", response.text)
        body = self.ticket.message_ids.sorted("id")[-1].body
        self.assertIn("Why &lt;b&gt;so", body)

    def test_a_question_that_is_too_old_is_not_lost(self):
        """A page left open for long: the text stands there again, to be sent."""
        response = self.post(
            self.token, nonce="", decision="ask", question="Why <b>so</b> late?"
        )
        self.assertEqual(response.status_code, 400)
        self.assertIn("press the button once more", response.text)
        self.assertIn("Why &lt;b&gt;so&lt;/b&gt; late?", response.text)
        self.assertFalse(self.link.question)

    def test_the_servers_log_does_not_know_the_token(self):
        """Whoever reads the access log must not be able to answer for a customer."""
        feedback = f"/service_quality/feedback/{self.token}?satisfaction=100%25"
        with self.assertLogs("werkzeug", logging.INFO) as logs:
            self.get(self.token)
            self.post(self.token, nonce="", decision="yes")
            logger = logging.getLogger("werkzeug")
            logger.info('%s - "GET %s" %s', "127.0.0.1", feedback, 200)
            logger.info("GET %s %s%%", "/web/login", 5)
        text = "\n".join(record.getMessage() for record in logs.records)
        self.assertNotIn(self.token, text)
        self.assertEqual(text.count("/service_quality/confirm/***"), 2)
        self.assertIn(
            '"GET /service_quality/feedback/***?satisfaction=100%25" 200', text
        )
        self.assertIn("GET /web/login 5%", text)

    def test_more_questions_than_anybody_has(self):
        for number in range(MAX_QUESTIONS):
            response = self.post(self.token, decision="ask", question=f"Why {number}?")
            self.assertEqual(response.status_code, 200)
        messages = self.ticket.message_ids
        response = self.post(self.token, decision="ask", question="And why?")
        self.assertEqual(response.status_code, 409)
        self.assertIn("No more questions can be asked here.", response.text)
        self.assertEqual(self.ticket.message_ids, messages)
        # he can still decide
        self.assertEqual(self.post(self.token, decision="yes").status_code, 200)
        self.assertEqual(self.link.decision, "yes")

    def test_in_the_recipients_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        token = self.ask_move(self.promise, hours=32)
        page = self.get(token, headers={"Accept-Language": "en"}).text
        self.assertIn('<html lang="fr-FR"', page)
        gone = self.get("wrong", headers={"Accept-Language": "fr-CA, fr;q=0.8"}).text
        self.assertIn('<html lang="fr-FR"', gone)
