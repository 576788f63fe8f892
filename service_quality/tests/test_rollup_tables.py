import calendar
from collections import Counter, defaultdict

import psycopg2.errors

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models import verdict
from ..report import dashboard_figures as figures
from ..report import rollup_tables
from ..report.service_quality_rollup import BATCH, LOCK
from .test_dashboard_rollup import RollupCase

ADDED = ("kept", "late", "missed", "uncounted", "delay_seconds")


@tagged("post_install", "-at_install")
class TestRollupTables(RollupCase):
    """The tables themselves, each row of them."""

    def setUp(self):
        super().setUp()
        self.promises = self.make_promises(24, days=60)
        self.settle(self.promises)
        self.promises[20:].write({"department_id": False})
        self.promises[16:22].write({"employee_id": False})
        self.sync()

    def content(self, table):
        """Return {key: counters} of a table, without the rows that count nothing."""
        self.env.execute_query(SQL("ANALYZE %s", table.sql))
        rows = self.env.execute_query_dict(SQL("SELECT * FROM %s", table.sql))
        keys = ("at", *table.keys)
        return {
            tuple(row[name] for name in keys): {
                name: row[name] for name in table.columns()
            }
            for row in rows
            if any(row[name] for name in table.columns())
        }

    def contents(self):
        return {table.name: self.content(table) for table in rollup_tables.TABLES}

    def start_of(self, table, moment):
        """Return the beginning of a table's stretch, as seconds since 1970."""
        if table.unit == "month":
            moment = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        elif table.unit == "day":
            moment = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        else:
            quarter = moment.minute // 15 * 15
            moment = moment.replace(minute=quarter, second=0, microsecond=0)
        return calendar.timegm(moment.timetuple())

    def expected(self, table):
        """Return what a table must say of all promises, by the plain rule."""
        result = defaultdict(Counter)
        for promise in self.env["service.promise"].search([("outcome", "!=", False)]):
            values = {
                "company_id": promise.company_id.id,
                "department_id": promise.department_id.id or 0,
                "employee_id": promise.employee_id.id or 0,
                "kind": promise.kind,
                "res_model": promise.res_model,
            }
            key = (
                self.start_of(table, promise.date_due),
                *(values[name] for name in table.keys),
            )
            judged = promise.outcome in verdict.COUNTED_OUTCOMES
            name = promise.outcome
            if judged and not promise.is_counted:
                name = "uncounted"
            seconds = round(promise.delay_hours * 3600)
            if table.is_late:
                if name == "late":
                    result[key][f"grade_{figures.get_grade(seconds)}"] += 1
                continue
            result[key][name] += 1
            if promise.outcome == "late":
                result[key]["delay_seconds"] += seconds
        return result

    def assertRight(self):
        """Each table says what the promises say, in each of its rows."""
        for table in rollup_tables.TABLES:
            names = figures.GRADE_COLUMNS if table.is_late else ADDED
            shown = self.content(table)
            expected = self.expected(table)
            with self.subTest(table=table.name):
                self.assertEqual(set(shown), {key for key in expected if expected[key]})
                for key, counts in shown.items():
                    self.assertEqual(
                        {name: counts[name] for name in names},
                        {name: expected[key][name] for name in names},
                    )

    def test_rows_after_folding_and_counting_again(self):
        self.rollup._fold()
        self.assertRight()
        self.promises[:5].write({"corrected_outcome": "missed"})
        self.promises[5:8]._service_unseal().unlink()
        self.sync()
        self.rollup._fold()
        self.assertRight()
        folded = self.contents()
        self.rollup._rebuild()
        self.assertEqual(self.contents(), folded)
        self.assertRight()

    def test_counting_again_takes_what_was_not_folded(self):
        self.promises[:3].write({"corrected_outcome": "missed"})
        action = self.rollup._rebuild()
        self.env.flush_all()
        self.assertEqual(self.rollup._count_changes(), 0)
        self.assertRight()
        self.assertEqual(action["type"], "ir.actions.client")
        self.assertEqual(action["params"]["type"], "success")
        self.assertIn("counted again", action["params"]["message"])

    def test_taken_away_and_made_again(self):
        """Uninstalled, installed in a database with promises, updated."""
        for statement in rollup_tables.drop_all():
            self.env.execute_query(statement)
        left = self.env.execute_query(
            SQL(
                "SELECT relname FROM pg_class WHERE relname ~ %s"
                " UNION ALL SELECT tgname FROM pg_trigger WHERE tgname ~ %s"
                " UNION ALL SELECT proname FROM pg_proc WHERE proname ~ %s",
                *(["^service_quality_rollup"] * 3),
            )
        )
        self.assertEqual(left, [])
        # nothing stands in the way of what changes meanwhile
        self.promises[:2].write({"corrected_outcome": "late"})
        self.sync()

        self.rollup.init()
        self.assertEqual(self.rollup._count_changes(), 0)
        self.assertRight()
        self.promises[2:6].write({"corrected_outcome": "missed"})
        self.promises[6:8].write({"corrected_outcome": "kept"})
        self.sync()
        noted = self.rollup._count_changes()
        self.assertGreaterEqual(noted, 6)
        # an update neither counts all again nor forgets what was noted
        self.rollup.init()
        self.assertEqual(self.rollup._count_changes(), noted)
        self.assertEqual(self.rollup._fold(), noted)
        self.assertRight()
        # hours of lateness that are more seconds than an integer has
        self.note(2)
        self.env.execute_query(
            SQL(
                "UPDATE %s SET outcome = 'late', sign = 1, delay_hours = 600000",
                rollup_tables.DELTA,
            )
        )
        self.assertEqual(self.rollup._fold(), 2)

    def noted(self):
        """Return (sign, outcome) of the changes that were noted, oldest first."""
        return self.env.execute_query(
            SQL("SELECT sign, outcome FROM %s ORDER BY id", rollup_tables.DELTA)
        )

    def test_what_each_change_notes(self):
        for statement in rollup_tables.drop_all():
            self.env.execute_query(statement)
        self.rollup.init()
        promise = self.make_promises(1)
        self.sync()
        for change, expected in (
            ({"name": "Other words"}, []),
            ({"corrected_outcome": "kept"}, [(1, "kept")]),
            ({"name": "Again others"}, []),
            ({"corrected_outcome": "late"}, [(-1, "kept"), (1, "late")]),
            ({"department_id": False}, [(-1, "late"), (1, "late")]),
            ({"corrected_outcome": False}, [(-1, "late")]),
            ({"department_id": self.department.id}, []),
            ({"corrected_outcome": "missed"}, [(1, "missed")]),
        ):
            self.rollup._fold()
            promise.write(change)
            self.sync()
            with self.subTest(change=change):
                self.assertEqual(self.noted(), expected)
        self.rollup._fold()
        promise._service_unseal().unlink()
        self.assertEqual(self.noted(), [(-1, "missed")])
        self.rollup._fold()
        self.assertRight()

    def test_a_row_that_comes_with_its_outcome(self):
        """Restored, or copied by somebody's script: never a running promise."""
        for statement in rollup_tables.drop_all():
            self.env.execute_query(statement)
        self.rollup.init()
        columns = [
            SQL.identifier(name)
            for name, field in self.env["service.promise"]._fields.items()
            if field.store and field.column_type and name != "id"
        ]
        settled = self.promises.filtered("outcome")[:3]
        running = self.promises.filtered(lambda row: not row.outcome)[:2]
        self.assertEqual((len(settled), len(running)), (3, 2))
        # SQL: what no door of ours does
        self.env.execute_query(
            SQL(
                "INSERT INTO service_promise (%(names)s) SELECT %(names)s"
                " FROM service_promise WHERE id IN %(ids)s",
                names=SQL(", ").join(columns),
                ids=(settled + running)._ids,
            )
        )
        self.env.invalidate_all()
        self.assertEqual(self.rollup._count_changes(), 3)
        self.rollup._fold()
        self.assertRight()

    def note(self, number):
        """Note so many changes of one promise, as many up as down."""
        names = SQL(", ").join(map(SQL.identifier, rollup_tables.FACTS))
        promise = self.promises.filtered("outcome")[0]
        self.env.execute_query(
            SQL(
                "INSERT INTO %s (sign, %s) SELECT CASE n %% 2 WHEN 0 THEN 1 ELSE -1"
                " END, %s FROM service_promise, generate_series(1, %s) n WHERE id = %s",
                rollup_tables.DELTA,
                names,
                names,
                number,
                promise.id,
            )
        )

    def run_fold(self):
        """Let the scheduled action run; return how much it says it has done."""
        cron = self.env.ref("service_quality.cron_rollup")
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        progress = self.env["ir.cron.progress"].search([("cron_id", "=", cron.id)])
        # in one go, as long as there is time
        self.assertEqual(len(progress), 1)
        self.assertEqual(progress.remaining, 0)
        return progress.done

    def test_the_scheduled_action(self):
        """All is folded in, batch by batch, and it says how much that was."""
        self.rollup._fold()
        self.note(2 * BATCH + 2)
        self.assertEqual(self.run_fold(), 2 * BATCH + 2)
        self.assertEqual(self.rollup._count_changes(), 0)
        self.assertRight()

    def test_facts_taken_away_leave_no_row(self):
        self.rollup._fold()
        self.note(BATCH + 4)
        self.promises._service_unseal().unlink()
        self.rollup._forget_empty()
        self.assertEqual(self.rollup._count_changes(), 0)
        for table in rollup_tables.TABLES:
            zeros = [SQL("%s = 0", SQL.identifier(name)) for name in table.columns()]
            rows = self.env.execute_query(
                SQL(
                    "SELECT count(*) FROM %s WHERE %s",
                    table.sql,
                    SQL(" AND ").join(zeros),
                )
            )
            self.assertEqual(rows, [(0,)], table.name)
        self.assertRight()

    def test_one_at_a_time(self):
        """While another transaction counts, folding is left to it; others wait."""
        noted = self.rollup._count_changes()
        self.assertTrue(noted)
        other = self.env.registry._db.cursor()
        self.addCleanup(other.close)
        other.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
        self.env.cr.execute("SET LOCAL lock_timeout = '100ms'")
        self.assertEqual(self.rollup._fold(), 0)
        self.assertEqual(self.rollup._count_changes(), noted)
        for action in (self.rollup._forget_empty, self.rollup._rebuild):
            with (
                self.assertRaises(psycopg2.errors.LockNotAvailable),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                action()
        other.rollback()
        self.assertEqual(self.rollup._fold(), noted)
