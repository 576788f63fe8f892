from odoo import fields, models
from odoo.tools import SQL

from ..models.service_review import REVIEW_STATES


class ServiceReviewReport(models.Model):
    """One row per published review: how often reviewers are overturned.

    The share overturned counts decided disputes only; beside it stands how many
    reviews were published, disputed and decided.
    """

    _name = "service.review.report"
    _description = "Review Analysis"
    _inherit = ["service.assessed.mixin"]
    _auto = False
    _rec_name = "res_name"
    _order = "date desc, id desc"
    _depends = {
        "service.checklist": [
            "purpose",
            "review_state",
            "template_id",
            "reviewer_id",
            "employee_id",
            "department_id",
            "company_id",
            "date_published",
            "date_disputed",
            "is_overturned",
            "is_lapsed",
            "score",
            "final_score",
        ],
    }

    checklist_id = fields.Many2one("service.checklist", "Review", readonly=True)
    template_id = fields.Many2one("service.checklist.template", readonly=True)
    reviewer_id = fields.Many2one("res.users", readonly=True)
    employee_id = fields.Many2one("hr.employee", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime("Published", readonly=True)
    review_state = fields.Selection(REVIEW_STATES, "State", readonly=True)
    score = fields.Float("Score (0-1)", readonly=True, aggregator="avg")
    final_score = fields.Float("Final Score (0-1)", readonly=True, aggregator="avg")
    disputed = fields.Integer(readonly=True, aggregator="sum")
    decided = fields.Integer(readonly=True, aggregator="sum")
    overturned = fields.Integer(readonly=True, aggregator="sum")
    overturned_share = fields.Float(
        "Share Overturned",
        readonly=True,
        aggregator="avg",
        help="Overturned / decided, 0-1; empty while nothing is decided.",
    )
    lapsed = fields.Integer("Acknowledged by Lapse", readonly=True, aggregator="sum")

    @property
    def _table_query(self):
        return SQL(
            """SELECT c.id, c.id AS checklist_id, c.res_model, c.res_id, c.res_name,
                c.template_id, c.reviewer_id, c.employee_id, c.department_id,
                c.company_id, c.date_published AS date, c.review_state, c.score,
                c.final_score,
                CASE WHEN c.date_disputed IS NOT NULL THEN 1 ELSE 0 END AS disputed,
                CASE WHEN c.review_state = 'decided' THEN 1 ELSE 0 END AS decided,
                CASE WHEN c.is_overturned THEN 1 ELSE 0 END AS overturned,
                CASE WHEN c.review_state = 'decided'
                    THEN CASE WHEN c.is_overturned THEN 1.0 ELSE 0.0 END
                    END AS overturned_share,
                CASE WHEN c.is_lapsed THEN 1 ELSE 0 END AS lapsed
            FROM service_checklist c
            WHERE c.purpose = 'review'
                AND c.review_state NOT IN ('open', 'dropped')"""
        )
