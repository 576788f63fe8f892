import io
import os
from datetime import timedelta
from unittest.mock import patch

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import get_public_method
from odoo.tests import tagged

from ..models import service_export_run
from ..report import xlsx_run
from .common import ServiceHttpCase
from .common_export import ExportCase
from .test_dashboard import MARCH


class JobCase(ExportCase):
    def start(self, user=None, **options):
        """Begin an export as a client does; return (export, state)."""
        options.setdefault("filters", MARCH)
        state = self.model("service.export", user or self.manager).start(options)
        return self.env["service.export"].browse(state["id"]), state

    def advance(self, export, user=None):
        return self.as_user(export, user or self.manager).advance()

    def finish(self, export, user=None):
        """Go on until it is over; return the last state."""
        for _step in range(100):
            state = self.advance(export, user)
            if state["state"] != "running":
                return state
        self.fail("It never ends.")

    def run_cron(self):
        """Do what the scheduled action does, step by step."""
        exports = self.env["service.export"].sudo()
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 9
        ):
            exports._cron_run()
        self.env.invalidate_all()

    def book_of(self, export):
        with open(export.sudo()._service_path("file"), "rb") as source:
            return load_workbook(io.BytesIO(source.read()))

    def files_of(self, export):
        path = export.sudo()._service_path()
        return sorted(os.listdir(path)) if os.path.isdir(path) else None


@tagged("post_install", "-at_install")
class TestExportJob(JobCase):
    def test_step_by_step(self):
        self.patch(xlsx_run, "CHUNK", 4)
        self.patch(service_export_run, "STEP_SECONDS", 0)
        export, state = self.start(sheets=["summary", "promises"])
        total = self.get_data()["totals"]["total"]
        self.assertEqual((state["state"], state["row_count"]), ("running", total))
        self.assertFalse(state["url"])
        shown = [0]
        while state["state"] == "running":
            with patch.object(xlsx_run.Run, "step", step_at_once):
                state = self.advance(export)
            self.assertGreaterEqual(state["progress"], shown[-1])
            shown.append(state["progress"])
        self.assertGreater(len(shown), 4)
        self.assertEqual((shown[-1], state["row_done"]), (100, total))
        self.assertEqual(state["url"], f"/service_quality/export/{export.id}")
        rows = self.rows_of(self.book_of(export)["Promises"])
        self.assertEqual(len(rows), total)
        self.assertEqual(export.date_expiry, self.now + timedelta(days=7))

    def test_large_ones_are_made_in_the_background(self):
        """The boundary is exact, nobody waits, and the reader is told."""
        total = self.get_data()["totals"]["total"]
        self.company.service_export_rows = total
        _export, state = self.start(sheets=["promises"])
        self.assertEqual(state["state"], "running")
        self.company.service_export_rows = total - 1
        export, state = self.start(sheets=["promises"])
        self.assertEqual(state["state"], "waiting")
        self.assertEqual(self.advance(export)["state"], "waiting")
        self.run_cron()
        self.assertEqual(export.state, "done")
        self.assertEqual(len(self.rows_of(self.book_of(export)["Promises"])), total)
        message = self.env["mail.message"].search(
            [("model", "=", "service.export"), ("res_id", "=", export.id)]
        )
        self.assertEqual(message.notified_partner_ids, self.manager.partner_id)
        self.assertIn(f"/service_quality/export/{export.id}", message.body)

    def test_goes_on_after_a_restart(self):
        """What a killed worker wrote after its last commit is written again, once."""
        self.patch(xlsx_run, "CHUNK", 4)
        self.company.service_export_rows = 1
        export, _state = self.start(sheets=["promises"])
        export = export.sudo()
        with patch.object(xlsx_run.Run, "step", step_at_once):
            export._service_cron_step()
            self.assertEqual(export.row_done, 4)
            before = export.checkpoint
            export._service_cron_step()
        # Killed: the rows are in the file, the commit is not in the database.
        export.write({"checkpoint": before, "row_done": 4, "state": "running"})
        self.env.invalidate_all()
        self.run_cron()
        self.assertEqual(export.state, "done")
        rows = self.rows_of(self.book_of(export)["Promises"])
        self.assertEqual(len(rows), self.get_data()["totals"]["total"])
        order = [row["Due"] for row in rows]
        self.assertEqual(order, sorted(order))

    def test_a_client_that_has_gone(self):
        """A closed browser leaves the rest to the scheduled action."""
        export, _state = self.start()
        self.run_cron()
        self.assertEqual(export.state, "running")
        self.now += service_export_run.GONE + timedelta(seconds=1)
        self.run_cron()
        self.assertEqual(export.state, "done")

    def test_cancel(self):
        export, _state = self.start()
        self.as_user(export, self.manager).action_cancel()
        self.assertEqual(self.advance(export)["state"], "cancelled")
        self.env.cr.postcommit.run()
        self.assertIsNone(self.files_of(export))
        with self.assertRaises(UserError):
            self.as_user(export, self.manager).action_download()
        # What is ready stays.
        export, _state = self.start()
        self.finish(export)
        self.as_user(export, self.manager).action_cancel()
        self.assertEqual(export.state, "done")

    def test_disk_full(self):
        """No half file is offered, and the reader reads why."""
        export, _state = self.start()
        self.advance(export)
        broken = patch(
            "odoo.addons.service_quality.report.xlsx_run.open_book",
            side_effect=OSError(28, "No space left on device"),
        )
        with broken:
            state = self.finish(export)
        self.assertEqual(state["state"], "failed")
        self.assertIn("disk", state["error"])
        self.assertFalse(state["url"])
        self.env.cr.postcommit.run()
        self.assertIsNone(self.files_of(export))
        export, _state = self.start()
        with (
            patch(
                "odoo.addons.service_quality.report.xlsx_rows.RowFile.append",
                side_effect=OSError(28, "No space left on device"),
            ),
            self.assertLogs("odoo.addons.service_quality", "ERROR"),
        ):
            self.assertEqual(self.finish(export)["state"], "failed")

    def test_the_file_appears_when_it_is_whole(self):
        """A worker killed while it writes leaves a part, which is no file."""
        export, _state = self.start()
        while not export.sudo()._service_get_run().is_written:
            self.advance(export)
        with patch.object(os, "replace", side_effect=KeyboardInterrupt):
            with self.assertRaises(KeyboardInterrupt):
                self.advance(export)
        self.assertNotIn("file", self.files_of(export))
        self.assertIn("file.part", self.files_of(export))
        with self.assertRaises(UserError):
            self.as_user(export, self.manager)._open_file()
        self.assertEqual(self.finish(export)["state"], "done")

    def test_one_poison_export_stops_no_other(self):
        self.company.service_export_rows = 1
        poison, _state = self.start()
        fine, _state = self.start(sheets=["promises"])
        poison.sudo().checkpoint = {"now": "?", "books": [{}], "total": 1, "done": 0}
        for _time in range(service_export_run.MAX_ATTEMPTS):
            with self.assertLogs("odoo.addons.service_quality", "ERROR"):
                self.run_cron()
        self.assertEqual((poison.state, fine.state), ("failed", "done"))

    def test_expiry(self):
        export, _state = self.start()
        reader = self.as_user(export, self.manager)
        with self.assertRaisesRegex(UserError, "not ready yet"):
            reader.action_download()
        self.finish(export)
        url = f"/service_quality/export/{export.id}"
        self.assertEqual(reader.action_download()["url"], url)
        self.now = export.date_expiry - timedelta(seconds=1)
        reader._open_file()[0].close()
        self.now = export.date_expiry
        with self.assertRaises(UserError):
            reader._open_file()
        self.env["service.export"].sudo()._gc_exports()
        self.env.cr.postcommit.run()
        self.assertEqual(export.state, "expired")
        self.assertIsNone(self.files_of(export))
        self.now += service_export_run.KEEP
        self.env["service.export"].sudo()._gc_exports()
        self.assertFalse(export.exists())
        folder = self.env["service.export"]._service_root()
        orphan = os.path.join(folder, "orphan")
        os.makedirs(orphan)
        os.utime(orphan, (0, 0))
        self.env["service.export"].sudo()._gc_folders()
        self.assertFalse(os.path.exists(orphan))

    def test_whose_it_is(self):
        """Another manager neither sees, advances, cancels nor downloads it."""
        export, _state = self.start()
        self.finish(export)
        for user in (self.admin, self.foreigner, self.agent, self.portal):
            other = self.as_user(export, user)
            for call in (other.advance, other.action_cancel, other.action_download):
                with self.assertRaises(AccessError):
                    call()
            with self.assertRaises(AccessError):
                other._open_file()
            if user in (self.admin, self.foreigner):
                self.assertFalse(other.search([("id", "=", export.id)]))
        mine = self.as_user(export, self.manager)
        for call in (
            lambda: mine.write({"state": "running"}),
            lambda: mine.unlink(),
            lambda: mine.create({"name": "x"}),
            lambda: mine.read(["folder"]),
            lambda: mine.read(["options"]),
            lambda: mine.search([("checkpoint", "!=", False)]),
        ):
            with self.assertRaises(AccessError):
                call()
        for name in ("_open_file", "_service_step", "_cron_run", "_service_create"):
            with self.assertRaises(AccessError):
                get_public_method(mine, name)

    def test_rights_that_went(self):
        export, _state = self.start()
        self.manager.group_ids -= self.env.ref("service_quality.group_manager")
        with self.assertRaises(AccessError):
            self.advance(export)
        export.sudo().is_background = True
        self.run_cron()
        self.assertEqual(export.state, "failed")

    def test_somebody_who_left(self):
        """Neither his background export nor another one goes on in his name."""
        export, _state = self.start()
        other, _state = self.start(user=self.admin)
        (export + other).sudo().is_background = True
        self.manager.active = False
        self.run_cron()
        self.assertEqual((export.state, other.state), ("failed", "done"))
        self.assertIn("no longer active", export.error)

    def test_the_file_was_removed(self):
        export, _state = self.start()
        self.finish(export)
        os.remove(export.sudo()._service_path("file"))
        with self.assertRaisesRegex(UserError, "make the export again"):
            self.as_user(export, self.manager)._open_file()

    def test_forged_options(self):
        for options in (
            None,
            "x",
            [],
            {"foo": 1},
            {"sheets": "promises"},
            {"sheets": ["x"]},
            {"sheets": [["promises"]]},
            {"columns": {"x": ["name"]}},
            {"columns": {"promises": "name"}},
            {"columns": {"promises": [1]}},
            {"group_by": "name; DROP"},
            {"split": "employee"},
            {"ids": {"promises": [1, "2"]}},
            {"ids": {"promises": [True]}},
            {"ids": {"res.users": [1]}},
            {"filters": {"domain": []}},
            {"filters": {"date_from": "x"}},
        ):
            if options is None:
                continue
            with self.assertRaises(ValidationError, msg=str(options)):
                self.model("service.export", self.manager).start(options or "x")
        with self.assertRaises(AccessError):
            self.start(filters={**MARCH, "company_ids": self.other_company.ids})
        for user in (self.agent, self.leader, self.nobody):
            with self.assertRaises(AccessError):
                self.start(user)
        # A column that is gone is left out, not an error.
        run = self.make_run(sheets=["promises"], columns={"promises": ["gone", "name"]})
        self.assertEqual(run.options["columns"]["promises"], ["name"])

    def test_chosen_rows(self):
        """The action of a list: these rows, as far as they may be read."""
        promises = self.env["service.promise"].search(
            [("company_id", "=", self.company.id)], limit=3
        )
        foreign = self.make_ticket(company=self.other_company, user=self.foreigner)
        foreign = self._promise_of(foreign)
        action = self.model("service.workbook", self.manager)._get_list_action(
            self.as_user(promises + foreign, self.manager)
        )
        export, _state = self.start(filters={}, **action["params"]["options"])
        self.finish(export)
        book = self.book_of(export)
        self.assertEqual(book.sheetnames, ["Promises"])
        self.assertEqual(len(self.rows_of(book["Promises"])), 3)
        with self.assertRaises(AccessError):
            self.model("service.workbook", self.agent)._get_list_action(promises)

    def test_chosen_checklists(self):
        """From a list of checklists: their lines; of none there is nothing to have."""
        self.make_facts()
        checklists = self.env["service.checklist"].search(
            [("res_id", "=", self.tickets[self.agent].id)]
        )
        self.assertEqual(len(checklists.line_ids), 4)
        workbook = self.model("service.workbook", self.manager)
        action = workbook._get_list_action(self.as_user(checklists, self.manager))
        export, _state = self.start(filters={}, **action["params"]["options"])
        self.finish(export)
        rows = self.rows_of(self.book_of(export)["Checklists"])
        self.assertEqual(len(rows), len(checklists.line_ids))
        with self.assertRaisesRegex(UserError, "nothing to export"):
            workbook._get_list_action(self.as_user(checklists.browse(), self.manager))

    def _promise_of(self, document):
        return self.env["service.promise"]._service_record(
            [
                document.sudo()._service_promise_vals(
                    name="Foreign",
                    kind="deadline",
                    source="manual",
                    date_due=self.after(days=1),
                    employee=self.foreigner.employee_ids,
                    date_told=self.now,
                )
            ]
        )


def step_at_once(run, seconds=0):
    """One chunk, then the next transaction."""
    if work := run._next():
        run._write_chunk(*work)
    return run.is_written


@tagged("post_install", "-at_install")
class TestExportDownload(JobCase, ServiceHttpCase):
    def get(self, export, user):
        self.authenticate(user.login, user.login)
        return self.url_open(
            f"/service_quality/export/{export.id}", allow_redirects=False
        )

    def test_download(self):
        export, _state = self.start(sheets=["promises"])
        self.assertEqual(self.get(export, self.manager).status_code, 404)
        self.finish(export)
        response = self.get(export, self.manager)
        self.assertEqual(response.status_code, 200)
        self.assertIn("spreadsheetml", response.headers["Content-Type"])
        self.assertIn("no-store", response.headers["Cache-Control"])
        self.assertEqual(int(response.headers["Content-Length"]), export.file_size)
        book = load_workbook(io.BytesIO(response.content))
        self.assertEqual(
            len(self.rows_of(book["Promises"])), self.get_data()["totals"]["total"]
        )
        for user in (self.admin, self.foreigner, self.agent, self.portal):
            self.assertEqual(self.get(export, user).status_code, 404, user.login)
        self.authenticate(None, None)
        response = self.url_open(
            f"/service_quality/export/{export.id}", allow_redirects=False
        )
        self.assertIn("/web/login", response.headers["Location"])
