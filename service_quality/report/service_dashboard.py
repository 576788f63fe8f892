from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..models import verdict
from . import dashboard_calendar as calendar
from .dashboard_scope import Scope
from .definitions import get_definitions
from .privacy import OTHER_TEAMS

FILTERS = (
    "date_from",
    "date_to",
    "company_ids",
    "department_id",
    "employee_id",
    "res_model",
    "kind",
    "compare",
)
#: What a period is compared with.
COMPARE = ("previous", "year", "none")
DEFAULT_DAYS = 30
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
            ``department_id``, ``employee_id``, ``res_model``, ``kind`` (of promise),
            ``compare`` (``previous`` period of the same length, same days of the
            ``year`` before, or ``none``)
        :return: dict of plain JSON: ``filters``, ``period``, ``totals``, ``trend``,
            ``employees``, ``teams``, ``team``, ``checklists``, ``feedback``,
            ``failures``, ``quadrant``, ``recoveries``, ``silent``, ``choices``,
            ``definitions``, ``min_counted``, ``is_manager``, ``is_names_hidden``,
            ``can_export``, ``has_sample`` (sample data are among the figures);
            rates and shares are fractions 0-1, delays working hours, a figure of
            nothing is None
        :raise AccessError: not a user of Service Quality, or another company
        :raise ValidationError: a filter of the wrong form
        """
        self._check_user()
        period = self._clean_filters(filters or {})
        self._flush_facts()
        period = self._apply_privacy(period)
        scope = self._get_scope(period)
        step, steps = calendar.get_steps(period["date_from"], period["date_to"])
        choices = self._get_choices(period, scope)  # first: it knows all names
        return {
            "filters": self._serialize_filters(period),
            "period": self._serialize_period(period, step),
            **self._get_figures(period, scope, steps),
            "choices": choices,
            "definitions": get_definitions(self.env),
            "min_counted": self.env.company.service_min_counted,
            "is_manager": self._is_manager(),
            "has_sample": self._has_sample(period),
            "is_names_hidden": self._is_names_hidden(period),
            "can_export": self.env["service.workbook"]._may_read(),
        }

    @api.model
    def _has_sample(self, period):
        """Tell whether sample data are among the figures."""
        companies = self.env["service.sample"]._service_companies()
        return not companies.isdisjoint(period["company_ids"])

    @api.model
    def _get_figures(self, period, scope, steps):
        """Return the parts of :meth:`get_data` that are counted."""
        promises = self._get_promise_figures(period, scope, steps)
        heatmap = promises.pop("heatmap")
        lines = self._get_failed_lines(period, scope)
        return {
            **promises,
            **self._get_customer_figures(period, scope),
            "failures": {"lines": lines, "heatmap": heatmap},
        }

    @api.model
    def _check_user(self):
        if not self.env.user.has_group("service_quality.group_user"):
            raise AccessError(self.env._("You have no access to Service Quality."))

    @api.model
    def _is_manager(self):
        return self.env.user.has_group("service_quality.group_manager")

    @api.model
    def _flush_facts(self):
        """Send pending changes: the figures are counted in SQL."""
        for name in self.env["service.quality.report"]._depends:
            self.env[name].flush_model()
        # SQL: these statements take milliseconds, workers for them take longer to
        # start than to finish; for the rest of this transaction only
        self.env.execute_query(
            SQL("SELECT set_config('max_parallel_workers_per_gather', '0', TRUE)")
        )

    @api.model
    def _get_scope(self, period):
        """Return whose facts the user may see of those that he asks for.

        These are the rules of ``service.quality.report`` as columns: the companies,
        and for whoever is no service manager himself and the people he leads. Where
        somebody changed these rules, the rule itself is asked.
        """
        led = None if self._is_manager() else self._get_seen_employees(period)
        if self._is_hidden(period):
            led = ()
        teams, has_others = None, True
        if self._is_names_hidden(period):
            teams, has_others = self._get_shown_teams(period)
        return Scope(
            company_ids=tuple(period["company_ids"]),
            employee_ids=led,
            teams=teams,
            has_others=has_others,
            department_id=period["department_id"],
            employee_id=period["employee_id"],
            res_model=period["res_model"],
            kind=period["kind"],
            rule=self._get_other_rule(),
        )

    @api.model
    def _get_other_rule(self):
        """Return record rules beyond those this addon brings, as SQL, or None."""
        report = self.env["service.quality.report"]
        rule = self.env["ir.rule"]._compute_domain(report._name, "read")
        usual = Domain("company_id", "in", self.env.companies.ids)
        if self.env.su or Domain(rule).optimize(report) == usual.optimize(report):
            return None
        query = report._search(Domain("kind", "=", "promise"))
        return SQL("f.id * 4 IN %s", query.subselect())

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
            "compare": self._clean_choice(filters.get("compare"), COMPARE)
            or COMPARE[0],
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
        """Return the filters of the period to compare with, None for no comparison.

        The days just before, as many, or the same days of the year before.
        """
        if period["compare"] == "none":
            return None
        if period["compare"] == "year":
            year = relativedelta(years=1)
            return {
                **period,
                "date_from": period["date_from"] - year,
                "date_to": period["date_to"] - year,
            }
        length = period["date_to"] - period["date_from"] + timedelta(days=1)
        return {
            **period,
            "date_from": period["date_from"] - length,
            "date_to": period["date_to"] - length,
        }

    @api.model
    def _serialize_filters(self, period):
        return {
            **{name: period[name] for name in FILTERS},
            "date_from": fields.Date.to_string(period["date_from"]),
            "date_to": fields.Date.to_string(period["date_to"]),
        }

    @api.model
    def _serialize_period(self, period, step):
        previous = self._previous_period(period) or {}
        days = {
            "date_from": period["date_from"],
            "date_to": period["date_to"],
            "previous_from": previous.get("date_from"),
            "previous_to": previous.get("date_to"),
        }
        return {
            **{name: day and fields.Date.to_string(day) for name, day in days.items()},
            "step": step,
        }

    @api.model
    def _get_domain(self, period, with_dates=True):
        """Return the domain on the fact table, whatever the kind of fact."""
        if self._is_hidden(period):
            return Domain.FALSE
        domain = self._get_period_domain(period, with_dates)
        if period["kind"]:
            domain &= Domain("promise_kind", "=", period["kind"])
        return domain

    @api.model
    def _get_period_domain(self, period, with_dates=True):
        """Return the domain on the fact table, whatever the kind of promise."""
        domain = Domain("company_id", "in", period["company_ids"])
        if with_dates:
            start, stop = self._get_bounds(period)
            domain &= Domain("date", ">=", start) & Domain("date", "<", stop)
        for name in ("department_id", "employee_id", "res_model"):
            if period[name] == OTHER_TEAMS:
                domain &= Domain(name, "not in", period["teams"])
            elif period[name]:
                domain &= Domain(name, "=", period[name])
        return domain

    @api.model
    def _get_bounds(self, period):
        """Return the UTC moments where the user's days begin and end."""
        return calendar.get_bounds(self.env.tz, period["date_from"], period["date_to"])
