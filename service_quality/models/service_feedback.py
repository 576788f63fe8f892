from odoo import api, fields, models

REASONS = [
    ("result", "The result"),
    ("relationship", "The relationship"),
    ("both", "Both"),
]
LADDER = [
    ("basic", "Basic"),
    ("expected", "Expected"),
    ("excellent", "Excellent"),
    ("inspiring", "Inspiring"),
]
#: What a survey question measures, with the field of the feedback it fills.
MEASURES = [
    ("satisfaction", "Satisfaction"),
    ("technical_quality", "Technical quality"),
    ("service_quality", "Service quality"),
    ("recommend", "Likelihood to recommend"),
    ("reason", "Reason to recommend"),
    ("ladder", "Ladder of service"),
    ("comment", "Comment"),
]
SCALES = ("satisfaction", "technical_quality", "service_quality")


class ServiceFeedback(models.Model):
    """One customer's answer about one document, on common scales.

    Written only when a customer completes a survey of type *service*; never from
    ``rating.rating``, which every internal user can write.
    """

    _name = "service.feedback"
    _description = "Customer Feedback"
    _inherit = ["service.sealed.mixin", "service.linked.mixin"]
    _order = "date_answered desc, id desc"

    employee_id = fields.Many2one(
        "hr.employee", readonly=True, ondelete="restrict", index=True
    )
    department_id = fields.Many2one("hr.department", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    satisfaction = fields.Float(readonly=True, aggregator="avg", help="0-100")
    technical_quality = fields.Float(
        readonly=True, aggregator="avg", help="0-100: was the work done well?"
    )
    service_quality = fields.Float(
        readonly=True, aggregator="avg", help="0-100: what was it like to deal with us?"
    )
    recommend = fields.Integer(readonly=True, aggregator="avg", help="0-10")
    has_satisfaction = fields.Boolean(readonly=True)
    has_technical_quality = fields.Boolean(readonly=True)
    has_service_quality = fields.Boolean(readonly=True)
    has_recommend = fields.Boolean(readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    ladder = fields.Selection(LADDER, readonly=True)
    comment = fields.Text(readonly=True)
    survey_input_id = fields.Many2one(
        "survey.user_input", "Survey Answer", readonly=True, ondelete="set null"
    )
    date_answered = fields.Datetime(required=True, readonly=True)
    invitation_id = fields.Many2one(
        "service.invitation", readonly=True, ondelete="set null"
    )
    is_manual = fields.Boolean(
        "Asked by Hand",
        readonly=True,
        help="Kept apart from the automatic sample.",
    )

    _document_idx = models.Index("(res_model, res_id)")
    _date_idx = models.Index("(date_answered, company_id)")
    _input_uniq = models.UniqueIndex(
        "(survey_input_id) WHERE survey_input_id IS NOT NULL",
        "This survey answer was counted already.",
    )

    @api.model
    def _service_from_survey(self, answers):
        """Write the feedback of completed survey answers; nothing twice.

        :param answers: survey.user_input of invitations, done, no test entries
        :return: the new feedback, as superuser
        """
        feedback = self._service_unseal()
        known = feedback.search([("survey_input_id", "in", answers.ids)])
        answers -= known.survey_input_id
        rows = feedback.create([feedback._prepare_vals(answer) for answer in answers])
        self.env["service.event"]._service_log(rows, "feedback")
        rows._service_follow_up()
        return rows

    # ------------------------------------------------------------------
    # What an answer starts
    # ------------------------------------------------------------------

    def _service_score(self):
        """Return one answer as 0-100, or None when it gives no score.

        Satisfaction; else the mean of the two qualities; else the likelihood to
        recommend times ten.
        """
        self.ensure_one()
        if self.has_satisfaction:
            return self.satisfaction
        qualities = [
            self[name]
            for name in ("technical_quality", "service_quality")
            if self[f"has_{name}"]
        ]
        if qualities:
            return sum(qualities) / len(qualities)
        return self.recommend * 10.0 if self.has_recommend else None

    def _service_is_low(self):
        """Tell whether one answer is below the company's threshold."""
        score = self._service_score()
        # sudo: a setting of the company, never shown
        return score is not None and score < self.company_id.sudo().service_low_score

    def _service_follow_up(self):
        """Open or close recoveries; a failure there never loses the answer."""
        worker = self.env["service.worker"]
        after = self.filtered("invitation_id.recovery_id")
        worker._service_safely(
            lambda: self.env["service.recovery"]._service_from_feedback(self - after)
        )
        for row in after:
            recovery = row.invitation_id.recovery_id._service_unseal()
            worker._service_safely(
                lambda row=row, recovery=recovery: recovery._service_take_answer(row)
            )

    # ------------------------------------------------------------------
    # From a survey
    # ------------------------------------------------------------------

    @api.model
    def _prepare_vals(self, answer):
        """Return the vals of one completed answer; attribution is a snapshot."""
        invitation = answer.service_invitation_id
        vals = {
            "res_model": invitation.res_model,
            "res_id": invitation.res_id,
            "res_name": invitation.res_name,
            "employee_id": invitation.employee_id.id,
            "department_id": invitation.department_id.id,
            "partner_id": invitation.partner_id.id,
            "company_id": invitation.company_id.id,
            "survey_input_id": answer.id,
            "invitation_id": invitation.id,
            "is_manual": invitation.is_manual,
            "date_answered": fields.Datetime.now(),
        }
        for line in answer.user_input_line_ids.filtered(lambda row: not row.skipped):
            measure = line.question_id.service_measure
            if measure:
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
