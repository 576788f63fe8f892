from odoo import api, fields, models

from ..models import verdict
from . import dashboard_figures as figures
from .privacy import MIN_TEAM
from .service_dashboard_ledger import CURRENT, PREVIOUS


class ServiceDashboard(models.AbstractModel):
    """The figures of promises, put together from what the ledger counted."""

    _inherit = "service.dashboard"

    @api.model
    def _get_promise_figures(self, period, scope, steps):
        """Return the parts of ``get_data`` that are about promises."""
        previous = self._previous_period(period)
        bounds = [
            self._get_bounds(period),
            previous and self._get_bounds(previous),
        ]
        clock = self._get_clock(*bounds[CURRENT], steps)
        settled = self._get_settled(scope, bounds)
        running = self._get_running(scope, bounds, clock)
        moments = self._get_moments(scope, bounds[CURRENT], clock)
        delays = self._get_delays(scope, bounds)
        return {
            "totals": self._get_totals(settled, running, delays),
            "trend": self._get_trend(steps, moments["steps"], running["steps"]),
            "heatmap": self._get_heatmap(moments["hours"], running["hours"]),
            **self._get_people(period, scope, settled, running, delays),
            "teams": self._get_shown_rows(period, scope, bounds[CURRENT]),
            "team": self._get_team(period, scope, bounds),
        }

    @api.model
    def _get_totals(self, settled, running, delays):
        """Counts per outcome and per kind, kept rate, and the period before."""

        def whole(number):
            median, p90 = delays["totals"].get(number, (None, None))
            counts = settled["totals"].get(number, {})
            counts = counts | running["totals"].get(number, {})
            return {
                **figures.fold(counts),
                "delay_hours": figures.get_mean_delay(counts),
                "delay_median": median,
                "delay_p90": p90,
            }

        def present(name):
            return sum(row[name] for row in running["totals"].values())

        return {
            **whole(CURRENT),
            "kinds": self._get_kinds(settled["kinds"], running["kinds"]),
            "open_now": present("open"),
            "overdue_now": present("overdue") + present("overdue_uncounted"),
            "due_today": present("due_today"),
            "previous": whole(PREVIOUS),
        }

    @api.model
    def _get_kinds(self, settled, running):
        labels = self._get_kind_labels()
        return [
            {
                "kind": kind,
                "label": labels[kind],
                **figures.fold(settled.get(kind, {}) | running.get(kind, {})),
            }
            for kind in verdict.KINDS
            if kind in settled or kind in running
        ]

    @api.model
    def _get_kind_labels(self):
        field = self.env["service.promise"]._fields["kind"]
        return dict(field._description_selection(self.env))

    @api.model
    def _get_trend(self, steps, settled, running):
        """Figures of each step of the period by due date, oldest first, no gaps."""
        return [
            {
                "date": fields.Date.to_string(first),
                "date_to": fields.Date.to_string(last),
                **figures.fold(settled.get(number, {}) | running.get(number, {})),
            }
            for number, (first, last) in enumerate(steps)
        ]

    @api.model
    def _get_heatmap(self, settled, running):
        """Counted and broken promises by weekday and hour of due, in order."""
        result = []
        for hour in sorted({*settled, *running}):
            row = figures.fold(settled.get(hour, {}) | running.get(hour, {}))
            if row["counted"]:
                weekday, of_day = divmod(hour, 24)
                broken = row["counted"] - row["kept"]
                result.append(
                    {
                        "weekday": weekday,
                        "hour": of_day,
                        "counted": row["counted"],
                        "broken": broken,
                    }
                )
        return result

    # ------------------------------------------------------------------
    # People
    # ------------------------------------------------------------------

    @api.model
    def _get_people(self, period, scope, settled, running, delays):
        """Return ``employees``: those whose figures the reader may see by name."""
        ids = {*settled["employees"], *running["employees"]}
        if self._is_names_hidden(period):
            ids &= set(self._get_own_employees()._ids)
        names = self._get_names("hr.employee", ids)
        rows = [
            self._get_row(
                employee_id,
                names.get(employee_id) or self.env._("Nobody"),
                settled["employees"].get(employee_id, {})
                | running["employees"].get(employee_id, {}),
                delays["employees"].get(employee_id, (None, None)),
            )
            for employee_id in ids
        ]
        return {"employees": sorted(rows, key=lambda row: (row["name"], row["id"]))}

    @api.model
    def _get_own_employees(self):
        """Return the reader's own employees, as superuser."""
        # sudo: ids of the reader's own employees, archived ones included
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        return employees.browse(self.env.user._service_own_ids(self.env.uid))

    @api.model
    def _get_names(self, model, ids):
        """Return {id: name} of records that figures are about."""
        # sudo: the names only, of those whose figures the reader may see
        records = self.env[model].sudo()
        records = records.browse([record_id for record_id in ids if record_id])
        records.fetch(["name"])
        return {row.id: row.name for row in records}

    @api.model
    def _get_team(self, period, scope, bounds):
        """Return the figures of the reader's colleagues together, or None.

        For whoever sees his own figures alone: the others of his department, or of
        his company when they are too few. Never of fewer than three people, who could
        work out each other's figures.
        """
        if self._is_manager():
            return None
        own = self._get_own_employees()
        if not own or set(scope.employee_ids) - set(own._ids):
            return None
        mine = own.filtered(lambda row: row.company_id.id in period["company_ids"])[:1]
        for group in (mine.department_id, mine.company_id):
            # The figures of people the reader may not see, but only as a sum of at
            # least three of them: that is what this method is for.
            team = scope.but(
                employee_ids=None,
                employee_id=False,
                not_employee_ids=own._ids,
                department_id=group._name == "hr.department" and group.id,
                company_ids=mine.company_id._ids,
                rule=None,
            )
            figures_ = group and self._get_team_figures(team, bounds[CURRENT])
            if figures_:
                return {"label": group.name, **figures_}
        return None

    @api.model
    def _get_team_figures(self, team, bounds):
        """Return the sum over a team, None when it is too small to hide anybody."""
        settled = self._get_settled(team, [bounds])
        running = self._get_running(team, [bounds], None)
        people = {*settled["employees"], *running["employees"]} - {0}
        if len(people) < MIN_TEAM:
            return None
        median, p90 = self._get_delays(team, [bounds])["totals"].get(
            CURRENT, (None, None)
        )
        return {
            "members": len(people),
            "delay_median": median,
            "delay_p90": p90,
            **figures.fold(
                settled["totals"].get(CURRENT, {}) | running["totals"].get(CURRENT, {})
            ),
        }
