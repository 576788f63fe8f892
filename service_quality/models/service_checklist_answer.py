from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from . import checklist_score
from .checklist_score import VALUE_RANGES
from .service_checklist_line import ANSWERS

#: A score below this, and a balance off the middle, is worth a why.
LOW_SCORE = 6


class ServiceChecklistLine(models.Model):
    """How a person answers a line."""

    _inherit = "service.checklist.line"

    def action_answer(self, answer=None, value=None, comment=None):
        """Answer one line; saved at once, with who and when.

        Nothing given at all takes the answer back. The answer that stands already
        changes nothing: it keeps who gave it and when.

        :param str answer: ``yes``, ``no`` or ``na`` (not applicable)
        :param int value: 1-10 for a score, -2..2 for a balance
        :param str comment: why, or the text of a text line
        :return: the line as the panel shows it, see ``_service_panel_vals``, with
            ``checklist``: id, state, score and version
        :raise AccessError: the document is not the user's to change
        :raise UserError: automatic line, waived checklist, or document done
        :raise ValidationError: the answer does not fit the line
        """
        line = self._service_answerable()
        vals = line._prepare_answer(answer, value, comment)
        facts = ("answer", "value", "comment")
        before = [line[name] or False for name in facts]
        if before != [vals[name] or False for name in facts] or (
            line.is_answered != bool(vals["date_answered"])
        ):
            line._service_record_answer(vals)
        checklist = line.checklist_id
        return {
            **line._service_panel_vals(line._service_answerer_names()),
            "checklist": checklist._service_panel_state(),
        }

    def _service_record_answer(self, vals):
        """Write one answer, its event, and tell those who look at the document."""
        old = self._service_answer_text()
        # What was said before stays known.
        notes = [self.name]
        if self.comment and self.comment != vals["comment"]:
            notes.append(self.env._("Comment before: %s", self.comment))
        self.write(vals)
        self.checklist_id._service_touch()
        self.env["service.event"]._service_log(
            self.checklist_id,
            "answered",
            old=old,
            new=self._service_answer_text(),
            note="\n".join(notes),
        )
        self.checklist_id._service_publish()

    def _service_answerable(self):
        """Return one line as superuser, unsealed, if the user may answer it now.

        :raise AccessError: he may not read the line or change its document
        :raise UserError: nobody can answer it now
        """
        self.ensure_one()
        # sudo: the line and its checklist; shown and changed after the checks below
        line = self._service_unseal()
        line._service_prefetch()
        self.check_access("read")
        document = line.checklist_id.with_env(self.env)._service_live_document()
        if not document:
            raise UserError(self.env._("The document no longer exists."))
        line._check_document(document)
        line._check_answerable()
        return line

    def _service_prefetch(self):
        """Read the line with all lines of its checklist by one query.

        Its answer decides the state of the checklist, which needs them all.
        """
        names = [
            name
            for name, field in self._fields.items()
            if field.store and field.column_type and field.prefetch is True
        ]
        lines = self.search_fetch([("checklist_id.line_ids", "in", self.ids)], names)
        checklist = lines.checklist_id
        if len(checklist) == 1 and not self.env.is_protected(
            checklist._fields["line_ids"], checklist
        ):
            checklist._fields["line_ids"]._insert_cache(checklist, [lines._ids])

    def _check_document(self, document):
        """Refuse an answer that the document does not allow this user now."""
        document.check_access("write")
        document._service_prefetch_state()
        # sudo: the state of a document the user may write to
        if document.sudo()._service_is_done():
            raise UserError(
                self.env._("The document is closed: reopen it to change the checklist.")
            )

    def _check_answerable(self):
        if self.is_automatic:
            raise UserError(
                self.env._("The ledger answers this line, a person cannot.")
            )
        if self.checklist_id.state == "waived":
            raise UserError(self.env._("This checklist was waived."))

    # ------------------------------------------------------------------
    # What fits
    # ------------------------------------------------------------------

    def _prepare_answer(self, answer, value, comment):
        """Check an answer and return the vals to write."""
        comment = self._service_clean_text(comment, self.env._("Comment"))
        vals = {
            "answer": False,
            "value": 0,
            "comment": comment or False,
            "answered_by_id": self.env.uid,
            "date_answered": fields.Datetime.now(),
        }
        # By identity: the value 0 is an answer, and 0 == False.
        has_value = value is not None and value is not False
        if answer in (None, False, "") and not has_value and not comment:
            return {**vals, "answered_by_id": False, "date_answered": False}
        if answer and answer not in list(dict(ANSWERS)):
            raise ValidationError(self.env._("Answer yes, no or not applicable."))
        vals.update(self._prepare_value(answer, value, has_value, comment))
        if not comment and self._service_needs_comment(vals):
            raise ValidationError(self._service_why_message(vals))
        return vals

    def _prepare_value(self, answer, value, has_value, comment):
        """Return what an answer writes on a line of this kind.

        :param bool has_value: a value was given, be it 0
        :raise ValidationError: it does not fit the kind of the line
        """
        if self.kind == "check" and (not answer or has_value):
            raise ValidationError(self.env._("Answer yes, no or not applicable."))
        if answer == "na" and not self.is_na_allowed:
            raise ValidationError(
                self.env._("%(line)s: this always applies.", line=self.name)
            )
        if self.kind == "check" or answer == "na":
            return {"answer": answer}
        if answer in ("yes", "no"):
            raise ValidationError(self.env._("This line takes no yes or no."))
        if self.kind == "text":
            if not comment:
                raise ValidationError(self.env._("Write a text."))
            return {}
        low, high = VALUE_RANGES[self.kind]
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError(self.env._("Give a whole number."))
        if not low <= value <= high:
            raise ValidationError(
                self.env._(
                    "Give a number from %(low)s to %(high)s.", low=low, high=high
                )
            )
        return {"value": value}

    def _service_needs_comment(self, vals):
        """Tell whether an answer must come with a why.

        The template says when; and whoever lets the whole checklist fail by one
        answer says why, whatever the template says.

        :param dict vals: ``answer`` and ``value`` as they would be written
        """
        if self._service_is_failing(vals):
            return True
        rule = self.comment_rule
        if rule != "low" or vals["answer"] == "na":
            return rule == "always"
        if self.kind == "score":
            return vals["value"] < LOW_SCORE
        return vals["answer"] == "no" or (self.kind == "balance" and vals["value"] != 0)

    def _service_is_failing(self, vals):
        """Tell whether an answer alone fails the checklist of its line."""
        return self.is_critical and checklist_score.is_failing(
            self.kind, vals["answer"], vals["value"]
        )

    def _service_why_message(self, vals):
        if self._service_is_failing(vals):
            return self.env._(
                "%(line)s: with this answer the whole checklist fails; please say why.",
                line=self.name,
            )
        return self.env._("%(line)s: please say why.", line=self.name)

    def _service_answer_text(self):
        if not self.date_answered:
            return False
        if self.answer:
            return self.answer
        # As text: the value 0 is an answer.
        return str(self.value) if self.kind in VALUE_RANGES else self.comment
