from odoo import fields, models

from .unchecked_many2one import UncheckedMany2one

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
    _inherit = [
        "service.sealed.mixin",
        "service.linked.mixin",
        "service.link.mixin",
    ]
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

    create_uid = UncheckedMany2one("res.users", "Created by", readonly=True)
    write_uid = UncheckedMany2one("res.users", "Last Updated by", readonly=True)
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
        ondelete="restrict",  # its index: service_dashboard_indexes.py
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
    is_repeated = fields.Boolean(
        "Kept With Another",
        readonly=True,
        copy=False,
        help="Recorded by hand and kept by the same evidence as another of the same "
        "kind: the two are one achievement.",
    )
    is_counted = fields.Boolean(
        "Counts",
        compute="_compute_is_counted",
        store=True,
        precompute=True,
        readonly=True,
        copy=False,
        help="The customer has it in writing, was told early enough, and it was not "
        "kept at once.",
    )
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, ondelete="set null"
    )
    reminder_ids = fields.One2many(
        "service.reminder",
        "promise_id",
        readonly=True,
        groups="service_quality.group_manager",
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
    _company_idx = models.Index("(company_id, res_model)")
    _due_idx = models.Index(
        "(date_due) INCLUDE (employee_id, company_id, kind, outcome, is_counted)"
    )
    _paused_idx = models.Index(
        "(date_paused) WHERE date_paused IS NOT NULL AND settlement IS NULL"
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
