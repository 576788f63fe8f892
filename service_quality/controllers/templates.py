import io

from odoo import fields, http
from odoo.http import content_disposition, request

from ..report.checklist_workbook import write_templates
from .export import XLSX

#: More templates than this nobody exports at once.
MAX_TEMPLATES = 500


class ServiceTemplateExport(http.Controller):
    @http.route(
        "/service_quality/templates.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def templates(self, ids="", **params):
        """Return a workbook of checklist templates that the import reads.

        :param str ids: ids separated by commas; those the user may not read are
            left out. Administrators of the service quality with the right to export
            only: anybody else gets 403, unreadable ids 400, none found 404.
        """
        groups = ("service_quality.group_admin", "base.group_allow_export")
        if not all(map(request.env.user.has_group, groups)):
            return self._refuse(403)
        wanted = [text for text in ids.split(",") if text]
        if len(wanted) > MAX_TEMPLATES or not all(
            text.isdecimal() and len(text) < 10 for text in wanted
        ):
            return self._refuse(400)
        model = request.env["service.checklist.template"]
        templates = model.with_context(active_test=False).search(
            [("id", "in", [int(text) for text in wanted])]
        )
        if not templates:
            return self._refuse(404)
        target = io.BytesIO()
        write_templates(
            target, templates._service_export_data(), model._service_exchange_langs()
        )
        today = fields.Date.context_today(request.env.user)
        name = f"checklist_templates_{today}.xlsx"
        return request.make_response(
            target.getvalue(),
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    def _refuse(self, status):
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response("", headers=headers, status=status)
