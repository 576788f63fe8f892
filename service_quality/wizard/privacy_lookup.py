from odoo import api, fields, models
from odoo.tools import SQL

#: What of a row says who somebody is: removed, while the figures stay.
PERSONAL = {
    "service.feedback": ["partner_id", "comment", "recipient"],
    "service.invitation": ["partner_id", "email", "user_input_id"],
    "service.recovery": [
        "partner_id",
        "description",
        "apology",
        "result",
        "cause_note",
        "compensation_text",
    ],
    "service.wow": ["partner_id", "description"],
    "service.promise": [
        "partner_id",
        "partner_name",
        "partner_email",
        "phone",
        "customer_comment",
    ],
    "service.scope.change": [
        "partner_id",
        "partner_name",
        "partner_email",
        "description",
        "reason",
        "decided_by",
        "customer_comment",
    ],
    "service.checklist": ["partner_id"],
    "service.link": [
        "partner_id",
        "partner_name",
        "content",
        "comment",
        "question",
        "decided_by",
    ],
}
ERASED = "\N{EM DASH}"


class PrivacyLookupWizardLine(models.TransientModel):
    """Erasure through Odoo's privacy look-up leaves our figures, and only those."""

    _inherit = "privacy.lookup.wizard.line"

    def action_unlink(self):
        """Erase what is personal of a fact; delete any other record.

        :return: None
        :raise UserError: erased before
        """
        self.ensure_one()
        model = self.env.get(self.res_model)
        if self.is_unlinked or self.res_model not in PERSONAL:
            return super().action_unlink()
        # The look-up is the administrator's: whoever may use it, may erase.
        model.browse(self.res_id)._service_unseal()._service_erase()
        self.execution_details = self.env._(
            "Erased, figures kept: %(model)s #%(id)s",
            model=self.res_model_id.name,
            id=self.res_id,
        )
        self.is_unlinked = True


class ServiceSealedMixin(models.AbstractModel):
    _inherit = "service.sealed.mixin"

    def _service_erase(self):
        """Remove what says who the customer was, in the rows and their history.

        The document's name may hold his name, and the texts of events may: they go
        as well. Nothing that counts changes.
        """
        names = [name for name in PERSONAL[self._name] if name in self._fields]
        vals = dict.fromkeys(names, False)
        if "res_name" in self._fields:
            vals["res_name"] = ERASED
        self.write(vals)
        self._service_erase_events()
        self._service_erase_what_belongs()

    def _service_erase_what_belongs(self):
        """Erase how these rows were asked about, and what was printed of them."""
        links = self.env["service.link"]._service_unseal()
        packs = self.env["service.evidence.pack"]._service_unseal()
        links.search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )._service_erase()
        for row in self:
            packs |= packs.search(
                [("res_model", "=", row.res_model), ("res_id", "=", row.res_id)]
            )
        packs._service_erase()

    @api.model
    def _service_erase_events(self):
        """Empty the texts of the events about these rows; what happened stays."""
        self.env.flush_all()
        # SQL: events refuse every change through the ORM, this is the one exception
        self.env.execute_query(
            SQL(
                "UPDATE service_event SET note = NULL, res_name = %s"
                " WHERE res_model = %s AND res_id IN %s",
                ERASED,
                self._name,
                tuple(self.ids) or (0,),
            )
        )
        self.env["service.event"].invalidate_model(["note", "res_name"])
        self.env["service.event"]._service_log(self, "erased")


class ServiceLink(models.Model):
    _inherit = "service.link"

    def _service_erase(self):
        # Nobody answers by it any more: its text is gone.
        if not self:
            return None
        running = self.filtered(lambda link: not link.date_revoked)
        running.write({"date_revoked": fields.Datetime.now()})
        self.write({"email": ERASED})
        self._service_files().unlink()
        return super()._service_erase()

    def _service_erase_what_belongs(self):
        """Nothing is asked about a link."""


class ServiceScopeChange(models.Model):
    _inherit = "service.scope.change"

    def _service_erase(self):
        files = self.attachment_ids
        self.write({"attachment_ids": [fields.Command.clear()]})
        files.filtered(lambda file: file.res_model == self._name).unlink()
        return super()._service_erase()


class ServiceEvidencePack(models.Model):
    _inherit = "service.evidence.pack"

    def _service_erase(self):
        if self:
            # The digest stays: it proves what was printed, to whoever has the paper.
            self.write({"content": ERASED, "res_name": ERASED})
            self._service_erase_events()
