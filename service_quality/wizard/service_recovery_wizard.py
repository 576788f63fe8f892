from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.service_recovery import CAUSES, COMPENSATIONS


class ServiceRecoveryWizard(models.TransientModel):
    """Asks what a step of a recovery needs to know, and takes it.

    It decides nothing: the action of the recovery checks who asks and what he gave.
    """

    _name = "service.recovery.wizard"
    _description = "Step of a Recovery"

    mode = fields.Selection(
        [
            ("open", "Open a recovery"),
            ("assign", "Give to somebody"),
            ("cause", "Name the cause"),
            ("warn", "Tell the customer"),
            ("apologise", "Apologise"),
            ("compensate", "Compensate"),
            ("close", "Close"),
            ("cancel", "Cancel"),
        ],
        required=True,
    )
    recovery_id = fields.Many2one("service.recovery")
    res_model = fields.Char("Document Type")
    res_id = fields.Integer()
    hint = fields.Char(compute="_compute_hint")
    user_id = fields.Many2one(
        "res.users", "Owner", domain=[("share", "=", False), ("active", "=", True)]
    )
    cause = fields.Selection(CAUSES)
    text = fields.Text()
    kind = fields.Selection(COMPENSATIONS, default="amount")
    amount = fields.Monetary()
    currency_id = fields.Many2one(related="recovery_id.currency_id")
    tell = fields.Boolean(
        "Tell the Customer",
        help="A mail in his language says what he gets, in exactly these words; once.",
    )
    was_told = fields.Boolean(compute="_compute_was_told")
    result = fields.Selection(
        [("recovered", "Recovered"), ("lost", "Not recovered")], default="recovered"
    )

    @api.depends("mode")
    def _compute_hint(self):
        hints = {
            "open": self.env._("Say what happened, in the customer's words."),
            "warn": self.env._(
                "The customer reads this and by when he hears from us; the date is "
                "a promise to him. Leave it empty for a ready text."
            ),
            "apologise": self.env._("The customer gets exactly these words by mail."),
            "compensate": self.env._(
                "Recorded here. Tick below to write it to the customer as well."
            ),
            "close": self.env._(
                "Better ask the customer: his answer closes it by itself. What you "
                "say here is shown as self-declared."
            ),
            "cancel": self.env._("For what was opened in error; a manager decides."),
        }
        for wizard in self:
            wizard.hint = hints.get(wizard.mode)

    @api.depends("recovery_id")
    def _compute_was_told(self):
        for wizard in self:
            wizard.was_told = bool(wizard.recovery_id.date_compensation_told)

    def action_apply(self):
        """Take the step that was asked for.

        :return: action that closes the window, or opens the new recovery
        :raise UserError: what the step refuses
        """
        self.ensure_one()
        if self.mode == "open":
            return self._apply_open()
        recovery = self.recovery_id
        if not recovery:
            raise UserError(self.env._("Choose a recovery first."))
        steps = {
            "assign": lambda: recovery.action_assign(self.user_id.id),
            "cause": lambda: recovery.action_set_cause(self.cause, self.text),
            "warn": lambda: recovery.action_warn(self.text),
            "apologise": lambda: recovery.action_apologise(self.text),
            "compensate": lambda: recovery.action_compensate(
                self.kind, self.amount, self.text, self.tell
            ),
            "close": lambda: recovery.action_close(self.result, self.text),
            "cancel": lambda: recovery.action_cancel(self.text),
        }
        steps[self.mode]()
        return {"type": "ir.actions.act_window_close"}

    def _apply_open(self):
        """Open a recovery for a complaint and show it."""
        recovery = self.env["service.recovery"].create(
            {
                "res_model": self.res_model,
                "res_id": self.res_id,
                "description": self.text,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.recovery",
            "res_id": recovery.id,
            "views": [(False, "form")],
        }
