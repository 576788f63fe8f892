from odoo import api, fields, models
from odoo.tools import SQL


class ServiceQualityMixin(models.AbstractModel):
    """What a document gains when it is served, and the hooks it may answer.

    A model joins with ``_inherit = ["service.quality.mixin", "<model>"]`` (the
    mixin first, the ``_name`` given) and declares:

    ``_service_user_field``
        who answers for the document
    ``_service_partner_field``
        who is the customer
    ``_service_watch_fields``
        a write to one of these may change what was promised or settled

    Nothing of ours is stored on the document. Its changes are collected and worked
    off once per transaction, right before the commit, so that a batch costs what a
    single document costs; a failure there is logged and never stops the document.
    Only the gate speaks at once.
    """

    _name = "service.quality.mixin"
    _description = "Served Document"

    _service_user_field = "user_id"
    _service_partner_field = "partner_id"
    _service_watch_fields = frozenset()

    service_promise_ids = fields.One2many(
        "service.promise",
        "res_id",
        "Promises",
        domain=lambda self: [("res_model", "=", self._name)],
        copy=False,
        groups="service_quality.group_user",
    )
    service_checklist_ids = fields.One2many(
        "service.checklist",
        "res_id",
        "Checklists",
        domain=lambda self: [("res_model", "=", self._name)],
        copy=False,
        groups="service_quality.group_user",
    )
    service_feedback_ids = fields.One2many(
        "service.feedback",
        "res_id",
        "Feedback",
        domain=lambda self: [("res_model", "=", self._name)],
        copy=False,
        groups="service_quality.group_user",
    )
    service_promise_count = fields.Integer(
        compute="_compute_service_promise_count", groups="service_quality.group_user"
    )

    @api.depends_context("allowed_company_ids")
    def _compute_service_promise_count(self):
        worker = self.env["service.worker"]
        if worker._service_guard() is None:
            # Who saves a new document, sees what was promised with it.
            worker._service_work_off()
        new = worker._service_counts()
        old_ids = [res_id for res_id in self.ids if (self._name, res_id) not in new]
        counts = self._service_count_promises(old_ids)
        companies = self.env.companies._ids
        for document in self:
            made = new.get((self._name, document.id), {})
            count = sum(made.get(company_id, 0) for company_id in companies)
            document.service_promise_count = count or counts.get(document.id, 0)

    def _service_count_promises(self, ids):
        """Return {document id: promises in the user's companies} of documents.

        :param list ids: of documents that the user may read
        """
        # No rules, as superuser: who may read a document reads its promises in his
        # companies, and only their number leaves this method.
        promises = self.env["service.promise"].sudo()
        companies = promises._service_companies(self._name)
        companies = companies.intersection(self.env.companies._ids)
        if not ids or not companies:
            return {}
        promises.flush_model(["res_model", "res_id", "company_id"])
        # SQL: saving a form reads this again, and to have the ORM find the statement
        # takes longer than to run it
        question = SQL(
            "SELECT res_id, count(*) FROM service_promise WHERE res_model = %s"
            " AND res_id IN %s AND company_id IN %s GROUP BY res_id",
            self._name,
            tuple(ids),
            tuple(companies),
        )
        return dict(promises._service_query_now(question))

    # ------------------------------------------------------------------
    # Hooks with working defaults; documents override what differs
    # ------------------------------------------------------------------

    def _service_get_user(self):
        """Return who answers for one document (res.users, maybe empty)."""
        return self[self._service_user_field]

    def _service_get_partner(self):
        """Return the customer of one document (res.partner, maybe empty)."""
        return self[self._service_partner_field]

    def _service_get_email(self):
        """Return the customer's address of one document, or an empty string."""
        return self._service_get_partner().email or ""

    def _service_get_company(self):
        """Return the company of one document; never that of the client's context."""
        return self.company_id or self.env.company

    def _service_get_employee(self):
        """Return the employee who answers for one document, in its company.

        Called as superuser when a fact is recorded; the answer is stored with the
        fact, so later reassignment moves nothing.
        """
        company = self._service_get_company()
        user = self._service_get_user()
        employee_id = user.id and user._service_employee_id(user.id, company.id)
        # sudo: a plain user may not read employees; callers take a snapshot
        return self.env["hr.employee"].sudo().browse(employee_id or ())

    def _service_prefetch_state(self):
        """Hook: read what ``_service_is_done`` needs of one document at once."""

    def _service_is_done(self):
        """Tell whether one document is done: what the customer waited for is there."""
        return False

    def _service_is_cancelled(self):
        """Tell whether one document is no longer wanted."""
        return False

    def _service_got_less(self):
        """Keep the documents on which less was done than the customer was promised.

        Asked when documents are done; closing them keeps no promise then.
        """
        return self.browse()

    def _service_native_promises(self):
        """Return the promises one document itself states to the customer.

        :return: list of dicts with ``source_key`` (the field), ``name``,
            ``date_due`` (naive UTC) and ``date_told`` (when the customer had it in
            writing, or False)
        """
        return []

    # ------------------------------------------------------------------
    # Snapshots
    # ------------------------------------------------------------------

    def _service_snapshot_vals(self, employee=None):
        """Return who, for whom and where, as it is now; for one document.

        :param employee: who answers, when it is not the document's responsible
        :return: vals shared by everything that records a fact
        """
        self.ensure_one()
        document = self.sudo()  # only names and links of the document, for the record
        if employee is None:
            employee = document._service_get_employee()
        return {
            "res_model": self._name,
            "res_id": self.id,
            "res_name": document.display_name,
            "employee_id": employee.id,
            "department_id": employee._service_get_department().id,
            "partner_id": document._service_get_partner().id,
            "company_id": document._service_get_company().id,
        }

    def _service_get_calendar(self, employee):
        """Return the hours in which somebody works on one document."""
        return (
            employee._service_get_calendar()
            or self._service_get_company().resource_calendar_id
        )

    def _service_promise_vals(
        self,
        name,
        kind,
        source,
        date_due,
        employee=None,
        calendar=None,
        source_key=None,
        date_told=False,
    ):
        """Return the complete facts of a new promise on one document.

        :param str name: what was promised
        :param str kind: key of the kinds of promise
        :param str source: ``manual``, ``plan`` or ``native``
        :param date_due: naive UTC datetime
        :param employee: who answers; default the document's responsible
        :param calendar: hours in which lateness is measured; default the
            employee's, else the company's
        :param str source_key: what makes it unique on the document while it runs
        :param date_told: since when the customer has it in writing
        """
        document = self.sudo()  # the snapshot of one document, see above
        if employee is None:
            employee = document._service_get_employee()
        calendar = calendar or document._service_get_calendar(employee)
        return {
            **self._service_snapshot_vals(employee),
            # stored, what the display name is made of each time
            "partner_name": document._service_get_partner().complete_name or False,
            "partner_email": document._service_get_email() or False,
            "name": name,
            "kind": kind,
            "source": source,
            "source_key": source_key,
            "calendar_id": calendar.id,
            "date_made": fields.Datetime.now(),
            "date_due": date_due,
            "date_told": date_told,
        }

    # ------------------------------------------------------------------
    # CRUD: collect, then work off once
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents._service_schedule_sync(is_new=True)
        return documents

    def write(self, vals):
        watched = not self._service_watch_fields.isdisjoint(vals)
        was_done = was_waiting = None
        if watched:
            Rule = self.env["service.plan.rule"]
            was_waiting = self._service_try(lambda: Rule._service_waiting(self))
            # The state before, read as superuser: done, cancelled, nothing else
            was_done = {doc.id: doc._service_is_done() for doc in self.sudo()}
            was_cancelled = {  # sudo: as above
                doc.id for doc in self.sudo() if doc._service_is_cancelled()
            }
        Plan = self.env["service.plan"]
        replanned = not Plan._service_domain_fields(self._name).isdisjoint(vals)
        matched = None
        if replanned:
            matched = self._service_try(lambda: Plan._service_matched(self))
        result = super().write(dict(vals))
        if watched:
            self._service_check_gate(was_done)
            assigned = self._service_user_field in vals
            self._service_schedule_sync(
                was_done=was_done,
                was_cancelled=was_cancelled,
                was_waiting=was_waiting,
                assigned=assigned,
            )
        if replanned:
            self._service_schedule_sync(was_done=was_done, matched=matched)
        return result

    def _service_drop(self):
        """Hook: delete documents that were made as a sample, whatever their state."""
        return self.unlink()

    def unlink(self):
        worker = self.env["service.worker"]
        facts = []
        # Nothing is read for whoever may not delete: the host says so in its words
        if self.has_access("unlink") and self._service_is_watched():
            worker._service_safely(lambda: facts.append(self._service_before_unlink()))
        result = super().unlink()
        if facts and facts[0]:
            worker._service_safely(lambda: self._service_after_unlink(*facts))
        return result
