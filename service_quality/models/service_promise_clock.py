from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from . import verdict


class ServicePromise(models.Model):
    """The clock of a promise: pause and resume, cadence, appointments, chasing."""

    _inherit = "service.promise"

    # ------------------------------------------------------------------
    # Waiting for the customer
    # ------------------------------------------------------------------

    def _service_pause(self, moment, reason=None):
        """Stop the clock of running promises that have not expired.

        :param moment: since when the ball is with the customer, naive UTC
        :param str reason: what the document says
        """
        pausing = self.filtered(
            lambda promise: (
                not promise.settlement
                and not promise.date_paused
                and promise._service_pause_left() > 0
                and verdict.to_second(moment) <= promise._service_limit()
            )
        )
        if pausing:
            pausing.write({"date_paused": verdict.to_second(moment)})
            self.env["service.event"]._service_log(
                pausing, "paused", old=lambda promise: promise.date_due, note=reason
            )

    def _service_pause_left(self):
        """Return how many working hours the clock of one promise may still stand."""
        return (self.rule_id.pause_limit_hours or 0.0) - self.paused_hours

    def _service_pause_end(self):
        """Return when the pause of one promise ends at the latest, naive UTC."""
        left = max(0.0, self._service_pause_left())
        if not left:
            return self.date_paused
        calendar = self.calendar_id  # gone, when somebody deleted it
        end = calendar and calendar._service_add_hours(self.date_paused, left)
        return end or self.date_paused + timedelta(hours=left)

    def _service_resume(self, moment, reason=None):
        """Let the clock run on: what was left of the working hours is left again.

        A pause that lasted longer than its plan allows ended when it reached the
        limit, whenever that is noticed.

        :param moment: when the customer answered, naive UTC
        :param str reason: what ended the pause
        """
        for promise in self.filtered(
            lambda row: row.date_paused and not row.settlement
        ):
            end = promise._service_pause_end()
            if end >= moment:
                promise._service_run_on(moment, reason)
            else:
                over = self.env._(
                    "The clock stood for the %s working hours that the plan allows.",
                    promise.rule_id.pause_limit_hours,
                )
                promise._service_run_on(end, over)

    def _service_run_on(self, moment, reason):
        """Resume one promise at a moment, see :meth:`_service_resume`."""
        calendar = self.calendar_id
        left = calendar._service_hours_between(self.date_paused, self.date_due)
        waited = calendar._service_hours_between(self.date_paused, moment)
        due = calendar._service_add_hours(moment, left) if calendar else None
        if not due:
            due = moment + (self.date_due - self.date_paused)
        old = self.date_due
        self.write(
            {
                "date_due": max(due, old),
                "date_paused": False,
                "paused_hours": self.paused_hours + waited,
            }
        )
        self.env["service.event"]._service_log(
            self, "resumed", old=old, new=self.date_due, note=reason
        )

    @api.model
    def _service_end_pauses(self, now):
        """Let run on what has stood still for as long as its plan allows; by cron.

        :param now: server time, naive UTC
        :return: the promises that run again
        """
        paused = self._service_unseal().search(
            [("date_paused", "!=", False), ("settlement", "=", False)]
        )
        for promise in paused:
            self.env["service.worker"]._service_safely(
                lambda row=promise: (
                    row._service_pause_end() < now and row._service_resume(now)
                )
            )
        return paused.filtered(lambda row: not row.date_paused)

    @api.model
    def _service_follow_pauses(self, documents, now, running=None):
        """Pause or resume the promises of plan rules as their documents say.

        A document that says "waiting for the customer" pauses only when the last
        word was ours: nobody stops the clock of a customer who waits for us.

        :param documents: served documents, as superuser
        :param now: server time, naive UTC
        :param running: what runs on them, when the caller knows it
        """
        if not self._service_may_pause(documents):
            return
        if running is None:
            running = self._service_running(documents) if documents else self
        paused = running.filtered("date_paused")
        if not paused and not self.env["service.plan.rule"]._service_waiting(documents):
            return
        running = running.filtered(lambda row: row.rule_id._service_can_pause())
        if not running:
            return
        running.filtered(
            lambda row: row.date_paused and row._service_pause_end() < now
        )._service_resume(now)
        waiting = set()
        for rule, promises in running.grouped("rule_id").items():
            concerned = documents.browse(set(promises.mapped("res_id")))
            matching = concerned.filtered_domain(rule._service_pause_domain())
            waiting.update((rule.id, res_id) for res_id in matching._ids)
        ours = self._service_last_word_ours(documents) if waiting else set()
        is_waiting = running.filtered(
            lambda row: (row.rule_id.id, row.res_id) in waiting
        )
        is_waiting.filtered(lambda row: row.res_id in ours)._service_pause(now)
        (running - is_waiting)._service_resume(now)

    @api.model
    def _service_may_pause(self, documents):
        """Tell, without a query, whether any rule for such documents ever pauses."""
        waiting = self.env["service.plan.rule"]._service_waiting_domain(documents._name)
        return not waiting.is_false()

    @api.model
    def _service_last_word_ours(self, documents):
        """Return the ids of documents whose last contact came from us."""
        last = {}
        events = self.env["service.event"].sudo()  # kinds of contact only
        for event in events.search(
            [
                ("res_model", "=", documents._name),
                ("res_id", "in", documents.ids),
                ("kind", "in", ["informed", "called", "stated", "customer_wrote"]),
            ],
            order="id",
        ):
            last[event.res_id] = event.kind
        return {res_id for res_id, kind in last.items() if kind != "customer_wrote"}

    # ------------------------------------------------------------------
    # Progress: exactly one next update is promised
    # ------------------------------------------------------------------

    def _service_promise_next_update(self, documents, moment):
        """Open the next update of each cadence whose update was just given.

        :param documents: the served documents, as superuser
        :param moment: when the update was given, naive UTC
        """
        vals_list = []
        for promise in self.filtered(
            lambda row: row.kind == "progress" and row.rule_id.plan_id.active
        ):
            document = documents.browse(promise.res_id)
            if not document._service_is_done() and not document._service_is_cancelled():
                vals_list += promise.rule_id._service_promise_vals(document, moment)
        if vals_list:
            # The index allows one running promise per rule: the settled one first.
            self.flush_recordset()
            if self.env["service.plan.rule"]._service_waiting(documents):
                updates = self._service_record(vals_list)
                self._service_follow_pauses(documents, moment, updates)
            else:
                self._service_record_later(vals_list)

    # ------------------------------------------------------------------
    # The customer had to ask first
    # ------------------------------------------------------------------

    def _service_void_declarations(self, documents, moment, text):
        """What was only declared falls when the customer asks after it was due.

        :param documents: the served documents, as superuser
        :param moment: server time of his message, naive UTC
        :param str text: what he wrote
        """
        void = self.filtered(
            lambda row: (
                row.is_self_declared
                and row.outcome == "kept"
                and not row.corrected_outcome
                and verdict.is_overdue(row._service_limit(), None, moment)
                and not documents.browse(row.res_id)._service_is_done()
            )
        )
        if void:
            self.env["service.event"]._service_log(
                void, "voided", old=lambda row: row.date_settled, note=text
            )
            void.write(
                {"settlement": False, "date_settled": False, "is_self_declared": False}
            )

    def _service_note_chasing(self, moment, text):
        """Count that the customer wrote while these were overdue.

        :param moment: server time of his message, naive UTC
        :param str text: what he wrote
        """
        chased = self.filtered(
            lambda promise: (
                not promise.settlement
                and promise.kind != "scope"
                and verdict.is_overdue(promise.date_limit or moment, None, moment)
            )
        )
        for promise in chased:
            promise.write({"chase_count": promise.chase_count + 1})
        self.env["service.event"]._service_log(chased, "chased", note=text)

    # ------------------------------------------------------------------
    # Appointments
    # ------------------------------------------------------------------

    def action_start(self):
        """Start an appointment now and tell the customer so.

        The message is the trace. Without an address to write to, the start is
        self-declared.

        :return: True
        :raise UserError: no appointment, or settled already
        """
        self.ensure_one()
        promise = self._service_acting()
        promise._check_running()
        if promise.kind != "appointment":
            raise UserError(self.env._("This is no appointment."))
        now = fields.Datetime.now()
        document = promise.with_env(self.env)._service_document()
        can_tell = bool(document._service_customer_emails())
        if can_tell:
            zone = promise.partner_id.tz or self.env.user.tz or "UTC"
            document._service_post_to_customer(
                "service_quality.message_appointment_started",
                {"promise": promise, "moment": now, "zone": zone},
            )
        promise.write({"date_started": now})
        self.env["service.event"]._service_log(promise, "started", new=now)
        promise._service_settle("evidence", now, declared=not can_tell)
        return True

    def action_finish(self):
        """Note when an appointment ended.

        :return: True
        :raise UserError: not started, or ended already
        """
        self.ensure_one()
        promise = self._service_acting()
        if not promise.date_started or promise.date_ended:
            raise UserError(self.env._("It has not started, or has ended already."))
        now = fields.Datetime.now()
        promise.write({"date_ended": now})
        self.env["service.event"]._service_log(
            promise, "ended", old=promise.date_end, new=now
        )
        return True
