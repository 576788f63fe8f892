from odoo import models

from . import verdict


class ServicePromise(models.Model):
    """A later date: asked by link, decided by the customer."""

    _inherit = "service.promise"

    def _service_ask_move(self, date_due, reason, env):
        """Ask the customer by mail for a new date; nothing moves by that.

        :param date_due: the new moment, naive UTC
        :param str reason: why; the customer reads it
        :param env: environment of the user who asks
        :raise UserError: the customer cannot be reached
        """
        self.ensure_one()
        document = self.with_env(env)._service_document()
        self._service_link_lock()
        self.write({"date_due_asked": date_due, "move_reason": reason})
        Link = self.env["service.link"]
        lang = Link._service_lang(self.partner_id.lang)
        promise = self.with_context(lang=lang)
        content = promise._service_move_content(document)
        link, token = Link._service_issue(
            "move",
            self,
            content,
            company=self.company_id,
            partner=self.partner_id,
            email=self.partner_email,
            lang=lang,
            contact=self.employee_id,
            until=date_due,
            record_version=promise._service_move_version(),
        )
        _ = promise.env._
        link._service_send(
            token,
            _("A new date? %(document)s", document=self.res_name),
            _("we need your word on a new date, because we must not move it alone:"),
            _("Answer now"),
        )
        self.env["service.event"]._service_log(
            self, "move_asked", old=self.date_due, new=date_due, note=reason
        )
        document._service_note_asked(
            env._("Asked the customer by mail for a new date:"), content, env
        )

    def _service_move_version(self):
        """Return the date asked for as a number, to which the link is bound."""
        return int(self.date_due_asked.timestamp()) // 60

    def _service_move_content(self, document):
        """Return what the customer reads, as (label, text) pairs in his language."""
        _ = self.env._
        zone = self.partner_id.tz or document.env.user.tz or "UTC"
        return [
            (_("About"), self.res_name or ""),
            (_("We promised"), self.name),
            (_("Promised for"), self._service_link_moment(self.date_due, zone)),
            (_("New date"), self._service_link_moment(self.date_due_asked, zone)),
            (_("Why"), self.move_reason),
        ]

    def _service_drop_move(self):
        """Forget a date that was asked for: the text it belonged to has changed."""
        for promise in self.filtered("date_due_asked"):
            promise._service_link_lock()
            self.env["service.link"]._service_revoke(promise, ["move"])
            promise.write({"date_due_asked": False})

    # ------------------------------------------------------------------
    # The customer's word
    # ------------------------------------------------------------------

    def _service_link_is_current(self, link):
        if link.purpose != "move":
            return super()._service_link_is_current(link)
        return bool(
            not self.settlement
            and self.date_due_asked
            and self._service_move_version() == link.record_version
        )

    def _service_link_page(self, link):
        page = super()._service_link_page(link)
        if link.purpose != "move":
            return page
        _ = self.env._
        return {
            **page,
            "title": _("May we move this to a new date?"),
            "intro": _("We told you a date and would like to move it. You decide."),
            "done": _("Thank you, we have noted it."),
            "choices": [
                {
                    "value": "yes",
                    "label": _("Yes, the new date is fine"),
                    "past": _("You agreed to the new date."),
                    "style": "yes",
                },
                {
                    "value": "no",
                    "label": _("No, keep the old date"),
                    "past": _("You did not agree: the old date stays."),
                    "style": "no",
                },
            ],
            "question": True,
            "receipt": _("Your answer: %(document)s", document=self.res_name),
        }

    def _service_link_decided(self, link, value, comment):
        if link.purpose != "move":
            return super()._service_link_decided(link, value, comment)
        asked = self.date_due_asked
        note = f"{link.decided_by}\n{comment}".strip()
        if value == "yes":
            self._service_move_agreed(link.date_decided, note)
        else:
            self.write({"date_due_asked": False})
            self.env["service.event"]._service_log(
                self, "move_declined", old=self.date_due, new=asked, note=note
            )
        env = self.with_context(lang=self.employee_id.user_id.lang).env
        text = (
            env._("The customer agreed to the new date.")
            if value == "yes"
            else env._("The customer did not agree: the old date stays.")
        )
        return self._service_pass_on(link, text)

    def _service_link_asked(self, link, text):
        if link.purpose != "move":
            return super()._service_link_asked(link, text)
        return self._service_pass_on(link, text, own_words=True)

    def _service_last(self):
        """Return what runs in place of one promise by now: its last successor."""
        last = self
        while last.successor_id:
            last = last.successor_id
        return last

    def _service_reached_by_link(self, link):
        """Tell whether who answers by a link is whom one promise was made to.

        The rule is that of messages: an address of his family, as it was then. Asked
        at another address, put on the document for a moment, he agreed to nothing.

        :param link: service.link
        """
        partners = self.env["res.partner"].search(
            [("email_normalized", "=", link.email)]
        )
        families = partners.commercial_partner_id
        return self == self._service_reached_by({link.email, *families._ids})

    def _service_tell_date(self, date_due):
        """Have the document of one promise take over the date the customer agreed to.

        His yes is given, even if the document cannot.
        """
        document = self._service_document()
        if document:
            self.env["service.worker"]._service_safely(
                lambda: document._service_apply_date(self, date_due)
            )

    def _service_move_agreed(self, moment, note=None):
        """The customer agreed to the date asked for, at ``moment``.

        Before the old date expired the promise is *moved* and a successor runs;
        afterwards the old one stays what it is, and the successor runs beside it.
        Called by whatever brings the customer's word, never by an agent.

        :param moment: when he agreed, server time, naive UTC
        :param str note: his words
        :return: the successors
        """
        successors = self.browse()
        for promise in self.filtered("date_due_asked"):
            date_due = promise.date_due_asked
            promise._service_resume(moment)  # it stood still until he answered
            promise.write({"date_due_asked": False})
            if verdict.to_second(moment) <= promise._service_limit():
                promise._service_settle("moved", moment, note=note)
            # Two that run have no key in common: the settled one first.
            promise.flush_recordset()
            successor = promise._service_succeed(date_due, moment)
            promise.write({"successor_id": successor.id})
            promise._service_tell_date(date_due)
            successors |= successor
        return successors
