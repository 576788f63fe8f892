from odoo import models


class ServiceScopeChange(models.Model):
    """What the customer said to a change, and what follows from it."""

    _inherit = "service.scope.change"

    # ------------------------------------------------------------------
    # The page
    # ------------------------------------------------------------------

    def _service_link_is_current(self, link):
        if link.purpose != "scope":
            return super()._service_link_is_current(link)
        if self.state != "sent" or self.version != link.record_version:
            return False
        document = self._service_document()
        return bool(document) and not document._service_is_cancelled()

    def _service_link_page(self, link):
        page = super()._service_link_page(link)
        if link.purpose != "scope":
            return page
        _ = self.env._
        return {
            **page,
            "title": _("Do you agree to this change?"),
            "intro": _("We may only go on like this if you say yes."),
            "done": _("Thank you. We go by your decision."),
            "choices": [
                {
                    "value": "confirmed",
                    "label": _("Yes, I agree"),
                    "past": _("You agreed to the change."),
                    "style": "yes",
                },
                {
                    "value": "declined",
                    "label": _("No, I do not agree"),
                    "past": _("You did not agree: everything stays as it was."),
                    "style": "no",
                },
            ],
            "question": True,
            "comment": _("Comment (optional)"),
            "receipt": _("Your decision: %(name)s", name=self.name),
        }

    def _service_link_asked(self, link, text):
        if link.purpose != "scope":
            return super()._service_link_asked(link, text)
        self.env["service.event"]._service_log(self, "asked", note=text)
        return self._service_pass_on(link, text, own_words=True)

    # ------------------------------------------------------------------
    # The decision
    # ------------------------------------------------------------------

    def _service_link_decided(self, link, value, comment):
        """Take the customer's yes or no; one transaction, one event."""
        if link.purpose != "scope":
            return super()._service_link_decided(link, value, comment)
        document = self._service_document()
        is_his_word = self._service_is_his_word(link)
        self.write(
            {
                "state": value,
                "date_decided": link.date_decided,
                "decided_by": link.decided_by,
                "customer_comment": comment or False,
                "is_answered_first": not document._service_is_done(),
                "is_address_verified": is_his_word,
            }
        )
        note = f"{link.decided_by}\n{comment}".strip()
        self.env["service.event"]._service_log(
            self, value, old=f"v{self.version} {link.version}", new=value, note=note
        )
        if not is_his_word:
            self.env["service.event"]._service_log(self, "unverified", new=value)
        settlement = "evidence" if is_his_word else "withdrawn"
        self._service_end_waiting(settlement, note, link.date_decided)
        if is_his_word:
            self._service_keep_his_word(link, document, note)
        if value == "confirmed":
            self._service_apply(link, document, note)
        return self._service_pass_on(link, self._service_said(value, comment))

    def _service_keep_his_word(self, link, document, note):
        """Keep what was promised by hand: to have the customer's word by then.

        His yes or no to one change is that word; the promises that run with other
        changes wait for theirs.
        """
        moment = link.date_decided
        promises = self.env["service.promise"]._service_running(document, ["scope"])
        promises = promises.filtered(
            lambda row: not row.source_key and row.date_made <= moment
        )
        promises.filtered(
            lambda row: row._service_reached_by_link(link)
        )._service_settle("evidence", moment, note=note)

    def _service_said(self, value, comment):
        """Return the chatter's line about the decision, for the employee."""
        env = self.with_context(lang=self.employee_id.user_id.lang).env
        text = (
            env._("The customer agreed to the change: %(name)s", name=self.name)
            if value == "confirmed"
            else env._("The customer did not agree to: %(name)s", name=self.name)
        )
        if not self.is_address_verified:
            note = env._("The address is not verified, so this counts for nobody.")
            text = f"{text}\n{note}"
        return f"{text}\n{comment}".strip()

    def _service_apply(self, link, document, note):
        """Do what the customer agreed to: the new date, the document's own part."""
        if self.date_due_new:
            self._service_apply_date(link, document, note)
        # The customer's yes is given, even if the document cannot take it over.
        self.env["service.worker"]._service_safely(
            lambda: document._service_apply_scope_change(self)
        )

    def _service_is_his_word(self, link):
        """Tell whether who answers is the customer, by more than the asker's word.

        He is when something was promised to him here before, by the system or by
        somebody else; and nobody else is. Otherwise see ``_service_is_verified``.
        """
        before = self.env["service.promise"].search(
            [
                ("res_model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                ("kind", "!=", "scope"),
                ("date_made", "<=", link.create_date),
            ]
        )
        known = before.filtered(lambda row: row.partner_id or row.partner_email)
        reached = known.filtered(lambda row: row._service_reached_by_link(link))
        if known and not reached:
            return False
        askers = self.create_uid | link.create_uid | self.employee_id.user_id
        if any(
            row.source != "manual" or row.create_uid not in askers for row in reached
        ):
            return True
        return link._service_is_verified(self._service_document(), self)

    def _service_apply_date(self, link, document, note):
        """Move the promise to the confirmed date, or record the one it makes."""
        promise = self.promise_id._service_unseal()._service_last()
        moment = link.date_decided
        is_his_word = self.is_address_verified and (
            not promise or promise._service_reached_by_link(link)
        )
        if document._service_is_done() or not is_his_word:
            # What is done runs no more, and the word of somebody else moves nothing.
            self.env["service.event"]._service_log(
                promise or self, "not_moved", new=self.date_due_new, note=note
            )
            return
        promise._service_resume(moment)
        if not promise or promise.settlement:
            vals = document._service_promise_vals(
                name=self.name,
                kind="deadline",
                source="manual",
                date_due=self.date_due_new,
                employee=self.employee_id,
                date_told=moment,
            )
            self.env["service.promise"]._service_record([vals])
            return
        promise._service_link_lock()
        promise._service_drop_move()
        if self.date_due_new > promise.date_due:
            promise.write({"date_due_asked": self.date_due_new})
            promise._service_move_agreed(moment, note)
        elif promise.state != "overdue":
            old = promise.date_due
            promise.write({"date_due": self.date_due_new})
            self.env["service.event"]._service_log(
                promise, "tightened", old=old, new=self.date_due_new, note=note
            )
            promise._service_tell_date(self.date_due_new)
