from odoo import api, models
from odoo.tools import ormcache


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    @ormcache("user_id", "company_id")
    def _service_employee_id(self, user_id, company_id):
        """Return the id of a user's employee in a company, or False.

        Cached: every fact is attributed. Changes of employees empty the cache.
        """
        # sudo: the snapshot of whoever answers; an agent may not read hr.employee
        employees = self.env["hr.employee"].sudo()
        domain = [("user_id", "=", user_id), ("company_id", "=", company_id)]
        return employees.search(domain, limit=1).id

    def _service_led_employees(self):
        """Return the user's own employees and everybody below them, as superuser.

        :return: hr.employee records, archived ones included: figures outlive people
        """
        self.ensure_one()
        # sudo: a plain user may not read hr.employee; only ids leave this method
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        return employees.browse(self._service_led_ids(self.id))

    @api.model
    @ormcache("user_id")
    def _service_led_ids(self, user_id):
        """Return the ids of a user's employees and of everybody below them.

        Cached: every question to the ledger asks it. Changes of employees empty the
        cache.
        """
        # sudo: see above
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        own = employees.search([("user_id", "=", user_id)])
        return employees.search([("id", "child_of", own.ids)])._ids if own else ()
