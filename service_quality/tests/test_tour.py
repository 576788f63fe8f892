import io
from datetime import timedelta

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo import Command, fields
from odoo.tests import tagged

from .common import TourCase


@tagged("post_install", "-at_install")
class TestTour(TourCase):
    """The whole slice in a real browser: agent, manager, workbook."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A company of its own: the figures are those of this test alone.
        cls.company = cls.env["res.company"].create({"name": "Tour Company"})
        groups = {
            "tour_agent": "helpdesk_mgmt.group_helpdesk_user",
            "tour_manager": "service_quality.group_manager,"
            "helpdesk_mgmt.group_helpdesk_manager",
        }
        cls.users = {
            login: cls._make_user(login, names) for login, names in groups.items()
        }
        cls.employee = cls.env["hr.employee"].create(
            {
                "name": "Tour Agent",
                "user_id": cls.users["tour_agent"].id,
                "company_id": cls.company.id,
            }
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Tour Customer", "email": "tour@customer.example.com"}
        )
        cls.plan = cls._make_plan()

    @classmethod
    def _make_plan(cls):
        cls.env["service.plan"].with_context(active_test=False).search(
            []
        ).active = False
        return cls.env["service.plan"].create(
            {
                "name": "Tour",
                "res_model": "helpdesk.ticket",
                "company_id": cls.company.id,
                "is_gate": True,
                "template_ids": [
                    Command.link(cls.env.ref("service_quality.template_maister").id)
                ],
                "survey_id": cls.env.ref("service_quality.survey_service").id,
                "rule_ids": [
                    Command.create(
                        {
                            "name": "Your request is solved",
                            "kind": "deadline",
                            "hours": 8,
                        }
                    )
                ],
            }
        )

    def _make_ticket(self, name):
        ticket = (
            self.env["helpdesk.ticket"]
            .with_user(self.users["tour_agent"])
            .create(
                {
                    "name": name,
                    "description": "It leaks.",
                    "partner_id": self.customer.id,
                    "user_id": self.users["tour_agent"].id,
                    "company_id": self.company.id,
                }
            )
        )
        self.env.cr.flush()
        return ticket

    def _settle_two(self):
        """One deadline kept and one missed its date, both due by now."""
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        now = fields.Datetime.now().replace(hour=8, minute=0, second=0)
        self.plan.is_gate = False
        for name, days in (("Kept one", 0), ("Late one", 5)):
            with freeze_time(now - timedelta(days=14)):
                ticket = self._make_ticket(name)
            with freeze_time(now - timedelta(days=14 - days)):
                ticket.stage_id = done
                self.env.cr.flush()
        self.plan.is_gate = True

    def test_slice(self):
        self._settle_two()
        ticket = self._make_ticket("Tap drips")
        self.start_tour(
            f"/odoo/helpdesk.ticket/{ticket.id}",
            "service_quality_agent",
            login="tour_agent",
        )
        self.env.invalidate_all()
        self.assertTrue(ticket.stage_id.closed)
        promises = ticket.service_promise_ids.sorted("id")
        self.assertEqual(promises.mapped("kind"), ["deadline", "callback"])
        self.assertEqual(promises.mapped("outcome"), ["kept", "missed"])
        self.assertEqual(promises.employee_id, self.employee)
        self.assertTrue(promises[1].date_told)
        lines = ticket.service_checklist_ids.line_ids
        answers = lines.filtered("answered_by_id")
        self.assertEqual(len(answers), 4)
        self.assertEqual(answers.answered_by_id, self.users["tour_agent"])
        ledger = lines.filtered("is_automatic")
        self.assertEqual(len(ledger), 6)
        self.assertTrue(all(ledger.mapped("is_answered")))
        invitation = self.env["service.invitation"].search(
            [("res_id", "=", ticket.id), ("res_model", "=", ticket._name)]
        )
        self.assertEqual(invitation.state, "queued")

        self._make_due(promises)
        self.start_tour("/odoo", "service_quality_manager", login="tour_manager")
        self._check_workbook()

    def _make_due(self, promises):
        """Let the deadline of the tour's ticket fall into the period; the missed
        callback stays in the future, outside of it."""
        promises[0]._service_unseal().write(
            {"date_due": fields.Datetime.now() + timedelta(seconds=1)}
        )
        self.env.flush_all()

    def _check_workbook(self):
        manager = self.users["tour_manager"]
        today = fields.Date.context_today(manager.with_user(manager))
        period = {
            "date_from": fields.Date.to_string(today - timedelta(days=89)),
            "date_to": fields.Date.to_string(today),
        }
        data = self.env["service.dashboard"].with_user(manager).get_data(period)
        self.assertEqual(data["totals"]["counted"], 3)
        self.assertEqual(data["totals"]["kept"], 2)
        self.authenticate("tour_manager", "tour_manager")
        response = self.url_open(
            "/service_quality/export.xlsx?date_from={date_from}&date_to={date_to}".format(
                **period
            )
        )
        self.assertEqual(response.status_code, 200)
        book = load_workbook(io.BytesIO(response.content))
        self.assertEqual(book.sheetnames[:3], ["Summary", "Employees", "Promises"])
        summary = {}
        for row in book["Summary"].values:
            summary.setdefault(row[0], row[1])
        totals = data["totals"]
        self.assertAlmostEqual(summary["Kept rate"], totals["rate"])
        self.assertEqual(summary["Kept"], totals["kept"])
        self.assertEqual(summary["Counted"], totals["counted"])
        header, *rows = book["Employees"].values
        employee = dict(zip(header, rows[0], strict=True))
        self.assertEqual(employee["Employee"], "Tour Agent")
        self.assertEqual(employee["Kept"], data["employees"][0]["kept"])
        self.assertEqual(len(list(book["Promises"].values)) - 1, totals["total"])
