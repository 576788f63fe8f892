"""Dashboard, workbook and SQL of its own, cell by cell, on generated data sets."""

from datetime import datetime, timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .common_dataset_sheets import SHEETS
from .common_datasets import LANGUAGES, ZONES, DatasetCase, Shape

#: The definition of lateness in grades, in working hours: rounded up to one of these.
GRADES = (
    "0,0.25,0.5,0.75,1,1.5,2,3,4,5,6,7,8,10,12,14,16,20,24,28,32,40,48,56,64,72,80,"
    "120,160,200,240,400,1000"
)
#: The facts as the reader's clock shows them: nothing of the addon's code is used.
FACTS = f"""WITH fact AS (
    SELECT f.*, (f.date_due AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s) AS due,
        CASE WHEN f.outcome IS NOT NULL THEN f.outcome
            WHEN f.date_limit < %(now)s THEN 'overdue' ELSE 'open' END AS word,
        (SELECT COALESCE(min(g), 1000) FROM unnest('{{{GRADES}}}'::float8[]) g
            WHERE g * 3600 >= round((f.delay_hours * 3600)::numeric)) AS grade
    FROM service_promise f WHERE f.company_id = ANY(%(companies)s)
)"""
FIGURES = f"""{FACTS}, counts AS (
    SELECT {{key}} AS key,
        count(*) FILTER (WHERE word = 'kept' AND is_counted) AS kept,
        count(*) FILTER (WHERE word = 'late' AND is_counted) AS late,
        count(*) FILTER (WHERE word = 'missed' AND is_counted) AS missed,
        count(*) FILTER (WHERE word = 'overdue' AND is_counted) AS overdue,
        count(*) FILTER (WHERE word IN ('kept', 'late', 'missed', 'overdue')
            AND is_counted) AS counted,
        count(*) FILTER (WHERE word IN ('kept', 'late', 'missed', 'overdue')
            AND NOT is_counted) AS uncounted,
        count(*) FILTER (WHERE word = 'moved') AS moved,
        count(*) FILTER (WHERE word = 'excused') AS excused,
        count(*) FILTER (WHERE word = 'withdrawn') AS withdrawn,
        count(*) FILTER (WHERE word IN ('moved', 'excused', 'withdrawn')) AS neutral,
        count(*) FILTER (WHERE word = 'withdrawn' AND settlement = 'cancelled')
            AS cancelled,
        count(*) FILTER (WHERE word = 'open') AS open,
        count(*) AS total,
        -- late by a correction alone: nothing is known of how much
        NULLIF(avg(delay_hours) FILTER (WHERE word = 'late'), 0) AS delay_hours,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY grade)
            FILTER (WHERE word = 'late' AND is_counted) AS delay_median,
        percentile_disc(0.9) WITHIN GROUP (ORDER BY grade)
            FILTER (WHERE word = 'late' AND is_counted) AS delay_p90
    FROM fact WHERE due::date BETWEEN %(first)s AND %(last)s GROUP BY 1
), wilson AS (
    SELECT *, kept / NULLIF(counted, 0)::float8 AS rate,
        NULLIF(counted, 0)::float8 AS n, 1.959963984540054::float8 AS z
    FROM counts
)
SELECT *,
    CASE WHEN n > 0 THEN greatest(0, (rate + z * z / (2 * n)
        - z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)))
        / (1 + z * z / n)) END AS low,
    CASE WHEN n > 0 THEN least(1, (rate + z * z / (2 * n)
        + z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)))
        / (1 + z * z / n)) END AS high
FROM wilson"""
PROMISES = f"""{FACTS}
SELECT f.name, f.res_name, f.partner_name, e.name, d.name->>'en_US', f.kind, f.source,
    date_trunc('second', f.date_made) AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s,
    f.due,
    date_trunc('second', f.date_settled) AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s,
    CASE WHEN f.word = 'open' AND f.date_limit <= %(now)s + INTERVAL '4 hours'
        THEN 'due_soon' ELSE f.word END,
    CASE WHEN f.outcome = 'late' THEN f.delay_hours / 24 END,
    CASE WHEN f.is_counted THEN 1 ELSE 0 END,
    CASE WHEN f.is_self_declared THEN 1 ELSE 0 END
FROM fact f LEFT JOIN hr_employee e ON e.id = f.employee_id
    LEFT JOIN hr_department d ON d.id = f.department_id
WHERE f.due::date BETWEEN %(first)s AND %(last)s ORDER BY f.date_due, f.id"""
PROMISE_HEADER = (
    *("Promise", "Document", "Customer", "Employee", "Department", "Kind", "Source"),
    *("Made on", "Due", "Settled on", "Outcome", "Hours late", "Counts"),
    "Self-declared",
)
#: Selections by their place in a row.
PROMISE_WORDS = {5: "kind", 6: "source", 10: "state"}
FEEDBACK = """WITH fact AS (
    SELECT f.*,
        (f.date_answered AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s) AS answered
    FROM service_feedback f WHERE f.company_id = ANY(%(companies)s)
), shown AS (
    SELECT *, count(*) OVER (PARTITION BY employee_id) AS number FROM fact
    WHERE answered::date BETWEEN %(first)s AND %(last)s
)
SELECT answered, res_name, CASE WHEN number >= 5 THEN e.name
        WHEN e.id IS NOT NULL THEN 'Fewer than 5 answers' END,
    CASE WHEN has_satisfaction THEN satisfaction END,
    CASE WHEN is_manual THEN 1 ELSE 0 END
FROM shown f LEFT JOIN hr_employee e ON e.id = f.employee_id
ORDER BY date_answered, f.id"""
FEEDBACK_HEADER = (
    *("Answered on", "Document", "Employee", "Satisfaction (0-100)", "Asked by hand"),
)
#: Label in English and name in SQL of the summary's figures.
SUMMARY = {
    "Kept rate": "rate",
    "Counted": "counted",
    "Kept": "kept",
    "Late": "late",
    "Missed": "missed",
    "Overdue": "overdue",
    "Neutral": "neutral",
    "Of these moved": "moved",
    "Of these excused": "excused",
    "Of these withdrawn": "withdrawn",
    "Open": "open",
    "Not counted": "uncounted",
    "Hours late (mean)": "delay_hours",
    "Hours late (median)": "delay_median",
    "Hours late (90 of 100)": "delay_p90",
}
PEOPLE = {
    "Counted": "counted",
    "Kept": "kept",
    "Late": "late",
    "Missed": "missed",
    "Overdue": "overdue",
    "Neutral": "neutral",
    "Of these cancelled": "cancelled",
    "Kept rate": "rate",
    "Interval from": "low",
    "Interval to": "high",
    "Hours late (mean)": "delay_hours",
    "Hours late (median)": "delay_median",
    "Hours late (90 of 100)": "delay_p90",
}
BY_TIME = {
    label: SUMMARY[label]
    for label in ("Kept", "Late", "Missed", "Overdue", "Counted", "Kept rate")
}
HOURS = ("delay_hours", "delay_median", "delay_p90")
EVEN = (10,) * 10


@tagged("post_install", "-at_install")
class TestDashboardDatasets(DatasetCase):
    # ------------------------------------------------------------------
    # What SQL says
    # ------------------------------------------------------------------

    def fill(self, statement, zone, first=None, last=None):
        """Return a statement about the data set's period, or other days."""
        return SQL(
            statement,
            zone=zone,
            now=SQL("%s::timestamp", self.now),
            companies=self.companies.ids,
            first=first or self.shape.date_from,
            last=last or self.shape.date_to,
        )

    def query(self, *args):
        return self.env.execute_query_dict(self.fill(*args))

    def count(self, key, zone, *days):
        """Return {key: figures}, counted by SQL of its own."""
        rows = self.query(FIGURES.replace("{key}", key), zone, *days)
        return {row["key"]: row for row in rows}

    def steps(self, zone):
        """Return (SQL of the first day of a promise's step, all such days)."""
        first, last = map(
            datetime.fromisoformat, (self.shape.date_from, self.shape.date_to)
        )
        length = (last - first).days + 1
        unit = "day" if length <= 31 else "week" if length <= 190 else "month"
        key = f"GREATEST(date_trunc('{unit}', %s)::date, %%(first)s::date)"
        rows = self.query(
            f"SELECT DISTINCT {key % 'd'} AS day FROM generate_series("
            "%(first)s::timestamp, %(last)s::timestamp, '1 day') d ORDER BY 1",
            zone,
        )
        return key % "due", [row["day"] for row in rows]

    # ------------------------------------------------------------------
    # Comparing
    # ------------------------------------------------------------------

    def assertFiguresOf(self, shown, expected, names, place):
        """Figures of the dashboard's data; what SQL has no row of is zero."""
        for name in names:
            wanted = expected.get(name) if expected else None
            if not expected and name not in (*HOURS, "rate", "low", "high"):
                wanted = 0
            self.assertValue(shown[name], wanted, f"{place}: {name}")

    def assertData(self, data, zone):
        """The dashboard's data."""
        names = [*SUMMARY.values(), "low", "high", "total"]
        whole = self.count("1", zone).get(1)
        self.assertFiguresOf(data["totals"], whole, names, "totals")
        before = self.count("1", zone, *self.days_before).get(1)
        self.assertFiguresOf(data["totals"]["previous"], before, names, "previous")
        people = self.count("COALESCE(employee_id, 0)", zone)
        self.assertEqual({row["id"] for row in data["employees"]}, set(people))
        for row in data["employees"]:
            columns = [*PEOPLE.values(), "open", "uncounted", "total"]
            self.assertFiguresOf(row, people[row["id"]], columns, row["name"])
        kinds = self.count("kind", zone)
        self.assertEqual({row["kind"] for row in data["totals"]["kinds"]}, set(kinds))
        for row in data["totals"]["kinds"]:
            self.assertFiguresOf(row, kinds[row["kind"]], BY_TIME.values(), row["kind"])
        key, days = self.steps(zone)
        steps = self.count(key, zone)
        self.assertEqual([row["date"] for row in data["trend"]], list(map(str, days)))
        for day, row in zip(days, data["trend"], strict=True):
            self.assertFiguresOf(row, steps.get(day), BY_TIME.values(), day)
        hours = self.count(
            "extract(isodow FROM due) * 100 + extract(hour FROM due)", zone
        )
        self.assertEqual(
            {
                (row["weekday"] + 1) * 100 + row["hour"]: row["counted"]
                for row in data["failures"]["heatmap"]
            },
            {int(key): row["counted"] for key, row in hours.items() if row["counted"]},
        )

    def assertTable(self, rows, first, labels, expected, lang, place):
        """A table of the workbook: its translated header, then its rows.

        :param rows: all rows of the sheet
        :param first: label of the first column, in English
        :param labels: {label in English: name of the figure}
        :param expected: [(value of the first column, figures of SQL or None)]
        """
        header = [self.tr(label, lang) for label in (first, *labels)]
        starts = [
            number
            for number, row in enumerate(rows)
            if list(row[: len(header)]) == header
        ]
        self.assertEqual(len(starts), 1, f"{place}: {header}")
        shown = rows[starts[0] + 1 : starts[0] + 1 + len(expected)]
        self.assertEqual(len(shown), len(expected), place)
        for row, (name, figures) in zip(shown, expected, strict=True):
            self.assertEqual(row[0], name, place)
            for cell, (label, key) in zip(row[1:], labels.items(), strict=False):
                value = figures.get(key) if figures else None if key == "rate" else 0
                if key in HOURS and value is not None:
                    value /= 24
                self.assertValue(cell, value, f"{place}, {name}, {label}")
        after = rows[starts[0] + 1 + len(expected) :]
        self.assertFalse(after and after[0][0], f"{place}: more rows than expected")

    def assertSummary(self, sheet, zone, lang):
        rows = list(sheet.iter_rows(values_only=True))
        facts = {row[0]: row[1] for row in rows[1:5]}
        days = [
            datetime.fromisoformat(day).strftime(
                self.env["res.lang"]._lang_get(lang).date_format
            )
            for day in (self.shape.date_from, self.shape.date_to)
        ]
        for day in days:
            self.assertIn(day, facts[self.tr("Period", lang)])
        whole = self.count("1", zone)[1]
        before = self.count("1", zone, *self.days_before).get(1)
        shown = {row[0]: row for row in rows}
        for label, name in SUMMARY.items():
            for column, figures in ((1, whole), (2, before)):
                nothing = None if name in (*HOURS, "rate") else 0
                value = figures[name] if figures else nothing
                if name in HOURS and value is not None:
                    value /= 24
                cell = shown[self.tr(label, lang)][column]
                self.assertValue(cell, value, f"{label}, column {column}")
        (answers,) = self.query(
            """SELECT count(*) AS number, avg(satisfaction) AS mean
            FROM service_feedback
            WHERE has_satisfaction AND company_id = ANY(%(companies)s)
                AND (date_answered AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                    BETWEEN %(first)s AND %(last)s""",
            zone,
        )
        (lists,) = self.query(
            """SELECT count(*) AS number, avg(score) AS mean FROM service_checklist
            WHERE purpose = 'work' AND state IN ('passed', 'failed')
                AND company_id = ANY(%(companies)s)
                AND (COALESCE(date_done, date_started) AT TIME ZONE 'UTC'
                    AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s""",
            zone,
        )
        for label, value in (
            ("Customers' answers", answers["number"]),
            ("Satisfaction", answers["mean"]),
            ("Checklists done", lists["number"]),
            ("Score of checklists", lists["mean"]),
        ):
            self.assertValue(shown[self.tr(label, lang)][1], value, label)
        labels = dict(self.env["service.promise"]._fields["kind"].selection)
        kinds = self.count("kind", zone)
        expected = [
            (self.tr(label, lang), kinds[kind])
            for kind, label in labels.items()
            if kind in kinds
        ]
        self.assertTable(rows, "Kind", BY_TIME, expected, lang, "kinds")
        key, days = self.steps(zone)
        steps = self.count(key, zone)
        expected = [
            (datetime(day.year, day.month, day.day), steps.get(day)) for day in days
        ]
        self.assertTable(rows, "From", BY_TIME, expected, lang, "trend")

    def assertPeople(self, sheet, zone, lang):
        people = self.count("COALESCE(employee_id, 0)", zone)
        # SQL: the names as they are stored
        names = dict(self.env.execute_query(SQL("SELECT id, name FROM hr_employee")))
        expected = sorted(
            (
                (names.get(key) or self.tr("Nobody", lang), row)
                for key, row in people.items()
            ),
            key=lambda pair: pair[0],
        )
        rows = list(sheet.iter_rows(values_only=True))
        self.assertTable(rows, "Employee", PEOPLE, expected, lang, "employees")

    def assertRows(self, sheet, header, expected, words, lang):
        """A sheet of rows, those of a statement.

        :param dict words: labels in English of selections, by column
        """
        expected = self.env.execute_query(expected)
        rows = list(sheet.iter_rows(values_only=True))
        places = [rows[0].index(self.tr(label, lang)) for label in header]
        self.assertEqual(len(rows) - 1, len(expected), sheet.title)
        for number, (row, facts) in enumerate(zip(rows[1:], expected, strict=True), 2):
            for column, (place, value) in enumerate(zip(places, facts, strict=True)):
                if value in words.get(column, ()):
                    value = self.tr(words[column][value], lang)
                at = f"{sheet.title}, row {number}, {header[column]}"
                self.assertValue(row[place], value, at)

    # ------------------------------------------------------------------
    # The data sets
    # ------------------------------------------------------------------

    def check(self, shape, shift, folded):
        """Compare a data set in every zone, a language each.

        :param int shift: of the languages against the zones
        :param int folded: changes that the rollup knows already
        """
        self.generate(shape)
        self.env["service.quality.rollup"]._fold(folded)
        self.companies = (self.company + self.other_company)[: shape.companies]
        first, last = map(datetime.fromisoformat, (shape.date_from, shape.date_to))
        length = last - first + timedelta(days=1)
        self.days_before = [str((day - length).date()) for day in (first, last)]
        filters = {
            "date_from": shape.date_from,
            "date_to": shape.date_to,
            "company_ids": self.companies.ids,
        }
        for number, zone in enumerate(ZONES):
            lang = LANGUAGES[(number + shift) % len(LANGUAGES)]
            with self.subTest(zone=zone, lang=lang):
                self.assertData(self.get_data(tz=zone, **filters), zone)
                book = self.make_book(
                    tz=zone,
                    lang=lang,
                    filters=filters,
                )
                self.assertBook(book, zone, lang)

    def assertBook(self, book, zone, lang):
        """A workbook with all sheets."""
        titles = ["Summary", "Employees", "Promises", "Checklists", "Feedback"]
        titles += ["Scope changes", "Recoveries", "Silent customers"]
        self.assertEqual(book.sheetnames, [self.tr(name, lang) for name in titles])
        sheets = dict(zip(titles, book.worksheets, strict=True))
        self.assertSummary(sheets["Summary"], zone, lang)
        self.assertPeople(sheets["Employees"], zone, lang)
        few = {2: {"Fewer than 5 answers": "Fewer than 5 answers"}}
        selections = {
            place: ("service.promise", name) for place, name in PROMISE_WORDS.items()
        }
        for title, header, statement, places in (
            ("Promises", PROMISE_HEADER, PROMISES, selections),
            ("Feedback", FEEDBACK_HEADER, FEEDBACK, {}),
            *SHEETS,
        ):
            words = {
                place: dict(self.env[model]._fields[name].selection)
                for place, (model, name) in places.items()
            }
            words |= few if title == "Feedback" else {}
            expected = self.fill(statement, zone)
            self.assertRows(sheets[title], header, expected, words, lang)

    def test_sparse_over_clock_changes_and_new_year(self):
        """Few promises, weeks without any, both changes of the clock, New Year."""
        moments = (
            datetime(2025, 10, 26, 1),  # Europe's clocks go back
            datetime(2025, 11, 2, 6),  # New York's
            datetime(2025, 12, 31, 10, 15),  # New Year on Chatham
            datetime(2025, 12, 31, 23),
            datetime(2026, 1, 1),
            datetime(2026, 1, 1, 5),
            datetime(2026, 3, 8, 7),  # New York's go forward
            datetime(2026, 3, 29, 1),
        )
        shape = Shape(
            *(11, 40, 6, 6, 1, "2025-10-20", "2026-03-31"),
            datetime(2026, 3, 20, 12),
            EVEN,
            moments,
        )
        self.check(shape, 0, 10_000)

    def test_two_companies_with_teams_and_kinds(self):
        """Many of every kind over ten months, two companies, a part folded in."""
        shape = Shape(
            *(12, 260, 60, 40, 2, "2025-06-01", "2026-03-31"),
            datetime(2026, 2, 1, 8, 30),
            (40, 12, 8, 4, 3, 4, 3, 3, 3, 20),
        )
        self.check(shape, 1, 100)

    def test_edges_of_days_with_many_that_do_not_count(self):
        """Neutral, corrected and missed ones a second around each zone's midnight."""
        now = datetime(2026, 3, 25, 12)
        midnights = [
            datetime(2026, 3, day, hour, minute)
            for day in (22, 23, 29, 31)
            for hour, minute in ((0, 0), (4, 0), (10, 15), (11, 15), (18, 15), (23, 0))
        ]
        shape = Shape(
            *(13, 60, 20, 10, 1, "2026-03-23", "2026-03-31"),
            now,
            (5, 5, 15, 15, 10, 15, 10, 15, 10, 10),
            (now, *midnights),
        )
        self.check(shape, 2, 0)
