from datetime import timedelta

from odoo import api, fields, models


class ServiceReviewAssignment(models.Model):
    """A drawn document, to be reviewed by one person until a day.

    Read by whoever reads its review.
    """

    _name = "service.review.assignment"
    _description = "Review Assignment"
    _inherit = [
        "service.sealed.mixin",
        "service.assessed.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _rec_name = "res_name"
    _order = "date_due, id"

    draw_id = fields.Many2one(
        "service.review.draw",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    program_id = fields.Many2one(
        "service.review.program", required=True, readonly=True, ondelete="cascade"
    )
    checklist_id = fields.Many2one(
        "service.checklist",
        "Review",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    review_state = fields.Selection(related="checklist_id.review_state")
    employee_id = fields.Many2one("hr.employee", readonly=True, ondelete="restrict")
    reviewer_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date_due = fields.Date("Due", required=True, readonly=True)

    @api.model
    def _service_assign(self, draw, document, reviewer):
        """Start the review of a drawn document and put it on the reviewer's list.

        :param draw: service.review.draw, unsealed
        :param document: the document, as superuser
        :param reviewer: res.users
        :return: the assignment, unsealed
        """
        program = draw.program_id
        review = self.env["service.checklist"]._service_start_assessment(
            document, program.template_id, "review", reviewer
        )
        names = ("res_model", "res_id", "res_name", "employee_id", "company_id")
        assignment = self._service_unseal().create(
            [
                {
                    **review._convert_to_write({name: review[name] for name in names}),
                    "draw_id": draw.id,
                    "program_id": program.id,
                    "checklist_id": review.id,
                    "reviewer_id": reviewer.id,
                    "date_due": self._service_due(program),
                }
            ]
        )
        self.env["service.event"]._service_log(
            review, "drawn", new=reviewer.name, note=program.name
        )
        assignment.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=assignment.date_due,
            summary=self.env._("Review: %s", assignment.res_name),
            user_id=reviewer.id,
        )
        return assignment

    @api.model
    def _service_due(self, program):
        """Return the last day for a review that is assigned now."""
        now = fields.Datetime.now()
        # sudo: the calendar decides a date, nothing of it is shown
        calendar = program.company_id.sudo().resource_calendar_id
        hours = program.due_days * (calendar.hours_per_day or 0)
        due = hours and calendar._service_add_hours(now, hours)
        return (due or now + timedelta(days=program.due_days)).date()

    def action_open_review(self):
        """Open the review to be written.

        :return: window action
        :raise AccessError: not the user's
        """
        self.ensure_one()
        self.check_access("read")
        return self.checklist_id._service_open_form()


class ServiceChecklist(models.Model):
    _inherit = "service.checklist"

    assignment_ids = fields.One2many(
        "service.review.assignment", "checklist_id", readonly=True
    )

    def _service_step(self, kind, vals, new=None, note=None):
        """An assignment is off the reviewer's list when the review is written."""
        result = super()._service_step(kind, vals, new=new, note=note)
        if self.review_state != "open":
            assignments = self.assignment_ids
            # sudo: an unsealed row; the reviewer's own reminder of this review
            assignments.activity_unlink(["mail.mail_activity_data_todo"])
        return result
