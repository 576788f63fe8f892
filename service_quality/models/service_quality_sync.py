from collections import Counter

from odoo import fields, models


class ServiceQualityMixin(models.AbstractModel):
    """How changed documents are collected, and worked off before the commit."""

    _inherit = "service.quality.mixin"

    def _service_schedule_sync(
        self,
        is_new=False,
        was_done=None,
        was_cancelled=(),
        was_waiting=None,
        assigned=False,
        matched=None,
    ):
        """Ask for :meth:`_service_sync` of these documents before the commit.

        :param bool is_new: the documents were just created
        :param dict was_done: document id -> done before this change
        :param was_cancelled: ids of the documents that were cancelled before
        :param was_waiting: ids of the documents that waited for their customers
            before; None when that is not known
        :param bool assigned: somebody else may answer for them now
        :param dict matched: document id -> plans and rules that applied before, when
            others may apply now
        """
        if not self:
            return
        worker = self.env["service.worker"]
        states = worker._service_states(self._name)
        if is_new:
            counts = worker._service_counts()
            counts.update(((self._name, res_id), Counter()) for res_id in self._ids)
        for document in self:
            # The first state of the transaction is what was true before it.
            known = states.setdefault(
                document.id,
                {
                    "is_new": is_new,
                    "was_done": (was_done or {}).get(document.id, False),
                    "was_cancelled": document.id in was_cancelled,
                    "was_waiting": was_waiting is None or document.id in was_waiting,
                    "assigned": False,
                    "matched": None,
                },
            )
            known["assigned"] = known["assigned"] or assigned
            if matched is not None and known["matched"] is None:
                known["matched"] = matched.get(document.id, set())

    def _service_needs_sync(self, states):
        """Keep the documents for which the ledger may have something to do.

        Decided from the registry's cache, before any query: no plan, no promise
        and no automatic line in the company, and no date of its own, means nothing to
        do.
        """
        Plan, Promise = self.env["service.plan"], self.env["service.promise"]
        busy = Promise._service_companies(self._name)
        busy |= self.env["service.checklist"]._service_automatic_companies(self._name)
        documents = self.sudo()  # the company and dates of the document only

        def may_matter(document):
            company_id = document._service_get_company().id
            return (
                Plan._service_plan_ids(self._name, company_id)
                or (company_id in busy and not states[document.id]["is_new"])
                or document._service_native_promises()
            )

        return self.browse(documents.filtered(may_matter)._ids)

    def _service_sync(self, states):
        """Bring the ledger in line with changed documents; idempotent.

        Called as superuser: done or not, cancelled or not; who changed a document may
        see it no longer.

        :param dict states: document id -> ``is_new``, ``was_done``,
            ``was_cancelled``, ``assigned``
        """
        now = fields.Datetime.now()
        matches = self.env["service.plan"]._service_for(self)
        cancelled = self.filtered(lambda doc: doc._service_is_cancelled())
        wanted = self - cancelled if cancelled else self
        done = wanted.filtered(lambda doc: doc._service_is_done())
        (wanted - done if done else wanted)._service_apply_plans(matches, states, now)
        if revived := wanted.filtered(lambda doc: states[doc.id]["was_cancelled"]):
            self._service_revive(revived, now)
        self._service_mirror_native(now)
        if assigned := self.filtered(lambda doc: states[doc.id]["assigned"]):
            assigned._service_on_assigned()
        self._service_settle_changes(matches, states, now, cancelled, done)
