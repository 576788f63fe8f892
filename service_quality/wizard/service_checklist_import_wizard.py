import base64
import binascii

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..report.checklist_workbook import SECTION, SOURCE_LANG
from .checklist_workbook_file import MAX_BYTES
from .checklist_workbook_reader import WorkbookReader


class ServiceChecklistImportWizard(models.TransientModel):
    """A workbook of templates: looked at first, then imported whole or not at all."""

    _name = "service.checklist.import.wizard"
    _description = "Import Checklist Templates"

    file = fields.Binary("Workbook", attachment=False)
    file_name = fields.Char()
    update_existing = fields.Boolean(
        "Update Templates of the Same Name",
        help="Otherwise a second one is made. Running checklists keep their questions "
        "in both cases.",
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    can_import = fields.Boolean(compute="_compute_preview")

    @api.depends("file", "update_existing")
    def _compute_preview(self):
        """Say what the import would do; nothing is written."""
        for wizard in self:
            wizard.can_import = False
            wizard.preview = False
            # In a saved record the client may read the size instead of the content
            if not wizard.with_context(bin_size=False).file:
                continue
            try:
                data, errors = wizard._service_read()
            except UserError as error:
                data, errors = [], [str(error)]
            wizard.can_import = not errors
            wizard.preview = (
                wizard._service_preview_errors(errors)
                if errors
                else wizard._service_preview_data(data)
            )

    def action_import(self):
        """Import the workbook, all of it or nothing.

        :return: window action with the imported templates
        :raise AccessError: the user may not create templates
        :raise UserError: says everything that is wrong with the workbook
        """
        self.ensure_one()
        self.check_access("write")
        model = self.env["service.checklist.template"]
        model.check_access("create")
        data, errors = self._service_read()
        if errors:
            raise UserError("\n".join(errors))
        templates = model._service_import_data(data, update=self.update_existing)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_quality.service_checklist_template_action"
        )
        return {**action, "domain": [("id", "in", templates.ids)]}

    def _service_read(self):
        """Return (templates as plain data, errors) of the workbook.

        :raise UserError: there is no workbook, or it is none
        """
        content = self.with_context(bin_size=False).file or b""
        if not content:
            raise UserError(self.env._("Choose a workbook first."))
        # Four characters stand for three bytes: too big is known before decoding
        if len(content) * 3 / 4 > MAX_BYTES + 3:
            raise UserError(self.env._("The file is too big: at most 5 MB."))
        try:
            content = base64.b64decode(content)
        except (binascii.Error, ValueError) as error:
            raise UserError(self.env._("The file cannot be read.")) from error
        reader = WorkbookReader(self.env)
        return reader.get_templates(content), reader.errors

    def _service_preview_errors(self, errors):
        """Return the errors as safe html; they repeat what the file says."""
        return Markup('<p class="text-danger fw-bold">%s</p><ul>%s</ul>') % (
            self.env._("Nothing can be imported yet:"),
            Markup().join(Markup("<li>%s</li>") % error for error in errors),
        )

    def _service_preview_data(self, data):
        """Return what would be imported as safe html."""
        model = self.env["service.checklist.template"]
        purposes = dict(model._fields["purpose"]._description_selection(self.env))
        rows = []
        for row in data:
            existing = self.update_existing and model._service_same_name(row)
            questions = [line for line in row["lines"] if line["type"] != SECTION]
            note = self.env._("updated") if existing else self.env._("new")
            rows.append(
                Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")
                % (
                    row["name"][SOURCE_LANG],
                    purposes[row["purpose"]],
                    len(questions),
                    note,
                )
            )
        titles = (
            self.env._("Template"),
            self.env._("Purpose"),
            self.env._("Questions"),
            self.env._("What happens"),
        )
        head = Markup().join(Markup("<th>%s</th>") % title for title in titles)
        return Markup(
            '<table class="table table-sm"><thead><tr>%s</tr></thead>'
            "<tbody>%s</tbody></table>"
        ) % (head, Markup().join(rows))
