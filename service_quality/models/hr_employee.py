from odoo import fields, models


class HrEmployee(models.Model):
    _inherit = "hr.employee"

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
