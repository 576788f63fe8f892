from odoo import fields, models


class ServiceScopeCancel(models.TransientModel):
    """Asks why a change is called back, and calls it back."""

    _name = "service.scope.cancel"
    _description = "Cancel a Scope Change"

    change_id = fields.Many2one("service.scope.change", required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_apply(self):
        """Cancel the change; all checks are those of its own action.

        :return: window action that closes the dialog
        """
        self.ensure_one()
        self.change_id.action_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
