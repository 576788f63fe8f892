import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from . import verdict

_logger = logging.getLogger(__name__)

CRON_BATCH = 100


class ServiceScopeChange(models.Model):
    """What happens without an answer: one reminder, then expiry; never a yes."""

    _inherit = "service.scope.change"

    @api.model
    def _cron_follow_up(self):
        """Expire what nobody answered and remind once; one bad row stops nothing."""
        progress = self.env["ir.cron"]
        for domain, work in (
            (self._expired_domain(), "_service_expire"),
            *((domain, "_service_remind") for domain in self._remind_domains()),
        ):
            for change in self._service_in_batches(domain):
                change = change.try_lock_for_update().filtered_domain(domain)
                if change:
                    change._service_do_safely(work)
                if not progress._commit_progress(1):
                    return

    @api.model
    def _service_in_batches(self, domain):
        """Yield the rows of a domain, each once: those that fail block nobody."""
        last = 0
        while todo := self._service_unseal().search(
            Domain(domain) & Domain("id", ">", last), limit=CRON_BATCH, order="id"
        ):
            last = todo[-1].id
            yield from todo

    def _service_do_safely(self, work):
        try:
            with self.env.cr.savepoint():
                getattr(self, work)()
        except Exception:
            _logger.exception("Service quality: %s of %s failed", work, self)

    @api.model
    def _expired_domain(self):
        return [("state", "=", "sent"), ("date_expiry", "<", fields.Datetime.now())]

    @api.model
    def _remind_domains(self):
        """Return one domain per company: who waits longer than its setting."""
        now = fields.Datetime.now()
        # pylint: disable=no-search-all
        companies = self.env["res.company"].sudo().search([])  # their settings only
        return [
            [
                ("company_id", "=", company.id),
                ("state", "=", "sent"),
                ("date_reminded", "=", False),
                ("date_expiry", ">=", now),
                (
                    "date_sent",
                    "<=",
                    now - timedelta(days=company.service_ask_again_days),
                ),
            ]
            for company in companies
            if company.service_ask_again_days
        ]

    def _service_expire(self):
        """Nobody answered one change in time: it is no yes, and no longer asked.

        Whoever waited has kept his word, so the waiting ends in time.
        """
        self._service_link_lock()
        self.env["service.link"]._service_revoke(self, ["scope"])
        due = self.scope_promise_id._service_limit() or self.date_expiry
        self._service_end_waiting("withdrawn", moment=verdict.to_second(due))
        self.write({"state": "expired"})
        self.env["service.event"]._service_log(self, "expired", old="sent")
        text = self.env._("The customer has not answered. This is no yes:")
        self._service_note(text, self.name, notify=True)

    def _service_remind(self):
        """Remind the customer of one change, once."""
        self._service_link_lock()
        self.write({"date_reminded": fields.Datetime.now()})
        document = self._service_document()
        state = document and document.sudo()  # done or cancelled, nothing else
        if not state or state._service_is_done() or state._service_is_cancelled():
            return
        self._service_mail_link(self.env, is_reminder=True)
        self.env["service.event"]._service_log(self, "scope_reminded")


class ServiceReminder(models.Model):
    _inherit = "service.reminder"

    @api.model
    def _cron_send(self):
        # First: what expired without an answer is no promise to be escalated.
        self.env["service.scope.change"]._cron_follow_up()
        return super()._cron_send()
