from odoo import api, fields, models
from odoo.exceptions import AccessError

from . import checklist_score
from .service_checklist_template_line import (
    COMMENT_RULES,
    FIGURES,
    LINE_KINDS,
)

ANSWERS = [("yes", "Yes"), ("no", "No"), ("na", "Not applicable")]


class ServiceChecklistLine(models.Model):
    """One question on one document, with its answer, who gave it and when."""

    _name = "service.checklist.line"
    _description = "Checklist Line"
    _inherit = ["service.sealed.mixin"]
    _order = "sequence, id"
    # Who answered and when are facts of the line, changes stand in the events of its
    # checklist: an access log would cost more than copying the question.
    _log_access = False

    checklist_id = fields.Many2one(
        "service.checklist",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    template_line_id = fields.Many2one(
        "service.checklist.template.line", readonly=True, ondelete="set null"
    )
    sequence = fields.Integer(readonly=True)
    # The texts are copied in every language: a reader sees them as they were when
    # the checklist started, in his own.
    section = fields.Char(readonly=True, translate=True)
    name = fields.Char("Question", required=True, readonly=True, translate=True)
    kind = fields.Selection(LINE_KINDS, required=True, readonly=True)
    is_required = fields.Boolean("Required", readonly=True)
    is_critical = fields.Boolean("Critical", readonly=True)
    is_automatic = fields.Boolean("Automatic", readonly=True)
    figure = fields.Selection(FIGURES, "Answered From", readonly=True)
    is_na_allowed = fields.Boolean("May Not Apply", readonly=True, default=True)
    comment_rule = fields.Selection(
        COMMENT_RULES, "Ask Why", readonly=True, default="never"
    )
    weight = fields.Float(readonly=True, default=1.0)
    script = fields.Text(readonly=True, translate=True)
    answer = fields.Selection(ANSWERS, readonly=True)
    value = fields.Integer(readonly=True)
    comment = fields.Text(readonly=True)
    answered_by_id = fields.Many2one("res.users", readonly=True)
    proof_count = fields.Integer(
        "Files", readonly=True, help="Files attached to the line as proof."
    )
    date_answered = fields.Datetime(readonly=True)
    is_answered = fields.Boolean(compute="_compute_points", store=True)
    is_scored = fields.Boolean(compute="_compute_points", store=True)
    points = fields.Float(
        compute="_compute_points",
        store=True,
        aggregator="avg",
        help="0-1: yes 1, no 0; a score as (score - 1) / 9; a balance as "
        "1 - |balance| / 2.",
    )
    company_id = fields.Many2one(related="checklist_id.company_id")
    # A text is an answer too; the comment of other kinds is only a reason.

    @api.depends("kind", "answer", "value", "comment", "date_answered")
    def _compute_points(self):
        for line in self:
            line.is_answered = bool(line.date_answered)
            line.is_scored = checklist_score.has_points(
                line.kind, line.answer, line.is_answered
            )
            line.points = (
                checklist_score.get_points(line.kind, line.answer, line.value)
                if line.is_scored
                else 0.0
            )

    # Access is that of the checklist, and so of the document.

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        if not (self.env.su or kwargs.get("bypass_access")):
            checklists = self.env["service.checklist"]._search(fields.Domain.TRUE)
            domain = fields.Domain(domain) & fields.Domain(
                "checklist_id", "in", checklists
            )
        return super()._search(domain, offset, limit, order, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or self.env.su or not any(self._ids):
            return result
        # sudo: the parent's id only, whose access is then checked as the user
        parents = self.sudo().checklist_id.with_env(self.env)
        readable = parents._filtered_access("read")
        forbidden = self.filtered(
            # sudo: the parent's id only, as above
            lambda line: line.sudo().checklist_id.id not in readable.ids
        )
        if not forbidden:
            return result
        return forbidden, lambda: AccessError(
            self.env._("You may not use these records: you cannot see their document.")
        )
