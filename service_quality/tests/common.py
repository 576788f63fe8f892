import os
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields, sql_db
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, TransactionCase, new_test_user
from odoo.tests.test_cursor import TestCursor

#: Monday 09:00 UTC, 10:00 in Budapest: a working hour of the test calendar.
NOW = datetime(2026, 3, 2, 9, 0)
#: What a page of the web client loads, and what one of the portal.
CLIENT_BUNDLES = {
    "web.assets_web": ("js", "css"),
    "web.assets_web_print": ("css",),
    "web.assets_tests": ("js",),
    "web.assets_emoji": ("js",),
    "bus.websocket_worker_assets": ("js",),
}
PORTAL_BUNDLES = {
    "web.assets_frontend": ("css",),
    "web.assets_frontend_minimal": ("js",),
    "web.assets_frontend_lazy": ("js",),
    "web.__assets_tests_call__": ("js",),
}
#: Set to make the races of the tests as long as ``full_rounds`` says.
FULL_VARIABLE = "SERVICE_QUALITY_FULL_RACES"
#: Models whose rows state facts: nobody writes them, by no door.
SEALED = (
    "service.promise",
    "service.event",
    "service.checklist",
    "service.checklist.line",
    "service.feedback",
    "service.invitation",
    "service.recovery",
    "service.silent.customer",
    "service.wow",
)


def full_rounds(full, short):
    """Return how often a race is run.

    :param int full: with the environment variable :data:`FULL_VARIABLE` set
    :param int short: in an ordinary run of the tests, which has minutes
    """
    return full if os.environ.get(FULL_VARIABLE) else short


class ServiceCase(TransactionCase):
    """Two companies, their people, their customers, and a clock.

    ``self.now`` is what the server believes: ``wait(hours=2)`` lets time pass,
    ``at(moment)`` borrows another moment. Verbs (``make_ticket``, ``close``,
    ``customer_message``...) do what a person does, as that person.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Passwords of test users need not withstand anybody.
        cls.startClassPatcher(patch("odoo.addons.base.models.res_users.MIN_ROUNDS", 1))
        cls.env = cls.env(
            context=dict(
                cls.env.context,
                lang="en_US",
                tracking_disable=True,
                no_reset_password=True,
                mail_create_nolog=True,
            )
        )
        # Plans of demo data would start promises of their own.
        cls.env["service.plan"].search([]).active = False
        cls._set_up_companies()
        cls._set_up_people()
        cls._set_up_customers()
        cls._set_up_documents()

    @classmethod
    def _set_up_companies(cls):
        cls.calendar = cls.make_calendar("40 hours")
        cls.company, cls.other_company = cls.env["res.company"].create(
            [{"name": "Quality Test Ltd"}, {"name": "Other Test Ltd"}]
        )
        companies = cls.company + cls.other_company
        companies.resource_calendar_id = cls.calendar
        companies.write(
            {
                "service_lead_minutes": 15,
                "service_due_soon_hours": 4,
                "service_reopen_hours": 72,
                "service_survey_pause_days": 14,
            }
        )
        cls.company.partner_id.email = "office@quality-test.example"
        cls.env = cls.env(
            context=dict(
                cls.env.context,
                allowed_company_ids=[*companies.ids, *cls.env.companies.ids],
            )
        )

    @classmethod
    def make_calendar(cls, name, tz="Europe/Budapest", days=range(5), hours=None):
        """Return a calendar of the given hours, 8-12 and 13-17 by default."""
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": tz,
                "company_id": False,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": f"{day} {start}",
                                "dayofweek": str(day),
                                "hour_from": start,
                                "hour_to": stop,
                                "day_period": "morning" if start < 12 else "afternoon",
                            }
                        )
                        for day in days
                        for start, stop in (hours or [(8, 12), (13, 17)])
                    ),
                ],
            }
        )

    @classmethod
    def make_user(cls, login, groups, company=None, employee=True, **vals):
        """Return a user and, unless told otherwise, give him an employee.

        Further values are the employee's, but for ``name`` and ``tz``.
        """
        spec = {"company": company or cls.company, "employee": employee, **vals}
        return cls._make_users([(login, groups, spec)])

    @classmethod
    def _make_users(cls, specs):
        """Return the users of several (login, groups, values), made by one statement.

        Each class of tests makes its people: one by one they took a tenth of the
        whole run.
        """
        people, user_values = [], []
        for login, groups, spec in specs:
            spec = {"company": cls.company, "employee": True, **spec}
            company = spec.pop("company")
            name = spec.pop("name", login.replace("_", " ").title())
            group_ids = [cls.env.ref(xmlid).id for xmlid in groups.split(",")]
            user_values.append(
                {
                    "login": login,
                    "password": login.ljust(8, "x"),  # as new_test_user has it
                    "group_ids": [Command.set(group_ids)],
                    "name": name,
                    "email": f"{login}@quality-test.example",
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                    "tz": spec.pop("tz", "Europe/Budapest"),
                    "lang": "en_US",
                }
            )
            people.append({"name": name, "company_id": company.id, **spec})
        users = cls.env["res.users"].create(user_values)
        employee_values = [
            {"user_id": user.id, "resource_calendar_id": cls.calendar.id, **person}
            for user, person in zip(users, people, strict=True)
            if person.pop("employee")
        ]
        cls.env["hr.employee"].create(employee_values)
        return users

    @classmethod
    def _set_up_people(cls):
        agent = "helpdesk_mgmt.group_helpdesk_user_own,sales_team.group_sale_salesman"
        documents = (
            "helpdesk_mgmt.group_helpdesk_user,sales_team.group_sale_salesman_all_leads"
        )
        manager = f"service_quality.group_manager,{documents}"
        cls.department = cls.env["hr.department"].create(
            {"name": "Support", "company_id": cls.company.id}
        )
        users = cls._make_users(
            [
                ("sq_leader", "service_quality.group_user", {}),
                ("sq_agent", agent, {"department_id": cls.department.id}),
                ("sq_agent2", agent, {}),
                ("sq_manager", manager, {}),
                ("sq_admin", f"service_quality.group_admin,{documents}", {}),
                ("sq_nobody", "base.group_user", {}),
                ("sq_foreigner", manager, {"company": cls.other_company}),
            ]
        )
        cls.leader, cls.agent, cls.agent2, cls.manager, cls.admin = users[:5]
        cls.nobody, cls.foreigner = users[5:]
        cls.employee = cls.agent.employee_ids
        cls.employee2 = cls.agent2.employee_ids
        cls.employee.parent_id = cls.leader.employee_ids

    @classmethod
    def _set_up_customers(cls):
        cls.customer_company = cls.env["res.partner"].create(
            {"name": "Customer Inc", "is_company": True, "lang": "en_US"}
        )
        cls.portal = new_test_user(
            cls.env,
            login="sq_portal",
            groups="base.group_portal",
            name="Petra Portal",
            email="petra@customer.example",
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.customer = cls.portal.partner_id
        cls.customer.write(
            {"parent_id": cls.customer_company.id, "tz": "America/New_York"}
        )
        cls.stranger = cls.env["res.partner"].create(
            {
                "name": "Stranger",
                "email": "stranger@elsewhere.example",
                "lang": "en_US",
            }
        )

    @classmethod
    def _set_up_documents(cls):
        stages = cls.env["helpdesk.ticket.stage"]
        cls.stage_open, cls.stage_closed = stages.create(
            [
                {"name": "Test Open", "sequence": 1, "company_id": False},
                {
                    "name": "Test Closed",
                    "sequence": 2,
                    "closed": True,
                    "close_from_portal": True,
                    "company_id": False,
                },
            ]
        )
        cls.team, cls.team2 = cls.env["helpdesk.ticket.team"].create(
            [
                {
                    "name": "Test Team",
                    "company_id": cls.company.id,
                    "user_ids": [Command.set(cls.agent.ids)],
                },
                {
                    "name": "Test Team 2",
                    "company_id": cls.company.id,
                    "user_ids": [Command.set(cls.agent2.ids)],
                },
            ]
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Test Service",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100.0,
                "taxes_id": [Command.clear()],
                "company_id": False,
            }
        )
        # A rule on teams is cached with the ids of the user's teams.
        cls.env.registry.clear_cache()

    def setUp(self):
        super().setUp()
        self.now = NOW
        clock = {
            (fields.Datetime, "now"): staticmethod(
                lambda *args: self.now.replace(microsecond=0)
            ),
            (sql_db.BaseCursor, "now"): lambda cursor: self.now,
            (TestCursor, "now"): lambda cursor: self.now,
        }
        for (owner, name), value in clock.items():
            self.startPatcher(patch.object(owner, name, value))

    # ------------------------------------------------------------------
    # Time
    # ------------------------------------------------------------------

    def wait(self, **delta):
        """Let time pass; what the transaction collected is worked off before."""
        self.sync()
        self.now += timedelta(**delta)

    @contextmanager
    def at(self, moment):
        """Do something at another moment."""
        before, self.now = self.now, moment
        try:
            yield
        finally:
            self.now = before

    def after(self, **delta):
        """Return the moment that long after now."""
        return self.now + timedelta(**delta)

    def sync(self):
        """Do what a commit does first: flush, and work off what was collected."""
        self.env.cr.flush()

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def as_user(self, records, user):
        """Return records as a user sees them, with a fresh eye."""
        self.sync()
        self.env.invalidate_all()
        return records.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids, tracking_disable=False
        )

    def model(self, name, user):
        """Return a model in the environment of a user's ordinary session."""
        return self.as_user(self.env[name], user)

    def make_ticket(self, user=None, partner=None, company=None, **vals):
        """Create a ticket of an agent, by default the first one's."""
        user = self.agent if user is None else user
        partner = self.customer if partner is None else partner
        company = company or self.company
        ticket = (
            self.env["helpdesk.ticket"]
            .with_company(company)
            .create(
                {
                    "name": "Printer does not print",
                    "description": "<p>It blinks.</p>",
                    "company_id": company.id,
                    "partner_id": partner.id,
                    "partner_email": partner.email,
                    "stage_id": self.stage_open.id,
                    "user_id": user.id,
                    **vals,
                }
            )
        )
        self.sync()
        return ticket

    def make_order(self, user=None, confirm=True, company=None, **vals):
        """Create an order of an agent and confirm it."""
        user = self.agent if user is None else user
        company = company or self.company
        order = (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "company_id": company.id,
                    "partner_id": self.customer.id,
                    "user_id": user.id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.product.id, "product_uom_qty": 2}
                        )
                    ],
                    **vals,
                }
            )
        )
        if confirm:
            order.action_confirm()
        self.sync()
        return order

    def make_promise(self, document, user=None, tell=True, **vals):
        """Record a promise as an agent, and write it to the customer."""
        user = user or self.agent
        promise = self.model("service.promise", user).create(
            {
                "name": "We repair it",
                "kind": "deadline",
                "res_model": document._name,
                "res_id": document.id,
                "date_due": fields.Datetime.to_string(self.after(hours=2)),
                **vals,
            }
        )
        if tell:
            promise.action_tell_customer()
        self.sync()
        return self.env["service.promise"].browse(promise.id)

    def make_plan(self, model="helpdesk.ticket", rules=(), **vals):
        """Create a plan; ``rules`` are vals of its promises."""
        plan = self.env["service.plan"].create(
            {
                "name": "Test Plan",
                "res_model": model,
                "company_id": self.company.id,
                "rule_ids": [Command.create(rule) for rule in rules],
                **vals,
            }
        )
        self.sync()
        return plan

    def make_template(self, lines=None, **vals):
        """Create a checklist template, by default one required yes/no line."""
        lines = (
            [{"name": "Cause found?", "is_required": True}] if lines is None else lines
        )
        return self.env["service.checklist.template"].create(
            {
                "name": "Test Checklist",
                "line_ids": [Command.create(line) for line in lines],
                **vals,
            }
        )

    def start_checklist(self, document, template=None, user=None):
        """Start a checklist by hand, as an agent."""
        template = template or self.make_template()
        document = self.as_user(document, user or self.agent)
        document.action_service_start_checklist(template.id)
        self.sync()
        return self.env["service.checklist"].search(
            [
                ("res_model", "=", document._name),
                ("res_id", "=", document.id),
                ("template_id", "=", template.id),
            ]
        )

    def agent_message(self, document, body="We are working on it.", user=None, **vals):
        """Send a message to the customer, as an agent does."""
        vals = {
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            "partner_ids": self.customer.ids,
            **vals,
        }
        return self._post(document, user or self.agent, body, **vals)

    def customer_message(self, document, body="Any news?", user=None):
        """Answer in the portal, as the customer does."""
        user = user or self.portal
        message = (
            document.with_user(user)
            .sudo()
            .message_post(
                body=body,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=user.partner_id.id,
            )
        )
        self.sync()
        return message

    def _post(self, document, user, body, **vals):
        message = self.as_user(document, user).message_post(body=body, **vals)
        self.sync()
        return message

    def close(self, document, user=None):
        """Finish a document, as an agent does."""
        document = self.as_user(document, user or self.agent)
        if document._name == "sale.order":
            for line in document.order_line:
                line.qty_delivered = line.product_uom_qty
        else:
            document.stage_id = self.stage_closed
        self.sync()

    def reopen(self, document, user=None):
        """Open a finished document again."""
        document = self.as_user(document, user or self.agent)
        if document._name == "sale.order":
            document.order_line[:1].qty_delivered = 0
        else:
            document.stage_id = self.stage_open
        self.sync()

    def correct(self, promise, outcome, reason="Checked with the customer"):
        """Correct a verdict, as the service manager."""
        self.as_user(promise, self.manager).action_correct(outcome, reason)
        self.sync()

    # ------------------------------------------------------------------
    # Asserts
    # ------------------------------------------------------------------

    def assertOutcome(self, promise, outcome, counted=None):
        """Check the stored outcome, and that it counts (or not)."""
        self.sync()
        promise.invalidate_recordset()
        self.assertEqual(promise.outcome or None, outcome)
        if counted is not None:
            self.assertEqual(promise.is_counted, counted)

    def assertDeletesNothing(self, document, user):
        """A user may not delete a document, and we look nothing up for him first."""
        looked = []
        model = self.registry[document._name]
        with patch.object(model, "_service_is_watched", lambda rows: looked.append(1)):
            with self.assertRaises(AccessError):
                document.with_user(user).unlink()
        self.assertFalse(looked)

    def events_of(self, record):
        """Return the kinds of events about a record, oldest first."""
        self.sync()
        return self.raw_events(record).mapped("kind")

    def raw_events(self, record):
        """Return the events about a record, oldest first."""
        return self.env["service.event"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)], order="id"
        )

    def facts_of(self, records):
        """Return every stored column of records, to see that nothing changed."""
        self.sync()
        self.env.cr.execute(
            f"SELECT * FROM {records._table} WHERE id = ANY(%s) ORDER BY id",
            [records.ids],
        )
        return self.env.cr.dictfetchall()


class ServiceHttpCase(ServiceCase, HttpCase):
    """The same, with a browser's view."""

    def url_open(self, *args, timeout=60, **kwargs):
        return super().url_open(*args, timeout=timeout, **kwargs)


class TourCase(HttpCase):
    """A tour whose pages find their scripts and styles made.

    Odoo waits a minute until the client can start a tour. A database that served no
    page yet makes the bundles in that minute, and forgets them with the transaction
    of the test: half a minute on a busy machine, more than all of it on a slow one.
    """

    page_bundles = CLIENT_BUNDLES

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, extensions in cls.page_bundles.items():
            bundle = cls.env["ir.qweb"]._get_asset_bundle(name)
            for extension in extensions:
                getattr(bundle, extension)()

    @classmethod
    def _make_user(cls, login, groups):
        """Make a user of ``cls.company``, whose password is his login."""
        return new_test_user(
            cls.env,
            login=login,
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            tz="Europe/Budapest",
            lang="en_US",
            email=f"{login}@example.com",
        )

    def start_tour(self, *args, timeout=300, **kwargs):
        return super().start_tour(*args, timeout=timeout, **kwargs)


class HostTests:
    """What holds on every kind of document; for the tests of an adapter.

    ``class TestTask(HostTests, ServiceCase)`` names the ``host`` and the groups an
    agent needs there, and says how such a document is made, finished, opened again
    and cancelled. The tests come with it.
    """

    host = None
    host_groups = ""
    partner_field = "partner_id"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for xmlid in filter(None, cls.host_groups.split(",")):
            (cls.agent + cls.manager).group_ids += cls.env.ref(xmlid)

    def make_document(self, **vals):
        """Create a document of the first agent for the customer."""
        raise NotImplementedError

    def finish(self, document):
        """Finish it, as the agent does; same for the next two."""
        raise NotImplementedError

    def open_again(self, document):
        """Take the finishing back."""
        raise NotImplementedError

    def cancel(self, document):
        """Say that it is no longer wanted."""
        raise NotImplementedError

    def make_served(self, **vals):
        """Create a document on which a plan promises an answer and a deadline."""
        self.make_plan(
            self.host,
            rules=[
                {"name": "Answer", "kind": "response", "hours": 2},
                {"name": "Done", "kind": "deadline", "hours": 4},
            ],
            **vals,
        )
        document = self.make_document()
        self.sync()
        by_kind = {row.kind: row for row in document.service_promise_ids}
        return document, by_kind["response"], by_kind["deadline"]

    def test_joined(self):
        Model = self.env[self.host]
        served = self.env["service.linked.mixin"]._service_document_models()
        self.assertIn(self.host, served)
        fields_used = {Model._service_user_field, Model._service_partner_field}
        self.assertLessEqual(
            fields_used | Model._service_watch_fields, set(Model._fields)
        )
        for name, field in Model._fields.items():
            if name.startswith("service_"):
                self.assertFalse(field.store and field.column_type, name)

    def test_snapshot(self):
        document, answer, deadline = self.make_served()
        for promise in (answer, deadline):
            self.assertEqual(promise.employee_id, self.employee)
            self.assertEqual(promise.partner_id, self.customer)
            self.assertEqual(promise.company_id, self.company)
            self.assertEqual(promise.res_name, document.display_name)

    def test_answer_and_result_in_time(self):
        document, answer, deadline = self.make_served()
        self.wait(hours=1)
        self._post(document, self.agent, "Internal", subtype_xmlid="mail.mt_note")
        self.assertOutcome(answer, None)
        self.agent_message(document)
        self.assertOutcome(answer, "kept", counted=True)
        self.now = deadline.date_due
        self.finish(document)
        self.assertOutcome(deadline, "kept", counted=True)

    def test_a_second_too_late(self):
        document, answer, deadline = self.make_served()
        self.now = deadline.date_due
        self.wait(seconds=1)
        self.agent_message(document)
        self.finish(document)
        self.assertOutcome(answer, "late", counted=True)
        self.assertOutcome(deadline, "late", counted=True)

    def test_refused_deletion_reads_nothing(self):
        """What we look up first must not change what the host says to a stranger."""
        document, _answer, _deadline = self.make_served()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertDeletesNothing(document, self.nobody)

    def test_opened_again(self):
        document, _answer, deadline = self.make_served()
        self.wait(hours=1)
        self.finish(document)
        self.assertOutcome(deadline, "kept")
        self.wait(hours=1)
        self.open_again(document)
        self.assertOutcome(deadline, None)

    def test_cancelled(self):
        document, _answer, deadline = self.make_served()
        self.wait(hours=1)
        self.cancel(document)
        self.assertOutcome(deadline, "withdrawn")

    def test_gate(self):
        template = self.make_template()
        document, _answer, deadline = self.make_served(
            template_ids=[Command.set(template.ids)], is_gate=True
        )
        with self.assertRaisesRegex(UserError, "Cause found"), self.env.cr.savepoint():
            self.finish(document)
        self.assertOutcome(deadline, None)
        line = document.service_checklist_ids.line_ids
        self.as_user(line, self.agent).action_answer(answer="yes")
        self.finish(document)
        self.assertOutcome(deadline, "kept")

    def test_form_shows_the_panel(self):
        arch = self.model(self.host, self.agent).get_view(view_type="form")["arch"]
        self.assertIn("service_quality_panel", arch)

    def test_strangers_see_nothing(self):
        _document, answer, deadline = self.make_served()
        seen = self.model("service.promise", self.nobody)
        with self.assertRaises(AccessError):
            seen.search([("id", "in", (answer + deadline).ids)])
        mine = self.model("service.promise", self.agent)
        self.assertTrue(mine.search([("id", "=", deadline.id)]))
        theirs = self.model("service.promise", self.foreigner)
        self.assertFalse(theirs.search([("id", "in", (answer + deadline).ids)]))
