import re
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase

from .common import ServiceCase

LINK = re.compile(r"/service_quality/(?:confirm|feedback)/([\w-]+)")


class LinkCase(ServiceCase):
    """Customers who are asked by a link in a queued mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"service_link_days": 30, "service_ask_again_days": 3})
        cls.public = cls.env.ref("base.public_user")

    def mails(self):
        """Return the mails to the customer that wait in the queue, oldest first."""
        self.sync()
        return self.env["mail.mail"].search(
            [("email_to", "=", self.customer.email)], order="id"
        )

    def token_of(self, mail):
        """Return the token in a mail."""
        tokens = set(LINK.findall(mail.body_html))
        self.assertEqual(len(tokens), 1, mail.body_html)
        return tokens.pop()

    def ask_move(self, promise, **delta):
        """Ask for a later date, as the agent; return the token."""
        moment = fields.Datetime.to_string(self.now + timedelta(**delta))
        self.as_user(promise, self.agent).action_move(moment, "The part comes later")
        return self.token_of(self.mails()[-1])

    def links(self, user=None):
        """Return the model as whoever opens a page: by default nobody known."""
        return self.model("service.link", user or self.public)

    def decide(self, token, value, user=None, nonce=None, purposes=None, **vals):
        """Answer by a link, as the page does; return the result."""
        purposes = purposes or ("scope", "move", "kept")
        links = self.links(user)
        if nonce is None:
            # The page was opened by the recipient, whoever presses the button.
            nonce = self.links()._service_find(purposes, token)
            nonce = nonce._service_nonce() if nonce else "0-x"
        link, result = links._service_decide(purposes, token, nonce, value, **vals)
        self.sync()
        self.env.invalidate_all()
        return result


class LinkHttpCase(LinkCase, HttpCase):
    """The same through the pages, with or without login."""

    NONCE = re.compile(r'name="nonce" value="([^"]+)"')

    def path(self, token, page="confirm"):
        return f"/service_quality/{page}/{token}"

    def get(self, token, method="GET", page="confirm", headers=None):
        """Open a page."""
        return self.opener.request(
            method,
            self.base_url() + self.path(token, page),
            headers=headers,
            timeout=20,
            allow_redirects=False,
        )

    def post(self, token, page="confirm", **form):
        """Press a button; with the nonce of the page unless given."""
        if "nonce" not in form:
            form["nonce"] = self.NONCE.findall(self.get(token, page=page).text)[0]
        response = self.opener.post(
            self.base_url() + self.path(token, page),
            data=form,
            timeout=20,
            allow_redirects=False,
        )
        self.env.invalidate_all()
        return response
