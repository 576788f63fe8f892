from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..report import xlsx_rows
from .common_export import ExportCase

#: Each sheet, counted independently: the columns in their order, in plain SQL. Moments
#: are in Budapest; hours of working time become days of 24 hours.
LOCAL = "date_trunc('second', {}) AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Budapest'"
NAMES = """LEFT JOIN hr_employee e ON e.id = f.employee_id
    LEFT JOIN hr_department d ON d.id = f.department_id
    LEFT JOIN res_partner p ON p.id = f.partner_id"""
DEPARTMENT = "d.name->>'en_US'"
SHEETS = {
    "Promises": f"""SELECT f.name, f.res_name, f.partner_name, e.name, {DEPARTMENT},
            f.kind, f.source, {LOCAL.format("f.date_made")},
            {LOCAL.format("f.date_due")}, {LOCAL.format("f.date_settled")},
            COALESCE(f.outcome, CASE WHEN f.date_limit < %(now)s THEN 'overdue'
                WHEN f.date_limit <= %(now)s + INTERVAL '4 hours' THEN 'due_soon'
                ELSE 'open' END),
            CASE WHEN f.outcome = 'late' THEN f.delay_hours / 24 END,
            CASE WHEN f.is_counted THEN 1 ELSE 0 END,
            CASE WHEN f.is_self_declared THEN 1 ELSE 0 END
        FROM service_promise f {NAMES}
        WHERE f.company_id = %(company)s AND f.date_due >= %(start)s
            AND f.date_due < %(stop)s
        ORDER BY f.date_due, f.id""",
    "Checklists": f"""SELECT f.name->>'en_US', f.res_name, p.name, e.name, {DEPARTMENT},
            f.state, f.score, {LOCAL.format("f.date_done")}, l.section->>'en_US',
            l.name->>'en_US', l.kind, l.answer,
            CASE WHEN l.date_answered IS NOT NULL AND l.kind IN ('score', 'balance')
                THEN l.value END,
            l.comment, up.name, {LOCAL.format("l.date_answered")},
            CASE WHEN l.is_scored THEN l.points END,
            COALESCE(l.is_required, false)::int,
            COALESCE(l.is_critical, false)::int, COALESCE(l.is_automatic, false)::int
        FROM service_checklist_line l JOIN service_checklist f ON f.id = l.checklist_id
            {NAMES} LEFT JOIN res_users u ON u.id = l.answered_by_id
            LEFT JOIN res_partner up ON up.id = u.partner_id
        WHERE f.company_id = %(company)s AND f.purpose = 'work'
            AND COALESCE(f.date_done, f.date_started) >= %(start)s
            AND COALESCE(f.date_done, f.date_started) < %(stop)s
        ORDER BY COALESCE(f.date_done, f.date_started), f.id, l.sequence, l.id""",
    "Feedback": f"""SELECT {LOCAL.format("f.date_answered")}, f.res_name, p.name,
            CASE WHEN (SELECT count(*) FROM service_feedback o
                WHERE o.employee_id = f.employee_id) >= 5 THEN e.name
                ELSE 'Fewer than 5 answers' END,
            {DEPARTMENT},
            CASE WHEN f.has_satisfaction THEN f.satisfaction END,
            CASE WHEN f.has_technical_quality THEN f.technical_quality END,
            CASE WHEN f.has_service_quality THEN f.service_quality END,
            CASE WHEN f.has_recommend THEN f.recommend END,
            f.reason, f.ladder, f.comment, COALESCE(f.is_manual, false)::int
        FROM service_feedback f {NAMES}
        WHERE f.company_id = %(company)s AND f.date_answered >= %(start)s
            AND f.date_answered < %(stop)s
        ORDER BY f.date_answered, f.id""",
    "Scope changes": f"""SELECT f.name, f.res_name, f.partner_name, e.name,
            {DEPARTMENT},
            f.amount_delta, c.name, {LOCAL.format("f.date_due_new")}, f.state,
            {LOCAL.format("f.create_date")}, {LOCAL.format("f.date_sent")},
            {LOCAL.format("f.date_decided")}, f.decided_by, f.customer_comment,
            COALESCE(f.is_answered_first, false)::int,
            COALESCE(f.is_work_unanswered, false)::int
        FROM service_scope_change f {NAMES} JOIN res_currency c ON c.id = f.currency_id
        WHERE f.company_id = %(company)s AND f.create_date >= %(start)s
            AND f.create_date < %(stop)s
        ORDER BY f.create_date, f.id""",
    "Recoveries": f"""SELECT f.trigger, f.res_name, p.name, e.name, {DEPARTMENT},
            op.name, f.description, f.state, f.cause, {LOCAL.format("f.date_opened")},
            {LOCAL.format("f.date_due")}, {LOCAL.format("f.date_apologised")},
            {LOCAL.format("f.date_compensated")}, f.compensation_kind,
            f.compensation_amount, {LOCAL.format("f.date_closed")},
            COALESCE(f.is_in_time, false)::int,
            CASE WHEN f.has_score_before THEN f.score_before END,
            CASE WHEN f.has_score_after THEN f.score_after END,
            COALESCE(f.is_self_declared, false)::int
        FROM service_recovery f {NAMES} LEFT JOIN res_users u ON u.id = f.user_id
            LEFT JOIN res_partner op ON op.id = u.partner_id
        WHERE f.company_id = %(company)s AND f.date_opened >= %(start)s
            AND f.date_opened < %(stop)s
        ORDER BY f.date_opened, f.id""",
    "Silent customers": f"""SELECT p.name, f.res_name, e.name, {DEPARTMENT}, f.state,
            COALESCE(f.has_broken_promise, false)::int,
            COALESCE(f.has_low_score, false)::int,
            COALESCE(f.has_failed_checklist, false)::int, f.event_count,
            {LOCAL.format("f.date_event")}, {LOCAL.format("f.date_contact")},
            floor(extract(epoch FROM %(now)s - f.date_contact) / 86400),
            f.gap_days, f.limit_days
        FROM service_silent_customer f {NAMES}
        WHERE f.company_id = %(company)s AND f.state <> 'back'
        ORDER BY f.date_event, f.id""",
}
#: Selections by their place in a row: the sheet shows their words.
WORDS = {
    "Promises": ("service.promise", {5: "kind", 6: "source", 10: "state"}),
    "Checklists": ("service.checklist.line", {10: "kind", 11: "answer"}),
    "Feedback": ("service.feedback", {9: "reason", 10: "ladder"}),
    "Scope changes": ("service.scope.change", {8: "state"}),
    "Recoveries": (
        "service.recovery",
        {0: "trigger", 7: "state", 8: "cause", 13: "compensation_kind"},
    ),
    "Silent customers": ("service.silent.customer", {4: "state"}),
}


@tagged("post_install", "-at_install")
class TestExportSheets(ExportCase):
    def query(self, name):
        """Return the rows of a sheet as an independent query sees them."""
        self.sync()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                SHEETS[name],
                now=SQL("%s::timestamp", self.now),
                company=self.company.id,
                start=datetime(2026, 2, 28, 23),  # Budapest midnight
                stop=datetime(2026, 3, 31, 22),  # after the clock change
            )
        )
        model, places = WORDS[name]
        words = {
            place: dict(self.env[model]._fields[field].selection)
            for place, field in places.items()
        }
        if name == "Checklists":
            words[5] = dict(self.env["service.checklist"]._fields["state"].selection)
        return [
            [
                words[place].get(value, value) if place in words else value
                for place, value in enumerate(row)
            ]
            for row in rows
        ]

    def assertCells(self, sheet, expected):
        shown = list(sheet.iter_rows(min_row=2, values_only=True))
        self.assertEqual(len(shown), len(expected), sheet.title)
        header = [cell.value for cell in sheet[1]]
        for number, (row, wanted) in enumerate(zip(shown, expected, strict=True), 2):
            for label, cell, value in zip(header, row, wanted, strict=True):
                self.assertValue(cell, value, f"{sheet.title}, row {number}, {label}")

    def test_every_sheet_is_what_sql_counts(self):
        """Cell by cell: each sheet against a query of its own."""
        self.make_facts()
        book = self.make_book()
        self.assertEqual(book.sheetnames, ["Summary", "Employees", *SHEETS])
        for name in SHEETS:
            expected = self.query(name)
            self.assertTrue(expected, name)
            self.assertCells(book[name], expected)

    def test_summary_and_employees_are_the_dashboard(self):
        self.make_facts()
        book = self.make_book()
        data = self.get_data()
        figures = self.figures_of(book)
        for label, part, key in (
            ("Kept rate", "totals", "rate"),
            ("Counted", "totals", "counted"),
            ("Kept", "totals", "kept"),
            ("Late", "totals", "late"),
            ("Missed", "totals", "missed"),
            ("Overdue", "totals", "overdue"),
            ("Neutral", "totals", "neutral"),
            ("Open", "totals", "open"),
            ("Not counted", "totals", "uncounted"),
            ("Overdue now", "totals", "overdue_now"),
            ("Satisfaction", "feedback", "satisfaction"),
            ("Customers' answers", "feedback", "count"),
            ("Checklists done", "checklists", "count"),
        ):
            self.assertAlmostEqual(
                figures[label][0] or 0, data[part][key] or 0, places=9, msg=label
            )
        self.assertFigures(data["totals"], self.count_in_sql())
        rows = self.rows_of(book["Employees"])
        self.assertEqual(
            [row["Employee"] for row in rows],
            [row["name"] for row in data["employees"]],
        )
        for row, expected in zip(rows, data["employees"], strict=True):
            for label, key in (
                ("Counted", "counted"),
                ("Kept", "kept"),
                ("Late", "late"),
                ("Missed", "missed"),
                ("Overdue", "overdue"),
                ("Neutral", "neutral"),
                ("Of these cancelled", "cancelled"),
                ("Kept rate", "rate"),
                ("Interval from", "low"),
                ("Interval to", "high"),
            ):
                self.assertAlmostEqual(row[label] or 0, expected[key] or 0, places=9)
        kinds = {row["label"]: row for row in data["totals"]["kinds"]}
        cells = {row[0]: row for row in book["Summary"].iter_rows(values_only=True)}
        for label, row in kinds.items():
            self.assertEqual(cells[label][1], row["kept"])
            self.assertEqual(cells[label][5], row["counted"])

    def test_rows_are_those_of_the_figures(self):
        book = self.make_book(sheets=["summary", "promises"])
        rows = self.rows_of(book["Promises"])
        figures = self.figures_of(book)
        for label in ("Kept", "Late", "Missed", "Overdue"):
            number = sum(row["Outcome"] == label and row["Counts"] for row in rows)
            self.assertEqual(number, figures[label][0], label)

    def test_filters(self):
        self.make_facts()
        filters = {"employee_id": self.employee2.id}
        book = self.make_book(filters=filters)
        for name in ("Promises", "Checklists"):
            rows = self.rows_of(book[name])
            self.assertTrue(rows)
            self.assertEqual({row["Employee"] for row in rows}, {self.employee2.name})
        data = self.get_data(employee_id=self.employee2.id)
        rows = self.rows_of(book["Promises"])
        self.assertEqual(len(rows), data["totals"]["total"])
        # One kind of promise: nothing else is of that kind, as on the dashboard.
        book = self.make_book(filters={"kind": "appointment"})
        rows = self.rows_of(book["Promises"])
        self.assertEqual({row["Kind"] for row in rows}, {"Appointment"})
        for name in ("Checklists", "Feedback", "Recoveries", "Silent customers"):
            self.assertEqual(book[name].max_row, 1, name)

    def test_few_answers_name_nobody(self):
        """Fewer than five customers' answers are no figure about a person."""
        self.make_facts()
        rows = self.rows_of(self.make_book()["Feedback"])
        names = [row["Employee"] for row in rows]
        self.assertEqual(names.count(self.employee.name), 6)
        self.assertEqual(names.count("Fewer than 5 answers"), 1)
        self.assertNotIn(self.employee2.name, names)
        book = self.make_book(filters={"employee_id": self.employee2.id})
        (row,) = self.rows_of(book["Feedback"])
        self.assertIsNone(row["Satisfaction (0-100)"])
        self.assertIsNone(self.figures_of(book)["Satisfaction"][0])
        # Not by grouping either
        book = self.make_book(sheets=["feedback"], group_by="employee")
        cells = [cell.value for cell in book["Feedback"]["A"]]
        self.assertIn(f"{self.employee.name} (6)", cells)
        self.assertNotIn(f"{self.employee2.name} (1)", cells)

    def test_recovery_scores_of_few_are_hidden(self):
        self._make_others()
        (row,) = self.rows_of(self.make_book()["Recoveries"])
        self.assertIsNone(row["Score before (0-100)"])
        for number in range(5):
            self.make_feedback(self.agent, satisfaction=number)
        (row,) = self.rows_of(self.make_book()["Recoveries"])
        self.assertEqual(row["Score before (0-100)"], 20)

    def test_privacy_shows_no_names(self):
        """The works council's setting holds in every sheet and every group."""
        self.make_facts()
        self.company.service_privacy = "team"
        names = {self.agent.name, self.agent2.name, self.manager.name}
        for group in (False, "employee", "team"):
            book = self.make_book(group_by=group)
            for sheet in book.worksheets:
                made_by = 0
                for row in sheet.iter_rows(values_only=True):
                    if row[0] == "Created by":
                        made_by += 1
                        continue
                    for value in row:
                        for name in names:
                            self.assertFalse(
                                isinstance(value, str) and name in value,
                                f"{sheet.title}: {value}",
                            )
                self.assertEqual(made_by, sheet.title == "Summary")
            # Two people work here: too few to hide behind a team.
            self.assertIn("Teams", book.sheetnames)
            (row,) = self.rows_of(book["Teams"])
            self.assertEqual(row["Team"], "Small teams")
            self.assertIsNone(row["Kept"])
        # Neither one person's workbook, nor that of a team which is one person
        for filters in (
            {"employee_id": self.employee.id},
            {"department_id": self.department.id},
        ):
            with self.assertRaisesRegex(UserError, "per team"):
                self.make_book(filters=filters)
        with self.assertRaises(UserError):
            self.make_run(split="team").prepare()

    def test_private_teams_of_three(self):
        """Teams large enough to hide a name behind are shown, without names."""
        self.company.service_privacy = "team"
        for number in range(2):
            user = self.make_user(
                f"sq_third{number}",
                "service_quality.group_user",
                department_id=self.department.id,
            )
            employee = user.employee_ids
            promise = self._promise(self.agent, "kept", True, self.after(days=1))
            promise.write({"employee_id": employee.id})
        self.sync()
        book = self.make_book()
        rows = {row["Team"]: row for row in self.rows_of(book["Teams"])}
        expected = self.count_in_sql(SQL("department_id = %s", self.department.id))
        self.assertEqual(rows["Support"]["Kept"], expected["kept"])
        self.assertIsNone(rows["Small teams"]["Kept"])
        teams = {row["Department"] for row in self.rows_of(book["Promises"])}
        self.assertEqual(teams, {"Support", None})
        run = self.make_run(split="team", sheets=["promises"])
        run.prepare()
        self.assertEqual([each["name"] for each in run.state["books"]], ["Support"])
        self.assertIn("No team", run.state["note"])

    def test_groups(self):
        book = self.make_book(sheets=["promises"], group_by="employee")
        sheet = book["Promises"]
        rows = self.rows_of(sheet)
        current, seen = None, {}
        for number, row in enumerate(rows, 2):
            if row["Due"] is None:
                current = row["Promise"].rpartition(" (")[0]
                seen[current] = [int(row["Promise"].rpartition("(")[2][:-1]), 0]
                self.assertEqual(sheet.row_dimensions[number].outline_level, 0)
            else:
                self.assertEqual(row["Employee"], current)
                seen[current][1] += 1
                self.assertEqual(sheet.row_dimensions[number].outline_level, 1)
        self.assertEqual(sheet.sheet_format.outlineLevelRow, 1)
        self.assertFalse(sheet.sheet_properties.outlinePr.summaryBelow)
        self.assertEqual(set(seen), {self.employee.name, self.employee2.name})
        for announced, shown in seen.values():
            self.assertEqual(announced, shown)
        team = self.make_book(sheets=["employees", "promises"], group_by="team")
        self.assertEqual(
            {row["Team"] for row in self.rows_of(team["Teams"])}, {"No team", "Support"}
        )

    def test_teams_are_what_sql_counts(self):
        book = self.make_book(sheets=["employees"], group_by="team")
        expected = self.count_in_sql(SQL("department_id = %s", self.department.id))
        (row,) = [
            row for row in self.rows_of(book["Teams"]) if row["Team"] == "Support"
        ]
        for label in ("kept", "late", "missed", "overdue"):
            self.assertEqual(row[label.capitalize()], expected[label])

    def test_columns(self):
        book = self.make_book(
            sheets=["promises"], columns={"promises": ["state", "name", "company"]}
        )
        header = [cell.value for cell in book["Promises"][1]]
        self.assertEqual(header, ["Outcome", "Promise", "Company"])
        self.assertEqual(book["Promises"]["C2"].value, self.company.name)

    def test_more_rows_than_a_sheet_holds(self):
        """They go on in the next sheet: nothing is cut."""
        self.patch(xlsx_rows, "MAX_ROWS", 5)
        for group in (False, "employee"):
            book = self.make_book(sheets=["summary", "promises"], group_by=group)
            names = book.sheetnames[1:]
            self.assertEqual(names[:2], ["Promises", "Promises (2)"])
            rows = []
            for name in names:
                self.assertLessEqual(book[name].max_row, 5)
                rows += [row for row in self.rows_of(book[name]) if row["Due"]]
            self.assertEqual(len(rows), self.get_data()["totals"]["total"])
            keys = [(row["Due"], row["Promise"], row["Employee"]) for row in rows]
            if not group:
                self.assertEqual(keys, sorted(keys, key=lambda key: key[0]))

    def test_zone_and_language_of_the_reader(self):
        moment = datetime(2026, 3, 20, 2, 30)
        self._promise(self.agent, "kept", True, moment)
        for zone, shown in (
            ("Europe/Budapest", datetime(2026, 3, 20, 3, 30)),
            ("America/New_York", datetime(2026, 3, 19, 22, 30)),
        ):
            rows = self.rows_of(self.make_book(tz=zone)["Promises"])
            self.assertIn(shown, {row["Due"] for row in rows})
        self.env["res.lang"]._activate_lang("hu_HU")
        self.env["ir.module.module"]._load_module_terms(["service_quality"], ["hu_HU"])
        english, hungarian = (
            self.make_book(lang=lang, sheets=["promises"]).worksheets[0]
            for lang in ("en_US", "hu_HU")
        )
        self.assertNotEqual(english["A1"].value, hungarian["A1"].value)

    def test_record_rules_are_kept(self):
        self.make_facts()
        self.env["ir.rule"].create(
            {
                "name": "No appointments",
                "model_id": self.env["ir.model"]._get_id("service.promise"),
                "domain_force": "[('kind', '!=', 'appointment')]",
            }
        )
        rows = self.rows_of(self.make_book()["Promises"])
        self.assertTrue(rows)
        self.assertNotIn("Appointment", {row["Kind"] for row in rows})
        book = self.make_book(user=self.foreigner)
        for name in SHEETS:
            self.assertEqual(book[name].max_row, 1, name)

    def test_rights_lost_on_the_way(self):
        """Access is asked again for each chunk, not only at the beginning."""
        run = self.make_run(sheets=["promises"])
        run.prepare()
        self.env["ir.rule"].create(
            {
                "name": "Nothing",
                "model_id": self.env["ir.model"]._get_id("service.promise"),
                "domain_force": "[('id', '=', 0)]",
            }
        )
        self.assertTrue(run.step())
        self.assertEqual(run.state["books"][0]["sheets"][0]["written"], 0)

    def test_one_file_per_team(self):
        run = self.make_run(split="team", sheets=["summary", "promises"])
        run.prepare()
        names = [book["name"] for book in run.state["books"]]
        self.assertEqual(names, ["Support", "No team"])
        totals = [
            sum(entry["total"] for entry in book["sheets"])
            for book in run.state["books"]
        ]
        self.assertEqual(sum(totals), self.get_data()["totals"]["total"])
        expected = self.count_in_sql(SQL("department_id IS NULL"))
        figures = run._load_figures(1)["totals"]
        self.assertFigures(figures, expected)

    def test_only_managers(self):
        for user in (self.agent, self.leader, self.nobody, self.portal):
            with self.assertRaises(AccessError):
                self.make_run(user)

    def test_layout(self):
        """Frozen and filterable headers, widths, print layout, links, properties."""
        self.make_facts()
        book = self.make_book()
        for sheet in book.worksheets[1:]:
            self.assertEqual(sheet.freeze_panes, "B2", sheet.title)
            self.assertTrue(sheet.auto_filter.ref.startswith("A1:"), sheet.title)
            self.assertEqual(sheet.page_setup.orientation, "landscape")
            self.assertEqual(sheet.page_setup.fitToHeight, 0)
            self.assertEqual(sheet.print_title_rows, "$1:$1")
            self.assertGreater(sheet.column_dimensions["A"].width, 10)
        links = {
            row[0].value: row[0].hyperlink
            for row in book["Summary"].iter_rows()
            if row[0].hyperlink
        }
        self.assertEqual(list(links), book.sheetnames[1:])
        for name, link in links.items():
            self.assertIsNone(link.target)
            self.assertEqual(link.location, f"'{name}'!A1")
        self.assertEqual(len(book["Summary"]._charts), 3)
        self.assertEqual(book.properties.creator, self.manager.name)
        self.assertEqual(book.properties.title, "Service Quality")
        promises = book["Promises"]
        self.assertEqual(promises["H2"].number_format, "yyyy-mm-dd hh:mm")
        self.assertEqual(book["Employees"]["I2"].number_format, "0.0%")
        late = [row[11] for row in promises.iter_rows(min_row=2) if row[11].value]
        self.assertEqual(
            {cell.number_format for cell in late} or {"[h]:mm"}, {"[h]:mm"}
        )
        self.assertTrue(book["Employees"].conditional_formatting)

    def test_queries_do_not_grow_with_the_rows(self):
        run = self.make_run(sheets=["promises"])
        run.prepare()
        self.env.invalidate_all()
        with self.assertQueryCount(3):
            run.step()
