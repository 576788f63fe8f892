import tempfile

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .definitions import get_definitions
from .xlsx_settings import NO_TEAM


class ServiceDashboard(models.AbstractModel):
    """The workbook behind the dashboard, made at once."""

    _inherit = "service.dashboard"

    @api.model
    def _export_xlsx(self, filters, target):
        """Write the workbook of a period; managers only.

        All in one transaction: the rows are those of the figures.

        :param dict filters: as in ``get_data``
        :param target: binary file to write to
        :raise AccessError: not a service manager
        """
        workbook = self.env["service.workbook"]
        options = workbook._clean_options({"filters": filters})
        with tempfile.TemporaryDirectory(prefix="service_quality_") as folder:
            run = workbook._get_run(options, folder)
            run.prepare()
            run.step()
            run.finish(target)

    @api.model
    def _get_domain(self, period, with_dates=True):
        domain = super()._get_domain(period, with_dates)
        if self.env.context.get("service_team") == NO_TEAM:
            domain &= Domain("department_id", "=", False)
        return domain

    @api.model
    def _get_scope(self, period):
        scope = super()._get_scope(period)
        if self.env.context.get("service_team") == NO_TEAM:
            # SQL: the scope of the dashboard knows no "nobody's team"
            rules = [SQL("f.department_id IS NULL"), scope.rule]
            rule = SQL(" AND ").join(each for each in rules if each is not None)
            scope = scope.but(rule=rule)
        return scope


class ServiceWorkbook(models.AbstractModel):
    """The summary: texts and figures in the reader's language."""

    _inherit = "service.workbook"

    @api.model
    def _get_texts(self, settings, book_name):
        """Return the texts of a workbook in the reader's language."""
        _ = self.env._
        title = _("Service Quality")
        return {
            "title": f"{title}: {book_name}" if book_name else title,
            "period_text": _(
                "%(date_from)s to %(date_to)s",
                date_from=format_date(self.env, settings.period["date_from"]),
                date_to=format_date(self.env, settings.period["date_to"]),
            ),
            "filters_text": self._get_filters_text(settings),
            "contents": _("Sheet"),
            "rows": _("Rows"),
            "figure": _("Figure"),
            "value": _("Value"),
            "previous": _("Previous period"),
            "meaning": _("What it means"),
            "kind": _("Kind"),
            "from": _("From"),
            "outcomes": {
                "kept": _("Kept"),
                "late": _("Late"),
                "missed": _("Missed"),
                "overdue": _("Overdue"),
                "counted": _("Counted"),
                "rate": _("Kept rate"),
            },
            "chart_rate": _("Kept rate"),
            "chart_outcomes": _("Outcomes by due date"),
            "chart_kinds": _("Outcomes by kind"),
            "page": _("Page %(page)s of %(pages)s", page="%(page)s", pages="%(pages)s"),
        }

    @api.model
    def _get_filters_text(self, settings):
        """Return the filters in words: companies, team, employee, kinds."""
        period = settings.period
        # sudo: the names of what the reader chose from what he may see
        companies = self.env["res.company"].sudo().browse(period["company_ids"])
        parts = [", ".join(companies.mapped("name"))]
        for name, model in (
            ("department_id", "hr.department"),
            ("employee_id", "hr.employee"),
        ):
            if period[name]:
                records = self.env[model].sudo()  # see above
                parts += records.browse(period[name]).exists().mapped("name")
        if settings.team == NO_TEAM:
            parts.append(self.env._("No team"))
        if period["res_model"]:
            # sudo: the name of a kind of documents
            parts.append(self.env["ir.model"].sudo()._get(period["res_model"]).name)
        if period["kind"]:
            field = self.env["service.promise"]._fields["kind"]
            parts.append(dict(field._description_selection(self.env))[period["kind"]])
        return "; ".join(parts)

    @api.model
    def _get_figures(self):
        """Return (part of the data, key, label, kind, definition) of the summary.

        A figure that the dashboard does not have is left out.
        """
        _ = self.env._
        return [
            ("totals", "rate", _("Kept rate"), "percent", "kept_rate"),
            ("totals", "counted", _("Counted"), "integer", "counted"),
            ("totals", "kept", _("Kept"), "integer", "kept"),
            ("totals", "late", _("Late"), "integer", "late"),
            ("totals", "missed", _("Missed"), "integer", "missed"),
            ("totals", "overdue", _("Overdue"), "integer", "overdue"),
            ("totals", "neutral", _("Neutral"), "integer", "neutral"),
            ("totals", "moved", _("Of these moved"), "integer", "moved"),
            ("totals", "excused", _("Of these excused"), "integer", "excused"),
            ("totals", "withdrawn", _("Of these withdrawn"), "integer", "withdrawn"),
            ("totals", "open", _("Open"), "integer", "open"),
            ("totals", "uncounted", _("Not counted"), "integer", "uncounted"),
            ("totals", "delay_hours", _("Hours late (mean)"), "duration", None),
            ("totals", "delay_median", _("Hours late (median)"), "duration", "delay"),
            ("totals", "delay_p90", _("Hours late (90 of 100)"), "duration", "delay"),
            ("totals", "open_now", _("Running now"), "integer", "open_now"),
            ("totals", "overdue_now", _("Overdue now"), "integer", "overdue_now"),
            ("feedback", "count", _("Customers' answers"), "integer", None),
            ("feedback", "satisfaction", _("Satisfaction"), "float", "satisfaction"),
            ("checklists", "count", _("Checklists done"), "integer", None),
            (
                "checklists",
                "score",
                _("Score of checklists"),
                "percent",
                "checklist_score",
            ),
            ("recoveries", "opened", _("Recoveries opened"), "integer", "recoveries"),
            ("recoveries", "rate", _("Recovered in time"), "percent", "recoveries"),
            ("silent", "count", _("Silent customers"), "integer", "silent"),
        ]

    @api.model
    def _write_summary(self, summary, settings, data, parts, note):
        """Write the summary's sheet.

        :param summary: :class:`~.xlsx_summary.Summary`
        :param dict data: of the dashboard
        :param parts: (name, columns, path, rows with header) of the other sheets
        :param note: what else the reader must know, or False
        """
        _ = self.env._
        texts = summary.texts
        made = fields.Datetime.context_timestamp(self, settings.now)
        facts = [
            (_("Period"), texts["period_text"], "text"),
            (_("Filters"), texts["filters_text"], "text"),
            (_("Created on"), made.replace(tzinfo=None), "datetime"),
            (_("Created by"), self.env.user.name, "text"),
        ]
        if settings.is_private:
            text = _("Figures are shown per team, without names.")
            facts.append((_("Privacy"), text, "text"))
        if note:
            facts.append((_("Note"), note, "text"))
        summary.write_facts(facts)
        summary.write_contents([(name, rows - 1) for name, _c, _p, rows in parts])
        summary.write_figures(list(self._get_summary_figures(data)))
        trend = [{**row, "date": _to_serial(row["date"])} for row in data["trend"]]
        summary.write_tables(data["totals"]["kinds"], trend)
        summary.close()

    @api.model
    def _get_summary_figures(self, data):
        """Yield (label, value, value before, kind, meaning) of each figure."""
        definitions = data.get("definitions") or get_definitions(self.env)
        for part, key, label, kind, definition in self._get_figures():
            if key not in (data.get(part) or {}):
                continue
            before = (data[part].get("previous") or {}).get(key)
            yield label, data[part][key], before, kind, definitions.get(definition)


def _to_serial(day):
    """Return an ISO day as the number of a workbook."""
    return (fields.Date.to_date(day) - fields.Date.to_date("1899-12-30")).days
