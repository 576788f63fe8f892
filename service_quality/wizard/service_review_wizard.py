from odoo import api, fields, models

from ..models.service_checklist_line import ANSWERS
from ..models.service_review_line import RULINGS


class ServiceReviewWizard(models.TransientModel):
    """Asks what the employee or the second reader says to a review.

    It decides nothing: the action checks who asks and what he gave.
    """

    _name = "service.review.wizard"
    _description = "Answer to a Review"

    mode = fields.Selection(
        [
            ("acknowledge", "Acknowledge"),
            ("dispute", "Dispute"),
            ("decide", "Decide"),
        ],
        required=True,
    )
    checklist_id = fields.Many2one("service.checklist", "Review", required=True)
    dispute_comment = fields.Text(related="checklist_id.dispute_comment")
    text = fields.Text("Reason")
    line_ids = fields.One2many(
        "service.review.wizard.line",
        "wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("checklist_id", "mode")
    def _compute_line_ids(self):
        """Offer the answered lines; to the second reader the disputed ones first."""
        for wizard in self:
            lines = wizard.checklist_id.line_ids.filtered(
                lambda line: line.is_answered and not line.is_automatic
            )
            if wizard.mode == "decide":
                lines = lines.filtered("is_disputed") or lines
            wizard.line_ids = [fields.Command.clear()] + [
                fields.Command.create({"line_id": line.id})
                for line in lines
                if wizard.mode != "acknowledge"
            ]

    def action_apply(self):
        """Do what was asked.

        :return: action that closes the window
        :raise UserError: see the actions of ``service.checklist``
        """
        self.ensure_one()
        review = self.checklist_id
        if self.mode == "acknowledge":
            review.action_acknowledge(self.text)
        elif self.mode == "dispute":
            picked = self.line_ids.filtered("is_picked")
            rows = [{"id": row.line_id.id, "comment": row.comment} for row in picked]
            review.action_dispute(self.text, rows)
        else:
            ruled = self.line_ids.filtered("ruling")
            review.action_decide(self.text, [row._prepare_ruling() for row in ruled])
        return {"type": "ir.actions.act_window_close"}


class ServiceReviewWizardLine(models.TransientModel):
    """One line of the review in the window."""

    _name = "service.review.wizard.line"
    _description = "Answer to a Line of a Review"

    wizard_id = fields.Many2one(
        "service.review.wizard", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one("service.checklist.line", required=True)
    name = fields.Char(related="line_id.name")
    kind = fields.Selection(related="line_id.kind")
    answer_text = fields.Char(related="line_id.answer_text")
    line_comment = fields.Text("Reviewer's Comment", related="line_id.comment")
    dispute_comment = fields.Text("Employee", related="line_id.dispute_comment")
    is_picked = fields.Boolean("Dispute")
    comment = fields.Char()
    ruling = fields.Selection(RULINGS)
    reason = fields.Char("Reason of the Ruling")
    answer = fields.Selection(ANSWERS, "Right Answer")
    value = fields.Integer("Right Number")

    def _prepare_ruling(self):
        """Return one ruling as ``action_decide`` takes it."""
        takes_number = self.kind != "check" and not self.answer
        return {
            "id": self.line_id.id,
            "ruling": self.ruling,
            "reason": self.reason,
            "answer": self.answer or None,
            "value": self.value if takes_number else None,
        }
