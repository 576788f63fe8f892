from odoo import api, fields, models
from odoo.fields import Domain

TRIGGERS = [
    ("low_score", "Low score"),
    ("not_kept", "Customer: not kept"),
    ("missed", "Promise broken"),
    ("complaint", "Complaint"),
]
CAUSES = [
    ("cannot", "Cannot: knowledge or means are missing"),
    ("will_not", "Will not: it did not matter enough"),
    ("may_not", "May not: a rule of ours forbids it"),
    ("process", "Process: nobody was meant to do it"),
    ("outside", "From outside: beyond our control"),
]
STATES = [
    ("open", "Open"),
    ("acting", "In hand"),
    ("waiting", "Customer asked"),
    ("recovered", "Recovered"),
    ("lost", "Not recovered"),
    ("cancelled", "Cancelled"),
]
RUNNING = ("open", "acting", "waiting")
COMPENSATIONS = [
    ("amount", "Amount of money"),
    ("coupon", "Coupon"),
    ("text", "Something else"),
]


class ServiceRecovery(models.Model):
    """What we do after a failure: who, by when, why it happened, what was done.

    Opened by the system once per event (a low score, a disputed or a broken
    promise) or by a person for a complaint. Steps are actions, see
    ``service_recovery_actions.py``; when they happened is the server's clock.
    """

    _name = "service.recovery"
    _description = "Service Recovery"
    _inherit = [
        "service.sealed.mixin",
        "service.linked.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_due, id"

    _service_input_fields = frozenset({"res_model", "res_id", "description"})

    trigger = fields.Selection(TRIGGERS, required=True, readonly=True)
    description = fields.Text("What Happened")
    promise_id = fields.Many2one("service.promise", "Broken Promise", readonly=True)
    feedback_id = fields.Many2one("service.feedback", "Answer", readonly=True)
    employee_id = fields.Many2one(
        "hr.employee", "Concerns", readonly=True, ondelete="restrict", index=True
    )
    department_id = fields.Many2one("hr.department", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", "Owner", readonly=True, index="btree_not_null"
    )
    date_opened = fields.Datetime("Opened On", required=True, readonly=True)
    date_due = fields.Datetime("Due", required=True, readonly=True)
    cause = fields.Selection(CAUSES, readonly=True)
    cause_note = fields.Text("About the Cause", readonly=True)
    date_warned = fields.Datetime("Customer Told On", readonly=True)
    told_promise_id = fields.Many2one(
        "service.promise", "Promise to the Customer", readonly=True
    )
    date_apologised = fields.Datetime("Apologised On", readonly=True)
    apology = fields.Text(readonly=True)
    date_compensated = fields.Datetime("Compensated On", readonly=True)
    compensation_kind = fields.Selection(COMPENSATIONS, readonly=True)
    compensation_amount = fields.Monetary(readonly=True)
    compensation_text = fields.Char("Compensation", readonly=True)
    date_asked = fields.Datetime("Customer Asked On", readonly=True)
    feedback_after_id = fields.Many2one(
        "service.feedback", "Answer Afterwards", readonly=True
    )
    has_score_before = fields.Boolean(readonly=True)
    score_before = fields.Float(readonly=True, aggregator="avg", help="0-100")
    has_score_after = fields.Boolean(readonly=True)
    score_after = fields.Float(readonly=True, aggregator="avg", help="0-100")
    date_closed = fields.Datetime("Closed On", readonly=True)
    is_self_declared = fields.Boolean(
        "Self-declared",
        readonly=True,
        help="Closed by one of us; the customer did not say it himself.",
    )
    result = fields.Text(readonly=True)
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="open",
        group_expand="_service_all_states",
    )
    is_in_time = fields.Boolean(
        "In Time",
        compute="_compute_is_in_time",
        store=True,
        help="Recovered at or before due.",
    )
    is_overdue = fields.Boolean(compute="_compute_is_overdue", search="_search_overdue")

    _document_idx = models.Index("(res_model, res_id)")
    _due_idx = models.Index("(date_due, company_id)")
    _promise_uniq = models.UniqueIndex(
        "(promise_id) WHERE promise_id IS NOT NULL",
        "This promise has its recovery already.",
    )
    _feedback_uniq = models.UniqueIndex(
        "(feedback_id) WHERE feedback_id IS NOT NULL",
        "This answer has its recovery already.",
    )

    @api.depends("trigger", "res_name")
    def _compute_display_name(self):
        labels = dict(self._fields["trigger"]._description_selection(self.env))
        for recovery in self:
            label = labels.get(recovery.trigger, "")
            recovery.display_name = f"{label}: {recovery.res_name or ''}"

    @api.model
    def _service_all_states(self, states, domain):
        """Return the columns of the kanban, in order; cancelled ones when there are."""
        ordered = [state for state, _label in STATES]
        return [row for row in ordered if row != "cancelled" or row in states]

    @api.depends("state", "date_closed", "date_due")
    def _compute_is_in_time(self):
        for recovery in self:
            recovery.is_in_time = (
                recovery.state == "recovered"
                and recovery.date_closed <= recovery.date_due
            )

    @api.depends("state", "date_due")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for recovery in self:
            recovery.is_overdue = recovery.state in RUNNING and recovery.date_due < now

    def _search_overdue(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        domain = Domain("state", "in", RUNNING)
        domain &= Domain("date_due", "<", fields.Datetime.now())
        return domain if (operator == "in") == (True in value) else ~domain

    # ------------------------------------------------------------------
    # Access: the document's, and the owner's
    # ------------------------------------------------------------------

    @api.model
    def _service_own_domain(self):
        return super()._service_own_domain() | Domain("user_id", "=", self.env.uid)

    def _service_filter_by_document(self, operation):
        allowed = super()._service_filter_by_document(operation)
        # sudo: who owns these rows, to decide access
        own = self.sudo().filtered(lambda row: row.user_id.id == self.env.uid)
        return allowed | self.browse(own._ids)
