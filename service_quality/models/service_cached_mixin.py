from odoo import api, models


class ServiceCachedMixin(models.AbstractModel):
    """Rows that the registry's cache keeps: a change of one empties it.

    They are set up once and asked by every document. ``_service_cached_fields``
    names what the cache holds of them; None means everything.

    What is written is sent to the database before the cache is emptied: Odoo's access
    rules are kept there as well, and would be worked out in the middle of it.
    """

    _name = "service.cached.mixin"
    _description = "Kept in the Registry's Cache"

    _service_cached_fields = None

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records.flush_recordset()
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        cached = self._service_cached_fields
        if cached is None or not cached.isdisjoint(vals):
            self.flush_recordset()
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
