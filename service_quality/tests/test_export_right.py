from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common_export import ExportCase

LINK = "export data"


@tagged("post_install", "-at_install")
class TestExportRight(ExportCase):
    """Whoever may not take data out of Odoo takes no workbook out either."""

    def take_right(self):
        """Take Odoo's right to export from the service managers."""
        right = self.env.ref("base.group_allow_export")
        self.env.ref("service_quality.group_manager").implied_ids -= right
        right.user_ids -= self.manager + self.admin
        self.env.registry.clear_cache()

    def doors(self):
        promises = self.as_user(self.env["service.promise"].search([]), self.manager)
        workbook = self.model("service.workbook", self.manager)
        yield lambda: self.make_run()
        yield lambda: workbook._get_list_action(promises)
        yield lambda: self.model("service.export", self.manager).start({})
        yield lambda: self.model("service.export.wizard", self.manager).default_get(
            ["date_from"]
        )
        template = self.make_template()
        template = self.as_user(template, self.admin)
        yield template.action_service_export

    def test_managers_have_it(self):
        self.assertTrue(self.get_data()["can_export"])
        for door in self.doors():
            self.assertTrue(door())

    def test_without_it(self):
        self.take_right()
        data = self.get_data()
        self.assertTrue(data["is_manager"])
        self.assertFalse(data["can_export"])
        for door in self.doors():
            with self.assertRaisesRegex(AccessError, LINK):
                door()

    def test_it_makes_no_manager(self):
        self.agent.group_ids |= self.env.ref("base.group_allow_export")
        self.assertFalse(self.get_data(self.agent)["can_export"])
        with self.assertRaisesRegex(AccessError, "service manager"):
            self.make_run(self.agent)

    def test_no_report_is_sent_to_whoever_lacks_it(self):
        vals = {
            "name": "Weekly",
            "company_id": self.company.id,
            "recipient_ids": [Command.set(self.manager.ids)],
            "date_next": self.now,
        }
        schedules = self.model("service.report.schedule", self.admin)
        self.assertTrue(schedules.create(vals))
        self.take_right()
        self.admin.group_ids |= self.env.ref("base.group_allow_export")
        with self.assertRaisesRegex(ValidationError, LINK):
            schedules.create(vals)
