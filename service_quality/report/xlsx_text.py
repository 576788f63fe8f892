"""Texts that any reader of workbooks takes as texts.

Names and comments come from people: a text that looks like a formula, a link or a
number stays a text, and what the file format cannot hold is replaced.
"""

import math
import re

#: What XML cannot hold: controls and lone surrogates.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Texts that must not go into a cell as they are.
SPECIAL = re.compile(
    r"[\x00-\x08\x0b-\x1f&<>\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^\s|\s$"
)
#: A reader would take this for an escaped character.
ESCAPED = re.compile(r"_(x[0-9A-Fa-f]{4}_)")
FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
#: Excel counts UTF-16 units: a face is two.
MAX_CELL = 32_767
MAX_NAME = 31
MAX_HEADER = 255


def cut(text, limit):
    """Return ``text`` within ``limit`` UTF-16 units; an ellipsis says it was cut."""
    if len(text) * 2 <= limit or len(text.encode("utf-16-le")) // 2 <= limit:
        return text
    units = text.encode("utf-16-le")[: 2 * (limit - 1)]
    return units.decode("utf-16-le", "ignore") + "\N{HORIZONTAL ELLIPSIS}"


def clean_text(value):
    """Return ``value`` as a text that a cell can hold."""
    text = "" if value is None or value is False else str(value)
    text = UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return cut(text, MAX_CELL)


def to_xml(value):
    """Return ``value`` as the element of a cell's inline text."""
    text = clean_text(value)
    text = ESCAPED.sub(r"_x005F_\1", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    keep = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<t{keep}>{text}</t>"


def clean_number(value):
    """Return a number that a cell can hold, else None: not infinite, not NaN."""
    return value if value is not None and math.isfinite(value) else None


def clean_sheet_name(name):
    """Return a name that Excel accepts: 31 units, none of ``[]:*?/\\``."""
    name = FORBIDDEN_IN_NAMES.sub(" ", clean_text(name)).strip("' ")
    name = cut(name, MAX_NAME).strip("' ") or "-"
    # Excel keeps this name for itself.
    return f"{name} _" if name.casefold() == "history" else name


def clean_page_text(text):
    """Return a text for the head or foot of a printed page, without its codes."""
    return cut(clean_text(text).replace("\n", " "), 100).replace("&", "&&")


class SheetNames:
    """The names of one workbook's sheets, no two equal but for case."""

    def __init__(self):
        self.taken = set()

    def take(self, name):
        """Return ``name``, made unique and acceptable."""
        base = clean_sheet_name(name)
        result, number = base, 1
        while result.casefold() in self.taken:
            number += 1
            end = f" ({number})"
            result = cut(base, MAX_NAME - len(end)).rstrip("' ") + end
        self.taken.add(result.casefold())
        return result
