from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestMultiCompany(ServiceCase):
    """The company is that of the document; people see the companies they chose."""

    def setUp(self):
        super().setUp()
        self.both = self.make_user(
            "sq_both",
            "service_quality.group_manager,helpdesk_mgmt.group_helpdesk_user,"
            "sales_team.group_sale_salesman_all_leads",
        )
        self.both.company_ids += self.other_company
        self.employee_there = self.env["hr.employee"].create(
            {
                "name": "Both There",
                "user_id": self.both.id,
                "company_id": self.other_company.id,
            }
        )
        self.here = self.make_ticket()
        self.there = self.make_ticket(company=self.other_company, user=self.foreigner)
        self.promise_here = self.make_promise(self.here, tell=False)
        self.promise_there = self.make_promise(
            self.there, user=self.foreigner, tell=False
        )

    def seen(self, name, companies):
        Model = self.model(name, self.both).with_context(
            allowed_company_ids=companies.ids
        )
        return Model.search(
            [("company_id", "in", (self.company + self.other_company).ids)]
        )

    def test_rows_of_the_chosen_companies(self):
        for name in ("service.promise", "service.event", "service.quality.report"):
            for companies in (
                self.company,
                self.other_company,
                self.company + self.other_company,
            ):
                with self.subTest(model=name, companies=companies.mapped("name")):
                    rows = self.seen(name, companies).sudo()
                    self.assertEqual(rows.company_id, companies)

    def test_dashboard_of_the_chosen_companies(self):
        for companies, number in (
            (self.company, 1),
            (self.other_company, 1),
            (self.company + self.other_company, 2),
        ):
            dashboard = self.model("service.dashboard", self.both).with_context(
                allowed_company_ids=companies.ids
            )
            period = {"date_from": "2026-03-01", "date_to": "2026-03-31"}
            totals = dashboard.get_data(period)["totals"]
            self.assertEqual(totals["total"], number)
            data = dashboard.get_data({**period, "company_ids": companies[:1].ids})
            self.assertEqual(data["totals"]["total"], 1)

    def test_company_of_the_client_is_not_believed(self):
        """With other companies in the context nothing changes but what is seen."""
        promise = (
            self.as_user(self.env["service.promise"], self.both)
            .with_company(self.other_company)
            .create(
                {
                    "name": "From another company's screen",
                    "res_model": "helpdesk.ticket",
                    "res_id": self.here.id,
                    "date_due": "2026-03-03 09:00:00",
                }
            )
            .sudo()
        )
        self.assertEqual(promise.company_id, self.company)
        self.assertEqual(promise.employee_id.company_id, self.company)
        self.assertEqual(promise.calendar_id, self.calendar)

    def test_employee_is_that_of_the_documents_company(self):
        promise = self.make_promise(self.there, user=self.both, tell=False)
        self.assertEqual(promise.employee_id, self.employee_there)
        self.assertEqual(promise.company_id, self.other_company)

    def test_forged_companies(self):
        """A company in the context that is not the user's opens nothing."""
        Promise = self.model("service.promise", self.manager).with_context(
            allowed_company_ids=(self.company + self.other_company).ids
        )
        with self.assertRaises(AccessError):
            Promise.search([])
        with self.assertRaises(AccessError):
            self.as_user(self.promise_there, self.manager).read(["name"])

    def test_moving_a_document_moves_no_figure(self):
        self.here.company_id = self.other_company
        self.sync()
        self.assertEqual(self.promise_here.company_id, self.company)

    def test_settings_are_each_companys_own(self):
        self.other_company.service_lead_minutes = 600
        self.as_user(self.promise_there, self.foreigner).action_tell_customer()
        self.as_user(self.promise_here, self.agent).action_tell_customer()
        self.assertFalse(self.promise_there.is_counted)
        self.assertTrue(self.promise_here.is_counted)

    def test_reopening_time_of_each_company(self):
        self.other_company.service_reopen_hours = 1
        self.close(self.here)
        self.close(self.there, user=self.foreigner)
        self.wait(hours=2)
        self.reopen(self.here)
        self.reopen(self.there, user=self.foreigner)
        self.assertOutcome(self.promise_here, None)
        self.assertOutcome(self.promise_there, "kept")

    def test_one_batch_over_two_companies(self):
        tickets = self.here + self.there
        tickets.write({"stage_id": self.stage_closed.id})
        self.assertOutcome(self.promise_here, "kept")
        self.assertOutcome(self.promise_there, "kept")

    def test_reminders_of_another_company(self):
        """Every model with a company obeys it, those to come included."""
        for name, model in self.env.registry.items():
            if not name.startswith("service.") or model._abstract or model._transient:
                continue
            if "company_id" in model._fields:
                rules = self.env["ir.rule"].search([("model_id.model", "=", name)])
                domains = " ".join(rules.mapped("domain_force"))
                self.assertIn("company_ids", domains, name)

    def test_second_employee_of_a_user(self):
        """Odoo says what is wrong: no rule stumbles over what is not written yet."""
        self.agent.group_ids += self.env.ref("hr.group_hr_user")
        second = self.env["hr.employee"].create(
            {"name": "The same man again", "company_id": self.company.id}
        )
        form = Form(self.as_user(second, self.agent))
        form.user_id = self.agent
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            form.save()
