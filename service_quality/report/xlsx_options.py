from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from .privacy import MIN_TEAM
from .xlsx_run import Run
from .xlsx_settings import NO_TEAM, Settings

SHEETS = (
    "summary",
    "employees",
    "promises",
    "checklists",
    "feedback",
    "scope",
    "recoveries",
    "silent",
)
#: Model of each sheet of rows, for the action of a list.
SHEET_MODELS = {
    "service.promise": "promises",
    "service.checklist.line": "checklists",
    "service.feedback": "feedback",
    "service.scope.change": "scope",
    "service.recovery": "recoveries",
    "service.silent.customer": "silent",
}
GROUPS = ("employee", "team")
MAX_IDS = 1_000_000
OPTIONS = {"filters", "sheets", "columns", "group_by", "split", "ids"}


class ServiceWorkbook(models.AbstractModel):
    """What a reader may ask for, and what it comes down to."""

    _inherit = "service.workbook"

    @api.model
    def _check_reader(self):
        """Check that the user may have workbooks at all.

        :raise AccessError: not a service manager, or without Odoo's right to export
        """
        if not self.env.user.has_group("service_quality.group_manager"):
            raise AccessError(self.env._("Only a service manager may export."))
        self._check_export_right()

    @api.model
    def _check_export_right(self):
        """Check Odoo's own right to take data out of the system.

        :raise AccessError: the user does not have it
        """
        if not self.env.user.has_group("base.group_allow_export"):
            raise AccessError(
                self.env._(
                    "You may not export data. An administrator can give you the right "
                    "to export in your user settings."
                )
            )

    @api.model
    def _may_read(self):
        """Tell whether the user may have workbooks, for a button."""
        groups = ("service_quality.group_manager", "base.group_allow_export")
        return all(map(self.env.user.has_group, groups))

    @api.model
    def _is_private(self, company_ids):
        """Tell whether figures of these companies are shown per team only."""
        companies = self.env["res.company"].browse(company_ids)
        # sudo: a setting of companies that the user works in
        return "team" in companies.sudo().mapped("service_privacy")

    @api.model
    def _get_run(self, options, folder, state=None):
        """Return the run of a workbook for the user, see :class:`~.xlsx_run.Run`."""
        self._check_reader()
        return Run(self.env, options, folder, state)

    # ------------------------------------------------------------------
    # Options
    # ------------------------------------------------------------------

    @api.model
    def _clean_options(self, options):
        """Check what a client asked for, and complete it.

        :param dict options: ``filters`` as in ``service.dashboard.get_data``,
            ``sheets`` (keys, all when empty), ``columns`` {sheet: keys in order},
            ``group_by`` (employee or team), ``split`` (team: a file each), ``ids``
            {sheet: ids of chosen rows}
        :return: the same, complete, of plain JSON
        :raise ValidationError: not readable
        :raise AccessError: another company
        """
        self._check_reader()
        options = options or {}
        self._check(isinstance(options, dict) and set(options) <= OPTIONS)
        dashboard = self.env["service.dashboard"]
        period = dashboard._clean_filters(options.get("filters") or {})
        result = {
            "filters": dashboard._serialize_filters(period),
            "sheets": self._clean_sheets(options.get("sheets")),
            "group_by": options.get("group_by") or False,
            "split": options.get("split") or False,
            "ids": self._clean_ids(options.get("ids")),
        }
        self._check(result["group_by"] in (False, *GROUPS))
        self._check(result["split"] in (False, "team"))
        if result["ids"]:
            result["sheets"] = [key for key in SHEETS if key in result["ids"]]
        if period["employee_id"] and self._is_private(period["company_ids"]):
            raise UserError(
                self.env._("Figures are shown per team only: choose no employee.")
            )
        result["columns"] = self._clean_columns(options.get("columns"), result)
        self._check_team(period, result)
        return result

    @api.model
    def _check_team(self, period, options):
        """Refuse the figures of one small team where names are private."""
        team_id = period["department_id"]
        if not team_id or not self._is_private(period["company_ids"]):
            return
        if self.env["service.dashboard"]._is_hidden(period):
            raise UserError(
                self.env._(
                    "Figures are shown per team only, and this team has fewer than "
                    "%s people.",
                    MIN_TEAM,
                )
            )

    @api.model
    def _check(self, condition):
        if not condition:
            raise ValidationError(self.env._("The options are not readable."))

    @api.model
    def _clean_sheets(self, sheets):
        self._check(not sheets or isinstance(sheets, list | tuple))
        wanted = list(sheets or SHEETS)
        self._check(all(isinstance(key, str) and key in SHEETS for key in wanted))
        return [key for key in SHEETS if key in wanted]

    @api.model
    def _clean_ids(self, ids):
        self._check(not ids or isinstance(ids, dict))
        result = {}
        for key, values in (ids or {}).items():
            self._check(key in SHEET_MODELS.values() and isinstance(values, list))
            self._check(0 < len(values) <= MAX_IDS)
            self._check(all(type(value) is int and value > 0 for value in values))
            result[key] = sorted(set(values))
        return result

    @api.model
    def _clean_columns(self, columns, options):
        """Return {sheet: keys of columns}, those that exist, for all its sheets."""
        self._check(not columns or isinstance(columns, dict))
        columns = columns or {}
        self._check(set(columns) <= set(SHEETS))
        settings = Settings(self.env, options, None)
        result = {}
        for key, sheet in self._get_sheets(settings).items():
            known = [each.key for each in sheet.columns]
            wanted = columns.get(key) or [
                each.key for each in sheet.columns if not each.optional
            ]
            self._check(isinstance(wanted, list | tuple))
            self._check(all(isinstance(each, str) for each in wanted))
            # One that is gone, or hidden from this reader, is left out.
            chosen = [each for each in dict.fromkeys(wanted) if each in known]
            result[key] = chosen or known
        return result

    @api.model
    def _choose(self, settings):
        """Return the sheets of a workbook with the columns that it asks for."""
        options = settings.options
        sheets = self._get_sheets(settings)
        result = []
        for key in options["sheets"]:
            sheet = sheets[key]
            columns = {column.key: column for column in sheet.columns}
            sheet.columns = [
                columns[name] for name in options["columns"][key] if name in columns
            ]
            if key in options["ids"]:
                # Access is that of the list; privacy was settled by the columns.
                sheet.domain = Domain("id", "in", options["ids"][key])
            result.append(sheet)
        return result

    # ------------------------------------------------------------------
    # Teams
    # ------------------------------------------------------------------

    @api.model
    def _get_team_ids(self, settings):
        """Return the ids of the teams with facts, False for none."""
        dashboard = settings.dashboard
        domain = settings.get_domain("date")
        return list(dashboard._get_team_people(domain, settings.period))

    @api.model
    def _get_books(self, options, now):
        """Return [(name, team)] of the workbooks, and what must be said about them.

        :return: the list, and a text or False
        """
        if options["split"] != "team":
            return [(False, None)], False
        settings = Settings(self.env, options, now)
        found = self._get_team_ids(settings)
        left_out = {*settings.small_departments}
        # sudo: names of teams, as everywhere
        teams = self.env["hr.department"].sudo().browse(filter(None, found))
        books = sorted(
            (team.name, team.id) for team in teams if team.id not in left_out
        )
        if False in found and False not in left_out:
            books.append((self.env._("No team"), NO_TEAM))
        if not books:
            raise UserError(self.env._("There is no team to make a file for."))
        if not left_out:
            return books, False
        note = self.env._(
            "Teams of fewer than %(least)s people have no file of their own: %(names)s",
            least=MIN_TEAM,
            names=", ".join(
                sorted(team.name for team in teams if team.id in left_out)
                + [self.env._("No team")] * (False in left_out)
            ),
        )
        return books, note

    @api.model
    def _get_sheet_labels(self):
        """Return {key: label} of all sheets, in the reader's language."""
        _ = self.env._
        return {
            "summary": _("Summary"),
            "employees": _("Employees"),
            "promises": _("Promises"),
            "checklists": _("Checklists"),
            "feedback": _("Feedback"),
            "scope": _("Scope changes"),
            "recoveries": _("Recoveries"),
            "silent": _("Silent customers"),
        }

    @api.model
    def _get_list_action(self, records):
        """Return the client action that exports the chosen rows of a list.

        :param records: of a model of :data:`SHEET_MODELS`, or checklists: their lines
        """
        self._check_reader()
        if records._name == "service.checklist":
            records = records.line_ids
        if not records:
            raise UserError(self.env._("There is nothing to export."))
        ids = {SHEET_MODELS[records._name]: records.ids}
        return {
            "type": "ir.actions.client",
            "tag": "service_quality.export",
            "params": {"options": {"ids": ids}},
        }
