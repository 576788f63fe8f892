from odoo import api, fields, models
from odoo.tools.mail import email_normalize

from .prefetch import APART

STAMPS = frozenset({"service_email_user_id", "service_email_date"})


class ResPartner(models.Model):
    """Who wrote a customer's address, and when: stamped by the server.

    ``write_uid`` would not do: the system writes on the card for its own reasons,
    as whoever is there. Empty means before Service Quality was installed.
    """

    _inherit = "res.partner"

    service_email_user_id = fields.Many2one(
        "res.users",
        "Address Written By",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Who entered the e-mail address, or put the card below its company.",
        prefetch=APART,
    )
    service_email_date = fields.Datetime(
        "Address Written On", readonly=True, copy=False, prefetch=APART
    )

    @api.model_create_multi
    def create(self, vals_list):
        stamp = self._service_email_stamp()
        return super().create(
            [
                {
                    **{name: vals[name] for name in vals if name not in STAMPS},
                    **(stamp if vals.get("email") else {}),
                }
                for vals in vals_list
            ]
        )

    def write(self, vals):
        vals = {name: vals[name] for name in vals if name not in STAMPS}
        if any(partner._service_address_changes(vals) for partner in self):
            vals.update(self._service_email_stamp())
        return super().write(vals)

    @api.model
    def _service_email_stamp(self):
        """Return who acts, and when, as values; nobody can give others."""
        return {
            "service_email_user_id": self.env.uid,
            "service_email_date": fields.Datetime.now(),
        }

    def _service_address_changes(self, vals):
        """Tell whether values give one card another address, or another family."""
        if "parent_id" in vals and vals["parent_id"] != self.parent_id.id:
            return True
        return "email" in vals and (
            email_normalize(vals["email"] or "") != email_normalize(self.email or "")
        )
