from datetime import timedelta

from odoo import fields, models

from . import content

#: So many late deliveries were judged wrongly and corrected by the manager.
CORRECTIONS = 2
#: Decided by the manager, not by whoever gave the promise.
MANAGERS_SETTLEMENTS = ("withdrawn", "excused")


class ServiceDemo(models.AbstractModel):
    # One subject per file. pylint: disable=consider-merging-classes-inherited
    _inherit = "service.demo"

    def _create_promises(self, run):
        """Create the promises with the facts of their time, oldest first."""
        pairs = [
            (document, promise)
            for document in run.story.documents
            for promise in document.promises
        ]
        pairs.sort(key=lambda pair: pair[1].made)
        rules = self._get_rules()
        model = self.env["service.promise"]._service_unseal()
        rows = model.create(
            [
                self._prepare_promise(run, document, row, rules)
                for document, row in pairs
            ]
        )
        for (_document, promise), row in zip(pairs, rows, strict=True):
            run.promises[id(promise)] = row
        self._backdate(
            rows,
            create_date=rows.mapped("date_made"),
            create_uid=[run.user(document).id for document, _promise in pairs],
        )
        for document, promise in pairs:
            self._log_promise(run, document, promise)
        self._link_successors(run, pairs)
        self._correct_some(run, rows)
        self._say_some(run, rows)

    def _get_rules(self):
        """Return {kind: rule} of the plan that the promises come from."""
        return {rule.kind: rule for rule in self._ref("plan_ticket").rule_ids}

    def _is_told(self, partner):
        """Tell whether a customer can have got a promise in writing."""
        return bool(partner.email)

    def _prepare_promise(self, run, document, promise, rules):
        """Return the facts of one promise as they were stamped at the time."""
        record, moment = run.record(document), run.clock.moment
        rule = rules.get(promise.kind) if promise.source == "plan" else None
        told = promise.told if self._is_told(run.customer(document)) else None
        vals = record._service_promise_vals(
            name=promise.name or self._get_promise_name(record, promise, rule),
            kind=promise.kind,
            source=promise.source,
            source_key=self._get_source_key(promise, rule),
            date_due=moment(promise.due),
            date_told=moment(told),
        )
        return {
            **vals,
            "date_made": moment(promise.made),
            "settlement": promise.settlement or False,
            "date_settled": moment(promise.settled),
            "is_self_declared": promise.is_declared,
            **self._prepare_kind(record, promise, rule, moment),
        }

    def _prepare_kind(self, record, promise, rule, moment):
        """Return what only some kinds of promise have."""
        vals = {"rule_id": rule.id} if rule else {}
        if promise.kind == "callback":
            vals["phone"] = record._service_get_partner().phone
        elif promise.kind == "appointment":
            vals["tolerance_minutes"] = record.company_id.service_tolerance_minutes
            if promise.settlement == "evidence":
                vals["date_started"] = moment(promise.settled)
        return vals

    def _get_promise_name(self, record, promise, rule):
        if promise.source == "native":
            return f"Delivery of {record.name}"
        return rule.name if rule else "Your request is solved"

    def _get_source_key(self, promise, rule):
        if promise.source == "native":
            return "commitment_date"
        return f"rule:{rule.id}" if rule else None

    def _link_successors(self, run, pairs):
        """Tie each moved promise to the one that took its place."""
        for _document, promise in pairs:
            if promise.successor:
                row = run.promises[id(promise)]
                successor = run.promises[id(promise.successor)]
                row.write({"successor_id": successor.id})
                successor.write({"previous_id": row.id})

    def _correct_some(self, run, rows):
        """The manager replaces verdicts that were wrong; the facts stay."""
        late = rows.filtered(
            lambda row: row.source == "native" and row.outcome == "late"
        )
        for row in late[:CORRECTIONS]:
            run.log(
                row,
                "corrected",
                row.date_settled + timedelta(days=1),
                run.users["manager"],
                old_value=row.outcome,
                new_value="kept",
                note=content.CORRECT_REASON,
            )
            row.write({"corrected_outcome": "kept"})

    def _say_some(self, run, rows):
        """The customer with the portal account says of some what became of them."""
        customer = run.customers[0]
        settled = rows.filtered(
            lambda row: row.partner_id == customer and row.settlement == "evidence"
        )
        kept = settled.filtered(lambda row: row.outcome == "kept")[-3:]
        late = settled.filtered(lambda row: row.outcome == "late")[-1:]
        said = [(row, "kept", "") for row in kept]
        said += [(row, "not_kept", content.NOT_KEPT_WORDS) for row in late]
        user = customer.user_ids[:1]
        for row, value, comment in said:
            moment = min(row.date_settled + timedelta(hours=20), fields.Datetime.now())
            note = f"{customer.name}\n{comment}".strip()
            run.log(
                row,
                "customer_says",
                moment,
                user,
                old_value=row.outcome,
                new_value=value,
                note=note,
            )
            row.write(
                {
                    "customer_verdict": value,
                    "date_customer_verdict": moment,
                    "customer_comment": comment,
                }
            )

    # ------------------------------------------------------------------
    # History
    # ------------------------------------------------------------------

    def _log_promise(self, run, document, promise):
        """Note what happened to one promise, each thing at its moment."""
        row, author = run.promises[id(promise)], run.user(document)
        show = fields.Datetime.to_string
        maker = self.env.user if promise.source == "plan" else author
        run.log(row, "made", row.date_made, maker, new_value=show(row.date_due))
        if row.date_told:
            run.log(row, "told", row.date_told, author, new_value=show(row.date_told))
        if row.settlement:
            judge = author
            if row.settlement in MANAGERS_SETTLEMENTS:
                judge = run.users["manager"]
            run.log(
                row,
                row.settlement,
                row.date_settled,
                judge,
                old_value=show(row.date_due),
                new_value=show(row.date_settled),
                note=promise.note or False,
            )
        is_call = row.kind == "callback" and not row.is_self_declared
        if is_call and row.settlement == "evidence":
            run.log(
                run.record(document),
                "called",
                row.date_settled,
                author,
                new_value=show(row.date_settled),
                note=promise.note,
            )
