from datetime import timedelta

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.mail import email_normalize

#: A customer's card that the asking employee wrote himself proves its address only
#: when it stood there so long before he asked.
CARD_AGE = timedelta(hours=24)


class ServiceLink(models.Model):
    """Whose address a link goes to: never ours, and not only the asker's word."""

    _inherit = "service.link"

    @api.model
    def _service_ours(self, emails):
        """Return those of these addresses that are read by ourselves.

        :param emails: normalised addresses
        :return: set: of internal users, employees (also private ones), companies and
            the addresses by which mail comes into the system
        """
        emails = {email for email in emails if email}
        if not emails:
            return set()
        # sudo: whether these are addresses of ours, nothing else
        env = self.sudo().env
        found = set()
        for name, domain, columns in (
            ("res.users", [("share", "=", False)], ("email", "login")),
            ("hr.employee", [], ("work_email", "private_email")),
            ("res.company", [], ("email",)),
            ("mail.alias", [], ("alias_full_name",)),
        ):
            known = Domain.OR(
                Domain(column, "ilike", email) for column in columns for email in emails
            )
            rows = env[name].search(Domain(domain) & known)
            for column in columns:
                found.update(
                    email_normalize(text or "") for text in rows.mapped(column)
                )
        return found & emails

    @api.model
    def _service_address(self, email):
        """Return the normalised address to ask at; ourselves we do not ask.

        :param str email: as given; may be empty
        :raise UserError: no address, or one of our own
        """
        address = email_normalize(email or "")
        if not address:
            raise UserError(
                self.env._("The customer has no e-mail address to write to.")
            )
        if self._service_ours([address]):
            raise UserError(
                self.env._(
                    "%(email)s is an address of our own: only the customer can answer.",
                    email=address,
                )
            )
        return address

    def _service_is_verified(self, document, record):
        """Tell whether more than the asking people's word says whose address it is.

        Any of: the customer wrote on the document from it, nobody of us having
        touched that message; he has logged in with it; it stands on a card of his
        family where somebody else wrote it, or longer ago than :data:`CARD_AGE`.
        Who typed it himself a moment ago proves nothing by it.

        :param document: what it was asked about
        :param record: row of a model with ``service.link.mixin`` and ``event_ids``;
            who of us acted on it, asked
        """
        self.ensure_one()
        # sudo: who asked, compared with who wrote the customer's card
        record, document = record.sudo(), document.sudo()
        askers = record.create_uid | record.employee_id.user_id
        askers |= record.event_ids.create_uid
        askers = askers.filtered(
            lambda user: user._is_internal() and user.id != SUPERUSER_ID
        )
        return (
            self._service_stands_on_card(askers)
            or self._service_has_logged_in()
            or self._service_wrote_from(document)
        )

    def _service_stands_on_card(self, askers):
        family = self.partner_id.commercial_partner_id
        if not family:
            return False
        cards = self.env["res.partner"].search(
            [
                ("email_normalized", "=", self.email),
                ("commercial_partner_id", "=", family.id),
            ]
        )
        before = self.create_date - CARD_AGE
        return any(
            card.service_email_user_id not in askers
            or card.service_email_date <= before
            for card in cards
        )

    def _service_has_logged_in(self):
        """The login counts: the address of a portal user can be written by others."""
        family = self.partner_id.commercial_partner_id
        users = self.env["res.users"].search(
            [("email_normalized", "=", self.email), ("share", "=", True)]
        )
        return any(
            family
            and user.login_date
            and user.partner_id.commercial_partner_id == family
            and email_normalize(user.login) == self.email
            for user in users
        )

    def _service_wrote_from(self, document):
        messages = self.env["mail.message"].search(
            [
                ("model", "=", document._name),
                ("res_id", "=", document.id),
                ("message_type", "in", ("email", "comment")),
                ("email_from", "ilike", self.email),
            ]
        )
        return any(
            message.write_uid == message.create_uid
            and email_normalize(message.email_from or "") == self.email
            and document._service_from_customer(message)
            for message in messages
        )
