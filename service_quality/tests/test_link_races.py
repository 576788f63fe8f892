from collections import Counter
from functools import partial

from werkzeug.test import Client

from odoo import api, http
from odoo.exceptions import UserError
from odoo.service import security
from odoo.tests import get_db_name, tagged
from odoo.tools import mute_logger

from .common import full_rounds
from .common_race import LinkRaceCase

ROUNDS = full_rounds(50, 6)
CLICKS = 20


@tagged("post_install", "-at_install")
class TestLinkRaces(LinkRaceCase):
    """By the methods of the models."""

    def click(self, token, nonce, value):
        def work(env):
            link = env["service.link"]
            return link._service_decide(("scope",), token, nonce, value)[1]

        return self.run_as(self.ids["public"], work)

    def edit(self, change_id):
        def work(env):
            env["service.scope.change"].browse(change_id).write({"reason": "Because"})
            return "edited"

        try:
            return self.run_as(self.ids["agent"], work)
        except UserError:
            return "too late"

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_exactly_one_decision(self):
        """20 clicks at once, in 50 rounds: all the same, yes against no, an edit."""
        seen = Counter()
        for number in range(ROUNDS):
            change_id, token, nonce = self.ask()
            kind = number % 3
            values = ["confirmed"] * CLICKS
            if kind == 1:
                values[::2] = ["declined"] * (CLICKS // 2)
            works = [partial(self.click, token, nonce, value) for value in values]
            if kind == 2:
                works[number % CLICKS] = partial(self.edit, change_id)
            answers = self.at_once(works)
            facts = self.facts(change_id)
            seen[facts["state"]] += 1
            with self.subTest(round=number, answers=answers, facts=facts):
                if answers["edited"] and not answers["done"]:
                    self.assertEqual(answers, {"gone": CLICKS - 1, "edited": 1})
                    self.assertEqual((facts["state"], facts["version"]), ("draft", 2))
                    self.assertEqual((facts["decisions"], facts["mails"]), (0, 0))
                    continue
                self.assertEqual(answers["done"], 1)
                self.assertEqual(answers["edited"] + answers["gone"], 0)
                self.assertEqual(facts["decisions"], 1)
                self.assertEqual(facts["mails"], 1)
                self.assertEqual(facts["links"], 1)
                self.assertEqual(facts["kept"], "kept")
                self.assertEqual(facts["version"], 1)
                others = answers["repeated"] + answers["refused"] + answers["too late"]
                self.assertEqual(others, CLICKS - 1)
        self.assertEqual(sum(seen.values()), ROUNDS)
        self.assertTrue(seen["confirmed"])


@tagged("post_install", "-at_install")
class TestLinkRacesHttp(LinkRaceCase):
    """By the pages and the agent's own requests, through the whole server."""

    #: Each kind of race is run so often.
    rounds = full_rounds(50, 2)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, cls.ids["agent"], {})
            session = http.root.session_store.new()
            session.update(
                http.get_default_session(), db=get_db_name(), _trace_disable=True
            )
            session.uid, session.login = env.uid, env.user.login
            session.context = dict(env["res.users"].context_get())
            session.session_token = security.compute_session_token(session, env)
        http.root.session_store.save(session)
        cls.addClassCleanup(http.root.session_store.delete, session)
        cls.session_id = session.sid

    def request(self, method, path, **options):
        """Send one request, as a browser of its own."""
        client = Client(http.root)
        if "json" in options:
            client.set_cookie("session_id", self.session_id, domain="localhost")
        environ = {"HTTP_HOST": "localhost", "HTTP_X_ODOO_DATABASE": get_db_name()}
        return client.open(path, method=method, environ_overrides=environ, **options)

    def click(self, token, nonce, value):
        """Press a button of the customer's page; return (status, value)."""
        form = {"nonce": nonce, "decision": value}
        path = f"/service_quality/confirm/{token}"
        return self.request("POST", path, data=form).status_code, value

    def call(self, method, *args):
        """Call a method of the change as the agent's browser does."""
        model = "service.scope.change"
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        path = f"/web/dataset/call_kw/{model}/{method}"
        answer = self.request("POST", path, json=body).json
        if "error" not in answer:
            return 200, method
        return answer["error"]["data"]["name"].rpartition(".")[2], method

    def race(self, values, *calls):
        """Press these buttons and do these calls at once; return what became of it.

        :param values: of the buttons
        :param calls: (method, arguments after the id)
        :return: (statuses by what was done, facts)
        """
        change_id, token, nonce = self.ask()
        works = [partial(self.click, token, nonce, value) for value in values]
        works += [partial(self.call, name, [change_id], *args) for name, *args in calls]
        answers = self.at_once(works)
        return answers, self.facts(change_id)

    def assertDecided(self, answers, facts):
        """One decision, one event, one receipt; only its value was thanked for."""
        self.assertIn(facts["state"], ("confirmed", "declined"))
        self.assertEqual((facts["decisions"], facts["links"]), (1, 1))
        self.assertEqual((facts["mails"], facts["recalls"]), (1, 0))
        self.assertEqual((facts["version"], facts["kept"]), (1, "kept"))
        for (status, what), _count in answers.items():
            if what in ("confirmed", "declined"):
                self.assertEqual(status, 200 if what == facts["state"] else 409)
            else:
                self.assertEqual(status, "UserError")

    def assertTooLate(self, answers):
        """Whoever clicked after the agent got the neutral page."""
        clicks = {status for status, what in answers if what == "confirmed"}
        self.assertEqual(clicks, {404})

    @mute_logger("odoo.sql_db", "odoo.service.model", "odoo.http")
    def test_everybody_confirms(self):
        for number in range(self.rounds):
            with self.subTest(round=number):
                answers, facts = self.race(["confirmed"] * CLICKS)
                self.assertEqual(answers, {(200, "confirmed"): CLICKS})
                self.assertEqual(facts["state"], "confirmed")
                self.assertDecided(answers, facts)

    @mute_logger("odoo.sql_db", "odoo.service.model", "odoo.http")
    def test_yes_against_no(self):
        for number in range(self.rounds):
            with self.subTest(round=number):
                values = ["confirmed", "declined"] * (CLICKS // 2)
                self.assertDecided(*self.race(values))

    @mute_logger("odoo.sql_db", "odoo.service.model", "odoo.http")
    def test_yes_against_the_agents_edit(self):
        for number in range(self.rounds):
            with self.subTest(round=number):
                edit = ("write", {"reason": "Because"})
                answers, facts = self.race(["confirmed"] * (CLICKS - 1), edit)
                if facts["state"] != "draft":
                    self.assertDecided(answers, facts)
                    continue
                self.assertTooLate(answers)
                self.assertEqual(answers[200, "write"], 1)
                self.assertEqual((facts["version"], facts["mails"]), (2, 0))
                self.assertEqual((facts["decisions"], facts["links"]), (0, 0))

    @mute_logger("odoo.sql_db", "odoo.service.model", "odoo.http")
    def test_yes_against_calling_back(self):
        for number in range(self.rounds):
            with self.subTest(round=number):
                cancel = ("action_cancel", "Not needed")
                calls = [cancel, cancel, cancel]
                answers, facts = self.race(["confirmed"] * (CLICKS - 3), *calls)
                if facts["state"] != "cancelled":
                    self.assertDecided(answers, facts)
                    continue
                self.assertTooLate(answers)
                self.assertEqual(answers[200, "action_cancel"], 1)
                self.assertEqual(answers["UserError", "action_cancel"], 2)
                self.assertEqual((facts["mails"], facts["recalls"]), (1, 1))
                self.assertEqual((facts["decisions"], facts["links"]), (0, 0))
