import re
import secrets
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ..models.service_link import PURPOSES
from .common import full_rounds
from .common_link import LINK, LinkHttpCase
from .common_scope import ScopeCase

METHODS = ("GET", "HEAD", "OPTIONS")
ALL_PURPOSES = tuple(dict(PURPOSES))
HREF = re.compile(r'href="([^"]+)"')
#: So long each page stays open in a browser that nobody touches, in milliseconds.
RENDER_MS = full_rounds(10_000, 1_000)


@tagged("post_install", "-at_install")
class TestScan(ScopeCase, LinkHttpCase):
    """Robots that open every link, and what is left of a link in the database."""

    def setUp(self):
        super().setUp()
        self.promise = self.make_promise(self.ticket, date_due=self.after(hours=4))
        self.change, self.scope_token = self.sent_token(amount_delta=10)
        self.move_token = self.ask_move(self.promise, hours=30)

    def _tables(self):
        return [
            name
            for (name,) in self.env.execute_query(
                SQL(
                    "SELECT c.relname FROM pg_class c JOIN pg_namespace n"
                    " ON n.oid = c.relnamespace"
                    " WHERE c.relkind = 'r' AND n.nspname = current_schema()"
                    " ORDER BY 1"
                )
            )
        ]

    def digest(self):
        """Return (rows, sum of their hashes) of every table of the database."""
        self.sync()
        return {
            name: self.env.execute_query(
                SQL(
                    "SELECT count(*), sum(hashtext(t::text)::bigint) FROM %s t",
                    SQL.identifier(name),
                )
            )[0]
            for name in self._tables()
        }

    def _ask_whether_kept(self):
        """Declare a call done without a trace, and let the scheduler ask about it."""
        self.company.service_ask_kept = True
        call = self.make_promise(
            self.ticket, kind="callback", date_due=self.after(hours=2)
        )
        self.as_user(call, self.agent).action_keep()
        self.wait(hours=3)
        self.run_cron()

    def _ask_for_feedback(self):
        """Close a ticket whose plan asks, and let the scheduler send the survey."""
        survey = self.env.ref("service_quality.survey_service")
        self.make_plan(survey_id=survey.id, survey_delay_hours=2)
        self.close(self.make_ticket())
        self.wait(hours=2)
        self.sync()
        with self.enter_registry_test_mode():
            self.env.ref("service_quality.cron_surveys").method_direct_trigger()
        self.env.invalidate_all()

    def _mailed_paths(self):
        """Return every address of ours in the queue's mails to the customer."""
        base = self.env["service.link"].get_base_url()
        return sorted(
            {
                href.replace("&amp;", "&").removeprefix(base)
                for mail in self.mails().filtered(lambda row: row.state == "outgoing")
                for href in HREF.findall(mail.body_html or "")
                if href.startswith((base, "/"))
            }
        )

    def _open(self, path):
        """Open an address again and again, as robots of all sorts do."""
        for _round in range(full_rounds(5, 2)):
            for method in METHODS:
                for agent in ("Mozilla/5.0", "curl/8", "SafeLinks-Scanner"):
                    response = self.opener.request(
                        method,
                        self.base_url() + path,
                        headers={"User-Agent": agent},
                        timeout=20,
                    )
                    self.assertIn(response.status_code, (200, 204), (method, path))

    def test_a_mail_scanner_changes_nothing(self):
        """Every link of every queued mail, opened again and again, and rendered."""
        self._ask_whether_kept()
        self._ask_for_feedback()
        pages, paths = {}, self._mailed_paths()
        for path in paths:
            token = LINK.search(path)
            if token:
                found = self.links()._service_find(ALL_PURPOSES, token[1])
                pages[found.purpose] = path
        self.assertEqual(set(pages), set(ALL_PURPOSES))
        self.assertTrue([path for path in paths if path.startswith("/survey/")])
        before = self.digest()
        self.assertGreater(len(before), 200)
        for path in paths:
            self._open(path)
        for path in pages.values():
            self.browser_js(
                path,
                f"setTimeout(() => console.log('test successful'), {RENDER_MS})",
                timeout=60,
            )
        after = self.digest()
        changed = {name for name in after if after[name] != before.get(name)}
        self.assertFalse(changed)

    def test_the_token_is_in_the_mail_and_nowhere_else(self):
        """Also after a question, a reminder, a refusal and a decision."""
        self.post(self.scope_token, decision="ask", question="How loud is it?")
        self.wait(days=3)
        self.run_cron()
        reminded = self.token_of(
            self.mails().filtered(lambda mail: "Reminder" in mail.subject)
        )
        mails = self.mails().filtered(lambda mail: LINK.search(mail.body_html))
        self.post(self.scope_token, decision="confirmed", name="Petra")
        self.post(self.move_token, decision="maybe", nonce="1-x")
        self.get(self.scope_token)
        tokens = {self.scope_token, self.move_token, reminded}
        self.assertEqual(len(tokens), 3)
        self.sync()
        places = {}
        for name in self._tables():
            pattern = f"({'|'.join(tokens)})"
            (count,) = self.env.execute_query(
                SQL(
                    "SELECT count(*) FROM %s t WHERE t::text ~ %s",
                    SQL.identifier(name),
                    pattern,
                )
            )[0]
            if count:
                places[name] = count
        self.assertEqual(places, {"mail_mail": len(mails)})
        self.assertEqual(len(mails), 3)

    def test_wrong_tokens_cost_the_same(self):
        """The same page, by the same few queries, whatever the token looks like."""
        self.get("warm")
        statements = []
        cursor = type(self.env.cr)
        execute = cursor.execute

        def spy(cr, query, *args, **kwargs):
            statements.append(str(getattr(query, "code", query)))
            return execute(cr, query, *args, **kwargs)

        answers, costs = set(), set()
        with patch.object(cursor, "execute", spy):
            for number in range(30):
                token = secrets.token_urlsafe(32)
                token = (token, token[:20], self.scope_token[:-1])[number % 3]
                del statements[:]
                response = self.get(token)
                answers.add((response.status_code, response.text))
                asked = [row for row in statements if "SAVEPOINT" not in row]
                costs.add(len(asked))
        self.assertEqual(len(answers), 1)
        self.assertEqual(answers.pop()[0], 404)
        self.assertEqual(len(costs), 1, costs)
        self.assertLessEqual(costs.pop(), 4)
