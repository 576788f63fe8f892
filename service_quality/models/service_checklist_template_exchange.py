from odoo import api, models
from odoo.fields import Command

from .service_checklist_template_line import COPIED_FIELDS

#: Fields of a line that a workbook carries besides its texts and its type.
LINE_FIELDS = tuple(name for name in COPIED_FIELDS if name != "kind")
SOURCE_LANG = "en_US"


class ServiceChecklistTemplate(models.Model):
    """Templates as plain data and back, see ``report/checklist_workbook.py``."""

    _inherit = "service.checklist.template"

    def action_service_export(self):
        """Download these templates as a workbook.

        :return: action that opens the download
        :raise AccessError: without Odoo's right to export
        """
        self.check_access("read")
        self.env["service.workbook"]._check_export_right()
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/service_quality/templates.xlsx?ids={ids}",
            "target": "download",
        }

    @api.model
    def _service_exchange_langs(self):
        """Return the codes of the installed languages besides the source."""
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        return [code for code in langs if code != SOURCE_LANG]

    def _service_export_data(self):
        """Return the templates as plain data, texts in every installed language."""
        langs = self._service_exchange_langs()
        names = self._service_texts("name", langs)
        descriptions = self._service_texts("description", langs)
        lines = self.line_ids
        texts = lines._service_texts("name", langs)
        scripts = lines._service_texts("script", langs)
        return [
            {
                "key": number,
                "name": names[template.id],
                "purpose": template.purpose,
                "pass_score": template.pass_score,
                "company": template.company_id.name or None,
                "description": descriptions[template.id],
                "lines": [
                    line._service_export_line(texts[line.id], scripts[line.id])
                    for line in template.line_ids
                ],
            }
            for number, template in enumerate(self, 1)
        ]

    def _service_texts(self, name, langs):
        return self.env["service.checklist.template.line"]._service_texts_of(
            self, name, langs
        )

    @api.model
    def _service_import_data(self, data, update=False):
        """Create templates from plain data, in the order of the data.

        The data were checked by the reader of the workbook; constraints hold anyway.

        :param list data: as :meth:`_service_export_data` returns it, ``company_id``
            instead of ``company``
        :param bool update: templates of the same name and company get these lines
            instead of theirs, which makes a new version of them
        :return: the templates
        """
        source = self.with_context(lang=SOURCE_LANG)
        templates = self.browse()
        for row in data:
            template = source._service_same_name(row) if update else source.browse()
            vals = {
                "name": row["name"][SOURCE_LANG],
                "description": row["description"].get(SOURCE_LANG),
                "purpose": row["purpose"],
                "pass_score": row["pass_score"],
                "company_id": row["company_id"],
                "line_ids": template._service_import_lines(row["lines"]),
            }
            if template:
                template.write(vals)
            else:
                template = source.create(vals)
            template._service_import_texts(row)
            templates += template
        return templates.with_env(self.env)

    def _service_import_lines(self, rows):
        """Return the commands that make these the lines of a template, or of none.

        A line that keeps its text stays the same line, so that checklists of both
        versions can be compared.
        """
        known = {(line.display_type, line.name): line for line in self.line_ids}
        commands = []
        for number, row in enumerate(rows, 1):
            vals = self.line_ids._service_import_line(row, number * 10)
            line = known.pop((vals["display_type"], vals["name"]), None)
            commands.append(
                Command.update(line.id, vals) if line else Command.create(vals)
            )
        gone = [line for line in self.line_ids if line in known.values()]
        return [*(Command.delete(line.id) for line in gone), *commands]

    @api.model
    def _service_same_name(self, row):
        """Return the template that a row of the data would update, or none."""
        return self.with_context(lang=SOURCE_LANG).search(
            [
                ("name", "=", row["name"][SOURCE_LANG]),
                ("company_id", "=", row["company_id"]),
            ],
            limit=1,
        )

    def _service_import_texts(self, row):
        """Write the translations of one template and its lines, as part of its edit."""
        self.invalidate_recordset(["line_ids"])  # in their new order
        counted = self._service_with_counted()
        rows = [(counted, row), *zip(counted.line_ids, row["lines"], strict=True)]
        for record, texts in rows:
            for name in ("name", "description", "script"):
                for lang, text in (texts.get(name) or {}).items():
                    if lang != SOURCE_LANG and text:
                        record.with_context(lang=lang)[name] = text


class ServiceChecklistTemplateLine(models.Model):
    _inherit = "service.checklist.template.line"

    @api.model
    def _service_texts_of(self, records, name, langs):
        """Return {id: {lang: text}} of a translated field of records.

        A translation that is the source itself is left out: none was made.
        """
        texts = {}
        for lang in (SOURCE_LANG, *langs):
            for record in records.with_context(lang=lang):
                known = texts.setdefault(record.id, {})
                text = record[name]
                if text and text != known.get(SOURCE_LANG):
                    known[lang] = text
        return texts

    def _service_texts(self, name, langs):
        return self._service_texts_of(self, name, langs)

    def _service_export_line(self, texts, scripts):
        """Return one line as plain data; a section has a title and nothing else."""
        if self.display_type:
            return {"type": "section", "name": texts, "script": {}}
        return {
            "type": self.kind,
            "name": texts,
            "script": scripts,
            **{name: self[name] for name in LINE_FIELDS},
        }

    @api.model
    def _service_import_line(self, line, sequence):
        """Return the vals of one line of the data."""
        vals = {"sequence": sequence, "name": line["name"][SOURCE_LANG]}
        if line["type"] == "section":
            return {**vals, "display_type": "line_section"}
        return {
            **vals,
            "display_type": False,
            "kind": line["type"],
            "script": line["script"].get(SOURCE_LANG),
            **{name: line[name] for name in LINE_FIELDS},
        }
