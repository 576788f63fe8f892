from odoo.tests import tagged

from odoo.addons.service_quality.tests.common import HostTests, ServiceCase


@tagged("post_install", "-at_install")
class TestRepairOrder(HostTests, ServiceCase):
    host = "repair.order"
    host_groups = "stock.group_stock_user"

    def make_document(self, **vals):
        goods = self.env["product.product"].create(
            {"name": "Bicycle", "type": "consu", "company_id": False}
        )
        repair = (
            self.env["repair.order"]
            .with_company(self.company)
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "user_id": self.agent.id,
                    "product_id": goods.id,
                    **vals,
                }
            )
        )
        repair.action_validate()
        return repair

    def finish(self, document):
        repair = self.as_user(document, self.agent)
        repair.action_repair_start()
        repair.action_repair_end()
        self.sync()

    def open_again(self, document):
        # There is no button for it: an administrator mends a slip.
        document.state = "under_repair"
        self.sync()

    def cancel(self, document):
        self.as_user(document, self.agent).action_repair_cancel()
        self.sync()
