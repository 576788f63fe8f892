from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_datetime

from .service_reminder import LAST_RUN_KEY

#: The cron runs every 15 minutes: after this long something is wrong.
HEALTHY_AGE = timedelta(hours=1)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_due_soon_hours = fields.Float(
        related="company_id.service_due_soon_hours", readonly=False
    )
    service_lead_minutes = fields.Integer(
        related="company_id.service_lead_minutes", readonly=False
    )
    service_tolerance_minutes = fields.Integer(
        related="company_id.service_tolerance_minutes", readonly=False
    )
    service_remind_hours = fields.Float(
        related="company_id.service_remind_hours", readonly=False
    )
    service_escalate_hours = fields.Float(
        related="company_id.service_escalate_hours", readonly=False
    )
    service_reopen_hours = fields.Float(
        related="company_id.service_reopen_hours", readonly=False
    )
    service_survey_pause_days = fields.Integer(
        related="company_id.service_survey_pause_days", readonly=False
    )
    service_survey_remind_days = fields.Integer(
        related="company_id.service_survey_remind_days", readonly=False
    )
    service_quick_scale = fields.Selection(
        related="company_id.service_quick_scale", readonly=False
    )
    service_low_score = fields.Float(
        related="company_id.service_low_score", readonly=False
    )
    service_recovery_on = fields.Selection(
        related="company_id.service_recovery_on", readonly=False
    )
    service_recovery_hours = fields.Float(
        related="company_id.service_recovery_hours", readonly=False
    )
    service_recovery_user_id = fields.Many2one(
        related="company_id.service_recovery_user_id", readonly=False
    )
    service_silent_factor = fields.Float(
        related="company_id.service_silent_factor", readonly=False
    )
    service_silent_days = fields.Integer(
        related="company_id.service_silent_days", readonly=False
    )
    service_heard_share = fields.Float(
        related="company_id.service_heard_share", readonly=False
    )
    service_min_counted = fields.Integer(
        related="company_id.service_min_counted", readonly=False
    )
    service_health = fields.Char(compute="_compute_service_health")
    service_health_warning = fields.Char(compute="_compute_service_health")

    def _compute_service_health(self):
        """Say when reminders last ran, whether they will, and what waits."""
        # sudo: last run and cron of our own, shown to whoever opens the settings
        parameters = self.env["ir.config_parameter"].sudo()
        last_run = fields.Datetime.to_datetime(parameters.get_param(LAST_RUN_KEY))
        cron = self.env.ref("service_quality.cron_promises", raise_if_not_found=False)
        is_active = bool(cron and cron.sudo().active)  # sudo: its switch only
        backlog = self.env["service.reminder"]._service_backlog()
        health = self.env._(
            "Last run: %(moment)s. Waiting: %(backlog)s.",
            moment=format_datetime(self.env, last_run)
            if last_run
            else self.env._("never"),
            backlog=backlog,
        )
        for settings in self:
            settings.service_health = health
            settings.service_health_warning = self._service_health_problem(
                last_run, is_active
            )

    def _service_health_problem(self, last_run, is_active):
        """Return what is wrong with the scheduled action in words, or False."""
        if not is_active:
            return self.env._(
                "The scheduled action is switched off: nobody is reminded. "
                "Switch it on under Technical, Scheduled Actions."
            )
        if not last_run or fields.Datetime.now() - last_run > HEALTHY_AGE:
            return self.env._(
                "It has not run for more than an hour: reminders are late. Look for "
                "errors of the scheduled action in the server's log."
            )
        return False
