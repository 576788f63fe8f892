from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.mail import email_normalize

STATES = [("queued", "Planned"), ("sent", "Sent"), ("skipped", "Not sent")]
REASONS = [
    ("no_email", "No e-mail address"),
    ("internal", "An address of our own"),
    ("blacklisted", "The customer wants no such mail"),
    ("fatigue", "Asked not long ago"),
    ("answered", "Answered about this document before"),
    ("reopened", "Reopened in the meantime"),
    ("gone", "The document is gone"),
    ("survey", "The survey is archived"),
    ("error", "The mail could not be prepared"),
]
CRON_BATCH = 50


class ServiceInvitation(models.Model):
    """Whether a customer was asked about a document that is done, or why not.

    Every done document of a plan with a survey has one, so the share of those not
    asked can be seen per employee.
    """

    _name = "service.invitation"
    _description = "Survey Invitation"
    _inherit = ["service.sealed.mixin", "service.linked.mixin", "service.link.mixin"]
    _order = "id desc"

    survey_id = fields.Many2one(
        "survey.survey", required=True, readonly=True, ondelete="restrict"
    )
    user_input_id = fields.Many2one(
        "survey.user_input", "Answer", readonly=True, index="btree_not_null"
    )
    employee_id = fields.Many2one(
        "hr.employee", readonly=True, ondelete="restrict", index=True
    )
    department_id = fields.Many2one("hr.department", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    email = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date_planned = fields.Datetime(required=True, readonly=True)
    date_sent = fields.Datetime(readonly=True)
    lang = fields.Char("Language", readonly=True)
    date_reminded = fields.Datetime("Reminded On", readonly=True)
    is_reminder_settled = fields.Boolean(
        readonly=True,
        help="Reminded, or not to be reminded.",
    )
    is_answered = fields.Boolean("Answered", readonly=True)
    is_manual = fields.Boolean(
        readonly=True, help="Sent by hand: kept apart from the automatic sample."
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="queued")
    reason = fields.Selection(REASONS, "Why Not", readonly=True)
    recovery_id = fields.Many2one(
        "service.recovery",
        readonly=True,
        help="Asks whether it is all right now, after this recovery.",
    )

    _document_idx = models.Index("(res_model, res_id)")
    _queue_idx = models.Index("(date_planned) WHERE state = 'queued'")

    @api.model
    def _service_plan(self, documents, plan, moment):
        """Plan the survey of a plan for documents just done.

        A planned invitation of an earlier closing dies; one document is asked once
        per closing.

        :param documents: served documents
        :param plan: service.plan with a survey
        :param moment: when they were done, naive UTC
        """
        if not documents:
            return self
        invitations = self._service_unseal()
        invitations.search(
            [
                ("res_model", "=", documents._name),
                ("res_id", "in", documents.ids),
                ("state", "=", "queued"),
            ]
        ).write({"state": "skipped", "reason": "reopened"})
        planned = moment + timedelta(hours=plan.survey_delay_hours)
        created = invitations.create(
            [
                invitations._prepare_vals(document, plan.survey_id, planned)
                for document in documents
            ]
        )
        # sudo: only the time of the cron's next run
        self.env.ref("service_quality.cron_surveys").sudo()._trigger(at=planned)
        return created

    @api.model
    def _prepare_vals(self, document, survey, planned, is_manual=False):
        email = document.sudo()._service_get_email()  # snapshot
        return {
            **document._service_snapshot_vals(),
            "email": email_normalize(email) or email or False,
            "survey_id": survey.id,
            "date_planned": planned,
            "is_manual": is_manual,
        }

    @api.model
    def _service_ask_back(self, document, recovery):
        """Ask a customer how it is after a recovery; now, by hand.

        :param document: the served document of the recovery
        :param recovery: service.recovery
        :return: the invitation, sent or with the reason why not
        :raise UserError: an anonymous survey, whose answer could close nothing
        """
        survey = self.env["service.plan"]._service_survey(document)
        if survey.service_is_anonymous:
            raise UserError(
                self.env._("The survey is anonymous: nobody can be asked back by it.")
            )
        vals = self._prepare_vals(
            document, survey, fields.Datetime.now(), is_manual=True
        )
        email = recovery.feedback_id.recipient or recovery.promise_id.partner_email
        if email:
            # Whom we failed answers, not who stands on the document by now.
            vals["email"] = email_normalize(email) or email
        # It concerns whom the recovery concerns, whoever has the document now.
        vals.update(
            recovery_id=recovery.id,
            employee_id=recovery.employee_id.id,
            department_id=recovery.department_id.id,
        )
        invitation = self.create(vals)
        invitation._service_send_safely()
        return invitation

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """Send what is due, then remind; in committed batches.

        One bad row stops nothing.
        """
        due = Domain("state", "=", "queued")
        due &= Domain("date_planned", "<=", fields.Datetime.now())
        self._cron_work(due, "date_planned, id", "_service_send_safely")
        self._cron_work(
            self._service_reminder_domain(), "date_sent, id", "_service_remind_safely"
        )

    @api.model
    def _cron_work(self, domain, order, method):
        """Do ``method`` for each row of a domain, one commit each."""
        invitations = self._service_unseal()
        due = invitations.search(domain, limit=CRON_BATCH, order=order)
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=invitations.search_count(domain))
        for invitation in due:
            invitation = invitation.try_lock_for_update().filtered_domain(domain)
            if invitation:
                getattr(invitation, method)()
            if not progress._commit_progress(1):
                break

    def _service_send_safely(self):
        try:
            with self.env.cr.savepoint():
                self._service_send()
        except Exception as error:
            self.write({"state": "skipped", "reason": "error"})
            self.env["service.event"]._service_log(
                self, "withdrawn", note=str(error)[:500]
            )

    def _service_remind_safely(self):
        try:
            with self.env.cr.savepoint():
                self._service_remind()
        except Exception as error:
            self.write({"is_reminder_settled": True})
            self.env["service.event"]._service_log(
                self, "withdrawn", note=str(error)[:500]
            )

    def _service_send(self):
        """Queue the mail of one invitation, or note why not."""
        self.ensure_one()
        reason = self._service_reason_not_to_send()
        if reason:
            self.write({"state": "skipped", "reason": reason})
            return
        if self.survey_id.service_is_anonymous:
            self._service_send_anonymous()
            return
        answer = self.survey_id._create_answer(
            partner=self.partner_id,
            email=self.email,
            check_attempts=False,
            service_invitation_id=self.id,
        )
        self.write(
            {
                "state": "sent",
                "date_sent": fields.Datetime.now(),
                "user_input_id": answer.id,
                "lang": self.env["service.link"]._service_lang(self.partner_id.lang),
            }
        )
        self._service_queue_mail()

    def _service_reason_not_to_send(self):
        """Return the key of :data:`REASONS` that forbids the mail, or None."""
        document = self._service_document()
        email = email_normalize(self.email or "")
        if not document:
            return "gone"
        if not self.is_manual and not document._service_is_done():
            return "reopened"
        if not self.survey_id.active:
            return "survey"
        if not email:
            return "no_email"
        if self._service_is_internal(email):
            return "internal"
        blacklisted = self.env["mail.blacklist"].search_count([("email", "=", email)])
        if blacklisted:
            return "blacklisted"
        if not self.recovery_id and self._service_was_answered():
            return "answered"
        if not self.is_manual and self._service_is_tired():
            return "fatigue"
        if self.survey_id.service_is_anonymous and self._service_was_asked():
            return "fatigue"
        return None

    def _service_is_internal(self, email):
        return bool(self.env["service.link"]._service_ours([email]))

    def _service_was_answered(self):
        """Tell whether the recipient has answered about this document before."""
        feedback = self.env["service.feedback"]._service_unseal()
        return bool(feedback._service_of_recipient(self))

    def _service_is_tired(self):
        """Tell whether the customer was asked within the company's pause.

        What somebody sent by hand does not tire the automatic sample.
        """
        pause = timedelta(days=self.company_id.service_survey_pause_days)
        return bool(
            self.search_count(
                [
                    ("email", "=", self.email),
                    ("company_id", "=", self.company_id.id),
                    ("is_manual", "=", False),
                    ("date_sent", ">", fields.Datetime.now() - pause),
                ],
                limit=1,
            )
        )
