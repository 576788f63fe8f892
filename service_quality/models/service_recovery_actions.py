from markupsafe import Markup, escape

from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .service_recovery import CAUSES, COMPENSATIONS, RUNNING

#: More than this is a typing error, in any currency.
MAX_AMOUNT = 10**9


class ServiceRecovery(models.Model):
    """The steps of a recovery: each is an action that leaves its event."""

    _inherit = "service.recovery"

    # ------------------------------------------------------------------
    # Who may
    # ------------------------------------------------------------------

    def _service_acting(self):
        """Return running recoveries unsealed, after checking who asks.

        :raise AccessError: neither owner nor allowed to change the document
        :raise UserError: closed already
        """
        self.check_access("write")
        if any(recovery.state not in RUNNING for recovery in self):
            raise UserError(self.env._("This recovery is closed already."))
        # sudo: facts of recoveries that the user owns or whose document he may change
        return self._service_unseal()

    def _service_reached_document(self):
        """Return the document of one recovery, in the user's own environment.

        :raise UserError: it is gone
        :raise AccessError: the owner cannot see it
        """
        self.ensure_one()
        document = self._service_document()
        if not document:
            raise UserError(self.env._("The document no longer exists."))
        document.check_access("read")
        return document

    def _service_write_to_customer(self, text):
        """Post a person's own words to the customer, on the document.

        :param str text: what the owner wrote, plain text
        :raise UserError: the customer cannot be reached
        """
        document = self._service_reached_document()
        partner = self.sudo().partner_id  # the customer of this recovery, to write to
        if not partner.email:
            raise UserError(
                self.env._("The customer has no e-mail address to write to.")
            )
        body = Markup("<p>%s</p>") % escape(text).replace("\n", Markup("<br/>"))
        document.message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=partner.ids,
        )

    def _service_start_acting(self):
        self.filtered(lambda row: row.state == "open").write({"state": "acting"})

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def action_assign(self, user_id):
        """Give recoveries to another owner.

        :param int user_id: a colleague with access to Service Quality
        :return: True
        :raise ValidationError: nobody who could own them
        """
        recoveries = self._service_acting()
        owner = self._service_check_owner(user_id, recoveries.company_id)
        for recovery in recoveries:
            old = recovery.user_id.name
            recovery.write({"user_id": owner.id})
            self.env["service.event"]._service_log(
                recovery, "assigned", old=old, new=owner.name
            )
        recoveries._service_plan_activity()
        return True

    def action_set_cause(self, cause, note=None):
        """Say why it happened.

        :param str cause: one of the causes
        :param str note: what exactly
        :return: True
        :raise ValidationError: unknown cause
        """
        note = self._service_clean_text(note, self.env._("About the cause"))
        if cause not in list(dict(CAUSES)):
            raise ValidationError(self.env._("Choose a cause."))
        recoveries = self._service_acting()
        old = dict(CAUSES).get(recoveries[:1].cause)
        recoveries.write({"cause": cause, "cause_note": note})
        self.env["service.event"]._service_log(
            recoveries, "cause", old=old, new=cause, note=note
        )
        recoveries._service_start_acting()
        return True

    def action_warn(self, message=None):
        """Tell the customer that we know, and by when he hears from us.

        What he is told is a promise to him, due when the recovery is.

        :param str message: the owner's own words; else a ready text
        :return: True
        :raise UserError: told already, past due, or the customer cannot be reached
        """
        self.ensure_one()
        message = self._service_clean_text(message, self.env._("Message"))
        recovery = self._service_acting()
        now = fields.Datetime.now()
        if recovery.date_warned or recovery.date_due <= now:
            raise UserError(
                self.env._("The customer was told already, or the deadline passed.")
            )
        document = self._service_reached_document()
        zone = recovery.partner_id.tz or self.env.user.tz or "UTC"
        document._service_post_to_customer(
            "service_quality.message_recovery_told",
            {"recovery": recovery, "message": message, "zone": zone},
        )
        promise = recovery._service_promise_answer(document, now)
        recovery.write({"date_warned": now, "told_promise_id": promise.id})
        self.env["service.event"]._service_log(
            recovery, "warned", new=recovery.date_due, note=message
        )
        recovery._service_start_acting()
        return True

    def _service_promise_answer(self, document, now):
        """Record what the customer was told: he hears from us by the deadline."""
        company = self.company_id
        # sudo: the owner's employee, who answers for this promise
        owner = self.user_id.sudo().with_company(company).employee_id
        lang = self.partner_id.lang or self.env.lang
        vals = document._service_promise_vals(
            name=self.with_context(lang=lang).env._("You hear from us about it"),
            kind="progress",
            source="manual",
            date_due=self.date_due,
            employee=owner or None,
            date_told=now,
        )
        return self.env["service.promise"]._service_record([vals])

    def action_apologise(self, message):
        """Write an apology to the customer, in the owner's own words.

        :param str message: required
        :return: True
        :raise UserError: the customer cannot be reached
        """
        self.ensure_one()
        message = self._service_clean_text(
            message, self.env._("Apology"), required=True
        )
        recovery = self._service_acting()
        self._service_write_to_customer(message)
        recovery.write({"date_apologised": fields.Datetime.now(), "apology": message})
        self.env["service.event"]._service_log(recovery, "apologised", note=message)
        recovery._service_start_acting()
        return True

    def action_compensate(self, kind, amount=0.0, text=None):
        """Record what the customer gets for it.

        :param str kind: ``amount`` (money in the company's currency), ``coupon``
            (its code) or ``text``
        :param float amount: for ``amount``, more than 0
        :param str text: code of the coupon, or what he gets
        :return: True
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
        recovery._service_start_acting()
        return True

    def _service_clean_amount(self, amount):
        """Return an amount of money a client named, or refuse it."""
        is_number = isinstance(amount, int | float) and not isinstance(amount, bool)
        # ``0 < x`` is false for NaN, too.
        if not is_number or not 0 < amount <= MAX_AMOUNT:
            raise ValidationError(self.env._("Give an amount of more than 0."))
        return amount

    def action_check_back(self):
        """Ask the customer whether it is all right now; his answer closes it.

        :return: True
        :raise UserError: asked already, or he cannot be asked
        """
        self.ensure_one()
        recovery = self._service_acting()
        if recovery.date_asked:
            raise UserError(self.env._("The customer was asked already."))
        document = self._service_reached_document()
        invitations = self.env["service.invitation"]._service_unseal()
        invitation = invitations._service_ask_back(document, recovery)
        if invitation.state != "sent":
            reasons = dict(
                invitations._fields["reason"]._description_selection(self.env)
            )
            raise UserError(
                self.env._(
                    "The customer cannot be asked: %s.", reasons[invitation.reason]
                )
            )
        recovery.write({"date_asked": fields.Datetime.now(), "state": "waiting"})
        self.env["service.event"]._service_log(recovery, "asked_back")
        return True

    # ------------------------------------------------------------------
    # End
    # ------------------------------------------------------------------

    def action_close(self, result, note=None):
        """Close a recovery without the customer's own answer.

        It is shown as self-declared: the customer did not say it himself.

        :param str result: ``recovered`` or ``lost``
        :param str note: what came of it, required
        :return: True
        :raise UserError: no cause yet; recovered without apology or compensation
        :raise ValidationError: unknown result, nothing said
        """
        note = self._service_clean_text(note, self.env._("Result"), required=True)
        if result not in ("recovered", "lost"):
            raise ValidationError(self.env._("Choose how it ended."))
        recoveries = self._service_acting()
        for recovery in recoveries:
            if not recovery.cause:
                raise UserError(self.env._("Say why it happened before closing it."))
            done = recovery.date_apologised or recovery.date_compensated
            if result == "recovered" and not done:
                raise UserError(
                    self.env._(
                        "Apologise or compensate first: so far the customer got "
                        "nothing."
                    )
                )
        recoveries._service_end(result, note, declared=True)
        return True

    def action_cancel(self, reason):
        """Cancel recoveries opened in error; managers, never about themselves.

        :param str reason: why, required
        :return: True
        :raise AccessError: not a service manager, or it concerns him
        """
        reason = self._service_clean_text(reason, self.env._("Reason"), required=True)
        if not self.env.user.has_group("service_quality.group_manager"):
            raise AccessError(self.env._("Only a service manager may do this."))
        recoveries = self._service_acting()
        # sudo: whether a row concerns the user himself, nothing else is read
        if recoveries.employee_id & self.env.user.sudo().employee_ids:
            raise AccessError(
                self.env._("Nobody cancels a recovery that concerns himself.")
            )
        recoveries._service_end("cancelled", reason)
        return True

    def _service_end(self, state, note=None, declared=False):
        """Close recoveries; their event is named like the state.

        :param str state: ``recovered``, ``lost`` or ``cancelled``
        :param str note: why
        :param bool declared: one of us says so, not the customer
        """
        self.write(
            {
                "state": state,
                "date_closed": fields.Datetime.now(),
                "is_self_declared": declared,
                "result": note,
            }
        )
        self.activity_ids.unlink()
        kind = "recovery_cancelled" if state == "cancelled" else state
        self.env["service.event"]._service_log(self, kind, note=note)

    def _service_take_answer(self, feedback):
        """The customer answered how it ended: his word closes the recovery.

        :param feedback: his new service.feedback, unsealed
        """
        self.ensure_one()
        score = feedback._service_score()
        if self.state not in RUNNING or score is None:
            return
        self.write(
            {
                "feedback_after_id": feedback.id,
                "has_score_after": True,
                "score_after": score,
            }
        )
        self._service_end("lost" if feedback._service_is_low() else "recovered")
