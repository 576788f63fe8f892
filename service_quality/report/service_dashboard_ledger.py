from datetime import timedelta
from fractions import Fraction
from operator import add

from odoo import api, fields, models
from odoo.tools import SQL

from ..models import verdict
from . import dashboard_calendar as calendar
from . import dashboard_figures as figures
from . import rollup_tables as rollup

#: Numbers of the two periods in what the database returns; 2 is any other time.
CURRENT, PREVIOUS, OTHER = 0, 1, 2
#: Of lateness are shown the median and the 90th percentile.
SHARES = (Fraction(1, 2), Fraction(9, 10))


class ServiceDashboard(models.AbstractModel):
    """What the ledger of promises counts, in few statements.

    SQL throughout: each statement answers several groupings at once, which the ORM
    would ask one by one, and the rows come from the rollup where there is one.
    """

    _inherit = "service.dashboard"

    # ------------------------------------------------------------------
    # Settled promises
    # ------------------------------------------------------------------

    @api.model
    def _get_settled(self, scope, periods):
        """Count settled promises in two periods.

        :param Scope scope: whose
        :param list periods: (start, stop) of the period and of the one it is
            compared with, or None for that
        :return: dict ``totals`` {period: counts}, ``employees`` and ``kinds``
            {employee id or kind: counts} of the first period
        """
        cells = SQL(" UNION ALL ").join(
            cell
            for number, bounds in enumerate(periods)
            if bounds
            for cell in self._settled_cells(scope, number, *bounds)
        )
        sums = SQL(", ").join(
            SQL("sum(%s)::bigint", SQL.identifier(name)) for name in figures.COUNTERS
        )
        rows = self._ledger_query(
            SQL(
                "SELECT GROUPING(employee_id, kind), period, employee_id, kind, %s"
                " FROM (%s) cell GROUP BY GROUPING SETS ((period),"
                " (period, employee_id), (period, kind))",
                sums,
                cells,
            )
        )
        result = {"totals": {}, "employees": {}, "kinds": {}}
        for group, period, employee_id, kind, *values in rows:
            counts = dict(zip(figures.COUNTERS, values, strict=True))
            if group == 3:
                result["totals"][period] = counts
            elif period == CURRENT and any(values):
                if group == 1:
                    result["employees"][employee_id] = counts
                else:
                    result["kinds"][kind] = counts
        return result

    @api.model
    def _settled_cells(self, scope, number, start, stop):
        """Return SELECTs of counts of one period: the sum of their rows is exact.

        :return: list of SQL with the columns ``period``, ``employee_id`` (0 for
            nobody), ``kind`` and the counters
        """
        if not self._is_rolled_up(scope):
            return [self._settled_raw(scope, number, start, stop)]
        cells = []
        for source, *bounds, sign in calendar.get_pieces(start, stop):
            if source == "raw":
                cells.append(self._settled_raw(scope, number, *bounds, sign))
            else:
                table = rollup.MONTH if source == "month" else rollup.DAY
                cells += self._settled_rolled(scope, number, table, *bounds, sign)
        return cells

    @api.model
    def _is_rolled_up(self, scope):
        """Tell whether the rollup has what is asked for."""
        return scope.rule is None

    @api.model
    def _settled_rolled(self, scope, number, table, start, stop, sign):
        """Return SELECTs of counts from the rollup, and of what it lacks yet."""
        counters = SQL(", ").join(
            SQL(
                "%s * sum(%s) AS %s",
                sign,
                SQL.identifier("r", name),
                SQL.identifier(name),
            )
            for name in figures.COUNTERS
        )
        changes = figures.sql_counters("f", SQL("%s * f.sign", sign))
        seconds = [calendar.to_seconds(moment) for moment in (start, stop)]
        return [
            SQL(
                "SELECT %s AS period, %s, %s FROM %s r WHERE r.at >= %s AND r.at < %s"
                " AND %s GROUP BY 2, 3",
                number,
                self._cell_groups(scope, number, "r"),
                counters,
                table.sql,
                *seconds,
                scope.where("r"),
            ),
            SQL(
                "SELECT %s AS period, %s, %s FROM %s f"
                " WHERE f.date_due >= %s AND f.date_due < %s AND %s GROUP BY 2, 3",
                number,
                self._cell_groups(scope, number, "f"),
                SQL(", ").join(
                    SQL("%s AS %s", aggregate, SQL.identifier(name))
                    for name, aggregate in changes.items()
                ),
                rollup.DELTA,
                start,
                stop,
                scope.where("f"),
            ),
        ]

    @api.model
    def _settled_raw(self, scope, number, start, stop, sign=1):
        """Return a SELECT of counts from the promises themselves."""
        return SQL(
            "SELECT %(number)s AS period, %(groups)s, %(counters)s"
            " FROM service_promise f WHERE f.outcome IS NOT NULL"
            " AND f.date_due >= %(start)s AND f.date_due < %(stop)s AND %(where)s"
            " GROUP BY 2, 3",
            number=number,
            groups=self._cell_groups(scope, number, "f"),
            counters=SQL(", ").join(
                SQL("%s * %s AS %s", sign, aggregate, SQL.identifier(name))
                for name, aggregate in figures.sql_counters("f").items()
            ),
            start=start,
            stop=stop,
            where=scope.where("f"),
        )

    @api.model
    def _cell_groups(self, scope, number, alias):
        """Return the columns by which cells are grouped: the period before is not."""
        if number != CURRENT:
            return SQL("0 AS employee_id, ''::varchar AS kind")
        return SQL(
            "%s AS employee_id, %s AS kind",
            scope.row(alias),
            SQL.identifier(alias, "kind"),
        )

    # ------------------------------------------------------------------
    # Running promises: what they are depends on now
    # ------------------------------------------------------------------

    @api.model
    def _get_running(self, scope, periods, clock):
        """Count running promises: by period, employee, kind, step and hour.

        :param clock: what ``_get_clock`` returned, or None
        :return: dict ``totals`` {period: counts}, and for the first period
            ``employees``, ``kinds``, ``steps``, ``hours``
        """
        counters = {
            "overdue": SQL("overdue AND is_counted"),
            "overdue_uncounted": SQL("overdue AND is_counted IS NOT TRUE"),
            "open": SQL("NOT overdue"),
            "due_today": SQL("NOT overdue AND today"),
        }
        rows = self._ledger_query(
            SQL(
                "SELECT GROUPING(employee_id, kind, step, hour), period, employee_id,"
                " kind, step, hour, %s FROM (%s) run"
                " GROUP BY GROUPING SETS ((period), (period, employee_id),"
                " (period, kind), (period, step), (period, hour))",
                SQL(", ").join(
                    SQL("count(*) FILTER (WHERE %s)", counters[name])
                    for name in figures.RUNNING
                ),
                self._running_promises(scope, periods, clock),
            )
        )
        parts = ("totals", "employees", "kinds", "steps", "hours")
        result = {name: {} for name in parts}
        names = {7: ("employees", 0), 11: ("kinds", 1), 13: ("steps", 2)}
        names[14] = ("hours", 3)
        for group, period, *row in rows:
            counts = dict(zip(figures.RUNNING, row[4:], strict=True))
            if group == 15:
                result["totals"][period] = counts
            elif period == CURRENT:
                name, column = names[group]
                result[name][row[column]] = counts
        return result

    @api.model
    def _running_promises(self, scope, periods, clock):
        """Return a SELECT of running promises: where and as what each is counted."""
        now = fields.Datetime.now()
        overdue = verdict.sql_overdue(
            SQL("f.date_limit"), SQL("f.outcome"), SQL("%s::timestamp", now)
        )
        today = calendar.get_today(self.env.tz, now)
        dawn, night = calendar.get_bounds(self.env.tz, today, today)
        step, hour = self._clock_columns(clock, SQL("extract(epoch FROM f.date_due)"))
        return SQL(
            "SELECT %(period)s AS period, %(person)s AS employee_id, f.kind,"
            " f.is_counted, COALESCE(%(overdue)s, FALSE) AS overdue,"
            " f.date_due >= %(dawn)s AND f.date_due < %(night)s AS today,"
            " %(step)s AS step, %(hour)s AS hour"
            " FROM service_promise f WHERE f.outcome IS NULL AND %(where)s",
            period=self._period_column(periods),
            person=scope.row("f"),
            overdue=overdue,
            dawn=dawn,
            night=night,
            step=step,
            hour=hour,
            where=scope.where("f"),
        )

    @api.model
    def _period_column(self, periods):
        """Return the number of the period in which a promise is due."""
        cases = [
            SQL("WHEN f.date_due >= %s AND f.date_due < %s THEN %s", *bounds, number)
            for number, bounds in enumerate(periods)
            if bounds
        ]
        return SQL("CASE %s ELSE %s END", SQL(" ").join(cases), OTHER)

    # ------------------------------------------------------------------
    # When: the steps of the trend, the hours of the week
    # ------------------------------------------------------------------

    @api.model
    def _get_clock(self, start, stop, steps):
        """Return what turns a moment into a step and an hour of the reader's week.

        :param steps: (first day, last day) of each step
        :return: (seconds at which each next step begins, seconds from which an offset
            holds, offsets in seconds)
        """
        zone = self.env.tz
        edges = [
            calendar.to_seconds(calendar.get_midnight(zone, first))
            for first, _last in steps[1:]
        ]
        moments, offsets = zip(*calendar.get_offsets(zone, start, stop), strict=True)
        return edges, list(moments), list(offsets)

    @api.model
    def _clock_columns(self, clock, seconds):
        """Return the number of the step, from 0, and the hour of the week, 0-167.

        :param clock: see :meth:`_get_clock`; None for none
        :param SQL seconds: seconds since 1970
        """
        if not clock:
            return SQL("0"), SQL("0")
        edges, moments, offsets = clock
        seconds = SQL("(%s)::bigint", seconds)
        step = SQL("0")
        if edges:
            step = SQL("width_bucket(%s, %s::bigint[])", seconds, edges)
        offset = SQL("%s", offsets[0])
        if len(offsets) > 1:
            offset = SQL(
                "(%s::int[])[GREATEST(width_bucket(%s, %s::bigint[]), 1)]",
                offsets,
                seconds,
                moments,
            )
        hour = SQL(
            "((%s + %s) / 3600 + %s)::int %% %s",
            seconds,
            offset,
            calendar.EPOCH_HOUR,
            calendar.WEEK_HOURS,
        )
        return step, hour

    @api.model
    def _get_moments(self, scope, bounds, clock):
        """Count settled promises by step and by hour of the week.

        :return: dict ``steps``, ``hours`` {number: counts}
        """
        step, hour = self._clock_columns(clock, SQL("at"))
        sums = SQL(", ").join(
            SQL("sum(%s)::bigint", SQL.identifier(name)) for name in figures.COUNTERS
        )
        rows = self._ledger_query(
            SQL(
                "SELECT GROUPING(step, hour), step, hour, %s FROM (SELECT %s AS step,"
                " %s AS hour, moment.* FROM (%s) moment) moment"
                " GROUP BY GROUPING SETS ((step), (hour))",
                sums,
                step,
                hour,
                SQL(" UNION ALL ").join(self._moment_cells(scope, *bounds)),
            )
        )
        result = {"steps": {}, "hours": {}}
        for group, step, hour, *values in rows:
            counts = dict(zip(figures.COUNTERS, values, strict=True))
            if any(values):
                name, key = ("steps", step) if group == 1 else ("hours", hour)
                result[name][key] = counts
        return result

    @api.model
    def _moment_cells(self, scope, start, stop):
        """Return SELECTs of counts by moment, in seconds since 1970, as ``at``."""
        table = rollup.SLOTS_BY
        if not (scope.department_id or scope.res_model or scope.kind):
            table = rollup.SLOTS
        is_whole = not any(
            calendar.to_seconds(moment) % rollup.SLOT
            for moment in (start, stop, *self._get_clock_changes(start, stop))
        )
        by_person = scope.employee_id or scope.employee_ids is not None
        if is_whole and not by_person and self._is_rolled_up(scope):
            return self._moment_rolled(scope, table, start, stop)
        return [
            SQL(
                "SELECT floor(extract(epoch FROM f.date_due))::bigint AS at, %s"
                " FROM service_promise f WHERE f.outcome IS NOT NULL"
                " AND f.date_due >= %s AND f.date_due < %s AND %s GROUP BY 1",
                SQL(", ").join(
                    SQL("%s AS %s", aggregate, SQL.identifier(name))
                    for name, aggregate in figures.sql_counters("f").items()
                ),
                start,
                stop,
                scope.where("f"),
            )
        ]

    @api.model
    def _get_clock_changes(self, start, stop):
        """Return moments that must begin a slot, so that local hours consist of them.

        Today's zones all do; before 1972 some differed by odd minutes.
        """
        return [
            calendar.EPOCH + timedelta(seconds=value)
            for pair in calendar.get_offsets(self.env.tz, start, stop)
            for value in pair
        ]

    @api.model
    def _moment_rolled(self, scope, table, start, stop):
        seconds = [calendar.to_seconds(moment) for moment in (start, stop)]
        names = SQL(", ").join(SQL.identifier("r", name) for name in figures.COUNTERS)
        changes = figures.sql_counters("f", SQL("f.sign")).values()
        return [
            SQL(
                "SELECT r.at, %s FROM %s r WHERE r.at >= %s AND r.at < %s AND %s",
                names,
                table.sql,
                *seconds,
                scope.where("r"),
            ),
            SQL(
                "SELECT %s AS at, %s FROM %s f WHERE f.date_due >= %s"
                " AND f.date_due < %s AND %s GROUP BY 1",
                table.at(SQL("f.date_due")),
                SQL(", ").join(changes),
                rollup.DELTA,
                start,
                stop,
                scope.where("f"),
            ),
        ]

    # ------------------------------------------------------------------
    # How late
    # ------------------------------------------------------------------

    @api.model
    def _get_delays(self, scope, periods):
        """Return median and 90th percentile of lateness, graded.

        :return: dict ``totals`` {period: (median, p90)} and ``employees`` {id:
            (median, p90)} of the first period, in working hours
        """
        cells = SQL(" UNION ALL ").join(
            cell
            for number, bounds in enumerate(periods)
            if bounds
            for cell in self._late_cells(scope, number, *bounds)
        )
        sums = SQL(", ").join(
            SQL("sum(%s)::int", SQL.identifier(name)) for name in figures.GRADE_COLUMNS
        )
        rows = self._ledger_query(
            SQL(
                "SELECT period, employee_id, %s FROM (%s) cell GROUP BY 1, 2",
                sums,
                cells,
            )
        )
        numbers, result = {}, {"totals": {}, "employees": {}}
        for period, employee_id, *row in rows:
            whole = numbers.get(period, [0] * len(row))
            numbers[period] = list(map(add, whole, row))
            if period == CURRENT:
                result["employees"][employee_id] = self._get_percentiles(row)
        for period, row in numbers.items():
            result["totals"][period] = self._get_percentiles(row)
        return result

    @api.model
    def _get_percentiles(self, numbers):
        return tuple(figures.get_percentile(numbers, share) for share in SHARES)

    @api.model
    def _late_cells(self, scope, number, start, stop):
        """Return SELECTs of ``period``, ``employee_id`` and numbers by grade."""
        late = figures.sql_late(SQL("service_promise"))
        if scope.kind or scope.res_model or not self._is_rolled_up(scope):
            return [self._late_cell(scope, number, late, start, stop)]
        changes = figures.sql_late(rollup.DELTA)
        cells = []
        for source, *bounds, sign in calendar.get_pieces(start, stop, with_days=False):
            if source == "raw":
                weight = SQL("%s", sign)
                cells.append(self._late_cell(scope, number, late, *bounds, weight))
            else:
                weight = SQL("f.sign")
                cells.append(self._late_rolled(scope, number, *bounds))
                cells.append(self._late_cell(scope, number, changes, *bounds, weight))
        return cells

    @api.model
    def _late_rolled(self, scope, number, start, stop):
        return SQL(
            "SELECT %s AS period, %s AS employee_id, %s FROM %s r"
            " WHERE r.at >= %s AND r.at < %s AND %s",
            number,
            scope.row("r") if number == CURRENT else SQL("0"),
            SQL(", ").join(SQL.identifier("r", name) for name in figures.GRADE_COLUMNS),
            rollup.LATE.sql,
            calendar.to_seconds(start),
            calendar.to_seconds(stop),
            scope.where("r"),
        )

    @api.model
    def _late_cell(self, scope, number, source, start, stop, weight=None):
        """Return a SELECT of numbers by grade from promises or changes of them."""
        return SQL(
            "SELECT %s AS period, %s AS employee_id, %s FROM %s f"
            " WHERE f.date_due >= %s AND f.date_due < %s AND %s GROUP BY 2",
            number,
            scope.row("f") if number == CURRENT else SQL("0"),
            SQL(", ").join(
                SQL("%s AS %s", aggregate, SQL.identifier(name))
                for name, aggregate in figures.sql_late_counters("f", weight).items()
            ),
            source,
            start,
            stop,
            scope.where("f"),
        )

    @api.model
    def _ledger_query(self, query):
        return self.env.execute_query(query)
