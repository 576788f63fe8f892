from datetime import timedelta
from statistics import median

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestHonesty(ServiceCase):
    """Every figure computed a second time, from what the test itself did."""

    def setUp(self):
        super().setUp()
        self.template = self.make_template(
            [{"name": f"Line {number}"} for number in range(5)]
        )

    def tick(self, gaps, answers=None, user=None, close=True):
        """Answer a checklist, waiting so many seconds before each line."""
        user = user or self.agent
        ticket = self.make_ticket(user=user)
        checklist = self.start_checklist(ticket, self.template, user=user)
        answers = answers or ["yes"] * len(gaps)
        for line, gap, answer in zip(checklist.line_ids, gaps, answers, strict=False):
            self.wait(seconds=gap)
            self.as_user(line, user).action_answer(answer)
        if close:
            # The plan of the company makes the ledger look at the closing
            self.wait(seconds=1)
            self.close(ticket, user=user)
        return checklist

    def people(self, user=None):
        rows = self.model("service.honesty.employee", user or self.manager).search(
            [("company_id", "=", self.company.id)]
        )
        return {row.employee_id: row for row in rows}

    def test_figures_of_a_person(self):
        self.make_plan()
        lists = [
            ([60, 1, 2, 3, 50], ["yes"] * 5),
            ([60, 1, 1, 1, 1], ["yes"] * 5),
            ([60, 30, 20, 10, 90], ["yes", "no", "yes", "na", "yes"]),
            ([60, 2, 2, 2, 2], ["yes"] * 5),
        ]
        for gaps, answers in lists:
            self.tick(gaps, answers)
        row = self.people()[self.employee]
        between = [gap for gaps, _answers in lists for gap in gaps[1:]]
        self.assertEqual((row.answer_count, row.checklist_count), (20, 4))
        self.assertEqual(row.median_seconds, median(between))
        self.assertAlmostEqual(
            row.fast_share, sum(gap < 3 for gap in between) / len(between)
        )
        late = 0
        for gaps, _answers in lists:
            # seconds from each answer to the closing, one second after the last
            until = [1 + sum(gaps[number + 1 :]) for number in range(5)]
            late += sum(seconds <= 60 for seconds in until)
        self.assertAlmostEqual(row.last_minute_share, late / 20)
        self.assertAlmostEqual(row.same_share, 3 / 4)

    def test_no_signal_under_the_number(self):
        for _number in range(3):
            self.tick([5] * 5, close=False)
        self.tick([5] * 4, close=False)
        self.assertNotIn(self.employee, self.people())  # 19 answers
        self.tick([5], close=False)
        self.assertIn(self.employee, self.people())
        self.assertEqual(len(self.lines()), 0)
        self.company.service_honesty_lines = 4
        self.assertEqual(len(self.lines()), 4)  # the fifth has three answers

    def lines(self, user=None):
        rows = self.model("service.honesty.line", user or self.manager).search(
            [("template_id", "=", self.template.id)]
        )
        return {row.template_line_id.name: row for row in rows}

    def test_lines_that_tell_nothing(self):
        self.company.service_honesty_lines = 3
        for answer in ("yes", "no", "yes", "na"):
            self.tick([9, 1], ["yes", answer], close=False)
        rows = self.lines()
        self.assertEqual(set(rows), {"Line 0", "Line 1"})
        self.assertTrue(rows["Line 0"].is_always)
        self.assertEqual(rows["Line 0"].top_share, 1)
        self.assertFalse(rows["Line 1"].is_always)
        # Not applicable says nothing of it
        self.assertEqual(rows["Line 1"].answer_count, 3)
        self.assertAlmostEqual(rows["Line 1"].top_share, 2 / 3)
        self.assertEqual(rows["Line 1"].median_seconds, 1)

    def test_the_period(self):
        self.company.service_honesty_lines = 1
        self.tick([1], close=False)
        moment = self.now
        with self.at(moment + timedelta(days=90)):
            self.assertIn(self.employee, self.people())
        with self.at(moment + timedelta(days=90, seconds=1)):
            self.assertNotIn(self.employee, self.people())

    def test_reviews_are_no_ticking(self):
        self.company.service_honesty_lines = 1
        template = self.make_template(purpose="review")
        ticket = self.make_ticket()
        self.as_user(ticket, self.manager).action_service_start_review(template.id)
        line = ticket.service_checklist_ids.line_ids
        self.as_user(line, self.manager).action_answer("yes")
        self.sync()
        self.assertFalse(self.people())

    def test_no_names_with_the_privacy_setting(self):
        self.company.service_honesty_lines = 1
        self.tick([1, 1], close=False)
        self.tick([1], user=self.agent2, close=False)
        self.assertEqual(set(self.people()), {*self.employee, *self.employee2})
        self.company.service_privacy = "team"
        # A team of one or two would be names again
        self.assertFalse(self.people())
        self.assertFalse(self.lines())
        team = self.department
        people = self.agent + self.agent2 + self.manager
        people.employee_ids.department_id = team
        self.tick([1], user=self.manager, close=False)
        rows = self.model("service.honesty.employee", self.manager).search([])
        rows = rows.filtered(lambda row: row.company_id == self.company)
        self.assertFalse(rows.employee_id)
        self.assertEqual((rows.department_id, rows.answer_count), (team, 4))

    def test_managers_of_the_company_only(self):
        self.company.service_honesty_lines = 1
        self.tick([1, 1], close=False)
        self.assertTrue(self.people(self.manager))
        self.assertFalse(self.people(self.foreigner))
        for name in ("service.honesty.employee", "service.honesty.line"):
            for user in (self.agent, self.leader, self.nobody, self.portal):
                Model = self.model(name, user)
                for work in (
                    lambda m=Model: m.search([]),
                    lambda m=Model: m.search_count([]),
                    lambda m=Model: m.formatted_read_group([], [], ["__count"]),
                ):
                    with self.subTest(user=user.login), self.assertRaises(AccessError):
                        work()
