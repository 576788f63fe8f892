from datetime import timedelta

from markupsafe import Markup

from odoo import models
from odoo.fields import Command

from ..models.service_checklist_template_line import COPIED_FIELDS
from . import content

#: Checklists were introduced so many working hours ago.
CHECKLIST_HOURS = 320
#: Who ticks everything at once, right before closing.
HASTY, HASTY_SECONDS = "oliver", 4
#: Share of done documents whose checklist was not finished.
PARTLY_SHARE = 0.14
WAIVED = 2
WHY = [
    "The part had to be ordered; the customer knows.",
    "Nobody was at home to ask, a note was left.",
    "There was no time for it before the next visit.",
    "The customer asked to do it another day.",
]
NOTICED = [
    "The filter of the neighbouring unit is due as well.",
    "The customer plans to rebuild the attic next year.",
    "Offered a maintenance contract, he thinks about it.",
]


class ServiceDemo(models.AbstractModel):
    # One subject per file. pylint: disable=consider-merging-classes-inherited
    _inherit = "service.demo"

    def _create_checklists(self, run):
        """Create the checklists with their answers: done, partly done, failed."""
        starts = list(self._pick_checklists(run))
        model = self.env["service.checklist"]._service_unseal()
        rows = model.create([self._prepare_checklist(run, *start) for start in starts])
        self._backdate(
            rows,
            create_date=rows.mapped("date_started"),
            create_uid=[run.user(document).id for document, _template in starts],
        )
        for line in rows.line_ids.filtered("date_answered"):
            run.log(
                line.checklist_id,
                "answered",
                line.date_answered,
                line.answered_by_id or self.env.user,
                new_value=str(line._service_answer_text()),
                note=line.name,
            )
        self._waive_some(run, rows)
        self._create_notes(run, [document for document, _template in starts])

    def _create_notes(self, run, documents):
        """Write what was done into the chatter of most documents, as rows."""
        notes = [
            document
            for document in {id(row): row for row in documents if row.closed}.values()
            if run.rng.random() < run.employees[document.employee]["rate"]
        ]
        rows = self.env["mail.message"].create(
            [
                {
                    "model": run.record(document)._name,
                    "res_id": run.record(document).id,
                    "message_type": "comment",
                    "subtype_id": self.env.ref("mail.mt_note").id,
                    "author_id": run.user(document).partner_id.id,
                    "body": Markup("<p>%s</p>") % content.NOTE,
                    "date": run.clock.moment(document.closed),
                }
                for document in notes
            ]
        )
        self._backdate(
            rows,
            create_date=[run.clock.moment(document.closed) for document in notes],
            create_uid=[run.user(document).id for document in notes],
        )

    def _answer_automatic(self, run):
        """Let the ledger answer the automatic lines of documents that are done."""
        closed = {
            (run.record(row)._name, run.record(row).id): run.clock.moment(row.closed)
            for row in run.story.documents
            if row.closed
        }
        rows = self.env["service.checklist"]._service_unseal()
        rows = rows.search([("res_id", "in", [res_id for _model, res_id in closed])])
        rows = rows.filtered(lambda row: (row.res_model, row.res_id) in closed)
        for _model, checklists in rows.grouped("res_model").items():
            answers = checklists._service_ledger_answers(
                run.clock.moment(run.story.latest)
            )
            for line, (answer, evidence) in answers.items():
                checklist = line.checklist_id
                line.write(
                    {
                        "answer": answer,
                        "evidence": evidence,
                        "date_answered": closed[checklist.res_model, checklist.res_id],
                    }
                )

    def _pick_checklists(self, run):
        """Yield (document, template) for each checklist that was started."""
        habits = self._ref("template_maister")
        handover = self._ref("demo_template_handover")
        crew, awaits = self._ref("template_crew"), self._ref("template_awaits")
        for document in run.story.documents:
            if document.created < run.story.today - CHECKLIST_HOURS:
                continue
            if document.model == "helpdesk.ticket":
                yield document, habits
                is_field = run.employees[document.employee]["team"] == "field"
                if is_field and run.rng.random() < 0.35:
                    yield document, handover
                elif run.rng.random() < 0.2:
                    yield document, crew if is_field else awaits
            elif document.stage == "sale":
                yield document, handover
                if run.rng.random() < 0.3:
                    yield document, habits

    def _prepare_checklist(self, run, document, template):
        """Return the vals of one checklist with its lines answered so far."""
        record = run.record(document)
        model = self.env["service.checklist"]
        vals = model._prepare_vals(record, template)
        vals["date_started"] = run.clock.moment(document.created)
        lines = self._prepare_questions(template)
        vals["line_ids"] = [Command.create(line) for line in lines]
        if document.closed:
            answered = self._choose_lines(run, lines, run.rng.random() < PARTLY_SHARE)
            end = document.closed
        else:
            end = run.story.latest
            share = run.rng.uniform(0, 0.6) if document.stage != "new" else 0
            answered = lines[: int(len(lines) * share)]
        answered = [line for line in answered if not line["is_automatic"]]
        careful = run.employees[document.employee]["rate"]
        for number, line in enumerate(answered, 1):
            answer = self._prepare_answer(run, document, line, careful)
            line.update(self._prepare_why(line, answer, number))
            part = number / (len(answered) + 1)
            line["date_answered"] = self._answer_moment(run, document, end, part)
            line["answered_by_id"] = run.user(document).id
        if document.closed:
            vals["date_closed"] = run.clock.moment(document.closed)
        return vals

    def _answer_moment(self, run, document, end, part):
        """Return when a line was answered; ``part`` of the lines came before it."""
        if document.closed and document.employee == HASTY:
            left = (1 - part) * HASTY_SECONDS * 10
            return run.clock.moment(end) - timedelta(seconds=round(left) + 2)
        when = document.created + (end - document.created) * part
        return run.clock.moment(when)

    def _prepare_line(self, line, section):
        """Return the vals of a line copied from the template's."""
        copied = ("sequence", "name", "script", *COPIED_FIELDS)
        vals = {"template_line_id": line.id, "section": section}
        return vals | {name: line[name] for name in copied}

    def _prepare_questions(self, template):
        """Return the vals of the questions of a template, each with its section."""
        rows, section = [], False
        for line in template.line_ids:
            if line.display_type:
                section = line.name
            else:
                rows.append(self._prepare_line(line, section))
        return rows

    def _choose_lines(self, run, lines, is_partly):
        """Return the lines that were answered: the required ones and most others."""
        if is_partly:
            return lines[: max(1, int(len(lines) * run.rng.uniform(0.2, 0.6)))]
        return [line for line in lines if line["is_required"] or run.rng.random() < 0.8]

    def _prepare_answer(self, run, document, line, careful):
        """Return the answer to one line; who keeps promises also works carefully."""
        rng = run.rng
        if line["kind"] == "score":
            return {"value": max(1, min(10, round(rng.gauss(4 + 5 * careful, 1.2))))}
        if line["kind"] == "balance":
            return {"value": rng.choices([-2, -1, 0, 1], [1, 6, 24 * careful, 4])[0]}
        if line["kind"] == "text":
            return {"comment": rng.choice(NOTICED)}
        is_no = rng.random() < (1 - careful) * (0.35 if line["is_critical"] else 0.5)
        if is_no:
            return {"answer": "no"}
        may_skip = not line["is_required"] and not line["is_critical"]
        return {"answer": "na" if may_skip and rng.random() < 0.06 else "yes"}

    def _prepare_why(self, line, vals, number):
        """Return an answer with its why, where the panel asks for one."""
        probe = self.env["service.checklist.line"].new(
            {name: line[name] for name in ("kind", "is_critical", "comment_rule")}
        )
        given = {"answer": False, "value": 0, **vals}
        if vals.get("comment") or not probe._service_needs_comment(given):
            return vals
        return {**vals, "comment": WHY[number % len(WHY)]}

    def _waive_some(self, run, rows):
        """The manager lets some unfinished checklists of done documents go."""
        done = {run.record(row): row for row in run.story.documents if row.closed}
        records = {(row._name, row.id) for row in done}
        unfinished = rows.filtered(
            lambda row: row.state == "todo" and (row.res_model, row.res_id) in records
        )
        for checklist in unfinished[:WAIVED]:
            moment = checklist.date_started + timedelta(days=1)
            run.log(
                checklist,
                "waived",
                moment,
                run.users["manager"],
                old_value=checklist.state,
                new_value="waived",
                note=content.WAIVE_REASON,
            )
            checklist.write(
                {"date_waived": moment, "waive_reason": content.WAIVE_REASON}
            )
