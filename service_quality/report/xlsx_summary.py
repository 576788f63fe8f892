"""The first sheet: what the workbook is about, its figures, and native charts."""

from .xlsx_sheet import LINE_HEIGHT, LONG_WIDTH
from .xlsx_text import clean_number, clean_page_text, clean_text
from .xlsx_workbook import NUMBER_FORMATS, lay_out

WIDTHS = (34, 14, 16, *[LONG_WIDTH / 6] * 6)
#: A sentence goes over these columns.
LONG_COLUMNS = (3, 8)
#: Rows that a chart covers, and its size in pixels.
CHART_ROWS = 16
CHART_SIZE = {"width": 360, "height": 300}
#: Those of the dashboard.
COLORS = {
    "kept": "#18794E",
    "late": "#B26A00",
    "missed": "#C62A2F",
    "overdue": "#7B1E5B",
    "rate": "#5B4B8A",
}
BROKEN_DOWN = ("kept", "late", "missed", "overdue")
COLUMN_LETTERS = "ABCDEFG"


class Summary:
    """Writes the summary, row by row: the rows before are on their way to the disk.

    :param book: xlsxwriter workbook
    :param dict formats: by name
    :param str name: of the sheet
    :param dict texts: in the reader's language, see ``service.workbook._get_texts``
    """

    def __init__(self, book, formats, name, texts):
        self.book = book
        self.formats = formats
        self.name = name
        self.texts = texts
        self.sheet = book.add_worksheet(name)
        self.row = 0
        for index, width in enumerate(WIDTHS):
            self.sheet.set_column(index, index, width)
        self.sheet.hide_gridlines(2)

    def put(self, column, value, kind="text"):
        """Write one typed cell of the current row; nothing leaves it empty."""
        if value is None or value is False or value == "":
            return
        if kind in NUMBER_FORMATS:
            if kind == "duration":
                value = value / 24
            if kind != "datetime" and clean_number(value) is None:
                return
            write = self.sheet.write_datetime if kind == "datetime" else None
            write = write or self.sheet.write_number
            write(self.row, column, value, self.formats[kind])
        else:
            if kind.endswith("meaning"):
                first, last = LONG_COLUMNS
                self.sheet.merge_range(
                    self.row, first, self.row, last, "", self.formats[kind]
                )
            text = clean_text(value)
            self.sheet.write_string(self.row, column, text, self.formats[kind])

    def line(self, *cells, height=None):
        """Write one row: cells are (value, kind)."""
        if height:
            self.sheet.set_row(self.row, height)
        for column, (value, kind) in enumerate(cells):
            self.put(column, value, kind)
        self.row += 1

    def head(self, *labels):
        """Write the header of a table: its first column is a text."""
        kinds = ["header", *["header_number"] * (len(labels) - 1)]
        self.line(*zip(labels, kinds, strict=True))

    # ------------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------------

    def write_facts(self, facts):
        """Write the title and what the workbook is about: (label, value, kind)."""
        self.line((self.texts["title"], "title"), height=22)
        for label, value, kind in facts:
            self.line((label, "text"), (value, kind))
        self.row += 1

    def write_contents(self, sheets):
        """Write a link to each sheet, with the number of its rows."""
        if not sheets:
            return
        self.head(self.texts["contents"], self.texts["rows"])
        for name, number in sheets:
            quoted = name.replace("'", "''")
            self.sheet.write_url(
                self.row,
                0,
                f"internal:'{quoted}'!A1",
                self.formats["link"],
                string=clean_text(name),
            )
            self.put(1, number, "integer")
            self.row += 1
        self.row += 1

    def write_figures(self, figures):
        """Write figures: (label, value, value before, kind, meaning)."""
        texts = self.texts
        self.line(
            (texts["figure"], "header"),
            (texts["value"], "header_number"),
            (texts["previous"], "header_number"),
            (texts["meaning"], "header_meaning"),
        )
        for label, value, before, kind, meaning in figures:
            # Not every reader works out the height of wrapped rows by itself.
            lines = -(-len(meaning or "") // LONG_WIDTH) or 1
            self.line(
                (label, "text"),
                (value, kind),
                (before, kind),
                (meaning, "meaning"),
                height=LINE_HEIGHT * lines,
            )
        self.row += 1

    def write_tables(self, kinds, trend):
        """Write the tables by kind and by time, with a chart over them.

        :param kinds: rows of ``totals.kinds`` of the dashboard's data
        :param trend: rows of ``trend``
        """
        top = self.row
        if not (kinds or trend):
            return
        self.sheet.set_h_pagebreaks([top])  # a page must not cut the charts
        self.row += CHART_ROWS + 1
        by_kind = self._write_table(self.texts["kind"], kinds, "label", "text")
        by_time = self._write_table(self.texts["from"], trend, "date", "date")
        if trend:
            self._add_trend_charts(top, by_time)
        if kinds:
            self._add_kind_chart(top, by_kind)

    def _write_table(self, label, rows, key, kind):
        """Write one table; return (row of its header, last row)."""
        if not rows:
            return None
        first = self.row
        labels = self.texts["outcomes"]
        names = (*BROKEN_DOWN, "counted", "rate")
        self.head(label, *(labels[name] for name in names))
        for row in rows:
            self.line(
                (row[key], kind),
                *(
                    (row.get(name), "percent" if name == "rate" else "integer")
                    for name in names
                ),
            )
        last = self.row - 1
        self.row += 1
        return first, last

    # ------------------------------------------------------------------
    # Charts
    # ------------------------------------------------------------------

    def _range(self, column, first, last=None):
        name = self.name.replace("'", "''")
        letter = COLUMN_LETTERS[column]
        start = f"='{name}'!${letter}${first + 1}"
        return start if last is None else f"{start}:${letter}${last + 1}"

    def _series(self, table, name, column, **more):
        first, last = table
        return {
            "name": self._range(column, first),
            "categories": self._range(0, first + 1, last),
            "values": self._range(column, first + 1, last),
            "fill": {"color": COLORS[name]},
            **more,
        }

    def _finish_chart(self, chart, title, row, place):
        # A chart's title may hold what people wrote: a text, never a formula.
        chart.set_title({"name": clean_page_text(title), "name_font": {"size": 12}})
        chart.set_legend({"position": "bottom"})
        chart.set_size(CHART_SIZE)
        shift = place * (CHART_SIZE["width"] + 10)
        self.sheet.insert_chart(row, 0, chart, {"x_offset": shift, "y_offset": 4})

    def _add_trend_charts(self, top, table):
        rate = self.book.add_chart({"type": "line"})
        line = {"color": COLORS["rate"], "width": 2.25}
        rate.add_series(
            self._series(table, "rate", 6, line=line, marker={"type": "circle"})
        )
        rate.set_y_axis(
            {"min": 0, "max": 1, "num_format": "0%", "major_gridlines": {"visible": 1}}
        )
        rate.set_x_axis({"num_format": "yyyy-mm-dd", "text_axis": True})
        rate.show_blanks_as("gap")
        self._finish_chart(rate, self.texts["chart_rate"], top, 0)
        rate.set_legend({"none": True})
        outcomes = self.book.add_chart({"type": "column", "subtype": "stacked"})
        for column, name in enumerate(BROKEN_DOWN, 1):
            outcomes.add_series(self._series(table, name, column, gap=40))
        outcomes.set_x_axis({"num_format": "yyyy-mm-dd", "text_axis": True})
        self._finish_chart(outcomes, self.texts["chart_outcomes"], top, 1)

    def _add_kind_chart(self, top, table):
        chart = self.book.add_chart({"type": "bar", "subtype": "stacked"})
        for column, name in enumerate(BROKEN_DOWN, 1):
            chart.add_series(self._series(table, name, column, gap=40))
        chart.set_y_axis({"reverse": True})
        self._finish_chart(chart, self.texts["chart_kinds"], top, 2)

    def close(self):
        """Prepare the sheet for the printer."""
        lay_out(self.sheet, self.texts["title"], self.texts["page"], repeat=None)
        self.sheet.activate()
