from datetime import date, datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ..models import verdict
from ..models.wilson import wilson_interval
from .definitions import get_definitions

FILTERS = (
    "date_from",
    "date_to",
    "company_ids",
    "department_id",
    "employee_id",
    "res_model",
    "kind",
)
DEFAULT_DAYS = 30
#: Under this many customer answers a figure is not shown for one person.
MIN_ANSWERS = 5
MAX_PERIOD_DAYS = 3660


class ServiceDashboard(models.AbstractModel):
    """The figures of a period as one plain object.

    The screen, the workbook, the digest and scheduled mails read the same object,
    so their numbers cannot differ.
    """

    _name = "service.dashboard"
    _description = "Service Quality Dashboard"

    @api.model
    @api.readonly
    def get_data(self, filters=None):
        """Return the figures of a period that the user may see.

        Everybody sees his own figures and those of the people he leads, service
        managers those of their companies.

        :param dict filters: ``date_from`` and ``date_to`` (days, inclusive, in the
            user's time zone; default the last 30 days), ``company_ids``,
            ``department_id``, ``employee_id``, ``res_model``, ``kind`` (of promise)
        :return: dict of plain JSON: ``filters``, ``totals``, ``trend``,
            ``employees``, ``checklists``, ``feedback``, ``definitions``
        :raise AccessError: not a user of Service Quality, or another company
        :raise ValidationError: a filter of the wrong form
        """
        if not self.env.user.has_group("service_quality.group_user"):
            raise AccessError(self.env._("You have no access to Service Quality."))
        period = self._clean_filters(filters or {})
        domain = self._get_domain(period)
        previous = self._get_domain(self._previous_period(period))
        return {
            "filters": self._serialize_filters(period),
            "totals": self._get_totals(domain, previous, period),
            "trend": self._get_trend(domain),
            "employees": self._get_employees(domain),
            "checklists": self._get_checklists(period),
            "feedback": self._get_feedback(period),
            "definitions": get_definitions(self.env),
            "min_counted": self.env.company.service_min_counted,
        }

    # ------------------------------------------------------------------
    # Filters
    # ------------------------------------------------------------------

    @api.model
    def _clean_filters(self, filters):
        """Check what the client sent; see :meth:`get_data`."""
        if not isinstance(filters, dict):
            raise ValidationError(self.env._("The filters are not readable."))
        unknown = set(filters) - set(FILTERS)
        if unknown:
            raise ValidationError(
                self.env._("Unknown filter: %s", ", ".join(sorted(map(str, unknown))))
            )
        today = fields.Date.context_today(self)
        date_to = self._clean_day(filters.get("date_to"), today)
        date_from = self._clean_day(
            filters.get("date_from"), date_to - timedelta(days=DEFAULT_DAYS - 1)
        )
        if date_from > date_to:
            raise ValidationError(self.env._("The period ends before it begins."))
        if (date_to - date_from).days > MAX_PERIOD_DAYS:
            raise ValidationError(self.env._("The period is longer than ten years."))
        return {
            "date_from": date_from,
            "date_to": date_to,
            "company_ids": self._clean_companies(filters.get("company_ids")),
            "department_id": self._clean_id(filters.get("department_id")),
            "employee_id": self._clean_id(filters.get("employee_id")),
            "res_model": self._clean_choice(
                filters.get("res_model"),
                self.env["service.linked.mixin"]._service_document_models(),
            ),
            "kind": self._clean_choice(filters.get("kind"), verdict.KINDS),
        }

    @api.model
    def _clean_day(self, value, default):
        if not value:
            return default
        try:
            day = fields.Date.to_date(value)
        except (ValueError, TypeError, AttributeError):
            day = None
        if not isinstance(day, date) or not 1970 <= day.year <= 9000:
            raise ValidationError(self.env._("%s is no date.", str(value)[:40]))
        return day

    @api.model
    def _clean_id(self, value):
        if not value:
            return False
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ValidationError(self.env._("The filters are not readable."))
        return value

    @api.model
    def _clean_choice(self, value, allowed):
        if not value:
            return False
        if value not in allowed:
            raise ValidationError(self.env._("The filters are not readable."))
        return value

    @api.model
    def _clean_companies(self, value):
        if not value:
            return self.env.companies.ids
        if not isinstance(value, list | tuple):
            raise ValidationError(self.env._("The filters are not readable."))
        ids = [self._clean_id(company_id) for company_id in value]
        if not set(ids) <= set(self.env.companies.ids):
            raise AccessError(self.env._("This company is not among yours."))
        return ids

    @api.model
    def _previous_period(self, period):
        """Return the filters of the period of the same length just before."""
        length = period["date_to"] - period["date_from"] + timedelta(days=1)
        return {
            **period,
            "date_from": period["date_from"] - length,
            "date_to": period["date_to"] - length,
        }

    @api.model
    def _serialize_filters(self, period):
        return {
            **period,
            "date_from": fields.Date.to_string(period["date_from"]),
            "date_to": fields.Date.to_string(period["date_to"]),
        }

    @api.model
    def _get_domain(self, period, with_dates=True):
        """Return the domain on the fact table, whatever the kind of fact."""
        domain = Domain("company_id", "in", period["company_ids"])
        if with_dates:
            start, stop = self._get_bounds(period)
            domain &= Domain("date", ">=", start) & Domain("date", "<", stop)
        for name in ("department_id", "employee_id", "res_model"):
            if period[name]:
                domain &= Domain(name, "=", period[name])
        if period["kind"]:
            domain &= Domain("promise_kind", "=", period["kind"])
        return domain

    @api.model
    def _get_bounds(self, period):
        """Return the UTC moments where the user's days begin and end."""
        bounds = []
        for day in (period["date_from"], period["date_to"] + timedelta(days=1)):
            midnight = datetime.combine(day, time.min)
            local = self.env.tz.localize(midnight)
            bounds.append(local.astimezone(timezone.utc).replace(tzinfo=None))
        return bounds

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    def _get_totals(self, domain, previous, period):
        """Counts per outcome and per kind, kept rate, and the previous period."""
        promises = domain & Domain("kind", "=", "promise")
        now = self._get_counts(promises)
        before = self._get_counts(previous & Domain("kind", "=", "promise"))
        running = self._get_domain(period, with_dates=False)
        running &= Domain("kind", "=", "promise")
        report = self.env["service.quality.report"]
        return {
            **now,
            "kinds": self._get_kinds(promises),
            "open_now": report.search_count(running & Domain("outcome", "=", "open")),
            "overdue_now": report.search_count(
                running & Domain("outcome", "=", "overdue")
            ),
            "previous": before,
        }

    @api.model
    def _get_counts(self, domain):
        rows = self.env["service.quality.report"]._read_group(
            domain, ["outcome"], ["__count", "is_counted:sum"]
        )
        return self._fold_outcomes(
            [(outcome, total, counted) for outcome, total, counted in rows]
        )

    @api.model
    def _fold_outcomes(self, rows):
        """Turn (outcome, number, number counted) into the figures of one group.

        ``kept``, ``late``, ``missed`` and ``overdue`` hold counted promises only;
        ``uncounted`` is what the customer did not know of in time, or what was
        self-declared.
        """
        counted = dict.fromkeys((*verdict.COUNTED_OUTCOMES, "overdue"), 0)
        neutral = dict.fromkeys(verdict.NEUTRAL_OUTCOMES, 0)
        total = open_count = uncounted = 0
        for outcome, number, number_counted in rows:
            total += number
            if outcome in counted:
                counted[outcome] += number_counted
                uncounted += number - number_counted
            elif outcome in neutral:
                neutral[outcome] += number
            else:
                open_count += number
        sum_counted = sum(counted.values())
        low, high = wilson_interval(counted["kept"], sum_counted)
        return {
            **counted,
            **neutral,
            "neutral": sum(neutral.values()),
            "open": open_count,
            "uncounted": uncounted,
            "total": total,
            "counted": sum_counted,
            "rate": verdict.get_kept_rate(**counted),
            "low": low,
            "high": high,
        }

    @api.model
    def _get_kinds(self, domain):
        rows = self.env["service.quality.report"]._read_group(
            domain, ["promise_kind", "outcome"], ["__count", "is_counted:sum"]
        )
        groups = {}
        for kind, *row in rows:
            groups.setdefault(kind, []).append(row)
        labels = dict(
            self.env["service.promise"]._fields["kind"]._description_selection(self.env)
        )
        return [
            {"kind": kind, "label": labels[kind], **self._fold_outcomes(groups[kind])}
            for kind in verdict.KINDS
            if kind in groups
        ]

    @api.model
    def _get_trend(self, domain):
        """Kept rate per week of the due date, oldest first."""
        rows = self.env["service.quality.report"]._read_group(
            domain & Domain("kind", "=", "promise"),
            ["date:week", "outcome"],
            ["__count", "is_counted:sum"],
        )
        weeks = {}
        for week, *row in rows:
            weeks.setdefault(week, []).append(row)
        return [
            {
                "date": fields.Date.to_string(week),
                **self._fold_outcomes(weeks[week]),
            }
            for week in sorted(weeks)
        ]

    @api.model
    def _get_employees(self, domain):
        """Counts, kept rate and its interval per employee, best name order."""
        report = self.env["service.quality.report"]
        promises = domain & Domain("kind", "=", "promise")
        rows = report._read_group(
            promises, ["employee_id", "outcome"], ["__count", "is_counted:sum"]
        )
        more = {
            employee: values
            for employee, *values in report._read_group(
                promises, ["employee_id"], ["delay_hours:avg", "is_cancelled:sum"]
            )
        }
        groups = {}
        for employee, *row in rows:
            groups.setdefault(employee, []).append(row)
        result = [
            {
                "id": employee.id,
                "name": employee.sudo().name or self.env._("Nobody"),  # name only
                "delay_hours": more[employee][0] or None,
                "cancelled": more[employee][1],
                **self._fold_outcomes(group),
            }
            for employee, group in groups.items()
        ]
        return sorted(result, key=lambda row: (row["name"], row["id"]))

    @api.model
    def _get_checklists(self, period):
        if period["kind"]:
            return {"count": 0, "score": None}
        rows = self.env["service.quality.report"]._read_group(
            self._get_domain(period)
            & Domain("kind", "=", "checklist")
            & Domain("is_counted", "=", 1),
            [],
            ["__count", "score:avg"],
        )
        count, score = rows[0]
        return {"count": count, "score": score if count else None}

    @api.model
    def _get_feedback(self, period):
        if period["kind"]:
            return {"count": 0, "satisfaction": None}
        rows = self.env["service.quality.report"]._read_group(
            self._get_domain(period)
            & Domain("kind", "=", "feedback")
            & Domain("is_counted", "=", 1),
            [],
            ["__count", "score:avg"],
        )
        count, score = rows[0]
        manager = self.env.user.has_group("service_quality.group_manager")
        of_one = period["employee_id"] or not manager
        hidden = of_one and count < MIN_ANSWERS
        return {
            "count": count,
            "satisfaction": score * 100 if count and not hidden else None,
        }
