from odoo import fields, models
from odoo.tools import SQL


class ServiceMysteryReport(models.Model):
    """One row per scored line of a published mystery visit: ours beside theirs."""

    _name = "service.mystery.report"
    _description = "Own Branches and Competitors"
    _inherit = ["service.assessed.mixin"]
    _auto = False
    _rec_name = "name"
    _order = "date desc, id desc"
    _depends = {
        "service.checklist": [
            "purpose",
            "review_state",
            "reviewer_id",
            "company_id",
            "template_id",
            "date_published",
        ],
        "service.checklist.line": [
            "template_line_id",
            "name",
            "points",
            "is_scored",
        ],
        "res.partner": ["service_place"],
    }

    checklist_id = fields.Many2one("service.checklist", "Visit", readonly=True)
    template_id = fields.Many2one("service.checklist.template", readonly=True)
    template_line_id = fields.Many2one(
        "service.checklist.template.line", "Line", readonly=True
    )
    name = fields.Char("Question", readonly=True)
    place = fields.Selection(
        [("branch", "Own branches"), ("competitor", "Competitors")], readonly=True
    )
    reviewer_id = fields.Many2one("res.users", "Visitor", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime(readonly=True)
    points = fields.Float("Points (0-1)", readonly=True, aggregator="avg")
    branch_points = fields.Float("Ours (0-1)", readonly=True, aggregator="avg")
    branch_count = fields.Integer("Our Visits", readonly=True, aggregator="sum")
    competitor_points = fields.Float("Theirs (0-1)", readonly=True, aggregator="avg")
    competitor_count = fields.Integer("Their Visits", readonly=True, aggregator="sum")

    @property
    def _table_query(self):
        return SQL(
            """SELECT l.id, c.id AS checklist_id, c.res_model, c.res_id, c.res_name,
                c.template_id, l.template_line_id, %(name)s AS name,
                p.service_place AS place, c.reviewer_id, c.company_id,
                c.date_published AS date, l.points,
                CASE WHEN p.service_place = 'branch' THEN l.points
                    END AS branch_points,
                CASE WHEN p.service_place = 'branch' THEN 1 ELSE 0
                    END AS branch_count,
                CASE WHEN p.service_place = 'competitor' THEN l.points
                    END AS competitor_points,
                CASE WHEN p.service_place = 'competitor' THEN 1 ELSE 0
                    END AS competitor_count
            FROM service_checklist_line l
            JOIN service_checklist c ON c.id = l.checklist_id
            LEFT JOIN res_partner p ON p.id = c.res_id
            WHERE c.purpose = 'mystery' AND c.review_state = 'published'
                AND l.is_scored AND c.res_model = 'res.partner'""",
            name=self.env["service.checklist.line"]._field_to_sql("l", "name"),
        )
