from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.service_quality.tests.common import HostTests, ServiceCase


@tagged("post_install", "-at_install")
class TestProjectTask(HostTests, ServiceCase):
    host = "project.task"
    host_groups = "project.group_project_user"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.env["project.project"].create(
            {
                "name": "Garden",
                "company_id": cls.company.id,
                "partner_id": cls.customer.id,
                "privacy_visibility": "employees",
            }
        )

    def make_document(self, **vals):
        return self.env["project.task"].create(
            {
                "name": "Plant the trees",
                "project_id": self.project.id,
                "partner_id": self.customer.id,
                "user_ids": [Command.set(self.agent.ids)],
                **vals,
            }
        )

    def finish(self, document):
        self.as_user(document, self.agent).state = "1_done"
        self.sync()

    def open_again(self, document):
        self.as_user(document, self.agent).state = "01_in_progress"
        self.sync()

    def cancel(self, document):
        self.as_user(document, self.agent).state = "1_canceled"
        self.sync()

    def test_deadline_of_the_task(self):
        """A date of our planning counts once the customer was told it."""
        task = self.make_document(date_deadline=self.after(hours=6))
        self.sync()
        promise = task.service_promise_ids
        self.assertEqual((promise.kind, promise.source), ("deadline", "native"))
        self.assertFalse(promise.is_counted)
        self.agent_message(task, "You have it this afternoon.")
        self.wait(hours=1)
        self.finish(task)
        self.assertOutcome(promise, "kept", counted=True)

    def test_no_customer_no_promise(self):
        task = self.make_document(partner_id=False, date_deadline=self.after(hours=6))
        self.sync()
        self.assertFalse(task.service_promise_ids)
