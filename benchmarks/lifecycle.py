"""Install, update and uninstall in a database full of tickets and orders.

A guest leaves the house as he found it: after uninstalling, every table has the
columns, constraints, indexes and rows that it had before.
"""

import subprocess
import sys
import threading
import time
from collections import Counter

from odoo import sql_db
from odoo.tools import SQL, config

from . import databases
from .databases import execute
from .measure import Row

ADDON = "service_quality"
TICKETS, ORDERS = 100_000, 50_000
INSTALL_SECONDS = 90
#: Nobody may wait longer for a ticket or an order.
LOCK_SECONDS = 2
HOST_TABLES = ("helpdesk_ticket", "sale_order")
#: Locks that stop a writer; a reader only waits for the last one.
LOCK_MODES = (
    *("ShareLock", "ShareRowExclusiveLock"),
    *("ExclusiveLock", "AccessExclusiveLock"),
)
POLL_SECONDS = 0.05
#: What changes by itself whenever Odoo starts, or tells of installing as such.
VOLATILE_TABLES = (
    *("ir_logging", "ir_cron_progress", "bus_bus", "ir_cron_trigger"),
    *("ir_module_module", "ir_module_module_dependency", "ir_attachment"),
)
#: When and by whom a row was last touched, and which version looked at it.
VOLATILE_COLUMNS = ("write_date", "write_uid", "create_date", "create_uid", "nextcall")
#: What Odoo itself renews when it reads a view or a window's views again.
RENEWED_COLUMNS = {
    "ir_ui_view": ["arch_prev"],
    "ir_act_window_view": ["id"],
    # a translation of a host's own words stays, as with every addon
    "ir_model": ["name"],
    "ir_model_fields": ["field_description", "help"],
}
#: What the addon must not invent when it arrives.
INVENTED = (
    *("service_promise", "service_event", "service_checklist", "service_feedback"),
    *("service_invitation", "service_recovery", "service_silent_customer"),
    *("service_wow", "service_scope_change", "service_link"),
)

FILL = (
    # a company at work has no demo data, and gets none of ours
    "UPDATE ir_module_module SET demo = false",
    """INSERT INTO res_partner (name, complete_name, active, is_company, type, email,
        autopost_bills, create_date)
    SELECT 'Stranger ' || i, 'Stranger ' || i, true, false, 'contact',
        'stranger' || i || '@example.com', 'ask', now()
    FROM generate_series(1, 5000) i""",
    """UPDATE res_partner SET commercial_partner_id = id
    WHERE commercial_partner_id IS NULL""",
    """INSERT INTO helpdesk_ticket (number, name, description, company_id, stage_id,
        team_id, partner_id, partner_name, partner_email, user_id, priority, active,
        create_date, create_uid)
    SELECT 'S' || i, 'Ticket ' || i, '<p>It leaks.</p>', c.id, s.stages[1 + i %% 4],
        NULL, p.first + i %% 5000, 'Stranger', 'stranger@example.com', 2, '1', true,
        now() - (i %% 900) * interval '1 day', 2
    FROM generate_series(1, %(tickets)s) i,
        (SELECT min(id) AS id FROM res_company) c,
        (SELECT array_agg(id ORDER BY id) AS stages FROM helpdesk_ticket_stage) s,
        (SELECT min(id) AS first FROM res_partner WHERE name = 'Stranger 1') p""",
    """INSERT INTO sale_order (name, company_id, partner_id, partner_invoice_id,
        partner_shipping_id, date_order, commitment_date, state, user_id, create_date,
        create_uid)
    SELECT 'S' || i, c.id, x.id, x.id, x.id, x.day, x.day + interval '5 days',
        CASE i %% 3 WHEN 0 THEN 'draft' ELSE 'sale' END, 2, x.day, 2
    FROM (SELECT i, p.first + i %% 5000 AS id,
            now() - (i %% 900) * interval '1 day' AS day
          FROM generate_series(1, %(orders)s) i,
            (SELECT min(id) AS first FROM res_partner WHERE name = 'Stranger 1') p) x,
        (SELECT min(id) AS id FROM res_company) c""",
)

#: Name of a part of the schema -> query of its (thing, definition).
SCHEMA = {
    "columns": """SELECT table_name || '.' || column_name,
        concat_ws(' ', udt_name, is_nullable, column_default, character_maximum_length)
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """SELECT conrelid::regclass || '.' || conname,
        pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal""",
    "functions": """SELECT oid::regprocedure::text, prosrc FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace""",
    "sequences": """SELECT sequencename, data_type::text FROM pg_sequences
        WHERE schemaname = 'public'""",
}


def run(bench):
    """Measure; return the rows."""
    name = f"{bench.arms[0].database}_strangers"
    bench.close()
    try:
        make(bench, name)
        bench.progress("looking at every table")
        before = look(name)
        with LockWatch(name) as watch:
            bench.progress("installing")
            seconds = odoo(name, "-i", ADDON)
        rows = [
            Row("lifecycle", "install", "s", INSTALL_SECONDS, seconds, sizes()),
            Row("lifecycle", "lock on a host", "s", LOCK_SECONDS, *watch.longest()),
            *invented(name, before),
        ]
        installed = look(name)
        bench.progress("updating")
        odoo(name, "-u", ADDON)
        rows.append(compare("update", installed, look(name)))
        bench.progress("uninstalling")
        uninstall(name)
        rows.append(compare("uninstall", before, look(name)))
        return rows
    finally:
        for arm in bench.arms:
            arm.open()
        databases.drop(name)


def sizes():
    return f"{TICKETS} tickets, {ORDERS} orders"


# ----------------------------------------------------------------------
# The database
# ----------------------------------------------------------------------


def make(bench, name):
    """A copy of the database without the addon, with the documents of strangers."""
    bench.progress(f"a database of {sizes()}")
    databases.copy(bench.arms[0].database, name)
    sizes_of = {"tickets": TICKETS, "orders": ORDERS}
    execute(name, *(SQL(statement, **sizes_of) for statement in FILL))
    execute(name, SQL("VACUUM ANALYZE"))


def odoo(name, *options):
    """Run Odoo with these options until it has done; return the seconds."""
    options = [*options, "--stop-after-init", "--log-level=warn"]
    return call(["server"], ["-d", name, *options])


def uninstall(name):
    """Uninstall the addon as the command line does; return the seconds."""
    return call(["module", "uninstall"], ["-d", name, ADDON])


def call(command, options):
    """Run a command of Odoo in a process of its own; return the seconds."""
    command = [sys.executable, "-m", "odoo", *command, "-c", config["config"]]
    start = time.perf_counter()
    subprocess.run([*command, *options], check=True, stdin=subprocess.DEVNULL)
    return time.perf_counter() - start


# ----------------------------------------------------------------------
# Looking
# ----------------------------------------------------------------------


def look(name):
    """Return what there is: dict of (part, thing) -> definition, or rows' digest."""
    found = {}
    for part, query in SCHEMA.items():
        for thing, definition in execute(name, SQL(query)):
            found[part, thing] = definition
    tables = execute(
        name, SQL("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    )
    for (table,) in sorted(tables):
        if table not in VOLATILE_TABLES and not table.startswith("orm_signaling"):
            found["rows", table] = digest(name, table)
    return found


def digest(name, table):
    """Return the hash of each row of a table, counted; the order says nothing."""
    rows = execute(
        name,
        SQL(
            "SELECT md5((to_jsonb(t) - %s::text[])::text), count(*)"
            " FROM %s t GROUP BY 1",
            [*VOLATILE_COLUMNS, *RENEWED_COLUMNS.get(table, ())],
            SQL.identifier(table),
        ),
    )
    return Counter(dict(rows))


def compare(what, before, after):
    """The row of the differences between two looks, the first ones by name."""
    different = sorted(
        f"{part} {thing}"
        for part, thing in before.keys() | after.keys()
        if before.get((part, thing)) != after.get((part, thing))
    )
    note = ", ".join(different[:12])
    return Row("lifecycle", f"{what}: differences", "number", 0, len(different), note)


def invented(name, before):
    """The rows of what the addon made up on its arrival, and of mails."""
    counts = {}
    for table in (*INVENTED, "mail_mail"):
        query = SQL("SELECT count(*) FROM %s", SQL.identifier(table))
        ((counts[table],),) = execute(name, query)
    mails = counts.pop("mail_mail") - sum(before["rows", "mail_mail"].values())
    note = ", ".join(table for table, count in counts.items() if count)
    return [
        Row("lifecycle", "mails", "number", 0, mails),
        Row("lifecycle", "invented rows", "number", 0, sum(counts.values()), note),
    ]


class LockWatch:
    """Watches which locks on the hosts' tables stop others, and for how long."""

    def __init__(self, name):
        self.name = name
        self.since, self.taken = {}, Counter()
        self.done = threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_exception):
        self.done.set()
        self.thread.join()

    def watch(self):
        query = SQL(
            "SELECT c.relname || ' ' || l.mode, l.pid FROM pg_locks l"
            " JOIN pg_class c ON c.oid = l.relation JOIN pg_database d"
            " ON d.oid = l.database WHERE d.datname = current_database()"
            " AND l.granted AND c.relname IN %s AND l.mode IN %s",
            HOST_TABLES,
            LOCK_MODES,
        )
        with sql_db.db_connect(self.name).cursor() as cursor:
            cursor._cnx.autocommit = True
            while not self.done.wait(POLL_SECONDS):
                cursor.execute(query)
                self.note(set(cursor.fetchall()), time.perf_counter())

    def note(self, held, now):
        for lock in held:
            self.since.setdefault(lock, now)
        for lock in list(self.since):
            seconds = now - self.since[lock]
            self.taken[lock] = max(self.taken[lock], seconds)
            if lock not in held:
                del self.since[lock]

    def longest(self):
        """Return the seconds of the longest lock, and all of them as a note."""
        note = ", ".join(
            f"{name} {seconds:.1f} s"
            for (name, _pid), seconds in self.taken.most_common(4)
        )
        return max(self.taken.values(), default=0.0), note
