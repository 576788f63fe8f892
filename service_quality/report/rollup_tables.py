"""The tables of the rollup: which there are, how they are made and filled.

Counts of settled promises by stretches of time in UTC, small enough to be added up
while somebody waits. Plain tables without a model: nobody reaches them through the
ORM, and no rule has to be kept on them; ``service.dashboard`` reads them under the
rules of the facts.

=========  ============  =====================================================
table      stretch       by
=========  ============  =====================================================
month      month         company, department, employee, kind, model
day        day           the same
slot       15 minutes    company
slot_by    15 minutes    company, department, kind, model
late       month         company, department, employee; a column per grade
=========  ============  =====================================================

All zones that exist differ from UTC by quarters of an hour, so a reader's day, hour
and week consist of whole slots. Zero stands for no department and no employee.

``delta`` holds changes that are not in these tables yet: a trigger appends to it,
``service.quality.rollup`` folds it in. Whoever reads, adds the rest.
"""

from dataclasses import dataclass

from odoo.tools import SQL

from . import dashboard_figures as figures

PREFIX = "service_quality_rollup_"
DELTA = SQL.identifier("service_quality_rollup_delta")
FUNCTION = SQL.identifier("service_quality_rollup_note")
TRIGGER = "service_quality_rollup_%s"
SLOT = 900
#: Columns of a promise that its counts depend on.
FACTS = {
    "date_due": "timestamp",
    "company_id": "integer",
    "department_id": "integer",
    "employee_id": "integer",
    "kind": "varchar",
    "res_model": "varchar",
    "outcome": "varchar",
    "settlement": "varchar",
    "is_counted": "boolean",
    "delay_hours": "float8",
}
IDS = ("company_id", "department_id", "employee_id")


@dataclass(frozen=True)
class Table:
    """One table of the rollup.

    :param str name: without prefix
    :param unit: ``month``, ``day`` or seconds
    :param tuple keys: columns beside ``at``, the beginning in seconds since 1970
    :param bool is_late: whether it counts late promises by grade
    """

    name: str
    unit: str | int
    keys: tuple
    is_late: bool = False

    @property
    def sql(self):
        return SQL.identifier(PREFIX + self.name)

    def counters(self, alias, weight=None):
        """Return {column: aggregate} over rows with the columns of promises."""
        if self.is_late:
            return figures.sql_late_counters(alias, weight)
        return figures.sql_counters(alias, weight)

    def columns(self):
        """Return the names of the columns that are added up."""
        return figures.GRADE_COLUMNS if self.is_late else figures.COUNTERS

    def at(self, date):
        """Return the beginning of the stretch that a moment lies in."""
        seconds = SQL("extract(epoch FROM %s)", date)
        if isinstance(self.unit, int):
            return SQL("(floor(%s / %s) * %s)::bigint", seconds, self.unit, self.unit)
        start = SQL("date_trunc(%s, %s)", self.unit, date)
        return SQL("extract(epoch FROM %s)::bigint", start)

    def key(self, name, alias):
        """Return the value of a key from a row with the columns of promises."""
        column = SQL.identifier(alias, name)
        return SQL("COALESCE(%s, 0)", column) if name in IDS else column

    def create(self):  # pylint: disable=method-required-super
        """Return the statement that makes the table."""
        types = {"kind": "varchar", "res_model": "varchar"}
        keys = [
            SQL("%s %s NOT NULL", SQL.identifier(name), SQL(types.get(name, "integer")))
            for name in self.keys
        ]
        counters = [
            SQL(
                "%s %s NOT NULL",
                SQL.identifier(name),
                SQL("bigint" if name == "delay_seconds" else "integer"),
            )
            for name in self.columns()
        ]
        return SQL(
            "CREATE TABLE IF NOT EXISTS %s (at bigint NOT NULL, %s, PRIMARY KEY (%s))",
            self.sql,
            SQL(", ").join(keys + counters),
            self.primary(),
        )

    def primary(self):
        return SQL(", ").join(map(SQL.identifier, ("at", *self.keys)))

    def add_up(self, finer):
        """Return the statement that fills the empty table from a finer one.

        :param Table finer: with at least the same keys
        """
        at = SQL("f.at / %s * %s", self.unit, self.unit)
        if not isinstance(self.unit, int):
            at = self.at(SQL("(timestamp 'epoch' + f.at * interval '1 second')"))
        return SQL(
            "INSERT INTO %s (%s, %s) SELECT %s, %s, %s FROM %s f"
            " GROUP BY %s ORDER BY 1",
            self.sql,
            self.primary(),
            SQL(", ").join(map(SQL.identifier, self.columns())),
            at,
            SQL(", ").join(SQL.identifier("f", name) for name in self.keys),
            SQL(", ").join(
                SQL("sum(%s)", SQL.identifier("f", name)) for name in self.columns()
            ),
            finer.sql,
            SQL(", ").join(SQL(str(n + 1)) for n in range(len(self.keys) + 1)),
        )

    def add(self, source, weight=None):
        """Return the statement that adds promises or changes to the table.

        :param SQL source: table or common table expression, as ``f``
        :param SQL weight: what each row counts, 1 by default
        """
        names = self.columns()
        values = self.counters("f", weight)
        if self.is_late:
            source = figures.sql_late(source)
        groups = [self.at(SQL("f.date_due"))]
        groups += [self.key(name, "f") for name in self.keys]
        return SQL(
            "INSERT INTO %s AS t (%s, %s) SELECT %s, %s FROM %s f WHERE %s"
            " GROUP BY %s ORDER BY 1 ON CONFLICT (%s) DO UPDATE SET %s",
            self.sql,
            self.primary(),
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(groups),
            SQL(", ").join(values[name] for name in names),
            source,
            SQL("f.outcome IS NOT NULL"),
            SQL(", ").join(SQL(str(number + 1)) for number in range(len(groups))),
            self.primary(),
            SQL(", ").join(
                SQL(
                    "%s = %s + %s",
                    SQL.identifier(name),
                    SQL.identifier("t", name),
                    SQL.identifier("excluded", name),
                )
                for name in names
            ),
        )


WHOLE = ("company_id", "department_id", "employee_id", "kind", "res_model")
MONTH = Table("month", "month", WHOLE)
DAY = Table("day", "day", WHOLE)
SLOTS = Table("slot", SLOT, ("company_id",))
SLOTS_BY = Table("slot_by", SLOT, ("company_id", "department_id", "kind", "res_model"))
LATE = Table("late", "month", IDS, is_late=True)
TABLES = (DAY, MONTH, SLOTS_BY, SLOTS, LATE)
#: Those that are the sum of the one before.
SUMS = {MONTH: DAY, SLOTS: SLOTS_BY}


def create_delta():
    """Return the statement that makes the table of changes not folded in yet."""
    facts = [
        SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in FACTS.items()
    ]
    return SQL(
        "CREATE TABLE IF NOT EXISTS %s (id bigserial PRIMARY KEY,"
        " sign smallint NOT NULL, %s)",
        DELTA,
        SQL(", ").join(facts),
    )


def create_function():
    """Return the statement that makes the trigger's function.

    It only appends: no row is shared between transactions, so nobody waits for
    anybody and nothing fails to be serialized.
    """
    names = SQL(", ").join(map(SQL.identifier, FACTS))

    def values(row):
        return SQL(", ").join(SQL.identifier(row, name) for name in FACTS)

    return SQL(
        """CREATE OR REPLACE FUNCTION %(function)s() RETURNS trigger AS $note$
        BEGIN
            IF TG_OP <> 'INSERT' AND OLD.outcome IS NOT NULL THEN
                INSERT INTO %(delta)s (sign, %(names)s) VALUES (-1, %(old)s);
            END IF;
            IF TG_OP <> 'DELETE' AND NEW.outcome IS NOT NULL THEN
                INSERT INTO %(delta)s (sign, %(names)s) VALUES (1, %(new)s);
            END IF;
            RETURN NULL;
        END $note$ LANGUAGE plpgsql""",
        function=FUNCTION,
        delta=DELTA,
        names=names,
        old=values("old"),
        new=values("new"),
    )


def create_triggers():
    """Return the statements that make the triggers on promises.

    Running promises are not counted here, so recording one costs nothing.
    """

    def facts(row):
        return SQL(", ").join(SQL.identifier(row, name) for name in FACTS)

    when = {
        "insert": SQL("new.outcome IS NOT NULL"),
        "update": SQL(
            "(old.outcome IS NOT NULL OR new.outcome IS NOT NULL)"
            " AND (%s) IS DISTINCT FROM (%s)",
            facts("old"),
            facts("new"),
        ),
        "delete": SQL("old.outcome IS NOT NULL"),
    }
    return [
        statement
        for event, condition in when.items()
        for statement in (
            drop_trigger(event),
            SQL(
                "CREATE TRIGGER %s AFTER %s ON service_promise FOR EACH ROW"
                " WHEN (%s) EXECUTE FUNCTION %s()",
                SQL.identifier(TRIGGER % event),
                SQL(event),
                condition,
                FUNCTION,
            ),
        )
    ]


def drop_trigger(event):
    return SQL(
        "DROP TRIGGER IF EXISTS %s ON service_promise", SQL.identifier(TRIGGER % event)
    )


def drop_all():
    """Return the statements that remove everything again."""
    return [
        *(drop_trigger(event) for event in ("insert", "update", "delete")),
        SQL("DROP FUNCTION IF EXISTS %s()", FUNCTION),
        *(SQL("DROP TABLE IF EXISTS %s", table.sql) for table in TABLES),
        SQL("DROP TABLE IF EXISTS %s", DELTA),
    ]
