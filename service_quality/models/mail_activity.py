from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    service_promise_id = fields.Many2one(
        "service.promise", index="btree_not_null", ondelete="cascade", readonly=True
    )

    def _action_done(self, feedback=False, attachment_ids=None):
        """A call marked as done on a served document is a logged call."""
        served = self.env["service.linked.mixin"]._service_document_models()
        calls = [
            (activity.res_model, activity.res_id)
            for activity in self
            if activity.activity_type_id.category == "phonecall"
            and activity.res_model in served
        ]
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if not self.env.user.share:
            for res_model, res_id in calls:
                document = self.env[res_model].browse(res_id)
                text = str(feedback or "") or self.env._("Call")
                document._service_add_contact("call", text)
        return result
