import time

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, ormcache, split_every

from . import verdict
from .service_promise import MAX_TOLERANCE_MINUTES

#: Promises written by one statement.
RECORD_BATCH_SIZE = 1000


class ServicePromise(models.Model):
    """How a promise gets into the ledger: typed by its author, or derived."""

    _inherit = "service.promise"

    # ------------------------------------------------------------------
    # Recording
    # ------------------------------------------------------------------

    @api.model
    def _service_create(self, vals_list):
        """Record promises made by the user himself, see ``_service_promise_vals``."""
        # The message that makes a promise must not be what keeps it.
        self.env["service.worker"]._service_work_off()
        prepared = []
        for vals in vals_list:
            document = self._service_get_document(
                vals.get("res_model"), vals.get("res_id"), "write"
            )
            prepared.append(self._prepare_manual_vals(document, vals))
        promises = self._service_record(prepared)
        return self.browse(promises._ids)

    @api.model
    def _prepare_manual_vals(self, document, vals):
        """Check what a user typed and return the facts of his promise.

        :param document: a document he may write to
        :param dict vals: ``name``, ``kind``, ``date_due`` as sent by the client
        :raise ValidationError: bad text, date, kind, or a user without employee
        """
        kind = vals.get("kind") or "deadline"
        if kind not in verdict.KINDS:
            raise ValidationError(self.env._("Unknown kind of promise."))
        name = self._service_clean_text(
            vals.get("name"), self.env._("Promise"), required=True
        )
        date_due = self._service_clean_date(vals.get("date_due"), self.env._("Due"))
        company = document._service_get_company()
        employee = self.env.user.with_company(company).employee_id
        if not employee:
            raise ValidationError(
                self.env._(
                    "%(user)s has no employee in %(company)s, so nobody could "
                    "answer for the promise. Ask an administrator to create one.",
                    user=self.env.user.name,
                    company=company.name,
                )
            )
        return {
            **document._service_promise_vals(
                name=name,
                kind=kind,
                source="manual",
                date_due=date_due,
                employee=employee,
            ),
            **self._prepare_kind_vals(kind, date_due, document, vals),
        }

    @api.model
    def _prepare_kind_vals(self, kind, date_due, document, vals):
        """Check what only some kinds of promise have.

        :param str kind: kind of promise
        :param date_due: naive UTC
        :param document: the served document
        :param dict vals: as sent by the client
        :raise ValidationError: a window or an end that does not fit
        """
        if kind == "callback":
            return self._prepare_callback_vals(date_due, document, vals)
        if kind == "appointment":
            return self._prepare_appointment_vals(date_due, document, vals)
        return {}

    @api.model
    def _prepare_callback_vals(self, date_due, document, vals):
        """Return the number to call and the hours in which we call."""
        result = {}
        # sudo: the customer's number, on a document the user may write to
        phone = vals.get("phone") or document.sudo()._service_get_partner().phone
        result["phone"] = self._service_clean_text(phone, self.env._("Phone"))
        if vals.get("date_from"):
            result["date_from"] = self._service_clean_date(
                vals["date_from"], self.env._("Not before")
            )
            if result["date_from"] >= date_due:
                raise ValidationError(
                    self.env._("Not before: must lie before the due moment.")
                )
        return result

    @api.model
    def _prepare_appointment_vals(self, date_due, document, vals):
        """Return the planned end and the tolerance of the start."""
        result = {}
        tolerance = vals.get("tolerance_minutes")
        if tolerance is None or tolerance is False:
            tolerance = document._service_get_company().service_tolerance_minutes
        if isinstance(tolerance, bool) or not isinstance(tolerance, int):
            raise ValidationError(self.env._("Tolerance: give whole minutes."))
        if not 0 <= tolerance <= MAX_TOLERANCE_MINUTES:
            raise ValidationError(
                self.env._("Tolerance: from 0 to %s minutes.", MAX_TOLERANCE_MINUTES)
            )
        result["tolerance_minutes"] = tolerance
        if vals.get("date_end"):
            result["date_end"] = self._service_clean_date(
                vals["date_end"], self.env._("Planned end")
            )
            if result["date_end"] <= date_due:
                raise ValidationError(
                    self.env._("Planned end: must lie after the start.")
                )
        return result

    @api.model
    def _service_record(self, vals_list):
        """Record promises whose facts the server derived, with their event.

        :param list vals_list: complete vals, see ``_service_promise_vals``
        :return: promises, unsealed and as superuser
        """
        promises = self._service_unseal()
        vals_list = promises._service_complete(vals_list)
        ids = []
        for some in split_every(RECORD_BATCH_SIZE, vals_list):
            rows = self._service_query_now(promises._service_record_query(some))
            ids += [promise_id for (promise_id,) in rows]
        self._service_know_companies(vals_list)
        return promises._service_inserted(ids, vals_list)

    @api.model
    def _service_record_later(self, vals_list):
        """Record promises that nobody needs to see before the worker is done."""
        guard = self.env["service.worker"]._service_guard()
        if guard is None or self._service_new_companies(vals_list):
            self._service_record(vals_list)
            return
        promises = self._service_unseal()
        vals_list = promises._service_complete(vals_list)
        for some in split_every(RECORD_BATCH_SIZE, vals_list):
            guard.keep(promises._service_record_query(some))

    @api.model
    def _service_complete(self, vals_list):
        """Return the vals with the verdict of a new promise, which is that it runs."""
        vals_list = [dict(vals) for vals in vals_list]
        self._add_precomputed_values(vals_list)
        for vals in vals_list:
            vals.pop("__precomputed__", None)
        return vals_list

    @api.model
    def _service_record_query(self, vals_list):
        """Return the statement that writes promises with their first event.

        :return: SQL, which returns the ids in the order of ``vals_list``
        """
        counts = self.env["service.worker"]._service_counts()
        for vals in vals_list if counts else ():
            count = counts.get((vals["res_model"], vals["res_id"]))
            if count is not None:
                count[vals["company_id"]] += 1
        # SQL: the event needs the id of its promise, which one statement knows
        # without a round trip
        return SQL(
            """
            WITH made AS (%s, name, company_id, date_due, create_uid, create_date)
            INSERT INTO service_event (res_model, res_id, res_name, company_id, kind,
                new_value, create_uid, write_uid, create_date, write_date)
            SELECT 'service.promise', id, name, company_id, 'made',
                to_char(date_due, 'YYYY-MM-DD HH24:MI:SS'),
                create_uid, create_uid, create_date, create_date
            FROM made ORDER BY id RETURNING res_id""",
            self._service_insert_query(vals_list),
        )

    @api.model
    def _service_companies(self, res_model):
        """Return the ids of the companies that ever promised on these documents.

        Whoever promises nothing is asked nothing: this is known without a query.
        """
        # A worker that read an older snapshot learns the truth within minutes.
        return self._service_companies_cached(res_model, int(time.time() // 300))

    @api.model
    @ormcache("res_model", "_period")
    def _service_companies_cached(self, res_model, _period):
        # SQL: one probe of the index per company; DISTINCT would read every row
        rows = self.env.execute_query(
            SQL(
                "SELECT c.id FROM res_company c WHERE EXISTS (SELECT 1 FROM"
                " service_promise p WHERE p.res_model = %s AND p.company_id = c.id)",
                res_model,
            )
        )
        return frozenset(company_id for (company_id,) in rows)

    @api.model
    def _service_new_companies(self, vals_list):
        """Tell whether a company has never promised on a kind of document before."""
        made = {(vals["res_model"], vals["company_id"]) for vals in vals_list}
        return any(
            company_id not in self._service_companies(res_model)
            for res_model, company_id in made
        )

    @api.model
    def _service_know_companies(self, vals_list):
        """Note the first promise ever of a company on a kind of document."""
        if self._service_new_companies(vals_list):
            clear_cache = self.env.registry.clear_cache
            clear_cache()
            # Again, because others may have asked before they could see this one
            self.env.cr.postcommit.add(clear_cache)

    def copy_data(self, default=None):
        # A copy of a promise is a new promise, made now by whoever copies it.
        vals_list = super().copy_data(default)
        return [
            {key: vals[key] for key in self._service_input_fields if key in vals}
            for vals in vals_list
        ]
