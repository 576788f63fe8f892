"""Can an agent make his figures look better than what he did? A machine tries.

Two tickets live the same honest life: promises are made, the customer is written to,
the work is done, or not. On the second one the agent also does whatever a client can
send, in random order. His figures must never be better there.
"""

from contextlib import suppress
from datetime import timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import full_rounds
from .common_link import LinkCase

REFUSED = (AccessError, UserError, ValidationError)
KINDS = ["deadline", "response", "callback", "progress", "scope", "appointment"]
#: What a client may try to write into the facts.
FORGERIES = [
    {"outcome": "kept"},
    {"settlement": "evidence", "date_settled": "2026-03-02 09:00:00"},
    {"corrected_outcome": "kept"},
    {"date_due": "2029-03-02 09:00:00"},
    {"date_limit": False},
    {"date_paused": "2026-03-02 09:00:00"},
    {"employee_id": False},
    {"is_counted": False},
    {"is_self_declared": True},
    {"company_id": 1},
    {"kind": "progress"},
    {"date_told": False},
    {"tolerance_minutes": 60},
]


class TwinWorlds(RuleBasedStateMachine):
    """One honest ticket and its twin, on which the agent also cheats."""

    #: The running test case; set before the machine runs.
    case = None

    def __init__(self):
        super().__init__()
        self.savepoint = self.case.env.cr.savepoint(flush=True)
        self.start = self.case.now
        self.honest, self.twin = (
            self.case.make_ticket(name=name) for name in ("Honest", "Twin")
        )
        # He follows, so that only what a message is, decides whether it reaches him.
        (self.honest + self.twin).message_subscribe(self.case.customer.ids)
        self.pairs = []
        self.promise("deadline", 6)

    def teardown(self):
        self.savepoint.rollback()
        self.savepoint.close(rollback=False)
        self.case.env.invalidate_all()
        self.case.now = self.start

    # -- the honest life, the same on both --------------------------------

    @rule(kind=st.sampled_from(KINDS), hours=st.integers(1, 8))
    def promise(self, kind, hours):
        if len(self.pairs) < 5 and not self.honest.stage_id.closed:
            self.pairs.append(
                [
                    self.case.make_promise(
                        ticket,
                        kind=kind,
                        date_due=self.case.after(hours=hours),
                        **({"tolerance_minutes": 0} if kind == "appointment" else {}),
                    )
                    for ticket in (self.honest, self.twin)
                ]
            )

    @rule(minutes=st.integers(1, 300))
    def time_passes(self, minutes):
        self.case.wait(minutes=minutes)

    @rule()
    def inform(self):
        for ticket in (self.honest, self.twin):
            self.case.agent_message(ticket, "We have ordered the part.")

    @rule()
    def customer_writes(self):
        for ticket in (self.honest, self.twin):
            self.case.customer_message(ticket, "Where are you?")

    @precondition(lambda self: not self.honest.stage_id.closed)
    @rule()
    def finish(self):
        for ticket in (self.honest, self.twin):
            self.case.close(ticket)

    # -- what the agent tries on the twin alone ----------------------------

    def agent_tries(self, work):
        """Try something as the agent; refused or not, nothing may get better."""
        with suppress(*REFUSED), mute_logger("odoo.sql_db"):
            with self.case.env.cr.savepoint():
                work()
        self.case.sync()
        self.case.env.invalidate_all()

    def cheated(self, index):
        promise = self.pairs[index % len(self.pairs)][1]
        return self.case.as_user(promise, self.case.agent)

    @rule()
    def note_to_himself(self):
        self.agent_tries(
            lambda: self.case.as_user(self.twin, self.case.agent).message_post(
                body="The part is ordered, all is well.",
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )
        )

    @rule(index=st.integers(0, 4), forgery=st.sampled_from(FORGERIES))
    def forge(self, index, forgery):
        self.agent_tries(lambda: self.cheated(index).write(forgery))
        self.agent_tries(lambda: self.cheated(index).web_save(forgery, {}))

    @rule(index=st.integers(0, 4))
    def remove_or_copy(self, index):
        self.agent_tries(lambda: self.cheated(index).unlink())
        self.agent_tries(lambda: self.cheated(index).copy({"outcome": "kept"}))
        ticket = self.case.as_user(self.twin, self.case.agent)
        self.agent_tries(lambda: ticket.write({"service_promise_ids": [(5, 0, 0)]}))

    @rule(index=st.integers(0, 4), hours=st.integers(1, 400))
    def ask_for_more_time(self, index, hours):
        later = fields.Datetime.to_string(self.case.after(hours=hours))
        self.agent_tries(lambda: self.cheated(index).action_move(later, "Busy"))
        self.agent_tries(lambda: self.cheated(index).action_fix_typo(date_due=later))
        self.agent_tries(lambda: self.cheated(index).action_fix_typo("We may do it"))

    @rule(index=st.integers(0, 4))
    def excuse_withdraw_correct(self, index):
        self.agent_tries(lambda: self.cheated(index).action_excuse("Snow", "Cake"))
        self.agent_tries(lambda: self.cheated(index).action_withdraw("Unwanted"))
        self.agent_tries(lambda: self.cheated(index).action_correct("kept", "Oh"))

    @rule(index=st.integers(0, 4))
    def declare_kept(self, index):
        self.agent_tries(lambda: self.cheated(index).action_keep("Done, believe me"))

    @rule()
    def talk_to_himself(self):
        ticket = self.case.as_user(self.twin, self.case.agent)
        self.agent_tries(
            lambda: ticket.message_post(
                body="Told the customer, really.",
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )
        )
        self.agent_tries(
            lambda: ticket.message_post(
                body="",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.case.customer.ids,
            )
        )

    @rule()
    def talk_to_a_colleague(self):
        """A note, and a message that mentions somebody, but not the customer."""
        ticket = self.case.as_user(self.twin, self.case.agent)
        for subtype in ("mail.mt_note", "mail.mt_comment"):
            ticket.message_unsubscribe(self.case.customer.ids)
            self.agent_tries(
                lambda subtype=subtype: ticket.message_post(
                    body="I have told the customer everything.",
                    message_type="comment",
                    subtype_xmlid=subtype,
                    partner_ids=self.case.agent2.partner_id.ids,
                )
            )
            self.twin.message_subscribe(self.case.customer.ids)

    @rule()
    def write_to_himself(self):
        """His own address on the ticket, a message to it, and back again."""
        ticket = self.case.as_user(self.twin, self.case.agent)
        friend = self.case.stranger
        before = {"partner_id": self.case.customer.id, "partner_email": False}
        before["partner_email"] = self.case.customer.email
        for change in (
            {"partner_email": friend.email},
            {"partner_id": friend.id, "partner_email": friend.email},
        ):
            self.twin.message_unsubscribe(self.case.customer.ids)
            self.agent_tries(lambda change=change: ticket.write(change))
            self.agent_tries(
                lambda: ticket.message_post(
                    body="Everything is ready for you.",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                    partner_ids=friend.ids,
                )
            )
            self.agent_tries(lambda: ticket.write(before))
            self.twin.message_subscribe(self.case.customer.ids)

    @rule(hours=st.integers(1, 48))
    def agree_with_himself(self, hours):
        """A change sent to his own address, which then agrees by its link."""
        case, private = self.case, "private@agent.example"
        ticket = case.as_user(self.twin, case.agent)
        later = fields.Datetime.to_string(case.after(hours=hours))

        def send():
            change = case.model("service.scope.change", case.agent).create(
                {
                    "name": "Later is better",
                    "date_due_new": later,
                    "res_model": self.twin._name,
                    "res_id": self.twin.id,
                }
            )
            change.action_send()

        self.agent_tries(lambda: ticket.write({"partner_email": private}))
        self.agent_tries(send)
        self.agent_tries(lambda: ticket.write({"partner_email": case.customer.email}))
        for mail in case.env["mail.mail"].search([("email_to", "=", private)]):
            if "Please confirm" in mail.subject:
                token = case.token_of(mail)
                self.agent_tries(lambda token=token: case.decide(token, "confirmed"))

    @rule()
    def tick_a_call(self):
        """A call marked as done, without a word about it."""
        ticket = self.case.as_user(self.twin, self.case.agent)
        self.agent_tries(
            lambda: ticket.activity_schedule(
                "mail.mail_activity_data_call", user_id=self.case.agent.id
            ).action_feedback()
        )

    @rule(index=st.integers(0, 4))
    def give_away(self, index):
        """A colleague takes what is about to be missed."""
        ticket = self.case.as_user(self.twin, self.case.agent)
        promise = self.pairs[index % len(self.pairs)][1]
        taking = self.case.as_user(promise, self.case.agent2)
        if promise.state == "overdue":
            self.agent_tries(lambda: ticket.write({"user_id": self.case.agent2.id}))
            self.agent_tries(taking.action_take_over)
            self.twin.user_id = self.case.agent
            self.case.sync()

    @precondition(lambda self: not self.twin.stage_id.closed)
    @rule()
    def reject_the_ticket(self):
        """Not wanted any more, he says, and takes it up again."""
        stage = self.case.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_rejected")
        ticket = self.case.as_user(self.twin, self.case.agent)
        self.agent_tries(lambda: ticket.write({"stage_id": stage.id}))
        self.agent_tries(lambda: ticket.write({"stage_id": self.case.stage_open.id}))

    @rule(hours=st.integers(1, 48))
    def rewrite_messages(self, hours):
        messages = self.twin.message_ids.with_user(self.case.agent)
        early = self.case.now - timedelta(hours=hours)
        self.agent_tries(lambda: messages.write({"date": early, "body": "In time!"}))
        self.agent_tries(lambda: messages.unlink())

    @precondition(lambda self: self.twin.stage_id.closed)
    @rule()
    def open_and_close_again(self):
        self.agent_tries(lambda: self.case.reopen(self.twin))
        self.agent_tries(lambda: self.case.close(self.twin))

    @rule()
    def shuffle_the_ticket(self):
        ticket = self.case.as_user(self.twin, self.case.agent).with_context(
            tracking_disable=True, service_quality_seal=True
        )
        self.agent_tries(lambda: ticket.write({"user_id": self.case.agent2.id}))
        self.agent_tries(lambda: ticket.write({"user_id": self.case.agent.id}))
        self.agent_tries(lambda: ticket.write({"partner_id": self.case.stranger.id}))
        self.agent_tries(lambda: ticket.write({"partner_id": self.case.customer.id}))

    # -- the comparison ----------------------------------------------------

    @invariant()
    def never_better(self):
        for honest, twin in self.pairs:
            self.compare(honest, twin)

    def compare(self, honest, twin):
        self.case.assertTrue(twin.exists())
        self.case.assertEqual(twin.employee_id, honest.employee_id)
        self.case.assertEqual(twin.name, honest.name)  # the customer knows it
        # An earlier date binds only us and is taken at once.
        self.case.assertLessEqual(twin.date_due, honest.date_due)
        was, now = self.figures(honest), self.figures(twin)
        note = f"{honest.kind}: {was} became {now}"
        if now["counts_as_kept"]:
            self.case.assertTrue(was["counts_as_kept"], note)
        if was["counts_as_broken"] and not now["counts_as_broken"]:
            # Only by saying so, which is shown as nothing but his word.
            self.case.assertTrue(twin.is_self_declared and not twin.is_counted, note)
            self.case.assertEqual(twin.kind, "callback", note)

    def figures(self, promise):
        broken = promise.state in ("late", "missed", "overdue")
        return {
            "state": promise.state,
            "counts_as_kept": promise.outcome == "kept" and promise.is_counted,
            "counts_as_broken": broken and promise.is_counted,
        }


@tagged("post_install", "-at_install")
class TestPolish(LinkCase):
    def test_no_action_improves_the_figures(self):
        TwinWorlds.case = self
        run_state_machine_as_test(
            TwinWorlds,
            settings=settings(
                max_examples=full_rounds(100, 12),
                stateful_step_count=14,
                deadline=None,
                derandomize=True,
                # Shrinking a failure would take longer than reading it.
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
