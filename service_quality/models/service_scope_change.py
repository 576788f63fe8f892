from odoo import api, fields, models
from odoo.tools import format_amount

STATES = [
    ("draft", "Draft"),
    ("sent", "Waiting for the customer"),
    ("confirmed", "Confirmed"),
    ("declined", "Declined"),
    ("expired", "Expired"),
    ("cancelled", "Cancelled"),
]
#: What he may write; the document stays.
EDITABLE = frozenset(
    {
        "name",
        "description",
        "reason",
        "amount_delta",
        "date_due_new",
        "promise_id",
        "attachment_ids",
    }
)


class ServiceScopeChange(models.Model):
    """A change of what was agreed, that needs the customer's yes.

    Its author writes and mends it while it is a draft. Sent, it waits for the
    customer: his link is bound to this version of the text, and a promise of kind
    ``scope`` runs on the document until he has answered. What became of it is
    written by his click and by nobody else; see ``service_scope_asking.py`` and
    ``service_scope_word.py``.
    """

    _name = "service.scope.change"
    _description = "Scope Change"
    _inherit = [
        "service.sealed.mixin",
        "service.linked.mixin",
        "service.link.mixin",
    ]
    _order = "id desc"

    _service_input_fields = EDITABLE | {"res_model", "res_id"}

    name = fields.Char("What Changes", required=True)
    description = fields.Text("Details")
    reason = fields.Text("Why")
    amount_delta = fields.Monetary("Price Difference", aggregator="sum")
    date_due_new = fields.Datetime("New Date")
    promise_id = fields.Many2one(
        "service.promise",
        "Promise That Moves",
        ondelete="set null",
        index="btree_not_null",
        help="Due on the new date when the customer confirms; empty: the deadline "
        "that is due next.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Attachments",
        help="They go with the mail.",
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="draft")
    version = fields.Integer(readonly=True, default=1)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    employee_id = fields.Many2one(
        "hr.employee",
        "Asked By",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    department_id = fields.Many2one("hr.department", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index="btree_not_null"
    )
    partner_name = fields.Char("Customer Name", readonly=True)
    partner_email = fields.Char("Sent To", readonly=True)
    date_sent = fields.Datetime("Sent On", readonly=True)
    date_reminded = fields.Datetime("Reminded On", readonly=True)
    date_expiry = fields.Datetime("Expires", readonly=True)
    date_decided = fields.Datetime("Decided On", readonly=True)
    decided_by = fields.Char(readonly=True)
    customer_comment = fields.Text(readonly=True)
    scope_promise_id = fields.Many2one(
        "service.promise",
        "Waits for the Customer's Word",
        readonly=True,
        index="btree_not_null",
    )
    waiting_promise_ids = fields.One2many(
        "service.promise",
        "scope_change_id",
        "All Waiting",
        readonly=True,
        help="One promise to wait for each version that was sent.",
    )
    was_sent = fields.Boolean(
        "Asked", readonly=True, help="The customer was asked at least once."
    )
    is_answered_first = fields.Boolean(
        "Answered Before the Work Went On",
        readonly=True,
        help="The customer decided while the document was still open.",
    )
    is_address_verified = fields.Boolean(
        "Address Verified",
        readonly=True,
        help="More than the word of whoever asked says that the address is the "
        "customer's. Otherwise the answer stands, and counts for nobody.",
    )
    is_work_unanswered = fields.Boolean(
        "Work Went On Without an Answer",
        compute="_compute_is_work_unanswered",
        store=True,
        help="The document was closed or delivered while the customer was asked, "
        "by whichever version.",
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")
    event_ids = fields.One2many(
        "service.event",
        "res_id",
        domain=[("res_model", "=", "service.scope.change")],
        readonly=True,
    )

    _document_idx = models.Index("(res_model, res_id)")
    _waiting_idx = models.Index("(date_expiry) WHERE state = 'sent'")
    _decided_whole = models.Constraint(
        "CHECK((state IN ('confirmed', 'declined')) = (date_decided IS NOT NULL))",
        "A decision needs its moment.",
    )

    @api.depends("waiting_promise_ids.outcome")
    def _compute_is_work_unanswered(self):
        # Of all versions: the next one must not hide what happened under the last.
        for change in self:
            outcomes = change.waiting_promise_ids.mapped("outcome")
            change.is_work_unanswered = "missed" in outcomes

    @api.depends_context("uid")
    @api.depends("create_uid")
    def _compute_is_mine(self):
        for change in self:
            change.is_mine = not change.id or change.create_uid == self.env.user

    # ------------------------------------------------------------------
    # What people see
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """Return the defaults, with the document whose panel opened the form."""
        defaults = super().default_get(fields)
        context = self.env.context
        res_model, res_id = (
            context.get("default_res_model"),
            context.get("default_res_id"),
        )
        if res_model and res_id and "res_id" in fields:
            document = self._service_get_document(res_model, res_id, "write")
            defaults.update(
                res_model=res_model,
                res_id=res_id,
                res_name=document.display_name,
                currency_id=self._service_currency(document).id,
            )
        return defaults

    def _service_card_vals(self):
        """Return what the panel of a document shows of one change."""
        self.ensure_one()
        to_string = fields.Datetime.to_string
        amount = not self.currency_id.is_zero(self.amount_delta)
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "version": self.version,
            "amount": amount
            and format_amount(self.env, self.amount_delta, self.currency_id),
            "date_due_new": to_string(self.date_due_new) or "",
            "date_sent": to_string(self.date_sent) or "",
            "date_expiry": to_string(self.date_expiry) or "",
            "date_decided": to_string(self.date_decided) or "",
            "decided_by": self.decided_by or "",
            "is_work_unanswered": self.is_work_unanswered,
        }
