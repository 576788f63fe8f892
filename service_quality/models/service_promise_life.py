from odoo import api, fields, models
from odoo.fields import Domain

from . import verdict

#: What settles a promise of a kind: ``done`` the document is done, ``outbound`` a
#: person of ours reached the customer in writing, ``call`` a logged call,
#: ``inbound`` the customer wrote.
EVIDENCE = {
    "deadline": {"done"},
    "response": {"outbound", "call"},
    "appointment": {"started"},
    "callback": {"call"},
    "progress": {"outbound", "call"},
    "scope": {"inbound"},
}


class ServicePromise(models.Model):
    _inherit = "service.promise"

    # ------------------------------------------------------------------
    # Settling by evidence, called by the documents
    # ------------------------------------------------------------------

    @api.model
    def _service_running(self, documents, kinds=None, declared=False):
        """Return the running promises of documents, as superuser, unsealed.

        :param documents: records of one served model
        :param kinds: restrict to these kinds
        :param bool declared: include self-declared ones: real evidence, when it
            comes, replaces a declaration
        """
        running = Domain("settlement", "=", False)
        if declared:
            running |= Domain("is_self_declared", "=", True)
        domain = (
            Domain("res_model", "=", documents._name)
            & Domain("res_id", "in", documents.ids)
            & running
        )
        if kinds is not None:
            domain &= Domain("kind", "in", list(kinds))
        return self._service_unseal().search(domain)

    @api.model
    def _service_evidence(self, documents, evidence, moment, note=None, running=None):
        """Settle the promises of documents that this evidence proves.

        :param documents: records of one served model
        :param str evidence: key of the sets in :data:`EVIDENCE`
        :param moment: when it happened, server time, naive UTC
        :param str note: text of the evidence, copied into the event
        :param running: what runs on the documents, when the caller knows it
        :return: the settled promises
        """
        kinds = [kind for kind, proofs in EVIDENCE.items() if evidence in proofs]
        if running is None:
            running = self._service_running(documents, kinds, declared=True)
        promises = running.filtered(
            lambda promise: (
                promise.kind in kinds
                and (promise.date_from or promise.date_made) <= moment
            )
        )
        promises._service_settle("evidence", moment, note=note)
        return promises

    def _service_settle(self, settlement, moment, note=None, declared=False):
        """Write how and when promises ended, with one event each.

        :param str settlement: key of ``SETTLEMENTS``
        :param moment: server time, naive UTC
        :param str note: text to keep in the event
        :param bool declared: somebody said so, without a trace
        """
        if not self:
            return
        self.activity_id.unlink()
        self.write(
            {
                "settlement": settlement,
                "date_settled": verdict.to_second(moment),
                "is_self_declared": declared,
                "date_paused": False,
            }
        )
        self.env["service.event"]._service_log(
            self,
            settlement,
            old=lambda promise: promise.date_due,
            new=moment,
            note=note,
        )

    @api.model
    def _service_close(self, documents, moment):
        """End what still runs when documents are done: nothing more will come."""
        promises = self._service_running(documents)
        promises._service_settle("closed", moment)
        return promises

    @api.model
    def _service_reopen(self, documents, since):
        """Withdraw what a closing settled: the documents were not done after all.

        Evidence ``done`` is taken back and what the closing or cancelling ended runs
        again, each due at its old date.

        :param since: closings from this moment on are undone (naive UTC)
        """
        domain = (
            Domain("res_model", "=", documents._name)
            & Domain("res_id", "in", documents.ids)
            & Domain("date_settled", ">=", since)
            & (
                Domain("settlement", "in", ["closed", "cancelled"])
                | Domain("settlement", "=", "evidence")
                & Domain("kind", "in", [k for k, v in EVIDENCE.items() if "done" in v])
            )
        )
        promises = self._service_unseal().search(domain)
        if promises:
            self.env["service.event"]._service_log(
                promises, "reopened", old=lambda promise: promise.date_settled
            )
            promises.write(
                {"settlement": False, "date_settled": False, "is_self_declared": False}
            )
        return promises

    # ------------------------------------------------------------------
    # What the document says
    # ------------------------------------------------------------------

    def _service_note_host_date(self, date_due, date_told):
        """Note a changed date of the document, and that the customer knows it.

        :param date_due: what the document says now, naive UTC
        :param date_told: since when the customer has the document, or False
        """
        self.ensure_one()
        if date_told and not self.date_told:
            self._service_mark_told(date_told)
        if self.settlement or verdict.to_second(date_due) == self.date_due:
            return
        shown = fields.Datetime.to_string(verdict.to_second(date_due))
        last = self.event_ids.filtered(lambda event: event.kind == "host_date")[:1]
        if last.new_value != shown:
            self.env["service.event"]._service_log(
                self, "host_date", old=self.date_due, new=shown
            )
