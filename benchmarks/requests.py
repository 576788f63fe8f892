"""What a person waits for: the client's requests, with and without the addon.

:mod:`.hosts` measures the method alone. A click is a request: the session, the rights,
the method, its commit, the mail that leaves after it, and the form read again with all
it shows, the addon's fields included. Everything is committed: each round tells the
story of a new ticket and a new order.
"""

import statistics
import threading

from lxml import etree
from werkzeug.test import Client

from odoo import SUPERUSER_ID, http

from . import scene
from .hosts import EXTRA_PERCENT, EXTRA_QUERIES
from .measure import cost_rows, quiet_memory, work_clock
from .session import make_session

WARM = 2
TEXT = "We found the cause and will send you the part tomorrow."


class Browser:
    """The client of one arm's agent, without its screen."""

    def __init__(self, arm):
        self.arm = arm
        self.client = Client(http.root)
        agent = arm.env(SUPERUSER_ID)["res.users"].browse(arm.scene["agent"])
        self.client.set_cookie("session_id", make_session(agent))
        self.specs = {model: self.specification(model) for model in MODELS.values()}

    def specification(self, model):
        """What the client reads of a form, as it takes it from the view."""
        view = self.arm.env()[model].get_views([(False, "form")])
        fields = {name: data["fields"] for name, data in view["models"].items()}
        arch = etree.fromstring(view["views"]["form"]["arch"])
        return fields_of(arch, model, fields)

    def ask(self, route, **params):
        """Do one request; return its result.

        :raise RuntimeError: the server refused
        """
        answer = self.client.post(route, json={"jsonrpc": "2.0", "params": params})
        if "result" not in answer.json:
            raise RuntimeError(f"{route}: {answer.text[:2000]}")
        return answer.json["result"]

    def save(self, model, ids, vals):
        """Press the button that saves; return the id."""
        company = self.arm.scene["company"]
        [saved] = self.ask(
            "/web/dataset/call_kw",
            model=model,
            method="web_save",
            args=[ids, vals],
            kwargs={
                "specification": self.specs[model],
                "context": {"allowed_company_ids": [company], "lang": "en_US"},
            },
        )
        return saved["id"]

    def post(self, model, res_id, subtype, **data):
        """Press the composer's button."""
        data |= {"body": TEXT, "message_type": "comment", "subtype_xmlid": subtype}
        self.ask(
            "/mail/message/post", thread_model=model, thread_id=res_id, post_data=data
        )


def fields_of(view, model, fields):
    """The specification of what a view shows, as in the client's ``getFieldsSpec``."""
    owner = next(view.iterancestors("field"), None)
    spec = {}
    for node in view.iterfind(".//field"):
        if next(node.iterancestors("field"), None) is not owner:
            continue  # of a view inside this view
        name = node.get("name")
        data = fields[model][name]
        spec.setdefault(name, {})
        if node.get("invisible") in ("True", "1"):
            continue
        if data["type"] == "many2one":
            spec[name]["fields"] = {"display_name": {}}
        elif data["type"] in ("one2many", "many2many") and len(node):
            inner = [fields_of(child, data["relation"], fields) for child in node]
            spec[name]["fields"] = {
                key: sub for part in inner for key, sub in part.items()
            }
    return spec


def create_ticket(browser, story):
    story["ticket"] = browser.save(
        "helpdesk.ticket", [], scene.ticket_vals(browser.arm)
    )


def save_ticket(vals):
    """A request that saves the ticket.

    :param vals: function from the scene to the values
    """

    def request(browser, story):
        values = vals(browser.arm.scene)
        browser.save("helpdesk.ticket", [story["ticket"]], values)

    return request


def post(model, subtype, is_to_customer):
    """A request that posts on the document."""

    def request(browser, story):
        partners = [browser.arm.scene["customer"]] if is_to_customer else []
        browser.post(MODELS[model], story[model], subtype, partner_ids=partners)

    return request


def create_order(browser, story):
    story["order"] = browser.save("sale.order", [], scene.order_vals(browser.arm))


def confirm_order(browser, story):
    browser.ask(
        "/web/dataset/call_button/sale.order/action_confirm",
        model="sale.order",
        method="action_confirm",
        args=[[story["order"]]],
        kwargs={"context": {"lang": "en_US"}},
    )


ARMS = ("without", "none", "plan")
MODELS = {"ticket": "helpdesk.ticket", "order": "sale.order"}
#: In the order in which they happen to a document.
REQUESTS = {
    "ticket: create": create_ticket,
    "ticket: write the name": save_ticket(lambda scene: {"name": "Another name"}),
    "ticket: internal note": post("ticket", "mail.mt_note", False),
    "ticket: comment to the customer": post("ticket", "mail.mt_comment", True),
    "ticket: second comment": post("ticket", "mail.mt_comment", True),
    "ticket: next stage": save_ticket(lambda scene: {"stage_id": scene["next_stage"]}),
    "ticket: close": save_ticket(lambda scene: {"stage_id": scene["done"]}),
    "order: create": create_order,
    "order: comment to the customer": post("order", "mail.mt_comment", True),
    "order: confirm": confirm_order,
}


def measure(browser, request, story):
    """Return (seconds of work, queries) of one request."""
    cursor = browser.arm.cursor
    # a request has connections of its own
    cursor.execute(
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND backend_type = 'client backend'"
    )
    clock = work_clock(cursor)
    cursor.rollback()
    with quiet_memory():
        start = clock()
        request(browser, story)
        seconds = clock() - start
    # what Odoo's own log of requests tells
    return seconds, threading.current_thread().query_count


def run(bench):
    """Tell the same story in all arms, request by request; return the rows."""
    browsers = [Browser(arm) for arm in bench.arms if arm.name in ARMS]
    results = {title: {} for title in REQUESTS}
    for number in range(WARM + bench.count):
        if not number % 5:
            bench.progress(f"requests, round {number + 1} of {WARM + bench.count}")
        stories = {browser.arm.name: {} for browser in browsers}
        turn = number % len(browsers)
        for title, request in REQUESTS.items():
            for browser in browsers[turn:] + browsers[:turn]:
                name = browser.arm.name
                figures = measure(browser, request, stories[name])
                if number >= WARM:
                    results[title].setdefault(name, []).append(figures)
    return [
        row for title, figures in results.items() for row in compare(title, figures)
    ]


def compare(title, figures):
    """The rows of one request."""
    results = {
        name: (
            [seconds for seconds, _queries in rounds],
            statistics.median_high(queries for _seconds, queries in rounds),
        )
        for name, rounds in figures.items()
    }
    limits = {"none": (0, EXTRA_PERCENT), "plan": (EXTRA_QUERIES, EXTRA_PERCENT)}
    return cost_rows("requests", f"request, {title}", results, limits)
