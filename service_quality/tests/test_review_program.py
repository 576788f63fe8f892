import json
from collections import Counter
from random import Random

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .test_review import ReviewCase


@tagged("post_install", "-at_install")
class TestReviewProgram(ReviewCase):
    """What is drawn, who reviews it, and once a week only."""

    def setUp(self):
        super().setUp()
        # Programs of demo data would draw in the cron's runs of these tests
        self.env["service.review.program"].search([]).active = False
        self.program = self.env["service.review.program"].create(
            {
                "name": "Two a week",
                "company_id": self.company.id,
                "template_id": self.template.id,
                "res_model": "helpdesk.ticket",
                "domain": "[('partner_id', '=', %d)]" % self.customer.id,
                "sample_size": 2,
                "reviewer_ids": [Command.set((self.manager + self.admin).ids)],
            }
        )

    def run_cron(self):
        """Run the scheduled action itself, commits included."""
        self.sync()
        with self.enter_registry_test_mode():
            self.env.ref("service_quality.cron_reviews").method_direct_trigger()
        self.env.invalidate_all()

    def make_done(self, number, user=None):
        """Create tickets that are finished."""
        tickets = self.env["helpdesk.ticket"]
        for _number in range(number):
            ticket = self.make_ticket(user=user)
            self.close(ticket, user=user or self.agent)
            tickets += ticket
        return tickets

    def test_draws_done_work_per_employee(self):
        mine = self.make_done(5)
        few = self.make_done(1, user=self.agent2)
        self.make_ticket()  # not finished
        other_customer = self.make_ticket(partner=self.stranger)
        self.close(other_customer)
        draw = self.program._service_draw(seed="a seed")
        pool = json.loads(draw.candidates)
        self.assertEqual(
            pool,
            {
                str(self.employee.id): mine.ids,
                str(self.employee2.id): few.ids,
            },
        )
        # Drawn again with the standard library alone, from what was recorded
        expected = {
            key: sorted(Random(f"a seed-{key}").sample(ids, min(2, len(ids))))
            for key, ids in pool.items()
        }
        self.assertEqual(json.loads(draw.drawn), expected)
        self.assertTrue(draw.is_repeatable)
        self.assertEqual(
            sorted(draw.assignment_ids.mapped("res_id")),
            sorted(sum(expected.values(), [])),
        )
        for assignment in draw.assignment_ids:
            review = assignment.checklist_id
            self.assertEqual(
                (review.purpose, review.review_state, review.reviewer_id),
                ("review", "open", assignment.reviewer_id),
            )
            self.assertEqual(review.employee_id, assignment.employee_id)
            self.assertEqual(
                assignment.sudo().activity_ids.user_id, assignment.reviewer_id
            )
            self.assertEqual(self.events_of(review), ["drawn"])

    def test_forged_draw_is_noticed(self):
        self.make_done(4)
        draw = self.program._service_draw(seed="x")
        drawn = json.loads(draw.drawn)
        key, ids = next(iter(drawn.items()))
        pool = json.loads(draw.candidates)[key]
        swapped = sorted([ids[0], *(set(pool) - set(ids))][:2])
        draw.write({"drawn": json.dumps({key: swapped})})
        self.assertFalse(draw.is_repeatable)

    def test_chance_is_uniform(self):
        """Each of 5 documents is drawn in about 2 of 5 draws."""
        sample = self.env["service.review.draw"]._service_sample
        hits = Counter()
        for number in range(2000):
            hits.update(sample(f"s{number}", {"7": [1, 2, 3, 4, 5]}, 2)["7"])
        for res_id in range(1, 6):
            # 800 expected, standard deviation 22: five of them
            self.assertAlmostEqual(hits[res_id], 800, delta=110)

    def test_once_a_week_and_only_this_week(self):
        self.make_done(8)
        self.run_cron()
        first = self.program.draw_ids
        self.run_cron()
        self.assertEqual(self.program.draw_ids, first)
        self.assertEqual(first.assignment_count, 2)
        # Sunday 23:00 in Budapest is still this week, Monday 00:30 is not
        self.assertEqual(first.week, self.now.date())
        with self.at(self.now.replace(day=8, hour=22)):
            self.run_cron()
            self.assertEqual(len(self.program.draw_ids), 1)
        with self.at(self.now.replace(day=8, hour=23, minute=30)):
            self.run_cron()
            self.assertEqual(len(self.program.draw_ids), 2)
        # Three weeks of downtime: one draw, not three
        self.program.lookback_days = 60
        with self.at(self.now.replace(day=31)):
            self.run_cron()
        self.assertEqual(len(self.program.draw_ids), 3)
        drawn = self.program.draw_ids.assignment_ids.mapped("res_id")
        self.assertEqual(len(drawn), len(set(drawn)))

    def test_drawing_again_is_the_same_draw(self):
        self.make_done(3)
        draw = self.program._service_draw(seed="one")
        self.assertEqual(self.program._service_draw(seed="two"), draw)
        self.assertEqual(self.program.draw_ids, draw)

    def test_a_program_that_fails_stops_no_other(self):
        self.make_done(2)
        poison = self.program.copy({"name": "Poison", "sequence": 1})
        # As it may be after a field of the host was removed
        self.env.cr.execute(
            "UPDATE service_review_program SET domain = %s WHERE id = %s",
            ["[('no_such_field', '=', 1)]", poison.id],
        )
        self.env.invalidate_all()
        with self.assertLogs("odoo.addons.service_quality", "ERROR"):
            self.run_cron()
        self.assertFalse(poison.draw_ids)
        self.assertTrue(self.program.draw_ids)

    def test_never_oneself_and_fairly(self):
        """Loads differ by one at most; over weeks both meet both."""
        self.make_done(6)
        self.make_done(6, user=self.agent2)
        self.make_done(3, user=self.manager)
        met = Counter()
        for week in range(3):
            with self.at(self.after(days=7 * week)):
                self.program.lookback_days = 60
                draw = self.program._service_draw()
                loads = Counter(draw.assignment_ids.mapped("reviewer_id.id"))
                self.assertLessEqual(max(loads.values()) - min(loads.values()), 1)
                for row in draw.assignment_ids:
                    self.assertNotEqual(row.employee_id.user_id, row.reviewer_id)
                    met[row.reviewer_id, row.employee_id] += 1
        for reviewer in self.manager + self.admin:
            for employee in self.employee + self.employee2:
                self.assertTrue(met[reviewer, employee], (reviewer, employee))

    def test_who_can_be_a_reviewer(self):
        """Peers by setting; nobody who may not see the document; nobody gone."""
        self.make_done(3)
        self.program.reviewer_ids = self.agent2 + self.agent + self.foreigner
        self.assertFalse(self.program._service_reviewers())
        self.company.service_peer_review = True
        self.assertEqual(self.program._service_reviewers(), self.agent + self.agent2)
        # agent2 sees no ticket of agent's, agent does not review himself
        draw = self.program._service_draw()
        self.assertFalse(draw.assignment_ids)
        self.assertEqual(draw.pool_size, 0)

    def test_assignment_access_and_activity(self):
        self.make_done(2)
        draw = self.program._service_draw()
        row = draw.assignment_ids[0]
        reviewer = row.reviewer_id
        other = (self.manager + self.admin) - reviewer
        for user, sees in (
            (reviewer, True),
            (self.agent, False),
            (self.agent2, False),
            (self.leader, False),
            (self.foreigner, False),
        ):
            found = self.model(row._name, user).search([("id", "=", row.id)])
            self.assertEqual(bool(found), sees, user.login)
            if not sees:
                with self.assertRaises(AccessError):
                    self.as_user(row, user).read(["res_name"])
                with self.assertRaises(AccessError):
                    self.as_user(row, user).action_open_review()
        for user in (self.portal, self.nobody):
            with self.assertRaises(AccessError):
                self.model(row._name, user).search([])
        # The other manager has a review of the same employee to write himself
        self.assertFalse(self.model(row._name, other).search([("id", "=", row.id)]))
        self.assertTrue(row.activity_ids)
        action = self.as_user(row, reviewer).action_open_review()
        self.assertEqual(action["res_id"], row.checklist_id.id)
        self.publish(row.checklist_id, user=reviewer)
        self.assertFalse(row.activity_ids)
        self.assertEqual(row.review_state, "published")

    def test_configuration_is_the_administrators(self):
        for user in (self.manager, self.agent, self.leader):
            with self.assertRaises(AccessError):
                self.as_user(self.program, user).write({"sample_size": 1})
        with self.assertRaises(AccessError):
            self.as_user(self.program, self.agent).read(["name"])
        self.make_done(1)
        draw = self.program._service_draw()
        for user in (self.manager, self.agent):
            with self.assertRaises(AccessError):
                self.as_user(draw, user).read(["seed"])
        for work in (
            lambda: self.as_user(draw, self.admin).write({"seed": "mine"}),
            lambda: self.as_user(draw, self.admin).unlink(),
            lambda: self.as_user(draw.assignment_ids, self.admin).write(
                {"reviewer_id": self.agent.id}
            ),
        ):
            self.assertRefused(UserError, work, draw, draw.assignment_ids)

    def test_bad_configuration(self):
        for vals in (
            {"domain": "[('nothing', '=', 1)]"},
            {"domain": "not a filter"},
            {"template_id": self.make_template().id},
            {
                "template_id": self.make_template(
                    purpose="review", company_id=self.other_company.id
                ).id
            },
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.program.write(vals)
