from markupsafe import Markup

from odoo import models
from odoo.fields import Command

from . import content

CHANNELS = ("email", "email", "web", "phone")


class ServiceDemo(models.AbstractModel):
    # One subject per file. pylint: disable=consider-merging-classes-inherited
    _inherit = "service.demo"

    def _create_documents(self, run):
        """Create customers, tickets and orders, then put them where they belong."""
        self._create_customers(run)
        self._create_tickets(run)
        self._create_orders(run)

    # ------------------------------------------------------------------
    # Customers
    # ------------------------------------------------------------------

    def _create_customers(self, run):
        """Create the customers, each in his own language where it is installed."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        countries = {
            country.code: country
            for country in self.env["res.country"].search(
                [("code", "in", list(content.COUNTRIES))]
            )
        }
        rows = [content.PORTAL_COMPANY, *content.COMPANIES, *content.PERSONS]
        vals_list = []
        for number, (name, email, city, code, *_weight) in enumerate(rows):
            tz, lang = content.COUNTRIES[code]
            vals = {
                "name": name,
                "is_company": number <= len(content.COMPANIES),
                "email": email or False,
                "city": city,
                "country_id": countries[code].id,
                "tz": tz,
            }
            if lang in installed:
                vals["lang"] = lang
            vals_list.append(vals)
        hotel, *others = self.env["res.partner"].create(vals_list)
        run.customers = [self._create_portal_customer(hotel), *others]

    def _create_portal_customer(self, company):
        """Create the contact of a company who can log in to the portal.

        Not in the XML file: what has an xml id goes when the addon is uninstalled,
        and a customer with orders cannot go.

        :return: his partner
        """
        name, email = content.PORTAL_CONTACT
        contact = self.env["res.partner"].create(
            {"name": name, "email": email, "parent_id": company.id, "tz": company.tz}
        )
        user = self.env["res.users"].create(
            {
                "partner_id": contact.id,
                "login": content.PORTAL_LOGIN,
                "password": content.PORTAL_LOGIN,
                "group_ids": [Command.set([self.env.ref("base.group_portal").id])],
            }
        )
        self._set_language(user)
        return contact

    # ------------------------------------------------------------------
    # Tickets
    # ------------------------------------------------------------------

    def _create_tickets(self, run):
        """Create the tickets in their last state, oldest first."""
        documents = [
            row for row in run.story.documents if row.model == "helpdesk.ticket"
        ]
        categories = self._create_categories(documents)
        tickets = self.env["helpdesk.ticket"].create(
            [self._prepare_ticket(run, row, categories) for row in documents]
        )
        self._forget_changes(tickets)
        for document, ticket in zip(documents, tickets, strict=True):
            run.records[id(document)] = ticket
        self._backdate_tickets(run, documents, tickets)

    def _create_categories(self, documents):
        names = sorted({document.category for document in documents})
        rows = self.env["helpdesk.ticket.category"].create(
            [{"name": name} for name in names]
        )
        return dict(zip(names, rows, strict=True))

    def _prepare_ticket(self, run, document, categories):
        partner = run.customer(document)
        return {
            "name": document.subject,
            "description": Markup("<p>%s</p>") % document.text,
            "team_id": self._get_team(run, document).id,
            "user_id": run.user(document).id,
            "partner_id": partner.id,
            "partner_name": partner.name,
            "partner_email": partner.email,
            "priority": document.priority,
            "category_id": categories[document.category].id,
            "stage_id": self._get_stage(document).id,
            "channel_id": self._get_channel(run).id,
        }

    def _get_team(self, run, document):
        return self._ref(f"demo_team_{run.employees[document.employee]['team']}")

    def _get_stage(self, document):
        return self.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{document.stage}")

    def _get_channel(self, run):
        channel = run.rng.choice(CHANNELS)
        return self.env.ref(f"helpdesk_mgmt.helpdesk_ticket_channel_{channel}")

    def _backdate_tickets(self, run, documents, tickets):
        moment = run.clock.moment
        created = [moment(row.created) for row in documents]
        closed = [moment(row.closed) for row in documents]
        self._backdate(
            tickets,
            create_date=created,
            assigned_date=[moment(row.created + 0.1) for row in documents],
            last_stage_update=[
                end or start for start, end in zip(created, closed, strict=True)
            ],
            closed_date=closed,
        )

    # ------------------------------------------------------------------
    # Orders
    # ------------------------------------------------------------------

    def _create_orders(self, run):
        """Create the orders as quotations, then confirm and deliver them.

        Lines that are added to a confirmed order would be announced in its chatter.
        """
        documents = [row for row in run.story.documents if row.model == "sale.order"]
        products = run.products = self._create_products()
        orders = self.env["sale.order"].create(
            [self._prepare_order(run, row, products) for row in documents]
        )
        for document, order in zip(documents, orders, strict=True):
            run.records[id(document)] = order
        for state in ("sent", "sale", "cancel"):
            self._orders_where(run, documents, stage=state).write({"state": state})
        delivered = self._orders_where(run, documents, stage="sale", is_done=True)
        for quantity, lines in delivered.order_line.grouped("product_uom_qty").items():
            lines.write({"qty_delivered": quantity})
        self._forget_changes(orders)
        self._backdate_orders(run, documents, orders)

    def _create_products(self):
        return self.env["product.product"].create(
            [
                {"name": name, "type": "service", "list_price": price}
                for name, price in content.PRODUCTS
            ]
        )

    def _prepare_order(self, run, document, products):
        chosen = run.rng.sample(products.ids, run.rng.choice([1, 1, 2, 3]))
        return {
            "partner_id": run.customer(document).id,
            "user_id": run.user(document).id,
            "validity_date": False,
            "order_line": [
                Command.create(
                    {
                        "product_id": product_id,
                        "product_uom_qty": run.rng.choice([1, 1, 1, 2, 3]),
                    }
                )
                for product_id in chosen
            ],
        }

    def _orders_where(self, run, documents, stage, is_done=False):
        return self.env["sale.order"].union(
            *(
                run.record(row)
                for row in documents
                if row.stage == stage and (row.closed or not is_done)
            )
        )

    def _backdate_orders(self, run, documents, orders):
        """The delivery date too: written by the ORM, it would become a promise now."""
        moment = run.clock.moment
        self._backdate(
            orders,
            create_date=[moment(row.created) for row in documents],
            date_order=[moment(row.confirmed or row.created) for row in documents],
            commitment_date=[moment(row.due) for row in documents],
        )
