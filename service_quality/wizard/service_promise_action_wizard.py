from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.service_promise import OUTCOMES


class ServicePromiseActionWizard(models.TransientModel):
    """Asks what an action on promises needs to know, and does it.

    One window for all actions with a text. It decides nothing: the action checks
    who asks and what he gave, and its errors reach him unchanged.
    """

    _name = "service.promise.action.wizard"
    _description = "Action on Promises"
    _inherit = ["service.moment.mixin"]

    mode = fields.Selection(
        [
            ("keep", "Mark as kept"),
            ("move", "Ask for a new date"),
            ("excuse", "Excuse"),
            ("withdraw", "Withdraw"),
            ("correct", "Correct the outcome"),
            ("fix", "Mend a typo"),
        ],
        required=True,
    )
    promise_ids = fields.Many2many("service.promise", string="Promises", required=True)
    summary = fields.Char(compute="_compute_summary")
    hint = fields.Char(compute="_compute_hint")
    name = fields.Char("Promise", compute="_compute_name", store=True, readonly=False)
    reason = fields.Text(compute="_compute_asked", store=True, readonly=False)
    compensation = fields.Text(compute="_compute_asked", store=True, readonly=False)
    note = fields.Text("What was done")
    outcome = fields.Selection(OUTCOMES)

    @api.depends("promise_ids")
    def _compute_summary(self):
        for wizard in self:
            promises = wizard.promise_ids
            wizard.summary = (
                self.env._("%s promises", len(promises))
                if len(promises) > 1
                else promises.name
            )

    @api.depends("mode")
    @api.depends_context("uid")
    def _compute_hint(self):
        """Say before the click what the action does and what it does not do."""
        is_manager = self.env.user.has_group("service_quality.group_manager")
        excuse = (
            self.env._("You decide: the promise becomes excused and leaves the rate.")
            if is_manager
            else self.env._("A service manager decides about it.")
        )
        hints = {
            "keep": self.env._(
                "A message or a logged call to the customer is the trace. Without one "
                "the promise is marked self-declared and stays out of the rate."
            ),
            "move": self.env._(
                "The customer is asked in writing. Until he agrees, the promise stays "
                "due as it was. An earlier date is taken at once."
            ),
            "excuse": self.env._(
                "The customer must have been warned in writing before due. %s", excuse
            ),
            "withdraw": self.env._(
                "Neutral before due; an expired promise stays missed."
            ),
            "correct": self.env._("Both outcomes stay in the history."),
            "fix": self.env._("Once, within ten minutes of recording."),
        }
        for wizard in self:
            wizard.hint = hints.get(wizard.mode)

    @api.depends("promise_ids", "mode")
    def _compute_name(self):
        for wizard in self:
            is_fix = wizard.mode == "fix" and len(wizard.promise_ids) == 1
            wizard.name = is_fix and wizard.promise_ids.name

    @api.depends("promise_ids", "mode")
    def _compute_asked(self):
        """Show what the employee asked for to the manager who decides."""
        for wizard in self:
            is_one = wizard.mode == "excuse" and len(wizard.promise_ids) == 1
            promise = wizard.promise_ids if is_one else wizard.promise_ids.browse()
            wizard.reason = promise.excuse_reason
            wizard.compensation = promise.compensation

    @api.depends("date_due", "promise_ids")
    def _compute_due_hint(self):
        return super()._compute_due_hint()

    def _get_customer(self):
        return self.promise_ids[:1].partner_id

    def action_apply(self):
        """Do what was asked for.

        :return: action that closes the window
        :raise UserError: nothing chosen, or what the action refuses
        """
        self.ensure_one()
        promises = self.promise_ids
        if not promises:
            raise UserError(self.env._("Choose a promise first."))
        if self.mode == "keep":
            promises.action_keep(self.note)
        elif self.mode == "move":
            promises.action_move(self.date_due, self.reason)
        elif self.mode == "excuse":
            promises.action_excuse(self.reason, self.compensation)
        elif self.mode == "withdraw":
            promises.action_withdraw(self.reason)
        elif self.mode == "correct":
            promises.action_correct(self.outcome, self.reason)
        else:
            self._apply_fix()
        return {"type": "ir.actions.act_window_close"}

    def _apply_fix(self):
        """Pass on only what was changed."""
        promise = self.promise_ids
        name = self.name if self.name != promise.name else None
        promise.action_fix_typo(name, self.date_due or None)
