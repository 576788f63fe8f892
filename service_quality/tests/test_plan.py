from datetime import datetime

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCase

SOLVED = {"name": "Solved", "kind": "deadline", "hours": 8}


@tagged("post_install", "-at_install")
class TestPlan(ServiceCase):
    def test_promise_of_a_rule(self):
        self.make_plan(rules=[SOLVED])
        ticket = self.make_ticket()
        promise = ticket.service_promise_ids
        self.assertEqual(
            (promise.name, promise.kind, promise.source, promise.employee_id),
            ("Solved", "deadline", "plan", self.employee),
        )
        # 10:00 in Budapest + 8 working hours with a lunch break: Tuesday 10:00.
        self.assertEqual(promise.date_due, datetime(2026, 3, 3, 9))
        self.assertEqual(promise.date_made, self.now)
        self.assertEqual(self.events_of(promise), ["made"])

    def test_checklist_of_a_plan(self):
        template = self.make_template()
        self.make_plan(template_ids=[Command.set(template.ids)])
        ticket = self.make_ticket()
        self.assertEqual(ticket.service_checklist_ids.template_id, template)
        self.assertEqual(ticket.service_checklist_ids.employee_id, self.employee)

    def test_several_rules_each_have_a_promise(self):
        self.make_plan(
            rules=[
                {**SOLVED, "hours": 24},
                {"name": "Answer", "kind": "response", "hours": 2},
                {"name": "News", "kind": "progress", "hours": 1},
            ]
        )
        ticket = self.make_ticket()
        promises = ticket.service_promise_ids.sorted("date_due")
        self.assertEqual(promises.mapped("kind"), ["progress", "response", "deadline"])
        # A shorter rule never overrules the first answer.
        response = promises[1]
        self.wait(hours=3)
        self.agent_message(ticket)
        self.assertOutcome(response, "late")

    def test_domain_of_plan_and_rule(self):
        self.make_plan(
            domain="[('priority', '=', '3')]",
            rules=[
                SOLVED,
                {**SOLVED, "name": "Noisy", "domain": "[('name', 'ilike', 'noise')]"},
            ],
        )
        self.assertFalse(self.make_ticket(priority="1").service_promise_ids)
        urgent = self.make_ticket(priority="3")
        self.assertEqual(urgent.service_promise_ids.mapped("name"), ["Solved"])
        noisy = self.make_ticket(priority="3", name="It makes a noise")
        self.assertEqual(len(noisy.service_promise_ids), 2)

    def test_company(self):
        self.make_plan(rules=[SOLVED])
        other = self.make_ticket(company=self.other_company, user=self.foreigner)
        self.assertFalse(other.service_promise_ids)
        self.make_plan(company_id=False, rules=[{**SOLVED, "name": "Everywhere"}])
        other = self.make_ticket(company=self.other_company, user=self.foreigner)
        self.assertEqual(other.service_promise_ids.mapped("name"), ["Everywhere"])
        self.assertEqual(len(self.make_ticket().service_promise_ids), 2)

    def test_company_is_that_of_the_document(self):
        """Not the one the client happens to have chosen."""
        self.make_plan(rules=[SOLVED])
        ticket = self.make_ticket(
            company=self.company, user=self.env["res.users"]
        ).with_company(self.other_company)
        copied = ticket.copy()
        self.sync()
        self.assertEqual(copied.company_id, self.company)
        self.assertEqual(copied.service_promise_ids.company_id, self.company)

    def test_other_model(self):
        self.make_plan("sale.order", rules=[SOLVED])
        self.assertFalse(self.make_ticket().service_promise_ids)
        self.assertEqual(len(self.make_order().service_promise_ids), 1)

    def test_cache_follows_every_change(self):
        """On, off, other company, other model, deleted: at once."""
        self.assertFalse(self.make_ticket().service_promise_ids)
        plan = self.make_plan(rules=[SOLVED])
        self.assertTrue(self.make_ticket().service_promise_ids)
        plan.active = False
        self.assertFalse(self.make_ticket().service_promise_ids)
        plan.active = True
        self.assertTrue(self.make_ticket().service_promise_ids)
        plan.company_id = self.other_company
        self.assertFalse(self.make_ticket().service_promise_ids)
        plan.company_id = False
        plan.res_model = "sale.order"
        self.assertFalse(self.make_ticket().service_promise_ids)
        plan.res_model = "helpdesk.ticket"
        self.assertTrue(self.make_ticket().service_promise_ids)
        plan.unlink()
        self.assertFalse(self.make_ticket().service_promise_ids)

    def test_order_of_the_plans(self):
        second = self.make_plan(sequence=20)
        first = self.make_plan(sequence=10)
        matches = self.env["service.plan"]._service_for(self.make_ticket())
        self.assertEqual([plan for plan, _docs in matches], [first, second])

    def test_agents_are_judged_by_plans_they_cannot_read(self):
        self.make_plan(rules=[SOLVED], domain="[('partner_id.email', '!=', False)]")
        ticket = self.model("helpdesk.ticket", self.agent).create(
            {
                "name": "By the agent",
                "description": "x",
                "partner_id": self.customer.id,
                "user_id": self.agent.id,
            }
        )
        self.sync()
        promise = self.env["service.promise"].search([("res_id", "=", ticket.id)])
        self.assertEqual(promise.source, "plan")
        self.assertEqual(self.raw_events(promise).create_uid, self.agent)

    def test_hours_of_the_rule_employee_company(self):
        night = self.make_calendar("Night", hours=[(20, 24)])
        weekend = self.make_calendar("Weekend", days=(5, 6))
        rule = {**SOLVED, "hours": 1}
        plan = self.make_plan(rules=[rule])
        self.employee.resource_calendar_id = night
        self.company.resource_calendar_id = weekend
        at_night = datetime(2026, 3, 2, 20)
        on_saturday = datetime(2026, 3, 7, 8)
        in_the_morning = datetime(2026, 3, 2, 10)
        promise = self.make_ticket().service_promise_ids
        self.assertEqual((promise.date_due, promise.calendar_id), (at_night, night))
        promise = self.make_ticket(user=self.env["res.users"]).service_promise_ids
        self.assertEqual(
            (promise.date_due, promise.calendar_id), (on_saturday, weekend)
        )
        plan.rule_ids.calendar_id = self.calendar
        promise = self.make_ticket().service_promise_ids
        self.assertEqual(
            (promise.date_due, promise.calendar_id), (in_the_morning, self.calendar)
        )

    def test_employee_without_hours_takes_those_of_the_company(self):
        self.make_plan(rules=[{**SOLVED, "hours": 1}])
        self.employee.resource_calendar_id = self.make_calendar("Empty", days=())
        promise = self.make_ticket().service_promise_ids
        self.assertEqual(promise.calendar_id, self.calendar)
        self.company.resource_calendar_id = self.employee.resource_calendar_id
        self.assertFalse(self.make_ticket().service_promise_ids)

    def test_later_edits_change_nothing_in_the_past(self):
        plan = self.make_plan(rules=[SOLVED])
        promise = self.make_ticket().service_promise_ids
        facts = self.facts_of(promise)
        plan.rule_ids.hours = 1
        plan.rule_ids.name = "Other"
        self.calendar.attendance_ids.filtered(
            lambda line: line.dayofweek == "0"
        ).unlink()
        plan.unlink()
        # Only the link to the rule goes with the rule.
        facts[0]["rule_id"] = None
        self.assertEqual(self.facts_of(promise), facts)

    def test_calendar_without_hours_is_a_clear_error(self):
        empty = self.make_calendar("No Hours At All", days=())
        with self.assertRaisesRegex(ValidationError, "No Hours At All"):
            self.make_plan(rules=[{**SOLVED, "calendar_id": empty.id}])
        rare = self.make_calendar("Rare", days=(0,), hours=[(8, 9)])
        self.make_plan(rules=[{**SOLVED, "calendar_id": rare.id, "hours": 50}])
        with self.assertRaises(ValidationError):
            self.make_plan(rules=[{**SOLVED, "calendar_id": rare.id, "hours": 400}])

    def test_hours_of_a_rule_are_sane(self):
        for hours in (0, -1, 10_001):
            with (
                self.subTest(hours=hours),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.make_plan(rules=[{**SOLVED, "hours": hours}])

    def test_bad_domain_is_refused(self):
        for domain in (
            "[('no_such_field', '=', 1)]",
            "[('name', 'unlike', 1)]",
            "not a domain",
            "[('name', '=', __import__('os'))]",
            "{",
            "42",
        ):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self.make_plan(domain=domain)

    def test_bad_domain_of_a_rule_is_refused(self):
        for domain in ("[('no_such_field', '=', 1)]", "not a domain"):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self.make_plan(rules=[{**SOLVED, "domain": domain}])

    def test_a_filter_that_cannot_be_read_stops_nobody(self):
        """A field that a filter names may go with another addon."""
        rule = {**SOLVED, "domain": "[('priority', '=', '1')]"}
        rule["pause_domain"] = f"[('stage_id', '=', {self.stage_open.id})]"
        plan = self.make_plan(rules=[rule])
        ticket = self.make_ticket()
        self.sync()
        for column, vals in (
            ("pause_domain", {"stage_id": self.stage_closed.id}),
            ("domain", {"priority": "2"}),
        ):
            with self.subTest(column=column), self.env.cr.savepoint():
                gone = "['&', ('priority', '!=', False), ('gone_field', '=', 1)]"
                # as it stands in the table when the field has gone
                self.env.cr.execute(
                    f"UPDATE service_plan_rule SET {column} = %s WHERE id = %s",
                    [gone, plan.rule_ids.id],
                )
                self.env.invalidate_all()
                self.env.registry.clear_cache()
                with mute_logger(
                    "odoo.addons.service_quality.models.service_quality_messages",
                    "odoo.addons.service_quality.models.service_worker",
                ):
                    self.as_user(ticket, self.agent).write(vals)
                    self.sync()
                for name, value in vals.items():
                    shown = ticket[name]
                    self.assertEqual(getattr(shown, "id", shown), value)

    def test_only_served_documents(self):
        with self.assertRaises(ValidationError):
            self.make_plan("res.partner")
        names = dict(self.env["service.plan"]._selection_res_model())
        self.assertLessEqual({"helpdesk.ticket", "sale.order"}, set(names))
        self.assertNotIn("service.quality.mixin", names)

    def test_made_once(self):
        """Saving a document again makes no second promise and no second list."""
        template = self.make_template()
        self.make_plan(rules=[SOLVED], template_ids=[Command.set(template.ids)])
        ticket = self.make_ticket()
        for stage in (self.stage_closed, self.stage_open, self.stage_closed):
            ticket.stage_id = stage
            self.sync()
        self.assertEqual(len(ticket.service_promise_ids), 1)
        self.assertEqual(len(ticket.service_checklist_ids), 1)

    def test_old_documents_are_left_alone(self):
        """A new plan invents nothing about what was there before."""
        ticket = self.make_ticket()
        self.make_plan(rules=[SOLVED])
        ticket.user_id = self.agent2
        ticket.stage_id = self.stage_open.copy()
        self.sync()
        self.assertFalse(ticket.service_promise_ids)

    def test_portal_and_mail_tickets(self):
        self.make_plan(rules=[SOLVED])
        ticket = (
            self.env["helpdesk.ticket"]
            .with_user(self.portal)
            .sudo()
            .with_company(self.company)
            .create(
                {
                    "name": "From the portal",
                    "description": "x",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                }
            )
        )
        self.sync()
        promise = ticket.service_promise_ids
        self.assertFalse(promise.employee_id)
        self.assertTrue(promise.is_counted)


@tagged("post_install", "-at_install")
class TestEntering(ServiceCase):
    """A document that meets a plan later joins it then, and once."""

    def test_rule_met_by_a_later_change(self):
        self.make_plan(
            rules=[
                SOLVED,
                {**SOLVED, "name": "Fast", "domain": "[('priority','=','3')]"},
            ]
        )
        ticket = self.make_ticket(priority="1")
        self.assertEqual(ticket.service_promise_ids.mapped("name"), [SOLVED["name"]])
        self.wait(hours=1)
        ticket.priority = "3"
        self.sync()
        fast = ticket.service_promise_ids.filtered(lambda row: row.name == "Fast")
        self.assertEqual(fast.date_made, self.now)
        for priority in ("1", "3"):
            ticket.priority = priority
            self.sync()
        self.env.invalidate_all()
        self.assertEqual(len(ticket.service_promise_ids), 2)

    def test_met_by_the_change_that_gave_it_away(self):
        """Who hands a document on may see it no longer when it is judged."""
        self.make_plan(rules=[{**SOLVED, "domain": "[('priority','=','3')]"}])
        ticket = self.make_ticket(priority="1")
        own = self.as_user(ticket, self.agent)
        own.write({"priority": "3", "user_id": self.agent2.id, "team_id": False})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(own.has_access("read"))
        self.sync()
        self.env.invalidate_all()
        self.assertEqual(ticket.service_promise_ids.name, SOLVED["name"])

    def test_order_joins_when_confirmed(self):
        template = self.make_template()
        self.make_plan(
            model="sale.order",
            domain="[('state', '=', 'sale')]",
            template_ids=[Command.set(template.ids)],
            rules=[{"name": "News", "kind": "progress", "hours": 8}],
        )
        order = self.make_order(confirm=False)
        self.sync()
        self.assertFalse(order.service_promise_ids)
        order.action_confirm()
        self.sync()
        self.env.invalidate_all()
        self.assertEqual(order.service_promise_ids.kind, "progress")
        self.assertEqual(order.service_checklist_ids.template_id, template)

    def test_switching_a_plan_on_invents_nothing(self):
        plan = self.make_plan(rules=[SOLVED], active=False)
        ticket = self.make_ticket()
        plan.active = True
        ticket.priority = "3"
        ticket.stage_id = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_stage_in_progress"
        )
        self.sync()
        self.env.invalidate_all()
        self.assertFalse(ticket.service_promise_ids)
