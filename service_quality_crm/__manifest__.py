# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Service Quality for CRM",
    "summary": "First answers and calls promised to leads, kept and counted",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services",
    "author": "Service Quality Contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/helpdesk",
    "development_status": "Beta",
    "depends": ["service_quality", "crm"],
    "data": ["crm_lead_views.xml"],
    "auto_install": True,
}
