"""What an evidence pack says about one document, as plain data.

Read once, from the ledger only: promises, events, checklists, changes of scope.
The number of queries does not depend on how much happened.
"""

import re
from collections import defaultdict
from datetime import datetime

import pytz

from odoo.fields import Domain
from odoo.tools.misc import format_amount, format_datetime

from ..models import verdict
from .evidence_gaps import EvidenceGaps

#: Events of a change of scope that hold what was sent, asked or decided.
CHANGE_TEXTS = ("scope_sent", "asked", "confirmed", "declined")
MOMENT = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b")


class EvidenceTimeline(EvidenceGaps):
    """Collects what happened on one document, in order, in one language and zone.

    :param env: as superuser; the caller has checked who may read the document
    :param str res_model: model of the document
    :param int res_id: its id
    :param str zone: IANA name of the time zone in which moments are given
    """

    def __init__(self, env, res_model, res_id, zone):
        self.env = env
        self.res_model = res_model
        self.res_id = res_id
        self.zone = zone
        domain = Domain("res_model", "=", res_model) & Domain("res_id", "=", res_id)
        self.promises = env["service.promise"].search(domain, order="date_made, id")
        work = domain & Domain("purpose", "=", "work")  # reviews are about people
        self.checklists = env["service.checklist"].search(work, order="id")
        self.changes = env["service.scope.change"].search(domain, order="id")
        self.document = env[res_model].browse(res_id).exists()
        self.names = {}  # (model, id) -> "P1", "C1", "L1"
        for letter, rows in (
            ("P", self.promises),
            ("C", self.changes),
            ("L", self.checklists),
        ):
            for number, row in enumerate(rows, 1):
                self.names[row._name, row.id] = f"{letter}{number}"
        self.events = self._search_events()
        #: keys that events hold as values -> their words
        self.words = {
            **self._labels("service.promise", "customer_verdict"),
            **self._labels("service.promise", "state"),
            **self._labels("service.scope.change", "state"),
            **self._labels("service.checklist", "state"),
            **self._labels("service.checklist.line", "answer"),
        }

    def _search_events(self):
        ids = defaultdict(list)
        for model, res_id in [*self.names, (self.res_model, self.res_id)]:
            ids[model].append(res_id)
        return self.env["service.event"].search(
            Domain.OR(
                Domain("res_model", "=", model) & Domain("res_id", "in", res_ids)
                for model, res_ids in ids.items()
            ),
            order="create_date, id",
        )

    def get_content(self):
        """Return the sections of the pack, every value a translated string.

        :return: dict of ``promises``, ``changes``, ``checklists``, ``timeline``,
            ``missing``
        """
        return {
            "promises": [self._promise(row) for row in self.promises],
            "changes": [self._change(row) for row in self.changes],
            "checklists": [self._checklist(row) for row in self.checklists],
            "timeline": [
                self._event(number, event)
                for number, event in enumerate(self.events, 1)
            ],
            "missing": [*self._missing_document(), *self._missing_texts()],
        }

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    def moment(self, value):
        """Return a moment in words, with its distance from UTC.

        :param value: naive UTC datetime, or a false value
        """
        if not value:
            return ""
        local = pytz.utc.localize(value).astimezone(pytz.timezone(self.zone))
        offset = local.strftime("%z")
        shown = format_datetime(self.env, value, tz=self.zone)
        return f"{shown} (UTC{offset[:3]}:{offset[3:]})"

    def _labels(self, model, name):
        field = self.env[model]._fields[name]
        return dict(field._description_selection(self.env))

    def label(self, record, name):
        """Return the value of a selection field in words."""
        value = record[name]
        return self._labels(record._name, name).get(value, value or "")

    def _rows(self, *pairs):
        return [[label, str(value)] for label, value in pairs if value]

    def _value(self, text):
        """Return an old or new value in words: moments in the zone, keys translated."""
        if not text:
            return ""

        def in_zone(match):
            try:
                return self.moment(datetime.fromisoformat(match.group()))
            except ValueError:
                return match.group()

        return self.words.get(text) or MOMENT.sub(in_zone, text)

    # ------------------------------------------------------------------
    # Sections
    # ------------------------------------------------------------------

    def _promise(self, promise):
        _ = self.env._
        return {
            "ref": self.names[promise._name, promise.id],
            "title": promise.name,
            "rows": self._rows(
                (_("Kind"), self.label(promise, "kind")),
                (_("Source"), self.label(promise, "source")),
                (_("Answers for it"), promise.employee_id.name),
                (_("Promised to"), promise.partner_name),
                (_("Sent to"), promise.partner_email),
                (_("Made"), self.moment(promise.date_made)),
                (_("Customer has it in writing since"), self.moment(promise.date_told)),
                (_("Not before"), self.moment(promise.date_from)),
                (_("Due"), self.moment(promise.date_due)),
                (_("Tolerance (minutes)"), promise.tolerance_minutes),
                (_("New date asked"), self.moment(promise.date_due_asked)),
                (_("Paused since"), self.moment(promise.date_paused)),
                (_("Working hours paused"), round(promise.paused_hours, 2)),
                (_("Settled"), self.moment(promise.date_settled)),
                (_("Settled by"), self.label(promise, "settlement")),
                (_("Outcome"), self._outcome(promise)),
                (_("Customer says"), self.label(promise, "customer_verdict")),
                (_("Customer said so"), self.moment(promise.date_customer_verdict)),
                (_("Customer's comment"), promise.customer_comment),
                (_("Working hours late"), round(promise.delay_hours, 2)),
                (_("Follows"), self._names_of(promise.previous_id)),
                (_("Followed by"), self._names_of(promise.successor_id)),
                (_("Excuse"), promise.excuse_reason),
                (_("Compensation"), promise.compensation),
            ),
        }

    def _names_of(self, rows):
        return ", ".join(self.names.get((row._name, row.id), "") for row in rows)

    def _outcome(self, promise):
        """Say what came of a promise, with what the rule said before a correction."""
        _ = self.env._
        words = [self.label(promise, "state")]
        if promise.corrected_outcome:
            outcome = verdict.get_outcome(
                promise.kind,
                promise._service_limit(),
                promise.settlement,
                promise.date_settled,
                declared=promise.is_self_declared,
                said=promise.customer_verdict,
            )
            rule = self.words.get(outcome) or _("not settled")
            words.append(_("corrected by a manager, the rule said: %s", rule))
        if promise.is_self_declared:
            words.append(_("declared by ourselves, without a trace"))
        if not promise.is_counted:
            words.append(_("does not count in our figures"))
        return "; ".join(words)

    def _change(self, change):
        """Return one change of scope with the exact text of every version sent."""
        _ = self.env._
        events = self.events.filtered(
            lambda event: (event.res_model, event.res_id) == (change._name, change.id)
        )
        amount = format_amount(self.env, change.amount_delta, change.currency_id)
        return {
            "ref": self.names[change._name, change.id],
            "title": change.name,
            "rows": self._rows(
                (_("State"), self.label(change, "state")),
                (_("Version"), change.version),
                (_("Asked by"), change.employee_id.name),
                (_("Asked of"), change.partner_name),
                (_("Sent to"), change.partner_email),
                (_("Sent"), self.moment(change.date_sent)),
                (_("Price difference"), amount if change.amount_delta else ""),
                (_("New date"), self.moment(change.date_due_new)),
                (_("Expires"), self.moment(change.date_expiry)),
                (_("Decided"), self.moment(change.date_decided)),
                (_("Decided by"), change.decided_by),
                (_("Customer's comment"), change.customer_comment),
            ),
            "texts": [
                [self._change_heading(event), event.note]
                for event in events
                if event.kind in CHANGE_TEXTS and event.note
            ],
        }

    def _change_heading(self, event):
        """Say which text of a change follows, and when it was sent or said."""
        _ = self.env._
        kind, when = self.label(event, "kind"), self.moment(event.create_date)
        if event.kind == "scope_sent":
            return _(
                "%(version)s as sent, %(when)s", version=event.new_value, when=when
            )
        return f"{kind}, {when}"

    def _checklist(self, checklist):
        _ = self.env._
        return {
            "ref": self.names[checklist._name, checklist.id],
            "title": checklist.name,
            "rows": self._rows(
                (_("Purpose"), self.label(checklist, "purpose")),
                (_("Started"), self.moment(checklist.date_started)),
                (_("Result"), self.label(checklist, "state")),
                (_("Waived"), self.moment(checklist.date_waived)),
                (_("Reason of the waiver"), checklist.waive_reason),
            ),
            "lines": [self._line(line) for line in checklist.line_ids],
        }

    def _line(self, line):
        _ = self.env._
        answer = self.label(line, "answer")
        if not line.date_answered:
            answer = _("not answered")
        elif line.kind in ("score", "balance") and not answer:
            answer = str(line.value)
        return {
            "question": line.name,
            "answer": answer,
            "comment": line.comment or "",
            "who": line.answered_by_id.name or "",
            "when": self.moment(line.date_answered),
        }

    # ------------------------------------------------------------------
    # Timeline
    # ------------------------------------------------------------------

    def _event(self, number, event):
        _ = self.env._
        old, new = self._value(event.old_value), self._value(event.new_value)
        old_label, new_label = self._value_labels(event)
        ref = self.names.get((event.res_model, event.res_id), "")
        return {
            "number": number,
            "when": self.moment(event.create_date),
            "who": event.create_uid.name or "",
            "ref": ref,
            "what": self.label(event, "kind"),
            "rows": self._rows((old_label, old), (new_label, new)),
            "text": event.note or "",
        }

    def _value_labels(self, event):
        """Return what the old and the new value of an event mean, in words."""
        _ = self.env._
        kind = event.kind
        if event.res_model == "service.scope.change":
            return _("Old"), _("New")
        if kind in verdict.SETTLEMENTS:
            return _("Due"), _("Happened")
        return {
            "made": ("", _("Due")),
            "told": ("", _("Happened")),
            "informed": ("", _("Happened")),
            "stated": ("", _("Happened")),
            "customer_wrote": ("", _("Happened")),
            "called": ("", _("Happened")),
            "started": ("", _("Happened")),
            "ended": (_("Planned end"), _("Happened")),
            "paused": (_("Due"), ""),
            "resumed": (_("Due before"), _("Due now")),
            "reopened": (_("Was settled"), ""),
        }.get(kind, (_("Old"), _("New")))
