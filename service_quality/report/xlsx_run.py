"""Making workbooks step by step, so that the work can stop and go on."""

import json
import os
import time
import zipfile

from xlsxwriter.exceptions import XlsxWriterException

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from . import xlsx_rows
from .xlsx_columns import get_department, get_employee
from .xlsx_rows import CHUNK, IdFile, RowFile, Source, get_key, stream
from .xlsx_settings import Settings
from .xlsx_summary import Summary
from .xlsx_text import SheetNames
from .xlsx_workbook import add_sheet, lay_out, open_book


class Run:
    """One export: prepare, step until done, finish.

    What must outlive a step is in ``state`` (plain JSON) and in the folder: the ids
    of each sheet in their order, taken once at the beginning, and the rows written.

    :param env: of the reader: his rights, language, zone and companies
    :param dict options: from ``service.workbook._clean_options``
    :param str folder: of this export alone
    :param dict state: of a run to go on with
    """

    def __init__(self, env, options, folder, state=None):
        self.env = env
        self.workbook = env["service.workbook"]
        self.options = options
        self.folder = folder
        self.state = state
        self._settings = {}
        self._sheets = {}

    # ------------------------------------------------------------------
    # Beginning
    # ------------------------------------------------------------------

    def prepare(self):
        """Take the figures and the ids of all rows; return the number of rows."""
        now = fields.Datetime.now()
        books, note = self.workbook._get_books(self.options, now)
        self.state = {
            "now": fields.Datetime.to_string(now),
            "note": note,
            "books": [
                {"name": name, "team": team, "sheets": []} for name, team in books
            ],
            "total": 0,
            "done": 0,
        }
        for number, book in enumerate(self.state["books"]):
            self._prepare_figures(number)
            for sheet in self._get_sheets(number):
                if sheet.model:
                    entry = self._prepare_sheet(number, sheet)
                    book["sheets"].append(entry)
                    self.state["total"] += entry["total"]
        return self.state["total"]

    def _path(self, *parts):
        return os.path.join(self.folder, "_".join(map(str, parts)))

    def _get_settings(self, number):
        if number not in self._settings:
            self._settings[number] = Settings(
                self.env,
                self.options,
                fields.Datetime.to_datetime(self.state["now"]),
                self.state["books"][number]["team"],
            )
        return self._settings[number]

    def _get_sheets(self, number):
        if number not in self._sheets:
            settings = self._get_settings(number)
            self._sheets[number] = self.workbook._choose(settings)
        return self._sheets[number]

    def _prepare_figures(self, number):
        """Keep the dashboard's figures of a workbook."""
        if not {"summary", "employees"} & set(self.options["sheets"]):
            return
        settings = self._get_settings(number)
        data = settings.dashboard.get_data(settings.filters)
        if settings.is_by_team:
            data["rows"] = settings.dashboard._get_all_teams(settings.filters)
        else:
            data["rows"] = data["employees"]
        with open(self._path(number, "figures.json"), "w", encoding="utf-8") as target:
            json.dump(data, target)

    def _prepare_sheet(self, number, sheet):
        """Keep the ids of a sheet's rows in their order, and its groups."""
        settings = self._get_settings(number)
        source = Source(
            self.env[sheet.model], sheet.domain, **settings.get_extra(sheet.key)
        )
        group = SQL("NULL")
        order = sheet.order(source)
        if settings.group_by:
            group = (
                get_employee(source, sheet.employee)
                if settings.group_by == "employee"
                else get_department(source, sheet.department)
            )
            order = SQL("%s NULLS LAST, %s", group, order)
        runs = []

        def ids():
            for rows in stream(self.env, source.select([group], order), 10 * CHUNK):
                for _id, label in rows if settings.group_by else ():
                    if not runs or runs[-1][0] != label:
                        runs.append([label, 0])
                    runs[-1][1] += 1
                yield [row[0] for row in rows]

        total = IdFile(self._path(number, sheet.key, "ids")).write(ids())
        entry = {"key": sheet.key, "total": total, "runs": runs}
        rows = RowFile(self._path(number, sheet.key, 0), sheet.columns)
        return {**entry, "done": 0, "written": 0, "sizes": [rows.start()]}

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    @property
    def is_written(self):
        """Whether all rows are written."""
        return self._next() is None

    def _next(self):
        for number, book in enumerate(self.state["books"]):
            for entry in book["sheets"]:
                if entry["done"] < entry["total"]:
                    return number, entry
        return None

    def step(self, seconds=float("inf")):
        """Write rows for some time, at least one chunk.

        :return: whether all rows are written
        """
        until = time.monotonic() + seconds
        while work := self._next():
            self._write_chunk(*work)
            if time.monotonic() >= until:
                break
        return self.is_written

    def _write_chunk(self, number, entry):
        sheet = next(
            each for each in self._get_sheets(number) if each.key == entry["key"]
        )
        ids = IdFile(self._path(number, sheet.key, "ids")).read(entry["done"], CHUNK)
        values = self._read(self._get_settings(number), sheet, ids)
        starts = self._get_starts(entry, len(ids))
        lines = []
        for index, row_id in enumerate(ids, entry["done"]):
            if index in starts:
                lines.append((None, starts[index]))
            # Rows that are gone, or may no longer be read, are left out.
            if row_id in values:
                lines.append((values[row_id], None))
        self._append(number, sheet, entry, lines)
        entry["done"] += len(ids)
        self.state["done"] += len(ids)

    def _read(self, settings, sheet, ids):
        """Return {id: values of the columns}; access is checked again."""
        source = Source(
            self.env[sheet.model],
            Domain("id", "in", ids),
            **settings.get_extra(sheet.key),
        )
        select = source.select([column.sql(source) for column in sheet.columns])
        return {row[0]: row[1:] for row in self.env.execute_query(select)}

    def _get_starts(self, entry, size):
        """Return {number of a row: head of the group that begins with it}."""
        starts, index = {}, 0
        stop = entry["done"] + size
        for label, number in entry["runs"]:
            if index >= stop:
                break
            if index >= entry["done"]:
                starts[index] = f"{label or self.env._('Nobody')} ({number})"
            index += number
        return starts

    def _append(self, number, sheet, entry, lines):
        """Write lines, and go on in the next sheet where one is full."""
        room = xlsx_rows.MAX_ROWS - 1
        while lines:
            part, place = divmod(entry["written"], room)
            target = RowFile(self._path(number, sheet.key, part), sheet.columns)
            if part == len(entry["sizes"]):
                entry["sizes"].append(target.start())
            chunk, lines = lines[: room - place], lines[room - place :]
            level = int(bool(entry["runs"]))
            rows = [
                target.encode_group(row, head)
                if head is not None
                else target.encode(row, values, level)
                for row, (values, head) in enumerate(chunk, place + 2)
            ]
            entry["sizes"][part] = target.append(rows, entry["sizes"][part])
            entry["written"] += len(chunk)

    # ------------------------------------------------------------------
    # End
    # ------------------------------------------------------------------

    @property
    def extension(self):
        """``xlsx``, or ``zip`` for several workbooks."""
        return "zip" if self.options["split"] else "xlsx"

    def finish(self, target):
        """Put the rows together to a workbook, or to a zip of workbooks.

        :param target: binary file to write to
        :raise UserError: the disk is full
        """
        try:
            if not self.options["split"]:
                self._write_book(0, target)
                return
            with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
                names = SheetNames()
                for number, book in enumerate(self.state["books"]):
                    path = self._path(number, "book")
                    with open(path, "wb") as part:
                        self._write_book(number, part)
                    name = names.take(get_key(book["name"]))
                    archive.write(path, f"{get_key(name)}.xlsx")
                    os.unlink(path)
        except (OSError, XlsxWriterException) as error:
            raise UserError(
                self.env._("The file could not be written: is the disk full?")
            ) from error

    def _write_book(self, number, target):
        state = self.state["books"][number]
        texts = self.workbook._get_texts(self._get_settings(number), state["name"])
        book, formats = open_book(
            target,
            self.folder,
            title=texts["title"],
            subject=texts["period_text"],
            author=self.env.user.name,
            company=self.env.company.name,
            comments=texts["filters_text"],
            created=fields.Datetime.to_datetime(self.state["now"]),
        )
        try:
            self._fill(number, book, formats, texts)
            book.close()
        finally:
            book.fileclosed = True  # its destructor would try again

    def _fill(self, number, book, formats, texts):
        """Add the summary, which names the others, and then the others."""
        names = SheetNames()
        data = self._load_figures(number)
        sheets = self._get_sheets(number)
        summary = None
        if sheets[0].key == "summary":
            name = names.take(sheets[0].label)
            summary = Summary(book, formats, name, texts)
        parts = [
            part for sheet in sheets for part in self._get_parts(number, sheet, data)
        ]
        parts = [(names.take(label), *rest) for label, *rest in parts]
        if summary:
            self.workbook._write_summary(
                summary, self._get_settings(number), data, parts, self.state["note"]
            )
        for name, columns, path, row_count in parts:
            sheet = add_sheet(
                book, name, columns, path, row_count, bool(self.options["group_by"])
            )
            lay_out(sheet, f"{texts['title']}: {name}", texts["page"])

    def _load_figures(self, number):
        path = self._path(number, "figures.json")
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as source:
            return json.load(source)

    def _get_parts(self, number, sheet, data):
        """Yield (label, columns, path, rows with header) of each real sheet."""
        if sheet.key == "employees":
            path = self._path(number, sheet.key, 0)
            yield (
                sheet.label,
                sheet.columns,
                path,
                self._write_people(path, sheet, data["rows"]),
            )
        elif sheet.model:
            entry = next(
                each
                for each in self.state["books"][number]["sheets"]
                if each["key"] == sheet.key
            )
            room = xlsx_rows.MAX_ROWS - 1
            for part in range(len(entry["sizes"])):
                rows = min(entry["written"] - part * room, room)
                path = self._path(number, sheet.key, part)
                yield sheet.label, sheet.columns, path, rows + 1

    def _write_people(self, path, sheet, rows):
        """Write the figures of people or teams; return the rows with header."""
        target = RowFile(path, sheet.columns)

        def values(row):
            for column in sheet.columns:
                value = row.get(column.key)
                hours = column.kind == "duration" and value is not None
                yield value / 24 if hours else value

        lines = [
            target.encode(number, list(values(row)))
            for number, row in enumerate(rows, 2)
        ]
        target.append(lines, target.start())
        return len(rows) + 1
