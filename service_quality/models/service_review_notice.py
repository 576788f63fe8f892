from datetime import timedelta

from odoo import api, fields, models

#: So many reviews lapse per batch of the cron.
LAPSE_BATCH = 200


class ServiceChecklist(models.Model):
    """What time does to reviews, and who is told."""

    _inherit = "service.checklist"

    def _service_tell_review(self, users):
        """Queue one mail per person about the last step of one review.

        In the person's language and zone, in the transaction of the step: told
        exactly when the step holds.

        :param users: res.users to tell; the one who acts is not told
        """
        self.ensure_one()
        told = (users - self.env.user).filtered(lambda user: user.email and user.active)
        if not told:
            return
        # sudo: this is an unsealed row; the mails are queued, never sent here
        self.env["mail.mail"].sudo().create(
            [self._service_review_mail_vals(user) for user in told]
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _service_review_mail_vals(self, user):
        """Return the values of the mail to one person about one review's last step."""
        lang = user.lang or "en_US"
        env = self.with_context(lang=lang).env
        body = env["ir.qweb"]._render(
            "service_quality.mail_review",
            {
                "review": self.with_env(env),
                "zone": user.tz or "UTC",
                "url": f"{self.get_base_url()}/odoo/service-reviews/{self.id}",
            },
            lang=lang,
        )
        subject = {
            "published": env._("Your work was reviewed: %s", self.res_name),
            "disputed": env._("Your review is disputed: %s", self.res_name),
            "decided": env._("The dispute is decided: %s", self.res_name),
        }[self.review_state]
        return {
            "subject": subject,
            "body_html": body,
            "email_to": user.email,
            "email_from": self.company_id.email_formatted or user.email,
            "auto_delete": True,
            "state": "outgoing",
        }

    @api.model
    def _service_lapse(self):
        """Let published reviews count as acknowledged when their time is over.

        :return: number of reviews that lapsed
        """
        reviews = self._service_unseal().search(
            [
                ("review_state", "=", "published"),
                ("purpose", "=", "review"),
                ("date_review_limit", "<", fields.Datetime.now()),
            ],
            order="date_review_limit, id",
            limit=LAPSE_BATCH,
        )
        for review in reviews:
            review._service_step(
                "lapsed",
                {
                    "review_state": "acknowledged",
                    "is_lapsed": True,
                    # From the first second in which he could not answer any more
                    "date_acknowledged": review.date_review_limit
                    + timedelta(seconds=1),
                },
            )
        return len(reviews)

    @api.model
    def _cron_reviews(self):
        """Let reviews lapse, then draw this week's sample of each program."""
        progress = self.env["ir.cron"]
        while lapsed := self._service_lapse():
            if not progress._commit_progress(lapsed):
                return
        self.env["service.review.program"]._service_draw_all()
