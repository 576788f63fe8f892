from datetime import datetime, time, timedelta, timezone

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime

FRIDAY = 4
PREVIEW_TIME = time(17, 30)


class ServicePlan(models.Model):
    """What a document created at a chosen moment would get from this plan."""

    _inherit = "service.plan"

    preview_moment = fields.Datetime(
        "If Created On", compute="_compute_preview_moment", readonly=False
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    def _compute_preview_moment(self):
        """Propose next Friday 17:30 of the user: the moment plans go wrong."""
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        today = now.astimezone(self.env.tz).date()
        friday = today + timedelta(days=(FRIDAY - today.weekday()) % 7 or 7)
        local = self.env.tz.localize(datetime.combine(friday, PREVIEW_TIME))
        moment = local.astimezone(timezone.utc).replace(tzinfo=None)
        for plan in self:
            plan.preview_moment = moment

    @api.depends(
        "preview_moment",
        "res_model",
        "company_id",
        "rule_ids.name",
        "rule_ids.kind",
        "rule_ids.hours",
        "rule_ids.calendar_id",
    )
    @api.depends_context("lang", "tz")
    def _compute_preview(self):
        for plan in self:
            moment = plan.preview_moment
            plan.preview = (
                plan._service_preview(moment)
                if moment and plan.res_model and plan.rule_ids
                else False
            )

    def _service_preview(self, moment):
        """Return the sentence and one line per rule, as safe html.

        :param moment: naive UTC
        """
        zone = self.env.tz.zone
        labels = dict(self._fields["res_model"]._description_selection(self.env))
        title = self.env._(
            "%(document)s created %(moment)s would get:",
            document=labels[self.res_model],
            moment=self._service_preview_moment(moment, zone),
        )
        lines = Markup().join(
            Markup("<li>%s</li>") % rule._service_preview_line(moment)
            for rule in self.rule_ids
        )
        return Markup("<p>%s</p><ul>%s</ul>") % (title, lines)

    @api.model
    def _service_preview_moment(self, moment, zone):
        day = format_datetime(self.env, moment, tz=zone, dt_format="EEEE")
        date = format_datetime(self.env, moment, tz=zone, dt_format="short")
        return f"{day}, {date} ({zone})"


class ServicePlanRule(models.Model):
    _inherit = "service.plan.rule"

    def _service_preview_line(self, moment):
        """Return what this rule would promise, or why it cannot, as safe html.

        :param moment: naive UTC
        """
        self.ensure_one()
        company = self.plan_id.company_id or self.env.company
        # sudo: the hours of the calendar that a plan names, for its own form
        calendar = (self.calendar_id or company.resource_calendar_id).sudo()._origin
        name = self.name or self.env._("Promise")
        due = calendar and calendar._service_add_hours(moment, self.hours)
        if not due:
            return Markup('<b>%s</b>: <span class="text-danger">%s</span>') % (
                name,
                self._service_preview_error(calendar),
            )
        shown = self.plan_id._service_preview_moment(due, calendar.tz or "UTC")
        return Markup("<b>%s</b>: %s <span class='text-muted'>%s</span>") % (
            name,
            shown,
            self._service_preview_note(calendar),
        )

    def _service_preview_error(self, calendar):
        if not calendar:
            return self.env._("no working hours: the company has no calendar.")
        return self.env._(
            "%(calendar)s does not have %(hours)s working hours in the next five "
            "years: nothing would be promised.",
            calendar=calendar.name,
            hours=self.hours,
        )

    def _service_preview_note(self, calendar):
        """Say whose hours these are, and that updates repeat."""
        notes = [
            calendar.name
            if self.calendar_id
            else self.env._("%s, unless the employee has other hours", calendar.name)
        ]
        if self.kind == "progress":
            notes.append(
                self.env._("and again every %s working hours", f"{self.hours:g}")
            )
        return f"({'; '.join(notes)})"
