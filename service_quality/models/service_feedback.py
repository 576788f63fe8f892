from odoo import fields, models

REASONS = [
    ("result", "The result"),
    ("relationship", "The relationship"),
    ("both", "Both"),
]
LADDER = [
    ("basic", "Basic"),
    ("expected", "Expected"),
    ("excellent", "Excellent"),
    ("inspiring", "Inspiring"),
]
#: What a survey question measures, with the field of the feedback it fills.
MEASURES = [
    ("satisfaction", "Satisfaction"),
    ("technical_quality", "Technical quality"),
    ("service_quality", "Service quality"),
    ("recommend", "Likelihood to recommend"),
    ("reason", "Reason to recommend"),
    ("ladder", "Ladder of service"),
    ("comment", "Comment"),
]
SCALES = ("satisfaction", "technical_quality", "service_quality")


class ServiceFeedback(models.Model):
    """One customer's answer about one document, on common scales.

    Written only when a customer completes a survey of type *service*; never from
    ``rating.rating``, which every internal user can write.
    """

    _name = "service.feedback"
    _description = "Customer Feedback"
    _inherit = ["service.sealed.mixin", "service.linked.mixin"]
    _order = "date_answered desc, id desc"

    employee_id = fields.Many2one(
        "hr.employee", readonly=True, ondelete="restrict", index=True
    )
    department_id = fields.Many2one("hr.department", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    satisfaction = fields.Float(readonly=True, aggregator="avg", help="0-100")
    technical_quality = fields.Float(
        readonly=True, aggregator="avg", help="0-100: was the work done well?"
    )
    service_quality = fields.Float(
        readonly=True, aggregator="avg", help="0-100: what was it like to deal with us?"
    )
    recommend = fields.Integer(readonly=True, aggregator="avg", help="0-10")
    has_satisfaction = fields.Boolean(readonly=True)
    has_technical_quality = fields.Boolean(readonly=True)
    has_service_quality = fields.Boolean(readonly=True)
    has_recommend = fields.Boolean(readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    ladder = fields.Selection(LADDER, readonly=True)
    comment = fields.Text(readonly=True)
    survey_input_id = fields.Many2one(
        "survey.user_input", "Survey Answer", readonly=True, ondelete="set null"
    )
    date_answered = fields.Datetime(required=True, readonly=True)
    invitation_id = fields.Many2one(
        "service.invitation", readonly=True, ondelete="set null"
    )
    recipient = fields.Char(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Address that was asked: one answer per document and recipient.",
    )
    date_revised = fields.Datetime("Revised On", readonly=True)
    is_manual = fields.Boolean(
        "Asked by Hand",
        readonly=True,
        help="Kept apart from the automatic sample.",
    )

    _document_idx = models.Index("(res_model, res_id)")
    _date_idx = models.Index("(date_answered, company_id)")
    _input_uniq = models.UniqueIndex(
        "(survey_input_id) WHERE survey_input_id IS NOT NULL",
        "This survey answer was counted already.",
    )
    _invitation_uniq = models.UniqueIndex(
        "(invitation_id) WHERE invitation_id IS NOT NULL",
        "This invitation was answered already.",
    )
    _recipient_uniq = models.UniqueIndex(
        "(res_model, res_id, recipient) WHERE recipient IS NOT NULL",
        "This recipient has answered about the document already.",
    )
