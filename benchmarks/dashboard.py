"""The dashboard over a lot of promises, and what keeping its counts costs.

Each size has a database of its own, a copy of the one with the addon: side by side
in one run. ``SERVICE_QUALITY_BENCH_LARGE=1`` adds ten million promises.
"""

import os
import statistics
import threading
import time
from datetime import date, timedelta

import psycopg2

from odoo import SUPERUSER_ID, api, fields, sql_db
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tools import SQL

from . import databases, scene
from .fill import fill
from .measure import Arm, Row, rounds

SMALL, MIDDLE, LARGE = 10_000, 1_000_000, 10_000_000
FILL_SECONDS = 180
TIMES_SMALL, TIMES_MIDDLE, TIMES_RAW = 1.5, 1.3, 20
QUERIES = 25
SETTLE_TIMES = 1.3
SETTLED = 200
WRITERS = 8
#: A minute with SERVICE_QUALITY_BENCH_LARGE.
SECONDS = 10
#: Other work in each of their transactions, as a request has.
WORK = 0.04
THROUGHPUT = 0.95
#: What a window of so many hours a week would ask: the same figures by the ORM.
GROUPINGS = (
    (["employee_id", "outcome"], ["is_counted:sum"]),
    (["employee_id"], ["delay_hours:avg", "is_cancelled:sum"]),
    (["promise_kind", "outcome"], ["is_counted:sum"]),
    (["date:week", "outcome"], ["is_counted:sum"]),
    (["date:day_of_week", "date:hour_number", "outcome"], ["is_counted:sum"]),
    (["outcome"], ["is_counted:sum"]),
)


def is_large():
    return bool(os.environ.get("SERVICE_QUALITY_BENCH_LARGE"))


def make(bench, count):
    """Return an arm on a copy of the database with so many promises, and seconds."""
    bench.progress(f"a database of {count} promises")
    name = f"{bench.database}_{count}"
    databases.copy(bench.database, name)
    arm = Arm(f"{count}", name)
    with Registry(name).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {"tracking_disable": True})
        start = time.perf_counter()
        company = fill(env, count)
        seconds = time.perf_counter() - start
        manager = env["res.users"].create(
            {
                "name": "Bench Manager",
                "login": f"bench_manager_{os.getpid()}",
                "company_id": company,
                "company_ids": [Command.set([company])],
                "group_ids": [
                    Command.set(
                        [
                            env.ref("base.group_user").id,
                            env.ref("service_quality.group_manager").id,
                        ]
                    )
                ],
                "tz": "Europe/Budapest",
            }
        )
        arm.scene = {"company": company, "agent": manager.id}
        cursor.commit()
    scene.analyze(name)
    return arm, seconds


def drop(bench, arm):
    if not arm.cursor.closed:
        arm.close()
    databases.drop(arm.database)


def get_quarter():
    """The last whole quarter."""
    today = date.today()
    last = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1) - timedelta(1)
    first = date(last.year, last.month - 2, 1)
    return {"date_from": str(first), "date_to": str(last)}


def read(arm):
    dashboard = arm.env()["service.dashboard"]
    return lambda: dashboard.get_data(get_quarter())


def read_raw(arm):
    """The same figures by formatted_read_group on the fact table."""
    dashboard = arm.env()["service.dashboard"].with_context(tz="Europe/Budapest")
    period = dashboard._clean_filters(get_quarter())
    report = dashboard.env["service.quality.report"]
    current = dashboard._get_domain(period)
    previous = dashboard._get_domain(dashboard._previous_period(period))

    def call():
        for groups, aggregates in GROUPINGS:
            domain = current & fields.Domain("kind", "=", "promise")
            report.formatted_read_group(domain, groups, ["__count", *aggregates])
        domain = previous & fields.Domain("kind", "=", "promise")
        report.formatted_read_group(domain, ["outcome"], ["__count", "is_counted:sum"])

    return call


def settle(with_trigger):
    """Settle promises by evidence, the triggers on or off in this transaction."""

    def operation(arm):
        env = arm.env(SUPERUSER_ID)
        if not with_trigger:
            env.cr.execute("ALTER TABLE service_promise DISABLE TRIGGER USER")
        domain = [("outcome", "=", False), ("company_id", "=", arm.scene["company"])]
        promises = env["service.promise"]._service_unseal()
        promises = promises.search(domain, limit=SETTLED)
        promises.mapped("name")
        values = {"settlement": "closed", "date_settled": fields.Datetime.now()}
        return lambda: promises.write(values)

    return operation


class Writer(threading.Thread):
    """Changes promises of one employee, one per transaction, as requests do."""

    def __init__(self, database, promise_ids, seconds):
        super().__init__()
        parameters = sql_db.connection_info_for(database)[1]
        self.connection = psycopg2.connect(**parameters)
        self.connection.set_session(isolation_level="REPEATABLE READ")
        self.promise_ids = promise_ids
        self.seconds = seconds
        self.done = self.failed = 0

    def run(self):
        stop = time.monotonic() + self.seconds
        for promise_id in self.promise_ids:
            if time.monotonic() > stop:
                break
            try:
                with self.connection.cursor() as cursor:
                    cursor.execute("SELECT 1")  # the snapshot is taken here
                    time.sleep(WORK)
                    cursor.execute(
                        "UPDATE service_promise SET outcome = CASE outcome"
                        " WHEN 'kept' THEN 'late' ELSE 'kept' END WHERE id = %s",
                        [promise_id],
                    )
                self.connection.commit()
                self.done += 1
            except psycopg2.errors.SerializationFailure:
                self.connection.rollback()
                self.failed += 1
        self.connection.close()


def write_together(arm, promise_ids, seconds, with_upkeep):
    """Let the writers loose; return (commits, failures)."""
    switch = "ENABLE" if with_upkeep else "DISABLE"
    with Registry(arm.database).cursor() as cursor:
        cursor.execute(SQL(f"ALTER TABLE service_promise {switch} TRIGGER USER"))
        cursor.commit()
    share = len(promise_ids) // WRITERS
    writers = [
        Writer(arm.database, promise_ids[n * share : (n + 1) * share], seconds)
        for n in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    while with_upkeep and any(writer.is_alive() for writer in writers):
        fold(arm)
        time.sleep(0.5)
    for writer in writers:
        writer.join()
    return sum(w.done for w in writers), sum(w.failed for w in writers)


def fold(arm):
    with Registry(arm.database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        env["service.quality.rollup"]._fold()
        cursor.commit()


def count_differences(arm):
    """Differences between the counts and the promises, everything folded in."""
    fold(arm)
    with Registry(arm.database).cursor() as cursor:
        cursor.execute(
            SQL(
                """SELECT
                    (SELECT sum(kept) FROM service_quality_rollup_month)
                    - (SELECT count(*) FROM service_promise
                       WHERE outcome = 'kept' AND is_counted),
                    (SELECT sum(late) FROM service_quality_rollup_month)
                    - (SELECT count(*) FROM service_promise
                       WHERE outcome = 'late' AND is_counted)"""
            )
        )
        return cursor.fetchone()


def measure_writers(arm):
    """Return the rows about 8 writers at once, with and without upkeep in turn."""
    seconds = 60 if is_large() else SECONDS
    with Registry(arm.database).cursor() as cursor:
        cursor.execute(
            SQL(
                "SELECT id FROM service_promise WHERE outcome IN ('kept', 'late') AND"
                " employee_id = (SELECT max(employee_id) FROM service_promise)"
            )
        )
        ids = [row[0] for row in cursor.fetchall()]
    half = len(ids) // 2
    plain, _failed = write_together(arm, ids[:half], seconds, False)
    before = count_differences(arm)  # what was written without upkeep
    kept, failed = write_together(arm, ids[half:], seconds, True)
    lost = sum(
        abs(now - then)
        for now, then in zip(count_differences(arm), before, strict=True)
    )
    name = f"{WRITERS} writers on one employee, {seconds} s"
    note = f"{plain} commits without upkeep, {kept} with"
    return [
        Row("dashboard", name, "x slower", 1 / THROUGHPUT, plain / kept, note),
        Row("dashboard", name, "failures", 0, failed),
        Row("dashboard", name, "lost", 0, int(lost)),
    ]


def measure_settling(bench, arm):
    """Return the row about settling, the upkeep on or off in turn."""
    with_upkeep, without = [], []
    for _number in range(max(bench.count // 2, 7)):
        with_upkeep += rounds([arm], settle(True), 1, warm=0, of_work=True)[arm.name][0]
        without += rounds([arm], settle(False), 1, warm=0, of_work=True)[arm.name][0]
    base = statistics.median(without)
    return Row(
        "dashboard",
        f"settle {SETTLED} promises with upkeep",
        "times without",
        SETTLE_TIMES,
        statistics.median(with_upkeep) / base,
        f"{1000 * base:.0f} ms without",
    )


def measure_reading(bench, arms):
    """Return the rows about reading a quarter, the sizes in turn."""
    bench.progress("read a quarter")
    seconds = rounds(arms, read, max(bench.count, 7))
    medians = [1000 * statistics.median(seconds[arm.name][0]) for arm in arms]
    raw = rounds(arms[1:2], read_raw, 3, warm=1)[arms[1].name][0]
    raw_ms = 1000 * statistics.median(raw)
    rows = [
        Row(
            "dashboard",
            "a quarter of 1,000,000, 200 people",
            "times 10,000",
            TIMES_SMALL,
            medians[1] / medians[0],
            f"{medians[0]:.0f} and {medians[1]:.0f} ms",
        ),
        Row(
            "dashboard",
            "a quarter of 1,000,000",
            "queries",
            QUERIES,
            seconds[arms[1].name][1],
        ),
        Row(
            "dashboard",
            "a quarter of 1,000,000",
            "share of ORM time",
            1 / TIMES_RAW,
            medians[1] / raw_ms,
            f"the same by formatted_read_group: {raw_ms:.0f} ms",
        ),
    ]
    if len(arms) > 2:
        name = "a quarter of 10,000,000"
        times = medians[2] / medians[1]
        note = f"{medians[2]:.0f} ms"
        rows.append(
            Row("dashboard", name, "times 1,000,000", TIMES_MIDDLE, times, note)
        )
    return rows


def run(bench):
    """Fill, read, settle, write at once; return the rows."""
    for arm in bench.arms:
        arm.close()
    sizes = [SMALL, MIDDLE] + ([LARGE] if is_large() else [])
    made = [make(bench, size) for size in sizes]
    arms = [arm for arm, _seconds in made]
    try:
        for arm in arms:
            arm.open()
        rows = [
            Row("dashboard", "fill 1,000,000 promises", "s", FILL_SECONDS, made[1][1])
        ]
        rows += measure_reading(bench, arms)
        bench.progress(f"settle {SETTLED} promises")
        rows.append(measure_settling(bench, arms[1]))
        arms[1].close()
        bench.progress(f"{WRITERS} writers")
        rows += measure_writers(arms[1])
    finally:
        for arm in arms:
            drop(bench, arm)
        for arm in bench.arms:
            arm.open()
    return rows
