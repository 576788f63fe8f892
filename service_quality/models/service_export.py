import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

STATES = [
    ("running", "Being made"),
    ("waiting", "Waiting"),
    ("done", "Ready"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
    ("expired", "Expired"),
]
UNFINISHED = ("running", "waiting")


class ServiceExport(models.Model):
    """A workbook on its way, and its private file until it expires.

    It is made in steps, each in a transaction of its own: by the client, which shows
    how far it is, or above a number of rows by the scheduled action. Steps run as the
    reader, with his rights at that moment. What is needed to go on after a restart is
    here and in the export's folder.

    Nobody writes these rows: they are made and changed by the methods alone.
    """

    _name = "service.export"
    _description = "Service Quality Export"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "For", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    schedule_id = fields.Many2one(
        "service.report.schedule",
        "Scheduled Report",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    date_planned = fields.Datetime("Planned For", readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="running")
    is_background = fields.Boolean("In the Background", readonly=True)
    row_count = fields.Integer("Rows", readonly=True)
    row_done = fields.Integer("Rows Written", readonly=True)
    progress = fields.Float(compute="_compute_progress", help="0-100")
    date_done = fields.Datetime("Ready On", readonly=True)
    date_expiry = fields.Datetime("Expires", readonly=True)
    date_touched = fields.Datetime("Last Step", readonly=True)
    file_name = fields.Char(readonly=True)
    file_size = fields.Integer("Size (bytes)", readonly=True)
    note = fields.Char(readonly=True)
    error = fields.Char(readonly=True)
    attempts = fields.Integer(readonly=True)
    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null")
    # What it is made of: for the steps only
    folder = fields.Char(required=True, groups=fields.NO_ACCESS)
    options = fields.Json(groups=fields.NO_ACCESS)
    reader_context = fields.Json(groups=fields.NO_ACCESS)
    checkpoint = fields.Json(groups=fields.NO_ACCESS)

    _schedule_once = models.UniqueIndex(
        "(schedule_id, user_id, date_planned) WHERE schedule_id IS NOT NULL",
        "This report has been made already.",
    )
    _unfinished_idx = models.Index(
        "(id) WHERE state IN ('running', 'waiting')",
    )

    @api.depends("row_count", "row_done", "state")
    def _compute_progress(self):
        for export in self:
            share = export.row_done / export.row_count if export.row_count else 0
            # The rows are nine tenths of the work, the file is the rest.
            export.progress = 100 if export.state == "done" else 90 * share

    # ------------------------------------------------------------------
    # What a client may do
    # ------------------------------------------------------------------

    @api.model
    def start(self, options):
        """Begin a workbook for the user himself; managers only.

        :param dict options: see ``service.workbook._clean_options``
        :return: dict ``id``, ``state``, ``progress`` (0-100), ``row_done``,
            ``row_count``, ``name``, ``url`` (when ready), ``error``, ``note``;
            state ``waiting`` when it is made in the background
        :raise AccessError: no manager, or another company
        :raise ValidationError: options that are not readable
        """
        options = self.env["service.workbook"]._clean_options(options)
        context = {
            "lang": self.env.lang or "en_US",
            "tz": self.env.tz.zone,
            "allowed_company_ids": self.env.companies.ids,
        }
        export = self._service_create(self.env.user, options, context)
        export._service_prepare()
        limit = export.company_id.service_export_rows
        if export.row_count > limit:
            export.write({"state": "waiting", "is_background": True})
            self._service_wake()
        return export._service_state()

    def advance(self):
        """Go on with an export of the user's own that the client is waiting for.

        :return: as :meth:`start`
        :raise AccessError: somebody else's
        """
        export = self._service_own()
        if export.state == "running" and not export.is_background:
            export = export.try_lock_for_update()
            if export:
                export._service_step()
        return self._service_own()._service_state()

    def action_cancel(self):
        """Give up exports of the user's own; what was written is deleted.

        :return: True
        :raise AccessError: somebody else's
        """
        for export in self:
            export = export._service_own()
            if export.state in UNFINISHED:
                export.write({"state": "cancelled"})
                export._service_forget()
        return True

    def action_download(self):
        """Download the file.

        :return: URL action
        :raise UserError: not ready, or expired
        """
        self._service_own()._service_check_ready()
        return {
            "type": "ir.actions.act_url",
            "url": f"/service_quality/export/{self.id}",
            "target": "download",
        }

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _service_own(self):
        """Return one export of the user's own, as superuser.

        :raise AccessError: somebody else's, or no longer a manager
        """
        self.ensure_one()
        self.check_access("read")
        self.env["service.workbook"]._check_reader()
        export = self.sudo()  # sudo: his own, checked on the next line
        if export.user_id != self.env.user:
            raise AccessError(self.env._("This export was made for somebody else."))
        return export

    @api.model
    def _service_create(self, user, options, context, **vals):
        """Return a new export, as superuser, before anything is written."""
        env = self.env(context={**self.env.context, **context})
        filters = options["filters"]
        title = env._(
            "Service Quality, %(date_from)s to %(date_to)s",
            date_from=format_date(env, filters["date_from"]),
            date_to=format_date(env, filters["date_to"]),
        )
        # sudo: nobody may write these rows; the options were checked as the reader
        return self.sudo().create(
            {
                "name": title,
                "user_id": user.id,
                "company_id": context["allowed_company_ids"][0],
                "options": options,
                "reader_context": context,
                "folder": uuid.uuid4().hex,
                "date_touched": fields.Datetime.now(),
                **vals,
            }
        )

    def _service_state(self):
        """Return what the client shows of an export."""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "progress": self.progress,
            "row_done": self.row_done,
            "row_count": self.row_count,
            "url": f"/service_quality/export/{self.id}"
            if self.state == "done"
            else False,
            "error": self.error,
            "note": self.note,
        }

    def _service_check_ready(self):
        """Check that the file can be had.

        :raise UserError: not ready, or expired
        """
        if self.state in ("running", "waiting"):
            raise UserError(self.env._("The export is not ready yet."))
        is_over = self.date_expiry and self.date_expiry <= fields.Datetime.now()
        if self.state != "done" or is_over:
            raise UserError(
                self.env._(
                    "This export has expired or was not finished: make it again."
                )
            )

    @api.model
    def _service_wake(self):
        """Have the scheduled action work soon."""
        # sudo: only when our own scheduled action runs next
        cron = self.env.ref("service_quality.cron_reports").sudo()
        cron._trigger()
