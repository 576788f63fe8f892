from math import sqrt
from random import Random

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..report import feedback_figures as figures
from .test_recovery import RecoveryCase

MODEL = "service.feedback.analysis"


@tagged("post_install", "-at_install")
class TestFeedbackFigures(RecoveryCase):
    """Each number again, from the raw rows and with other words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.filters = {
            "date_from": "2026-03-01",
            "date_to": "2026-03-31",
            "company_ids": cls.company.ids,
        }

    def setUp(self):
        super().setUp()
        rng = Random(7)
        self.tickets = [
            self.make_ticket(user=rng.choice(self.agent + self.agent2))
            for _number in range(14)
        ]
        survey = self.env.ref("service_quality.survey_service")
        for number, ticket in enumerate(self.tickets):
            promise = self.make_promise(ticket, user=ticket.user_id, kind="callback")
            if number % 3 == 0:
                promise._service_unseal().write({"corrected_outcome": "missed"})
            manual, skipped = number == 13, number in (11, 12)
            answered = not skipped and number % 4 != 1
            links = ticket._service_snapshot_vals()
            invitation = self.env["service.invitation"]._service_unseal()
            invitation = invitation.create(
                {
                    **links,
                    "survey_id": survey.id,
                    "date_planned": self.now,
                    "state": "skipped" if skipped else "sent",
                    "reason": "fatigue" if skipped else False,
                    "is_manual": manual,
                    "is_answered": answered,
                }
            )
            if answered:
                self.make_feedback(
                    rng.choice([0, 25, 50, 75, 100]),
                    ticket,
                    invitation_id=invitation.id,
                    is_manual=manual,
                    recommend=rng.randrange(11),
                    has_recommend=number != 4,
                    technical_quality=rng.randrange(101),
                    has_technical_quality=True,
                    service_quality=rng.randrange(101),
                    has_service_quality=number != 6,
                    reason=rng.choice(["result", "relationship", "both", False]),
                    ladder=rng.choice(["basic", "inspiring"]),
                )
        self.sync()

    def data(self, user=None, **filters):
        model = self.model(MODEL, user or self.manager)
        return model.get_data({**self.filters, **filters})

    def raw(self, table, where="true"):
        self.env.cr.execute(
            f"SELECT * FROM {table} WHERE company_id = %s AND {where}",
            [self.company.id],
        )
        return self.env.cr.dictfetchall()

    def answers(self, employee=None):
        return [
            row
            for row in self.raw("service_feedback", "NOT COALESCE(is_manual, false)")
            if not employee or row["employee_id"] == employee.id
        ]

    def test_means_of_lists(self):
        """A grouped list averages those who answered the question, no zeros."""
        rows = self.raw("service_feedback")
        for name in ("satisfaction", "service_quality", "recommend"):
            with self.subTest(name=name):
                said = [row[name] for row in rows if row[f"has_{name}"]]
                self.assertGreater(len(rows), len(said) - (name == "satisfaction"))
                (group,) = self.model(
                    "service.feedback", self.manager
                ).formatted_read_group(
                    [("company_id", "=", self.company.id)], [], [f"{name}:avg"]
                )
                self.assertAlmostEqual(group[f"{name}:avg"], sum(said) / len(said))

    def test_csat_and_nps(self):
        data, rows = self.data(), self.answers()
        self.assertGreater(len(rows), 5)
        good = [row for row in rows if row["satisfaction"] >= 75]
        self.assertEqual(data["csat"]["count"], len(rows))
        self.assertAlmostEqual(data["csat"]["rate"], len(good) / len(rows))
        said = [row["recommend"] for row in rows if row["has_recommend"]]
        marks = [(n >= 9) - (n <= 6) for n in said]
        mean = sum(marks) / len(marks)
        self.assertAlmostEqual(data["nps"]["score"], 100 * mean)
        variance = sum((mark - mean) ** 2 for mark in marks) / len(marks)
        margin = 1.959964 * 100 * sqrt(variance / len(marks))
        self.assertAlmostEqual(data["nps"]["margin"], margin)

    def test_qualities_reasons_and_ladder(self):
        data, rows = self.data(), self.answers()
        for name in ("technical_quality", "service_quality"):
            values = [row[name] for row in rows if row[f"has_{name}"]]
            self.assertAlmostEqual(
                data["qualities"][name]["mean"], sum(values) / len(values), places=4
            )
        promoters = [r for r in rows if r["has_recommend"] and r["recommend"] >= 9]
        for shown, group, name in (
            (data["reasons"]["all"], rows, "reason"),
            (data["reasons"]["promoters"], promoters, "reason"),
            (data["ladder"], rows, "ladder"),
        ):
            chosen = [row[name] for row in group if row[name]]
            for row in shown:
                number = chosen.count(row["key"])
                self.assertEqual(row["count"], number)
                expected = number / len(chosen) if chosen else None
                self.assertEqual(row["share"], expected)

    def test_response(self):
        response = self.data()["response"]
        rows = self.raw("service_invitation", "NOT COALESCE(is_manual, false)")
        sent = [row for row in rows if row["state"] == "sent"]
        broken = {
            row["res_id"]
            for row in self.raw("service_promise")
            if row["outcome"] in ("late", "missed") and row["is_counted"]
        }
        late = [row for row in sent if row["res_id"] in broken]
        self.assertEqual((response["done"], response["asked"]), (13, len(sent)))
        answered = [row for row in sent if row["is_answered"]]
        self.assertAlmostEqual(response["rate"], len(answered) / len(sent))
        self.assertEqual(response["asked_late"], len(late))
        late_answers = [row for row in late if row["is_answered"]]
        self.assertAlmostEqual(response["rate_late"], len(late_answers) / len(late))
        self.assertEqual(response["asked_punctual"], len(sent) - response["asked_late"])
        self.assertEqual(
            [(row["key"], row["count"]) for row in response["why_not"]],
            [("fatigue", 2)],
        )
        self.assertAlmostEqual(response["not_sent_share"], 2 / 13)

    def test_people(self):
        people = {row["id"]: row for row in self.data()["people"]}
        for employee in self.employee + self.employee2:
            rows, shown = self.answers(employee), people[employee.id]
            self.assertEqual(shown["count"], len(rows))
            if len(rows) < 5:
                self.assertIsNone(shown["csat"])
                self.assertFalse(shown["quadrant"])
            else:
                good = [row for row in rows if row["satisfaction"] >= 75]
                self.assertAlmostEqual(shown["csat"], len(good) / len(rows))
            done = [
                row
                for row in self.raw("service_invitation", "NOT is_manual")
                if row["employee_id"] == employee.id
            ]
            skipped = [row for row in done if row["state"] == "skipped"]
            self.assertEqual(
                (shown["done"], shown["not_sent"]), (len(done), len(skipped))
            )

    def test_quadrant(self):
        for technical, service, expected in (
            (75, 75, "both"),
            (75, 74.9, "work_only"),
            (74.9, 75, "service_only"),
            (0, 0, "neither"),
            (None, 90, None),
        ):
            self.assertEqual(figures.quadrant(technical, service), expected)

    def test_nothing_is_not_zero(self):
        data = self.data(date_from="2020-01-01", date_to="2020-01-31")
        self.assertIsNone(data["csat"]["rate"])
        self.assertIsNone(data["nps"]["score"])
        self.assertIsNone(data["response"]["rate"])
        self.assertIsNone(data["recovery"]["rate"])
        self.assertIsNone(figures.nps_margin(1, 0, 1))
        self.assertEqual(figures.nps(0, 4, 4), -100)

    def test_under_five_answers_of_a_person(self):
        """Neither as a row, nor by filtering, nor for whoever leads one."""
        few = self.env["hr.employee"].create(
            {"name": "Few", "company_id": self.company.id}
        )
        feedback = self.env["service.feedback"]._service_unseal()
        rows = feedback.search([("company_id", "=", self.company.id)])
        rows.write({"employee_id": self.employee.id, "is_manual": False})
        rows[:4].write({"employee_id": few.id})
        data = self.data(employee_id=few.id)
        self.assertEqual(data["csat"]["count"], 4)
        for value in (
            data["csat"]["rate"],
            data["csat"]["satisfied"],
            data["nps"]["score"],
            data["qualities"]["technical_quality"]["mean"],
            data["ladder"][0]["share"],
        ):
            self.assertIsNone(value)
        rows[4].write({"employee_id": few.id})
        self.assertIsNotNone(self.data(employee_id=few.id)["csat"]["rate"])

    def test_recovery(self):
        rows = self.raw("service_recovery")
        before = self.data()["recovery"]
        self.assertEqual(before["recoveries"], len(rows))
        self.assertEqual((before["decided"], before["rate"]), (0, None))
        recovery = self.env["service.recovery"].browse(rows[0]["id"])._service_unseal()
        recovery.write(
            {
                "state": "recovered",
                "date_closed": recovery.date_due,
                "has_score_after": True,
                "score_after": 80,
            }
        )
        self.sync()
        after = self.data()["recovery"]
        self.assertEqual((after["in_time"], after["rate"]), (1, 1))
        self.assertEqual((after["before"], after["after"]), (recovery.score_before, 80))

    def test_every_number_opens_its_records(self):
        data = self.data()
        model = self.model(MODEL, self.manager)
        expected = {
            "csat": data["csat"]["count"],
            "satisfied": data["csat"]["satisfied"],
            "promoters": data["nps"]["promoters"],
            "detractors": data["nps"]["detractors"],
            "asked": data["response"]["asked"],
            "answered_late": data["response"]["answered_late"],
            "asked_punctual": data["response"]["asked_punctual"],
            "why_not:fatigue": 2,
            "recoveries": data["recovery"]["recoveries"],
            **{f"reason:{r['key']}": r["count"] for r in data["reasons"]["all"]},
            **{
                f"promoter_reason:{r['key']}": r["count"]
                for r in data["reasons"]["promoters"]
            },
            **{f"ladder:{r['key']}": r["count"] for r in data["ladder"]},
        }
        for figure, number in expected.items():
            action = model.get_records_action(self.filters, figure)
            found = self.model(action["res_model"], self.manager)
            with self.subTest(figure=figure):
                self.assertEqual(found.search_count(action["domain"]), number)
        for row in data["people"]:
            action = model.get_records_action(self.filters, "answers", row["id"])
            found = self.model(action["res_model"], self.manager)
            self.assertEqual(found.search_count(action["domain"]), row["count"])
        team = self.employee.department_id
        action = model.get_records_action(self.filters, "answers", False, team.id)
        found = self.model(action["res_model"], self.manager).search(action["domain"])
        self.assertEqual(found.department_id, team)
        self.assertEqual(found.employee_id, self.employee)

    def test_silent_customers_open(self):
        """Those found, called and dismissed; not those who came back."""
        rows = self.env["service.silent.customer"]._service_unseal()
        partners = self.customer_company + self.stranger
        for partner, state in zip(partners, ("found", "back"), strict=True):
            rows += rows.create(
                {
                    **self.tickets[0]._service_snapshot_vals(),
                    "partner_id": partner.id,
                    "date_event": self.now,
                    "state": state,
                }
            )
        action = self.model(MODEL, self.manager).get_records_action(
            self.filters, "silent"
        )
        found = self.model(action["res_model"], self.manager).search(action["domain"])
        self.assertEqual(found.partner_id, self.customer_company)

    def test_late_cases_are_marked(self):
        """The column of the list, and its filter both ways."""
        invitations = self.model("service.invitation", self.manager).search(
            [("company_id", "=", self.company.id)]
        )
        late = invitations.filtered("has_broken_promise")
        missed = self.env["service.promise"].search(
            [("company_id", "=", self.company.id), ("outcome", "=", "missed")]
        )
        self.assertEqual(
            set(late.mapped("res_id")),
            set(missed.filtered("is_counted").mapped("res_id")),
        )
        self.assertTrue(late and late < invitations)
        for domain, found in (
            ([("has_broken_promise", "=", True)], late),
            ([("has_broken_promise", "=", False)], invitations - late),
        ):
            self.assertEqual(
                invitations.search([("id", "in", invitations.ids), *domain]), found
            )

    def test_who_sees_what(self):
        for user in (self.nobody, self.portal):
            with self.assertRaises(AccessError):
                self.model(MODEL, user).get_data({})
        with self.assertRaises(AccessError):
            self.model(MODEL, self.foreigner).get_data(self.filters)
        agent = self.data(self.agent)
        self.assertEqual([row["id"] for row in agent["people"]], self.employee.ids)
        self.assertFalse(agent["silent"])
        self.assertEqual(agent["csat"]["count"], len(self.answers(self.employee)))
        leader = self.data(self.leader)
        self.assertEqual([row["id"] for row in leader["people"]], self.employee.ids)

    def test_bad_input(self):
        model = self.model(MODEL, self.manager)
        for figure in ("", "x", "reason", None, ["csat"], "reason:x:y", "id"):
            with self.subTest(figure=figure):
                try:
                    action = model.get_records_action(self.filters, figure)
                except ValidationError:
                    continue
                found = self.model(action["res_model"], self.manager)
                self.assertFalse(found.search(action["domain"]))
        for filters in ("x", {"x": 1}, {"date_from": "x"}, {"employee_id": "1"}):
            with self.assertRaises(ValidationError):
                model.get_data(filters)
