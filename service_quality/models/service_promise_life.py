from odoo import api, fields, models
from odoo.fields import Domain

from . import verdict

#: What settles a promise of a kind: ``done`` the document is done, ``outbound`` a
#: person of ours reached the customer in writing, ``call`` a logged call,
#: ``ticked`` a call marked as done without a word about it. What is promised about a
#: change of scope is settled by the change itself.
EVIDENCE = {
    "deadline": {"done"},
    "response": {"outbound", "call"},
    "appointment": {"started"},
    "callback": {"call", "ticked"},
    "progress": {"outbound", "call"},
    "scope": set(),
}
#: What settling a promise changes.
VERDICT_FIELDS = (
    "settlement",
    "date_settled",
    "is_self_declared",
    "is_repeated",
    "date_paused",
    "date_limit",
    "outcome",
    "delay_hours",
    "is_counted",
)


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
        return self._service_unseal()._service_ask(domain)

    @api.model
    def _service_ask(self, domain):
        """Return the rows of a domain with all their columns, in one round trip.

        While the worker is at work, its savepoint goes the same way.
        """
        guard = self.env["service.worker"]._service_guard()
        names = [name for name, field in self._fields.items() if field.column_type]
        names = [name for name in names if self._fields[name].store]
        if guard is None or guard.name is not None:
            return self.search_fetch(domain, names)
        # What ``search_fetch`` does, with the savepoint before the question. SQL:
        # the ORM has no way to send two statements at once.
        query = self._search(domain, order=self._order)
        columns = [self._field_to_sql(self._table, name, query) for name in names]
        rows = guard.open(query.select(*columns))
        return self._service_insert_cache(names, rows)

    def _service_insert_cache(self, names, rows):
        """Put rows of columns into the cache, never over a value that is there."""
        values = dict(zip(names, zip(*rows, strict=True), strict=False))
        found = self.browse(values.get("id", ()))
        for name, column in values.items():
            if name != "id":
                self._fields[name]._insert_cache(found, column)
        return found

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
        declared = evidence == "ticked"
        if running is None:
            running = self._service_running(documents, kinds, declared=True)
        promises = running.filtered(
            lambda promise: (
                promise.kind in kinds
                and not (declared and promise.settlement)
                and (promise.date_from or promise.date_made) <= moment
            )
        )
        promises._service_settle("evidence", moment, note=note, declared=declared)
        promises._service_note_repeated()
        return promises

    def _service_note_repeated(self):
        """Mark promises by hand that the evidence of another one kept as well.

        Ten easy promises, told one after the other and kept by one closing, are one
        kept promise. Broken ones count all the same.
        """
        seen = set()
        by_hand = self.filtered(lambda row: row.source == "manual")
        for promise in by_hand.sorted("id") if len(by_hand) > 1 else ():
            key = (promise.res_id, promise.kind, promise.employee_id.id)
            if key in seen:
                promise.write({"is_repeated": True})
                promise._service_judge()
            seen.add(key)

    def _service_settle(self, settlement, moment, note=None, declared=False):
        """Write how and when promises ended, with one event each.

        :param str settlement: key of ``SETTLEMENTS``
        :param moment: server time, naive UTC
        :param str note: text to keep in the event
        :param bool declared: somebody said so, without a trace
        """
        if not self:
            return
        self._service_resume(moment)  # the pause counts to the last moment
        activities = self.activity_id
        self.write(
            {
                "settlement": settlement,
                "date_settled": verdict.to_second(moment),
                "is_self_declared": declared,
                "is_repeated": False,
                "date_paused": False,
            }
        )
        activities.unlink()
        self._service_judge()
        self.env["service.event"]._service_log(
            self,
            settlement,
            old=lambda promise: promise.date_due,
            new=moment,
            note=note,
        )

    def _service_judge(self):
        """Write the verdict, the same columns of every row: one UPDATE does for all.

        The ORM makes one for each set of columns that changed.
        """
        for name in VERDICT_FIELDS:
            field = self._fields[name]
            for promise in self:
                value = field.convert_to_cache(promise[name], promise)
                field._update_cache(promise, value, dirty=True)

    def _service_close(self, moment):
        """End what still runs when documents are done: nothing more will come."""
        running = self.filtered(lambda promise: not promise.settlement)
        running._service_settle("closed", moment)
        return running

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
                {
                    "settlement": False,
                    "date_settled": False,
                    "is_self_declared": False,
                    "is_repeated": False,
                }
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
