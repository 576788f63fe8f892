"""Automatic lines: what the ledger knows of a document answers them.

========== ==================================================================
figure     yes when
========== ==================================================================
deadlines  the promises of a date and of an appointment were kept
informed   the promised progress updates came in time
available  first answers and call-backs came in time
scope      the changes of what was agreed have the customer's word
(empty)    every promise was kept
announced  the customer had a message, a promise in writing or a call from one of
           us before the work, at least the lead time of the company before the
           appointment or the closing
documented a colleague left a note with words, or a file, on the document
========== ==================================================================

A promise late, missed or overdue that counts means no; kept ones mean yes; neither
means that the line does not apply. Self-declared keeping proves nothing.
"""

from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from . import verdict

#: Kinds of promises that a figure looks at.
FIGURE_KINDS = {
    "deadlines": {"deadline", "appointment"},
    "informed": {"progress"},
    "available": {"response", "callback"},
    "scope": {"scope"},
    False: set(verdict.KINDS),
}
#: Figures answered from what stands on the document itself.
TRACES = {"announced", "documented"}
#: So many promises or messages are named as evidence of one line.
EVIDENCE_LIMIT = 10

#: The first trace of each kind on documents: message, event of a contact, file.
FIRST_TRACES = """
    WITH document (id, family) AS (VALUES %(documents)s)
    SELECT m.res_id,
        CASE WHEN s.internal THEN 'documented' ELSE 'announced' END,
        min(m.create_date)
    FROM mail_message m
    JOIN document d ON d.id = m.res_id
    JOIN mail_message_subtype s ON s.id = m.subtype_id
    JOIN res_users u ON u.id = m.create_uid AND NOT u.share AND u.id != 1
    WHERE m.model = %(model)s AND m.message_type IN ('comment', 'email')
        AND regexp_replace(m.body, '<[^>]*>|\\W', '', 'g') ~ '.{3}'
        AND (s.internal OR EXISTS (
            SELECT FROM mail_notification n
            JOIN res_partner p ON p.id = n.res_partner_id
            WHERE n.mail_message_id = m.id
                AND p.commercial_partner_id = d.family
        ))
    GROUP BY 1, 2
    UNION ALL
    SELECT e.res_id, 'announced', min(e.create_date)
    FROM service_event e
    WHERE e.res_model = %(model)s AND e.res_id IN %(ids)s
        AND e.kind IN ('informed', 'called', 'stated')
    GROUP BY 1
    UNION ALL
    SELECT a.res_id, 'documented', min(a.create_date)
    FROM ir_attachment a
    JOIN res_users u ON u.id = a.create_uid AND NOT u.share AND u.id != 1
    WHERE a.res_model = %(model)s AND a.res_field IS NULL
        AND a.res_id IN %(ids)s
    GROUP BY 1
"""


def judge_promises(kept, broken, is_done):
    """Return the answer from the promises of one figure, or None while open.

    :param int kept: promises kept, self-declared ones left out
    :param int broken: counted promises late, missed or overdue
    :param bool is_done: nothing more will come
    """
    if broken:
        return "no"
    if not is_done:
        return None
    return "yes" if kept else "na"


class ServiceChecklist(models.Model):
    _inherit = "service.checklist"

    def _service_ledger_answers(self, moment=None):
        """Return what the ledger answers the open automatic lines of checklists.

        At most two queries, for whatever number of checklists of one model.

        :param moment: naive UTC; when the documents were done, None while they are not
        :return: {line: (answer, evidence)} as superuser; ``answer`` is yes, no, na
            or None while it may still turn, ``evidence`` a list of dicts with
            ``res_model``, ``res_id``, ``name``, ``outcome`` and ``date``
        """
        # sudo: automatic lines and the ledger of documents the caller has checked
        lines = self.sudo().line_ids.filtered(
            lambda line: line.is_automatic and not line.is_answered
        )
        if not lines:
            return {}
        figures = set(lines.mapped("figure"))
        promises = traces = {}
        # Whether an appointment had begun says what came before the work
        if figures - TRACES or "announced" in figures:
            promises = lines.checklist_id._service_promises_of_documents()
        if figures & TRACES:
            traces = lines.checklist_id._service_traces()
        now = moment or fields.Datetime.now()
        answers = {}
        for line in lines:
            res_id = line.checklist_id.res_id
            if line.figure in TRACES:
                found = traces.get(res_id, {}).get(line.figure)
                rows = promises.get(res_id, ())
                answers[line] = line._service_judge_trace(found, rows, now, moment)
            else:
                rows = promises.get(res_id, self.env["service.promise"])
                answers[line] = line._service_judge_promises(rows, now, bool(moment))
        return answers

    def _service_promises_of_documents(self):
        """Return {document id: its promises}, as superuser."""
        promises = self.env["service.promise"]._service_unseal()
        rows = promises.search(
            [
                ("res_model", "in", list(set(self.mapped("res_model")))),
                ("res_id", "in", self.mapped("res_id")),
            ]
        )
        return rows.grouped("res_id")

    def _service_traces(self):
        """Return {document id: {figure: (moment, kind of trace)}}, the first of each.

        A message counts when one of us wrote it and it reached the customer's
        company, a call when it is in the history; a note when it has words; a file
        when one of us put it there.
        """
        for name in (
            "mail.message",
            "mail.notification",
            "ir.attachment",
            "service.event",
        ):
            self.env[name].flush_model()
        model = self[0].res_model
        # sudo: facts of the document of a list that the caller may read
        documents = self.env[model].sudo().browse(set(self.mapped("res_id"))).exists()
        if not documents:
            return {}
        families = {
            document.id: document._service_get_partner().commercial_partner_id.id or 0
            for document in documents
        }
        found = defaultdict(dict)
        # SQL: one statement looks for three kinds of traces on all documents and
        # brings the first of each only; by the ORM every message would be loaded
        for res_id, figure, moment in self.env.execute_query(
            SQL(
                FIRST_TRACES,
                documents=SQL(", ").join(
                    SQL("(%s, %s)", *row) for row in families.items()
                ),
                model=model,
                ids=tuple(families),
            )
        ):
            known = found[res_id].get(figure)
            found[res_id][figure] = min(known or moment, moment)
        return found


class ServiceChecklistLine(models.Model):
    _inherit = "service.checklist.line"

    evidence = fields.Json(
        readonly=True, help="What the ledger answered this line from."
    )

    _automatic_idx = models.Index("(checklist_id) WHERE is_automatic")

    def _service_judge_promises(self, promises, now, is_done):
        """Return (answer, evidence) of this line from the document's promises."""
        kinds = FIGURE_KINDS[self.figure]
        concerned = promises.filtered(lambda row: row.kind in kinds)
        kept = concerned.filtered(
            lambda row: row.outcome == "kept" and not row.is_self_declared
        )
        broken = concerned.filtered(
            lambda row: (
                row.is_counted
                and (
                    row.outcome in ("late", "missed")
                    or (
                        row.date_limit
                        and verdict.is_overdue(row.date_limit, row.outcome, now)
                    )
                )
            )
        )
        evidence = [
            {
                "res_model": row._name,
                "res_id": row.id,
                "name": row.name,
                "outcome": row.outcome or row.state,
                "date": fields.Datetime.to_string(row.date_settled or row.date_due),
            }
            for row in (broken or kept)[:EVIDENCE_LIMIT]
        ]
        return judge_promises(len(kept), len(broken), is_done), evidence

    def _service_judge_trace(self, found, promises, now, moment):
        """Return (answer, evidence) of this line from a trace on the document.

        :param found: moment of the first trace, or None
        :param promises: those of the document
        :param now: naive UTC; until when a trace is in time
        :param moment: when the document was done, None while it is not
        """
        limit = now
        if self.figure == "announced" and found:
            lead = timedelta(minutes=self.company_id.service_lead_minutes)
            began = [row.date_started for row in promises if row.date_started]
            limit = min([now, *began]) - lead
        is_found = bool(found) and found <= limit
        answer = "yes" if is_found else ("no" if moment else None)
        checklist = self.checklist_id
        if not found:
            return answer, []
        evidence = {
            "res_model": checklist.res_model,
            "res_id": checklist.res_id,
            "name": checklist.res_name,
            "outcome": self.figure,
            "date": fields.Datetime.to_string(verdict.to_second(found)),
        }
        return answer, [evidence]
