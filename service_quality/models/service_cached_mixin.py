from odoo import api, models


class ServiceCachedMixin(models.AbstractModel):
    """Rows that the registry's cache keeps: every change of one empties it.

    They are set up once and asked by every document.
    """

    _name = "service.cached.mixin"
    _description = "Kept in the Registry's Cache"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
