import base64
import io
from datetime import date, datetime, timedelta

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .test_export_job import JobCase


@tagged("post_install", "-at_install")
class TestReportSchedule(JobCase):
    def setUp(self):
        super().setUp()
        self.manager2 = self.make_user(
            "sq_manager2",
            "service_quality.group_manager",
            tz="America/New_York",
        )
        self.now = datetime(2026, 4, 6, 5, 0)  # Monday, 7 in the morning in Budapest

    def make_schedule(self, **vals):
        return self.model("service.report.schedule", self.manager).create(
            {
                "name": "Promises of the month",
                "company_id": self.company.id,
                "recipient_ids": [Command.set((self.manager + self.manager2).ids)],
                "period": "month",
                "interval_unit": "months",
                "date_next": self.now,
                **vals,
            }
        )

    def mails_of(self, schedule):
        return schedule.sudo().export_ids.mail_id

    def test_arrives_in_the_mail_queue(self):
        schedule = self.make_schedule()
        self.now -= timedelta(seconds=1)
        self.run_cron()
        self.assertFalse(schedule.export_ids)
        self.now += timedelta(seconds=1)
        self.run_cron()
        mails = self.mails_of(schedule)
        self.assertEqual(mails.mapped("state"), ["outgoing", "outgoing"])
        self.assertEqual(
            set(mails.mapped("email_to")),
            {user.email_formatted for user in self.manager + self.manager2},
        )
        data = self.get_data()
        for export in schedule.sudo().export_ids:
            attachment = export.mail_id.attachment_ids
            self.assertEqual(len(attachment), 1)
            book = load_workbook(io.BytesIO(base64.b64decode(attachment.datas)))
            figures = self.figures_of(book)
            self.assertEqual(figures["Kept"][0], data["totals"]["kept"])
            self.assertIn(export.user_id.name, book.properties.creator)
            # The attachment is as private as the export.
            self.as_user(attachment, export.user_id).check_access("read")
            for user in self.manager + self.manager2 + self.admin - export.user_id:
                with self.assertRaises(AccessError):
                    self.as_user(attachment, user).check_access("read")
        # Once: the next time is a month later, at the same local hour.
        self.assertEqual(schedule.date_next, datetime(2026, 5, 6, 5, 0))
        self.run_cron()
        self.assertEqual(self.mails_of(schedule), mails)

    def test_each_gets_what_he_may_see(self):
        """The rules of the recipient, not of the owner, decide."""
        self.env["ir.rule"].create(
            {
                "name": "No appointments for the second manager",
                "model_id": self.env["ir.model"]._get_id("service.promise"),
                "domain_force": "[] if user.login != 'sq_manager2'"
                " else [('kind', '!=', 'appointment')]",
            }
        )
        schedule = self.make_schedule()
        self.run_cron()
        kinds = {}
        for export in schedule.sudo().export_ids:
            rows = self.rows_of(self.book_of(export)["Promises"])
            kinds[export.user_id] = {row["Kind"] for row in rows}
        self.assertIn("Appointment", kinds[self.manager])
        self.assertNotIn("Appointment", kinds[self.manager2])

    def test_who_may_get_it(self):
        for user in (self.agent, self.leader, self.portal, self.foreigner):
            with self.assertRaises(ValidationError, msg=user.login):
                self.make_schedule(recipient_ids=[Command.set(user.ids)])
        with self.assertRaises(ValidationError):
            self.make_schedule(recipient_ids=False)
        # Whoever loses his right gets nothing more, the others do.
        schedule = self.make_schedule()
        self.manager2.group_ids -= self.env.ref("service_quality.group_manager")
        self.run_cron()
        self.assertEqual(schedule.sudo().export_ids.user_id, self.manager)
        self.assertIn(self.manager2.name, schedule.note)

    def test_who_may_set_it_up(self):
        for user in (self.agent, self.leader, self.nobody):
            with self.assertRaises(AccessError):
                self.model("service.report.schedule", user).create({"name": "x"})
        schedule = self.make_schedule()
        with self.assertRaises(AccessError):
            self.as_user(schedule, self.foreigner).action_run()
        with self.assertRaises(AccessError):
            self.as_user(schedule, self.foreigner).write({"active": False})

    def test_a_link_that_expires(self):
        schedule = self.make_schedule(delivery="link")
        self.run_cron()
        for export in schedule.sudo().export_ids:
            self.assertFalse(export.mail_id.attachment_ids)
            self.assertIn(
                f"/service_quality/export/{export.id}", export.mail_id.body_html
            )
        # A large file is a link, too.
        self.company.service_export_mail_mb = 0
        schedule = self.make_schedule()
        self.run_cron()
        self.assertFalse(self.mails_of(schedule).attachment_ids)

    def test_once_after_a_downtime(self):
        schedule = self.make_schedule(interval_unit="days", period="yesterday")
        self.now += timedelta(days=10, hours=1)
        self.run_cron()
        self.assertEqual(len(schedule.sudo().export_ids), 2)
        self.assertEqual(schedule.date_next, datetime(2026, 4, 17, 5, 0))

    def test_the_hour_stays_over_a_clock_change(self):
        """Seven in the morning in Budapest, winter and summer."""
        schedule = self.make_schedule(date_next=datetime(2026, 3, 23, 6, 0))
        schedule.interval_unit = "weeks"
        self.now = datetime(2026, 3, 23, 6, 0)
        schedule.sudo()._service_move_on(self.now)
        self.assertEqual(schedule.date_next, datetime(2026, 3, 30, 5, 0))

    def test_periods(self):
        schedule = self.make_schedule()
        for period, today, first, last in (
            ("yesterday", date(2026, 3, 1), date(2026, 2, 28), date(2026, 2, 28)),
            ("week", date(2026, 4, 5), date(2026, 3, 23), date(2026, 3, 29)),
            ("week", date(2026, 4, 6), date(2026, 3, 30), date(2026, 4, 5)),
            ("days_30", date(2026, 4, 6), date(2026, 3, 7), date(2026, 4, 5)),
            ("month", date(2026, 3, 31), date(2026, 2, 1), date(2026, 2, 28)),
            ("quarter", date(2026, 1, 15), date(2025, 10, 1), date(2025, 12, 31)),
            ("year", date(2026, 4, 6), date(2025, 1, 1), date(2025, 12, 31)),
        ):
            schedule.period = period
            self.assertEqual(schedule._service_days(today), (first, last), period)

    def test_now(self):
        schedule = self.make_schedule(date_next=self.after(days=5))
        self.as_user(schedule, self.manager).action_run()
        self.run_cron()
        self.assertEqual(len(self.mails_of(schedule)), 2)
        self.assertEqual(schedule.date_next, self.after(days=5))

    def test_language_and_zone_of_the_recipient(self):
        self.env["res.lang"]._activate_lang("hu_HU")
        self.env["ir.module.module"]._load_module_terms(["service_quality"], ["hu_HU"])
        self.manager2.lang = "hu_HU"
        schedule = self.make_schedule()
        self.run_cron()
        exports = schedule.sudo().export_ids
        mine = exports.filtered(lambda row: row.user_id == self.manager)
        names = [self.book_of(row).sheetnames[2] for row in (mine, exports - mine)]
        self.assertEqual(names[0], "Promises")
        self.assertNotEqual(names[1], "Promises")

    def test_template(self):
        template = self.model("service.export.template", self.manager).create(
            {"name": "Two", "sheets": ["promises"], "columns": {"promises": ["name"]}}
        )
        schedule = self.make_schedule(template_id=template.id)
        self.run_cron()
        for export in schedule.sudo().export_ids:
            book = self.book_of(export)
            self.assertEqual(book.sheetnames, ["Promises"])
            self.assertEqual(book["Promises"].max_column, 1)

    def test_somebody_elses_template(self):
        template = self.model("service.export.template", self.manager2).create(
            {"name": "Mine", "sheets": ["promises"]}
        )
        schedule = self.make_schedule()
        with self.assertRaisesRegex(ValidationError, "somebody else"):
            schedule.template_id = template
            self.env.flush_all()
        schedule.invalidate_recordset()
        self.as_user(template, self.manager2).is_shared = True
        schedule.template_id = template
        self.assertEqual(schedule.template_id.summary, "Promises")

    def test_proposed_moment(self):
        """Next Monday at six in the morning of whoever makes it."""
        schedules = self.model("service.report.schedule", self.manager2)
        for now, due in (
            # New York: Sunday 23:00, Monday 9:00; the clocks change on March 8
            (datetime(2026, 3, 2, 4, 0), datetime(2026, 3, 2, 11, 0)),
            (datetime(2026, 3, 2, 14, 0), datetime(2026, 3, 9, 10, 0)),
        ):
            with self.at(now):
                vals = schedules.default_get(["date_next"])
            self.assertEqual(vals["date_next"], due)

    def test_one_poison_report_stops_no_other(self):
        bad, good = self.make_schedule(), self.make_schedule(period="week")
        original = type(bad)._service_make

        def make(schedule, planned):
            if schedule == bad:
                raise ValueError("poison")
            return original(schedule, planned)

        self.patch(type(bad), "_service_make", make)
        with self.assertLogs("odoo.addons.service_quality", "ERROR"):
            self.run_cron()
        self.assertEqual(len(self.mails_of(good)), 2)
        self.assertFalse(bad.export_ids)
        self.assertEqual(bad.note, "poison")
        # it is tried again at its next time, not every minute
        self.assertEqual(bad.date_next, datetime(2026, 5, 6, 5, 0))

    def test_a_recipient_without_address(self):
        schedule = self.make_schedule()
        self.manager2.email = False
        self.run_cron()
        self.assertEqual(
            self.mails_of(schedule).mapped("email_to"), [self.manager.email_formatted]
        )
        self.assertIn("no e-mail address", schedule.note)

    def test_a_workbook_that_cannot_be_made(self):
        """The owner reads on the report whose workbook failed, and why."""
        schedule = self.make_schedule()
        self.env["service.report.schedule"]._service_make_due()
        self.env.ref("service_quality.group_manager").user_ids -= self.manager2
        self.run_cron()
        self.assertEqual(len(self.mails_of(schedule)), 1)
        self.assertIn(self.manager2.name, schedule.note)

    def test_filters(self):
        schedule = self.make_schedule(kind="callback", department_id=self.department.id)
        self.run_cron()
        for export in schedule.sudo().export_ids:
            rows = self.rows_of(self.book_of(export)["Promises"])
            self.assertEqual({row["Kind"] for row in rows} - {"Callback"}, set())
            self.assertEqual(export.options["filters"]["kind"], "callback")
            self.assertEqual(
                export.options["filters"]["department_id"], self.department.id
            )
