from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ServiceQualityMixin(models.AbstractModel):
    """What plans and the document's own dates promise, and what stays of it."""

    _inherit = "service.quality.mixin"

    # ------------------------------------------------------------------
    # Plans and native promises
    # ------------------------------------------------------------------

    def _service_apply_plans(self, matches, states, now):
        """Start the checklists and make the promises of plans.

        On those of these documents, none of them done or cancelled, that are new or
        meet a plan or rule for the first time: what ran on a document once is not
        started again.

        :param list matches: (plan, documents) that apply
        :param dict states: document id -> ``is_new``, ``matched``
        :param now: server time, naive UTC
        """
        joining = self.filtered(
            lambda doc: (
                states[doc.id]["is_new"] or states[doc.id]["matched"] is not None
            )
        )
        matches = [(plan, documents & joining) for plan, documents in matches]
        matches = [(plan, documents) for plan, documents in matches if documents]
        if not matches:
            return
        new = joining.filtered(lambda doc: states[doc.id]["is_new"])
        self._service_apply_templates(matches, states, new)
        rules = matches[0][0].rule_ids  # any: they differ in their ids only
        vals_list = [
            vals
            for document, rule_ids in self._service_promising(matches, states, new)
            for vals in rules.browse(rule_ids)._service_promise_vals(document, now)
        ]
        if vals_list:
            self.env["service.promise"]._service_record_later(vals_list)

    def _service_promising(self, matches, states, new):
        """Return which rules promise something for the first time on which document.

        :param list matches: (plan, documents) that apply and may begin something
        :param dict states: document id -> ``matched``
        :param new: those of the documents that were just created
        :return: list of (document, ids of rules)
        """
        promising = {}
        entering = set()  # what ran on a new document before need not be asked
        for plan, documents in matches:
            all_new = documents <= new
            for rule in plan.rule_ids:
                concerned = documents.filtered_domain(rule._service_domain())
                if not all_new:
                    fresh = (concerned - new)._service_entering(rule, states)
                    entering |= {(document.id, rule.id) for document in fresh}
                    concerned = (concerned & new) + fresh
                for document in concerned:
                    promising.setdefault(document, []).append(rule.id)
        promised = self.browse(doc.id for doc in promising)._service_ask(entering)
        return [
            (document, [row for row in rule_ids if (document.id, row) not in promised])
            for document, rule_ids in promising.items()
        ]

    def _service_apply_templates(self, matches, states, new):
        """Start the checklists of plans.

        :param list matches: (plan, documents) that apply and may begin something
        :param dict states: document id -> ``matched``
        :param new: those of the documents that were just created
        """
        if not any(plan.template_ids for plan, _documents in matches):
            return
        Checklist = self.env["service.checklist"]
        started = set()  # on new documents nothing else runs
        guarded = set().union(*(docs._ids for row, docs in matches if row.is_gate))
        for plan, documents in matches:
            if not plan.template_ids:
                continue
            if fresh := documents & new:
                started |= Checklist._service_unseal()._service_copy_later(
                    fresh, plan.template_ids, guarded, started
                )
            if old := (documents - new)._service_entering(plan, states):
                Checklist._service_start(old, plan.template_ids)

    def _service_entering(self, row, states):
        """Keep the documents to which a plan or rule did not apply before."""
        key = f"{row._name},{row.id}"
        return self.filtered(
            lambda doc: (
                states[doc.id]["matched"] is not None
                and key not in states[doc.id]["matched"]
            )
        )

    def _service_ask(self, entering=frozenset()):
        """Read what promises made on these documents need to know, at once.

        Of their customers that is two columns; by itself the ORM reads all fifty,
        which takes longer than all else that a promise takes.

        :param set entering: (document id, rule id)
        :return: the part of it for which there is a promise, running or not
        """
        Partner = self.env["res.partner"]
        columns = [Partner._fields[name] for name in ("complete_name", "email")]
        customers = Partner.union(*(doc._service_get_partner() for doc in self))
        unread = tuple(columns[0]._cache_missing_ids(customers))
        promises = self.env["service.promise"]
        questions = []
        # SQL: pairs, and with the savepoint of the worker in one round trip
        if entering:
            promises.flush_model(["res_model", "res_id", "rule_id"])
            pairs = SQL(
                "SELECT res_id, rule_id, NULL, NULL FROM service_promise"
                " WHERE res_model = %s AND (res_id, rule_id) IN %s",
                self._name,
                tuple(entering),
            )
            questions.append(pairs)
        if unread:
            known = SQL(  # the worker flushed them before it began
                "SELECT id, NULL, complete_name, email FROM res_partner WHERE id IN %s",
                unread,
            )
            questions.append(known)
        if not questions:
            return set()
        promised = set()
        for res_id, rule_id, *texts in promises._service_query_now(
            SQL(" UNION ALL ").join(questions)
        ):
            if rule_id:
                promised.add((res_id, rule_id))
                continue
            for column, text in zip(columns, texts, strict=True):
                column._insert_cache(Partner.browse(res_id), [text])
        return promised

    def _service_mirror_native(self, now):
        """Record the dates the documents state; later changes are only noted.

        A date moves with the customer's word, not with a field: the running
        promise keeps its due, the change stands in its events.
        """
        # sudo: the dates the documents state, to be recorded
        natives = {doc: doc._service_native_promises() for doc in self.sudo()}
        natives = {doc: rows for doc, rows in natives.items() if rows}
        if not natives:
            return
        Promise = self.env["service.promise"]
        documents = self.browse([document.id for document in natives])
        known = documents._service_known_natives()
        new = []
        for document, rows in natives.items():
            for row in rows:
                promise = known.get((document.id, row["source_key"]))
                if promise:
                    promise._service_note_host_date(row["date_due"])
                    if row["date_told"]:
                        promise._service_mark_told(row["date_told"])
                elif row["date_due"] > now:
                    new.append((document, row))
        if new:
            self.browse(doc.id for doc, row in new)._service_ask()
            Promise._service_record_later(
                [
                    document._service_promise_vals(
                        kind="deadline", source="native", **row
                    )
                    for document, row in new
                ]
            )

    def _service_known_natives(self):
        """Return {(document id, key): promise} of the dates recorded already."""
        promises = self.env["service.promise"]._service_unseal()
        domain = [
            ("res_model", "=", self._name),
            ("res_id", "in", self.ids),
            ("source", "=", "native"),
            # The date of a document taken up again long after it was cancelled is a
            # new promise.
            ("settlement", "not in", ["cancelled"]),
        ]
        return {
            (promise.res_id, promise.source_key): promise
            for promise in promises.search(domain, order="id")
        }

    def _service_on_assigned(self):
        """Give promises that nobody answered for to the first responsible.

        Only while he has time to keep them; what expired, or is about to, stays the
        team's: nobody inherits a miss.
        """
        if not self:
            return
        promises = self.env["service.promise"]._service_running(self)
        orphans = promises.filtered(lambda promise: not promise.employee_id)
        for promise in orphans.filtered(lambda promise: promise._service_has_time()):
            document = self.browse(promise.res_id)
            employee = document.sudo()._service_get_employee()  # for the snapshot
            if employee:
                vals = document._service_snapshot_vals(employee)
                promise.write(
                    {key: vals[key] for key in ("employee_id", "department_id")}
                )
                self.env["service.event"]._service_log(
                    promise, "assigned", new=employee.name
                )

    # ------------------------------------------------------------------
    # Deletion: figures stay
    # ------------------------------------------------------------------

    def _service_before_unlink(self):
        """Return the facts of documents about to be deleted, as superuser."""
        domain = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        # sudo: whoever may delete the document ends what runs on it
        return self.env["service.promise"]._service_unseal().search(domain)

    def _service_after_unlink(self, promises):
        """End what still ran: promises keep counting under the document's name."""
        running = promises.filtered(lambda promise: not promise.settlement)
        running._service_settle("cancelled", fields.Datetime.now())
        self.env["service.event"]._service_log(promises, "deleted")
