from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import Form, tagged

from .common import NOW, ServiceCase


@tagged("post_install", "-at_install")
class TestWizard(ServiceCase):
    """The windows that ask what an action needs to know."""

    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()

    def wizard(self, promise, mode, user=None, **vals):
        """Open the window as a button does and fill it in."""
        user = user or self.agent
        action = self.as_user(promise, user).action_open_wizard(mode)
        model = self.model(action["res_model"], user).with_context(**action["context"])
        wizard = model.create({})
        wizard.write(vals)
        return wizard

    def allowed(self, promise, user):
        """Return the actions a user is offered."""
        return (self.as_user(promise, user).allowed_actions or "").split()

    # ------------------------------------------------------------------
    # What is offered
    # ------------------------------------------------------------------

    def test_offers_of_a_running_deadline(self):
        promise = self.make_promise(self.ticket, tell=False)
        self.assertEqual(
            self.allowed(promise, self.agent),
            ["tell", "move", "fix", "excuse"],
        )
        promise = self.as_user(promise, self.agent)
        promise.action_tell_customer()
        self.wait(minutes=11)
        self.assertEqual(self.allowed(promise, self.agent), ["move", "excuse"])

    def test_overdue_offers_no_new_date(self):
        promise = self.make_promise(self.ticket)
        self.wait(hours=3)
        self.assertEqual(self.allowed(promise, self.agent), ["excuse"])
        self.assertEqual(
            self.allowed(promise, self.manager),
            ["excuse", "withdraw"],
        )

    def test_appointment_is_started_and_finished(self):
        promise = self.make_promise(self.ticket, kind="appointment")
        self.assertIn("start", self.allowed(promise, self.agent))
        self.wait(hours=2)
        self.as_user(promise, self.agent).action_start()
        self.assertEqual(self.allowed(promise, self.agent), ["finish"])
        self.as_user(promise, self.agent).action_finish()
        self.assertEqual(self.allowed(promise, self.agent), [])

    def test_nothing_is_offered_without_the_document(self):
        promise = self.make_promise(self.ticket)
        self.assertEqual(self.allowed(promise, self.leader), [])

    def test_managers_decide_nothing_about_themselves(self):
        ticket = self.make_ticket(user=self.manager)
        promise = self.make_promise(ticket, user=self.manager)
        offered = self.allowed(promise, self.manager)
        self.assertNotIn("withdraw", offered)
        self.assertNotIn("correct", offered)

    def test_take_over_is_offered_to_colleagues(self):
        promise = self.make_promise(self.ticket)
        self.assertNotIn("take_over", self.allowed(promise, self.agent))
        self.assertIn("take_over", self.allowed(promise, self.manager))

    # ------------------------------------------------------------------
    # What they do
    # ------------------------------------------------------------------

    def test_move_by_quick_choice(self):
        promise = self.make_promise(self.ticket)
        action = self.as_user(promise, self.agent).action_open_wizard("move")
        model = self.model(action["res_model"], self.agent)
        with Form(model.with_context(**action["context"])) as form:
            form.quick = "tomorrow_10"
            form.reason = "The part is late"
            self.assertIn("customer", form.due_hint)
        form.record.action_apply()
        self.assertEqual(promise.date_due_asked, NOW + timedelta(days=1))
        self.assertEqual(promise.date_due, NOW + timedelta(hours=2))
        self.assertEqual(promise.move_reason, "The part is late")

    def test_keep_with_a_note(self):
        promise = self.make_promise(self.ticket, kind="callback")
        self.wizard(promise, "keep", note="Repaired on site").action_apply()
        self.assertOutcome(promise, "kept", counted=False)
        self.assertIn("Repaired on site", self.raw_events(promise).mapped("note"))

    def test_fix_changes_only_what_was_changed(self):
        promise = self.make_promise(self.ticket, tell=False)
        self.wizard(promise, "fix", name="We repair it all").action_apply()
        self.assertEqual(promise.name, "We repair it all")
        self.assertEqual(promise.date_due, NOW + timedelta(hours=2))

    def test_excuse_is_asked_and_decided(self):
        promise = self.make_promise(self.ticket)
        self.wait(minutes=1)
        self.agent_message(self.ticket, "The storm stopped the trains.")
        self.wait(hours=3)
        self.wizard(
            promise, "excuse", reason="Storm", compensation="Free visit"
        ).action_apply()
        self.assertFalse(promise.settlement)
        decide = self.wizard(promise, "excuse", self.manager)
        self.assertEqual(decide.reason, "Storm")
        self.assertEqual(decide.compensation, "Free visit")
        decide.action_apply()
        self.assertOutcome(promise, "excused")

    def test_withdraw_and_correct_are_the_managers(self):
        promise, other = (self.make_promise(self.ticket) for _ in range(2))
        with self.assertRaises(AccessError):
            self.wizard(promise, "withdraw", reason="Not wanted").action_apply()
        self.wizard(
            promise, "withdraw", self.manager, reason="Not wanted"
        ).action_apply()
        self.assertOutcome(promise, "withdrawn")
        self.wait(hours=3)
        self.close(self.ticket)
        self.assertOutcome(other, "late")
        self.wizard(
            other, "correct", self.manager, outcome="kept", reason="Seen it"
        ).action_apply()
        self.assertOutcome(other, "kept")

    def test_errors_reach_the_user_unchanged(self):
        promise = self.make_promise(self.ticket)
        with self.assertRaisesRegex(ValidationError, "Reason: please fill this in"):
            self.wizard(
                promise, "move", date_due=NOW + timedelta(days=1), reason=" "
            ).action_apply()
        self.wait(hours=3)
        with self.assertRaisesRegex(UserError, "It has expired"):
            self.wizard(
                promise, "move", date_due=NOW + timedelta(days=1), reason="Late"
            ).action_apply()

    def test_unknown_action_is_refused(self):
        promise = self.make_promise(self.ticket)
        with self.assertRaises(UserError):
            self.as_user(promise, self.agent).action_open_wizard("delete")
        with self.assertRaises(UserError):
            self.as_user(promise, self.agent).action_open_wizard()

    def test_window_is_its_creators(self):
        promise = self.make_promise(self.ticket)
        wizard = self.wizard(promise, "keep", note="Secret")
        with self.assertRaises(AccessError):
            self.as_user(wizard, self.manager).read(["note"])

    def test_window_opens_no_foreign_promise(self):
        promise = self.make_promise(self.ticket)
        with self.assertRaises(AccessError):
            self.as_user(promise, self.agent2).action_open_wizard("keep")
        wizard = self.model("service.promise.action.wizard", self.agent2)
        with self.assertRaises(AccessError):
            wizard.create(
                {"mode": "keep", "promise_ids": [Command.set(promise.ids)]}
            ).action_apply()
        self.assertFalse(promise.settlement)

    def test_a_window_without_a_promise(self):
        wizard = self.model("service.promise.action.wizard", self.agent).create(
            {"mode": "keep"}
        )
        self.assertFalse(wizard.due_hint)
        with self.assertRaisesRegex(UserError, "Choose a promise first"):
            wizard.action_apply()

    def test_a_customer_in_our_zone_needs_no_second_hint(self):
        self.customer.tz = self.agent.tz
        promise = self.make_promise(self.ticket)
        wizard = self.wizard(promise, "move", date_due=NOW + timedelta(hours=4))
        self.assertIn("Monday", wizard.due_hint)
        self.assertNotIn("customer", wizard.due_hint)

    def test_quick_choice_without_working_hours(self):
        """A company without a calendar: the choice leaves the date as it is."""
        self.company.resource_calendar_id = False
        promise = self.make_promise(self.ticket)
        action = self.as_user(promise, self.agent).action_open_wizard("move")
        model = self.model(action["res_model"], self.agent)
        with Form(model.with_context(**action["context"])) as form:
            form.quick = "tomorrow_17"
            before = form.date_due
            form.quick = "days_2"
            self.assertEqual(form.date_due, before)
            form.reason = "The part is late"

    def test_what_is_declared_or_decided_is_offered(self):
        call = self.make_promise(self.ticket, kind="callback")
        self.assertIn("keep", self.allowed(call, self.agent))
        promise = self.make_promise(self.ticket)
        self.assertNotIn("keep", self.allowed(promise, self.agent))
        self.assertNotIn("correct", self.allowed(promise, self.manager))
        self.close(self.ticket)
        self.assertOutcome(promise, "kept")
        # nobody excuses what was kept
        self.assertEqual(self.allowed(promise, self.manager), ["correct"])
        self.assertEqual(self.allowed(promise, self.agent), [])

    # ------------------------------------------------------------------
    # Buttons of the document
    # ------------------------------------------------------------------

    def test_buttons_open_what_belongs_to_it(self):
        promise, other = self.make_promise(self.ticket), self.make_ticket()
        self.make_promise(other)
        ticket = self.as_user(self.ticket, self.agent)
        promises = self.model("service.promise", self.agent)
        action = ticket.action_service_open_promises()
        self.assertEqual(promises.search(action["domain"]), promise)
        action = self.as_user(self.employee, self.manager).action_service_promises()
        found = self.model("service.promise", self.manager).search(action["domain"])
        self.assertEqual(found.employee_id, self.employee)
        self.assertIn(promise, found)
        for name in ("record_promise", "record_wow"):
            action = getattr(ticket, f"action_service_{name}")()
            model = self.model(action["res_model"], self.agent)
            vals = model.with_context(**action["context"]).default_get(
                ["res_model", "res_id"]
            )
            self.assertEqual(
                (vals["res_model"], vals["res_id"]), (ticket._name, ticket.id)
            )
            with self.assertRaises(AccessError):
                getattr(
                    self.as_user(self.ticket, self.agent2), f"action_service_{name}"
                )()

    def test_record_a_wow_moment(self):
        action = self.as_user(self.ticket, self.agent).action_service_record_wow()
        model = self.model(action["res_model"], self.agent)
        wizard = model.with_context(**action["context"]).create(
            {"name": "Drove to the customer", "lesson": "Ask when he is at home"}
        )
        wizard.action_apply()
        wow = self.env["service.wow"].search([("res_id", "=", self.ticket.id)])
        self.assertEqual(
            (wow.name, wow.res_model, wow.employee_id),
            ("Drove to the customer", self.ticket._name, self.employee),
        )

    # ------------------------------------------------------------------
    # Recording
    # ------------------------------------------------------------------

    def record(self, **vals):
        """Record a promise by the window, as the agent, and return it."""
        context = {
            "default_res_model": self.ticket._name,
            "default_res_id": self.ticket.id,
        }
        model = self.model("service.promise.wizard", self.agent)
        with Form(model.with_context(**context)) as form:
            form.name = "We call"
            for name, value in vals.items():
                setattr(form, name, value)
        form.record.action_record()
        return self.env["service.promise"].search(
            [("res_id", "=", self.ticket.id)], order="id desc", limit=1
        )

    def test_record_a_callback(self):
        self.customer.phone = "+36 1 555 0100"
        promise = self.record(
            kind="callback",
            date_due=NOW + timedelta(hours=4),
            date_from=NOW + timedelta(hours=2),
        )
        self.assertEqual(promise.phone, "+36 1 555 0100")
        self.assertEqual(promise.date_from, NOW + timedelta(hours=2))

    def test_record_an_appointment(self):
        promise = self.record(
            kind="appointment",
            date_due=NOW + timedelta(hours=4),
            date_end=NOW + timedelta(hours=5),
            tolerance_minutes=10,
        )
        self.assertEqual(promise.tolerance_minutes, 10)
        self.assertEqual(promise.date_end, NOW + timedelta(hours=5))

    def test_appointment_proposes_the_companys_tolerance(self):
        self.company.service_tolerance_minutes = 7
        promise = self.record(kind="appointment", date_due=NOW + timedelta(hours=4))
        self.assertEqual(promise.tolerance_minutes, 7)


@tagged("post_install", "-at_install")
class TestMyPromises(ServiceCase):
    """What an agent sees of his own promises."""

    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()
        for hours in (1, 3, 24, 72):
            self.make_promise(
                self.ticket,
                name=f"In {hours}",
                date_due=fields.Datetime.to_string(self.after(hours=hours)),
            )
        self.wait(hours=2)

    def test_columns(self):
        data = self.model("service.promise", self.agent).get_my_promises()
        names = {
            column["key"]: [promise["name"] for promise in column["promises"]]
            for column in data["columns"]
        }
        self.assertEqual(
            names,
            {
                "overdue": ["In 1"],
                "today": ["In 3"],
                "tomorrow": ["In 24"],
                "later": ["In 72"],
            },
        )
        self.assertEqual(data["total"], 4)

    def test_columns_follow_the_users_day(self):
        self.agent.tz = "Pacific/Kiritimati"  # there it is Tuesday already
        data = self.model("service.promise", self.agent).get_my_promises()
        sizes = {c["key"]: len(c["promises"]) for c in data["columns"]}
        self.assertEqual(sizes, {"overdue": 1, "today": 2, "tomorrow": 0, "later": 1})

    def test_badge(self):
        data = self.model("service.promise", self.agent).get_my_due()
        self.assertEqual((data["overdue"], data["today"]), (1, 1))
        self.assertEqual(
            [promise["name"] for promise in data["promises"]],
            ["In 1", "In 3", "In 24", "In 72"],
        )
        self.assertTrue(data["promises"][0]["is_overdue"])

    def test_badge_costs_three_queries(self):
        model = self.model("service.promise", self.agent)
        model.get_my_due()  # rights and groups are cached
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(4):  # three, and the user himself
            model.get_my_due()

    def test_badge_shows_ones_own_only(self):
        data = self.model("service.promise", self.agent2).get_my_due()
        self.assertEqual((data["overdue"], data["today"]), (0, 0))
        self.assertFalse(data["promises"])
        self.assertIs(self.model("service.promise", self.nobody).get_my_due(), False)

    def test_paused_is_neither_overdue_nor_due(self):
        promise = self.env["service.promise"].search([("name", "=", "In 3")])
        # as a plan that waits for the customer does
        promise._service_unseal().write({"date_paused": self.now})
        self.sync()
        data = self.model("service.promise", self.agent).get_my_due()
        self.assertEqual((data["overdue"], data["today"]), (1, 0))
        board = self.model("service.promise", self.agent).get_my_promises()
        later = board["columns"][3]["promises"]
        self.assertIn("In 3", [row["name"] for row in later if row["is_paused"]])

    def test_paused_ones_are_found(self):
        """The filter of the list, both ways."""
        promise, other = self.make_promise(self.ticket), self.make_promise(self.ticket)
        promise._service_unseal().date_paused = self.now
        promises = self.model("service.promise", self.agent)
        mine = Domain("id", "in", (promise + other).ids)
        for operator, value, found in (
            ("=", True, promise),
            ("=", False, other),
            ("!=", True, other),
            ("!=", False, promise),
        ):
            domain = mine & Domain("is_paused", operator, value)
            self.assertEqual(promises.search(domain), found)
        self.assertEqual(
            self.as_user(promise + other, self.agent).mapped("is_paused"), [True, False]
        )

    def test_begun_appointment_waits_for_its_end(self):
        promise = self.make_promise(
            self.ticket,
            name="Visit",
            kind="appointment",
            date_due=fields.Datetime.to_string(self.after(minutes=30)),
        )
        self.as_user(promise, self.agent).action_start()
        board = self.model("service.promise", self.agent).get_my_promises()
        today = board["columns"][1]["promises"]
        self.assertEqual(today[0]["name"], "Visit")
        self.assertIn("finish", today[0]["actions"])

    def test_orphans_are_shown_to_who_can_take_them_over(self):
        self.employee.active = False
        board = self.model("service.promise", self.manager).get_my_promises()
        columns = {c["key"]: c["promises"] for c in board["columns"]}
        names = [row["name"] for row in columns["take_over"]]
        self.assertEqual(names, ["In 3", "In 24", "In 72"])
        self.assertNotIn(
            "take_over",
            {
                c["key"]
                for c in self.model("service.promise", self.agent2).get_my_promises()[
                    "columns"
                ]
            },
        )
