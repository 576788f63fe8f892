import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

SAYINGS = [("kept", "Was kept"), ("not_kept", "Was not kept")]


class ServicePromise(models.Model):
    """What the customer sees of what he was promised, and what he says of it."""

    _inherit = "service.promise"

    customer_verdict = fields.Selection(
        SAYINGS,
        "Customer Says",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The customer's own word on the settled promise: his first answer.",
    )
    date_customer_verdict = fields.Datetime(
        "Customer Said So On", readonly=True, copy=False
    )
    customer_comment = fields.Text("Customer's Comment", readonly=True, copy=False)

    # ------------------------------------------------------------------
    # What the customer sees
    # ------------------------------------------------------------------

    @api.model
    def _service_known_domain(self):
        """Promises that their customer knows: not the notes of ours to ourselves."""
        return (
            Domain("date_told", "!=", False)
            | Domain("source", "=", "plan")
            | Domain("is_counted", "=", True)
        )

    @api.model
    def _service_customer_domain(self):
        """Promises to the logged-in customer and his company.

        The family is that of the portal's documents: everybody below the commercial
        partner. Internal users get none, because they could choose their family.

        :return: domain, to be used as superuser
        """
        user = self.env.user
        if user._is_public() or user._is_internal():
            return Domain.FALSE
        # sudo: the user's own family, as the portal has it
        family = user.sudo().partner_id.commercial_partner_id
        return (
            Domain("partner_id", "child_of", family.ids)
            & Domain("company_id", "in", user.sudo().company_ids.ids)  # his own
            & self._service_known_domain()
        )

    def _service_can_be_judged(self):
        """Tell whether the customer may still say what became of one promise.

        What he himself agreed to move is no question: its successor is.
        """
        return bool(
            self.settlement and self.outcome != "moved" and not self.customer_verdict
        )

    # ------------------------------------------------------------------
    # What the customer says
    # ------------------------------------------------------------------

    @api.model
    def _service_customer_says(self, promise_id, value, comment=""):
        """Take the word of the customer who is logged in, on one promise to him.

        The first answer wins; repeating it, or saying something else, is harmless.

        :param int promise_id: id, as sent by the client
        :param str value: ``kept`` or ``not_kept``
        :param str comment: what he adds, optional
        :return: whether this answer was taken
        :raise AccessError: not a customer, or a promise to somebody else
        :raise UserError: no such answer, or the promise still runs
        :raise ValidationError: a text that cannot be
        """
        # sudo: one promise, inside the domain of those to this customer
        promises = self.sudo()
        promise = promises.search(
            self._service_customer_domain() & Domain("id", "=", promise_id)
        )
        if not promise:
            raise AccessError(self.env._("This was not promised to you."))
        if value not in dict(SAYINGS):
            raise UserError(self.env._("Say whether it was kept or not."))
        comment = self._service_clean_text(comment, self.env._("Comment"))
        promise = promise._service_unseal()
        promise._service_link_lock()
        if promise.customer_verdict:
            return False
        if not promise._service_can_be_judged():
            raise UserError(self.env._("This promise is not settled yet."))
        name = self.env.user.name
        promise._service_take_word(value, name, comment, fields.Datetime.now())
        return True

    def _service_take_word(self, value, name, comment, moment, is_verified=True):
        """Record what the customer says of one settled promise; the row is locked.

        A call that we only declared becomes a counted one by his *kept*, judged at
        the moment of the declaration, and a missed one by his *not kept*. Nothing
        else changes an outcome: ``verdict.py`` decides.

        :param str value: ``kept`` or ``not_kept``
        :param str name: who says so
        :param str comment: what he adds, may be empty
        :param moment: server time, naive UTC
        :param bool is_verified: more than our own word says that he is the customer;
            else his *kept* is noted and makes nothing count
        """
        self.ensure_one()
        old = self.outcome
        vals = {
            "customer_verdict": value,
            "date_customer_verdict": moment,
            "customer_comment": comment or False,
        }
        if value == "kept" and is_verified:
            # His word is the trace that was missing.
            vals["is_self_declared"] = False
        self.write(vals)
        self.env["service.event"]._service_log(
            self, "customer_says", old=old, new=value, note=f"{name}\n{comment}".strip()
        )
        if not is_verified:
            self.env["service.event"]._service_log(self, "unverified", new=value)
        self.env["service.link"]._service_revoke(self, ["kept"])
        if value == "not_kept":
            self._service_try_not_kept()

    def _service_try_not_kept(self):
        """Tell us about it so that a failure of ours does not lose his word."""
        try:
            with self.env.cr.savepoint():
                self._service_on_not_kept()
        except Exception:
            _logger.exception("Service quality: not followed up, %s", self)

    def _service_on_not_kept(self):
        """Hook: the customer says that one settled promise was not kept.

        Called once per promise, unsealed and as superuser, in the customer's
        request, after his word was written. The default notes it on the document;
        the recovery that is opened for it gives somebody the task.
        """
        self.ensure_one()
        document = self._service_document()
        if document:
            lang = self.employee_id.user_id.lang or "en_US"
            # The system's own line, in our language: the customer is in his portal.
            document = document.with_user(SUPERUSER_ID).with_context(lang=lang)
            text = document.env._("The customer says this was not kept: %s", self.name)
            document._service_note_change(text, self.customer_comment or "")

    @api.model
    def _service_reopen(self, documents, since):
        """What was said of a closing that is undone was said of something else."""
        promises = super()._service_reopen(documents, since)
        judged = promises.filtered("customer_verdict")
        if judged:
            judged.write(
                {
                    "customer_verdict": False,
                    "date_customer_verdict": False,
                    "customer_comment": False,
                }
            )
        return promises

    # ------------------------------------------------------------------
    # Screens
    # ------------------------------------------------------------------

    def _service_card_vals(self):
        vals = super()._service_card_vals()
        return {**vals, "customer_says": self.customer_verdict or ""}
