from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import NOW, ServiceCase

LINES = [
    {"name": "Understood?", "is_required": True, "weight": 3},
    {"name": "How clear?", "kind": "score", "feedback_field": "service_quality"},
    {"name": "How much detail?", "kind": "balance"},
    {"name": "What to learn?", "kind": "text"},
]


class ReviewCase(ServiceCase):
    """A ticket of the agent, and a template for reviews."""

    def setUp(self):
        super().setUp()
        self.template = self.make_template(LINES, name="Review", purpose="review")
        self.ticket = self.make_ticket()

    def start_review(self, document=None, user=None, template=None):
        """Start a review, as the manager by default."""
        document = self.as_user(document or self.ticket, user or self.manager)
        action = document.action_service_start_review((template or self.template).id)
        self.sync()
        return self.env["service.checklist"].browse(action["res_id"])

    def start_self(self, document=None, user=None, template=None):
        document = self.as_user(document or self.ticket, user or self.agent)
        action = document.action_service_start_self((template or self.template).id)
        self.sync()
        return self.env["service.checklist"].browse(action["res_id"])

    def fill(self, checklist, user=None, answers=("yes", 7, 0, None)):
        """Answer check, score and balance lines."""
        for line, given in zip(checklist.line_ids, answers, strict=False):
            if given is not None:
                name = "answer" if isinstance(given, str) else "value"
                self.as_user(line, user or self.manager).action_answer(**{name: given})
        self.sync()

    def publish(self, review=None, user=None, answers=("yes", 7, 0, None)):
        """Write and publish a review."""
        user = user or self.manager
        review = review or self.start_review(user=user)
        self.fill(review, user, answers)
        self.as_user(review, user).action_publish()
        self.sync()
        return review

    def dispute(self, review, lines=None, comment="I explained it twice."):
        rows = lines and [
            {"id": line.id, "comment": "see the ticket"} for line in lines
        ]
        self.as_user(review, self.agent).action_dispute(comment, rows)
        self.sync()

    def assertRefused(self, errors, work, *rows):
        """Check that nothing happened: neither to the rows nor to their history."""
        facts = [self.facts_of(row) for row in rows]
        events = [self.events_of(row[:1]) for row in rows]
        with self.assertRaises(errors), self.env.cr.savepoint():
            work()
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual([self.facts_of(row) for row in rows], facts)
        self.assertEqual([self.events_of(row[:1]) for row in rows], events)


@tagged("post_install", "-at_install")
class TestReview(ReviewCase):
    # ------------------------------------------------------------------
    # Start
    # ------------------------------------------------------------------

    def test_who_reviews_whom(self):
        """Managers review; peers where the setting says so; nobody himself."""
        review = self.start_review()
        self.assertEqual(
            (review.purpose, review.reviewer_id, review.employee_id),
            ("review", self.manager, self.employee),
        )
        self.assertEqual(review.review_state, "open")
        self.assertEqual(len(review.line_ids), 4)
        self.assertEqual(self.start_review(), review)
        self.assertNotEqual(self.start_review(user=self.admin), review)
        order = self.make_order()
        self.assertEqual(self.start_review(order).res_model, "sale.order")
        own = self.make_ticket(user=self.manager)
        with self.assertRaises(UserError):
            self.start_review(own)
        nobodys = self.make_ticket(user=self.env["res.users"])
        with self.assertRaises(UserError):
            self.start_review(nobodys)

    def test_peers_by_setting_only(self):
        peer = self.make_user(
            "sq_peer", "helpdesk_mgmt.group_helpdesk_user", name="Peer"
        )
        for user in (peer, self.agent2, self.nobody, self.portal, self.foreigner):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.start_review(user=user)
        self.company.service_peer_review = True
        review = self.start_review(user=peer)
        self.assertEqual(review.reviewer_id, peer)
        # He sees only documents that he may see, and the setting opens no work of his
        with self.assertRaises(AccessError):
            self.start_review(user=self.agent2)
        with self.assertRaises(UserError):
            self.start_review(user=self.agent)

    def test_template_must_be_for_reviews(self):
        work = self.make_template()
        foreign = self.make_template(purpose="review", company_id=self.other_company.id)
        empty = self.make_template([], purpose="review")
        for template_id in (work.id, foreign.id, empty.id, 10**8, "1", True, None):
            with self.subTest(template=template_id), self.assertRaises(UserError):
                self.as_user(self.ticket, self.manager).action_service_start_review(
                    template_id
                )

    def test_the_hand_start_uses_the_right_door(self):
        """The panel's door cannot make a review of one's own work."""
        with self.assertRaises(UserError):
            self.start_checklist(self.ticket, self.template)
        visit = self.make_template(purpose="mystery")
        with self.assertRaises(UserError):
            self.start_checklist(self.ticket, visit)
        shown = self.as_user(self.ticket, self.agent).get_service_checklists()
        shown = shown["templates"]
        ids = {row["id"] for row in shown}
        self.assertFalse(ids & {self.template.id, visit.id})

    def test_a_review_holds_no_closing_back(self):
        self.make_plan(is_gate=True)
        self.start_review()
        self.close(self.ticket)
        self.assertEqual(self.ticket.stage_id, self.stage_closed)

    # ------------------------------------------------------------------
    # Answering and publishing
    # ------------------------------------------------------------------

    def test_only_the_reviewer_answers_also_closed_work(self):
        review = self.start_review()
        self.close(self.ticket)
        line = review.line_ids[0]
        for user in (self.agent, self.agent2, self.admin, self.leader, self.foreigner):
            with self.subTest(user=user.login):
                self.assertRefused(
                    UserError,
                    lambda u=user: self.as_user(line, u).action_answer("yes"),
                    line,
                )
        self.as_user(line, self.manager).action_answer("yes")
        self.assertEqual(line.answered_by_id, self.manager)

    def test_publishing_freezes(self):
        review = self.start_review()
        publish = self.as_user(review, self.manager).action_publish
        self.assertRefused(UserError, publish, review)  # a required line is open
        self.fill(review)
        self.assertRefused(
            AccessError, self.as_user(review, self.admin).action_publish, review
        )
        self.wait(minutes=3)
        self.as_user(review, self.manager).action_publish()
        self.sync()
        self.assertEqual(review.review_state, "published")
        self.assertEqual(review.date_published, self.now)
        event = self.raw_events(review)[-1]
        self.assertEqual(
            (event.kind, event.new_value, event.create_uid),
            ("published", "published", self.manager),
        )
        line = review.line_ids[0]
        self.assertRefused(
            UserError,
            lambda: self.as_user(line, self.manager).action_answer("no"),
            line,
        )
        self.assertRefused(UserError, publish, review)

    def test_the_form_gets_the_lines(self):
        """As the panel gets them; who may not read the review gets nothing."""
        review = self.start_review()

        def shown(user):
            return self.as_user(review, user).get_service_checklists()

        (row,) = shown(self.manager)["checklists"]
        self.assertEqual(row["id"], review.id)
        self.assertEqual([line["id"] for line in row["lines"]], review.line_ids.ids)
        self.assertTrue(row["can_answer"])
        self.assertFalse(shown(self.admin)["checklists"][0]["can_answer"])
        for user in (self.agent, self.agent2, self.foreigner, self.portal, self.nobody):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                shown(user)
        self.publish(review)
        for user in (self.manager, self.agent):
            self.assertFalse(shown(user)["checklists"][0]["can_answer"])
        visit_template = self.make_template(LINES, purpose="mystery")
        place = self.env["res.partner"].create(
            {"name": "Branch", "service_place": "branch"}
        )
        action = self.as_user(place, self.manager).action_service_start_mystery(
            visit_template.id
        )
        visit = self.model("service.checklist", self.manager).browse(action["res_id"])
        self.assertTrue(visit.get_service_checklists()["checklists"][0]["can_answer"])

    def test_score_has_one_code_path(self):
        """3 x yes, 1 x (7-1)/9, 1 x balance 0: the formula of every checklist."""
        review = self.publish()
        expected = (3 * 1 + (7 - 1) / 9 + 1) / 5
        self.assertAlmostEqual(review.score, expected, places=4)
        self.assertAlmostEqual(review.final_score, expected, places=4)

    def test_employee_sees_it_only_when_published(self):
        review = self.start_review()
        self.fill(review)
        lines = review.line_ids
        for published in (False, True):
            if published:
                self.as_user(review, self.manager).action_publish()
            for user, sees in (
                (self.agent, published),
                (self.leader, published),
                (self.agent2, False),
                (self.foreigner, False),
                (self.manager, True),
                (self.admin, True),
            ):
                with self.subTest(user=user.login, published=published):
                    self.assertSeen(review, user, sees)
                    self.assertSeen(lines, user, sees)
        for user in (self.portal, self.nobody):
            with self.assertRaises(AccessError):
                self.as_user(review, user).read(["score"])

    def assertSeen(self, rows, user, sees):
        """Check search, reading by id and the history."""
        found = self.model(rows._name, user).search([("id", "in", rows.ids)])
        self.assertEqual(found.ids, rows.ids if sees else [])
        events = self.raw_events(rows[0])
        seen = self.model("service.event", user).search([("id", "in", events.ids)])
        self.assertEqual(bool(seen), sees and bool(events))
        for event in self.as_user(events, user):
            self.assertEqual(event.has_access("read"), sees)
        if sees:
            self.as_user(rows, user).read(["display_name"])
            return
        with self.assertRaises(AccessError):
            self.as_user(rows, user).read(["display_name"])
        if events:
            with self.assertRaises(AccessError):
                self.as_user(events, user).read(["new_value"])

    def test_what_the_user_is_to_it(self):
        """Decides which buttons of the form he is shown."""
        review, own, work = self.publish(), self.start_self(), None
        work = self.start_checklist(self.ticket)
        for row, roles in (
            (review, {"agent": "employee", "manager": "reviewer", "admin": "judge"}),
            (own, {"agent": "employee", "manager": "judge"}),
            (work, {"agent": False, "manager": False}),
        ):
            for name, role in roles.items():
                user = getattr(self, name)
                with self.subTest(purpose=row.purpose, user=name):
                    self.assertEqual(self.as_user(row, user).my_role, role)

    def test_a_reviewer_who_became_the_reviewed(self):
        """The employee's file went to another user: he answers no line about it."""
        review = self.start_review()
        self.manager.employee_ids.user_id = False
        self.employee.user_id = self.manager
        line = self.as_user(review.line_ids[0], self.manager)
        self.assertRefused(UserError, lambda: line.action_answer("yes"), line)

    def test_the_employee_takes_note_in_the_window(self):
        review = self.publish()
        wizard = self.model("service.review.wizard", self.agent).create(
            {"checklist_id": review.id, "mode": "acknowledge", "text": "Understood"}
        )
        self.assertFalse(wizard.line_ids)
        wizard.action_apply()
        self.assertEqual(self.events_of(review)[-1], "acknowledged")
        self.assertEqual(self.raw_events(review)[-1].note, "Understood")

    def test_a_manager_waits_for_his_own_review(self):
        ticket = self.make_ticket(user=self.manager)
        review = self.start_review(ticket, user=self.admin)
        self.fill(review, self.admin)
        self.assertSeen(review, self.manager, False)
        self.as_user(review, self.admin).action_publish()
        self.assertSeen(review, self.manager, True)

    def test_time_to_dispute_without_working_hours(self):
        """Nobody's calendar to count by: so many days by the clock."""
        self.company.write({"service_dispute_days": 5, "resource_calendar_id": False})
        self.employee.resource_calendar_id = False
        review = self.publish()
        self.assertEqual(review.date_review_limit, self.after(days=5))

    def test_somebody_who_cannot_be_written_to(self):
        """No address, no mail; the step is taken all the same."""
        self.agent.email = False
        before = self.env["mail.mail"].search([])
        review = self.publish()
        self.assertEqual(review.review_state, "published")
        self.assertFalse(self.env["mail.mail"].search([]) - before)

    def test_a_self_assessment_in_its_own_form(self):
        own = self.start_self()
        for user, can_answer in ((self.agent, True), (self.manager, False)):
            data = self.as_user(own, user).get_service_checklists()
            self.assertEqual(data["checklists"][0]["can_answer"], can_answer)

    def test_the_reviewer_is_not_biased(self):
        """Earlier scores of document and employee are hidden while one writes."""
        other_ticket = self.make_ticket()
        first = self.publish(self.start_review(user=self.admin), user=self.admin)
        other = self.publish(
            self.start_review(other_ticket, user=self.admin), user=self.admin
        )
        unrelated = self.publish(
            self.start_review(self.make_ticket(user=self.agent2), user=self.admin),
            user=self.admin,
        )
        own = self.start_self()
        for row in (first, other, unrelated, own):
            self.assertSeen(row, self.manager, True)
        mine = self.start_review()
        for row in (first, other, own):
            self.assertSeen(row, self.manager, False)
        self.assertSeen(unrelated, self.manager, True)
        report = self.model("service.review.report", self.manager)
        self.assertFalse(report.search([("checklist_id", "in", (first + other).ids)]))
        self.publish(mine)
        for row in (first, other, own):
            self.assertSeen(row, self.manager, True)

    def test_figures_of_work_leave_reviews_out(self):
        self.publish()
        rows = self.env["service.quality.report"].search(
            [("kind", "=", "checklist"), ("res_id", "=", self.ticket.id)]
        )
        self.assertFalse(rows)

    # ------------------------------------------------------------------
    # The employee
    # ------------------------------------------------------------------

    def test_acknowledge(self):
        review = self.publish()
        for user in (self.manager, self.admin, self.leader, self.agent2):
            self.assertRefused(
                AccessError, self.as_user(review, user).action_acknowledge, review
            )
        self.wait(hours=1)
        self.as_user(review, self.agent).action_acknowledge("Thank you")
        self.sync()
        self.assertEqual(review.review_state, "acknowledged")
        self.assertEqual(review.date_acknowledged, self.now)
        self.assertFalse(review.is_lapsed)
        self.assertEqual(review.acknowledge_comment, "Thank you")
        self.assertEqual(self.events_of(review)[-1], "acknowledged")
        for again in (
            self.as_user(review, self.agent).action_acknowledge,
            lambda: self.as_user(review, self.agent).action_dispute("no"),
        ):
            self.assertRefused(UserError, again, review)

    def test_the_window_is_in_working_days(self):
        """Five days of eight hours from Monday 10:00 end next Monday 10:00."""
        review = self.publish()
        self.assertEqual(review.date_review_limit, self.now + timedelta(days=7))
        self.company.service_dispute_days = 1
        other = self.publish(self.start_review(self.make_ticket()))
        self.assertEqual(other.date_review_limit, self.now + timedelta(days=1))

    def test_both_sides_of_the_window(self):
        cron = self.env["service.checklist"]
        in_time, late, lapsed = (
            self.publish(self.start_review(self.make_ticket())) for _number in range(3)
        )
        limit = lapsed.date_review_limit
        with self.at(limit):
            cron._service_lapse()
            self.assertEqual(in_time.review_state, "published")
            self.dispute(in_time)
        self.assertEqual(in_time.review_state, "disputed")
        with self.at(limit + timedelta(seconds=1)):
            # Before the cron has run, too
            self.assertRefused(
                UserError,
                lambda: self.as_user(late, self.agent).action_dispute("Too late"),
                late,
            )
            self.assertRefused(
                UserError, self.as_user(late, self.agent).action_acknowledge, late
            )
            cron._service_lapse()
            self.sync()
        self.assertEqual((late | lapsed).mapped("review_state"), ["acknowledged"] * 2)
        self.assertTrue(lapsed.is_lapsed)
        self.assertEqual(self.events_of(lapsed)[-1], "lapsed")
        self.assertEqual(in_time.review_state, "disputed")
        events = self.events_of(lapsed)
        with self.at(limit + timedelta(days=2)):
            cron._service_lapse()
        self.assertEqual(self.events_of(lapsed), events)

    def test_dispute_bad_input(self):
        review = self.publish()
        foreign = self.publish(self.start_review(self.make_ticket()))
        text = review.line_ids[3]  # nobody answered it
        for comment, lines in (
            ("", None),
            ("x" * 10_001, None),
            (7, None),
            ("why", "all"),
            ("why", [1]),
            ("why", [{"id": foreign.line_ids[0].id}]),
            ("why", [{"id": text.id}]),
            ("why", [{"id": True}]),
            ("why", [{"id": review.line_ids[0].id}] * 2),
        ):
            with self.subTest(comment=comment, lines=lines):
                self.assertRefused(
                    UserError,
                    lambda c=comment, rows=lines: self.as_user(
                        review, self.agent
                    ).action_dispute(c, rows),
                    review,
                    review.line_ids,
                )

    # ------------------------------------------------------------------
    # The second reader
    # ------------------------------------------------------------------

    def test_overturned(self):
        review = self.publish(answers=("no", 4, 0, None))
        first, second = review.line_ids[:2]
        self.dispute(review, first + second)
        self.assertEqual(first.dispute_comment, "see the ticket")
        rulings = [
            {"id": first.id, "ruling": "overturned", "answer": "yes", "reason": "Read"},
            {"id": second.id, "ruling": "upheld"},
        ]
        for user in (self.manager, self.agent, self.agent2, self.leader):
            self.assertRefused(
                UserError,
                lambda u=user: self.as_user(review, u).action_decide("ok", rulings),
                review,
                review.line_ids,
            )
        self.wait(days=1)
        self.as_user(review, self.admin).action_decide("Read it again", rulings)
        self.sync()
        self.assertEqual(review.review_state, "decided")
        self.assertEqual(
            (review.decided_by_id, review.date_decided), (self.admin, self.now)
        )
        self.assertTrue(review.is_overturned)
        # The original stays beside the corrected one
        self.assertEqual((first.answer, first.corrected_answer), ("no", "yes"))
        self.assertEqual((second.answer_text, second.ruling), ("4", "upheld"))
        self.assertEqual(review.line_ids[2].answer_text, "0")  # an answer, too
        self.assertAlmostEqual(review.score, (0 + 3 / 9 + 1) / 5, places=4)
        self.assertAlmostEqual(review.final_score, (3 + 3 / 9 + 1) / 5, places=4)
        self.assertEqual(self.raw_events(review)[-1].new_value, "overturned")

    def test_decide_bad_input(self):
        review = self.publish(answers=("no", 4, 0, None))
        check, score, balance, text = review.line_ids
        decide = self.as_user(review, self.admin).action_decide
        self.assertRefused(UserError, lambda: decide("x", []), review)
        self.dispute(review, check + score)
        for reason, rulings in (
            ("", [{"id": check.id, "ruling": "upheld"}]),
            ("ok", []),
            ("ok", [{"id": check.id, "ruling": "upheld"}]),  # one is left out
            ("ok", self._rule(check, score, ruling="maybe")),
            ("ok", self._rule(check, score, ruling="overturned")),  # no answer
            ("ok", self._rule(check, score, ruling="overturned", answer="no")),
            ("ok", self._rule(check, score, ruling="overturned", value=11)),
            ("ok", self._rule(check, score, text)),
            ("ok", "all"),
        ):
            with self.subTest(reason=reason, rulings=rulings):
                self.assertRefused(
                    UserError,
                    lambda r=reason, rows=rulings: self.as_user(
                        review, self.admin
                    ).action_decide(r, rows),
                    review,
                    review.line_ids,
                )

    def test_the_reason_of_a_ruling_is_its_why(self):
        """A corrected answer keeps the rules of the line: a low one says why."""
        template = self.make_template(
            [{"name": "Clear?", "kind": "score", "comment_rule": "low"}],
            purpose="review",
        )
        review = self.publish(self.start_review(template=template), answers=(9,))
        self.dispute(review, review.line_ids)
        (ruling,) = self._rule(review.line_ids, ruling="overturned", value=2)
        judge = self.as_user(review, self.admin)
        self.assertRefused(
            ValidationError, lambda: judge.action_decide("No", [ruling]), review
        )
        judge.action_decide("No", [{**ruling, "reason": "He was not told"}])
        self.assertEqual(review.line_ids.corrected_value, 2)
        self.assertEqual(review.line_ids.ruling_reason, "He was not told")

    def test_a_text_has_no_right_answer(self):
        review = self.publish(answers=("yes", 4, 0, None))
        line = review.line_ids[3]
        line._service_unseal().write({"comment": "Speak slower", "date_answered": NOW})
        self.dispute(review, line)
        judge = self.as_user(review, self.admin)
        (ruling,) = self._rule(line, ruling="overturned", answer="yes")
        self.assertRefused(
            ValidationError, lambda: judge.action_decide("No", [ruling]), review
        )
        judge.action_decide("He did", self._rule(line))
        self.assertEqual(line.ruling, "upheld")

    def _rule(self, *lines, **vals):
        return [{"id": line.id, "ruling": "upheld", **vals} for line in lines]

    def test_a_dispute_of_the_whole(self):
        review = self.publish(answers=("yes", 4, 0, None))
        self.dispute(review)
        balance = review.line_ids[2]
        self.as_user(review, self.admin).action_decide(
            "Fair", [{"id": balance.id, "ruling": "overturned", "answer": "na"}]
        )
        # Not applicable: the line leaves the score
        self.assertAlmostEqual(review.final_score, (3 + 3 / 9) / 4, places=4)

    def test_the_windows_do_what_the_actions_do(self):
        review = self.publish(answers=("no", 4, 0, None))
        wizard = self.model("service.review.wizard", self.agent).create(
            {"checklist_id": review.id, "mode": "dispute", "text": "I did"}
        )
        self.assertEqual(len(wizard.line_ids), 3)
        wizard.line_ids[0].write({"is_picked": True, "comment": "see there"})
        wizard.action_apply()
        self.assertEqual(review.line_ids.mapped("is_disputed"), [True] + [False] * 3)
        wizard = self.model("service.review.wizard", self.admin).create(
            {"checklist_id": review.id, "mode": "decide", "text": "True"}
        )
        self.assertEqual(len(wizard.line_ids), 1)
        wizard.line_ids.write({"ruling": "overturned", "answer": "yes"})
        wizard.action_apply()
        self.assertEqual(review.review_state, "decided")
        self.assertEqual(review.line_ids[0].corrected_answer, "yes")

    def test_share_overturned_per_reviewer(self):
        """Counted again by hand: 2 of 3 decided; undecided ones count nowhere."""
        outcomes = ["overturned", "upheld", "overturned", None]
        for outcome in outcomes:
            review = self.publish(
                self.start_review(self.make_ticket()), answers=("no", 4, 0, None)
            )
            if not outcome:
                continue
            self.dispute(review, review.line_ids[0])
            ruling = {"id": review.line_ids[0].id, "ruling": outcome, "answer": "yes"}
            self.as_user(review, self.admin).action_decide("Read", [ruling])
        open_one = self.start_review(self.make_ticket())
        self.sync()
        rows = self.model("service.review.report", self.admin)._read_group(
            [("company_id", "=", self.company.id)],
            ["reviewer_id"],
            ["__count", "disputed:sum", "overturned:sum", "overturned_share:avg"],
        )
        self.assertEqual(len(rows), 1)
        reviewer, count, disputed, overturned, share = rows[0]
        self.assertEqual(
            (reviewer, count, disputed, overturned), (self.manager, 4, 3, 2)
        )
        self.assertAlmostEqual(share, 2 / 3)
        self.assertEqual(open_one.review_state, "open")

    # ------------------------------------------------------------------
    # Giving up, telling, sealing
    # ------------------------------------------------------------------

    def test_drop(self):
        review = self.start_review()
        drop = "It was the wrong ticket"
        self.assertRefused(
            AccessError,
            lambda: self.as_user(review, self.agent).action_drop(drop),
            review,
        )
        self.as_user(review, self.admin).action_drop(drop)
        self.assertEqual(review.review_state, "dropped")
        self.assertSeen(review, self.agent, False)
        self.assertNotEqual(self.start_review(), review)

    def test_drop_when_the_document_is_gone(self):
        """A reviewer is not kept blind by a ticket that was deleted."""
        self.company.service_peer_review = True
        peer = self.make_user("sq_peer2", "helpdesk_mgmt.group_helpdesk_user")
        review = self.start_review(user=peer)
        self.assertRefused(
            AccessError, lambda: self.as_user(review, peer).action_drop("x"), review
        )
        self.ticket.unlink()
        self.as_user(review, peer).action_drop("The ticket is gone")
        self.assertEqual(review.review_state, "dropped")

    def _mails(self):
        return self.env["mail.mail"].search([("body_html", "ilike", "service-reviews")])

    def test_told_once_per_step(self):
        before = self._mails()
        review = self.publish(answers=("no", 4, 0, None))
        mail = self._mails() - before
        self.assertEqual(mail.mapped("email_to"), [self.agent.email])
        self.assertEqual(mail.state, "outgoing")
        self.dispute(review, review.line_ids[0])
        self.as_user(review, self.admin).action_decide(
            "Read", [{"id": review.line_ids[0].id, "ruling": "upheld"}]
        )
        told = (self._mails() - before).sorted("id").mapped("email_to")
        self.assertEqual(
            told,
            [self.agent.email, self.manager.email]
            + (self.agent + self.manager).mapped("email"),
        )

    def test_facts_are_sealed(self):
        review = self.publish()
        root = self.env.ref("base.user_admin")
        root.company_ids += self.company
        for user in (self.agent, self.manager, self.admin, root):
            record = self.as_user(review, user)
            for work in (
                lambda r=record: r.write({"review_state": "acknowledged"}),
                lambda r=record: r.write({"reviewer_id": r.env.uid}),
                lambda r=record: r.line_ids.write({"ruling": "overturned"}),
                lambda r=record: r.copy(),
                lambda r=record: r.unlink(),
                lambda r=record: r.create({"purpose": "review"}),
                lambda r=record: r.action_waive("no"),
            ):
                self.assertRefused(UserError, work, review)

    def test_lists_cost_the_same_for_many(self):
        """Queries of the list, of the lines and of the reports do not grow."""

        def count(number):
            reviews = self.env["service.checklist"]
            for _number in range(number):
                reviews += self.publish(self.start_review(self.make_ticket()))
            costs = []
            for name, spec in (
                (
                    "service.checklist",
                    {"res_name": {}, "reviewer_id": {}, "my_role": {}, "score": {}},
                ),
                ("service.checklist.line", {"gap_text": {}, "answer_text": {}}),
                ("service.review.report", {"score": {}}),
                ("service.review.gap", {"gap_self": {}}),
            ):
                Model = self.model(name, self.admin)
                before = self.env.cr.sql_log_count
                Model.web_search_read([("company_id", "=", self.company.id)], spec)
                costs.append(self.env.cr.sql_log_count - before)
            return costs

        count(1)  # what the registry caches once
        few = count(2)
        self.assertEqual(few, count(6))
        self.assertLess(max(few), 16)


@tagged("post_install", "-at_install")
class TestSelfAndGap(ReviewCase):
    def test_only_the_employee_assesses_himself(self):
        own = self.start_self()
        self.assertEqual(
            (own.purpose, own.reviewer_id, own.employee_id),
            ("self", self.agent, self.employee),
        )
        for user in (self.manager, self.admin):
            with self.assertRaises(UserError):
                self.start_self(user=user)
            with self.assertRaises(AccessError):
                self.as_user(own.line_ids[0], user).action_answer("yes")
        with self.assertRaises(AccessError):
            self.start_self(user=self.agent2)
        self.close(self.ticket)
        self.fill(own, self.agent)
        self.assertTrue(own.line_ids[0].is_answered)

    def test_frozen_once_the_review_can_be_read(self):
        own = self.start_self()
        review = self.start_review()
        self.fill(own, self.agent)
        self.publish(review)
        self.assertRefused(
            UserError,
            lambda: self.as_user(own.line_ids[0], self.agent).action_answer("no"),
            own,
            own.line_ids,
        )

    def _feedback(self, ticket, **vals):
        return (
            self.env["service.feedback"]
            ._service_unseal()
            .create(
                {
                    **ticket._service_snapshot_vals(),
                    "date_answered": self.now,
                    **vals,
                }
            )
        )

    def _gap(self, user=None):
        rows = self.model("service.review.gap", user or self.admin).search(
            [("res_id", "=", self.ticket.id), ("res_model", "=", self.ticket._name)]
        )
        return {row.name: row for row in rows}

    def test_gap_per_line(self):
        self._feedback(self.ticket, service_quality=20, has_service_quality=True)
        self.wait(minutes=1)
        self._feedback(self.ticket, service_quality=90, has_service_quality=True)
        own = self.start_self()
        self.fill(own, self.agent, ("yes", 10, 1, None))
        review = self.start_review()
        self.fill(review, answers=("no", 4, 0, None))
        before = self._gap()
        self.assertNotIn(review, [row.checklist_id for row in before.values()])
        self.as_user(review, self.manager).action_publish()
        rows = self._gap()
        self.assertEqual(set(rows), {"Understood?", "How clear?", "How much detail?"})
        clear = rows["How clear?"]
        self.assertAlmostEqual(clear.self_points, 1)
        self.assertAlmostEqual(clear.review_points, 3 / 9)
        self.assertAlmostEqual(clear.customer_points, 0.9)  # the latest answer
        self.assertAlmostEqual(clear.gap_self, 1 - 3 / 9)
        self.assertAlmostEqual(clear.gap_customer, 0.9 - 3 / 9)
        self.assertAlmostEqual(rows["Understood?"].gap_self, 1)
        self.assertEqual(rows["Understood?"].customer_count, 0)
        # The review's own form says the same
        line = self.as_user(review.line_ids[1], self.agent)
        self.assertAlmostEqual(line.self_points, 1)
        self.assertAlmostEqual(line.customer_points, 0.9)
        self.assertEqual(line.gap_text, "self 100%, reviewer 33%, customer 90%")

    def test_customers_averages_of_one_person_need_five_answers(self):
        """Four answers about one person are hidden, five are shown; also per group."""

        def average(user, groupby=()):
            rows = self.model("service.review.gap", user)._read_group(
                [("company_id", "=", self.company.id)],
                groupby,
                ["customer_points:avg", "gap_customer:avg", "review_points:avg"],
            )
            return [row[-3:] for row in rows]

        for number in range(5):
            ticket = self.ticket if not number else self.make_ticket()
            self._feedback(ticket, service_quality=60, has_service_quality=True)
            self.publish(self.start_review(ticket), answers=("yes", 10, 0, None))
            if number == 3:
                # A second review of one document is no further customer
                self.publish(self.start_review(ticket, self.admin), self.admin)
                for user in (self.agent, self.admin):
                    customer, gap, reviewer = average(user)[0]
                    self.assertFalse(customer or gap)
                    self.assertTrue(reviewer)
        for user in (self.agent, self.admin):
            customer, gap, _reviewer = average(user)[0]
            self.assertAlmostEqual(customer, 0.6)
            self.assertLess(gap, 0)
        by_document = average(self.admin, ["res_id"])
        self.assertEqual(len(by_document), 5)
        self.assertFalse(any(row[0] or row[1] for row in by_document))
        # Of two people together nobody's answers can be told
        other = self.make_ticket(user=self.agent2)
        self._feedback(other, service_quality=30, has_service_quality=True)
        self.publish(self.start_review(other))
        self.assertAlmostEqual(average(self.admin)[0][0], (6 * 0.6 + 0.3) / 7)
        by_person = [row[0] for row in average(self.admin, ["employee_id"])]
        self.assertEqual([bool(value) for value in by_person], [True, False])

    def test_gap_counts_the_corrected_answer(self):
        review = self.publish(answers=("no", 4, 0, None))
        line = review.line_ids[0]
        self.dispute(review, line)
        self.as_user(review, self.admin).action_decide(
            "Read", [{"id": line.id, "ruling": "overturned", "answer": "yes"}]
        )
        self.assertEqual(self._gap()["Understood?"].review_points, 1)

    def test_gap_is_theirs_who_read_the_review(self):
        self.publish()
        self.assertEqual(len(self._gap(self.agent)), 3)
        self.assertEqual(len(self._gap(self.leader)), 3)
        for user in (self.agent2, self.foreigner):
            self.assertFalse(self._gap(user))
        row = next(iter(self._gap().values()))
        with self.assertRaises(AccessError):
            self.as_user(row, self.agent2).read(["review_points"])
        for user in (self.portal, self.nobody):
            with self.assertRaises(AccessError):
                self._gap(user)

    def test_nothing_is_shown_while_it_is_written(self):
        own = self.start_self()
        self.fill(own, self.agent)
        review = self.start_review()
        self.fill(review)
        line = self.as_user(review.line_ids[0], self.manager)
        self.assertFalse(line.has_self or line.gap_text)


@tagged("post_install", "-at_install")
class TestMystery(ReviewCase):
    def setUp(self):
        super().setUp()
        self.visit_template = self.make_template(
            [{"name": "Greeted?"}, {"name": "How clean?", "kind": "score"}],
            name="Visit",
            purpose="mystery",
        )
        self.branch, self.rival, self.rival2 = self.env["res.partner"].create(
            [
                {"name": "Branch", "service_place": "branch"},
                {"name": "Rival", "service_place": "competitor"},
                {"name": "Rival 2", "service_place": "competitor"},
            ]
        )

    def visit(self, partner, user=None, visitor=None):
        action = self.as_user(
            partner, user or self.manager
        ).action_service_start_mystery(
            self.visit_template.id, visitor.id if visitor else None
        )
        self.sync()
        return self.env["service.checklist"].browse(action["res_id"])

    def test_who_starts(self):
        visit = self.visit(self.branch)
        self.assertEqual(
            (visit.res_model, visit.res_id), ("res.partner", self.branch.id)
        )
        self.assertFalse(visit.employee_id)
        # Several visits of one place
        self.assertNotEqual(self.visit(self.branch), visit)
        for user in (self.agent, self.leader, self.portal, self.nobody):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.visit(self.branch, user=user)
        with self.assertRaises(ValidationError):
            self.visit(self.stranger)
        with self.assertRaises(ValidationError):
            self.visit(self.branch, visitor=self.portal)
        place = self.as_user(self.branch, self.manager)
        for visitor_id in ("x", True, 2**40, [self.agent.id]):
            with self.subTest(visitor_id=visitor_id):
                with self.assertRaises(ValidationError):
                    place.action_service_start_mystery(
                        self.visit_template.id, visitor_id
                    )
        with self.assertRaises(UserError):
            self.as_user(self.branch, self.manager).action_service_start_mystery(
                self.template.id
            )

    def test_other_checklists_do_not_run_on_contacts(self):
        """A contact is a place to visit, not a served document."""
        models = self.env["service.linked.mixin"]._service_document_models()
        self.assertNotIn("res.partner", models)
        self.assertFalse(hasattr(self.branch, "action_service_start_checklist"))
        with self.assertRaises(AccessError):
            self.model("service.checklist", self.admin).create(
                {"res_model": "res.partner", "res_id": self.branch.id}
            )

    def test_the_visitor_and_the_managers(self):
        visit = self.visit(self.rival, visitor=self.agent)
        line = visit.line_ids[0]
        for user in (self.manager, self.agent2, self.leader):
            self.assertRefused(
                AccessError,
                lambda u=user: self.as_user(line, u).action_answer("yes"),
                line,
            )
        self.fill(visit, self.agent, ("yes", 10))
        self.assertRefused(
            AccessError, self.as_user(visit, self.manager).action_publish, visit
        )
        self.as_user(visit, self.agent).action_publish()
        for user, sees in (
            (self.agent, True),
            (self.manager, True),
            (self.agent2, False),
            (self.leader, False),
            (self.foreigner, False),
        ):
            found = self.model("service.checklist", user).search(
                [("id", "=", visit.id)]
            )
            self.assertEqual(bool(found), sees, user.login)
            rows = self.model("service.mystery.report", user).search(
                [("checklist_id", "=", visit.id)]
            )
            self.assertEqual(len(rows), 2 if sees else 0, user.login)
        self.assertRefused(
            UserError, lambda: self.as_user(line, self.agent).action_answer("no"), line
        )

    def test_ours_beside_theirs(self):
        for partner, answers in (
            (self.branch, ("yes", 4)),
            (self.branch, ("no", 7)),
            (self.rival, ("yes", 10)),
            (self.rival2, ("na", 1)),
        ):
            visit = self.visit(partner)
            self.fill(visit, answers=answers)
            self.as_user(visit, self.manager).action_publish()
        unpublished = self.visit(self.rival)
        self.fill(unpublished, answers=("no", 1))
        rows = self.model("service.mystery.report", self.manager)._read_group(
            [("template_id", "=", self.visit_template.id)],
            ["template_line_id"],
            [
                "branch_points:avg",
                "branch_count:sum",
                "competitor_points:avg",
                "competitor_count:sum",
            ],
        )
        figures = {line.name: figures for line, *figures in rows}
        self.assertEqual(figures["Greeted?"], [0.5, 2, 1, 1])
        ours, our_count, theirs, their_count = figures["How clean?"]
        self.assertAlmostEqual(ours, (3 / 9 + 6 / 9) / 2)
        self.assertAlmostEqual(theirs, (1 + 0) / 2)
        self.assertEqual((our_count, their_count), (2, 2))

    def test_the_place_is_a_managers_word(self):
        for user in (self.agent, self.portal):
            with self.assertRaises(AccessError):
                self.as_user(self.branch, user).read(["service_place"])

    def test_contacts_merge_and_go(self):
        visit = self.visit(self.rival)
        self.rival.unlink()
        self.assertEqual(visit.exists().res_name, "Rival")
        with self.assertRaises(ValidationError):
            self.as_user(visit, self.manager).action_open_document()


@tagged("post_install", "-at_install")
class TestReviewStart(ReviewCase):
    """The window that starts assessments."""

    def _window(self, document, user):
        return self.as_user(self.env["service.review.start.wizard"], user).with_context(
            active_model=document._name, active_id=document.id
        )

    def test_purpose_follows_whose_work_it_is(self):
        for user, purpose in ((self.manager, "review"), (self.agent, "self")):
            wizard = self._window(self.ticket, user).create(
                {"template_id": self.template.id}
            )
            self.assertEqual(wizard.purpose, purpose)
            action = wizard.action_apply()
            checklist = self.env["service.checklist"].browse(action["res_id"])
            self.assertEqual(
                (checklist.purpose, checklist.reviewer_id), (purpose, user)
            )

    def test_the_window_opens_nothing_forbidden(self):
        for user in (self.agent2, self.foreigner):
            with self.assertRaises(AccessError):
                self._window(self.ticket, user).create(
                    {"template_id": self.template.id}
                )
        wizard = self._window(self.ticket, self.manager).create(
            {"template_id": self.template.id}
        )
        with self.assertRaises(AccessError):
            self.as_user(wizard, self.admin).action_apply()

    def test_the_template_that_fits_is_chosen(self):
        """The only one made for the purpose, else none."""
        self.env["service.checklist.template"].search(
            [("purpose", "in", ("review", "self")), ("id", "!=", self.template.id)]
        ).active = False
        with Form(self._window(self.ticket, self.manager)) as form:
            self.assertEqual(form.purposes, "review")
            self.assertEqual(form.template_id, self.template)
        with Form(self._window(self.ticket, self.agent)) as form:
            self.assertEqual(form.purposes, "review,self")
            self.assertFalse(form.template_id)
            form.template_id = self.template
        self.make_template(LINES, name="Review 2", purpose="review")
        window = self._window(self.ticket, self.manager)
        self.assertFalse(window.new({"purpose": "review"}).template_id)

    def test_a_window_of_no_document(self):
        window = self.model("service.review.start.wizard", self.manager)
        for context in (
            {},
            {"active_model": "res.nothing", "active_id": 1},
            {"active_model": "helpdesk.ticket", "active_id": "1"},
            {"active_model": ["helpdesk.ticket"], "active_id": self.ticket.id},
        ):
            with self.subTest(context), self.assertRaises(UserError):
                window.with_context(**context).default_get(["purpose"])

    def test_a_visit_from_the_contact(self):
        template = self.make_template(purpose="mystery")
        branch = self.env["res.partner"].create(
            {"name": "Branch", "service_place": "branch"}
        )
        wizard = self._window(branch, self.manager).create(
            {"template_id": template.id, "visitor_id": self.agent.id}
        )
        action = wizard.action_apply()
        visit = self.env["service.checklist"].browse(action["res_id"])
        self.assertEqual((visit.purpose, visit.reviewer_id), ("mystery", self.agent))

    def test_settings_are_sane(self):
        for name, value in (
            ("service_dispute_days", 0),
            ("service_dispute_days", 61),
            ("service_honesty_lines", 0),
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.company.write({name: value})
                self.env.flush_all()
        self.assertEqual(self.env["res.company"].new({}).service_dispute_days, 5)
