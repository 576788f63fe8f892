from odoo import http
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.service_promise_portal import GROUPS, ORDERS

URL = "/my/promises"
#: Promises on one page: more is no longer read on a phone.
STEP = 20


class ServiceQualityPortal(CustomerPortal):
    """*What we promised you*: for customers with a login.

    They have no access to the ledger; everything is read and written by the methods
    of ``service.promise`` that look only at promises to the logged-in customer.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "service_promise_count" in counters:
            counts = request.env["service.promise"]._service_customer_counts()
            values["service_promise_count"] = sum(counts.values())
        return values

    @http.route(
        [URL, f"{URL}/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_promises(self, page=1, sortby=None, filterby=None, said=None, **kw):
        """Show what the logged-in customer was promised, and what came of it.

        :param int page: number of the page
        :param str sortby: key of ``ORDERS``
        :param str filterby: key of ``GROUPS``, or ``all``
        :param str said: what came of his own word, see ``portal_say``
        """
        sortby = sortby if sortby in ORDERS else "date"
        filterby = filterby if filterby in GROUPS else "all"
        values = self._promise_page_values(page, sortby, filterby)
        values["notice"] = self._promise_notice(said)
        response = request.render("service_quality.portal_my_promises", values)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
        return response

    def _promise_page_values(self, page, sortby, filterby):
        """Return what one page of the list shows, but for the notice."""
        promises = request.env["service.promise"]
        groups = list(GROUPS) if filterby == "all" else [filterby]
        counts = promises._service_customer_counts()
        pager = portal_pager(
            url=URL,
            url_args={"sortby": sortby, "filterby": filterby},
            total=sum(counts[group] for group in groups),
            page=page,
            step=STEP,
        )
        return {
            **self._prepare_portal_layout_values(),
            "groups": promises._service_customer_page(
                groups, sortby, pager["offset"], STEP
            ),
            "labels": self._promise_labels(),
            "counts": counts,
            "total": sum(counts.values()),
            "zone": self._promise_zone(),
            "is_staff": request.env.user._is_internal(),
            "page_name": "promises",
            "pager": pager,
            "page": pager["page"]["num"],
            "default_url": URL,
            "searchbar_sortings": self._promise_sortings(),
            "sortby": sortby,
            "searchbar_filters": self._promise_filters(counts),
            "filterby": filterby,
        }

    @http.route(
        f"{URL}/<int:promise_id>/say",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_say(self, promise_id, value=None, comment=None, **back):
        """Take the customer's word on one promise, then show the page again.

        :param int promise_id: which promise
        :param str value: ``kept`` or ``not_kept``
        :param str comment: what he adds
        :param back: ``page``, ``sortby`` and ``filterby`` of the page he comes from
        """
        if request.httprequest.method != "POST":
            # Odoo lets OPTIONS through to a route of POST, without a token.
            return request.make_response("", headers=[("Allow", "POST")], status=405)
        promises = request.env["service.promise"]
        try:
            taken = promises._service_customer_says(promise_id, value, comment)
            said = value if taken else "before"
        except AccessError:
            said = "refused"
        except (UserError, ValidationError):
            said = "wrong"
        return request.redirect(self._promise_back(said, **back), code=303)

    # ------------------------------------------------------------------
    # Values of the page
    # ------------------------------------------------------------------

    def _promise_back(self, said, page=None, sortby=None, filterby=None, **kw):
        """Return the address of the page somebody came from, from known parts only."""
        number = int(page) if str(page or "").isdecimal() and len(page) < 7 else 1
        url = URL if number == 1 else f"{URL}/page/{number}"
        query = [f"said={said}"]
        if sortby in ORDERS:
            query.append(f"sortby={sortby}")
        if filterby in GROUPS:
            query.append(f"filterby={filterby}")
        return f"{url}?{'&'.join(query)}"

    def _promise_zone(self):
        """Return the time zone in which due moments are shown: the customer's."""
        company = request.env.company.sudo()  # the zone of its working hours
        return request.env.user.tz or company.resource_calendar_id.tz or "UTC"

    def _promise_labels(self):
        _ = request.env._
        return {
            "open": _("Open"),
            "due_soon": _("Due soon"),
            "overdue": _("Overdue"),
            "waiting": _("Waiting for your answer"),
            "kept": _("Kept"),
            "late": _("Late"),
            "missed": _("Not kept"),
            "moved": _("Moved with your word"),
            "excused": _("Excused"),
            "withdrawn": _("No longer needed"),
        }

    def _promise_sortings(self):
        _ = request.env._
        return {
            "date": {"label": _("Due date")},
            "made": {"label": _("Newest promise")},
            "document": {"label": _("Document")},
        }

    def _promise_filters(self, counts):
        _ = request.env._
        labels = {
            "all": _("All"),
            "open": _("Open"),
            "kept": _("Kept"),
            "broken": _("Late or not kept"),
            "other": _("Moved or withdrawn"),
        }
        numbers = {"all": sum(counts.values()), **counts}
        return {
            key: {"label": f"{label} ({numbers[key]})"} for key, label in labels.items()
        }

    def _promise_notice(self, said):
        """Return (kind of alert, text) about what the customer just said, or None."""
        _ = request.env._
        return {
            "kept": ("success", _("Thank you, we have noted that it was kept.")),
            "not_kept": (
                "success",
                _("Thank you for telling us. Somebody will look into it."),
            ),
            "before": ("info", _("You had answered this already; nothing changed.")),
            "refused": ("warning", _("This is not for you to answer.")),
            "wrong": ("warning", _("This cannot be answered now.")),
        }.get(said)
