import re
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .test_survey import SurveyCase

NONCE = re.compile(r'name="nonce" value="([^"]+)"')


class QuickCase(SurveyCase):
    """The customer, his mail and his browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "service_quick_scale": "faces",
                "service_survey_remind_days": 4,
                "service_low_score": 50,
                "service_recovery_hours": 8,
            }
        )

    def setUp(self):
        super().setUp()
        self.invitation = self.close_and_ask()
        self.links = self.links_of(self.survey_mails())
        self.authenticate(None, None)

    def links_of(self, mail):
        """Return the addresses of the one-click answers of a mail, in order."""
        found = re.findall(
            r'href="[^"]*(/service_quality/feedback/[^"]+)"', mail.body_html
        )
        return [link.replace("&amp;", "&") for link in found]

    def path(self, link=None):
        return (link or self.links[0]).partition("?")[0]

    def open_page(self, link=None, **params):
        return self.url_open(link or self.links[0], allow_redirects=False, **params)

    def send(self, link=None, nonce=None, **form):
        """Open the page and press its button."""
        path = self.path(link)
        if nonce is None:
            found = NONCE.search(self.open_page(path).text)
            nonce = found[1] if found else ""
        data = {"nonce": nonce, **form}
        return self.url_open(path, data=data, allow_redirects=False)

    def feedback(self, ticket=None):
        ticket = ticket or self.ticket
        self.env.invalidate_all()
        return self.env["service.feedback"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )


@tagged("post_install", "-at_install")
class TestQuickFeedback(QuickCase):
    def test_mail_has_one_click_answers(self):
        """Five faces, taken from the queued mail; the mail is nobody's to read."""
        self.assertEqual(
            [link.partition("?")[2] for link in self.links],
            [f"satisfaction={value}" for value in (0, 25, 50, 75, 100)],
        )
        mail = self.survey_mails()
        self.assertFalse(mail.model or mail.res_id)
        self.assertNotIn("/service_quality/feedback/", str(mail.subject))

    def test_numbers_instead_of_faces(self):
        self.company.service_quick_scale = "numbers"
        other = self.make_ticket(partner_email="numbers@customer.example")
        self.close_and_ask(other)
        links = self.links_of(self.survey_mails().sorted("id")[-1])
        self.assertEqual(
            [link.partition("?")[2] for link in links],
            [f"recommend={number}" for number in range(11)],
        )

    def test_looking_with_a_file_for_a_comment(self):
        response = self.opener.request(
            "GET",
            self.base_url() + self.path(),
            files={"comment": ("x.txt", b"x"), "reason": ("y.txt", b"y")},
            timeout=20,
        )
        self.assertEqual(response.status_code, 200)

    def test_looking_stores_nothing(self):
        """Robots open every link of a mail."""
        for link in self.links:
            response = self.open_page(link)
            self.assertEqual(response.status_code, 200)
            value = link.partition("=")[2]
            chosen = re.findall(r'<input[^>]*checked="[^"]*"[^>]*>', response.text)
            self.assertEqual(len(chosen), 1)
            self.assertIn(f'value="{value}"', chosen[0])
        self.url_open(self.links[0], method="HEAD")
        self.assertFalse(self.feedback())
        self.assertFalse(self.invitation.is_answered)

    def test_headers(self):
        headers = self.open_page().headers
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["X-Frame-Options"], "DENY")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")

    def test_answer(self):
        response = self.send(
            satisfaction="25",
            recommend="0",
            reason="relationship",
            comment="=cmd|'/c calc'!A1 <script>alert(1)</script>",
        )
        self.assertEqual(response.status_code, 200)
        self.assertIn("/survey/start/", response.text)
        feedback = self.feedback()
        self.assertEqual(
            (feedback.satisfaction, feedback.recommend, feedback.reason),
            (25, 0, "relationship"),
        )
        self.assertTrue(feedback.has_satisfaction and feedback.has_recommend)
        self.assertFalse(feedback.has_technical_quality or feedback.is_manual)
        self.assertEqual(
            (feedback.employee_id, feedback.partner_id, feedback.company_id),
            (self.employee, self.customer, self.company),
        )
        self.assertEqual(feedback.date_answered, self.now)
        self.assertTrue(self.invitation.is_answered)
        self.assertEqual(self.events_of(feedback), ["feedback"])
        # As text: neither the page nor a cell makes anything else of it.
        page = self.open_page(self.path()).text
        self.assertNotIn("<script", page)
        self.assertIn("&lt;script&gt;", page)
        recovery = self.env["service.recovery"].search(
            [("feedback_id", "=", feedback.id)]
        )
        self.assertEqual(recovery.trigger, "low_score")

    def test_values_out_of_range(self):
        for form in (
            {},
            {"reason": "both", "comment": "x"},
            {"satisfaction": "101"},
            {"satisfaction": "-1"},
            {"satisfaction": "30"},
            {"satisfaction": "1e2"},
            {"satisfaction": "100 "},
            {"satisfaction": "NaN"},
            {"recommend": "11"},
            {"recommend": "5", "satisfaction": "x"},
            {"recommend": "٣"},
            {"satisfaction": "100", "reason": "money"},
            {"satisfaction": "100", "comment": "x" * 10_001},
            {"satisfaction": "100", "comment": "x" * 1_000_000},
            {"satisfaction": "100", "comment": "a\x00b"},
            {"satisfaction": ["100", "x" * 100]},
        ):
            with self.subTest(form=str(form)[:60]):
                response = self.send(**form)
                if isinstance(form.get("satisfaction"), list):
                    self.assertEqual(response.status_code, 200)
                    continue
                self.assertEqual(response.status_code, 400)
                self.assertIn('role="status"', response.text)
                self.assertFalse(self.feedback())
        for link in ("?satisfaction=7", "?recommend=-1", "?satisfaction=%00", "?x=1"):
            response = self.open_page(self.path() + link)
            self.assertIn(response.status_code, (200, 400))
            self.assertNotIn("checked", response.text.partition("Nothing")[0][:0])

    def test_no_nonce_no_answer(self):
        for nonce in ("", "x", "1-2", "9" * 40, "\u0661-x"):
            with self.subTest(nonce=nonce):
                response = self.send(nonce=nonce, satisfaction="100")
                self.assertEqual(response.status_code, 400)
        self.assertFalse(self.feedback())

    def test_bad_tokens(self):
        for token in ("x", "x" * 5000, "%00", "../confirm/x", "é"):
            response = self.url_open(f"/service_quality/feedback/{token}")
            with self.subTest(token=token[:20]):
                self.assertLess(response.status_code, 500)
                self.assertNotIn("radio", response.text)
                response = self.url_open(
                    f"/service_quality/feedback/{token}",
                    data={"nonce": "", "satisfaction": "100"},
                )
                self.assertEqual(response.status_code, 404)
        self.assertFalse(self.feedback())

    def test_employee_cannot_answer(self):
        """On GET and POST, with the link of the mail; the customer still can."""
        nonce = NONCE.search(self.open_page().text)[1]
        for user in (self.agent, self.manager, self.admin, self.nobody):
            self.authenticate(user.login, user.login)
            self.assertEqual(self.open_page().status_code, 403)
            response = self.send(nonce=nonce, satisfaction="100")
            self.assertEqual(response.status_code, 403)
        self.assertFalse(self.feedback())
        self.authenticate(None, None)
        self.assertEqual(self.send(satisfaction="0").status_code, 200)
        self.assertEqual(self.feedback().satisfaction, 0)

    def test_another_customer_logged_in(self):
        other = self.env["res.users"].create(
            {
                "name": "Other",
                "login": "sq_other_portal",
                "password": "sq_other_portal",
                "email": "other@stranger.example",
                "group_ids": [(6, 0, [self.env.ref("base.group_portal").id])],
            }
        )
        self.authenticate(other.login, other.login)
        self.assertEqual(self.open_page().status_code, 404)

    # ------------------------------------------------------------------
    # One row, revised by the same browser only
    # ------------------------------------------------------------------

    def test_same_browser_revises(self):
        self.send(satisfaction="25")
        response = self.send(satisfaction="100", comment="Solved now")
        self.assertEqual(response.status_code, 200)
        feedback = self.feedback()
        self.assertEqual((len(feedback), feedback.satisfaction), (1, 100))
        self.assertEqual(self.events_of(feedback), ["feedback", "feedback_revised"])
        event = self.raw_events(feedback)[-1]
        self.assertIn("satisfaction=25", event.old_value)

    def test_revising_an_answer_without_a_face(self):
        """The page shows again what was chosen, and only that."""
        self.send(recommend="9", reason="result")
        page = self.open_page(self.path()).text
        checked = re.findall(r"<input[^>]*checked[^>]*>", page)
        names = {re.search(r'name="(\w+)"', row)[1] for row in checked}
        self.assertEqual(names, {"recommend", "reason"})
        self.send(recommend="3", reason="result")
        feedback = self.feedback()
        self.assertEqual((feedback.recommend, feedback.has_satisfaction), (3, False))

    def test_locked_after_24_hours(self):
        self.send(satisfaction="25")
        first = self.feedback().date_answered
        nonce_page = timedelta(hours=23)
        self.now = first + nonce_page
        nonce = NONCE.search(self.open_page(self.path()).text)[1]
        self.now = first + timedelta(hours=24)
        self.assertEqual(self.send(nonce=nonce, satisfaction="50").status_code, 200)
        self.now = first + timedelta(hours=24, seconds=1)
        response = self.send(nonce=nonce, satisfaction="100")
        self.assertEqual(response.status_code, 409)
        self.assertEqual(self.feedback().satisfaction, 50)

    def test_another_browser_is_refused(self):
        nonce = NONCE.search(self.open_page().text)[1]
        self.send(satisfaction="25")
        for forged in (None, "", "1", "x" * 64):
            self.opener.cookies.clear()
            if forged is not None:
                name = f"service_feedback_{self.invitation.id}"
                self.opener.cookies.set(name, forged)
            response = self.send(nonce=nonce, satisfaction="100")
            self.assertEqual(response.status_code, 409)
        # The same answer again is harmless.
        self.assertEqual(self.send(nonce=nonce, satisfaction="25").status_code, 200)
        self.assertEqual(self.feedback().satisfaction, 25)

    def test_answered_is_not_asked_again(self):
        self.send(satisfaction="100")
        self.wait(days=30)
        self.reopen(self.ticket)
        again = self.close_and_ask()
        self.assertEqual((again.state, again.reason), ("skipped", "answered"))

    # ------------------------------------------------------------------
    # Page and survey together
    # ------------------------------------------------------------------

    def test_survey_completes_the_answer(self):
        self.send(satisfaction="100")
        answer = self.invitation.user_input_id
        questions = {q.service_measure: q for q in self.survey.question_ids}
        base = f"{self.survey.access_token}/{answer.access_token}"
        self.url_open(f"/survey/begin/{base}", json={"params": {}})
        data = {
            str(questions["satisfaction"].id): "1",
            str(questions["technical_quality"].id): "10",
            "token": answer.access_token,
        }
        self.url_open(f"/survey/submit/{base}", json={"params": data})
        feedback = self.feedback()
        self.assertEqual(len(feedback), 1)
        # What was said first stays; what was not asked comes in addition.
        self.assertEqual(
            (feedback.satisfaction, feedback.technical_quality), (100, 100)
        )
        self.assertEqual(feedback.survey_input_id, answer)
        self.assertNotIn("/survey/start/", self.open_page(self.path()).text)

    def test_two_invitations_one_row(self):
        """By hand and by plan: whoever answers both counts once."""
        self.as_user(self.ticket, self.agent).action_service_send_survey()
        other = self.links_of(self.survey_mails().sorted("id")[-1])[0]
        self.assertNotEqual(self.path(other), self.path())
        self.send(satisfaction="100")
        nonce = "0-x"
        self.assertEqual(
            self.send(other, nonce=nonce, satisfaction="0").status_code, 400
        )
        self.open_page(other)
        self.assertEqual(len(self.feedback()), 1)
        self.assertIn("answered already", self.open_page(other).text)

    # ------------------------------------------------------------------
    # What may have happened in the meantime
    # ------------------------------------------------------------------

    def test_document_and_partner_gone(self):
        name, partner = self.ticket.display_name, self.customer
        self.ticket.unlink()
        self.portal.unlink()
        partner.unlink()
        self.env["res.partner"].flush_model()
        self.env.invalidate_all()
        response = self.send(satisfaction="0")
        self.assertEqual(response.status_code, 200)
        feedback = self.env["service.feedback"].search(
            [("invitation_id", "=", self.invitation.id)]
        )
        self.assertEqual((feedback.res_name, feedback.satisfaction), (name, 0))

    def test_archived_document(self):
        self.ticket.active = False
        self.sync()
        self.assertEqual(self.send(satisfaction="75").status_code, 200)
        self.assertEqual(self.feedback().satisfaction, 75)

    def test_uninstalled_language(self):
        """Whoever's language is not installed reads English, without an error."""
        self.env.cr.execute(
            "UPDATE res_partner SET lang = 'xx_XX' WHERE id = %s", [self.stranger.id]
        )
        self.env.invalidate_all()
        ticket = self.make_ticket(partner=self.stranger)
        invitation = self.close_and_ask(ticket)
        self.assertEqual((invitation.state, invitation.lang), ("sent", "en_US"))
        link = self.links_of(self.survey_mails().sorted("id")[-1])[0]
        self.assertEqual(self.send(link, satisfaction="100").status_code, 200)

    def test_customers_language(self):
        lang = self.env["res.lang"]._activate_lang("fr_FR")
        self.stranger.lang = lang.code
        ticket = self.make_ticket(partner=self.stranger)
        invitation = self.close_and_ask(ticket)
        self.assertEqual(invitation.lang, "fr_FR")
        link = self.links_of(self.survey_mails().sorted("id")[-1])[0]
        self.assertIn('lang="fr-FR"', self.open_page(link).text)

    def test_expired(self):
        self.company.service_link_days = 30
        self.wait(days=31)
        self.assertEqual(self.open_page().status_code, 404)

    def test_the_whole_way(self):
        """Closed, mailed, answered badly: the recovery is there, the figures moved."""
        model = self.model("service.feedback.analysis", self.manager)
        march = {"date_from": "2026-03-01", "date_to": "2026-03-31"}
        before = model.get_data(march)
        link = self.links_of(self.survey_mails())[1]
        page = self.open_page(link)
        self.assertEqual(page.status_code, 200)
        self.assertEqual(model.get_data(march)["csat"], before["csat"])
        self.send(link, satisfaction="25", recommend="2", reason="relationship")
        self.env.invalidate_all()
        after = model.get_data(march)
        self.assertEqual(after["csat"]["count"] - before["csat"]["count"], 1)
        self.assertEqual(after["nps"]["detractors"] - before["nps"]["detractors"], 1)
        self.assertEqual(
            after["response"]["answered"] - before["response"]["answered"], 1
        )
        moved = after["recovery"]["recoveries"] - before["recovery"]["recoveries"]
        self.assertEqual(moved, 1)
        recovery = self.env["service.recovery"].search(
            [("feedback_id", "=", self.feedback().id)]
        )
        self.assertEqual(recovery.user_id, self.leader)
        self.assertEqual(len(recovery.activity_ids), 1)

    # ------------------------------------------------------------------
    # Cost
    # ------------------------------------------------------------------

    def test_queries(self):
        """At most 15 to show the page, and as many to store a content answer."""
        self.open_page()
        self.send(satisfaction="100")  # fills the caches of the registry
        other = self.make_ticket(partner_email="count@customer.example")
        self.close_and_ask(other)
        link = self.links_of(self.survey_mails().sorted("id")[-1])[0]
        counted = []
        dispatch = type(self.env.registry["ir.http"])
        original = self.env.registry["ir.http"]._dispatch.__func__

        def count(cls, endpoint):
            from odoo.http import request

            before = request.env.cr.sql_log_count
            response = original(cls, endpoint)
            request.env.cr.flush()
            counted.append(request.env.cr.sql_log_count - before)
            return response

        self.assertTrue(dispatch)
        with patch.object(
            self.env.registry["ir.http"], "_dispatch", classmethod(count)
        ):
            nonce = NONCE.search(self.open_page(link).text)[1]
            self.send(link, nonce=nonce, satisfaction="100")
        self.assertEqual(self.feedback(other).satisfaction, 100)
        show, store = counted
        self.assertLessEqual(show, 15)
        self.assertLessEqual(store, 25)


@tagged("post_install", "-at_install")
class TestReminder(QuickCase):
    def test_one_reminder(self):
        self.wait(days=4, seconds=-1)
        self.run_cron()
        self.assertEqual(len(self.survey_mails()), 1)
        self.wait(seconds=1)
        self.run_cron()
        first, second = self.survey_mails().sorted("id")
        self.assertIn("Reminder", second.subject)
        self.assertEqual(self.invitation.date_reminded, self.now)
        self.wait(days=10)
        self.run_cron()
        self.assertEqual(len(self.survey_mails()), 2)
        # Both mails are good, for one answer.
        self.assertNotEqual(self.links_of(first), self.links_of(second))
        self.send(self.links_of(first)[0], satisfaction="100")
        self.assertIn("Send my answer", self.open_page(self.links_of(second)[0]).text)
        self.assertEqual(len(self.feedback()), 1)

    def test_no_reminder(self):
        def answered():
            self.send(satisfaction="50")

        def blacklisted():
            self.env["mail.blacklist"].create({"email": self.customer.email})

        def switched_off():
            self.company.service_survey_remind_days = 0

        def reopened():
            self.reopen(self.ticket)

        def survey_done():
            self.invitation.user_input_id.sudo().state = "done"

        for change in (answered, blacklisted, switched_off, reopened, survey_done):
            with self.subTest(change=change.__name__), self.env.cr.savepoint() as point:
                change()
                self.wait(days=4)
                self.run_cron()
                self.assertEqual(len(self.survey_mails()), 1)
                self.now -= timedelta(days=4)
                point.rollback()
                self.env.invalidate_all()

    def test_a_reminder_that_fails(self):
        """Said in the history, not tried again, and no hindrance to the others."""
        second = self.make_ticket(partner_email="second@customer.example")
        self.close_and_ask(second)
        model = type(self.invitation)
        original = model._service_remind

        def remind(row):
            if row.id == self.invitation.id:
                raise ValueError("poison")
            return original(row)

        self.patch(model, "_service_remind", remind)
        self.wait(days=4)
        for _time in range(2):
            self.run_cron()
            self.assertFalse(self.invitation.date_reminded)
            self.assertEqual(self.events_of(self.invitation).count("withdrawn"), 1)
        self.assertIn("poison", self.raw_events(self.invitation)[-1].note)
        self.assertTrue(self.invitations(second).date_reminded)

    def test_no_stale_reminder_after_a_downtime(self):
        self.wait(days=11, seconds=1)
        self.run_cron()
        self.assertEqual(len(self.survey_mails()), 1)


@tagged("post_install", "-at_install")
class TestByHand(QuickCase):
    def test_apart_from_the_sample(self):
        """By hand neither tires the customer nor is he reminded of it."""
        second = self.make_ticket(partner_email="hand@customer.example")
        self.as_user(second, self.agent).action_service_send_survey()
        by_hand = self.invitations(second)
        link = self.links_of(self.survey_mails().sorted("id")[-1])[0]
        self.send(link, satisfaction="100")
        self.assertTrue(self.feedback(second).is_manual)
        third = self.make_ticket(partner_email="hand@customer.example")
        self.assertEqual(self.close_and_ask(third).state, "sent")
        self.wait(days=4)
        self.run_cron()
        self.assertFalse(by_hand.date_reminded)
