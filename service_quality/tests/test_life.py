from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ServiceCase
from .common_link import LinkCase


def text(moment):
    return fields.Datetime.to_string(moment)


@tagged("post_install", "-at_install")
class TestMove(ServiceCase):
    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()
        self.promise = self.make_promise(self.ticket, date_due=self.after(hours=4))

    def ask(self, **delta):
        self.as_user(self.promise, self.agent).action_move(
            text(self.after(**delta)), "The part comes later"
        )

    def test_asking_moves_nothing(self):
        """A later date asked for leaves the old one due, and overdue."""
        due = self.promise.date_due
        self.ask(hours=30)
        self.assertEqual(self.promise.date_due, due)
        self.assertEqual(self.promise.date_due_asked, self.after(hours=30))
        self.assertIn("move_asked", self.events_of(self.promise))
        message = self.ticket.message_ids.sorted("id")[-1]
        self.assertIn("The part comes later", message.body)
        self.wait(hours=5)
        self.env.invalidate_all()
        self.assertEqual(self.promise.state, "overdue")

    def test_agreed_in_time_is_moved(self):
        self.ask(hours=30)
        asked = self.promise.date_due_asked
        self.wait(hours=4)  # the very second of due
        successor = self.promise._service_unseal()._service_move_agreed(self.now, "Yes")
        self.assertOutcome(self.promise, "moved")
        self.assertEqual(self.promise.successor_id, successor)
        self.assertEqual(successor.previous_id, self.promise)
        self.assertEqual(successor.date_due, asked)
        self.assertEqual(successor.employee_id, self.promise.employee_id)
        self.assertOutcome(successor, None)
        self.wait(minutes=15)
        self.close(self.ticket)
        self.assertOutcome(successor, "kept", counted=True)

    def test_agreed_too_late_saves_nothing(self):
        self.ask(hours=30)
        self.wait(hours=4, seconds=1)
        successor = self.promise._service_unseal()._service_move_agreed(self.now)
        self.env.invalidate_all()
        self.assertEqual(self.promise.state, "overdue")
        self.assertTrue(successor)
        self.close(self.ticket)
        self.assertOutcome(self.promise, "late", counted=True)

    def test_nobody_moves_an_expired_promise(self):
        self.wait(hours=5)
        with self.assertRaises(UserError):
            self.ask(hours=30)
        self.assertFalse(self.promise.date_due_asked)

    def test_an_earlier_date_binds_at_once(self):
        self.ask(hours=2)
        self.assertEqual(self.promise.date_due, self.after(hours=2))
        self.assertIn("tightened", self.events_of(self.promise))

    def test_bad_dates_and_reasons(self):
        promise = self.as_user(self.promise, self.agent)
        for date, reason in (
            ("2026-02-30 10:00:00", "x"),
            (text(self.after(hours=-2)), "x"),
            ("2040-01-01 10:00:00", "x"),
            (text(self.after(hours=9)), " "),
            (text(self.after(hours=9)), "\x00"),
        ):
            with self.subTest(date=date), self.assertRaises(ValidationError):
                promise.action_move(date, reason)
        self.assertFalse(self.promise.date_due_asked)

    def test_others_cannot_ask(self):
        promise = self.as_user(self.promise, self.nobody)
        with self.assertRaises(AccessError):
            promise.action_move(text(self.after(hours=9)), "x")

    def test_typo_once_within_ten_minutes(self):
        promise = self.make_promise(self.ticket, tell=False, name="Callx")
        mine = self.as_user(promise, self.agent)
        self.wait(minutes=10)
        mine.action_fix_typo("Call", text(self.after(hours=6)))
        self.assertEqual(promise.name, "Call")
        self.assertEqual(promise.date_due, self.after(hours=6))
        with self.assertRaises(UserError):
            mine.action_fix_typo("Again")
        other = self.make_promise(self.ticket, tell=False)
        with self.assertRaises(UserError):
            self.as_user(other, self.manager).action_fix_typo("Not mine")
        self.wait(minutes=10, seconds=1)
        with self.assertRaises(UserError):
            self.as_user(other, self.agent).action_fix_typo("Too late")

    def test_typo_of_a_date_the_customer_knows(self):
        with self.assertRaises(UserError):
            self.as_user(self.promise, self.agent).action_fix_typo(
                date_due=text(self.after(hours=90))
            )


@tagged("post_install", "-at_install")
class TestTakeOver(ServiceCase):
    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()
        self.promise = self.make_promise(self.ticket, date_due=self.after(hours=4))

    def test_reassigning_moves_no_promise(self):
        self.ticket.user_id = self.agent2
        self.sync()
        self.assertEqual(self.promise.employee_id, self.employee)

    def test_take_over_before_due(self):
        self.ticket.user_id = self.agent2
        self.as_user(self.promise, self.agent2).action_take_over()
        self.assertEqual(self.promise.employee_id, self.employee2)
        event = self.raw_events(self.promise)[-1]
        self.assertEqual(event.kind, "taken_over")
        self.assertEqual(event.old_value, self.employee.name)
        self.assertEqual(event.new_value, self.employee2.name)

    def test_nobody_takes_a_miss(self):
        self.ticket.user_id = self.agent2
        self.wait(hours=4, seconds=1)
        with self.assertRaises(UserError):
            self.as_user(self.promise, self.agent2).action_take_over()
        self.assertEqual(self.promise.employee_id, self.employee)

    def test_people_who_left_or_are_away(self):
        other = self.make_promise(self.ticket, date_due=self.after(days=20))
        needing = self.env["service.promise"].search
        domain = [("needs_take_over", "=", True), ("res_id", "=", self.ticket.id)]
        self.assertFalse(needing(domain))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "resource_id": self.employee.resource_id.id,
                "calendar_id": self.calendar.id,
                "date_from": self.after(hours=1),
                "date_to": self.after(hours=9),
            }
        )
        self.assertEqual(needing(domain), self.promise)
        self.env.invalidate_all()
        self.assertTrue(self.promise.needs_take_over)
        self.assertFalse(other.needs_take_over)
        self.employee.active = False
        self.assertEqual(needing(domain), self.promise + other)


@tagged("post_install", "-at_install")
class TestExcuse(ServiceCase):
    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()
        self.promise = self.make_promise(self.ticket, date_due=self.after(hours=4))

    def excuse(self, user):
        self.as_user(self.promise, user).action_excuse("Flood", "A free visit")

    def test_agent_asks_manager_approves(self):
        self.wait(hours=1)
        self.agent_message(self.ticket, "The road is flooded, we will be late.")
        self.wait(hours=5)
        self.excuse(self.agent)
        self.assertOutcome(self.promise, None)
        self.assertEqual(self.promise.excuse_reason, "Flood")
        self.as_user(self.promise, self.manager).action_excuse()
        self.assertOutcome(self.promise, "excused")
        self.assertEqual(self.promise.compensation, "A free visit")

    def test_not_warned_before_due(self):
        # Telling him of the promise is in writing too, but no warning came after.
        promise = self.make_promise(self.ticket, tell=False)
        self.wait(hours=6)
        self.agent_message(self.ticket, "Sorry, there was a flood.")
        self.wait(minutes=1)
        with self.assertRaises(UserError):
            self.as_user(promise, self.manager).action_excuse("Flood", "Cake")
        self.assertOutcome(promise, None)

    def test_not_on_own_rows(self):
        self.env["hr.employee"].search(
            [("user_id", "=", self.manager.id)]
        ).active = True
        self.ticket.user_id = self.manager
        own = self.make_promise(self.ticket, user=self.manager)
        self.wait(minutes=5)
        self.agent_message(self.ticket, "There is a flood.", user=self.manager)
        self.as_user(own, self.manager).action_excuse("Flood", "Cake")
        self.assertOutcome(own, None)

    def test_reason_and_compensation_are_needed(self):
        self.wait(minutes=1)
        self.agent_message(self.ticket, "There is a flood.")
        with self.assertRaises(ValidationError):
            self.as_user(self.promise, self.manager).action_excuse("Flood", "")

    def test_kept_needs_no_excuse(self):
        self.agent_message(self.ticket, "Nearly there.")
        self.close(self.ticket)
        with self.assertRaises(UserError):
            self.excuse(self.manager)


@tagged("post_install", "-at_install")
class TestKinds(ServiceCase):
    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()

    def appointment(self, **vals):
        return self.make_promise(
            self.ticket,
            kind="appointment",
            date_due=self.after(hours=2),
            date_end=self.after(hours=3),
            tolerance_minutes=10,
            **vals,
        )

    def test_appointment_within_tolerance(self):
        promise = self.appointment()
        self.wait(hours=2, minutes=10)
        self.assertNotEqual(promise.state, "overdue")
        self.as_user(promise, self.agent).action_start()
        self.assertOutcome(promise, "kept", counted=True)
        self.assertAlmostEqual(promise.wait_minutes, 10)
        self.wait(hours=1)
        self.as_user(promise, self.agent).action_finish()
        self.assertEqual(promise.date_ended, self.now)
        with self.assertRaises(UserError):
            self.as_user(promise, self.agent).action_finish()

    def test_appointment_after_tolerance(self):
        promise = self.appointment()
        self.wait(hours=2, minutes=10, seconds=1)
        self.assertEqual(promise.state, "overdue")
        self.as_user(promise, self.agent).action_start()
        self.assertOutcome(promise, "late", counted=True)

    def test_start_without_an_address_is_a_declaration(self):
        promise = self.appointment()
        self.ticket.partner_id.email = False
        self.ticket.partner_email = False
        self.as_user(promise, self.agent).action_start()
        self.assertOutcome(promise, "kept", counted=False)
        self.assertTrue(promise.is_self_declared)

    def test_bad_appointments_and_windows(self):
        for vals in (
            {"kind": "appointment", "tolerance_minutes": 61},
            {"kind": "appointment", "tolerance_minutes": -1},
            {"kind": "appointment", "tolerance_minutes": "ten"},
            {"kind": "appointment", "date_end": text(self.after(hours=1))},
            {"kind": "callback", "date_from": text(self.after(hours=3))},
            {"kind": "callback", "phone": "\x00"},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.make_promise(
                    self.ticket, date_due=text(self.after(hours=2)), **vals
                )

    def log_call(self, user=None):
        ticket = self.as_user(self.ticket, user or self.agent)
        activity = ticket.activity_schedule(
            "mail.mail_activity_data_call", user_id=(user or self.agent).id
        )
        activity.action_feedback(feedback="Spoke with him, Tuesday suits.")
        self.sync()

    def test_logged_call_keeps_a_callback(self):
        promise = self.make_promise(
            self.ticket, kind="callback", date_due=self.after(hours=2)
        )
        self.assertEqual(promise.phone or "", self.ticket.partner_id.phone or "")
        self.wait(hours=1)
        self.log_call()
        self.assertOutcome(promise, "kept", counted=True)
        self.assertIn("Tuesday", self.raw_events(promise)[-1].note)

    def test_calling_before_the_window_keeps_nothing(self):
        promise = self.make_promise(
            self.ticket,
            kind="callback",
            date_from=self.after(hours=2),
            date_due=self.after(hours=4),
        )
        self.wait(hours=1)
        self.log_call()
        self.assertOutcome(promise, None)
        self.wait(hours=2)
        self.log_call()
        self.assertOutcome(promise, "kept")

    def test_the_customer_had_to_chase_us(self):
        promise = self.make_promise(self.ticket, date_due=self.after(hours=2))
        self.customer_message(self.ticket, "Any news?")
        self.assertEqual(promise.chase_count, 0)
        self.wait(hours=3)
        self.customer_message(self.ticket, "Where are you?")
        self.customer_message(self.ticket, "Hello?")
        self.assertEqual(promise.chase_count, 2)


@tagged("post_install", "-at_install")
class TestClock(LinkCase):
    """Cadence and pause, on a plan of progress updates every 4 working hours."""

    def setUp(self):
        super().setUp()
        self.awaiting = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        self.working = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        self.plan = self.make_plan(
            rules=[
                {
                    "name": "News",
                    "kind": "progress",
                    "hours": 4,
                    "calendar_id": self.calendar.id,
                    "pause_domain": f"[('stage_id', '=', {self.awaiting.id})]",
                }
            ]
        )
        self.ticket = self.make_ticket()
        self.first = self.ticket.service_promise_ids

    def running(self):
        self.env.invalidate_all()
        return self.ticket.service_promise_ids.filtered(lambda row: not row.settlement)

    def stage(self, stage):
        self.as_user(self.ticket, self.agent).stage_id = stage
        self.sync()

    def test_each_update_promises_the_next(self):
        self.wait(hours=3)
        self.agent_message(self.ticket, "We have found the fault.")
        self.assertOutcome(self.first, "kept", counted=True)
        following = self.running()
        self.assertEqual(len(following), 1)
        self.assertEqual(
            following.date_due, self.calendar._service_add_hours(self.now, 4)
        )

    def test_an_update_right_after_another_is_no_second_kept_promise(self):
        self.wait(hours=3)
        self.agent_message(self.ticket, "We have found the fault.")
        second = self.running()
        for number in range(5):
            self.wait(minutes=2)
            self.agent_message(self.ticket, f"Still here, {number}.")
        self.assertOutcome(second, "kept", counted=False)
        self.assertEqual(len(self.running()), 1)
        counted = self.ticket.service_promise_ids.filtered("is_counted")
        self.assertEqual(
            counted.filtered(lambda row: row.outcome == "kept"), self.first
        )

    def test_no_clock_starts_after_closing(self):
        self.close(self.ticket)
        self.assertOutcome(self.first, "withdrawn")
        self.customer_message(self.ticket, "Thank you!")
        self.agent_message(self.ticket, "You are welcome.")
        self.assertFalse(self.running())

    def test_waiting_for_the_customer_pauses(self):
        self.wait(hours=1)
        self.agent_message(self.ticket, "Which day suits you?")
        promise = self.running()
        self.wait(hours=1)
        self.stage(self.awaiting)
        self.assertEqual(promise.date_paused, self.now)
        self.wait(days=2)
        self.assertEqual(promise.state, "open")
        self.customer_message(self.ticket, "Tuesday.")
        self.assertFalse(promise.date_paused)
        # Three of four working hours were left when he got the ball.
        self.assertEqual(
            promise.date_due, self.calendar._service_add_hours(self.now, 3)
        )
        self.assertGreater(promise.paused_hours, 0)
        kinds = self.events_of(promise)
        self.assertLess(kinds.index("paused"), kinds.index("resumed"))

    def test_a_moved_update_keeps_the_cadence(self):
        self.wait(hours=1)
        self.agree(self.first, hours=30)
        moved = self.running()
        self.assertOutcome(self.first, "moved")
        self.assertEqual(
            (moved, moved.rule_id), (self.first.successor_id, self.plan.rule_ids)
        )
        self.wait(hours=20)
        self.agent_message(self.ticket, "We have found the fault.")
        self.assertOutcome(moved, "kept")
        self.assertEqual(len(self.running()), 1)

    def test_moved_beside_an_overdue_update(self):
        self.first._service_unseal().date_due_asked = self.after(hours=30)
        self.now = self.first.date_due + timedelta(seconds=1)
        self.first._service_unseal()._service_move_agreed(self.now)
        self.sync()
        self.assertEqual(self.first.state, "overdue")
        self.agent_message(self.ticket, "We have found the fault.")
        self.assertOutcome(self.first, "late")
        # The next update of the cadence, and nothing twice.
        self.assertEqual(self.running().rule_id, self.plan.rule_ids)
        self.assertEqual(len(self.running()), 1)

    def test_an_agreed_date_while_the_clock_stands(self):
        self.agent_message(self.ticket, "Which day suits you?")
        promise = self.running()
        promise._service_unseal().date_due_asked = self.after(days=4)
        self.stage(self.awaiting)
        self.wait(hours=30)
        self.assertTrue(promise.date_paused)
        promise._service_unseal()._service_move_agreed(self.now)
        self.sync()
        # Due stood still: his word came in time.
        self.assertOutcome(promise, "moved")

    def test_a_decision_by_link_ends_the_pause(self):
        deadline = self.make_promise(self.ticket, date_due=self.after(days=1))
        self.agent_message(self.ticket, "May we move it?")
        token = self.ask_move(deadline, days=3)
        promise = self.running().filtered("rule_id")
        self.stage(self.awaiting)
        self.assertTrue(promise.date_paused)
        self.wait(hours=2)
        self.decide(token, "no")
        self.assertFalse(promise.date_paused)
        self.assertFalse(promise.chase_count)
        self.stage(self.working)
        self.stage(self.awaiting)
        self.assertFalse(promise.date_paused)  # the last word was his

    def test_pausing_without_the_deleted_calendar(self):
        self.agent_message(self.ticket, "Which day suits you?")
        promise = self.running()
        self.stage(self.awaiting)
        promise._service_unseal().calendar_id = False
        self.wait(days=1)
        self.env["service.promise"]._service_end_pauses(self.now)
        self.assertTrue(promise.exists())

    def agree(self, promise, **delta):
        """The customer agrees to a later date."""
        self.decide(self.ask_move(promise, **delta), "yes")

    def test_no_pause_while_the_customer_waits_for_us(self):
        """A stage does not stop the clock when the last word was his."""
        self.stage(self.awaiting)
        self.assertFalse(self.first.date_paused)
        self.stage(self.working)
        self.agent_message(self.ticket, "Which day suits you?")
        promise = self.running()
        self.customer_message(self.ticket, "Tuesday.")
        self.stage(self.awaiting)
        self.assertFalse(promise.date_paused)

    def test_a_pause_never_undoes_a_miss(self):
        self.agent_message(self.ticket, "Which day suits you?")
        promise = self.running()
        self.wait(days=1)
        self.assertEqual(promise.state, "overdue")
        self.stage(self.awaiting)
        self.assertFalse(promise.date_paused)
        self.assertEqual(promise.state, "overdue")

    def test_priority_keeps_the_paused_time(self):
        self.agent_message(self.ticket, "Which day suits you?")
        promise = self.running()
        self.stage(self.awaiting)
        self.wait(hours=2)
        self.ticket.priority = "3"
        self.plan.rule_ids.hours = 1
        self.stage(self.working)
        self.assertEqual(
            promise.date_due, self.calendar._service_add_hours(self.now, 4)
        )

    def pause(self):
        """Write to the customer and say that he has the ball."""
        self.agent_message(self.ticket, "Which day suits you?")
        promise = self.running()
        self.stage(self.awaiting)
        self.assertEqual(promise.date_paused, self.now)
        return promise

    def test_a_pause_has_a_limit(self):
        """Nobody stops the clock for good by asking a question once."""
        self.plan.rule_ids.pause_limit_hours = 8
        promise = self.pause()
        ended = self.calendar._service_add_hours(self.now, 8)
        due = self.calendar._service_add_hours(ended, 4)
        Promise = self.env["service.promise"]
        self.now = ended
        self.assertNotIn(promise, Promise._service_end_pauses(self.now))
        self.wait(seconds=1)
        self.assertIn(promise, Promise._service_end_pauses(self.now))
        self.assertEqual(promise.date_due, due)
        self.assertFalse(promise.date_paused)
        event = self.raw_events(promise)[-1]
        self.assertEqual(event.kind, "resumed")
        self.assertIn("8", event.note)
        # The same document pauses it no second time.
        self.ticket.priority = "3"
        self.stage(self.working)
        self.stage(self.awaiting)
        self.agent_message(self.ticket, "Hello?")
        self.assertFalse(promise.date_paused)

    def test_a_pause_of_a_calendar_that_is_gone(self):
        """Without working hours to count what was left runs on by the clock."""
        promise = self.pause()
        left = promise.date_due - promise.date_paused
        self.plan.rule_ids.calendar_id = False
        promise._service_unseal().calendar_id = False
        self.wait(hours=3)
        self.customer_message(self.ticket, "Tuesday.")
        self.assertFalse(promise.date_paused)
        self.assertEqual(promise.date_due, self.now + left)

    def test_a_pause_that_lasted_too_long_is_late(self):
        """Noticed whenever it is judged, also without the cron."""
        self.plan.rule_ids.pause_limit_hours = 8
        promise = self.pause()
        self.wait(days=7)
        self.agent_message(self.ticket, "It is ready.")
        self.assertOutcome(promise, "late", counted=True)

    def test_pauses_add_up_to_the_limit(self):
        rule = self.plan.rule_ids
        rule.write({"kind": "deadline", "hours": 8, "pause_limit_hours": 3})
        self.ticket = self.make_ticket()
        promise = self.pause()
        self.wait(hours=2)
        self.customer_message(self.ticket, "Tuesday.")
        self.assertAlmostEqual(promise.paused_hours, 2)
        self.agent_message(self.ticket, "In the morning?")
        self.assertEqual(promise.date_paused, self.now)
        self.wait(days=1)
        self.env["service.promise"]._service_end_pauses(self.now)
        self.assertFalse(promise.date_paused)
        self.assertAlmostEqual(promise.paused_hours, 3)

    def test_an_update_during_the_pause_is_in_time(self):
        """Waiting for the customer is no delay of ours, up to the last moment."""
        promise = self.pause()
        self.wait(days=2)
        self.agent_message(self.ticket, "A reminder: which day suits you?")
        self.assertOutcome(promise, "kept")

    def test_pause_over_a_weekend_counts_once(self):
        self.wait(days=4, hours=6)  # Friday, the last working hour
        self.agent_message(self.ticket, "Which day suits you?")
        promise = self.running()
        self.stage(self.awaiting)
        self.wait(days=3)
        self.customer_message(self.ticket, "Tuesday.")
        self.assertEqual(
            promise.date_due, self.calendar._service_add_hours(self.now, 4)
        )


@tagged("post_install", "-at_install")
class TestReminder(ServiceCase):
    def setUp(self):
        super().setUp()
        companies = self.company + self.other_company
        companies.write({"service_remind_hours": 2, "service_escalate_hours": 4})
        self.ticket = self.make_ticket()
        self.mails = self.env["mail.mail"].search([])

    def run_cron(self):
        self.sync()
        before = self.env["mail.mail"].search([])
        reminders = self.env["service.reminder"]
        for kind in ("remind", "escalate"):
            todo = reminders._service_todo(kind, self.now)
            todo = todo.filtered(lambda row: row.company_id == self.company)
            reminders._service_send_batch(kind, todo)
        self.env.invalidate_all()
        return self.env["mail.mail"].search([]) - before

    def test_once_before_due_and_once_after(self):
        promise = self.make_promise(self.ticket, date_due=self.after(hours=5))
        self.assertFalse(self.run_cron())
        self.wait(hours=3)
        mail = self.run_cron()
        self.assertEqual(mail.email_to, self.agent.email)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn(promise.name, mail.body_html)
        self.assertFalse(self.run_cron())
        self.assertEqual(promise.activity_id.user_id, self.agent)
        self.wait(hours=6)
        self.assertEqual(promise.state, "overdue")
        escalated = self.run_cron()
        self.assertEqual(escalated.email_to, self.leader.email)
        self.assertFalse(self.run_cron())

    def test_one_digest_for_several(self):
        for hours in (1, 1.5, 1.9):
            self.make_promise(self.ticket, date_due=self.after(hours=hours))
        mail = self.run_cron()
        self.assertEqual(len(mail), 1)
        self.assertEqual(
            len(self.env["service.reminder"].search([("mail_id", "=", mail.id)])), 3
        )

    def test_a_rule_has_hours_of_its_own(self):
        """Earlier than the company's, or in a company that reminds nobody."""
        self.company.service_remind_hours = 0
        self.make_plan(
            rules=[
                {"name": "Done", "kind": "deadline", "hours": 6, "remind_hours": 4},
                {"name": "Answer", "kind": "response", "hours": 6},
            ]
        )
        ticket = self.make_ticket()
        done = ticket.service_promise_ids.filtered(lambda row: row.kind == "deadline")
        self.now = done.date_due - timedelta(hours=4, seconds=1)
        self.assertFalse(self.run_cron())
        self.wait(seconds=1)
        mail = self.run_cron()
        self.assertEqual(mail.email_to, self.agent.email)
        self.assertEqual(done.reminder_ids.mail_id, mail)
        self.assertFalse(self.run_cron())

    def test_another_due_version_is_reminded_again(self):
        promise = self.make_promise(self.ticket, date_due=self.after(hours=2))
        self.assertEqual(len(self.run_cron()), 1)
        self.as_user(promise, self.agent).action_move(
            text(self.after(hours=1)), "Sooner"
        )
        self.assertEqual(len(self.run_cron()), 1)

    def test_nothing_stale_after_a_downtime(self):
        self.make_promise(self.ticket, date_due=self.after(hours=2))
        self.wait(days=30)
        self.assertFalse(self.run_cron())

    def test_settled_promises_leave_the_activity_list(self):
        promise = self.make_promise(self.ticket, date_due=self.after(hours=2))
        self.run_cron()
        activity = promise.activity_id
        self.assertTrue(activity)
        self.close(self.ticket)
        self.assertFalse(activity.exists())

    def test_a_poison_row_stops_nothing(self):
        good = self.make_promise(self.ticket, date_due=self.after(hours=2))
        bad = self.make_promise(self.ticket, date_due=self.after(hours=2))
        reminders = type(self.env["service.reminder"])
        original = reminders._service_claim

        def claim(records, kind, promises):
            if bad in promises:
                raise ValueError("poison")
            return original(records, kind, promises)

        self.patch(reminders, "_service_claim", claim)
        with self.assertLogs("odoo.addons.service_quality", "ERROR"):
            self.run_cron()
        sent = self.env["service.reminder"].search(
            [("promise_id", "in", (good + bad).ids)]
        )
        self.assertEqual(sent.promise_id, good)

    def test_the_cron_itself_commits_and_reports(self):
        self.make_promise(self.ticket, date_due=self.after(hours=2))
        self.sync()
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.env.ref("service_quality.cron_promises").method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(self.env["service.reminder"].search([]))


@tagged("post_install", "-at_install")
class TestHost(ServiceCase):
    def test_commitment_date_of_an_order(self):
        order = self.make_order(commitment_date=self.after(days=3))
        promise = order.service_promise_ids
        self.assertEqual(promise.source, "native")
        self.assertEqual(promise.date_due, self.after(days=3))
        self.agent_message(order, "Here is your order.")
        self.assertTrue(promise.is_counted)
        due = promise.date_due
        self.as_user(order, self.agent).commitment_date = self.after(days=9)
        self.sync()
        self.assertEqual(promise.date_due, due)
        self.assertIn("host_date", self.events_of(promise))
        self.assertEqual(order.service_promise_ids, promise)

    def test_batch_of_two_orders(self):
        orders = self.make_order(commitment_date=self.after(days=1)) + self.make_order(
            commitment_date=self.after(days=2)
        )
        self.assertEqual(len(orders.service_promise_ids), 2)
        self.wait(days=1, hours=1)
        for line in orders.order_line:
            line.qty_delivered = line.product_uom_qty
        self.sync()
        self.assertEqual(
            orders.service_promise_ids.sorted("date_due").mapped("outcome"),
            ["late", "kept"],
        )

    def test_delay_in_working_hours(self):
        order = self.make_order(commitment_date=self.now + timedelta(hours=2))
        self.wait(days=1)
        order.order_line.write({"qty_delivered": 100})
        self.sync()
        promise = order.service_promise_ids
        self.assertOutcome(promise, "late")
        # 12:00 to 13:00 in Budapest is lunch: 8 of 24 hours were worked.
        expected = self.calendar._service_hours_between(
            promise.date_due, promise.date_settled
        )
        self.assertAlmostEqual(promise.delay_hours, expected)
        self.assertAlmostEqual(promise.delay_hours, 6.0)
