from odoo import fields, models

from .service_checklist import STATES

#: What a manager or a customer says about the work is not shown in lists.
OWN_PURPOSES = ("work", "self")
#: The worst of several checklists speaks for the document.
WORST_FIRST = ("failed", "todo", "waived", "passed")


class ServiceQualityMixin(models.AbstractModel):
    """Columns of a list of documents: how far their checklists are."""

    _inherit = "service.quality.mixin"

    service_checklist_state = fields.Selection(
        STATES,
        "Checklists State",
        compute="_compute_service_checklist_columns",
        groups="service_quality.group_user",
        help="The worst of the checklists of work and self-assessment.",
    )
    service_checklist_progress = fields.Integer(
        "Checklists Answered",
        compute="_compute_service_checklist_columns",
        groups="service_quality.group_user",
        help="Percent of the lines that are answered, all checklists together.",
    )

    def _compute_service_checklist_columns(self):
        groups = (
            self.env["service.checklist.line"]
            .sudo()  # two figures of documents that the user may read
            ._read_group(
                [
                    ("checklist_id.res_model", "=", self._name),
                    ("checklist_id.res_id", "in", self.ids),
                    ("checklist_id.purpose", "in", OWN_PURPOSES),
                ],
                ["checklist_id", "is_answered"],
                ["__count"],
            )
        )
        states, counts = {}, {}
        for checklist, is_answered, count in groups:
            states.setdefault(checklist.res_id, set()).add(checklist.state)
            answered, total = counts.get(checklist.res_id, (0, 0))
            counts[checklist.res_id] = (
                answered + (count if is_answered else 0),
                total + count,
            )
        for document in self:
            found = states.get(document.id, ())
            answered, total = counts.get(document.id, (0, 0))
            document.service_checklist_state = next(
                (state for state in WORST_FIRST if state in found), False
            )
            document.service_checklist_progress = (
                round(100 * answered / total) if total else 0
            )
