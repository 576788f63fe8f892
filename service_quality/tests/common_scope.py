from odoo import fields

from .common_link import LinkCase


class ScopeCase(LinkCase):
    """Changes of what was agreed, on a ticket of the first agent."""

    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()

    def make_change(self, document=None, user=None, send=True, **vals):
        """Write a change as an agent and send it."""
        document = document or self.ticket
        change = self.model("service.scope.change", user or self.agent).create(
            {
                "name": "A bigger pump",
                "description": "The small one does not fit.",
                "reason": "The pipe is wider than planned.",
                "res_model": document._name,
                "res_id": document.id,
                **vals,
            }
        )
        if send:
            change.action_send()
        self.sync()
        return self.env["service.scope.change"].browse(change.id)

    def sent_token(self, **vals):
        """Send a change; return it with the token in the customer's mail."""
        change = self.make_change(**vals)
        return change, self.token_of(self.mails()[-1])

    def run_cron(self):
        """Run the scheduled action's part about changes."""
        self.sync()
        with self.enter_registry_test_mode():
            self.env.ref("service_quality.cron_promises").method_direct_trigger()
        self.env.invalidate_all()

    def moment(self, **delta):
        return fields.Datetime.to_string(self.after(**delta))
