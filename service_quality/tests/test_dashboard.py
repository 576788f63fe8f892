from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.wilson import wilson_interval
from .common import ServiceCase

MARCH = {"date_from": "2026-03-01", "date_to": "2026-03-31"}
COUNTS = ("kept", "late", "missed", "overdue")


class DashboardCase(ServiceCase):
    """A month of promises: every outcome, counted and not, two agents, two hosts."""

    def setUp(self):
        super().setUp()
        self.tickets = {
            user: self.make_ticket(user=user) for user in self.agent + self.agent2
        }
        self.order = self.make_order()
        plan = (
            (self.agent, "kept", True, 3),
            (self.agent, "late", True, 2),
            (self.agent, "missed", True, 1),
            (self.agent, "kept", False, 2),
            (self.agent, "withdrawn", True, 1),
            (self.agent, "moved", True, 1),
            (self.agent, None, True, 2),
            (self.agent2, "kept", True, 1),
            (self.agent2, "excused", True, 1),
            (self.agent2, None, True, 1),
        )
        for user, outcome, told, number in plan:
            for index in range(number):
                self._promise(user, outcome, told, self.after(hours=1 + index))
        # On the order, another kind, and out of the period
        self._promise(self.agent, "missed", True, self.after(hours=2), self.order)
        self._promise(self.agent, "kept", True, self.after(days=40))
        self._promise(self.agent, None, True, self.after(days=50))
        self.now += timedelta(days=10)
        # Running: due later in the period
        self._promise(self.agent, None, True, self.after(days=5))
        self.sync()

    def _promise(self, user, outcome, told, due, document=None):
        document = document or self.tickets[user]
        kind = "deadline" if document._name == "helpdesk.ticket" else "appointment"
        vals = document.sudo()._service_promise_vals(
            name="Promised",
            kind=kind,
            source="manual",
            date_due=due,
            employee=user.sudo().employee_ids,
            date_told=told and self.now,
        )
        promise = self.env["service.promise"]._service_record([vals])
        if outcome:
            promise.write({"corrected_outcome": outcome})
        return promise

    def get_data(self, user=None, tz="Europe/Budapest", **filters):
        dashboard = self.model("service.dashboard", user or self.manager)
        dashboard = dashboard.with_context(tz=tz)
        return dashboard.get_data({**MARCH, **filters})

    def count_in_sql(self, where=None, **dates):
        """Return the figures counted by hand, from the promises' facts alone."""
        start = dates.get("start", datetime(2026, 2, 28, 23))  # Budapest midnight
        stop = dates.get("stop", datetime(2026, 3, 31, 22))  # after the clock change
        self.sync()
        rows = self.env.execute_query(
            SQL(
                """SELECT CASE
                        WHEN outcome IS NOT NULL THEN outcome
                        WHEN date_due < %s THEN 'overdue' ELSE 'open' END,
                    is_counted, count(*)
                FROM service_promise
                WHERE company_id = %s AND date_due >= %s AND date_due < %s AND %s
                GROUP BY 1, 2""",
                self.now,
                self.company.id,
                start,
                stop,
                where or SQL("TRUE"),
            )
        )
        figures = dict.fromkeys(
            (*COUNTS, "moved", "excused", "withdrawn", "open", "uncounted"), 0
        )
        for outcome, counted, number in rows:
            if outcome in COUNTS and not counted:
                figures["uncounted"] += number
            else:
                figures[outcome] += number
        return figures

    def assertFigures(self, shown, expected):
        self.assertEqual({key: shown[key] for key in expected}, expected)
        counted = sum(expected[key] for key in COUNTS)
        neutral = sum(expected[key] for key in ("moved", "excused", "withdrawn"))
        self.assertEqual((shown["counted"], shown["neutral"]), (counted, neutral))
        rate = expected["kept"] / counted if counted else None
        self.assertEqual(shown["rate"], rate)
        low, high = wilson_interval(expected["kept"], counted)
        self.assertEqual((shown["low"], shown["high"]), (low, high))


@tagged("post_install", "-at_install")
class TestDashboard(DashboardCase):
    def test_totals_are_those_of_the_table(self):
        totals = self.get_data()["totals"]
        expected = self.count_in_sql()
        self.assertFigures(totals, expected)
        # The same, worked out by hand from setUp.
        self.assertEqual(
            expected,
            {
                "kept": 4,
                "late": 2,
                "missed": 2,
                "overdue": 3,
                "moved": 1,
                "excused": 1,
                "withdrawn": 1,
                "open": 1,
                "uncounted": 2,
            },
        )
        self.assertEqual(totals["total"], 17)
        self.assertEqual((totals["open_now"], totals["overdue_now"]), (2, 3))

    def test_employees(self):
        rows = {row["id"]: row for row in self.get_data()["employees"]}
        self.assertEqual(set(rows), set((self.employee + self.employee2).ids))
        for employee in self.employee + self.employee2:
            where = SQL("employee_id = %s", employee.id)
            self.assertFigures(rows[employee.id], self.count_in_sql(where))
            self.assertEqual(rows[employee.id]["name"], employee.name)

    def test_sum_of_the_parts_is_the_whole(self):
        data = self.get_data()
        for part in (data["employees"], data["trend"], data["totals"]["kinds"]):
            for key in (*COUNTS, "counted", "neutral", "open", "uncounted", "total"):
                self.assertEqual(
                    sum(row[key] for row in part), data["totals"][key], key
                )

    def test_filters(self):
        for filters, where in (
            ({"employee_id": self.employee2.id}, ("employee_id", self.employee2.id)),
            (
                {"department_id": self.department.id},
                ("department_id", self.department.id),
            ),
            ({"res_model": "sale.order"}, ("res_model", "sale.order")),
            ({"kind": "appointment"}, ("kind", "appointment")),
            ({"kind": "callback"}, ("kind", "callback")),
            ({"company_ids": self.company.ids}, ("company_id", self.company.id)),
        ):
            with self.subTest(filters=filters):
                name, value = where
                expected = self.count_in_sql(
                    SQL("%s = %s", SQL.identifier(name), value)
                )
                self.assertFigures(self.get_data(**filters)["totals"], expected)

    def test_nothing_counted_has_no_rate(self):
        totals = self.get_data(date_from="2020-01-01", date_to="2020-01-31")["totals"]
        self.assertIsNone(totals["rate"])
        self.assertIsNone(totals["low"])
        self.assertEqual(totals["counted"], 0)

    def test_previous_period(self):
        """The days before, as many as in the period."""
        data = self.get_data(date_from="2026-03-03", date_to="2026-03-04")
        expected = self.count_in_sql(
            start=datetime(2026, 2, 28, 23), stop=datetime(2026, 3, 2, 23)
        )
        self.assertFigures(data["totals"]["previous"], expected)
        self.assertEqual(data["totals"]["total"], 0)

    def test_default_is_thirty_days(self):
        data = self.model("service.dashboard", self.manager).get_data()
        first = datetime.fromisoformat(data["filters"]["date_from"])
        last = datetime.fromisoformat(data["filters"]["date_to"])
        self.assertEqual((last - first).days, 29)

    def test_bad_filters(self):
        for filters in (
            {"date_from": "2026-13-01"},
            {"date_from": "yesterday"},
            {"date_from": 20260301},
            {"date_from": ["2026-03-01"]},
            {"date_from": True},
            {"date_from": "0001-01-01"},
            {"date_from": "9999-12-31", "date_to": "9999-12-31"},
            {"date_from": "2026-04-01"},
            {"date_from": "2000-01-01"},
            {"employee_id": "1"},
            {"employee_id": -1},
            {"employee_id": True},
            {"employee_id": [1]},
            {"department_id": 1.5},
            {"company_ids": "1"},
            {"company_ids": ["1"]},
            {"company_ids": 1},
            {"res_model": "res.users"},
            {"res_model": ["sale.order"]},
            {"kind": "unknown"},
            {"kind": {"a": 1}},
            {"unknown": 1},
            {"domain": []},
        ):
            with self.subTest(filters=filters), self.assertRaises(ValidationError):
                self.get_data(**filters)
        for filters in ("x", ["date_from"], 5):
            with self.subTest(filters=filters), self.assertRaises(ValidationError):
                self.model("service.dashboard", self.manager).get_data(filters)

    def test_ids_that_are_nobody(self):
        for value in (10**9, 2**31, 2**63, 10**20):
            with self.subTest(value=value):
                totals = self.get_data(employee_id=value)["totals"]
                self.assertEqual(totals["total"], 0)

    def test_other_company(self):
        for ids in (self.other_company.ids, (self.company + self.other_company).ids):
            with self.subTest(ids=ids), self.assertRaises(UserError):
                self.get_data(company_ids=ids)

    def test_who_sees_what(self):
        """One's own, those one leads, all of one's company."""
        both = {self.employee.id, self.employee2.id}
        for user, expected in (
            (self.agent, {self.employee.id}),
            (self.agent2, {self.employee2.id}),
            (self.leader, {self.employee.id}),
            (self.manager, both),
            (self.admin, both),
            (self.foreigner, set()),
        ):
            with self.subTest(user=user.login):
                data = self.get_data(user)
                self.assertEqual({row["id"] for row in data["employees"]}, expected)
                total = sum(row["total"] for row in data["employees"])
                self.assertEqual(data["totals"]["total"], total)

    def test_filter_does_not_open_a_colleague(self):
        data = self.get_data(self.agent, employee_id=self.employee2.id)
        self.assertEqual(data["totals"]["total"], 0)
        self.assertFalse(data["employees"])

    def test_outsiders(self):
        for user in self.nobody + self.portal:
            with self.assertRaises(AccessError):
                self.get_data(user)
            with self.assertRaises(AccessError):
                self.model("service.dashboard", user).get_records_action(MARCH, "kept")

    def test_days_are_those_of_the_reader(self):
        """The same promise, due at midnight: yesterday here, today there."""
        moment = datetime(2026, 3, 20, 2, 30)  # 3:30 in Budapest, 22:30 in New York
        self._promise(self.agent, "kept", True, moment)
        day = {"date_from": "2026-03-20", "date_to": "2026-03-20"}
        before = {"date_from": "2026-03-19", "date_to": "2026-03-19"}
        for zone, period in (("Europe/Budapest", day), ("America/New_York", before)):
            for filters in (day, before):
                kept = self.get_data(tz=zone, **filters)["totals"]["kept"]
                self.assertEqual(kept, int(filters == period), (zone, filters))

    def test_first_and_last_second(self):
        day = {"date_from": "2026-03-20", "date_to": "2026-03-20"}
        start = datetime(2026, 3, 20, 4)  # midnight in summer time
        for moment, inside in (
            (start - timedelta(seconds=1), 0),
            (start, 1),
            (start + timedelta(hours=24, seconds=-1), 1),
            (start + timedelta(hours=24), 0),
        ):
            promise = self._promise(self.agent, "kept", True, moment)
            kept = self.get_data(tz="America/New_York", **day)["totals"]["kept"]
            self.assertEqual(kept, inside, moment)
            promise.unlink()

    def test_answer_is_plain_json(self):
        def check(value):
            if isinstance(value, dict):
                for key, item in value.items():
                    self.assertIsInstance(key, str)
                    check(item)
            elif isinstance(value, list):
                for item in value:
                    check(item)
            else:
                self.assertIn(type(value), (str, int, float, bool, type(None)))

        check(self.get_data())

    def test_each_figure_is_explained(self):
        data = self.get_data()
        for key in ("kept_rate", "counted", *COUNTS, "neutral", "interval", "period"):
            self.assertTrue(data["definitions"][key], key)

    def test_records_behind_a_number(self):
        """A click opens exactly as many records as the number says."""
        for user in (self.manager, self.agent):
            data = self.get_data(user)
            dashboard = self.model("service.dashboard", user)
            for figure in ("counted", *COUNTS, "neutral", "open", "overdue_now"):
                action = dashboard.get_records_action(MARCH, figure)
                found = self.model(action["res_model"], user).search_count(
                    action["domain"]
                )
                with self.subTest(user=user.login, figure=figure):
                    self.assertEqual(found, data["totals"][figure])
            for row in data["employees"]:
                action = dashboard.get_records_action(MARCH, "kept", row["id"])
                found = self.model(action["res_model"], user).search_count(
                    action["domain"]
                )
                self.assertEqual(found, row["kept"])
        for figure in ("everything", "", None, ["kept"], {"a": 1}):
            with self.subTest(figure=figure), self.assertRaises(ValidationError):
                self.model("service.dashboard", self.manager).get_records_action(
                    MARCH, figure
                )

    def test_checklists(self):
        ticket = self.tickets[self.agent]
        checklists = [
            self.start_checklist(ticket, self.make_template()) for _number in range(3)
        ]
        for checklist, answer in zip(checklists, ("yes", "no", None), strict=True):
            if answer:
                self.as_user(checklist.line_ids, self.agent).action_answer(answer)
        data = self.get_data()["checklists"]
        self.assertEqual(data, {"count": 2, "score": 0.5})

    def test_feedback_of_few_is_not_shown_for_one_person(self):
        vals = self.tickets[self.agent]._service_snapshot_vals()
        for number in range(5):
            data = self.get_data(employee_id=self.employee.id)["feedback"]
            self.assertEqual(data, {"count": number, "satisfaction": None})
            self.env["service.feedback"]._service_unseal().create(
                {
                    **vals,
                    "date_answered": self.now,
                    "satisfaction": number * 20,
                    "has_satisfaction": True,
                }
            )
        data = self.get_data(employee_id=self.employee.id)["feedback"]
        self.assertEqual(data["count"], 5)
        self.assertAlmostEqual(data["satisfaction"], 40)
        self.assertEqual(self.get_data(self.agent2)["feedback"]["count"], 0)

    def test_unanswered_measure_is_not_zero(self):
        vals = self.tickets[self.agent]._service_snapshot_vals()
        feedback = self.env["service.feedback"]._service_unseal()
        feedback.create({**vals, "date_answered": self.now})
        feedback.create(
            {
                **vals,
                "date_answered": self.now,
                "satisfaction": 80,
                "has_satisfaction": True,
            }
        )
        data = self.get_data()["feedback"]
        self.assertEqual(data["count"], 1)
        self.assertAlmostEqual(data["satisfaction"], 80)

    def test_report_rate_is_right_in_every_grouping(self):
        """The mean of the rows' rate is kept / counted, however one groups."""
        Report = self.model("service.quality.report", self.manager)
        data = self.get_data()
        domain = [
            ("kind", "=", "promise"),
            ("date", ">=", "2026-02-28 23:00:00"),
            ("date", "<", "2026-03-31 22:00:00"),
        ]
        rows = Report._read_group(
            domain, ["employee_id"], ["rate:avg", "is_counted:sum"]
        )
        shown = {row["id"]: row for row in data["employees"]}
        for employee, rate, counted in rows:
            self.assertAlmostEqual(rate, shown[employee.id]["rate"])
            self.assertEqual(counted, shown[employee.id]["counted"])
        total = Report._read_group(domain, [], ["rate:avg"])[0][0]
        self.assertAlmostEqual(total, data["totals"]["rate"])
