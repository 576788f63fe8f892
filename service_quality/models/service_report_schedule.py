from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .service_promise import KINDS

PERIODS = [
    ("yesterday", "The day before"),
    ("week", "The week before, Monday to Sunday"),
    ("days_30", "The last 30 days"),
    ("month", "The month before"),
    ("quarter", "The quarter before"),
    ("year", "The year before"),
]
UNITS = [("days", "Days"), ("weeks", "Weeks"), ("months", "Months")]
DELIVERIES = [
    ("attachment", "As an attachment"),
    ("link", "As a private link that expires"),
]


class ServiceReportSchedule(models.Model):
    """Who gets which workbook when.

    Each recipient gets a workbook of his own, made with his rights, in his language
    and time zone: two recipients of one report may read different figures.
    """

    _name = "service.report.schedule"
    _description = "Scheduled Report"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="set null",
        help="In whose time zone the hour stays the same.",
    )
    recipient_ids = fields.Many2many(
        "res.users",
        string="Recipients",
        help="Service managers; each gets what he may see.",
    )
    template_id = fields.Many2one(
        "service.export.template",
        "Sheets and Columns",
        ondelete="set null",
        help="Empty: all sheets with their usual columns.",
    )
    period = fields.Selection(PERIODS, required=True, default="week")
    department_id = fields.Many2one("hr.department", "Team")
    kind = fields.Selection(KINDS, "Kind of Promise")
    interval_number = fields.Integer("Every", required=True, default=1)
    interval_unit = fields.Selection(UNITS, required=True, default="weeks")
    date_next = fields.Datetime(
        "Next On",
        required=True,
        default=lambda self: self._default_date_next(),
        help="The weekday, day of the month and hour stay the same from then on.",
    )
    delivery = fields.Selection(DELIVERIES, required=True, default="attachment")
    date_last = fields.Datetime("Last Made", readonly=True, copy=False)
    note = fields.Char("Last Time", readonly=True, copy=False)
    export_ids = fields.One2many("service.export", "schedule_id", readonly=True)

    _interval_sane = models.Constraint(
        "CHECK(interval_number BETWEEN 1 AND 366)",
        "A report is made every 1 to 366 days, weeks or months.",
    )

    @api.model
    def _default_date_next(self):
        """Next Monday, six in the morning of whoever makes it."""
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        day = now.date() + timedelta(days=7 - now.weekday())
        start, _stop = self.env["service.dashboard"]._get_bounds(
            {"date_from": day, "date_to": day}
        )
        return start + timedelta(hours=6)

    @api.constrains("recipient_ids", "company_id")
    def _check_recipients(self):
        for schedule in self:
            if not schedule.recipient_ids:
                raise ValidationError(self.env._("Choose who gets the report."))
            # sudo: whether colleagues are service managers of the company
            for user in schedule.recipient_ids.sudo():
                problem = schedule._service_problem(user)
                if problem:
                    raise ValidationError(problem)

    @api.constrains("template_id")
    def _check_template(self):
        for schedule in self:
            template = schedule.template_id
            if template and not (
                template.is_shared or template.user_id == self.env.user
            ):
                raise ValidationError(
                    self.env._("This template belongs to somebody else.")
                )

    def _service_problem(self, user):
        """Return why a user cannot get the report, in words, or False."""
        if not user.active or user.share:
            return self.env._("%s is no internal user.", user.name)
        if not user.has_group("service_quality.group_manager"):
            return self.env._("%s is no service manager.", user.name)
        if not user.has_group("base.group_allow_export"):
            return self.env._("%s may not export data.", user.name)
        if self.company_id not in user.company_ids:
            return self.env._(
                "%(user)s does not work in %(company)s.",
                user=user.name,
                company=self.company_id.name,
            )
        if not user.email:
            return self.env._("%s has no e-mail address.", user.name)
        return False

    def action_run(self):
        """Make the report now, besides its times; managers only.

        :return: True
        :raise AccessError: no manager, or not his company
        """
        self.check_access("write")
        self.env["service.workbook"]._check_reader()
        now = fields.Datetime.now()
        for schedule in self:
            # sudo: exports are made by the methods alone; access was checked above
            schedule.sudo()._service_make(now)
        self.env["service.export"]._service_wake()
        return True
