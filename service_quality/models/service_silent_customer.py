from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("found", "To call"),
    ("called", "Call promised"),
    ("back", "Came back"),
    ("dismissed", "Dismissed"),
]


class ServiceSilentCustomer(models.Model):
    """A customer with a reason to be angry who says nothing and stays away.

    Found by :mod:`service_silent_refresh`; one row per customer family and company.
    It belongs to the document of the latest bad event, and access follows that.
    """

    _name = "service.silent.customer"
    _description = "Silent Customer"
    _inherit = ["service.sealed.mixin", "service.linked.mixin"]
    _order = "date_event desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    employee_id = fields.Many2one(
        "hr.employee", readonly=True, ondelete="set null", index=True
    )
    department_id = fields.Many2one("hr.department", readonly=True)
    has_broken_promise = fields.Boolean("Broken Promise", readonly=True)
    has_low_score = fields.Boolean("Low Score", readonly=True)
    has_failed_checklist = fields.Boolean("Failed Checklist", readonly=True)
    reasons = fields.Char("What Went Wrong", compute="_compute_reasons")
    event_count = fields.Integer("Bad Events", readonly=True)
    date_event = fields.Datetime("Last Bad Event", required=True, readonly=True)
    date_contact = fields.Datetime("Last Seen", readonly=True)
    gap_days = fields.Float(
        "Usual Gap",
        readonly=True,
        aggregator="avg",
        help="In days: the median between this customer's visits; with fewer than "
        "three gaps, that of the company's customers.",
    )
    is_own_rhythm = fields.Boolean(
        "Own Rhythm",
        readonly=True,
        help="The gap is the customer's own, not that of the company's customers.",
    )
    limit_days = fields.Float(
        "Silent After", readonly=True, aggregator="avg", help="In days."
    )
    silent_days = fields.Integer("Days Silent", compute="_compute_silent_days")
    date_found = fields.Datetime("Found On", readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="found")
    promise_id = fields.Many2one("service.promise", "Callback", readonly=True)
    dismiss_reason = fields.Text(readonly=True)

    _customer_idx = models.Index("(company_id, partner_id)")

    @api.depends("date_contact")
    def _compute_silent_days(self):
        now = fields.Datetime.now()
        for row in self:
            row.silent_days = row.date_contact and (now - row.date_contact).days

    @api.depends("has_broken_promise", "has_low_score", "has_failed_checklist")
    @api.depends_context("lang")
    def _compute_reasons(self):
        names = ("has_broken_promise", "has_low_score", "has_failed_checklist")
        shown = self.fields_get(names, ["string"])
        for row in self:
            row.reasons = ", ".join(
                shown[name]["string"] for name in names if row[name]
            )

    def _service_acting(self):
        """Return rows still to be called, unsealed, after checking who asks.

        :raise AccessError: the user may not change the documents
        :raise UserError: dealt with already
        """
        self.check_access("write")
        if any(row.state != "found" for row in self):
            raise UserError(self.env._("Somebody dealt with this customer already."))
        # sudo: rows of documents that the user may change
        return self._service_unseal()

    def action_call(self):
        """Promise a call to each customer, within the company's recovery time.

        :return: action that shows the promises
        :raise UserError: dealt with already, the document is gone
        """
        promises = self.env["service.promise"]
        for row in self._service_acting():
            promise = promises.create(
                {
                    "name": self.env._("Call %s", row.partner_id.display_name),
                    "kind": "callback",
                    "res_model": row.res_model,
                    "res_id": row.res_id,
                    "date_due": fields.Datetime.to_string(row._service_call_due()),
                }
            )
            row.write({"state": "called", "promise_id": promise.id})
            self.env["service.event"]._service_log(
                row,
                "silent_call",
                new=promise.sudo().date_due,  # its own due
            )
            promises |= promise
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_quality.service_promise_action"
        )
        return {**action, "domain": [("id", "in", promises.ids)], "context": {}}

    def _service_call_due(self):
        """Return by when to call: the company's recovery time from now."""
        now = fields.Datetime.now()
        calendar = self.company_id.resource_calendar_id
        hours = self.company_id.service_recovery_hours or 8.0
        due = calendar and calendar._service_add_hours(now, hours)
        return due or fields.Datetime.add(now, hours=hours)

    def action_dismiss(self, reason):
        """Take customers off the list whom nobody needs to call.

        :param str reason: why, required
        :return: True
        :raise UserError: dealt with already
        """
        reason = self._service_clean_text(reason, self.env._("Reason"), required=True)
        rows = self._service_acting()
        rows.write({"state": "dismissed", "dismiss_reason": reason})
        self.env["service.event"]._service_log(rows, "silent_dismissed", note=reason)
        return True

    def action_open_dismiss(self):
        """Open the window that asks why these customers need no call.

        :return: window action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_quality.service_silent_wizard_action"
        )
        return {**action, "context": {"default_silent_ids": self.ids}}
