from odoo import api, models
from odoo.tools import SQL


class CrmLead(models.Model):
    """Adapter: a lead is a served document; it waits for answers and calls."""

    _name = "crm.lead"
    _inherit = ["service.quality.mixin", "crm.lead"]

    _service_watch_fields = frozenset(
        {"stage_id", "user_id", "active", "probability", "won_status"}
    )

    def _service_get_email(self):
        """A lead has an address long before it has a customer."""
        return self.email_from or self.partner_id.email or ""

    def _service_is_done(self):
        """Won: what was asked for was offered, and wanted."""
        return self.won_status == "won"

    def _service_is_cancelled(self):
        return self.won_status == "lost"

    @api.model
    def _service_contact_condition(self):
        """An opportunity may be our own idea; a lead came to us."""
        return SQL("d.type = 'lead'")
