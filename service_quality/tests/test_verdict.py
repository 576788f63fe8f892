from datetime import datetime, timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged
from odoo.tools import SQL

from ..models import verdict
from .common import ServiceCase

DUE = datetime(2026, 3, 2, 12, 0, 0)
SECOND = timedelta(seconds=1)
MICRO = timedelta(microseconds=1)

#: (kind, settlement, settled relative to due, expected outcome)
TABLE = [
    ("deadline", "evidence", -SECOND, "kept"),
    ("deadline", "evidence", timedelta(0), "kept"),
    ("deadline", "evidence", 999_999 * MICRO, "kept"),
    ("deadline", "evidence", SECOND, "late"),
    ("progress", "evidence", SECOND, "late"),
    ("deadline", "closed", -SECOND, "missed"),
    ("deadline", "closed", SECOND, "missed"),
    ("progress", "closed", timedelta(0), "withdrawn"),
    ("progress", "closed", SECOND, "missed"),
    ("scope", "cancelled", timedelta(0), "withdrawn"),
    ("deadline", "cancelled", SECOND, "missed"),
    ("callback", "moved", 999_999 * MICRO, "moved"),
    ("callback", "moved", SECOND, "missed"),
    ("deadline", "excused", SECOND, "excused"),
    ("deadline", "excused", -SECOND, "excused"),
    ("response", "withdrawn", -SECOND, "withdrawn"),
    ("response", "withdrawn", SECOND, "missed"),
    ("deadline", None, None, None),
]

moments = st.datetimes(
    min_value=DUE - timedelta(seconds=3), max_value=DUE + timedelta(seconds=3)
)
histories = st.tuples(
    st.sampled_from(verdict.KINDS),
    moments,
    st.none() | st.sampled_from(verdict.SETTLEMENTS),
    st.none() | moments,
    st.none() | st.sampled_from(verdict.OUTCOMES),
    st.booleans(),
    st.none() | st.sampled_from(verdict.SAYINGS),
    moments,
)


@tagged("post_install", "-at_install")
class TestVerdict(ServiceCase):
    def _judge_in_sql(self, rows):
        """Return (outcome, overdue, rate) of each row, as PostgreSQL says."""
        outcome = verdict.sql_outcome(
            *map(SQL, "kind due settlement settled corrected declared said".split())
        )
        overdue = verdict.sql_overdue(SQL("due"), SQL("outcome"), SQL("now"))
        values = SQL(", ").join(
            SQL(
                "(%s, %s::text, %s::timestamp, %s::text, %s::timestamp, %s::text,"
                " %s::boolean, %s::text, %s::timestamp)",
                number,
                *row,
            )
            for number, row in enumerate(rows)
        )
        query = SQL(
            """WITH facts
                (number, kind, due, settlement, settled, corrected, declared, said, now)
                AS (VALUES %(values)s),
            judged AS (SELECT *, %(outcome)s AS outcome FROM facts)
            SELECT outcome, %(overdue)s, %(rate)s FROM judged ORDER BY number""",
            values=values,
            outcome=outcome,
            overdue=overdue,
            rate=verdict.sql_rate(SQL("outcome"), overdue),
        )
        return [
            (outcome, overdue, None if rate is None else float(rate))
            for outcome, overdue, rate in self.env.execute_query(query)
        ]

    def _judge_in_python(self, rows):
        result = []
        for kind, due, *facts, now in rows:
            outcome = verdict.get_outcome(kind, due, *facts)
            overdue = verdict.is_overdue(due, outcome, now)
            result.append((outcome, overdue, verdict.get_rate(outcome, overdue)))
        return result

    def test_boundaries(self):
        """To the second: due itself is in time, the next second is not."""
        for kind, settlement, offset, expected in TABLE:
            settled = None if offset is None else DUE + offset
            with self.subTest(kind=kind, settlement=settlement, offset=offset):
                self.assertEqual(
                    verdict.get_outcome(kind, DUE, settlement, settled), expected
                )

    def test_customer_denies_what_was_declared(self):
        """His word voids our own word; it touches nothing that left a trace."""
        early, late = DUE - SECOND, DUE + SECOND
        for settlement, settled, declared, said, corrected, expected in (
            ("evidence", early, True, "not_kept", None, "missed"),
            ("evidence", late, True, "not_kept", None, "missed"),
            ("evidence", early, True, "not_kept", "kept", "kept"),
            ("evidence", early, True, "kept", None, "kept"),
            ("evidence", late, True, "kept", None, "late"),
            ("evidence", early, False, "not_kept", None, "kept"),
            ("evidence", late, False, "kept", None, "late"),
            ("closed", early, False, "kept", None, "missed"),
            ("excused", late, False, "not_kept", None, "excused"),
            (None, None, True, "kept", None, None),
        ):
            with self.subTest(settlement=settlement, declared=declared, said=said):
                row = ("callback", DUE, settlement, settled, corrected, declared, said)
                self.assertEqual(verdict.get_outcome(*row), expected)
                self.assertEqual(self._judge_in_sql([(*row, DUE)])[0][0], expected)

    def test_boundaries_in_sql(self):
        rows = [
            (
                kind,
                DUE,
                settlement,
                None if offset is None else DUE + offset,
                None,
                False,
                None,
                DUE,
            )
            for kind, settlement, offset, _expected in TABLE
        ]
        outcomes = [outcome for outcome, *_rest in self._judge_in_sql(rows)]
        self.assertEqual(outcomes, [expected for *_facts, expected in TABLE])

    def test_microseconds_of_due_do_not_matter(self):
        due = DUE + 500_000 * MICRO
        early = verdict.get_outcome("deadline", due, "evidence", DUE + 999_999 * MICRO)
        late = verdict.get_outcome("deadline", due, "evidence", DUE + SECOND)
        self.assertEqual((early, late), ("kept", "late"))

    def test_overdue_from_the_next_second(self):
        self.assertFalse(verdict.is_overdue(DUE, None, DUE))
        self.assertFalse(verdict.is_overdue(DUE, None, DUE + 999_999 * MICRO))
        self.assertTrue(verdict.is_overdue(DUE, None, DUE + SECOND))
        self.assertFalse(verdict.is_overdue(DUE, "withdrawn", DUE + SECOND))

    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(rows=st.lists(histories, min_size=1, max_size=60))
    def test_python_and_sql_agree(self, rows):
        """The rule exists twice; no history may tell them apart."""
        self.assertEqual(self._judge_in_python(rows), self._judge_in_sql(rows))

    def test_ten_thousand_histories(self):
        """The same at scale: 10,000 seeded histories, judged in ten statements."""
        random = Random(20260302)
        endings = (None, *verdict.SETTLEMENTS)
        rows = []
        for _history in range(10_000):
            settlement = random.choice(endings)
            offset = timedelta(microseconds=random.randint(-3_000_000, 3_000_000))
            if random.random() < 0.5:
                offset *= 100_000
            corrected = (
                random.choice(verdict.OUTCOMES) if random.random() < 0.1 else None
            )
            now = DUE + timedelta(seconds=random.randint(-2, 2))
            settled = DUE + offset if settlement else None
            kind = random.choice(verdict.KINDS)
            declared = random.random() < 0.3
            said = random.choice((None, *verdict.SAYINGS))
            rows.append(
                (kind, DUE, settlement, settled, corrected, declared, said, now)
            )
        for start in range(0, len(rows), 1000):
            batch = rows[start : start + 1000]
            self.assertEqual(self._judge_in_python(batch), self._judge_in_sql(batch))

    @settings(max_examples=200, deadline=None)
    @given(counts=st.lists(st.integers(0, 5), min_size=4, max_size=4))
    def test_rate_of_counts_is_mean_of_rates(self, counts):
        kept, late, missed, overdue = counts
        rates = [verdict.get_rate("kept", False)] * kept
        rates += [verdict.get_rate("late", False)] * late
        rates += [verdict.get_rate("missed", False)] * missed
        rates += [verdict.get_rate(None, True)] * overdue
        rates += [verdict.get_rate("moved", False), verdict.get_rate(None, False)]
        counted = [rate for rate in rates if rate is not None]
        mean = sum(counted) / len(counted) if counted else None
        self.assertEqual(verdict.get_kept_rate(kept, late, missed, overdue), mean)

    def test_neutral_outcomes_have_no_rate(self):
        for outcome in verdict.NEUTRAL_OUTCOMES:
            self.assertIsNone(verdict.get_rate(outcome, False))
        self.assertIsNone(verdict.get_kept_rate(0, 0, 0, 0))

    def test_stored_outcome_is_the_verdict_of_the_facts(self):
        """Every row of the table, demo data included, is what its facts say."""
        ticket = self.make_ticket()
        kept = self.make_promise(ticket)
        self.close(ticket)
        order = self.make_order(commitment_date=self.after(hours=1))
        self.wait(hours=2)
        self.close(order)
        self.assertOutcome(kept, "kept")
        said = verdict.sql_outcome(
            SQL("kind"),
            SQL("date_due + COALESCE(tolerance_minutes, 0) * interval '1 minute'"),
            SQL("settlement"),
            SQL("date_settled"),
            SQL("corrected_outcome"),
            SQL("is_self_declared"),
            SQL("customer_verdict"),
        )
        wrong = self.env.execute_query(
            SQL(
                "SELECT id, outcome FROM service_promise"
                " WHERE outcome IS DISTINCT FROM %s",
                said,
            )
        )
        self.assertFalse(wrong)
