from odoo import SUPERUSER_ID, models
from odoo.tools.mail import email_normalize, email_normalize_all

REACHED_KEY = "service_quality_reached"


class ServiceQualityMixin(models.AbstractModel):
    """What the server sees on a document: whom a message really reached."""

    _inherit = "service.quality.mixin"

    def _service_remember_reached(self):
        """Remember for this transaction that a message reached the customer."""
        reached = self.env.cr.precommit.data.setdefault(REACHED_KEY, set())
        reached.update((self._name, res_id) for res_id in self.ids)

    def _service_was_reached(self):
        """Tell whether a message of this transaction reached the customer."""
        reached = self.env.cr.precommit.data.get(REACHED_KEY, set())
        return (self._name, self.id) in reached

    def _service_customer_emails(self):
        """Return the customer's normalised addresses of one document, a set."""
        document = self.sudo()  # addresses for a comparison, shown to nobody
        partner = document._service_get_partner()
        addresses = [document._service_get_email(), partner.email]
        return {email_normalize(address) for address in addresses if address} - {False}

    def _service_from_customer(self, message):
        """Tell whether the customer wrote this message.

        Any colleague can post with the customer as author; the customer himself
        comes through the portal or the mail gateway.
        """
        author = message.author_id
        creator = message.create_uid
        if not creator.share and creator.id != SUPERUSER_ID:
            return False
        # sudo: the customer and the company of the document only
        family = self.sudo()._service_get_partner().commercial_partner_id
        if author:
            return bool(
                author.partner_share
                and family
                and author.commercial_partner_id == family
                # sudo: see above
                and author != self.sudo()._service_get_company().partner_id
            )
        sender = email_normalize(message.email_from or "")
        return bool(sender) and sender in self._service_customer_emails()

    def _service_reaches_customer(self, message, rdata):
        """Return whom a person of ours reached, when the customer is among them.

        An internal note, a robot's acknowledgement and the customer's own words do
        not count, see the table of cases in the tests.

        :return: frozenset of ids of commercial partners and of addresses, see
            ``_service_reached_by``; empty when the customer learned nothing
        """
        mailed = f"{message.incoming_email_to or ''},{message.incoming_email_cc or ''}"
        if not rdata and mailed == ",":
            return frozenset()
        document = self.sudo()  # customer and company of the document only
        author = message.author_id
        # the robot, by its cached id
        robot_id = self.env["ir.model.data"]._xmlid_to_res_id("base.partner_root")
        is_staff = author and author.id != robot_id
        is_staff = is_staff and (
            not author.partner_share
            or author == document._service_get_company().partner_id
        )
        if not is_staff or message.create_uid.share:
            return frozenset()
        reached = [
            row
            for row in rdata
            if row["share"] and (row["email_normalized"] or row["notif"] == "inbox")
        ]
        family = document._service_get_partner().commercial_partner_id
        partners = self.env["res.partner"].sudo()  # their family only
        partners = partners.browse([row["id"] for row in reached if row["id"]])
        families = partners.commercial_partner_id
        addresses = {row["email_normalized"] for row in reached}
        addresses |= set(email_normalize_all(mailed))
        is_reached = family and family in families
        if not is_reached and not self._service_customer_emails() & addresses:
            return frozenset()
        return frozenset({*families._ids, *addresses})
