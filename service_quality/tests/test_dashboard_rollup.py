import random
from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction
from unittest.mock import patch

import pytz

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from ..models import verdict
from ..report import dashboard_calendar as calendar
from ..report import dashboard_figures as figures
from ..report import rollup_tables
from .common import ServiceCase

ZONES = ("Europe/Budapest", "Asia/Tokyo", "America/New_York", "Asia/Kathmandu", "UTC")
COUNTS = (*verdict.OUTCOMES, "overdue", "open", "uncounted", "counted", "total")


class RollupCase(ServiceCase):
    def setUp(self):
        super().setUp()
        self.rollup = self.env["service.quality.rollup"]
        self.chance = random.Random(7)
        self.documents = [
            self.make_ticket(user=user) for user in self.agent + self.agent2
        ] + [self.make_order()]

    def make_promises(self, number, days=150):
        """Record promises with any outcome, some of them not counted."""
        vals_list = []
        for _number in range(number):
            document = self.chance.choice(self.documents)
            is_ticket = document._name == "helpdesk.ticket"
            vals_list.append(
                document.sudo()._service_promise_vals(
                    name="Promised",
                    kind=self.chance.choice(
                        ["deadline", "callback"] if is_ticket else ["appointment"]
                    ),
                    source="manual",
                    date_due=self.after(
                        minutes=60 + self.chance.randrange(days * 24 * 60)
                    ),
                    employee=self.chance.choice(self.employee + self.employee2),
                    date_told=self.now if self.chance.random() < 0.8 else None,
                )
            )
        return self.env["service.promise"]._service_record(vals_list)

    def settle(self, promises):
        """Let a part of promises come to an end, each in its own way."""
        self.now += timedelta(days=75)
        for promise in promises:
            roll = self.chance.random()
            if roll < 0.6:
                moment = promise.date_due + timedelta(
                    minutes=self.chance.randrange(-3000, 3000)
                )
                if moment > promise.date_made:
                    promise._service_settle("evidence", moment)
            elif roll < 0.8:
                promise.write(
                    {"corrected_outcome": self.chance.choice(verdict.OUTCOMES)}
                )
        self.sync()

    def get_data(self, raw=False, user=None, tz="UTC", **filters):
        dashboard = self.model("service.dashboard", user or self.manager)
        dashboard = dashboard.with_context(tz=tz)
        if not raw:
            return dashboard.get_data(filters)
        with patch.object(type(dashboard), "_is_rolled_up", lambda self, scope: False):
            return dashboard.get_data(filters)

    def count_in_python(self, zone, first, last, by=None):
        """Return {key: Counter} of all promises by the plain rule."""
        zone = pytz.timezone(zone)
        result = {}
        for promise in self.env["service.promise"].search(
            [("company_id", "=", self.company.id)]
        ):
            local = pytz.utc.localize(promise.date_due).astimezone(zone)
            if not first <= local.date().isoformat() <= last:
                continue
            outcome = promise.outcome
            if not outcome:
                outcome = "overdue" if self.now > promise.date_limit else "open"
            judged = outcome in (*verdict.COUNTED_OUTCOMES, "overdue")
            if judged and not promise.is_counted:
                outcome = "uncounted"
            counts = result.setdefault(by and by(promise, local), Counter())
            counts.update([outcome, "total"])
            if judged and promise.is_counted:
                counts["counted"] += 1
        return result

    def assertCounts(self, shown, expected):
        self.assertEqual(
            {name: shown[name] for name in COUNTS},
            {name: expected[name] for name in COUNTS},
        )


@tagged("post_install", "-at_install")
class TestRollup(RollupCase):
    def assertAgree(self, **filters):
        """Rollup, raw SQL and Python say the same, in each zone."""
        for zone in ZONES:
            for first, last in (
                ("2026-03-01", "2026-05-31"),
                ("2026-03-17", "2026-04-20"),
                ("2026-03-28", "2026-03-29"),
                ("2026-04-02", "2026-04-02"),
            ):
                period = {"date_from": first, "date_to": last, **filters}
                data = self.get_data(tz=zone, **period)
                with self.subTest(zone=zone, first=first, last=last):
                    self.assertEqual(data, self.get_data(raw=True, tz=zone, **period))
                    if filters:
                        continue
                    whole = self.count_in_python(zone, first, last)
                    self.assertCounts(data["totals"], whole.get(None, Counter()))
                    people = self.count_in_python(
                        zone, first, last, lambda row, _date: row.employee_id.id
                    )
                    shown = {row["id"]: row for row in data["employees"]}
                    self.assertEqual(set(shown), set(people))
                    for employee_id, counts in people.items():
                        self.assertCounts(shown[employee_id], counts)
                    hours = self.count_in_python(
                        zone,
                        first,
                        last,
                        lambda row, local: (local.weekday(), local.hour),
                    )
                    self.assertEqual(
                        {
                            (row["weekday"], row["hour"]): row["counted"]
                            for row in data["failures"]["heatmap"]
                        },
                        {
                            key: counts["counted"]
                            for key, counts in hours.items()
                            if counts["counted"]
                        },
                    )

    def test_rollup_raw_and_python_agree(self):
        """However much of what happened is folded in: nothing, a part, all."""
        promises = self.make_promises(150)
        self.settle(promises)
        self.assertGreater(self.rollup._count_changes(), 80)
        self.assertAgree()
        self.rollup._fold(limit=50)
        self.assertAgree()
        self.rollup._fold()
        self.assertEqual(self.rollup._count_changes(), 0)
        self.assertAgree()

    def test_filters_agree(self):
        promises = self.make_promises(60)
        self.settle(promises[:40])
        self.rollup._fold(limit=20)
        for filters in (
            {"employee_id": self.employee.id},
            {"department_id": self.department.id},
            {"res_model": "sale.order"},
            {"kind": "callback"},
            {"kind": "deadline", "employee_id": self.employee2.id, "compare": "year"},
        ):
            self.assertAgree(**filters)

    def test_every_change_is_noted(self):
        """Corrections, reopening, deletion, a lost department: figures follow."""
        promises = self.make_promises(60)
        self.settle(promises)
        self.rollup._fold()
        changed = promises.filtered("outcome")[:12]
        changed[:4].write({"corrected_outcome": "missed"})
        changed[4:6].write(
            {"corrected_outcome": False, "settlement": False, "date_settled": False}
        )
        self.sync()
        changed[6:8]._service_unseal().unlink()
        # SQL: what a foreign key does when a department is deleted
        self.env.execute_query(
            SQL(
                "UPDATE service_promise SET department_id = NULL WHERE id = ANY(%s)",
                promises[:20].exists().ids,
            )
        )
        self.env.execute_query(
            SQL(
                "UPDATE service_promise SET date_due = date_due + interval '40 days'"
                " WHERE id = ANY(%s)",
                promises[20:30].exists().ids,
            )
        )
        self.env.invalidate_all()
        self.assertGreater(self.rollup._count_changes(), 10)
        self.assertAgree()
        self.rollup._fold()
        self.assertAgree()

    def test_rebuild(self):
        self.settle(self.make_promises(60))
        filters = {"date_from": "2026-03-01", "date_to": "2026-05-31"}
        before = self.get_data(**filters)
        self.env.execute_query(
            SQL("UPDATE %s SET kept = kept + 5", rollup_tables.MONTH.sql)
        )
        self.rollup._fold()
        self.env.execute_query(
            SQL("UPDATE %s SET kept = kept + 5", rollup_tables.MONTH.sql)
        )
        self.assertNotEqual(self.get_data(**filters)["totals"], before["totals"])
        for user in (self.agent, self.manager):
            with self.assertRaises(AccessError):
                self.model("service.quality.rollup", user)._rebuild()
        self.model("service.quality.rollup", self.admin)._rebuild()
        self.assertEqual(self.get_data(**filters), before)
        action = self.env.ref("service_quality.service_quality_rollup_rebuild_action")
        with self.assertRaises(AccessError):
            self.as_user(action, self.manager).run()
        self.assertEqual(
            self.as_user(action, self.admin).run()["tag"], "display_notification"
        )

    def test_running_promises_cost_nothing(self):
        before = self.rollup._count_changes()
        self.make_promises(20)
        self.sync()
        self.assertEqual(self.rollup._count_changes(), before)

    def test_what_does_not_matter_is_not_noted(self):
        promises = self.make_promises(10)
        self.settle(promises)
        before = self.rollup._count_changes()
        promises.write({"name": "Another text"})
        self.sync()
        self.assertEqual(self.rollup._count_changes(), before)

    def test_rules_of_somebody_else_are_kept(self):
        """A record rule that this addon does not know hides rows here, too."""
        self.settle(self.make_promises(40))
        self.env["ir.rule"].create(
            {
                "name": "No call backs",
                "model_id": self.env["ir.model"]._get_id("service.quality.report"),
                "domain_force": "[('promise_kind', '!=', 'callback')]",
            }
        )
        filters = {"date_from": "2026-03-01", "date_to": "2026-05-31"}
        data = self.get_data(**filters)
        kinds = {row["kind"] for row in data["totals"]["kinds"]}
        self.assertEqual(kinds, {"deadline", "appointment"})
        self.assertEqual(
            data["totals"]["total"],
            self.model("service.quality.report", self.manager).search_count(
                [
                    ("kind", "=", "promise"),
                    ("date", ">=", "2026-03-01"),
                    ("date", "<", "2026-06-01"),
                ]
            ),
        )

    def test_lateness(self):
        """Median and 90th percentile are those of the graded delays."""
        promises = self.make_promises(80, days=60)
        self.settle(promises)
        rows = promises.filtered(lambda row: row.outcome == "late" and row.is_counted)
        hours = sorted(
            figures.GRADE_HOURS[figures.get_grade(round(row.delay_hours * 3600))]
            for row in rows
        )
        self.assertGreater(len(hours), 5)
        totals = self.get_data(date_from="2026-03-01", date_to="2026-06-30")["totals"]
        half = hours[-(-len(hours) // 2) - 1]
        nine = hours[-(-9 * len(hours) // 10) - 1]
        self.assertEqual((totals["delay_median"], totals["delay_p90"]), (half, nine))

    def test_grades_in_python_and_sql(self):
        values = {0, 10**8}
        for grade in figures.GRADES:
            values |= {max(grade - 1, 0), grade, grade + 1}
        rows = self.env.execute_query(
            SQL(
                "SELECT s, %s FROM unnest(%s::bigint[]) s",
                figures.sql_grade(SQL("s")),
                sorted(values),
            )
        )
        self.assertEqual(dict(rows), {s: figures.get_grade(s) for s in values})
        for second, grade in rows:
            if second <= figures.GRADES[-1]:
                self.assertGreaterEqual(figures.GRADES[grade], second)
                self.assertLess(figures.GRADES[grade - 1] if grade else -1, second)

    def test_percentiles_are_those_of_the_database(self):
        for count in range(1, 25):
            numbers = [0] * len(figures.GRADES)
            values = [self.chance.randrange(len(numbers)) for _number in range(count)]
            for value in values:
                numbers[value] += 1
            for share in (Fraction(1, 2), Fraction(9, 10)):
                rows = self.env.execute_query(
                    SQL(
                        "SELECT percentile_disc(%s) WITHIN GROUP (ORDER BY v)"
                        " FROM unnest(%s::float[]) v",
                        float(share),
                        [figures.GRADE_HOURS[value] for value in values],
                    )
                )
                self.assertEqual(figures.get_percentile(numbers, share), rows[0][0])
        self.assertIsNone(figures.get_percentile([0] * len(figures.GRADES), share))

    def test_query_count(self):
        self.settle(self.make_promises(30))
        for user, most in ((self.manager, 25), (self.agent, 25)):
            dashboard = self.model("service.dashboard", user)
            filters = {"date_from": "2026-03-01", "date_to": "2026-05-31"}
            dashboard.get_data(filters)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            dashboard.get_data(filters)
            self.assertLessEqual(self.env.cr.sql_log_count - before, most, user.login)


@tagged("post_install", "-at_install")
class TestCalendar(ServiceCase):
    def test_pieces_add_up(self):
        """Each moment is counted once, whatever is taken away on the way."""
        chance = random.Random(3)
        start_of_all = datetime(2026, 1, 1)
        for _number in range(300):
            start = start_of_all + timedelta(hours=chance.randrange(4000))
            stop = start + timedelta(hours=chance.randrange(1, 3000))
            for with_days in (True, False):
                pieces = calendar.get_pieces(start, stop, with_days)
                edges = sorted({m for _s, *ms, _sign in pieces for m in ms})
                for low, high in zip(edges, edges[1:], strict=False):
                    weight = sum(
                        sign
                        for _source, begin, end, sign in pieces
                        if begin <= low and high <= end
                    )
                    inside = start <= low and high <= stop
                    self.assertEqual(weight, int(inside), (start, stop, pieces))
                for source, begin, end, _sign in pieces:
                    self.assertLess(begin, end)
                    if source == "raw" and with_days:
                        self.assertLessEqual(end - begin, timedelta(hours=24))

    def test_hours_of_a_week(self):
        """The stretches of an hour are those in which the clock shows it."""
        for name in ("Europe/Budapest", "Asia/Kolkata", "America/New_York", "UTC"):
            zone = pytz.timezone(name)
            start, stop = datetime(2026, 3, 1, 5), datetime(2026, 4, 2, 11, 30)
            moment, shown = start, {}
            while moment < stop:
                local = pytz.utc.localize(moment).astimezone(zone)
                shown.setdefault((local.weekday(), local.hour), set()).add(moment)
                moment += timedelta(minutes=15)
            for (weekday, hour), moments in shown.items():
                found = set()
                for low, high in calendar.get_hour_ranges(
                    zone, start, stop, weekday, hour
                ):
                    while low < high:
                        found.add(low)
                        low += timedelta(minutes=15)
                self.assertEqual(found, moments, (name, weekday, hour))

    def test_steps_leave_no_gap(self):
        for days, name in ((1, "day"), (31, "day"), (32, "week"), (300, "month")):
            first = datetime(2026, 1, 14).date()
            last = first + timedelta(days - 1)
            step, steps = calendar.get_steps(first, last)
            self.assertEqual(step, name)
            self.assertEqual((steps[0][0], steps[-1][1]), (first, last))
            for (_first, end), (begin, _last) in zip(steps, steps[1:], strict=False):
                self.assertEqual(begin - end, timedelta(1))
