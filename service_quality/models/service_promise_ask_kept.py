import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.mail import email_normalize

from .prefetch import APART

_logger = logging.getLogger(__name__)

#: A call longer ago than this is history: after a downtime nobody is asked about it.
STALE = timedelta(days=3)
BATCH = 200


class ResCompany(models.Model):
    _inherit = "res.company"

    service_ask_kept = fields.Boolean(
        "Ask Whether It Was Kept",
        help="Customers are asked by mail, once, about a call of which there is "
        "nothing but our own word.",
        prefetch=APART,
    )
    service_ask_kept_days = fields.Integer(
        "Days Between Two Such Questions",
        default=14,
        help="A customer gets at most one such question in so many days.",
        prefetch=APART,
    )

    _service_ask_kept_sane = models.Constraint(
        "CHECK(service_ask_kept_days >= 0)",
        "Between two questions to a customer there cannot be less than no days.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_ask_kept = fields.Boolean(
        related="company_id.service_ask_kept", readonly=False
    )
    service_ask_kept_days = fields.Integer(
        related="company_id.service_ask_kept_days", readonly=False
    )


class ServiceReminder(models.Model):
    _inherit = "service.reminder"

    @api.model
    def _cron_send(self):
        result = super()._cron_send()
        self.env["service.promise"]._cron_ask_kept()
        return result


class ServicePromise(models.Model):
    """Was it kept? Asked by link about what we only declared."""

    _inherit = "service.promise"

    date_kept_asked = fields.Datetime(
        "Customer Asked On",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When he was asked by mail whether it was kept; once only.",
    )

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    @api.model
    def _cron_ask_kept(self):
        """Ask customers about declared promises: claim, queue, commit; in batches."""
        progress = self.env["ir.cron"]
        todo = self._service_kept_todo()
        progress._commit_progress(remaining=len(todo))
        for promise in todo:
            promise._service_ask_kept_safely()
            if not progress._commit_progress(1):
                return

    @api.model
    def _service_kept_todo(self):
        """Return the declared promises whose customer may be asked now.

        After they were due, so that the answer cannot be changed by what is still
        to come; at most one per customer.
        """
        now = fields.Datetime.now()
        companies = self.env["res.company"].sudo()  # the setting of each
        companies = companies.search([("service_ask_kept", "=", True)])
        if not companies:
            return self
        promises = self._service_unseal().search(
            Domain("is_self_declared", "=", True)
            & Domain("outcome", "=", "kept")
            & Domain("corrected_outcome", "=", False)
            & Domain("customer_verdict", "=", False)
            & Domain("date_kept_asked", "=", False)
            & Domain("company_id", "in", companies.ids)
            & Domain("date_limit", "<", now)
            # asked since the later of both
            & (
                Domain("date_settled", ">=", now - STALE)
                | Domain("date_limit", ">=", now - STALE)
            )
            & Domain("partner_email", "!=", False)
            & self._service_known_domain(),
            order="date_due, id",
            limit=BATCH,
        )
        promises = promises._service_without_tired(now)
        existing = promises._service_existing()
        return promises.filtered(
            lambda row: (row.res_model, row.res_id) in existing
        )._service_without_unwilling()

    def _service_without_tired(self, now):
        """Keep one promise per customer who was not asked within the pause."""
        tired = set()
        for company in self.company_id:
            since = now - timedelta(days=company.service_ask_kept_days)
            asked = self.search_fetch(
                Domain("company_id", "=", company.id)
                & Domain("date_kept_asked", ">", since),
                ["partner_email"],
            )
            tired |= {(company, row._service_kept_email()) for row in asked}
        fresh = self.browse()
        for promise in self:
            key = promise.company_id, promise._service_kept_email()
            if key[1] and key not in tired:
                tired.add(key)
                fresh |= promise
        return fresh

    def _service_kept_email(self):
        return email_normalize(self.partner_email or "")

    def _service_without_unwilling(self):
        """Keep the promises to people who may be written to: no blacklist, no staff."""
        emails = [row._service_kept_email() for row in self]
        # sudo: whether these addresses want no such mail
        blacklist = self.env["mail.blacklist"].sudo()
        refused = self.env["service.link"]._service_ours(emails)
        refused |= set(blacklist.search([("email", "in", emails)]).mapped("email"))
        return self.filtered(lambda row: row._service_kept_email() not in refused)

    def _service_ask_kept_safely(self):
        """Ask about one promise; what fails is logged and stops nothing."""
        try:
            with self.env.cr.savepoint():
                promise = self.try_lock_for_update()
                if promise and not promise.date_kept_asked:
                    promise._service_ask_kept()
        except Exception:  # one poison row must not stop the others
            _logger.exception("Service quality: customer not asked, %s", self)

    def _service_ask_kept(self):
        """Claim one promise and queue the mail that asks its customer."""
        self.ensure_one()
        now = fields.Datetime.now()
        self.write({"date_kept_asked": now})
        Link = self.env["service.link"]
        lang = Link._service_lang(self.partner_id.lang)
        promise = self.with_context(lang=lang)
        link, token = Link._service_issue(
            "kept",
            self,
            promise._service_kept_content(),
            company=self.company_id,
            partner=self.partner_id,
            email=self.partner_email,
            lang=lang,
            contact=self.employee_id,
            record_version=promise._service_kept_version(),
        )
        _ = promise.env._
        link._service_send(
            token,
            _("Did we call as promised? %(document)s", document=self.res_name),
            _("we noted that we kept this promise. Only you know whether we did:"),
            _("Answer with one click"),
        )
        self.env["service.event"]._service_log(self, "kept_asked", new=now)

    def _service_kept_version(self):
        """Return the moment of the declaration as a number; the link is bound to it."""
        return int(self.date_settled.timestamp()) // 60

    def _service_kept_content(self):
        """Return what the customer reads, as (label, text) pairs in his language."""
        _ = self.env._
        zone = self.partner_id.tz or self.calendar_id.tz or "UTC"
        return [
            (_("About"), self.res_name or ""),
            (_("We promised"), self.name),
            (_("Promised for"), self._service_link_moment(self.date_due, zone)),
            (
                _("Noted by us as done"),
                self._service_link_moment(self.date_settled, zone),
            ),
        ]

    # ------------------------------------------------------------------
    # The customer's word
    # ------------------------------------------------------------------

    def _service_link_is_current(self, link):
        if link.purpose != "kept":
            return super()._service_link_is_current(link)
        return (
            self._service_can_be_judged()
            and self._service_kept_version() == link.record_version
        )

    def _service_link_page(self, link):
        page = super()._service_link_page(link)
        if link.purpose != "kept":
            return page
        _ = self.env._
        return {
            **page,
            "title": _("Did we keep this promise?"),
            "intro": _("We noted that we did. Only you know; please tell us."),
            "done": _("Thank you, we have noted it."),
            "choices": [
                {
                    "value": "kept",
                    "label": _("Yes, this was kept"),
                    "past": _("You said that it was kept."),
                    "style": "yes",
                },
                {
                    "value": "not_kept",
                    "label": _("No, this was not kept"),
                    "past": _("You said that it was not kept. We look into it."),
                    "style": "no",
                },
            ],
            "comment": _("What would you like to tell us? (optional)"),
        }

    def _service_link_decided(self, link, value, comment):
        if link.purpose != "kept":
            return super()._service_link_decided(link, value, comment)
        document = self._service_document()
        return self._service_take_word(
            value,
            link.decided_by,
            comment,
            link.date_decided,
            is_verified=bool(document) and link._service_is_verified(document, self),
        )
