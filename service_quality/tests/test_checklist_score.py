from odoo.tests import BaseCase, tagged

from ..models import checklist_score as score
from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestFormula(BaseCase):
    """The formula alone, at its boundaries."""

    def test_points_of_each_kind(self):
        for kind, answer, value, points in (
            ("check", "yes", 0, 1.0),
            ("check", "no", 0, 0.0),
            ("score", None, 1, 0.0),
            ("score", None, 10, 1.0),
            ("score", None, 4, 1 / 3),
            ("balance", None, 0, 1.0),
            ("balance", None, -1, 0.5),
            ("balance", None, 1, 0.5),
            ("balance", None, -2, 0.0),
            ("balance", None, 2, 0.0),
        ):
            with self.subTest(kind=kind, answer=answer, value=value):
                self.assertAlmostEqual(score.get_points(kind, answer, value), points)

    def test_what_has_no_points(self):
        self.assertFalse(score.has_points("check", "na", True))
        self.assertFalse(score.has_points("score", "na", True))
        self.assertFalse(score.has_points("text", None, True))
        self.assertFalse(score.has_points("check", "yes", False))
        self.assertTrue(score.has_points("balance", None, True))

    def test_weights(self):
        self.assertEqual(score.get_score([]), 0.0)
        self.assertEqual(score.get_score([(1.0, 0)]), 0.0)
        self.assertEqual(score.get_score([(1.0, 3), (0.0, 1)]), 0.75)
        self.assertEqual(score.get_score([(1 / 3, 2), (0.0, 1)]), 0.2222)

    def state(self, value=1.0, least=0.0, critical=(), **facts):
        facts = {"is_complete": True, "is_scored": True, "is_waived": False, **facts}
        return score.get_state(value, least, critical, **facts)

    def test_state(self):
        self.assertEqual(self.state(), "passed")
        self.assertEqual(self.state(is_complete=False), "todo")
        self.assertEqual(self.state(0.0), "passed")
        self.assertEqual(self.state(critical=[1.0, 0.0], is_complete=False), "failed")
        self.assertEqual(self.state(critical=[0.5]), "passed")
        self.assertEqual(self.state(critical=[0.49]), "failed")
        self.assertEqual(self.state(critical=[0.0], is_waived=True), "waived")

    def test_pass_score(self):
        self.assertEqual(self.state(0.7, 0.7), "passed")
        self.assertEqual(self.state(0.6999, 0.7), "failed")
        self.assertEqual(self.state(0.1, 0.7, is_complete=False), "todo")
        # Ten lines, seven yes: what binary fractions make of it must not matter
        seven = score.get_score([(1.0, 0.1)] * 7 + [(0.0, 0.1)] * 3)
        self.assertEqual(self.state(seven, 0.7), "passed")
        # Nothing was applicable: nothing fell short
        self.assertEqual(self.state(0.0, 0.7, is_scored=False), "passed")


@tagged("post_install", "-at_install")
class TestResult(ServiceCase):
    """The formula on a running checklist."""

    def start(self, lines, **vals):
        self.ticket = self.make_ticket()
        template = self.make_template(lines, **vals)
        return self.start_checklist(self.ticket, template)

    def answer(self, line, **vals):
        self.as_user(line, self.agent).action_answer(**vals)
        self.sync()

    def test_pass_score_is_a_snapshot(self):
        checklist = self.start([{"name": "A"}, {"name": "B"}], pass_score=0.6)
        checklist.template_id.pass_score = 0.2
        self.answer(checklist.line_ids[0], answer="yes")
        self.assertEqual(checklist.state, "todo")
        self.answer(checklist.line_ids[1], answer="no")
        self.assertEqual((checklist.score, checklist.state), (0.5, "failed"))
        self.answer(checklist.line_ids[1], answer="na")
        self.assertEqual((checklist.score, checklist.state), (1.0, "passed"))

    def test_nobody_waits_for_the_ledger(self):
        """Automatic lines are answered when the document is done, see there."""
        checklist = self.start(
            [
                {"name": "A", "is_required": True},
                {"name": "B", "is_required": True, "is_automatic": True},
            ]
        )
        self.answer(checklist.line_ids[0], answer="yes")
        self.assertEqual(checklist.state, "passed")
        self.assertFalse(checklist._service_open_lines())
