import time

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, ormcache

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
    ("closed", "Closed without evidence"),
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
#: More tolerance than this is another appointment.
MAX_TOLERANCE_MINUTES = 60
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

    _service_input_fields = frozenset(
        {
            "name",
            "kind",
            "res_model",
            "res_id",
            "date_due",
            "date_from",
            "date_end",
            "tolerance_minutes",
            "phone",
        }
    )

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
    date_from = fields.Datetime(
        "Not Before", copy=False, help="Start of the hours in which we call."
    )
    date_end = fields.Datetime(
        "Planned End", copy=False, help="When the appointment is planned to end."
    )
    tolerance_minutes = fields.Integer(
        "Tolerance (minutes)",
        copy=False,
        help="So many minutes after due an appointment still starts on time.",
    )
    phone = fields.Char(copy=False, help="The number to call.")
    date_limit = fields.Datetime(
        "Expires",
        compute="_compute_date_limit",
        store=True,
        precompute=True,
        help="Due with its tolerance; empty while the clock is paused.",
    )
    date_started = fields.Datetime("Started On", readonly=True, copy=False)
    date_ended = fields.Datetime("Ended On", readonly=True, copy=False)
    wait_minutes = fields.Float(
        "Customer Waited (minutes)",
        compute="_compute_wait_minutes",
        store=True,
        precompute=True,
        aggregator="avg",
        help="From the agreed start to the real one.",
    )
    date_paused = fields.Datetime("Paused Since", readonly=True, copy=False)
    paused_hours = fields.Float(
        "Hours Paused",
        readonly=True,
        copy=False,
        help="Working hours in which the ball was with the customer.",
    )
    chase_count = fields.Integer(
        "Times Chased",
        readonly=True,
        copy=False,
        help="How often the customer had to write to us while this was overdue.",
    )
    rule_id = fields.Many2one(
        "service.plan.rule", readonly=True, copy=False, ondelete="set null"
    )
    date_due_asked = fields.Datetime(
        "New Date Asked", readonly=True, copy=False, help="Waits for the customer."
    )
    move_reason = fields.Text(readonly=True, copy=False)
    excuse_reason = fields.Text("Excuse", readonly=True, copy=False)
    compensation = fields.Text(readonly=True, copy=False)
    needs_take_over = fields.Boolean(
        "Must Be Taken Over",
        compute="_compute_needs_take_over",
        search="_search_needs_take_over",
        help="Runs, and whoever answers for it has left or is on leave at due.",
    )
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
        OUTCOMES,
        compute="_compute_outcome",
        store=True,
        precompute=True,
        readonly=True,
        copy=False,
    )
    state = fields.Selection(
        STATES, compute="_compute_state", search="_search_state", readonly=True
    )
    delay_hours = fields.Float(
        "Hours Late",
        compute="_compute_delay_hours",
        store=True,
        precompute=True,
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
        precompute=True,
        readonly=True,
        copy=False,
        help="The customer has it in writing and was told early enough.",
    )
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, ondelete="set null"
    )
    reminder_ids = fields.One2many("service.reminder", "promise_id", readonly=True)
    previous_id = fields.Many2one("service.promise", readonly=True, copy=False)
    successor_id = fields.Many2one("service.promise", readonly=True, copy=False)
    event_ids = fields.One2many(
        "service.event",
        "res_id",
        domain=[("res_model", "=", "service.promise")],
        readonly=True,
    )

    _document_idx = models.Index("(res_model, res_id)")
    _company_idx = models.Index("(company_id, res_model)")
    _due_idx = models.Index(
        "(date_due) INCLUDE (employee_id, company_id, kind, outcome, is_counted)"
    )
    _open_idx = models.Index("(date_limit, employee_id) WHERE outcome IS NULL")
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
    # Recording
    # ------------------------------------------------------------------

    @api.model
    def _service_create(self, vals_list):
        """Record promises made by the user himself, see ``_service_promise_vals``."""
        # The message that makes a promise must not be what keeps it.
        self.env["service.worker"]._service_work_off()
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
        return {
            **document._service_promise_vals(
                name=name,
                kind=kind,
                source="manual",
                date_due=date_due,
                employee=employee,
            ),
            **self._prepare_kind_vals(kind, date_due, document, vals),
        }

    @api.model
    def _prepare_kind_vals(self, kind, date_due, document, vals):
        """Check what only some kinds of promise have.

        :param str kind: kind of promise
        :param date_due: naive UTC
        :param document: the served document
        :param dict vals: as sent by the client
        :raise ValidationError: a window or an end that does not fit
        """
        result = {}
        if kind == "callback":
            phone = vals.get("phone") or document.sudo()._service_get_partner().phone
            result["phone"] = self._service_clean_text(phone, self.env._("Phone"))
            if vals.get("date_from"):
                result["date_from"] = self._service_clean_date(
                    vals["date_from"], self.env._("Not before")
                )
                if result["date_from"] >= date_due:
                    raise ValidationError(
                        self.env._("Not before: must lie before the due moment.")
                    )
        if kind == "appointment":
            tolerance = vals.get("tolerance_minutes")
            if tolerance is None or tolerance is False:
                tolerance = document._service_get_company().service_tolerance_minutes
            if isinstance(tolerance, bool) or not isinstance(tolerance, int):
                raise ValidationError(self.env._("Tolerance: give whole minutes."))
            if not 0 <= tolerance <= MAX_TOLERANCE_MINUTES:
                raise ValidationError(
                    self.env._(
                        "Tolerance: from 0 to %s minutes.", MAX_TOLERANCE_MINUTES
                    )
                )
            result["tolerance_minutes"] = tolerance
            if vals.get("date_end"):
                result["date_end"] = self._service_clean_date(
                    vals["date_end"], self.env._("Planned end")
                )
                if result["date_end"] <= date_due:
                    raise ValidationError(
                        self.env._("Planned end: must lie after the start.")
                    )
        return result

    @api.model
    def _service_record(self, vals_list):
        """Create promises whose facts the server derived, with their event.

        :param list vals_list: complete vals, see ``_service_promise_vals``
        :return: promises, unsealed and as superuser
        """
        promises = self._service_unseal().create(vals_list)
        self._service_know_companies(promises)
        self.env["service.event"]._service_log(
            promises, "made", new=lambda promise: promise.date_due
        )
        return promises

    @api.model
    def _service_companies(self, res_model):
        """Return the ids of the companies that ever promised on these documents.

        Whoever promises nothing is asked nothing: this is known without a query.
        """
        # A worker that read an older snapshot learns the truth within minutes.
        return self._service_companies_cached(res_model, int(time.time() // 300))

    @api.model
    @ormcache("res_model", "_period")
    def _service_companies_cached(self, res_model, _period):
        # SQL: one probe of the index per company; DISTINCT would read every row
        rows = self.env.execute_query(
            SQL(
                "SELECT c.id FROM res_company c WHERE EXISTS (SELECT 1 FROM"
                " service_promise p WHERE p.res_model = %s AND p.company_id = c.id)",
                res_model,
            )
        )
        return frozenset(company_id for (company_id,) in rows)

    @api.model
    def _service_know_companies(self, promises):
        """Note the first promise ever of a company on a kind of document."""
        made = {(row.res_model, row.company_id.id) for row in promises}
        if any(
            company_id not in self._service_companies(res_model)
            for res_model, company_id in made
        ):
            clear_cache = self.env.registry.clear_cache
            clear_cache()
            # Again, because others may have asked before they could see this one
            self.env.cr.postcommit.add(clear_cache)

    def copy_data(self, default=None):
        # A copy of a promise is a new promise, made now by whoever copies it.
        vals_list = super().copy_data(default)
        return [
            {key: vals[key] for key in self._service_input_fields if key in vals}
            for vals in vals_list
        ]
