from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ServiceCase

LINES = [
    {"name": "Before", "display_type": "line_section", "sequence": 10},
    {"name": "Explained?", "is_required": True, "script": "Dear ...", "sequence": 20},
    {"name": "After", "display_type": "line_section", "sequence": 30},
    {
        "name": "How clear?",
        "kind": "score",
        "weight": 2,
        "comment_rule": "low",
        "is_na_allowed": False,
        "sequence": 40,
    },
    {"name": "Enough?", "kind": "balance", "sequence": 50},
]


@tagged("post_install", "-at_install")
class TestChecklistTemplate(ServiceCase):
    def setUp(self):
        super().setUp()
        self.template = self.make_template(LINES, pass_score=0.5)

    def translate(self, record, name, lang, text):
        self.env["res.lang"]._activate_lang(lang)
        record.update_field_translations(name, {lang: text})

    # ------------------------------------------------------------------
    # What a checklist copies
    # ------------------------------------------------------------------

    def test_sections_and_rules_are_copied(self):
        checklist = self.start_checklist(self.make_ticket(), self.template)
        self.assertEqual(
            checklist.line_ids.mapped(lambda line: (line.section, line.name)),
            [
                ("Before", "Explained?"),
                ("After", "How clear?"),
                ("After", "Enough?"),
            ],
        )
        clear = checklist.line_ids[1]
        self.assertEqual(
            (clear.kind, clear.weight, clear.comment_rule, clear.is_na_allowed),
            ("score", 2.0, "low", False),
        )
        self.assertEqual(checklist.line_ids[0].script, "Dear ...")
        self.assertEqual((checklist.pass_score, checklist.template_version), (0.5, 1))
        self.assertEqual((checklist.line_count, self.template.line_count), (3, 3))

    def test_line_before_every_section(self):
        self.template.line_ids[0].sequence = 25
        checklist = self.start_checklist(self.make_ticket(), self.template)
        self.assertEqual(
            checklist.line_ids.mapped("section"), [False, "After", "After"]
        )

    def test_only_sections(self):
        template = self.make_template([LINES[0]])
        self.assertFalse(self.start_checklist(self.make_ticket(), template))
        self.make_plan(template_ids=[Command.set(template.ids)])
        self.assertFalse(self.make_ticket().service_checklist_ids)

    def test_texts_stay_in_every_language(self):
        section, question = self.template.line_ids[:2]
        self.translate(self.template, "name", "hu_HU", "Lista")
        self.translate(section, "name", "hu_HU", "Előtte")
        self.translate(question, "name", "hu_HU", "Elmondtuk?")
        self.translate(question, "script", "hu_HU", "Kedves ...")
        checklist = self.start_checklist(self.make_ticket(), self.template)
        self.translate(self.template, "name", "hu_HU", "Más")
        self.translate(question, "name", "hu_HU", "Más?")
        question.name = "Other?"
        self.env.invalidate_all()
        line = checklist.line_ids[0]
        self.assertEqual((checklist.name, line.name), ("Test Checklist", "Explained?"))
        hungarian = checklist.with_context(lang="hu_HU")
        line = hungarian.line_ids[0]
        self.assertEqual(
            (hungarian.name, line.name, line.section, line.script),
            ("Lista", "Elmondtuk?", "Előtte", "Kedves ..."),
        )

    def test_translated_facts_take_no_other_door(self):
        checklist = self.start_checklist(self.make_ticket(), self.template)
        for user in (self.agent, self.admin, self.env.ref("base.user_admin")):
            for record in (checklist, checklist.line_ids[0]):
                with self.assertRaises(AccessError):
                    record.with_user(user).update_field_translations(
                        "name", {"en_US": "Forged"}
                    )
        self.assertEqual(checklist.name, "Test Checklist")

    def test_new_text_reaches_the_next_checklist(self):
        """Also when plans have read the template before."""
        self.make_plan(template_ids=[Command.set(self.template.ids)])
        self.make_ticket()
        self.template.line_ids[1].name = "Changed?"
        self.template.write({"name": "Renamed", "pass_score": 0.9})
        checklist = self.make_ticket().service_checklist_ids
        self.assertEqual((checklist.name, checklist.pass_score), ("Renamed", 0.9))
        self.assertEqual(checklist.line_ids[0].name, "Changed?")
        self.assertEqual(checklist.template_version, self.template.version)

    # ------------------------------------------------------------------
    # Versions
    # ------------------------------------------------------------------

    def test_version_rises_with_an_edit(self):
        template, line = self.template, self.template.line_ids[1]
        edits = [
            lambda: template.write({"name": "Renamed"}),
            lambda: line.write({"weight": 3}),
            lambda: template.write(
                {
                    "pass_score": 0.1,
                    "line_ids": [
                        Command.update(line.id, {"name": "Changed"}),
                        Command.create({"name": "One more"}),
                    ],
                }
            ),
            lambda: template.line_ids[-1].unlink(),
            lambda: template.line_ids.create(
                {"template_id": template.id, "name": "Late"}
            ),
            lambda: self.translate(line, "name", "ru_RU", "Объяснили?"),
        ]
        self.assertEqual(template.version, 1)
        for number, edit in enumerate(edits, 2):
            with self.subTest(edit=number):
                edit()
                self.assertEqual(template.version, number)

    def test_version_stays_when_nothing_copied_changes(self):
        self.template.write({"sequence": 3, "description": "When to use", "active": 0})
        self.assertEqual(self.template.version, 1)

    def test_nobody_writes_the_version(self):
        with self.assertRaises(AccessError):
            self.as_user(self.template, self.admin).version = 7
        with self.assertRaises(AccessError):
            self.as_user(self.template, self.admin).with_context(
                service_quality_version_counted=True
            ).write({"version": 7})
        template = self.make_template(version=9)
        self.assertEqual(template.version, 1)

    def test_running_checklist_remembers_its_version(self):
        checklist = self.start_checklist(self.make_ticket(), self.template)
        self.template.line_ids[1].name = "Changed?"
        self.assertEqual((checklist.template_version, self.template.version), (1, 2))
        other = self.start_checklist(self.make_ticket(), self.template)
        self.assertEqual(other.template_version, 2)

    # ------------------------------------------------------------------
    # Duplicate, archive, delete
    # ------------------------------------------------------------------

    def test_duplicate(self):
        self.translate(self.template.line_ids[1], "name", "hu_HU", "Elmondtuk?")
        copy = self.template.copy()
        self.assertEqual((copy.name, copy.version), ("Test Checklist (copy)", 1))
        names = ("name", "display_type", "kind", "weight", "comment_rule", "script")
        self.assertEqual(
            [[line[name] for name in names] for line in copy.line_ids],
            [[line[name] for name in names] for line in self.template.line_ids],
        )
        self.assertFalse(copy.line_ids & self.template.line_ids)
        hungarian = copy.with_context(lang="hu_HU").line_ids[1]
        self.assertEqual(hungarian.name, "Elmondtuk?")

    def test_archive(self):
        """It starts no more; what runs goes on."""
        self.make_plan(template_ids=[Command.set(self.template.ids)])
        checklist = self.make_ticket().service_checklist_ids
        self.template.active = False
        self.assertFalse(self.make_ticket().service_checklist_ids)
        ticket = self.env["helpdesk.ticket"].browse(checklist.res_id)
        panel = self.as_user(ticket, self.agent).get_service_panel_data()
        self.assertNotIn(self.template.id, [row["id"] for row in panel["templates"]])
        self.as_user(checklist.line_ids[0], self.agent).action_answer(answer="yes")
        self.assertEqual(checklist.state, "passed")

    def test_delete(self):
        free = self.make_template()
        free.unlink()
        self.assertFalse(free.exists())
        planned = self.make_template()
        self.make_plan(name="Guarded", active=False, template_ids=[(6, 0, planned.ids)])
        with self.assertRaisesRegex(UserError, "Guarded"):
            planned.unlink()
        checklist = self.start_checklist(self.make_ticket(), self.template)
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.as_user(self.template, self.admin).unlink()
        self.template.line_ids[1].unlink()
        self.assertEqual(checklist.line_ids[0].name, "Explained?")

    # ------------------------------------------------------------------
    # Input
    # ------------------------------------------------------------------

    def test_bad_names(self):
        line = self.template.line_ids[1]
        for name in ("x" * 501, "x" * 10_000, "   ", "NUL\x01", "\ud800"):
            for record in (self.template, line):
                with self.subTest(name=name[:9], record=record._name):
                    with self.assertRaises(ValidationError), self.env.cr.savepoint():
                        record.name = name
        self.env["res.lang"]._activate_lang("hu_HU")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            line.update_field_translations("name", {"hu_HU": "x" * 501})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            line.script = "x" * 10_001
        line.write({"name": "x" * 500, "script": "x" * 10_000})

    def test_html_is_a_text(self):
        name = "<b>Bold</b><script>alert(1)</script>"
        self.template.line_ids[1].name = name
        checklist = self.start_checklist(self.make_ticket(), self.template)
        self.assertEqual(checklist.line_ids[0].name, name)

    def test_bad_numbers(self):
        line = self.template.line_ids[1]
        for record, vals in (
            (line, {"weight": -1}),
            (line, {"weight": 1001}),
            (line, {"kind": "score", "is_automatic": True}),
            (self.template, {"pass_score": 1.01}),
            (self.template, {"pass_score": -0.01}),
        ):
            with self.subTest(vals=vals), mute_logger("odoo.sql_db"):
                with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                    record.write(vals)
                    record.flush_recordset()

    def test_500_lines(self):
        lines = [{"name": f"Line {index}"} for index in range(500)]
        template = self.make_template(lines)
        checklist = self.start_checklist(self.make_ticket(), template)
        self.assertEqual(len(checklist.line_ids), 500)
        with self.assertRaisesRegex(ValidationError, "500"):
            template.line_ids.create({"template_id": template.id, "name": "Too many"})
        with self.assertRaisesRegex(ValidationError, "501"):
            self.make_template([*lines, {"name": "Too many"}])

    def test_a_line_moves_to_another_template(self):
        """Both changed; and the other one must have room for it."""
        line = self.template.line_ids[1]
        other = self.make_template([{"name": "Alone"}])
        line.write({"template_id": other.id})
        self.assertEqual((self.template.version, other.version), (2, 2))
        self.assertIn(line, other.line_ids)
        full = self.make_template([{"name": f"Line {index}"} for index in range(500)])
        with self.assertRaises(ValidationError):
            line.write({"template_id": full.id})
        line.write({})
        self.assertEqual(other.version, 2)

    def test_a_figure_makes_the_line_automatic(self):
        with Form(self.as_user(self.template, self.admin)) as form:
            with form.line_ids.new() as line:
                line.name = "Kept?"
                line.figure = "deadlines"
                self.assertTrue(line.is_automatic)
                line.figure = False
                self.assertFalse(line.is_automatic)

    def test_preview_of_an_automatic_line(self):
        template = self.make_template(
            [
                {"name": "All kept?", "is_automatic": True},
                {"name": "In time?", "is_automatic": True, "figure": "deadlines"},
            ]
        )
        preview = self.as_user(template, self.admin).preview
        self.assertIn("from the ledger: every promise was kept", preview)
        self.assertIn("from the ledger: Deadlines were kept", preview)

    def test_checklists_made_from_it(self):
        mine = self.start_checklist(self.make_ticket(), self.template)
        self.start_checklist(self.make_ticket())
        action = self.as_user(
            self.template, self.admin
        ).action_service_open_checklists()
        found = self.model("service.checklist", self.manager).search(action["domain"])
        self.assertEqual(found, mine)

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    def test_who_may_edit(self):
        line = self.template.line_ids[1]
        for user in (self.agent, self.leader, self.manager):
            template = self.as_user(self.template, user)
            self.assertEqual(template.name, "Test Checklist")
            for work in (
                lambda t=template: t.write({"name": "x"}),
                lambda t=template: t.copy(),
                lambda t=template: t.create({"name": "x"}),
                lambda t=template: t.unlink(),
                lambda user=user: line.with_user(user).write({"is_required": False}),
                lambda user=user: line.with_user(user).unlink(),
                lambda user=user: line.with_user(user).update_field_translations(
                    "name", {"en_US": "x"}
                ),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    work()
        for user in (self.nobody, self.portal):
            with self.assertRaises(AccessError):
                self.as_user(self.template, user).read(["name"])
        self.as_user(self.template, self.admin).write({"name": "Edited"})
        self.as_user(line, self.admin).write({"is_required": False})

    def test_other_companies(self):
        self.template.company_id = self.company
        with self.assertRaises(AccessError):
            self.as_user(self.template, self.foreigner).read(["name"])
        with self.assertRaises(AccessError):
            line = self.template.line_ids[0]
            self.as_user(line, self.foreigner).read(["name"])


#: What each pack asks: its kinds with the number of lines.
PACKS = {
    "maister": {"check": 14},
    "signs": {"balance": 12},
    "awaits": {"check": 9},
    "crew": {"check": 13, "score": 1, "text": 1},
    "salon": {"score": 12, "text": 2},
    "return": {"score": 11},
    "readiness": {"score": 9, "text": 1},
}


@tagged("post_install", "-at_install")
class TestPacks(ServiceCase):
    """What a service company finds on the first day."""

    def pack(self, name):
        return self.env.ref(f"service_quality.template_{name}")

    def test_contents(self):
        for name, kinds in PACKS.items():
            with self.subTest(pack=name):
                questions = self.pack(name).question_ids
                found = questions.grouped("kind").items()
                self.assertEqual({kind: len(rows) for kind, rows in found}, kinds)
                self.assertTrue(self.pack(name).description)
        # The ledger answers what it can prove, by what it looks at
        automatic = self.pack("maister").question_ids.filtered("is_automatic")
        figures = {"announced", "informed", "documented", "available"}
        figures |= {"scope", "deadlines"}
        self.assertEqual(set(automatic.mapped("figure")), figures)
        # Each score of a visit to a salon says why
        scores = self.pack("salon").question_ids.filtered(
            lambda row: row.kind == "score" and row.comment_rule == "always"
        )
        self.assertEqual(len(scores), 12)

    def test_three_languages(self):
        for lang in ("ru_RU", "hu_HU"):
            if not self.env["res.lang"]._lang_get(lang):
                continue
            for name in PACKS:
                pack = self.pack(name)
                with self.subTest(pack=name, lang=lang):
                    translated = pack.with_context(lang=lang)
                    self.assertNotEqual(translated.name, pack.name)
                    for field in ("name", "script"):
                        for line in pack.line_ids.filtered(field):
                            text = line.with_context(lang=lang)[field]
                            self.assertNotEqual(text, line[field])
