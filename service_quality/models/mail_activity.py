from odoo import SUPERUSER_ID, fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    service_promise_id = fields.Many2one(
        "service.promise", index="btree_not_null", ondelete="cascade", readonly=True
    )

    def _action_done(self, feedback=False, attachment_ids=None):
        """A call marked as done on a served document is a logged call.

        With a note about it; without one it is only what somebody says.
        """
        served = self.env["service.linked.mixin"]._service_document_models()
        calls = [
            (activity.res_model, activity.res_id)
            for activity in self
            if activity.activity_type_id.category == "phonecall"
            and activity.res_model in served
        ]
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if not self.env.user.share and self.env.uid != SUPERUSER_ID:
            for res_model, res_id in calls:
                document = self.env[res_model].browse(res_id)
                text = document._service_message_text(str(feedback or ""))
                has_note = document._service_says_something(text)
                document._service_add_contact("call" if has_note else "ticked", text)
        return result
