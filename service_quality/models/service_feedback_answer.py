from odoo import api, fields, models

from .service_feedback import LADDER, REASONS, SCALES

MEASURED = (*SCALES, "recommend")


class ServiceFeedback(models.Model):
    """How an answer gets here: from the page of the mail, or from a survey.

    One row per document and recipient. What the page took first stays; a survey that
    is completed afterwards adds what the page did not ask.
    """

    _inherit = "service.feedback"

    # ------------------------------------------------------------------
    # One row per document and recipient
    # ------------------------------------------------------------------

    @api.model
    def _service_of_recipient(self, invitation):
        """Return what the recipient of an invitation said about its document."""
        return self.search(
            [
                ("res_model", "=", invitation.res_model),
                ("res_id", "=", invitation.res_id),
                ("recipient", "=", invitation.email),
                ("recipient", "!=", False),
            ],
            limit=1,
        )

    @api.model
    def _service_of_invitation(self, invitation):
        """Return the answer that an invitation has, or that forbids it another."""
        found = self.search([("invitation_id", "=", invitation.id)], limit=1)
        if found or invitation.recovery_id:
            return found
        return self._service_of_recipient(invitation)

    @api.model
    def _prepare_vals(self, invitation):
        """Return the vals that all answers share; attribution is a snapshot.

        The answer after a recovery is a second one of the same recipient.
        """
        return {
            "res_model": invitation.res_model,
            "res_id": invitation.res_id,
            "res_name": invitation.res_name,
            "employee_id": invitation.employee_id.id,
            "department_id": invitation.department_id.id,
            "partner_id": invitation.partner_id.id,
            "company_id": invitation.company_id.id,
            "invitation_id": invitation.id,
            "is_manual": invitation.is_manual,
            "recipient": not invitation.recovery_id and invitation.email,
            "date_answered": (
                invitation._service_day(fields.Datetime.now())
                if invitation.is_anonymous
                else fields.Datetime.now()
            ),
        }

    def _service_note(self):
        """Write what new answers leave in the history; anonymous ones: nothing."""
        anonymous = self.filtered("invitation_id.is_anonymous")
        self.env["service.event"]._service_log(self - anonymous, "feedback")
        if anonymous:
            self.env["service.invitation"]._service_coarsen(anonymous)

    # ------------------------------------------------------------------
    # From the page of the mail
    # ------------------------------------------------------------------

    @api.model
    def _service_from_page(self, invitation, vals):
        """Write the first answer of an invitation, whose row is locked.

        :param invitation: service.invitation, unsealed
        :param dict vals: checked, see ``_service_clean_answer``
        :return: the feedback, unsealed
        """
        feedback = self.create({**self._prepare_vals(invitation), **vals})
        invitation.write({"is_answered": True})
        feedback._service_note()
        feedback._service_follow_up()
        return feedback

    def _service_revise(self, vals):
        """Replace an answer by what the same browser says now; both are kept.

        A recovery it opened stays open: whoever owns it has begun.
        """
        self.ensure_one()
        before = self._service_summary()
        self.write({**vals, "date_revised": fields.Datetime.now()})
        self.env["service.event"]._service_log(
            self, "feedback_revised", old=before, new=self._service_summary()
        )
        self._service_follow_up()

    def _service_summary(self):
        """Return the figures of one answer in one line, for its history."""
        figures = [f"{name}={self[name]:g}" for name in MEASURED if self[f"has_{name}"]]
        return ", ".join([*figures, self.reason or "-"])

    # ------------------------------------------------------------------
    # From a survey
    # ------------------------------------------------------------------

    @api.model
    def _service_from_survey(self, answers):
        """Write the feedback of completed survey answers; nothing twice.

        :param answers: survey.user_input of invitations, done, no test entries
        :return: the new feedback, as superuser
        """
        feedback = self._service_unseal()
        known = feedback.search([("survey_input_id", "in", answers.ids)])
        rows = feedback.browse()
        for answer in answers - known.survey_input_id:
            invitation = answer.service_invitation_id._service_unseal()
            invitation._service_link_lock()
            vals = feedback._prepare_answer(answer)
            first = feedback._service_of_invitation(invitation)
            if first:
                first._service_complete(answer, vals)
                continue
            shared = feedback._prepare_vals(invitation)
            rows |= feedback.create({**shared, **vals, "survey_input_id": answer.id})
            invitation.write({"is_answered": True})
        rows._service_note()
        rows._service_follow_up()
        return rows

    def _service_complete(self, answer, vals):
        """Add to an answer of the page what the survey asked besides it."""
        self.ensure_one()
        if self.survey_input_id:
            return
        added = {
            name: value
            for name, value in vals.items()
            if not self[name]
            and not (name in MEASURED and self[f"has_{name}"])
            and not (name.startswith("has_") and self[name])
        }
        before = self._service_summary()
        self.write({**added, "survey_input_id": answer.id})
        if self.invitation_id.is_anonymous:
            self.env["service.invitation"]._service_coarsen(self)
            return
        self.env["service.event"]._service_log(
            self, "feedback_revised", old=before, new=self._service_summary()
        )

    @api.model
    def _prepare_answer(self, answer):
        """Return the vals of one completed survey answer.

        Questions of another survey, moved or deleted ones, say nothing.
        """
        vals = {}
        for line in answer.user_input_line_ids.filtered(lambda row: not row.skipped):
            measure = line.question_id.service_measure
            if measure and line.question_id.survey_id == answer.survey_id:
                vals.update(self._prepare_measure(measure, line))
        return vals

    @api.model
    def _prepare_measure(self, measure, line):
        """Turn one survey line into vals of the feedback.

        A scale becomes 0-100 by (value - lowest) / (highest - lowest) * 100, so
        that scales of different length compare; "recommend" stays 0-10, the scale
        the net promoter score is defined on.
        """
        question = line.question_id
        if measure in SCALES or measure == "recommend":
            if line.answer_type != "scale":
                return {}
            if measure == "recommend":
                return {"recommend": line.value_scale, "has_recommend": True}
            low, high = question.scale_min, question.scale_max
            share = (line.value_scale - low) / (high - low)
            return {measure: share * 100, f"has_{measure}": True}
        if measure == "comment":
            text = line.value_text_box or line.value_char_box or ""
            return {"comment": text[:10_000]}
        key = line.suggested_answer_id.service_value
        allowed = dict(REASONS if measure == "reason" else LADDER)
        return {measure: key} if key in allowed else {}
