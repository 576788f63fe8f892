from datetime import timedelta

from odoo import fields

#: Events whose copied text must stand in a message of the document.
WRITTEN = ("informed", "customer_wrote")
#: The clock of a message and that of its transaction may differ by so much.
CLOCK_SLACK = timedelta(minutes=5)


class EvidenceGaps:
    """The part of :class:`EvidenceTimeline` that says what is missing."""

    def _missing_document(self):
        _ = self.env._
        if not self.document:
            deleted = self.events.filtered(lambda event: event.kind == "deleted")[:1]
            if deleted:
                yield _(
                    "The document itself was deleted on %(moment)s by %(user)s. "
                    "What the ledger copied is complete.",
                    moment=self.moment(deleted.create_date),
                    user=deleted.create_uid.name,
                )
            else:
                yield _(
                    "The document itself no longer exists. "
                    "What the ledger copied is complete."
                )
        made = {
            event.res_id
            for event in self.events
            if event.res_model == "service.promise" and event.kind == "made"
        }
        for promise in self.promises:
            if promise.id not in made:
                ref = self.names[promise._name, promise.id]
                yield _("%(ref)s: there is no record of its making.", ref=ref)

    def _missing_texts(self):
        """Name the texts of the timeline that no message of the document says now."""
        _ = self.env._
        written = [
            (number, event)
            for number, event in enumerate(self.events, 1)
            if event.kind in WRITTEN and event.note
        ]
        if not written or not self.document:
            return
        messages = self._messages()
        for number, event in written:
            moment = fields.Datetime.to_datetime(event.new_value) or event.create_date
            said = {
                text
                for date, texts in messages
                if abs(date - moment) <= CLOCK_SLACK
                for text in texts
            }
            if event.note not in said:
                yield _(
                    "Entry %(number)s: no message of the document says this any "
                    "more. It was changed or deleted afterwards, or was sent as a "
                    "mail from a template; the text above is the copy of the time.",
                    number=number,
                )

    def _messages(self):
        """Return (moment, texts) of the messages of the document."""
        if "message_ids" not in self.document._fields:
            return []
        text_of = self.document._service_message_text
        rows = self.env["mail.message"].search_fetch(
            [
                ("model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                ("message_type", "not in", ["notification", "auto_comment"]),
            ],
            ["body", "create_date"],
        )
        return [
            (row.create_date, {text_of(row.body), text_of(row.body, own_words=True)})
            for row in rows
        ]
