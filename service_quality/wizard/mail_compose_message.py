from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.service_promise import KINDS
from ..models.service_quality_messages import PROMISING
from .service_moment_mixin import QUICK_CHOICES


class MailComposeMessage(models.TransientModel):
    """A promise recorded with the message that says so: "... and I promise"."""

    _inherit = "mail.compose.message"

    service_can_promise = fields.Boolean(compute="_compute_service_can_promise")
    service_is_promise = fields.Boolean("And I promise")
    service_promise_name = fields.Char("What do we promise?")
    service_promise_kind = fields.Selection(KINDS, "Kind", default="deadline")
    service_promise_quick = fields.Selection(QUICK_CHOICES, "Quick Choice")
    service_promise_due = fields.Datetime("By When")
    service_promise_phone = fields.Char("Phone", help="Empty: the customer's number.")
    service_promise_tolerance = fields.Integer(
        "Tolerance (minutes)",
        compute="_compute_service_promise_tolerance",
        store=True,
        readonly=False,
        help="So many minutes after the agreed start is still on time.",
    )
    service_promise_hint = fields.Char(compute="_compute_service_promise_hint")

    @api.depends("model", "res_ids", "composition_mode", "subtype_is_log")
    @api.depends_context("uid")
    def _compute_service_can_promise(self):
        is_user = self.env.user.has_group("service_quality.group_user")
        for composer in self:
            composer.service_can_promise = is_user and bool(
                composer._service_get_document()
            )

    @api.depends("service_promise_due", "model", "res_ids")
    def _compute_service_promise_hint(self):
        for composer in self:
            due = composer.service_promise_due
            document = composer._service_get_document() if due else None
            composer.service_promise_hint = bool(document) and self.env[
                "service.promise.wizard"
            ]._format_due(due, document._service_get_partner())

    @api.depends("service_promise_kind", "model", "res_ids")
    def _compute_service_promise_tolerance(self):
        for composer in self:
            is_visit = composer.service_promise_kind == "appointment"
            document = composer._service_get_document() if is_visit else None
            composer.service_promise_tolerance = (
                document and document._service_get_company().service_tolerance_minutes
            )

    @api.onchange("service_promise_quick")
    def _onchange_service_promise_quick(self):
        if self.service_promise_quick:
            self.service_promise_due = (
                self.env["service.promise.wizard"]._get_quick_due(
                    self.service_promise_quick
                )
                or self.service_promise_due
            )

    def _service_get_document(self):
        """Return the served document this comment is for, None for anything else."""
        self.ensure_one()
        served = self.env["service.linked.mixin"]._service_document_models()
        is_comment = self.composition_mode == "comment" and not self.subtype_is_log
        if not is_comment or self.model not in served:
            return None
        res_ids = self._evaluate_res_ids()
        if len(res_ids) != 1:
            return None
        document = self.env[self.model].browse(res_ids).exists()
        return document._filtered_access("write") or None

    def _action_send_mail_comment(self, res_ids):
        """Check the promise, post, then record it: the message that makes a promise
        must not be what keeps it."""
        if not self.service_is_promise:
            return super()._action_send_mail_comment(res_ids)
        vals = self._service_check_promise()
        # Whom it reaches matters, even where nobody ever promised anything.
        composer = self.with_context(**{PROMISING: True})
        messages = super(MailComposeMessage, composer)._action_send_mail_comment(
            res_ids
        )
        self._service_record_promise(vals, messages)
        return messages

    def _service_check_promise(self):
        """Return the vals of the promise; wrong ones stop the sending.

        :raise UserError: no document to promise anything on
        :raise ValidationError: see ``service.promise.create``
        """
        document = self._service_get_document()
        if not document:
            raise UserError(
                self.env._("A promise needs a message to the customer of one document.")
            )
        vals = {
            "name": self.service_promise_name,
            "kind": self.service_promise_kind,
            "res_model": document._name,
            "res_id": document.id,
            "date_due": self.service_promise_due,
            "phone": self.service_promise_phone,
            "tolerance_minutes": self.service_promise_tolerance,
        }
        self.env["service.promise"]._prepare_manual_vals(document, vals)
        return vals

    def _service_record_promise(self, vals, messages):
        """Record the promise; the customer knows it if the message reached him."""
        promise = self.env["service.promise"].create(vals)
        document = promise._service_document()
        if document._service_was_reached():
            text = document._service_message_text(messages[:1].body)
            promise._service_unseal()._service_mark_told(fields.Datetime.now(), text)

    def _action_schedule_message(self):
        if any(composer.service_is_promise for composer in self):
            raise UserError(
                self.env._(
                    "A promise cannot be scheduled: send the message now, or record "
                    "the promise when it has left."
                )
            )
        return super()._action_schedule_message()
