import ast
import re
from pathlib import Path

from odoo.tests import BaseCase, TransactionCase, tagged

ADDON = Path(__file__).parents[1]
#: Methods of the ORM that we extend: what they do is said there.
INHERITED = {"create", "write", "unlink", "copy", "copy_data", "message_post", "setUp"}
INHERITED.add("init")  # private to the server, see BaseModel
#: What anybody may call over RPC on our models. A new name here is a decision:
#: who may call it, with what, and which test tries it with the wrong person.
CALLABLE = {
    "action_acknowledge",
    "action_answer",
    "action_apologise",
    "action_apply",
    "action_assign",
    "action_attach",
    "action_call",
    "action_cancel",
    "action_check_back",
    "action_close",
    "action_compensate",
    "action_correct",
    "action_decide",
    "action_detach",
    "action_dismiss",
    "action_dispute",
    "action_download",
    "action_drop",
    "action_evidence_pack",
    "action_excuse",
    "action_export",
    "action_finish",
    "action_fix_typo",
    "action_import",
    "action_keep",
    "action_move",
    "action_open_dismiss",
    "action_open_document",
    "action_open_review",
    "action_open_service_start",
    "action_open_wizard",
    "action_print",
    "action_publish",
    "action_record",
    "action_revise",
    "action_run",
    "action_save_template",
    "action_send",
    "action_service_evidence_pack",
    "action_service_export",
    "action_service_open_checklists",
    "action_service_open_promises",
    "action_service_open_recoveries",
    "action_service_promises",
    "action_service_record_promise",
    "action_service_record_wow",
    "action_service_send_survey",
    "action_service_start_checklist",
    "action_service_start_mystery",
    "action_service_start_review",
    "action_service_start_self",
    "action_set_cause",
    "action_share",
    "action_start",
    "action_take_over",
    "action_tell_customer",
    "action_unlink",
    "action_unshare",
    "action_waive",
    "action_warn",
    "action_withdraw",
    "add_sample",
    "advance",
    "apply_start",
    "default_get",
    "dismiss_start",
    "get_data",
    "get_my_due",
    "get_my_promises",
    "get_records_action",
    "get_scorecard",
    "get_service_checklists",
    "get_service_panel_data",
    "get_start",
    "remove_sample",
    "start",
}


def _methods(*folders):
    """Yield (place, method) of every method of a model."""
    for folder in folders:
        for path in sorted((ADDON / folder).glob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for parent in ast.walk(tree):
                if not isinstance(parent, ast.ClassDef):
                    continue
                is_model = any("Model" in ast.unparse(base) for base in parent.bases)
                for node in parent.body:
                    if isinstance(node, ast.FunctionDef) and is_model:
                        yield f"{folder}/{path.name}:{node.lineno} {node.name}", node


@tagged("post_install", "-at_install")
class TestFiles(BaseCase):
    def test_every_test_file_is_imported(self):
        """A test that nobody imports never runs."""
        tests = Path(__file__).parent
        tree = ast.parse((tests / "__init__.py").read_text(encoding="utf-8"))
        imported = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        files = {path.stem for path in tests.glob("test_*.py")}
        self.assertGreater(len(files), 10)
        self.assertEqual(imported, files)

    def test_every_module_is_imported(self):
        for folder in ("models", "report", "wizard", "controllers", "demo"):
            tree = ast.parse((ADDON / folder / "__init__.py").read_text("utf-8"))
            imported = {
                alias.name
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom)
                for alias in node.names
            }
            others = "\n".join(
                path.read_text(encoding="utf-8")
                for path in (ADDON / folder).glob("*.py")
            )
            for path in (ADDON / folder).glob("*.py"):
                used = path.stem in imported or re.search(
                    rf"^from \.{path.stem} import|^from \. import .*\b{path.stem}\b",
                    others,
                    flags=re.M,
                )
                self.assertTrue(path.stem == "__init__" or used, path.name)

    def test_every_data_file_is_loaded(self):
        manifest = ast.literal_eval(
            (ADDON / "__manifest__.py")
            .read_text(encoding="utf-8")
            .partition("{")[2]
            .join(["{", ""])
        )
        loaded = set(manifest["data"] + manifest["demo"])
        for folder in ("data", "views", "security", "wizard", "demo"):
            for path in (ADDON / folder).glob("*"):
                if path.suffix in (".xml", ".csv"):
                    self.assertIn(f"{folder}/{path.name}", loaded)

    def test_public_methods_say_what_they_do(self):
        seen = 0
        for place, node in _methods("models", "report", "wizard"):
            if node.name.startswith("_") or node.name in INHERITED:
                continue
            seen += 1
            docstring = ast.get_docstring(node)
            self.assertTrue(docstring, place)
            if node.name.startswith("action_"):
                self.assertIn(":return:", docstring, place)
        self.assertGreater(seen, 15)

    def test_what_rpc_can_call_is_known(self):
        public = {
            node.name
            for _place, node in _methods("models", "report", "wizard")
            if not node.name.startswith("_") and node.name not in INHERITED
        }
        self.assertEqual(public, CALLABLE)

    def test_no_stray_output_and_no_raw_cursor(self):
        """Neither print nor a query outside the ORM's own door."""
        for folder in ("models", "report", "wizard", "controllers"):
            for path in sorted((ADDON / folder).glob("*.py")):
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                    if isinstance(node, ast.Call):
                        called = ast.unparse(node.func)
                        self.assertNotEqual(called, "print", path.name)
                        # Savepoints have no door of the ORM.
                        if path.name != "service_worker.py":
                            self.assertFalse(called.endswith("cr.execute"), path.name)


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    def test_demo_data_were_loaded(self):
        """Where the database has demo data, ours are there, without a failure."""
        failures = self.env["ir.demo_failure"].search(
            [("module_id.name", "=", "service_quality")]
        )
        self.assertFalse(failures.mapped("error"))
        module = self.env["ir.module.module"].search([("name", "=", "service_quality")])
        if not module.demo:
            self.skipTest("This database has no demo data.")
        outcomes = self.env["service.promise"]._read_group([], ["outcome"], ["__count"])
        self.assertLessEqual(
            {"kept", "late", "missed"}, {outcome for outcome, _count in outcomes}
        )
