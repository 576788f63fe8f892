import random
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from werkzeug.test import Client

from odoo import SUPERUSER_ID, api, fields, http
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

DOCUMENTS = 40
#: So many of them were asked about by two mails to the same customer.
TWICE = 8
CLIENTS = 8
WAIT = 60
NONCE = re.compile(r'name="nonce" value="([^"]+)"')


@tagged("post_install", "-at_install")
class TestFeedbackBurst(BaseCase):
    """Many customers at once, through the whole server; real, committed requests.

    Outside of the tests' transaction, because only real transactions collide; what
    was made is deleted at the end.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._forget)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            cls.tickets = (
                env["helpdesk.ticket"]
                .create(
                    [
                        {
                            "name": f"Burst {number}",
                            "description": "x",
                            "company_id": env.ref("base.main_company").id,
                        }
                        for number in range(DOCUMENTS)
                    ]
                )
                .ids
            )
            asked = [*cls.tickets, *cls.tickets[:TWICE]]
            cls.paths = [(ticket_id, cls._ask(env, ticket_id)) for ticket_id in asked]

    @classmethod
    def _ask(cls, env, ticket_id):
        """Return the address of the page of one more mail about a ticket."""
        ticket = env["helpdesk.ticket"].browse(ticket_id)
        email = f"burst{ticket_id}@customer.example"
        now = fields.Datetime.now()
        vals = {
            **ticket._service_snapshot_vals(),
            "email": email,
            "survey_id": env.ref("service_quality.survey_service").id,
            "state": "sent",
            "date_planned": now,
            "date_sent": now,
            "is_reminder_settled": True,
        }
        invitation = env["service.invitation"]._service_unseal().create(vals)
        _link, token = env["service.link"]._service_issue(
            "feedback",
            invitation,
            [("About", ticket.name)],
            company=ticket.company_id,
            email=email,
        )
        return f"/service_quality/feedback/{token}"

    @classmethod
    def _forget(cls):
        """Delete what was committed, facts first."""
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            about = [("res_model", "=", "helpdesk.ticket")]
            about += [("res_id", "in", cls.tickets)]
            for name in ("service.recovery", "service.feedback", "service.invitation"):
                rows = env[name]._service_unseal().search(about)
                of_rows = [("res_model", "=", name), ("res_id", "in", rows.ids)]
                for other in ("service.event", "service.link"):
                    env[other]._service_unseal().search(of_rows).unlink()
                rows.unlink()
            env["helpdesk.ticket"].browse(cls.tickets).unlink()

    def _client(self):
        client = Client(http.root)
        environ = {"HTTP_HOST": "localhost", "HTTP_X_ODOO_DATABASE": get_db_name()}
        return lambda method, path, **form: getattr(client, method)(
            path, data=form or None, environ_overrides=environ
        )

    def _jobs(self):
        """Open every page; return what the buttons will send, each one twice."""
        open_page, jobs = self._client(), []
        for number, (ticket_id, path) in enumerate(self.paths):
            response = open_page("get", path)
            self.assertEqual(response.status_code, 200)
            nonce = NONCE.search(response.text)[1]
            # The two mails about one document say different things.
            value = 100 if number < DOCUMENTS else 0
            jobs += 2 * [(ticket_id, path, nonce, value)]
        random.Random(7).shuffle(jobs)
        # Both mails, twice: at the very same moment.
        return sorted(jobs, key=lambda job: self.tickets.index(job[0]))

    @mute_logger("odoo.service.model", "odoo.sql_db", "odoo.http")
    def test_nothing_lost_nothing_twice(self):
        jobs = self._jobs()
        start = threading.Barrier(CLIENTS)

        def work(mine):
            send, seen = self._client(), []
            start.wait(WAIT)
            for ticket_id, path, nonce, value in mine:
                response = send("post", path, nonce=nonce, satisfaction=str(value))
                seen.append((ticket_id, value, response.status_code))
            return seen

        with ThreadPoolExecutor(CLIENTS) as pool:
            shares = [jobs[number::CLIENTS] for number in range(CLIENTS)]
            seen = [row for rows in pool.map(work, shares) for row in rows]
        self.assertEqual(len(seen), 2 * (DOCUMENTS + TWICE))
        self.assertLessEqual({status for *_rest, status in seen}, {200, 409})
        thanked = {(ticket, value) for ticket, value, code in seen if code == 200}
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            rows = env["service.feedback"].search(
                [("res_model", "=", "helpdesk.ticket"), ("res_id", "in", self.tickets)]
            )
            stored = {(row.res_id, round(row.satisfaction)) for row in rows}
            events = env["service.event"].search(
                [("res_model", "=", rows._name), ("res_id", "in", rows.ids)]
            )
            self.assertEqual(
                set(Counter(rows.mapped("res_id")).values()), {1}, "counted twice"
            )
            self.assertEqual(set(rows.mapped("res_id")), set(self.tickets), "lost")
            # Whoever was thanked is the one whose answer is kept.
            self.assertEqual(stored, thanked)
            self.assertEqual(events.mapped("kind"), ["feedback"] * DOCUMENTS)
