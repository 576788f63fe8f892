from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged

from ..models.service_checklist_figures import judge_promises
from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestJudging(BaseCase):
    def test_promises(self):
        for kept, broken, is_done, answer in (
            (0, 0, False, None),
            (3, 0, False, None),
            (3, 1, False, "no"),
            (0, 0, True, "na"),
            (3, 0, True, "yes"),
            (3, 1, True, "no"),
        ):
            with self.subTest(kept=kept, broken=broken, is_done=is_done):
                self.assertEqual(judge_promises(kept, broken, is_done), answer)


@tagged("post_install", "-at_install")
class TestFigures(ServiceCase):
    """The ledger answers, people cannot; open while the document is."""

    def start(self, *figures, **vals):
        lines = [
            {"name": figure or "all", "figure": figure, "is_automatic": True}
            for figure in figures
        ]
        self.ticket = self.make_ticket(**vals)
        return self.start_checklist(self.ticket, self.make_template(lines))

    def shown(self, document=None):
        """Return {figure: (answer, evidence)} as the agent sees it now."""
        document = self.as_user(document or self.ticket, self.agent)
        lines = document.get_service_panel_data()["checklists"][0]["lines"]
        return {line["figure"]: (line["answer"], line["evidence"]) for line in lines}

    def close_and_get(self, checklist):
        self.close(self.ticket)
        self.env.invalidate_all()
        return {line.figure: line.answer for line in checklist.line_ids}

    def test_promises_kept(self):
        checklist = self.start("deadlines", "informed", False)
        promise = self.make_promise(self.ticket)
        self.assertEqual(self.shown()["deadlines"], ("", []))
        self.wait(minutes=30)
        answers = self.close_and_get(checklist)
        self.assertEqual(answers, {"deadlines": "yes", "informed": "na", False: "yes"})
        line = checklist.line_ids[0]
        self.assertFalse(line.answered_by_id)
        self.assertEqual(line.date_answered, self.now)
        evidence = line.evidence[0]
        self.assertEqual(
            (evidence["res_model"], evidence["res_id"], evidence["outcome"]),
            ("service.promise", promise.id, "kept"),
        )
        self.assertEqual(self.shown()["deadlines"][1], line.evidence)
        self.assertEqual((checklist.state, checklist.score), ("passed", 1.0))

    def test_overdue_is_seen_at_once(self):
        """In the panel, while the document is open; nothing is stored yet."""
        checklist = self.start("deadlines")
        promise = self.make_promise(self.ticket)
        self.wait(hours=2)
        self.assertEqual(self.shown()["deadlines"][0], "")
        self.wait(seconds=1)
        answer, evidence = self.shown()["deadlines"]
        self.assertEqual((answer, evidence[0]["outcome"]), ("no", "overdue"))
        self.assertEqual(evidence[0]["res_id"], promise.id)
        self.assertFalse(checklist.line_ids.answer)
        self.assertEqual(self.close_and_get(checklist), {"deadlines": "no"})

    def test_what_does_not_count_is_no_failure(self):
        """The customer never heard of it."""
        checklist = self.start("deadlines")
        self.make_promise(self.ticket, tell=False)
        self.wait(hours=3)
        self.assertEqual(self.close_and_get(checklist), {"deadlines": "na"})

    def test_available(self):
        self.make_plan(rules=[{"name": "Answer", "kind": "response", "hours": 1}])
        checklist = self.start("available")
        self.agent_message(self.ticket)
        self.wait(minutes=1)
        self.assertEqual(self.close_and_get(checklist), {"available": "yes"})

    def test_informed(self):
        rule = {"name": "News", "kind": "progress", "hours": 2}
        self.make_plan(rules=[rule])
        checklist = self.start("informed")
        self.wait(hours=1, minutes=30)
        self.agent_message(self.ticket)
        self.wait(minutes=1)
        self.assertEqual(self.close_and_get(checklist), {"informed": "yes"})

    def test_announced(self):
        checklist = self.start("announced")
        self.assertEqual(self.shown()["announced"], ("", []))
        self.agent_message(self.ticket)
        self.assertEqual(self.shown()["announced"][0], "")
        self.wait(minutes=15)
        answer, evidence = self.shown()["announced"]
        self.assertEqual((answer, evidence[0]["res_id"]), ("yes", self.ticket.id))
        self.assertEqual(self.close_and_get(checklist), {"announced": "yes"})

    def test_announced_with_the_closing(self):
        """What comes with the result announced nothing."""
        checklist = self.start("announced")
        self.wait(hours=1)
        self.agent_message(self.ticket)
        self.wait(minutes=14)
        self.assertEqual(self.close_and_get(checklist), {"announced": "no"})

    def test_what_announces_nothing(self):
        checklist = self.start("announced")
        self.customer_message(self.ticket)
        self.agent_message(self.ticket, body="...")
        self.agent_message(
            self.ticket, partner_ids=[], subtype_xmlid="mail.mt_note", body="A note"
        )
        self.wait(hours=1)
        self.assertEqual(self.close_and_get(checklist), {"announced": "no"})

    def test_documented(self):
        for work in (
            lambda: self.agent_message(
                self.ticket,
                partner_ids=[],
                subtype_xmlid="mail.mt_note",
                body="The fuse was blown",
            ),
            lambda: self.model("ir.attachment", self.agent).create(
                {
                    "name": "photo.txt",
                    "raw": b"x",
                    "res_model": self.ticket._name,
                    "res_id": self.ticket.id,
                }
            ),
        ):
            checklist = self.start("documented")
            work()
            self.assertEqual(self.shown()["documented"][0], "yes")
            self.assertEqual(self.close_and_get(checklist), {"documented": "yes"})
        checklist = self.start("documented")
        self.agent_message(self.ticket, body="To the customer only")
        self.assertEqual(self.close_and_get(checklist), {"documented": "no"})

    def test_frozen_and_thawed(self):
        checklist = self.start("deadlines")
        promise = self.make_promise(self.ticket)
        self.close_and_get(checklist)
        promise = self.as_user(promise, self.manager)
        promise.action_correct("late", "The customer says it was later")
        self.env.invalidate_all()
        self.assertEqual(checklist.line_ids.answer, "yes")
        self.reopen(self.ticket)
        self.assertFalse(checklist.line_ids.answer or checklist.line_ids.evidence)
        self.assertEqual(checklist.state, "todo")
        self.wait(hours=5)
        self.assertEqual(self.close_and_get(checklist), {"deadlines": "no"})
        new = [event.new_value or "" for event in self.raw_events(checklist)]
        self.assertEqual(new, ["yes", "", "no"])

    def test_started_on_a_closed_document(self):
        """A reviewer's list is answered at once: nothing more will come."""
        self.start("deadlines")
        self.make_promise(self.ticket)
        self.close(self.ticket)
        template = self.make_template(
            [{"name": "Kept?", "is_automatic": True}], purpose="review"
        )
        checklist = self.start_checklist(self.ticket, template, user=self.manager)
        self.assertEqual(checklist.line_ids.answer, "yes")

    def test_no_person_answers(self):
        checklist = self.start("deadlines")
        line = checklist.line_ids
        for user in (self.agent, self.manager, self.admin):
            with self.assertRaises(UserError):
                self.as_user(line, user).action_answer(answer="yes")
            with self.assertRaises(AccessError):
                self.as_user(line, user).write({"evidence": []})
        self.assertFalse(line.answer)

    def test_it_does_not_keep_the_door_shut(self):
        template = self.make_template(
            [{"name": "A", "is_automatic": True, "is_required": True}]
        )
        self.make_plan(is_gate=True, template_ids=[Command.set(template.ids)])
        ticket = self.make_ticket()
        self.close(ticket)
        self.assertTrue(ticket.closed)

    def test_queries(self):
        """Twenty documents and sixty lines cost what one of each costs."""
        figures = ("deadlines", "informed", "announced", "documented", False)
        lines = [
            {"name": "x", "figure": name, "is_automatic": True} for name in figures
        ]
        template = self.make_template(lines)
        self.make_plan(template_ids=[Command.set(template.ids)])
        counted = []
        for number in (1, 20):
            tickets = self.env["helpdesk.ticket"].union(
                *(self.make_ticket() for _index in range(number))
            )
            for ticket in tickets:
                self.make_promise(ticket, tell=False)
            self.sync()
            self.env.invalidate_all()
            checklists = tickets.service_checklist_ids.sudo()
            checklists.line_ids.mapped("is_automatic")
            before = self.env.cr.sql_log_count
            self.assertEqual(len(checklists._service_ledger_answers()), 5 * number)
            counted.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counted[1], counted[0])
        self.assertLessEqual(counted[0], 8)
