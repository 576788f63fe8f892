import time

from odoo import api, fields, models
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
                " service_checklist_line l JOIN service_checklist k"
                " ON k.id = l.checklist_id WHERE l.is_automatic"
                " AND l.company_id = c.id AND k.res_model = %s)",
                res_model,
            )
        )
        return frozenset(company_id for (company_id,) in rows)

    def _service_after_copy(self):
        """Note that there are automatic lines; on a closed document, answer them.

        A review is often started when nothing more will come.
        """
        automatic = self.filtered("template_id.has_automatic")
        automatic._service_know_automatic()
        served = self.env["service.linked.mixin"]._service_document_models()
        for res_model, checklists in automatic.grouped("res_model").items():
            if res_model in served:
                documents = self.env[res_model].browse(checklists.mapped("res_id"))
                documents = documents.sudo()  # done or not, nothing else
                done = documents.filtered(lambda doc: doc._service_is_done())
                self._service_freeze(done, fields.Datetime.now())

    def _service_know_automatic(self):
        """Note the first automatic line ever of a company on a kind of document."""
        if any(
            checklist.template_id.has_automatic
            and checklist.company_id.id
            not in self._service_automatic_companies(checklist.res_model)
            for checklist in self
        ):
            clear_cache = self.env.registry.clear_cache
            clear_cache()
            # Again, because others may have asked before they could see these
            self.env.cr.postcommit.add(clear_cache)
