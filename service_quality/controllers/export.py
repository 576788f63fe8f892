import tempfile

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.http import Response, content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"


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
        a list of ids separated by commas. Managers with the right to export only:
        anybody else gets 403, an unreadable parameter 400.
        """
        target = tempfile.TemporaryFile()
        try:
            filters = self._get_filters(params)
            request.env["service.dashboard"]._export_xlsx(filters, target)
        except AccessError as error:
            return self._refuse(error, 403)
        except (UserError, ValidationError, ValueError) as error:
            return self._refuse(error, 400)
        today = fields.Date.context_today(request.env.user)
        return self._send(target, f"service_quality_{today}.xlsx")

    @http.route(
        "/service_quality/export/<int:export_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download(self, export_id):
        """Return the file of an export to whoever it was made for.

        Anybody else gets 404, as does whoever comes after it expired.
        """
        export = request.env["service.export"].browse(export_id)
        try:
            source, name = export._open_file()
        except (AccessError, MissingError):
            raise request.not_found() from None
        except UserError as error:
            return self._refuse(error, 404)
        return self._send(source, name)

    def _send(self, source, name):
        """Return an open file as a download, piece by piece."""
        source.seek(0, 2)
        size = source.tell()
        source.seek(0)
        headers = [
            ("Content-Type", ZIP if name.endswith(".zip") else XLSX),
            ("Content-Length", str(size)),
            ("Content-Disposition", content_disposition(name)),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        pieces = iter(lambda: source.read(1 << 16), b"")
        response = Response(pieces, headers=headers, direct_passthrough=True)
        response.call_on_close(source.close)
        return response

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
