from datetime import datetime, timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .test_dashboard import MARCH, DashboardCase

PROMISE_FIGURES = (
    "total",
    "counted",
    "kept",
    "late",
    "missed",
    "overdue",
    "neutral",
    "moved",
    "excused",
    "withdrawn",
    "uncounted",
    "open",
)
STANDING = ("open_now", "overdue_now", "due_today")


@tagged("post_install", "-at_install")
class TestDashboardPage(DashboardCase):
    def count_behind(self, user, filters, figure, employee_id=False, **detail):
        """Return how many records a click on a number opens, and may be read."""
        dashboard = self.model("service.dashboard", user)
        dashboard = dashboard.with_context(tz="Europe/Budapest")
        action = dashboard.get_records_action(filters, figure, employee_id, **detail)
        return self.model(action["res_model"], user).search_count(action["domain"])

    def assertRows(self, user, filters, rows, figures=PROMISE_FIGURES, **detail):
        for row in rows:
            keys = {key: value(row) for key, value in detail.items()}
            for figure in figures:
                with self.subTest(user=user.login, figure=figure, **keys):
                    found = self.count_behind(user, filters, figure, **keys)
                    self.assertEqual(found, row[figure])

    def test_every_number_of_promises_has_its_records(self):
        for user in (self.manager, self.leader):
            data = self.get_data(user)
            totals = data["totals"]
            self.assertRows(user, MARCH, [totals], PROMISE_FIGURES + STANDING)
            self.assertRows(user, MARCH, totals["kinds"], kind=lambda row: row["kind"])
            self.assertRows(
                user,
                MARCH,
                data["employees"],
                (*PROMISE_FIGURES, "cancelled"),
                employee_id=lambda row: row["id"],
            )
            self.assertRows(
                user,
                MARCH,
                [row for row in data["trend"] if row["total"]],
                date=lambda row: row["date"],
                date_to=lambda row: row["date_to"],
            )
            for row in data["failures"]["heatmap"]:
                for figure in ("counted", "broken"):
                    found = self.count_behind(
                        user, MARCH, figure, weekday=row["weekday"], hour=row["hour"]
                    )
                    self.assertEqual(found, row[figure])
            shown = sum(row["counted"] for row in data["failures"]["heatmap"])
            self.assertEqual(shown, totals["counted"])

    def test_previous_period_has_its_records(self):
        filters = {"date_from": "2026-03-03", "date_to": "2026-03-04"}
        for compare, first in (("previous", "2026-03-01"), ("year", "2025-03-03")):
            data = self.get_data(**filters, compare=compare)
            self.assertEqual(data["period"]["previous_from"], first)
            for figure in PROMISE_FIGURES:
                self.assertEqual(
                    self.count_behind(
                        self.manager,
                        {**filters, "compare": compare},
                        f"previous_{figure}",
                    ),
                    data["totals"]["previous"][figure],
                )
        data = self.get_data(**filters, compare="none")
        self.assertIsNone(data["period"]["previous_from"])
        self.assertIsNone(data["totals"]["previous"]["rate"])

    def test_trend_has_no_gaps(self):
        data = self.get_data(date_from="2026-01-01", date_to="2026-06-15")
        self.assertEqual(data["period"]["step"], "week")
        days = 0
        for row in data["trend"]:
            first, last = map(datetime.fromisoformat, (row["date"], row["date_to"]))
            days += (last - first).days + 1
        self.assertEqual(days, 166)
        self.assertEqual(
            sum(row["total"] for row in data["trend"]), data["totals"]["total"]
        )

    def test_due_today(self):
        self._promise(self.agent, None, True, self.after(minutes=30))
        self._promise(self.agent, None, True, self.after(days=1))
        self.sync()
        self.assertEqual(self.get_data()["totals"]["due_today"], 1)
        self.assertEqual(self.count_behind(self.manager, MARCH, "due_today"), 1)

    def test_lines_that_fail(self):
        """Their asked and failed answers are behind them, one's own for an agent."""
        template = self.make_template(
            [
                {"name": "Cause found?"},
                {"name": "How well?", "kind": "score"},
            ]
        )
        for user, answer, value in ((self.agent, "no", 3), (self.agent2, "yes", 9)):
            checklist = self.start_checklist(self.tickets[user], template, user)
            first, second = self.as_user(checklist.line_ids, user)
            first.action_answer(answer)
            second.action_answer(value=value, comment="Because")
        names = {"Cause found?", "How well?"}
        for user, asked in ((self.manager, 2), (self.agent, 1)):
            lines = [
                row
                for row in self.get_data(user)["failures"]["lines"]
                if row["name"] in names
            ]
            self.assertEqual({row["name"] for row in lines}, names)
            for row in lines:
                self.assertEqual((row["asked"], row["failed"]), (asked, 1))
                self.assertEqual(row["share"], 1 / asked)
                for figure in ("asked", "failed"):
                    found = self.count_behind(user, MARCH, figure, line=row["key"])
                    self.assertEqual(found, row[figure])
        self.assertFalse(
            [
                row
                for row in self.get_data(self.agent2)["failures"]["lines"]
                if row["name"] in names
            ]
        )

    def test_quadrant_and_recoveries(self):
        vals = self.tickets[self.agent]._service_snapshot_vals()
        qualities = {
            "technical_quality": 80,
            "has_technical_quality": True,
            "service_quality": 40,
            "has_service_quality": True,
        }
        answers = self.env["service.feedback"]._service_unseal()
        for number in range(5):
            rows = self.get_data()["quadrant"]
            self.assertFalse(rows, number)
            answers.create({**vals, "date_answered": self.now, **qualities})
        rows = self.get_data()["quadrant"]
        self.assertEqual(
            {
                (row["kind"], row["id"], row["technical"], row["service"])
                for row in rows
            },
            {
                ("employee", self.employee.id, 80, 40),
                ("team", self.department.id, 80, 40),
            },
        )
        for row in rows:
            detail = {"department_id": row["id"]} if row["kind"] == "team" else {}
            employee_id = row["id"] if row["kind"] == "employee" else False
            found = self.count_behind(
                self.manager, MARCH, "answers", employee_id, **detail
            )
            self.assertEqual(found, row["answers"])
        shown = self.get_data()["recoveries"]
        for figure in ("opened", "running", "overdue", "in_time", "decided"):
            found = self.count_behind(self.manager, MARCH, f"recovery_{figure}")
            self.assertEqual(found, shown[figure], figure)
        silent = self.get_data()["silent"]
        self.assertEqual(
            self.count_behind(self.manager, MARCH, "silent"), silent["count"]
        )
        self.assertIsNone(self.get_data(self.agent)["silent"]["count"])

    def test_bad_details(self):
        dashboard = self.model("service.dashboard", self.manager)
        for detail in (
            {"unknown": 1},
            {"kind": "unknown"},
            {"date": "yesterday"},
            {"date": "2026-05-01", "date_to": "2026-05-02"},
            {"weekday": 7, "hour": 1},
            {"weekday": 1},
            {"weekday": True, "hour": 1},
            {"weekday": 1, "hour": "1"},
            {"department_id": "1"},
        ):
            with self.subTest(detail=detail), self.assertRaises(ValidationError):
                dashboard.get_records_action(MARCH, "kept", **detail)
        for line in ("x", 5, ["1"], "9" * 13, "-1"):
            with self.subTest(line=line), self.assertRaises(ValidationError):
                dashboard.get_records_action(MARCH, "failed", line=line)
        for figure in ("recovery_", "recovery_x", "failed", "previous_x"):
            with self.subTest(figure=figure), self.assertRaises(ValidationError):
                dashboard.get_records_action(MARCH, figure)
        with self.assertRaises(ValidationError):
            self.model("service.dashboard", self.agent).get_records_action(
                MARCH, "silent"
            )

    def test_team_hides_persons(self):
        """An agent's own figures against at least three others, as a sum."""
        self.assertIsNone(self.get_data(self.agent)["team"])
        others = [
            self.make_user(
                f"sq_other{number}",
                "service_quality.group_user",
                department_id=self.department.id,
            )
            for number in range(3)
        ]
        for number, user in enumerate(others):
            document = self.tickets[self.agent]
            vals = document.sudo()._service_promise_vals(
                name="Promised",
                kind="deadline",
                source="manual",
                date_due=self.after(hours=1 + number),
                employee=user.employee_ids,
                date_told=self.now,
            )
            vals["department_id"] = self.department.id
            promise = self.env["service.promise"]._service_record([vals])
            promise.write({"corrected_outcome": "kept" if number else "missed"})
            self.sync()
            team = self.get_data(self.agent)["team"]
            if number < 2 and team:
                # his department is too small: all of the company's others
                self.assertEqual(team["label"], self.company.name)
                self.assertGreaterEqual(team["members"], 3)
        self.assertEqual(team["label"], "Support")
        self.assertEqual(team["members"], 3)
        self.assertEqual((team["counted"], team["kept"]), (3, 2))
        self.assertNotIn("id", team)
        self.assertIsNone(self.get_data(self.manager)["team"])

    def test_team_only_figures(self):
        """With the setting for works councils nobody's figures but one's own."""
        self.company.service_privacy = "team"
        data = self.get_data()
        self.assertTrue(data["is_names_hidden"])
        self.assertEqual(data["employees"], [])
        own = self.manager.employee_ids.ids
        self.assertEqual([row["id"] for row in data["choices"]["employees"]], own)
        self.assertGreater(data["totals"]["counted"], 0)
        data = self.get_data(employee_id=self.employee.id)
        self.assertEqual(data["totals"]["total"], 0)
        own = self.get_data(self.agent)
        self.assertEqual([row["id"] for row in own["employees"]], self.employee.ids)
        self.assertEqual(self.get_data(self.leader)["employees"], [])
        scorecards = self.model("service.dashboard", self.manager)
        self.assertFalse(scorecards.get_scorecard(self.employee.id))
        self.assertTrue(
            self.model("service.dashboard", self.agent).get_scorecard(self.employee.id)
        )

    def test_choices(self):
        choices = self.get_data()["choices"]
        self.assertEqual([row["id"] for row in choices["companies"]], self.company.ids)
        self.assertEqual(
            {row["id"] for row in choices["employees"]},
            set((self.employee + self.employee2).ids),
        )
        own = self.get_data(self.agent)["choices"]
        self.assertEqual([row["id"] for row in own["employees"]], self.employee.ids)
        self.assertEqual([row["id"] for row in own["departments"]], self.department.ids)
        models = {row["key"] for row in choices["models"]}
        self.assertLessEqual({"helpdesk.ticket", "sale.order"}, models)

    def test_digest(self):
        """The digest says what the dashboard says; nothing counted, no rate."""
        digest = self.env["digest.digest"].create(
            {
                "name": "Weekly",
                "company_id": self.company.id,
                "user_ids": [Command.set(self.manager.ids)],
                "kpi_service_kept_rate": True,
                "kpi_service_counted": True,
                "kpi_service_broken": True,
            }
        )

        def values(user, **ago):
            stop = self.now
            shown = digest.with_user(user).with_context(
                allowed_company_ids=self.company.ids,
                start_datetime=stop - timedelta(**ago),
                end_datetime=stop,
            )
            shown.invalidate_model()
            return [
                shown[f"kpi_service_{name}_value"]
                for name in ("kept_rate", "counted", "broken")
            ]

        self.assertEqual(values(self.manager, days=30), [100 * 4 / 11, 11, 7])
        self.assertEqual(values(self.agent2, days=30), [50.0, 2, 1])
        self.assertEqual(values(self.manager, days=1)[1:], [0, 0])
        with self.assertRaises(AccessError):
            values(self.nobody, days=30)
        theirs = digest.copy({"company_id": self.other_company.id})
        self.assertEqual(
            theirs.with_user(self.foreigner).company_id, self.other_company
        )
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager).with_context(
                allowed_company_ids=self.company.ids,
                start_datetime=self.now - timedelta(days=30),
                end_datetime=self.now,
            ).mapped("kpi_service_counted_value")
        kpis = {
            row["kpi_name"]: row
            for row in digest.with_context(
                allowed_company_ids=self.company.ids
            )._compute_kpis(self.company, self.manager)
        }
        for row in kpis.values():
            self.assertEqual(
                row["kpi_action"], "service_quality.service_dashboard_action"
            )
        self.assertEqual(
            set(kpis),
            {"kpi_service_kept_rate", "kpi_service_counted", "kpi_service_broken"},
        )
