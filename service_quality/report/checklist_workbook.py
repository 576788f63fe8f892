"""The workbook of checklist templates: two sheets, one row per template and per line.

Plain functions over plain data. Keys, not translated labels, stand in the cells, so a
workbook written in one language is read in every other. Texts have one column per
language: ``Text`` is the source (en_US), ``Text [hu_HU]`` its translation.
"""

import xlsxwriter

from .xlsx_sheet import LONG_WIDTH, Sheet
from .xlsx_workbook import WORKBOOK_OPTIONS, get_formats

TEMPLATES, LINES = "Templates", "Lines"
SOURCE_LANG = "en_US"
#: header -> (key of the data, kind); ``translated`` has one column per language,
#: ``choice`` one of the keys of the field, ``flag`` yes or no, ``number`` a number.
TEMPLATE_COLUMNS = {
    "Key": ("key", "key"),
    "Template": ("name", "translated"),
    "Purpose": ("purpose", "choice"),
    "Pass score": ("pass_score", "number"),
    "Company": ("company", "text"),
    "Description": ("description", "translated"),
}
LINE_COLUMNS = {
    "Key": ("key", "key"),
    "Type": ("type", "choice"),
    "Text": ("name", "translated"),
    "Required": ("is_required", "flag"),
    "Critical": ("is_critical", "flag"),
    "Automatic": ("is_automatic", "flag"),
    "Answered from": ("figure", "choice"),
    "Weight": ("weight", "number"),
    "May not apply": ("is_na_allowed", "flag"),
    "Ask why": ("comment_rule", "choice"),
    "Script": ("script", "translated"),
}
#: A line of this type is the title of a section.
SECTION = "section"
WIDTHS = {"key": 6, "choice": 14, "flag": 10, "number": 10, "text": 20}


def get_headers(columns, langs):
    """Return [(header, key, kind, lang)] of a sheet.

    :param dict columns: :data:`TEMPLATE_COLUMNS` or :data:`LINE_COLUMNS`
    :param langs: codes of the installed languages besides the source
    """
    headers = [
        (header, key, kind, SOURCE_LANG if kind == "translated" else None)
        for header, (key, kind) in columns.items()
    ]
    headers += [
        (f"{header} [{lang}]", key, kind, lang)
        for header, (key, kind) in columns.items()
        if kind == "translated"
        for lang in langs
    ]
    return headers


def write_templates(target, templates, langs):
    """Write templates as ``_service_export_data`` returns them.

    :param target: file name or binary stream
    :param list templates: dicts with the keys of :data:`TEMPLATE_COLUMNS` and
        ``lines``, dicts with those of :data:`LINE_COLUMNS`
    :param langs: codes of the languages besides the source
    """
    book = xlsxwriter.Workbook(target, {**WORKBOOK_OPTIONS, "in_memory": True})
    formats = get_formats(book)
    formats["float"] = book.add_format({"num_format": "General", "valign": "top"})
    _write_sheet(book, formats, TEMPLATES, TEMPLATE_COLUMNS, templates, langs)
    lines = [
        {**line, "key": template["key"]}
        for template in templates
        for line in template["lines"]
    ]
    _write_sheet(book, formats, LINES, LINE_COLUMNS, lines, langs)
    book.close()


def _write_sheet(book, formats, name, columns, rows, langs):
    headers = get_headers(columns, langs)
    sheet = Sheet(
        book,
        formats,
        name,
        [
            (
                header,
                "float" if kind in ("number", "key") else "text",
                WIDTHS.get(kind, LONG_WIDTH // 2),
            )
            for header, _key, kind, _lang in headers
        ],
    )
    for row in rows:
        sheet.add([_get_cell(row, *header[1:]) for header in headers])
    sheet.close()


def _get_cell(row, key, kind, lang):
    value = row.get(key)
    if kind == "translated":
        return (value or {}).get(lang)
    if kind == "flag":
        return None if value is None else ("yes" if value else "no")
    return value or None if kind in ("choice", "text") else value
