from datetime import timedelta

from odoo import fields, models

#: What a promise "you confirm ..." was about: name, details, why, price difference.
CHANGES = {
    "You confirm the larger unit and its price": (
        "A 5.0 kW unit instead of 3.5 kW",
        "The larger wall unit, same brand, installed in the same place.",
        "The room is larger than on the plan; the small unit would run all day.",
        250.0,
    ),
    "You confirm the extra cable duct": (
        "Eight metres of cable duct more",
        "A white duct along the ceiling, painted on request.",
        "The old pipe in the wall is blocked.",
        64.0,
    ),
    "You confirm the exchange instead of the repair": (
        "A new compressor instead of the repair",
        "We exchange the compressor; two years of warranty on the new one.",
        "The repair would cost nearly as much and hold half as long.",
        185.0,
    ),
}
#: One customer in so many says no.
DECLINED_EVERY = 5
#: How a waiting ended, seen from the change.
STATES = {"evidence": "confirmed", "withdrawn": "cancelled", "closed": "expired"}
KINDS = {
    "confirmed": "confirmed",
    "declined": "declined",
    "cancelled": "scope_recalled",
    "expired": "expired",
}


class ServiceDemo(models.AbstractModel):
    # One subject per file. pylint: disable=consider-merging-classes-inherited
    _inherit = "service.demo"

    def _create_scope_changes(self, run):
        """Write the changes that the customers were asked to confirm."""
        pairs = [
            (document, run.promises[id(promise)])
            for document in run.story.documents
            for promise in document.promises
            if promise.kind == "scope" and promise.name in CHANGES
        ]
        vals_list = [
            self._prepare_change(run, document, promise, number)
            for number, (document, promise) in enumerate(pairs, 1)
        ]
        rows = self.env["service.scope.change"]._service_unseal().create(vals_list)
        self._backdate(
            rows,
            create_date=[row.date_sent - timedelta(minutes=10) for row in rows],
            create_uid=[run.user(document).id for document, _promise in pairs],
        )
        for row, (document, _promise) in zip(rows, pairs, strict=True):
            self._log_change(run, document, row)
        self._create_current_changes(run)

    def _prepare_change(self, run, document, promise, number):
        """Return one change as it stood after its promise had ended."""
        state = STATES.get(promise.settlement, "cancelled")
        if state == "confirmed" and number % DECLINED_EVERY == 0:
            state = "declined"
        if not promise.settlement:
            state = "sent"
        decided = state in ("confirmed", "declined")
        return {
            **self._change_vals(run.record(document), promise.name),
            "state": state,
            "was_sent": True,
            "date_sent": promise.date_made,
            "date_expiry": promise.date_due,
            "date_decided": decided and promise.date_settled,
            "decided_by": decided and promise.partner_name,
            "is_answered_first": decided,
            "is_address_verified": decided,
            "scope_promise_id": promise.id,
            "waiting_promise_ids": [fields.Command.set(promise.ids)],
        }

    def _change_vals(self, record, promise_name):
        name, description, reason, amount = CHANGES[promise_name]
        model = self.env["service.scope.change"]
        return {
            **record._service_snapshot_vals(),
            **model._service_recipient(record),
            "currency_id": model._service_currency(record).id,
            "name": name,
            "description": description,
            "reason": reason,
            "amount_delta": amount,
        }

    def _create_current_changes(self, run):
        """Leave something to do: a draft and a change that waits, per open ticket."""
        names = list(CHANGES)
        open_rows = [
            row
            for row in run.story.documents
            if not row.closed and run.customer(row).email
        ]
        now = fields.Datetime.now()
        changes = self.env["service.scope.change"]._service_unseal()
        for number, document in enumerate(open_rows[:6]):
            record, user = run.record(document), run.user(document)
            if not record._service_get_employee():
                continue
            vals = self._change_vals(record, names[number % len(names)])
            change = changes.create(vals)
            sent = now - timedelta(hours=20 + number)
            if number % 2:
                self._send_change(change, record, sent)
                self._log_change(run, document, change)
            else:
                run.log(change, "made", sent, user, new_value=change.name)
            self._backdate(change, create_date=[sent], create_uid=[user.id])

    def _send_change(self, change, record, sent):
        """Let one change wait for the customer, without writing to him."""
        expiry = sent + timedelta(days=14)
        promise_vals = record._service_promise_vals(
            name=f"Wait for the customer's word: {change.name}",
            kind="scope",
            source="manual",
            date_due=expiry,
            source_key=f"scope:{change.id}",
            date_told=sent,
        )
        promise = self.env["service.promise"]._service_unseal()
        promise = promise.create(
            {**promise_vals, "date_made": sent, "scope_change_id": change.id}
        )
        change.write(
            {
                "state": "sent",
                "was_sent": True,
                "date_sent": sent,
                "date_expiry": expiry,
                "scope_promise_id": promise.id,
            }
        )

    def _log_change(self, run, document, change):
        """Note what happened to one change, each thing at its moment."""
        user = run.user(document)
        sent = change.date_sent
        before = sent - timedelta(minutes=10)
        run.log(change, "made", before, user, new_value=change.name)
        text = "\n".join([change.name, change.description, change.reason])
        run.log(change, "scope_sent", sent, user, new_value="v1", note=text)
        if change.state in KINDS:
            moment = change.date_decided or change.scope_promise_id.date_settled
            decided = change.date_decided
            run.log(
                change,
                KINDS[change.state],
                moment,
                self.env.ref("base.public_user") if decided else user,
                new_value=change.state,
                note=change.decided_by or False,
            )
