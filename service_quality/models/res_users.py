from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _service_led_employees(self):
        """Return the user's own employees and everybody below them, as superuser.

        :return: hr.employee records, archived ones included: figures outlive people
        """
        self.ensure_one()
        # sudo: a plain user may not read hr.employee; only ids leave this method
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        own = employees.search([("user_id", "=", self.id)])
        return employees.search([("id", "child_of", own.ids)]) if own else own
