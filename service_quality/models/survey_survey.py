from odoo import api, fields, models

from .service_feedback import LADDER, MEASURES, REASONS


class SurveySurvey(models.Model):
    _inherit = "survey.survey"

    survey_type = fields.Selection(
        selection_add=[("service", "Service")], ondelete={"service": "set default"}
    )

    service_is_anonymous = fields.Boolean(
        "Anonymous Answers",
        help="No path is kept from an answer to the customer or the document: only "
        "employee, department, company and day. Low scores open no recovery, nobody "
        "is reminded, and an answer cannot be changed.",
    )

    @api.depends("survey_type")
    @api.depends_context("uid")
    def _compute_allowed_survey_types(self):
        result = super()._compute_allowed_survey_types()
        if self.env.user.has_group("survey.group_survey_user"):
            for survey in self:
                survey.allowed_survey_types = [
                    *(survey.allowed_survey_types or []),
                    "service",
                ]
        return result


class SurveyQuestion(models.Model):
    _inherit = "survey.question"

    service_measure = fields.Selection(
        MEASURES,
        help="Which figure of the customer's feedback this question gives.",
    )


class SurveyQuestionAnswer(models.Model):
    _inherit = "survey.question.answer"

    service_value = fields.Selection(
        [*REASONS, *LADDER],
        "Service Meaning",
        help="What this choice means in the customer's feedback.",
    )
