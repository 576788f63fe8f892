from collections import defaultdict

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import tagged

from .common import SEALED, ServiceCase


@tagged("post_install", "-at_install")
class TestAccess(ServiceCase):
    """Who sees and does what, through every door of the ORM that RPC opens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.public = cls.env.ref("base.public_user")
        export = cls.env.ref("base.group_allow_export")
        people = cls.agent + cls.agent2 + cls.leader + cls.manager + cls.admin
        export.user_ids += people + cls.foreigner + cls.nobody

    def setUp(self):
        super().setUp()
        self.documents = {
            "ticket": self.make_ticket(),
            "ticket2": self.make_ticket(user=self.agent2),
            "order": self.make_order(),
            "order2": self.make_order(user=self.agent2),
            "foreign": self.make_ticket(
                company=self.other_company, user=self.foreigner
            ),
        }
        self.owners = {
            "ticket": self.agent,
            "ticket2": self.agent2,
            "order": self.agent,
            "order2": self.agent2,
            "foreign": self.foreigner,
        }
        template = self.make_template()
        #: model -> name of the document -> row
        self.rows = defaultdict(dict)
        for name, document in self.documents.items():
            user = self.owners[name]
            promise = self.make_promise(document, user=user, tell=False)
            checklist = self.start_checklist(document, template, user=user)
            vals = document._service_snapshot_vals()
            self.rows["service.promise"][name] = promise
            self.rows["service.event"][name] = self.raw_events(promise)
            self.rows["service.checklist"][name] = checklist
            self.rows["service.checklist.line"][name] = checklist.line_ids
            self.rows["service.feedback"][name] = (
                self.env["service.feedback"]
                ._service_unseal()
                .create({**vals, "date_answered": self.now, "satisfaction": 50})
            )
            self.rows["service.wow"][name] = (
                self.env["service.wow"]
                ._service_unseal()
                .create({**vals, "name": "Came back at night", "date": self.now})
            )
            self.rows["service.silent.customer"][name] = (
                self.env["service.silent.customer"]
                ._service_unseal()
                .create({**vals, "date_event": self.now})
            )
            self.rows["service.recovery"][name] = (
                self.env["service.recovery"]
                ._service_unseal()
                .create(
                    {
                        **vals,
                        "trigger": "missed",
                        "date_opened": self.now,
                        "date_due": self.now,
                    }
                )
            )
            self.rows["service.invitation"][name] = (
                self.env["service.invitation"]
                ._service_unseal()
                .create(
                    {
                        **vals,
                        "survey_id": self.env.ref("service_quality.survey_service").id,
                        "date_planned": self.now,
                    }
                )
            )
        for rows in self.rows.values():
            # Without the right of whoever made them.
            rows.update({key: row.with_env(self.env) for key, row in rows.items()})
        self.sync()
        mine, others = {"ticket", "order"}, {"ticket2", "order2"}
        self.visible = {
            self.agent: mine,
            self.agent2: others,
            self.leader: mine,
            self.manager: mine | others,
            self.admin: mine | others,
            self.foreigner: {"foreign"},
        }
        self.outsiders = self.nobody + self.portal + self.public

    # ------------------------------------------------------------------
    # Doors: (model, ids) -> ids that come out
    # ------------------------------------------------------------------

    def _doors(self, Model, ids):
        """Yield (name of the door, ids it lets through)."""
        domain = [("id", "in", ids)]
        yield "search", Model.search(domain).ids
        yield "search_read", [row["id"] for row in Model.search_read(domain, ["id"])]
        yield (
            "web_search_read",
            [row["id"] for row in Model.web_search_read(domain, {"id": {}})["records"]],
        )
        yield "name_search", [row[0] for row in Model.name_search("", domain, limit=99)]
        aggregates = ["id:array_agg"]
        groups = Model.formatted_read_group(domain, ["company_id"], aggregates)
        yield "formatted_read_group", self._ids_of(groups)
        groups = Model.web_read_group(domain, ["company_id"], aggregates)["groups"]
        yield "web_read_group", self._ids_of(groups)
        exported = Model.search(domain).export_data([".id"])["datas"]
        yield "export_data", [int(row[0]) for row in exported]

    def _ids_of(self, groups):
        return [row_id for group in groups for row_id in group["id:array_agg"] or ()]

    def test_a_whole_row_is_read(self):
        """With every field it offers him: none leads where he may not go."""
        for name, rows in self.rows.items():
            for user, seen in self.visible.items():
                with self.subTest(model=name, user=user.login):
                    ids = [row_id for key in seen for row_id in rows[key].ids]
                    found = self.model(name, user).browse(ids).read()
                    self.assertEqual([row["id"] for row in found], ids)

    def test_reading_follows_the_document(self):
        for name, rows in self.rows.items():
            all_ids = [row_id for row in rows.values() for row_id in row.ids]
            for user, seen in self.visible.items():
                Model = self.model(name, user)
                expected = {i for key in seen for i in rows[key].ids}
                for door, ids in self._doors(Model, all_ids):
                    with self.subTest(model=name, user=user.login, door=door):
                        self.assertEqual(set(ids), expected)
                self.assertEqual(
                    Model.search_count([("id", "in", all_ids)]), len(expected)
                )

    def test_reading_by_id(self):
        """Knowing an id opens nothing; own rows open, one forbidden spoils all."""
        for name, rows in self.rows.items():
            for user, seen in self.visible.items():
                Model = self.model(name, user)
                for key, row in rows.items():
                    record = Model.browse(row.ids)
                    doors = {
                        "read": lambda r=record: r.read(["display_name"]),
                        "web_read": lambda r=record: r.web_read({"display_name": {}}),
                        "export_data": lambda r=record: r.export_data(["display_name"]),
                        "attribute": lambda r=record: r[:1][
                            "create_date" if r._log_access else "name"
                        ],
                    }
                    if user not in self.agent + self.leader:
                        doors = {"read": doors["read"]}
                    for door, work in doors.items():
                        self.env.invalidate_all()
                        with self.subTest(
                            model=name, user=user.login, door=door, row=key
                        ):
                            if key in seen:
                                self.assertTrue(work())
                            else:
                                with self.assertRaises(AccessError):
                                    work()

    def test_one_forbidden_row_in_a_batch(self):
        for rows in self.rows.values():
            both = rows["ticket"] + rows["ticket2"]
            with self.assertRaises(AccessError):
                self.as_user(both, self.agent).read(["display_name"])

    def test_forbidden_values_cannot_be_guessed(self):
        """Neither a filter nor a sort nor a group tells about unseen rows."""
        hidden = self.rows["service.promise"]["ticket2"]
        Promise = self.model("service.promise", self.agent)
        for domain in (
            [("id", "=", hidden.id)],
            [("res_id", "=", hidden.res_id), ("res_model", "=", hidden.res_model)],
            [("employee_id", "=", self.employee2.id)],
            [("event_ids.kind", "=", "made"), ("id", "=", hidden.id)],
            ["|", ("id", "=", hidden.id), ("id", "=", 0)],
            ["!", ("id", "!=", hidden.id)],
        ):
            with self.subTest(domain=domain):
                self.assertFalse(Promise.search(domain))
                self.assertFalse(Promise.with_context(active_test=False).search(domain))

    def test_outsiders(self):
        for name in (*SEALED, "service.quality.report", "service.plan"):
            rows = self.rows.get(name, {}).get("ticket")
            for user in self.outsiders:
                Model = self.model(name, user)
                with self.subTest(model=name, user=user.login):
                    for work in (
                        lambda m=Model: m.search([]),
                        lambda m=Model: m.search_count([]),
                        lambda m=Model: m.search_read([], ["id"]),
                        lambda m=Model: m.web_search_read([], {"id": {}}),
                        lambda m=Model: m.formatted_read_group([], [], ["__count"]),
                        lambda m=Model: m.name_search(""),
                    ):
                        with self.assertRaises(AccessError):
                            work()
                    if rows:
                        with self.assertRaises(AccessError):
                            Model.browse(rows.ids).read(["id"])

    def test_customer_sees_nothing_through_his_ticket(self):
        ticket = self.documents["ticket"]
        for user in (self.portal, self.nobody):
            document = self.as_user(ticket, user)
            for name in (
                "service_promise_ids",
                "service_checklist_ids",
                "service_feedback_ids",
                "service_promise_count",
            ):
                with self.subTest(user=user.login, name=name):
                    with self.assertRaises(AccessError):
                        document.read([name])
                    self.assertNotIn(name, document.fields_get())
            with self.assertRaises(AccessError):
                document.search([("service_promise_ids.name", "ilike", "repair")])
            with self.assertRaises(AccessError):
                document.get_service_panel_data()

    def test_number_on_the_button_is_what_it_opens(self):
        """Counted without the rules, so they are compared with them here."""
        ticket, order = self.make_ticket(), self.make_order()
        for document in (ticket, order):
            for _ in range(2):
                self.make_promise(document)
        companies = self.company + self.other_company
        self.manager.company_ids += companies
        for user in (self.agent, self.manager):
            for active in (self.company, self.other_company, companies):
                if not active <= user.company_ids:
                    continue
                context = {"allowed_company_ids": active.ids}
                for document in (ticket, order):
                    mine = self.as_user(document, user).with_context(**context)
                    if not mine.has_access("read"):
                        continue
                    action = mine.action_service_open_promises()
                    opened = mine.env["service.promise"].search(action["domain"])
                    [number] = mine.read(["service_promise_count"])
                    with self.subTest(user=user.login, active=active.ids):
                        self.assertEqual(number["service_promise_count"], len(opened))
        elsewhere = ticket.with_context(allowed_company_ids=self.other_company.ids)
        self.assertEqual(elsewhere.service_promise_count, 0)
        self.assertGreaterEqual(ticket.service_promise_count, 2)

    def test_portal_employee_is_still_an_outsider(self):
        """Being led by somebody, or leading, needs the group as well."""
        self.nobody.employee_ids.child_ids = self.employee
        self.sync()
        with self.assertRaises(AccessError):
            self.model("service.promise", self.nobody).search([])

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def test_nobody_writes_facts(self):
        """No write, no delete, not even for the administrator of everything."""
        root = self.env.ref("base.user_admin")
        root.company_ids += self.company
        users = list(self.visible) + list(self.outsiders) + [root]
        for name in SEALED:
            row = self.rows[name]["ticket"][:1]
            facts = self.facts_of(row)
            for user in users:
                record = self.as_user(row, user)
                with self.subTest(model=name, user=user.login):
                    for work in (
                        lambda r=record: r.write({"create_date": "2020-01-01"}),
                        lambda r=record: r.web_save({"company_id": 1}, {"id": {}}),
                        lambda r=record: r.unlink(),
                        lambda r=record: r.copy(),
                        lambda r=record: r.web_save_multi(
                            [{"company_id": 1}] * len(r), {"id": {}}
                        ),
                    ):
                        with self.assertRaises(UserError), self.env.cr.savepoint():
                            work()
                            self.env.flush_all()
                    self.env.invalidate_all()
            self.assertEqual(self.facts_of(row), facts)

    def test_report_is_read_only(self):
        Report = self.model("service.quality.report", self.admin)
        row = Report.search([], limit=1)
        for work in (
            lambda: row.write({"rate": 1}),
            lambda: row.unlink(),
            lambda: Report.create({"rate": 1}),
        ):
            with self.assertRaises(AccessError):
                work()

    def test_configuration_is_the_administrators(self):
        template = self.make_template()
        plan = self.make_plan(rules=[{"name": "Solved", "hours": 1}])
        survey = self.env.ref("service_quality.survey_service")
        rows = (template, template.line_ids, plan, plan.rule_ids, survey)
        for row in rows:
            for user in self.agent + self.leader + self.manager + self.outsiders:
                with self.subTest(model=row._name, user=user.login):
                    for work in (
                        lambda r=row, u=user: self.as_user(r, u).write({"sequence": 1}),
                        lambda r=row, u=user: self.as_user(r, u).unlink(),
                        lambda r=row, u=user: self.as_user(r, u).copy(),
                    ):
                        with self.assertRaises(AccessError):
                            work()
        for row in rows[:-1]:
            self.as_user(row, self.admin).write({"sequence": 7})
            self.assertEqual(row.sequence, 7)
        with self.assertRaises(AccessError):
            self.as_user(survey, self.admin).write({"title": "x"})

    def test_who_reads_the_configuration(self):
        template = self.make_template()
        plan = self.make_plan()
        survey = self.env.ref("service_quality.survey_service")
        self.as_user(template, self.agent).read(["name"])
        for row in (plan, survey):
            self.as_user(row, self.manager).read(["display_name"])
            with self.assertRaises(AccessError):
                self.as_user(row, self.agent).read(["display_name"])
        for row in (
            self.make_template(company_id=self.other_company.id),
            self.make_plan(company_id=self.other_company.id),
        ):
            self.assertFalse(
                self.model(row._name, self.admin).search([("id", "=", row.id)])
            )
            with self.assertRaises(AccessError):
                self.as_user(row, self.admin).write({"name": "x"})

    # ------------------------------------------------------------------
    # Figures about people
    # ------------------------------------------------------------------

    def _report_people(self, user, **vals):
        rows = self.model("service.quality.report", user).search_read(
            [("res_id", "in", [d.id for d in self.documents.values()])], ["employee_id"]
        )
        return {row["employee_id"][0] for row in rows if row["employee_id"]}

    def test_report_shows_self_led_and_all(self):
        """Figures follow people, not documents."""
        ticket = self.documents["ticket"]
        self.make_promise(ticket, user=self.manager, tell=False)
        managers = self.manager.employee_ids
        both = self.employee + self.employee2
        self.assertEqual(self._report_people(self.agent), set(self.employee.ids))
        self.assertEqual(self._report_people(self.agent2), set(self.employee2.ids))
        self.assertEqual(self._report_people(self.leader), set(self.employee.ids))
        self.assertEqual(self._report_people(self.manager), set((both + managers).ids))
        self.assertEqual(
            self._report_people(self.foreigner), set(self.foreigner.employee_ids.ids)
        )

    def test_report_through_every_door(self):
        Report = self.env["service.quality.report"]
        promise = self.rows["service.promise"]
        ids = [row.id * 4 for row in promise.values()]
        for user, seen in self.visible.items():
            expected = {promise[key].id * 4 for key in seen}
            for door, found in self._doors(self.as_user(Report, user), ids):
                with self.subTest(user=user.login, door=door):
                    self.assertEqual(set(found), expected)
            hidden = [i for i in ids if i not in expected]
            with self.assertRaises(AccessError):
                self.as_user(Report.browse(hidden[:1]), user).read(["rate"])

    def test_leader_of_a_leader(self):
        boss = self.make_user("sq_boss", "service_quality.group_user")
        self.leader.employee_ids.parent_id = boss.employee_ids
        self.sync()
        self.assertEqual(self._report_people(boss), set(self.employee.ids))
        self.assertEqual(self._report_people(self.leader), set(self.employee.ids))

    def test_leader_of_somebody_who_left(self):
        self.employee.active = False
        self.sync()
        self.assertEqual(self._report_people(self.leader), set(self.employee.ids))

    def test_figures_on_the_employee(self):
        """Computed from what the reader may see."""
        promise = self.rows["service.promise"]["ticket"]
        promise._service_unseal()._service_settle("closed", self.now)
        self.env["service.promise"]._service_unseal().browse(
            promise.id
        ).date_told = self.now
        self.sync()
        hr = "hr.group_hr_user"
        officer = self.make_user("sq_hr", f"{hr},service_quality.group_user")
        officer2 = self.make_user("sq_hr2", f"{hr},service_quality.group_manager")
        seen = [
            self.as_user(self.employee, user).service_promise_count
            for user in (officer, officer2)
        ]
        self.assertEqual(seen, [0, 1])

    # ------------------------------------------------------------------
    # Methods
    # ------------------------------------------------------------------

    def test_methods_of_the_document(self):
        template = self.make_template()
        for user in self.agent2 + self.leader + self.outsiders:
            for key in ("ticket", "order"):
                document = self.as_user(self.documents[key], user)
                with self.subTest(user=user.login, document=key):
                    for work in (
                        lambda d=document: d.get_service_panel_data(),
                        lambda d=document: d.action_service_record_promise(),
                        lambda d=document: d.action_service_start_checklist(
                            template.id
                        ),
                        lambda d=document: d.action_service_send_survey(),
                    ):
                        with self.assertRaises(AccessError):
                            work()

    def test_panel_shows_what_the_reader_may_see(self):
        data = self.as_user(
            self.documents["ticket"], self.agent
        ).get_service_panel_data()
        self.assertEqual(len(data["promises"]), 1)
        self.assertEqual(len(data["checklists"]), 1)
        self.assertTrue(data["can_write"])
        self.assertEqual(data["now"], fields.Datetime.to_string(self.now))

    def test_panel_of_a_reader(self):
        """Who may only read the document gets no buttons."""
        ticket = self.documents["ticket"]
        ticket.message_subscribe(self.leader.partner_id.ids)
        data = self.as_user(ticket, self.leader).get_service_panel_data()
        self.assertFalse(data["can_write"])
        with self.assertRaises(AccessError):
            self.make_promise(ticket, user=self.leader)

    def test_dashboard_is_for_users(self):
        for user in self.outsiders:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.model("service.dashboard", user).get_data({})

    def test_private_methods_stay_private(self):
        """What changes facts cannot be called over RPC."""
        for name, method in (
            ("service.promise", "_service_unseal"),
            ("service.promise", "_service_record"),
            ("service.promise", "_service_settle"),
            ("service.promise", "_service_mark_told"),
            ("service.event", "_service_log"),
            ("service.checklist", "_service_start"),
            ("service.feedback", "_service_from_survey"),
            ("service.invitation", "_cron_send"),
            ("service.dashboard", "_export_xlsx"),
            ("helpdesk.ticket", "_service_sync"),
            ("res.users", "_service_led_employees"),
        ):
            with (
                self.subTest(model=name, method=method),
                self.assertRaises(AccessError),
            ):
                get_public_method(self.env[name], method)

    def test_wizard_is_ones_own(self):
        wizard = self.model("service.promise.wizard", self.agent).create(
            {
                "res_model": "helpdesk.ticket",
                "res_id": self.documents["ticket"].id,
                "name": "Secret",
            }
        )
        for user in (self.agent2, self.manager, self.admin):
            found = self.model("service.promise.wizard", user).search([])
            self.assertNotIn(wizard.id, found.ids)
            with self.assertRaises(AccessError):
                self.as_user(wizard, user).read(["name"])

    def test_events_of_documents_follow_the_document(self):
        """What the customer said on an unseen ticket stays unseen."""
        for key, reader, other in (
            ("ticket", self.agent, self.agent2),
            ("order", self.agent, self.agent2),
        ):
            document = self.documents[key]
            self.customer_message(document, "Do not tell your colleagues")
            event = self.raw_events(document)
            self.assertEqual(event.note, "Do not tell your colleagues")
            self.assertTrue(self.as_user(event, reader).read(["note"]))
            for user in (other, self.leader):
                with self.assertRaises(AccessError):
                    self.as_user(event, user).read(["note"])
                found = self.model("service.event", user).search(
                    [("id", "=", event.id)]
                )
                self.assertFalse(found)
