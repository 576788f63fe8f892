from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: So far back the cron looks for broken promises without a recovery.
RECOVER_LOOK_BACK = timedelta(days=3)
#: What the links, the names and the company of a fact are called, on every fact.
LINK_FIELDS = (
    "res_model",
    "res_id",
    "res_name",
    "employee_id",
    "department_id",
    "partner_id",
    "company_id",
)


class ServiceRecovery(models.Model):
    """How a recovery is opened: once per event, with an owner and a deadline."""

    _inherit = "service.recovery"

    @api.model
    def _service_from_feedback(self, feedback):
        """Open a recovery for each answer below the company's threshold.

        The answer to the question after a recovery belongs to that recovery and
        opens none.

        :param feedback: service.feedback, unsealed
        :return: the new recoveries
        """
        low = feedback.filtered(lambda row: row._service_is_low() and row.res_id)
        opened = self._service_unseal().search([("feedback_id", "in", low.ids)])
        return self._service_open(low - opened.feedback_id, "low_score", "feedback_id")

    @api.model
    def _service_from_promises(self, promises, trigger="missed"):
        """Open a recovery for each broken promise that has none.

        :param promises: service.promise, unsealed
        :param str trigger: ``missed`` (our verdict) or ``not_kept`` (the customer's)
        :return: the new recoveries
        """
        opened = self._service_unseal().search([("promise_id", "in", promises.ids)])
        return self._service_open(promises - opened.promise_id, trigger, "promise_id")

    @api.model
    def _service_open(self, facts, trigger, link):
        """Open recoveries for facts of one model; attribution is theirs."""
        vals_list = []
        for fact in facts:
            vals = fact.read(LINK_FIELDS, load=None)[0]
            vals.pop("id")
            vals[link] = fact.id
            if link == "feedback_id":
                score = fact._service_score()
                vals.update(has_score_before=score is not None, score_before=score or 0)
            vals_list.append(self._prepare_opening(vals, trigger))
        return self._service_create_opened(vals_list)

    @api.model
    def _prepare_opening(self, vals, trigger):
        """Return complete vals: owner and deadline are added to the links."""
        now = fields.Datetime.now()
        company = self.env["res.company"].browse(vals["company_id"])
        hours = company.service_recovery_hours
        due = company.resource_calendar_id and (
            company.resource_calendar_id._service_add_hours(now, hours)
        )
        return {
            **vals,
            "trigger": trigger,
            "date_opened": now,
            "date_due": due or now + timedelta(hours=hours),
            "user_id": self._service_choose_owner(vals).id,
        }

    @api.model
    def _service_choose_owner(self, vals):
        """Return who shall own a recovery: the first who works and sees the document.

        The person of the settings, else the manager of whoever it concerns, else
        the head of the department, else himself.
        """
        # sudo: who leads whom, for the choice only
        employee = self.env["hr.employee"].sudo().browse(vals["employee_id"])
        department = employee.env["hr.department"].browse(vals["department_id"])
        company = employee.env["res.company"].browse(vals["company_id"])
        candidates = (
            company.service_recovery_user_id,
            employee.parent_id.user_id,
            department.manager_id.user_id,
            employee.user_id,
        )
        for user in candidates:
            if user and self._service_may_own(user, company):
                return user
        return self.env["res.users"]

    @api.model
    def _service_may_own(self, user, company):
        """Tell whether somebody can own recoveries of a company."""
        return (
            user.active
            and company in user.company_ids
            and user.has_group("service_quality.group_user")
        )

    @api.model
    def _service_create_opened(self, vals_list):
        if not vals_list:
            return self._service_unseal()
        recoveries = self._service_unseal().create(vals_list)
        self.env["service.event"]._service_log(
            recoveries, "recovery_opened", new=lambda row: row.date_due
        )
        recoveries._service_plan_activity()
        return recoveries

    def _service_plan_activity(self):
        """Put recoveries on the owners' activity lists; replaces the earlier entry."""
        self.activity_ids.unlink()
        rows = self.filtered("user_id")
        activity_type = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        # No mail: a page of the customer must not wait for one.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "res_model_id": model_id,
                    "res_id": row.id,
                    "user_id": row.user_id.id,
                    "date_deadline": row.date_due.date(),
                    "summary": row.display_name,
                }
                for row in rows
            ]
        )

    @api.model
    def _service_create(self, vals_list):
        """Open recoveries for complaints, as a person does on a document.

        :raise ValidationError: no document, nothing said
        :raise AccessError: the user may not change the document
        """
        prepared = []
        for vals in vals_list:
            document = self._service_get_document(
                vals.get("res_model"), vals.get("res_id"), "write"
            )
            text = self._service_clean_text(
                vals.get("description"), self.env._("What happened"), required=True
            )
            links = {**document._service_snapshot_vals(), "description": text}
            prepared.append(self._prepare_opening(links, "complaint"))
        return self.browse(self._service_create_opened(prepared)._ids)

    # ------------------------------------------------------------------
    # Who may change the owner
    # ------------------------------------------------------------------

    @api.model
    def _service_check_owner(self, user_id, companies):
        """Return the new owner whom a client names.

        :raise ValidationError: nobody who could own these recoveries
        """
        user = self.env["res.users"]
        if isinstance(user_id, int) and not isinstance(user_id, bool):
            # sudo: whether this person can own a recovery, nothing is shown
            user = user.sudo().browse(user_id).exists()
        if not user or not all(
            self._service_may_own(user, company) for company in companies
        ):
            raise ValidationError(
                self.env._("Choose a colleague with access to Service Quality.")
            )
        return user


class ServicePromise(models.Model):
    """A broken or disputed promise opens a recovery."""

    _inherit = "service.promise"

    def _service_settle(self, settlement, moment, note=None, declared=False):
        result = super()._service_settle(settlement, moment, note, declared)
        # A document that is saved does not wait for it: the cron opens it, minutes
        # later, and a closing taken back by then opens none.
        if self.env["service.worker"]._service_guard() is None:
            self._service_recover()
        return result

    @api.model
    def _cron_recover(self):
        """Open the recoveries of promises that documents broke since.

        Looks back three days (a cron may have been down), and never opens a second
        recovery for a promise. A row that fails is logged and stops no other.
        """
        since = fields.Datetime.now() - RECOVER_LOOK_BACK
        promises = self._service_unseal().search(
            [
                ("is_counted", "=", True),
                ("outcome", "in", ["missed", "late"]),
                ("date_settled", ">=", since),
            ]
        )
        recoveries = self.env["service.recovery"]._service_unseal()
        opened = recoveries.search([("promise_id", "in", promises.ids)])
        worker = self.env["service.worker"]
        for promise in promises - opened.promise_id:
            worker._service_safely(promise._service_recover)

    def _service_on_corrected(self):
        result = super()._service_on_corrected()
        self._service_recover()
        return result

    def _service_recover(self):
        """Open recoveries for what the company's setting calls broken.

        Only promises that count: the customer knew of them.
        """
        broken = self.filtered(
            lambda row: row.is_counted and row.outcome in ("missed", "late")
        )
        broken = broken.filtered(
            lambda row: (
                row.outcome in row.company_id._service_recovery_outcomes()
                and not row._service_is_of_recovery()
            )
        )
        if broken:
            self.env["service.recovery"]._service_from_promises(broken)

    def _service_is_of_recovery(self):
        """Tell whether this promise was made by a recovery itself."""
        recoveries = self.env["service.recovery"]._service_unseal()
        return bool(
            recoveries.search_count([("told_promise_id", "=", self.id)], limit=1)
        )

    def _service_on_not_kept(self):
        """The customer says that these promises were not kept: recover."""
        result = super()._service_on_not_kept()
        self.env["service.recovery"]._service_from_promises(
            self._service_unseal(), "not_kept"
        )
        return result
