from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..models import verdict
from .common import ServiceCase

#: Facts nobody may give, with a value an attacker would like.
FORGED = {
    "source": "plan",
    "source_key": "rule:1",
    "employee_id": 1,
    "department_id": 1,
    "partner_id": 1,
    "partner_name": "Somebody",
    "partner_email": "somebody@example.com",
    "company_id": 1,
    "calendar_id": 1,
    "date_made": "2020-01-01 00:00:00",
    "date_told": "2020-01-01 00:00:00",
    "settlement": "evidence",
    "date_settled": "2020-01-01 00:00:00",
    "corrected_outcome": "kept",
    "outcome": "kept",
    "delay_hours": 0.0,
    "is_self_declared": False,
    "is_counted": True,
    "previous_id": 1,
    "successor_id": 1,
    "res_name": "Another document",
    "create_date": "2020-01-01 00:00:00",
    "create_uid": 1,
}


class PromiseCase(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Promise = cls.env["service.promise"]

    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()

    def vals(self, document=None, **vals):
        """Return what a client sends to record a promise."""
        document = document or self.ticket
        return {
            "name": "We repair it",
            "kind": "deadline",
            "res_model": document._name,
            "res_id": document.id,
            "date_due": fields.Datetime.to_string(self.after(hours=2)),
            **vals,
        }

    def assertRefused(self, errors, work):
        """``work`` raises one of ``errors`` and leaves no promise and no event."""
        self.sync()
        before = [
            self.env[m].search_count([]) for m in ("service.promise", "service.event")
        ]
        with self.assertRaises(errors), self.env.cr.savepoint():
            work()
            self.env.flush_all()
        self.env.invalidate_all()
        after = [
            self.env[m].search_count([]) for m in ("service.promise", "service.event")
        ]
        self.assertEqual(before, after)


@tagged("post_install", "-at_install")
class TestPromiseRecord(PromiseCase):
    """Recording: five fields in, all else derived."""

    def test_derived_facts(self):
        promise = self.make_promise(self.ticket, tell=False)
        self.assertEqual(promise.source, "manual")
        self.assertEqual(promise.employee_id, self.employee)
        self.assertEqual(promise.department_id, self.department)
        self.assertEqual(promise.partner_id, self.customer)
        self.assertEqual(promise.partner_name, self.customer.display_name)
        self.assertEqual(promise.partner_email, self.customer.email)
        self.assertEqual(promise.company_id, self.company)
        self.assertEqual(promise.calendar_id, self.calendar)
        self.assertEqual(promise.date_made, self.now)
        self.assertEqual(promise.res_name, self.ticket.display_name)
        self.assertFalse(promise.date_told)
        self.assertFalse(promise.outcome)
        self.assertEqual(promise.state, "due_soon")
        made = self.raw_events(promise)
        self.assertEqual((made.kind, made.create_uid), ("made", self.agent))
        self.assertEqual(made.new_value, fields.Datetime.to_string(promise.date_due))

    def test_kind_is_deadline_by_default(self):
        vals = self.vals()
        del vals["kind"]
        promise = self.model("service.promise", self.agent).create(vals)
        self.assertEqual(promise.kind, "deadline")

    def test_snapshot_stays(self):
        """What happens to people and documents later moves nothing."""
        promise = self.make_promise(self.ticket)
        facts = self.facts_of(promise)
        self.ticket.user_id = self.agent2
        self.ticket.partner_id = self.stranger
        self.ticket.name = "Another title"
        self.employee.department_id = False
        self.employee.active = False
        self.customer.email = "new@customer.example"
        self.customer_company.name = "Renamed Inc"
        self.assertEqual(self.facts_of(promise), facts)

    def test_several_at_once(self):
        order = self.make_order()
        promises = self.model("service.promise", self.agent).create(
            [self.vals(), self.vals(order), self.vals(name="Second")]
        )
        self.assertEqual(promises.mapped("name")[2], "Second")
        self.assertEqual(promises[1].res_model, "sale.order")
        for promise in promises:
            self.assertEqual(self.events_of(promise), ["made"])

    def test_hours_late_are_working_hours_of_the_snapshot(self):
        promise = self.make_promise(
            self.ticket, date_due="2026-03-02 15:00:00"
        )  # Monday 16:00 in Budapest
        self.now = datetime(2026, 3, 3, 9, 0)
        self.close(self.ticket)
        self.assertOutcome(promise, "late", counted=True)
        self.assertEqual(promise.delay_hours, 3.0)
        self.calendar.attendance_ids.unlink()
        self.assertEqual(promise.delay_hours, 3.0)

    def test_who_may(self):
        """Whoever may write to the document, and has an employee there."""
        team_mate = self.make_user(
            "sq_all", "helpdesk_mgmt.group_helpdesk_user", employee=True
        )
        mine = self.make_promise(self.ticket, user=team_mate, tell=False)
        self.assertEqual(mine.employee_id, team_mate.employee_ids)
        for user in (
            self.agent2,
            self.nobody,
            self.portal,
            self.leader,
            self.foreigner,
        ):
            with self.subTest(user=user.login):
                self.assertRefused(
                    AccessError,
                    lambda user=user: self.model("service.promise", user).create(
                        self.vals()
                    ),
                )

    def test_user_without_employee(self):
        user = self.make_user(
            "sq_temp", "helpdesk_mgmt.group_helpdesk_user", employee=False
        )
        self.assertRefused(
            ValidationError,
            lambda: self.model("service.promise", user).create(self.vals()),
        )

    def test_employee_of_another_company_only(self):
        """The employee is the one in the company of the document."""
        user = self.make_user("sq_both", "helpdesk_mgmt.group_helpdesk_user")
        user.company_ids += self.other_company
        ticket = self.make_ticket(company=self.other_company, user=user)
        self.assertRefused(
            ValidationError,
            lambda: self.model("service.promise", user).create(self.vals(ticket)),
        )

    def test_bad_input(self):
        now = self.now
        late = {
            "past": now - timedelta(minutes=6),
            "five years": now + timedelta(days=5 * 366, seconds=1),
        }
        bad = [
            {"date_due": fields.Datetime.to_string(moment)} for moment in late.values()
        ]
        bad += [
            {"date_due": value}
            for value in (
                "2026-02-30 10:00:00",
                "tomorrow",
                "",
                False,
                None,
                True,
                12345,
                ["2026-05-01 10:00:00"],
                {"day": 1},
                "99999-01-01 00:00:00",
            )
        ]
        bad += [
            {"name": value}
            for value in (
                "",
                "   \n ",
                None,
                False,
                7,
                ["x"],
                "NUL\x00byte",
                "bell\x07",
                "\ud800",
                "x" * 10_001,
                "x" * 1_000_000,
            )
        ]
        bad += [{"kind": value} for value in ("unknown", 1, ["deadline"], {"a": 1})]
        bad += [
            {"res_model": value}
            for value in (
                "res.partner",
                "service.promise",
                "no.such.model",
                "service.quality.mixin",
                None,
                5,
                ["sale.order"],
            )
        ]
        bad += [
            {"res_id": value}
            for value in (0, -1, 10**9, 10**20, None, "1", [1], True, 1.0, {"id": 1})
        ]
        for change in bad:
            with self.subTest(change=str(change)[:60]):
                self.assertRefused(
                    ValidationError,
                    lambda change=change: self.model(
                        "service.promise", self.agent
                    ).create(self.vals(**change)),
                )

    def test_edges_that_are_allowed(self):
        for change in (
            {"date_due": fields.Datetime.to_string(self.after(minutes=-5))},
            {"date_due": fields.Datetime.to_string(self.after(days=5 * 365))},
            {"name": "x" * 10_000},
            {"name": "Zsófia 😀 =1+1\nsecond line"},
        ):
            with self.subTest(change=str(change)[:50]):
                self.assertTrue(self.make_promise(self.ticket, tell=False, **change))

    def test_other_documents(self):
        foreign = self.make_ticket(company=self.other_company, user=self.foreigner)
        others = self.make_ticket(user=self.agent2)
        order = self.make_order(user=self.agent2)
        gone = self.make_ticket()
        gone_vals = self.vals(gone)
        gone.unlink()
        for vals in map(self.vals, (foreign, others, order)):
            self.assertRefused(
                AccessError,
                lambda vals=vals: self.model("service.promise", self.agent).create(
                    vals
                ),
            )
        self.assertRefused(
            ValidationError,
            lambda: self.model("service.promise", self.agent).create(gone_vals),
        )

    def test_one_bad_row_records_none(self):
        self.assertRefused(
            ValidationError,
            lambda: self.model("service.promise", self.agent).create(
                [self.vals(), self.vals(name="")]
            ),
        )


@tagged("post_install", "-at_install")
class TestPromiseSeal(PromiseCase):
    """No door leads to the facts."""

    def setUp(self):
        super().setUp()
        self.promise = self.make_promise(self.ticket)
        # The strongest people: an administrator of everything, and the author.
        self.root = self.env.ref("base.user_admin")
        self.root.company_ids += self.company
        self.people = self.agent + self.manager + self.admin + self.root

    def assertUntouched(self, work, errors=UserError):
        facts = self.facts_of(self.promise)
        count = self.Promise.search_count([])
        with self.assertRaises(errors), self.env.cr.savepoint():
            work()
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.facts_of(self.promise), facts)
        self.assertEqual(self.Promise.search_count([]), count)

    def test_forged_create(self):
        for user in self.people:
            for name, value in FORGED.items():
                with self.subTest(user=user.login, name=name):
                    self.assertRefused(
                        AccessError,
                        lambda user=user, name=name, value=value: self.model(
                            "service.promise", user
                        ).create(self.vals(**{name: value})),
                    )

    def test_write(self):
        for user in self.people:
            promise = self.as_user(self.promise, user)
            for vals in (
                {"date_due": "2027-01-01 00:00:00"},
                {"name": "Easier"},
                {"settlement": "evidence", "date_settled": "2026-03-02 09:00:00"},
                {"outcome": "kept"},
                {"event_ids": [Command.clear()]},
                {"res_id": self.ticket.id},
            ):
                with self.subTest(user=user.login, vals=vals):
                    self.assertUntouched(lambda p=promise, v=vals: p.write(v))
                    self.assertUntouched(
                        lambda p=promise, v=vals: p.web_save(v, {"name": {}})
                    )

    def test_write_through_rpc_context(self):
        """A seal from JSON is not the seal, whatever its name and value."""
        for seal in (True, 1, "service_quality_seal", {}, []):
            promise = self.as_user(self.promise, self.agent).with_context(
                service_quality_seal=seal
            )
            self.assertUntouched(lambda p=promise: p.write({"name": "Easier"}))

    def test_sudo_of_others_writes_nothing(self):
        """Code of other addons that happens to run as superuser is no author."""
        self.assertUntouched(lambda: self.promise.sudo().write({"name": "x"}))
        self.assertUntouched(lambda: self.promise.sudo().unlink())

    def test_unlink_and_archive(self):
        for user in self.people:
            self.assertUntouched(
                lambda user=user: self.as_user(self.promise, user).unlink()
            )
            event = self.raw_events(self.promise)[:1]
            self.assertUntouched(lambda e=event, u=user: self.as_user(e, u).unlink())
            self.assertUntouched(
                lambda e=event, u=user: self.as_user(e, u).write({"note": "x"})
            )

    def test_web_save_of_a_new_row(self):
        Promise = self.model("service.promise", self.agent)
        row = Promise.web_save(self.vals(name="By form"), {"employee_id": {}})[0]
        promise = self.Promise.browse(row["id"])
        self.assertEqual(promise.employee_id, self.employee)
        self.assertRefused(
            AccessError,
            lambda: Promise.web_save(self.vals(outcome="kept"), {"name": {}}),
        )

    def test_import(self):
        """Import may record, no more: facts in the file are refused."""
        Promise = self.model("service.promise", self.agent)
        due = fields.Datetime.to_string(self.after(hours=3))
        names = ["name", "kind", "res_model", "res_id", "date_due"]
        row = ["By file", "Deadline", "helpdesk.ticket", str(self.ticket.id), due]
        result = Promise.load(names, [row])
        self.assertTrue(result["ids"], result["messages"])
        promise = self.Promise.browse(result["ids"])
        self.assertEqual(
            (promise.source, promise.employee_id), ("manual", self.employee)
        )
        count = self.Promise.search_count([])
        for name, value in (
            ("outcome", "Kept"),
            ("settlement", "Evidence"),
            ("date_told", due),
            ("employee_id/.id", str(self.employee2.id)),
            ("is_counted", "1"),
        ):
            with self.subTest(name=name):
                result = Promise.load([*names, name], [[*row, value]])
                self.assertFalse(result["ids"])
                self.assertTrue(result["messages"])
        facts = self.facts_of(self.promise)
        result = Promise.load(
            [".id", "name", "date_due"], [[str(self.promise.id), "Easier", due]]
        )
        self.assertFalse(result["ids"])
        self.assertEqual(self.Promise.search_count([]), count)
        self.assertEqual(self.facts_of(self.promise), facts)

    def test_default_keys_of_the_context(self):
        context = {f"default_{name}": value for name, value in FORGED.items()}
        promise = (
            self.model("service.promise", self.agent)
            .with_context(**context)
            .create(self.vals(name="With defaults"))
        )
        fresh = self.make_promise(self.ticket, tell=False)
        for name in set(FORGED) - {"create_date"}:
            self.assertEqual(promise[name], fresh[name], name)

    def test_stored_defaults_of_the_user(self):
        """Every user may store default values for himself (``ir.default``)."""
        Default = self.model("ir.default", self.agent)
        for name, value in (
            ("corrected_outcome", "kept"),
            ("is_self_declared", True),
            ("previous_id", self.promise.id),
        ):
            Default.set("service.promise", name, value, user_id=True)
        Default.set("service.event", "note", "forged", user_id=True)
        Default.set("service.checklist.line", "answer", "yes", user_id=True)
        Default.set("service.checklist", "date_waived", "2026-03-02", user_id=True)
        promise = self.make_promise(self.ticket, tell=False)
        self.assertOutcome(promise, None)
        self.assertFalse(promise.is_self_declared)
        self.assertFalse(promise.previous_id)
        self.assertFalse(self.raw_events(promise).note)
        checklist = self.start_checklist(self.ticket)
        self.assertEqual(checklist.state, "todo")
        self.assertFalse(checklist.line_ids.answer)

    def test_copy(self):
        """A copy is refused, or a promise of one's own made now; never a fact."""
        self.close(self.ticket)
        self.assertOutcome(self.promise, "kept")
        other = self.as_user(self.promise, self.manager)
        self.assertUntouched(other.copy)
        due = fields.Datetime.to_string(self.after(hours=5))
        copied = other.copy({"date_due": due, "outcome": "kept", "date_told": due})
        self.assertEqual(copied.employee_id, self.manager.employee_ids)
        self.assertFalse(copied.sudo().outcome or copied.sudo().date_told)

    def test_commands_through_the_document(self):
        """The One2many of the document is no back door."""
        order = self.make_order()
        other = self.make_promise(order)
        mine = self.promise.id
        for document in (self.ticket, order):
            for command in (
                Command.update(mine, {"date_due": "2027-01-01 00:00:00"}),
                Command.delete(mine),
                Command.unlink(mine),
                Command.link(other.id),
                Command.clear(),
                Command.set([]),
                Command.create({"name": "x", "outcome": "kept"}),
            ):
                if document == order and command[0] in (2, 3):
                    continue  # not a promise of the order: nothing to delete
                with self.subTest(document=document._name, command=command):
                    record = self.as_user(document, self.agent)
                    facts = self.facts_of(self.promise + other)
                    count = self.Promise.search_count([])
                    try:
                        with self.env.cr.savepoint():
                            record.write({"service_promise_ids": [command]})
                            self.env.flush_all()
                    except UserError:
                        self.env.invalidate_all()
                    self.assertEqual(self.facts_of(self.promise + other), facts)
                    self.assertEqual(self.Promise.search_count([]), count)

    def test_create_through_the_document_derives_too(self):
        ticket = self.as_user(self.ticket, self.agent)
        ticket.write(
            {
                "service_promise_ids": [
                    Command.create(
                        {
                            "name": "Inline",
                            "date_due": fields.Datetime.to_string(self.after(hours=1)),
                            "kind": "deadline",
                            "res_model": "helpdesk.ticket",
                        }
                    )
                ]
            }
        )
        promise = self.Promise.search([("name", "=", "Inline")])
        self.assertEqual(promise.employee_id, self.employee)
        self.assertEqual(promise.res_id, self.ticket.id)

    def test_other_sealed_models_take_no_create(self):
        for name in (
            "service.event",
            "service.checklist",
            "service.checklist.line",
            "service.feedback",
            "service.invitation",
        ):
            for user in self.people:
                Model = self.model(name, user)
                with self.subTest(name=name, user=user.login):
                    for vals in ({}, {"res_model": "helpdesk.ticket", "res_id": 1}):
                        self.assertUntouched(lambda m=Model, v=vals: m.create(v))


@tagged("post_install", "-at_install")
class TestPromiseLife(PromiseCase):
    """Rule 15: only what the customer knows, and knew early enough; and state."""

    def test_untold_does_not_count(self):
        promise = self.make_promise(self.ticket, tell=False)
        self.close(self.ticket)
        self.assertOutcome(promise, "kept", counted=False)

    def test_told_early_enough(self):
        for minutes, counted in ((15, True), (16, True), (14, False)):
            with self.subTest(minutes=minutes):
                promise = self.make_promise(
                    self.ticket,
                    date_due=fields.Datetime.to_string(self.after(minutes=minutes)),
                )
                self.assertEqual(promise.is_counted, counted)
        promise = self.make_promise(
            self.ticket,
            date_due=fields.Datetime.to_string(self.after(minutes=14, seconds=59)),
        )
        self.assertFalse(promise.is_counted)

    def test_told_later_than_recorded(self):
        promise = self.make_promise(self.ticket, tell=False)
        self.wait(minutes=105)
        self.as_user(promise, self.agent).action_tell_customer()
        self.assertOutcome(promise, None, counted=True)
        another = self.make_promise(self.ticket, tell=False)
        self.wait(minutes=106)
        self.as_user(another, self.agent).action_tell_customer()
        self.assertOutcome(another, None, counted=False)

    def test_setting_of_the_company(self):
        self.company.service_lead_minutes = 60
        due = fields.Datetime.to_string(self.after(minutes=59))
        self.assertFalse(self.make_promise(self.ticket, date_due=due).is_counted)
        due = fields.Datetime.to_string(self.after(minutes=60))
        self.assertTrue(self.make_promise(self.ticket, date_due=due).is_counted)

    def test_plan_always_counts(self):
        self.make_plan(rules=[{"name": "Solved", "hours": 0.1}])
        promise = self.make_ticket().service_promise_ids
        self.assertOutcome(promise, None, counted=True)

    def test_telling(self):
        promise = self.make_promise(self.ticket, tell=False)
        before = self.ticket.message_ids
        self.as_user(promise, self.agent).action_tell_customer()
        message = self.ticket.message_ids - before
        self.assertIn("We repair it", message.body)
        # 11:00 UTC is 6:00 in New York, where the customer is.
        self.assertIn("America/New_York", message.body)
        self.assertIn("6:00", message.body)
        self.assertEqual(message.notified_partner_ids, self.customer)
        self.assertEqual(promise.date_told, self.now)
        self.assertEqual(self.events_of(promise), ["made", "told"])

    def test_telling_is_no_evidence(self):
        """Stating a promise is no progress, no answer and no call."""
        progress = self.make_promise(self.ticket, kind="progress", tell=False)
        response = self.make_promise(self.ticket, kind="response", tell=False)
        callback = self.make_promise(self.ticket, kind="callback", tell=False)
        self.as_user(progress + response + callback, self.agent).action_tell_customer()
        for promise in progress + response + callback:
            self.assertOutcome(promise, None)
        self.as_user(callback, self.agent).action_keep("called")
        self.assertTrue(callback.is_self_declared)

    def test_telling_twice_or_too_late(self):
        promise = self.make_promise(self.ticket)
        with self.assertRaises(UserError):
            self.as_user(promise, self.agent).action_tell_customer()
        settled = self.make_promise(self.ticket, tell=False)
        self.close(self.ticket)
        with self.assertRaises(UserError):
            self.as_user(settled, self.agent).action_tell_customer()
        self.assertFalse(settled.date_told)

    def test_telling_a_customer_known_by_his_address_only(self):
        """Nobody's partner, but he wrote by mail and can be written to."""
        ticket = self.make_ticket(partner_id=False, partner_email="new@mail.example")
        promise = self.make_promise(ticket)
        self.assertEqual(promise.partner_email, "new@mail.example")
        self.assertEqual(promise.date_told, self.now)
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertIn("new@mail.example", mail.email_to)
        visit = self.make_promise(ticket, kind="appointment")
        self.as_user(visit, self.agent).action_start()
        self.assertFalse(visit.is_self_declared)

    def test_history_in_the_zone_and_words_of_the_reader(self):
        promise = self.make_promise(self.ticket)
        made = self.raw_events(promise)[0]
        shown = self.as_user(made, self.agent).new_shown  # in Budapest
        self.assertIn("12:00", shown)
        self.assertNotIn("11:00", shown)
        self.assertFalse(made.old_shown)
        self.close(self.ticket)
        self.correct(promise, "missed")
        event = self.as_user(self.raw_events(promise)[-1], self.agent)
        self.assertEqual((event.old_shown, event.new_shown), ("Kept", "Missed"))

    def test_telling_a_customer_without_address(self):
        self.customer.email = self.ticket.partner_email = False
        promise = self.make_promise(self.ticket, tell=False)
        with self.assertRaises(UserError):
            self.as_user(promise, self.agent).action_tell_customer()
        self.assertFalse(promise.date_told)

    def test_who_may_tell(self):
        promise = self.make_promise(self.ticket, tell=False)
        for user in (
            self.agent2,
            self.nobody,
            self.portal,
            self.leader,
            self.foreigner,
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.as_user(promise, user).action_tell_customer()
        self.assertFalse(promise.date_told)

    def test_html_in_a_promise_is_text(self):
        promise = self.make_promise(self.ticket, name="<script>alert(1)</script>")
        message = self.ticket.message_ids[:1]
        self.assertNotIn("<script", message.body)
        self.assertTrue(promise.date_told)

    def test_kept_as_soon_as_told_does_not_count(self):
        """Told and done in one breath is no promise; being late always counts."""
        for minutes, counted in ((0, False), (14, False), (15, True), (121, True)):
            ticket = self.make_ticket()
            promise = self.make_promise(ticket)
            self.wait(minutes=minutes)
            self.close(ticket)
            self.assertOutcome(
                promise, "kept" if minutes < 121 else "late", counted=counted
            )

    def test_ten_easy_promises_are_one(self):
        """One closing keeps one promise by hand; broken ones count each."""
        for hours, counted in ((1, 1), (3, 3)):
            ticket = self.make_ticket()
            promises = self.Promise
            for index in range(3):
                promises |= self.make_promise(ticket, name=f"Easy {index}")
            planned = self.env["service.promise"]._service_record(
                [
                    ticket.sudo()._service_promise_vals(
                        "By plan", "deadline", "plan", self.after(hours=2)
                    )
                ]
            )
            self.wait(hours=hours)
            self.close(ticket)
            promises.invalidate_recordset()
            self.assertEqual(len(promises.filtered("is_counted")), counted)
            self.assertTrue(planned.is_counted)
            self.reopen(ticket)
            promises.invalidate_recordset()
            self.assertFalse(any(promises.mapped("is_repeated")))

    def test_self_declared_is_outside_the_rate(self):
        promise = self.make_promise(self.ticket, kind="callback")
        self.as_user(promise, self.agent).action_keep("I called")
        self.assertOutcome(promise, "kept", counted=False)
        self.assertTrue(promise.is_self_declared)

    def test_self_declared_late_counts(self):
        """Nobody escapes a miss by declaring it done afterwards."""
        promise = self.make_promise(self.ticket, kind="callback")
        self.wait(hours=3)
        self.as_user(promise, self.agent).action_keep("I called")
        self.assertOutcome(promise, "late", counted=True)

    def test_evidence_replaces_a_declaration(self):
        promise = self.make_promise(self.ticket, kind="callback")
        self.as_user(promise, self.agent).action_keep("done")
        self.assertOutcome(promise, "kept", counted=False)
        self.wait(hours=3)
        self.log_call(self.ticket, "Reached him at last.")
        self.assertOutcome(promise, "late", counted=True)
        self.assertFalse(promise.is_self_declared)

    def log_call(self, document, note=None):
        """Tick a planned call as done, as an agent does."""
        activity = self.as_user(document, self.agent).activity_schedule(
            "mail.mail_activity_data_call", user_id=self.agent.id
        )
        activity.action_feedback(feedback=note)
        self.sync()

    def test_only_an_appointment_is_started(self):
        promise = self.make_promise(self.ticket)
        with self.assertRaisesRegex(UserError, "no appointment"):
            self.as_user(promise, self.agent).action_start()
        visit = self.make_promise(self.ticket, kind="appointment")
        with self.assertRaisesRegex(UserError, "has not started"):
            self.as_user(visit, self.agent).action_finish()
        self.assertFalse(promise.settlement or visit.settlement)

    def test_a_call_that_nobody_of_us_made(self):
        """A robot, or a customer with an activity, logs no call of ours."""
        promise = self.make_promise(self.ticket, kind="callback")
        self.wait(hours=1)
        for user in (self.env.ref("base.user_root"), self.portal):
            activity = self.ticket.activity_schedule(
                "mail.mail_activity_data_call", user_id=self.agent.id
            )
            activity.with_user(user).sudo().action_feedback(feedback="Spoke with him.")
            self.assertOutcome(promise, None)

    def test_a_call_without_a_word_is_a_declaration(self):
        promise = self.make_promise(self.ticket, kind="callback")
        response = self.make_promise(self.ticket, kind="response")
        self.wait(hours=1)
        for note in (None, "", " . "):
            self.log_call(self.ticket, note)
            self.assertOutcome(promise, "kept", counted=False)
            self.assertTrue(promise.is_self_declared)
            self.assertOutcome(response, None)
        self.log_call(self.ticket, "Spoke with him.")
        self.assertOutcome(promise, "kept", counted=True)
        self.assertOutcome(response, "kept", counted=True)

    def test_a_declaration_falls_when_the_customer_asks(self):
        """Said to be done, never proven, and he still waits: due counts."""
        promise = self.make_promise(self.ticket, kind="callback")
        self.as_user(promise, self.agent).action_keep("I called")
        self.customer_message(self.ticket, "When do you call?")
        self.assertOutcome(promise, "kept", counted=False)
        self.wait(hours=2)
        self.customer_message(self.ticket, "At the very second of due")
        self.assertOutcome(promise, "kept", counted=False)
        self.wait(seconds=1)
        self.customer_message(self.ticket, "Nobody has called me.")
        self.assertOutcome(promise, None, counted=True)
        self.assertEqual(promise.state, "overdue")
        self.assertEqual(promise.chase_count, 1)
        self.assertIn("voided", self.events_of(promise))
        self.close(self.ticket)
        self.assertOutcome(promise, "missed", counted=True)

    def test_thanks_after_closing_voids_nothing(self):
        promise = self.make_promise(self.ticket, kind="callback")
        self.as_user(promise, self.agent).action_keep("I called")
        self.close(self.ticket)
        self.wait(hours=3)
        self.customer_message(self.ticket, "Thank you for everything.")
        self.assertOutcome(promise, "kept", counted=False)

    # ------------------------------------------------------------------
    # State: computed for people, searched in SQL
    # ------------------------------------------------------------------

    STATES = ("open", "due_soon", "overdue", *verdict.OUTCOMES)

    def _make_all(self):
        """Return promises of every state, and those right at the limits."""
        promises = self.Promise
        for delta in (
            timedelta(seconds=1),
            timedelta(hours=4),
            timedelta(hours=4, seconds=-1),
            timedelta(hours=4, seconds=1),
            timedelta(days=3),
        ):
            due = fields.Datetime.to_string(self.now + delta)
            promises |= self.make_promise(self.ticket, tell=False, date_due=due)
        for outcome in verdict.OUTCOMES:
            promise = self.make_promise(self.ticket, tell=False)
            promise._service_unseal()._service_settle("closed", self.now)
            self.correct(promise, outcome)
            promises |= promise
        return promises

    def test_search_equals_compute(self):
        """At every moment each promise is found by its state and no other."""
        promises = self._make_all()
        start = self.now
        for delta in (
            timedelta(0),
            timedelta(seconds=1),
            timedelta(seconds=2),
            timedelta(hours=4),
            timedelta(hours=4, seconds=1),
            timedelta(days=2, hours=20),
            timedelta(days=4),
        ):
            self.now = start + delta
            promises.invalidate_recordset()
            seen = set()
            for state in self.STATES:
                found = self.Promise.search(
                    [("id", "in", promises.ids), ("state", "=", state)]
                )
                said = promises.filtered(lambda row, state=state: row.state == state)
                self.assertEqual(
                    found, said.sorted(lambda p: (p.date_due, p.id)), state
                )
                seen |= set(found.ids)
                unlike = self.Promise.search(
                    [("id", "in", promises.ids), ("state", "!=", state)]
                )
                self.assertEqual(
                    unlike | found, promises.search([("id", "in", promises.ids)])
                )
                self.assertFalse(unlike & found)
            self.assertEqual(seen, set(promises.ids))

    def test_search_several_and_none(self):
        promises = self._make_all()
        domain = [("id", "in", promises.ids)]
        found = self.Promise.search([*domain, ("state", "in", ["kept", "open"])])
        self.assertEqual(set(found.mapped("state")), {"kept", "open"})
        self.assertFalse(self.Promise.search([*domain, ("state", "in", [])]))
        self.assertFalse(self.Promise.search([*domain, ("state", "=", False)]))
        self.assertFalse(self.Promise.search([*domain, ("state", "=", "nonsense")]))
        self.assertEqual(
            self.Promise.search_count([*domain, ("state", "!=", False)]), len(promises)
        )

    def test_due_soon_of_each_company(self):
        self.other_company.service_due_soon_hours = 24
        mine = self.make_promise(
            self.ticket, date_due=fields.Datetime.to_string(self.after(hours=10))
        )
        ticket = self.make_ticket(company=self.other_company, user=self.foreigner)
        theirs = self.make_promise(
            ticket,
            user=self.foreigner,
            date_due=fields.Datetime.to_string(self.after(hours=10)),
        )
        self.assertEqual((mine + theirs).mapped("state"), ["open", "due_soon"])
        found = self.Promise.search(
            [("id", "in", (mine + theirs).ids), ("state", "=", "due_soon")]
        )
        self.assertEqual(found, theirs)

    # ------------------------------------------------------------------
    # The window that records one
    # ------------------------------------------------------------------

    def _wizard(self, user=None, **vals):
        return self.model("service.promise.wizard", user or self.agent).create(
            {
                "res_model": "helpdesk.ticket",
                "res_id": self.ticket.id,
                "name": "Tomorrow you have it",
                "date_due": fields.Datetime.to_string(self.after(hours=5)),
                **vals,
            }
        )

    def test_record_and_tell(self):
        self._wizard().action_record()
        promise = self.Promise.search([("name", "=", "Tomorrow you have it")])
        self.assertTrue(promise.is_counted)
        self.assertEqual(promise.employee_id, self.employee)

    def test_record_without_telling(self):
        self._wizard(is_told=False).action_record()
        promise = self.Promise.search([("name", "=", "Tomorrow you have it")])
        self.assertFalse(promise.is_counted or promise.date_told)

    def test_quick_choices_in_the_zone_of_the_user(self):
        """NOW is Monday 10:00 in Budapest."""
        wizard = self._wizard()
        for quick, due in (
            ("today_17", "2026-03-02 16:00:00"),
            ("tomorrow_10", "2026-03-03 09:00:00"),
            ("tomorrow_17", "2026-03-03 16:00:00"),
            ("days_2", "2026-03-04 09:00:00"),
            ("days_5", "2026-03-09 09:00:00"),
        ):
            wizard.quick = quick
            wizard._onchange_quick()
            self.assertEqual(wizard.date_due, datetime.fromisoformat(due), quick)

    def test_hint_in_both_zones(self):
        hint = self._wizard(date_due="2026-03-02 14:00:00").due_hint
        self.assertRegex(hint, r"(15:00|3:00).*9:00")

    def test_any_document_the_client_names(self):
        """A wizard on a wrong document gives a clear error, nothing else."""
        for vals, error in (
            ({"res_model": "res.users", "res_id": self.agent.id}, ValidationError),
            ({"res_model": "no.such.model"}, ValidationError),
            ({"res_id": 10**8}, ValidationError),
            ({"res_id": self.make_ticket(user=self.agent2).id}, AccessError),
            ({"date_due": "2020-01-01 00:00:00"}, ValidationError),
            ({"date_due": False}, ValidationError),
            ({"name": False}, ValidationError),
        ):
            with self.subTest(vals=vals):
                wizard = self._wizard(**vals)
                self.assertRefused(error, wizard.action_record)

    def test_hint_on_a_wrong_document(self):
        for vals in (
            {"res_model": "res.users", "res_id": self.agent.id},
            {"res_model": "no.such.model"},
            {"res_id": 10**8},
        ):
            with self.subTest(vals=vals):
                self.assertFalse(self._wizard(**vals).due_hint)

    def test_wizard_of_somebody_else(self):
        wizard = self._wizard()
        with self.assertRaises(AccessError):
            self.as_user(wizard, self.agent2).action_record()
        self.assertFalse(self.Promise.search([("name", "=", "Tomorrow you have it")]))


@tagged("post_install", "-at_install")
class TestPromiseActions(PromiseCase):
    def setUp(self):
        super().setUp()
        self.promise = self.make_promise(self.ticket)

    def assertNothing(self, errors, work):
        facts = self.facts_of(self.promise)
        events = self.events_of(self.promise)
        with self.assertRaises(errors), self.env.cr.savepoint():
            work()
        self.env.invalidate_all()
        self.assertEqual(self.facts_of(self.promise), facts)
        self.assertEqual(self.events_of(self.promise), events)

    def test_keep_who_may(self):
        for user in (
            self.agent2,
            self.nobody,
            self.portal,
            self.leader,
            self.foreigner,
        ):
            with self.subTest(user=user.login):
                self.assertNothing(
                    AccessError,
                    lambda user=user: self.as_user(self.promise, user).action_keep(),
                )

    def test_keep_twice(self):
        self.promise = self.make_promise(self.ticket, kind="callback")
        self.as_user(self.promise, self.agent).action_keep("done")
        self.assertNothing(
            UserError, lambda: self.as_user(self.promise, self.agent).action_keep()
        )

    def test_keep_needs_a_declarable_kind(self):
        """Declared before due, nothing but a call would hide a miss for ever."""
        for kind in set(verdict.KINDS) - {"callback"}:
            self.promise = self.make_promise(self.ticket, kind=kind)
            self.assertNothing(
                UserError,
                lambda: self.as_user(self.promise, self.agent).action_keep("x"),
            )

    def test_keep_bad_notes(self):
        for note in ("NUL\x00", "x" * 10_001, 5, ["a"], {"a": 1}):
            self.assertNothing(
                ValidationError,
                lambda note=note: self.as_user(self.promise, self.agent).action_keep(
                    note
                ),
            )

    def test_keep_with_a_trace(self):
        """A message in the hours agreed proves the call, at the moment it left."""
        callback = self.make_promise(
            self.ticket, kind="callback", date_from=self.after(hours=1)
        )
        self.wait(minutes=30)
        self.agent_message(self.ticket, "We work on it.")
        self.wait(minutes=60)
        self.agent_message(self.ticket, "As I said on the phone: Tuesday.")
        traced = self.now
        self.wait(hours=5)
        self.as_user(callback, self.agent).action_keep()
        self.assertOutcome(callback, "kept", counted=True)
        self.assertEqual(callback.date_settled, traced)
        self.assertFalse(callback.is_self_declared)

    def test_any_message_is_no_call(self):
        """Without agreed hours, or before them, a message proves no call."""
        for window in ({}, {"date_from": self.after(hours=1)}):
            callback = self.make_promise(self.ticket, kind="callback", **window)
            self.wait(minutes=30)
            self.agent_message(self.ticket, "We work on it.")
            self.as_user(callback, self.agent).action_keep("Called")
            self.assertOutcome(callback, "kept", counted=False)
            self.assertTrue(callback.is_self_declared)

    def test_keep_event_has_the_real_user(self):
        self.promise = self.make_promise(self.ticket, kind="callback")
        self.wait(minutes=5)
        self.as_user(self.promise, self.agent).action_keep("Replaced the fuse")
        event = self.raw_events(self.promise)[-1]
        self.assertEqual(event.kind, "evidence")
        self.assertEqual(event.create_uid, self.agent)
        self.assertEqual(event.note, "Replaced the fuse")
        self.assertEqual(event.create_date, self.now)

    def test_withdraw(self):
        self.as_user(self.promise, self.manager).action_withdraw("Not needed any more")
        self.assertOutcome(self.promise, "withdrawn")
        event = self.raw_events(self.promise)[-1]
        self.assertEqual((event.kind, event.create_uid), ("withdrawn", self.manager))
        self.assertEqual(event.note, "Not needed any more")
        self.assertNothing(
            UserError,
            lambda: self.as_user(self.promise, self.manager).action_withdraw("again"),
        )

    def test_withdraw_does_not_unmiss(self):
        self.wait(hours=2, seconds=1)
        self.as_user(self.promise, self.manager).action_withdraw("Too late")
        self.assertOutcome(self.promise, "missed", counted=True)

    def test_withdraw_who_may(self):
        users = self.agent + self.agent2 + self.nobody + self.portal + self.leader
        for user in users + self.foreigner:
            with self.subTest(user=user.login):
                self.assertNothing(
                    AccessError,
                    lambda user=user: self.as_user(self.promise, user).action_withdraw(
                        "because"
                    ),
                )

    def test_reason_is_required(self):
        promise = self.as_user(self.promise, self.manager)
        for reason in (None, "", "  ", False, 7, "x" * 10_001, "\x00"):
            self.assertNothing(
                ValidationError, lambda reason=reason: promise.action_withdraw(reason)
            )
            self.assertNothing(
                ValidationError,
                lambda reason=reason: promise.action_correct("kept", reason),
            )

    def test_nobody_decides_about_himself(self):
        """Not even a manager; not from another company of his, not in a batch."""
        ticket = self.make_ticket(user=self.manager)
        self.manager.company_ids += self.other_company
        self.env["hr.employee"].create(
            {
                "name": "Manager elsewhere",
                "user_id": self.manager.id,
                "company_id": self.other_company.id,
            }
        )
        others, self.promise = (
            self.promise,
            self.make_promise(ticket, user=self.manager),
        )
        for companies in (self.company, self.other_company + self.company):
            rows = self.as_user(others + self.promise, self.manager).with_context(
                allowed_company_ids=companies.ids
            )
            for work in (
                lambda rows=rows: rows[1].action_withdraw("mine"),
                lambda rows=rows: rows[1].action_correct("kept", "mine"),
                lambda rows=rows: rows.action_correct("kept", "ours"),
            ):
                self.assertNothing(AccessError, work)
        self.assertOutcome(others, None)

    def test_correct(self):
        self.wait(hours=3)
        self.close(self.ticket)
        self.assertOutcome(self.promise, "late")
        facts = (self.promise.settlement, self.promise.date_settled)
        self.correct(self.promise, "kept", "Delivered by hand at noon")
        self.assertOutcome(self.promise, "kept", counted=True)
        self.assertEqual((self.promise.settlement, self.promise.date_settled), facts)
        event = self.raw_events(self.promise)[-1]
        self.assertEqual(
            (
                event.kind,
                event.old_value,
                event.new_value,
                event.note,
                event.create_uid,
            ),
            ("corrected", "late", "kept", "Delivered by hand at noon", self.manager),
        )
        self.correct(self.promise, "missed")
        self.assertOutcome(self.promise, "missed")

    def test_correct_needs_a_verdict(self):
        """What still runs is not settled by a manager's word."""
        for hours in (0, 3):
            self.wait(hours=hours)
            self.assertNothing(
                UserError,
                lambda: self.as_user(self.promise, self.manager).action_correct(
                    "kept", "He will keep it"
                ),
            )
            actions = self.as_user(self.promise, self.manager).allowed_actions
            self.assertNotIn("correct", actions)

    def test_manager_without_the_document(self):
        """A service manager decides about promises, not about tickets."""
        manager = self.make_user("sq_pure", "service_quality.group_manager")
        promise = self.as_user(self.promise, manager)
        self.assertNothing(AccessError, lambda: promise.action_keep("done"))
        promise.action_withdraw("The customer rang")
        self.assertOutcome(self.promise, "withdrawn")
        self.as_user(self.promise, manager).action_correct("missed", "He did not")
        self.assertOutcome(self.promise, "missed")

    # ------------------------------------------------------------------
    # Changes
    # ------------------------------------------------------------------

    def test_earlier_date_binds_us(self):
        due = fields.Datetime.to_string(self.after(hours=1))
        self.as_user(self.promise, self.agent).action_move(due, "We can be faster")
        self.assertEqual(self.promise.date_due, self.after(hours=1))
        self.assertTrue(self.promise.is_counted)
        event = self.raw_events(self.promise)[-1]
        self.assertEqual((event.kind, event.create_uid), ("tightened", self.agent))

    def test_earlier_date_is_no_way_out_of_the_rate(self):
        """Told five minutes ago: an earlier due would not count any more."""
        self.wait(minutes=5)
        due = fields.Datetime.to_string(self.after(minutes=5))
        self.assertNothing(
            UserError,
            lambda: self.as_user(self.promise, self.agent).action_move(due, "sooner"),
        )

    def test_later_date_needs_the_customer(self):
        later = fields.Datetime.to_string(self.after(days=3))
        due = self.promise.date_due
        self.as_user(self.promise, self.agent).action_move(later, "Part is missing")
        self.assertEqual(self.promise.date_due, due)
        self.assertIn("Part is missing", self.ticket.message_ids[:1].body)
        self.wait(hours=3)
        self.close(self.ticket)
        self.assertOutcome(self.promise, "late", counted=True)

    def test_move_refused(self):
        later = fields.Datetime.to_string(self.after(days=3))
        promise = self.as_user(self.promise, self.agent)
        for reason in (None, "", " ", 5, "\x00"):
            self.assertNothing(
                ValidationError, lambda r=reason: promise.action_move(later, r)
            )
        for date in (None, "", "2026-02-30 10:00:00", 5, "2020-01-01 10:00:00"):
            self.assertNothing(
                ValidationError, lambda d=date: promise.action_move(d, "reason")
            )
        for user in self.agent2 + self.nobody + self.portal + self.leader:
            self.assertNothing(
                AccessError,
                lambda u=user: self.as_user(self.promise, u).action_move(later, "x"),
            )
        self.wait(hours=3)
        self.assertNothing(UserError, lambda: promise.action_move(later, "too late"))

    def test_take_over_before_due_only(self):
        self.ticket.user_id = self.manager
        self.as_user(self.promise, self.manager).action_take_over()
        self.assertEqual(self.promise.employee_id, self.manager.employee_ids)
        event = self.raw_events(self.promise)[-1]
        self.assertEqual((event.kind, event.create_uid), ("taken_over", self.manager))
        self.assertNothing(
            UserError,
            lambda: self.as_user(self.promise, self.manager).action_take_over(),
        )
        for user in self.agent2 + self.nobody + self.portal + self.leader:
            self.assertNothing(
                AccessError,
                lambda u=user: self.as_user(self.promise, u).action_take_over(),
            )
        self.promise = self.make_promise(self.ticket, user=self.manager)
        take = self.as_user(self.promise, self.admin).action_take_over
        # Not the document's responsible
        self.assertNothing(UserError, take)
        self.ticket.user_id = self.admin
        # In the last minutes he would only harvest, and after due inherit
        for delta in ({"minutes": 105, "seconds": 1}, {"minutes": 15}):
            self.wait(**delta)
            self.assertNothing(
                UserError,
                lambda: self.as_user(self.promise, self.admin).action_take_over(),
            )
            actions = self.as_user(self.promise, self.admin).allowed_actions.split()
            self.assertNotIn("take_over", actions)
        self.promise = self.make_promise(self.ticket, user=self.manager)
        self.wait(minutes=105)
        self.as_user(self.promise, self.admin).action_take_over()
        self.assertEqual(self.promise.employee_id, self.admin.employee_ids)

    def test_typo(self):
        promise = self.make_promise(self.ticket, tell=False)
        due = fields.Datetime.to_string(self.after(hours=9))
        self.as_user(promise, self.agent).action_fix_typo(date_due=due)
        self.assertEqual(promise.date_due, self.after(hours=9))
        self.promise = promise
        self.assertNothing(
            UserError,
            lambda: self.as_user(promise, self.agent).action_fix_typo("Twice"),
        )

    def test_typo_refused(self):
        due = fields.Datetime.to_string(self.after(hours=9))
        # The customer was told another date, in other words.
        for change in ({"date_due": due}, {"name": "We look at it"}):
            self.assertNothing(
                UserError,
                lambda change=change: self.as_user(
                    self.promise, self.agent
                ).action_fix_typo(**change),
            )
        self.assertNotIn("fix", self.as_user(self.promise, self.agent).allowed_actions)
        self.promise = self.make_promise(self.ticket, tell=False)
        self.assertIn("fix", self.as_user(self.promise, self.agent).allowed_actions)
        # Somebody else's.
        self.assertNothing(
            UserError,
            lambda: self.as_user(self.promise, self.manager).action_fix_typo("Mine"),
        )
        self.assertNothing(
            AccessError,
            lambda: self.as_user(self.promise, self.agent2).action_fix_typo("Mine"),
        )
        # Nothing, and too late.
        self.assertNothing(
            ValidationError,
            lambda: self.as_user(self.promise, self.agent).action_fix_typo(),
        )
        self.wait(minutes=10, seconds=1)
        self.assertNothing(
            UserError,
            lambda: self.as_user(self.promise, self.agent).action_fix_typo("Late"),
        )

    def test_excuse(self):
        """Warned before due, explained, compensated, approved by a manager."""
        self.wait(minutes=30)
        self.agent_message(self.ticket, "The storm cut the road to the depot.")
        self.wait(hours=4)
        self.as_user(self.promise, self.agent).action_excuse("Storm", "Free delivery")
        self.assertOutcome(self.promise, None)
        self.assertEqual(self.events_of(self.promise)[-1], "excuse_asked")
        self.as_user(self.promise, self.manager).action_excuse()
        self.assertOutcome(self.promise, "excused")
        event = self.raw_events(self.promise)[-1]
        self.assertEqual((event.kind, event.create_uid), ("excused", self.manager))
        self.assertIn("Free delivery", event.note)

    def test_excuse_needs_a_warning_before_due(self):
        """Telling the promise itself warned nobody; nor does a late message."""
        self.wait(hours=3)
        self.agent_message(self.ticket, "Sorry, it is late.")
        for user in self.agent + self.manager:
            self.assertNothing(
                UserError,
                lambda u=user: self.as_user(self.promise, u).action_excuse("a", "b"),
            )

    def test_excuse_of_ones_own_is_only_asked(self):
        ticket = self.make_ticket(user=self.manager)
        promise = self.make_promise(ticket, user=self.manager)
        self.wait(minutes=30)
        self.agent_message(ticket, "Something happened.", user=self.manager)
        self.as_user(promise, self.manager).action_excuse("Storm", "Voucher")
        self.assertOutcome(promise, None)
        self.as_user(promise, self.admin).action_excuse()
        self.assertOutcome(promise, "excused")

    def test_excuse_not_needed(self):
        self.close(self.ticket)
        self.assertNothing(
            UserError,
            lambda: self.as_user(self.promise, self.manager).action_excuse("a", "b"),
        )

    # ------------------------------------------------------------------
    # Corrections
    # ------------------------------------------------------------------

    def test_correct_both_ways_of_being_wrong(self):
        promise = self.as_user(self.promise, self.manager)
        for outcome in ("overdue", "open", "", None, False, 1, ["kept"]):
            self.assertNothing(
                UserError,
                lambda outcome=outcome: promise.action_correct(outcome, "reason"),
            )
        for user in (self.agent, self.agent2, self.nobody, self.portal, self.leader):
            self.assertNothing(
                AccessError,
                lambda user=user: self.as_user(self.promise, user).action_correct(
                    "kept", "reason"
                ),
            )
        self.assertNothing(
            AccessError,
            lambda: self.as_user(self.promise, self.foreigner).action_correct(
                "kept", "reason"
            ),
        )

    def test_actions_on_a_deleted_document(self):
        self.ticket.unlink()
        self.correct(self.promise, "kept", "It was delivered")
        self.assertOutcome(self.promise, "kept")
        with self.assertRaises(UserError):
            self.as_user(self.promise, self.manager).action_keep()
        with self.assertRaises(UserError):
            self.as_user(self.promise, self.manager).action_open_document()

    def test_actions_on_nothing_and_on_the_deleted_row(self):
        self.assertTrue(self.model("service.promise", self.agent).action_keep())
        gone = self.Promise.browse(10**8)
        with self.assertRaises(UserError):
            self.as_user(gone, self.agent).action_keep()

    def test_open_document(self):
        action = self.as_user(self.promise, self.agent).action_open_document()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("helpdesk.ticket", self.ticket.id)
        )
        for user in (self.agent2, self.nobody):
            with self.assertRaises(AccessError):
                self.as_user(self.promise, user).action_open_document()

    def test_one_running_promise_per_source(self):
        """The date of an order is recorded once, whatever is saved how often."""
        order = self.make_order(confirm=False, commitment_date=self.after(days=2))
        # From this mail on the date is the customer's.
        as_agent = self.as_user(order, self.agent)
        as_agent.with_context(send_email=True).action_confirm()
        self.sync()
        for days in (3, 1, 4):
            order.commitment_date = self.after(days=days)
            self.sync()
        promises = self.Promise.search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        self.assertEqual(len(promises), 1)
        self.assertEqual(promises.date_due, self.after(days=2))
        rows = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM service_event"
                " WHERE res_model = %s AND res_id = %s AND kind = 'host_date'",
                "service.promise",
                promises.id,
            )
        )
        self.assertEqual(rows, [(3,)])
