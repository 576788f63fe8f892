from odoo import models


class HelpdeskTicket(models.Model):
    """Adapter: a ticket is a served document."""

    _name = "helpdesk.ticket"
    _inherit = ["service.quality.mixin", "helpdesk.ticket"]

    _service_watch_fields = frozenset({"stage_id", "user_id", "team_id", "active"})

    def _service_get_email(self):
        return self.partner_email or self.partner_id.email or ""

    def _service_is_done(self):
        return bool(self.stage_id.closed)
