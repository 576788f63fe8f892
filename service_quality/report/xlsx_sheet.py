"""Small sheets, written cell by cell: no more rows than a page or two."""

from .xlsx_text import clean_sheet_name, clean_text

#: Width of a column of long texts, in characters, and height of one line, in points.
LONG_WIDTH = 90
LINE_HEIGHT = 15


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
