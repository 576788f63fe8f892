from odoo import api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ..models import verdict

#: Figures that a click opens: what is behind them on the fact table.
COUNTED = Domain("is_counted", "=", 1)
FIGURES = {
    "counted": COUNTED,
    "kept": COUNTED & Domain("outcome", "=", "kept"),
    "late": COUNTED & Domain("outcome", "=", "late"),
    "missed": COUNTED & Domain("outcome", "=", "missed"),
    "overdue": COUNTED & Domain("outcome", "=", "overdue"),
    "neutral": Domain("outcome", "in", list(verdict.NEUTRAL_OUTCOMES)),
    "open": Domain("outcome", "=", "open"),
    "overdue_now": Domain("outcome", "=", "overdue"),
    "feedback": COUNTED,
}
#: Figures of the present, whatever the period.
TIMELESS = {"overdue_now"}


class ServiceDashboard(models.AbstractModel):
    """From a number to the records behind it; their count is the number."""

    _inherit = "service.dashboard"

    @api.model
    @api.readonly
    def get_records_action(self, filters, figure, employee_id=False):
        """Return the action that lists the records behind a number.

        :param dict filters: as in ``get_data``
        :param str figure: key of :data:`FIGURES`
        :param int employee_id: the employee of the row, else everybody
        :return: window action
        :raise AccessError: not a user of Service Quality
        :raise ValidationError: unknown figure or filter
        """
        if not self.env.user.has_group("service_quality.group_user"):
            raise AccessError(self.env._("You have no access to Service Quality."))
        if not isinstance(figure, str) or figure not in FIGURES:
            raise ValidationError(self.env._("Unknown figure."))
        period = self._clean_filters(filters or {})
        if employee_id is not False:
            period["employee_id"] = self._clean_id(employee_id)
        domain = self._get_domain(period, with_dates=figure not in TIMELESS)
        fact = "feedback" if figure == "feedback" else "promise"
        domain &= Domain("kind", "=", fact) & FIGURES[figure]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_quality.service_quality_report_action"
        )
        return {
            **action,
            "domain": list(domain),
            "context": {},
            "view_mode": "list,pivot,graph",
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
        }
