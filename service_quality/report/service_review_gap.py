from odoo import fields, models
from odoo.tools import SQL

from ..models.service_review_gap import CUSTOMER_SCALES
from .feedback_figures import MIN_ANSWERS

#: Columns that hold customers' answers.
CUSTOMER_FIGURES = ("customer_points", "gap_customer")


class ServiceReviewGap(models.Model):
    """One row per question and piece of work: self, reviewer, customer.

    The employee's and the reviewer's answers meet on the template's line, on the
    same document and employee; the customer's is his latest answer about the
    document to the question that the template's line names. Gaps are differences to
    the reviewer, empty when one of the two is missing. Customers' averages of one
    person are empty while too few customers have answered.
    """

    _name = "service.review.gap"
    _description = "Gap of Self, Reviewer and Customer"
    _inherit = ["service.assessed.mixin"]
    _auto = False
    _rec_name = "name"
    _order = "date desc, id desc"
    _depends = {
        "service.checklist": [
            "purpose",
            "review_state",
            "employee_id",
            "department_id",
            "reviewer_id",
            "company_id",
            "template_id",
            "date_published",
            "date_started",
        ],
        "service.checklist.line": [
            "template_line_id",
            "name",
            "points",
            "is_scored",
            "ruling",
            "corrected_points",
            "corrected_is_scored",
        ],
        "service.checklist.template.line": ["feedback_field"],
        "service.feedback": [
            "employee_id",
            "date_answered",
            *CUSTOMER_SCALES,
            *(f"has_{name}" for name in CUSTOMER_SCALES),
        ],
    }

    checklist_id = fields.Many2one("service.checklist", "Review", readonly=True)
    template_id = fields.Many2one("service.checklist.template", readonly=True)
    template_line_id = fields.Many2one(
        "service.checklist.template.line", "Line", readonly=True
    )
    name = fields.Char("Question", readonly=True)
    employee_id = fields.Many2one("hr.employee", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    reviewer_id = fields.Many2one("res.users", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime(readonly=True)
    self_points = fields.Float("Self (0-1)", readonly=True, aggregator="avg")
    review_points = fields.Float("Reviewer (0-1)", readonly=True, aggregator="avg")
    customer_points = fields.Float("Customer (0-1)", readonly=True, aggregator="avg")
    gap_self = fields.Float("Self - Reviewer", readonly=True, aggregator="avg")
    gap_customer = fields.Float("Customer - Reviewer", readonly=True, aggregator="avg")
    self_count = fields.Integer("Self-assessments", readonly=True, aggregator="sum")
    review_count = fields.Integer("Reviews", readonly=True, aggregator="sum")
    customer_count = fields.Integer("Customer Answers", readonly=True, aggregator="sum")

    @property
    def _table_query(self):
        # SQL: a full join of reviews and self-assessments, the ORM has none
        return SQL(
            """SELECT id, checklist_id, res_model, res_id, res_name, template_id,
                template_line_id, name, employee_id, department_id, reviewer_id,
                company_id, date, self_points, review_points, customer_points,
                self_points - review_points AS gap_self,
                customer_points - review_points AS gap_customer,
                CASE WHEN self_points IS NULL THEN 0 ELSE 1 END AS self_count,
                CASE WHEN review_points IS NULL THEN 0 ELSE 1 END AS review_count,
                CASE WHEN customer_points IS NULL THEN 0 ELSE 1 END AS customer_count
            FROM (%s) pair""",
            self._pair_query(),
        )

    def _read_group_select(self, aggregate_spec, query):
        """Leave customers' averages of one person empty under so many answers.

        Answers are counted by document: two questions, or two reviews of one
        document, are one customer.
        """
        figure = super()._read_group_select(aggregate_spec, query)
        name, _sep, func = aggregate_spec.partition(":")
        if name not in CUSTOMER_FIGURES or func.startswith("count"):
            return figure
        # SQL: what is shown depends on whom and how many the group is about
        column = {
            field: self._field_to_sql(self._table, field, query)
            for field in (name, "employee_id", "res_model", "res_id")
        }
        return SQL(
            """CASE WHEN COUNT(DISTINCT %(employee)s) > 1 OR
                COUNT(DISTINCT (%(res_model)s, %(res_id)s))
                FILTER (WHERE %(figure)s IS NOT NULL) >= %(minimum)s
                THEN %(aggregate)s END""",
            employee=column["employee_id"],
            res_model=column["res_model"],
            res_id=column["res_id"],
            figure=column[name],
            minimum=MIN_ANSWERS,
            aggregate=figure,
        )

    def _pair_query(self):
        """Return the SELECT that brings the three answers together."""
        names = (
            "checklist_id res_model res_id res_name template_id template_line_id name "
            "employee_id department_id company_id date"
        ).split()
        columns = SQL(", ").join(
            SQL("COALESCE(r.%(n)s, s.%(n)s) AS %(n)s", n=SQL.identifier(name))
            for name in names
        )
        return SQL(
            """SELECT COALESCE(r.id * 2, s.id * 2 + 1) AS id, %(columns)s,
                r.reviewer_id, r.points AS review_points, s.points AS self_points,
                CASE %(customer)s END AS customer_points
            FROM (%(review)s) r
            FULL JOIN (%(own)s) s ON s.template_line_id = r.template_line_id
                AND s.res_model = r.res_model AND s.res_id = r.res_id
                AND s.employee_id = r.employee_id
            LEFT JOIN service_checklist_template_line t
                ON t.id = COALESCE(r.template_line_id, s.template_line_id)
            LEFT JOIN LATERAL (SELECT * FROM service_feedback a
                WHERE a.res_model = COALESCE(r.res_model, s.res_model)
                    AND a.res_id = COALESCE(r.res_id, s.res_id)
                    AND a.employee_id = COALESCE(r.employee_id, s.employee_id)
                ORDER BY a.date_answered DESC, a.id DESC LIMIT 1) f ON true""",
            columns=columns,
            review=self._line_query("review"),
            own=self._line_query("self"),
            customer=SQL(" ").join(
                SQL(
                    "WHEN t.feedback_field = %s AND f.%s THEN f.%s / %s::float",
                    name,
                    SQL.identifier(f"has_{name}"),
                    SQL.identifier(name),
                    highest,
                )
                for name, highest in CUSTOMER_SCALES.items()
            ),
        )

    def _line_query(self, purpose):
        """Return the SELECT of the scored lines of one purpose.

        Corrections of a second reader count; unpublished reviews do not.
        """
        readable = SQL("true")
        if purpose == "review":
            readable = SQL("c.review_state NOT IN ('open', 'dropped')")
        return SQL(
            """SELECT l.id, c.id AS checklist_id, c.res_model, c.res_id, c.res_name,
                c.template_id, l.template_line_id, %(name)s AS name, c.employee_id,
                c.department_id, c.company_id, c.reviewer_id,
                COALESCE(c.date_published, c.date_started) AS date,
                CASE WHEN l.ruling = 'overturned' THEN l.corrected_points
                    ELSE l.points END AS points
            FROM service_checklist_line l
            JOIN service_checklist c ON c.id = l.checklist_id
            WHERE c.purpose = %(purpose)s AND %(readable)s
                AND CASE WHEN l.ruling = 'overturned'
                THEN l.corrected_is_scored ELSE l.is_scored END""",
            name=self.env["service.checklist.line"]._field_to_sql("l", "name"),
            purpose=purpose,
            readable=readable,
        )
