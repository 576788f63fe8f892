"""What one workbook is about: its reader, period, filters, and what it may show."""

from odoo.fields import Domain
from odoo.tools import SQL

from .feedback_figures import MIN_ANSWERS

#: Instead of the id of a team: rows of nobody's team.
NO_TEAM = "none"


class Settings:
    """What the sheets of one workbook have in common.

    :param env: of the reader
    :param dict options: cleaned, see ``service.workbook._clean_options``
    :param now: moment of the export, naive UTC
    :param team: id of the only team of this workbook, :data:`NO_TEAM`, or None
    """

    def __init__(self, env, options, now, team=None):
        self.env = env
        self.options = options
        self.now = now
        self.team = team
        self.dashboard = env["service.dashboard"].with_context(service_team=team)
        period = self.dashboard._clean_filters(options["filters"])
        self.period = period
        if team and team != NO_TEAM:
            period["department_id"] = team
        self.is_private = env["service.workbook"]._is_private(period["company_ids"])
        group = options.get("group_by")
        self.is_by_team = group == "team" or self.is_private
        self.group_by = "team" if group and self.is_private else group

    @property
    def filters(self):
        """The filters of this workbook, as ``get_data`` takes them."""
        return {
            **self.options["filters"],
            "department_id": self.period["department_id"],
        }

    def get_domain(self, date, about_promises=True):
        """Return the rows of the period and the filters.

        :param str date: field of the moment that decides; None for any time
        :param bool about_promises: else nothing when one kind of promise was asked
            for, as on the dashboard
        """
        period = self.period
        if period["kind"] and not about_promises:
            return Domain.FALSE
        domain = Domain("company_id", "in", period["company_ids"])
        if date:
            domain &= self.get_moments(date)
        for name in ("department_id", "employee_id", "res_model"):
            if period[name]:
                domain &= Domain(name, "=", period[name])
        if self.team == NO_TEAM:
            domain &= Domain("department_id", "=", False)
        return domain

    def get_moments(self, name):
        """Return the domain of a moment in the period."""
        start, stop = self.dashboard._get_bounds(self.period)
        return Domain(name, ">=", start) & Domain(name, "<", stop)

    def get_checklist_domain(self):
        """Return the lines of checklists of work in the period."""
        moment = self.get_moments("date_done") | (
            Domain("date_done", "=", False) & self.get_moments("date_started")
        )
        lists = self.get_domain(None, about_promises=False) & moment
        lists &= Domain("purpose", "=", "work")
        return Domain("checklist_id", "any", lists)

    # ------------------------------------------------------------------
    # What may be shown
    # ------------------------------------------------------------------

    def get_extra(self, key):
        """Return what the columns of a sheet need to hide, see ``xlsx_columns``."""
        extra = {"small_departments": self.small_departments}
        extra["small_text"] = self.env._("Small teams")
        if key in ("feedback", "recoveries"):
            extra["enough"] = self.enough
        if key == "feedback":
            extra["few_text"] = self.env._("Fewer than 5 answers")
        return extra

    def hide_few(self, source, value, always=False):
        """Return a customer's score; none where it is about one person's few.

        :param bool always: the row names the person
        """
        if not (always or self.period["employee_id"]):
            return value
        employee = source.column("employee_id")
        return SQL(
            "CASE WHEN %s IS NULL OR %s = ANY(%s::int[]) THEN %s END",
            employee,
            employee,
            source.extra["enough"],
            value,
        )

    @property
    def enough(self):
        """Ids of the employees with enough customers' answers to show a figure."""
        if not hasattr(self, "_enough"):
            groups = self.env["service.feedback"]._read_group(
                self.get_domain("date_answered"),
                ["employee_id"],
                having=[("__count", ">=", MIN_ANSWERS)],
            )
            self._enough = [employee.id for (employee,) in groups if employee]
        return self._enough

    @property
    def small_departments(self):
        """Ids of teams too small to hide a name behind; none without that setting."""
        if not self.is_private:
            return []
        if not hasattr(self, "_small"):
            people = self.env["service.workbook"]._get_team_ids(self)
            shown, _has_others = self.dashboard._get_shown_teams(self.period)
            self._small = [team_id for team_id in people if team_id not in shown]
        return self._small
