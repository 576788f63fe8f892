from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, consteq, hmac

from .service_feedback import REASONS
from .service_invitation_mail import FACES

#: So long the browser that answered first may revise.
REVISION_HOURS = 24
COOKIE_SCOPE = "service_quality.feedback"
RECOMMEND = range(11)


class ServiceInvitation(models.Model):
    """What the customer answers on the page of the mail, without a survey."""

    _inherit = "service.invitation"

    def _service_link_is_current(self, link):
        if link.purpose == "feedback":
            return self.state == "sent"
        return super()._service_link_is_current(link)

    def _service_link_lock(self):
        """Lock one invitation with all that asked the same recipient the same.

        Two mails about one document, answered at once: the second request waits,
        finds that a row it locked was written, and is done again by Odoo; then it
        sees the first answer.
        """
        self.ensure_one()
        # SQL: the ORM's lock does not wait, see the mixin
        self.env.execute_query(
            SQL(
                "SELECT id FROM service_invitation WHERE id = %s OR"
                " (res_model = %s AND res_id = %s AND email = %s)"
                " ORDER BY id FOR NO KEY UPDATE",
                self.id,
                self.res_model,
                self.res_id,
                self.email or None,
            )
        )

    # ------------------------------------------------------------------
    # The signed cookie
    # ------------------------------------------------------------------

    def _service_cookie(self, feedback):
        """Return what the browser of the first answer keeps, to revise it."""
        # sudo: the secret of the database, of which only a signature comes out
        return hmac(self.sudo().env, COOKIE_SCOPE, (self.id, feedback.id))

    def _service_may_revise(self, feedback, cookie):
        """Tell whether whoever shows this cookie may change an answer now."""
        if self.is_anonymous:
            return False
        limit = feedback.date_answered + timedelta(hours=REVISION_HOURS)
        if fields.Datetime.now() > limit:
            return False
        expected = self._service_cookie(feedback).encode()
        return consteq(expected, str(cookie or "").encode("utf-8", "replace"))

    # ------------------------------------------------------------------
    # The answer
    # ------------------------------------------------------------------

    @api.model
    def _service_clean_answer(self, form):
        """Return the vals of what a form says.

        :param dict form: ``satisfaction``, ``recommend``, ``reason``, ``comment`` as
            texts; anything
        :raise ValidationError: a value out of range, nothing chosen, a bad text
        """
        vals = {}
        for name, allowed in (
            ("satisfaction", [value for value, _face in FACES]),
            ("recommend", RECOMMEND),
        ):
            value = self._service_clean_number(form.get(name), allowed)
            if value is not None:
                vals.update({name: value, f"has_{name}": True})
        if not vals:
            raise ValidationError(
                self.env._("Please choose a face or a number, then send it.")
            )
        reason = form.get("reason") or False
        if reason and reason not in dict(REASONS):
            raise ValidationError(self.env._("This is none of the reasons."))
        comment = self._service_clean_text(form.get("comment"), self.env._("Comment"))
        return {**vals, "reason": reason, "comment": comment or False}

    @api.model
    def _service_clean_number(self, text, allowed):
        """Return a number that the page offers, or None for no choice.

        :raise ValidationError: anything else
        """
        if not text:
            return None
        numbers = {str(number): number for number in allowed}
        if text not in numbers:
            raise ValidationError(self.env._("This value cannot be chosen."))
        return numbers[text]

    @api.model
    def _service_quick_answer(self, token, nonce, form, cookie):
        """Take the answer of the page; the first one counts.

        Afterwards the same browser may revise it for 24 hours.

        :param str token: of the address
        :param str nonce: of the page
        :param dict form: see :meth:`_service_clean_answer`
        :param str cookie: of the browser, may be empty
        :return: (link, feedback, result); the result is ``done``, ``repeated``,
            ``refused`` (answered before), ``stale`` or ``gone``
        :raise AccessError: an internal user
        :raise ValidationError: a value that cannot be
        """
        links = self.env["service.link"]
        link, record, result = links._service_lock_for(("feedback",), token, nonce)
        feedback = self.env["service.feedback"]
        if result:
            return link, feedback, result
        vals = record._service_clean_answer(form)
        feedback = feedback._service_unseal()._service_of_invitation(record)
        if not feedback:
            return link, feedback._service_from_page(record, vals), "done"
        if all(feedback[name] == value for name, value in vals.items()):
            return link, feedback, "repeated"
        if not record._service_may_revise(feedback, cookie):
            return link, feedback, "refused"
        feedback._service_revise(vals)
        return link, feedback, "done"
