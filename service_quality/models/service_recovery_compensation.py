from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from .service_recovery import COMPENSATIONS

#: More than this is a typing error, in any currency.
MAX_AMOUNT = 10**9


class ServiceRecovery(models.Model):
    """What the customer gets for what went wrong."""

    _inherit = "service.recovery"

    date_compensation_told = fields.Datetime(
        "Told of the Compensation On", readonly=True, copy=False
    )

    def action_compensate(self, kind, amount=0.0, text=None, tell=False):
        """Record what the customer gets for it, and write it to him if wanted.

        :param str kind: ``amount`` (money in the company's currency), ``coupon``
            (its code) or ``text``
        :param float amount: for ``amount``, more than 0
        :param str text: code of the coupon, or what he gets
        :param bool tell: queue a mail to the customer, in his language; once
        :return: True
        :raise UserError: he was told before, or cannot be reached
        :raise ValidationError: unknown kind, no amount, nothing said
        """
        self.ensure_one()
        if kind not in list(dict(COMPENSATIONS)):
            raise ValidationError(self.env._("Choose a kind of compensation."))
        needs_text = kind != "amount"
        text = self._service_clean_text(
            text, self.env._("Compensation"), required=needs_text
        )
        amount = 0.0 if needs_text else self._service_clean_amount(amount)
        recovery = self._service_acting()
        recovery.write(
            {
                "date_compensated": fields.Datetime.now(),
                "compensation_kind": kind,
                "compensation_amount": amount,
                "compensation_text": text[:500],
            }
        )
        self.env["service.event"]._service_log(
            recovery, "compensated", new=amount or kind, note=text
        )
        if tell:
            self._service_tell_compensation()
        recovery._service_start_acting()
        return True

    def _service_tell_compensation(self):
        """Queue the mail that says what the customer gets; once per recovery.

        :raise UserError: he was told before, or cannot be reached
        """
        recovery = self._service_acting()
        if recovery.date_compensation_told:
            raise UserError(
                self.env._("The customer was told of a compensation already.")
            )
        document = self._service_reached_document()
        document = document.with_context(mail_notify_force_send=False)
        document._service_post_to_customer(
            "service_quality.message_recovery_compensated", {"recovery": recovery}
        )
        # sudo: its time has come; nothing else of the scheduler is touched
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        recovery.write({"date_compensation_told": fields.Datetime.now()})
        self.env["service.event"]._service_log(recovery, "compensation_told")

    def _service_clean_amount(self, amount):
        """Return an amount of money a client named, or refuse it."""
        is_number = isinstance(amount, int | float) and not isinstance(amount, bool)
        # ``0 < x`` is false for NaN, too.
        if not is_number or not 0 < amount <= MAX_AMOUNT:
            raise ValidationError(self.env._("Give an amount of more than 0."))
        return amount
