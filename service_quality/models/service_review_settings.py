from odoo import fields, models

from .prefetch import APART

PRIVACY = [("person", "Figures per person"), ("team", "Figures per team, no names")]


class ResCompany(models.Model):
    _inherit = "res.company"

    service_peer_review = fields.Boolean(
        "Peers May Review",
        help="Colleagues who may see a document may review the work on it.",
        prefetch=APART,
    )
    service_dispute_days = fields.Integer(
        "Time to Dispute (working days)",
        default=5,
        help="So long an employee may dispute a review; then it counts as "
        "acknowledged.",
        prefetch=APART,
    )
    service_honesty_seconds = fields.Integer(
        "Quick Answer (seconds)",
        default=3,
        help="Two answers closer to each other than this count as quick.",
        prefetch=APART,
    )
    service_honesty_lines = fields.Integer(
        "Answers for a Signal",
        default=20,
        help="With fewer answers nothing is said about how a list was answered.",
        prefetch=APART,
    )
    service_honesty_days = fields.Integer(
        "Days Looked At",
        default=90,
        help="Answers of the last days that the signals are taken from.",
        prefetch=APART,
    )
    service_privacy = fields.Selection(
        PRIVACY,
        "Privacy",
        default="person",
        required=True,
        help="How answers were ticked is shown per person or per team only.",
    )

    _service_review_settings_sane = models.Constraint(
        "CHECK(service_dispute_days BETWEEN 1 AND 60"
        " AND service_honesty_seconds BETWEEN 1 AND 600"
        " AND service_honesty_lines BETWEEN 1 AND 100000"
        " AND service_honesty_days BETWEEN 1 AND 3660)",
        "Reviews: give 1 to 60 days to dispute, 1 to 600 seconds, at least one "
        "answer, and 1 to 3660 days to look at.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_peer_review = fields.Boolean(
        related="company_id.service_peer_review", readonly=False
    )
    service_dispute_days = fields.Integer(
        related="company_id.service_dispute_days", readonly=False
    )
    service_honesty_seconds = fields.Integer(
        related="company_id.service_honesty_seconds", readonly=False
    )
    service_honesty_lines = fields.Integer(
        related="company_id.service_honesty_lines", readonly=False
    )
    service_honesty_days = fields.Integer(
        related="company_id.service_honesty_days", readonly=False
    )
    service_privacy = fields.Selection(
        related="company_id.service_privacy", readonly=False, required=True
    )
