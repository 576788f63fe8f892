import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

KINDS = [("remind", "Reminder"), ("escalate", "Escalation")]
CRON_BATCH = 200
#: An escalation older than this is history: after a downtime nobody gets it late.
STALE_HOURS = 72
LAST_RUN_KEY = "service_quality.promises_last_run"


class ServiceReminder(models.Model):
    """One row per mail about a due promise: claimed first, sent once.

    The unique index on (promise, kind, due version) is the claim: two crons at the
    same time cannot both send, and a promise whose date moved is reminded again.
    """

    _name = "service.reminder"
    _description = "Reminder"
    _inherit = ["service.sealed.mixin"]
    _order = "id desc"

    promise_id = fields.Many2one(
        "service.promise", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    date_due = fields.Datetime("Due Version", required=True, readonly=True)
    employee_id = fields.Many2one("hr.employee", "Sent To", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null")

    _claim_uniq = models.UniqueIndex(
        "(promise_id, kind, date_due)", "This reminder was claimed already."
    )

    # ------------------------------------------------------------------
    # What is due
    # ------------------------------------------------------------------

    @api.model
    def _service_todo(self, kind, now, limit=None):
        """Return the promises due for a mail of this kind that nobody claimed.

        :param str kind: ``remind`` before due, ``escalate`` after
        :param now: server time, naive UTC
        :param int limit: at most so many
        """
        domain = self._service_due_domain(kind, now) & self._unclaimed_domain(kind)
        return (
            self.env["service.promise"]
            ._service_unseal()
            .search(domain, order="employee_id, date_limit, id", limit=limit)
        )

    @api.model
    def _service_backlog(self):
        """Return how many mails are due and not yet claimed."""
        now = fields.Datetime.now()
        promises = self.env["service.promise"].sudo()  # their number only
        return sum(
            promises.search_count(
                self._service_due_domain(kind, now) & self._unclaimed_domain(kind)
            )
            for kind, _label in KINDS
        )

    @api.model
    def _service_due_domain(self, kind, now):
        running = Domain("outcome", "=", False) & Domain("employee_id", "!=", False)
        domains = []
        # pylint: disable=no-search-all
        companies = self.env["res.company"].sudo().search([])  # their settings only
        for company in companies:
            hours = (
                company.service_remind_hours
                if kind == "remind"
                else company.service_escalate_hours
            )
            if hours:
                window = self._service_window(kind, now, hours)
                domains.append(Domain("company_id", "=", company.id) & window)
        if kind == "remind":
            rules = self.env["service.plan.rule"].sudo()  # their hours only
            for rule in rules.search([("remind_hours", ">", 0)]):
                window = self._service_window(kind, now, rule.remind_hours)
                domains.append(Domain("rule_id", "=", rule.id) & window)
        return running & Domain.OR(domains)

    @api.model
    def _service_window(self, kind, now, hours):
        """Return when ``date_limit`` must lie for a mail of this kind now."""
        if kind == "remind":
            start, stop = now, now + timedelta(hours=hours)
        else:
            stop = now - timedelta(hours=hours)
            start = stop - timedelta(hours=STALE_HOURS)
        return Domain("date_limit", ">=", start) & Domain("date_limit", "<=", stop)

    @api.model
    def _unclaimed_domain(self, kind):
        # SQL: the ORM cannot compare the due version with the promise's own due.
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "NOT EXISTS (SELECT 1 FROM service_reminder r WHERE"
                " r.promise_id = %s AND r.kind = %s AND r.date_due = %s)",
                SQL.identifier(alias, "id"),
                kind,
                SQL.identifier(alias, "date_due"),
            )
        )

    # ------------------------------------------------------------------
    # Cron
    # ------------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """Remind and escalate: claim, queue, commit; in batches.

        Whoever has several due promises gets one digest. A batch that fails is
        logged and tried promise by promise, so one poison row stops nothing.
        """
        progress = self.env["ir.cron"]
        now = fields.Datetime.now()
        self.env["service.promise"]._service_end_pauses(now)
        self.env["service.promise"]._cron_recover()
        for kind, _label in KINDS:
            todo = self._service_todo(kind, now)
            progress._commit_progress(remaining=len(todo))
            for start in range(0, len(todo), CRON_BATCH):
                # a set of its own: each commit empties the cache, and reading one
                # row must not fetch a thousand others again
                batch = todo[start : start + CRON_BATCH].with_prefetch()
                self._service_send_batch(kind, batch)
                if not progress._commit_progress(len(batch)):
                    return
        parameters = self.env["ir.config_parameter"].sudo()  # the health line
        parameters.set_param(LAST_RUN_KEY, fields.Datetime.to_string(now))

    @api.model
    def _service_send_batch(self, kind, promises):
        """Claim and queue one batch; on an error one promise at a time."""
        try:
            with self.env.cr.savepoint():
                self._service_claim(kind, promises)._service_queue()
        except Exception:  # one poison row must not stop the others
            if len(promises) <= 1:
                _logger.exception("Service quality: no %s of %s", kind, promises)
                return
            for promise in promises:
                self._service_send_batch(kind, promise)

    @api.model
    def _service_claim(self, kind, promises):
        """Write the claims; the unique index refuses what another cron claimed."""
        vals_list = []
        for promise in promises:
            recipient = promise.employee_id
            if kind == "escalate":
                recipient = (
                    recipient.parent_id or promise.department_id.manager_id - recipient
                )
            vals_list.append(
                {
                    "promise_id": promise.id,
                    "kind": kind,
                    "date_due": promise.date_due,
                    "employee_id": recipient.id,
                    "company_id": promise.company_id.id,
                }
            )
        return self._service_unseal().create(vals_list)

    def _service_queue(self):
        """Queue one mail per recipient and put the reminded on their activity list."""
        for employee, reminders in self.grouped("employee_id").items():
            email = employee.user_id.email or employee.work_email
            if not email:
                continue
            mail = self.env["mail.mail"].create(
                reminders._prepare_mail_vals(employee, email)
            )
            reminders.write({"mail_id": mail.id})
        self.filtered(lambda row: row.kind == "remind")._service_plan_activities()
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _prepare_mail_vals(self, employee, email):
        """Return the vals of one digest, in the recipient's language and zone."""
        user = employee.user_id
        kind = self[:1].kind
        env = self.with_context(lang=user.lang or "en_US").env
        zone = user.tz or employee.tz or "UTC"
        body = env["ir.qweb"]._render(
            "service_quality.mail_promise_digest",
            {
                "promises": self.promise_id.with_env(env),
                "kind": kind,
                "zone": zone,
                "base_url": self[:1].get_base_url(),
            },
            lang=user.lang or "en_US",
        )
        subject = (
            env._("Due soon: %s promises", len(self))
            if kind == "remind"
            else env._("Overdue in your team: %s promises", len(self))
        )
        return {
            "subject": subject,
            "body_html": body,
            "email_to": email,
            "email_from": self[:1].company_id.email_formatted or email,
            "auto_delete": True,
            "state": "outgoing",
        }

    def _service_plan_activities(self):
        """Put promises that fall due on the activity list of whoever answers."""
        vals_list = []
        activity_type = self.env.ref("mail.mail_activity_data_todo")
        promises = self.promise_id.filtered(
            lambda row: row.employee_id.user_id and not row.activity_id
        )
        existing = promises._service_existing()
        for promise in promises:
            if (promise.res_model, promise.res_id) not in existing:
                continue
            if "activity_ids" not in self.env[promise.res_model]._fields:
                continue
            vals_list.append(
                {
                    "activity_type_id": activity_type.id,
                    "res_model_id": self.env["ir.model"]._get_id(promise.res_model),
                    "res_id": promise.res_id,
                    "user_id": promise.employee_id.user_id.id,
                    "date_deadline": promise.date_due.date(),
                    "summary": promise.name,
                    "service_promise_id": promise.id,
                }
            )
        activities = (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)
            .create(vals_list)
        )
        for activity in activities:
            activity.service_promise_id.write({"activity_id": activity.id})
