from odoo import fields, http
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ServiceQualityExport(http.Controller):
    @http.route(
        "/service_quality/export.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def export(self, **params):
        """Return the workbook of the dashboard's filters.

        Parameters are those of ``service.dashboard.get_data``; ``company_ids`` is
        a list of ids separated by commas. Managers only: anybody else gets 403,
        an unreadable parameter 400.
        """
        try:
            filters = self._get_filters(params)
            content = request.env["service.dashboard"]._export_xlsx(filters)
        except AccessError as error:
            return self._refuse(error, 403)
        except (UserError, ValidationError, ValueError) as error:
            return self._refuse(error, 400)
        today = fields.Date.context_today(request.env.user)
        name = f"service_quality_{today}.xlsx"
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    def _refuse(self, error, status):
        """Return an error as plain text: it may repeat what the link says."""
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(str(error), headers=headers, status=status)

    def _get_filters(self, params):
        """Turn the query string into filters; ids become numbers."""
        filters = {key: value for key, value in params.items() if value}
        for name in ("department_id", "employee_id"):
            if name in filters:
                filters[name] = int(filters[name])
        if "company_ids" in filters:
            filters["company_ids"] = [
                int(value) for value in filters["company_ids"].split(",")
            ]
        return filters
