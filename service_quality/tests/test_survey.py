import re
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceHttpCase


class SurveyCase(ServiceHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survey = cls.env.ref("service_quality.survey_service")
        cls.questions = {
            question.service_measure: question for question in cls.survey.question_ids
        }
        cls.plan = cls.make_service_plan()

    @classmethod
    def make_service_plan(cls):
        return cls.env["service.plan"].create(
            {
                "name": "Ask",
                "res_model": "helpdesk.ticket",
                "company_id": cls.company.id,
                "survey_id": cls.survey.id,
                "survey_delay_hours": 2,
            }
        )

    def setUp(self):
        super().setUp()
        # What was sent before, in demo data, is nobody's business here.
        self.mails_before = self.env["mail.mail"].search([])
        self.ticket = self.make_ticket()

    def invitations(self, ticket=None):
        ticket = ticket or self.ticket
        return self.env["service.invitation"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)], order="id"
        )

    def run_cron(self):
        """Let the scheduler run the cron, in a cursor of its own."""
        self.sync()
        with self.enter_registry_test_mode():
            self.env.ref("service_quality.cron_surveys").method_direct_trigger()
        self.env.invalidate_all()

    def new_mails(self):
        return self.env["mail.mail"].search([]) - self.mails_before

    def survey_mails(self):
        return self.new_mails().filtered(lambda mail: "How was it?" in mail.subject)

    def close_and_ask(self, ticket=None):
        """Close a ticket and let the cron send its survey."""
        ticket = ticket or self.ticket
        self.close(ticket)
        self.wait(hours=2)
        self.run_cron()
        return self.invitations(ticket)[-1:]


@tagged("post_install", "-at_install")
class TestInvitation(SurveyCase):
    def test_who_may_choose_the_type_of_survey(self):
        """Survey officers make surveys for us; others are not offered the type."""
        officer = self.make_user("sq_officer", "survey.group_survey_user")
        survey = self.env["survey.survey"].create({"title": "Ours"})
        self.assertIn("service", self.as_user(survey, officer).allowed_survey_types)
        allowed = survey.with_user(self.nobody).sudo().allowed_survey_types or []
        self.assertNotIn("service", allowed)

    def test_closing_plans_an_invitation(self):
        self.close(self.ticket)
        invitation = self.invitations()
        self.assertEqual(
            (invitation.state, invitation.employee_id, invitation.email),
            ("queued", self.employee, self.customer.email),
        )
        self.assertEqual(invitation.date_planned, self.after(hours=2))
        trigger = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("service_quality.cron_surveys").id)]
        )
        self.assertIn(self.after(hours=2), trigger.mapped("call_at"))

    def test_cron_queues_one_mail(self):
        self.close(self.ticket)
        self.run_cron()
        self.assertEqual(self.invitations().state, "queued")
        self.wait(hours=2)
        self.run_cron()
        invitation = self.invitations()
        self.assertEqual((invitation.state, invitation.date_sent), ("sent", self.now))
        mail = self.survey_mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual((mail.state, mail.email_to), ("outgoing", self.customer.email))
        self.assertFalse(mail.recipient_ids)
        self.assertIn(invitation.user_input_id.get_start_url(), mail.body_html)
        self.assertIn(self.ticket.display_name, mail.subject)
        self.run_cron()
        self.assertEqual(len(self.survey_mails()), 1)

    def test_no_link_in_the_chatter(self):
        """Whoever reads the ticket must not be able to answer for the customer."""
        self.close_and_ask()
        for message in self.ticket.message_ids:
            self.assertNotIn("/survey/", message.body)

    def test_not_closed_not_asked(self):
        self.agent_message(self.ticket)
        self.wait(hours=5)
        self.run_cron()
        self.assertFalse(self.invitations() or self.survey_mails())

    def test_created_closed_is_not_asked(self):
        ticket = self.make_ticket(stage_id=self.stage_closed.id)
        self.assertFalse(self.invitations(ticket))

    def assertNotSent(self, reason, ticket=None):
        invitation = self.invitations(ticket)[-1:]
        self.assertEqual((invitation.state, invitation.reason), ("skipped", reason))
        self.assertFalse(invitation.user_input_id)

    def test_no_address(self):
        partner = self.env["res.partner"].create({"name": "No Address"})
        ticket = self.make_ticket(partner=partner, partner_email=False)
        self.close_and_ask(ticket)
        self.assertNotSent("no_email", ticket)
        self.assertFalse(self.survey_mails())

    def test_address_of_our_own(self):
        ticket = self.make_ticket(partner_email=f"Agent <{self.agent.email.upper()}>")
        self.close_and_ask(ticket)
        self.assertNotSent("internal", ticket)

    def test_blacklisted(self):
        self.env["mail.blacklist"].create({"email": self.customer.email.upper()})
        self.close_and_ask()
        self.assertNotSent("blacklisted")

    def test_fatigue(self):
        """One customer, two tickets: one mail in 14 days."""
        second, third = self.make_ticket(), self.make_ticket()
        self.close_and_ask()
        self.close_and_ask(second)
        self.assertNotSent("fatigue", second)
        self.assertEqual(len(self.survey_mails()), 1)
        self.wait(days=14)
        self.assertEqual(self.close_and_ask(third).state, "sent")

    def test_fatigue_in_one_run(self):
        second = self.make_ticket()
        self.close(self.ticket + second)
        self.wait(hours=2)
        self.run_cron()
        states = (self.invitations() + self.invitations(second)).mapped("state")
        self.assertEqual(sorted(states), ["sent", "skipped"])

    def test_fatigue_is_no_pattern(self):
        """An underscore in an address stands for itself."""
        first = self.make_ticket(partner_email="johnXdoe@customer.example")
        second = self.make_ticket(partner_email="john_doe@customer.example")
        self.close_and_ask(first)
        self.assertEqual(self.close_and_ask(second).state, "sent")

    def test_fatigue_of_the_same_address_written_otherwise(self):
        second = self.make_ticket(partner_email="Petra <PETRA@customer.example>")
        self.close_and_ask()
        self.close_and_ask(second)
        self.assertNotSent("fatigue", second)

    def test_reopened(self):
        self.close(self.ticket)
        self.wait(hours=1)
        self.reopen(self.ticket)
        self.wait(hours=1)
        self.run_cron()
        self.assertNotSent("reopened")
        self.assertFalse(self.survey_mails())

    def test_closed_again(self):
        """Each closing plans anew, the older plan dies; one mail in the end."""
        self.close(self.ticket)
        self.reopen(self.ticket)
        self.close_and_ask()
        self.assertEqual(self.invitations().mapped("state"), ["skipped", "sent"])
        self.assertEqual(len(self.survey_mails()), 1)

    def test_deleted_document(self):
        self.close(self.ticket)
        name = self.ticket.display_name
        invitation = self.invitations()
        self.ticket.unlink()
        self.wait(hours=2)
        self.run_cron()
        self.assertEqual((invitation.state, invitation.reason), ("skipped", "gone"))
        self.assertEqual(invitation.res_name, name)

    def test_archived_survey(self):
        self.close(self.ticket)
        self.survey.active = False
        self.wait(hours=2)
        self.run_cron()
        self.assertNotSent("survey")

    def test_one_failure_stops_nothing(self):
        second = self.make_ticket(partner_email="second@customer.example")
        self.close(self.ticket)
        self.wait(minutes=1)
        self.close(second)
        Survey = type(self.env["survey.survey"])
        create_answer = Survey._create_answer

        def fail_first(survey, **vals):
            if vals["email"] == self.customer.email:
                raise ValueError("This one is broken")
            return create_answer(survey, **vals)

        self.wait(hours=2)
        with patch.object(Survey, "_create_answer", fail_first):
            self.run_cron()
        self.assertNotSent("error")
        self.assertEqual(self.invitations(second).state, "sent")

    def test_attribution_is_that_of_the_closing(self):
        self.close(self.ticket)
        self.ticket.user_id = self.agent2
        self.sync()
        self.assertEqual(self.invitations().employee_id, self.employee)

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def test_by_hand(self):
        shown = self.as_user(self.ticket, self.agent).action_service_send_survey()
        self.assertEqual(shown["params"]["type"], "success")
        invitation = self.invitations()
        self.assertTrue(invitation.is_manual)
        self.assertEqual(invitation.state, "sent")
        self.assertEqual(len(self.survey_mails()), 1)

    def test_by_hand_respects_the_blacklist(self):
        self.env["mail.blacklist"].create({"email": self.customer.email})
        shown = self.as_user(self.ticket, self.agent).action_service_send_survey()
        self.assertEqual(shown["params"]["type"], "warning")
        self.assertNotSent("blacklisted")

    def test_by_hand_who_may(self):
        for user in (
            self.agent2,
            self.nobody,
            self.portal,
            self.leader,
            self.foreigner,
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.as_user(self.ticket, user).action_service_send_survey()
        self.plan.active = False
        with self.assertRaises(UserError):
            self.as_user(self.ticket, self.agent).action_service_send_survey()
        self.assertFalse(self.invitations())

    def test_the_sender_cannot_read_the_link(self):
        """The creator of a message may read it: the agent must not be the creator."""
        self.as_user(self.ticket, self.agent).action_service_send_survey()
        self.sync()
        messages = self.survey_mails().mail_message_id
        self.assertTrue(messages)
        as_agent = self.as_user(messages, self.agent)
        with self.assertRaises(AccessError):
            as_agent.read(["body"])
        found = self.model("mail.message", self.agent).search(
            [("body", "ilike", "/survey/start/")]
        )
        self.assertFalse(found & as_agent)
        for name in ("survey.user_input", "mail.mail"):
            with self.assertRaises(AccessError):
                self.model(name, self.agent).search([])


@tagged("post_install", "-at_install")
class TestFeedback(SurveyCase):
    """The customer's answer, through the pages he sees."""

    def setUp(self):
        super().setUp()
        self.invitation = self.close_and_ask()
        self.answer = self.invitation.user_input_id

    def feedback(self):
        self.env.invalidate_all()
        return self.env["service.feedback"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket.id)]
        )

    def _call(self, step, answer, params):
        url = f"/survey/{step}/{self.survey.access_token}/{answer.access_token}"
        response = self.url_open(url, json={"params": params})
        self.assertEqual(response.status_code, 200)
        return response.json().get("result")

    def submit(self, answer=None, **values):
        """Answer the survey in the browser that is open now."""
        answer = answer or self.answer
        self._call("begin", answer, {"lang_code": "en_US"})
        data = {
            str(self.questions[measure].id): value for measure, value in values.items()
        }
        return self._call("submit", answer, {**data, "token": answer.access_token})

    def _choice(self, measure, value):
        return str(
            self.questions[measure]
            .suggested_answer_ids.filtered(lambda row: row.service_value == value)
            .id
        )

    def test_a_survey_that_is_done_changes_nothing_later(self):
        """A robot or a second tab that completes it again adds no second answer."""
        self.submit(technical_quality="8", service_quality="6")
        feedback = self.feedback()
        facts = self.facts_of(feedback)
        answer = self.answer.sudo()
        answer.user_input_line_ids.filtered(
            lambda row: row.answer_type == "scale"
        ).value_scale = 1
        answer._mark_done()
        self.sync()
        self.assertEqual(self.facts_of(self.feedback()), facts)

    def test_link_of_the_mail_opens(self):
        link = re.search(
            r'href="[^"]*(/survey/start/[^"]+)"', self.survey_mails().body_html
        )
        response = self.url_open(link[1].replace("&amp;", "&"))
        self.assertEqual(response.status_code, 200)
        self.assertIn("How was our service?", response.text)
        # Robots open links: looking is not answering.
        self.assertFalse(self.feedback())

    def test_answer(self):
        self.submit(
            satisfaction="10",
            technical_quality="1",
            service_quality="4",
            recommend="0",
            reason=self._choice("reason", "relationship"),
            ladder=self._choice("ladder", "inspiring"),
            comment="Thanks 😀 <b>all</b>",
        )
        feedback = self.feedback()
        self.assertEqual(len(feedback), 1)
        self.assertEqual(feedback.satisfaction, 100)
        self.assertEqual(feedback.technical_quality, 0)
        self.assertTrue(feedback.has_technical_quality)
        self.assertAlmostEqual(feedback.service_quality, 100 / 3, places=4)
        self.assertEqual((feedback.recommend, feedback.has_recommend), (0, True))
        self.assertEqual(
            (feedback.reason, feedback.ladder), ("relationship", "inspiring")
        )
        self.assertEqual(feedback.comment, "Thanks 😀 <b>all</b>")
        self.assertEqual(feedback.employee_id, self.employee)
        self.assertEqual(feedback.partner_id, self.customer)
        self.assertEqual(feedback.company_id, self.company)
        self.assertEqual(feedback.date_answered, self.now)
        self.assertEqual(self.events_of(feedback), ["feedback"])
        self.assertEqual(self.ticket.service_feedback_ids, feedback)

    def test_only_the_required_question(self):
        self.submit(satisfaction="5")
        feedback = self.feedback()
        self.assertAlmostEqual(feedback.satisfaction, 400 / 9, places=4)
        self.assertTrue(feedback.has_satisfaction)
        self.assertFalse(
            feedback.has_technical_quality
            or feedback.has_service_quality
            or feedback.has_recommend
            or feedback.reason
        )

    def test_twice(self):
        self.submit(satisfaction="9")
        self.submit(satisfaction="1")
        self.assertEqual(len(self.feedback()), 1)
        self.assertAlmostEqual(self.feedback().satisfaction, 800 / 9, places=4)

    def test_nothing_answered(self):
        self.submit()
        self.assertFalse(self.feedback())

    def test_internal_user_with_the_link(self):
        """Nobody of ours answers for the customer; the customer still can."""
        self.authenticate(self.agent.login, self.agent.login)
        self.submit(satisfaction="10")
        self.assertFalse(self.feedback())
        self.authenticate(None, None)
        self.submit(satisfaction="2")
        self.assertAlmostEqual(self.feedback().satisfaction, 100 / 9, places=4)

    def test_customer_logged_in(self):
        self.authenticate(self.portal.login, self.portal.login)
        self.submit(satisfaction="10")
        self.assertEqual(self.feedback().satisfaction, 100)

    def test_test_entries_never_count(self):
        entry = self.survey.sudo()._create_answer(
            email="a@customer.example", test_entry=True, check_attempts=False
        )
        entry.sudo().service_invitation_id = self.invitation
        entry.sudo()._mark_done()
        self.assertFalse(self.feedback())

    def test_other_surveys_give_no_feedback(self):
        answer = self.survey.sudo()._create_answer(
            email="a@customer.example", check_attempts=False
        )
        before = self.env["service.feedback"].search_count([])
        answer.with_user(self.env.ref("base.public_user")).sudo()._mark_done()
        self.sync()
        self.assertEqual(self.env["service.feedback"].search_count([]), before)

    def test_question_of_another_survey(self):
        """Neither sent by the browser nor standing in the answer does it count."""
        other = self.env["survey.survey"].create({"title": "Another"})
        question = self.questions["recommend"].copy({"survey_id": other.id})
        self.assertEqual(question.service_measure, "recommend")
        line = self.env["survey.user_input.line"].create(
            {
                "user_input_id": self.answer.id,
                "question_id": question.id,
                "answer_type": "scale",
                "value_scale": 3,
            }
        )
        self.submit(satisfaction="10")
        self.assertIn(line, self.answer.user_input_line_ids)
        self.assertEqual(
            (self.feedback().satisfaction, self.feedback().has_recommend), (100, False)
        )
        second = self.make_ticket(partner_email="second@customer.example")
        answer = self.close_and_ask(second).user_input_id
        self._call("begin", answer, {"lang_code": "en_US"})
        data = {
            str(self.questions["satisfaction"].id): "10",
            str(question.id): "2",
        }
        self._call("submit", answer, {**data, "token": answer.access_token})
        feedback = self.env["service.feedback"].search(
            [("survey_input_id", "=", answer.id)]
        )
        self.assertEqual(feedback.satisfaction, 100)
        self.assertFalse(feedback.has_recommend)

    def test_one_feedback_per_answer(self):
        self.submit(satisfaction="9")
        vals = {
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket.id,
            "company_id": self.company.id,
            "date_answered": fields.Datetime.to_string(self.now),
            "survey_input_id": self.answer.id,
        }
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["service.feedback"]._service_unseal().create(vals)

    def test_attribution_stays(self):
        self.ticket.user_id = self.agent2
        self.sync()
        self.submit(satisfaction="3")
        self.assertEqual(self.feedback().employee_id, self.employee)

    def test_feedback_after_the_document_is_gone(self):
        name = self.ticket.display_name
        ticket_id = self.ticket.id
        self.ticket.unlink()
        self.submit(satisfaction="10")
        feedback = self.env["service.feedback"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", ticket_id)]
        )
        self.assertEqual(
            (feedback.res_name, feedback.employee_id), (name, self.employee)
        )
