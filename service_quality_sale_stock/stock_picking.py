from odoo import models


class StockPicking(models.Model):
    """Goods that leave the warehouse are what an order promised.

    Odoo derives the delivered quantities from the pickings; the order is done when
    all are there, at the server's time of the last one. The effective date of a
    picking is evidence in the order's history, but not the verdict's: whoever
    manages the warehouse can write it.
    """

    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        delivered = self.filtered(
            lambda row: row.state == "done" and row.location_dest_id.usage == "customer"
        )
        for picking in delivered:
            order = picking.sale_id
            if order and order._service_is_watched():
                self.env["service.worker"]._service_safely(
                    lambda doc=order, row=picking: (
                        self.env["service.event"]
                        # sudo: the history of an order that this very act delivers
                        .sudo()
                        ._service_log(
                            doc, "delivered", new=row.date_done, note=row.name
                        )
                    )
                )
        return result
