from odoo import api, fields, models
from odoo.tools import SQL, ormcache

from . import checklist_score
from .service_checklist_template import PURPOSES

STATES = [
    ("todo", "To do"),
    ("passed", "Passed"),
    ("failed", "Failed"),
    ("waived", "Waived"),
]


class ServiceChecklist(models.Model):
    """A template at work on one document: its lines were copied when it started."""

    _name = "service.checklist"
    _description = "Checklist"
    _inherit = ["service.sealed.mixin", "service.linked.mixin"]
    _order = "id"

    name = fields.Char(required=True, readonly=True, translate=True)
    template_id = fields.Many2one(
        "service.checklist.template", readonly=True, ondelete="set null", index=True
    )
    template_version = fields.Integer(
        readonly=True, help="Version of the template the questions were copied from."
    )
    purpose = fields.Selection(PURPOSES, required=True, readonly=True, default="work")
    pass_score = fields.Float(
        readonly=True, help="A complete checklist with a lower score has failed."
    )
    employee_id = fields.Many2one(
        "hr.employee",
        readonly=True,
        ondelete="restrict",
        index=True,
        help="Whose work is checked.",
    )
    department_id = fields.Many2one("hr.department", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    line_ids = fields.One2many("service.checklist.line", "checklist_id", readonly=True)
    is_gate = fields.Boolean(
        "Guards the Closing",
        readonly=True,
        help="Started under a plan that guards the closing; stays when the document "
        "leaves that plan.",
    )
    has_automatic = fields.Boolean(
        "Has Automatic Lines", readonly=True, help="The ledger answers some lines."
    )
    date_started = fields.Datetime(required=True, readonly=True)
    date_waived = fields.Datetime(readonly=True)
    waive_reason = fields.Text(readonly=True)
    state = fields.Selection(
        STATES, compute="_compute_result", store=True, readonly=True, index=True
    )
    score = fields.Float(
        compute="_compute_result",
        store=True,
        readonly=True,
        aggregator="avg",
        digits=(5, 4),
        help="Weighted share of what was done well, 0-1; automatic lines included.",
    )
    date_done = fields.Datetime(compute="_compute_result", store=True, readonly=True)
    answer_version = fields.Integer(
        readonly=True,
        help="Grows with every answer, so that people who answer or close at the same "
        "moment meet in one row and none of them works on an old picture.",
    )
    open_required_count = fields.Integer(compute="_compute_counts")
    answered_count = fields.Integer(compute="_compute_counts")
    line_count = fields.Integer(compute="_compute_counts")

    _document_idx = models.Index("(res_model, res_id)")
    # Also when two people start it at the same moment
    _work_once = models.UniqueIndex(
        "(res_model, res_id, template_id) WHERE purpose = 'work'",
        "This checklist has already been started on the document.",
    )
    _gate_idx = models.Index("(res_model) WHERE is_gate")
    _automatic_idx = models.Index("(company_id, res_model) WHERE has_automatic")

    @api.depends(
        "line_ids.is_answered",
        "line_ids.is_required",
        "line_ids.is_critical",
        "line_ids.points",
        "line_ids.weight",
        "line_ids.is_automatic",
        "pass_score",
        "date_waived",
    )
    def _compute_result(self):
        """State and score from the answers, by the formula of checklist_score.py.

        It is complete when every line that people must answer is: the required
        ones, or all of them when none is required.
        """
        for checklist in self:
            lines = checklist.line_ids
            scored = lines.filtered("is_scored")
            checklist.score = checklist_score.get_score(
                (line.points, line.weight) for line in scored
            )
            needed = checklist._service_needed_lines()
            is_complete = bool(needed) and all(needed.mapped("is_answered"))
            checklist.state = checklist_score.get_state(
                checklist.score,
                checklist.pass_score,
                scored.filtered("is_critical").mapped("points"),
                is_complete=is_complete,
                is_scored=any(scored.mapped("weight")),
                is_waived=bool(checklist.date_waived),
            )
            answered = [date for date in needed.mapped("date_answered") if date]
            checklist.date_done = max(answered) if is_complete and answered else False

    def _service_needed_lines(self):
        """Return the lines without which a checklist is not complete.

        The ledger answers automatic lines when the document is done: nobody waits
        for them, unless there are no others.
        """
        own = self.line_ids.filtered(lambda line: not line.is_automatic)
        own = own or self.line_ids
        return own.filtered("is_required") or own

    def _compute_counts(self):
        for checklist in self:
            lines = checklist.line_ids
            checklist.line_count = len(lines)
            checklist.answered_count = len(lines.filtered("is_answered"))
            checklist.open_required_count = len(checklist._service_open_lines())

    def _service_open_lines(self):
        """Return the lines that keep a guarded document from being closed.

        Not the automatic ones: nobody can answer them, and closing does.
        """
        return self.filtered(
            lambda checklist: checklist.state != "waived"
        ).line_ids.filtered(
            lambda line: (
                not line.is_automatic
                and (
                    (line.is_required and not line.is_answered)
                    or (line.is_critical and line.answer == "no")
                )
            )
        )

    @api.model
    def _service_start(self, documents, templates):
        """Start checklists on documents, in one batch.

        A template already running on a document is not started twice.

        :param documents: served documents, the user may see them
        :param templates: templates to copy
        :return: the new checklists, as superuser, unsealed
        """
        checklists = self._service_unseal()
        running = checklists.search(
            [
                ("res_model", "=", documents._name),
                ("res_id", "in", documents.ids),
                ("template_id", "in", templates.ids),
            ]
        )
        known = {(row.res_id, row.template_id.id) for row in running}
        if documents:
            documents._service_lock()  # not while somebody closes them
        matches = self.env["service.plan"]._service_for(documents)
        guarded = {
            res_id
            for plan, matching in matches
            for res_id in (matching._ids if plan.is_gate else ())
        }
        return checklists._service_copy(documents, templates, guarded, known)

    @api.model
    @ormcache("res_model")
    def _service_any_gate(self, res_model):
        """Tell whether a checklist on these documents ever guarded a closing.

        Without one nobody who closes a document is asked.
        """
        domain = [("res_model", "=", res_model), ("is_gate", "=", True)]
        # sudo: that there is one
        return bool(self.sudo().search_count(domain, limit=1))

    @api.model
    @ormcache("res_model")
    def _service_may_guard(self, res_model):
        """Tell whether a plan or checklist may guard the closing of such documents.

        Known without a query, so that closing costs nothing where nothing guards.
        """
        # sudo: that there is one, whoever may read it
        plans = self.env["service.plan"].sudo()
        domain = [("res_model", "=", res_model), ("is_gate", "=", True)]
        guards = plans.search_count(domain, limit=1)
        return bool(guards) or self._service_any_gate(res_model)

    @api.model
    def _service_release(self, plans):
        """Let documents be closed that only a plan guarded which does so no more.

        :param plans: plans whose guard an administrator took off
        """
        checklists = self._service_unseal()
        for plan in plans:
            checklists.search(
                [
                    ("res_model", "=", plan.res_model),
                    ("template_id", "in", plan.template_ids.ids),
                    ("is_gate", "=", True),
                    ("state", "in", ["todo", "failed"]),
                ]
            ).write({"is_gate": False})

    def _service_lock(self):
        """Have whoever answers at this moment, or just did, look again.

        Answering writes the checklist too, see ``_service_touch``: of two who work
        on the same picture PostgreSQL stops the later one, and Odoo runs that
        request again.
        """
        self.flush_recordset()
        # SQL: the ORM would write the documents' rows one by one, and only later
        self.env.execute_query(
            SQL(
                "UPDATE service_checklist SET answer_version = answer_version + 1"
                " WHERE id IN (SELECT id FROM service_checklist WHERE id IN %s"
                " ORDER BY id FOR NO KEY UPDATE) RETURNING id",
                self._ids,
            )
        )
        self.invalidate_recordset(["answer_version"], flush=False)
