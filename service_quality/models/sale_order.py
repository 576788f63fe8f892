from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, float_compare

#: States in which the date of an order is a promise.
STATING_STATES = ("sent", "sale")


class SaleOrder(models.Model):
    """Adapter: an order is a served document."""

    _name = "sale.order"
    _inherit = ["service.quality.mixin", "sale.order"]

    _service_watch_fields = frozenset({"state", "user_id", "commitment_date"})

    def _service_prefetch_state(self):
        """Read the lines with their quantities by one query instead of two."""
        self.ensure_one()
        # sudo: whether the order is done, for whoever may read it
        order = self.sudo()
        field = self._fields["order_line"]
        if field.name in order._cache or order.state != "sale":
            return
        lines = order.env["sale.order.line"].search_fetch(
            [("order_id", "=", self.id)],
            ["display_type", "product_uom_qty", "qty_delivered"],
        )
        field._insert_cache(order, [lines._ids])

    def _service_is_done(self):
        """An order is done when every line was delivered; locking proves nothing."""
        if self.state != "sale":
            return False
        lines = self.order_line.filtered(
            lambda line: not line.display_type and line.product_uom_qty > 0
        )
        precision = self.env["decimal.precision"].precision_get("Product Unit")
        return bool(lines) and all(
            float_compare(
                line.qty_delivered, line.product_uom_qty, precision_digits=precision
            )
            >= 0
            for line in lines
        )

    @api.model
    def _service_contact_condition(self):
        """An order is the customer's act; a quotation is ours."""
        return SQL("d.state = 'sale'")

    def _service_is_cancelled(self):
        return self.state == "cancel"

    def _service_got_less(self):
        """Keep the orders with a line that is smaller now than once confirmed."""
        events = self.env["service.event"].sudo()  # quantities of these orders
        ordered = {}
        for event in events.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("kind", "=", "reduced"),
            ]
        ):
            line_id = int(event.new_value.partition(":")[0])
            ordered[line_id] = max(float(event.old_value), ordered.get(line_id, 0))
        lines = self.env["sale.order.line"].browse(ordered).exists()
        less = lines.filtered(lambda line: line.product_uom_qty < ordered[line.id])
        return self & less.order_id

    def _service_drop(self):
        """Cancel orders that were made as a sample, so that they can be deleted.

        :raise UserError: somebody delivered or invoiced one meanwhile
        """
        follow_ups = ("invoice_ids", "picking_ids")  # the latter with Inventory only
        for order in self:
            if any(name in order._fields and order[name] for name in follow_ups):
                raise UserError(
                    self.env._("%(order)s was delivered or invoiced.", order=order.name)
                )
        self.write({"state": "cancel"})
        return super()._service_drop()

    def _service_native_promises(self):
        """``commitment_date`` is the delivery date promised to the customer.

        He knows it by a message about the order that reached him, or because he
        signed or confirmed the order himself; its state says nothing about that.
        """
        if not self.commitment_date or self.state not in STATING_STATES:
            return []
        return [
            {
                "source_key": "commitment_date",
                "name": self.env._("Delivery of %(order)s", order=self.name),
                "date_due": self.commitment_date,
                "date_told": self.env.user.share and fields.Datetime.now(),
            }
        ]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._service_watch_delivery(lines.order_id, {})
        return lines

    def write(self, vals):
        if {"qty_delivered", "product_uom_qty"}.isdisjoint(vals):
            return super().write(vals)
        orders = self.order_id
        ordered = {line.id: line.product_uom_qty for line in self}
        # The state before, read as superuser: done or not, nothing else
        was_done = {order.id: order._service_is_done() for order in orders.sudo()}
        result = super().write(vals)
        self._service_note_reduced(ordered)
        self._service_watch_delivery(orders, was_done)
        return result

    def _compute_qty_delivered(self):
        """A quantity that is computed (expenses, time) may make an order done, too."""
        orders = self.order_id.filtered(lambda row: row.id and row.state == "sale")
        # The state before, read as superuser: done or not, nothing else
        was_done = {order.id: order._service_is_done() for order in orders.sudo()}
        result = super()._compute_qty_delivered()
        orders._service_schedule_sync(was_done=was_done)
        return result

    def _service_note_reduced(self, ordered):
        """Remember in the ledger that less is to be delivered than was confirmed.

        :param dict ordered: line id -> quantity before
        """
        for line in self.filtered(lambda row: row.state == "sale"):
            order = line.order_id
            if line.product_uom_qty < ordered[line.id] and order._service_is_watched():
                self.env["service.worker"]._service_safely(
                    lambda row=line, doc=order: self.env["service.event"]._service_log(
                        doc,
                        "reduced",
                        old=ordered[row.id],
                        new=f"{row.id}: {row.product_uom_qty}",
                        note=row.name,
                    )
                )

    def _service_watch_delivery(self, orders, was_done):
        """A delivered quantity may make an order done, or undone."""
        orders = orders.filtered(lambda order: order.state == "sale")
        if orders:
            orders._service_check_gate(was_done)
            orders._service_schedule_sync(was_done=was_done)
