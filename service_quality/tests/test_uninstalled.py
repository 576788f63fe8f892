"""A kind of document whose addon was uninstalled: its rows stay, nothing stumbles."""

import io
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_scope import ScopeCase

GONE = "gone.document"
LINKED = (
    "service.event",
    "service.promise",
    "service.checklist",
    "service.feedback",
    "service.invitation",
    "service.recovery",
    "service.scope.change",
    "service.silent.customer",
    "service.wow",
)


@tagged("post_install", "-at_install")
class TestUninstalled(ScopeCase):
    def setUp(self):
        super().setUp()
        self.company.write({"service_remind_hours": 2, "service_escalate_hours": 1})
        self.plan = self.make_plan(rules=[{"name": "Done", "hours": 40}])
        self.checklist = self.start_checklist(self.ticket)
        self.promise = self.make_promise(self.ticket)
        self.kept = self.make_promise(self.ticket, kind="callback", name="We call")
        self.as_user(self.kept, self.agent).action_keep()
        self.change = self.make_change()
        self.change_mail = self.mails()[-1]
        self.token = self.ask_move(self.promise, hours=5)
        self.customer_message(self.ticket)
        self.sync()
        self.uninstall()

    def uninstall(self):
        """Leave the rows as they are found when the document's model is gone."""
        for name in LINKED:
            self.env.cr.execute(
                f"UPDATE {self.env[name]._table} SET res_model = %s"
                " WHERE res_model = %s AND res_id = %s",
                [GONE, self.ticket._name, self.ticket.id],
            )
        self.env.cr.execute(
            "UPDATE service_plan SET res_model = %s WHERE id = %s", [GONE, self.plan.id]
        )
        self.env.invalidate_all()

    def test_everybody_still_reads_his_figures(self):
        for name, row in (
            ("service.promise", self.promise),
            ("service.checklist", self.checklist),
            ("service.scope.change", self.change),
        ):
            for user, found in (
                (self.agent, row),
                (self.manager, row),
                (self.agent2, row.browse()),
                (self.foreigner, row.browse()),
            ):
                with self.subTest(model=name, user=user.login):
                    model = self.model(name, user)
                    self.assertEqual(model.search([("id", "=", row.id)]), found)
                    if found:
                        model.browse(row.id).read()
                        continue
                    with self.assertRaises(AccessError):
                        model.browse(row.id).read(["res_name"])
        events = self.raw_events(self.promise)
        self.as_user(events, self.manager).read()
        dashboard = self.model("service.dashboard", self.manager)
        filters = {"date_from": "2026-03-01", "date_to": "2026-03-31"}
        shown = [row["id"] for row in dashboard.get_data(filters)["employees"]]
        self.assertIn(self.employee.id, shown)
        target = io.BytesIO()
        dashboard._export_xlsx(filters, target)
        self.assertTrue(target.getvalue())

    def test_nothing_can_be_done_any_more(self):
        mine = self.as_user(self.promise, self.agent)
        self.assertFalse(mine.allowed_actions)
        for row, call in (
            (self.promise, lambda row: row.action_tell_customer()),
            (self.promise, lambda row: row.action_keep()),
            (self.promise, lambda row: row.action_take_over()),
            (self.promise, lambda row: row.action_open_document()),
            (self.change, lambda row: row.action_send()),
            (self.checklist.line_ids, lambda row: row.action_answer("yes")),
        ):
            facts = self.facts_of(row)
            for user in (self.agent, self.manager, self.admin):
                with self.subTest(user=user.login), self.assertRaises(UserError):
                    call(self.as_user(row, user))
            self.assertEqual(self.facts_of(row), facts)

    def test_the_customers_word_still_counts(self):
        """On a new date; a change of what is gone asks nobody."""
        change = self.token_of(self.change_mail)
        self.assertFalse(self.links()._service_find(("scope",), change))
        self.assertEqual(self.decide(self.token, "yes"), "done")
        self.assertOutcome(self.promise, "moved")
        self.assertEqual(self.promise.successor_id.date_due, self.after(hours=5))

    def test_the_portal_has_no_address_for_it(self):
        page = self.model("service.promise", self.portal)._service_customer_page(
            ["open", "kept"], "date", 0, 20
        )
        shown = [row for _group, rows in page for row in rows]
        self.assertEqual({row["url"] for row in shown}, {""})

    def test_scheduled_actions_go_on(self):
        other = self.make_ticket()
        promise = self.make_promise(other)
        self.now = promise.date_due - timedelta(minutes=30)
        for _time in range(3):
            self.run_cron()
            self.wait(hours=2)
        kinds = promise.reminder_ids.mapped("kind")
        self.assertEqual(sorted(kinds), ["escalate", "remind"])
        # he made it, he is told: the promise to the customer is still one
        self.assertIn("remind", self.promise.reminder_ids.mapped("kind"))
        self.env["service.silent.customer"]._service_refresh()
