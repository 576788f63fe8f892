import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

#: Nobody is told while the sample goes.
SILENT = {"tracking_disable": True, "mail_notrack": True}
#: Where facts keep the address of whom they are about; nobody of a sample has one.
ADDRESSES = ("partner_email", "email", "recipient")
KEPT_KEYS = ("lang", "tz", "allowed_company_ids")


class ServiceSample(models.Model):
    """The one door through which facts leave: those of sample documents.

    A fact goes only when its document was made as a sample, still belongs to the
    customer it was made for, and the fact itself names a customer of the sample.
    A sample document that was given a real customer stops the removal, so nothing
    real can be hidden among it; a real document cannot be marked at all.
    """

    _inherit = "service.sample"

    def _service_remove(self):
        """Take the sample data of one company away, with all that hangs on them.

        Called on :meth:`_service_find` by what has checked who asks.

        :return: names of records that stay, archived, because something real needs
            them
        :raise UserError: a sample record was made something real; nothing is removed
        """
        self.ensure_one()
        self.lock_for_update()
        records = self.row_ids._service_records()
        served = self.env["service.linked.mixin"]._service_document_models()
        documents = [rows for name, rows in records.items() if name in served]
        for rows in documents:
            rows.lock_for_update()  # nobody records anything on them meanwhile
        self.env["service.worker"]._service_work_off()
        self.env.flush_all()
        self._service_check_unchanged()
        facts = self._service_facts()
        for rows in facts:
            self._service_check_facts(rows, records)
        count = self._service_delete_facts(facts)
        for rows in documents:
            self._service_delete_documents(rows)
        kept = self._service_delete_others(
            [rows for name, rows in records.items() if name not in served]
        )
        self.env.flush_all()
        self.env["service.quality.rollup"]._forget_empty()
        self._service_note_removed(count)
        return kept

    def _service_note_removed(self, count):
        """Keep who removed it, when and how much; here and in the server's log."""
        self.row_ids.unlink()
        self.write(
            {
                "date_removed": fields.Datetime.now(),
                "removed_by_id": self.env.uid,
                "fact_count": count,
            }
        )
        _logger.info(
            "Sample data %s of company %s removed by user %s: %s facts",
            self.id,
            self.company_id.id,
            self.env.uid,
            count,
        )

    # ------------------------------------------------------------------
    # What may go
    # ------------------------------------------------------------------

    def _service_check_unchanged(self):
        changed = self.row_ids._service_changed()
        if changed:
            raise UserError(
                self.env._(
                    "These are no samples any more, they were given other names, "
                    "addresses or customers: %(names)s. Nothing was removed. Give "
                    "them back what they had, then try again.",
                    names=", ".join(changed),
                )
            )

    @api.model
    def _service_fact_models(self):
        """Return the models whose rows hang on documents, without their events."""
        linked = self.env["service.event"]._service_linked_models()
        served = self.env["service.linked.mixin"]._service_document_models()
        return [name for name in linked if name not in served]

    def _service_marked_domain(self):
        """Return which facts and events hang on records of the sample.

        By their ids, so that those of a document that somebody deleted are found.
        """
        return Domain.OR(
            Domain("res_model", "=", name)
            & Domain("res_id", "in", rows.mapped("res_id"))
            for name, rows in self.row_ids.grouped("res_model").items()
        )

    def _service_facts(self):
        """Return the rows that hang on the sample, one recordset per model."""
        domain = self._service_marked_domain()
        return [
            self.env[name].with_context(active_test=False).search(domain)
            for name in self._service_fact_models()
        ]

    def _service_check_facts(self, facts, records):
        """Refuse facts of one model that name somebody real, or another company.

        Whom a fact was made to, was written down with it: it does not help to give
        the document back to the customer of the sample.
        """
        customers = records.get("res.partner", self.env["res.partner"])
        marked = self.row_ids.filtered(lambda row: row.res_model == "res.partner")
        # One that somebody deleted, is no longer named by his facts
        may_be_nobody = len(customers) < len(marked)
        names = [name for name in ADDRESSES if name in facts._fields]

        def is_real(fact):
            if fact.company_id != self.company_id or any(fact[name] for name in names):
                return True
            if "partner_id" not in fact._fields:
                return False
            return not (fact.partner_id or may_be_nobody) or bool(
                fact.partner_id - customers
            )

        real = facts.filtered(is_real)
        if real:
            raise UserError(
                self.env._(
                    "Something was recorded for a real customer on a sample document: "
                    "%(names)s. That stays, and with it the sample data.",
                    names=", ".join(real.mapped("display_name")),
                )
            )

    # ------------------------------------------------------------------
    # How it goes
    # ------------------------------------------------------------------

    def _service_delete_facts(self, facts):
        """Delete facts, and the events and links about them and their documents.

        :return: how many facts and events
        """
        checklists = [rows for rows in facts if rows._name == "service.checklist"]
        about = [*facts, *(rows.line_ids for rows in checklists)]
        domain = self._service_marked_domain() | Domain.OR(
            Domain("res_model", "=", rows._name) & Domain("res_id", "in", rows.ids)
            for rows in about
        )
        events = self.env["service.event"].search(domain)
        self.env["service.link"].search(domain).unlink()
        count = len(events) + sum(map(len, facts))
        events.unlink()
        for rows in checklists:
            rows.line_ids.unlink()  # by the ORM: proofs are attached to lines
        for rows in facts:
            rows.exists().with_context(**SILENT).unlink()
        return count

    def _service_delete_documents(self, documents):
        """Delete the documents of one model.

        :raise UserError: the host does not let them go
        """
        # The right to change facts is no business of the host: another context
        env = self.sudo(False).env
        context = {key: env.context[key] for key in KEPT_KEYS if key in env.context}
        # sudo: the sample was made as superuser; these very records, see the rows
        documents = documents.with_env(env(su=True, context={**context, **SILENT}))
        try:
            with self.env.cr.savepoint():
                documents._service_drop()
        except (UserError, ValidationError, psycopg2.IntegrityError) as error:
            raise UserError(
                self.env._(
                    "The sample documents cannot be deleted: %(error)s Delete first "
                    "what you made of them, such as deliveries or invoices.",
                    error=error,
                )
            ) from error

    def _service_delete_others(self, records):
        """Delete what was made for the documents; archive what something needs.

        :return: names of what stays
        """
        kept = []
        for record in (record for rows in records for record in rows):
            name = record.display_name
            if self._service_is_needed(record) or not self._service_delete(record):
                record.with_context(**SILENT).write({"active": False})
                kept.append(name)
        return kept

    def _service_is_needed(self, record):
        """Tell whether a fact or a document that stays names a record."""
        fields_of = {"res.partner": "partner_id", "hr.employee": "employee_id"}
        name = fields_of.get(record._name)
        if not name:
            return False
        places = [(model, name) for model in self._service_fact_models()]
        for model in self.env["service.linked.mixin"]._service_document_models():
            if name == "partner_id":
                places.append((model, self.env[model]._service_partner_field))
        return any(
            self.env[model]
            .with_context(active_test=False)
            .search_count([(field, "=", record.id)], limit=1)
            for model, field in places
            if field in self.env[model]._fields
        )

    def _service_delete(self, record):
        try:
            with self.env.cr.savepoint():
                left = self._service_left_behind(record)
                record.with_context(**SILENT).unlink()
                for rows in left:
                    rows.with_context(**SILENT).unlink()
        except (UserError, ValidationError, psycopg2.IntegrityError):
            return False
        return True

    def _service_left_behind(self, record):
        """Return what Odoo keeps of a record that goes, as lists without it.

        The versions of an employee, and with Inventory the costs of a product.
        """
        if record._name == "hr.employee":
            return [record.version_ids]
        if record._name == "product.product" and "product.value" in self.env:
            # sudo: as the removal as a whole, of a sample product only
            costs = self.env["product.value"].sudo()
            return [costs.search([("product_id", "=", record.id)])]
        return []
