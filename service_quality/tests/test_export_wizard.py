from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common_export import ExportCase


@tagged("post_install", "-at_install")
class TestExportWizard(ExportCase):
    def make_wizard(self, user=None, **vals):
        return self.model("service.export.wizard", user or self.manager).create(vals)

    def options_of(self, wizard):
        return wizard.action_export()["params"]["options"]

    def test_usual(self):
        wizard = self.make_wizard(date_from="2026-03-01", date_to="2026-03-31")
        options = self.options_of(wizard)
        self.assertEqual(len(options["sheets"]), 8)
        usual = self.make_run().options["columns"]
        self.assertEqual(options["columns"]["promises"], usual["promises"])
        start = self.model("service.export", self.manager).start(options)
        self.assertEqual(start["state"], "running")

    def test_what_is_chosen(self):
        wizard = self.make_wizard(sheet_feedback=False, group_by="team", split="team")
        lines = wizard.line_ids.filtered(lambda line: line.sheet == "promises")
        lines.is_chosen = False
        due = lines.filtered(lambda row: row.key == "date_due")
        name = lines.filtered(lambda row: row.key == "name")
        with self.assertRaises(ValidationError):
            wizard.action_export()
        (due + name).is_chosen = True
        due.sequence, name.sequence = 1, 2
        options = self.options_of(wizard)
        self.assertNotIn("feedback", options["sheets"])
        self.assertNotIn("feedback", options["columns"])
        self.assertEqual(options["columns"]["promises"], ["date_due", "name"])
        self.assertEqual((options["group_by"], options["split"]), ("team", "team"))
        sheets = {name: False for name in wizard._fields if name.startswith("sheet_")}
        wizard.write(sheets)
        with self.assertRaises(ValidationError):
            wizard.action_export()

    def test_a_period_that_cannot_be(self):
        wizard = self.make_wizard(date_from="2026-03-31", date_to="2026-03-01")
        with self.assertRaises(ValidationError):
            wizard.action_export()

    def test_filters_of_the_dashboard(self):
        wizard = self.model("service.export.wizard", self.manager).with_context(
            filters={
                "date_from": "2026-03-01",
                "date_to": "2026-03-31",
                "kind": "callback",
            }
        )
        wizard = wizard.create({})
        filters = self.options_of(wizard)["filters"]
        self.assertEqual(
            (filters["date_from"], filters["date_to"], filters["kind"]),
            ("2026-03-01", "2026-03-31", "callback"),
        )

    def test_templates(self):
        """One's own, or shared; nobody changes another's."""
        wizard = self.make_wizard(sheet_silent=False, template_name="Mine")
        lines = wizard.line_ids.filtered(lambda line: line.sheet == "promises")
        (lines - lines[:2]).is_chosen = False
        wizard.action_save_template()
        template = wizard.template_id
        self.assertEqual(template.user_id, self.manager)
        self.assertNotIn("silent", template.sheets)
        other = self.as_user(template, self.admin)
        self.assertFalse(other.search([("id", "=", template.id)]))
        template.is_shared = True
        self.assertTrue(
            self.as_user(template, self.admin).search([("id", "=", template.id)])
        )
        for call in (
            lambda: self.as_user(template, self.admin).write({"name": "x"}),
            lambda: self.as_user(template, self.admin).unlink(),
            lambda: self.as_user(template, self.agent).read(["name"]),
        ):
            with self.assertRaises(AccessError):
                call()
        form = Form(self.model("service.export.wizard", self.admin))
        form.template_id = self.as_user(template, self.admin)
        saved = form.save()
        self.assertFalse(saved.sheet_silent)
        options = self.options_of(saved)
        self.assertEqual(options["columns"]["promises"], lines[:2].mapped("key"))

    def test_bad_templates(self):
        templates = self.model("service.export.template", self.manager)
        for vals in (
            {"sheets": ["x"]},
            {"sheets": {"a": 1}},
            {"columns": ["x"]},
            {"columns": {"promises": 3}},
            {"name": " "},
            {"name": "x" * 101},
        ):
            with self.assertRaises(ValidationError, msg=str(vals)):
                templates.create({"name": "Bad", **vals})
        with self.assertRaises(ValidationError):
            self.make_wizard(template_name=" ").action_save_template()

    def test_only_managers(self):
        for user in (self.agent, self.leader, self.nobody):
            with self.assertRaises(AccessError):
                self.make_wizard(user)
