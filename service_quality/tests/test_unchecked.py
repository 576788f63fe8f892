from odoo.tests import tagged
from odoo.tools import SQL

from .common import ServiceCase

HELPDESK = "helpdesk_mgmt.group_helpdesk_user"


@tagged("post_install", "-at_install")
class TestUnchecked(ServiceCase):
    """Links without a foreign key end as if they had one."""

    def test_user_who_is_deleted(self):
        ticket = self.make_ticket()
        promise = self.make_promise(ticket)
        helper = self.make_user("helper", HELPDESK, employee=False)
        kept = self.raw_events(promise)
        self.agent_message(ticket, user=helper)
        events = self.raw_events(ticket).filtered(lambda row: row.create_uid == helper)
        self.assertTrue(events)
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE service_promise SET write_uid = %s WHERE id = %s RETURNING id",
                helper.id,
                promise.id,
            )
        )
        self.env.invalidate_all()
        authors = kept.mapped("create_uid")
        helper.unlink()
        names = ["create_uid", "write_uid", "kind"]
        for row in (events + kept).read(names) + promise.read(names[:2]):
            self.assertFalse(row["write_uid"] and row["write_uid"][0] == helper.id)
        specification = {name: {"fields": {"display_name": {}}} for name in names[:2]}
        for row in events.web_read(specification):
            self.assertFalse(row["create_uid"])
            self.assertFalse(row["write_uid"])
        self.assertFalse(promise.write_uid)
        self.assertEqual(kept.create_uid, authors, "what others did, stays")

    def test_company_that_is_deleted(self):
        """As its ``unlink`` does at last; here Inventory's own rows would keep it."""
        ticket = self.make_ticket(company=self.other_company, user=self.foreigner)
        other = self.make_ticket()
        for document in (ticket, other):
            self.env["service.event"]._service_log(document, "feedback")
        event, kept = self.raw_events(ticket), self.raw_events(other)
        self.assertEqual(event.company_id, self.other_company)
        self.other_company._service_forget_links(self.other_company._ids)
        self.assertFalse(event.company_id)
        self.assertEqual(event.kind, "feedback")
        self.assertEqual(kept.company_id, self.company)
