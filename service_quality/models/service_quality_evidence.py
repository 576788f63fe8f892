import logging
from datetime import timedelta

import psycopg2

from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class ServiceQualityMixin(models.AbstractModel):
    """What the server sees on a document: closing, reopening, the gate."""

    _inherit = "service.quality.mixin"

    # ------------------------------------------------------------------
    # Done, cancelled, reopened
    # ------------------------------------------------------------------

    def _service_settle_changes(self, matches, states, now, cancelled, done):
        """Settle and reopen promises after a change of the documents.

        :param list matches: (plan, documents) that apply
        :param dict states: document id -> ``is_new``, ``was_done``
        :param now: server time, naive UTC
        :param cancelled: those of the documents that are no longer wanted
        :param done: those of the others that are done
        """
        ended = cancelled + done
        pending = self - ended if ended else self
        newly_done = done.filtered(lambda doc: not states[doc.id]["was_done"])
        reopened = pending.filtered(lambda doc: states[doc.id]["was_done"])
        Promise = self.env["service.promise"]
        if cancelled:
            running = Promise._service_running(cancelled)
            running._service_settle("cancelled", now)
        if newly_done:
            newly_done._service_on_done(matches, states, now)
        self._service_follow_waiting(matches, pending, states, now)
        if reopened:
            self._service_revive(reopened, now)
            self.env["service.checklist"]._service_thaw(reopened)

    def _service_follow_waiting(self, matches, pending, states, now):
        """Pause or resume where documents wait for their customers, or did before.

        :param list matches: (plan, documents) that apply
        :param pending: those of the documents that are not done, as superuser
        :param dict states: document id -> ``is_new``, ``was_waiting``
        :param now: server time, naive UTC
        """
        old = pending.filtered(lambda doc: not states[doc.id]["is_new"])
        if not old or not any(plan.rule_ids for plan, _documents in matches):
            return
        waiting = self.env["service.plan.rule"]._service_waiting(old)
        changed = old.filtered(
            lambda doc: states[doc.id]["was_waiting"] or doc.id in waiting
        )
        if changed:
            self.env["service.promise"]._service_follow_pauses(changed, now)

    def _service_revive(self, documents, now):
        """Let run again what a recent closing or cancelling of documents ended."""
        for company, group in documents.grouped(
            lambda doc: doc._service_get_company()
        ).items():
            since = now - timedelta(hours=company.service_reopen_hours)
            self.env["service.promise"]._service_reopen(group, since)

    def _service_on_done(self, matches, states, now):
        """Settle promises, note open items and plan surveys; documents just done."""
        Promise = self.env["service.promise"]
        running = Promise._service_running(self, declared=True)
        if self.env.user.share:
            # The customer closed it himself: his act, no result of ours.
            settled = running.filtered(
                lambda row: row.kind == "deadline" and not row.settlement
            )
            settled._service_settle("cancelled", now, note=self.env.user.name)
        else:
            settled = self._service_drop_reduced(running, now)
            settled |= Promise._service_evidence(
                self, "done", now, running=running - settled
            )
        (running - settled)._service_close(now)
        self._service_note_open_items(matches)
        self.env["service.checklist"]._service_freeze(self, now)
        invitations = self.env["service.invitation"]
        # A document created as done was never waited for: no survey.
        asked = self.filtered(lambda doc: not states[doc.id]["is_new"])
        for plan, documents in matches:
            if plan.survey_id:
                invitations._service_plan(documents & asked, plan, now)

    def _service_drop_reduced(self, running, now):
        """End deadlines of documents that are done only because less was wanted.

        Neutral before due like a cancelled document, missed after it, never kept.

        :param running: what runs on the documents
        :return: the promises that ended
        """
        deadlines = running.filtered(
            lambda row: row.kind == "deadline" and not row.settlement
        )
        if not deadlines:
            return deadlines
        # sudo: what was ordered, of documents that are judged
        less = self.sudo()._service_got_less()
        dropped = deadlines.filtered(lambda row: row.res_id in less._ids)
        note = self.env._("Less was delivered than was promised.")
        dropped._service_settle("cancelled", now, note=note)
        return dropped

    def _service_note_open_items(self, matches):
        """Mark guarded documents that went through with open items."""
        checklists = self._service_guarding(matches)
        if open_lists := checklists.filtered(lambda row: row._service_open_lines()):
            self.env["service.event"]._service_log(open_lists, "closed_open")

    # ------------------------------------------------------------------
    # Gate
    # ------------------------------------------------------------------

    def _service_check_gate(self, was_done):
        """Refuse a closing while a guarded checklist has open lines.

        Runs inside ``write``, so it holds on every path a person can take. What
        cannot be stopped (the customer in the portal, the mail gateway) goes
        through and is marked.

        :param dict was_done: document id -> done before this write
        :raise UserError: names the missing lines and what can be done
        """
        if not self.env["service.checklist"]._service_may_guard(self._name):
            return
        if self.env.user.share or self.env.uid == SUPERUSER_ID:
            return
        closing = self.sudo().filtered(  # reads the state and the checklists only
            lambda doc: not was_done.get(doc.id) and doc._service_is_done()
        )
        if not closing:
            return
        try:
            open_lines = closing._service_guarded_lines()
        except psycopg2.Error:
            raise  # somebody ticks or closes at the same time: Odoo tries again
        except Exception:
            # A plan that cannot be read must not keep documents from being closed.
            _logger.exception("Service quality: gate of %s not checked", closing)
            return
        if open_lines:
            document, lines = open_lines[0]
            raise UserError(document._service_gate_message(lines))

    def _service_guarded_lines(self):
        """Return (document, open lines) of the guarded documents that have some.

        The documents are locked before their lines are read: whoever ticks, takes an
        answer back or adds a line meanwhile is told by the database to try again.
        """
        matches = self.env["service.plan"]._service_for(self)
        checklists = self._service_guarding(matches)
        if not checklists:
            return []
        guarded = self.browse(dict.fromkeys(checklists.mapped("res_id")))
        guarded._service_lock()
        checklists._service_lock()
        checklists = guarded._service_guarding(matches)
        rows = [
            (
                document,
                checklists.filtered(
                    lambda row, doc=document: row.res_id == doc.id
                )._service_open_lines(),
            )
            for document in guarded
        ]
        return [(document, lines) for document, lines in rows if lines]

    def _service_guarding(self, matches):
        """Return the checklists that guard the closing of these documents.

        Those that started under a guarding plan, whatever became of the document
        since, and all of a document that such a plan is for now.

        :param list matches: (plan, documents) that apply
        """
        guarded = self.browse()
        for plan, documents in matches:
            guarded |= (documents & self) if plan.is_gate else guarded
        checklists = guarded.service_checklist_ids
        Checklist = self.env["service.checklist"]
        if Checklist._service_any_gate(self._name):
            # sudo: what guards a document does not depend on who closes it
            checklists |= Checklist.sudo().search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("is_gate", "=", True),
                ]
            )
        return checklists

    def _service_lock(self):
        """Keep everybody else from deciding about these documents until the commit.

        An update that changes nothing, because a mere lock leaves no trace: under
        REPEATABLE READ whoever waited for it would go on with what he read before.
        """
        self.flush_recordset()
        # SQL: the ORM does not write a value that is there already
        self.env.execute_query(
            SQL(
                "UPDATE %(table)s SET write_date = write_date WHERE id IN"
                " (SELECT id FROM %(table)s WHERE id IN %(ids)s ORDER BY id"
                " FOR NO KEY UPDATE) RETURNING id",
                table=SQL.identifier(self._table),
                ids=self._ids,
            )
        )

    def _service_gate_message(self, lines):
        return self.env._(
            "%(document)s cannot be closed yet. Still open:\n%(lines)s\n\n"
            "Answer these lines in the Service quality panel, or ask a service "
            "manager to waive the checklist.",
            document=self.display_name,
            lines="\n".join(f"- {line.name}" for line in lines),
        )
