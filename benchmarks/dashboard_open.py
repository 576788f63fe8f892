"""Opening the dashboard in the running client, beside Odoo's spreadsheet dashboard."""

import statistics
import threading
from contextlib import contextmanager

from odoo import SUPERUSER_ID, api, http
from odoo.modules.registry import Registry
from odoo.service.server import ThreadedWSGIServerReloadable

from .chromium import Chromium
from .measure import Row
from .session import make_session

ROUNDS = 9
#: Part of the time of Odoo's spreadsheet dashboard of sales.
LIMIT = 0.5
#: A light page of the client, from where both are opened.
START = ("/odoo/action-base.action_res_company_form", ".o_list_view .o_data_row")
OURS = ("/odoo/service-quality", ".o_service_employees tbody tr")
THEIRS = ("/odoo/dashboards?dashboard_id={id}", ".o-spreadsheet canvas")

# Follow a link inside the client, as a menu does. Ours is complete when its last part
# is painted. A spreadsheet draws itself empty first; it is complete after its last call
# came back: then no call has run for a second. The drawing after that is left out, in
# its favour.
OPEN = """
    const isCall = (entry) => /\\/web\\/dataset\\/|\\/spreadsheet\\//.test(entry.name);
    performance.clearResourceTimings();
    const link = document.createElement("a");
    link.href = %(path)r;
    document.body.append(link);
    const started = performance.now();
    link.click();
    link.remove();
    while (!document.querySelector(%(selector)r)) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        if (performance.now() - started > 60000) {
            throw new Error("nothing opened: " + document.body.innerText.slice(0, 500));
        }
    }
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const first = performance.now() - started;
    let calls = [];
    let end;
    do {
        await new Promise((resolve) => setTimeout(resolve, 100));
        calls = performance.getEntriesByType("resource").filter(isCall);
        end = Math.max(...calls.map((entry) => entry.responseEnd)) - started;
    } while (performance.now() - started < end + 1000);
    return {
        first,
        whole: Math.max(first, end),
        calls: calls.map((entry) => new URL(entry.name).pathname),
    };
"""


def install(database):
    """Put Odoo's dashboard of sales beside ours; return the path that opens it."""
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        module = env["ir.module.module"].search(
            [("name", "=", "spreadsheet_dashboard_sale")]
        )
        if module.state != "installed":
            module.button_immediate_install()
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        sales = env.ref("spreadsheet_dashboard_sale.spreadsheet_dashboard_sales")
        return THEIRS[0].format(id=sales.id)


def make_manager_session(database):
    """Return the cookie of an administrator who is a service manager."""
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        user = env.ref("base.user_admin")
        user.group_ids += env.ref("service_quality.group_manager")
        user.tz = "UTC"
        cursor.commit()
        return make_session(user)


@contextmanager
def serving():
    """Serve as Odoo does, on a free port; yield the address."""
    server = ThreadedWSGIServerReloadable("127.0.0.1", 0, http.root)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def open_once(browser, url, path, selector):
    """Load the client, then open a page in it; return milliseconds and calls."""
    browser.open(url + START[0], START[1])
    # The client still asks for messages and the like: wait until it is at rest.
    browser.run("await new Promise((resolve) => setTimeout(resolve, 2500));")
    return browser.run(OPEN % {"path": path, "selector": selector})


def run(bench):
    """Open both in turn; return the rows."""
    bench.progress("installing Odoo's dashboard of sales")
    sides = {"ours": OURS, "sales": (install(bench.database), THEIRS[1])}
    sid = make_manager_session(bench.database)
    seen = {name: [] for name in sides}
    with serving() as url, Chromium() as browser:
        browser.call("Network.setCookie", name="session_id", value=sid, url=url)
        # The first time makes the bundles and fills the browser's cache.
        for side in sides.values():
            open_once(browser, url, *side)
        for number in range(ROUNDS):
            bench.progress(f"opening the dashboards, {number + 1} of {ROUNDS}")
            for name in sorted(sides, reverse=number % 2):
                seen[name].append(open_once(browser, url, *sides[name]))

    def median(name, key):
        return statistics.median(row[key] for row in seen[name])

    ours, sales = median("ours", "whole"), median("sales", "whole")
    calls = seen["ours"][-1]["calls"]
    data = [path for path in calls if "service.dashboard" in path]
    note = (
        f"{ours:.0f} ms, Odoo's dashboard of sales {sales:.0f} ms,"
        f" its empty sheet {median('sales', 'first'):.0f} ms"
    )
    return [
        Row(
            "dashboard", "opened in the running client", "x", LIMIT, ours / sales, note
        ),
        Row("dashboard", "data calls of one view", "", 1, len(data), ", ".join(data)),
    ]
