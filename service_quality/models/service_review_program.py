import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

#: Documents looked at per draw, the latest ones: it bounds the search.
POOL_LIMIT = 20_000


class ServiceReviewProgram(models.Model):
    """Which finished work is drawn for review each week, and who reviews it."""

    _name = "service.review.program"
    _description = "Review Program"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    template_id = fields.Many2one(
        "service.checklist.template",
        required=True,
        ondelete="restrict",
        domain="[('purpose', '=', 'review'),"
        " ('company_id', 'in', [False, company_id])]",
    )
    res_model = fields.Selection(
        selection="_selection_res_model", string="Documents", required=True
    )
    domain = fields.Char("Filter", default="[]")
    sample_size = fields.Integer(
        "Per Employee and Week",
        default=2,
        required=True,
        help="So many finished documents of each employee are drawn every week.",
    )
    lookback_days = fields.Integer(
        "Finished Within (days)",
        default=14,
        required=True,
        help="Finished documents that changed in the last days can be drawn.",
    )
    due_days = fields.Integer("Time to Review (working days)", default=5, required=True)
    reviewer_ids = fields.Many2many(
        "res.users",
        string="Reviewers",
        # As text, for the screen: a list would be looked up for every new user
        domain="[('share', '=', False)]",
        help="Managers, or colleagues where the settings allow peers to review.",
    )
    draw_ids = fields.One2many("service.review.draw", "program_id", readonly=True)

    _numbers_sane = models.Constraint(
        "CHECK(sample_size BETWEEN 1 AND 100 AND lookback_days BETWEEN 1 AND 366"
        " AND due_days BETWEEN 1 AND 60)",
        "Give 1 to 100 documents, 1 to 366 days to look back, 1 to 60 days to review.",
    )

    @api.model
    def _selection_res_model(self):
        return self.env["service.plan"]._selection_res_model()

    @api.constrains("domain", "res_model", "template_id", "company_id")
    def _check_program(self):
        for program in self:
            if program.template_id.purpose != "review":
                raise ValidationError(
                    self.env._("Choose a template made for this purpose.")
                )
            company = program.template_id.company_id
            if company and company != program.company_id:
                raise ValidationError(
                    self.env._("The template belongs to another company.")
                )
            try:
                program._service_domain().validate(self.env[program.res_model])
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "%(name)s: the filter does not fit these documents "
                        "(%(error)s).",
                        name=program.name,
                        error=error,
                    )
                ) from error

    def _service_domain(self):
        """Return the filter of this program as a Domain."""
        plans = self.env["service.plan"]
        return plans._service_parse_domain(self.domain, self.res_model)

    # ------------------------------------------------------------------
    # Drawing
    # ------------------------------------------------------------------

    @api.model
    def _service_draw_all(self):
        """Draw this week's sample of every program that has none; for the cron.

        Weeks missed during a downtime are not made up for: nobody is flooded. A
        program that fails is logged and stops no other.
        """
        progress = self.env["ir.cron"]
        # sudo: called by the cron; programs of all companies
        programs = self.sudo().search([])
        waiting = [
            row for row in programs if not row._service_drawn(row._service_week())
        ]
        progress._commit_progress(remaining=len(waiting))
        for program in waiting:
            try:
                with self.env.cr.savepoint():
                    program._service_draw()
            except Exception:
                _logger.exception("Service quality: %s was not drawn", program)
            if not progress._commit_progress(1):
                return

    def _service_week(self):
        """Return the Monday of this week, in the company's time zone."""
        zone = self.company_id.resource_calendar_id.tz or "UTC"
        today = fields.Date.context_today(
            self.with_context(tz=zone), fields.Datetime.now()
        )
        return today - timedelta(days=today.weekday())

    def _service_drawn(self, week):
        """Return the draw of one program in the week that starts on this Monday."""
        return self.env["service.review.draw"].search(
            [("program_id", "=", self.id), ("week", "=", week)]
        )

    def _service_draw(self, seed=None):
        """Draw this week's sample of one program, once, and hand it out.

        :param str seed: what the chance starts from; default fresh randomness
        :return: the draw of this week, new or not, as superuser
        """
        self.ensure_one()
        week = self._service_week()
        if known := self._service_drawn(week):
            return known
        reviewers = self._service_reviewers()
        documents = self._service_candidates()
        eligible = self._service_eligible(documents, reviewers)
        return self.env["service.review.draw"]._service_draw(
            self, week, documents, eligible, seed
        )

    def _service_reviewers(self):
        """Return the reviewers of one program who may review in its company now."""
        company = self.company_id
        group = "manager" if not company.service_peer_review else "user"
        return self.reviewer_ids.filtered(
            lambda user: (
                user.active
                and company in user.company_ids
                and user.has_group(f"service_quality.group_{group}")
            )
        )

    def _service_candidates(self):
        """Return the finished documents that can be drawn, as superuser."""
        since = fields.Datetime.now() - timedelta(days=self.lookback_days)
        model = self.env[self.res_model].sudo()  # a program sees all of its company
        domain = self._service_domain() & Domain("write_date", ">=", since)
        if "company_id" in model._fields:
            domain &= Domain("company_id", "in", [False, self.company_id.id])
        domain &= Domain("id", "not in", self._service_taken())
        return model.search(domain, order="id desc", limit=POOL_LIMIT).filtered(
            lambda document: (
                document._service_is_done()
                and not document._service_is_cancelled()
                and document._service_get_company() == self.company_id
                and document._service_get_employee()
            )
        )

    def _service_taken(self):
        """Return the ids of documents drawn before, or reviewed with the template."""
        domain = [
            ("res_model", "=", self.res_model),
            ("purpose", "=", "review"),
            "|",
            ("assignment_ids", "!=", False),
            ("template_id", "=", self.template_id.id),
        ]
        checklists = self.env["service.checklist"].sudo()  # which were drawn before
        return checklists.search(domain).mapped("res_id")

    def _service_eligible(self, documents, reviewers):
        """Return {document id: reviewers who may read and review it}.

        :param documents: served documents, as superuser
        :param reviewers: res.users
        """
        eligible = {document.id: [] for document in documents}
        for reviewer in reviewers:
            seen = documents.with_user(reviewer).with_context(
                allowed_company_ids=self.company_id.ids
            )
            # sudo: who answers for the documents that this reviewer may read
            for document in seen._filtered_access("read").sudo():
                if document._service_get_employee().user_id != reviewer:
                    eligible[document.id].append(reviewer)
        return {doc_id: users for doc_id, users in eligible.items() if users}
