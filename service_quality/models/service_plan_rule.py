from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache


class ServicePlanRule(models.Model):
    """One promise that a plan makes: what, within how many working hours."""

    _name = "service.plan.rule"
    _description = "Promise of a Plan"
    _inherit = ["service.cached.mixin"]
    _order = "sequence, id"

    plan_id = fields.Many2one(
        "service.plan", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("Promise", required=True, translate=True)
    kind = fields.Selection(
        [
            ("deadline", "Deadline"),
            ("response", "First answer"),
            ("progress", "Progress update"),
        ],
        required=True,
        default="deadline",
    )
    hours = fields.Float(required=True, default=8.0, help="Working hours.")
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        help="Empty: those of the employee, else of the company.",
    )
    domain = fields.Char(default="[]", help="Further filter on the documents.")
    pause_domain = fields.Char(
        "Paused While",
        default="[]",
        help="While a document is like this the customer has the ball and the clock "
        "stands still; his message resumes it.",
    )
    pause_limit_hours = fields.Float(
        "Pause at Most (hours)",
        required=True,
        default=80.0,
        help="Working hours in which the clock of one promise may stand still, all its "
        "pauses together; then it runs on, whatever the document says.",
    )
    remind_hours = fields.Float(
        "Remind Before (hours)",
        help="Clock hours before due; 0 for the company's setting.",
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    res_model = fields.Selection(related="plan_id.res_model")

    _hours_positive = models.Constraint(
        "CHECK(hours > 0 AND hours <= 10000)",
        "The hours of a promise must be more than 0 and at most 10,000.",
    )

    _pause_limit_sane = models.Constraint(
        "CHECK(pause_limit_hours >= 0 AND pause_limit_hours <= 10000)",
        "A pause lasts from 0 to 10,000 hours.",
    )

    @api.constrains("calendar_id", "hours")
    def _check_calendar(self):
        for rule in self.filtered("calendar_id"):
            if not rule.calendar_id._service_add_hours(
                fields.Datetime.now(), rule.hours
            ):
                raise ValidationError(
                    self.env._(
                        "%(calendar)s does not have %(hours)s working hours in the "
                        "next five years: nobody could keep this promise.",
                        calendar=rule.calendar_id.name,
                        hours=rule.hours,
                    )
                )

    @api.constrains("domain", "pause_domain", "plan_id")
    def _check_domain(self):
        for rule in self:
            rule.plan_id._service_validate_domain(rule)

    def _service_pause_domain(self):
        """Return when the customer has the ball, as a Domain."""
        plan = self.plan_id
        return plan._service_parse_domain(self.pause_domain, plan.res_model)

    def _service_can_pause(self):
        """Tell whether this rule knows a state of waiting for the customer."""
        return bool(self) and (self.pause_domain or "[]").strip() not in ("[]", "")

    @api.model
    @ormcache("res_model", "self.env.uid")
    def _service_waiting_domain(self, res_model):
        """Return when any rule for these documents says that the customer has the ball.

        Of archived plans, too: what they promised may be paused still.
        """
        rules = self.sudo().with_context(active_test=False)  # their filters only
        rules = rules.search([("plan_id.res_model", "=", res_model)])
        domain = Domain.OR(
            rule._service_pause_domain() for rule in rules if rule._service_can_pause()
        )
        # the same filter in many plans becomes one
        return domain.optimize(self.env[res_model])

    @api.model
    def _service_waiting(self, documents):
        """Return the ids of documents that wait for their customers by some rule.

        Known without a query: whoever neither waited nor waits has nothing paused.
        """
        domain = self._service_waiting_domain(documents._name)
        if domain.is_false():
            return frozenset()
        # sudo: a filter may read fields an agent may not
        return frozenset(documents.sudo().filtered_domain(domain)._ids)

    def _service_domain(self):
        """Return to which documents of its plan this rule applies, as a Domain."""
        plan = self.plan_id
        return plan._service_parse_domain(self.domain, plan.res_model)

    def _service_promise_vals(self, document, moment):
        """Return the vals of the promises these rules make on one document.

        :param document: a served document that the plan applies to, as superuser
        :param moment: when the clock starts, naive UTC
        :return: list of vals for ``_service_record``; a rule whose hours no calendar
            has makes none
        """
        employee = document._service_get_employee()
        common = {}  # who promises what to whom is the same for all rules
        vals_list = []
        for rule in self:
            calendar, due = rule._service_due(document, employee, moment)
            if not due:
                continue
            common = common or document._service_promise_vals(
                name=rule.name,
                kind=rule.kind,
                source="plan",
                date_due=due,
                employee=employee,
                calendar=calendar,
            )
            own = {
                "name": rule.name,
                "kind": rule.kind,
                "source_key": f"rule:{rule.id}",
                "calendar_id": calendar.id,
                "date_due": due,
                "rule_id": rule.id,
            }
            vals_list.append({**common, **own})
        return vals_list

    def _service_due(self, document, employee, moment):
        """Return the calendar and the due moment (naive UTC) of this rule, or None.

        The company's hours count when those of the rule or employee do not suffice.
        """
        for get_calendar in (
            lambda: self.calendar_id or employee._service_get_calendar(),
            lambda: document._service_get_company().resource_calendar_id,
        ):
            calendar = get_calendar()
            due = calendar and calendar._service_add_hours(moment, self.hours)
            if due:
                return calendar, due
        return None, None
