from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.mail import email_normalize

from . import verdict
from .statements import select_columns

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
STILL_RUNNING = SQL("settlement IS NULL")
DECLARED_TOO = SQL("(settlement IS NULL OR is_self_declared)")
OF_ANY_KIND = SQL("true")
#: What is asked of promises that run: all that a verdict looks at (a test compares),
#: not the texts, and not what only lists show.
RUNNING_FIELDS = (
    "name",
    "kind",
    "source",
    "source_key",
    "res_model",
    "res_id",
    "employee_id",
    "partner_id",
    "partner_email",
    "company_id",
    "calendar_id",
    "rule_id",
    "activity_id",
    "date_made",
    "date_told",
    "date_due",
    "date_from",
    "tolerance_minutes",
    "date_limit",
    "date_paused",
    "paused_hours",
    "chase_count",
    "is_self_declared",
    "is_repeated",
    "is_counted",
    "settlement",
    "date_settled",
    "corrected_outcome",
    "customer_verdict",
    "outcome",
    "delay_hours",
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
        promises = self._service_unseal()
        if not documents:
            return promises
        promises.flush_model(RUNNING_FIELDS)
        # SQL: with the savepoint of the worker in one round trip; and every message
        # asks this, for whom the ORM's way to the same statement is a long one
        rows = promises._service_query_now(
            SQL(
                "%s WHERE res_model = %s AND res_id IN %s AND %s AND %s"
                " ORDER BY date_due, id",
                select_columns(self._table, RUNNING_FIELDS),
                documents._name,
                documents._ids,
                DECLARED_TOO if declared else STILL_RUNNING,
                OF_ANY_KIND if kinds is None else SQL("kind IN %s", tuple(kinds)),
            )
        )
        ids, *columns = zip(*rows, strict=True) if rows else ((),)
        running = promises.browse(ids)
        for name, column in zip(RUNNING_FIELDS, columns, strict=False):
            # never over a value that is there
            self._fields[name]._insert_cache(running, column)
        return running

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
                promise._service_judge({"is_repeated": True})
            seen.add(key)

    def _service_reached_by(self, reached):
        """Keep the promises whose customer a message reached.

        The customer as he was when the promise was made: whoever puts his own address
        on the document and writes there, informs nobody.

        :param reached: ids of commercial partners and normalised addresses
        """

        addresses = {}  # normalised once: promises to one customer share it

        def is_reached(promise):
            family = promise.partner_id.commercial_partner_id.id
            if family and family in reached:
                return True
            email = promise.partner_email or ""
            if email not in addresses:
                addresses[email] = email_normalize(email)
            known = addresses[email]
            return known in reached if known else not family

        return self.filtered(is_reached)

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
        self._service_judge(
            {
                "settlement": settlement,
                "date_settled": verdict.to_second(moment),
                "is_self_declared": declared,
                "is_repeated": False,
                "date_paused": False,
            }
        )
        activities.unlink()
        self.env["service.event"]._service_log(
            self,
            settlement,
            old=lambda promise: promise.date_due,
            new=moment,
            note=note,
        )

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
        promises -= promises._service_no_longer_waiting()
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

    def _service_no_longer_waiting(self):
        """Return the promises about changes of which nobody waits for an answer."""
        scope = self.filtered(lambda promise: promise.kind == "scope")
        if not scope:
            return scope
        domain = [("scope_promise_id", "in", scope.ids), ("state", "!=", "sent")]
        return (
            self.env["service.scope.change"]
            ._service_unseal()
            .search(domain)
            .scope_promise_id
            & scope
        )

    # ------------------------------------------------------------------
    # What the document says
    # ------------------------------------------------------------------

    def _service_note_host_date(self, date_due):
        """Note a changed date of the document; one that he does not know moves.

        :param date_due: what the document says now, naive UTC
        """
        self.ensure_one()
        if self.settlement or verdict.to_second(date_due) == self.date_due:
            return
        shown = fields.Datetime.to_string(verdict.to_second(date_due))
        if not self.date_told:
            # Nobody knows the old date: it was no promise to anybody yet.
            old = self.date_due
            self.write({"date_due": verdict.to_second(date_due)})
            self.env["service.event"]._service_log(
                self, "host_date", old=old, new=shown
            )
            return
        last = self.event_ids.filtered(lambda event: event.kind == "host_date")[:1]
        if last.new_value != shown:
            self.env["service.event"]._service_log(
                self, "host_date", old=self.date_due, new=shown
            )
