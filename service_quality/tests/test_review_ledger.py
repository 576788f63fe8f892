from odoo.tests import tagged

from .test_review import ReviewCase


@tagged("post_install", "-at_install")
class TestReviewLedger(ReviewCase):
    """Automatic lines of assessments: the ledger answers them, and stops in time."""

    def setUp(self):
        super().setUp()
        lines = [{"name": "Clear?"}, {"name": "Kept?", "is_automatic": True}]
        self.template = self.make_template(lines, name="Review", purpose="review")
        self.make_promise(self.ticket)

    def answers(self, *checklists):
        """Return what the ledger says on each."""
        self.env.invalidate_all()
        return [checklist.line_ids[1].answer for checklist in checklists]

    def test_closing_answers_only_what_is_open(self):
        other = self.make_template([{"name": "Kept?", "is_automatic": True}])
        work = self.start_checklist(self.ticket, other)
        published = self.publish(answers=("yes",))
        dropped = self.start_review(user=self.admin)
        self.as_user(dropped, self.manager).action_drop("Twice")
        written = self.start_review(user=self.admin)
        facts = self.facts_of(published), self.facts_of(published.line_ids)
        events = self.events_of(published), self.events_of(dropped)
        self.close(self.ticket)
        self.assertEqual(
            self.answers(published, dropped, written), [False, False, "yes"]
        )
        self.assertEqual(work.line_ids.answer, "yes")
        self.assertEqual(
            (self.facts_of(published), self.facts_of(published.line_ids)), facts
        )
        self.assertEqual((self.events_of(published), self.events_of(dropped)), events)

    def test_reopening_takes_back_only_what_is_open(self):
        self.close(self.ticket)
        published = self.publish(answers=("yes",))
        written = self.start_review(user=self.admin)
        self.assertEqual(self.answers(published, written), ["yes", "yes"])
        events = self.events_of(published)
        score = published.score
        self.reopen(self.ticket)
        self.assertEqual(self.answers(published, written), ["yes", False])
        self.assertEqual((published.score, self.events_of(published)), (score, events))

    def test_a_self_assessment_stays_once_its_review_is_read(self):
        """Only that of the same work by the same questions."""
        peer = self.make_template(
            [{"name": "A"}, {"name": "Kept?", "is_automatic": True}], purpose="review"
        )
        own, free = self.start_self(), self.start_self(template=peer)
        self.publish(answers=("yes",))
        self.close(self.ticket)
        self.assertEqual(self.answers(own, free), [False, "yes"])
        self.reopen(self.ticket)
        self.assertEqual(self.answers(own, free), [False, False])
