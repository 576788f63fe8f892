import logging
import os
import shutil
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import config

_logger = logging.getLogger(__name__)

#: Seconds of one step for a client, and for the scheduled action.
STEP_SECONDS = 0.8
CRON_SECONDS = 4.0
#: A client that has not asked for so long has gone: the rest is background work.
GONE = timedelta(minutes=10)
MAX_ATTEMPTS = 3
#: Rows of exports are kept so long for their reader to look at.
KEEP = timedelta(days=90)
FILE = "file"


class ServiceExport(models.Model):
    """How an export is made, step by step, and where its file is."""

    _inherit = "service.export"

    # ------------------------------------------------------------------
    # Folders
    # ------------------------------------------------------------------

    @api.model
    def _service_root(self):
        """Return the folder of all exports: beside the database's own files."""
        root = config.filestore(self.env.cr.dbname)
        return os.path.join(root, "service_quality_export")

    def _service_path(self, *names):
        """Return a path in the export's own folder."""
        return os.path.join(self._service_root(), self.folder, *names)

    def _service_forget(self, keep_file=False):
        """Delete what was written, once this transaction is committed."""
        path, keep = self._service_path(), FILE if keep_file else None

        def forget():
            if keep is None:
                shutil.rmtree(path, ignore_errors=True)
                return
            for entry in os.scandir(path):
                if entry.name != keep:
                    os.unlink(entry.path)

        self.env.cr.postcommit.add(forget)

    def _open_file(self):
        """Return (open binary file, name) of an export of the user's own.

        :raise AccessError: somebody else's
        :raise UserError: not ready, expired, or the file is gone
        """
        export = self._service_own()
        export._service_check_ready()
        try:
            return open(export._service_path(FILE), "rb"), export.file_name
        except FileNotFoundError as error:
            raise UserError(
                self.env._("The file is gone: make the export again.")
            ) from error

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def _service_get_run(self):
        """Return the run of this export, in the environment of its reader."""
        reader = self.user_id
        env = self.env(user=reader.id, su=False, context=dict(self.reader_context))
        if not reader.active:
            raise AccessError(self.env._("The user is no longer active."))
        # His rights may have gone since: they are checked again.
        return env["service.workbook"]._get_run(
            self.options, self._service_path(), self.checkpoint or None
        )

    def _service_prepare(self):
        """Take the figures and the ids of all rows."""
        os.makedirs(self._service_path(), mode=0o700, exist_ok=True)
        run = self._service_get_run()
        try:
            total = run.prepare()
        except Exception:
            shutil.rmtree(self._service_path(), ignore_errors=True)
            raise
        self.write(
            {
                "checkpoint": run.state,
                "row_count": total,
                "row_done": 0,
                "note": run.state["note"],
            }
        )

    def _service_step(self, seconds=STEP_SECONDS):
        """Do some of the work; when that fails, the export has failed.

        :return: rows written
        """
        self.ensure_one()
        before = self.row_done
        try:
            if not self.checkpoint:
                self._service_prepare()
            run = self._service_get_run()
            if run.is_written:
                self._service_finish(run)
            else:
                run.step(seconds)
                self.write({"checkpoint": run.state, "row_done": run.state["done"]})
            self.write({"date_touched": fields.Datetime.now(), "attempts": 0})
        except (AccessError, UserError, ValidationError) as error:
            self._service_fail(str(error))
        except OSError:
            _logger.exception("Service quality: export %s was not written", self.id)
            self._service_fail(self.env._("The disk is full or cannot be written to."))
        return self.row_done - before

    def _service_fail(self, error):
        """Give up: no half file is offered."""
        self.write({"state": "failed", "error": error[:1000]})
        self._service_forget()
        if self.is_background:
            self._service_tell()

    def _service_finish(self, run):
        """Make the file; it appears under its name when it is complete."""
        path = self._service_path(FILE)
        with open(f"{path}.part", "wb") as target:
            run.finish(target)
        os.replace(f"{path}.part", path)
        now = fields.Datetime.now()
        reader = self.with_context(**self.reader_context)
        today = fields.Datetime.context_timestamp(reader, now).date()
        self.write(
            {
                "state": "done",
                "date_done": now,
                "date_expiry": now
                + timedelta(days=self.company_id.service_export_days),
                "file_name": f"service_quality_{today}.{run.extension}",
                "file_size": os.path.getsize(path),
                "checkpoint": False,
            }
        )
        self._service_forget(keep_file=True)
        if self.is_background:
            self._service_tell()

    # ------------------------------------------------------------------
    # In the background
    # ------------------------------------------------------------------

    @api.model
    def _service_todo(self):
        """Return exports that nobody but the scheduled action goes on with."""
        return self.search(
            [
                ("state", "in", ["running", "waiting"]),
                "|",
                ("is_background", "=", True),
                ("date_touched", "<", fields.Datetime.now() - GONE),
            ],
            order="id",
        )

    @api.model
    def _cron_run(self):
        """Make scheduled reports that are due, and go on with exports.

        In short steps with a commit after each: no worker is blocked, and after a
        restart the work goes on where it was.
        """
        self.env["service.report.schedule"]._service_make_due()
        progress = self.env["ir.cron"]
        todo = self._service_todo()
        rows = sum(row.row_count - row.row_done for row in todo)
        progress._commit_progress(remaining=rows + len(todo))
        for export in todo:
            is_over = False
            while not is_over:
                written, is_over = export._service_cron_step()
                if not progress._commit_progress(written + is_over):
                    return

    def _service_cron_step(self):
        """Do one step; return (rows written, whether nothing is left to do now)."""
        export = self.try_lock_for_update().filtered(
            lambda row: row.state in ("running", "waiting")
        )
        if not export:
            return 0, True
        try:
            with self.env.cr.savepoint():
                if not export.is_background:
                    export.is_background = True
                export.state = "running"
                written = export._service_step(CRON_SECONDS)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # one export must not stop the others
            _logger.exception("Service quality: export %s", export.id)
            export.invalidate_recordset()
            export.attempts += 1
            if export.attempts >= MAX_ATTEMPTS:
                export._service_fail(type(error).__name__)
            return 0, True
        return max(written, 0), export.state != "running"

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    def _service_tell(self):
        """Tell whoever it is for: it is ready, or it failed."""
        self.ensure_one()
        if self.schedule_id:
            self.schedule_id._service_deliver(self)
            return
        reader = self.user_id
        env = self.with_context(lang=reader.lang or "en_US").env
        is_done = self.state == "done"
        title = env._("Your export is ready") if is_done else env._("An export failed")
        reader._bus_send(
            "simple_notification",
            {
                "type": "success" if is_done else "danger",
                "title": title,
                "message": self.name,
                "sticky": True,
            },
        )
        body = env["ir.qweb"]._render(
            "service_quality.mail_export_ready",
            {"export": self.with_env(env), "base_url": self.get_base_url()},
            lang=reader.lang or "en_US",
        )
        env["mail.thread"].message_notify(
            subject=title,
            body=body,
            partner_ids=reader.partner_id.ids,
            author_id=env.ref("base.partner_root").id,
            model=self._name,
            res_id=self.id,
            force_send=False,
        )

    # ------------------------------------------------------------------
    # Cleaning up
    # ------------------------------------------------------------------

    @api.autovacuum
    def _gc_exports(self):
        """Delete files that expired, rows that are old, and folders without a row."""
        now = fields.Datetime.now()
        expired = self.search([("state", "=", "done"), ("date_expiry", "<=", now)])
        expired.write({"state": "expired"})
        for export in expired:
            export._service_forget()
        self.search(
            [
                ("create_date", "<", now - KEEP),
                ("state", "in", ["failed", "cancelled", "expired"]),
            ]
        ).unlink()
        self._gc_folders()

    @api.model
    def _gc_folders(self):
        """Delete folders that belong to no export, a day after they were made."""
        root = self._service_root()
        if not os.path.isdir(root):
            return
        old = time.time() - timedelta(days=1).total_seconds()
        names = {
            entry.name
            for entry in os.scandir(root)
            if entry.is_dir() and entry.stat().st_mtime < old
        }
        used = self.search(
            [
                ("folder", "in", list(names)),
                ("state", "in", ["running", "waiting", "done"]),
            ]
        )
        for name in names - set(used.mapped("folder")):
            shutil.rmtree(os.path.join(root, name), ignore_errors=True)
