from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCase

LINES = [
    {"name": "Cause found?", "is_required": True},
    {"name": "How clear were we?", "kind": "score", "weight": 2},
    {"name": "How much detail?", "kind": "balance"},
    {"name": "What did we learn?", "kind": "text"},
]


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
