from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from . import dashboard_figures as figures
from .privacy import MIN_TEAM, OTHER_TEAMS, large_teams


class ServiceDashboard(models.AbstractModel):
    """Figures per team instead of people, where a company has set that.

    Nobody's figures are shown but one's own. A team shows when at least three people
    have facts in the period and belong to it; the others are one row together, with
    figures when they are three people or more.
    """

    _inherit = "service.dashboard"

    @api.model
    def _is_names_hidden(self, period):
        """Tell whether figures are shown per team only, as the company has set."""
        companies = self.env["res.company"].browse(period["company_ids"])
        # sudo: a setting of companies that the user works in
        return "team" in companies.sudo().mapped("service_privacy")

    @api.model
    def _is_person_hidden(self, period):
        """Tell whether somebody else is asked for alone, where that is not allowed."""
        return (
            period["employee_id"]
            and self._is_names_hidden(period)
            and period["employee_id"] not in self._get_own_employees()._ids
        )

    @api.model
    def _is_hidden(self, period):
        """Tell whether a person, or a team as small as one, is asked for."""
        if "is_hidden" in period:
            return period["is_hidden"]
        if self._is_person_hidden(period):
            return True
        team_id = period["department_id"]
        if not team_id or not self._is_names_hidden(period):
            return False
        if period["employee_id"] or self._is_alone(period):
            return False  # the reader himself
        teams, has_others = self._get_shown_teams(period)
        return not has_others if team_id == OTHER_TEAMS else team_id not in teams

    @api.model
    def _apply_privacy(self, period):
        """Note what may be shown: once for all parts of a page.

        :param dict period: cleaned filters
        :return: the same with ``is_hidden`` and, where names are hidden,
            ``shown_teams``
        """
        if self._is_names_hidden(period):
            period = {**period, "shown_teams": self._get_shown_teams(period)}
        return {**period, "is_hidden": self._is_hidden(period)}

    @api.model
    def _check_shown(self, period):
        """Check that the person or team that is asked for may be shown.

        :param dict period: cleaned filters
        :return: the same, see :meth:`_apply_privacy`
        :raise AccessError: where figures are shown per team only
        """
        period = self._apply_privacy(period)
        if period["is_hidden"]:
            raise AccessError(
                self.env._("Figures are shown per team only, of at least three people.")
            )
        return period

    @api.model
    def _get_seen_employees(self, period):
        """Return the ids of those whose figures a reader sees who is no manager.

        Those he leads; where names are hidden and they are fewer than three people,
        himself alone.
        """
        led = self.env.user._service_led_employees()._ids
        if not self._is_names_hidden(period):
            return led
        own = self._get_own_employees()._ids
        return led if len({*led} - {*own}) >= MIN_TEAM else own

    @api.model
    def _is_alone(self, period):
        """Tell whether the reader sees nobody's figures but his own."""
        if self._is_manager():
            return False
        return {*self._get_seen_employees(period)} <= {*self._get_own_employees()._ids}

    @api.model
    def _get_shown_teams(self, period):
        """Return the teams that may be shown, where names are hidden.

        Whichever is filtered by: the same teams show on a page of one.

        :param dict period: cleaned filters
        :return: (ids, whether the others may be shown together)
        """
        if "shown_teams" in period:
            return period["shown_teams"]
        period = {**period, "department_id": False}
        people = self._get_team_people(self._get_period_domain(period), period)
        if not self._is_names_hidden(period):
            return tuple(team_id for team_id in people if team_id), True
        large = {row[0] for row in self.env.execute_query(large_teams())}
        shown = tuple(
            team_id
            for team_id, ids in people.items()
            if team_id in large and len(ids) >= MIN_TEAM
        )
        others = set().union(*(people[each] for each in people if each not in shown))
        return shown, len(others) >= MIN_TEAM

    @api.model
    def _get_team_people(self, domain, period):
        """Return {id of a team or False: ids of the people with facts}.

        :param domain: on the fact table
        :param dict period: cleaned filters
        """
        if not self._is_manager():
            seen = self._get_seen_employees(period)
            domain &= Domain("employee_id", "in", seen)
        # sudo: how many people a team has; for the reader they are nobody
        report = self.env["service.quality.report"].sudo()
        rows = report._read_group(
            domain, ["department_id"], ["employee_id:array_agg_distinct"]
        )
        return {team.id: {*ids} - {None} for team, ids in rows}

    # ------------------------------------------------------------------
    # Figures per team
    # ------------------------------------------------------------------

    @api.model
    def _get_shown_rows(self, period, scope, bounds):
        """Return ``teams`` of ``get_data``: none where people are shown."""
        if not self._is_names_hidden(period) or period["employee_id"]:
            return []
        if self._is_alone(period):
            return []
        return self._get_teams(period, scope, bounds)

    @api.model
    def _get_teams(self, period, scope, bounds):
        """Return the figures per team, with the columns of the employees.

        :param dict period: cleaned filters
        :param Scope scope: with the teams that may be shown
        :param bounds: (start, stop) of the period
        :return: list of dicts by name; :data:`~.privacy.OTHER_TEAMS` is the id of all
            other rows together, whose figures are None where they are too few people
        """
        scope = scope.but(is_by_team=True)
        settled = self._get_settled(scope, [bounds])["employees"]
        running = self._get_running(scope, [bounds], None)["employees"]
        delays = self._get_delays(scope, [bounds])["employees"]
        names = self._get_names("hr.department", scope.teams)
        names[OTHER_TEAMS] = self.env._("No team")
        if self._is_names_hidden(period):
            names[OTHER_TEAMS] = self.env._("Small teams")
        rows = [
            self._get_row(
                team_id,
                names[team_id],
                settled.get(team_id, {}) | running.get(team_id, {}),
                delays.get(team_id, (None, None)),
            )
            for team_id in {*settled, *running}
        ]
        for row in rows:
            if row["id"] == OTHER_TEAMS and not scope.has_others:
                kept = {"id", "name"}
                row.update({key: None for key in row if key not in kept}, is_few=True)
        return sorted(rows, key=lambda row: (row["name"], row["id"]))

    @api.model
    def _get_row(self, row_id, name, counts, delays):
        """Return the row of an employee or a team from what the ledger counted."""
        row = figures.fold(counts)
        median, p90 = delays
        return {
            "id": row_id,
            "name": name,
            "delay_hours": figures.get_mean_delay(counts),
            "delay_median": median,
            "delay_p90": p90,
            "cancelled": counts.get("cancelled", 0),
            "is_few": row["counted"] < self.env.company.service_min_counted,
            **row,
        }

    @api.model
    def _get_all_teams(self, filters):
        """Return the figures per team of a workbook.

        :param dict filters: as in ``get_data``
        """
        period = self._clean_filters(filters)
        self._flush_facts()
        scope = self._get_scope(period)
        if scope.teams is None:
            teams, has_others = self._get_shown_teams(period)
            scope = scope.but(teams=teams, has_others=has_others)
        return self._get_teams(period, scope, self._get_bounds(period))
