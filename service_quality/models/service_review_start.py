from odoo import api, models
from odoo.exceptions import AccessError, UserError


class ServiceChecklist(models.Model):
    """How an assessment starts, and who may answer it."""

    _inherit = "service.checklist"

    @api.model
    def _prepare_template_vals(self, template):
        """A review started by a plan waits for the first reviewer who answers."""
        is_open = template.purpose in ("review", "mystery")
        vals = super()._prepare_template_vals(template)
        return {**vals, "review_state": is_open and "open"}

    @api.model
    def _service_start_assessment(self, document, template, purpose, reviewer):
        """Start an assessment, or return the one that was started already.

        The caller has checked that this reviewer may.

        :param document: what it is about; its snapshot says whose work it is
        :param template: template, with lines
        :param str purpose: ``review``, ``self`` or ``mystery``
        :param reviewer: res.users who assesses
        :return: the checklist, as superuser, unsealed
        """
        checklists = self._service_unseal()
        template = template.sudo()  # the questions, not their setup
        facts = document._service_snapshot_vals()
        if purpose != "mystery":
            same = [
                ("template_id", "=", template.id),
                ("res_model", "=", facts["res_model"]),
                ("res_id", "=", facts["res_id"]),
                ("employee_id", "=", facts["employee_id"]),
                ("reviewer_id", "=", reviewer.id),
                ("purpose", "=", purpose),
                ("review_state", "!=", "dropped"),
            ]
            if known := checklists.search(same, limit=1):
                return known
        if not template.question_ids:
            raise UserError(self.env._("This template has no lines."))
        return checklists._service_copy(
            document,
            template,
            guarded=set(),
            purpose=purpose,
            reviewer_id=reviewer.id,
            review_state=purpose != "self" and "open",
        )

    @api.model
    def _service_pick_template(self, template_id, purposes, company):
        """Return the template a client names, if it fits; else raise UserError."""
        template = self.env["service.checklist.template"]
        if type(template_id) is int:
            template = template.search(
                [
                    ("id", "=", template_id),
                    ("purpose", "in", purposes),
                    ("company_id", "in", [False, company.id]),
                ]
            )
        if not template:
            raise UserError(self.env._("Choose a template made for this purpose."))
        return template

    @api.model
    def _service_check_may_review(self, employee, company):
        """Refuse a user who may not review the work of an employee.

        :param employee: hr.employee, as superuser
        :param company: of the document
        :raise AccessError: neither a manager nor an allowed peer
        :raise UserError: his own work, or nobody's
        """
        reviewer = self.env.user
        if not employee:
            raise UserError(
                self.env._("Nobody answers for this document: whom to review?")
            )
        # sudo: whose employee it is, nothing else
        if employee.sudo().user_id == reviewer:
            raise UserError(self.env._("Somebody else must review your work."))
        if reviewer.has_group("service_quality.group_manager"):
            return
        is_peer = reviewer.has_group("service_quality.group_user")
        # sudo: a setting of the document's company
        if not (is_peer and company.sudo().service_peer_review):
            raise AccessError(self.env._("Only a service manager may do this."))

    def _service_check_assessor(self):
        """Refuse whoever may not answer this assessment now."""
        self.ensure_one()
        if self.purpose == "self":
            if not self._service_is_about_me():
                raise AccessError(
                    self.env._("A self-assessment is answered by the employee himself.")
                )
            return self._service_check_self_open()
        if self.review_state != "open":
            raise UserError(
                self.env._("This is published: its answers do not change any more.")
            )
        if self.purpose == "review" and self._service_is_about_me():
            raise UserError(self.env._("Somebody else must review your work."))
        if self.reviewer_id != self.env.user:
            raise AccessError(self.env._("Only the reviewer answers these lines."))

    def _service_check_self_open(self):
        """Freeze a self-assessment once a review of the same work can be read."""
        if self._service_unseal()._service_met_by_review():
            raise UserError(
                self.env._("The review is published: assess yourself before it.")
            )

    def _service_open_form(self):
        """Return the window action that shows one assessment."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "service.checklist",
            "res_id": self.id,
            "views": [
                (self.env.ref("service_quality.service_review_view_form").id, "form")
            ],
        }


class ServiceQualityMixin(models.AbstractModel):
    """Assessments of the work on a document."""

    _inherit = "service.quality.mixin"

    def action_service_start_review(self, template_id):
        """Start a review of the work on one document, or open the started one.

        :param int template_id: id of a template made for reviews
        :return: window action that opens it
        :raise AccessError: the user may not read the document, or not review
        :raise UserError: his own work, or no such template
        """
        self.ensure_one()
        self.check_access("read")
        Checklist = self.env["service.checklist"]
        snapshot = self._service_snapshot_vals()
        company = self.env["res.company"].browse(snapshot["company_id"])
        # sudo: whom to review; the check reads his user only
        employee = self.env["hr.employee"].sudo().browse(snapshot["employee_id"] or ())
        Checklist._service_check_may_review(employee, company)
        template = Checklist._service_pick_template(template_id, ["review"], company)
        review = Checklist._service_start_assessment(
            self, template, "review", self.env.user
        )
        return review._service_open_form()

    def action_service_start_self(self, template_id):
        """Start the user's assessment of his own work on one document.

        On the template of a review, so that both can be compared line by line.

        :param int template_id: id of a template for reviews or self-assessments
        :return: window action that opens it
        :raise AccessError: the user may not read the document
        :raise UserError: somebody else's work, or no such template
        """
        self.ensure_one()
        self.check_access("read")
        Checklist = self.env["service.checklist"]
        snapshot = self._service_snapshot_vals()
        company = self.env["res.company"].browse(snapshot["company_id"])
        # sudo: whose work it is, nothing else
        employee = self.env["hr.employee"].sudo().browse(snapshot["employee_id"] or ())
        if not employee or employee.user_id != self.env.user:
            raise UserError(self.env._("Only your own work can be assessed by you."))
        if not self.env.user.has_group("service_quality.group_user"):
            raise AccessError(self.env._("You have no access to Service Quality."))
        template = Checklist._service_pick_template(
            template_id, ["review", "self"], company
        )
        own = Checklist._service_start_assessment(self, template, "self", self.env.user)
        return own._service_open_form()

    def action_service_start_checklist(self, template_id):
        """Start a checklist by hand; assessments start through their own doors.

        :param int template_id: id of the template
        :return: True
        :raise UserError: a template for reviews or visits, see the super method
        """
        self.ensure_one()
        self.check_access("write")
        template = self.env["service.checklist.template"].search(
            [("id", "=", template_id)]
        )
        if template.purpose in ("review", "self"):
            start = {
                "review": self.action_service_start_review,
                "self": self.action_service_start_self,
            }
            start[template.purpose](template.id)
            return True
        if template.purpose == "mystery":
            raise UserError(self.env._("A mystery visit starts on a contact."))
        return super().action_service_start_checklist(template_id)
