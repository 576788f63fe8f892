# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Service Quality in Spreadsheet Dashboards",
    "summary": "A ready dashboard of kept promises among Odoo's spreadsheet dashboards",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services",
    "author": "Service Quality Contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/helpdesk",
    "development_status": "Beta",
    "depends": ["service_quality", "spreadsheet_dashboard"],
    "auto_install": True,
    "data": ["data/spreadsheet_dashboard_data.xml"],
}
