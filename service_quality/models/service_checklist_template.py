from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import ormcache

PURPOSES = [
    ("work", "Work"),
    ("self", "Self-assessment"),
    ("review", "Review"),
    ("mystery", "Mystery visit"),
]
#: Names are titles, not texts; scripts and descriptions have the limit of texts.
NAME_LIMIT = 500
MAX_LINES = 500
#: A change of one of these makes another version of the template.
CONTENT_FIELDS = frozenset({"name", "purpose", "pass_score", "line_ids"})
#: Only code of this addon can put this object into a context, see SEAL.
COUNTED = object()
COUNTED_KEY = "service_quality_version_counted"


class ServiceChecklistTemplate(models.Model):
    """What to check. A checklist copies the lines when it starts.

    An edit of what a checklist copies raises ``version``; checklists remember the
    version they were copied from, and stay as they are.
    """

    _name = "service.checklist.template"
    _description = "Checklist Template"
    _inherit = ["service.cached.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True, help="Where it comes from, when to use.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")
    purpose = fields.Selection(
        PURPOSES,
        required=True,
        default="work",
        help="Work and self-assessment are filled in by whoever works on the "
        "document, a review and a mystery visit by somebody else.",
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    pass_score = fields.Float(
        help="A complete checklist with a lower score has failed. 0: any score passes, "
        "only a critical line can fail it.",
    )
    line_ids = fields.One2many(
        "service.checklist.template.line", "template_id", string="Lines", copy=True
    )
    question_ids = fields.One2many(
        "service.checklist.template.line",
        "template_id",
        string="Questions",
        domain=[("display_type", "=", False)],
        copy=False,
        help="The lines without the titles of sections.",
    )
    has_automatic = fields.Boolean(compute="_compute_has_automatic")
    line_count = fields.Integer("Number of Questions", compute="_compute_line_count")
    use_count = fields.Integer("Checklists Started", compute="_compute_use_count")

    _pass_score_range = models.Constraint(
        "CHECK(pass_score >= 0 AND pass_score <= 1)",
        "The pass score lies between 0 and 100 %.",
    )

    @api.depends("question_ids.is_automatic")
    def _compute_has_automatic(self):
        for template in self:
            template.has_automatic = any(template.question_ids.mapped("is_automatic"))

    @api.model
    @ormcache("company_ids", "self.env.uid", "self.env.lang")
    def _service_startable(self, company_ids):
        """Return the templates that the user can start by hand, as (id, name) tuples.

        Those of the work; assessments have a window of their own.

        Cached: every panel offers them. A change of a template empties the cache.

        :param tuple company_ids: companies of the user's session
        """
        templates = self.search([("purpose", "=", "work")])
        return tuple((row.id, row.name) for row in templates)

    def _compute_line_count(self):
        counts = dict(
            self.env["service.checklist.template.line"]._read_group(
                [("template_id", "in", self.ids), ("display_type", "=", False)],
                ["template_id"],
                ["__count"],
            )
        )
        for template in self:
            template.line_count = counts.get(template, 0)

    def _compute_use_count(self):
        counts = dict(
            self.env["service.checklist"]
            .sudo()  # how many there are, whoever sees their documents
            ._read_group(
                [("template_id", "in", self.ids)], ["template_id"], ["__count"]
            )
        )
        for template in self:
            template.use_count = counts.get(template._origin, 0)

    # ------------------------------------------------------------------
    # Input
    # ------------------------------------------------------------------

    @api.constrains("name", "description")
    def _check_texts(self):
        for template in self:
            self._service_check_name(template.name, self.env._("Name"))
            self.env["service.sealed.mixin"]._service_clean_text(
                template.description, self.env._("Description")
            )

    @api.constrains("line_ids")
    def _check_size(self):
        """Refuse more lines than anybody ticks, and than the panel can show."""
        for template in self:
            if len(template.line_ids) > MAX_LINES:
                raise ValidationError(
                    self.env._(
                        "%(template)s: at most %(limit)s lines, this one has %(size)s.",
                        template=template.name,
                        limit=MAX_LINES,
                        size=len(template.line_ids),
                    )
                )

    @api.model
    def _service_check_name(self, name, label):
        """Refuse a title that is empty, too long or holds control characters.

        :param str label: translated name of the input, for the error
        :return: the title without surrounding blanks
        :raise ValidationError: says what is wrong
        """
        name = self.env["service.sealed.mixin"]._service_clean_text(
            name, label, required=True
        )
        if len(name) > NAME_LIMIT:
            raise ValidationError(
                self.env._(
                    "%(label)s: at most %(limit)s characters, this one has %(size)s. "
                    "A long explanation belongs into the script.",
                    label=label,
                    limit=NAME_LIMIT,
                    size=len(name),
                )
            )
        return name

    # ------------------------------------------------------------------
    # Versions
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        counted = self._service_with_counted()
        templates = super(ServiceChecklistTemplate, counted).create(
            [{**vals, "version": 1} for vals in vals_list]
        )
        return templates.with_env(self.env)

    def copy(self, default=None):
        counted = self._service_with_counted()
        copies = super(ServiceChecklistTemplate, counted).copy(default)
        return copies.with_env(self.env)

    def write(self, vals):
        if "version" in vals and not self._service_is_counted():
            raise AccessError(self.env._("The version is counted by the system."))
        if CONTENT_FIELDS.isdisjoint(vals) or self._service_is_counted():
            return super().write(vals)
        counted = self._service_with_counted()
        result = super(ServiceChecklistTemplate, counted).write(vals)
        self._service_raise_version()
        return result

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        result = super()._update_field_translations(
            field_name, translations, *args, **kwargs
        )
        for lang in translations:
            self.with_context(lang=lang)._check_texts()
        return result

    def _service_with_counted(self):
        """Return these templates so that edits of them are part of a counted one."""
        return self.with_context(**{COUNTED_KEY: COUNTED})

    def _service_is_counted(self):
        """Tell whether an edit of the template, lines included, counts already."""
        return self.env.context.get(COUNTED_KEY) is COUNTED

    def _service_raise_version(self):
        """Count one edit, unless it is part of a bigger one or data being loaded."""
        if self._service_is_counted() or self.env.context.get("install_mode"):
            return
        for template in self._service_with_counted():
            template.version += 1

    def copy_data(self, default=None):
        rows = super().copy_data(default=default)
        if "name" not in (default or {}):
            for template, vals in zip(self, rows, strict=True):
                name = self.env._("%s (copy)", template.name)
                vals["name"] = name if len(name) <= NAME_LIMIT else template.name
        return rows

    def action_service_open_checklists(self):
        """Open the checklists copied from these templates, those the user may see.

        :return: window action
        """
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_quality.service_checklist_action"
        )
        return {**action, "domain": [("template_id", "in", self.ids)]}

    # ------------------------------------------------------------------
    # Deletion
    # ------------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Keep what checklists were copied from, and what plans start."""
        # sudo: names of the plans that would lose it, for the error
        plans = self.env["service.plan"].sudo().with_context(active_test=False)
        for template in self:
            named = plans.search([("template_ids", "in", template.ids)])
            if template.use_count or named:
                raise UserError(
                    self.env._(
                        "%(template)s cannot be deleted: %(count)s checklists were "
                        "copied from it, plans that start it: %(plans)s. Archive it "
                        "instead; running checklists go on.",
                        template=template.name,
                        count=template.use_count,
                        plans=", ".join(named.mapped("name")) or "-",
                    )
                )
