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
        return {
            "title": self.env._("Service Quality"),
            "summary": self.env._("Summary"),
            "employees": self.env._("Employees"),
            "promises": self.env._("Promises"),
            "figure": self.env._("Figure"),
            "value": self.env._("Value"),
            "previous": self.env._("Previous period"),
            "meaning": self.env._("What it means"),
            "period": self.env._("Period"),
            "period_text": self.env._(
                "%(date_from)s to %(date_to)s",
                date_from=format_date(self.env, period["date_from"]),
                date_to=format_date(self.env, period["date_to"]),
            ),
            "made": self.env._("Made on"),
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
        return [
            ("rate", self.env._("Kept rate"), "percent"),
            ("counted", self.env._("Counted"), "integer"),
            ("kept", self.env._("Kept"), "integer"),
            ("late", self.env._("Late"), "integer"),
            ("missed", self.env._("Missed"), "integer"),
            ("overdue", self.env._("Overdue"), "integer"),
            ("neutral", self.env._("Neutral"), "integer"),
            ("open", self.env._("Open"), "integer"),
            ("uncounted", self.env._("Not counted"), "integer"),
        ]

    @api.model
    def _get_employee_columns(self):
        """Return (key of the row, header, type, width) of the employees sheet."""
        return [
            ("name", self.env._("Employee"), "text", 28),
            ("counted", self.env._("Counted"), "integer", 10),
            ("kept", self.env._("Kept"), "integer", 10),
            ("late", self.env._("Late"), "integer", 10),
            ("missed", self.env._("Missed"), "integer", 10),
            ("overdue", self.env._("Overdue"), "integer", 10),
            ("neutral", self.env._("Neutral"), "integer", 10),
            ("cancelled", self.env._("Of these cancelled"), "integer", 12),
            ("rate", self.env._("Kept rate"), "percent", 12),
            ("low", self.env._("Interval from"), "percent", 12),
            ("high", self.env._("Interval to"), "percent", 12),
            ("delay_hours", self.env._("Hours late (mean)"), "float", 12),
        ]

    @api.model
    def _get_promise_columns(self):
        """Return (header, type, width) of the promises sheet."""
        return [
            (self.env._("Promise"), "text", 36),
            (self.env._("Document"), "text", 30),
            (self.env._("Customer"), "text", 24),
            (self.env._("Employee"), "text", 22),
            (self.env._("Department"), "text", 18),
            (self.env._("Kind"), "text", 16),
            (self.env._("Source"), "text", 16),
            (self.env._("Made on"), "datetime", 17),
            (self.env._("Due"), "datetime", 17),
            (self.env._("Settled on"), "datetime", 17),
            (self.env._("Outcome"), "text", 12),
            (self.env._("Hours late"), "float", 10),
            (self.env._("Counts"), "integer", 8),
            (self.env._("Self-declared"), "integer", 8),
        ]
