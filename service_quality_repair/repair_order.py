from odoo import models


class RepairOrder(models.Model):
    """Adapter: a repair is a served document."""

    _name = "repair.order"
    _inherit = ["service.quality.mixin", "repair.order"]

    # Its scheduled date is our planning and always filled: no promise of its own.
    _service_watch_fields = frozenset({"state", "user_id"})

    def _service_is_done(self):
        return self.state == "done"

    def _service_is_cancelled(self):
        return self.state == "cancel"
