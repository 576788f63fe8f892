"""Measuring: one call in one transaction, and rounds of several arms."""

import gc
import statistics
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from odoo import api
from odoo.modules.registry import Registry

#: Where a database has its process on this machine; a socket has a path.
LOCAL = ("", "127.0.0.1", "localhost", "::1")
#: What the sides with the addon are called in the result.
TITLES = {"none": "no plan", "plan": "plan", "strict": "strict plan"}


@dataclass
class Row:
    """One line of the result: what was measured and what it must not exceed."""

    group: str
    name: str
    unit: str
    limit: float
    measured: float
    note: str = ""

    @property
    def is_ok(self):
        return self.measured <= self.limit


@dataclass
class Arm:
    """One side of a comparison: a database, a company in it and an agent."""

    name: str
    database: str
    scene: dict = field(default_factory=dict)

    def open(self):
        self.cursor = Registry(self.database).cursor()
        self.env()  # gives the cursor its transaction

    def close(self):
        self.cursor.rollback()
        self.cursor.close()

    def env(self, uid=None):
        uid = uid or self.scene["agent"]
        context = {"allowed_company_ids": [self.scene["company"]], "lang": "en_US"}
        return api.Environment(self.cursor, uid, context)

    def work_clock(self):
        """Return a function that tells the seconds of work of this side so far."""
        self.cursor.execute("SELECT pg_backend_pid()")
        return work_clock(self.cursor)

    def measure(self, operation, of_work=False):
        """Return (seconds, queries) of one call up to its commit, then roll back.

        :param bool of_work: the seconds of :meth:`work_clock`; else those that pass

        ``cr.flush`` runs what a commit runs first: the flush of the ORM and the
        precommit hooks. The cache of records is empty before, that of the registry
        (ormcache) is warm, as in a server at work.
        """
        cursor = self.cursor
        clock = self.work_clock() if of_work else time.perf_counter
        call = operation(self)
        cursor.flush()
        cursor.transaction.invalidate_field_data()
        queries = cursor.sql_log_count
        start = clock()
        call()
        cursor.flush()
        seconds = clock() - start
        queries = cursor.sql_log_count - queries
        cursor.rollback()
        return seconds, queries


def work_clock(cursor):
    """Return a function that tells the seconds of work so far.

    Work is the time of the processor, in this process and in those of the database
    that serve it. They take turns, so on a quiet machine it is what passes. On a busy
    one it leaves out the waiting for a processor that others have, which on a virtual
    machine is most of what a clock on the wall counts. Where the database runs
    elsewhere, it is that clock.

    :param cursor: that has just asked for the ids of the database's processes
    """
    backends = [Path(f"/proc/{pid}/schedstat") for (pid,) in cursor.fetchall()]
    host = cursor.connection.info.host or ""
    is_here = host in LOCAL or host.startswith("/")
    if not is_here or not all(map(Path.exists, backends)):
        return time.perf_counter

    def clock():
        # the first figure: nanoseconds on a processor
        worked = sum(int(backend.read_text().split()[0]) for backend in backends)
        return time.process_time() + worked / 1e9

    return clock


@contextmanager
def quiet_memory():
    """Without garbage collection in the middle of a call."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def rounds(arms, operation, count, warm=2, of_work=False):
    """Measure the arms in turn, each round beginning with another one.

    :param bool of_work: see :meth:`Arm.measure`
    :return: dict of the arm's name -> (list of seconds, queries); the median of
        the queries, which are the same in all rounds
    """
    for _ in range(warm):
        for arm in arms:
            arm.measure(operation, of_work)
    seconds = {arm.name: [] for arm in arms}
    queries = {arm.name: [] for arm in arms}
    for number in range(count):
        turn = number % len(arms)
        for arm in arms[turn:] + arms[:turn]:
            with quiet_memory():
                took, asked = arm.measure(operation, of_work)
            seconds[arm.name].append(took)
            queries[arm.name].append(asked)
    return {
        name: (seconds[name], statistics.median_high(queries[name])) for name in seconds
    }


def paired_percent(seconds, others, base=None):
    """Median of the differences within each round, in percent of the base's median.

    :param list base: what to count in percent of; default the others
    """
    difference = statistics.median(
        mine - theirs for mine, theirs in zip(seconds, others, strict=True)
    )
    return 100 * difference / statistics.median(base or others)


def cost_rows(group, label, results, limits):
    """The rows that say what something costs more than without the addon.

    :param dict results: name of the arm -> (list of seconds, queries)
    :param dict limits: name of the arm -> (more queries, more percent of time)
    """
    base_seconds, base_queries = results["without"]
    base_ms = 1000 * statistics.median(base_seconds)
    base = f"without: {base_queries} q, {base_ms:.1f} ms"
    rows = []
    for name, (queries_limit, percent_limit) in limits.items():
        seconds, queries = results[name]
        title = f"{label}, {TITLES[name]}"
        extra = queries - base_queries
        percent = paired_percent(seconds, base_seconds)
        rows += [
            Row(group, title, "queries", queries_limit, extra, base),
            Row(group, title, "% time", percent_limit, percent, base),
        ]
    return rows
