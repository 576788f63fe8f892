import base64
import io
import zipfile

from openpyxl import Workbook, load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..report.checklist_workbook import write_templates
from ..wizard import checklist_workbook_reader
from .common import ServiceCase

HEADERS = {
    "Templates": ["Key", "Template", "Purpose", "Pass score"],
    "Lines": ["Key", "Type", "Text", "Required", "Weight", "Answered from"],
}
TEMPLATES = [[1, "Imported", "work", 0.5]]
LINES = [[1, "check", "Done?", "yes", 2, None]]


@tagged("post_install", "-at_install")
class TestChecklistWorkbook(ServiceCase):
    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("hu_HU")
        self.env["res.lang"]._activate_lang("ru_RU")
        self.Template = self.env["service.checklist.template"]

    def export(self, templates):
        target = io.BytesIO()
        langs = templates._service_exchange_langs()
        write_templates(target, templates._service_export_data(), langs)
        return target.getvalue()

    def make_book(self, templates=None, lines=None, headers=None, cells=()):
        """Return a workbook as people make it; ``cells`` are (sheet, cell, value)."""
        book = Workbook()
        book.remove(book.active)
        rows = {
            "Templates": TEMPLATES if templates is None else templates,
            "Lines": LINES if lines is None else lines,
        }
        for name, header in (headers or HEADERS).items():
            sheet = book.create_sheet(name)
            for row in [header, *rows.get(name, [])]:
                sheet.append(row)
        for name, cell, value in cells:
            book[name][cell] = value
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()

    def make_wizard(self, content, user=None, **vals):
        return self.model("service.checklist.import.wizard", user or self.admin).create(
            {"file": base64.b64encode(content), **vals}
        )

    def do_import(self, content, user=None, **vals):
        """Import as an administrator and return the templates."""
        action = self.make_wizard(content, user=user, **vals).action_import()
        return self.Template.search(action["domain"])

    def assertRefused(self, content, pattern):
        """Nothing is imported; preview and button say the same."""
        count = self.Template.with_context(active_test=False).search_count([])
        wizard = self.make_wizard(content)
        self.assertFalse(wizard.can_import)
        self.assertRegex(wizard.preview, pattern)
        with self.assertRaisesRegex(UserError, pattern), self.env.cr.savepoint():
            wizard.action_import()
        after = self.Template.with_context(active_test=False).search_count([])
        self.assertEqual(after, count)

    # ------------------------------------------------------------------
    # Round trip
    # ------------------------------------------------------------------

    def test_round_trip(self):
        """Every pack, and a template with everything odd in it."""
        odd = self.make_template(
            [
                {"name": "=1+1", "display_type": "line_section", "sequence": 1},
                {
                    "name": "<b>HTML</b> & 'quotes' \"x\" 😀",
                    "kind": "score",
                    "weight": 0.25,
                    "comment_rule": "always",
                    "is_na_allowed": False,
                    "is_critical": True,
                    "script": "Line one\nline two\n=SUM(A1)\nhttp://x.example",
                    "sequence": 2,
                },
                {"name": "12", "kind": "text", "sequence": 3},
                {"name": "_x0041_", "kind": "balance", "weight": 0, "sequence": 4},
                {"name": "x" * 500, "script": "y" * 10_000, "sequence": 5},
                {"name": "-2", "is_automatic": True, "figure": "scope", "sequence": 6},
            ],
            name="+Odd",
            pass_score=0.37,
            company_id=self.company.id,
            description="Two\nlines",
        )
        odd.update_field_translations("name", {"hu_HU": "Furcsa", "ru_RU": "=Странно"})
        odd.line_ids[1].update_field_translations("script", {"hu_HU": "Más\nsor"})
        odd.line_ids[0].update_field_translations("name", {"ru_RU": "Раздел"})
        templates = odd + self.Template.search([("company_id", "=", False)])
        self.assertGreater(len(templates), 6)
        imported = self.do_import(self.export(templates))
        self.assertEqual(len(imported), len(templates))
        self.assertFalse(imported & templates)
        copies = self.Template.browse(sorted(imported.ids))
        self.assertEqual(
            copies._service_export_data(), templates._service_export_data()
        )
        for lang in ("en_US", "hu_HU", "ru_RU"):
            for record, copy in [
                *zip(templates, copies, strict=True),
                *zip(templates.line_ids, copies.line_ids, strict=True),
            ]:
                record, copy = (row.with_context(lang=lang) for row in (record, copy))
                self.assertEqual(copy.name, record.name)
        self.assertEqual(set(copies.mapped("version")), {1})

    def test_whoever_exports_in_another_language(self):
        template = self.make_template([{"name": "Done?"}], name="English")
        template.update_field_translations("name", {"hu_HU": "Magyar"})
        content = self.export(template.with_context(lang="hu_HU"))
        sheet = load_workbook(io.BytesIO(content))["Templates"]
        self.assertEqual(sheet["B2"].value, "English")

    def test_texts_are_texts(self):
        template = self.make_template([{"name": "=HYPERLINK(1)"}], name="@x")
        book = load_workbook(io.BytesIO(self.export(template)))
        for sheet in book:
            for row in sheet:
                self.assertNotIn("f", [cell.data_type for cell in row])
                self.assertFalse([cell for cell in row if cell.hyperlink])

    # ------------------------------------------------------------------
    # Import
    # ------------------------------------------------------------------

    def test_import(self):
        wizard = self.make_wizard(self.make_book())
        self.assertTrue(wizard.can_import)
        self.assertIn("Imported", wizard.preview)
        self.assertFalse(self.Template.search([("name", "=", "Imported")]))
        template = self.do_import(self.make_book())
        line = template.line_ids
        self.assertEqual((template.name, template.pass_score), ("Imported", 0.5))
        self.assertEqual(
            (line.name, line.is_required, line.weight, line.is_na_allowed),
            ("Done?", True, 2.0, True),
        )

    def test_update(self):
        template = self.do_import(self.make_book())
        line = template.line_ids
        checklist = self.start_checklist(self.make_ticket(), template)
        lines = [[1, "section", "New"], [1, "score", "Done?"], [1, "text", "Else?"]]
        content = self.make_book(lines=lines)
        self.assertIn("updated", self.make_wizard(content, update_existing=1).preview)
        self.assertEqual(self.do_import(content, update_existing=True), template)
        self.assertEqual(template.line_ids.mapped("name"), ["New", "Done?", "Else?"])
        self.assertEqual(template.line_ids[1], line)
        self.assertEqual((line.kind, template.version), ("score", 2))
        self.assertEqual(checklist.line_ids.kind, "check")
        self.assertNotEqual(self.do_import(content), template)

    def test_bad_cells(self):
        """Each error names sheet, row and column."""
        for name, cell, value, pattern in (
            ("Lines", "C2", "x" * 501, "Lines, row 2, Text: .*500"),
            ("Lines", "C2", "x" * 10_000, "Lines, row 2, Text: .*500"),
            ("Lines", "C2", None, "Lines, row 2, Text"),
            ("Lines", "C2", "=1+1", "Lines, row 2, Text: a formula"),
            ("Lines", "B2", "perhaps", "Lines, row 2, Type: one of"),
            ("Lines", "D2", "maybe", "Lines, row 2, Required: write yes or no"),
            ("Lines", "E2", -1, "Lines, row 2, Weight"),
            ("Lines", "E2", 1001, "Lines, row 2, Weight"),
            ("Lines", "E2", "nan", "Lines, row 2, Weight"),
            ("Lines", "E2", "heavy", "Lines, row 2, Weight"),
            ("Lines", "F2", "moon", "Lines, row 2, Answered from"),
            ("Lines", "A2", 7, "Lines, row 2, Key"),
            ("Templates", "A2", None, "Templates, row 2, Key"),
            ("Templates", "B2", None, "Templates, row 2, Template"),
            ("Templates", "C2", "party", "Templates, row 2, Purpose"),
            ("Templates", "D2", 1.5, "Templates, row 2, Pass score"),
            ("Lines", "G1", "Colour", "Lines: the column Colour"),
            ("Lines", "G1", "Text [de_DE]", "language that is not installed"),
            ("Lines", "G1", "Text", "is there twice"),
            ("Lines", "C1", None, "Lines: the column Text is missing"),
        ):
            with self.subTest(cell=cell, value=str(value)[:20]):
                self.assertRefused(self.make_book(cells=[(name, cell, value)]), pattern)

    def test_every_error_at_once(self):
        lines = [[1, "perhaps", "a"], [1, "check", "b", "maybe"]]
        wizard = self.make_wizard(self.make_book(lines=lines))
        self.assertIn("row 2", wizard.preview)
        self.assertIn("row 3", wizard.preview)

    def test_nothing_half_imported(self):
        templates = [[1, "Good", "work", 0], [2, "Bad", "party", 0]]
        self.assertRefused(self.make_book(templates=templates), "row 3")
        self.assertFalse(self.Template.search([("name", "=", "Good")]))

    def test_html_is_a_text(self):
        name = "<script>alert(1)</script>"
        content = self.make_book(templates=[[1, name, "work", 0]])
        self.assertNotIn("<script>", self.make_wizard(content).preview)
        self.assertEqual(self.do_import(content).name, name)

    def test_sizes(self):
        lines = [[1, "check", f"Line {index}"] for index in range(500)]
        self.assertEqual(len(self.do_import(self.make_book(lines=lines)).line_ids), 500)
        lines.append([1, "check", "Too many"])
        self.assertRefused(self.make_book(lines=lines), "at most 500 lines")

    def test_what_is_no_file_at_all(self):
        wizard = self.make_wizard(b"")
        self.assertFalse(wizard.can_import or wizard.preview)
        with self.assertRaisesRegex(UserError, "Choose a workbook first"):
            wizard.action_import()

    def test_an_automatic_line_is_a_check(self):
        headers = {**HEADERS, "Lines": ["Key", "Type", "Text", "Automatic"]}
        book = self.make_book(headers=headers, lines=[[1, "score", "Kept?", "yes"]])
        self.assertRefused(book, "only a line of the type check can be automatic")

    def test_numbers_that_a_spreadsheet_made_fractions(self):
        """1.0 is the key 1: spreadsheets know no whole numbers."""
        target = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(self.make_book())) as book,
            zipfile.ZipFile(target, "w") as changed,
        ):
            for name in book.namelist():
                content = book.read(name)
                if name.endswith("sheet1.xml"):
                    self.assertEqual(content.count(b"<v>1</v>"), 1)
                    content = content.replace(b"<v>1</v>", b"<v>1.0</v>")
                changed.writestr(name, content)
        imported = self.do_import(target.getvalue())
        self.assertEqual(imported.mapped("line_ids.name"), ["Done?"])

    def test_more_rows_than_anybody_writes(self):
        self.patch(checklist_workbook_reader, "MAX_ROWS", 4)
        lines = [[1, "check", f"Line {index}"] for index in range(3)]
        self.assertEqual(len(self.do_import(self.make_book(lines=lines)).line_ids), 3)
        lines.append([1, "check", "Too many"])
        self.assertRefused(self.make_book(lines=lines), "Lines: too many rows")

    def test_rows_left_empty(self):
        lines = [[1, "check", "One"], [None, "", None], [1, "check", "Two"]]
        imported = self.do_import(self.make_book(lines=lines))
        self.assertEqual(imported.line_ids.mapped("name"), ["One", "Two"])

    def test_no_workbook(self):
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/sharedStrings.xml", b"\0" * 70_000_000)
        laughs = io.BytesIO()
        with zipfile.ZipFile(laughs, "w") as archive:
            archive.writestr(
                "[Content_Types].xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"
            )
        many = io.BytesIO()
        with zipfile.ZipFile(many, "w") as archive:
            for index in range(201):
                archive.writestr(f"{index}.xml", "x")
        good = self.make_book()
        for content, pattern in (
            (b"Key;Template\n1;Name", "no XLSX workbook"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "no XLSX workbook"),
            (b"PK\x03\x04" + b"x" * 50, "no XLSX workbook"),
            (good[: len(good) // 2], "no XLSX workbook"),
            (b"x" * (5 * 1024 * 1024 + 9), "too big"),
            (bomb.getvalue(), "too much data"),
            (many.getvalue(), "too much data"),
            (laughs.getvalue(), "damaged"),
            (self.make_book(headers={"Other": ["Key"]}), "sheet Templates is missing"),
            (self.make_book(templates=[], lines=[]), "holds no template"),
        ):
            with self.subTest(content=content[:12], size=len(content)):
                self.assertRefused(content, pattern)
        with self.assertRaisesRegex(UserError, "Choose a workbook"):
            self.make_wizard(b"").action_import()

    def test_company_of_somebody_else(self):
        headers = {**HEADERS, "Templates": ["Key", "Template", "Company"]}
        for name, is_mine in (("Other Test Ltd", False), ("Quality Test Ltd", True)):
            content = self.make_book([[1, "Imported", name]], headers=headers)
            if is_mine:
                self.assertEqual(self.do_import(content).company_id, self.company)
            else:
                self.assertRefused(content, "not one of your companies")

    def test_who_may_import(self):
        for user in (self.agent, self.manager, self.nobody, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.do_import(self.make_book(), user=user)
        wizard = self.make_wizard(self.make_book())
        other = self.make_user("sq_admin2", "service_quality.group_admin")
        with self.assertRaises(AccessError):
            self.as_user(wizard, other).action_import()


@tagged("post_install", "-at_install")
class TestChecklistWorkbookRoute(HttpCase):
    def get(self, login, ids):
        self.authenticate(login, login)
        return self.url_open(f"/service_quality/templates.xlsx?ids={ids}")

    def test_download(self):
        template = self.env["service.checklist.template"].create({"name": "Download"})
        admin = self.env["res.users"].create(
            {
                "name": "Admin",
                "login": "sq_http_admin",
                "password": "sq_http_admin",
                "group_ids": [
                    (4, self.env.ref("base.group_user").id),
                    (4, self.env.ref("service_quality.group_admin").id),
                ],
            }
        )
        action = template.with_user(admin).action_service_export()
        self.assertIn(f"ids={template.id}", action["url"])
        response = self.get("sq_http_admin", template.id)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        book = load_workbook(io.BytesIO(response.content))
        self.assertEqual(book["Templates"]["B2"].value, "Download")
        self.assertEqual(self.get("sq_http_admin", "1,x").status_code, 400)
        self.assertEqual(self.get("sq_http_admin", "").status_code, 404)
        admin.group_ids = self.env.ref("service_quality.group_manager")
        self.assertEqual(self.get("sq_http_admin", template.id).status_code, 403)
