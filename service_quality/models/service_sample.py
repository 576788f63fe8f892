import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache

#: What a record that is no document is known by. Whoever changes one of these, has
#: made something real of it.
IDENTITY = (
    "name",
    "email",
    "phone",
    "vat",
    "work_email",
    "work_phone",
    "user_id",
    "user_ids",
    "parent_id",
    "company_id",
    "default_code",
)


class ServiceSample(models.Model):
    """Sample data of one company: when made, by whom, when taken away again.

    Made in a company that has no figures yet, so that nothing real is mixed with it;
    the dashboard says so as long as it is there. The row stays when the sample goes.
    """

    _name = "service.sample"
    _description = "Sample Data"
    _inherit = ["service.cached.mixin", "service.sealed.mixin"]
    _order = "id desc"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    row_ids = fields.One2many("service.sample.row", "sample_id", readonly=True)
    date_removed = fields.Datetime("Removed On", readonly=True)
    removed_by_id = fields.Many2one("res.users", readonly=True)
    fact_count = fields.Integer("Facts Removed", readonly=True)

    _company_uniq = models.UniqueIndex(
        "(company_id) WHERE date_removed IS NULL",
        "The company has its sample data already.",
    )

    @api.model
    @ormcache()
    def _service_companies(self):
        """Return the ids of the companies that have sample data."""
        # sudo: that there is some, is said to everybody who sees the figures
        rows = self.sudo().search([("date_removed", "=", False)])
        return frozenset(rows.company_id.ids)

    @api.model
    def _service_find(self, company):
        """Return the sample data of a company, with the right to remove them."""
        domain = [("company_id", "=", company.id), ("date_removed", "=", False)]
        return self._service_unseal().search(domain)

    @api.model
    def _service_why_not(self, company):
        """Return why a company cannot have sample data now, or False."""
        if self._service_find(company):
            return self.env._("The sample data are there already.")
        for name in ("service.promise", "service.checklist", "service.feedback"):
            # sudo: whether there is any figure, none of them is shown
            facts = self.env[name].sudo()
            if facts.search_count([("company_id", "=", company.id)], limit=1):
                return self.env._(
                    "There are figures of your own already: a sample would mix with "
                    "them."
                )
        return False

    @api.model
    def _service_make(self, company):
        """Make the sample data of a company and remember what they consist of.

        :raise UserError: the company has figures already, or no working hours
        """
        reason = self._service_why_not(company)
        if reason:
            raise UserError(reason)
        sample = self._service_unseal().create({"company_id": company.id})
        rows = sample.env["service.sample.row"]
        for records in self.env["service.sample.demo"]._tell(company):
            rows.create(
                [
                    {
                        "sample_id": sample.id,
                        "res_model": record._name,
                        "res_id": record.id,
                        "identity": rows._service_identity(record),
                    }
                    for record in records
                ]
            )
        return sample


class ServiceSampleRow(models.Model):
    """A record that was made as a sample, and what it was like then.

    Only these, and what hangs on the documents among them, can ever be removed.
    """

    _name = "service.sample.row"
    _description = "Record of the Sample Data"
    _inherit = ["service.sealed.mixin"]
    _order = "id"

    sample_id = fields.Many2one(
        "service.sample", required=True, readonly=True, ondelete="cascade", index=True
    )
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        model_field="res_model", required=True, readonly=True
    )
    identity = fields.Char(required=True, readonly=True)

    _record_uniq = models.UniqueIndex("(res_model, res_id)")

    @api.model
    def _service_identity(self, record):
        """Return what makes a record the one it is, as JSON.

        Of a document its customer, his address and the company: with another
        customer it is no sample any more. Of others :data:`IDENTITY`.
        """
        record = record.sudo()  # compared with what it was, never shown as a whole
        if record._name in self.env["service.linked.mixin"]._service_document_models():
            return json.dumps(
                {
                    "partner_id": record._service_get_partner().id,
                    "email": record._service_get_email() or "",
                    "company_id": record._service_get_company().id,
                }
            )
        names = [name for name in IDENTITY if name in record._fields]
        values = {
            name: record[name].ids if record._fields[name].relational else record[name]
            for name in names
        }
        return json.dumps(values)

    def _service_records(self):
        """Return {model: records that still exist}, as superuser."""
        return {
            name: self.env[name]
            .with_context(active_test=False)
            .browse(rows.mapped("res_id"))
            .exists()
            # sudo: what is marked as a sample; the callers checked who asks
            for name, rows in self.sudo().grouped("res_model").items()
            if name in self.env
        }

    def _service_changed(self):
        """Return the names of records that are not what was made."""
        changed = []
        known = {(row.res_model, row.res_id): row.identity for row in self}
        for name, records in self._service_records().items():
            for record in records:
                if self._service_identity(record) != known[name, record.id]:
                    changed.append(record.display_name)
        return changed
