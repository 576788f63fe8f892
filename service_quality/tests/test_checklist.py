from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCase, ServiceHttpCase

LINES = [
    {"name": "Cause found?", "is_required": True},
    {"name": "How clear were we?", "kind": "score", "weight": 2},
    {"name": "How much detail?", "kind": "balance"},
    {"name": "What did we learn?", "kind": "text"},
]
REPLY = """From: Customer <{sender}>
To: support@quality-test.example
Subject: Re: your ticket
Message-Id: <reply-{id}@customer.example>
Content-Type: text/plain; charset=utf-8

It works, thank you.
"""


@tagged("post_install", "-at_install")
class TestChecklist(ServiceCase):
    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()
        self.template = self.make_template(LINES)
        self.checklist = self.start_checklist(self.ticket, self.template)
        self.check, self.score, self.balance, self.text = self.checklist.line_ids

    def answer(self, line, user=None, **vals):
        """Answer a line as an agent does in the panel."""
        result = self.as_user(line, user or self.agent).action_answer(**vals)
        self.sync()
        return result

    def assertRefused(self, errors, line, user=None, **vals):
        facts = self.facts_of(line)
        events = self.events_of(line.checklist_id)
        with self.assertRaises(errors), self.env.cr.savepoint():
            self.answer(line, user=user, **vals)
        self.env.invalidate_all()
        self.assertEqual(self.facts_of(line), facts)
        self.assertEqual(self.events_of(line.checklist_id), events)

    # ------------------------------------------------------------------
    # Start
    # ------------------------------------------------------------------

    def test_lines_are_a_snapshot(self):
        self.template.line_ids[0].write({"name": "Changed", "is_required": False})
        self.template.line_ids[1].unlink()
        self.template.name = "Renamed"
        self.assertEqual(self.check.name, "Cause found?")
        self.assertTrue(self.check.is_required)
        self.assertEqual(len(self.checklist.line_ids), 4)
        self.assertEqual(self.checklist.name, "Test Checklist")
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.template.unlink()
        self.template.active = False
        self.assertEqual(len(self.checklist.exists().line_ids), 4)
        self.answer(self.check, answer="yes")

    def test_who_and_for_whom(self):
        self.assertEqual(self.checklist.employee_id, self.employee)
        self.assertEqual(self.checklist.partner_id, self.customer)
        self.assertEqual(self.checklist.company_id, self.company)
        self.ticket.user_id = self.agent2
        self.sync()
        self.assertEqual(self.checklist.employee_id, self.employee)

    def test_started_once(self):
        self.start_checklist(self.ticket, self.template)
        self.assertEqual(self.ticket.service_checklist_ids, self.checklist)

    def test_template_without_lines(self):
        self.assertFalse(self.start_checklist(self.ticket, self.make_template([])))

    def test_start_who_may(self):
        other = self.make_template()
        for user in (
            self.agent2,
            self.nobody,
            self.portal,
            self.leader,
            self.foreigner,
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.start_checklist(self.ticket, other, user=user)
        with self.assertRaises(UserError):
            self.as_user(self.ticket, self.agent).action_service_start_checklist(10**8)

    def test_start_template_of_another_company(self):
        foreign = self.make_template(company_id=self.other_company.id)
        with self.assertRaises(UserError):
            self.start_checklist(self.ticket, foreign)

    def test_negative_weight(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.make_template([{"name": "x", "weight": -1}])

    # ------------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------------

    def test_answer_is_saved_at_once_with_who_and_when(self):
        self.wait(minutes=7)
        shown = self.answer(self.check, answer="yes", comment="The fuse")
        self.assertEqual((shown["answer"], shown["is_answered"]), ("yes", True))
        self.assertEqual(shown["answered_by"], self.agent.name)
        self.assertEqual(self.check.answered_by_id, self.agent)
        self.assertEqual(self.check.date_answered, self.now)
        event = self.raw_events(self.checklist)[-1]
        self.assertEqual(
            (event.kind, event.old_value or None, event.new_value, event.create_uid),
            ("answered", None, "yes", self.agent),
        )

    def test_each_change_leaves_an_event(self):
        for answer in ("yes", "no", "na", None):
            self.answer(self.check, answer=answer)
        events = self.raw_events(self.checklist)
        self.assertEqual(
            [(event.old_value or "", event.new_value or "") for event in events],
            [("", "yes"), ("yes", "no"), ("no", "na"), ("na", "")],
        )
        self.assertFalse(self.check.is_answered or self.check.answered_by_id)

    def test_answer_of_each_kind(self):
        for line, vals in (
            (self.check, {"answer": "no"}),
            (self.check, {"answer": "na", "comment": "not at home"}),
            (self.score, {"value": 1}),
            (self.score, {"value": 10, "comment": "very"}),
            (self.score, {"answer": "na"}),
            (self.balance, {"value": -2}),
            (self.balance, {"value": 2}),
            (self.text, {"comment": "Ask earlier 😀"}),
            (self.text, {"answer": "na"}),
        ):
            with self.subTest(kind=line.kind, vals=vals):
                self.assertTrue(self.answer(line, **vals)["is_answered"])

    def test_zero_balance_is_an_answer(self):
        """0 is "right": it must not be read as "no answer"."""
        shown = self.answer(self.balance, value=0)
        self.assertTrue(shown["is_answered"])
        self.assertEqual(shown["value"], 0)
        self.assertEqual(self.balance.points, 1.0)

    def test_bad_input(self):
        bad = {
            self.check: [
                {"answer": "perhaps"},
                {"answer": "YES"},
                {"answer": 1},
                {"answer": ["yes"]},
                {"value": 1},
                {"answer": "yes", "value": 3},
                {"comment": "only words"},
            ],
            self.score: [
                {"value": 0},
                {"value": 11},
                {"value": -1},
                {"value": 10**12},
                {"value": 5.5},
                {"value": "5"},
                {"value": True},
                {"answer": "yes"},
                {"comment": "only words"},
            ],
            self.balance: [{"value": 3}, {"value": -3}, {"answer": "no"}],
            self.text: [
                {"comment": "NUL\x00"},
                {"comment": "x" * 10_001},
                {"comment": 5},
                {"value": 5},
                {"answer": "yes", "comment": "x"},
            ],
        }
        for line, rows in bad.items():
            for vals in rows:
                with self.subTest(kind=line.kind, vals=str(vals)[:40]):
                    self.assertRefused(ValidationError, line, **vals)

    def test_whose_line(self):
        for user in (self.agent2, self.nobody, self.portal, self.foreigner):
            with self.subTest(user=user.login):
                self.assertRefused(AccessError, self.check, user=user, answer="yes")
        # The leader sees the checklist of her agent, but not his document.
        self.assertRefused(AccessError, self.check, user=self.leader, answer="yes")
        self.answer(self.check, user=self.manager, answer="yes")
        self.assertEqual(self.check.answered_by_id, self.manager)

    def test_automatic_line(self):
        template = self.make_template([{"name": "Kept?", "is_automatic": True}])
        line = self.start_checklist(self.ticket, template).line_ids
        self.assertRefused(UserError, line, answer="yes")

    def test_nobody_reviews_himself(self):
        """A review is somebody else's, a mystery visit is none of a document."""
        for purpose in ("review", "mystery"):
            template = self.make_template(purpose=purpose)
            with self.assertRaises(UserError):
                self.start_checklist(self.ticket, template)
        template = self.make_template(purpose="review")
        self.as_user(self.ticket, self.manager).action_service_start_review(template.id)
        review = self.ticket.service_checklist_ids.filtered("reviewer_id")
        self.assertRefused(UserError, review.line_ids, answer="yes")
        self.answer(review.line_ids, user=self.manager, answer="yes")
        template = self.make_template(purpose="self")
        self.answer(self.start_checklist(self.ticket, template).line_ids, answer="yes")

    def test_closed_document(self):
        """What was ticked before closing is what was known then."""
        self.answer(self.check, answer="no")
        self.close(self.ticket)
        self.assertRefused(UserError, self.check, answer="yes")
        self.reopen(self.ticket)
        self.answer(self.check, answer="yes")

    def test_deleted_document(self):
        self.ticket.unlink()
        self.assertRefused(UserError, self.check, user=self.manager, answer="yes")
        self.assertTrue(self.checklist.exists())

    def test_answers_take_no_other_door(self):
        for vals in (
            {"answer": "yes"},
            {"date_answered": "2026-03-02 09:00:00"},
            {"is_answered": True},
            {"points": 1.0},
            {"answered_by_id": self.agent2.id},
        ):
            for user in (self.agent, self.admin):
                line = self.as_user(self.check, user)
                with self.assertRaises(AccessError):
                    line.write(vals)
                with self.assertRaises(AccessError):
                    line.web_save(vals, {"answer": {}})
                with self.assertRaises(AccessError):
                    self.as_user(self.checklist, user).write(
                        {"line_ids": [Command.update(line.id, vals)]}
                    )
        for vals in (
            {"state": "passed"},
            {"score": 1.0},
            {"date_waived": "2026-03-02"},
        ):
            with self.assertRaises(AccessError):
                self.as_user(self.checklist, self.admin).write(vals)
        with self.assertRaises(UserError):
            self.as_user(self.checklist, self.admin).unlink()

    # ------------------------------------------------------------------
    # Result
    # ------------------------------------------------------------------

    def test_score_is_the_weighted_mean(self):
        self.answer(self.check, answer="yes")  # 1 of weight 1
        self.answer(self.score, value=4)  # 1/3 of weight 2
        self.answer(self.balance, value=-1)  # 1/2 of weight 1
        self.answer(self.text, comment="No points")
        expected = (1 + 2 * (3 / 9) + 0.5) / 4
        self.assertAlmostEqual(self.checklist.score, expected, places=4)
        self.answer(self.score, answer="na")
        self.assertAlmostEqual(self.checklist.score, 0.75, places=4)

    def test_state(self):
        self.assertEqual(self.checklist.state, "todo")
        self.answer(self.score, value=5)
        self.assertEqual(self.checklist.state, "todo")
        self.wait(minutes=3)
        self.answer(self.check, answer="no")
        self.assertEqual(self.checklist.state, "passed")
        self.assertEqual(self.checklist.date_done, self.now)
        self.answer(self.check)
        self.assertEqual(self.checklist.state, "todo")
        self.assertFalse(self.checklist.date_done)

    def test_nothing_required_needs_every_line(self):
        template = self.make_template([{"name": "One"}, {"name": "Two"}])
        checklist = self.start_checklist(self.ticket, template)
        self.answer(checklist.line_ids[0], answer="yes")
        self.assertEqual(checklist.state, "todo")
        self.answer(checklist.line_ids[1], answer="na")
        self.assertEqual(checklist.state, "passed")

    def test_critical(self):
        template = self.make_template(
            [
                {"name": "Safe?", "is_critical": True},
                {"name": "Polite?", "kind": "score", "is_critical": True},
            ]
        )
        checklist = self.start_checklist(self.ticket, template)
        safe, polite = checklist.line_ids
        self.answer(safe, answer="no", comment="It was wet")
        self.assertEqual(checklist.state, "failed")
        self.answer(safe, answer="yes")
        self.assertEqual(checklist.state, "todo")
        self.answer(polite, value=5, comment="We argued")
        self.assertEqual(checklist.state, "failed")
        self.answer(polite, value=6)
        self.assertEqual(checklist.state, "passed")

    def test_counts(self):
        self.answer(self.check, answer="yes")
        checklist = self.checklist
        self.assertEqual((checklist.line_count, checklist.answered_count), (4, 1))
        self.assertEqual(checklist.open_required_count, 0)
        self.assertEqual(self.template.line_count, 4)

    # ------------------------------------------------------------------
    # Waiver
    # ------------------------------------------------------------------

    def test_waive(self):
        self.as_user(self.checklist, self.manager).action_waive(
            "Customer was in a hurry"
        )
        self.assertEqual(self.checklist.state, "waived")
        event = self.raw_events(self.checklist)[-1]
        self.assertEqual(
            (event.kind, event.old_value, event.create_uid, event.note),
            ("waived", "todo", self.manager, "Customer was in a hurry"),
        )
        self.assertRefused(UserError, self.check, answer="yes")
        with self.assertRaises(UserError):
            self.as_user(self.checklist, self.manager).action_waive("again")

    def test_waive_who_may(self):
        for user in (
            self.agent,
            self.agent2,
            self.leader,
            self.nobody,
            self.portal,
            self.foreigner,
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.as_user(self.checklist, user).action_waive("reason")
        for reason in (None, "", "  ", 5, "\x00", "x" * 10_001):
            with self.assertRaises(ValidationError):
                self.as_user(self.checklist, self.manager).action_waive(reason)
        self.assertEqual(self.checklist.state, "todo")

    def test_nobody_waives_his_own(self):
        mine = self.start_checklist(
            self.make_ticket(user=self.manager), self.template, user=self.manager
        )
        with self.assertRaises(AccessError):
            self.as_user(mine + self.checklist, self.manager).action_waive("ours")
        self.assertEqual(set((mine + self.checklist).mapped("state")), {"todo"})

    def test_a_passed_checklist_needs_no_waiver(self):
        self.answer(self.check, answer="yes")
        with self.assertRaises(UserError):
            self.as_user(self.checklist, self.manager).action_waive("reason")


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

    def test_every_path(self):
        ticket = self.as_user(self.ticket, self.agent)
        action = self.env["ir.actions.server"].create(
            {
                "name": "Close",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "state": "code",
                "code": f"records.write({self.done})",
            }
        )
        paths = {
            "write": lambda: ticket.write(self.done),
            "form": lambda: ticket.web_save(self.done, {"stage_id": {}}),
            "kanban": lambda: ticket.web_save(self.done, {}),
            "list": lambda: ticket.web_save_multi([self.done], {"stage_id": {}}),
            "import": lambda: self._import(ticket),
            "attribute": lambda: setattr(ticket, "stage_id", self.stage_closed),
            "sudo": lambda: ticket.sudo().write(self.done),
            "server action": lambda: (
                action.with_user(self.agent)
                .with_context(
                    active_model="helpdesk.ticket",
                    active_ids=ticket.ids,
                    active_id=ticket.id,
                )
                .sudo()
                .run()
            ),
        }
        for name, work in paths.items():
            with self.subTest(path=name):
                self.assertBlocked(work)

    def _import(self, ticket):
        result = ticket.load(
            [".id", "stage_id/.id"], [[str(ticket.id), str(self.stage_closed.id)]]
        )
        if not result["ids"]:
            raise UserError(result["messages"][0]["message"])

    def test_one_of_many(self):
        """A batch with one open document closes none."""
        other = self.make_ticket(name="Other")
        for line in other.service_checklist_ids.line_ids:
            self.answer(line, answer="yes")
        both = self.as_user(other + self.ticket, self.agent)
        text = self.assertBlocked(lambda: both.write(self.done))
        self.assertIn(self.ticket.display_name, text)
        self.assertFalse(other.closed)

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
class TestGatePortal(ServiceHttpCase):
    """The customer closes his ticket in the portal."""

    def test_customer_closes(self):
        template = self.make_template([{"name": "Cause found?", "is_required": True}])
        self.make_plan(is_gate=True, template_ids=[Command.set(template.ids)])
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
