import io

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date

from .xlsx_workbook import write_workbook


class ServiceDashboard(models.AbstractModel):
    """The workbook behind the dashboard's button."""

    _inherit = "service.dashboard"

    @api.model
    def _export_xlsx(self, filters):
        """Return the workbook of a period; managers only.

        :param dict filters: as in ``get_data``
        :return: bytes of an XLSX file
        :raise AccessError: not a service manager
        """
        if not self.env.user.has_group("service_quality.group_manager"):
            raise AccessError(self.env._("Only a service manager may export."))
        data = self.get_data(filters)
        period = self._clean_filters(filters)
        stream = io.BytesIO()
        write_workbook(
            stream,
            data,
            self._export_promises(period),
            self._get_labels(period),
            self._to_local(fields.Datetime.now()),
        )
        return stream.getvalue()

    @api.model
    def _to_local(self, moment):
        """Return a naive UTC moment in the reader's time zone, naive."""
        if not moment:
            return None
        return fields.Datetime.context_timestamp(self, moment).replace(tzinfo=None)

    @api.model
    def _export_promises(self, period):
        """Yield the rows of the promises sheet, in the order of its columns."""
        Promise = self.env["service.promise"]
        selections = {
            name: dict(Promise._fields[name]._description_selection(self.env))
            for name in ("kind", "state", "source")
        }
        promises = Promise.search(self._promise_domain(period), order="date_due, id")
        for promise in promises:
            yield [
                promise.name,
                promise.res_name,
                promise.partner_name,
                promise.employee_id.sudo().name,  # the name only, as everywhere
                promise.department_id.sudo().name,
                selections["kind"][promise.kind],
                selections["source"][promise.source],
                self._to_local(promise.date_made),
                self._to_local(promise.date_due),
                self._to_local(promise.date_settled),
                selections["state"][promise.state],
                promise.delay_hours if promise.outcome == "late" else None,
                int(promise.is_counted),
                int(promise.is_self_declared),
            ]

    @api.model
    def _promise_domain(self, period):
        """Return the filters of the dashboard as a domain on promises."""
        start, stop = self._get_bounds(period)
        domain = (
            Domain("company_id", "in", period["company_ids"])
            & Domain("date_due", ">=", start)
            & Domain("date_due", "<", stop)
        )
        for name in ("department_id", "employee_id", "res_model", "kind"):
            if period[name]:
                domain &= Domain(name, "=", period[name])
        return domain

    @api.model
    def _get_labels(self, period):
        """Return the translated texts and the columns of the workbook."""
        _ = self.env._
        return {
            "title": _("Service Quality"),
            "summary": _("Summary"),
            "employees": _("Employees"),
            "promises": _("Promises"),
            "figure": _("Figure"),
            "value": _("Value"),
            "previous": _("Previous period"),
            "meaning": _("What it means"),
            "period": _("Period"),
            "period_text": _(
                "%(date_from)s to %(date_to)s",
                date_from=format_date(self.env, period["date_from"]),
                date_to=format_date(self.env, period["date_to"]),
            ),
            "made": _("Made on"),
            "figures": self._get_figure_labels(),
            "employee_keys": [key for key, *_rest in self._get_employee_columns()],
            "employee_columns": [
                tuple(column) for _key, *column in self._get_employee_columns()
            ],
            "promise_columns": self._get_promise_columns(),
        }

    @api.model
    def _get_figure_labels(self):
        """Return (key of the totals, label, type) in the order of the summary."""
        _ = self.env._
        return [
            ("rate", _("Kept rate"), "percent"),
            ("counted", _("Counted"), "integer"),
            ("kept", _("Kept"), "integer"),
            ("late", _("Late"), "integer"),
            ("missed", _("Missed"), "integer"),
            ("overdue", _("Overdue"), "integer"),
            ("neutral", _("Neutral"), "integer"),
            ("open", _("Open"), "integer"),
            ("uncounted", _("Not counted"), "integer"),
        ]

    @api.model
    def _get_employee_columns(self):
        """Return (key of the row, header, type, width) of the employees sheet."""
        _ = self.env._
        return [
            ("name", _("Employee"), "text", 28),
            ("counted", _("Counted"), "integer", 10),
            ("kept", _("Kept"), "integer", 10),
            ("late", _("Late"), "integer", 10),
            ("missed", _("Missed"), "integer", 10),
            ("overdue", _("Overdue"), "integer", 10),
            ("neutral", _("Neutral"), "integer", 10),
            ("rate", _("Kept rate"), "percent", 12),
            ("low", _("Interval from"), "percent", 12),
            ("high", _("Interval to"), "percent", 12),
            ("delay_hours", _("Hours late (mean)"), "float", 12),
        ]

    @api.model
    def _get_promise_columns(self):
        """Return (header, type, width) of the promises sheet."""
        _ = self.env._
        return [
            (_("Promise"), "text", 36),
            (_("Document"), "text", 30),
            (_("Customer"), "text", 24),
            (_("Employee"), "text", 22),
            (_("Department"), "text", 18),
            (_("Kind"), "text", 16),
            (_("Source"), "text", 16),
            (_("Made on"), "datetime", 17),
            (_("Due"), "datetime", 17),
            (_("Settled on"), "datetime", 17),
            (_("Outcome"), "text", 12),
            (_("Hours late"), "float", 10),
            (_("Counts"), "integer", 8),
            (_("Self-declared"), "integer", 8),
        ]
