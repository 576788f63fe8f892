import threading
from functools import partial
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .common import full_rounds

ROUNDS = full_rounds(50, 4)
WAIT = 60  # seconds until a thread that hangs fails the test


@tagged("post_install", "-at_install")
class TestSurveyRace(BaseCase):
    """One survey answer, completed twice at the same moment.

    Real cursors, real commits, and the retries of Odoo's own service layer;
    everything is deleted at the end.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._forget)
        # Only how long Odoo waits before it tries again.
        cls.startClassPatcher(
            patch("odoo.service.model.random.uniform", lambda *args: 0)
        )
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            cls.public = env.ref("base.public_user").id
            tickets = env["helpdesk.ticket"].create(
                [
                    {"name": f"Survey race {number}", "description": "x"}
                    for number in range(2 * ROUNDS)
                ]
            )
            cls.tickets = tickets.ids
            cls.asked = [cls._ask(ticket) for ticket in tickets]

    @classmethod
    def _ask(cls, ticket):
        """Ask about a ticket and fill in the survey; return what is needed to end it.

        :return: (id of the answer, token and nonce of the page of the mail)
        """
        env = ticket.env
        now = fields.Datetime.now()
        survey = env.ref("service_quality.survey_service")
        invitation = (
            env["service.invitation"]
            ._service_unseal()
            .create(
                {
                    **ticket._service_snapshot_vals(),
                    "email": f"race{ticket.id}@customer.example",
                    "survey_id": survey.id,
                    "state": "sent",
                    "date_planned": now,
                    "date_sent": now,
                    "is_reminder_settled": True,
                }
            )
        )
        answer = survey._create_answer(
            check_attempts=False, service_invitation_id=invitation.id
        )
        invitation.user_input_id = answer
        question = survey.question_ids.filtered(
            lambda row: row.service_measure == "service_quality"
        )
        answer._save_lines(question, str(question.scale_max))
        link, token = env["service.link"]._service_issue(
            "feedback",
            invitation,
            [("About", ticket.name)],
            company=invitation.company_id,
            email=invitation.email,
        )
        return answer.id, token, link._service_nonce()

    @classmethod
    def _forget(cls):
        """Delete what was committed, facts first."""
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            about = [("res_model", "=", "helpdesk.ticket")]
            about += [("res_id", "in", cls.tickets)]
            answers = env["survey.user_input"]
            for name in ("service.recovery", "service.feedback", "service.invitation"):
                rows = env[name]._service_unseal().search(about)
                of_rows = [("res_model", "=", name), ("res_id", "in", rows.ids)]
                for other in ("service.event", "service.link"):
                    env[other]._service_unseal().search(of_rows).unlink()
                if name == "service.invitation":
                    answers = rows.user_input_id
                rows.unlink()
            answers.unlink()
            env["helpdesk.ticket"].browse(cls.tickets).unlink()

    def at_once(self, *works):
        """Run functions at the same moment, each in a transaction of its own.

        All have read the database before any of them writes.
        """
        start, failed = threading.Barrier(len(works)), []

        def run(work):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, self.public, {"lang": "en_US"})
                    env["service.invitation"].sudo().search_count([])
                    start.wait(WAIT)
                    retrying(lambda: work(env), env)
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT)
        self.assertFalse(failed)

    def complete(self, answer_id, env):
        """End the survey, as its last page does for whoever has the link."""
        env["survey.user_input"].sudo().browse(answer_id)._mark_done()

    def answer_page(self, token, nonce, env):
        """Press the button of the page of the mail."""
        form = {"satisfaction": "25", "recommend": "", "reason": "", "comment": ""}
        env["service.invitation"]._service_quick_answer(token, nonce, form, "")

    def facts(self, ticket_id):
        """Return the answers about a ticket as values, and their events."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            rows = env["service.feedback"].search(
                [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", ticket_id)]
            )
            events = env["service.event"].search(
                [("res_model", "=", rows._name), ("res_id", "in", rows.ids)]
            )
            names = ("satisfaction", "has_satisfaction", "service_quality")
            return (
                [tuple(row[name] for name in names) for row in rows],
                sorted(events.mapped("kind")),
                rows.invitation_id.mapped("is_answered"),
            )

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_completed_twice(self):
        for ticket_id, (answer_id, *_page) in zip(
            self.tickets[:ROUNDS], self.asked[:ROUNDS], strict=True
        ):
            with self.subTest(ticket=ticket_id):
                work = partial(self.complete, answer_id)
                self.at_once(work, work)
                rows, kinds, answered = self.facts(ticket_id)
                self.assertEqual(rows, [(0, False, 100)])
                self.assertEqual((kinds, answered), (["feedback"], [True]))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_survey_and_page(self):
        """Both at once: one row; the survey adds to the page, never the reverse."""
        for ticket_id, (answer_id, *page) in zip(
            self.tickets[ROUNDS:], self.asked[ROUNDS:], strict=True
        ):
            with self.subTest(ticket=ticket_id):
                self.at_once(
                    partial(self.complete, answer_id), partial(self.answer_page, *page)
                )
                rows, kinds, answered = self.facts(ticket_id)
                self.assertEqual((len(rows), answered), (1, [True]))
                self.assertEqual(kinds.count("feedback"), 1)
                self.assertEqual(rows[0][2], 100)
