import logging
from datetime import timedelta, timezone

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)
MEGABYTE = 1024 * 1024


class ServiceReportSchedule(models.Model):
    """Making scheduled reports, and mailing them."""

    _inherit = "service.report.schedule"

    # ------------------------------------------------------------------
    # Making
    # ------------------------------------------------------------------

    @api.model
    def _service_make_due(self):
        """Begin the reports whose time has come; each is made once.

        After a downtime a report is made once, not once for each time missed.
        """
        now = fields.Datetime.now()
        for schedule in self.search([("date_next", "<=", now)], order="date_next, id"):
            schedule = schedule.try_lock_for_update()
            if not schedule:
                continue
            try:
                with self.env.cr.savepoint():
                    schedule._service_make(schedule.date_next)
                    schedule._service_move_on(now)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:  # one report must not stop the others
                _logger.exception("Service quality: scheduled report %s", schedule.id)
                schedule.note = str(error)[:500]
                schedule._service_move_on(now)

    def _service_move_on(self, now):
        """Set the next time, after now, at the same hour of the owner's zone."""
        self.ensure_one()
        owner = self.with_context(tz=self.user_id.tz or "UTC")
        zone = owner.env.tz
        local = fields.Datetime.context_timestamp(owner, self.date_next)
        local = first = local.replace(tzinfo=None)
        steps = 0
        moment = self.date_next
        while moment <= now:
            steps += 1
            step = relativedelta(**{self.interval_unit: self.interval_number * steps})
            local = first + step
            moment = zone.localize(local).astimezone(timezone.utc)
            moment = moment.replace(tzinfo=None)
        self.date_next = moment

    def _service_make(self, planned):
        """Begin one workbook for each recipient.

        :param planned: the moment it is for; each is made once
        """
        self.ensure_one()
        exports = self.env["service.export"]
        problems = []
        for user in self.recipient_ids:
            problem = self._service_problem(user)
            if problem:
                problems.append(problem)
                continue
            known = exports.search_count(
                [
                    ("schedule_id", "=", self.id),
                    ("user_id", "=", user.id),
                    ("date_planned", "=", planned),
                ]
            )
            if known:
                continue
            try:
                self._service_begin(user, planned)
            except (AccessError, UserError, ValidationError) as error:
                problems.append(f"{user.name}: {error}")
        self.write(
            {
                "date_last": fields.Datetime.now(),
                "note": " ".join(problems)[:500]
                or self.env._("%s workbooks", len(self.recipient_ids)),
            }
        )

    def _service_begin(self, user, planned):
        """Begin the workbook of one recipient, with his rights."""
        context = {
            "lang": user.lang or "en_US",
            "tz": user.tz or "UTC",
            "allowed_company_ids": self.company_id.ids,
        }
        env = self.env(user=user.id, su=False, context=context)
        # sudo: what its owner chose to be in it; the rows are read as the recipient
        template = self.template_id.sudo()
        options = {
            "filters": self._service_filters(env),
            "sheets": template.sheets or [],
            "columns": template.columns or {},
            "group_by": template.group_by,
            "split": template.split,
        }
        options = env["service.workbook"]._clean_options(options)
        return self.env["service.export"]._service_create(
            user,
            options,
            context,
            schedule_id=self.id,
            date_planned=planned,
            state="waiting",
            is_background=True,
        )

    def _service_filters(self, env):
        """Return the filters of the report today, in the recipient's zone."""
        now = fields.Datetime.context_timestamp(
            self.with_env(env), fields.Datetime.now()
        )
        first, last = self._service_days(now.date())
        filters = {
            "date_from": fields.Date.to_string(first),
            "date_to": fields.Date.to_string(last),
            "company_ids": self.company_id.ids,
        }
        if self.department_id:
            filters["department_id"] = self.department_id.id
        if self.kind:
            filters["kind"] = self.kind
        return filters

    def _service_days(self, today):
        """Return the first and last day of the period, seen from today."""
        day = timedelta(days=1)
        if self.period == "yesterday":
            return today - day, today - day
        if self.period == "days_30":
            return today - 30 * day, today - day
        starts = {
            "week": (today - today.weekday() * day, relativedelta(weeks=1)),
            "month": (today.replace(day=1), relativedelta(months=1)),
            "quarter": (
                today.replace(day=1, month=(today.month - 1) // 3 * 3 + 1),
                relativedelta(months=3),
            ),
            "year": (today.replace(day=1, month=1), relativedelta(years=1)),
        }
        start, length = starts[self.period]
        return start - length, start - day

    # ------------------------------------------------------------------
    # Mailing
    # ------------------------------------------------------------------

    def _service_deliver(self, export):
        """Queue the mail of a finished export, once; tell the owner of a failed one.

        :param export: as superuser
        """
        self.ensure_one()
        if export.state != "done":
            self.note = f"{export.user_id.name}: {export.error}"[:500]
            return
        if export.mail_id:
            return
        user = export.user_id
        env = self.with_context(lang=user.lang or "en_US", tz=user.tz or "UTC").env
        attachment = self._service_attach(export)
        body = env["ir.qweb"]._render(
            "service_quality.mail_report",
            {
                "export": export.with_env(env),
                "report": self.with_env(env),
                "is_attached": bool(attachment),
                "base_url": self.get_base_url(),
                "zone": user.tz or "UTC",
            },
            lang=user.lang or "en_US",
        )
        export.mail_id = self.env["mail.mail"].create(
            {
                "subject": f"{self.name}: {export.name}",
                "body_html": body,
                "email_to": user.email_formatted,
                "email_from": self.company_id.email_formatted or user.email_formatted,
                "attachment_ids": [(6, 0, attachment.ids)],
                "auto_delete": True,
                "state": "outgoing",
            }
        )
        # sudo: only when the mail queue runs next
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _service_attach(self, export):
        """Return the file as an attachment; none where it is sent as a link.

        Whoever may read the export, its reader alone, may read the attachment.
        """
        attachments = self.env["ir.attachment"]
        limit = self.company_id.service_export_mail_mb * MEGABYTE
        if self.delivery != "attachment" or export.file_size > limit:
            return attachments
        with open(export._service_path("file"), "rb") as source:
            content = source.read()
        return attachments.create(
            {
                "name": export.file_name,
                "raw": content,
                "res_model": export._name,
                "res_id": export.id,
            }
        )
