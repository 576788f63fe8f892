from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..models.service_promise import KINDS

#: Quick choices of the due moment: key -> (days from today, hour) in the user's zone.
QUICK_TIMES = {"today_17": (0, 17), "tomorrow_10": (1, 10), "tomorrow_17": (1, 17)}


class ServicePromiseWizard(models.TransientModel):
    """Record a promise: what, by when; tell the customer in the same step."""

    _name = "service.promise.wizard"
    _description = "Record a Promise"

    res_model = fields.Char(required=True, export_string_translation=False)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    name = fields.Char("What do we promise?")
    kind = fields.Selection(KINDS, required=True, default="deadline")
    quick = fields.Selection(
        [
            ("today_17", "Today 17:00"),
            ("tomorrow_10", "Tomorrow 10:00"),
            ("tomorrow_17", "Tomorrow 17:00"),
            ("days_2", "In 2 working days"),
            ("days_5", "In 5 working days"),
        ],
        "Quick Choice",
    )
    date_due = fields.Datetime("By When")
    due_hint = fields.Char(compute="_compute_due_hint")
    is_told = fields.Boolean(
        "Tell the customer now",
        default=True,
        help="Writes the promise to the customer. It counts only when the customer "
        "has it in writing.",
    )

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
        return calendar._service_add_hours(now, days * (calendar.hours_per_day or 8.0))

    @api.depends("date_due", "res_model", "res_id")
    def _compute_due_hint(self):
        """Show the due moment in the agent's and in the customer's time zone."""
        served = self.env["service.linked.mixin"]._service_document_models()
        for wizard in self:
            wizard.due_hint = False
            if not wizard.date_due or wizard.res_model not in served:
                continue
            document = self.env[wizard.res_model].browse(wizard.res_id or [])
            document = document.exists()._filtered_access("read")
            if not document:
                continue
            partner = document._service_get_partner()
            mine, theirs = self.env.user.tz or "UTC", partner.tz
            hint = format_datetime(self.env, wizard.date_due, tz=mine)
            if theirs and theirs != mine:
                hint = self.env._(
                    "%(mine)s for you, %(theirs)s for the customer",
                    mine=hint,
                    theirs=format_datetime(self.env, wizard.date_due, tz=theirs),
                )
            wizard.due_hint = hint

    def action_record(self):
        """Record the promise and, if asked, write it to the customer.

        :return: action that closes the window
        :raise ValidationError: see ``service.promise.create``
        :raise UserError: the customer cannot be reached
        """
        self.ensure_one()
        promise = self.env["service.promise"].create(
            {
                "name": self.name,
                "kind": self.kind,
                "res_model": self.res_model,
                "res_id": self.res_id,
                "date_due": self.date_due,
            }
        )
        if self.is_told:
            promise.action_tell_customer()
        return {"type": "ir.actions.act_window_close"}
