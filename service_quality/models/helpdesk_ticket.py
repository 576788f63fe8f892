from odoo import api, fields, models
from odoo.tools import ormcache


class HelpdeskTicket(models.Model):
    """Adapter: a ticket is a served document."""

    _name = "helpdesk.ticket"
    _inherit = ["service.quality.mixin", "helpdesk.ticket"]

    _service_watch_fields = frozenset(
        {"stage_id", "user_id", "team_id", "active", "duplicate_id"}
    )

    def _service_get_email(self):
        return self.partner_email or self.partner_id.email or ""

    def _service_is_done(self):
        is_closed = self.stage_id.id in self.stage_id._service_closed_ids()
        return is_closed and not self._service_is_cancelled()

    def _service_is_cancelled(self):
        """Closed without a result: refused, not wanted, or told twice."""
        stage = self.stage_id
        return stage.id in stage._service_not_wanted_ids() or bool(
            self.duplicate_id and stage.id in stage._service_closed_ids()
        )


class HelpdeskTicketStage(models.Model):
    _name = "helpdesk.ticket.stage"
    _inherit = ["service.cached.mixin", "helpdesk.ticket.stage"]

    service_not_wanted = fields.Boolean(
        "Closed Without a Result",
        help="Cancelled, rejected and the like: a promise that had not expired ends "
        "neutral there, an expired one is missed. Nothing counts as kept.",
    )

    @api.model
    @ormcache()
    def _service_closed_ids(self):
        """Return the ids of the closed stages; every ticket asks, none changes."""
        # sudo: whether a ticket is done, does not depend on who asks
        stages = self.sudo().with_context(active_test=False)
        return frozenset(stages.search([("closed", "=", True)])._ids)

    @api.model
    @ormcache()
    def _service_not_wanted_ids(self):
        """Return the ids of the closed stages that mean "no longer wanted"."""
        # sudo: as above
        stages = self.sudo().with_context(active_test=False)
        domain = [("closed", "=", True), ("service_not_wanted", "=", True)]
        return frozenset(stages.search(domain)._ids)
