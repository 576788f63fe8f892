from markupsafe import Markup

from odoo import api, fields, models

from .service_quality_messages import AUTOMATIC


class ServiceQualityMixin(models.AbstractModel):
    """What was asked and answered by link, in the chatter of the document.

    Without the link: it stands in the customer's mail and nowhere else.
    """

    _inherit = "service.quality.mixin"

    service_scope_change_ids = fields.One2many(
        "service.scope.change",
        "res_id",
        "Scope Changes",
        domain=lambda self: [("res_model", "=", self._name)],
        copy=False,
        groups="service_quality.group_user",
    )

    def _service_note_asked(self, heading, content, env):
        """Note on one document what its customer was asked by mail.

        The customer was written to, so a later excuse may rest on it.

        :param str heading: what was done, in the user's language
        :param list content: (label, text) pairs that the customer reads
        :param env: environment of the user who asks
        """
        self.ensure_one()
        lines = Markup("<br/>").join(
            Markup("%s: %s") % (label, text) for label, text in content
        )
        self.with_env(env).with_context(**{AUTOMATIC: True}).message_post(
            body=Markup("<p>%s</p><p>%s</p>") % (heading, lines),
            message_type="notification",
            subtype_xmlid="mail.mt_note",
        )
        running = self.env["service.promise"]._service_running(self)
        text = "\n".join(f"{label}: {text}" for label, text in content)
        self._service_log_contact(running, "stated", fields.Datetime.now(), text)

    def _service_post_word(self, link, text, employee, own_words=False):
        """Post what a customer said by link, and tell who answers for it.

        :param link: service.link
        :param str text: his question, or what he decided
        :param employee: hr.employee to notify
        :param bool own_words: he wrote the text himself: his message, like one in
            the portal
        """
        self.ensure_one()
        # sudo: the customer's word on the document that he was asked about
        document = self.sudo().with_context(mail_notify_force_send=False)
        if not own_words:
            document = document.with_context(**{AUTOMATIC: True})
        document.message_post(
            body=text,
            author_id=link.partner_id.id or None,
            email_from=link.email,
            message_type="comment" if own_words else "notification",
            subtype_xmlid="mail.mt_comment" if own_words else "mail.mt_note",
            partner_ids=employee.user_id.partner_id.ids,
        )
        if not own_words:
            document._service_note_decision(text)

    def _service_note_decision(self, text):
        """The customer decided by link: the ball is with us, clocks run again.

        Not what a message of his means beyond that: he neither chases us nor asks.
        """
        now = fields.Datetime.now()
        running = self.env["service.promise"]._service_running(self)
        running._service_resume(now, text)
        # Without the text: it is no message, and stands where he decided.
        self._service_log_contact(running, "inbound", now, False)

    def _service_note_change(self, heading, text, employee=None):
        """Write a line about a change into the chatter of one document.

        :param employee: hr.employee to notify
        """
        self.ensure_one()
        # sudo: a line of the system's own about a change on this document
        self.sudo().with_context(
            **{AUTOMATIC: True}, mail_notify_force_send=False
        ).message_post(
            body=Markup("<p>%s<br/>%s</p>") % (heading, text),
            message_type="notification",
            subtype_xmlid="mail.mt_note",
            partner_ids=employee.user_id.partner_id.ids if employee else [],
        )

    # ------------------------------------------------------------------
    # Changes of what was agreed
    # ------------------------------------------------------------------

    def _service_apply_date(self, promise, date_due):
        """Extension: take over the new date of a promise, as the customer agreed.

        :param promise: service.promise that was due before
        :param date_due: when it is due by his word, naive UTC
        """

    def _service_apply_scope_change(self, change):
        """Do on one document what its customer confirmed, beyond the new date.

        A hook for adapters; the default does nothing, the decision stands in the
        chatter anyway. Called as superuser; an error is logged and does not take
        back the customer's yes.

        :param change: service.scope.change, confirmed
        """

    @api.readonly
    def get_service_panel_data(self):
        """Add ``changes``: the scope changes of the document, newest first."""
        data = super().get_service_panel_data()
        changes = self.env["service.scope.change"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
        )
        return {**data, "changes": [row._service_card_vals() for row in changes]}
