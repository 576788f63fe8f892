from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from ..report.privacy import OTHER_TEAMS
from .common_export import ExportCase
from .test_dashboard import MARCH

FIGURES = ("total", "counted", "kept", "late", "missed", "overdue", "neutral", "open")
REPORT = "service.quality.report"


class TeamFiguresCase(ExportCase):
    """Four people in Support, one in a team of one, one in none; no names shown."""

    def setUp(self):
        super().setUp()
        self.tiny = self.env["hr.department"].create(
            {"name": "Tiny", "company_id": self.company.id}
        )
        self.team = [self.agent]
        for number in range(3):
            self.team.append(self._colleague(f"sq_team{number}", self.department))
        self.single = self._colleague("sq_single", self.tiny)
        for user in (*self.team[1:], self.single):
            for index, outcome in enumerate(("kept", "late", "withdrawn", None)):
                self._due(user, outcome, hours=2 + index)
        self.now = self.after(hours=4)
        self.sync()
        self.company.service_privacy = "team"

    def _colleague(self, login, department):
        user = self.make_user(
            login, "service_quality.group_user", department_id=department.id
        )
        self.tickets[user] = self.tickets[self.agent]
        return user

    def _due(self, user, outcome, **delta):
        promise = self._promise(user, outcome, True, self.after(**delta))
        employee = user.sudo().employee_ids
        promise.write({"department_id": employee.department_id.id})
        return promise

    def names_in(self, rows):
        """Return the names of people that are somewhere in what was answered."""
        people = self.env["hr.employee"].search([("company_id", "=", self.company.id)])
        text = str(rows)
        return {name for name in people.mapped("name") if name in text}


@tagged("post_install", "-at_install")
class TestTeamFigures(TeamFiguresCase):
    def count_behind(self, figure, team_id, user=None, **filters):
        user = user or self.manager
        dashboard = self.model("service.dashboard", user)
        action = dashboard.with_context(tz="Europe/Budapest").get_records_action(
            {**MARCH, **filters}, figure, department_id=team_id
        )
        return self.model(action["res_model"], user).search_count(action["domain"])

    def test_teams_stand_where_people_were(self):
        """Each team as SQL counts it; who is too few has a row without figures."""
        data = self.get_data()
        self.assertEqual(data["employees"], [])
        rows = {row["id"]: row for row in data["teams"]}
        self.assertEqual(set(rows), {self.department.id, OTHER_TEAMS})
        team = rows[self.department.id]
        where = SQL("department_id = %s", self.department.id)
        self.assertFigures(team, self.count_in_sql(where))
        self.assertEqual(team["name"], "Support")
        for figure in FIGURES:
            found = self.count_behind(figure, self.department.id)
            self.assertEqual(found, team[figure], figure)
        # The other two: Tiny's only one, and the second agent, who has no team.
        few = rows[OTHER_TEAMS]
        self.assertEqual(few["name"], "Small teams")
        self.assertTrue(few["is_few"])
        values = [few[key] for key in few if key not in ("id", "name", "is_few")]
        self.assertEqual(set(values), {None})
        with self.assertRaises(AccessError):
            self.count_behind("kept", OTHER_TEAMS)

    def test_small_teams_together(self):
        """Three people of small teams are enough to hide each other."""
        user = self._colleague("sq_third", self.env["hr.department"])
        self._due(user, "kept", hours=1)
        self.sync()
        rows = {row["id"]: row for row in self.get_data()["teams"]}
        where = SQL("department_id IS DISTINCT FROM %s", self.department.id)
        self.assertFigures(rows[OTHER_TEAMS], self.count_in_sql(where))
        for figure in FIGURES:
            found = self.count_behind(figure, OTHER_TEAMS)
            self.assertEqual(found, rows[OTHER_TEAMS][figure], figure)
        total = self.get_data()["totals"]["total"]
        self.assertEqual(sum(row["total"] for row in rows.values()), total)

    def test_workbook_has_the_same_teams(self):
        book = self.make_book(sheets=["employees", "promises"])
        shown = self.rows_of(book["Teams"])
        data = self.get_data()
        self.assertEqual(
            [row["Team"] for row in shown], [row["name"] for row in data["teams"]]
        )
        for row, expected in zip(shown, data["teams"], strict=True):
            for label, key in (
                ("Counted", "counted"),
                ("Kept", "kept"),
                ("Neutral", "neutral"),
                ("Of these cancelled", "cancelled"),
                ("Kept rate", "rate"),
                ("Interval from", "low"),
            ):
                if expected[key] is None:
                    self.assertIsNone(row[label], label)
                else:
                    self.assertAlmostEqual(row[label], expected[key], 9, msg=label)
        self.assertFalse(self.names_in(self.rows_of(book["Promises"])))

    def test_names_are_shown_without_the_setting(self):
        self.company.service_privacy = "person"
        data = self.get_data()
        self.assertEqual(data["teams"], [])
        self.assertIn(self.single.name, {row["name"] for row in data["employees"]})
        found = self.count_behind("kept", self.tiny.id)
        self.assertEqual(found, 1)

    def test_a_team_of_one_is_not_asked_for(self):
        data = self.get_data(department_id=self.tiny.id)
        self.assertEqual((data["totals"]["total"], data["teams"]), (0, []))
        departments = {row["id"] for row in data["choices"]["departments"]}
        self.assertEqual(departments, {self.department.id})
        for team_id in (self.tiny.id, OTHER_TEAMS):
            with self.assertRaises(AccessError):
                self.count_behind("total", team_id)
        for filters in (
            {"department_id": self.tiny.id},
            {"employee_id": self.single.employee_ids.id},
        ):
            with self.assertRaises(AccessError):
                self.count_behind("total", None, **filters)
            with self.assertRaises(AccessError):
                self.model("service.feedback.analysis", self.manager).get_data(filters)
        data = self.get_data(department_id=self.department.id)
        self.assertEqual([row["id"] for row in data["teams"]], [self.department.id])
        self.assertEqual(data["totals"]["total"], data["teams"][0]["total"])

    def test_who_leads_fewer_than_three(self):
        """He would see single persons: himself alone, then; of three he sees teams."""
        self.assertEqual(self.get_data(self.leader)["totals"]["total"], 0)
        for user in self.team[1:]:
            user.employee_ids.parent_id = self.leader.employee_ids
        data = self.get_data(self.leader)
        where = SQL("department_id = %s", self.department.id)
        self.assertFigures(data["totals"], self.count_in_sql(where))
        self.assertEqual([row["id"] for row in data["teams"]], [self.department.id])
        found = self.count_behind("total", self.department.id, self.leader)
        self.assertEqual(found, data["totals"]["total"])
        own = self.get_data(self.agent, department_id=self.department.id)
        self.assertEqual(own["teams"], [])
        self.assertEqual([row["id"] for row in own["employees"]], self.employee.ids)

    def test_query_count(self):
        for user in (self.manager, self.agent, self.leader):
            dashboard = self.model("service.dashboard", user)
            for filters in (MARCH, {**MARCH, "department_id": self.department.id}):
                dashboard.get_data(filters)
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                dashboard.get_data(filters)
                number = self.env.cr.sql_log_count - before
                self.assertLessEqual(number, 25, (user.login, filters))

    def test_customers_answers_name_nobody(self):
        """The analysis of answers shows the team, and of people the reader."""
        for user in (self.agent, self.single, self.manager):
            self.tickets[user] = self.tickets[self.agent]
            employee = user.employee_ids
            for number in range(5):
                self.make_feedback(
                    self.agent,
                    satisfaction=10 * number,
                    recipient=f"{user.login}{number}@customer.example",
                    employee_id=employee.id,
                    department_id=employee.department_id.id,
                )
        analysis = self.model("service.feedback.analysis", self.manager)
        data = analysis.get_data(MARCH)
        self.assertEqual(
            [row["id"] for row in data["people"]], self.manager.employee_ids.ids
        )
        self.assertEqual(data["teams"], [])  # only one of Support has answers here
        self.company.service_privacy = "person"
        data = analysis.get_data(MARCH)
        self.assertIn(
            self.single.employee_ids.id, {row["id"] for row in data["people"]}
        )


@tagged("post_install", "-at_install")
class TestNamelessReport(TeamFiguresCase):
    """The fact table itself has no names, by whatever door one comes."""

    def doors(self, user):
        """Yield (name, answer) of the ways to read facts by employee."""
        report = self.model(REPORT, user)
        rows = report.search([])
        yield "read", rows.read(["employee_id", "department_id", "outcome"])
        yield "search_read", report.search_read([], ["employee_id"])
        yield (
            "web_search_read",
            report.web_search_read(
                [], {"employee_id": {"fields": {"display_name": {}}}}
            ),
        )
        yield "export", rows.export_data(["employee_id/name", "department_id/name"])
        for group in ("employee_id", "department_id"):
            yield group, report.formatted_read_group([], [group], ["rate:avg"])
            sets = report.formatted_read_grouping_sets([], [[group]], ["rate:avg"])
            yield f"sets {group}", sets
            yield f"web {group}", report.web_read_group([], [group], ["__count"])

    def test_by_every_door(self):
        self.agent.group_ids |= self.env.ref("base.group_allow_export")
        hidden = {user.name for user in (*self.team, self.agent2, self.single)}
        for door, answer in self.doors(self.manager):
            with self.subTest(door=door):
                self.assertTrue(answer)
                self.assertFalse(self.names_in(answer) & hidden)
                self.assertNotIn("Tiny", str(answer))
        found = self.names_in(dict(self.doors(self.agent))["employee_id"])
        self.assertEqual(found, {self.agent.name})
        self.company.service_privacy = "person"
        found = self.names_in(dict(self.doors(self.manager))["employee_id"])
        self.assertLessEqual(hidden, found)

    def test_nobody_is_found_by_name(self):
        report = self.model(REPORT, self.manager)
        everything = report.search_count([])
        for domain in (
            [("employee_id", "=", self.employee.id)],
            [("employee_id", "in", self.single.employee_ids.ids)],
            [("employee_id.name", "=", self.agent.name)],
            [("employee_id", "ilike", self.agent.name)],
            [("employee_id", "child_of", self.leader.employee_ids.id)],
            [("department_id", "=", self.tiny.id)],
            [("department_id.name", "=", "Tiny")],
        ):
            with self.subTest(domain=domain):
                self.assertFalse(report.search(domain))
        rows = report.search([], order="employee_id, id")
        self.assertEqual(len(rows), everything)
        self.assertEqual(rows.ids, report.search([], order="id").ids)
        own = self.model(REPORT, self.agent).search([])
        self.assertEqual(own.employee_id, self.employee)
        self.company.service_privacy = "person"
        found = self.model(REPORT, self.manager).search(
            [("employee_id", "=", self.single.employee_ids.id)]
        )
        self.assertEqual(len(found), 4)

    def test_who_leads_one_person(self):
        """His facts are a person's: no row, neither found nor read by its number."""
        self.company.service_privacy = "person"
        found = self.model(REPORT, self.leader).search([])
        self.assertEqual(found.employee_id, self.employee)
        self.company.service_privacy = "team"
        self.assertFalse(self.model(REPORT, self.leader).search([]))
        rows = self.model(REPORT, self.leader).browse(found.ids)
        with self.assertRaises(AccessError):
            rows.read(["outcome"])

    def test_other_companies_keep_their_names(self):
        self.manager.company_ids |= self.other_company
        ticket = self.make_ticket(company=self.other_company, user=self.foreigner)
        self.tickets[self.foreigner] = ticket
        self._promise(self.foreigner, "kept", True, self.after(hours=1))
        self.sync()
        found = self.names_in(
            self.model(REPORT, self.manager).search_read([], ["employee_id"])
        )
        self.assertFalse(found)
        rows = self.model(REPORT, self.manager).search(
            [("employee_id", "=", self.foreigner.employee_ids.id)]
        )
        self.assertEqual(rows.company_id, self.other_company)
