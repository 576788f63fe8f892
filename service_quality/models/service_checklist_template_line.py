from odoo import api, fields, models

LINE_KINDS = [
    ("check", "Yes / No"),
    ("score", "Score 1-10"),
    ("balance", "Too little / too much"),
    ("text", "Text"),
]
COMMENT_RULES = [
    ("never", "Never"),
    ("low", "On no or a low score"),
    ("always", "Always"),
]
#: What the ledger can answer by itself, see ``service_checklist_figures.py``.
FIGURES = [
    ("announced", "The customer was told before"),
    ("informed", "The customer was kept informed"),
    ("documented", "The work is written down"),
    ("available", "We could be reached"),
    ("scope", "Changes were confirmed"),
    ("deadlines", "Deadlines were kept"),
]
#: What a checklist copies with a question, besides its texts.
COPIED_FIELDS = (
    "kind",
    "is_required",
    "is_critical",
    "is_automatic",
    "figure",
    "weight",
    "is_na_allowed",
    "comment_rule",
)


class ServiceChecklistTemplateLine(models.Model):
    """One question of a template, or the title of a section of questions."""

    _name = "service.checklist.template.line"
    _description = "Checklist Template Line"
    _inherit = ["service.cached.mixin"]
    _order = "sequence, id"

    template_id = fields.Many2one(
        "service.checklist.template", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    display_type = fields.Selection(
        [("line_section", "Section")],
        help="Technical: a section is a title over the questions that follow.",
    )
    name = fields.Char("Question", required=True, translate=True)
    kind = fields.Selection(LINE_KINDS, required=True, default="check")
    is_required = fields.Boolean(
        "Required", help="Must be answered before the document can be closed."
    )
    is_critical = fields.Boolean(
        "Critical",
        help="A no makes the whole checklist fail, and must say why.",
    )
    is_automatic = fields.Boolean(
        "Automatic", help="Answered by the ledger; a person cannot."
    )
    figure = fields.Selection(
        FIGURES,
        "Answered From",
        help="What the ledger looks at to answer; empty: every promise.",
    )
    weight = fields.Float(default=1.0)
    is_na_allowed = fields.Boolean(
        "May Not Apply",
        default=True,
        help="Whether the line may be answered with: not applicable.",
    )
    comment_rule = fields.Selection(
        COMMENT_RULES,
        "Ask Why",
        required=True,
        default="never",
        help="When a comment must be given with the answer. Low is a score below 6 "
        "and a balance off the middle. An answer to a critical line that makes the "
        "checklist fail must always say why.",
    )
    script = fields.Text(translate=True, help="Suggested wording for the customer.")

    _weight_positive = models.Constraint(
        "CHECK(weight >= 0)", "The weight of a line cannot be negative."
    )
    _weight_limited = models.Constraint(
        "CHECK(weight <= 1000)", "The weight of a line is at most 1,000."
    )
    _automatic_kind = models.Constraint(
        "CHECK(NOT is_automatic OR kind = 'check')",
        "The ledger answers yes or no: an automatic line is of the kind Yes / No.",
    )

    @api.constrains("name", "script")
    def _check_texts(self):
        for line in self:
            line.template_id._service_check_name(line.name, self.env._("Question"))
            self.env["service.sealed.mixin"]._service_clean_text(
                line.script, self.env._("Script")
            )

    @api.onchange("figure")
    def _onchange_figure(self):
        self.is_automatic = bool(self.figure)

    # ------------------------------------------------------------------
    # Versions
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.template_id._service_raise_version()
        lines.template_id._check_size()
        return lines

    def write(self, vals):
        before = self.template_id
        result = super().write(vals)
        if vals:
            (before | self.template_id)._service_raise_version()
        if "template_id" in vals:
            self.template_id._check_size()
        return result

    def unlink(self):
        templates = self.template_id
        result = super().unlink()
        templates.exists()._service_raise_version()
        return result

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        result = super()._update_field_translations(
            field_name, translations, *args, **kwargs
        )
        for lang in translations:
            self.with_context(lang=lang)._check_texts()
        return result
