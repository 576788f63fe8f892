from odoo import models


class ServiceFeedback(models.Model):
    """What an answer starts: recoveries open, or close."""

    _inherit = "service.feedback"

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
