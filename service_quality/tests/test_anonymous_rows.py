from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ServiceCase

COMMENT = "He whistled all day"


@tagged("post_install", "-at_install")
class TestAnonymousRows(ServiceCase):
    """Who reads an answer of an anonymous survey, row by row, and in figures."""

    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()
        self.named = self.answer(100, self.ticket.id)
        self.anonymous = self.answer(0)

    def answer(self, satisfaction, res_id=0, employee=None):
        """Record an answer; one without a document is anonymous."""
        employee = employee or self.employee
        return (
            self.env["service.feedback"]
            ._service_unseal()
            .create(
                {
                    "res_model": "helpdesk.ticket",
                    "res_id": res_id,
                    "employee_id": employee.id,
                    "company_id": self.company.id,
                    "date_answered": self.now,
                    "satisfaction": satisfaction,
                    "has_satisfaction": True,
                    "comment": COMMENT,
                }
            )
        )

    def rows(self, user):
        """Return the answers a user finds, by every way to list or group them."""
        ids = (self.named + self.anonymous).ids
        model = self.model("service.feedback", user)
        domain = [("id", "in", ids)]
        found = set(model.search(domain).ids)
        read = model.search_read(domain, ["satisfaction"])
        self.assertEqual({row["id"] for row in read}, found)
        self.assertEqual(model.search_count(domain), len(found))
        groups = model.formatted_read_group(
            domain, ["satisfaction"], ["__count", "satisfaction:avg", "id:array_agg"]
        )
        grouped = {res_id for row in groups for res_id in row["id:array_agg"]}
        self.assertEqual(grouped, found)
        names = {res_id for res_id, _name in model.name_search("", domain)}
        self.assertEqual(names, found)
        facts = self.model("service.quality.report", user).search(
            [("id", "in", [res_id * 4 + 2 for res_id in ids])]
        )
        self.assertEqual({fact.id // 4 for fact in facts}, found)
        return found

    def test_not_to_whom_it_is_about(self):
        self.agent.group_ids |= self.env.ref("base.group_allow_export")
        self.assertEqual(self.rows(self.agent), {self.named.id})
        mine = self.as_user(self.anonymous, self.agent)
        fact = self.model("service.quality.report", self.agent)
        fact = fact.browse(self.anonymous.id * 4 + 2)
        for work in (
            lambda: mine.read(["satisfaction"]),
            lambda: mine.web_read({"comment": {}}),
            lambda: mine.export_data(["comment"]),
            lambda: mine.comment,
            lambda: fact.read(["score"]),
            lambda: fact.export_data(["score"]),
        ):
            with self.assertRaises(AccessError):
                work()
        by_text = self.model("service.feedback", self.agent).search_count(
            [("comment", "=", COMMENT), ("satisfaction", "=", 0)]
        )
        self.assertEqual(by_text, 0)

    def test_a_named_answer_is_his_to_learn_from(self):
        self.assertEqual(self.as_user(self.named, self.agent).comment, COMMENT)
        ticket = self.as_user(self.ticket, self.agent)
        self.assertEqual(ticket.service_feedback_ids, self.named)

    def test_to_those_who_lead_him(self):
        both = {self.named.id, self.anonymous.id}
        for user in (self.leader, self.manager):
            with self.subTest(user=user.login):
                self.assertEqual(self.rows(user), both)
                self.assertEqual(self.as_user(self.anonymous, user).comment, COMMENT)

    def test_a_manager_about_himself(self):
        about = self.answer(25, employee=self.manager.employee_ids)
        model = self.model("service.feedback", self.manager)
        self.assertFalse(model.search([("id", "=", about.id)]))
        with self.assertRaises(AccessError):
            self.as_user(about, self.manager).read(["comment"])
        self.assertTrue(self.as_user(about, self.admin).comment)

    def test_not_to_colleagues(self):
        for user in (self.agent2, self.foreigner):
            self.assertEqual(self.rows(user), set())

    def figures(self, user):
        today = fields.Date.to_string(self.now.date())
        period = {"date_from": today, "date_to": today}
        filters = {**period, "employee_id": self.employee.id}
        analysis = self.model("service.feedback.analysis", user).get_data(filters)
        dashboard = self.model("service.dashboard", user).get_data(filters)
        return (
            analysis["csat"]["count"],
            analysis["csat"]["rate"],
            dashboard["feedback"]["count"],
            dashboard["feedback"]["satisfaction"],
        )

    def test_figures_are_the_same_for_all(self):
        """Counted with the others; no figure of a person from fewer than five."""
        self.assertEqual(self.figures(self.agent), (2, None, 2, None))
        for _number in range(3):
            self.answer(100)
        for user in (self.agent, self.leader, self.manager):
            with self.subTest(user=user.login):
                count, rate, all_count, mean = self.figures(user)
                self.assertEqual((count, all_count), (5, 5))
                self.assertAlmostEqual(rate, 4 / 5)
                self.assertAlmostEqual(mean, 80)
