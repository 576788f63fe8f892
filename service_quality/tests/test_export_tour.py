import io
import os
import shutil

from openpyxl import load_workbook

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from .common import TourCase


@tagged("post_install", "-at_install")
class TestExportTour(TourCase):
    """An administrator exports in a real browser, and the report reaches the queue."""

    def setUp(self):
        super().setUp()
        plans = self.env["service.plan"].with_context(active_test=False)
        plans.search([]).active = False
        self.company = self.env["res.company"].create({"name": "Export Company"})
        self.admin = new_test_user(
            self.env,
            login="tour_admin",
            name="Tour Admin",
            groups="service_quality.group_admin,helpdesk_mgmt.group_helpdesk_manager,"
            "base.group_allow_export",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
            lang="en_US",
            tz="Europe/Budapest",
            email="tour_admin@example.com",
        )
        employee = self.env["hr.employee"].create(
            {"name": "Tour Agent", "company_id": self.company.id}
        )
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Leak", "description": "Drips", "company_id": self.company.id}
        )
        now = fields.Datetime.now()
        vals = ticket._service_promise_vals(
            name="We come today",
            kind="deadline",
            source="manual",
            date_due=fields.Datetime.subtract(now, days=3),
            employee=employee,
            date_told=fields.Datetime.subtract(now, days=4),
        )
        self.promise = self.env["service.promise"]._service_record([vals])
        self.promise.write({"corrected_outcome": "kept"})
        self.env.flush_all()

    def test_export(self):
        exports = self.env["service.export"].with_context(active_test=False)
        known = exports.search([])
        # The app opens with the dashboard, not with the guided start
        self.env["service.start"].with_user(self.admin).dismiss_start()
        self.start_tour("/odoo", "service_quality_export", login="tour_admin")
        self.env.invalidate_all()
        made = (exports.search([]) - known).sorted("id")
        for export in made:
            self.addCleanup(shutil.rmtree, export._service_path(), ignore_errors=True)
        self.assertEqual(made.mapped("state"), ["done", "done", "waiting"])
        self.assertEqual(made.user_id, self.admin)
        everything, chosen, _scheduled = made
        with open(everything._service_path("file"), "rb") as source:
            book = load_workbook(io.BytesIO(source.read()))
        self.assertEqual(len(book.sheetnames), 8)
        self.assertEqual(book["Promises"]["A2"].value, "We come today")
        with open(chosen._service_path("file"), "rb") as source:
            book = load_workbook(io.BytesIO(source.read()))
        self.assertNotIn("Silent customers", book.sheetnames)
        self.assertEqual(book["Promises"]["A2"].value, "Tour Agent (1)")
        template = self.env["service.export.template"].search(
            [("user_id", "=", self.admin.id)]
        )
        self.assertEqual(template.name, "Tour template")
        self.assertNotIn("silent", template.sheets)
        # The scheduled report, by the real scheduled action
        with self.enter_registry_test_mode():
            self.env.ref("service_quality.cron_reports").method_direct_trigger()
        self.env.invalidate_all()
        schedule = self.env["service.report.schedule"].search(
            [("name", "=", "Week of the tour")]
        )
        mail = schedule.export_ids.mail_id
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.email_to, '"Tour Admin" <tour_admin@example.com>')
        content = mail.attachment_ids.raw
        self.assertEqual(load_workbook(io.BytesIO(content)).sheetnames[0], "Summary")
        self.assertTrue(os.path.exists(schedule.export_ids._service_path("file")))
