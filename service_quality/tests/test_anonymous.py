from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_quick_feedback import NONCE, QuickCase

#: What says who the customer is or what it was about.
TELLING = ("partner_id", "email", "recipient", "partner_name", "nickname", "res_name")
MOMENTS = ("create_date", "write_date", "date_answered", "date_sent", "date_expiry")


@tagged("post_install", "-at_install")
class TestAnonymous(QuickCase):
    """Whoever reads every table finds no way from an answer to its customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survey.service_is_anonymous = True

    def setUp(self):
        super().setUp()
        # What was asked, and what the answer will belong to.
        self.envelope = self.env["service.invitation"].search(
            [("is_envelope", "=", True)], order="id desc", limit=1
        )

    def answers(self):
        self.env.invalidate_all()
        return self.env["service.feedback"].search(
            [("invitation_id", "=", self.envelope.id)]
        )

    def link(self):
        return (
            self.env["service.link"]
            ._service_unseal()
            .search(
                [
                    ("res_model", "=", "service.invitation"),
                    ("res_id", "=", self.envelope.id),
                ]
            )
        )

    def assertNameless(self, records, moments=MOMENTS):
        """No person, no document, no moment finer than a day."""
        self.assertTrue(records)
        words = (
            self.customer.email,
            self.customer.name,
            self.ticket.display_name,
            self.customer_company.name,
        )
        for row in self.facts_of(records):
            for name in TELLING:
                if name == "email" and records._name == "service.link":
                    continue  # the constant, see the words below
                self.assertFalse(row.get(name), (records._name, name))
            for word in words:
                self.assertNotIn(word, str(row), records._name)
            if "res_id" in row and row["res_model"] == self.ticket._name:
                self.assertEqual(row["res_id"], 0)
            for name in moments:
                if row.get(name):
                    moment = row[name]
                    self.assertEqual(
                        (moment.hour, moment.minute, moment.second, moment.microsecond),
                        (0, 0, 0, 0),
                        (records._name, name),
                    )

    def assertNoPath(self, feedback):
        """Nothing joins the rows of the answer with the one row of the customer."""
        answer = self.envelope.user_input_id
        self.assertNameless(feedback)
        # When they were answered is no secret, when they were sent is.
        for records in (self.envelope, self.link(), answer):
            self.assertNameless(records, ("create_date", "date_sent"))
        (row,) = self.facts_of(self.invitation)
        self.assertEqual(row["partner_id"], self.customer.id)
        self.assertFalse(row["user_input_id"] or row["is_answered"])
        for name in ("service.feedback", "survey.user_input", "service.link"):
            for field in self.env[name]._fields.values():
                if field.store and field.comodel_name == "service.invitation":
                    domain = [(field.name, "=", self.invitation.id)]
                    found = self.env[name].sudo().search(domain)
                    self.assertFalse(found, (name, field.name))
        self.assertFalse(self.raw_events(feedback) + self.raw_events(self.envelope))

    def test_what_is_sent(self):
        """The mail goes to the customer; two rows, and nothing joins them."""
        mail = self.survey_mails()
        self.assertEqual(mail.email_to, self.customer.email)
        self.assertIn("anonymous", mail.body_html)
        self.assertIn(self.ticket.display_name, mail.subject)
        self.assertEqual(self.invitations(), self.invitation)
        self.assertEqual(
            (self.invitation.state, self.invitation.is_anonymous), ("sent", True)
        )
        for records in (self.envelope, self.link(), self.envelope.user_input_id):
            self.assertNameless(records)
        self.assertFalse(
            self.invitation.user_input_id
            or self.raw_events(self.envelope)
            or self.envelope.user_input_id.message_ids
        )

    def test_quick_answer(self):
        response = self.send(satisfaction="0", recommend="3", comment="Awful")
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("change my answer", response.text)
        feedback = self.answers()
        self.assertEqual(
            (feedback.satisfaction, feedback.employee_id, feedback.department_id),
            (0, self.employee, self.department),
        )
        self.assertEqual(feedback.company_id, self.company)
        self.assertEqual(feedback.date_answered, self.now.replace(hour=0))
        self.assertNoPath(feedback)
        self.assertFalse(self.feedback(), "the document knows its answer")
        self.assertFalse(self.invitation.is_answered)
        # Nobody could be called: no recovery.
        self.assertFalse(
            self.env["service.recovery"].search([("feedback_id", "=", feedback.id)])
        )

    def test_once_and_for_all(self):
        nonce = NONCE.search(self.open_page().text)[1]
        self.send(nonce=nonce, satisfaction="0")
        second = self.send(nonce=nonce, satisfaction="100")
        self.assertEqual(second.status_code, 409)
        self.assertEqual(self.answers().mapped("satisfaction"), [0])

    def test_survey_after_the_page(self):
        self.send(satisfaction="25")
        answer = self.envelope.user_input_id
        url = f"/survey/%s/{self.survey.access_token}/{answer.access_token}"
        self.url_open(url % "begin", json={"params": {"lang_code": "en_US"}})
        values = {str(self.questions["service_quality"].id): "1"}
        values[str(self.questions["satisfaction"].id)] = "10"
        params = {**values, "token": answer.access_token}
        self.url_open(url % "submit", json={"params": params})
        feedback = self.answers()
        self.assertEqual((len(feedback), feedback.satisfaction), (1, 25))
        self.assertTrue(feedback.has_service_quality)
        self.assertFalse(answer.partner_id or answer.email or answer.nickname)
        self.assertNoPath(feedback)

    def test_customer_logged_in(self):
        """A login does not put the name back."""
        self.authenticate(self.portal.login, self.portal.login)
        self.assertEqual(self.send(satisfaction="75").status_code, 200)
        feedback = self.answers()
        self.assertEqual(feedback.satisfaction, 75)
        for records in (self.envelope, self.envelope.user_input_id):
            self.assertFalse(records.partner_id or records.email)

    def test_colleagues_do_not_see_it(self):
        self.send(satisfaction="75")
        for user in (self.agent2, self.nobody, self.portal, self.foreigner):
            for row in (self.answers(), self.envelope):
                with self.subTest(user=user.login, row=row._name):
                    with self.assertRaises(AccessError):
                        self.as_user(row, user).read(["employee_id"])
        self.assertTrue(self.as_user(self.answers(), self.manager).read(["comment"]))

    def test_the_promise_of_the_mail_holds(self):
        """Switching it off afterwards opens nothing."""
        self.survey.service_is_anonymous = False
        self.send(satisfaction="75")
        self.assertNameless(self.answers())

    def test_never_reminded_nor_asked_again(self):
        self.wait(days=5)
        self.run_cron()
        self.assertEqual(len(self.survey_mails()), 1)
        self.wait(days=20)
        self.reopen(self.ticket)
        again = self.close_and_ask()
        self.assertEqual((again.state, again.reason), ("skipped", "fatigue"))

    def test_no_asking_back(self):
        recovery = self.model("service.recovery", self.manager).create(
            {
                "res_model": self.ticket._name,
                "res_id": self.ticket.id,
                "description": "He complained",
            }
        )
        with self.assertRaisesRegex(UserError, "anonymous"):
            recovery.action_check_back()

    def test_figures_count_once(self):
        self.send(satisfaction="75")
        day = fields.Date.to_string(self.now.date())
        data = self.model("service.feedback.analysis", self.manager).get_data(
            {
                "date_from": day,
                "date_to": day,
                "company_ids": self.company.ids,
            }
        )
        response = data["response"]
        self.assertEqual((response["asked"], response["answered"]), (1, 1))
        self.assertEqual((response["done"], response["not_sent"]), (1, 0))
        self.assertEqual(
            response["asked_late"] + response["asked_punctual"], 0, "who is not known"
        )
        (person,) = data["people"]
        self.assertEqual((person["count"], person["csat"]), (1, None))
