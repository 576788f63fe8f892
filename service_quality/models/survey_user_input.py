from odoo import fields, models


class SurveyUserInput(models.Model):
    _inherit = "survey.user_input"

    service_invitation_id = fields.Many2one(
        "service.invitation",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )

    def _mark_done(self):
        result = super()._mark_done()
        # sudo: the customer's completed answer becomes our own row, nothing else
        answers = self.sudo().filtered(
            lambda answer: (
                answer.service_invitation_id
                and answer.state == "done"
                and not answer.test_entry
            )
        )
        # Nobody of ours answers for the customer, with or without his link.
        if answers and not self.env.user._is_internal():
            self.env["service.feedback"]._service_from_survey(answers)
        return result
