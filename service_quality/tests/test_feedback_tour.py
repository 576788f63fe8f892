import re
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import TourCase

#: What a phone needs: no sideways scrolling, and targets that a finger hits.
CHECK = """
const check = (is_good, text) => { if (!is_good) { throw new Error(text); } };
check(innerWidth < 500, "no phone");
check(document.documentElement.scrollWidth <= innerWidth, "too wide");
const chosen = document.querySelector("input[name=satisfaction]:checked");
check(chosen && chosen.value === "0", "the face of the mail is not chosen");
for (const area of document.querySelectorAll(".faces label, .numbers label, button")) {
    check(area.offsetHeight >= 44, "too small: " + area.innerText);
}
check(document.querySelector("#comment").labels.length, "no label");
console.log("test successful");
"""
#: Asked again and again: answers once by clicking, true when the customer is thanked.
ANSWER = """(() => {
    const button = document.querySelector("form button[type=submit]");
    if (button && !button.dataset.pressed) {
        button.dataset.pressed = "1";
        document.querySelector("input[name=recommend][value='2']").click();
        document.querySelector("input[name=reason][value=relationship]").click();
        document.querySelector("#comment").value = "Nobody called me back.";
        button.click();
    }
    return !button && document.body.innerText.includes("We have your answer");
})()"""
LINK = re.compile(r'href="[^"]*(/service_quality/feedback/[^"]+satisfaction=0)"')


@tagged("post_install", "-at_install")
class TestFeedbackTour(TourCase):
    """An agent closes, the customer answers on his phone, the manager sees both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plans = cls.env["service.plan"].with_context(active_test=False)
        plans.search([]).active = False
        cls.company = cls.env["res.company"].create(
            {
                "name": "Answer Company",
                "email": "office@answer.example",
                "service_low_score": 50,
                "service_quick_scale": "faces",
            }
        )
        agent = cls._make_user("answer_agent", "helpdesk_mgmt.group_helpdesk_user")
        cls._make_user(
            "answer_manager",
            "service_quality.group_manager,helpdesk_mgmt.group_helpdesk_manager",
        )
        cls.employee = cls.env["hr.employee"].create(
            {"name": "Anna Agent", "user_id": agent.id, "company_id": cls.company.id}
        )
        plans.create(
            {
                "name": "Ask",
                "res_model": "helpdesk.ticket",
                "company_id": cls.company.id,
                "survey_id": cls.env.ref("service_quality.survey_service").id,
                "survey_delay_hours": 0,
            }
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Carla Customer", "email": "carla@answer-customer.example"}
        )
        cls.ticket, before = cls.env["helpdesk.ticket"].create(
            [
                {
                    "name": name,
                    "description": "It leaks.",
                    "partner_id": cls.customer.id,
                    "partner_email": cls.customer.email,
                    "user_id": agent.id,
                    "company_id": cls.company.id,
                }
                for name in ("Tap drips", "Before")
            ]
        )
        cls._answer_before(before, 4)

    @classmethod
    def _answer_before(cls, ticket, count):
        """Some customers were satisfied before."""
        cls.env["service.feedback"]._service_unseal().create(
            [
                {
                    **ticket._service_snapshot_vals(),
                    "satisfaction": 100,
                    "has_satisfaction": True,
                    "date_answered": fields.Datetime.now() - timedelta(days=2),
                }
                for _number in range(count)
            ]
        )

    def _run_cron(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("service_quality.cron_surveys").method_direct_trigger()
        self.env.invalidate_all()

    def _manager_looks(self, tour):
        self.browser_size = "1920x1080"
        self.start_tour("/odoo", tour, login="answer_manager")

    def _customer_answers(self):
        """Click the worst face in the queued mail; send; on a phone, not logged in."""
        mail = self.env["mail.mail"].search([("email_to", "=", self.customer.email)])
        self.assertEqual((len(mail), mail.state), (1, "outgoing"))
        (path,) = LINK.findall(mail.body_html)
        self.authenticate(None, None)
        self.browser_size = "390x844"
        self.browser_js(path, CHECK, timeout=60)
        self.assertFalse(self._feedback(), "looking is not answering")
        self.browser_js(
            path, "console.log('test successful')", ready=ANSWER, timeout=60
        )
        self.env.invalidate_all()

    def _feedback(self):
        return self.env["service.feedback"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket.id)]
        )

    def test_agent_customer_manager(self):
        self._manager_looks("service_quality_feedback_before")
        self.browser_size = "1366x768"
        self.start_tour(
            f"/odoo/helpdesk.ticket/{self.ticket.id}",
            "service_quality_feedback_agent",
            login="answer_agent",
        )
        self.env.invalidate_all()
        self.assertTrue(self.ticket.stage_id.closed)
        self._run_cron()
        self._customer_answers()
        feedback = self._feedback()
        self.assertEqual(
            (feedback.satisfaction, feedback.recommend, feedback.reason),
            (0, 2, "relationship"),
        )
        self.assertEqual(feedback.comment, "Nobody called me back.")
        self._manager_looks("service_quality_feedback_after")
