import csv
import io
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from unittest import skipUnless

import xlsxwriter
from openpyxl import load_workbook

from odoo.tests import BaseCase, tagged

from ..report.xlsx_rows import Column, RowFile, get_letters
from ..report.xlsx_text import SheetNames, clean_sheet_name, clean_text, cut
from ..report.xlsx_workbook import add_sheet, get_style_numbers, lay_out, open_book
from .common_export import ExportCase

#: Texts that a reader of workbooks may take for something else.
NASTY = (
    '=HYPERLINK("http://evil.example")',
    "=1+1",
    "+1+1",
    "@SUM(A1)",
    "-2",
    "=cmd|' /C calc'!A0",
    "{=1+1}",
    "https://example.com/a",
    "mailto:a@b.example",
    "file:///etc/passwd",
    "internal:'Summary'!A1",
    "Zsófia 😀 \u202eright to left",
    "שלום עולם",
    "007",
    "1e5",
    "TRUE",
    "2026-01-01",
    "tab\tand\nnewline",
    " leading and trailing ",
    "<b>&amp;</b>",
    "_x0041_ is no A",
    "]]>",
    "'quoted'",
    "👩‍👩‍👧‍👦" * 20,
)
SOFFICE = shutil.which("soffice")


@tagged("post_install", "-at_install")
class TestExportText(BaseCase):
    """The writer by itself, with what no database would hold."""

    def make(self, rows, columns=None, name="Texts"):
        """Return the bytes of a workbook with one sheet of the given rows."""
        columns = columns or [Column("a", "=1+1", width=20), Column("b", "B", "float")]
        folder = tempfile.mkdtemp(prefix="service_quality_test_")
        self.addCleanup(shutil.rmtree, folder)
        target = RowFile(os.path.join(folder, "rows"), columns)
        lines = [target.encode(number, row) for number, row in enumerate(rows, 2)]
        target.append(lines, target.start())
        stream = io.BytesIO()
        book, _formats = open_book(stream, folder, title="=1+1")
        sheet = add_sheet(
            book, SheetNames().take(name), columns, target.path, 1 + len(rows)
        )
        lay_out(sheet, "&P =1+1", "Page %(page)s of %(pages)s")
        book.close()
        self.assertEqual(os.listdir(folder), ["rows"])
        return stream.getvalue()

    def read(self, content):  # pylint: disable=method-required-super
        return load_workbook(io.BytesIO(content)).worksheets[0]

    def assertHarmless(self, content):
        """No formula, hyperlink or external link anywhere in the file."""
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                text = archive.read(name).decode("utf-8", "replace")
                self.assertNotIn("externalLink", name)
                self.assertNotIn('TargetMode="External"', text, name)
                if name.startswith("xl/worksheets/sheet"):
                    self.assertNotRegex(text, r"<f[ >]", name)
                    for link in re.findall(r"<hyperlink [^>]*>", text):
                        self.assertIn("location=", link)
                        self.assertNotIn("r:id", link)

    def test_texts_stay_texts(self):
        content = self.make([[text, None] for text in NASTY])
        self.assertHarmless(content)
        sheet = self.read(content)
        self.assertEqual(sheet["A1"].value, "=1+1")
        self.assertEqual(sheet["A1"].data_type, "s")
        for row, text in zip(sheet.iter_rows(min_row=2), NASTY, strict=True):
            self.assertIn(row[0].data_type, ("s", "inlineStr"), text)
            self.assertIsNone(row[0].hyperlink)
            if "_x0041_" not in text:  # openpyxl leaves this escape as it is
                self.assertEqual(row[0].value, text)

    def test_what_xml_cannot_hold(self):
        shown = {
            "NUL\x00": "NUL\ufffd",
            "bell\x07": "bell\ufffd",
            "lone \ud83d surrogate": "lone \ufffd surrogate",
            "not \ufffe and \uffff": "not \ufffd and \ufffd",
            "windows\r\nline\rend": "windows\nline\nend",
        }
        sheet = self.read(self.make([[text, None] for text in shown]))
        values = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
        self.assertEqual(values, list(shown.values()))

    def test_numbers_that_are_none(self):
        numbers = [float("nan"), float("inf"), float("-inf"), None, 0, -1.5, 1e300]
        sheet = self.read(self.make([["x", number] for number in numbers]))
        values = [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)]
        self.assertEqual(values, [None, None, None, None, 0, -1.5, 1e300])

    def test_long_texts_are_cut_and_say_so(self):
        """32,767 UTF-16 units is what a cell holds: a face counts twice."""
        for text in ("x" * 40_000, "😀" * 20_000):
            value = self.read(self.make([[text, None]]))["A2"].value
            self.assertEqual(len(value.encode("utf-16-le")) // 2, 32_767)
            self.assertTrue(value.endswith("…"))
        self.assertEqual(clean_text("x" * 32_767), "x" * 32_767)
        self.assertEqual(cut("😀😀", 4), "😀😀")
        self.assertEqual(cut("😀😀😀", 4), "😀…")

    def test_sheet_names(self):
        names = SheetNames()
        self.assertEqual(names.take("Promises"), "Promises")
        self.assertEqual(names.take("PROMISES"), "PROMISES (2)")
        self.assertEqual(names.take("promises"), "promises (3)")
        long = names.take("x" * 40)
        self.assertEqual(len(long), 31)
        self.assertEqual(len(names.take("X" * 40)), 31)
        for name, clean in (
            ("a/b\\c[d]e*f?g:h", "a b c d e f g h"),
            ("'quoted'", "quoted"),
            ("", "-"),
            ("History", "History _"),
            ("=1+1", "=1+1"),
            ("\x00\n", "-"),
        ):
            self.assertEqual(clean_sheet_name(name).strip("\ufffd ") or "-", clean)
        for name in ("=1+1", "a'b", "😀" * 40, "שלום", "x" * 31):
            content = self.make([["a", 1]], name=name)
            self.assertHarmless(content)
            self.assertLessEqual(len(self.read(content).title.encode("utf-16-le")), 62)

    def test_letters(self):
        from xlsxwriter.utility import xl_col_to_name

        for index in (0, 25, 26, 51, 52, 701, 702, 16_383):
            self.assertEqual(get_letters(index), xl_col_to_name(index))

    def test_the_library_is_as_the_writer_expects(self):
        """The cells are those that the library itself would have written."""
        moment = 46_000.25
        columns = [Column("a", "Text"), Column("b", "When", "datetime")]
        mine = self.make([["<a> & b", moment]], columns)
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream, {"constant_memory": True})
        formats = get_style_numbers()
        sheet = book.add_worksheet("Texts")
        sheet.write_string(1, 0, "<a> & b")
        sheet.write_number(1, 1, moment)
        book.close()
        theirs = self.read(stream.getvalue())
        sheet = self.read(mine)
        self.assertEqual(sheet["A2"].value, theirs["A2"].value)
        self.assertEqual(sheet["B2"].number_format, "yyyy-mm-dd hh:mm")
        self.assertEqual(sheet["B2"].value.isoformat(), "2025-12-09T06:00:00")
        self.assertEqual(len(set(formats.values())), len(formats))

    @skipUnless(SOFFICE, "LibreOffice (soffice) is not installed here")
    def test_libreoffice_reads_the_same(self):
        texts = [text for text in NASTY if "\n" not in text]
        path = tempfile.mkdtemp(prefix="service_quality_test_")
        self.addCleanup(shutil.rmtree, path)
        source = os.path.join(path, "texts.xlsx")
        with open(source, "wb") as target:
            target.write(self.make([[text, 1.5] for text in texts]))
        convert(
            source, path, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"
        )
        with open(
            os.path.join(path, "texts.csv"), encoding="utf-8", newline=""
        ) as file:
            rows = list(csv.reader(file))
        self.assertEqual([row[0] for row in rows], ["=1+1", *texts])
        self.assertEqual(rows[1][1], "1.5")


def convert(source, folder, kind):
    """Convert a workbook by LibreOffice, with a profile of its own."""
    command = [SOFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command += ["--convert-to", kind, "--outdir", folder, source]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


@tagged("post_install", "-at_install")
class TestExportNasty(ExportCase):
    """The same through the database, in every sheet, and in LibreOffice."""

    def setUp(self):
        super().setUp()
        self.make_facts()
        texts = [text for text in NASTY if "\x00" not in text]
        for number, text in enumerate(texts):
            promise = self._promise(
                self.agent, "kept", True, self.after(days=1, minutes=number)
            )
            promise.write({"name": text, "partner_name": text, "res_name": text})
        for model in ("service.feedback", "service.recovery"):
            field = "comment" if model == "service.feedback" else "description"
            self.env[model].search([]).sudo()._service_unseal().write({field: NASTY[0]})
        self.env.flush_all()
        self.employee.name = "=1+1"
        self.department.name = "=2+2 & <team>"

    def test_every_sheet_is_harmless(self):
        content = self.make_file()
        TestExportText.assertHarmless(self, content)
        book = load_workbook(io.BytesIO(content))
        shown = {row["Promise"] for row in self.rows_of(book["Promises"])}
        self.assertLessEqual({text for text in NASTY if "_x0041_" not in text}, shown)
        self.assertIn(
            "=1+1", {row["Employee"] for row in self.rows_of(book["Employees"])}
        )
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                self.assertNotIn("f", {cell.data_type for cell in row})
                if sheet.title != "Summary":
                    self.assertFalse([cell for cell in row if cell.hyperlink])

    def test_a_file_per_team_with_any_name(self):
        run = self.make_run(split="team", sheets=["promises"])
        run.prepare()
        run.step()
        target = io.BytesIO()
        run.finish(target)
        with zipfile.ZipFile(target) as archive:
            self.assertIsNone(archive.testzip())
            for name in archive.namelist():
                self.assertRegex(name, r"^[\w().-]+\.xlsx$")
                load_workbook(io.BytesIO(archive.read(name)))

    @skipUnless(SOFFICE, "LibreOffice (soffice) is not installed here")
    def test_libreoffice_opens_it(self):
        source = os.path.join(self.folder, "book.xlsx")
        with open(source, "wb") as target:
            target.write(self.make_file())
        convert(source, self.folder, "pdf")
        with open(os.path.join(self.folder, "book.pdf"), "rb") as file:
            self.assertEqual(file.read(5), b"%PDF-")
        convert(source, self.folder, "ods")
        with zipfile.ZipFile(os.path.join(self.folder, "book.ods")) as archive:
            text = archive.read("content.xml").decode()
        self.assertEqual(text.count("<table:table "), 8)
        # Neither a formula nor a link to anywhere else
        self.assertNotIn("table:formula", text)
        for target in re.findall(r'xlink:href="([^"]*)"', text):
            self.assertTrue(target.startswith(("#", "./")), target)
