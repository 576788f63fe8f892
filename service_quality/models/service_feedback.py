from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

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
    _rec_name = "res_name"

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

    @api.depends("res_name")
    def _compute_display_name(self):
        for feedback in self:
            feedback.display_name = feedback.res_name or self.env._("Anonymous answer")

    @api.model
    def _service_hidden_domain(self):
        """Answers of anonymous surveys about the user himself.

        He knows whom he served that day, so one row would be a name. In his figures
        they count, from five answers on; those who lead him read them.
        """
        own = self.env.user._service_own_employees(self.env.uid)
        if not own:
            return Domain.FALSE
        # an anonymous answer names no document
        return Domain("res_id", "=", 0) & Domain("employee_id", "in", [*own.values()])

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Average what was answered: a question left out is no 0."""
        selected = super()._read_group_select(aggregate_spec, query)
        name, _colon, function = aggregate_spec.partition(":")
        if name not in (*SCALES, "recommend") or function != "avg":
            return selected
        # SQL: the mean of some rows of a group, for which the ORM has no aggregate
        return SQL(
            "AVG(CASE WHEN %s THEN %s END)",
            self._field_to_sql(self._table, f"has_{name}", query),
            self._field_to_sql(self._table, name, query),
        )
