from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

REVIEW_STATES = [
    ("open", "Being written"),
    ("published", "Published"),
    ("acknowledged", "Acknowledged"),
    ("disputed", "Disputed"),
    ("decided", "Decided"),
    ("dropped", "Dropped"),
]
#: What nobody but the reviewer and the managers reads.
UNREAD = ["open", "dropped", False]
#: In these its answers may still change.
WRITTEN = ("open", False)
#: Purposes that assess somebody: not everybody who sees the document reads them.
ASSESSMENTS = ("self", "review", "mystery")
#: Purposes whose answers are frozen by publishing.
PUBLISHED = ("review", "mystery")


class ServiceChecklist(models.Model):
    """A review: written by one, read by another when published, open to a dispute.

    It is a checklist like any other, with the same lines and the same answers; here
    is what happens to it afterwards. Mystery visits are published too, and end
    there: no employee is behind them.
    """

    _inherit = "service.checklist"

    reviewer_id = fields.Many2one(
        "res.users",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Who assesses: the reviewer, the visitor, or the employee himself.",
    )
    review_state = fields.Selection(REVIEW_STATES, readonly=True, index=True)
    date_published = fields.Datetime("Published", readonly=True)
    date_review_limit = fields.Datetime(
        "Dispute Until",
        readonly=True,
        help="Until then the employee may dispute; afterwards the review counts as "
        "acknowledged.",
    )
    date_acknowledged = fields.Datetime("Acknowledged", readonly=True)
    is_lapsed = fields.Boolean("Acknowledged by Lapse of Time", readonly=True)
    acknowledge_comment = fields.Text("Employee's Comment", readonly=True)
    date_disputed = fields.Datetime("Disputed", readonly=True)
    dispute_comment = fields.Text("Why Disputed", readonly=True)
    date_decided = fields.Datetime("Decided", readonly=True)
    decided_by_id = fields.Many2one("res.users", "Dispute Decided By", readonly=True)
    decision_reason = fields.Text("Reason of the Decision", readonly=True)
    is_overturned = fields.Boolean(
        "Overturned", readonly=True, help="At least one answer was corrected."
    )
    final_score = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(5, 4),
        help="The score with the second reader's corrections, 0-1.",
    )
    my_role = fields.Selection(
        [("reviewer", "Reviewer"), ("employee", "Employee"), ("judge", "Judge")],
        compute="_compute_my_role",
    )

    _assessment_uniq = models.UniqueIndex(
        "(template_id, res_model, res_id, employee_id, reviewer_id)"
        " WHERE purpose IN ('review', 'self')"
        " AND review_state IS DISTINCT FROM 'dropped'",
        "This assessment has been started already.",
    )

    @api.depends("reviewer_id", "employee_id", "purpose")
    @api.depends_context("uid")
    def _compute_my_role(self):
        """What the user is to an assessment: decides which buttons he sees."""
        is_manager = self.env.user.has_group("service_quality.group_manager")
        for checklist in self:
            role = False
            if checklist.purpose in ASSESSMENTS:
                if checklist._service_is_about_me():
                    role = "employee"
                elif checklist.reviewer_id == self.env.user:
                    role = "reviewer"
                elif is_manager:
                    role = "judge"
            checklist.my_role = role

    def _service_is_about_me(self):
        """Tell whether one checklist is about the user himself."""
        # sudo: whose employee it is, archived ones included
        return self.sudo().employee_id.user_id == self.env.user

    # ------------------------------------------------------------------
    # Publishing
    # ------------------------------------------------------------------

    def action_publish(self):
        """Publish a review or visit: its answers are frozen and may be read.

        :return: True
        :raise AccessError: not the reviewer
        :raise UserError: not open, or required lines are unanswered
        """
        self.ensure_one()
        review = self._service_checked("open", PUBLISHED)
        if review.reviewer_id != self.env.user:
            raise AccessError(self.env._("Only the reviewer may publish."))
        missing = review._service_needed_lines().filtered(
            lambda line: not line.is_answered
        )
        if missing:
            raise UserError(
                self.env._(
                    "Still to answer before publishing:\n%(lines)s",
                    lines="\n".join(f"- {line.name}" for line in missing),
                )
            )
        now = fields.Datetime.now()
        vals = {
            "review_state": "published",
            "date_published": now,
            "final_score": review.score,
        }
        if review.purpose == "review":
            vals["date_review_limit"] = review._service_review_limit(now)
        review._service_step("published", vals)
        if review.purpose == "review":
            review._service_tell_review(review.employee_id.user_id)
        return True

    def _service_review_limit(self, start):
        """Return when the employee's time to dispute ends, naive UTC.

        So many working days as the company's setting says, in hours of the
        employee's calendar (else the company's): five days from Monday 10:00 end
        next Monday 10:00.
        """
        days = self.company_id.service_dispute_days
        calendar = self.employee_id._service_get_calendar()
        # sudo: caller is unsealed; the calendar decides a date, nothing is shown
        calendar = (calendar or self.company_id.resource_calendar_id).sudo()
        limit = None
        if calendar:
            limit = calendar._service_add_hours(start, days * calendar.hours_per_day)
        return limit or start + timedelta(days=days)

    def action_drop(self, reason):
        """Give up a review that is being written; it stays, and counts nowhere.

        :param str reason: why, required
        :return: True
        :raise AccessError: neither a service manager nor, when the document is gone,
            the reviewer; or one's own review
        :raise UserError: published already
        """
        self.ensure_one()
        reason = self._service_clean_text(reason, self.env._("Reason"), required=True)
        review = self._service_checked("open", PUBLISHED)
        is_manager = self.env.user.has_group("service_quality.group_manager")
        is_orphan = review.reviewer_id == self.env.user and (
            not review._service_document()
        )
        if self._service_is_about_me() or not (is_manager or is_orphan):
            raise AccessError(self.env._("Only a service manager may do this."))
        review._service_step(
            "waived", {"review_state": "dropped", "waive_reason": reason}, note=reason
        )
        return True

    # ------------------------------------------------------------------
    # Common
    # ------------------------------------------------------------------

    def _service_checked(self, state, purposes):
        """Return one assessment, unsealed, if the user reads it and it is in a state.

        Whether he is the right person, the caller checks.

        :raise AccessError: the user may not read it
        :raise UserError: another purpose or state
        """
        self.check_access("read")
        # sudo: read by somebody who may; written only by the action that follows
        review = self._service_unseal()
        if review.purpose not in purposes or review.review_state != state:
            labels = dict(self._fields["review_state"]._description_selection(self.env))
            raise UserError(
                self.env._("This is possible only while a review is: %s", labels[state])
            )
        return review

    def _service_step(self, kind, vals, new=None, note=None):
        """Write one step of a review and its event."""
        old = self.review_state
        self.write(vals)
        self.env["service.event"]._service_log(
            self, kind, old=old, new=new or vals["review_state"], note=note
        )

    def action_waive(self, reason=None):
        """Waive checklists; an assessment holds no closing back, so there is none.

        :param str reason: why, required
        :return: True
        :raise UserError: a review, self-assessment or visit
        """
        self.check_access("read")
        if any(checklist.purpose in ASSESSMENTS for checklist in self):
            raise UserError(self.env._("Reviews and visits are not waived."))
        return super().action_waive(reason)

    def _service_open_lines(self):
        """An assessment never keeps a document from being closed."""
        work = self.filtered(lambda checklist: checklist.purpose not in ASSESSMENTS)
        return super(ServiceChecklist, work)._service_open_lines()

    def _service_automatic_of(self, documents, is_answered):
        """Leave out what may not change any more: the ledger's answers count too.

        A published review or visit stays as it was read, one that was given up as
        it was left, and a self-assessment as it was when it met its review.
        """
        checklists = super()._service_automatic_of(documents, is_answered)
        settled = checklists.filtered(
            lambda row: row.purpose in PUBLISHED and row.review_state not in WRITTEN
        )
        return checklists - settled - checklists._service_met_by_review()

    def _service_met_by_review(self):
        """Return the self-assessments of these whose review can be read by now.

        One query for all, none without a self-assessment; rows unsealed.
        """
        own = self.filtered(lambda row: row.purpose == "self")
        if not own:
            return own
        reviews = self._service_unseal().search(
            [
                ("purpose", "=", "review"),
                ("review_state", "not in", UNREAD),
                *((name, "in", own.mapped(name)) for name in ("res_model", "res_id")),
                ("template_id", "in", own.template_id.ids),
                ("employee_id", "in", own.employee_id.ids),
            ]
        )
        known = {review._service_work_key() for review in reviews}
        return own.filtered(lambda row: row._service_work_key() in known)

    def _service_work_key(self):
        """Return what one assessment is about: the work, whose, by which questions."""
        return self.res_model, self.res_id, self.employee_id.id, self.template_id.id
