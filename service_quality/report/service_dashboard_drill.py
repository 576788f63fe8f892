from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Datetime, Domain

from ..models import verdict
from . import dashboard_calendar as calendar
from .privacy import OTHER_TEAMS

#: Figures of promises that a click opens: what is behind them on the fact table.
COUNTED = Domain("is_counted", "=", 1)
JUDGED = Domain("outcome", "in", [*verdict.COUNTED_OUTCOMES, "overdue"])
FIGURES = {
    "total": Domain.TRUE,
    "counted": COUNTED,
    "kept": COUNTED & Domain("outcome", "=", "kept"),
    "late": COUNTED & Domain("outcome", "=", "late"),
    "missed": COUNTED & Domain("outcome", "=", "missed"),
    "overdue": COUNTED & Domain("outcome", "=", "overdue"),
    "broken": COUNTED & Domain("outcome", "!=", "kept"),
    "neutral": Domain("outcome", "in", list(verdict.NEUTRAL_OUTCOMES)),
    "cancelled": Domain("is_cancelled", "=", 1),
    "uncounted": JUDGED & Domain("is_counted", "=", 0),
    "open": Domain("outcome", "=", "open"),
    "open_now": Domain("outcome", "=", "open"),
    "overdue_now": Domain("outcome", "=", "overdue"),
    "due_today": Domain("outcome", "=", "open"),
    **{name: Domain("outcome", "=", name) for name in verdict.NEUTRAL_OUTCOMES},
}
#: Figures of the present, whatever the period.
TIMELESS = {"open_now", "overdue_now", "due_today"}
#: Means: what they are means of.
FACTS = {"feedback": "feedback", "checklists": "checklist"}
RECOVERIES = ("opened", "running", "overdue", "in_time", "decided")
DETAILS = ("kind", "date", "date_to", "weekday", "hour")


class ServiceDashboard(models.AbstractModel):
    """From a number to the records behind it; their count is the number."""

    _inherit = "service.dashboard"

    @api.model
    @api.readonly
    def get_records_action(self, filters, figure, employee_id=False, **detail):
        """Return the action that lists the records behind a number.

        :param dict filters: as in ``get_data``
        :param str figure: ``previous_`` before it means the period compared with; a
            key of :data:`FIGURES` (promises), ``feedback``, ``checklists``,
            ``answers`` (of the quadrant), ``asked`` or ``failed`` (of a question),
            ``recovery_`` with one of :data:`RECOVERIES`, ``silent``
        :param int employee_id: the employee of the row, 0 for nobody's; False for all
        :param detail: ``kind`` (of promise); ``date`` and ``date_to`` (days of a step
            of the trend); ``weekday`` (0 is Monday) and ``hour``; ``line`` (key of a
            question); ``department_id`` (of a team, -1 for all that are too small to
            be shown)
        :return: window action
        :raise AccessError: not a user of Service Quality, or a person or team whose
            figures are not shown
        :raise ValidationError: unknown figure, filter or detail
        """
        self._check_user()
        period = self._clean_filters(filters or {})
        if isinstance(figure, str) and figure.startswith("previous_"):
            figure = figure.removeprefix("previous_")
            period = self._previous_period(period)
            if not period:
                raise ValidationError(self.env._("Unknown figure."))
        if employee_id is not False:
            period["employee_id"] = self._clean_id(employee_id)
        line = self._clean_line(detail.pop("line", None))
        period = self._apply_team(period, detail.pop("department_id", None))
        period, ranges = self._apply_detail(period, detail)
        xmlid, domain = self._get_records(period, figure, ranges, line)
        if employee_id == 0 and employee_id is not False:
            domain &= Domain("employee_id", "=", False)
        return self._show_records(xmlid, domain)

    @api.model
    def _show_records(self, xmlid, domain):
        """Return one of our actions on the records of a domain."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"service_quality.{xmlid}"
        )
        shown = {"domain": list(domain), "context": {}}
        if xmlid == "service_quality_report_action":
            shown["view_mode"] = "list,pivot,graph"
            shown["views"] = [(False, mode) for mode in ("list", "pivot", "graph")]
        return {**action, **shown}

    @api.model
    def _get_records(self, period, figure, ranges, line):
        """Return the action's external id and the domain of a figure."""
        if not isinstance(figure, str):
            raise ValidationError(self.env._("Unknown figure."))
        if figure in FIGURES or figure in FACTS:
            fact = FACTS.get(figure, "promise")
            domain = self._get_domain(period, with_dates=figure not in TIMELESS)
            domain &= Domain("kind", "=", fact) & FIGURES.get(figure, COUNTED)
            if figure == "due_today":
                today = calendar.get_today(self.env.tz, Datetime.now())
                ranges = [calendar.get_bounds(self.env.tz, today, today)]
            if ranges is not None:
                domain &= Domain.OR(
                    Domain("date", ">=", low) & Domain("date", "<", high)
                    for low, high in ranges
                )
            return "service_quality_report_action", domain
        if figure in ("asked", "failed") and line:
            domain = self._get_line_domain(period, line, figure == "failed")
            return "service_checklist_line_answers_action", domain
        if figure == "answers":
            return "service_feedback_action", self._get_quadrant_domain(period)
        name = figure.removeprefix("recovery_")
        if figure.startswith("recovery_") and name in RECOVERIES:
            return "service_recovery_action", self._get_recovery_domains(period)[name]
        if figure == "silent" and self._is_manager():
            domain = Domain("company_id", "in", period["company_ids"])
            domain &= Domain("state", "!=", "back")
            return "service_silent_customer_action", domain
        raise ValidationError(self.env._("Unknown figure."))

    @api.model
    def _apply_detail(self, period, detail):
        """Narrow a period to one cell of the page.

        :return: (filters, stretches of time or None for the whole period)
        """
        unknown = set(detail) - set(DETAILS)
        if unknown:
            raise ValidationError(
                self.env._("Unknown filter: %s", ", ".join(sorted(unknown)))
            )
        detail = {name: value for name, value in detail.items() if value is not None}
        period = dict(period)
        if detail.get("kind"):
            period["kind"] = self._clean_choice(detail["kind"], verdict.KINDS)
        if detail.get("date"):
            first = self._clean_day(detail["date"], None)
            last = self._clean_day(detail.get("date_to"), first)
            period["date_from"] = max(period["date_from"], first)
            period["date_to"] = min(period["date_to"], last)
            if period["date_from"] > period["date_to"]:
                raise ValidationError(self.env._("The period ends before it begins."))
        if "weekday" not in detail and "hour" not in detail:
            return period, None
        weekday = self._clean_number(detail.get("weekday"), 6)
        hour = self._clean_number(detail.get("hour"), 23)
        bounds = self._get_bounds(period)
        return period, calendar.get_hour_ranges(self.env.tz, *bounds, weekday, hour)

    @api.model
    def _apply_team(self, period, team_id):
        """Narrow a period to one team, and make sure that it may be shown.

        By the whole period: a day of a team that shows may be one person's.
        """
        period = dict(period)
        if team_id == OTHER_TEAMS and self._is_names_hidden(period):
            period["teams"], _others = self._get_shown_teams(period)
            period["department_id"] = OTHER_TEAMS
        elif team_id:
            period["department_id"] = self._clean_id(team_id)
        return self._check_shown(period)

    @api.model
    def _clean_number(self, value, highest):
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError(self.env._("The filters are not readable."))
        if not 0 <= value <= highest:
            raise ValidationError(self.env._("The filters are not readable."))
        return value

    @api.model
    def _clean_line(self, value):
        """Return the id of a question from its key, None without one."""
        if value is None or value is False:
            return None
        if not isinstance(value, str) or not value.isdecimal() or len(value) > 12:
            raise ValidationError(self.env._("The filters are not readable."))
        return int(value)

    @api.model
    def _get_quadrant_domain(self, period):
        analysis = self.env["service.feedback.analysis"]
        domain = analysis._get_answers(period)
        for name in ("technical_quality", "service_quality"):
            domain &= Domain(f"has_{name}", "=", True)
        return domain
