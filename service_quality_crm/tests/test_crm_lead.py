from datetime import timedelta

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

    def come(self, days_ago, **vals):
        """Make a lead that was stored so many days ago."""
        moment = self.now - timedelta(days=days_ago)
        with self.at(moment):
            lead = self.make_document(**vals)
            self.sync()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s", [moment, lead.id]
        )
        return lead

    def silent(self):
        """Find out who is silent, as the scheduled action does."""
        self.sync()
        customers = self.env["service.silent.customer"]
        customers._service_refresh()
        return customers.search([("partner_id", "=", self.customer_company.id)])

    def test_a_lead_shows_the_customer_and_an_opportunity_does_not(self):
        self.company.write({"service_silent_factor": 3, "service_silent_days": 180})
        for days in (70, 60, 50, 40):
            lead = self.come(days)
        with self.at(self.now - timedelta(days=39)):
            self.make_promise(lead)
        self.assertEqual(self.silent().res_name, lead.display_name)
        # what we want to sell him was our idea
        ours = self.come(1, type="opportunity")
        self.assertTrue(self.silent())
        ours.type = "lead"
        self.assertFalse(self.silent())
