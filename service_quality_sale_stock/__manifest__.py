# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Service Quality for Deliveries",
    "summary": "What left the warehouse is evidence that an order was delivered",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services",
    "author": "Service Quality Contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/helpdesk",
    "development_status": "Beta",
    "depends": ["service_quality", "sale_stock"],
    "auto_install": True,
}
