"""The workbook of promises per employee, from the dashboard's data.

Plain functions over plain data: the same object that the screen shows becomes
sheets, so the numbers are the same. Every text is written as a string: a name like
``=1+1`` stays a name.
"""

import re

import xlsxwriter

#: What XML cannot hold: controls and lone surrogates.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MAX_CELL = 32_767
#: Width of a column of long texts, in characters, and height of one line, in points.
LONG_WIDTH = 90
LINE_HEIGHT = 15
WORKBOOK_OPTIONS = {
    "constant_memory": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
    # Moments are written without a zone: the reader's, converted before.
    "remove_timezone": True,
}


def clean_text(value):
    """Return ``value`` as a text that a cell can hold."""
    return UNWRITABLE.sub("\ufffd", str(value or ""))[:MAX_CELL]


class Sheet:
    """One sheet: a bold, frozen, filterable header and typed columns.

    :param book: xlsxwriter workbook
    :param dict formats: name -> workbook format
    :param str name: sheet name, translated
    :param list columns: (header, type, width); type is one of ``text``, ``long``
        (wrapped), ``integer``, ``float``, ``percent``, ``datetime``
    """

    def __init__(self, book, formats, name, columns, top=0):
        self.sheet = book.add_worksheet(clean_sheet_name(name))
        self.formats = formats
        self.columns = columns
        self.top = top
        self.row = top + 1
        for index, (header, kind, width) in enumerate(columns):
            self.sheet.set_column(index, index, width)
            side = "header" if kind in ("text", "long") else "header_number"
            self.sheet.write_string(top, index, clean_text(header), formats[side])
        self.sheet.freeze_panes(top + 1, 1)

    def add(self, values):
        """Write one row; None leaves a cell empty."""
        for index, (value, column) in enumerate(zip(values, self.columns, strict=True)):
            self.put(self.row, index, value, column[1])
        self.row += 1

    def put(self, row, column, value, kind):
        """Write one typed cell."""
        if value is None or value is False:
            return
        cell_format = self.formats[kind]
        if kind in ("text", "long"):
            text = clean_text(value)
            self.sheet.write_string(row, column, text, cell_format)
            if kind == "long":
                # Not every reader works out the height of wrapped rows by itself.
                lines = -(-len(text) // LONG_WIDTH) or 1
                self.sheet.set_row(row, LINE_HEIGHT * lines)
        elif kind == "datetime":
            self.sheet.write_datetime(row, column, value, cell_format)
        else:
            self.sheet.write_number(row, column, value, cell_format)

    def close(self):
        """Put the filter over header and rows."""
        last = len(self.columns) - 1
        self.sheet.autofilter(self.top, 0, max(self.row - 1, self.top), last)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(self.top)


def clean_sheet_name(name):
    """Return a name Excel accepts: 31 characters, none of ``[]:*?/\\``."""
    return re.sub(r"[\[\]:*?/\\]", " ", clean_text(name)).strip("' ")[:31] or "-"


def get_formats(book):
    """Return the cell formats by the kind of value."""
    return {
        "header": book.add_format(
            {"bold": True, "bottom": 1, "bg_color": "#F3F4F6", "text_wrap": True}
        ),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "header_number": book.add_format(
            {
                "bold": True,
                "bottom": 1,
                "bg_color": "#F3F4F6",
                "text_wrap": True,
                "align": "right",
            }
        ),
        "text": book.add_format({"valign": "top"}),
        "long": book.add_format({"text_wrap": True, "valign": "top"}),
        "integer": book.add_format({"num_format": "0", "valign": "top"}),
        "float": book.add_format({"num_format": "0.0", "valign": "top"}),
        "percent": book.add_format({"num_format": "0.0%", "valign": "top"}),
        "datetime": book.add_format(
            {"num_format": "yyyy-mm-dd hh:mm", "valign": "top"}
        ),
    }


def write_workbook(target, data, promises, labels, now):
    """Write the whole workbook.

    :param target: file name or binary stream
    :param dict data: what ``service.dashboard.get_data`` returned
    :param promises: iterable of rows as in ``labels["promise_columns"]``
    :param dict labels: translated texts, see ``service.dashboard._get_labels``
    :param now: moment of the export, naive, in the reader's time zone
    """
    book = xlsxwriter.Workbook(target, WORKBOOK_OPTIONS)
    book.set_properties({"title": labels["title"], "created": now})
    formats = get_formats(book)
    _write_summary(book, formats, data, labels, now)
    _write_employees(book, formats, data, labels)
    _write_promises(book, formats, promises, labels)
    book.close()


def _write_summary(book, formats, data, labels, now):
    columns = [
        (labels["figure"], "text", 26),
        (labels["value"], "float", 14),
        (labels["previous"], "float", 16),
        (labels["meaning"], "long", LONG_WIDTH),
    ]
    summary = Sheet(book, formats, labels["summary"], columns, top=4)
    sheet = summary.sheet
    sheet.write_string(0, 0, clean_text(labels["title"]), formats["title"])
    sheet.write_string(1, 0, clean_text(labels["period"]), formats["text"])
    sheet.write_string(1, 1, clean_text(labels["period_text"]))
    sheet.write_string(2, 0, clean_text(labels["made"]), formats["text"])
    sheet.write_datetime(2, 1, now, formats["datetime"])
    totals = data["totals"]
    for key, label, kind in labels["figures"]:
        row = summary.row
        summary.put(row, 0, label, "text")
        summary.put(row, 1, totals.get(key), kind)
        summary.put(row, 2, totals["previous"].get(key), kind)
        definition = "kept_rate" if key == "rate" else key
        summary.put(row, 3, data["definitions"].get(definition), "long")
        summary.row += 1
    summary.close()


def _write_employees(book, formats, data, labels):
    sheet = Sheet(book, formats, labels["employees"], labels["employee_columns"])
    for row in data["employees"]:
        sheet.add([row[key] for key in labels["employee_keys"]])
    if data["employees"]:
        rate = labels["employee_keys"].index("rate")
        sheet.sheet.conditional_format(
            1,
            rate,
            sheet.row - 1,
            rate,
            {
                "type": "data_bar",
                "bar_color": "#86B6A5",
                "min_type": "num",
                "min_value": 0,
                "max_type": "num",
                "max_value": 1,
            },
        )
    sheet.close()


def _write_promises(book, formats, promises, labels):
    sheet = Sheet(book, formats, labels["promises"], labels["promise_columns"])
    for row in promises:
        sheet.add(row)
    sheet.close()
