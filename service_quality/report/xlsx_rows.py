"""Rows of a sheet, from SQL into a file, with bounded memory.

A query is the model's own ``_search()``, so access is that of every list; a
server-side cursor keeps the order of the whole, and the cells are read in chunks.
"""

import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from odoo.tools import SQL

from .xlsx_sheet import LINE_HEIGHT
from .xlsx_text import MAX_CELL, SPECIAL, to_xml
from .xlsx_workbook import NUMBER_FORMATS, get_style_numbers

CHUNK = 2_000
#: Rows of one sheet, its header included; more go on in the next sheet.
MAX_ROWS = 1_048_576
_cursor_numbers = count(1)


@dataclass
class Column:
    """One column of a sheet.

    :param key: name in templates of columns; never changed once published
    :param label: header in the reader's language
    :param kind: ``text``, ``long``, or a key of ``NUMBER_FORMATS``
    :param sql: function of a :class:`Source`, returns the SQL of the value
    :param labels: what texts mean, in the reader's language (selections)
    :param bar: bars behind the numbers; a number is the full length
    :param personal: names somebody of ours
    :param optional: only in a workbook that asks for it
    """

    key: str
    label: str
    kind: str = "text"
    width: int = 14
    sql: Callable | None = None
    labels: dict = field(default_factory=dict)
    bar: bool | float = False
    personal: bool = False
    optional: bool = False


class Source:
    """One query over a model: where a column's SQL finds its table and joins.

    :param model: in the reader's environment
    :param domain: rows; record rules are added by ``_search``
    :param dict extra: what else the columns need to know
    """

    def __init__(self, model, domain, **extra):
        self.model = model
        self.query = model._search(domain, active_test=False)
        self.alias = self.query.table
        self.extra = extra

    def column(self, path):
        """Return the SQL of a field, over many2one fields if need be.

        The name of a related record shows to whoever may read the row, as the
        name of a many2one field does everywhere: it is read as superuser.
        """
        model, alias = self.model, self.alias
        *steps, name = path.split(".")
        for step in steps:
            relation = model._fields[step]
            model._field_to_sql(alias, step, self.query)  # may it be read at all?
            comodel = model.env[relation.comodel_name].sudo()
            alias = self.query.left_join(alias, step, comodel._table, "id", step)
            model = comodel
        return model._field_to_sql(alias, name, self.query)

    def moment(self, path):
        """Return a moment as the number of days of a workbook, the reader's zone."""
        return to_days(self.column(path), self.model.env)

    def select(self, columns, order=None):
        """Return the SELECT of the ids and some columns.

        :param columns: list of SQL
        :param order: SQL
        """
        self.query.order = order
        return self.query.select(SQL.identifier(self.alias, "id"), *columns)


def to_days(moment, env):
    """Return a moment, naive UTC, as days since 1899-12-30 in the reader's zone."""
    return SQL(
        "(EXTRACT(EPOCH FROM (date_trunc('second', %s) AT TIME ZONE 'UTC'"
        " AT TIME ZONE %s)"
        " - timestamp '1899-12-30') / 86400)::float8",
        moment,
        env.tz.zone,
    )


def stream(env, select, size=CHUNK):
    """Yield the rows of a SELECT in lists, through a server-side cursor.

    :param select: SQL
    :param int size: rows of a list
    """
    name = SQL.identifier(f"service_quality_{next(_cursor_numbers)}")
    # SQL: the ORM has no cursor of the server
    env.execute_query(SQL("DECLARE %s NO SCROLL CURSOR FOR %s", name, select))
    fetch = SQL("FETCH %s FROM %s", size, name)
    while rows := env.execute_query(fetch):
        yield rows
    env.execute_query(SQL("CLOSE %s", name))


class IdFile:
    """The ids of a sheet's rows in their order, 8 bytes each."""

    def __init__(self, path):
        self.path = path

    def write(self, chunks):  # pylint: disable=method-required-super
        """Write lists of ids; return their number."""
        number = 0
        with open(self.path, "wb") as target:
            for ids in chunks:
                array("q", ids).tofile(target)
                number += len(ids)
        return number

    def read(self, start, size):  # pylint: disable=method-required-super
        """Return up to ``size`` ids from number ``start`` on."""
        ids = array("q")
        with open(self.path, "rb") as source:
            source.seek(start * ids.itemsize)
            ids.frombytes(source.read(size * ids.itemsize))
        return ids.tolist()


class RowFile:
    """The rows of one sheet as XML, appended to a file.

    :param str path: the file
    :param list columns: of :class:`Column`
    """

    def __init__(self, path, columns):
        self.path = path
        self.columns = columns
        styles = get_style_numbers()
        self.cells = [
            (
                f'<c r="{get_letters(index)}',
                f'" s="{styles[column.kind]}"',
                column.kind in NUMBER_FORMATS,
                column.labels,
            )
            for index, column in enumerate(columns)
        ]
        self.group_style = styles["group"]

    def start(self):
        """Begin the file with the header; return its size in bytes."""
        styles = get_style_numbers()
        cells, lines = [], 1
        for index, column in enumerate(self.columns):
            lines = max(lines, -(-len(column.label) * 1.15 // column.width))
            is_right = column.kind in NUMBER_FORMATS and not column.kind.startswith(
                "date"
            )
            name = "header_number" if is_right else "header"
            cells.append(
                f'<c r="{get_letters(index)}1" s="{styles[name]}" t="inlineStr">'
                f"<is>{to_xml(column.label)}</is></c>"
            )
        # Not every reader works out the height of wrapped labels by itself.
        height = f'ht="{LINE_HEIGHT * min(lines, 4):g}" customHeight="1"'
        return self.append([f'<row r="1" {height}>{"".join(cells)}</row>'], 0)

    def append(self, rows, size):
        """Append rows after the first ``size`` bytes; return the new size.

        What a killed worker wrote after its last commit is cut off first.
        """
        with open(self.path, "ab") as target:
            target.truncate(size)
            target.seek(size)
            target.write("".join(rows).encode("utf-8"))
            return target.tell()

    def encode(self, number, values, level=0):
        """Return one row as XML.

        :param int number: of the row, from 1
        :param values: in the order of the columns; None leaves a cell empty
        :param int level: depth of the outline
        """
        parts = [
            f'<row r="{number}" outlineLevel="1">' if level else f'<row r="{number}">'
        ]
        for (start, style, is_number, labels), value in zip(
            self.cells, values, strict=True
        ):
            if value is None or value == "":
                continue
            if is_number:
                value = float(value)
                if value - value == 0:  # neither NaN nor infinite
                    parts.append(f"{start}{number}{style}><v>{value:.16G}</v></c>")
                continue
            if labels:
                value = labels.get(value, value)
            if SPECIAL.search(value) or len(value) > MAX_CELL // 2:
                text = to_xml(value)
            else:
                text = f"<t>{value}</t>"
            parts.append(f'{start}{number}{style} t="inlineStr"><is>{text}</is></c>')
        parts.append("</row>")
        return "".join(parts)

    def encode_group(self, number, text):
        """Return the row that begins a group."""
        cell = f'<c r="A{number}" s="{self.group_style}" t="inlineStr">'
        return f'<row r="{number}">{cell}<is>{to_xml(text)}</is></c></row>'


def get_letters(index):
    """Return the letters of a column, A for 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def get_key(text):
    """Return a text as a part of a file's name."""
    return re.sub(r"[^\w-]+", "_", text).strip("_")[:60] or "_"
