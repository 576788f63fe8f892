import time

from odoo import api, models
from odoo.tools import SQL, ormcache


class ServiceChecklist(models.Model):
    """When the ledger's answers become final, and where there are any to give."""

    _inherit = "service.checklist"

    # ------------------------------------------------------------------
    # Freezing
    # ------------------------------------------------------------------

    @api.model
    def _service_freeze(self, documents, moment):
        """Answer the automatic lines of documents that were just done, for good.

        :param documents: records of one served model
        :param moment: naive UTC, when they were done
        """
        checklists = self._service_automatic_of(documents, is_answered=False)
        for line, (answer, evidence) in checklists._service_ledger_answers(
            moment
        ).items():
            line.write(
                {"answer": answer, "evidence": evidence, "date_answered": moment}
            )
            self._service_log_ledger(line, new=answer)

    @api.model
    def _service_thaw(self, documents):
        """Take the ledger's answers back: the documents were not done after all."""
        checklists = self._service_automatic_of(documents, is_answered=True)
        lines = checklists.line_ids.filtered(
            lambda line: line.is_automatic and line.is_answered
        )
        for line in lines:
            self._service_log_ledger(line, old=line.answer)
        if lines:
            lines.write({"answer": False, "evidence": False, "date_answered": False})

    def _service_log_ledger(self, line, old=None, new=None):
        self.env["service.event"]._service_log(
            line.checklist_id, "answered", old=old, new=new, note=line.name
        )

    @api.model
    def _service_automatic_of(self, documents, is_answered):
        """Return the checklists of documents with automatic lines, unsealed."""
        companies = self._service_automatic_companies(documents._name)
        # sudo: the company of the documents only
        documents = documents.sudo().filtered(
            lambda document: document._service_get_company().id in companies
        )
        if not documents:
            return self._service_unseal().browse()
        lines = self.env["service.checklist.line"]._service_unseal()
        return lines.search(
            [
                ("checklist_id.res_model", "=", documents._name),
                ("checklist_id.res_id", "in", documents.ids),
                ("is_automatic", "=", True),
                ("is_answered", "=", is_answered),
            ]
        ).checklist_id

    # ------------------------------------------------------------------
    # Who has automatic lines at all
    # ------------------------------------------------------------------

    @api.model
    def _service_automatic_companies(self, res_model):
        """Return the ids of the companies whose documents have automatic lines.

        Known without a query: closing asks for lines where there are some.
        """
        # A worker that read an older snapshot learns the truth within minutes.
        return self._service_automatic_cached(res_model, int(time.time() // 300))

    @api.model
    @ormcache("res_model", "_period")
    def _service_automatic_cached(self, res_model, _period):
        # SQL: one probe per company; DISTINCT would read every row
        rows = self.env.execute_query(
            SQL(
                "SELECT c.id FROM res_company c WHERE EXISTS (SELECT 1 FROM"
                " service_checklist k WHERE k.has_automatic"
                " AND k.company_id = c.id AND k.res_model = %s)",
                res_model,
            )
        )
        return frozenset(company_id for (company_id,) in rows)
