from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class ServiceAssessedMixin(models.AbstractModel):
    """A row about an assessment: read by whoever reads the assessment.

    For assignments and for SQL reports; the row holds a ``checklist_id``.
    """

    _name = "service.assessed.mixin"
    _description = "About an Assessment"
    _inherit = ["service.linked.mixin"]

    @api.model
    def _service_access_domain(self):
        return Domain.TRUE  # the assessment decides, not the document

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        if not (self.env.su or kwargs.get("bypass_access")):
            checklists = self.env["service.checklist"]._search(Domain.TRUE)
            domain = Domain(domain) & Domain("checklist_id", "in", checklists)
        return super()._search(domain, offset, limit, order, **kwargs)

    def _check_access(self, operation):
        if self.env.su or not any(self._ids):
            return super()._check_access(operation)
        readable = self.browse()
        if self.browse().has_access(operation):
            readable = self.browse(self._search([("id", "in", self.ids)]))
        forbidden = self - readable
        if not forbidden:
            return None
        return forbidden, lambda: AccessError(
            self.env._("You may not use these records: this assessment is not yours.")
        )
