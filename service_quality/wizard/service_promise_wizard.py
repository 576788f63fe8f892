from odoo import api, fields, models

from ..models.service_promise import KINDS


class ServicePromiseWizard(models.TransientModel):
    """Record a promise: what, by when; tell the customer in the same step."""

    _name = "service.promise.wizard"
    _description = "Record a Promise"
    _inherit = ["service.moment.mixin"]

    res_model = fields.Char(
        "Document Type", required=True, export_string_translation=False
    )
    res_id = fields.Many2oneReference(
        "Document ID", model_field="res_model", required=True
    )
    name = fields.Char("What do we promise?")
    kind = fields.Selection(KINDS, required=True, default="deadline")
    phone = fields.Char(
        compute="_compute_phone",
        store=True,
        readonly=False,
        help="The number to call.",
    )
    date_from = fields.Datetime("Not Before", help="We call from this moment on.")
    date_end = fields.Datetime("Planned End")
    tolerance_minutes = fields.Integer(
        "Tolerance (minutes)",
        compute="_compute_tolerance_minutes",
        store=True,
        readonly=False,
        help="So many minutes after the agreed start is still on time.",
    )
    is_told = fields.Boolean(
        "Tell the customer now",
        default=True,
        help="Writes the promise to the customer. It counts only when the customer "
        "has it in writing.",
    )

    @api.depends("date_due", "res_model", "res_id")
    def _compute_due_hint(self):
        return super()._compute_due_hint()

    @api.depends("res_model", "res_id", "kind")
    def _compute_phone(self):
        for wizard in self:
            document = wizard.kind == "callback" and wizard._get_document()
            # sudo: the phone number of the customer of a readable document
            partner = document and document.sudo()._service_get_partner()
            wizard.phone = (wizard.phone or partner.phone) if document else False

    @api.depends("res_model", "res_id", "kind")
    def _compute_tolerance_minutes(self):
        for wizard in self:
            document = wizard.kind == "appointment" and wizard._get_document()
            wizard.tolerance_minutes = (
                document and document._service_get_company().service_tolerance_minutes
            )

    def _get_document(self):
        """Return the document if the user may read it, else None."""
        self.ensure_one()
        served = self.env["service.linked.mixin"]._service_document_models()
        if self.res_model not in served:
            return None
        document = self.env[self.res_model].browse(self.res_id or [])
        return document.exists()._filtered_access("read") or None

    def _get_customer(self):
        document = self._get_document()
        return document._service_get_partner() if document else None

    def _prepare_promise_vals(self):
        """Return what the user gave, only of what this kind of promise has."""
        vals = {
            "name": self.name,
            "kind": self.kind,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "date_due": self.date_due,
        }
        if self.kind == "callback":
            vals.update(phone=self.phone, date_from=self.date_from)
        if self.kind == "appointment":
            vals.update(
                date_end=self.date_end, tolerance_minutes=self.tolerance_minutes
            )
        return vals

    def action_record(self):
        """Record the promise and, if asked, write it to the customer.

        :return: action that closes the window
        :raise ValidationError: see ``service.promise.create``
        :raise UserError: the customer cannot be reached
        """
        self.ensure_one()
        promise = self.env["service.promise"].create(self._prepare_promise_vals())
        if self.is_told:
            promise.action_tell_customer()
        return {"type": "ir.actions.act_window_close"}
