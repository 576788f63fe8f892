from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from . import verdict

#: Kinds that a person may declare done without a trace: only a call leaves none.
DECLARABLE = {"callback"}
#: How long after recording the author may mend a typo, once.
TYPO_WINDOW = timedelta(minutes=10)


class ServicePromise(models.Model):
    """What a person may do with a promise: each action leaves evidence."""

    _inherit = "service.promise"

    # ------------------------------------------------------------------
    # Telling the customer
    # ------------------------------------------------------------------

    def _service_mark_told(self, moment, note=None):
        """Note that the customer has these promises in writing.

        :param moment: server time of the message, naive UTC
        :param str note: text of the message, copied into the events
        """
        promises = self.filtered(lambda promise: not promise.date_told)
        if not promises:
            return
        promises.write({"date_told": verdict.to_second(moment)})
        self.env["service.event"]._service_log(promises, "told", new=moment, note=note)

    def action_tell_customer(self):
        """Write to the customer what was promised, on the document.

        From then on the promise counts, if it was told early enough.

        :return: True
        :raise UserError: the promise is settled or known to the customer already
        """
        for promise in self._service_acting("write"):
            if promise.settlement or promise.date_told:
                raise UserError(
                    self.env._("The customer has this in writing already, or it ended.")
                )
            document = promise.with_env(self.env)._service_document()
            zone = promise.partner_id.tz or self.env.user.tz or "UTC"
            document._service_post_to_customer(
                "service_quality.message_promise_told",
                {"promise": promise, "zone": zone},
            )
            promise._service_mark_told(fields.Datetime.now())
        return True

    # ------------------------------------------------------------------
    # Actions: what a person may do
    # ------------------------------------------------------------------

    def _service_acting(self, operation="write"):
        """Return ``self`` unsealed after checking that the user may act on it.

        :param str operation: what the user must be allowed on the document; who
            decides as a manager (``read``) needs to see the promise, not the document
        :raise AccessError: he may not
        :raise UserError: a document is gone
        """
        self.env["service.worker"]._service_work_off()
        self.check_access("read")
        for promise in self if operation != "read" else ():
            document = promise._service_document()
            if not document:
                raise UserError(self.env._("The document no longer exists."))
            document.check_access(operation)
        # sudo: facts of promises whose document the user may change
        return self._service_unseal()

    def _check_running(self):
        if any(promise.settlement for promise in self):
            raise UserError(self.env._("This promise is settled already."))

    def action_keep(self, note=None):
        """Say that a promise was kept.

        A trace decides: a logged call, or a message to the customer within the
        hours in which we promised to call, counts at the moment it left. Without a
        trace the promise is marked *self-declared*, at this moment, and stays out of
        the rate when it was in time; it falls when the customer asks after due.

        :param str note: what was done
        :return: True
        :raise UserError: settled already, or a kind that only evidence can settle
        """
        note = self._service_clean_text(note, self.env._("Note"))
        promises = self._service_acting()
        promises._check_running()
        for promise in promises:
            if promise.kind not in DECLARABLE:
                raise UserError(
                    self.env._(
                        "Nobody can declare this one: the evidence settles it (a "
                        "message, the start, the closing, the delivery)."
                    )
                )
            document = promise._service_document()
            trace = document._service_find_call(promise)
            promise._service_settle(
                "evidence",
                trace or fields.Datetime.now(),
                note=note,
                declared=not trace,
            )
        return True

    def action_withdraw(self, reason=None):
        """Withdraw promises that are no longer wanted; managers only.

        Neutral before due; an expired promise stays missed. Until somebody
        entitled withdraws it, the clock runs on.

        :param str reason: why, required
        :return: True
        :raise AccessError: not a service manager, or his own promise
        :raise UserError: settled already
        """
        reason = self._service_clean_text(reason, self.env._("Reason"), required=True)
        self._check_manager()
        promises = self._service_acting("read")
        promises._check_running()
        promises._service_settle("withdrawn", fields.Datetime.now(), note=reason)
        return True

    def action_correct(self, outcome, reason=None):
        """Replace a verdict that is wrong; managers only, never on their own rows.

        The facts stay, both verdicts are in the events.

        :param str outcome: one of the outcomes
        :param str reason: why, required
        :return: True
        :raise AccessError: not a service manager, or his own promise
        :raise UserError: unknown outcome, or the promise still runs
        """
        reason = self._service_clean_text(reason, self.env._("Reason"), required=True)
        if outcome not in verdict.OUTCOMES:
            raise UserError(self.env._("Unknown outcome."))
        self._check_manager()
        promises = self._service_acting("read")
        if not all(promise.settlement for promise in promises):
            raise UserError(
                self.env._("This promise still runs: there is no verdict to correct.")
            )
        for promise in promises:
            old = promise.outcome
            promise.write({"corrected_outcome": outcome})
            self.env["service.event"]._service_log(
                promise, "corrected", old=old, new=outcome, note=reason
            )
        promises._service_on_corrected()
        return True

    def _service_on_corrected(self):
        """Called when a manager has replaced the verdict of these promises."""

    def _check_manager(self):
        """Refuse everybody but a service manager, and him on his own promises."""
        if not self.env.user.has_group("service_quality.group_manager"):
            raise AccessError(self.env._("Only a service manager may do this."))
        # sudo: whether a row is the user's own, nothing else is read
        if self.sudo().employee_id & self.env.user.sudo().employee_ids:
            raise AccessError(self.env._("Nobody decides about his own promises."))
