from odoo import fields, models

from .prefetch import APART


class ResCompany(models.Model):
    _inherit = "res.company"

    service_export_rows = fields.Integer(
        "Export in the Background From (rows)",
        default=50_000,
        help="Larger workbooks are made in the background; the reader is told when "
        "one is ready.",
        prefetch=APART,
    )
    service_export_days = fields.Integer(
        "Keep Exports (days)",
        default=7,
        help="Then the file is deleted and links to it lead nowhere.",
        prefetch=APART,
    )
    service_export_mail_mb = fields.Integer(
        "Largest Attachment (MB)",
        default=8,
        help="Scheduled reports that are larger are sent as a link.",
        prefetch=APART,
    )

    _service_export_settings_sane = models.Constraint(
        "CHECK(service_export_rows BETWEEN 1 AND 100000000"
        " AND service_export_days BETWEEN 1 AND 365"
        " AND service_export_mail_mb BETWEEN 0 AND 50)",
        "Exports: give at least one row, 1 to 365 days, and 0 to 50 MB.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_export_rows = fields.Integer(
        related="company_id.service_export_rows", readonly=False
    )
    service_export_days = fields.Integer(
        related="company_id.service_export_days", readonly=False
    )
    service_export_mail_mb = fields.Integer(
        related="company_id.service_export_mail_mb", readonly=False
    )
