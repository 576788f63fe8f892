from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.fields import Domain


class ServiceLinkedMixin(models.AbstractModel):
    """A row that belongs to a document of any served model.

    The document is ``(res_model, res_id)``. Access follows it in two overrides,
    ``_check_access`` and ``_search``, so lists, groupings, reports and exports
    obey without further code: a user reads the rows of the documents that he may
    read, and the rows about himself and the people he leads. Service managers
    read all rows of their companies.
    """

    _name = "service.linked.mixin"
    _description = "Linked to a Served Document"

    res_model = fields.Char(
        "Document Type", required=True, readonly=True, export_string_translation=False
    )
    res_id = fields.Many2oneReference(
        "Document ID", model_field="res_model", required=True, readonly=True
    )
    res_name = fields.Char(
        "Document",
        readonly=True,
        help="Name of the document at the time; it stays when the document goes.",
    )

    # ------------------------------------------------------------------
    # Which documents
    # ------------------------------------------------------------------

    @api.model
    def _service_document_models(self):
        """Return the names of the served models, those that joined the seam."""
        registry = self.env.registry
        return sorted(
            name
            for name in registry.descendants(["service.quality.mixin"], "_inherit")
            if not registry[name]._abstract
        )

    @api.model
    def _service_linked_models(self):
        """Return the models rows of this model may point at."""
        return self._service_document_models()

    @api.model
    def _service_get_document(self, res_model, res_id, operation="read"):
        """Return the document that a client names, if the user may use it.

        :param str res_model: model name, as sent by the client
        :param int res_id: id, as sent by the client
        :param str operation: what the user wants to do with the document
        :raise ValidationError: no such document
        :raise AccessError: the user may not
        """
        if res_model not in self._service_linked_models():
            raise ValidationError(self.env._("This kind of document is not served."))
        if not isinstance(res_id, int) or isinstance(res_id, bool):
            raise ValidationError(self.env._("Choose the document first."))
        document = self.env[res_model].browse(res_id).exists()
        if not document:
            raise ValidationError(self.env._("The document no longer exists."))
        document.check_access(operation)
        return document

    def _service_document(self):
        """Return the document of this row, empty when it no longer exists."""
        self.ensure_one()
        if self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists()

    def _service_live_document(self):
        """Return the document of this row like ``_service_document``, without a query
        when it was read before."""
        self.ensure_one()
        if self.res_model not in self.env:
            return None
        return self._service_living(self.env[self.res_model].browse(self.res_id))

    @api.model
    def _service_living(self, documents):
        """Keep the documents that exist; no query when they were read before."""
        if not documents._log_access:
            return documents.exists()
        try:
            # sudo: whether the rows are there, nothing of them is used
            documents.sudo().mapped("create_date")
        except MissingError:
            return documents.exists()
        return documents

    def _service_existing(self):
        """Return the documents of these rows that exist, as {(model, id)}."""
        return {
            (name, res_id)
            for name, rows in self.grouped("res_model").items()
            if name in self.env
            for res_id in self.env[name].browse(set(rows.mapped("res_id"))).exists().ids
        }

    def action_open_document(self):
        """Open the document this row belongs to.

        :return: window action
        :raise ValidationError: the document is gone
        """
        self.ensure_one()
        self.check_access("read")
        document = self._service_document()
        if not document:
            raise ValidationError(self.env._("The document no longer exists."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------------
    # Access follows the document
    # ------------------------------------------------------------------

    @api.model
    def _service_sees_all(self):
        """Tell whether the user reads all rows of his companies."""
        return self.env.su or self.env.user.has_group("service_quality.group_manager")

    @api.model
    def _service_own_domain(self):
        """Rows about the user himself and the people he leads."""
        if "employee_id" not in self._fields:
            return Domain.FALSE
        employees = self.env.user._service_led_employees()
        return Domain("employee_id", "in", employees.ids)

    @api.model
    def _service_access_domain(self):
        """Rows the user may read, as one domain with a sub-select per model."""
        domains = [self._service_own_domain()]
        for name in self._service_linked_models():
            model = self.env[name]
            if model.has_access("read"):
                query = model._search(Domain.TRUE, active_test=False)
                domains.append(
                    Domain("res_model", "=", name) & Domain("res_id", "in", query)
                )
        return Domain.OR(domains)

    @api.model
    def _service_hidden_domain(self):
        """Rows that the user must not read one by one, whatever he is; default none.

        Their figures may still be his: code that counts them asks as superuser.
        """
        return Domain.FALSE

    def _service_hidden(self):
        """Keep the rows of ``_service_hidden_domain``."""
        hidden = self._service_hidden_domain()
        if hidden.is_false():
            return self.browse()
        # sudo: which of the rows are hidden, nothing else
        return self.browse(self.sudo().filtered_domain(hidden)._ids)

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        if not bypass_access and not self._service_sees_all():
            domain = Domain(domain) & self._service_access_domain()
        if not bypass_access and not self.env.su:
            domain = Domain(domain) & ~self._service_hidden_domain()
        return super()._search(
            domain,
            offset,
            limit,
            order,
            active_test=active_test,
            bypass_access=bypass_access,
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not any(self._ids) or self.env.su:
            return result
        candidates = self - result[0] if result else self
        forbidden = candidates._service_hidden()
        if not self._service_sees_all():
            forbidden |= candidates - candidates._service_filter_by_document(operation)
        if not forbidden:
            return result
        all_forbidden = forbidden | result[0] if result else forbidden
        return all_forbidden, lambda: AccessError(
            self.env._("You may not use these records: you cannot see their document.")
        )

    def _service_filter_by_document(self, operation):
        """Keep the rows whose document allows it, or which are the user's own."""
        document_operation = "read" if operation == "read" else "write"
        # sudo: only the two link columns and the owner are read, to decide access
        rows = self.sudo()
        allowed = self.browse()
        for name, group in rows.grouped("res_model").items():
            if name not in self.env:
                continue
            # Without a document (0) there is none whose access could be followed.
            documents = self.env[name].browse(set(group.mapped("res_id")) - {0})
            documents = self._service_living(documents)
            readable = set(documents._filtered_access(document_operation)._ids)
            allowed |= group.filtered(lambda row, ids=readable: row.res_id in ids)
        # Whose rows they are is asked only when the document does not answer it.
        if operation == "read" and rows - allowed:
            allowed |= (rows - allowed).filtered_domain(self._service_own_domain())
        return self.browse(allowed._ids)
