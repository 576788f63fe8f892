from odoo import api, models
from odoo.fields import Domain

#: Groups of the page for customers, in their order -> outcomes (none: it runs).
GROUPS = {
    "open": [False],
    "kept": ["kept"],
    "broken": ["late", "missed"],
    "other": ["moved", "excused", "withdrawn"],
}
#: How a customer may sort -> order of what runs, order of what is settled.
ORDERS = {
    "date": ("date_due, id", "date_due desc, id desc"),
    "made": ("date_made desc, id desc", "date_made desc, id desc"),
    "document": ("res_name, date_due, id", "res_name, date_due, id"),
}


class ServicePromise(models.Model):
    """The page *What we promised you* of the portal, as plain data.

    Read as superuser inside ``_service_customer_domain``, which opens the promises to
    the logged-in customer's own family and no others: a portal user has no access to
    the ledger itself. Of each promise only what he was told comes out.
    """

    _inherit = "service.promise"

    @api.model
    def _service_customer_counts(self):
        """Return how many promises each group of the page has: one query.

        :return: dict of group -> number
        """
        domain = self._service_customer_domain()
        # sudo: numbers of promises to this customer
        rows = self.sudo()._read_group(domain, ["outcome"], ["__count"])
        found = dict(rows)
        return {
            group: sum(found.get(outcome, 0) for outcome in outcomes)
            for group, outcomes in GROUPS.items()
        }

    @api.model
    def _service_customer_page(self, groups, order, offset, limit):
        """Return one page of what the logged-in customer was promised.

        :param list groups: keys of :data:`GROUPS` to show, in this order
        :param str order: key of :data:`ORDERS`
        :param int offset: promises of these groups to leave out
        :param int limit: at most so many
        :return: list of (group, list of dicts, see ``_service_customer_vals``),
            without empty groups
        """
        domain = self._service_customer_domain()
        promises = self.sudo()  # inside the domain of this customer, see above
        pages = []
        for group in groups:
            if limit <= 0:
                break
            wanted = domain & Domain("outcome", "in", GROUPS[group])
            found = promises.search(
                wanted,
                order=ORDERS[order][group != "open"],
                offset=offset,
                limit=limit,
            )
            if found:
                offset = 0
                limit -= len(found)
                pages.append((group, found))
            elif offset:
                offset = max(0, offset - promises.search_count(wanted))
        shown = promises.union(*(found for _group, found in pages))
        urls = shown._service_customer_urls(self.env.user)
        return [
            (group, [promise._service_customer_vals(urls) for promise in found])
            for group, found in pages
        ]

    def _service_customer_urls(self, user):
        """Return {(model, id): address} of the portal pages that a user may open."""
        urls = {}
        for name, rows in self.grouped("res_model").items():
            if name not in self.env or "access_url" not in self.env[name]._fields:
                continue
            documents = self.env[name].browse(set(rows.mapped("res_id"))).exists()
            documents = documents.with_user(user)._filtered_access("read")
            for document in documents:
                if document.access_url not in (False, "#"):
                    urls[name, document.id] = document.access_url
        return urls

    def _service_customer_vals(self, urls):
        """Return what a customer sees of one promise, and nothing else.

        :param dict urls: see ``_service_customer_urls``
        """
        self.ensure_one()
        is_waiting = bool(self.date_paused and not self.settlement)
        return {
            "id": self.id,
            "name": self.name,
            "document": self.res_name or "",
            "url": urls.get((self.res_model, self.res_id), ""),
            "date_due": self.date_due,
            "date_asked": not self.settlement and self.date_due_asked,
            "date_settled": self.outcome in ("kept", "late") and self.date_settled,
            "state": "waiting" if is_waiting else self.state,
            "is_declared": self.is_self_declared and self.outcome == "kept",
            "can_judge": self._service_can_be_judged(),
            "verdict": self.customer_verdict or "",
            "date_verdict": self.date_customer_verdict,
        }
