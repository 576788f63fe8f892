import hashlib
import json
import secrets
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models

PURPOSES = [
    ("scope", "Confirm a change"),
    ("move", "Agree to a new date"),
    ("kept", "Say whether it was kept"),
    ("feedback", "Give feedback"),
]
#: 256 random bits; the token is as long as that needs in base64.
TOKEN_BYTES = 32
#: The address of a link whose recipient nobody may know: an anonymous survey.
NOBODY = "anonymous@customer.invalid"


class ServiceLink(models.Model):
    """A question to one customer, by a link that only his mail holds.

    One link has one purpose, one recipient and one version of the text. Only the
    SHA-256 of its random token is stored, so nobody who reads the database, and no
    backup, can answer in the customer's place. The row it is about
    (``service.link.mixin``) says what can be answered.

    To ask: :meth:`_service_issue`, then :meth:`_service_send`. To answer: the pages
    of ``controllers/customer.py``, by ``_service_find``, ``_service_nonce`` and
    ``_service_decide`` (``service_link_decision.py``).
    """

    _name = "service.link"
    _description = "Customer Link"
    _inherit = ["service.sealed.mixin"]
    _order = "id desc"
    _rec_name = "purpose"

    purpose = fields.Selection(PURPOSES, required=True, readonly=True)
    res_model = fields.Char(
        "Row Type", required=True, readonly=True, export_string_translation=False
    )
    res_id = fields.Many2oneReference(
        "Row ID", model_field="res_model", required=True, readonly=True
    )
    record_version = fields.Integer(
        readonly=True, help="Which version of the row the text belongs to."
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Recipient", readonly=True)
    partner_name = fields.Char("Recipient Name", readonly=True)
    email = fields.Char("Sent To", required=True, readonly=True)
    lang = fields.Char("Language", required=True, readonly=True)
    contact_name = fields.Char(
        readonly=True, help="First name of who asks; all the customer sees of him."
    )
    content = fields.Json(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="What was shown, as pairs of label and text, in his language.",
    )
    version = fields.Char(
        "Text Hash", required=True, readonly=True, help="SHA-256 of the text shown."
    )
    token_hash = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    date_expiry = fields.Datetime("Expires", required=True, readonly=True)
    date_revoked = fields.Datetime("Revoked On", readonly=True)
    decision = fields.Char(readonly=True)
    date_decided = fields.Datetime("Decided On", readonly=True)
    decided_by = fields.Char(readonly=True, help="Name of who decided first.")
    comment = fields.Text(readonly=True, groups=fields.NO_ACCESS)
    question_count = fields.Integer("Questions Asked", readonly=True)
    question = fields.Text(
        "Last Question", readonly=True, groups=fields.NO_ACCESS, copy=False
    )

    _token_uniq = models.UniqueIndex("(token_hash)")
    _row_idx = models.Index("(res_model, res_id)")
    _decided_whole = models.Constraint(
        "CHECK((decision IS NULL) = (date_decided IS NULL))",
        "A decision needs its moment.",
    )

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    @api.model
    def _service_issue(
        self,
        purpose,
        record,
        content,
        *,
        company,
        partner=None,
        email=None,
        lang=None,
        contact=None,
        until=None,
        record_version=0,
        revoke=True,
    ):
        """Make a link to ask one customer about one row.

        The caller has checked that the user may ask, and holds the lock of the row
        (``_service_link_lock``).

        :param str purpose: key of :data:`PURPOSES`
        :param record: row of a model with ``service.link.mixin``
        :param list content: (label, text) pairs that the page shows, in ``lang``
        :param company: res.company of the document
        :param partner: res.partner, the recipient; may be empty
        :param str email: his address; default the partner's
        :param str lang: code of his language; default the partner's
        :param contact: hr.employee who asks
        :param until: naive UTC; it expires then, or after the company's setting
            (``service_link_days``) when that is sooner
        :param int record_version: version of the row
        :param bool revoke: kill the links that asked the same before; False for a
            reminder, whose older mail should stay good
        :return: (link, token); the token stands nowhere but in this answer, and
            belongs into the queued mail and nowhere else
        :raise UserError: no address, or one of our own
        """
        record.ensure_one()
        partner = partner if partner is not None else self.env["res.partner"]
        partner = partner.sudo()  # name, address and language of the recipient
        email = self._service_address(email or partner.email)
        links = self._service_unseal()
        if revoke:
            links._service_revoke(record, [purpose])
        token = secrets.token_urlsafe(TOKEN_BYTES)
        content = [[str(label), str(text)] for label, text in content]
        link = links.create(
            {
                "purpose": purpose,
                "res_model": record._name,
                "res_id": record.id,
                "record_version": record_version,
                "company_id": company.id,
                "partner_id": partner.id,
                "partner_name": partner.name or False,
                "email": email,
                "lang": self._service_lang(lang or partner.lang),
                "contact_name": self._service_first_name(contact),
                "content": content,
                "version": self._service_hash(purpose, record, email, content),
                "token_hash": self._service_token_hash(token),
                "date_expiry": self._service_expiry(company, until),
            }
        )
        return link, token

    @api.model
    def _service_expiry(self, company, until):
        """Return when a link expires: by the company's setting, or sooner."""
        days = company.sudo().service_link_days  # the setting only
        expiry = fields.Datetime.now() + timedelta(days=days)
        return min(expiry, until) if until else expiry

    @api.model
    def _service_revoke(self, record, purposes):
        """Kill the undecided links that ask about a row.

        :param record: row of a model with ``service.link.mixin``
        :param list purposes: keys of :data:`PURPOSES`
        """
        links = self._service_unseal().search(
            [
                ("res_model", "=", record._name),
                ("res_id", "in", record.ids),
                ("purpose", "in", purposes),
                ("decision", "=", False),
                ("date_revoked", "=", False),
            ]
        )
        if links:
            links.write({"date_revoked": fields.Datetime.now()})

    @api.model
    def _service_lang(self, code):
        """Return a language that is switched on: this one, or the user's."""
        installed = dict(self.env["res.lang"].get_installed())
        return next(
            (lang for lang in (code, self.env.lang) if lang in installed), "en_US"
        )

    @api.model
    def _service_first_name(self, employee):
        # sudo: all the customer sees of who asks
        name = employee.sudo().name if employee else ""
        return (name or "").partition(" ")[0] or False

    @api.model
    def _service_hash(self, purpose, record, email, content):
        """Return the SHA-256 of what exactly is asked of whom."""
        shown = json.dumps([purpose, record._name, record.id, email, content])
        return hashlib.sha256(shown.encode()).hexdigest()

    @api.model
    def _service_token_hash(self, token):
        """Return the SHA-256 of a token; any text has one.

        No salt: 256 random bits cannot be guessed, and the index must find it.
        """
        return hashlib.sha256(str(token).encode("utf-8", "replace")).hexdigest()

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    def _service_url(self, token):
        """Return the address of the page of one link."""
        page = "feedback" if self.purpose == "feedback" else "confirm"
        return f"{self.get_base_url()}/service_quality/{page}/{token}"

    def _service_keep(self, files):
        """Return copies of files that belong to one link: nobody exchanges those.

        :param files: ir.attachment
        """
        return files.copy({"res_model": self._name, "res_id": self.id})

    def _service_files(self):
        """Return the files that the customer got with one link."""
        return self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )

    def _service_send(self, token, subject, intro, button):
        """Queue the mail that carries the link, and nothing but it does.

        Its message belongs to no document and is the system's, so that no user can
        read it; mail and message go when it has left.

        :param str token: of :meth:`_service_issue`
        :param str subject: of the mail, in the recipient's language
        :param str intro: first sentence, in the recipient's language
        :param str button: text of the link, in the recipient's language
        :return: mail.mail
        """
        values = {"intro": intro, "url": self._service_url(token), "button": button}
        return self._service_queue(subject, "service_quality.mail_customer_ask", values)

    def _service_greeting(self):
        """Return how a mail to the recipient begins, in his language."""
        _ = self.with_context(lang=self.lang).env._
        return _("Hello %s,", self.partner_name) if self.partner_name else _("Hello,")

    def _service_queue(self, subject, template, values):
        """Queue a mail to the recipient of one link, in his language.

        :param str subject: in his language
        :param str template: xml id of a QWeb view
        :param dict values: for the view, besides ``link`` and ``greeting``
        :return: mail.mail
        """
        self.ensure_one()
        values = {"link": self, "greeting": self._service_greeting(), **values}
        body = self.env["ir.qweb"]._render(template, values, lang=self.lang)
        sender = self.company_id.email_formatted
        mail = (
            self.env["mail.mail"]
            # As the system: whoever creates a message may read it, and so the link.
            .with_user(SUPERUSER_ID)
            .create(
                {
                    # a line break in a title would lose the mail
                    "subject": " ".join(subject.split()),
                    "body_html": body,
                    "email_to": self.email,
                    "auto_delete": True,
                    "state": "outgoing",
                    **({"email_from": sender} if sender else {}),
                }
            )
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()  # its time
        return mail
