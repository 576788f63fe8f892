import re
import threading
from collections import Counter
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, new_test_user

EMAIL = "sq-race-customer@elsewhere.example"
TOKEN = re.compile(r"/service_quality/confirm/([\w-]+)")
SILENT = {"tracking_disable": True, "no_reset_password": True, "mail_notrack": True}


class LinkRaceCase(BaseCase):
    """Many clicks at the same moment, each in its own transaction, all committed.

    Outside of the tests' transaction, because only real transactions collide; what
    was made is deleted at the end.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, SILENT)
            groups = "helpdesk_mgmt.group_helpdesk_user_own"
            agent = new_test_user(env, "sq_race_agent", groups, tz="UTC")
            employee = env["hr.employee"].create(
                {"name": "Race Agent", "user_id": agent.id}
            )
            customer = env["res.partner"].create({"name": "Racer", "email": EMAIL})
            ticket = env["helpdesk.ticket"].create(
                {
                    "name": "Race",
                    "description": "x",
                    "partner_id": customer.id,
                    "user_id": agent.id,
                }
            )
            cls.made = [ticket, employee, agent, agent.partner_id, customer]
            cls.ids = {"agent": agent.id, "ticket": ticket.id}
            cls.ids["public"] = env.ref("base.public_user").id
        cls.addClassCleanup(cls._forget)

    @classmethod
    def _forget(cls):
        """Delete what was committed, facts first."""
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            document = [("res_model", "=", "helpdesk.ticket")]
            document += [("res_id", "=", cls.ids["ticket"])]
            changes = env["service.scope.change"].search(document)
            checklists = env["service.checklist"].search(document)
            facts = [
                changes,
                checklists.line_ids,
                checklists,
                env["service.promise"].search(document),
            ]
            for rows in facts:
                about = [("res_model", "=", rows._name), ("res_id", "in", rows.ids)]
                for name in ("service.event", "service.link"):
                    env[name]._service_unseal().search(about).unlink()
                rows._service_unseal().unlink()
            env["service.event"]._service_unseal().search(document).unlink()
            env["mail.mail"].search([("email_to", "=", EMAIL)]).unlink()
            for row in cls.made:
                row.with_env(env).exists().unlink()

    def setUp(self):
        super().setUp()
        # A retry waits up to a second, which changes nothing but the time we need.
        self.startPatcher(patch("odoo.service.model.random.uniform", lambda *args: 0))

    def run_as(self, user_id, work):
        """Do something in a transaction of its own, retried as Odoo does."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, user_id, {"lang": "en_US"})
            return retrying(lambda: work(env), env)

    def ask(self):
        """Send a change; return its id, a token and the nonce of the page."""

        def work(env):
            change = env["service.scope.change"].create(
                {
                    "name": "Another pump",
                    "res_model": "helpdesk.ticket",
                    "res_id": self.ids["ticket"],
                }
            )
            change.action_send()
            return change.id

        change_id = self.run_as(self.ids["agent"], work)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            mail = env["mail.mail"].search([("email_to", "=", EMAIL)], limit=1)
            token = TOKEN.search(mail.body_html)[1]
            link = env(user=self.ids["public"])["service.link"]
            nonce = link._service_find(("scope",), token)._service_nonce()
            mail.unlink()
        return change_id, token, nonce

    def at_once(self, works):
        """Run functions at the same moment; return what they answered."""
        barrier = threading.Barrier(len(works))
        answers = []

        def run(work):
            barrier.wait()
            answers.append(work())

        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(len(answers), len(works))
        return Counter(answers)

    def facts(self, change_id):
        """Return state, version, events and mails of one change; clear the queue."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            change = env["service.scope.change"].browse(change_id)
            kinds = Counter(change.event_ids.mapped("kind"))
            mails = env["mail.mail"].search([("email_to", "=", EMAIL)])
            links = env["service.link"].search([("res_id", "=", change_id)])
            links = links.filtered(lambda row: row.res_model == change._name)
            facts = {
                "state": change.state,
                "version": change.version,
                "decisions": kinds["confirmed"] + kinds["declined"],
                "mails": len(mails),
                "recalls": sum("need not answer" in row.body_html for row in mails),
                "links": len(links.filtered("decision")),
                "kept": change.scope_promise_id.outcome,
            }
            mails.unlink()
        return facts
