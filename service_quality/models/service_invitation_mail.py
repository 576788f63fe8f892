from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from .service_link import NOBODY

#: Faces of the mail and the page, worst first: 0-100. Of Unicode 6.0, so that old
#: phones and mail programs have them.
FACES = [
    (0, "\N{POUTING FACE}"),
    (25, "\N{DISAPPOINTED FACE}"),
    (50, "\N{NEUTRAL FACE}"),
    (75, "\N{SMILING FACE WITH SMILING EYES}"),
    (100, "\N{SMILING FACE WITH OPEN MOUTH AND SMILING EYES}"),
]
#: After a downtime nobody is reminded of what he got so long ago.
STALE_DAYS = 7


class ServiceInvitation(models.Model):
    """The mail of an invitation, and its one reminder."""

    _inherit = "service.invitation"

    def _service_queue_mail(self, reminder=False, asked=None):
        """Queue the mail: one click on a face or number, or the whole survey.

        :param bool reminder: the older mail stays good
        :param asked: the invitation that names document and address, when this one
            is the envelope of an anonymous survey
        :return: service.link of the mail
        """
        self.ensure_one()
        asked = asked or self
        about = self.with_context(lang=self.lang).env._("About")
        link, token = self.env["service.link"]._service_issue(
            "feedback",
            self,
            [(about, self.res_name or self.company_id.name)],
            company=self.company_id,
            partner=self.partner_id,
            email=NOBODY if self.is_envelope else self.email,
            lang=self.lang,
            revoke=not reminder,
        )
        asked._service_send_template(self, link, link._service_url(token), reminder)
        return link

    def _service_send_template(self, carrier, link, url, reminder):
        """Queue the mail with a link to whom one invitation names.

        As the system, on no document: whoever creates a message, and whoever reads
        what it is about, may read it, and so the link.

        :param carrier: the invitation that carries link and answer: this one, or its
            envelope
        :param link: service.link
        :param str url: of the page
        :param bool reminder: say that it is one
        """
        template = self.env.ref("service_quality.mail_template_survey")
        template.with_user(SUPERUSER_ID).with_context(
            service_choices=carrier._service_mail_choices(url),
            service_greeting=link._service_greeting(),
            service_url=url,
            service_document=self.res_name or "",
            service_anonymous=carrier.is_envelope,
            service_reminder=reminder,
        ).send_mail(
            carrier.user_input_id.id,
            force_send=False,
            email_values={
                "email_to": self.email,
                "recipient_ids": [],
                "model": False,
                "res_id": False,
            },
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _service_mail_choices(self, url):
        """Return what one click in the mail can choose: faces or numbers.

        :param str url: of the page; it only opens with the value chosen
        :return: list of dicts with ``url``, ``text`` and ``label``
        """
        if self.company_id.service_quick_scale == "numbers":
            return [
                {"url": f"{url}?recommend={number}", "text": str(number), "label": ""}
                for number in range(11)
            ]
        labels = self.with_context(lang=self.lang)._service_face_labels()
        return [
            {
                "url": f"{url}?satisfaction={value}",
                "text": face,
                "label": labels[value],
            }
            for value, face in FACES
        ]

    @api.model
    def _service_face_labels(self):
        """Return what the faces mean, in the language of the environment."""
        return {
            0: self.env._("Very bad"),
            25: self.env._("Bad"),
            50: self.env._("So-so"),
            75: self.env._("Good"),
            100: self.env._("Very good"),
        }

    # ------------------------------------------------------------------
    # The one reminder
    # ------------------------------------------------------------------

    @api.model
    def _service_reminder_domain(self):
        """Return the invitations whose reminder is due now.

        Only of the automatic sample; one that nobody sent in time is not sent late.
        """
        now = fields.Datetime.now()
        waiting = Domain("state", "=", "sent") & Domain("is_answered", "=", False)
        waiting &= Domain("is_manual", "=", False)
        waiting &= Domain("is_reminder_settled", "=", False)
        domains = []
        # pylint: disable=no-search-all
        companies = self.env["res.company"].sudo().search([])  # their setting only
        for days, group in companies.grouped("service_survey_remind_days").items():
            if days:
                stop = now - timedelta(days=days)
                domains.append(
                    Domain("company_id", "in", group.ids)
                    & Domain("date_sent", "<=", stop)
                    & Domain("date_sent", ">", stop - timedelta(days=STALE_DAYS))
                )
        return waiting & Domain.OR(domains)

    def _service_remind(self):
        """Remind of one invitation, or note that it is not to be reminded of."""
        self.ensure_one()
        vals = {"is_reminder_settled": True}
        done = self.user_input_id.state == "done" or not self.user_input_id
        if not done and not self._service_reason_not_to_remind():
            vals["date_reminded"] = fields.Datetime.now()
            self._service_queue_mail(reminder=True)
        self.write(vals)

    def _service_reason_not_to_remind(self):
        """Return what forbids a reminder, or None; being asked once is no fatigue."""
        reason = self._service_reason_not_to_send()
        return None if reason == "fatigue" else reason
