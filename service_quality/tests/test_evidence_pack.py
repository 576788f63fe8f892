import hashlib
import json
import os
from io import BytesIO
from unittest.mock import patch

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from odoo.addons.base.models import ir_actions_report

from .common import ServiceHttpCase
from .common_link import LinkCase

REPORT = "service_quality.report_evidence_pack"


class PackCase(LinkCase):
    def make_pack(self, document, user=None):
        """Print the pack of a document as a user; return the stored row."""
        action = self.as_user(document, user or self.agent)
        action = action.action_service_evidence_pack()
        self.sync()
        return self.env["service.evidence.pack"].browse(action["context"]["active_ids"])

    def content_of(self, pack):
        self.assertEqual(len(pack), 1)
        return json.loads(pack.content)

    def render(self, pack, user=None):
        """Return the pages a user gets, as HTML."""
        reports = self.model("ir.actions.report", user or self.agent)
        body = reports._render_qweb_html(REPORT, pack.ids)[0]
        return html.fromstring(body.decode())

    def words(self, node):
        return " ".join(node.text_content().split())

    def _renderer(self):
        """Return what the report knows of the renderer, looked up anew."""
        ir_actions_report._wkhtml.cache_clear()
        self.addCleanup(ir_actions_report._wkhtml.cache_clear)
        return self.env["ir.actions.report"].get_wkhtmltopdf_state()


@tagged("post_install", "-at_install")
class TestEvidencePack(PackCase):
    def test_timeline_of_a_quarrel(self):
        """Promise, words, checklist, lateness, correction: all in order, with both
        values."""
        ticket = self.make_ticket()
        checklist = self.start_checklist(ticket)
        promise = self.make_promise(ticket)
        self.wait(hours=1)
        self.agent_message(ticket, "The part is ordered.")
        line = self.as_user(checklist.line_ids, self.agent)
        line.action_answer(answer="yes", comment="The pump was worn")
        self.wait(hours=2)
        self.customer_message(ticket, "Where is it?")
        self.close(ticket)
        self.wait(minutes=1)
        self.correct(promise, "kept", reason="The customer was on holiday")
        content = self.content_of(self.make_pack(ticket))
        kinds = [(row["ref"], row["what"]) for row in content["timeline"]]
        self.assertEqual(
            kinds,
            [
                ("P1", "Recorded"),
                ("", "Written to the customer"),
                ("P1", "Customer informed of the promise"),
                ("", "Customer informed"),
                ("L1", "Line answered"),
                ("P1", "Customer had to chase"),
                ("", "Customer wrote"),
                ("P1", "Evidence"),
                ("P1", "Corrected by a manager"),
            ],
        )
        texts = [row["text"] for row in content["timeline"]]
        self.assertIn("The part is ordered.", texts)
        self.assertIn("Where is it?", texts)
        corrected = content["timeline"][-1]
        self.assertEqual(corrected["rows"], [["Old", "Late"], ["New", "Kept"]])
        self.assertEqual(corrected["who"], self.manager.name)
        rows = dict(content["promises"][0]["rows"])
        self.assertIn("corrected by a manager, the rule said: Late", rows["Outcome"])
        answered = content["checklists"][0]["lines"][0]
        self.assertEqual(
            (answered["answer"], answered["comment"], answered["who"]),
            ("Yes", "The pump was worn", self.agent.name),
        )
        self.assertFalse(content["missing"])

    def test_two_zones(self):
        """The same second in the zone of whoever prints, with its distance."""
        ticket = self.make_ticket()
        self.make_promise(ticket)
        self.manager.tz = "America/New_York"
        here = self.content_of(self.make_pack(ticket))
        there = self.content_of(self.make_pack(ticket, self.manager))
        due = dict(here["promises"][0]["rows"])["Due"]
        self.assertEqual(due, "03/02/2026 12:00:00 PM (UTC+01:00)")
        due = dict(there["promises"][0]["rows"])["Due"]
        self.assertEqual(due, "03/02/2026 06:00:00 AM (UTC-05:00)")
        self.assertEqual(dict(there["header"])["Time zone"], "America/New_York")

    def test_offset_changes_with_summer_time(self):
        ticket = self.make_ticket()
        self.make_promise(ticket, date_due="2026-04-01 10:00:00")
        content = self.content_of(self.make_pack(ticket))
        rows = dict(content["promises"][0]["rows"])
        self.assertIn("12:00:00 PM (UTC+02:00)", rows["Due"])
        self.assertIn("(UTC+01:00)", rows["Made"])

    def test_deleted_and_edited_messages_are_named(self):
        """The copy stays; that the message says otherwise now stands below."""
        ticket = self.make_ticket()
        self.make_promise(ticket, date_due=self.after(hours=8))
        self.wait(minutes=10)
        deleted = self.agent_message(ticket, "It will be blue.")
        self.wait(minutes=10)
        edited = self.agent_message(ticket, "It will be red.")
        self.wait(minutes=10)
        self.agent_message(ticket, "It will be green.")
        deleted.sudo().unlink()
        edited.sudo().body = "It will be yellow."
        content = self.content_of(self.make_pack(ticket))
        numbers = {row["text"]: row["number"] for row in content["timeline"]}
        missing = " ".join(content["missing"])
        self.assertEqual(len(content["missing"]), 2)
        self.assertIn(f"Entry {numbers['It will be blue.']}:", missing)
        self.assertIn(f"Entry {numbers['It will be red.']}:", missing)
        self.assertNotIn("yellow", json.dumps(content))

    def test_what_somebody_removed_from_the_database(self):
        """The pack is silent about nothing: it names what should be there."""
        ticket = self.make_ticket()
        promise = self.make_promise(ticket)
        self.sync()
        # SQL: nobody can do this by the ORM
        self.env.cr.execute(
            "DELETE FROM service_event WHERE res_model = 'service.promise'"
            " AND res_id = %s AND kind = 'made'",
            promise.ids,
        )
        self.env.cr.execute("DELETE FROM helpdesk_ticket WHERE id = %s", ticket.ids)
        self.env.invalidate_all()
        action = self.as_user(promise, self.manager).action_evidence_pack()
        pack = self.env["service.evidence.pack"].browse(action["context"]["active_ids"])
        gone, unmade = self.content_of(pack)["missing"]
        self.assertIn("The document itself no longer exists.", gone)
        self.assertNotIn("deleted on", gone)
        self.assertIn("there is no record of its making", unmade)

    def test_every_kind_of_answer(self):
        ticket = self.make_ticket()
        template = self.make_template(
            [
                {"name": "Explained?"},
                {"name": "How clear?", "kind": "score"},
                {"name": "Enough?", "kind": "balance"},
                {"name": "What else?", "kind": "text"},
                {"name": "Forgotten?"},
            ]
        )
        checklist = self.start_checklist(ticket, template)
        lines = self.as_user(checklist.line_ids, self.agent)
        for line, vals in zip(
            lines,
            ({"answer": "na"}, {"value": 7}, {"value": 0}, {"comment": "Nothing"}),
            strict=False,
        ):
            line.action_answer(**vals)
        (shown,) = self.content_of(self.make_pack(ticket))["checklists"]
        self.assertEqual(
            [
                (row["answer"], row["comment"], bool(row["who"]))
                for row in shown["lines"]
            ],
            [
                ("Not applicable", "", True),
                ("7", "", True),
                ("0", "", True),
                ("", "Nothing", True),
                ("not answered", "", False),
            ],
        )

    def test_withdrawn_and_excused(self):
        ticket = self.make_ticket()
        withdrawn = self.make_promise(ticket)
        excused = self.make_promise(ticket, name="We come by car")
        self.wait(minutes=30)
        self.agent_message(ticket, "The road is flooded.")
        self.as_user(withdrawn, self.manager).action_withdraw("He does not want it")
        self.as_user(excused, self.agent).action_excuse("Flood", "A voucher")
        self.as_user(excused, self.manager).action_excuse()
        content = self.content_of(self.make_pack(ticket))
        first, second = (dict(row["rows"]) for row in content["promises"])
        self.assertIn("Withdrawn", first["Outcome"])
        self.assertEqual(second["Excuse"], "Flood")
        self.assertEqual(second["Compensation"], "A voucher")
        texts = [row["text"] for row in content["timeline"]]
        self.assertIn("He does not want it", texts)
        self.assertIn("Flood\nA voucher", texts)

    def test_every_version_of_a_change(self):
        """The exact text of each version, and who decided when."""
        ticket = self.make_ticket()
        self.make_promise(ticket, date_due=self.after(hours=30))
        change = self.model("service.scope.change", self.agent).create(
            {
                "res_model": ticket._name,
                "res_id": ticket.id,
                "name": "A larger pump",
                "description": "The small one is <too> weak.",
                "amount_delta": 120,
            }
        )
        change.action_send()
        self.wait(hours=1)
        change = self.as_user(change, self.agent)
        change.action_revise()
        change.write({"description": "The middle one will do.", "amount_delta": 80})
        self.sync()
        change.action_send()
        self.wait(hours=1)
        token = self.token_of(self.mails()[-1])
        self.decide(token, "confirmed", name="Petra P.", comment="Go on")
        content = self.content_of(self.make_pack(ticket))
        shown = content["changes"][0]
        self.assertEqual(shown["title"], "A larger pump")
        rows = dict(shown["rows"])
        self.assertEqual((rows["State"], rows["Decided by"]), ("Confirmed", "Petra P."))
        self.assertEqual(rows["Decided"], "03/02/2026 12:00:00 PM (UTC+01:00)")
        headings = [heading for heading, _text in shown["texts"]]
        self.assertEqual(
            headings,
            [
                "v1 as sent, 03/02/2026 10:00:00 AM (UTC+01:00)",
                "v2 as sent, 03/02/2026 11:00:00 AM (UTC+01:00)",
                "Confirmed by the customer, 03/02/2026 12:00:00 PM (UTC+01:00)",
            ],
        )
        first, second, decided = (text for _heading, text in shown["texts"])
        self.assertIn("The small one is <too> weak.", first)
        self.assertIn("The middle one will do.", second)
        self.assertIn("Go on", decided)
        self.assertFalse(content["missing"])

    def test_markup_in_texts_is_text(self):
        bad = "<script>alert(1)</script><b>bold</b>"
        ticket = self.make_ticket(name=bad)
        promise = self.make_promise(ticket, kind="callback", name=bad, tell=False)
        self.as_user(promise, self.agent).action_keep(bad)
        page = self.render(self.make_pack(ticket))
        self.assertIn(bad, self.words(page))
        article = page.xpath("//div[contains(@class, 'o_service_pack')]")[0]
        self.assertFalse(article.xpath(".//script"))
        self.assertFalse(article.xpath(".//b[text()='bold']"))

    def test_print_again_is_the_same(self):
        """A pack is what was printed then, whatever has happened since."""
        ticket = self.make_ticket()
        promise = self.make_promise(ticket)
        pack = self.make_pack(ticket)
        before = self.words(self.render(pack))
        self.wait(hours=5)
        self.close(ticket)
        self.assertEqual(self.words(self.render(pack, self.manager)), before)
        self.assertIn(pack.digest, before)
        self.assertIn("Open", before)
        self.assertIn("Late", self.words(self.render(self.make_pack(ticket))))
        self.assertOutcome(promise, "late")

    def test_digest_notices_a_changed_row(self):
        ticket = self.make_ticket()
        self.make_promise(ticket)
        pack = self.make_pack(ticket)
        expected = hashlib.sha256(pack.content.encode()).hexdigest()
        self.assertEqual(pack.digest, expected)
        self.assertTrue(pack.is_intact)
        self.assertEqual(self.raw_events(pack).new_value, expected)
        self.env.cr.execute(
            "UPDATE service_evidence_pack SET content = replace(content,"
            " 'We repair it', 'We try it') WHERE id = %s",
            [pack.id],
        )
        pack.invalidate_recordset()
        self.assertFalse(pack.is_intact)
        self.assertIn("no longer have this SHA-256", self.words(self.render(pack)))

    def test_deleted_document(self):
        """The agent's door is gone with the document; the manager's is not."""
        ticket = self.make_ticket()
        promise = self.make_promise(ticket)
        self.as_user(ticket, self.admin).sudo().unlink()
        self.sync()
        with self.assertRaises(AccessError):
            packs = self.model("service.evidence.pack", self.agent)
            packs._service_make("helpdesk.ticket", promise.res_id)
        action = self.as_user(promise, self.manager).action_evidence_pack()
        pack = self.env["service.evidence.pack"].browse(action["context"]["active_ids"])
        content = self.content_of(pack)
        self.assertIn("was deleted on", content["missing"][0])
        self.assertEqual(len(content["promises"]), 1)
        self.assertEqual(dict(content["header"])["Customer"], promise.partner_name)

    def test_access_follows_the_document(self):
        mine, other = self.make_ticket(), self.make_ticket(user=self.agent2)
        pack = self.make_pack(mine)
        with self.assertRaises(AccessError):
            self.as_user(mine, self.agent2).action_service_evidence_pack()
        with self.assertRaises(AccessError):
            self.as_user(pack, self.agent2).read(["content"])
        with self.assertRaises(AccessError):
            self.render(pack, self.agent2)
        for user in (self.portal, self.nobody, self.env.ref("base.public_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.as_user(mine, user).action_service_evidence_pack()
        with self.assertRaises(AccessError):
            self.as_user(mine, self.foreigner).action_service_evidence_pack()
        self.assertFalse(self.model("service.evidence.pack", self.agent2).search([]))
        self.assertTrue(self.make_pack(other, self.manager))

    def test_nobody_writes_a_pack(self):
        ticket = self.make_ticket()
        pack = self.make_pack(ticket)
        for user in (self.agent, self.admin):
            row = self.as_user(pack, user)
            for work in (
                lambda r=row: r.write({"content": "{}"}),
                lambda r=row: r.unlink(),
                lambda r=row: r.create(
                    {"res_model": "helpdesk.ticket", "res_id": ticket.id}
                ),
                lambda r=row: r.copy(),
            ):
                with self.assertRaises(AccessError):
                    work()

    def test_pages_have_numbers(self):
        """With a renderer on the server the foot carries the number of the page."""
        ticket = self.make_ticket()
        pack = self.make_pack(ticket)
        report = self.env.ref("service_quality.action_report_evidence_pack")
        page = report.with_context(force_report_rendering=False)._render_template(
            REPORT, {"docs": pack, "doc_ids": pack.ids, "report_type": "pdf"}
        )
        bodies, ids, _header, footer, _args = report._prepare_html(
            page, "service.evidence.pack"
        )
        self.assertEqual((len(bodies), ids), (1, pack.ids))
        self.assertIn(".o_service_pack table {", bodies[0])
        self.assertIn('class="topage"', footer)
        self.assertIn(pack.digest[:16], footer)

    def test_batch_of_two_kinds(self):
        tickets = self.make_ticket() + self.make_ticket(name="Another")
        packs = self.make_pack(tickets)
        self.assertEqual(len(packs), 2)
        self.assertIn("Another", self.words(self.render(packs)))
        self.assertTrue(self.make_pack(self.make_order()))

    def test_queries_do_not_grow(self):
        def history(size):
            ticket = self.make_ticket()
            for number in range(size):
                promise = self.make_promise(
                    ticket, kind="callback", name=f"Promise {number}"
                )
                self.wait(minutes=1)
                self.agent_message(ticket, f"News {number}")
                checklist = self.start_checklist(ticket, self.make_template())
                self.as_user(checklist.line_ids, self.agent).action_answer("yes")
                self.as_user(promise, self.agent).action_keep()
                self.correct(promise, "late")
            return ticket

        def count(ticket):
            document = self.as_user(ticket, self.agent)
            before = self.env.cr.sql_log_count
            document.action_service_evidence_pack()
            self.sync()
            return self.env.cr.sql_log_count - before

        few, many = history(1), history(6)
        count(few)
        self.assertEqual(count(few), count(many))


@tagged("post_install", "-at_install")
class TestEvidencePackPage(ServiceHttpCase, PackCase):
    def test_page(self):
        """The pages open for whoever may read the document, and for nobody else."""
        pack = self.make_pack(self.make_ticket())
        url = f"/report/html/{REPORT}/{pack.id}"
        self.authenticate("sq_agent", "sq_agent")
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertIn(pack.digest, answer.text)
        for login in ("sq_agent2", "sq_portal", "sq_nobody"):
            self.authenticate(login, login)
            self.assertNotIn(pack.digest, self.url_open(url).text)
        self.authenticate(None, None)
        answer = self.url_open(url)
        self.assertNotIn(pack.digest, answer.text)

    def test_pages_in_the_browser_where_there_is_none(self):
        """The web client asks what is installed, and opens the pages instead."""
        self.startPatcher(patch.dict(os.environ, {"PATH": ""}))
        self.assertEqual(self._renderer(), "install")
        pack = self.make_pack(self.make_ticket(name="Unprintable"))
        action = self.as_user(pack, self.agent).action_print()
        self.assertEqual(
            (action["type"], action["report_type"], action["report_name"]),
            ("ir.actions.report", "qweb-pdf", REPORT),
        )
        self.authenticate("sq_agent", "sq_agent")
        answer = self.url_open(f"/report/html/{REPORT}/{pack.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("text/html", answer.headers["Content-Type"])
        page = html.fromstring(answer.text)
        self.assertIn("Unprintable", page.text_content())
        self.assertIn(pack.digest, page.text_content())
        report = self.model("ir.actions.report", self.agent)
        report = report.with_context(force_report_rendering=True)
        with self.assertRaisesRegex(UserError, "Wkhtmltopdf"):
            report._render_qweb_pdf(REPORT, pack.ids)


@tagged("post_install", "-at_install")
class TestEvidencePackPdf(PackCase):
    """No test of the browser: a machine without a renderer may leave it out."""

    def test_a_pdf_where_a_renderer_is_installed(self):
        if self._renderer() not in ("ok", "upgrade"):
            self.skipTest("wkhtmltopdf is not installed")
        pack = self.make_pack(self.make_ticket())
        report = self.model("ir.actions.report", self.agent)
        report = report.with_context(force_report_rendering=True)
        with self.allow_pdf_render():
            content, kind = report._render_qweb_pdf(REPORT, pack.ids)
        self.assertEqual((kind, content[:5]), ("pdf", b"%PDF-"))
        pages = PdfFileReader(BytesIO(content))
        self.assertGreaterEqual(len(pages.pages), 1)
