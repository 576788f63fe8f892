from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ..models.service_promise import KINDS
from ..report.xlsx_options import SHEETS
from ..report.xlsx_settings import Settings


class ServiceExportWizard(models.TransientModel):
    """What goes into a workbook: period, sheets, columns, groups, files."""

    _name = "service.export.wizard"
    _description = "Export a Workbook"

    template_id = fields.Many2one(
        "service.export.template", help="Sheets and columns that were saved before."
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    department_id = fields.Many2one("hr.department", "Team")
    employee_id = fields.Many2one("hr.employee")
    res_model = fields.Selection(
        lambda self: self._selection_res_model(), "Kind of Document"
    )
    kind = fields.Selection(KINDS, "Kind of Promise")
    sheet_summary = fields.Boolean("Summary", default=True)
    sheet_employees = fields.Boolean("Employees", default=True)
    sheet_promises = fields.Boolean("Promises", default=True)
    sheet_checklists = fields.Boolean("Checklists", default=True)
    sheet_feedback = fields.Boolean("Feedback", default=True)
    sheet_scope = fields.Boolean("Scope Changes", default=True)
    sheet_recoveries = fields.Boolean("Recoveries", default=True)
    sheet_silent = fields.Boolean("Silent Customers", default=True)
    group_by = fields.Selection(
        [("employee", "Employee"), ("team", "Team")],
        help="Rows of one employee or team stand together, under their number.",
    )
    split = fields.Selection(
        [("team", "One file per team, in a zip")],
        "Files",
        help="Empty: one file.",
    )
    line_ids = fields.One2many("service.export.wizard.line", "wizard_id", "Columns")
    template_name = fields.Char("Save As")
    is_shared = fields.Boolean("Share With Everybody")

    @api.model
    def _selection_res_model(self):
        return self.env["service.plan"]._selection_res_model()

    @api.model
    def default_get(self, fields_list):
        """Propose the last 30 days, or the filters in the context's ``filters``.

        :param fields_list: names of fields
        :return: dict of values
        :raise AccessError: no service manager
        """
        self.env["service.workbook"]._check_reader()
        values = super().default_get(fields_list)
        filters = self.env.context.get("filters") or {}
        dashboard = self.env["service.dashboard"]
        period = dashboard._serialize_filters(
            dashboard._clean_filters(filters if isinstance(filters, dict) else {})
        )
        for name in ("date_from", "date_to", "department_id", "res_model", "kind"):
            values.setdefault(name, period[name])
        values.setdefault("employee_id", period["employee_id"])
        values.setdefault("line_ids", self._get_lines({}))
        return values

    @api.model
    def _get_lines(self, columns):
        """Return commands: the columns of all sheets, chosen ones first."""
        options = {"filters": {}, "group_by": False}
        sheets = self.env["service.workbook"]._get_sheets(
            Settings(self.env, options, fields.Datetime.now())
        )
        labels = self.env["service.workbook"]._get_sheet_labels()
        result = [Command.clear()]
        for key, sheet in sheets.items():
            known = {column.key: column for column in sheet.columns}
            chosen = columns.get(key) or [
                column.key for column in sheet.columns if not column.optional
            ]
            names = [name for name in chosen if name in known]
            names += [name for name in known if name not in names]
            for name in names:
                result.append(
                    Command.create(
                        {
                            "sheet": key,
                            "sheet_label": labels[key],
                            "key": name,
                            "name": known[name].label,
                            "is_chosen": name in chosen,
                            "sequence": len(result),
                        }
                    )
                )
        return result

    @api.onchange("template_id")
    def _onchange_template_id(self):
        template = self.template_id
        if not template:
            return
        for key in SHEETS:
            self[f"sheet_{key}"] = not template.sheets or key in template.sheets
        self.group_by = template.group_by
        self.split = template.split
        self.line_ids = self._get_lines(template.columns or {})

    # ------------------------------------------------------------------
    # What was chosen
    # ------------------------------------------------------------------

    def _get_layout(self):
        """Return sheets, columns, groups and files, unchecked."""
        self.ensure_one()
        sheets = [key for key in SHEETS if self[f"sheet_{key}"]]
        if not sheets:
            raise ValidationError(self.env._("Choose at least one sheet."))
        columns = {
            sheet: lines.filtered("is_chosen").sorted("sequence").mapped("key")
            for sheet, lines in self.line_ids.grouped("sheet").items()
        }
        labels = self.env["service.workbook"]._get_sheet_labels()
        for sheet in sheets:
            if sheet in columns and not columns[sheet]:
                raise ValidationError(
                    self.env._("Choose at least one column of %s.", labels[sheet])
                )
        return {
            "sheets": sheets,
            "columns": {key: keys for key, keys in columns.items() if key in sheets},
            "group_by": self.group_by,
            "split": self.split,
        }

    def action_export(self):
        """Begin the export; the client shows how far it is.

        :return: client action
        :raise ValidationError: nothing chosen, or a period that cannot be
        """
        self.ensure_one()
        filters = {
            "date_from": fields.Date.to_string(self.date_from),
            "date_to": fields.Date.to_string(self.date_to),
            "department_id": self.department_id.id,
            "employee_id": self.employee_id.id,
            "res_model": self.res_model,
            "kind": self.kind,
        }
        options = {**self._get_layout(), "filters": filters}
        self.env["service.workbook"]._clean_options(options)
        return {
            "type": "ir.actions.client",
            "tag": "service_quality.export",
            "params": {"options": options, "is_wizard": True},
        }

    def action_save_template(self):
        """Keep sheets and columns for later, for oneself or for everybody.

        :return: action that opens this window again
        :raise ValidationError: no name, or nothing chosen
        """
        self.ensure_one()
        if not (self.template_name or "").strip():
            raise ValidationError(self.env._("Give the template a name."))
        template = self.env["service.export.template"].create(
            {
                "name": self.template_name.strip(),
                "is_shared": self.is_shared,
                **self._get_layout(),
            }
        )
        self.write({"template_id": template.id, "template_name": False})
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_quality.service_export_wizard_action"
        )
        return {**action, "res_id": self.id}


class ServiceExportWizardLine(models.TransientModel):
    """One column that a sheet may have."""

    _name = "service.export.wizard.line"
    _description = "Column of a Workbook"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "service.export.wizard", required=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    sheet = fields.Char("Key of Sheet", required=True)
    sheet_label = fields.Char("Sheet")
    key = fields.Char(required=True)
    name = fields.Char("Column")
    is_chosen = fields.Boolean("Include")
