from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from . import verdict
from .service_promise import OUTCOMES

#: An update this early in its cadence is welcome, but no second kept promise:
#: otherwise ten messages a day would make ten kept promises.
EARLY_UPDATE_SHARE = 0.5
#: A promise recorded with one of these does not simply run.
ENDINGS = ("settlement", "corrected_outcome", "date_started", "date_paused")


class ServicePromise(models.Model):
    """What the facts of a promise mean: outcome, delay, state, whether it counts."""

    _inherit = "service.promise"

    # ------------------------------------------------------------------
    # Verdict
    # ------------------------------------------------------------------

    def _service_limit(self):
        """Return due with its tolerance: the moment the verdict looks at."""
        tolerance = timedelta(minutes=self.tolerance_minutes or 0)
        return self.date_due and self.date_due + tolerance

    def _service_verdict(self):
        """Return limit, outcome, delay and whether it counts, from the facts.

        :return: dict of the four stored fields, for one promise
        """
        outcome = self._service_outcome()
        return {
            "date_limit": not self.date_paused and self._service_limit(),
            "outcome": outcome,
            "delay_hours": self._service_delay(outcome),
            "is_counted": self._service_counts(outcome),
        }

    @api.depends("date_due", "tolerance_minutes", "date_paused")
    def _compute_date_limit(self):
        for promise in self:
            promise.date_limit = not promise.date_paused and promise._service_limit()

    @api.depends(
        "kind",
        "date_due",
        "tolerance_minutes",
        "settlement",
        "date_settled",
        "corrected_outcome",
        "is_self_declared",
        "customer_verdict",
    )
    def _compute_outcome(self):
        for promise in self:
            promise.outcome = promise._service_outcome()

    def _service_outcome(self):
        return verdict.get_outcome(
            self.kind,
            self._service_limit(),
            self.settlement,
            self.date_settled,
            self.corrected_outcome,
            self.is_self_declared,
            self.customer_verdict,
        )

    @api.depends("outcome", "date_due", "date_settled")
    def _compute_delay_hours(self):
        for promise in self:
            promise.delay_hours = promise._service_delay(promise.outcome)

    def _service_delay(self, outcome):
        """Return the working hours after due, 0.0 when it is not late."""
        if outcome != "late" or not self.date_settled:
            return 0.0
        return self.calendar_id._service_hours_between(self.date_due, self.date_settled)

    @api.depends("kind", "date_due", "date_started")
    def _compute_wait_minutes(self):
        for promise in self:
            waited = 0.0
            if promise.kind == "appointment" and promise.date_started:
                waited = (promise.date_started - promise.date_due).total_seconds() / 60
            promise.wait_minutes = max(0.0, waited)

    @api.depends(
        "source",
        "date_made",
        "date_told",
        "date_due",
        "date_settled",
        "outcome",
        "is_self_declared",
        "is_repeated",
    )
    def _compute_is_counted(self):
        for promise in self:
            promise.is_counted = promise._service_counts(promise.outcome)

    def _service_counts(self, outcome):
        """Tell whether the rate may count it.

        The customer had it in writing, early enough. Keeping it proves nothing when
        it is self-declared, done by the evidence of another one, done as soon as it
        was told, or an update sent right after another. Being late always counts.
        """
        if outcome == "kept" and (
            self.is_self_declared or self.is_repeated or self._service_is_early_update()
        ):
            return False
        return self.source == "plan" or self._service_was_told_early(outcome)

    def _service_was_told_early(self, outcome):
        """Tell whether the customer knew it long enough before due, and before kept."""
        if not self.date_told:
            return False
        notice = self.date_told + timedelta(
            minutes=self.company_id.service_lead_minutes
        )
        if outcome == "kept" and self.date_settled:
            return notice <= self.date_due and notice <= self.date_settled
        return notice <= self.date_due

    def _add_precomputed_values(self, vals_list):
        """Give new promises their verdict, which is that they run.

        The ORM would make a record of each only to compute this, which takes longer
        than all the rest of ``create``.
        """
        result = super()._add_precomputed_values(
            [vals for vals in vals_list if any(vals.get(name) for name in ENDINGS)]
        )
        leads = {}
        for vals in vals_list:
            if "__precomputed__" in vals:
                continue
            due = fields.Datetime.to_datetime(vals["date_due"])
            told = fields.Datetime.to_datetime(vals.get("date_told"))
            company_id = vals["company_id"]
            if company_id not in leads and vals["source"] != "plan":
                company = self.env["res.company"].browse(company_id)
                leads[company_id] = timedelta(minutes=company.service_lead_minutes)
            verdict_vals = {
                "date_limit": due
                + timedelta(minutes=vals.get("tolerance_minutes") or 0),
                "outcome": False,
                "delay_hours": 0.0,
                "wait_minutes": 0.0,
                "is_counted": vals["source"] == "plan"
                or bool(told and told + leads[company_id] <= due),
            }
            vals.update(verdict_vals)
            vals["__precomputed__"] = {self._fields[name] for name in verdict_vals}
        return result

    def _service_is_early_update(self):
        """Tell whether a progress update came in the first half of its cadence."""
        if self.kind != "progress" or self.source != "plan" or not self.date_settled:
            return False
        cadence = (self.date_due - self.date_made).total_seconds()
        taken = (self.date_settled - self.date_made).total_seconds()
        return taken < EARLY_UPDATE_SHARE * cadence

    @api.depends("outcome", "date_limit")
    def _compute_state(self):
        now = fields.Datetime.now()
        for promise in self:
            if promise.outcome:
                promise.state = promise.outcome
            elif not promise.date_limit:
                promise.state = "open"
            elif verdict.is_overdue(promise.date_limit, None, now):
                promise.state = "overdue"
            else:
                soon = timedelta(hours=promise.company_id.service_due_soon_hours)
                is_soon = promise.date_limit - now <= soon
                promise.state = "due_soon" if is_soon else "open"

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
            return running & Domain("date_limit", "<", now)
        not_due = running & (
            Domain("date_limit", ">=", now) | Domain("date_limit", "=", False)
        )
        # sudo: the setting of each company, to cut "due soon" where it cuts
        # pylint: disable=no-search-all
        companies = self.env["res.company"].sudo().search([])
        soon = Domain.OR(
            Domain("company_id", "in", group.ids)
            & Domain("date_limit", "<=", now + timedelta(hours=hours))
            for hours, group in companies.grouped("service_due_soon_hours").items()
        )
        if state == "due_soon":
            return not_due & soon
        return not_due & ~soon if state == "open" else Domain.FALSE

    # ------------------------------------------------------------------
    # People who are away
    # ------------------------------------------------------------------

    @api.depends("employee_id", "outcome", "date_due")
    def _compute_needs_take_over(self):
        # sudo: who is away, not why
        waiting = self.sudo().filtered_domain(self._take_over_domain())
        for promise in self:
            promise.needs_take_over = promise.id in waiting._ids

    def _search_needs_take_over(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        domain = self._take_over_domain()
        wanted = (operator == "in") == (True in value)
        return domain if wanted else ~domain

    @api.model
    def _take_over_domain(self):
        """Running promises of people who left, or who are on leave when it is due."""
        # sudo: archived employees and leaves, to find whose promises are orphaned
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        gone = employees.search(
            [
                "|",
                ("active", "=", False),
                "&",
                ("user_id", "!=", False),
                ("user_id.active", "=", False),
            ]
        )
        now = fields.Datetime.now()
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()  # when people are away, not why
            .search([("resource_id", "!=", False), ("date_to", ">=", now)])
        )
        away = Domain.FALSE
        for leave in leaves:
            absent = employees.search([("resource_id", "=", leave.resource_id.id)])
            away |= (
                Domain("employee_id", "in", absent.ids)
                & Domain("date_due", ">=", leave.date_from)
                & Domain("date_due", "<=", leave.date_to)
            )
        return Domain("outcome", "=", False) & (
            Domain("employee_id", "in", gone.ids) | away
        )
