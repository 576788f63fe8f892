from odoo import api, fields, models

from .service_review import UNREAD

#: Scales of the customer's answer: highest value.
CUSTOMER_SCALES = {
    "satisfaction": 100,
    "technical_quality": 100,
    "service_quality": 100,
    "recommend": 10,
}


class ServiceChecklistTemplateLine(models.Model):
    _inherit = "service.checklist.template.line"

    feedback_field = fields.Selection(
        [
            ("satisfaction", "Satisfaction"),
            ("technical_quality", "Technical quality"),
            ("service_quality", "Service quality"),
            ("recommend", "Likelihood to recommend"),
        ],
        "Customer's Question",
        help="What the customer was asked about the same thing: his answer is shown "
        "beside those of reviewer and employee.",
    )


class ServiceChecklistLine(models.Model):
    """What the employee and the customer said to the line of a review."""

    _inherit = "service.checklist.line"

    self_points = fields.Float(compute="_compute_gap", digits=(5, 4))
    has_self = fields.Boolean(compute="_compute_gap")
    customer_points = fields.Float(compute="_compute_gap", digits=(5, 4))
    has_customer = fields.Boolean(compute="_compute_gap")
    gap_text = fields.Char("Self, Reviewer, Customer", compute="_compute_gap")

    @api.depends("points", "template_line_id", "checklist_id.review_state")
    def _compute_gap(self):
        """Compare a published review with self-assessment and customer, 0-1.

        Whoever reads the published review reads the comparison; while it is being
        written it stays empty.
        """
        # sudo: the other two answers to the line of a review the user reads
        lines = self.sudo().filtered(
            lambda line: (
                line.checklist_id.purpose == "review"
                and line.checklist_id.review_state not in UNREAD
                and line.template_line_id
            )
        )
        own = lines._service_self_points()
        customers = lines._service_customer_points()
        known = set(lines._ids)
        for line in self:
            key = line._service_gap_key() if line.id in known else None
            line.has_self = key in own
            line.self_points = own.get(key, 0.0)
            line.has_customer = key in customers
            line.customer_points = customers.get(key, 0.0)
            line.gap_text = line._service_gap_text() if key else False

    def _service_gap_key(self):
        """Return what one line is about: the question, the work and whose it is."""
        checklist = self.sudo().checklist_id  # of a line the user reads
        return (
            self.sudo().template_line_id.id,  # as above
            checklist.res_model,
            checklist.res_id,
            checklist.employee_id.id,
        )

    def _service_self_points(self):
        """Return {gap key: points the employee gave himself}."""
        own = self.search(
            [
                ("checklist_id.purpose", "=", "self"),
                ("checklist_id.res_model", "in", self.checklist_id.mapped("res_model")),
                ("checklist_id.res_id", "in", self.checklist_id.mapped("res_id")),
                ("template_line_id", "in", self.template_line_id.ids),
                ("is_scored", "=", True),
            ],
            order="id",
        )
        return {line._service_gap_key(): line.points for line in own}

    def _service_customer_points(self):
        """Return {gap key: the customer's latest answer, 0-1}."""
        asked = self.filtered("template_line_id.feedback_field")
        reviews = asked.checklist_id
        answers = self.env["service.feedback"].search(
            [
                ("res_model", "in", reviews.mapped("res_model")),
                ("res_id", "in", reviews.mapped("res_id")),
            ],
            order="date_answered, id",
        )
        latest = {
            (row.res_model, row.res_id, row.employee_id.id): row for row in answers
        }
        points = {}
        for line in asked:
            key = line._service_gap_key()
            name = line.template_line_id.feedback_field
            answer = latest.get(key[1:])
            if answer and answer[f"has_{name}"]:
                points[key] = answer[name] / CUSTOMER_SCALES[name]
        return points

    def _service_gap_text(self):
        """Return the three answers in words, for export and screen readers."""
        parts = []
        if self.has_self:
            parts.append(self.env._("self %s%%", round(self.self_points * 100)))
        if self.is_scored:
            parts.append(self.env._("reviewer %s%%", round(self.points * 100)))
        if self.has_customer:
            parts.append(self.env._("customer %s%%", round(self.customer_points * 100)))
        return ", ".join(parts)
