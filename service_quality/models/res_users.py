from odoo import api, models
from odoo.tools import ormcache


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["service.unchecked.mixin", "res.users"]

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

    @api.model
    @ormcache("user_id")
    def _service_own_employees(self, user_id):
        """Return {company id: employee id} of a user, archived ones left out.

        Cached: every card of a promise asks it. Changes of employees empty the cache.
        """
        # sudo: a plain user may not read hr.employee; only ids leave this method
        employees = self.env["hr.employee"].sudo().search([("user_id", "=", user_id)])
        return {row.company_id.id: row.id for row in employees}

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
        own = self._service_own_ids(user_id)
        return employees.search([("id", "child_of", own)])._ids if own else ()

    @api.model
    @ormcache("user_id")
    def _service_own_ids(self, user_id):
        """Return the ids of a user's employees, archived ones included; cached."""
        # sudo: see above
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        return employees.search([("user_id", "=", user_id)])._ids

    @api.model
    @ormcache()
    def _service_staff(self):
        """Return {user id: (partner id, name)} of all who are not customers.

        Cached: every answered line names somebody. A new name empties the cache.
        """
        # sudo: names of colleagues, shown beside what they did
        users = self.sudo().with_context(active_test=False)
        rows = users.search_fetch([("share", "=", False)], ["partner_id"])
        return {row.id: (row.partner_id.id, row.partner_id.name) for row in rows}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals:
            staff = self.env["res.users"]._service_staff().values()
            if not {partner_id for partner_id, _name in staff}.isdisjoint(self._ids):
                self.env.registry.clear_cache()
        return result
