from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import TourCase

LINES = [
    {"name": "Cause found", "is_required": True},
    {"name": "Is it safe", "comment_rule": "low"},
    {"name": "Is the stair free"},
    {"name": "How clear were we", "kind": "score"},
    {"name": "How quick were we", "kind": "score", "comment_rule": "low"},
    {"name": "How much detail", "kind": "balance"},
    {"name": "What did we learn", "kind": "text"},
]
#: What the keys of the tour mean: answer, value, comment of each line.
ANSWERS = [
    ("yes", 0, ""),
    ("no", 0, "loose wire"),
    ("na", 0, ""),
    ("", 10, ""),
    ("", 4, "late"),
    ("", 0, ""),
    ("", 0, "ask earlier"),
]


@tagged("post_install", "-at_install")
class TestChecklistTour(TourCase):
    """An agent answers a whole checklist in the browser with keys only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plans = cls.env["service.plan"].with_context(active_test=False)
        plans.search([]).active = False
        cls.company = cls.env["res.company"].create({"name": "Key Company"})
        cls.agent = new_test_user(
            cls.env,
            login="key_agent",
            groups="helpdesk_mgmt.group_helpdesk_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            lang="en_US",
            email="key_agent@example.com",
        )
        template = cls.env["service.checklist.template"].create(
            {
                "name": "Keys",
                "company_id": cls.company.id,
                "line_ids": [
                    Command.create({"kind": "check", "sequence": number, **vals})
                    for number, vals in enumerate(LINES)
                ],
            }
        )
        cls.ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": "No light",
                "description": "It is dark.",
                "user_id": cls.agent.id,
                "company_id": cls.company.id,
            }
        )
        cls.ticket.with_user(cls.agent).action_service_start_checklist(template.id)
        cls.checklist = cls.ticket.service_checklist_ids

    def test_keys_only(self):
        self.start_tour(
            f"/odoo/helpdesk.ticket/{self.ticket.id}",
            "service_quality_checklist_keys",
            login="key_agent",
        )
        self.env.invalidate_all()
        lines = self.checklist.line_ids
        self.assertEqual(
            [(row.answer or "", row.value or 0, row.comment or "") for row in lines],
            ANSWERS,
        )
        self.assertTrue(all(lines.mapped("is_answered")))
        self.assertEqual(lines.answered_by_id, self.agent)
        self.assertEqual(self.checklist.state, "passed")
