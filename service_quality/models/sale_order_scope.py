from odoo import fields, models
from odoo.fields import Command

from .prefetch import APART

#: An order in one of these states takes another line.
OPEN_STATES = ("draft", "sent", "sale")


class ResCompany(models.Model):
    _inherit = "res.company"

    service_scope_product_id = fields.Many2one(
        "product.product",
        "Product of Confirmed Changes",
        domain="[('sale_ok', '=', True)]",
        help="A change that the customer confirmed on an order adds a line of this "
        "product with the price difference; without a product only a note.",
        prefetch=APART,
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_scope_product_id = fields.Many2one(
        related="company_id.service_scope_product_id", readonly=False
    )


class SaleOrder(models.Model):
    """Adapter: what the customer's word by link does to an order."""

    _inherit = "sale.order"

    def _service_apply_date(self, promise, date_due):
        result = super()._service_apply_date(promise, date_due)
        if promise.source == "native":
            self.commitment_date = date_due
        return result

    def _service_apply_scope_change(self, change):
        result = super()._service_apply_scope_change(change)
        product = self.company_id.service_scope_product_id
        is_open = self.state in OPEN_STATES and not self.locked
        if product and is_open and not change.currency_id.is_zero(change.amount_delta):
            self.order_line = [
                Command.create(
                    {
                        "product_id": product.id,
                        "name": change.name,
                        "product_uom_qty": 1,
                        "price_unit": change.amount_delta,
                    }
                )
            ]
        return result
