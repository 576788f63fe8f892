from markupsafe import Markup

from odoo import api, fields, models

#: What the agent can press, per kind of line.
BUTTONS = {"score": range(1, 11), "balance": ("-2", "-1", "0", "+1", "+2")}
BUTTON = Markup('<span class="badge border text-body fw-normal me-1">%s</span>')
BADGE = Markup('<span class="badge text-bg-%s ms-1">%s</span>')


class ServiceChecklistTemplate(models.Model):
    """The template as the agent meets it: titles, questions, what can be pressed."""

    _inherit = "service.checklist.template"

    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends(
        "pass_score",
        "line_ids.sequence",
        "line_ids.display_type",
        "line_ids.name",
        "line_ids.kind",
        "line_ids.is_required",
        "line_ids.is_critical",
        "line_ids.is_automatic",
        "line_ids.figure",
        "line_ids.weight",
        "line_ids.is_na_allowed",
        "line_ids.comment_rule",
        "line_ids.script",
    )
    @api.depends_context("lang")
    def _compute_preview(self):
        for template in self:
            lines = template.line_ids.sorted("sequence")
            template.preview = (
                Markup().join(line._service_preview() for line in lines)
                if lines
                else False
            )


class ServiceChecklistTemplateLine(models.Model):
    _inherit = "service.checklist.template.line"

    def _service_preview(self):
        """Return this line as safe html; every text of the user is escaped."""
        self.ensure_one()
        if self.display_type:
            return Markup('<h4 class="mt-4 mb-2">%s</h4>') % (self.name or "")
        parts = [
            Markup('<div class="fw-bold">%s%s</div>')
            % (self.name or "", self._service_preview_badges()),
            Markup('<div class="mt-1">%s</div>') % self._service_preview_answers(),
        ]
        if self.script:
            parts.append(
                Markup(
                    '<div class="text-muted fst-italic mt-1">'
                    '<i class="fa fa-commenting-o me-1" role="img" aria-label="%s"></i>'
                    "%s</div>"
                )
                % (self.env._("Script"), self.script)
            )
        return Markup('<div class="border-start ps-3 mb-3">%s</div>') % (
            Markup().join(parts)
        )

    def _service_preview_badges(self):
        """Return what the agent must know of the line, as safe html."""
        badges = []
        if self.is_automatic:
            badges.append(("info", self._service_figure_name()))
        elif self.is_required:
            badges.append(("warning", self.env._("required")))
        if self.is_critical:
            badges.append(("danger", self.env._("critical")))
        if self.kind != "text" and self.weight != 1:
            weight = self.env._("weight %s", f"{self.weight:g}")
            badges.append(("light", weight))
        return Markup().join(BADGE % badge for badge in badges)

    def _service_figure_name(self):
        """Return what the ledger answers an automatic line from."""
        if not self.figure:
            return self.env._("from the ledger: every promise was kept")
        names = dict(self._fields["figure"]._description_selection(self.env))
        return self.env._("from the ledger: %s", names[self.figure])

    def _service_preview_answers(self):
        """Return what can be pressed or written, as safe html."""
        if self.is_automatic:
            return Markup('<span class="text-muted">%s</span>') % self.env._(
                "Answered by the ledger"
            )
        if self.kind == "text":
            return Markup('<span class="text-muted">%s</span>') % self.env._("A text")
        labels = BUTTONS.get(self.kind) or (self.env._("Yes"), self.env._("No"))
        shown = Markup().join(BUTTON % label for label in labels)
        if self.is_na_allowed:
            shown += BUTTON % self.env._("Not applicable")
        notes = {
            "low": self.env._("asks why on a no or a low score"),
            "always": self.env._("asks why"),
        }
        critical = self.env._("asks why when the checklist fails by it")
        note = notes.get(self.comment_rule) or (self.is_critical and critical)
        if note:
            shown += Markup('<span class="text-muted small">%s</span>') % note
        return shown
