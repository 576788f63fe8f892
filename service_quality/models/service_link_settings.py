from odoo import fields, models

from .prefetch import APART


class ResCompany(models.Model):
    _inherit = "res.company"

    service_link_days = fields.Integer(
        "Links Valid For (days)",
        default=30,
        help="So long a customer can answer by the link in his mail.",
        prefetch=APART,
    )
    service_ask_again_days = fields.Integer(
        "Remind the Customer After (days)",
        default=3,
        help="A customer who has not answered a question gets one reminder after so "
        "many days; 0 for never.",
        prefetch=APART,
    )

    _service_link_settings_sane = models.Constraint(
        "CHECK(service_link_days BETWEEN 1 AND 366 AND service_ask_again_days >= 0)",
        "Links are valid for 1 to 366 days, and nobody is reminded before asked.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_link_days = fields.Integer(
        related="company_id.service_link_days", readonly=False
    )
    service_ask_again_days = fields.Integer(
        related="company_id.service_ask_again_days", readonly=False
    )
