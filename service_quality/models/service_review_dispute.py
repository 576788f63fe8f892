from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class ServiceChecklist(models.Model):
    """What the employee and the second reader do with a published review."""

    _inherit = "service.checklist"

    # ------------------------------------------------------------------
    # The employee
    # ------------------------------------------------------------------

    def action_acknowledge(self, comment=None):
        """Acknowledge a published review, as the employee.

        :param str comment: what he wants to say about it
        :return: True
        :raise AccessError: not the reviewed employee
        :raise UserError: not published, or the time is over
        """
        self.ensure_one()
        comment = self._service_clean_text(comment, self.env._("Comment"))
        review = self._service_checked_employee()
        review._service_step(
            "acknowledged",
            {
                "review_state": "acknowledged",
                "date_acknowledged": fields.Datetime.now(),
                "acknowledge_comment": comment or False,
            },
            note=comment,
        )
        return True

    def action_dispute(self, comment, lines=None):
        """Dispute a published review, as the employee; once, with a reason.

        :param str comment: why, required
        :param list lines: dicts with ``id`` of a line and ``comment``; none for the
            review as a whole
        :return: True
        :raise AccessError: not the reviewed employee
        :raise UserError: not published, or the time is over
        :raise ValidationError: no reason, or a line of something else
        """
        self.ensure_one()
        comment = self._service_clean_text(comment, self.env._("Reason"), required=True)
        review = self._service_checked_employee()
        review.line_ids._service_mark_disputed(lines)
        review._service_step(
            "disputed",
            {
                "review_state": "disputed",
                "date_disputed": fields.Datetime.now(),
                "dispute_comment": comment,
            },
            note=comment,
        )
        review._service_tell_review(review.reviewer_id)
        return True

    def _service_checked_employee(self):
        """Return a published review, unsealed, that the user may answer now."""
        review = self._service_checked("published", ("review",))
        if not self._service_is_about_me():
            raise AccessError(self.env._("Only the reviewed employee may do this."))
        if fields.Datetime.now() > review.date_review_limit:
            raise UserError(
                self.env._(
                    "The time to answer is over: the review counts as acknowledged."
                )
            )
        return review

    # ------------------------------------------------------------------
    # The second reader
    # ------------------------------------------------------------------

    def action_decide(self, reason, rulings):
        """Decide a dispute, as a manager who is neither reviewer nor employee.

        Corrected answers stand beside the originals, which nobody changes.

        :param str reason: why, required
        :param list rulings: dicts with ``id`` of a line, ``ruling`` (``upheld`` or
            ``overturned``), ``reason``, and for overturned ones the corrected
            ``answer`` or ``value``; every disputed line needs one
        :return: True
        :raise AccessError: not a service manager, or one of the two parties
        :raise UserError: nothing to decide, or a disputed line was left out
        :raise ValidationError: a ruling that does not fit its line
        """
        self.ensure_one()
        reason = self._service_clean_text(reason, self.env._("Reason"), required=True)
        review = self._service_checked("disputed", ("review",))
        self._service_check_judge(review)
        review.line_ids._service_rule(rulings)
        overturned = review.line_ids.filtered(lambda row: row.ruling == "overturned")
        review._service_step(
            "decided",
            {
                "review_state": "decided",
                "date_decided": fields.Datetime.now(),
                "decided_by_id": self.env.uid,
                "decision_reason": reason,
                "is_overturned": bool(overturned),
                "final_score": review.line_ids._service_final_score(),
            },
            new="overturned" if overturned else "upheld",
            note=reason,
        )
        people = review.employee_id.user_id + review.reviewer_id
        review._service_tell_review(people)
        return True

    def _service_check_judge(self, review):
        """Check that the user may decide the dispute of one unsealed review."""
        if not self.env.user.has_group("service_quality.group_manager"):
            raise AccessError(self.env._("Only a service manager may do this."))
        if review.reviewer_id == self.env.user or self._service_is_about_me():
            raise AccessError(
                self.env._("Somebody who is no party to the dispute must decide it.")
            )
