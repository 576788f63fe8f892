from contextlib import contextmanager
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.service_promise_life import RUNNING_FIELDS
from ..models.service_promise_writing import COMPUTED_FIELDS, VERDICT_FIELDS
from .common import ServiceCase

LIST = {
    "name": {},
    "kind": {},
    "state": {},
    "date_due": {},
    "is_counted": {},
    "needs_take_over": {},
    "res_name": {},
    "employee_id": {"fields": {"display_name": {}}},
    "partner_id": {"fields": {"display_name": {}}},
}


@tagged("post_install", "-at_install")
class TestPerformance(ServiceCase):
    """Queries, not seconds: what is ten times as much may not ask ten times."""

    @contextmanager
    def counting(self):
        """Collect the number of queries in the list that is given."""
        counted = []
        self.sync()
        before = self.env.cr.sql_log_count
        yield counted
        counted.append(self.env.cr.sql_log_count - before)

    def count(self, work):
        """Return the number of queries of ``work``, with caches of the ORM cold."""
        work()
        self.sync()
        self.env.invalidate_all()
        with self.counting() as counted:
            work()
            self.sync()
        return counted[0]

    def record(self, document, number):
        values = [
            document.sudo()._service_promise_vals(
                name=f"Promise {index}",
                kind="deadline",
                source="manual",
                date_due=self.after(minutes=index),
                employee=self.employee,
                date_told=self.now,
            )
            for index in range(number)
        ]
        return self.env["service.promise"]._service_record(values)

    def make_tickets(self, number, user=None):
        """Create tickets in one batch, as a mail gateway or an import does."""
        return (
            self.env["helpdesk.ticket"]
            .with_company(self.company)
            .create(
                [
                    {
                        "name": f"Ticket {index}",
                        "number": f"PERF-{number}-{index}",
                        "description": "x",
                        "company_id": self.company.id,
                        "partner_id": self.customer.id,
                        "partner_email": self.customer.email,
                        "stage_id": self.stage_open.id,
                        "user_id": self.agent.id,
                    }
                    for index in range(number)
                ]
            )
        )

    def read_list(self, promises, size):
        rows = promises.web_search_read(
            [("employee_id", "=", self.employee.id)], LIST, limit=size
        )
        self.assertEqual(len(rows["records"]), size)

    def test_list_of_promises(self):
        """80 rows of the list cost what 8 rows cost, for whoever reads it."""
        self.record(self.make_ticket(), 60)
        self.record(self.make_order(), 60)
        for user, limit in ((self.agent, 35), (self.manager, 25)):
            Promise = self.model("service.promise", user)
            few, many = (
                self.count(lambda p=Promise, size=size: self.read_list(p, size))
                for size in (8, 80)
            )
            with self.subTest(user=user.login):
                self.assertLessEqual(many, few)
                self.assertLessEqual(many, limit)

    def test_panel(self):
        """A document with twenty promises and five checklists opens as fast."""
        small, big = self.make_ticket(), self.make_ticket()
        self.record(small, 1)
        self.start_checklist(small)
        self.record(big, 20)
        for _index in range(5):
            self.start_checklist(big, self.make_template([{"name": "x"}] * 10))
        few, many = (
            self.count(self.as_user(ticket, self.agent).get_service_panel_data)
            for ticket in (small, big)
        )
        self.assertLessEqual(many, few + 2)
        self.assertLessEqual(many, 40)

    def test_dashboard(self):
        """The number of queries does not depend on the number of promises."""
        period = {"date_from": "2026-03-01", "date_to": "2026-03-31"}
        ticket = self.make_ticket()
        self.record(ticket, 2)
        for user, limit in ((self.manager, 30), (self.agent, 29)):
            dashboard = self.model("service.dashboard", user)
            few = self.count(lambda d=dashboard: d.get_data(period))
            self.record(ticket, 300)
            many = self.count(lambda d=dashboard: d.get_data(period))
            with self.subTest(user=user.login):
                self.assertLessEqual(many, few)
                self.assertLessEqual(many, limit)

    def _extra(self, work, number):
        """Return how many queries a plan adds to ``work`` on so many tickets."""
        plan = self.env["service.plan"].search([])
        counted = []
        for active in (False, True):
            plan.active = active
            self.sync()
            counted.append(self.count(lambda: work(number)))
        return counted[1] - counted[0]

    def test_batch_of_tickets(self):
        """Promises and checklists of a batch are made in the batch."""
        self.make_plan(
            rules=[
                {"name": "Solved", "hours": 8},
                {"name": "Answer", "kind": "response", "hours": 2},
            ],
            template_ids=[Command.set(self.make_template().ids)],
        )
        few, many = (self._extra(self.make_tickets, number) for number in (10, 100))
        self.assertLessEqual(many, few + 5)
        self.assertLessEqual(many, 60)

    def test_closing_a_batch(self):
        """Settling a hundred deadlines asks as often as settling ten."""
        plan = self.make_plan(rules=[{"name": "Solved", "hours": 8}])

        def close(tickets):
            tickets.write({"stage_id": self.stage_closed.id})
            self.sync()

        counted = {}
        for number in (10, 100):
            for active in (False, True):
                plan.active = active
                tickets = self.make_tickets(number)
                self.sync()
                self.env.invalidate_all()
                with self.counting() as queries:
                    close(tickets)
                counted[number, active] = queries[0]
                self.assertEqual(
                    tickets.service_promise_ids.mapped("outcome"),
                    ["kept"] * number * active,
                )
        few, many = (counted[n, True] - counted[n, False] for n in (10, 100))
        self.assertLessEqual(many, few + 5)
        self.assertLessEqual(many, 30)

    def test_a_document_without_plan_costs_next_to_nothing(self):
        """No plan, no promise: saving and closing asks four more queries at most."""
        self.make_tickets(1)
        self.sync()
        ticket = self.make_tickets(1)
        self.sync()
        hook = type(ticket)._service_schedule_sync
        counted = []
        for stage in (self.stage_closed, self.stage_open):
            ticket.stage_id = stage
            self.sync()
        for with_ours in (False, True):
            self.patch(
                type(ticket),
                "_service_schedule_sync",
                hook if with_ours else lambda *args, **kwargs: None,
            )
            self.env.invalidate_all()
            with self.counting() as queries:
                ticket.stage_id = (self.stage_open, self.stage_closed)[with_ours]
                self.sync()
                ticket.stage_id = (self.stage_closed, self.stage_open)[with_ours]
                self.sync()
            counted.append(queries[0])
        self.assertLessEqual(counted[1] - counted[0], 2 * 7)

    def test_saving_a_new_document_shows_what_it_promises(self):
        """The number on the button of a document just made is right, and free."""
        rules = [{"name": f"R{i}", "kind": "deadline", "hours": i} for i in (1, 2)]
        self.make_plan(rules=rules)
        tickets = self.model("helpdesk.ticket", self.agent)
        vals = {"name": "T", "description": "x", "company_id": self.company.id}
        counted = {}
        for names in (("name",), ("name", "service_promise_count")) * 2:
            with self.counting() as queries:
                [saved] = tickets.web_save(vals, {name: {} for name in names})
                self.env.cr.flush()
            counted[names] = queries[0]  # the second time, with warm caches
        self.assertEqual(saved["service_promise_count"], 2)
        self.assertEqual(len(set(counted.values())), 1, counted)
        ticket = tickets.browse(saved["id"])
        self.assertEqual(len(ticket.service_promise_ids), 2)

    def test_number_of_a_new_document_follows_what_happens_to_it(self):
        self.make_plan(rules=[{"name": "R", "kind": "deadline", "hours": 1}])
        ticket = self.make_tickets(1)

        def read(company):
            mine = ticket.with_context(allowed_company_ids=company.ids)
            mine.invalidate_recordset(["service_promise_count"])
            return mine.service_promise_count

        self.assertEqual(read(self.company), 1)
        self.assertEqual(read(self.other_company), 0)
        self.record(ticket, 1)
        self.assertEqual(read(self.company), 2)
        self.sync()
        self.assertEqual(read(self.company), 2)
        self.assertEqual(read(self.other_company), 0)

    def test_what_failed_is_not_counted(self):
        self.make_plan(rules=[{"name": "R", "kind": "deadline", "hours": 1}])
        documents = self.env.registry["helpdesk.ticket"]
        with (
            patch.object(documents, "_service_settle_changes", side_effect=ValueError),
            mute_logger("odoo.addons.service_quality.models.service_worker"),
        ):
            ticket = self.make_tickets(1)
            self.assertEqual(ticket.service_promise_count, 0)
        self.assertFalse(ticket.service_promise_ids)

    def test_joining_later_asks_once_for_all_rules(self):
        """A change that meets four rules asks what they promised before as one does."""
        urgent = "[('priority', '=', '3')]"
        counted = []
        for number in (1, 1, 4):  # the first time fills the registry's caches
            plan = self.make_plan(
                rules=[
                    {"name": f"R{i}", "kind": "deadline", "hours": i, "domain": urgent}
                    for i in range(1, number + 1)
                ]
            )
            tickets = self.make_tickets(3)
            with self.counting() as queries:
                tickets.priority = "3"
                self.sync()
            self.env.invalidate_all()
            self.assertEqual(len(tickets.service_promise_ids), 3 * number)
            counted.append(queries[0])
            plan.active = False
        self.assertEqual(counted[1], counted[2])

    def test_open_list_of_a_document_in_one_query_each(self):
        """Reading the counts of 80 tickets takes one grouping, not 80."""
        tickets = self.make_tickets(80)
        self.record(tickets[0], 3)
        few, many = (
            self.count(
                lambda t=tickets[:size]: self.as_user(t, self.agent).mapped(
                    "service_promise_count"
                )
            )
            for size in (8, 80)
        )
        self.assertEqual(many, few)

    def test_nothing_else_depends_on_a_verdict(self):
        """Settling asks nobody else, see ``_service_judge``: nobody else may depend."""
        promise = self.env["service.promise"]
        dependent = {
            str(field)
            for name in VERDICT_FIELDS
            for field in self.env.registry.get_dependent_fields(promise._fields[name])
            if field.model_name != promise._name
        }
        self.assertEqual(dependent, {"service.scope.change.is_work_unanswered"})

    def test_a_verdict_asks_nothing_more(self):
        """What runs is read with all that its verdict looks at, by one question."""
        promise = self.env["service.promise"]
        needed = {
            name.partition(".")[0]
            for computed in COMPUTED_FIELDS
            for name in self.env.registry.field_depends[promise._fields[computed]]
        }
        self.assertLessEqual(needed, set(RUNNING_FIELDS))
