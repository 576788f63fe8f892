from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import TourCase


@tagged("post_install", "-at_install")
class TestLedgerTour(TourCase):
    """Record a promise, keep it by a message, see it: on a ticket and on an order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plans = cls.env["service.plan"].with_context(active_test=False)
        plans.search([]).active = False
        cls.company = cls.env["res.company"].create(
            # A tour lasts seconds: nobody has to wait before he keeps his word.
            {"name": "Tour Company", "service_lead_minutes": 0}
        )
        cls.agent = cls._make_user(
            "ledger_agent",
            "helpdesk_mgmt.group_helpdesk_user,"
            "sales_team.group_sale_salesman_all_leads",
        )
        cls._make_user(
            "ledger_manager", "service_quality.group_manager,hr.group_hr_user"
        )
        cls.employee = cls.env["hr.employee"].create(
            {
                "name": "Tour Agent",
                "user_id": cls.agent.id,
                "company_id": cls.company.id,
            }
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Tour Customer", "email": "tour@customer.example.com"}
        )

    def _make_documents(self):
        vals = {
            "partner_id": self.customer.id,
            "user_id": self.agent.id,
            "company_id": self.company.id,
        }
        ticket = self.env["helpdesk.ticket"].create(
            {
                **vals,
                "name": "Tap drips",
                "description": "It leaks.",
                "partner_email": self.customer.email,
            }
        )
        order = self.env["sale.order"].with_company(self.company).create(vals)
        for document in (ticket, order):
            document.message_subscribe(self.customer.ids)
        return ticket, order

    def test_ledger(self):
        documents = self._make_documents()
        for document, name in zip(documents, ("ticket", "order"), strict=True):
            self.start_tour(
                f"/odoo/{document._name}/{document.id}",
                f"service_quality_ledger_{name}",
                login="ledger_agent",
            )
            self.env.invalidate_all()
            promise = document.service_promise_ids
            self.assertEqual(promise.name, f"News about the {name}")
            self.assertEqual(promise.outcome, "kept")
            self.assertTrue(promise.is_counted)
            self.assertFalse(promise.is_self_declared)
            self.assertEqual(promise.employee_id, self.employee)
            # Due now, so that it falls into the period of the scorecard even in the
            # last minutes of a day.
            now = fields.Datetime.now()
            told = promise.date_made - timedelta(hours=1)
            promise._service_unseal().write({"date_due": now, "date_told": told})
        self.env.flush_all()
        self.start_tour(
            f"/odoo/hr.employee/{self.employee.id}",
            "service_quality_ledger_scorecard",
            login="ledger_manager",
        )
