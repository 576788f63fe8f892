"""Ten thousand wrong links: what guessing costs us."""

import secrets
import statistics
import time

from werkzeug.test import Client

from odoo import http

from .measure import Row, quiet_memory

COUNT = 10_000
PATH = "/service_quality/confirm/"
MILLISECONDS = 10


def run(bench):
    """Open wrong links one after the other; return the rows."""
    bench.progress(f"opening {COUNT} wrong links")
    client = Client(http.root)
    environ = {"HTTP_HOST": "localhost", "HTTP_X_ODOO_DATABASE": bench.database}
    for _ in range(50):
        client.get(PATH + "warm", environ_overrides=environ)
    seconds, bodies = [], set()
    with quiet_memory():
        for _ in range(COUNT):
            token = secrets.token_urlsafe(32)
            started = time.perf_counter()
            response = client.get(PATH + token, environ_overrides=environ)
            body = response.data
            seconds.append(time.perf_counter() - started)
            bodies.add((response.status_code, body))
    if len(bodies) != 1 or next(iter(bodies))[0] != 404:
        raise AssertionError("wrong links do not all get the same page")
    median = 1000 * statistics.median(seconds)
    slow = 1000 * statistics.quantiles(seconds, n=100)[98]
    return [
        Row("links", f"{COUNT} wrong links, median", "ms", MILLISECONDS, median),
        Row("links", f"{COUNT} wrong links, slowest 1 %", "ms", 5 * MILLISECONDS, slow),
    ]
