from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain


class ServiceWow(models.Model):
    """An inspiring act: what was done, for whom, by whom; to be learned from.

    Recorded by a colleague on the document, whose readers see it. A manager may put
    it into the library, where all colleagues of the company read it.
    """

    _name = "service.wow"
    _description = "Wow Moment"
    _inherit = ["service.sealed.mixin", "service.linked.mixin"]
    _order = "date desc, id desc"

    _service_input_fields = frozenset(
        {"res_model", "res_id", "name", "description", "lesson", "by_employee_id"}
    )

    name = fields.Char("What Was Done", required=True)
    description = fields.Text("How It Was", help="In the customer's words, if any.")
    lesson = fields.Text("What Others Can Do", help="How it can be done again.")
    by_employee_id = fields.Many2one(
        "hr.employee", "Done By", help="Empty: who answers for the document."
    )
    employee_id = fields.Many2one(
        "hr.employee", readonly=True, ondelete="restrict", index=True
    )
    department_id = fields.Many2one("hr.department", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Datetime("Recorded On", required=True, readonly=True)
    recorded_by_id = fields.Many2one("res.users", "Told By", readonly=True)
    is_shared = fields.Boolean(
        "In the Library",
        readonly=True,
        help="All colleagues of the company read it, with the customer's name.",
    )

    _document_idx = models.Index("(res_model, res_id)")

    @api.model
    def _service_create(self, vals_list):
        """Record inspiring acts, as a person does on a document he may change.

        :raise ValidationError: nothing said, no such colleague
        """
        prepared = []
        for vals in vals_list:
            document = self._service_get_document(
                vals.get("res_model"), vals.get("res_id"), "write"
            )
            employee = self._service_clean_employee(vals, document)
            texts = {
                "name": (self.env._("What was done"), True),
                "description": (self.env._("How it was"), False),
                "lesson": (self.env._("What others can do"), False),
            }
            cleaned = {
                name: self._service_clean_text(vals.get(name), label, required)
                for name, (label, required) in texts.items()
            }
            prepared.append(
                {
                    **document._service_snapshot_vals(employee),
                    **cleaned,
                    "by_employee_id": employee.id if employee else False,
                    "date": fields.Datetime.now(),
                    "recorded_by_id": self.env.uid,
                }
            )
        rows = self._service_unseal().create(prepared)
        self.env["service.event"]._service_log(rows, "wow")
        return self.browse(rows._ids)

    @api.model
    def _service_clean_employee(self, vals, document):
        """Return the colleague who did it, of the document's company, or None."""
        employee_id = vals.get("by_employee_id")
        if not employee_id:
            return None
        employee = self.env["hr.employee"]
        if isinstance(employee_id, int) and not isinstance(employee_id, bool):
            # sudo: whether this colleague exists in the document's company
            employee = employee.sudo().browse(employee_id).exists()
        company = document.sudo()._service_get_company()  # to compare, nothing else
        if not employee or employee.company_id != company:
            raise ValidationError(
                self.env._("Choose a colleague of the document's company.")
            )
        return employee

    # ------------------------------------------------------------------
    # The library: shared acts are everybody's to read, nobody's to change
    # ------------------------------------------------------------------

    @api.model
    def _service_own_domain(self):
        return super()._service_own_domain() | Domain("is_shared", "=", True)

    def action_share(self):
        """Put these acts into the library: all colleagues of the company read them.

        :return: True
        :raise AccessError: not a service manager
        """
        return self._service_set_shared(True)

    def action_unshare(self):
        """Take these acts out of the library.

        :return: True
        :raise AccessError: not a service manager
        """
        return self._service_set_shared(False)

    def _service_set_shared(self, is_shared):
        if not self.env.user.has_group("service_quality.group_manager"):
            raise AccessError(self.env._("Only a service manager may do this."))
        self.check_access("read")
        # sudo: rows that a manager sees; one switch of ours
        rows = self._service_unseal()
        rows.write({"is_shared": is_shared})
        self.env["service.event"]._service_log(rows, "wow_shared", new=str(is_shared))
        return True
