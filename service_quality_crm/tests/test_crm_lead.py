from odoo.tests import tagged

from odoo.addons.service_quality.tests.common import HostTests, ServiceCase


@tagged("post_install", "-at_install")
class TestCrmLead(HostTests, ServiceCase):
    host = "crm.lead"
    host_groups = "sales_team.group_sale_salesman"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stages = cls.env["crm.stage"]
        cls.stage_new = stages.create({"name": "Test New", "sequence": 1})
        cls.stage_won = stages.create(
            {"name": "Test Won", "sequence": 70, "is_won": True}
        )

    def make_document(self, **vals):
        return self.env["crm.lead"].create(
            {
                "name": "A new kitchen",
                "type": "lead",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "user_id": self.agent.id,
                "team_id": False,
                "stage_id": self.stage_new.id,
                **vals,
            }
        )

    def finish(self, document):
        self.as_user(document, self.agent).action_set_won()
        self.sync()

    def open_again(self, document):
        self.as_user(document, self.agent).write(
            {"stage_id": self.stage_new.id, "probability": 10}
        )
        self.sync()

    def cancel(self, document):
        self.as_user(document, self.agent).action_set_lost()
        self.sync()

    def test_a_call_promised_to_a_lead(self):
        lead = self.make_document(partner_id=False, email_from="new@elsewhere.example")
        self.sync()
        promise = self.make_promise(lead, kind="callback", tell=False)
        self.assertEqual(promise.partner_email, "new@elsewhere.example")
