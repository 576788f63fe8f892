from odoo import fields, models
from odoo.exceptions import AccessError

from . import dashboard_figures as figures
from .service_dashboard_ledger import CURRENT

#: What the rate of no counted promise is until it is shown: nothing.
NO_RATE = -1.0


class DigestDigest(models.Model):
    """How promises were kept, in Odoo's digest mails: by due date, as everywhere."""

    _inherit = "digest.digest"

    kpi_service_kept_rate = fields.Boolean("Kept Promises (%)")
    kpi_service_kept_rate_value = fields.Float(compute="_compute_kpi_service")
    kpi_service_counted = fields.Boolean("Promises Due")
    kpi_service_counted_value = fields.Integer(compute="_compute_kpi_service")
    kpi_service_broken = fields.Boolean("Promises Broken")
    kpi_service_broken_value = fields.Integer(compute="_compute_kpi_service")

    def _compute_kpi_service(self):
        dashboard = self.env["service.dashboard"]
        dashboard._check_user()
        start, stop, _companies = self._get_kpi_compute_parameters()
        bounds = [tuple(map(fields.Datetime.to_datetime, (start, stop)))]
        for digest in self:
            company = digest.company_id or self.env.company
            if company not in self.env.user.company_ids:
                raise AccessError(self.env._("This company is not among yours."))
            reader = dashboard.with_company(company)
            period = reader._clean_filters({"company_ids": company.ids})
            reader._flush_facts()
            scope = reader._get_scope(period)
            settled = reader._get_settled(scope, bounds)["totals"]
            running = reader._get_running(scope, bounds, None)["totals"]
            row = figures.fold(settled.get(CURRENT, {}) | running.get(CURRENT, {}))
            rate = NO_RATE if row["rate"] is None else 100 * row["rate"]
            digest.kpi_service_kept_rate_value = rate
            digest.kpi_service_counted_value = row["counted"]
            digest.kpi_service_broken_value = row["counted"] - row["kept"]

    def _compute_kpis(self, company, user):
        """Without a counted promise there is no rate: not 0 %, and no change of it."""
        kpis = super()._compute_kpis(company, user)
        for kpi in kpis:
            if kpi["kpi_name"] == "kpi_service_kept_rate":
                for name in ("kpi_col1", "kpi_col2", "kpi_col3"):
                    column = kpi[name]
                    column["margin"] = 0.0  # a change in per cent of per cents
                    is_none = column.get("value") == f"{NO_RATE:.2f}"
                    column["value"] = "-" if is_none else column.get("value")
        return kpis

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        for name in ("kept_rate", "counted", "broken"):
            action = "service_quality.service_dashboard_action"
            actions[f"kpi_service_{name}"] = action
        return actions
