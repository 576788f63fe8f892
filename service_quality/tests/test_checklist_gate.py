from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import Form, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .common import ServiceCase, ServiceHttpCase

REPLY = """From: Customer <{sender}>
To: support@quality-test.example
Subject: Re: your ticket
Message-Id: <reply-{id}@customer.example>
Content-Type: text/plain; charset=utf-8

It works, thank you.
"""


@tagged("post_install", "-at_install")
class TestGate(ServiceCase):
    """A guarded document is not closed with open lines, whatever the path."""

    def setUp(self):
        super().setUp()
        self.template = self.make_template(
            [
                {"name": "Cause found?", "is_required": True},
                {"name": "Safe?", "is_critical": True},
            ]
        )
        self.make_plan(is_gate=True, template_ids=[Command.set(self.template.ids)])
        self.ticket = self.make_ticket()
        self.checklist = self.ticket.service_checklist_ids
        self.required, self.critical = self.checklist.line_ids
        self.done = {"stage_id": self.stage_closed.id}

    def assertBlocked(self, work, document=None):
        document = document or self.ticket
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            work()
            self.sync()
        self.assertNotIsInstance(caught.exception, AccessError)
        self.env.invalidate_all()
        self.assertFalse(document._service_is_done())
        return str(caught.exception)

    def answer(self, line, **vals):
        self.as_user(line, self.agent).action_answer(**vals)
        self.sync()

    def test_error_names_lines_and_ways_out(self):
        text = self.assertBlocked(lambda: self.close(self.ticket))
        self.assertIn("Cause found?", text)
        self.assertNotIn("Safe?", text)
        self.assertIn(self.ticket.display_name, text)
        self.assertIn("manager", text)

    # ------------------------------------------------------------------
    # One test per path
    # ------------------------------------------------------------------

    @property
    def mine(self):
        """The ticket, as its agent sees it."""
        return self.as_user(self.ticket, self.agent)

    def test_form(self):
        with Form(self.mine) as form:
            form.stage_id = self.stage_closed
            text = self.assertBlocked(form.save)
            # Nothing is lost: after the answers the same form saves
            for line in self.checklist.line_ids:
                self.answer(line, answer="yes")
        self.assertIn("Cause found?", text)
        self.assertTrue(self.ticket.closed)

    def test_status_bar(self):
        self.assertBlocked(lambda: self.mine.web_save(self.done, {"stage_id": {}}))

    def test_kanban_drag(self):
        """A card dropped into another column, which the kanban then resequences."""
        specification = {"display_name": {}, "stage_id": {"fields": {}}}
        self.assertBlocked(lambda: self.mine.web_save(self.done, specification))

    def test_list_edit(self):
        self.assertBlocked(
            lambda: self.mine.web_save_multi([self.done], {"stage_id": {}})
        )

    def test_bulk(self):
        """Several rows of a list get the same stage; one of them is open."""
        other = self.make_ticket(name="Other")
        for line in other.service_checklist_ids.line_ids:
            self.answer(line, answer="yes")
        both = self.as_user(other + self.ticket, self.agent)
        text = self.assertBlocked(lambda: both.web_save(self.done, {"stage_id": {}}))
        self.assertIn(self.ticket.display_name, text)
        self.assertFalse(other.closed)

    def test_server_action(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Close",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "state": "code",
                "code": f"records.write({self.done})",
            }
        )
        context = {
            "active_model": "helpdesk.ticket",
            "active_ids": self.ticket.ids,
            "active_id": self.ticket.id,
        }
        run = action.with_user(self.agent).with_context(**context).sudo().run
        self.assertBlocked(run)

    def test_import(self):
        """A file that closes is refused with the reason, and changes nothing."""
        rows = [[str(self.ticket.id), str(self.stage_closed.id), "Imported"]]
        result = self.mine.load([".id", "stage_id/.id", "name"], rows)
        self.sync()
        self.env.invalidate_all()
        self.assertFalse(result["ids"])
        self.assertIn("Cause found?", result["messages"][0]["message"])
        self.assertFalse(self.ticket.closed)
        self.assertNotEqual(self.ticket.name, "Imported")

    def test_rpc(self):
        self.assertBlocked(
            lambda: call_kw(self.mine, "write", [self.ticket.ids, self.done], {})
        )

    def test_code(self):
        """Nor does code of another addon, superuser rights or not."""
        for ticket in (self.mine, self.mine.sudo()):
            self.assertBlocked(lambda row=ticket: row.write(self.done))
            self.assertBlocked(
                lambda row=ticket: setattr(row, "stage_id", self.stage_closed)
            )

    # ------------------------------------------------------------------
    # What opens it
    # ------------------------------------------------------------------

    def test_answered(self):
        self.answer(self.required, answer="no")
        self.close(self.ticket)
        self.assertTrue(self.ticket.closed)

    def test_critical_no_blocks(self):
        self.answer(self.required, answer="yes")
        self.answer(self.critical, answer="no", comment="It was wet")
        self.assertIn("Safe?", self.assertBlocked(lambda: self.close(self.ticket)))
        self.answer(self.critical, answer="yes")
        self.close(self.ticket)
        self.assertTrue(self.ticket.closed)

    def test_answer_taken_back(self):
        self.answer(self.required, answer="yes")
        self.answer(self.required)
        self.assertBlocked(lambda: self.close(self.ticket))

    def test_waived(self):
        self.as_user(self.checklist, self.manager).action_waive("Emergency")
        self.close(self.ticket)
        self.assertTrue(self.ticket.closed)

    def test_leaving_the_plan_does_not_leave_the_gate(self):
        """The checklist remembers that it guards, whatever the ticket turns into."""
        plan = self.env["service.plan"].search([])
        plan.domain = "[('priority', '=', '1')]"
        ticket = self.make_ticket(priority="1")
        self.assertTrue(ticket.service_checklist_ids.is_gate)
        agent = self.as_user(ticket, self.agent)
        out = {"priority": "0"}
        self.assertBlocked(lambda: agent.write({**out, **self.done}), ticket)
        agent.write(out)
        self.sync()
        self.assertBlocked(lambda: agent.write(self.done), ticket)
        for line in ticket.service_checklist_ids.line_ids:
            self.answer(line, answer="yes")
        self.close(ticket)
        self.assertTrue(ticket.closed)

    def test_checklist_by_hand_guards_where_the_plan_does(self):
        by_hand = self.start_checklist(self.ticket)
        self.assertTrue(by_hand.is_gate)
        self.env["service.plan"].search([]).is_gate = False
        self.assertFalse(
            self.start_checklist(self.ticket, self.template.copy()).is_gate
        )

    def test_plan_archived_guards_no_more(self):
        self.env["service.plan"].search([]).active = False
        self.close(self.ticket)
        self.assertTrue(self.ticket.closed)

    def test_not_guarded(self):
        self.env["service.plan"].search([]).is_gate = False
        self.close(self.ticket)
        self.assertTrue(self.ticket.closed)

    def test_closing_costs_nothing_where_nothing_guards(self):
        self.env["service.plan"].search([]).is_gate = False
        self.sync()
        ticket = self.mine
        ticket.write(self.done)
        self.sync()
        before = self.env.cr.sql_log_count
        ticket._service_check_gate({ticket.id: False})
        self.assertEqual(self.env.cr.sql_log_count, before)

    def test_other_changes_go_through(self):
        stage = self.stage_open.copy()
        ticket = self.as_user(self.ticket, self.agent)
        ticket.write({"stage_id": stage.id, "priority": "3"})
        self.sync()
        self.assertEqual(self.ticket.stage_id, stage)

    def test_customer_and_robots_go_through_and_are_marked(self):
        """They cannot be stopped; the checklist says so."""
        root = self.env.ref("base.user_root")
        for user in (self.portal, root):
            ticket = self.make_ticket(name=user.login)
            ticket.with_user(user).sudo().write(self.done)
            self.sync()
            self.assertTrue(ticket.closed)
            kinds = self.events_of(ticket.service_checklist_ids)
            self.assertEqual(kinds, ["closed_open"])

    def _receive(self):
        """Take a reply of the customer in through the mail gateway."""
        mail = REPLY.format(sender=self.customer.email, id=self.ticket.id)
        thread = self.env["mail.thread"].with_user(self.env.ref("base.user_root"))
        thread.message_process("helpdesk.ticket", mail, thread_id=self.ticket.id)
        self.sync()

    def test_mail_of_the_customer(self):
        """A reply is taken in; the gate stays where it is."""
        before = len(self.ticket.message_ids)
        self._receive()
        self.assertEqual(len(self.ticket.message_ids), before + 1)
        self.assertEqual(self.ticket.message_ids[0].author_id, self.customer)
        self.assertFalse(self.ticket.closed)
        self.assertEqual(self.checklist.state, "todo")
        self.assertBlocked(lambda: self.close(self.ticket))

    def test_mail_that_closes(self):
        """A host that moves the ticket on a reply does so, and leaves a mark."""
        message = {"to": "support@quality-test.example", "cc": ""}
        ticket = self.ticket.with_user(self.env.ref("base.user_root"))
        ticket.message_update(message, update_vals=self.done)
        self.sync()
        self.assertTrue(self.ticket.closed)
        self.assertEqual(self.events_of(self.checklist), ["closed_open"])

    def test_a_plan_that_cannot_be_read(self):
        """A filter that no longer fits is our failure: the work can be closed."""
        plan = self.env["service.plan"].search([("is_gate", "=", True)])
        self.env.cr.execute(
            "UPDATE service_plan SET domain = %s WHERE id = %s",
            ["[('gone', '=', 1)]", plan.id],
        )
        self.env.registry.clear_cache()
        self.env.invalidate_all()
        with self.assertLogs("odoo.addons.service_quality", "ERROR") as logs:
            self.close(self.ticket)
        self.assertIn("not checked", "".join(logs.output))
        self.assertTrue(self.ticket._service_is_done())

    def test_order(self):
        self.make_plan(
            "sale.order", is_gate=True, template_ids=[Command.set(self.template.ids)]
        )
        order = self.make_order(confirm=False)
        order.action_confirm()
        self.sync()
        line = self.as_user(order.order_line, self.agent)
        self.assertBlocked(lambda: line.write({"qty_delivered": 2}), order)
        self.assertBlocked(
            lambda: self.as_user(order, self.agent).write(
                {"order_line": [Command.update(line.id, {"qty_delivered": 2})]}
            ),
            order,
        )
        line.qty_delivered = 1
        for question in order.service_checklist_ids.line_ids:
            self.answer(question, answer="yes")
        line.qty_delivered = 2
        self.sync()
        self.assertTrue(order._service_is_done())

    def test_closing_a_closed_one(self):
        """Moving from one closed stage to another closes nothing."""
        self.ticket.with_user(self.portal).sudo().write(self.done)
        self.sync()
        other = self.stage_closed.copy()
        self.as_user(self.ticket, self.agent).stage_id = other
        self.sync()
        self.assertEqual(self.ticket.stage_id, other)


@tagged("post_install", "-at_install")
class TestGateHttp(ServiceHttpCase):
    """The gate as it is met from outside: over HTTP."""

    def setUp(self):
        super().setUp()
        template = self.make_template([{"name": "Cause found?", "is_required": True}])
        self.make_plan(is_gate=True, template_ids=[Command.set(template.ids)])

    def test_agent_over_rpc(self):
        ticket = self.make_ticket()
        self.authenticate(self.agent.login, self.agent.login)
        params = {
            "model": "helpdesk.ticket",
            "method": "web_save",
            "args": [ticket.ids, {"stage_id": self.stage_closed.id}],
            "kwargs": {"specification": {}},
        }
        route = "/web/dataset/call_kw/helpdesk.ticket/web_save"
        with (
            mute_logger("odoo.http"),
            self.assertRaisesRegex(JsonRpcException, "UserError"),
        ):
            self.make_jsonrpc_request(route, params)
        self.env.invalidate_all()
        self.assertFalse(ticket.closed)
        self.assertFalse(self.events_of(ticket.service_checklist_ids))

    def test_customer_closes(self):
        ticket = self.make_ticket(partner=self.portal.partner_id)
        checklist = ticket.service_checklist_ids
        self.stage_closed.close_from_portal = True
        self.authenticate(self.portal.login, self.portal.login)
        path = f"/ticket/close?ticket_id={ticket.id}&stage_id={self.stage_closed.id}"
        response = self.url_open(path, allow_redirects=False)
        self.assertEqual(response.status_code, 302)
        self.assertIn(f"/my/ticket/{ticket.id}", response.headers["Location"])
        self.sync()
        self.env.invalidate_all()
        self.assertTrue(ticket.closed)
        self.assertEqual(self.events_of(checklist), ["closed_open"])
        self.assertEqual(checklist.state, "todo")
