import io
from urllib.parse import urlencode

from openpyxl import load_workbook

from odoo.tests import tagged

from .common import ServiceHttpCase
from .test_dashboard import MARCH, DashboardCase

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

    def test_the_same_workbook_as_everywhere(self):
        """The link's file has all sheets, with the figures of the dashboard."""
        data = self.get_data()
        book = self.get_book()
        self.assertEqual(book.sheetnames[:3], ["Summary", "Employees", "Promises"])
        self.assertEqual(len(book.sheetnames), 8)
        rows = self._table(book["Promises"])
        self.assertEqual(len(rows), data["totals"]["total"])
        cells = {row[0]: row[1] for row in book["Summary"].values}
        self.assertAlmostEqual(cells["Kept rate"], data["totals"]["rate"], places=9)

    def test_filters_reach_the_sheets(self):
        data = self.get_data(employee_id=self.employee2.id)
        book = self.get_book(
            employee_id=self.employee2.id, company_ids=str(self.company.id)
        )
        promises = self._table(book["Promises"])
        self.assertEqual(len(promises), data["totals"]["total"])
        self.assertEqual({row["Employee"] for row in promises}, {self.employee2.name})

    def test_nothing_to_export(self):
        book = self.get_book(date_from="2020-01-01", date_to="2020-01-31")
        self.assertEqual(len(book.worksheets), 8)
        self.assertEqual(book["Promises"].max_row, 1)

    def test_reader_of_another_company(self):
        book = self.get_book(user=self.foreigner)
        self.assertEqual(book["Promises"].max_row, 1)

    def test_head_sends_no_file(self):
        self.authenticate(self.manager.login, self.manager.login)
        response = self.url_open(PATH, method="HEAD")
        self.assertIn(response.status_code, (200, 405))
        self.assertEqual(response.content, b"")
