from odoo import fields, models

PURPOSES = [
    ("work", "Work"),
    ("self", "Self-assessment"),
    ("review", "Review"),
    ("mystery", "Mystery visit"),
]
LINE_KINDS = [
    ("check", "Yes / No"),
    ("score", "Score 1-10"),
    ("balance", "Too little / too much"),
    ("text", "Text"),
]


class ServiceChecklistTemplate(models.Model):
    """What to check. A checklist copies the lines when it starts."""

    _name = "service.checklist.template"
    _description = "Checklist Template"
    _inherit = ["service.cached.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True, help="Where it comes from, when to use.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")
    purpose = fields.Selection(PURPOSES, required=True, default="work")
    line_ids = fields.One2many(
        "service.checklist.template.line", "template_id", string="Lines", copy=True
    )
    line_count = fields.Integer(compute="_compute_line_count")

    def _compute_line_count(self):
        counts = dict(
            self.env["service.checklist.template.line"]._read_group(
                [("template_id", "in", self.ids)], ["template_id"], ["__count"]
            )
        )
        for template in self:
            template.line_count = counts.get(template, 0)


class ServiceChecklistTemplateLine(models.Model):
    """One question of a template."""

    _name = "service.checklist.template.line"
    _description = "Checklist Template Line"
    _inherit = ["service.cached.mixin"]
    _order = "sequence, id"

    template_id = fields.Many2one(
        "service.checklist.template", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("Question", required=True, translate=True)
    kind = fields.Selection(LINE_KINDS, required=True, default="check")
    is_required = fields.Boolean(
        "Required", help="Must be answered before the document can be closed."
    )
    is_critical = fields.Boolean(
        "Critical", help="A no makes the whole checklist fail."
    )
    is_automatic = fields.Boolean(
        "Automatic", help="Answered by the ledger; a person cannot."
    )
    weight = fields.Float(default=1.0)
    script = fields.Text(translate=True, help="Suggested wording for the customer.")

    _weight_positive = models.Constraint(
        "CHECK(weight >= 0)", "The weight of a line cannot be negative."
    )
