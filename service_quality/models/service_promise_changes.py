from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from . import verdict
from .service_promise_actions import TYPO_WINDOW


class ServicePromise(models.Model):
    """Changes of what was promised: another date, another person, an excuse."""

    _inherit = "service.promise"

    # ------------------------------------------------------------------
    # Another date
    # ------------------------------------------------------------------

    def action_move(self, date_due, reason=None):
        """Ask the customer for a later date.

        Nothing moves by asking: the promise stays due as it was until the customer
        agrees in writing. An earlier date binds only us and is taken at once.

        :param date_due: the new moment, naive UTC
        :param str reason: why, required; the customer reads it
        :return: True
        :raise UserError: settled, expired, or the customer cannot be reached
        :raise ValidationError: a date that cannot be
        """
        reason = self._service_clean_text(reason, self.env._("Reason"), required=True)
        date_due = self._service_clean_date(date_due, self.env._("New date"))
        for promise in self._service_acting():
            promise._check_running()
            if promise.state == "overdue":
                raise UserError(
                    self.env._("It has expired: a new date cannot undo that any more.")
                )
            if date_due <= promise.date_due:
                old, was_counted = promise.date_due, promise.is_counted
                promise._service_drop_move()
                promise.write({"date_due": date_due})
                if was_counted and not promise.is_counted:
                    raise UserError(
                        self.env._("The customer learned of it too late for that date.")
                    )
                self.env["service.event"]._service_log(
                    promise, "tightened", old=old, new=date_due, note=reason
                )
            else:
                promise._service_ask_move(date_due, reason, self.env)
        return True

    def _service_succeed(self, date_due, moment):
        """Record the promise that follows this one, told at the moment he agreed.

        In place of a settled one it is that of its rule or field, whose cadence and
        pauses go on; beside one that still runs it is on its own.
        """
        vals = self._service_facts()
        in_place = bool(self.settlement)
        vals.update(
            source_key=in_place and self.source_key,
            rule_id=in_place and self.rule_id.id,
            date_made=fields.Datetime.now(),
            date_due=date_due,
            date_told=moment,
            previous_id=self.id,
        )
        return self._service_record([vals])

    def _service_facts(self):
        """Return who, for whom and what of one promise, for its successor."""
        self.ensure_one()
        names = (
            "name kind source res_model res_id res_name employee_id department_id "
            "partner_id partner_name partner_email company_id calendar_id phone "
            "tolerance_minutes"
        ).split()
        vals = self.read(names, load=None)[0]
        vals.pop("id")
        return vals

    def action_fix_typo(self, name=None, date_due=None):
        """Mend what the author mistyped: once, within ten minutes of recording.

        Only as long as the customer does not know it: what he reads is a promise.

        :param str name: the promise in other words
        :param date_due: the due moment that was meant, naive UTC
        :return: True
        :raise UserError: too late, not the author, mended before, or told already
        """
        self.ensure_one()
        promise = self._service_acting()
        promise._check_running()
        age = fields.Datetime.now() - promise.date_made
        mended = promise.event_ids.filtered(lambda event: event.kind == "typo")
        if promise.create_uid != self.env.user or promise.source != "manual":
            raise UserError(self.env._("Only its author may mend it."))
        if age > TYPO_WINDOW or mended:
            raise UserError(
                self.env._("A typo can be mended once, within ten minutes.")
            )
        if promise.date_told:
            raise UserError(
                self.env._("The customer knows it already: ask him to move it.")
            )
        vals = {}
        if name:
            vals["name"] = self._service_clean_text(name, self.env._("Promise"))
        if date_due:
            vals["date_due"] = self._service_clean_date(date_due, self.env._("Due"))
        if not vals:
            raise ValidationError(self.env._("Nothing to mend."))
        old = f"{promise.name} | {fields.Datetime.to_string(promise.date_due)}"
        promise._service_drop_move()
        promise.write(vals)
        new = f"{promise.name} | {fields.Datetime.to_string(promise.date_due)}"
        self.env["service.event"]._service_log(promise, "typo", old=old, new=new)
        return True

    # ------------------------------------------------------------------
    # Another person
    # ------------------------------------------------------------------

    def action_take_over(self):
        """Answer for a running promise from now on, in place of somebody else.

        Only together with the document, and while there is time to do something:
        nobody takes a miss from a colleague, or what he has as good as kept.

        :return: True
        :raise UserError: settled, expired or about to, already one's own, somebody
            else is responsible for the document, or no employee
        """
        for promise in self._service_acting():
            promise._check_running()
            promise._check_takeable()
            # sudo: the user's own employee
            user = self.env.user.sudo().with_company(promise.company_id)
            employee = user.employee_id
            if not employee or employee == promise.employee_id:
                raise UserError(
                    self.env._("You answer for it already, or have no employee.")
                )
            old = promise.employee_id.name
            promise.write(
                {
                    "employee_id": employee.id,
                    "department_id": employee.department_id.id,
                }
            )
            self.env["service.event"]._service_log(
                promise, "taken_over", old=old, new=employee.name
            )
        return True

    def _check_takeable(self):
        """Refuse to hand over one promise without its document, or without time."""
        if not self._service_has_time():
            raise UserError(
                self.env._(
                    "It has expired, or is about to, and stays with whoever promised "
                    "it."
                )
            )
        # sudo: who is responsible for a document the user may change
        if self._service_document()._service_get_user() != self.env.user:
            raise UserError(
                self.env._(
                    "Take over the document first: whoever is responsible for it can "
                    "answer for what was promised."
                )
            )

    def _service_has_time(self):
        """Tell whether enough time is left for somebody new to keep one promise."""
        lead = timedelta(minutes=self.company_id.service_lead_minutes)
        return bool(
            self.date_paused or fields.Datetime.now() + lead <= self._service_limit()
        )

    # ------------------------------------------------------------------
    # Force majeure
    # ------------------------------------------------------------------

    def action_excuse(self, reason=None, compensation=None):
        """Excuse a promise that force majeure broke.

        The employee asks, a service manager approves by the same action. The
        customer must have been warned in writing before due; the apology and the
        compensation are recorded.

        :param str reason: what happened; required to ask
        :param str compensation: what the customer got for it; required to ask
        :return: True
        :raise UserError: settled by evidence in time, not warned before due
        :raise AccessError: a manager on his own promise
        """
        reason = self._service_clean_text(reason, self.env._("Reason"))
        compensation = self._service_clean_text(
            compensation, self.env._("Compensation")
        )
        is_manager = self.env.user.has_group("service_quality.group_manager")
        for promise in self._service_acting("read" if is_manager else "write"):
            promise._check_excusable()
            vals = {
                "excuse_reason": reason or promise.excuse_reason,
                "compensation": compensation or promise.compensation,
            }
            if not all(vals.values()):
                raise ValidationError(
                    self.env._("Say what happened and what the customer got for it.")
                )
            promise.write(vals)
            promise._service_decide_excuse(is_manager)
        return True

    def _service_decide_excuse(self, is_manager):
        """Ask for the excuse of one promise, or approve it.

        :param bool is_manager: the user decides, unless the promise is his own
        """
        note = f"{self.excuse_reason}\n{self.compensation}"
        # sudo: whether the row is the user's own, nothing else is read
        own = self.employee_id in self.env.user.sudo().employee_ids
        if not is_manager or own:
            self.env["service.event"]._service_log(self, "excuse_asked", note=note)
        else:
            moment = self.date_settled or fields.Datetime.now()
            self._service_settle("excused", moment, note=note)

    def _check_excusable(self):
        """Refuse an excuse that is not needed, or of which nobody was warned."""
        self.ensure_one()
        if (
            self.outcome in ("kept", *verdict.NEUTRAL_OUTCOMES)
            or self.corrected_outcome
        ):
            raise UserError(self.env._("This promise needs no excuse."))
        stated = self.date_told or self.date_made
        warned = self.env["service.event"].search_count(
            [
                ("res_model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                ("kind", "in", ["informed", "called", "stated"]),
                # Stating the promise itself is no warning.
                ("new_value", ">", fields.Datetime.to_string(stated)),
                ("new_value", "<=", fields.Datetime.to_string(self._service_limit())),
            ],
            limit=1,
        )
        if not warned:
            raise UserError(
                self.env._(
                    "The customer was not warned in writing before the due moment, "
                    "so this cannot be excused."
                )
            )
