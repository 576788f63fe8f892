import logging

import psycopg2
from lxml import html

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext
from odoo.tools.mail import email_normalize, email_normalize_all

_logger = logging.getLogger(__name__)

#: A message with fewer letters and digits than this informs nobody.
MIN_UPDATE_CHARS = 3
EVIDENCE_TEXT_LIMIT = 10_000
#: Context key of messages that no person wrote, and of those that only state a
#: promise. Setting it in a client's context can only lose evidence.
AUTOMATIC = "service_quality_automatic"
#: Context key of a message that makes a promise.
PROMISING = "service_quality_promising"
CONTACT_EVENTS = {
    "outbound": "informed",
    "inbound": "customer_wrote",
    "call": "called",
    "ticked": "ticked",
    # Written by one of our actions: no evidence of the work, but in writing.
    "stated": "stated",
}


class ServiceQualityMixin(models.AbstractModel):
    """What the server sees on a document: who wrote to whom, and what that proves."""

    _inherit = "service.quality.mixin"

    # ------------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------------

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        rdata = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        scheduled = self._is_notification_scheduled(kwargs.get("scheduled_date"))
        by_hand = message.message_type in ("comment", "email")
        automatic = self._service_is_automatic()
        if by_hand and not scheduled and not automatic and self._service_is_watched():
            self._service_try(lambda: self._service_on_message(message, rdata))
        elif not by_hand and not scheduled and any(row["share"] for row in rdata):
            self._service_try(lambda: self._service_on_notice(message, rdata))
        return rdata

    def _message_mail_after_hook(self, mails):
        result = super()._message_mail_after_hook(mails)
        by_hand = self.env.uid != SUPERUSER_ID and not self.env.user.share
        automatic = self._service_is_automatic()
        if by_hand and not automatic and self._service_is_watched():
            self._service_try(lambda: self._service_on_mails(mails))
        return result

    def _message_track_post_template(self, changes):
        # A mail that a change of stage sends by itself informs nobody of progress. Said
        # to the transaction: most changes send none, and a context takes its time.
        data = self.env.cr.precommit.data
        before = data.get(AUTOMATIC)  # one mail may send another one
        data[AUTOMATIC] = True
        try:
            return super()._message_track_post_template(changes)
        finally:
            if not before:
                data.pop(AUTOMATIC, None)

    def _service_is_automatic(self):
        """Tell whether what is being sent, is sent by the system itself."""
        return bool(
            self.env.context.get(AUTOMATIC) or self.env.cr.precommit.data.get(AUTOMATIC)
        )

    def _service_is_watched(self):
        """Tell whether a contact on these documents can matter to the ledger.

        Decided from the registry's cache, before any query: somebody promised
        something in the company at some time, or will do so in this transaction.
        """
        if not self or self.env.context.get(PROMISING):
            return bool(self)
        Plan, Promise = self.env["service.plan"], self.env["service.promise"]
        busy = Promise._service_companies(self._name)
        # sudo: the company of the document only
        companies = {document._service_get_company().id for document in self.sudo()}
        return (
            not companies.isdisjoint(busy)
            or any(Plan._service_plan_ids(self._name, row) for row in companies)
            or self._service_states_dates()
        )

    def _service_states_dates(self):
        """Tell whether these documents themselves state a date to the customer."""
        # sudo: that there is a date
        return any(document._service_native_promises() for document in self.sudo())

    def _service_try(self, work):
        """Read and judge so that a failure of ours does not stop the document.

        ``work`` writes nothing: what it finds is collected for the worker. A failed
        query has broken the transaction and is passed on.

        :return: what ``work`` returns, None when it failed
        """
        try:
            return work()
        except psycopg2.Error:
            raise
        except Exception:
            _logger.exception("Service quality: %s not judged", self)
            return None

    def _service_on_message(self, message, rdata):
        """Take a posted message as evidence: from us to the customer, or from him."""
        message = message.sudo()  # author, recipients and text of this one message
        if self._service_from_customer(message):
            text = self._service_message_text(message.body)
            if text or message.attachment_ids:
                self._service_add_contact("inbound", text)
        elif reached := self._service_reaches_customer(message, rdata):
            text = self._service_message_text(message.body, own_words=True)
            if self._service_says_something(text) or message.attachment_ids:
                self._service_remember_reached()
                self._service_add_contact("outbound", text, reached)

    def _service_on_notice(self, message, rdata):
        """Note that a mail which the system sent told the customer a document's date.

        The confirmation of an order is one: no news, but he has the date in writing.
        """
        if self._service_states_dates():
            message = message.sudo()  # author, recipients and text of this message
            if reached := self._service_reaches_customer(message, rdata):
                text = self._service_message_text(message.body, own_words=True)
                self._service_add_contact("received", text, reached)

    def _service_add_contact(self, evidence, text, reached=None):
        """Have a contact at this moment judged before the commit."""
        self.env["service.worker"]._service_add_contact(self, evidence, text, reached)

    def _service_note_contact(self, evidence, text, now, reached=None):
        """Settle what a contact with the customer proves, and remember it.

        :param str evidence: ``outbound``, ``call`` or ``ticked`` (a call without a
            note) from us, ``inbound`` from the customer; ``received`` what the system
            wrote to him
        :param str text: what was said, copied into the events
        :param now: the server's clock at posting, never a date of the message
        :param reached: partners and addresses that got a message, None for a call;
            it proves nothing to those whom the promise was not made to
        """
        Promise = self.env["service.promise"]
        running = Promise._service_running(self, declared=True)
        if reached is not None:
            running = running._service_reached_by(reached)
            running.filtered(lambda row: row.source == "native")._service_mark_told(
                now, text
            )
        if not running or evidence == "received":
            return
        # sudo: the company of the documents only
        for company in self.sudo().mapped(lambda doc: doc._service_get_company()):
            # into the cache of records, with their rules
            self.env["service.plan"]._service_plans(self._name, company.id)
        if evidence == "inbound":
            documents = self.sudo()  # done or not, nothing else
            running._service_void_declarations(documents, now, text)
            running._service_note_chasing(now, text)
            running._service_resume(now, text)
        settled = Promise._service_evidence(self, evidence, now, text, running=running)
        self._service_log_contact(running, evidence, now, text)
        if evidence != "inbound":
            documents = self.sudo()  # done, cancelled, waiting: their state only
            settled._service_promise_next_update(documents, now)
            Promise._service_follow_pauses(documents, now, running - settled)

    def _service_log_contact(self, running, evidence, now, text):
        """Write the contact into the history of the documents with promises."""
        documents = self.browse(dict.fromkeys(running.mapped("res_id")))
        self.env["service.event"]._service_log(
            documents, CONTACT_EVENTS[evidence], new=now, note=text
        )

    def _service_on_mails(self, mails):
        """Take template mails sent by a person to the customer as evidence."""
        for mail in mails.sudo():  # recipients and text of these mails
            document = self.filtered(lambda doc, mail=mail: doc.id == mail.res_id)
            if not document:
                continue
            emails = document._service_customer_emails()
            sent_to = set(email_normalize_all(mail.email_to or ""))
            sent_to |= {
                email_normalize(partner.email or "") for partner in mail.recipient_ids
            }
            text = self._service_message_text(mail.body_html)
            if emails & sent_to and self._service_says_something(text):
                families = mail.recipient_ids.commercial_partner_id
                reached = frozenset({*families._ids, *sent_to})
                document._service_add_contact("outbound", text, reached)

    def _service_message_text(self, body, own_words=False):
        """Return a message as text.

        :param str body: HTML
        :param bool own_words: without what is quoted and without the signature, as
            Odoo marks them
        """
        if own_words and "data-o-mail-quote" in (body or ""):
            root = html.fragment_fromstring(body, create_parent="div")
            for node in root.xpath("//*[@data-o-mail-quote]"):
                node.drop_tree()
            body = html.tostring(root, encoding="unicode")
        return html2plaintext(body or "").strip()[:EVIDENCE_TEXT_LIMIT]

    def _service_says_something(self, text):
        """Tell whether a text has words; dots, smileys and blanks inform nobody."""
        return sum(char.isalnum() for char in text) >= MIN_UPDATE_CHARS

    def _service_find_call(self, promise):
        """Return when we called the customer as promised, or None.

        A logged call says so. A message does when it left in the hours in which we
        promised to call; without such hours any message would do, so none does.

        :param promise: one callback on this document
        """
        kinds = ["called", *(["informed"] if promise.date_from else [])]
        since = max(promise.date_made, promise.date_from or promise.date_made)
        event = (
            self.env["service.event"]
            .sudo()  # the moment of a contact on a document the user may change
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("kind", "in", kinds),
                    # A message of that very second is the one that made the promise.
                    ("new_value", ">", fields.Datetime.to_string(since)),
                ],
                order="id",
                limit=1,
            )
        )
        return fields.Datetime.to_datetime(event.new_value) if event else None

    def _service_post_to_customer(self, template, values):
        """Post a message that reaches the customer, from the current user.

        :param str template: xml id of a QWeb view
        :param dict values: for the view
        :return: mail.message
        :raise UserError: the customer cannot be reached
        """
        self.ensure_one()
        partner = self._service_get_partner()
        # Somebody who wrote by mail may be known by nothing but his address.
        email = not partner.email and email_normalize(self._service_get_email())
        if not partner.email and not email:
            raise UserError(
                self.env._("The customer has no e-mail address to write to.")
            )
        body = self.env["ir.qweb"]._render(
            template, values, lang=partner.lang or self.env.lang
        )
        message = self.with_context(**{AUTOMATIC: True}).message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=partner.ids if partner.email else [],
            outgoing_email_to=email,
        )
        # It settles nothing, but the customer was written to: a later excuse and
        # the pause of a clock may rest on it.
        running = self.env["service.promise"]._service_running(self)
        text = self._service_message_text(body)
        self._service_log_contact(running, "stated", fields.Datetime.now(), text)
        return message
