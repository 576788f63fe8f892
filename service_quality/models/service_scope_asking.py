from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount
from odoo.tools.mail import email_normalize

from . import verdict


class ServiceScopeChange(models.Model):
    """Asking the customer: sent, or called back by us."""

    _inherit = "service.scope.change"

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_send(self):
        """Ask the customer by mail to confirm; from now on the change waits for him.

        :return: True
        :raise AccessError: the user may not change the document
        :raise UserError: no draft, no address, or the document is finished
        :raise ValidationError: the new date has passed
        """
        self._service_acting_on()
        for change in self._service_unseal():
            change._service_link_lock()
            change._service_check_state(["draft"])
            document = change.with_env(self.env)._service_document()
            state = document.sudo()  # done or cancelled, nothing else
            if state._service_is_done() or state._service_is_cancelled():
                raise UserError(
                    self.env._("The document is finished: nothing can change any more.")
                )
            if change.date_due_new:
                self._service_clean_date(change.date_due_new, self.env._("New date"))
            change._service_send_to(document)
        return True

    def action_cancel(self, reason=None):
        """Call a change back: the customer need not answer any more.

        Was he asked and has not answered, a mail says so in his language.

        :param str reason: why, required; for us, not in the mail
        :return: True
        :raise AccessError: the user may not change the document
        :raise UserError: decided or cancelled already
        """
        reason = self._service_clean_text(reason, self.env._("Reason"), required=True)
        self._service_acting_on()
        for change in self._service_unseal():
            change._service_link_lock()
            change._service_check_state(["draft", "sent", "declined", "expired"])
            old, question = change.state, change._service_open_question()
            self.env["service.link"]._service_revoke(change, ["scope"])
            change._service_end_waiting("withdrawn", reason)
            change.write(
                {"state": "cancelled", "date_decided": False, "decided_by": False}
            )
            self.env["service.event"]._service_log(
                change, "scope_recalled", old=old, new="cancelled", note=reason
            )
            if question:
                change._service_mail_recall(question)
            if question or old == "sent":
                change._service_note(
                    self.env._("Change cancelled: %(name)s", name=change.name), reason
                )
        return True

    def _service_open_question(self):
        """Return the last link by which one change was asked, if it was not answered.

        Also of an older version: the customer has that mail, and no other.
        """
        link = self.env["service.link"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("purpose", "=", "scope"),
            ],
            order="id desc",
            limit=1,
        )
        is_open = not link.decision and email_normalize(link.email or "")
        if not is_open or link.date_expiry < fields.Datetime.now():
            return link.browse()
        return link

    def _service_mail_recall(self, link):
        """Queue the mail that the question of a link needs no answer any more."""
        _ = link.with_context(lang=link.lang).env._
        link._service_queue(
            _("No answer needed any more: %(document)s", document=self.res_name),
            "service_quality.mail_customer_recall",
            {},
        )

    def _service_acting_on(self):
        """Refuse who may not change the documents of these rows.

        :raise AccessError: he may not
        :raise UserError: a document is gone
        """
        self.env["service.worker"]._service_work_off()
        self.check_access("write")
        for change in self:
            document = change._service_document()
            if not document:
                raise UserError(self.env._("The document no longer exists."))
            document.check_access("write")

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    def _service_send_to(self, document):
        """Send one draft to the customer of its document, and start waiting.

        :param document: in the environment of the user who sends
        """
        now = fields.Datetime.now()
        self.write({**self._service_recipient(document), "date_sent": now})
        if self.date_due_new and not self.promise_id:
            self.promise_id = self._service_find_promise()
        link, content = self._service_mail_link(document.env)
        self.write(
            {
                "state": "sent",
                "was_sent": True,
                "date_expiry": link.date_expiry,
                "scope_promise_id": self._service_start_waiting(document, link).id,
            }
        )
        text = "\n".join(f"{label}: {text}" for label, text in content)
        self.env["service.event"]._service_log(
            self, "scope_sent", old="draft", new=f"v{self.version}", note=text
        )
        document._service_note_asked(
            document.env._("Asked the customer to confirm a change:"),
            content,
            document.env,
        )

    def _service_mail_link(self, env, is_reminder=False):
        """Make a link for the current version and queue the mail that carries it.

        :param env: environment of the user who asks
        :param bool is_reminder: the first mail stays good
        :return: (service.link, what is asked)
        """
        Link = self.env["service.link"]
        lang = Link._service_lang(self.partner_id.lang)
        first = self._service_first_link() if is_reminder else Link
        lang = first.lang or lang  # both mails ask for the same, word for word
        change = self.with_context(lang=lang)
        zone = self.partner_id.tz or env.user.tz or "UTC"
        content = first.content or change._service_scope_content(zone)
        link, token = Link._service_issue(
            "scope",
            self,
            content,
            company=self.company_id,
            partner=self.partner_id,
            email=self.partner_email,
            lang=lang,
            contact=self.employee_id,
            until=self.date_expiry if is_reminder else self.date_due_new,
            record_version=self.version,
            revoke=not is_reminder,
        )
        _ = change.env._
        subject = _("Please confirm: %(name)s", name=self.name)
        mail = link._service_send(
            token,
            _("Reminder: %(subject)s", subject=subject) if is_reminder else subject,
            _("something about what we agreed would change. You decide:"),
            _("Read and answer"),
        )
        files = first._service_files() or link._service_keep(self.attachment_ids)
        mail.write({"attachment_ids": [fields.Command.set(files.ids)]})
        return link, content

    def _service_first_link(self):
        """Return the link by which the customer was first asked for this version."""
        return self.env["service.link"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("purpose", "=", "scope"),
                ("record_version", "=", self.version),
                ("date_revoked", "=", False),
            ],
            order="id",
            limit=1,
        )

    def _service_scope_content(self, zone):
        """Return what the customer is asked, as (label, text) in his language.

        :param str zone: time zone in which the dates are given
        """
        _ = self.env._
        rows = [
            (_("About"), self.res_name),
            (_("What changes"), self.name),
            (_("Details"), self.description),
            (_("Why"), self.reason),
        ]
        if not self.currency_id.is_zero(self.amount_delta):
            amount = format_amount(self.env, self.amount_delta, self.currency_id)
            sign = "+" if self.amount_delta > 0 else ""
            rows.append((_("Price difference"), f"{sign}{amount}"))
        if self.date_due_new:
            new = self._service_link_moment(self.date_due_new, zone)
            rows.append((_("New date"), new))
            if self.promise_id:
                old = self._service_link_moment(self.promise_id.date_due, zone)
                rows.append((_("Instead of"), old))
        for file in self.attachment_ids:
            # the checksum binds the file: another one is another text
            rows.append((_("Attached"), f"{file.name} (SHA-1 {file.checksum})"))
        return [(label, text) for label, text in rows if text]

    def _service_find_promise(self):
        """Return the deadline of the document that is due next, or nothing."""
        return self.env["service.promise"].search(
            [
                ("res_model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                ("kind", "=", "deadline"),
                ("settlement", "=", False),
                ("successor_id", "=", False),
            ],
            order="date_due, id",
            limit=1,
        )

    # ------------------------------------------------------------------
    # The promise not to go on without the customer's word
    # ------------------------------------------------------------------

    def _service_start_waiting(self, document, link):
        """Record the promise that runs until the customer has answered."""
        vals = document._service_promise_vals(
            name=self.env._("Wait for the customer's word: %(name)s", name=self.name),
            kind="scope",
            source="manual",
            date_due=link.date_expiry,
            employee=self.employee_id,
            source_key=f"scope:{self.id}",
            date_told=fields.Datetime.now(),
        )
        vals["scope_change_id"] = self.id
        return self.env["service.promise"]._service_record([vals])

    def _service_end_waiting(self, settlement, note=None, moment=None):
        """Settle the promise that runs while one change waits, if it still does.

        :param str settlement: key of ``SETTLEMENTS``
        :param moment: default now, naive UTC
        """
        promise = self.scope_promise_id._service_unseal()
        if promise and not promise.settlement:
            moment = moment or fields.Datetime.now()
            if settlement == "withdrawn":
                # Expired a moment ago is no miss: waiting was all that was promised.
                moment = min(verdict.to_second(moment), promise._service_limit())
            promise._service_settle(settlement, moment, note=note)
            # The next version records the same key, by a statement of its own.
            promise.flush_recordset()

    def _service_note(self, heading, text, notify=False):
        """Write a line about one change into the chatter of its document."""
        document = self._service_document()
        if document:
            document._service_note_change(
                heading, text, self.employee_id if notify else None
            )


class ServicePromise(models.Model):
    _inherit = "service.promise"

    scope_change_id = fields.Many2one(
        "service.scope.change",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The change whose answer this promise waits for.",
    )
