import io
from datetime import datetime
from urllib.parse import urlencode

from openpyxl import load_workbook

from odoo.tests import tagged

from .common import ServiceHttpCase
from .test_dashboard import MARCH, DashboardCase

NASTY = (
    '=HYPERLINK("http://evil.example")',
    "+1+1",
    "@SUM(A1)",
    "-2",
    "https://example.com/a",
    "Zsófia 😀 \u202eright to left",
    "007",
    "tab\tand\nnewline",
)
PATH = "/service_quality/export.xlsx"


@tagged("post_install", "-at_install")
class TestExport(DashboardCase, ServiceHttpCase):
    def get(self, user=None, **params):
        login = user and user.login
        self.authenticate(login, login)
        return self.url_open(f"{PATH}?{urlencode(params)}", allow_redirects=False)

    def get_book(self, user=None, **params):
        response = self.get(user or self.manager, **{**MARCH, **params})
        self.assertEqual(response.status_code, 200, response.text[:200])
        return load_workbook(io.BytesIO(response.content))

    def _table(self, sheet, top=1):
        """Return the rows under a header as dicts."""
        rows = list(sheet.iter_rows(min_row=top, values_only=True))
        return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]

    def test_who_may(self):
        for user in (self.agent, self.leader, self.nobody, self.portal):
            with self.subTest(user=user.login):
                response = self.get(user)
                self.assertEqual(response.status_code, 403)
                self.assertNotIn(b"PK", response.content[:2])
        response = self.get()
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])
        for user in (self.manager, self.admin):
            self.assertEqual(self.get(user).status_code, 200)

    def test_headers(self):
        response = self.get(self.manager)
        self.assertIn("spreadsheetml", response.headers["Content-Type"])
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertIn("no-store", response.headers["Cache-Control"])
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")

    def test_only_get(self):
        self.authenticate(self.manager.login, self.manager.login)
        response = self.url_open(PATH, data={"a": 1})
        self.assertIn(response.status_code, (400, 403, 405))

    def test_forged_parameters(self):
        for params, status in (
            ({"date_from": "2026-13-01"}, 400),
            ({"date_from": "x" * 5000}, 400),
            ({"date_from": "2026-03-02", "date_to": "2026-03-01"}, 400),
            ({"date_from": "1000-01-01"}, 400),
            ({"employee_id": "abc"}, 400),
            ({"employee_id": "1;drop"}, 400),
            ({"employee_id": "-1"}, 400),
            ({"employee_id": "1e3"}, 400),
            ({"department_id": "0x10"}, 400),
            ({"company_ids": "1,,2"}, 400),
            ({"company_ids": "x"}, 400),
            ({"company_ids": str(self.other_company.id)}, 403),
            ({"company_ids": f"{self.company.id},{self.other_company.id}"}, 403),
            ({"res_model": "res.users"}, 400),
            ({"kind": "x"}, 400),
            ({"foo": "bar"}, 400),
            ({"domain": "[]"}, 400),
            ({"employee_id": "9" * 30}, 200),
            ({"employee_id": "999999999"}, 200),
        ):
            with self.subTest(params=str(params)[:60]):
                self.assertEqual(self.get(self.manager, **params).status_code, status)

    def test_an_error_is_text(self):
        """A link with a script in it shows the script, it does not run it."""
        for params in (
            {"date_from": "<script>alert(1)</script>"},
            {"<script>alert(1)</script>": "1"},
        ):
            response = self.get(self.manager, **params)
            self.assertEqual(response.status_code, 400)
            self.assertTrue(response.headers["Content-Type"].startswith("text/plain"))
            self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")

    def test_same_numbers_as_the_dashboard(self):
        data = self.get_data()
        book = self.get_book()
        summary, employees, promises = book.worksheets
        shown = {
            row["Figure"]: (row["Value"], row["Previous period"])
            for row in self._table(summary, top=5)
        }
        totals = data["totals"]
        for key, label in (
            ("rate", "Kept rate"),
            ("counted", "Counted"),
            ("kept", "Kept"),
            ("late", "Late"),
            ("missed", "Missed"),
            ("overdue", "Overdue"),
            ("neutral", "Neutral"),
            ("open", "Open"),
            ("uncounted", "Not counted"),
        ):
            value, previous = shown[label]
            self.assertAlmostEqual(value, totals[key], places=9, msg=key)
            self.assertEqual(previous or 0, totals["previous"][key] or 0, key)
        rows = self._table(employees)
        self.assertEqual(len(rows), len(data["employees"]))
        for row, expected in zip(rows, data["employees"], strict=True):
            self.assertEqual(row["Employee"], expected["name"])
            for label, key in (
                ("Counted", "counted"),
                ("Kept", "kept"),
                ("Late", "late"),
                ("Missed", "missed"),
                ("Overdue", "overdue"),
                ("Neutral", "neutral"),
                ("Kept rate", "rate"),
                ("Interval from", "low"),
                ("Interval to", "high"),
            ):
                self.assertAlmostEqual(row[label] or 0, expected[key] or 0, places=9)
        rows = self._table(promises)
        self.assertEqual(len(rows), totals["total"])
        counted = [row for row in rows if row["Counts"]]
        self.assertEqual(
            sum(row["Outcome"] == "Kept" for row in counted), totals["kept"]
        )
        self.assertEqual(
            sum(row["Outcome"] == "Overdue" for row in counted), totals["overdue"]
        )

    def test_filters_reach_the_sheets(self):
        data = self.get_data(employee_id=self.employee2.id)
        book = self.get_book(
            employee_id=self.employee2.id, company_ids=str(self.company.id)
        )
        promises = self._table(book.worksheets[2])
        self.assertEqual(len(promises), data["totals"]["total"])
        self.assertEqual({row["Employee"] for row in promises}, {self.employee2.name})

    def test_moments_are_those_of_the_reader(self):
        self._promise(self.agent, "kept", True, datetime(2026, 3, 20, 2, 30))
        for zone, shown in (
            ("Europe/Budapest", datetime(2026, 3, 20, 3, 30)),
            ("America/New_York", datetime(2026, 3, 19, 22, 30)),
        ):
            self.manager.tz = zone
            rows = self._table(self.get_book().worksheets[2])
            self.assertIn(shown, {row["Due"] for row in rows})

    def test_texts_are_harmless_strings(self):
        """Formulas, links, numbers and controls in names stay what they are."""
        for number, text in enumerate(NASTY):
            promise = self._promise(
                self.agent, "kept", True, self.after(days=1, minutes=number)
            )
            promise.write({"name": text, "partner_name": text, "res_name": text})
        broken = self._promise(self.agent, "kept", True, self.after(days=2))
        broken.write({"name": "bell\x07 and \ufffe"})
        self.employee.name = "=1+1"
        book = self.get_book()
        sheet = book.worksheets[2]
        seen = set()
        for row in sheet.iter_rows(min_row=2):
            for cell in row[:7]:
                self.assertIn(cell.data_type, ("s", "inlineStr", "n"), cell.value)
                self.assertIsNone(cell.hyperlink)
                if cell.value is not None:
                    self.assertEqual(cell.data_type, "s")
            seen.add(row[0].value)
        self.assertLessEqual(set(NASTY), seen)
        self.assertIn("bell\ufffd and \ufffd", seen)
        names = [row["Employee"] for row in self._table(book.worksheets[1])]
        self.assertIn("=1+1", names)
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                self.assertNotIn("f", {cell.data_type for cell in row})

    def test_nothing_to_export(self):
        book = self.get_book(date_from="2020-01-01", date_to="2020-01-31")
        self.assertEqual(len(book.worksheets), 3)
        self.assertEqual(book.worksheets[2].max_row, 1)

    def test_reader_of_another_company(self):
        book = self.get_book(user=self.foreigner)
        self.assertEqual(book.worksheets[2].max_row, 1)
