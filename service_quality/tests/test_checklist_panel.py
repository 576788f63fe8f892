import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.bus.models.ir_websocket import IrWebsocket

from .common import ServiceCase

PANEL_QUERIES = 6
TICK_QUERIES = 8
FOURTEEN = [
    {"name": f"Line {number}", "is_required": number % 2 == 0, "script": "Say it"}
    for number in range(14)
]


class PanelCase(ServiceCase):
    def setUp(self):
        super().setUp()
        self.ticket = self.make_ticket()

    def answer(self, line, user=None, **vals):
        result = self.as_user(line, user or self.agent).action_answer(**vals)
        self.sync()
        return result

    def count_queries(self, records, user, work):
        """Return the queries of one request of a user, commit included."""
        records = self.as_user(records, user)
        work(records)  # fills the registry's cache, as in a server at work
        self.env.cr.flush()
        records = self.as_user(records, user)
        before = self.env.cr.sql_log_count
        with self.assertLogs("odoo.sql_db", "DEBUG") as log:
            work(records)
            self.env.cr.flush()
        count = self.env.cr.sql_log_count - before
        return count, "\n".join(line[:200] for line in log.output)


@tagged("post_install", "-at_install")
class TestPanel(PanelCase):
    """What the panel shows, and what it costs."""

    def test_three_checklists_of_fourteen_lines(self):
        for number in range(3):
            template = self.make_template(FOURTEEN, name=f"List {number}")
            checklist = self.start_checklist(self.ticket, template)
            self.answer(checklist.line_ids[0], answer="yes")
        for user in (self.agent, self.manager):
            with self.subTest(user=user.login):
                queries, asked = self.count_queries(
                    self.ticket, user, lambda doc: doc.get_service_panel_data()
                )
                self.assertLessEqual(queries, PANEL_QUERIES, asked)
                shown = self.as_user(self.ticket, user).get_service_panel_data()
                self.assertEqual(
                    [len(row["lines"]) for row in shown["checklists"]], [14] * 3
                )
                line = shown["checklists"][0]["lines"][0]
                self.assertEqual(line["answered_by"], self.agent.name)

    def test_a_tick(self):
        checklist = self.start_checklist(self.ticket, self.make_template(FOURTEEN))
        answers = iter(["yes", "no"])
        queries, asked = self.count_queries(
            checklist.line_ids[3],
            self.agent,
            lambda line: line.action_answer(answer=next(answers)),
        )
        self.assertLessEqual(queries, TICK_QUERIES, asked)

    def test_an_order(self):
        """The same limits hold where the host knows less about its own state."""
        order = self.make_order()
        for number in range(2):
            self.make_promise(order, name=f"Promise {number}")
        for number in range(3):
            template = self.make_template(FOURTEEN, name=f"List {number}")
            checklist = self.start_checklist(order, template)
            self.answer(checklist.line_ids[0], answer="yes")
        for user in (self.agent, self.manager):
            with self.subTest(user=user.login):
                queries, asked = self.count_queries(
                    order, user, lambda doc: doc.get_service_panel_data()
                )
                self.assertLessEqual(queries, PANEL_QUERIES, asked)
        answers = iter(["yes", "no"])
        queries, asked = self.count_queries(
            checklist.line_ids[3],
            self.agent,
            lambda line: line.action_answer(answer=next(answers)),
        )
        self.assertLessEqual(queries, TICK_QUERIES, asked)

    def test_a_new_name_is_shown(self):
        checklist = self.start_checklist(self.ticket)
        self.answer(checklist.line_ids, answer="yes")
        self.agent.partner_id.name = "Renamed"
        shown = self.as_user(self.ticket, self.agent).get_service_panel_data()
        self.assertEqual(shown["checklists"][0]["lines"][0]["answered_by"], "Renamed")

    def test_a_new_name_of_an_employee_is_shown(self):
        self.make_promise(self.ticket)
        self.as_user(self.ticket, self.agent).get_service_panel_data()
        for record in (self.employee, self.employee.resource_id):
            record.name = f"Renamed {record._name}"
            shown = self.as_user(self.ticket, self.agent).get_service_panel_data()
            self.assertEqual(shown["promises"][0]["employee"], record.name)

    def test_own_work_is_known_after_a_change_of_employees(self):
        """Nobody waives his own, also when it became his own a moment ago."""
        self.start_checklist(self.ticket)

        def may_waive():
            shown = self.as_user(self.ticket, self.manager).get_service_panel_data()
            return shown["checklists"][0]["can_waive"]

        self.assertTrue(may_waive())
        self.manager.employee_ids.user_id = False
        self.employee.user_id = self.manager
        self.assertFalse(may_waive())

    def test_list_of_documents(self):
        """The columns of a list cost the same for two documents and for eighty."""
        template = self.make_template()
        spec = {"service_checklist_state": {}, "service_checklist_progress": {}}
        for make in (self.make_ticket, self.make_order):
            documents = make()
            documents = documents.union(*(make() for _number in range(79)))
            for document in documents:
                self.start_checklist(document, template)
            few, many = (
                self.count_queries(rows, self.manager, lambda rows: rows.web_read(spec))
                for rows in (documents[:2], documents)
            )
            with self.subTest(model=documents._name):
                self.assertEqual(few[0], many[0], many[1])

    def test_columns_of_a_list(self):
        one, other = self.make_ticket(name="One"), self.make_ticket(name="Other")
        two = [{"name": "A", "is_critical": True}, {"name": "B"}]
        checklist = self.start_checklist(self.ticket, self.make_template(two))
        self.start_checklist(self.ticket, self.make_template())
        done = self.start_checklist(one, self.make_template())
        self.answer(done.line_ids, answer="yes")
        self.answer(checklist.line_ids[1], answer="yes")

        def columns(ticket):
            row = self.as_user(ticket, self.agent)
            return row.service_checklist_state, row.service_checklist_progress

        self.assertEqual(columns(other), (False, 0))
        self.assertEqual(columns(one), ("passed", 100))
        self.assertEqual(columns(self.ticket), ("todo", 33))
        self.answer(checklist.line_ids[0], answer="no", comment="It was wet")
        self.assertEqual(columns(self.ticket), ("failed", 67))

    def test_five_hundred_lines_and_strange_titles(self):
        title = "<b>bold</b><script>alert(1)</script>"
        lines = [{"name": f"{title} {number}"} for number in range(500)]
        checklist = self.start_checklist(self.ticket, self.make_template(lines))
        shown = self.as_user(self.ticket, self.agent).get_service_panel_data()
        rows = shown["checklists"][0]["lines"]
        self.assertEqual(len(rows), 500)
        self.assertEqual(rows[0]["name"], f"{title} 0")
        shown = self.answer(checklist.line_ids[499], answer="yes")
        self.assertTrue(shown["is_answered"])
        self.assertEqual(checklist.answered_count, 1)

    def test_who_sees_it(self):
        self.start_checklist(self.ticket)
        for user in (self.agent2, self.nobody, self.portal, self.foreigner):
            for method in ("get_service_panel_data", "get_service_checklists"):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    getattr(self.as_user(self.ticket, user), method)()

    def test_template_archived_while_in_use(self):
        template = self.make_template()
        checklist = self.start_checklist(self.ticket, template)
        template.active = False
        self.answer(checklist.line_ids, answer="yes")
        self.assertEqual(checklist.state, "passed")
        shown = self.as_user(self.ticket, self.agent).get_service_panel_data()
        self.assertNotIn(template.id, [row["id"] for row in shown["templates"]])

    def test_who_may_waive_is_told(self):
        self.start_checklist(self.ticket)
        may = {
            user: self.as_user(self.ticket, user).get_service_panel_data()
            for user in (self.agent, self.manager)
        }
        self.assertFalse(may[self.agent]["checklists"][0]["can_waive"])
        self.assertTrue(may[self.manager]["checklists"][0]["can_waive"])


@tagged("post_install", "-at_install")
class TestAnswerRules(PanelCase):
    """Why-comments, lines that always apply, and answers that change nothing."""

    def line(self, **vals):
        template = self.make_template([{"name": "Line", **vals}])
        return self.start_checklist(self.ticket, template).line_ids

    def test_low_answers_need_a_why(self):
        asked = {
            "check": ({"answer": "no"}, {"answer": "yes"}),
            "score": ({"value": 5}, {"value": 6}),
            "balance": ({"value": 1}, {"value": 0}),
        }
        for kind, (low, fine) in asked.items():
            line = self.line(kind=kind, comment_rule="low")
            with self.subTest(kind=kind):
                for comment in (None, "", "   "):
                    with self.assertRaises(ValidationError):
                        self.answer(line, comment=comment, **low)
                self.assertFalse(line.is_answered)
                self.answer(line, **fine)
                self.answer(line, answer="na")
                self.answer(line, comment="Nobody called", **low)
                self.assertEqual(line.comment, "Nobody called")

    def test_what_fails_the_checklist_needs_a_why(self):
        """Whatever the template says; on both sides of the border."""
        for kind, bad, good in (
            ("check", {"answer": "no"}, {"answer": "na"}),
            ("score", {"value": 5}, {"value": 6}),
            ("balance", {"value": 2}, {"value": 1}),
            ("balance", {"value": -2}, {"value": -1}),
        ):
            with self.subTest(kind=kind, answer=bad):
                line = self.line(kind=kind, is_critical=True)
                # Not critical: no why is needed
                other = self.line(kind=kind)
                self.as_user(other, self.agent).action_answer(**bad)
                mine = self.as_user(line, self.agent)
                for comment in (None, "", "  "):
                    with self.assertRaisesRegex(ValidationError, "say why"):
                        mine.action_answer(**bad, comment=comment)
                self.assertFalse(line.is_answered)
                self.assertEqual(line.checklist_id.state, "todo")
                self.assertFalse(self.events_of(line.checklist_id))
                mine.action_answer(**bad, comment="It was wet")
                self.assertEqual(line.checklist_id.state, "failed")
                # Nor can the why be taken away afterwards
                with self.assertRaisesRegex(ValidationError, "say why"):
                    mine.action_answer(**bad)
                self.assertEqual(line.comment, "It was wet")
                mine.action_answer(**good)
                self.assertNotEqual(line.checklist_id.state, "failed")

    def test_always_a_why(self):
        line = self.line(comment_rule="always")
        for vals in ({"answer": "yes"}, {"answer": "na"}):
            with self.assertRaises(ValidationError):
                self.answer(line, **vals)
        self.answer(line, answer="yes", comment="Seen")
        self.answer(line)
        self.assertFalse(line.is_answered, "taking back needs no why")

    def test_a_line_that_always_applies(self):
        line = self.line(is_na_allowed=False)
        with self.assertRaises(ValidationError):
            self.answer(line, answer="na")
        self.answer(line, answer="no")

    def test_same_answer_again_changes_nothing(self):
        line = self.line()
        self.answer(line, answer="yes", comment="Seen")
        facts, events = self.facts_of(line), self.events_of(line.checklist_id)
        self.wait(minutes=5)
        shown = self.answer(line, user=self.manager, answer="yes", comment="Seen")
        self.assertEqual(shown["answered_by"], self.agent.name)
        self.assertEqual(self.facts_of(line), facts)
        self.assertEqual(self.events_of(line.checklist_id), events)

    def test_stale_panel_and_form(self):
        """Whoever answers an old picture overwrites nothing unseen."""
        line = self.line()
        panel = self.as_user(self.ticket, self.agent).get_service_panel_data()
        self.assertFalse(panel["checklists"][-1]["lines"][0]["is_answered"])
        self.answer(line, user=self.manager, answer="no", comment="Wet")
        self.wait(minutes=1)
        shown = self.answer(line, answer="yes")
        self.assertEqual((shown["answer"], shown["comment"]), ("yes", ""))
        events = self.raw_events(line.checklist_id)
        self.assertEqual(
            [(row.old_value or "", row.new_value, row.create_uid) for row in events],
            [("", "no", self.manager), ("no", "yes", self.agent)],
        )
        self.assertIn("Wet", events[-1].note)
        # A form that was open all the time saves its own fields and nothing of ours
        self.as_user(self.ticket, self.agent).web_save(
            {"name": "New name"}, {"service_checklist_ids": {"fields": {"state": {}}}}
        )
        self.assertEqual((line.answer, line.answered_by_id), ("yes", self.agent))

    def test_what_was_said_before_stays_known(self):
        line = self.line()
        self.answer(line, answer="no", comment="The fuse")
        self.answer(line, user=self.manager, answer="no", comment="The cable")
        event = self.raw_events(line.checklist_id)[-1]
        self.assertIn("The fuse", event.note)
        self.assertEqual(event.create_uid, self.manager)


@tagged("post_install", "-at_install")
class TestProof(PanelCase):
    def setUp(self):
        super().setUp()
        self.checklist = self.start_checklist(self.ticket)
        self.line = self.checklist.line_ids

    def upload(self, user=None, **vals):
        """Upload a file as the panel does: for a line, none yet."""
        model = self.model("ir.attachment", user or self.agent)
        vals = {
            "name": "photo.png",
            "raw": b"PNG",
            "res_model": self.line._name,
            **vals,
        }
        return model.create({"res_id": 0, **vals}).id

    def attach(self, ids, user=None):
        return self.as_user(self.line, user or self.agent).action_attach(ids)

    def test_attach_and_detach(self):
        shown = self.attach([self.upload()])
        (proof,) = shown["proofs"]
        self.assertEqual((proof["name"], proof["is_mine"]), ("photo.png", True))
        event = self.raw_events(self.checklist)[-1]
        self.assertEqual((event.kind, event.new_value), ("attached", "photo.png"))
        file = self.env["ir.attachment"].browse(proof["id"])
        self.assertIn(file.checksum, event.note)
        panel = self.as_user(self.ticket, self.agent).get_service_panel_data()
        self.assertEqual(panel["checklists"][0]["lines"][0]["proofs"], [proof])
        self.as_user(self.line, self.agent).action_detach(proof["id"])
        self.assertFalse(file.exists() or self.line.proof_count)
        self.assertEqual(self.events_of(self.checklist)[-1], "detached")

    def test_who_reads_a_proof(self):
        (proof,) = self.attach([self.upload()])["proofs"]
        file = self.env["ir.attachment"].browse(proof["id"])
        for user in (self.agent, self.manager):
            self.assertTrue(self.as_user(file, user).read(["name", "raw"]))
        for user in (self.agent2, self.nobody, self.portal, self.foreigner):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.as_user(file, user).read(["name", "raw"])

    def test_no_other_door(self):
        (proof,) = self.attach([self.upload()])["proofs"]
        file = self.as_user(self.env["ir.attachment"].browse(proof["id"]), self.agent)
        for work in (
            lambda: file.write({"raw": b"other"}),
            lambda: file.write({"res_id": 0}),
            lambda: file.unlink(),
            lambda: self.upload(res_id=self.line.id),
        ):
            with self.assertRaises(AccessError):
                work()
        for user in (self.manager, self.agent2):
            with self.assertRaises(AccessError):
                self.as_user(self.line, user).action_detach(proof["id"])

    def test_files_of_other_records(self):
        other = self.start_checklist(self.make_ticket(), self.make_template())
        strange = {
            "somebody else's": self.upload(user=self.manager),
            "of a ticket": self.upload(
                res_model="helpdesk.ticket", res_id=self.ticket.id
            ),
            "for another model": self.upload(res_model="helpdesk.ticket"),
            "a link": self.upload(type="url", url="http://example.com", raw=False),
        }
        mine = self.upload()
        self.as_user(other.line_ids, self.agent).action_attach([mine])
        strange["of another line"] = mine
        for name, file_id in strange.items():
            with self.subTest(name), self.assertRaises(AccessError):
                self.attach([file_id])
        for ids in (None, [], [10**9], "1", [True], ["1"], [0], [-1], {"a": 1}):
            with (
                self.subTest(ids=ids),
                self.assertRaises(UserError),
            ):
                self.attach(ids)
        self.assertFalse(self.line.proof_count)

    def test_limit(self):
        with self.assertRaises(ValidationError):
            self.attach([self.upload() for _number in range(21)])

    def test_closed_and_others(self):
        mine = self.upload()
        for user in (self.agent2, self.nobody, self.portal):
            with self.assertRaises(AccessError):
                self.attach([mine], user=user)
        self.close(self.ticket)
        with self.assertRaises(UserError):
            self.attach([mine])


@tagged("post_install", "-at_install")
class TestBus(PanelCase):
    """Who hears of a tick: those who may read the document, and only of numbers."""

    def channels(self, user, names):
        socket = self.model("ir.websocket", user)
        parent = patch.object(
            IrWebsocket, "_build_bus_channel_list", lambda _self, channels: channels
        )
        with parent:  # needs a browser; ours is what is tried here
            channels = socket._build_bus_channel_list(names)
        return [
            row
            for row in channels
            if isinstance(row, tuple) and row[1:] == ("service_quality",)
        ]

    def test_subscription(self):
        name = f"service_quality:helpdesk.ticket:{self.ticket.id}"
        expected = [(self.ticket, "service_quality")]
        for user in (self.agent, self.manager):
            with self.subTest(user=user.login):
                self.assertEqual(self.channels(user, [name, "own"]), expected)
        for user in (self.agent2, self.nobody, self.portal, self.foreigner):
            with self.subTest(user=user.login):
                self.assertEqual(self.channels(user, [name, "own"]), [])

    def test_bad_names(self):
        for name in (
            "service_quality:",
            "service_quality:res.users:1",
            "service_quality:helpdesk.ticket:",
            "service_quality:helpdesk.ticket:-1",
            "service_quality:helpdesk.ticket:1 OR 1=1",
            "service_quality:helpdesk.ticket:99999999999999999999",
            "service_quality:helpdesk.ticket:999999999",
            "service_quality:no.such.model:1",
        ):
            with self.subTest(name):
                self.assertEqual(self.channels(self.agent, [name]), [])

    def test_message_holds_numbers_only(self):
        checklist = self.start_checklist(self.ticket)
        self.env["bus.bus"].sudo().search([]).unlink()
        self.answer(checklist.line_ids, answer="yes", comment="Secret")
        rows = self.env["bus.bus"].sudo().search([])
        ours = [row for row in rows if "service_quality" in row.channel]
        self.assertEqual(len(ours), 1)
        self.assertEqual(
            json.loads(ours[0].channel)[1:],
            ["helpdesk.ticket", self.ticket.id, "service_quality"],
        )
        self.assertEqual(
            json.loads(ours[0].message)["payload"],
            {
                "res_model": "helpdesk.ticket",
                "res_id": self.ticket.id,
                "checklist_id": checklist.id,
                "version": checklist.answer_version,
            },
        )

    def test_waiving_is_told(self):
        checklist = self.start_checklist(self.ticket)
        self.env["bus.bus"].sudo().search([]).unlink()
        self.as_user(checklist, self.manager).action_waive("Emergency")
        self.sync()
        rows = self.env["bus.bus"].sudo().search([])
        self.assertTrue([row for row in rows if "service_quality" in row.channel])
