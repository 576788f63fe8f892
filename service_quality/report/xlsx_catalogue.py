from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models import verdict
from .xlsx_columns import (
    Sheet,
    choice,
    department,
    duration,
    employee,
    flag,
    long,
    moment,
    number,
    text,
)
from .xlsx_rows import Column


class ServiceWorkbook(models.AbstractModel):
    """What a workbook can hold: its sheets, their rows and columns.

    An addon appends a sheet in ``_get_sheets`` or a column in a ``_sheet_`` method.
    """

    _name = "service.workbook"
    _description = "Service Quality Workbook"

    @api.model
    def _get_sheets(self, settings):
        """Return {key: sheet} of all that a workbook can hold, in its order.

        :param settings: :class:`~.xlsx_settings.Settings`
        """
        sheets = [
            Sheet("summary", self.env._("Summary"), []),
            self._sheet_employees(settings),
            self._sheet_promises(settings),
            self._sheet_checklists(settings),
            self._sheet_feedback(settings),
            self._sheet_scope(settings),
            self._sheet_recoveries(settings),
            self._sheet_silent(settings),
        ]
        if settings.is_private:
            for sheet in sheets:
                sheet.columns = [each for each in sheet.columns if not each.personal]
        return {sheet.key: sheet for sheet in sheets}

    @api.model
    def _by_date(self, name):
        """Return the order of a sheet: by a moment, then as they came."""
        return lambda source: SQL(
            "%s, %s", source.column(name), SQL.identifier(source.alias, "id")
        )

    @api.model
    def _document_type(self, path="res_model"):
        """Return the column of the kind of document; wanted by few."""
        names = self.env["service.linked.mixin"]._service_document_models()
        # sudo: the names of kinds of documents, which every list shows
        models_sudo = self.env["ir.model"].sudo()
        labels = {name: models_sudo._get(name).name for name in names}
        return text(
            "document_type",
            self.env._("Document type"),
            path,
            labels=labels,
            optional=True,
        )

    @api.model
    def _company(self, path="company_id"):
        """Return the column of the company; wanted where there are several."""
        label = self.env._("Company")
        return text("company", label, f"{path}.name", optional=True)

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    def _sheet_employees(self, settings):
        """One row per employee, or per team: the figures of the dashboard."""
        _ = self.env._
        label, first = (
            (_("Teams"), _("Team"))
            if settings.is_by_team
            else (_("Employees"), _("Employee"))
        )
        columns = [
            Column("name", first, "text", 28),
            Column("counted", _("Counted"), "integer", 10),
            Column("kept", _("Kept"), "integer", 10),
            Column("late", _("Late"), "integer", 10),
            Column("missed", _("Missed"), "integer", 10),
            Column("overdue", _("Overdue"), "integer", 10),
            Column("neutral", _("Neutral"), "integer", 10),
            Column("moved", _("Of these moved"), "integer", 12, optional=True),
            Column("excused", _("Of these excused"), "integer", 12, optional=True),
            Column("withdrawn", _("Of these withdrawn"), "integer", 12, optional=True),
            Column("cancelled", _("Of these cancelled"), "integer", 12),
            Column("rate", _("Kept rate"), "percent", 12, bar=1.0),
            Column("low", _("Interval from"), "percent", 12),
            Column("high", _("Interval to"), "percent", 12),
            Column("delay_hours", _("Hours late (mean)"), "duration", 12),
            Column("delay_median", _("Hours late (median)"), "duration", 12),
            Column("delay_p90", _("Hours late (90 of 100)"), "duration", 12),
        ]
        return Sheet("employees", label, columns)

    # ------------------------------------------------------------------
    # Details
    # ------------------------------------------------------------------

    @api.model
    def _sheet_promises(self, settings):
        """One row per promise that is due in the period."""
        _ = self.env._
        columns = [
            text("name", _("Promise"), "name", 36),
            *self._get_link_columns(),
            *self._get_promise_moments(settings),
            *self._get_promise_numbers(),
        ]
        domain = settings.get_domain("date_due")
        if settings.period["kind"]:
            domain &= Domain("kind", "=", settings.period["kind"])
        model, order = "service.promise", self._by_date("date_due")
        return Sheet("promises", _("Promises"), columns, model, domain, order)

    @api.model
    def _get_link_columns(self, customer="partner_name"):
        """Return the columns of the document, the customer and who serves him.

        :param str customer: path of the customer's name
        """
        _ = self.env._
        return [
            text("document", _("Document"), "res_name", 30),
            self._document_type(),
            text("customer", _("Customer"), customer, 24),
            employee(_("Employee")),
            department(_("Department")),
            self._company(),
        ]

    @api.model
    def _get_promise_moments(self, settings):
        """Return the columns of what was promised, when, and what came of it."""
        _, env, model = self.env._, self.env, "service.promise"
        told, by = _("Customer informed on"), _("Settled by")
        return [
            choice("kind", _("Kind"), env, model, "kind"),
            choice("source", _("Source"), env, model, "source"),
            moment("date_made", _("Made on"), "date_made"),
            moment("date_told", told, "date_told", optional=True),
            moment("date_due", _("Due"), "date_due"),
            moment("date_settled", _("Settled on"), "date_settled"),
            self._promise_state(settings),
            choice("settlement", by, env, model, "settlement", optional=True),
        ]

    @api.model
    def _promise_state(self, settings):
        """Return the column of the outcome, of running promises as of now."""

        def sql(source):
            limit = source.column("date_limit")
            outcome = source.column("outcome")
            now = SQL("%s::timestamp", settings.now)
            return SQL(
                """CASE WHEN %(outcome)s IS NOT NULL THEN %(outcome)s
                    WHEN %(limit)s IS NULL THEN 'open'
                    WHEN %(overdue)s THEN 'overdue'
                    WHEN %(limit)s - %(now)s <= %(soon)s * INTERVAL '1 hour'
                    THEN 'due_soon' ELSE 'open' END""",
                outcome=outcome,
                limit=limit,
                overdue=verdict.sql_overdue(limit, outcome, now),
                now=now,
                soon=source.column("company_id.service_due_soon_hours"),
            )

        field = self.env["service.promise"]._fields["state"]
        labels = dict(field._description_selection(self.env))
        label = self.env._("Outcome")
        return Column("state", label, "text", 12, sql=sql, labels=labels)

    @api.model
    def _get_promise_numbers(self):
        """Return the columns of lateness, and of whether a promise counts."""
        _ = self.env._
        return [
            duration(
                "delay",
                _("Hours late"),
                "delay_hours",
                condition=lambda s: SQL("%s = 'late'", s.column("outcome")),
                bar=True,
            ),
            number(
                "paused",
                _("Hours paused"),
                "duration",
                "paused_hours",
                factor=1 / 24,
                optional=True,
            ),
            number(
                "chased", _("Times chased"), "integer", "chase_count", optional=True
            ),
            flag("is_counted", _("Counts"), "is_counted"),
            flag("is_self_declared", _("Self-declared"), "is_self_declared"),
        ]

    @api.model
    def _sheet_checklists(self, settings):
        """One row per line: what was asked and what was answered."""
        columns = [*self._get_list_columns(), *self._get_line_columns()]
        return Sheet(
            "checklists",
            self.env._("Checklists"),
            columns,
            "service.checklist.line",
            settings.get_checklist_domain(),
            lambda source: SQL(
                "COALESCE(%s, %s), %s, %s, %s",
                source.column("checklist_id.date_done"),
                source.column("checklist_id.date_started"),
                source.column("checklist_id"),
                source.column("sequence"),
                SQL.identifier(source.alias, "id"),
            ),
            "checklist_id.employee_id",
            "checklist_id.department_id",
        )

    @api.model
    def _get_list_columns(self):
        """Return the columns of a line's checklist."""
        _, parent = self.env._, "checklist_id"
        state = (self.env, "service.checklist", "state", f"{parent}.state")
        return [
            text("checklist", _("Checklist"), f"{parent}.name", 26),
            text("document", _("Document"), f"{parent}.res_name", 30),
            self._document_type(f"{parent}.res_model"),
            text("customer", _("Customer"), f"{parent}.partner_id.name", 24),
            employee(_("Employee"), f"{parent}.employee_id"),
            department(_("Department"), f"{parent}.department_id"),
            self._company(f"{parent}.company_id"),
            choice("state", _("State"), *state),
            number("score", _("Score"), "percent", f"{parent}.score", bar=1.0),
            moment("date_done", _("Done on"), f"{parent}.date_done"),
        ]

    @api.model
    def _get_line_columns(self):
        """Return the columns of one line: the question and its answer."""
        _, env, model = self.env._, self.env, "service.checklist.line"
        person = "answered_by_id.partner_id.name"
        return [
            text("section", _("Section"), "section", 18),
            text("question", _("Question"), "name", 44),
            choice("kind", _("Kind"), env, model, "kind"),
            choice("answer", _("Answer"), env, model, "answer"),
            self._line_value(),
            long("comment", _("Comment"), "comment"),
            text("answered_by", _("Answered by"), person, 22, personal=True),
            moment("date_answered", _("Answered on"), "date_answered"),
            number("points", _("Points"), "percent", "points", when="is_scored"),
            number("weight", _("Weight"), "float", "weight", optional=True),
            flag("is_required", _("Required"), "is_required"),
            flag("is_critical", _("Critical"), "is_critical"),
            flag("is_automatic", _("Automatic"), "is_automatic"),
            number("proofs", _("Files"), "integer", "proof_count", optional=True),
        ]

    @api.model
    def _line_value(self):
        """Return the column of the number that was given: of a score, a balance."""

        def sql(source):
            return SQL(
                "CASE WHEN %s AND %s IN ('score', 'balance') THEN %s END",
                source.column("is_answered"),
                source.column("kind"),
                source.column("value"),
            )

        return Column("value", self.env._("Value"), "integer", 8, sql=sql)

    @api.model
    def _sheet_feedback(self, settings):
        _ = self.env._
        model = "service.feedback"

        def scale(key, label, width=14, **more):
            def sql(source):
                value = SQL(
                    "CASE WHEN %s THEN %s::float8 END",
                    source.column(f"has_{key}"),
                    source.column(key),
                )
                return settings.hide_few(source, value)

            return Column(key, label, "float", width, sql=sql, **more)

        columns = [
            moment("date_answered", _("Answered on"), "date_answered"),
            *self._get_link_columns("partner_id.name"),
            scale("satisfaction", _("Satisfaction (0-100)"), bar=100),
            scale("technical_quality", _("Technical quality (0-100)"), bar=100),
            scale("service_quality", _("Service quality (0-100)"), bar=100),
            scale("recommend", _("Would recommend (0-10)"), bar=10),
            choice("reason", _("Reason"), self.env, model, "reason"),
            choice("ladder", _("Ladder of service"), self.env, model, "ladder"),
            long("comment", _("Comment"), "comment"),
            flag("is_manual", _("Asked by hand"), "is_manual"),
            moment("date_revised", _("Revised on"), "date_revised", optional=True),
        ]
        return Sheet(
            "feedback",
            _("Feedback"),
            columns,
            model,
            settings.get_domain("date_answered", about_promises=False),
            self._by_date("date_answered"),
        )

    @api.model
    def _sheet_scope(self, settings):
        _ = self.env._
        model = "service.scope.change"
        columns = [
            text("name", _("What changes"), "name", 36),
            *self._get_link_columns(),
            long("description", _("Details"), "description", optional=True),
            long("reason", _("Why"), "reason", optional=True),
            number("amount", _("Price difference"), "money", "amount_delta", 14),
            text("currency", _("Currency"), "currency_id.name", 10),
            moment("date_due_new", _("New date"), "date_due_new"),
            choice("state", _("State"), self.env, model, "state", width=22),
            moment("date_made", _("Created on"), "create_date"),
            moment("date_sent", _("Sent on"), "date_sent"),
            moment("date_decided", _("Decided on"), "date_decided"),
            text("decided_by", _("Decided by"), "decided_by", 24),
            long("comment", _("Customer's comment"), "customer_comment"),
            flag("is_first", _("Decided before the work"), "is_answered_first"),
            flag("is_unanswered", _("Work without an answer"), "is_work_unanswered"),
        ]
        kinds = (False, "scope")
        domain = settings.get_domain("create_date")
        if settings.period["kind"] not in kinds:
            domain = Domain.FALSE
        return Sheet(
            "scope",
            _("Scope changes"),
            columns,
            model,
            domain,
            self._by_date("create_date"),
        )

    @api.model
    def _sheet_recoveries(self, settings):
        """One row per recovery that was opened in the period."""
        _, env, model = self.env._, self.env, "service.recovery"
        columns = [
            choice("trigger", _("Opened by"), env, model, "trigger", width=22),
            *self._get_link_columns("partner_id.name"),
            text("owner", _("Owner"), "user_id.partner_id.name", 22, personal=True),
            long("description", _("What happened"), "description"),
            choice("state", _("State"), env, model, "state"),
            choice("cause", _("Cause"), env, model, "cause", width=36),
            long("cause_note", _("About the cause"), "cause_note", optional=True),
            *self._get_recovery_moments(),
            self._recovery_score(settings, "score_before", _("Score before (0-100)")),
            self._recovery_score(settings, "score_after", _("Score after (0-100)")),
            flag("is_self_declared", _("Self-declared"), "is_self_declared"),
        ]
        domain = settings.get_domain("date_opened", about_promises=False)
        order = self._by_date("date_opened")
        return Sheet("recoveries", _("Recoveries"), columns, model, domain, order)

    @api.model
    def _get_recovery_moments(self):
        """Return the columns of what was done for the customer, and when."""
        _ = self.env._
        kind = (self.env, "service.recovery", "compensation_kind")
        return [
            moment("date_opened", _("Opened on"), "date_opened"),
            moment("date_due", _("Due"), "date_due"),
            moment("date_apologised", _("Apologised on"), "date_apologised"),
            moment("date_compensated", _("Compensated on"), "date_compensated"),
            choice("compensation", _("Compensation"), *kind),
            number("amount", _("Amount"), "money", "compensation_amount"),
            moment("date_closed", _("Closed on"), "date_closed"),
            flag("is_in_time", _("In time"), "is_in_time"),
        ]

    @api.model
    def _recovery_score(self, settings, key, label):
        """Return the column of a customer's score, before or after."""

        def sql(source):
            value = SQL(
                "CASE WHEN %s THEN %s::float8 END",
                source.column(f"has_{key}"),
                source.column(key),
            )
            return settings.hide_few(source, value, always=True)

        return Column(key, label, "float", 14, sql=sql)

    @api.model
    def _sheet_silent(self, settings):
        """The customers who are silent now, whatever the period."""
        _ = self.env._
        model = "service.silent.customer"

        def days(source):
            return SQL(
                "FLOOR(EXTRACT(EPOCH FROM (%s::timestamp - %s)) / 86400)::float8",
                settings.now,
                source.column("date_contact"),
            )

        columns = [
            text("customer", _("Customer"), "partner_id.name", 28),
            text("document", _("Document"), "res_name", 30),
            self._document_type(),
            employee(_("Employee")),
            department(_("Department")),
            self._company(),
            choice("state", _("State"), self.env, model, "state"),
            flag("has_broken_promise", _("Broken promise"), "has_broken_promise"),
            flag("has_low_score", _("Low score"), "has_low_score"),
            flag("has_failed", _("Failed checklist"), "has_failed_checklist"),
            number("event_count", _("Bad events"), "integer", "event_count", 10),
            moment("date_event", _("Last bad event"), "date_event"),
            moment("date_contact", _("Last seen"), "date_contact"),
            Column("days", _("Days silent"), "integer", 10, sql=days, bar=True),
            number("gap_days", _("Usual gap (days)"), "float", "gap_days", 10),
            number("limit_days", _("Silent after (days)"), "float", "limit_days", 10),
            moment("date_found", _("Found on"), "date_found", optional=True),
        ]
        return Sheet(
            "silent",
            _("Silent customers"),
            columns,
            model,
            settings.get_domain(None, about_promises=False)
            & Domain("state", "!=", "back"),
            self._by_date("date_event"),
        )
