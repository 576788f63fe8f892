from odoo import fields, models
from odoo.exceptions import AccessError, UserError

#: Kind of the message on the bus, and the part of a document's channel it goes to.
BUS_TYPE = "service_quality.checklist"
BUS_SUBCHANNEL = "service_quality"


class ServiceChecklist(models.Model):
    """What people do with a checklist as a whole, and who hears of it."""

    _inherit = "service.checklist"

    def action_waive(self, reason=None):
        """Let a document be closed without these checklists; managers only.

        :param str reason: why, required
        :return: True
        :raise AccessError: not a service manager, or his own checklist
        :raise UserError: nothing to waive
        """
        reason = self.env["service.sealed.mixin"]._service_clean_text(
            reason, self.env._("Reason"), required=True
        )
        if not self.env.user.has_group("service_quality.group_manager"):
            raise AccessError(self.env._("Only a service manager may do this."))
        self.check_access("read")
        if any(self._service_is_own(checklist) for checklist in self):
            raise AccessError(self.env._("Nobody waives his own checklist."))
        checklists = self._service_unseal()
        if any(checklist.state not in ("todo", "failed") for checklist in checklists):
            raise UserError(self.env._("This checklist needs no waiver."))
        old = {checklist.id: checklist.state for checklist in checklists}
        checklists.write({"date_waived": fields.Datetime.now(), "waive_reason": reason})
        self.env["service.event"]._service_log(
            checklists,
            "waived",
            old=lambda row: old[row.id],
            new="waived",
            note=reason,
        )
        checklists._service_touch()
        checklists._service_publish()
        return True

    def _service_is_own(self, checklist):
        """Tell whether a checklist is about the user himself."""
        own = self.env.user._service_own_employees(self.env.uid)
        # sudo: whether a row is the user's own, nothing else is read
        return checklist.sudo().employee_id.id in own.values()

    def _service_touch(self):
        """Write each row, so that whoever else works on it at this moment notices.

        Transactions see the database as it was when they began. Two people who
        answer different lines write different rows, and each would compute the
        state without the other's answer; one who closes reads lines that another
        one is changing. Because all of them write the checklist too, PostgreSQL
        stops the later one, and Odoo runs that request again on the new picture.
        """
        for checklist in self:
            checklist.answer_version += 1

    def _service_publish(self):
        """Tell those who look at the documents that their checklists changed.

        The message holds numbers only: what they mean, each client asks for itself.
        """
        bus = self.env["bus.bus"]
        for checklist in self:
            document = self.env[checklist.res_model].browse(checklist.res_id)
            bus._sendone(
                (document, BUS_SUBCHANNEL),
                BUS_TYPE,
                {
                    "res_model": checklist.res_model,
                    "res_id": checklist.res_id,
                    "checklist_id": checklist.id,
                    "version": checklist.answer_version,
                },
            )
