"""Silent customers: 200,000 partners with 2,000,000 contacts, refreshed by SQL."""

import resource
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import SQL

from .measure import Row

PARTNERS = 200_000
TICKETS = 200_000
MESSAGES = 800_000
ORDERS = 1_000_000
PROMISES = 60_000
SECONDS = 60
MEGABYTES = 500

#: Every statement gets the numbers of rows and the first new partner.
STATEMENTS = (
    """INSERT INTO res_partner (name, active, partner_share, autopost_bills,
        create_date)
    SELECT 'Bench ' || i, true, true, 'ask', now() - interval '3 years'
    FROM generate_series(1, %(partners)s) i""",
    """UPDATE res_partner SET commercial_partner_id = id
    WHERE commercial_partner_id IS NULL""",
    """INSERT INTO helpdesk_ticket (name, description, company_id, partner_id,
        create_date)
    SELECT 'Bench', 'x', %(company)s, %(first)s + i %% %(partners)s,
        now() - ((i * 7919) %% 1000) * interval '1 day'
    FROM generate_series(1, %(tickets)s) i""",
    """INSERT INTO sale_order (name, company_id, partner_id, partner_invoice_id,
        partner_shipping_id, date_order, state, create_date)
    SELECT 'Bench' || i, %(company)s, p, p, p, now(), 'sale',
        now() - ((i * 104729::bigint) %% 1000) * interval '1 day'
    FROM (SELECT i, %(first)s + i %% %(partners)s AS p
          FROM generate_series(1, %(orders)s) i) x""",
    """INSERT INTO mail_message (message_type, model, res_id, author_id, create_uid,
        create_date)
    SELECT 'email', 'helpdesk.ticket', t.id, t.partner_id, 1,
        now() - ((t.id * 31 + i * 101) %% 1000) * interval '1 day'
    FROM helpdesk_ticket t, generate_series(1, %(per_ticket)s) i
    WHERE t.name = 'Bench'""",
    """INSERT INTO service_promise (name, kind, source, company_id, partner_id,
        res_model, res_id, date_made, date_due, date_limit, settlement, date_settled,
        outcome, is_counted)
    SELECT 'Bench', 'deadline', 'plan', t.company_id, t.partner_id,
        'helpdesk.ticket', t.id, now() - interval '40 days', now() - m, now() - m,
        'evidence', now() - m + interval '1 hour', 'late', true
    FROM (SELECT *, (id %% 150) * interval '1 day' AS m FROM helpdesk_ticket
          WHERE name = 'Bench' LIMIT %(promises)s) t""",
)


def make(database):
    """Fill the database by SQL; done once, the database is thrown away."""
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        numbers = {
            "company": env.ref("base.main_company").id,
            "partners": PARTNERS,
            "tickets": TICKETS,
            "orders": ORDERS,
            "per_ticket": MESSAGES // TICKETS,
            "promises": PROMISES,
        }
        # The sequence decides the ids, so the first one is taken from it.
        cursor.execute("SELECT nextval('res_partner_id_seq')")
        numbers["first"] = cursor.fetchone()[0] + 1
        for statement in STATEMENTS:
            cursor.execute(SQL(statement, **numbers))
        cursor.commit()
        cursor.execute("ANALYZE")
        cursor.commit()


def memory():
    """Return the most memory this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(bench):
    """Refresh twice: everything new, then nothing new; return the rows."""
    bench.progress(f"making {PARTNERS} partners and their contacts")
    make(bench.database)
    rows = []
    for label in ("first", "again"):
        bench.progress(f"refreshing silent customers, {label}")
        before = memory()
        with Registry(bench.database).cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {})
            started = time.perf_counter()
            found = env["service.silent.customer"]._service_refresh()
            seconds = time.perf_counter() - started
            cursor.commit()
        note = f"{found} found"
        name = f"silent customers, {label}"
        rows.append(Row("silent", name, "s", SECONDS, seconds, note))
        rows.append(Row("silent", name, "MB more", MEGABYTES, memory() - before))
    return rows
