from odoo import fields, models

from .prefetch import APART


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["service.unchecked.mixin", "res.company"]

    service_due_soon_hours = fields.Float(
        "Due Soon (hours)",
        default=4.0,
        help="Clock hours before due in which a promise shows as due soon.",
    )
    service_lead_minutes = fields.Integer(
        "Least Notice (minutes)",
        default=15,
        help="A promise recorded by hand counts when the customer had it in writing "
        "at least this long before due, and before it was kept. With less time left "
        "nobody takes one over.",
    )
    service_tolerance_minutes = fields.Integer(
        "Tolerance of Appointments (minutes)",
        default=5,
        help="So many minutes after the agreed start an appointment is still on time.",
        prefetch=APART,
    )
    service_remind_hours = fields.Float(
        "Remind Before (hours)",
        default=2.0,
        help="Clock hours before due in which the employee is reminded; 0 for never.",
        prefetch=APART,
    )
    service_escalate_hours = fields.Float(
        "Escalate After (hours)",
        default=4.0,
        help="Clock hours after due when the manager is told; 0 for never.",
        prefetch=APART,
    )
    service_reopen_hours = fields.Float(
        "Reopened Within (hours)",
        default=72.0,
        help="A document reopened within this time after closing was not done.",
    )
    service_survey_pause_days = fields.Integer(
        "Ask Again After (days)",
        default=14,
        help="A customer gets at most one survey in this time.",
        prefetch=APART,
    )
    service_survey_remind_days = fields.Integer(
        "Remind of the Survey After (days)",
        default=4,
        help="Whoever has not answered gets one reminder; 0 for never.",
        prefetch=APART,
    )
    service_quick_scale = fields.Selection(
        [("faces", "Five faces"), ("numbers", "Numbers from 0 to 10")],
        "One Click in the Mail",
        default="faces",
        required=True,
        help="Faces ask how satisfied the customer is, numbers how likely he is to "
        "recommend us; the page asks for both.",
        prefetch=APART,
    )
    service_low_score = fields.Float(
        "Low Score",
        default=50.0,
        help="An answer below this (0-100) opens a recovery.",
        prefetch=APART,
    )
    service_recovery_on = fields.Selection(
        [
            ("never", "Never"),
            ("missed", "Missed promises"),
            ("broken", "Missed and late promises"),
        ],
        "Open a Recovery For",
        default="missed",
        required=True,
        help="Which broken promises open a recovery by themselves.",
        prefetch=APART,
    )
    service_recovery_hours = fields.Float(
        "Recover Within (working hours)",
        default=8.0,
        help="Working hours of the company until a recovery is due.",
        prefetch=APART,
    )
    service_recovery_user_id = fields.Many2one(
        "res.users",
        "Owner of Recoveries",
        domain=[("share", "=", False)],
        help="Empty: the manager of whoever it concerns.",
        prefetch=APART,
    )
    service_silent_factor = fields.Float(
        "Silent After (times the usual gap)",
        default=3.0,
        help="A customer is silent when he was not seen for so many times the median "
        "of the days between his visits.",
        prefetch=APART,
    )
    service_silent_days = fields.Integer(
        "Bad Events of the Last (days)",
        default=180,
        help="Older failures make nobody a silent customer.",
        prefetch=APART,
    )
    service_heard_share = fields.Float(
        "Share Who Complain (%)",
        default=4.0,
        help="Of a hundred dissatisfied customers so many complain.",
        prefetch=APART,
    )
    service_min_counted = fields.Integer(
        "Promises to Compare",
        default=20,
        help="Under this many counted promises nobody is compared with others.",
        prefetch=APART,
    )

    _service_settings_sane = models.Constraint(
        "CHECK(service_due_soon_hours >= 0 AND service_lead_minutes >= 0"
        " AND service_reopen_hours >= 0 AND service_survey_pause_days >= 0"
        " AND service_min_counted >= 0 AND service_remind_hours >= 0"
        " AND service_escalate_hours >= 0"
        " AND service_low_score BETWEEN 0 AND 100"
        " AND service_survey_remind_days BETWEEN 0 AND 60"
        " AND service_silent_factor > 0 AND service_silent_days > 0"
        " AND service_heard_share > 0 AND service_heard_share <= 100"
        " AND service_recovery_hours BETWEEN 0 AND 10000"
        " AND service_tolerance_minutes BETWEEN 0 AND 60)",
        "The settings of Service Quality cannot be negative.",
    )

    def _service_recovery_outcomes(self):
        """Return the outcomes of promises that open a recovery, see the setting."""
        self.ensure_one()
        # sudo: a setting of the company, never shown
        setting = self.sudo().service_recovery_on
        return {"missed": ("missed",), "broken": ("missed", "late")}.get(setting, ())
