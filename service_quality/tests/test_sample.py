from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .test_start import StartCase

#: What is no business record: the log of samples itself, and messages to browsers.
APART = {"service_sample", "bus_bus"}


@tagged("post_install", "-at_install")
class TestSample(StartCase):
    """Sample data come and go, and nothing else with them."""

    def setUp(self):
        super().setUp()
        # Somebody else's
        self.make_promise(
            self.make_ticket(company=self.other_company, user=self.foreigner),
            user=self.foreigner,
        )
        self.sync()

    def add(self):
        data = self.start().add_sample()
        self.sync()
        return data

    def remove(self):
        data = self.start().remove_sample()
        self.sync()
        return data

    def sample(self, model):
        """Return the records of a model that are marked as sample."""
        rows = self.env["service.sample.row"].sudo()
        ids = rows.search([("res_model", "=", model)]).mapped("res_id")
        return self.env[model].browse(ids)

    def facts(self, name="service.promise", company=None):
        company = company or self.company
        facts = self.env[name].sudo()
        return facts.search([("company_id", "=", company.id)])

    def digest(self):
        """Return {table: number and hash of its rows} of the whole database."""
        self.sync()
        self.env["service.quality.rollup"]._forget_empty()
        tables = self.env.execute_query(
            SQL("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        return {
            table: self.env.execute_query(
                SQL(
                    "SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text))"
                    " FROM %s t",
                    SQL.identifier(table),
                )
            )
            for (table,) in tables
            if table not in APART
        }

    # ------------------------------------------------------------------
    # Coming and going
    # ------------------------------------------------------------------

    def test_comes_and_goes_without_a_trace(self):
        self.start().apply_start({"plans": []})  # what the start itself keeps
        before = self.digest()
        self.assertTrue(self.add()["has_sample"])
        during = self.digest()
        for table in ("service_promise", "service_event", "res_partner", "sale_order"):
            self.assertNotEqual(during[table], before[table], table)
        self.assertEqual(during["mail_mail"], before["mail_mail"])
        self.assertEqual(during["mail_notification"], before["mail_notification"])
        self.assertEqual(during["res_users"], before["res_users"])
        data = self.remove()
        self.assertFalse(data["has_sample"] or data["kept"])
        after = self.digest()
        self.assertEqual({t for t in before if before[t] != after[t]}, set())
        log = self.env["service.sample"].sudo().search([], limit=1)
        self.assertEqual(log.removed_by_id, self.admin)
        self.assertEqual(log.date_removed, self.now)
        self.assertGreater(log.fact_count, 30)
        # A second click harms nobody, and it can come again
        self.remove()
        self.assertTrue(self.add()["has_sample"])

    def test_shows_everything_once(self):
        """Each state, ticked checklists, answers and recoveries; all of them marked."""
        self.add()
        promises = self.facts()
        self.assertEqual(
            set(promises.mapped("state")),
            {
                *("open", "due_soon", "overdue", "kept", "late", "missed"),
                *("moved", "excused", "withdrawn"),
            },
        )
        self.assertEqual(
            set(promises.mapped("employee_id")), set(self.sample("hr.employee"))
        )
        self.assertTrue(promises.filtered("is_self_declared"))
        self.assertLessEqual(
            {"todo", "passed"}, set(self.facts("service.checklist").mapped("state"))
        )
        self.assertEqual(len(self.facts("service.feedback")), 2)
        self.assertEqual(
            set(self.facts("service.recovery").mapped("state")),
            {"acting", "recovered"},
        )
        for model in ("res.partner", "hr.employee", "product.product"):
            for record in self.sample(model):
                self.assertTrue(record.name.startswith("Sample: "), record)
        for ticket in self.sample("helpdesk.ticket"):
            self.assertTrue(ticket.number.startswith("SAMPLE/"))
        for order in self.sample("sale.order"):
            self.assertTrue(order.name.startswith("SAMPLE/"))

    def test_nobody_can_be_written_to_and_nobody_can_log_in(self):
        """Not now, and not by the jobs of the days that follow."""
        self.company.service_recovery_user_id = self.manager
        self.company.service_recovery_on = "broken"
        users = self.env["res.users"].with_context(active_test=False)
        count, mails = users.search_count([]), self.env["mail.mail"].search_count([])
        self.add()
        partners = self.sample("res.partner")
        self.assertGreater(len(partners), 4)
        self.assertFalse([email for email in partners.mapped("email") if email])
        self.assertFalse(self.sample("hr.employee").user_id)
        self.assertEqual(users.search_count([]), count)
        recoveries = self.facts("service.recovery")
        for _hours in range(3):
            self.wait(hours=26)
            for name in ("cron_promises", "cron_surveys"):
                with self.enter_registry_test_mode():
                    self.env.ref(f"service_quality.{name}").method_direct_trigger()
            self.env["service.silent.customer"]._cron_refresh()
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.facts("service.recovery"), recoveries)
        self.assertFalse(recoveries.user_id)
        before = self.facts("service.promise", self.other_company)
        self.remove()
        self.assertFalse(self.facts("service.silent.customer"))
        self.assertFalse(self.facts("service.reminder"))
        self.assertEqual(self.facts("service.promise", self.other_company), before)

    def test_figures_say_so(self):
        def get_data(user, **filters):
            return self.model("service.dashboard", user).get_data(filters)

        self.assertFalse(get_data(self.manager)["has_sample"])
        self.add()
        self.assertTrue(get_data(self.manager)["has_sample"])
        self.assertFalse(get_data(self.foreigner)["has_sample"])
        self.remove()
        self.assertFalse(get_data(self.manager)["has_sample"])

    def test_never_beside_real_figures(self):
        self.make_promise(self.make_ticket())
        data = self.start().get_start()
        self.assertIn("figures of your own", data["why_no_sample"])
        with self.assertRaisesRegex(UserError, "figures of your own"):
            self.add()

    def test_one_at_a_time(self):
        self.add()
        with self.assertRaisesRegex(UserError, "there already"):
            self.add()

    def test_company_without_hours(self):
        self.company.resource_calendar_id = self.make_calendar("None", hours=[(8, 9)])
        self.company.resource_calendar_id.attendance_ids.unlink()
        with self.assertRaisesRegex(UserError, "working hours"), self.cr.savepoint():
            self.add()
        self.assertFalse(self.sample("res.partner"))

    def test_what_was_tried_goes_too(self):
        """A promise, a note and a checklist of a real agent on a sample ticket."""
        self.start().apply_start({"plans": []})
        before = self.digest()
        self.add()
        ticket = self.sample("helpdesk.ticket").filtered(lambda row: not row.closed)[0]
        self.make_promise(ticket, user=self.manager, tell=False)
        self.start_checklist(ticket, user=self.manager)
        self.as_user(ticket, self.manager).message_post(body="Tried it out.")
        self.sync()
        self.assertIn(
            ticket, self.env[ticket._name].browse(self.facts().mapped("res_id"))
        )
        self.remove()
        after = self.digest()
        changed = {table for table in before if before[table] != after[table]}
        # The template of the test's own checklist, made meanwhile
        self.assertLessEqual(
            changed,
            {"service_checklist_template", "service_checklist_template_line"},
        )

    # ------------------------------------------------------------------
    # The door: nothing real goes through it
    # ------------------------------------------------------------------

    def refused(self, message):
        """Expect that nothing at all is removed."""
        promises = self.facts()
        with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
            self.remove()
        self.env.invalidate_all()
        self.assertEqual(self.facts(), promises)
        self.assertTrue(self.sample("helpdesk.ticket").exists())

    def test_real_promises_stay(self):
        self.add()
        promise = self.make_promise(self.make_ticket())
        events = self.raw_events(promise)
        self.remove()
        self.assertEqual(self.facts(), promise)
        self.assertTrue(events.exists())

    def test_sample_ticket_given_to_a_real_customer(self):
        """Who hides a real promise on it, stops the removal."""
        self.add()
        ticket = self.sample("helpdesk.ticket").filtered(lambda row: not row.closed)[0]
        fake = ticket.partner_id
        ticket.partner_id = self.customer
        self.refused("no samples any more")
        promise = self.make_promise(ticket, user=self.manager)
        self.assertEqual(promise.partner_id, self.customer)
        # Giving it back does not help: the promise knows whom it was made to
        ticket.partner_id = fake
        self.sync()
        self.refused("real customer")

    def test_sample_ticket_with_the_address_of_somebody_real(self):
        """The same without a customer's record, or with a real address beside it."""
        self.add()
        ticket = self.sample("helpdesk.ticket").filtered(lambda row: not row.closed)[0]
        fake = ticket.partner_id
        for partner in (self.env["res.partner"], fake):
            ticket.write({"partner_id": partner.id, "partner_email": "me@real.example"})
            self.refused("no samples any more")
            promise = self.make_promise(ticket, user=self.manager, tell=False)
            self.assertEqual(promise.partner_email, "me@real.example")
            ticket.write({"partner_id": fake.id, "partner_email": False})
            self.sync()
            self.refused("real customer")

    def test_ticket_that_was_deleted_before(self):
        """Its promises count on; they are of the sample all the same."""
        self.add()
        orders = self.sample("sale.order")
        partner = orders.filtered(lambda row: row.state == "cancel").partner_id
        for documents in (orders, self.sample("helpdesk.ticket")):
            documents.filtered(lambda row: row.partner_id == partner).unlink()
        partner.unlink()
        self.sync()
        self.assertTrue(self.facts().filtered(lambda row: not row.partner_id))
        self.assertFalse(self.remove()["kept"])
        self.assertFalse(self.facts())

    def test_sample_customer_made_real(self):
        self.add()
        partner = self.sample("res.partner")[0]
        for name, value in (("email", "real@customer.example"), ("name", "Real Ltd")):
            old = partner[name]
            partner[name] = value
            self.refused("no samples any more")
            partner[name] = old
        self.remove()

    def test_sample_employee_made_real(self):
        self.add()
        self.sample("hr.employee")[0].user_id = self.nobody_without_employee()
        self.refused("no samples any more")

    def nobody_without_employee(self):
        return self.make_user("sq_new", "base.group_user", employee=False)

    def test_customer_that_something_real_needs_stays(self):
        """Archived, with the fact that names him."""
        self.add()
        partner = self.sample("res.partner")[0]
        promise = self.make_promise(self.make_ticket(partner=partner), tell=False)
        name = partner.name
        self.assertEqual(self.remove()["kept"], [name])
        self.assertFalse(partner.active)
        self.assertEqual(promise.partner_id, partner)

    def test_invoiced_order_stays(self):
        self.add()
        order = self.sample("sale.order").filtered(lambda row: row.state == "sale")[0]
        order.order_line.invoice_lines = self._invoice_line()
        self.refused("delivered or invoiced")

    def _invoice_line(self):
        """Return a line of a draft invoice, as far as a company without accounts."""
        journal = self.env["account.journal"].create(
            {
                "name": "Sales",
                "code": "SQS",
                "type": "sale",
                "company_id": self.company.id,
            }
        )
        account, receivable = self.env["account.account"].create(
            [
                {
                    "name": name,
                    "code": f"SQ{number}",
                    "account_type": kind,
                    "reconcile": kind != "income",
                    "company_ids": [Command.set(self.company.ids)],
                }
                for number, (name, kind) in enumerate(
                    [("Income", "income"), ("Owed", "asset_receivable")], 400
                )
            ]
        )
        customer = self.customer.commercial_partner_id.with_company(self.company)
        customer.property_account_receivable_id = receivable
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "journal_id": journal.id,
                "partner_id": self.customer.id,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Work", "account_id": account.id, "price_unit": 1}
                    )
                ],
            }
        )
        return move.invoice_line_ids

    def test_nothing_can_be_marked(self):
        """No door of the ORM makes a row, for nobody."""
        ticket = self.make_ticket()
        self.add()
        sample = self.env["service.sample"].sudo().search([], limit=1)
        vals = {
            "sample_id": sample.id,
            "res_model": ticket._name,
            "res_id": ticket.id,
            "identity": "{}",
        }
        row = sample.row_ids[0]
        for user in (self.admin, self.manager, self.env.ref("base.user_root")):
            rows = self.model("service.sample.row", user)
            for attack in (
                lambda rows=rows: rows.create(vals),
                lambda rows=rows: rows.sudo().create(vals),
                lambda rows=rows: rows.browse(row.id).write({"res_id": ticket.id}),
                lambda rows=rows: rows.sudo().browse(row.id).write({"res_id": 1}),
                lambda rows=rows: rows.sudo().browse(row.id).unlink(),
            ):
                with self.assertRaises(AccessError):
                    attack()
            samples = self.model("service.sample", user)
            with self.assertRaises(AccessError):
                samples.sudo().create({"company_id": self.other_company.id})
            with self.assertRaises(AccessError):
                samples.sudo().browse(sample.id).write({"date_removed": self.now})

    def test_facts_stay_sealed_for_administrators(self):
        """The sample opens no other door: not even its own promises can be deleted."""
        self.add()
        promise = self.facts()[0]
        for record in (promise, self.raw_events(promise)):
            with self.assertRaises(AccessError):
                self.as_user(record, self.admin).unlink()
            with self.assertRaises(AccessError):
                self.as_user(record, self.admin).sudo().unlink()

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def test_only_administrators(self):
        for user in (self.manager, self.leader, self.agent, self.nobody, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.start(user).add_sample()
        self.add()
        promises = self.facts()
        for user in (self.manager, self.leader, self.agent, self.nobody, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.start(user).remove_sample()
        self.assertEqual(self.facts(), promises)

    def test_each_company_its_own(self):
        """The administrator of one company neither sees nor removes the other's."""
        groups = "service_quality.group_admin"
        other = self.make_user("sq_other_admin", groups, company=self.other_company)
        self.add()
        promises = self.facts()
        data = self.start(other).remove_sample()
        self.assertFalse(data["has_sample"])
        self.assertFalse(self.model("service.sample", other).search([]))
        self.assertFalse(self.model("service.sample.row", other).search([]))
        self.assertEqual(self.facts(), promises)
        self.assertEqual(
            self.model("service.sample", self.admin).search([]).company_id, self.company
        )
