from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .common_scope import ScopeCase


@tagged("post_install", "-at_install")
class TestScopeCounts(ScopeCase):
    """Who asks before the work goes on: the figures of one employee's scorecard."""

    def setUp(self):
        super().setUp()
        today = staticmethod(lambda *args, **kwargs: self.now.date())
        self.startPatcher(patch.object(fields.Date, "context_today", today))

    def figures(self, user, employee=None):
        """Return (counts by key, changes behind each number) of a scorecard."""
        dashboard = self.model("service.dashboard", user)
        scope = dashboard.get_scorecard((employee or self.employee).id)["scope"]
        changes = self.model("service.scope.change", user)
        return (
            {row["key"]: row["count"] for row in scope},
            {row["key"]: changes.search(row["domain"]) for row in scope},
        )

    def _one_of_each(self):
        """Ask five times, with five ends; return the changes by name of the end."""
        made = {}
        for value in ("confirmed", "declined"):
            made[value], token = self.sent_token(document=self.make_ticket())
            self.decide(token, value)
        ticket = self.make_ticket()
        made["after"], token = self.sent_token(document=ticket)
        self.close(ticket)
        self.decide(token, "confirmed")
        ticket = self.make_ticket()
        made["went_on"] = self.make_change(ticket)
        self.close(ticket)
        made["expired"] = self.make_change(
            self.make_ticket(), date_due_new=self.moment(days=2)
        )
        self.make_change(send=False)
        self.wait(days=3)
        self.run_cron()
        return made

    def test_each_number_and_the_changes_behind_it(self):
        made = self._one_of_each()
        counts, behind = self.figures(self.agent)
        expected = {
            "asked": ["confirmed", "declined", "after", "went_on", "expired"],
            "confirmed_first": ["confirmed"],
            "declined": ["declined"],
            "expired": ["expired"],
            "went_on": ["after", "went_on"],
        }
        for key, names in expected.items():
            with self.subTest(figure=key):
                changes = {made[name].id for name in names}
                self.assertEqual(counts[key], len(changes))
                self.assertEqual(set(behind[key].ids), changes)

    def test_the_same_for_those_who_lead_him(self):
        self._one_of_each()
        own = self.figures(self.agent)[0]
        for user in (self.leader, self.manager):
            with self.subTest(user=user.login):
                counts, behind = self.figures(user)
                self.assertEqual(counts, own)
                for key, count in counts.items():
                    self.assertEqual(len(behind[key]), count)

    def test_not_for_others_and_not_of_others(self):
        self.make_change(self.make_ticket())
        card = self.model("service.dashboard", self.agent2).get_scorecard
        self.assertIs(card(self.employee.id), False)
        self.assertEqual(
            set(self.figures(self.agent2, self.employee2)[0].values()), {0}
        )
        self.assertEqual(set(self.figures(self.foreigner)[0].values()), {0})

    def test_only_in_the_days_of_the_scorecard(self):
        self.make_change(self.make_ticket())
        self.wait(days=89)
        self.assertEqual(self.figures(self.agent)[0]["asked"], 1)
        self.wait(days=1)
        self.assertEqual(self.figures(self.agent)[0]["asked"], 0)

    def test_another_version_hides_nothing(self):
        """Reopened after three days, a closing happened: the next version keeps it."""
        change = self.make_change()
        self.close(self.ticket)
        self.assertTrue(change.is_work_unanswered)
        self.wait(hours=73)
        self.reopen(self.ticket)
        self.as_user(change, self.agent).action_revise()
        self.as_user(change, self.agent).action_send()
        self.decide(self.token_of(self.mails()[-1]), "confirmed")
        self.assertEqual((change.state, change.version), ("confirmed", 2))
        self.assertTrue(change.is_work_unanswered)
        counts = self.figures(self.agent)[0]
        self.assertEqual((counts["asked"], counts["went_on"]), (1, 1))

    def test_a_closing_undone_in_time_is_none(self):
        change = self.make_change()
        self.close(self.ticket)
        self.now += timedelta(hours=1)
        self.reopen(self.ticket)
        self.assertFalse(change.is_work_unanswered)
        self.assertEqual(self.figures(self.agent)[0]["went_on"], 0)
