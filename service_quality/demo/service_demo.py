from datetime import timedelta
from random import Random

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.service_worker import PENDING_KEY
from . import content
from .clock import Clock
from .story import Story
from .story_now import tell_now
from .story_orders import tell_orders
from .story_tickets import tell_tickets

SEED = 20
#: Nobody is told, subscribed or mailed while the demo is made.
SILENT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_auto_subscribe_no_notify": True,
    "no_reset_password": True,
}
#: Types of the columns that are backdated.
ARRAYS = {"timestamp": SQL("timestamp[]"), "int4": SQL("int4[]")}


class DemoRun:
    """What the steps of one generation share.

    :param Story story: what happened, on the axis of working hours
    :param Clock clock: turns that axis into moments
    :param rng: chance of the details that the story leaves open
    """

    def __init__(self, story, clock, rng):
        self.story = story
        self.clock = clock
        self.rng = rng
        self.employees = content.EMPLOYEES
        self.users = {}  # key of the employees, or "manager" -> res.users
        self.products = None  # product.product of the orders
        self.customers = []  # res.partner, position 0 has the portal account
        self.records = {}  # id() of a story's document -> its record
        self.promises = {}  # id() of a story's promise -> service.promise
        self.events = []  # (moment, user id, vals)

    def record(self, document):
        return self.records[id(document)]

    def user(self, document):
        return self.users[document.employee]

    def customer(self, document):
        return self.customers[document.customer]

    def log(self, record, kind, moment, user, **values):
        """Note one event; all are written at the end, oldest first."""
        vals = {
            "res_model": record._name,
            "res_id": record.id,
            "res_name": record.display_name,
            "company_id": record.company_id.id,
            "kind": kind,
            **values,
        }
        self.events.append((moment, user.id, vals))


class ServiceDemo(models.AbstractModel):
    """Three months in the life of a service company, made relative to today.

    Called once by the demo file. The facts of promises are created as facts, through
    the same door the addon's own code uses; what came of a promise is derived from
    them and written nowhere here.
    """

    _name = "service.demo"
    _description = "Demo Data of Service Quality"

    @api.model
    def _generate(self):
        """Make the documents of the demo company and what was promised on them."""
        # sudo: demo data of every kind, made once while the addon is installed
        demo = self.sudo().with_context(**SILENT)
        if demo._is_generated():
            return
        run = demo._prepare_run()
        demo._create_documents(run)
        demo._create_messages(run)
        demo._create_promises(run)
        demo._create_checklists(run)
        demo._create_feedback(run)
        demo._create_reviews(run)
        demo._create_scope_changes(run)
        demo._create_events(run)
        demo._answer_automatic(run)
        demo._create_recoveries()

    def _is_generated(self):
        """Tell whether the demo is there already: it is made once per database."""
        teams = self.env["helpdesk.ticket.team"].browse(
            [self._ref("demo_team_field").id, self._ref("demo_team_office").id]
        )
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        return bool(tickets.search_count([("team_id", "in", teams.ids)], limit=1))

    def _ref(self, name):
        return self.env.ref(f"service_quality.{name}")

    # ------------------------------------------------------------------
    # Preparation
    # ------------------------------------------------------------------

    def _prepare_run(self):
        """Tell the story up to now and find the people in it."""
        now = fields.Datetime.now()
        start = now - timedelta(days=120)
        calendar = self._ref("demo_calendar")
        clock = Clock(calendar._service_working_time(start.year), now)
        rng = Random(SEED)  # noqa: S311  # the same story each time
        story = Story(rng, clock.today)
        tell_tickets(story)
        tell_orders(story)
        tell_now(story)
        story.documents.sort(key=lambda document: document.created)
        run = DemoRun(story, clock, rng)
        for key in [*content.EMPLOYEES, "manager"]:
            run.users[key] = self._ref(f"demo_user_{key}")
        self._set_language(self.env["res.users"].union(*run.users.values()))
        return run

    def _set_language(self, users):
        """English for the users, as far as the database speaks it."""
        if self.env["res.lang"]._get_data(code="en_US"):
            users.write({"lang": "en_US"})

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _forget_changes(self, documents):
        """Take new documents out of what the addon works off before the commit.

        They bring their own promises and checklists; those of the plans and of the
        delivery dates would double them.
        """
        for key, pending in self.env.cr.precommit.data.items():
            if isinstance(key, tuple) and key[0] == PENDING_KEY:
                for name, work in pending:
                    if name == documents._name and isinstance(work, dict):
                        for document_id in documents.ids:
                            work.pop(document_id, None)

    def _backdate(self, records, **columns):
        """Write moments and users that the ORM stamps itself.

        SQL because ``create_date`` and ``create_uid`` cannot be written, and because
        a ticket's and an order's own hooks stamp the present on every write.

        :param records: records of one model
        :param columns: name -> list of values, one per record
        """
        if not records:
            return
        self.env.flush_all()
        arrays = [SQL("%s::int4[]", records.ids)]
        for name, values in columns.items():
            kind = ARRAYS[records._fields[name].column_type[0]]
            arrays.append(SQL("%s::%s", [value or None for value in values], kind))
        names = [SQL.identifier(name) for name in columns]
        self.env.cr.execute(
            SQL(
                "UPDATE %s t SET %s FROM unnest(%s) AS v(id, %s) WHERE t.id = v.id",
                SQL.identifier(records._table),
                SQL(", ").join(SQL("%s = v.%s", name, name) for name in names),
                SQL(", ").join(arrays),
                SQL(", ").join(names),
            )
        )
        records.invalidate_recordset(list(columns))

    def _create_events(self, run):
        """Write the history, oldest first, as if it had been written at the time."""
        events = sorted(run.events, key=lambda event: event[0])
        rows = self.env["service.event"]._service_unseal()
        rows = rows.create([vals for _moment, _user, vals in events])
        self._backdate(
            rows,
            create_date=[moment for moment, _user, _vals in events],
            create_uid=[user for _moment, user, _vals in events],
        )
