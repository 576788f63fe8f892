"""Reading a workbook of templates that anybody may have made, or broken.

Nothing is believed: the size of the file and of what it unpacks to, the sheets, the
headers, each cell. What is wrong is collected, with sheet and row, and nothing is
imported as long as there is anything.
"""

from odoo.exceptions import ValidationError

from ..models.service_checklist_template import MAX_LINES, PURPOSES
from ..models.service_checklist_template_line import (
    COMMENT_RULES,
    FIGURES,
    LINE_KINDS,
)
from ..report.checklist_workbook import (
    LINE_COLUMNS,
    LINES,
    SECTION,
    SOURCE_LANG,
    TEMPLATE_COLUMNS,
    TEMPLATES,
    get_headers,
)
from .checklist_workbook_file import open_workbook

MAX_ROWS = 10_000
MAX_COLUMNS = 200
#: More errors than this nobody reads at once.
MAX_ERRORS = 50
MAX_WEIGHT = 1000
YES = {"yes", "y", "true", "1", "x"}
NO = {"no", "n", "false", "0", ""}
CHOICES = {
    "purpose": dict(PURPOSES),
    "type": {**dict(LINE_KINDS), SECTION: SECTION},
    "figure": dict(FIGURES),
    "comment_rule": dict(COMMENT_RULES),
}
#: What an empty cell means.
DEFAULTS = {
    "purpose": "work",
    "type": "check",
    "comment_rule": "never",
    "figure": False,
    "is_na_allowed": True,
    "weight": 1.0,
    "pass_score": 0.0,
}
#: Key -> (least, most, default) of the numbers.
NUMBERS = {"weight": (0, MAX_WEIGHT), "pass_score": (0, 1)}


class WorkbookReader:
    """Reads one workbook; ``errors`` says what is wrong with it.

    :param env: of the user who imports: languages, companies, error messages
    """

    def __init__(self, env):
        self.env = env
        self.errors = []
        self.langs = [code for code, _name in env["res.lang"].get_installed()]

    def get_templates(self, content):
        """Return the templates of a workbook as ``_service_import_data`` takes them.

        What is returned is complete only when ``errors`` is empty.

        :param bytes content: the file
        :raise UserError: it is no workbook, or too big a one
        """
        book = open_workbook(self.env, content)
        try:
            templates = self._read_templates(book)
            self._read_lines(book, templates)
        finally:
            book.close()
        if not templates and not self.errors:
            self.errors.append(self.env._("The workbook holds no template."))
        return list(templates.values())

    # ------------------------------------------------------------------
    # The file
    # ------------------------------------------------------------------

    def _rows(self, book, name, columns):
        """Yield (row number, {key: value}) of the rows of a sheet with content."""
        if name not in book.sheetnames:
            self._add(self.env._("The sheet %s is missing.", name))
            return
        sheet = book[name]
        sheet.reset_dimensions()
        cells = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS)
        headers = self._read_headers(name, next(cells, ()), columns)
        if not headers:
            return
        for number, row in enumerate(cells, 2):
            if number > MAX_ROWS:
                self._add(self.env._("%s: too many rows.", name))
                return
            if any(cell.value not in (None, "") for cell in row):
                yield number, self._read_row(name, number, row, headers)

    def _read_headers(self, name, row, columns):
        """Return [(column, header, key, kind, lang)], or nothing if one is missing."""
        known = {
            header.lower(): (header, key, kind, lang)
            for header, key, kind, lang in get_headers(columns, self.langs)
        }
        headers, seen = [], set()
        for column, cell in enumerate(row):
            text = str(cell.value or "").strip()
            if not text:
                continue
            if text.lower() not in known or text.lower() in seen:
                self._add(
                    self.env._(
                        "%(sheet)s: the column %(header)s is not known, is there twice "
                        "or is for a language that is not installed.",
                        sheet=name,
                        header=text[:60],
                    )
                )
                continue
            seen.add(text.lower())
            headers.append((column, *known[text.lower()]))
        for header in ("Key", "Template" if name == TEMPLATES else "Text"):
            if header.lower() not in seen:
                self._add(
                    self.env._(
                        "%(sheet)s: the column %(header)s is missing.",
                        sheet=name,
                        header=header,
                    )
                )
                return []
        return headers

    # ------------------------------------------------------------------
    # Rows and cells
    # ------------------------------------------------------------------

    def _read_row(self, sheet, number, row, headers):
        values = {
            key: dict() if kind == "translated" else DEFAULTS.get(key, False)
            for key, kind in (TEMPLATE_COLUMNS | LINE_COLUMNS).values()
        }
        values["key"] = None
        for column, header, key, kind, lang in headers:
            cell = row[column] if column < len(row) else None
            if cell is None or cell.value in (None, ""):
                continue
            try:
                if cell.data_type in ("f", "e"):
                    raise ValidationError(
                        self.env._("a formula or an error; paste the value.")
                    )
                value = self._read_cell(cell.value, key, kind, header)
            except ValidationError as error:
                self._add_cell(sheet, number, header, error)
                continue
            if kind == "translated":
                values[key][lang] = value
            else:
                values[key] = value
        return values

    def _read_cell(self, value, key, kind, header):
        if kind == "number":
            return self._read_number(value, key)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if kind == "choice":
            return self._read_choice(value, key)
        text = str(value)
        if kind == "flag":
            if text.strip().lower() in YES | NO:
                return text.strip().lower() in YES
            raise ValidationError(self.env._("write yes or no."))
        if kind == "translated" and key == "name":
            model = self.env["service.checklist.template"]
            model._service_check_name(text, header)
        else:
            self.env["service.sealed.mixin"]._service_clean_text(text, header)
        return text

    def _read_number(self, value, key):
        least, most = NUMBERS[key]
        try:
            number = float(str(value).replace(",", "."))
        except ValueError:
            number = None
        # Also false for what is no number at all
        if number is None or not least <= number <= most:
            raise ValidationError(
                self.env._(
                    "a number from %(least)s to %(most)s is needed.",
                    least=least,
                    most=most,
                )
            )
        return number

    def _read_choice(self, value, key):
        """Return the key that a cell names by itself or by its label."""
        text = str(value).strip().lower()
        for choice, label in CHOICES[key].items():
            if text in (choice.lower(), label.lower()):
                return choice
        raise ValidationError(
            self.env._("one of: %s.", ", ".join(map(str, CHOICES[key])))
        )

    # ------------------------------------------------------------------
    # Sheets
    # ------------------------------------------------------------------

    def _read_templates(self, book):
        templates = {}
        for number, row in self._rows(book, TEMPLATES, TEMPLATE_COLUMNS):
            if not self._has_text(TEMPLATES, number, row, "Template"):
                continue
            if row["key"] is None or row["key"] in templates:
                error = self.env._("each template needs a key of its own.")
                self._add_cell(TEMPLATES, number, "Key", error)
                continue
            row["company_id"] = self._find_company(number, row)
            row["lines"] = []
            templates[row["key"]] = row
        return templates

    def _find_company(self, number, row):
        """Return the id of the company of a template among those of the user."""
        if not row["company"]:
            return False
        companies = self.env.user.company_ids
        company = companies.filtered(lambda item: item.name == row["company"])[:1]
        if not company:
            self._add_cell(
                TEMPLATES, number, "Company", self.env._("not one of your companies.")
            )
        return company.id

    def _read_lines(self, book, templates):
        for number, row in self._rows(book, LINES, LINE_COLUMNS):
            template = templates.get(row["key"])
            if not template:
                error = self.env._("no template has this key.")
                self._add_cell(LINES, number, "Key", error)
                continue
            if not self._has_text(LINES, number, row, "Text"):
                continue
            if row["is_automatic"] and row["type"] != "check":
                error = self.env._("only a line of the type check can be automatic.")
                self._add_cell(LINES, number, "Automatic", error)
            template["lines"].append(row)
            if len(template["lines"]) == MAX_LINES + 1:
                error = self.env._("at most %s lines per template.", MAX_LINES)
                self._add_cell(LINES, number, "Key", error)

    def _has_text(self, sheet, number, row, header):
        if row["name"].get(SOURCE_LANG):
            return True
        error = self.env._("please fill this in.")
        self._add_cell(sheet, number, header, error)
        return False

    def _add_cell(self, sheet, number, header, error):
        self._add(
            self.env._(
                "%(sheet)s, row %(row)s, %(column)s: %(error)s",
                sheet=sheet,
                row=number,
                column=header,
                error=error,
            )
        )

    def _add(self, error):
        if len(self.errors) < MAX_ERRORS:
            self.errors.append(str(error))
