from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceReviewStartWizard(models.TransientModel):
    """Asks with which template the work on a document is to be assessed."""

    _name = "service.review.start.wizard"
    _description = "Start a Review"

    res_model = fields.Char("Document Type", required=True, readonly=True)
    res_id = fields.Integer(required=True, readonly=True)
    purpose = fields.Selection(
        [
            ("review", "Review"),
            ("self", "Self-assessment"),
            ("mystery", "Mystery visit"),
        ],
        required=True,
    )
    purposes = fields.Char(compute="_compute_purposes")
    template_id = fields.Many2one(
        "service.checklist.template",
        required=True,
        compute="_compute_template_id",
        store=True,
        readonly=False,
        domain="[('purpose', 'in', (purposes or '').split(','))]",
    )
    visitor_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )

    @api.model
    def default_get(self, fields):
        """Take the document, and the purpose that fits whose work it is.

        :param list fields: names of the fields
        :return: dict of values
        :raise UserError: several documents, or none
        """
        vals = super().default_get(fields)
        context = self.env.context
        res_model = vals.get("res_model") or context.get("active_model")
        res_id = vals.get("res_id") or context.get("active_id")
        is_document = type(res_model) is str and type(res_id) is int
        if not is_document or res_model not in self.env:
            raise UserError(self.env._("Open the document first."))
        vals.update(res_model=res_model, res_id=res_id)
        if res_model == "res.partner":
            purpose = "mystery"
        else:
            document = self.env["service.linked.mixin"]._service_get_document(
                res_model, res_id
            )
            # sudo: whose work it is, to offer the fitting purpose
            employee = document.sudo()._service_get_employee()
            is_own = employee and employee.user_id == self.env.user
            purpose = "self" if is_own else "review"
        return {**vals, "purpose": purpose}

    @api.depends("purpose")
    def _compute_purposes(self):
        for wizard in self:
            wizard.purposes = (
                "review,self" if wizard.purpose == "self" else wizard.purpose
            )

    @api.depends("purpose")
    def _compute_template_id(self):
        """Choose the template made for the purpose when there is only one."""
        Template = self.env["service.checklist.template"]
        for wizard in self:
            found = Template.search([("purpose", "=", wizard.purpose)], limit=2)
            wizard.template_id = found if len(found) == 1 else wizard.template_id

    def action_apply(self):
        """Start the assessment and open it.

        :return: window action
        :raise UserError: see the actions of the document
        """
        self.ensure_one()
        if self.purpose == "mystery":
            partner = self.env["res.partner"].browse(self.res_id)
            return partner.action_service_start_mystery(
                self.template_id.id, self.visitor_id.id
            )
        document = self.env["service.linked.mixin"]._service_get_document(
            self.res_model, self.res_id
        )
        if self.purpose == "self":
            return document.action_service_start_self(self.template_id.id)
        return document.action_service_start_review(self.template_id.id)
