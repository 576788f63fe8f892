from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .service_recovery import RUNNING


class ServiceRecovery(models.Model):
    """How a recovery ends: by the customer's answer, or by our own word."""

    _inherit = "service.recovery"

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
