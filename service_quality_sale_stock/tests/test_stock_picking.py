from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.service_quality.tests.common import ServiceCase


@tagged("post_install", "-at_install")
class TestStockPicking(ServiceCase):
    """An order of goods is delivered by its pickings, not by a ticked quantity."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = cls.env["product.product"].create(
            {
                "name": "Pump",
                "type": "consu",
                "invoice_policy": "order",
                "list_price": 100.0,
                "taxes_id": [Command.clear()],
                "company_id": False,
            }
        )
        cls.keeper = cls.make_user("sq_keeper", "stock.group_stock_user")

    def make_delivery(self):
        """Confirm an order of two pumps that are promised in six hours."""
        self.make_plan(
            "sale.order", rules=[{"name": "There", "kind": "deadline", "hours": 6}]
        )
        order = self.make_order(
            order_line=[
                Command.create({"product_id": self.goods.id, "product_uom_qty": 2})
            ]
        )
        return order, order.service_promise_ids

    def deliver(self, picking, quantity):
        """Hand out goods, as the warehouse keeper does."""
        picking = self.as_user(picking, self.keeper)
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True)._action_done()
        self.sync()

    def test_delivered_in_time(self):
        order, promise = self.make_delivery()
        self.wait(hours=1)
        self.deliver(order.picking_ids, 2)
        self.assertOutcome(promise, "kept", counted=True)
        self.assertEqual(promise.date_settled, self.now)
        event = self.raw_events(order).filtered(lambda row: row.kind == "delivered")
        self.assertEqual(event.note, order.picking_ids.name)
        self.assertEqual(event.create_uid, self.keeper)

    def test_the_rest_comes_late(self):
        order, promise = self.make_delivery()
        self.wait(hours=1)
        self.deliver(order.picking_ids, 1)
        self.assertOutcome(promise, None)
        self.now = promise.date_due
        self.wait(seconds=1)
        rest = order.picking_ids.filtered(lambda row: row.state != "done")
        self.deliver(rest, 1)
        self.assertOutcome(promise, "late")

    def test_a_written_date_is_no_evidence(self):
        order, promise = self.make_delivery()
        self.now = promise.date_due
        self.wait(hours=1)
        self.deliver(order.picking_ids, 2)
        order.picking_ids.date_done = promise.date_made
        self.sync()
        self.assertOutcome(promise, "late")

    def test_goods_that_nobody_ordered(self):
        """A delivery without an order is no business of ours, alone or in a batch."""
        order, promise = self.make_delivery()
        gift = order.picking_ids.copy({"sale_id": False, "origin": False})
        gift.move_ids.sale_line_id = False
        gift.action_confirm()
        self.assertFalse(gift.sale_id)
        self.wait(hours=1)
        both = gift + order.picking_ids
        self.deliver(both, 2)
        self.assertEqual(set(both.mapped("state")), {"done"})
        self.assertOutcome(promise, "kept")
        delivered = self.raw_events(order).filtered(lambda row: row.kind == "delivered")
        self.assertEqual(delivered.note, order.picking_ids.name)

    def test_goods_that_come_back(self):
        """A return is a picking of the order, and delivers nothing."""
        order, _promise = self.make_delivery()
        delivery = order.picking_ids
        self.deliver(delivery, 2)
        wizard = self.env["stock.return.picking"].create({"picking_id": delivery.id})
        wizard.product_return_moves.quantity = 2
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self.deliver(back, 2)
        self.assertEqual(back.state, "done")
        events = self.raw_events(order).filtered(lambda row: row.kind == "delivered")
        self.assertEqual(events.mapped("note"), [delivery.name])
