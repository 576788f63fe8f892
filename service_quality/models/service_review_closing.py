from odoo import fields, models
from odoo.tools import SQL


class ServiceChecklist(models.Model):
    _inherit = "service.checklist"

    date_closed = fields.Datetime(
        "Document Closed",
        readonly=True,
        help="When the document was last closed, by the server's clock.",
    )


class ServiceQualityMixin(models.AbstractModel):
    """When the documents of checklists were closed."""

    _inherit = "service.quality.mixin"

    def _service_on_done(self, matches, states, now):
        result = super()._service_on_done(matches, states, now)
        Checklist = self.env["service.checklist"]
        Checklist._service_open_guard()
        Checklist.flush_model(["res_model", "res_id", "purpose"])
        # SQL: one statement; the ORM reads the rows first and stamps who wrote
        self.env.execute_query(
            SQL(
                "UPDATE service_checklist SET date_closed = %s WHERE res_model = %s"
                " AND res_id IN %s AND purpose = 'work' RETURNING id",
                now,
                self._name,
                self._ids,
            )
        )
        Checklist.invalidate_model(["date_closed"], flush=False)
        return result
