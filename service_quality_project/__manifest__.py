# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Service Quality for Project",
    "summary": "Promises, checklists and customers' answers on tasks",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services",
    "author": "Service Quality Contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/helpdesk",
    "development_status": "Beta",
    "depends": ["service_quality", "project"],
    "data": ["project_task_views.xml"],
    "auto_install": True,
}
