from markupsafe import Markup, escape

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from .service_recovery import CAUSES, RUNNING


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
