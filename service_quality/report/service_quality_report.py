from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models import verdict
from ..models.service_promise import KINDS, OUTCOMES
from .privacy import masked_department, masked_employee

FACTS = [
    ("promise", "Promise"),
    ("checklist", "Checklist"),
    ("feedback", "Feedback"),
]


class ServiceQualityReport(models.Model):
    """One row per fact: promises, checklists and feedback in one shape.

    A rate is the mean of ``rate`` (1, 0 or nothing), so it is right in every
    grouping of list, pivot and graph. Rows show to the employee himself, to those
    who lead him and to service managers: figures about people do not follow the
    documents. An addon may append a kind of fact in ``_fact_queries``.

    Where a company shows figures per team only, the table itself has no names but
    the reader's own, and no teams that are too small to hide one: so no list, group,
    filter, order, export or spreadsheet can show them.
    """

    _name = "service.quality.report"
    _description = "Service Quality Analysis"
    _inherit = ["service.linked.mixin"]
    _auto = False
    _rec_name = "res_name"
    _order = "date desc, id desc"
    _depends = {
        "service.promise": [
            "kind",
            "date_due",
            "date_limit",
            "res_model",
            "res_id",
            "res_name",
            "employee_id",
            "department_id",
            "partner_id",
            "company_id",
            "outcome",
            "is_counted",
            "is_self_declared",
            "settlement",
            "delay_hours",
        ],
        "service.checklist": [
            "date_done",
            "date_started",
            "purpose",
            "res_model",
            "res_id",
            "res_name",
            "employee_id",
            "department_id",
            "partner_id",
            "company_id",
            "state",
            "score",
        ],
        "service.feedback": [
            "date_answered",
            "res_model",
            "res_id",
            "res_name",
            "employee_id",
            "department_id",
            "partner_id",
            "company_id",
            "satisfaction",
            "has_satisfaction",
        ],
        "hr.employee": ["user_id", "current_version_id"],
        "hr.version": ["department_id"],
    }

    kind = fields.Selection(FACTS, "Fact", readonly=True)
    promise_kind = fields.Selection(KINDS, "Kind of Promise", readonly=True)
    date = fields.Datetime(readonly=True, help="Due, done or answered.")
    employee_id = fields.Many2one("hr.employee", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    outcome = fields.Selection(
        [
            *OUTCOMES,
            ("open", "Open"),
            ("overdue", "Overdue"),
            ("passed", "Passed"),
            ("failed", "Failed"),
            ("todo", "To do"),
            ("waived", "Waived"),
        ],
        readonly=True,
    )
    is_counted = fields.Integer("Counted", readonly=True, aggregator="sum")
    is_self_declared = fields.Integer("Self-declared", readonly=True, aggregator="sum")
    is_cancelled = fields.Integer(
        "Document Cancelled",
        readonly=True,
        aggregator="sum",
        help="Neutral because the document was cancelled before due.",
    )
    rate = fields.Float("Kept Rate", readonly=True, aggregator="avg")
    score = fields.Float("Score (0-1)", readonly=True, aggregator="avg")
    delay_hours = fields.Float("Hours Late", readonly=True, aggregator="avg")

    @api.model
    def _service_linked_models(self):
        return []

    @api.model
    def _service_hidden_domain(self):
        """Facts of the answers that are hidden from the user."""
        hidden = self.env["service.feedback"]._service_hidden_domain()
        return Domain("kind", "=", "feedback") & hidden

    # ------------------------------------------------------------------
    # Whose facts, and who is named
    # ------------------------------------------------------------------

    @api.model
    def _service_nameless_companies(self):
        """Return the ids of the user's companies that show figures per team only.

        None for the superuser: code that counts people asks as such.
        """
        if self.env.su:
            return []
        # sudo: a setting of the companies that the user works in
        companies = self.env.companies.sudo()
        return companies.filtered(lambda row: row.service_privacy == "team").ids

    @api.model
    def _service_own_domain(self):
        """As everywhere, but where no names are shown: ``_get_seen_employees``."""
        companies = self._service_nameless_companies()
        if not companies:
            return super()._service_own_domain()
        seen = self.env["service.dashboard"]._get_seen_employees(
            {"company_ids": companies}
        )
        led = self.env.user._service_led_employees()._ids
        # sudo: the real names are not in the reader's table; only ids come out
        real = self.sudo()._table_query
        # SQL: a condition on a table that is not the model's
        return Domain(
            "id",
            "in",
            SQL(
                "(SELECT t.id FROM (%s) t WHERE t.employee_id = ANY(%s::int[])"
                " AND (t.company_id <> ALL(%s::int[])"
                " OR t.employee_id = ANY(%s::int[])))",
                real,
                list(led),
                companies,
                list(seen),
            ),
        )

    def _service_hidden(self):
        """As everywhere, but not as superuser: a row's name would stay in the cache."""
        hidden = self._service_hidden_domain()
        if hidden.is_false():
            return self.browse()
        rows = Domain("id", "in", self.ids) & hidden
        return self.browse(self._search(rows, bypass_access=True))

    def _service_filter_by_document(self, operation):
        """Keep the rows that the user finds; not as superuser, see above."""
        return self.browse(self._search(Domain("id", "in", self.ids)))

    @property
    def _table_query(self):
        # SQL: three tables in one shape, the ORM has no union.
        return SQL(" UNION ALL ").join(self._fact_queries())

    @api.model
    def _fact_queries(self):
        """Return one SELECT per kind of fact, each with the same columns.

        :return: list of SQL; an addon appends its own with the next free branch
        """
        return [
            self._promise_query(),
            self._checklist_query(),
            self._feedback_query(),
        ]

    @api.model
    def _promise_query(self):
        now = fields.Datetime.now()
        overdue = verdict.sql_overdue(
            SQL("f.date_limit"), SQL("f.outcome"), SQL("%s", now)
        )
        counts = SQL(
            "(f.is_counted AND (f.outcome IN %s OR %s))",
            verdict.COUNTED_OUTCOMES,
            overdue,
        )
        return SQL(
            """SELECT f.id * 4 AS id, 'promise' AS kind, f.kind AS promise_kind,
                f.date_due AS date, %(links)s,
                COALESCE(f.outcome,
                         CASE WHEN %(overdue)s THEN 'overdue' ELSE 'open' END)
                    AS outcome,
                CASE WHEN %(counts)s THEN 1 ELSE 0 END AS is_counted,
                CASE WHEN f.is_self_declared THEN 1 ELSE 0 END AS is_self_declared,
                CASE WHEN f.settlement = 'cancelled' AND f.outcome = 'withdrawn'
                    THEN 1 ELSE 0 END AS is_cancelled,
                CASE WHEN %(counts)s THEN %(rate)s END AS rate,
                NULL::float AS score,
                CASE WHEN f.outcome = 'late' THEN f.delay_hours END AS delay_hours
            FROM service_promise f""",
            links=self._link_columns(),
            overdue=overdue,
            counts=counts,
            rate=verdict.sql_rate(SQL("f.outcome"), overdue),
        )

    @api.model
    def _checklist_query(self):
        """Work only: reviews, self-assessments and visits have reports of their own."""
        return SQL(
            """SELECT f.id * 4 + 1 AS id, 'checklist' AS kind, NULL AS promise_kind,
                COALESCE(f.date_done, f.date_started) AS date, %s,
                f.state AS outcome,
                CASE WHEN f.state IN ('passed', 'failed') THEN 1 ELSE 0 END
                    AS is_counted,
                0 AS is_self_declared, 0 AS is_cancelled, NULL::float AS rate,
                CASE WHEN f.state IN ('passed', 'failed') THEN f.score END AS score,
                NULL::float AS delay_hours
            FROM service_checklist f
            WHERE f.purpose = 'work'""",
            self._link_columns(),
        )

    @api.model
    def _feedback_query(self):
        return SQL(
            """SELECT f.id * 4 + 2 AS id, 'feedback' AS kind, NULL AS promise_kind,
                f.date_answered AS date, %s,
                NULL AS outcome,
                CASE WHEN f.has_satisfaction THEN 1 ELSE 0 END AS is_counted,
                0 AS is_self_declared, 0 AS is_cancelled, NULL::float AS rate,
                CASE WHEN f.has_satisfaction THEN f.satisfaction / 100 END AS score,
                NULL::float AS delay_hours
            FROM service_feedback f""",
            self._link_columns(),
        )

    @api.model
    def _link_columns(self):
        """Return the columns of whose fact it is, from a table ``f``."""
        names = (
            "res_model",
            "res_id",
            "res_name",
            "employee_id",
            "department_id",
            "partner_id",
            "company_id",
        )
        columns = {name: SQL.identifier("f", name) for name in names}
        if companies := self._service_nameless_companies():
            columns["employee_id"] = masked_employee("f", companies, self.env.uid)
            columns["department_id"] = masked_department("f", companies)
        return SQL(", ").join(
            SQL("%s AS %s", column, SQL.identifier(name))
            for name, column in columns.items()
        )
