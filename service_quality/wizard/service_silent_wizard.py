from odoo import fields, models


class ServiceSilentWizard(models.TransientModel):
    """Asks why silent customers need no call, and takes them off the list."""

    _name = "service.silent.wizard"
    _description = "Dismiss Silent Customers"

    silent_ids = fields.Many2many(
        "service.silent.customer", string="Customers", required=True
    )
    reason = fields.Text(required=True)

    def action_apply(self):
        """Dismiss the chosen customers; the action checks who asks.

        :return: action that closes the window
        """
        self.ensure_one()
        self.silent_ids.action_dismiss(self.reason)
        return {"type": "ir.actions.act_window_close"}
