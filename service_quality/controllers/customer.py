"""Pages for customers who were sent a link: no login, no session, no script.

:class:`CustomerPage` is the base of all of them. What it promises:

* GET, HEAD and OPTIONS never write (the cursor is read-only where the server has
  one), whoever or whatever opens the link;
* only a form of our own page decides: it sends back the page's nonce and the value
  of the button that was pressed, which a script that submits the form does not;
* every token that is not good gets the same page, whatever is wrong with it;
* internal users neither see nor decide.
"""

import logging
import re

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
}
CONFIRM_PURPOSES = ("scope", "move", "kept")
#: What answering does to the status of the response.
STATUS = {"done": 200, "repeated": 200, "refused": 409, "stale": 400, "gone": 404}
TOKEN_IN_LOG = re.compile(r"(/service_quality/(?:confirm|feedback)/)[^\s?\"']+")


class _HideTokens(logging.Filter):
    """Keep the secret of a link out of the server's own access log."""

    def filter(self, record):
        message = record.getMessage()
        hidden = TOKEN_IN_LOG.sub(r"\1***", message)
        if hidden != message:
            record.msg, record.args = hidden, ()  # without args nothing is formatted
        return True


logging.getLogger("werkzeug").addFilter(_HideTokens())


class CustomerPage(http.Controller):
    """What all pages for customers share."""

    def _respond(self, template, values=None, status=200, lang=None):
        """Return a page with the headers of all of them.

        :param str template: xml id of a view that calls
            ``service_quality.customer_layout``
        :param dict values: for the view
        :param int status: of the response
        :param str lang: code of the language; default what the browser asks for
        """
        values = {"path": request.httprequest.path, **(values or {})}
        body = request.env["service.link"]._service_render(
            template, values, lang or self._browser_lang()
        )
        return self._answer(body, status)

    def _answer(self, body, status):
        headers = {"Content-Type": "text/html; charset=utf-8", **HEADERS}
        return request.make_response(body, headers=list(headers.items()), status=status)

    def _browser_lang(self):
        """Return the installed language that the browser likes best."""
        installed = [code for code, _name in request.env["res.lang"].get_installed()]
        by_tag = {code.replace("_", "-"): code for code in installed}
        by_tag |= {tag.partition("-")[0]: code for tag, code in by_tag.items()}
        accepted = request.httprequest.accept_languages
        best = accepted.best_match(list(by_tag)) if accepted else None
        return by_tag.get(best) or ("en_US" if "en_US" in installed else installed[0])

    def _refuse_staff(self):
        """Return the page for internal users, or None for customers."""
        if request.env.user._is_internal():
            return self._respond("service_quality.customer_staff", status=403)
        return None

    def _refuse_method(self):
        """Answer OPTIONS, which asks and does nothing; None for other methods."""
        if request.httprequest.method != "OPTIONS":
            return None
        headers = [*HEADERS.items(), ("Allow", "GET, HEAD, POST, OPTIONS")]
        return request.make_response("", headers=headers, status=204)

    def _not_found(self):
        """Return the one page for every token that is not good."""
        links = request.env["service.link"]
        return self._answer(links._service_gone_page(self._browser_lang()), 404)

    def _text(self, name):
        """Return one field of the form as text, empty when it is missing."""
        return request.httprequest.form.get(name) or ""


class ConfirmPage(CustomerPage):
    """Yes or no to exactly the text shown: changes, new dates, was it kept."""

    @http.route(
        "/service_quality/confirm/<path:token>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def confirm_page(self, token, **params):
        """Show what is asked, or the receipt when it was decided."""
        refused = self._refuse_method() or self._refuse_staff()
        if refused:
            return refused
        link = request.env["service.link"]._service_find(CONFIRM_PURPOSES, token)
        return self._show(link) if link else self._not_found()

    @http.route(
        "/service_quality/confirm/<path:token>",
        type="http",
        auth="public",
        methods=["POST"],
        # No session, so no csrf token of it; the page's own nonce stands in.
        csrf=False,
        save_session=False,
    )
    def confirm_decide(self, token, **params):
        """Take the decision, or a question, of whoever pressed a button."""
        refused = self._refuse_method() or self._refuse_staff()
        if refused:
            return refused
        links = request.env["service.link"]
        value, nonce = self._text("decision"), self._text("nonce")
        try:
            if value == "ask":
                link, result = links._service_ask(
                    CONFIRM_PURPOSES, token, nonce, self._text("question")
                )
            else:
                link, result = links._service_decide(
                    CONFIRM_PURPOSES,
                    token,
                    nonce,
                    value,
                    name=self._text("name"),
                    comment=self._text("comment"),
                )
        except AccessError:
            return self._respond("service_quality.customer_staff", status=403)
        except UserError as error:
            return self._show_error(token, error)
        if not link:
            return self._not_found()
        return self._show(link, result, asked=value == "ask")

    def _show_error(self, token, error):
        """Show the page again with what was wrong with the input."""
        request.env.cr.rollback()  # nothing of a refused answer stays
        link = request.env["service.link"]._service_find(CONFIRM_PURPOSES, token)
        if not link:
            return self._not_found()
        return self._show(link, "stale", notice=str(error))

    def _show(self, link, result="done", asked=False, notice=None):
        """Return the page or the receipt of one link.

        :param str result: see ``_service_decide``
        :param bool asked: the customer asked a question
        :param str notice: what to tell him first
        """
        page = link._service_record()._service_link_page(link)
        chosen = [row for row in page["choices"] if row["value"] == link.decision]
        values = {
            "link": link,
            "page": page,
            "rows": link.content,
            "company_name": link.company_id.name,
            "nonce": link._service_nonce(),
            "decided": chosen[0] if chosen else None,
            "asked": asked and result in ("done", "repeated"),
            "result": result,
            "notice": notice or self._notice(link, result, asked),
            "valid_until": link._service_shown("date_expiry"),
            "decided_on": link._service_shown("date_decided"),
            "question": self._text("question") if result == "stale" else "",
        }
        template = "customer_receipt" if link.decision else "customer_confirm"
        return self._respond(
            f"service_quality.{template}", values, STATUS[result], link.lang
        )

    def _notice(self, link, result, asked):
        _ = link.env._
        if result == "stale":
            return _("Please press the button once more.")
        if result == "refused" and link.decision:
            return _("This has been decided already, so nothing was changed.")
        if result == "refused":
            return _("No more questions can be asked here. Please write to us.")
        if asked:
            return _("Your question is on its way to us. You can still decide here.")
        return ""
