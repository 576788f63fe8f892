from odoo import models


class ProjectTask(models.Model):
    """Adapter: a task is a served document."""

    _name = "project.task"
    _inherit = ["service.quality.mixin", "project.task"]

    _service_user_field = "user_ids"
    _service_watch_fields = frozenset(
        {"state", "stage_id", "user_ids", "date_deadline", "active"}
    )

    def _service_get_user(self):
        """The first of its people answers for a task; the others help."""
        return self.user_ids[:1]

    def _service_is_done(self):
        return self.state == "1_done"

    def _service_is_cancelled(self):
        return self.state == "1_canceled"

    def _service_native_promises(self):
        """The deadline of a task is a promise once the customer was told it."""
        if not self.date_deadline or not self.partner_id:
            return []
        return [
            {
                "source_key": "date_deadline",
                "name": self.env._("%(task)s is done", task=self.name),
                "date_due": self.date_deadline,
                "date_told": False,  # a date of our planning: nobody was told
            }
        ]
