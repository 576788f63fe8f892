from datetime import timedelta

from odoo import models

#: (employee, state, answers to the four scored lines, self-assessment, is it late?)
#: One of each state, so that every list and button has something to show.
REVIEWS = [
    ("agent1", "published", ("yes", 8, 0, "yes"), ("yes", 9, 0, "yes")),
    ("agent2", "published", ("yes", 9, 0, "yes"), None),
    ("agent1", "acknowledged", ("yes", 7, -1, "yes"), ("yes", 8, 0, "yes")),
    ("oliver", "lapsed", ("no", 4, -2, "no"), ("yes", 8, 0, "yes")),
    ("judit", "acknowledged", ("yes", 10, 0, "yes"), None),
    ("oliver", "disputed", ("no", 5, -1, "yes"), None),
    ("dmitri", "overturned", ("no", 7, 0, "yes"), ("yes", 7, 0, "yes")),
    ("agent2", "upheld", ("yes", 6, 2, "no"), None),
]
DISPUTE = "I called him before I started; the note is in the ticket."
DECISION = {
    "overturned": "The call of 9:10 is logged: he was told.",
    "upheld": "The customer wrote twice that it was too much at once.",
}
COMMENT = "Clear and friendly; say earlier when it takes longer."
#: Place -> answers to the lines of a visit.
VISITS = {
    "demo_partner_branch_north": ("yes", 7, "yes", 6),
    "demo_partner_branch_south": ("no", 8, "yes", 8),
    "demo_partner_competitor": ("yes", 9, "no", 7),
}


class ServiceDemo(models.AbstractModel):
    # One subject per file. pylint: disable=consider-merging-classes-inherited
    _inherit = "service.demo"

    def _create_reviews(self, run):
        """Create reviews in all states, self-assessments, visits and a draw."""
        template = self._ref("demo_template_review")
        taken = set()
        for number, (key, state, answers, own) in enumerate(REVIEWS):
            document = self._pick_reviewed(run, key, taken)
            if not document:
                continue
            moment = run.clock.now - timedelta(days=2 + 2 * number, hours=number)
            if state == "published":
                moment = run.clock.now - timedelta(days=1)
            if own:
                user = run.users[key]
                row = self._start_demo(document, template, "self", user, moment)
                self._answer_demo(run, row, user, own, moment)
            reviewer = run.users["manager"]
            row = self._start_demo(document, template, "review", reviewer, moment)
            self._answer_demo(run, row, reviewer, answers, moment)
            self._finish_review(run, row, key, state, moment)
        self._create_visits(run)
        program = self._ref("demo_review_program")
        program.reviewer_ids = run.users["manager"]
        program._service_draw(seed="demonstration")

    def _pick_reviewed(self, run, key, taken):
        """Return the latest finished ticket of an employee that was not taken."""
        for document in reversed(run.story.documents):
            is_done = document.closed and document.model == "helpdesk.ticket"
            if is_done and document.employee == key and id(document) not in taken:
                taken.add(id(document))
                return run.record(document)
        return None

    def _start_demo(self, document, template, purpose, user, moment):
        """Start one assessment, at a moment of the past."""
        row = self.env["service.checklist"]._service_start_assessment(
            document, template, purpose, user
        )
        row.write({"date_started": moment})
        self._backdate(row, create_date=[moment], create_uid=[user.id])
        return row

    def _answer_demo(self, run, row, user, answers, moment):
        """Answer the lines in order, half a minute each; the last is a comment."""
        lines = row.line_ids
        for number, (line, given) in enumerate(
            zip(lines, (*answers, COMMENT), strict=False)
        ):
            name = "value" if isinstance(given, int) else "answer"
            if line.kind == "text":
                name = "comment"
            at = moment + timedelta(seconds=35 * number)
            line.write({name: given, "date_answered": at, "answered_by_id": user.id})
            run.log(row, "answered", at, user, new_value=str(given), note=line.name)

    def _finish_review(self, run, row, key, state, moment):
        """Lead one review to its state, with the events that lead there."""
        manager, employee = run.users["manager"], run.users[key]
        published = moment + timedelta(minutes=5)
        limit = row._service_review_limit(published)
        vals = {
            "review_state": "published",
            "date_published": published,
            "date_review_limit": limit,
            "final_score": row.score,
        }
        run.log(row, "published", published, manager, new_value="published")
        answered = published + timedelta(hours=20)
        if state == "acknowledged":
            vals.update(review_state="acknowledged", date_acknowledged=answered)
            run.log(row, "acknowledged", answered, employee)
        elif state == "lapsed":
            passed = min(limit, run.clock.now - timedelta(hours=2))
            vals.update(
                review_state="acknowledged",
                is_lapsed=True,
                date_review_limit=passed,
                date_acknowledged=passed + timedelta(seconds=1),
            )
            run.log(row, "lapsed", passed, self.env.user)
        elif state != "published":
            vals.update(
                review_state="disputed",
                date_disputed=answered,
                dispute_comment=DISPUTE,
            )
            row.line_ids[0].write({"is_disputed": True, "dispute_comment": DISPUTE})
            run.log(row, "disputed", answered, employee, note=DISPUTE)
        row.write(vals)
        if state in DECISION:
            self._decide_demo(run, row, state, answered + timedelta(hours=22))

    def _decide_demo(self, run, row, state, moment):
        """Decide one dispute, as the administrator."""
        judge = self.env.ref("base.user_admin")
        ruling = {"id": row.line_ids[0].id, "ruling": state, "answer": "yes"}
        row.line_ids._service_rule([ruling])
        row.write(
            {
                "review_state": "decided",
                "date_decided": moment,
                "decided_by_id": judge.id,
                "decision_reason": DECISION[state],
                "is_overturned": state == "overturned",
                "final_score": row.line_ids._service_final_score(),
            }
        )
        run.log(row, "decided", moment, judge, new_value=state, note=DECISION[state])

    def _create_visits(self, run):
        """Create one published mystery visit of each place."""
        template = self._ref("demo_template_mystery")
        manager = run.users["manager"]
        for number, (name, answers) in enumerate(VISITS.items()):
            moment = run.clock.now - timedelta(days=6 + 3 * number)
            row = self._start_demo(
                self._ref(name), template, "mystery", manager, moment
            )
            self._answer_demo(run, row, manager, answers, moment)
            published = moment + timedelta(minutes=8)
            row.write(
                {
                    "review_state": "published",
                    "date_published": published,
                    "final_score": row.score,
                }
            )
            run.log(row, "published", published, manager, new_value="published")
