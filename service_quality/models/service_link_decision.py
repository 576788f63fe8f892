from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, consteq, hmac, ormcache

from .service_link import NOBODY

#: So long after the page was opened its button still works, in seconds.
NONCE_SECONDS = 12 * 3600
NONCE_SCOPE = "service_quality.link"
NAME_LIMIT = 100
#: More questions by one link are somebody else's joke.
MAX_QUESTIONS = 10


class ServiceLink(models.Model):
    """Answering by a link: found, shown, decided once."""

    _inherit = "service.link"

    # ------------------------------------------------------------------
    # Looking, without writing
    # ------------------------------------------------------------------

    @api.model
    def _service_find(self, purposes, token):
        """Return the link of a token, ready for its page, or an empty recordset.

        A token that is wrong, cut, for another purpose, revoked, expired or of an
        older version, and a logged-in customer with somebody else's link, all get
        the same answer. A wrong token costs one query by a unique index.

        :param purposes: keys of purposes that the page serves
        :param str token: as in the address; anything
        :return: service.link as superuser, in the recipient's language and company
        """
        # sudo: found by the secret that only the recipient was sent
        links = self.sudo()
        found = links.search_fetch(
            [("token_hash", "=", self._service_token_hash(token))],
            [name for name, field in self._fields.items() if field.column_type],
            limit=1,
        )
        if not found or found.purpose not in purposes or not found._service_is_for():
            return links.browse()
        link = found.with_context(
            lang=found.lang, allowed_company_ids=found.company_id.ids
        )
        return link if link._service_is_valid() else links.browse()

    def _service_is_for(self):
        """Tell whether whoever is logged in can be the recipient of one link.

        Without login the link itself is the proof. Internal users never are.
        """
        user = self.env.user
        if user._is_public():
            return True
        if user._is_internal():
            return False
        if self.email == NOBODY:
            return True
        family = self.partner_id.commercial_partner_id
        return user.partner_id.commercial_partner_id == family or (
            user.email_normalized == self.email
        )

    def _service_is_valid(self):
        """Tell whether one link may be shown: running, or decided not long ago."""
        if self.date_revoked or self.date_expiry < fields.Datetime.now():
            return False
        record = self._service_record()
        if not record:
            return False
        expected = self._service_hash(self.purpose, record, self.email, self.content)
        if expected != self.version:
            return False
        return bool(self.decision) or record._service_link_is_current(self)

    def _service_shown(self, name):
        """Return a moment of one link in words, in the recipient's time zone."""
        zone = self.partner_id.tz or "UTC"
        mixin = self.env["service.link.mixin"]
        return self[name] and mixin._service_link_moment(self[name], zone)

    def _service_record(self):
        """Return the row that one link is about, empty when it is gone."""
        if self.res_model not in self.env:
            return None
        # sudo comes with the link: the row that its recipient was asked about
        return self.env[self.res_model].browse(self.res_id).exists()

    def _service_nonce(self):
        """Return what the form of one page must send back: no page, no decision.

        Nothing is stored for it, so opening the page writes nothing.
        """
        moment = int(fields.Datetime.now().timestamp())
        return f"{moment}-{self._service_sign(moment)}"

    def _service_sign(self, moment):
        # sudo: the secret of the database, of which only a signature comes out
        return hmac(self.sudo().env, NONCE_SCOPE, (self.id, self.version, moment))

    def _service_check_nonce(self, nonce):
        """Tell whether a form comes from the page of one link, opened not long ago."""
        moment, _dash, signature = str(nonce or "").partition("-")
        if not (moment.isascii() and moment.isdigit() and len(moment) <= 12):
            return False
        age = int(fields.Datetime.now().timestamp()) - int(moment)
        if not 0 <= age <= NONCE_SECONDS:
            return False
        expected = self._service_sign(int(moment))
        return consteq(expected.encode(), signature.encode("utf-8", "replace"))

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    @api.model
    def _service_decide(self, purposes, token, nonce, value, name=None, comment=None):
        """Take a customer's decision: the first one counts.

        :param purposes: keys of purposes that the page serves
        :param str token: of the address
        :param str nonce: of the page, see :meth:`_service_nonce`
        :param str value: one of the choices of the row
        :param str name: who decides, as he calls himself
        :param str comment: what he adds
        :return: (link, result); the result is ``done``, ``repeated`` (the same
            decision again), ``refused`` (decided otherwise before), ``stale`` (no
            button of a page of ours) or ``gone`` (no such link, then it is empty)
        :raise AccessError: an internal user
        :raise ValidationError: a text that cannot be
        """
        link, record, result = self._service_lock_for(purposes, token, nonce)
        if result:
            return link, result
        if link.decision:
            return link, "repeated" if link.decision == value else "refused"
        page = record._service_link_page(link)
        chosen = [row for row in page["choices"] if row["value"] == value]
        if not chosen:
            return link, "stale"
        name = link._service_clean_text(name, self.env._("Your name"))[:NAME_LIMIT]
        comment = link._service_clean_text(comment, self.env._("Comment"))
        facts = {
            "decision": value,
            "date_decided": fields.Datetime.now(),
            "decided_by": name or link.partner_name or link.email,
            "comment": comment or False,
        }
        (link | link._service_siblings()).write(facts)
        record._service_link_decided(link, value, comment)
        if page["receipt"]:
            link._service_queue(
                page["receipt"],
                "service_quality.mail_customer_receipt",
                {
                    "decided": chosen[0]["past"],
                    "decided_on": link._service_shown("date_decided"),
                },
            )
        return link, "done"

    @api.model
    def _service_ask(self, purposes, token, nonce, text):
        """Take a customer's question: nothing is decided by it.

        Parameters and results as in :meth:`_service_decide`; the same question
        again is ``repeated``, too many are ``refused``.
        """
        link, record, result = self._service_lock_for(purposes, token, nonce)
        if result:
            return link, result
        if link.decision or not record._service_link_page(link)["question"]:
            return link, "refused"
        text = link._service_clean_text(text, self.env._("Your question"), True)
        if link.question == text:
            return link, "repeated"
        if link.question_count >= MAX_QUESTIONS:
            return link, "refused"
        link.write({"question": text, "question_count": link.question_count + 1})
        record._service_link_asked(link, text)
        return link, "done"

    @api.model
    def _service_lock_for(self, purposes, token, nonce):
        """Find a link and lock its row and all links of that row.

        :return: (link, row, None), unsealed, or (link, None, result)
        """
        if self.env.user._is_internal():
            raise AccessError(self.env._("Only the customer himself can answer this."))
        link = self._service_find(purposes, token)
        if not link:
            return link, None, "gone"
        if not link._service_check_nonce(nonce):
            return link, None, "stale"
        record = link._service_record()._service_unseal()
        record._service_link_lock()
        # SQL: the ORM's lock does not wait, see the mixin
        self.env.execute_query(
            SQL(
                "SELECT id FROM service_link WHERE res_model = %s AND res_id = %s"
                " ORDER BY id FOR NO KEY UPDATE",
                link.res_model,
                link.res_id,
            )
        )
        link.invalidate_recordset()
        if not link._service_is_valid():
            return link.browse(), None, "gone"
        return link._service_unseal(), record, None

    def _service_siblings(self):
        """Return the other running links that ask the same: reminders."""
        return self.search(
            [
                ("res_model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                ("purpose", "=", self.purpose),
                ("record_version", "=", self.record_version),
                ("decision", "=", False),
                ("date_revoked", "=", False),
                ("id", "!=", self.id),
            ]
        )

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    @api.model
    def _service_render(self, template, values, lang):
        """Return a page for customers as HTML.

        :param str template: xml id of a view that calls
            ``service_quality.customer_layout``
        :param dict values: for the view
        :param str lang: code of the language
        """
        data = self.env["res.lang"]._get_data(code=lang)
        values = {
            "html_lang": lang.replace("_", "-"),
            "direction": data.direction or "ltr",
            "notice": "",
            "company_name": "",
            **values,
        }
        # sudo: the texts of a page of ours, filled with the values above only
        body = self.env["ir.qweb"].sudo()._render(template, values, lang=lang)
        return f"<!DOCTYPE html>\n{body}"

    @api.model
    @ormcache("lang", cache="templates")
    def _service_gone_page(self, lang):
        """Return the one page for all bad links: rendered once, guessing is cheap."""
        return self._service_render("service_quality.customer_gone", {}, lang)
