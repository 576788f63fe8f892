from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceExportTemplate(models.Model):
    """Which sheets and columns a workbook has: one's own, or shared with everybody."""

    _name = "service.export.template"
    _description = "Template of a Workbook"
    _order = "is_shared, name, id"

    name = fields.Char(required=True)
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="cascade",
    )
    is_shared = fields.Boolean("Shared", help="Every service manager may use it.")
    sheets = fields.Json("Keys of Sheets", help="Keys of the sheets.")
    columns = fields.Json(
        "Keys of Columns", help="Keys of the columns of each sheet, in their order."
    )
    group_by = fields.Selection([("employee", "Employee"), ("team", "Team")])
    split = fields.Selection([("team", "One file per team")], "Files")
    summary = fields.Char("Sheets", compute="_compute_summary")

    @api.depends("sheets", "columns")
    @api.depends_context("lang")
    def _compute_summary(self):
        labels = self.env["service.workbook"]._get_sheet_labels()
        for template in self:
            template.summary = ", ".join(
                labels[key] for key in template.sheets or labels if key in labels
            )

    @api.constrains("sheets", "columns")
    def _check_layout(self):
        for template in self:
            template._service_options()

    @api.constrains("name")
    def _check_name(self):
        if any(not (row.name or "").strip() or len(row.name) > 100 for row in self):
            raise ValidationError(self.env._("Give the template a short name."))

    def _service_options(self):
        """Return the options of a workbook after this template, checked."""
        options = self.env["service.workbook"]._clean_options(
            {
                "sheets": self.sheets or [],
                "columns": self.columns or {},
                "group_by": self.group_by,
                "split": self.split,
            }
        )
        del options["filters"]
        return options
