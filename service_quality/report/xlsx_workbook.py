"""Workbooks from rows that were written before, one file of rows per sheet.

xlsxwriter makes the workbook, its formats, charts and properties; the rows of large
sheets come from files (see ``xlsx_rows``), because a text cell costs xlsxwriter five
times what it costs there. In ``constant_memory`` mode the library itself keeps the
rows of a sheet in such a file: ours takes its place.
"""

import os
import shutil
from functools import cache
from io import BytesIO

import xlsxwriter

from .xlsx_text import clean_page_text, clean_text

WORKBOOK_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    # Moments are written without a zone: the reader's, converted before.
    "remove_timezone": True,
}
#: Kinds of columns whose values are numbers, and how they show.
NUMBER_FORMATS = {
    "integer": "#,##0",
    "float": "#,##0.0",
    "money": "#,##0.00",
    "percent": "0.0%",
    # days of 24 hours: working hours / 24
    "duration": "[h]:mm",
    "datetime": "yyyy-mm-dd hh:mm",
    "date": "yyyy-mm-dd",
}
HEADER = {"bold": True, "bottom": 1, "bg_color": "#F3F4F6", "text_wrap": True}
STYLES = {
    "header": {**HEADER, "valign": "top"},
    "header_number": {**HEADER, "valign": "top", "align": "right"},
    "title": {"bold": True, "font_size": 14},
    "group": {"bold": True, "bg_color": "#E5E7EB"},
    "link": {"font_color": "#1D4ED8", "underline": 1, "valign": "top"},
    "text": {"valign": "top"},
    "long": {"text_wrap": True, "valign": "top"},
    "meaning": {"text_wrap": True, "valign": "top", "indent": 1},
    "header_meaning": {**HEADER, "valign": "top", "indent": 1},
    **{
        kind: {
            "num_format": number_format,
            "valign": "top",
            **({"align": "left"} if kind in ("date", "datetime") else {}),
        }
        for kind, number_format in NUMBER_FORMATS.items()
    },
}
#: Bars behind the numbers of a column, by the kind of column.
BAR = {
    "type": "data_bar",
    "bar_color": "#86B6A5",
    "min_type": "num",
    "min_value": 0,
}


def open_book(target, folder, **properties):
    """Return (workbook, its formats by name).

    :param target: file name or binary stream
    :param str folder: for the library's temporary files
    :param properties: of the document: title, author, created...
    """
    options = {**WORKBOOK_OPTIONS, "constant_memory": True, "tmpdir": folder}
    book = xlsxwriter.Workbook(target, options)
    book.use_zip64()
    book.set_properties(
        {
            key: clean_text(value)[:255] if isinstance(value, str) else value
            for key, value in properties.items()
        }
    )
    return book, get_formats(book)


def get_formats(book):
    """Return the cell formats by name, always numbered alike."""
    formats = {name: book.add_format(vals) for name, vals in STYLES.items()}
    for cell_format in formats.values():
        cell_format._get_xf_index()  # takes the next number
    return formats


@cache
def get_style_numbers():
    """Return {name of a format: its number}, for rows that are written before."""
    formats = get_formats(xlsxwriter.Workbook(BytesIO(), {"in_memory": True}))
    return {name: each._get_xf_index() for name, each in formats.items()}


def add_sheet(book, name, columns, path, row_count, is_grouped=False):
    """Add a sheet whose rows, header first, are in a file.

    :param str name: unique, see :class:`~.xlsx_text.SheetNames`
    :param list columns: of :class:`~.xlsx_rows.Column`
    :param str path: file made by :class:`~.xlsx_rows.RowFile`; it stays
    :param int row_count: rows with the header
    :param bool is_grouped: rows have an outline
    :return: the worksheet
    """
    sheet = book.add_worksheet(name)
    sheet._opt_close()
    os.unlink(sheet.row_data_filename)
    try:
        os.link(path, sheet.row_data_filename)
    except OSError:  # another file system, or one without links
        shutil.copyfile(path, sheet.row_data_filename)
    sheet._check_dimensions(0, 0)
    sheet._check_dimensions(row_count - 1, len(columns) - 1)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        if column.bar and row_count > 1:
            rule = dict(BAR)
            if column.bar is not True:
                rule.update(max_type="num", max_value=column.bar)
            sheet.conditional_format(1, index, row_count - 1, index, rule)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, row_count - 1, len(columns) - 1)
    if is_grouped:
        sheet.outline_row_level = 1  # the library sees no rows of ours
        sheet.outline_settings(symbols_below=False)
    return sheet


def lay_out(sheet, title, page_text, repeat=0):
    """Prepare a sheet for the printer: across one page, with head and foot.

    :param str page_text: "Page %(page)s of %(pages)s" in the reader's language
    :param int repeat: the row that every page repeats; None for none
    """
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    if repeat is not None:
        sheet.repeat_rows(repeat)
    sheet.set_header(f"&L{clean_page_text(title)}&R&D")
    sheet.set_footer(f"&C{page_text % {'page': '&P', 'pages': '&N'}}")
