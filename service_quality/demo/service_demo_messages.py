from markupsafe import Markup

from odoo import models

#: So many of the latest done documents have a chatter, beside what is current and
#: what belongs to the customer with the portal account.
LATEST_WITH_CHATTER = 15


class ServiceDemo(models.AbstractModel):
    # One subject per file. pylint: disable=consider-merging-classes-inherited
    _inherit = "service.demo"

    def _create_messages(self, run):
        """Write what was said, into the history of all and the chatter of some."""
        for document in run.story.documents:
            record = run.record(document)
            for when, is_ours, text in document.messages:
                moment = run.clock.moment(when)
                run.log(
                    record,
                    "informed" if is_ours else "customer_wrote",
                    moment,
                    run.user(document) if is_ours else self.env.user,
                    new_value=str(moment),
                    note=text,
                )
        self._create_chatter(run, self._pick_talkative(run))

    def _pick_talkative(self, run):
        done = [row for row in run.story.documents if row.closed and row.messages]
        done.sort(key=lambda row: row.closed)
        latest = {id(row) for row in done[-LATEST_WITH_CHATTER:]}
        return [
            row
            for row in run.story.documents
            if row.is_current or row.customer == 0 or id(row) in latest
        ]

    def _create_chatter(self, run, documents):
        """Create messages as rows: posting them would notify and be evidence now."""
        messages = sorted(
            (
                (when, document, is_ours, text)
                for document in documents
                for when, is_ours, text in document.messages
            ),
            key=lambda message: message[0],
        )
        rows = self.env["mail.message"].create(
            [self._prepare_message(run, *message) for message in messages]
        )
        self._backdate(
            rows,
            create_date=[run.clock.moment(when) for when, *_rest in messages],
            create_uid=[
                run.user(document).id if is_ours else self.env.uid
                for _when, document, is_ours, _text in messages
            ],
        )

    def _prepare_message(self, run, when, document, is_ours, text):
        record = run.record(document)
        author = run.user(document).partner_id if is_ours else run.customer(document)
        sender = author.email_formatted or author.name
        return {
            "model": record._name,
            "res_id": record.id,
            "record_name": record.display_name,
            "message_type": "comment" if is_ours else "email",
            "subtype_id": self.env.ref("mail.mt_comment").id,
            "author_id": author.id,
            "email_from": sender,
            "reply_to": sender,
            "body": Markup("<p>%s</p>") % text,
            "date": run.clock.moment(when),
        }
