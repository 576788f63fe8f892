from odoo import api, fields, models
from odoo.tools import ormcache

#: What says who answers for a user's promises, who leads him, where he belongs and
#: when he works.
ATTRIBUTION_FIELDS = {
    "active",
    "company_id",
    "current_version_id",
    "date_version",
    "department_id",
    "employee_id",
    "parent_id",
    "resource_calendar_id",
    "resource_id",
    "user_id",
    "version_id",
    "version_ids",
}


class HrEmployee(models.Model):
    _name = "hr.employee"
    _inherit = ["service.cached.mixin", "hr.employee"]

    _service_cached_fields = ATTRIBUTION_FIELDS

    service_promise_count = fields.Integer(
        "Promises",
        compute="_compute_service_figures",
        groups="service_quality.group_user",
    )
    service_kept_rate = fields.Float(
        compute="_compute_service_figures",
        groups="service_quality.group_user",
        help="kept / (kept + late + missed + overdue), of the promises you may see.",
    )

    @api.model
    @ormcache("employee_id", "today")
    def _service_attribution(self, employee_id, today):
        """Return the ids of department and working hours of an employee.

        Cached, because every fact is attributed; a version of the employee may
        begin on any day.
        """
        # sudo: the snapshot of whoever answers; an agent may not read versions
        employee = self.sudo().browse(employee_id)
        return employee.department_id.id, employee.resource_calendar_id.id

    @api.model
    @ormcache("employee_id")
    def _service_name(self, employee_id):
        """Return the name of an employee, "" of none.

        Cached: every card of a promise shows it. A new name empties the cache.
        """
        # sudo: a name only; an agent may not read hr.employee
        return self.sudo().browse(employee_id).name or ""

    def _service_get_department(self):
        """Return the department of one employee, or of none."""
        attribution = self._service_attribution(self.id, fields.Date.today())
        return self.env["hr.department"].browse(self.id and attribution[0])

    def _service_get_calendar(self):
        """Return the working hours of one employee, or of none."""
        attribution = self._service_attribution(self.id, fields.Date.today())
        return self.env["resource.calendar"].browse(self.id and attribution[1])

    def _compute_service_figures(self):
        """Counts and rate from the fact table, as the current user may see them."""
        rows = self.env["service.quality.report"]._read_group(
            [
                ("employee_id", "in", self.ids),
                ("kind", "=", "promise"),
                ("is_counted", "=", 1),
            ],
            ["employee_id"],
            ["__count", "rate:avg"],
        )
        figures = {employee.id: (count, rate) for employee, count, rate in rows}
        for employee in self:
            count, rate = figures.get(employee.id, (0, None))
            employee.service_promise_count = count
            employee.service_kept_rate = rate or 0.0

    def action_service_promises(self):
        """Open the promises of this employee.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_quality.service_promise_action"
        )
        return {**action, "domain": [("employee_id", "=", self.id)]}


class HrVersion(models.Model):
    _name = "hr.version"
    _inherit = ["service.cached.mixin", "hr.version"]

    _service_cached_fields = ATTRIBUTION_FIELDS


class ResourceResource(models.Model):
    """The name of an employee is the name of his resource."""

    _inherit = "resource.resource"

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals:
            self.env.registry.clear_cache()
        return result
