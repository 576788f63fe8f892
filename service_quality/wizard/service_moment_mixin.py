from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import format_datetime

#: Quick choices of the due moment: key -> (days from today, hour) in the user's zone.
QUICK_TIMES = {"today_17": (0, 17), "tomorrow_10": (1, 10), "tomorrow_17": (1, 17)}
QUICK_CHOICES = [
    ("today_17", "Today 17:00"),
    ("tomorrow_10", "Tomorrow 10:00"),
    ("tomorrow_17", "Tomorrow 17:00"),
    ("days_2", "In 2 working days"),
    ("days_5", "In 5 working days"),
]


class ServiceMomentMixin(models.AbstractModel):
    """Choose the moment of a promise: quick choices, and both time zones."""

    _name = "service.moment.mixin"
    _description = "Moment of a Promise"

    quick = fields.Selection(QUICK_CHOICES, "Quick Choice")
    date_due = fields.Datetime("By When")
    due_hint = fields.Char(compute="_compute_due_hint")

    @api.onchange("quick")
    def _onchange_quick(self):
        if self.quick:
            self.date_due = self._get_quick_due(self.quick) or self.date_due

    @api.model
    def _get_quick_due(self, quick):
        """Return the due moment of a quick choice, naive UTC; None when not possible.

        Hours are those of the user's time zone, working days those of his company.
        """
        now = fields.Datetime.now()
        if quick in QUICK_TIMES:
            days, hour = QUICK_TIMES[quick]
            zone = self.env.tz
            local = pytz.utc.localize(now).astimezone(zone).replace(tzinfo=None)
            local = local.replace(hour=hour, minute=0, second=0) + timedelta(days=days)
            return zone.localize(local).astimezone(pytz.utc).replace(tzinfo=None)
        days = int(quick.removeprefix("days_"))
        calendar = self.env.company.resource_calendar_id
        if not calendar:
            return None
        return calendar._service_add_hours(now, days * (calendar.hours_per_day or 8.0))

    @api.depends("date_due")
    def _compute_due_hint(self):
        """Show the due moment in the agent's and in the customer's time zone."""
        for wizard in self:
            partner = wizard._get_customer() if wizard.date_due else None
            wizard.due_hint = partner is not None and wizard._format_due(
                wizard.date_due, partner
            )

    def _get_customer(self):
        """Return the customer who is promised something, None when unknown.

        Called on one record by the hint; override.
        """
        return None

    @api.model
    def _format_due(self, moment, partner):
        """Return a moment in words, for the user and for the customer.

        :param moment: naive UTC
        :param partner: the customer, may be empty
        """
        mine, theirs = self.env.user.tz or "UTC", partner.tz
        hint = self._format_moment(moment, mine)
        if not theirs or theirs == mine:
            return hint
        return self.env._(
            "%(mine)s for you, %(theirs)s for the customer",
            mine=hint,
            theirs=self._format_moment(moment, theirs),
        )

    @api.model
    def _format_moment(self, moment, zone):
        day = format_datetime(self.env, moment, tz=zone, dt_format="EEEE")
        return f"{day}, {format_datetime(self.env, moment, tz=zone, dt_format='short')}"
