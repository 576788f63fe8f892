import re
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import PORTAL_BUNDLES, ServiceHttpCase, TourCase
from .common_link import LinkCase, LinkHttpCase

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class PortalCase(LinkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_portal = new_test_user(
            cls.env,
            login="sq_portal2",
            groups="base.group_portal",
            name="Otto Other",
            email="otto@other.example",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.colleague = new_test_user(
            cls.env,
            login="sq_portal3",
            groups="base.group_portal",
            name="Carla Colleague",
            email="carla@customer.example",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.colleague.partner_id.parent_id = cls.customer_company

    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()

    def declared(self, told=True, **vals):
        """A call that the agent ticked as done, without a trace."""
        promise = self.make_promise(
            self.ticket, kind="callback", name="We call you", tell=told, **vals
        )
        self.wait(hours=1)
        self.as_user(promise, self.agent).action_keep()
        self.sync()
        self.assertTrue(promise.is_self_declared)
        return promise

    def kept(self, **vals):
        """A promise whose keeping left a trace."""
        ticket = self.make_ticket()
        promise = self.make_promise(ticket, **vals)
        self.close(ticket)
        return promise

    def say(self, promise, value, user=None, comment=""):
        """Say in the portal whether it was kept."""
        promises = self.model("service.promise", user or self.portal)
        taken = promises._service_customer_says(promise.id, value, comment)
        self.sync()
        promise.invalidate_recordset()
        return taken

    def page(self, user=None, groups=("open", "kept", "broken", "other"), **vals):
        """Return the rows of the page, flat."""
        promises = self.model("service.promise", user or self.portal)
        vals = {"order": "date", "offset": 0, "limit": 20, **vals}
        return [
            row
            for _group, rows in promises._service_customer_page(groups, **vals)
            for row in rows
        ]

    def names(self, user=None, **vals):
        return [row["name"] for row in self.page(user, **vals)]


@tagged("post_install", "-at_install")
class TestCustomerSees(PortalCase):
    def test_only_what_he_was_told(self):
        self.make_promise(self.ticket, name="Told")
        self.make_promise(self.ticket, name="Note to myself", tell=False)
        self.assertEqual(self.names(), ["Told"])

    def test_promises_of_plans_and_orders(self):
        self.make_plan(rules=[{"name": "First answer", "kind": "response", "hours": 4}])
        self.make_ticket()
        order = self.make_order(confirm=False, commitment_date=self.after(hours=9))
        self.assertEqual(self.names(), ["First answer"])
        # The date is his once he has the order.
        as_agent = self.as_user(order, self.agent)
        as_agent.with_context(send_email=True).action_confirm()
        self.sync()
        self.assertEqual(self.names(), ["First answer", f"Delivery of {order.name}"])

    def test_family_and_nobody_else(self):
        self.make_promise(self.ticket, name="To Petra")
        for user, seen in (
            (self.portal, ["To Petra"]),
            (self.colleague, ["To Petra"]),
            (self.other_portal, []),
            (self.public, []),
            (self.agent, []),
            (self.manager, []),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.names(user), seen)
                counts = self.model("service.promise", user)._service_customer_counts()
                self.assertEqual(sum(counts.values()), len(seen))

    def test_an_employee_cannot_choose_his_family(self):
        """Who may edit contacts could put himself below any customer."""
        self.make_promise(self.ticket, name="To Petra")
        self.agent2.partner_id.parent_id = self.customer_company
        self.assertEqual(self.names(self.agent2), [])

    def test_other_company_of_ours(self):
        """A promise of a company that the login does not belong to stays away."""
        ticket = self.make_ticket(company=self.other_company, user=self.foreigner)
        self.make_promise(ticket, user=self.foreigner, name="Elsewhere")
        self.assertEqual(self.names(), [])
        self.portal.company_ids += self.other_company
        self.assertEqual(self.names(), ["Elsewhere"])

    def test_no_door_of_the_orm(self):
        promise = self.make_promise(self.ticket)
        row = self.as_user(promise, self.portal)
        for work in (
            lambda: row.read(["name"]),
            lambda: row.search([]),
            lambda: row.write({"customer_verdict": "not_kept"}),
            lambda: row.web_search_read([], {"name": {}}),
        ):
            with self.assertRaises(AccessError):
                work()
        with self.assertRaises(AccessError):
            self.as_user(promise, self.admin).write({"customer_verdict": "kept"})

    def test_nothing_internal_comes_out(self):
        """Only what he was told, when it was due, and what came of it."""
        promise = self.make_promise(self.ticket)
        self.as_user(promise, self.manager).action_withdraw("He is a nuisance")
        row = self.page()[0]
        self.assertEqual(row["state"], "withdrawn")
        self.assertNotIn("nuisance", str(row))
        self.assertNotIn(self.agent.name, str(row))
        self.assertEqual(
            set(row),
            {
                *("id", "name", "document", "url", "date_due", "date_asked"),
                *("date_settled", "state", "is_declared", "can_judge"),
                *("verdict", "date_verdict"),
            },
        )

    def test_groups_order_and_paging(self):
        """Every promise on exactly one page, groups one after the other."""
        late = self.make_promise(self.ticket, name="late")
        for number in (1, 2, 3):
            self.kept(name=f"kept {number}", date_due=self.after(hours=number))
        self.wait(hours=3)
        self.close(self.ticket)
        self.assertOutcome(late, "late")
        ticket = self.make_ticket()
        for number in (2, 1):
            due = self.after(hours=number)
            self.make_promise(ticket, name=f"open {number}", date_due=due)
        expected = ["open 1", "open 2", "kept 3", "kept 2", "kept 1", "late"]
        self.assertEqual(self.names(), expected)
        for size in (1, 2, 4):
            pages = [
                self.names(offset=start, limit=size) for start in range(0, 6, size)
            ]
            self.assertEqual([name for page in pages for name in page], expected)
        self.assertEqual(self.names(groups=["broken"]), ["late"])
        counts = self.model("service.promise", self.portal)._service_customer_counts()
        self.assertEqual(counts, {"open": 2, "kept": 3, "broken": 1, "other": 0})

    def test_link_only_to_pages_he_may_open(self):
        self.make_promise(self.ticket)
        self.assertEqual(self.page()[0]["url"], f"/my/ticket/{self.ticket.id}")
        self.ticket.sudo().unlink()
        self.sync()
        row = self.page()[0]
        self.assertEqual((row["url"], bool(row["document"])), ("", True))

    def test_queries_do_not_grow(self):
        def count():
            promises = self.model("service.promise", self.portal)
            before = self.env.cr.sql_log_count
            promises._service_customer_counts()
            promises._service_customer_page(
                ["open", "kept", "broken", "other"], "date", 0, 20
            )
            return self.env.cr.sql_log_count - before

        self.make_promise(self.ticket)
        self.kept()
        count()
        few = count()
        for _number in range(4):
            self.kept()
            self.make_promise(self.make_ticket())
        self.assertEqual(count(), few)
        self.assertLess(few, 30)


@tagged("post_install", "-at_install")
class TestCustomerSays(PortalCase):
    def test_kept_makes_a_declared_one_count(self):
        promise = self.declared()
        settled = promise.date_settled
        self.assertOutcome(promise, "kept", counted=False)
        self.wait(hours=30)
        self.assertTrue(self.say(promise, "kept"))
        self.assertOutcome(promise, "kept", counted=True)
        self.assertEqual(promise.date_settled, settled)
        self.assertEqual(promise.customer_verdict, "kept")
        self.assertEqual(promise.date_customer_verdict, self.now)
        event = self.raw_events(promise)[-1]
        self.assertEqual((event.kind, event.new_value), ("customer_says", "kept"))
        self.assertIn("Petra Portal", event.note)

    def test_kept_does_not_count_what_he_was_told_too_late(self):
        promise = self.make_promise(
            self.ticket, kind="callback", date_due=self.after(minutes=10)
        )
        self.as_user(promise, self.agent).action_keep()
        self.say(promise, "kept")
        self.assertOutcome(promise, "kept", counted=False)

    def test_kept_does_not_unmiss(self):
        """Declared after due it is late, and his kindness does not change that."""
        promise = self.make_promise(self.ticket, kind="callback")
        self.wait(hours=3)
        self.as_user(promise, self.agent).action_keep()
        missed = self.make_promise(self.ticket, kind="callback", name="Other")
        self.close(self.ticket)
        for row, outcome in ((promise, "late"), (missed, "missed")):
            self.assertOutcome(row, outcome, counted=True)
            self.say(row, "kept")
            self.assertOutcome(row, outcome, counted=True)

    def test_not_kept_voids_a_declared_one(self):
        promise = self.declared()
        self.say(promise, "not_kept", comment="Nobody called")
        self.assertOutcome(promise, "missed", counted=True)
        self.assertIn("Nobody called", self.raw_events(promise)[-1].note)
        self.wait(hours=3)
        self.customer_message(self.ticket, "Still nobody called")
        self.assertOutcome(promise, "missed", counted=True)

    def test_not_kept_changes_no_trace(self):
        """What left a trace stays what it is; his word stands beside it."""
        promise = self.kept()
        counted = promise.is_counted
        self.say(promise, "not_kept")
        self.assertOutcome(promise, "kept", counted=counted)
        self.assertEqual(promise.customer_verdict, "not_kept")
        found = self.model("service.promise", self.manager).search(
            [("customer_verdict", "=", "not_kept"), ("id", "=", promise.id)]
        )
        self.assertEqual(found.id, promise.id)

    def test_correction_outweighs_his_word(self):
        promise = self.declared()
        self.say(promise, "not_kept")
        self.correct(promise, "excused")
        self.assertOutcome(promise, "excused")

    def test_first_answer_wins(self):
        promise = self.declared()
        self.assertTrue(self.say(promise, "not_kept"))
        before = self.facts_of(promise)
        events = self.raw_events(promise)
        for value in ("not_kept", "kept"):
            for user in (self.portal, self.colleague):
                self.assertFalse(self.say(promise, value, user))
        self.assertEqual(self.facts_of(promise), before)
        self.assertEqual(self.raw_events(promise), events)

    def test_who_may_not(self):
        promise = self.declared()
        before = self.facts_of(promise)
        self.agent2.partner_id.parent_id = self.customer_company
        for user in (
            *(self.other_portal, self.public, self.agent, self.agent2),
            *(self.manager, self.admin, self.nobody),
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.say(promise, "kept", user)
        self.assertEqual(self.facts_of(promise), before)

    def test_bad_answers(self):
        promise, running = self.declared(), self.make_promise(self.ticket)
        note = self.declared(told=False)
        moved = self.make_promise(self.ticket)
        token = self.ask_move(moved, hours=9)
        self.decide(token, "yes")
        self.assertOutcome(moved, "moved")
        for row, value, comment, error in (
            (promise, "excused", "", UserError),
            (promise, None, "", UserError),
            (promise, "kept", "x" * 10_001, ValidationError),
            (promise, "kept", "\x00", ValidationError),
            (running, "kept", "", UserError),
            (running, "not_kept", "", UserError),
            (moved, "not_kept", "", UserError),
            (note, "kept", "", AccessError),
        ):
            before = self.facts_of(row)
            with self.subTest(value=value), self.assertRaises(error):
                self.say(row, value, comment=comment)
            self.assertEqual(self.facts_of(row), before)

    def test_reopened_is_asked_anew(self):
        promise = self.kept()
        document = promise._service_document()
        self.say(promise, "not_kept")
        self.wait(hours=1)
        self.reopen(document)
        self.assertFalse(promise.customer_verdict)
        self.wait(hours=2)
        self.close(document)
        self.assertOutcome(promise, "late")
        self.assertTrue(self.say(promise, "kept"))
        self.assertOutcome(promise, "late")

    def test_a_broken_word_is_followed_up(self):
        """Once: a recovery with an owner, and an internal note on the document."""
        promise = self.kept()
        document = promise._service_document()
        self.say(promise, "not_kept", comment="<b>No</b>")
        self.say(promise, "not_kept", comment="Again")
        recovery = self.env["service.recovery"].search(
            [("promise_id", "=", promise.id)]
        )
        self.assertEqual(len(recovery), 1)
        self.assertEqual((recovery.trigger, bool(recovery.user_id)), ("not_kept", True))
        note = document.message_ids.filtered(lambda row: "not kept" in row.body)
        self.assertEqual(len(note), 1)
        self.assertTrue(note.subtype_id.internal)
        self.assertIn("&lt;b&gt;No&lt;/b&gt;", note.body)
        self.assertEqual(promise.customer_comment, "<b>No</b>")

    def test_a_failing_follow_up_does_not_lose_his_word(self):
        promise = self.kept()
        with (
            patch.object(
                type(promise), "_service_on_not_kept", side_effect=ValueError("no")
            ),
            mute_logger("odoo.addons.service_quality.models.service_promise_customer"),
        ):
            self.say(promise, "not_kept")
        self.assertEqual(promise.customer_verdict, "not_kept")

    def test_stands_in_the_panel_and_in_the_pack(self):
        promise = self.declared()
        self.say(promise, "not_kept")
        data = self.as_user(self.ticket, self.agent).get_service_panel_data()
        self.assertEqual(data["promises"][0]["customer_says"], "not_kept")
        self.as_user(self.ticket, self.agent).action_service_evidence_pack()
        content = self.env["service.evidence.pack"].search([], limit=1)
        content = content._service_content()
        rows = dict(content["promises"][0]["rows"])
        self.assertEqual(rows["Customer says"], "Was not kept")
        said = content["timeline"][-1]
        self.assertEqual(said["number"], len(content["timeline"]))
        self.assertEqual(said["what"], "Customer says whether it was kept")
        self.assertEqual(said["rows"], [["Old", "Kept"], ["New", "Was not kept"]])


@tagged("post_install", "-at_install")
class TestAskKept(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"service_ask_kept": True, "service_ask_kept_days": 14})

    def run_cron(self):
        """Do what the scheduled action does with the promises to ask about."""
        self.sync()
        promises = self.env["service.promise"]
        for promise in promises._service_kept_todo():
            promise._service_ask_kept_safely()
        self.sync()

    def asked(self):
        """Return the mails that ask whether it was kept."""
        return self.mails().filtered(lambda mail: "Did we call" in mail.subject)

    def test_asked_once_after_due(self):
        promise = self.declared()
        self.run_cron()
        self.assertFalse(self.asked())
        self.wait(hours=2)
        self.run_cron()
        self.assertEqual(len(self.asked()), 1)
        self.assertEqual(promise.date_kept_asked, self.now)
        self.wait(days=1)
        self.run_cron()
        self.assertEqual(len(self.asked()), 1)
        self.assertEqual(self.events_of(promise).count("kept_asked"), 1)

    def test_ticked_long_before_due(self):
        promise = self.declared(date_due=fields.Datetime.to_string(self.after(days=5)))
        self.wait(days=5)
        self.run_cron()
        self.assertTrue(promise.date_kept_asked)

    def test_switched_off(self):
        self.company.service_ask_kept = False
        self.declared()
        self.wait(hours=2)
        self.run_cron()
        self.assertFalse(self.asked())

    def test_one_question_per_customer_and_pause(self):
        first, second = self.declared(), self.declared()
        self.wait(hours=5)
        self.run_cron()
        self.assertEqual(len(self.asked()), 1)
        self.assertEqual((bool(first.date_kept_asked), second.date_kept_asked), (1, 0))
        self.wait(days=13, hours=23)
        third = self.declared()
        self.run_cron()
        self.assertFalse(third.date_kept_asked)
        self.wait(hours=2)
        self.run_cron()
        self.assertTrue(third.date_kept_asked)
        # The second is history by now.
        self.assertFalse(second.date_kept_asked)

    def test_nobody_who_must_not_be_asked(self):
        self.env["mail.blacklist"].sudo()._add(self.customer.email)
        self.declared()
        self.wait(hours=2)
        self.run_cron()
        self.assertFalse(self.asked())

    def test_what_has_a_trace_is_not_asked(self):
        self.kept()
        self.declared(told=False)
        self.wait(hours=2)
        self.run_cron()
        self.assertFalse(self.asked())

    def test_answer_by_link(self):
        for value, outcome in (("kept", "kept"), ("not_kept", "missed")):
            with self.subTest(value=value):
                promise = self.declared()
                self.wait(hours=2)
                self.run_cron()
                token = self.token_of(self.asked()[-1])
                self.assertEqual(self.decide(token, value, comment="So it was"), "done")
                self.assertOutcome(promise, outcome, counted=True)
                self.assertEqual(promise.customer_verdict, value)
                self.assertIn("So it was", self.raw_events(promise)[-1].note)
                self.assertEqual(self.decide(token, value), "repeated")
                wrong = "kept" if value == "not_kept" else "not_kept"
                self.assertEqual(self.decide(token, wrong), "refused")
                self.assertFalse(self.say(promise, wrong))
                self.assertOutcome(promise, outcome, counted=True)
                self.wait(days=15)

    def test_answer_in_the_portal_kills_the_link(self):
        promise = self.declared()
        self.wait(hours=2)
        self.run_cron()
        token = self.token_of(self.asked())
        self.say(promise, "not_kept")
        self.assertEqual(self.decide(token, "kept", nonce="1-x"), "gone")
        self.assertOutcome(promise, "missed")

    def test_link_is_bound_to_the_declaration(self):
        """Asked about again after a void, the older question is no longer open."""
        promise = self.declared()
        self.wait(hours=2)
        self.run_cron()
        token = self.token_of(self.asked())
        self.customer_message(self.ticket, "Where is your call?")
        self.assertOutcome(promise, None)
        self.assertEqual(self.decide(token, "kept", nonce="1-x"), "gone")

    def test_no_agent_with_the_link(self):
        promise = self.declared()
        self.wait(hours=2)
        self.run_cron()
        token = self.token_of(self.asked())
        with self.assertRaises(AccessError):
            self.decide(token, "kept", user=self.agent)
        self.assertEqual(self.decide(token, "kept", user=self.other_portal), "gone")
        self.assertFalse(promise.customer_verdict)

    def test_poison_row(self):
        """One promise that cannot be asked about does not stop the others."""
        bad = self.declared()
        bad._service_unseal().partner_email = "nobody@elsewhere.example"
        good = self.declared()
        self.wait(hours=3)
        issue = type(self.env["service.link"])._service_issue

        def fail(links, purpose, record, *args, **kwargs):
            if record.id == bad.id:
                raise ValueError("no")
            return issue(links, purpose, record, *args, **kwargs)

        with (
            patch.object(type(self.env["service.link"]), "_service_issue", fail),
            mute_logger("odoo.addons.service_quality.models.service_promise_ask_kept"),
        ):
            self.run_cron()
        self.assertFalse(bad.date_kept_asked)
        self.assertTrue(good.date_kept_asked)

    def test_cron(self):
        promise = self.declared()
        self.wait(hours=2)
        with self.enter_registry_test_mode():
            self.env.ref("service_quality.cron_promises").method_direct_trigger()
        promise.invalidate_recordset()
        self.assertTrue(promise.date_kept_asked)


@tagged("post_install", "-at_install")
class TestPortalPages(LinkHttpCase, PortalCase, ServiceHttpCase):
    def press(self, promise, value, csrf=None, **form):
        """Press a button of the page, as whoever is logged in."""
        if csrf is None:
            csrf = CSRF.findall(self.url_open("/my/promises").text)[0]
        answer = self.opener.post(
            f"{self.base_url()}/my/promises/{promise.id}/say",
            data={"csrf_token": csrf, "value": value, **form},
            timeout=30,
        )
        self.env.invalidate_all()
        return answer

    def test_page_of_the_customer(self):
        kept = self.kept(name="<b>Kept & told</b>")
        note = self.make_promise(self.ticket, name="Secret note", tell=False)
        self.authenticate("sq_portal", "sq_portal")
        page = self.url_open("/my/promises")
        self.assertEqual(page.status_code, 200)
        self.assertIn("&lt;b&gt;Kept &amp; told&lt;/b&gt;", page.text)
        self.assertNotIn(note.name, page.text)
        self.assertIn("America/New_York", page.text)
        # Due at 12:00 in Budapest
        self.assertIn("By 03/02/2026 06:00 AM", page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        csrf = CSRF.findall(page.text)[0]
        answer = self.press(kept, "not_kept", csrf, filterby="kept", page="1")
        self.assertIn("Somebody will look into it", answer.text)
        self.assertIn("filterby=kept", answer.url)
        self.assertEqual(kept.customer_verdict, "not_kept")
        answer = self.press(kept, "kept", csrf)
        self.assertIn("nothing changed", answer.text)
        self.assertEqual(kept.customer_verdict, "not_kept")

    def test_reading_writes_nothing(self):
        """Whoever fetches the pages, however often, settles nothing."""
        promise = self.declared()
        before = self.facts_of(promise)
        self.authenticate("sq_portal", "sq_portal")
        for _time in range(3):
            for method in ("GET", "HEAD", "OPTIONS"):
                for path in (
                    "/my/promises",
                    f"/my/promises/{promise.id}/say?value=kept",
                ):
                    self.opener.request(method, self.base_url() + path, timeout=30)
        self.assertEqual(self.facts_of(promise), before)

    def test_without_the_token_of_the_page(self):
        promise = self.declared()
        self.authenticate("sq_portal", "sq_portal")
        with mute_logger("odoo.http"):
            self.assertEqual(self.press(promise, "kept", csrf="x").status_code, 400)
        self.assertFalse(promise.customer_verdict)

    def test_strangers_and_staff(self):
        promise = self.declared()
        for login in ("sq_portal2", "sq_agent", "sq_manager"):
            with self.subTest(login=login):
                self.authenticate(login, login)
                page = self.url_open("/my/promises")
                self.assertNotIn("We call you", page.text)
                csrf = self.csrf_token()
                answer = self.press(promise, "kept", csrf=csrf)
                self.assertIn("not for you to answer", answer.text)
                self.assertFalse(promise.customer_verdict)
        self.assertIn("This page is for customers", page.text)
        self.authenticate(None, None)
        page = self.url_open("/my/promises")
        self.assertIn("/web/login", page.url)

    def csrf_token(self):
        """Return a good token of the session that is logged in."""
        text = self.url_open("/my/account").text
        return re.findall(r'csrf_token[": =]+(?:value=")?"?([0-9a-f]{40}o\d+)', text)[0]

    def test_bad_parameters(self):
        """Nothing of the address gets further than a list of known words."""
        self.kept()
        self.authenticate("sq_portal", "sq_portal")
        for query in (
            "sortby=id;drop&filterby=%27",
            "said=%3Cscript%3E",
            "filterby=other",
            "sortby=document&filterby=kept",
        ):
            page = self.url_open(f"/my/promises?{query}")
            self.assertEqual(page.status_code, 200, query)
        self.assertEqual(self.url_open("/my/promises/page/999999").status_code, 200)

    def test_an_answer_that_cannot_be_taken(self):
        """Of a running promise, or none of the two buttons: said, and nothing done."""
        self.kept()  # so that the page has a form
        running = self.make_promise(self.ticket, name="Still running")
        declared = self.declared()
        self.authenticate("sq_portal", "sq_portal")
        for promise, value in ((running, "kept"), (declared, "maybe")):
            before = self.facts_of(promise)
            answer = self.press(promise, value, page="x" * 9)
            self.assertEqual(answer.status_code, 200)
            self.assertIn("This cannot be answered now.", answer.text)
            self.assertEqual(self.facts_of(promise), before)

    def test_home_and_counter(self):
        self.kept()
        self.authenticate("sq_portal", "sq_portal")
        self.assertIn("/my/promises", self.url_open("/my").text)
        values = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["service_promise_count"]}
        )
        self.assertEqual(values, {"service_promise_count": 1})
        self.authenticate("sq_portal2", "sq_portal2")
        values = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["service_promise_count"]}
        )
        self.assertEqual(values, {"service_promise_count": 0})
        self.assertIn("promised you nothing yet", self.url_open("/my/promises").text)

    def test_page_of_the_link(self):
        """Asked by mail, answered without login, on the page of the link."""
        self.company.write({"service_ask_kept": True})
        promise = self.declared()
        self.wait(hours=2)
        for row in self.env["service.promise"]._service_kept_todo():
            row._service_ask_kept_safely()
        token = self.token_of(self.mails()[-1])
        page = self.get(token)
        self.assertIn("Did we keep this promise?", page.text)
        self.assertEqual(self.post(token, decision="").status_code, 400)
        self.assertFalse(promise.customer_verdict)
        answer = self.post(token, decision="not_kept", comment="Nobody rang")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("it was not kept", answer.text)
        self.assertEqual(promise.customer_verdict, "not_kept")
        self.assertOutcome(promise, "missed")


@tagged("post_install", "-at_install")
class TestPortalTour(PortalCase, TourCase, ServiceHttpCase):
    page_bundles = PORTAL_BUNDLES
    browser_size = "390x844"
    touch_enabled = True

    def test_customer_on_his_phone(self):
        """From the card of the portal to the customer's own word."""
        promise = self.declared()
        self.make_promise(self.ticket, name="Secret note", tell=False)
        self.make_promise(self.make_ticket(), name="Still open")
        self.start_tour("/my", "service_quality_portal_promises", login="sq_portal")
        self.env.invalidate_all()
        self.assertEqual(promise.customer_verdict, "not_kept")
        self.assertEqual(promise.customer_comment, "Nobody called")
        self.assertOutcome(promise, "missed", counted=True)
