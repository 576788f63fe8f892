from odoo.exceptions import AccessError, UserError
from odoo.http import request, route

from ..models.service_feedback import REASONS
from ..models.service_invitation_answer import RECOMMEND, REVISION_HOURS
from ..models.service_invitation_mail import FACES
from .customer import STATUS, CustomerPage

FIELDS = ("satisfaction", "recommend", "reason", "comment")
COOKIE = "service_feedback"


class FeedbackPage(CustomerPage):
    """One click in the mail opens this page; its button stores the answer."""

    @route(
        "/service_quality/feedback/<path:token>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def feedback_page(self, token, **params):
        """Show the form with the value of the link chosen; nothing is written."""
        refused = self._refuse_method() or self._refuse_staff()
        if refused:
            return refused
        link = request.env["service.link"]._service_find(("feedback",), token)
        if not link:
            return self._not_found()
        feedback = self._feedback(link)
        if not feedback:
            return self._form(link, self._preset(params))
        invitation = link._service_record()
        if not invitation._service_may_revise(feedback, self._cookie(invitation)):
            return self._thanks(link, feedback, "refused")
        return self._form(link, self._said(feedback))

    @route(
        "/service_quality/feedback/<path:token>",
        type="http",
        auth="public",
        methods=["POST"],
        # No session, so no csrf token of it; the page's own nonce stands in.
        csrf=False,
        save_session=False,
    )
    def feedback_send(self, token, **params):
        """Store what the customer sent by the button of the page."""
        refused = self._refuse_method() or self._refuse_staff()
        if refused:
            return refused
        links = request.env["service.link"]
        invitations = request.env["service.invitation"]
        form = {name: self._text(name) for name in FIELDS}
        found = links._service_find(("feedback",), token)
        cookie = self._cookie(found._service_record()) if found else ""
        try:
            link, feedback, result = invitations._service_quick_answer(
                token, self._text("nonce"), form, cookie
            )
        except AccessError:
            return self._respond("service_quality.customer_staff", status=403)
        except UserError as error:
            request.env.cr.rollback()  # nothing of a refused answer stays
            link = links._service_find(("feedback",), token)
            if not link:
                return self._not_found()
            return self._form(link, self._preset(form), str(error), 400)
        if not link:
            return self._not_found()
        if result == "stale":
            notice = link.env._("Please press the button once more.")
            return self._form(link, self._preset(form), notice, STATUS[result])
        return self._thanks(link, feedback, result)

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    def _feedback(self, link):
        # The link is as superuser: it showed that this is its recipient.
        invitation = link._service_record()
        return link.env["service.feedback"]._service_of_invitation(invitation)

    def _preset(self, params):
        """Return what of the address or a refused form can be shown as chosen."""
        chosen = {}
        for name, allowed in (
            ("satisfaction", [value for value, _face in FACES]),
            ("recommend", RECOMMEND),
        ):
            text = params.get(name)
            chosen[name] = next((n for n in allowed if str(n) == text), None)
        if params.get("reason") in dict(REASONS):
            chosen["reason"] = params["reason"]
        comment = params.get("comment")
        # anything may come: a file, for one
        chosen["comment"] = comment[:10_000] if isinstance(comment, str) else ""
        return chosen

    def _said(self, feedback):
        """Return what an answer says, as the form shows it."""
        chosen = {"reason": feedback.reason, "comment": feedback.comment}
        if feedback.has_satisfaction:
            chosen["satisfaction"] = round(feedback.satisfaction)
        if feedback.has_recommend:
            chosen["recommend"] = feedback.recommend
        return chosen

    def _as_texts(self, chosen):
        """Return the chosen values as the form's own texts."""
        return {
            name: "" if value is None or value is False else str(value)
            for name, value in chosen.items()
        }

    def _form(self, link, chosen, notice="", status=200):
        invitation = link._service_record()
        labels = invitation._service_face_labels()
        feedback = link.env["service.feedback"]
        reasons = feedback._fields["reason"]._description_selection(link.env)
        values = {
            "company_name": link.company_id.name,
            "document": invitation.res_name,
            "nonce": link._service_nonce(),
            # as texts: the number 0 would make no attribute
            "faces": [(str(value), face, labels[value]) for value, face in FACES],
            "numbers": [str(number) for number in RECOMMEND],
            "reasons": reasons,
            "chosen": self._as_texts(chosen),
            "notice": notice,
            "anonymous": invitation.is_anonymous,
        }
        template = "service_quality.customer_feedback"
        return self._respond(template, values, status, link.lang)

    def _thanks(self, link, feedback, result):
        """Thank, offer the longer survey, and let this browser revise."""
        invitation = link._service_record()
        answer = invitation.user_input_id
        offer = answer and answer.state != "done" and invitation.survey_id.active
        mine = result != "refused" and feedback.invitation_id == invitation
        values = {
            "company_name": link.company_id.name,
            "revisable": mine and not invitation.is_anonymous,
            "survey_url": answer.get_start_url() if offer else "",
            "notice": result == "refused"
            and link.env._("You have answered already, so nothing was changed."),
        }
        template = "service_quality.customer_feedback_done"
        # Showing the page again is no conflict, sending something else is.
        is_post = request.httprequest.method == "POST"
        status = STATUS[result] if is_post else 200
        response = self._respond(template, values, status, link.lang)
        if result == "done" and not invitation.is_anonymous:
            self._set_cookie(response, invitation, feedback)
        return response

    # ------------------------------------------------------------------
    # The cookie
    # ------------------------------------------------------------------

    def _cookie(self, invitation):
        return request.httprequest.cookies.get(f"{COOKIE}_{invitation.id}", "")

    def _set_cookie(self, response, invitation, feedback):
        response.set_cookie(
            f"{COOKIE}_{invitation.id}",
            invitation._service_cookie(feedback),
            max_age=REVISION_HOURS * 3600,
            path="/service_quality/feedback/",
            httponly=True,
            secure=request.httprequest.scheme == "https",
            samesite="Lax",
        )
