from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from . import verdict

KINDS = [
    ("deadline", "Deadline"),
    ("response", "First answer"),
    ("appointment", "Appointment"),
    ("callback", "Call back"),
    ("progress", "Progress update"),
    ("scope", "Scope change"),
]
SETTLEMENTS = [
    ("evidence", "Evidence"),
    ("closed", "Closed without it"),
    ("cancelled", "Document cancelled"),
    ("moved", "Moved with the customer's word"),
    ("excused", "Excused"),
    ("withdrawn", "Withdrawn"),
]
OUTCOMES = [
    ("kept", "Kept"),
    ("late", "Late"),
    ("missed", "Missed"),
    ("moved", "Moved"),
    ("excused", "Excused"),
    ("withdrawn", "Withdrawn"),
]
SOURCES = [
    ("manual", "Recorded by hand"),
    ("plan", "Plan"),
    ("native", "Date on the document"),
]
STATES = [("open", "Open"), ("due_soon", "Due soon"), ("overdue", "Overdue"), *OUTCOMES]


class ServicePromise(models.Model):
    """The ledger: what was told to a customer, by when, by whom, and what came of it.

    The facts are sealed (see ``service.sealed.mixin``): a promise is recorded by
    ``create`` with five fields, everything else is derived from what the server
    sees, and changed only by the actions in ``service_promise_life.py``. The
    outcome is computed from the facts by ``verdict.py`` and by nothing else.
    """

    _name = "service.promise"
    _description = "Promise"
    _inherit = ["service.sealed.mixin", "service.linked.mixin"]
    _order = "date_due, id"

    _service_input_fields = frozenset({"name", "kind", "res_model", "res_id", "date_due"})

    name = fields.Char("Promise", required=True, help="What was promised.")
    kind = fields.Selection(KINDS, required=True, default="deadline")
    source = fields.Selection(SOURCES, required=True, readonly=True, copy=False)
    source_key = fields.Char(
        readonly=True,
        copy=False,
        help="What makes a promise of a plan or of the document unique.",
    )
    employee_id = fields.Many2one(
        "hr.employee",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index=True,
        help="Who answers for it; stays when the document changes hands.",
    )
    department_id = fields.Many2one("hr.department", readonly=True, copy=False)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, copy=False, index="btree_not_null"
    )
    partner_name = fields.Char("Customer Name", readonly=True, copy=False)
    partner_email = fields.Char("Sent To", readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, copy=False
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        readonly=True,
        copy=False,
        help="Lateness is measured in these hours.",
    )
    date_made = fields.Datetime("Made On", required=True, readonly=True, copy=False)
    date_due = fields.Datetime("Due", required=True, copy=False)
    date_told = fields.Datetime(
        "Customer Informed On",
        readonly=True,
        copy=False,
        help="When the customer had it in writing.",
    )
    settlement = fields.Selection(SETTLEMENTS, readonly=True, copy=False)
    date_settled = fields.Datetime("Settled On", readonly=True, copy=False)
    corrected_outcome = fields.Selection(OUTCOMES, readonly=True, copy=False)
    outcome = fields.Selection(
        OUTCOMES, compute="_compute_outcome", store=True, readonly=True, copy=False
    )
    state = fields.Selection(
        STATES, compute="_compute_state", search="_search_state", readonly=True
    )
    delay_hours = fields.Float(
        "Hours Late",
        compute="_compute_delay_hours",
        store=True,
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Working hours between due and evidence; 0 when in time.",
    )
    is_self_declared = fields.Boolean(
        "Self-declared",
        readonly=True,
        copy=False,
        help="Ticked as done without any trace: shown, but outside the rate.",
    )
    is_counted = fields.Boolean(
        "Counts",
        compute="_compute_is_counted",
        store=True,
        readonly=True,
        copy=False,
        help="The customer has it in writing and was told early enough.",
    )
    previous_id = fields.Many2one("service.promise", readonly=True, copy=False)
    successor_id = fields.Many2one("service.promise", readonly=True, copy=False)
    event_ids = fields.One2many(
        "service.event",
        "res_id",
        domain=[("res_model", "=", "service.promise")],
        readonly=True,
    )

    _document_idx = models.Index("(res_model, res_id)")
    _due_idx = models.Index(
        "(date_due) INCLUDE (employee_id, company_id, kind, outcome, is_counted)"
    )
    _open_idx = models.Index("(date_due, employee_id) WHERE outcome IS NULL")
    _source_uniq = models.UniqueIndex(
        "(res_model, res_id, source_key) WHERE source_key IS NOT NULL"
        " AND settlement IS NULL",
        "This promise is already running on the document.",
    )
    _settled_whole = models.Constraint(
        "CHECK((settlement IS NULL) = (date_settled IS NULL))",
        "A settled promise needs a way and a moment of settlement.",
    )

    # ------------------------------------------------------------------
    # Verdict
    # ------------------------------------------------------------------

    @api.depends("kind", "date_due", "settlement", "date_settled", "corrected_outcome")
    def _compute_outcome(self):
        for promise in self:
            promise.outcome = verdict.get_outcome(
                promise.kind,
                promise.date_due,
                promise.settlement,
                promise.date_settled,
                promise.corrected_outcome,
            )

    @api.depends("outcome", "date_due", "date_settled")
    def _compute_delay_hours(self):
        for promise in self:
            late = promise.outcome == "late" and promise.date_settled
            promise.delay_hours = (
                promise.calendar_id._service_hours_between(
                    promise.date_due, promise.date_settled
                )
                if late
                else 0.0
            )

    @api.depends("source", "date_told", "date_due", "outcome", "is_self_declared")
    def _compute_is_counted(self):
        for promise in self:
            if promise.is_self_declared and promise.outcome == "kept":
                promise.is_counted = False
            elif promise.source == "plan":
                promise.is_counted = True
            else:
                lead = timedelta(minutes=promise.company_id.service_lead_minutes)
                told = promise.date_told
                promise.is_counted = bool(told) and told + lead <= promise.date_due

    @api.depends("outcome", "date_due")
    def _compute_state(self):
        now = fields.Datetime.now()
        for promise in self:
            if promise.outcome:
                promise.state = promise.outcome
            elif not promise.date_due:
                promise.state = "open"
            elif verdict.is_overdue(promise.date_due, None, now):
                promise.state = "overdue"
            else:
                soon = timedelta(hours=promise.company_id.service_due_soon_hours)
                promise.state = "due_soon" if promise.date_due - now <= soon else "open"

    def _search_state(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        domain = Domain.OR(self._state_domain(state) for state in value)
        return domain if operator == "in" else ~domain

    @api.model
    def _state_domain(self, state):
        """Return the domain of one value of ``state``."""
        if state in dict(OUTCOMES):
            return Domain("outcome", "=", state)
        now = fields.Datetime.now()
        running = Domain("outcome", "=", False)
        if state == "overdue":
            return running & Domain("date_due", "<", now)
        not_due = running & Domain("date_due", ">=", now)
        # sudo: the setting of each company, to cut "due soon" where it cuts
        companies = self.env["res.company"].sudo().search([])
        soon = Domain.OR(
            Domain("company_id", "in", group.ids)
            & Domain("date_due", "<=", now + timedelta(hours=hours))
            for hours, group in companies.grouped("service_due_soon_hours").items()
        )
        if state == "due_soon":
            return not_due & soon
        return not_due & ~soon if state == "open" else Domain.FALSE

    # ------------------------------------------------------------------
    # Recording
    # ------------------------------------------------------------------

    @api.model
    def _service_create(self, vals_list):
        """Record promises made by the user himself, see ``_service_promise_vals``."""
        prepared = []
        for vals in vals_list:
            document = self._service_get_document(
                vals.get("res_model"), vals.get("res_id"), "write"
            )
            prepared.append(self._prepare_manual_vals(document, vals))
        promises = self._service_record(prepared)
        return self.browse(promises._ids)

    @api.model
    def _prepare_manual_vals(self, document, vals):
        """Check what a user typed and return the facts of his promise.

        :param document: a document he may write to
        :param dict vals: ``name``, ``kind``, ``date_due`` as sent by the client
        :raise ValidationError: bad text, date, kind, or a user without employee
        """
        kind = vals.get("kind") or "deadline"
        if kind not in verdict.KINDS:
            raise ValidationError(self.env._("Unknown kind of promise."))
        name = self._service_clean_text(
            vals.get("name"), self.env._("Promise"), required=True
        )
        date_due = self._service_clean_date(vals.get("date_due"), self.env._("Due"))
        company = document._service_get_company()
        employee = self.env.user.with_company(company).employee_id
        if not employee:
            raise ValidationError(
                self.env._(
                    "%(user)s has no employee in %(company)s, so nobody could "
                    "answer for the promise. Ask an administrator to create one.",
                    user=self.env.user.name,
                    company=company.name,
                )
            )
        return document._service_promise_vals(
            name=name,
            kind=kind,
            source="manual",
            date_due=date_due,
            employee=employee,
        )

    @api.model
    def _service_record(self, vals_list):
        """Create promises whose facts the server derived, with their event.

        :param list vals_list: complete vals, see ``_service_promise_vals``
        :return: promises, unsealed and as superuser
        """
        promises = self._service_unseal().create(vals_list)
        self.env["service.event"]._service_log(
            promises, "made", new=lambda promise: promise.date_due
        )
        return promises

    def copy_data(self, default=None):
        # A copy of a promise is a new promise, made now by whoever copies it.
        vals_list = super().copy_data(default)
        return [
            {key: vals[key] for key in self._service_input_fields if key in vals}
            for vals in vals_list
        ]
