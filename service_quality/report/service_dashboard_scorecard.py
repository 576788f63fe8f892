from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .feedback_figures import MIN_ANSWERS

#: Days that a scorecard looks back.
SCORECARD_DAYS = 90
#: Of the changes that a customer was asked to confirm: what became of them.
SCOPE_FIGURES = {
    "asked": Domain.TRUE,
    "confirmed_first": Domain("state", "=", "confirmed")
    & Domain("is_answered_first", "=", True)
    & Domain("is_address_verified", "=", True),
    "declined": Domain("state", "=", "declined"),
    "expired": Domain("state", "=", "expired"),
    "went_on": Domain("is_work_unanswered", "=", True),
}


class ServiceDashboard(models.AbstractModel):
    _inherit = "service.dashboard"

    @api.model
    @api.readonly
    def get_scorecard(self, employee_id):
        """Return the figures of one employee in the last 90 days.

        Shown to the employee, to those who lead him and to service managers; rows
        that somebody sees for another reason make no figure of a person.

        :param int employee_id: id of the employee
        :return: dict with ``totals`` (see :meth:`get_data`), ``delay_hours``,
            ``chased``, ``self_declared``, ``date_from``, ``date_to``,
            ``min_counted``, ``feedback`` (see ``_get_scorecard_feedback``), ``scope``
            (see ``_get_scorecard_scope``); False for somebody else
        :raise AccessError: not a user of Service Quality
        """
        employee_id = self._clean_id(employee_id)
        today = fields.Date.context_today(self)
        start = today - timedelta(days=SCORECARD_DAYS - 1)
        filters = {
            "date_from": fields.Date.to_string(start),
            "date_to": fields.Date.to_string(today),
            "employee_id": employee_id,
        }
        user = self.env.user
        led = user._service_led_employees()
        is_manager = user.has_group("service_quality.group_manager")
        if not employee_id or not (is_manager or employee_id in led.ids):
            return False
        if self._is_person_hidden(self._clean_filters(filters)):
            return False
        data = self.get_data(filters)
        rows = [row for row in data["employees"] if row["id"] == employee_id]
        return {
            "totals": data["totals"],
            "delay_hours": rows[0]["delay_hours"] if rows else None,
            "date_from": data["filters"]["date_from"],
            "date_to": data["filters"]["date_to"],
            "min_counted": data["min_counted"],
            **self._get_scorecard_extras(self._clean_filters(filters)),
            "feedback": self._get_scorecard_feedback(self._clean_filters(filters)),
            "scope": self._get_scorecard_scope(self._clean_filters(filters)),
        }

    @api.model
    def _get_scorecard_scope(self, period):
        """Return how one employee asks before the work goes on.

        A change counts once, in the days when it was last sent. The figures overlap:
        a change may have been confirmed after the work had gone on.

        :param dict period: cleaned filters with ``employee_id``
        :return: list of dicts with ``key`` (of :data:`SCOPE_FIGURES`), ``count`` and
            ``domain`` of the changes behind it, as the user may see them
        """
        start, stop = self._get_bounds(period)
        asked = (
            Domain("employee_id", "=", period["employee_id"])
            & Domain("company_id", "in", period["company_ids"])
            & Domain("was_sent", "=", True)
            & Domain("date_sent", ">=", start)
            & Domain("date_sent", "<", stop)
        )
        changes = self.env["service.scope.change"].search(asked)
        return [
            {
                "key": key,
                "count": len(changes.filtered_domain(domain)),
                "domain": list(asked & domain),
            }
            for key, domain in SCOPE_FIGURES.items()
        ]

    @api.model
    def _get_scorecard_feedback(self, period):
        """Return what customers said about one employee, and his recoveries.

        Formulas and limits are those of the feedback analysis: of the automatic
        sample only, and no figure of fewer than five answers.

        :param dict period: cleaned filters with ``employee_id``
        :return: dict with ``csat``, ``nps``, ``qualities``, ``recovery`` (as in
            ``service.feedback.analysis.get_data``, without scores), ``answers``,
            ``min_answers``
        """
        analysis = self.env["service.feedback.analysis"]
        recovery = analysis._get_recovery(period)
        return {
            "answers": analysis._count_answers(period, "answers"),
            "csat": analysis._get_csat(period, True),
            "nps": analysis._get_nps(period, True),
            "qualities": analysis._get_qualities(period, True),
            "recovery": {key: recovery[key] for key in ("in_time", "decided", "rate")},
            "min_answers": MIN_ANSWERS,
        }

    @api.model
    def _get_scorecard_extras(self, period):
        """Count what the fact table does not hold: chasing and declaring."""
        start, stop = self._get_bounds(period)
        domain = (
            Domain("employee_id", "=", period["employee_id"])
            & Domain("company_id", "in", period["company_ids"])
            & Domain("date_due", ">=", start)
            & Domain("date_due", "<", stop)
        )
        promises = self.env["service.promise"]
        chased = promises._read_group(domain, [], ["chase_count:sum"])[0][0]
        declared = domain & Domain("is_self_declared", "=", True)
        return {
            "chased": chased or 0,
            "self_declared": promises.search_count(declared),
        }
