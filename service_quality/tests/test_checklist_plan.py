from psycopg2 import IntegrityError

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestChecklistPlan(ServiceCase):
    """Plans start checklists: on which documents, when, and each once."""

    def plan(self, domain, model="helpdesk.ticket", templates=None, **vals):
        """Return the template that a plan with this filter starts."""
        templates = templates or self.make_template()
        self.make_plan(
            model,
            domain=str(domain),
            template_ids=[Command.set(templates.ids)],
            **vals,
        )
        return templates

    def started(self, document):
        self.sync()
        self.env.invalidate_all()
        return document.service_checklist_ids.template_id

    # ------------------------------------------------------------------
    # Which documents
    # ------------------------------------------------------------------

    def test_tickets(self):
        """By team, tag, category and stage; at creation and when they come to it."""
        tag = self.env["helpdesk.ticket.tag"].create({"name": "Installation"})
        category = self.env["helpdesk.ticket.category"].create({"name": "Repair"})
        stage = self.stage_open.copy({"name": "On the way"})
        for name, domain, vals in (
            ("team", [("team_id", "=", self.team2.id)], {"team_id": self.team2.id}),
            (
                "tag",
                [("tag_ids", "in", tag.ids)],
                {"tag_ids": [Command.link(tag.id)]},
            ),
            (
                "category",
                [("category_id.name", "ilike", "repair")],
                {"category_id": category.id},
            ),
            ("stage", [("stage_id", "=", stage.id)], {"stage_id": stage.id}),
        ):
            with self.subTest(filter=name):
                template = self.plan(domain)
                self.assertNotIn(template, self.started(self.make_ticket()))
                self.assertIn(template, self.started(self.make_ticket(**vals)))
                ticket = self.make_ticket()
                ticket.write(vals)
                self.assertIn(template, self.started(ticket))

    def test_orders(self):
        """By tag, product category and state."""
        tag = self.env["crm.tag"].create({"name": "With assembly"})
        category = self.env["product.category"].create({"name": "Kitchens"})
        kitchen = self.env["product.product"].create(
            {"name": "Kitchen", "type": "service", "categ_id": category.id}
        )
        line = {"product_id": kitchen.id, "product_uom_qty": 1, "name": "Kitchen"}
        for name, domain, vals in (
            ("tag", [("tag_ids", "in", tag.ids)], {"tag_ids": [Command.link(tag.id)]}),
            (
                "category",
                [("order_line.product_id.categ_id", "child_of", category.id)],
                {"order_line": [Command.create(line)]},
            ),
        ):
            with self.subTest(filter=name):
                template = self.plan(domain, "sale.order")
                self.assertNotIn(template, self.started(self.make_order()))
                order = self.make_order(confirm=False, **vals)
                self.assertIn(template, self.started(order))
                order = self.make_order()
                order.write(vals)
                self.assertIn(template, self.started(order))

    def test_order_reaches_a_state(self):
        template = self.plan([("state", "=", "sale")], "sale.order")
        order = self.make_order(confirm=False)
        self.assertFalse(self.started(order))
        order.action_confirm()
        self.assertEqual(self.started(order), template)

    def test_company(self):
        """Neither the plan nor the template of another company."""
        template = self.plan([], company_id=self.other_company.id)
        self.assertNotIn(template, self.started(self.make_ticket()))

    # ------------------------------------------------------------------
    # Each once
    # ------------------------------------------------------------------

    def test_several_per_document(self):
        own, more = self.make_template(), self.make_template(purpose="self")
        self.plan([], templates=own + more)
        other = self.plan([])
        checklists = self.make_ticket().service_checklist_ids
        self.assertEqual(checklists.template_id, own + more + other)
        self.assertEqual(checklists.mapped("purpose"), ["work", "self", "work"])

    def test_two_plans_start_it_once(self):
        template = self.plan([])
        self.plan([], templates=template)
        self.plan([("priority", "=", "3")], templates=template)
        ticket = self.make_ticket()
        self.assertEqual(len(ticket.service_checklist_ids), 1)
        ticket.priority = "3"
        self.started(ticket)
        self.assertEqual(len(ticket.service_checklist_ids), 1)

    def test_coming_and_going(self):
        template = self.plan([("priority", "=", "3")])
        ticket = self.make_ticket(priority="1")
        for priority in ("3", "1", "3"):
            ticket.priority = priority
            self.started(ticket)
        self.assertEqual(ticket.service_checklist_ids.template_id, template)
        self.assertEqual(len(ticket.service_checklist_ids), 1)

    def test_the_database_knows_it_too(self):
        """Two people start it by hand at the same moment."""
        ticket = self.make_ticket()
        template = self.make_template()
        self.start_checklist(ticket, template)
        checklists = self.env["service.checklist"]._service_unseal()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            checklists._service_copy(ticket, template, set())

    def test_done_documents_start_nothing(self):
        self.plan([])
        ticket = self.make_ticket(stage_id=self.stage_closed.id)
        self.assertFalse(self.started(ticket))

    # ------------------------------------------------------------------
    # Purposes
    # ------------------------------------------------------------------

    def test_purposes(self):
        """A checklist has the purpose of its template."""
        purposes = ("work", "self", "review", "mystery")
        for purpose in purposes:
            self.plan([], templates=self.make_template(purpose=purpose))
        checklists = self.make_ticket().service_checklist_ids
        self.assertEqual(tuple(checklists.mapped("purpose")), purposes)

    # ------------------------------------------------------------------
    # What it costs
    # ------------------------------------------------------------------

    def _count(self, number):
        """Return how many queries so many new tickets take."""
        vals = [
            {
                "name": f"Ticket {index}",
                "number": f"PLAN-{self.now:%H%M%S}-{number}-{index}",
                "description": "x",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "partner_email": self.customer.email,
                "stage_id": self.stage_open.id,
                "user_id": self.agent.id,
            }
            for index in range(number)
        ]
        self.sync()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        tickets = self.env["helpdesk.ticket"].with_company(self.company).create(vals)
        self.sync()
        counted = self.env.cr.sql_log_count - before
        return counted, tickets

    def _extra(self, number):
        """Return how many queries the checklists of a plan add, caches warm."""
        counted = []
        for active in (False, True):
            self.checklist_plan.template_ids = self.template if active else False
            for _warm in range(2):
                self.wait(seconds=1)
                queries, tickets = self._count(number)
            counted.append(queries)
            self.assertEqual(
                len(tickets.service_checklist_ids.line_ids), 8 * number * active
            )
        return counted[1] - counted[0]

    def test_queries(self):
        """Eight lines add one query to a ticket, and to a hundred of them."""
        lines = [{"name": "Section", "display_type": "line_section"}]
        lines += [{"name": f"Line {index}"} for index in range(8)]
        self.template = self.make_template(lines)
        self.checklist_plan = self.make_plan(
            rules=[{"name": "Solved", "hours": 8, "kind": "deadline"}]
        )
        self.assertLessEqual(self._extra(1), 1)
        self.assertLessEqual(self._extra(100), 1)
