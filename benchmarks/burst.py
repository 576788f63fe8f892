"""Five hundred answers by twenty customers at once, each button pressed twice."""

import random
import re
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from werkzeug.serving import make_server

from odoo import SUPERUSER_ID, api, fields, http
from odoo.modules.registry import Registry

from .measure import Row

ANSWERS = 500
CLIENTS = 20
#: Of them, documents whose customer got two mails: his second answer is refused.
TWICE = 50
MILLISECONDS = 5_000
NONCE = re.compile(r'name="nonce" value="([^"]+)"')


def prepare(database):
    """Make documents whose customers were asked; return the addresses."""
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        survey = env.ref("service_quality.survey_service")
        company = env.ref("base.main_company")
        tickets = env["helpdesk.ticket"].create(
            [
                {"name": f"Burst {i}", "description": "x", "company_id": company.id}
                for i in range(ANSWERS - TWICE)
            ]
        )
        asked = list(enumerate(tickets)) + list(enumerate(tickets[:TWICE]))
        paths = []
        for number, ticket in asked:
            email = f"burst{number}@customer.example"
            invitation = (
                env["service.invitation"]
                ._service_unseal()
                .create(
                    {
                        **ticket._service_snapshot_vals(),
                        "email": email,
                        "survey_id": survey.id,
                        "state": "sent",
                        "date_planned": fields.Datetime.now(),
                        "date_sent": fields.Datetime.now(),
                        "is_reminder_settled": True,
                    }
                )
            )
            _link, token = env["service.link"]._service_issue(
                "feedback",
                invitation,
                [("About", ticket.name)],
                company=company,
                email=email,
            )
            paths.append(f"/service_quality/feedback/{token}")
        cursor.commit()
        return tickets.ids, paths


def answer(url, database, path, number):
    """Open the page, press its button twice at once; return (status, seconds)s."""
    headers = {"X-Odoo-Database": database}
    started = time.perf_counter()
    page = requests.get(url + path, headers=headers, timeout=120)
    seen = [(page.status_code, time.perf_counter() - started)]
    nonce = NONCE.search(page.text)
    if not nonce:  # somebody answered by the other mail before
        return seen
    form = {"nonce": nonce[1], "satisfaction": str(25 * (number % 5))}
    pressed = []

    def press():
        started = time.perf_counter()
        response = requests.post(url + path, form, headers=headers, timeout=120)
        pressed.append((response.status_code, time.perf_counter() - started))

    second = threading.Thread(target=press)
    second.start()
    press()
    second.join()
    return seen + pressed


def count(database, ticket_ids):
    """Return (documents answered, answers) as the database has them."""
    with Registry(database).cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT res_id), count(*) FROM service_feedback"
            " WHERE res_model = 'helpdesk.ticket' AND res_id IN %s",
            [tuple(ticket_ids)],
        )
        return cursor.fetchone()


def run(bench):
    """Serve the database, let everybody answer at once; return the rows."""
    bench.progress(f"asking for {ANSWERS} answers")
    ticket_ids, paths = prepare(bench.database)
    server = make_server("127.0.0.1", 0, http.root, threaded=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    url = f"http://127.0.0.1:{server.port}"
    jobs = list(enumerate(paths))
    random.Random(7).shuffle(jobs)
    bench.progress(f"{CLIENTS} customers answer")
    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        results = list(
            clients.map(lambda job: answer(url, bench.database, job[1], job[0]), jobs)
        )
    total = time.perf_counter() - started
    server.shutdown()
    seen = [row for rows in results for row in rows]
    failed = sum(status >= 500 for status, _seconds in seen)
    documents, rows = count(bench.database, ticket_ids)
    slow = 1000 * statistics.quantiles([row[1] for row in seen], n=100)[98]
    speed = f"{len(seen)} requests in {total:.0f} s"
    lost = len(ticket_ids) - documents
    return [
        Row("burst", f"{ANSWERS} answers by {CLIENTS}: errors", "", 0, failed, speed),
        Row("burst", "documents whose answer was lost", "", 0, lost),
        Row("burst", "answers too many", "", 0, rows - documents),
        Row("burst", "request, slowest 1 %", "ms", MILLISECONDS, slow),
    ]
