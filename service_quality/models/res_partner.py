from odoo import fields, models
from odoo.exceptions import AccessError, ValidationError

from .prefetch import APART

PLACES = [("branch", "Own branch"), ("competitor", "Competitor")]


class ResPartner(models.Model):
    _inherit = "res.partner"

    service_place = fields.Selection(
        PLACES,
        "Compared as",
        groups="service_quality.group_manager",
        help="Mystery visits of own branches are compared with those of competitors.",
        prefetch=APART,
    )

    def action_service_start_mystery(self, template_id, visitor_id=None):
        """Start a mystery visit of an own branch or a competitor; managers only.

        :param int template_id: id of a template made for mystery visits
        :param int visitor_id: id of the user who visits; default the user himself
        :return: window action that opens it
        :raise AccessError: not a service manager, or a contact he may not read
        :raise UserError: no such template
        :raise ValidationError: neither branch nor competitor, or no such visitor
        """
        self.ensure_one()
        if not self.env.user.has_group("service_quality.group_manager"):
            raise AccessError(self.env._("Only a service manager may do this."))
        self.check_access("read")
        if not self.service_place:
            raise ValidationError(
                self.env._("First say whether it is an own branch or a competitor.")
            )
        visitor = self._service_get_visitor(visitor_id)
        company = self.company_id or self.env.company
        Checklist = self.env["service.checklist"]
        template = Checklist._service_pick_template(template_id, ["mystery"], company)
        visit = Checklist._service_start_assessment(self, template, "mystery", visitor)
        return visit._service_open_form()

    def _service_snapshot_vals(self):
        """Return what a mystery visit records of one place: nobody's work."""
        self.ensure_one()
        return {
            "res_model": self._name,
            "res_id": self.id,
            "res_name": self.display_name,
            "employee_id": False,
            "department_id": False,
            "partner_id": False,
            "company_id": (self.company_id or self.env.company).id,
        }

    def _service_get_visitor(self, visitor_id):
        """Return the user a client names as visitor, if he can be one."""
        if visitor_id in (None, False):
            return self.env.user
        visitor = self.env["res.users"]
        if type(visitor_id) is int:
            visitor = visitor.browse(visitor_id).exists()
        if not visitor or not visitor.has_group("service_quality.group_user"):
            raise ValidationError(
                self.env._("The visitor must be a user of Service Quality.")
            )
        return visitor
