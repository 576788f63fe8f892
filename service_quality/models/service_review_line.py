from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from . import checklist_score
from .service_checklist_line import ANSWERS

RULINGS = [("upheld", "Upheld"), ("overturned", "Overturned")]


class ServiceChecklistLine(models.Model):
    """What employee and second reader said about one line of a review."""

    _inherit = "service.checklist.line"

    is_disputed = fields.Boolean("Disputed", readonly=True)
    dispute_comment = fields.Text(readonly=True)
    ruling = fields.Selection(RULINGS, readonly=True)
    ruling_reason = fields.Text(readonly=True)
    corrected_answer = fields.Selection(ANSWERS, readonly=True)
    corrected_value = fields.Integer(readonly=True)
    corrected_points = fields.Float(readonly=True)
    corrected_is_scored = fields.Boolean(readonly=True)
    answer_text = fields.Char("Answer Given", compute="_compute_answer_text")
    corrected_text = fields.Char("Corrected", compute="_compute_answer_text")

    @api.depends("answer", "value", "comment", "ruling", "date_answered")
    def _compute_answer_text(self):
        """One short text for every kind of answer, for lists."""
        labels = dict(self._fields["answer"]._description_selection(self.env))
        for line in self:
            text = False
            if line.date_answered:
                # By kind: the value 0 is an answer
                has_value = line.kind in checklist_score.VALUE_RANGES
                text = str(line.value) if has_value else line.comment
            line.answer_text = labels.get(line.answer) or text
            line.corrected_text = False
            if line.ruling == "overturned":
                line.corrected_text = labels.get(line.corrected_answer) or str(
                    line.corrected_value
                )

    # ------------------------------------------------------------------
    # Who may answer an assessment
    # ------------------------------------------------------------------

    def _check_document(self, document):
        """Assessments are answered by their assessor, on closed documents too."""
        if self.checklist_id.purpose == "work":
            return super()._check_document(document)
        return self.checklist_id._service_check_assessor()

    # ------------------------------------------------------------------
    # Dispute and decision; lines of one review, unsealed
    # ------------------------------------------------------------------

    def _service_pick(self, rows):
        """Return {line: dict} of what a client says about these lines.

        :param rows: list of dicts with ``id``, as sent by the client
        :raise ValidationError: not readable, twice the same, or a strange line
        """
        if rows in (None, False):
            rows = []
        if not isinstance(rows, list | tuple):
            raise ValidationError(self.env._("The lines are not readable."))
        by_id = {line.id: line for line in self}
        picked = {}
        for row in rows:
            key = row.get("id") if isinstance(row, dict) else None
            line = by_id.get(key) if type(key) is int else None
            if not line or line in picked:
                raise ValidationError(self.env._("The lines are not readable."))
            picked[line] = row
        return picked

    def _service_mark_disputed(self, rows):
        """Note which lines the employee disputes; see ``action_dispute``."""
        for line, row in self._service_pick(rows).items():
            if not line.is_answered or line.is_automatic:
                raise ValidationError(
                    self.env._("Nobody answered this line: %s", line.name)
                )
            text = self._service_clean_text(row.get("comment"), self.env._("Comment"))
            line.write({"is_disputed": True, "dispute_comment": text or False})

    def _service_rule(self, rows):
        """Note the second reader's rulings; see ``action_decide``."""
        picked = self._service_pick(rows)
        forgotten = self.filtered("is_disputed") - self.browse(
            [line.id for line in picked]
        )
        if forgotten or not picked:
            raise UserError(
                self.env._(
                    "Give a ruling on every disputed line:\n%s",
                    "\n".join(f"- {line.name}" for line in forgotten),
                )
            )
        for line, row in picked.items():
            line.write(line._prepare_ruling(row))

    def _prepare_ruling(self, row):
        """Check one ruling and return the vals to write."""
        ruling = row.get("ruling")
        if ruling not in ("upheld", "overturned") or not self.is_answered:
            raise ValidationError(
                self.env._("Choose upheld or overturned: %s", self.name)
            )
        reason = self._service_clean_text(row.get("reason"), self.env._("Reason"))
        vals = {"ruling": ruling, "ruling_reason": reason or False}
        if ruling == "upheld":
            return vals
        if self.kind == "text" or self.is_automatic:
            raise ValidationError(
                self.env._("There is no answer to correct: %s", self.name)
            )
        if row.get("answer") in (None, False, "") and row.get("value") is None:
            raise ValidationError(self.env._("What is the right answer? %s", self.name))
        # The same rules as for any answer, with the same points; the reason is its why
        given = self._prepare_answer(row.get("answer"), row.get("value"), reason)
        if (given["answer"], given["value"]) == (self.answer, self.value):
            raise ValidationError(
                self.env._("The corrected answer is the same: %s", self.name)
            )
        is_scored = checklist_score.has_points(self.kind, given["answer"], True)
        points = 0.0
        if is_scored:
            points = checklist_score.get_points(
                self.kind, given["answer"], given["value"]
            )
        return {
            **vals,
            "corrected_answer": given["answer"],
            "corrected_value": given["value"],
            "corrected_is_scored": is_scored,
            "corrected_points": points,
        }

    def _service_final_score(self):
        """Return the weighted mean with the corrections, 0-1."""
        rows = []
        for line in self:
            is_corrected = line.ruling == "overturned"
            if line.corrected_is_scored if is_corrected else line.is_scored:
                points = line.corrected_points if is_corrected else line.points
                rows.append((points, line.weight))
        return checklist_score.get_score(rows)
