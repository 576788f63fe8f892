from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_due_soon_hours = fields.Float(
        related="company_id.service_due_soon_hours", readonly=False
    )
    service_lead_minutes = fields.Integer(
        related="company_id.service_lead_minutes", readonly=False
    )
    service_tolerance_minutes = fields.Integer(
        related="company_id.service_tolerance_minutes", readonly=False
    )
    service_remind_hours = fields.Float(
        related="company_id.service_remind_hours", readonly=False
    )
    service_escalate_hours = fields.Float(
        related="company_id.service_escalate_hours", readonly=False
    )
    service_reopen_hours = fields.Float(
        related="company_id.service_reopen_hours", readonly=False
    )
    service_survey_pause_days = fields.Integer(
        related="company_id.service_survey_pause_days", readonly=False
    )
    service_min_counted = fields.Integer(
        related="company_id.service_min_counted", readonly=False
    )
