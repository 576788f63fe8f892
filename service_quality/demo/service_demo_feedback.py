from datetime import timedelta

from odoo import models
from odoo.fields import Command

from . import content

#: Customers who were asked answer this often; the unhappy and the delighted more.
ANSWER_SHARE = 0.5
BROKEN = ("late", "missed")


class ServiceDemo(models.AbstractModel):
    # One subject per file. pylint: disable=consider-merging-classes-inherited
    _inherit = "service.demo"

    def _create_feedback(self, run):
        """Ask the customers of done documents; some answer, by the survey itself."""
        done = [
            row
            for row in run.story.documents
            if row.closed and row.stage in ("done", "sale")
        ]
        done.sort(key=lambda row: row.closed)
        invitations = self._create_invitations(run, done)
        asked = [
            (document, invitation)
            for document, invitation in zip(done, invitations, strict=True)
            if invitation.state == "sent"
        ]
        self._create_answers(run, asked)

    def _create_invitations(self, run, documents):
        """Create one row per done document: sent, or why not."""
        survey = self._ref("survey_service")
        model = self.env["service.invitation"]._service_unseal()
        last_asked, vals_list = {}, []
        for document in documents:
            moment = run.clock.moment(document.closed)
            vals = model._prepare_vals(run.record(document), survey, moment)
            reason = self._why_not_asked(vals, moment, last_asked)
            if reason:
                vals.update(state="skipped", reason=reason)
            else:
                last_asked[vals["email"]] = moment
                sent = moment + timedelta(minutes=5)
                vals.update(state="sent", date_sent=sent)
            vals_list.append(vals)
        rows = model.create(vals_list)
        self._backdate(rows, create_date=rows.mapped("date_planned"))
        return rows

    def _why_not_asked(self, vals, moment, last_asked):
        """Return the reason for which a customer is not asked, or None."""
        email = vals["email"]
        if not email:
            return "no_email"
        company = self.env["res.company"].browse(vals["company_id"])
        pause = timedelta(days=company.service_survey_pause_days)
        if email in last_asked and moment - last_asked[email] < pause:
            return "fatigue"
        return None

    # ------------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------------

    def _create_answers(self, run, asked):
        """Create an answer per invitation, empty when the customer did not react."""
        survey = self._ref("survey_service")
        vals_list, dates = [], []
        for document, invitation in asked:
            started = self._when_answered(run, document, invitation)
            vals = {
                "survey_id": survey.id,
                "partner_id": invitation.partner_id.id,
                "email": invitation.email,
                "service_invitation_id": invitation.id,
            }
            if started:
                vals.update(
                    state="done",
                    start_datetime=started,
                    end_datetime=started + timedelta(minutes=2),
                    user_input_line_ids=self._prepare_lines(run, document, survey),
                )
            vals_list.append(vals)
            dates.append(invitation.date_sent)
        answers = self.env["survey.user_input"].create(vals_list)
        self._backdate(answers, create_date=dates)
        for answer in answers:
            invitation = answer.service_invitation_id._service_unseal()
            invitation.write({"user_input_id": answer.id, "lang": "en_US"})
        self._count_answers(run, answers.filtered(lambda row: row.state == "done"))

    def _count_answers(self, run, answers):
        """Let the addon write the feedback, then put it at its time.

        The addon stamps the present, on the feedback and on its event.
        """
        feedback = self.env["service.feedback"]._service_from_survey(answers)
        dates = {row.id: row.survey_input_id.end_datetime for row in feedback}
        moments = [dates[row.id] for row in feedback]
        self._backdate(feedback, create_date=moments, date_answered=moments)
        events = self.env["service.event"].search(
            [("res_model", "=", feedback._name), ("res_id", "in", feedback.ids)]
        )
        self._backdate(events, create_date=[dates[event.res_id] for event in events])

    def _when_answered(self, run, document, invitation):
        """Return when the customer answered, or None; never in the future."""
        broken = self._broken_share(run, document)
        if run.rng.random() > ANSWER_SHARE + (0.25 if broken else 0):
            return None
        hours = min(run.rng.expovariate(1 / 14) + 0.2, 72)
        moment = invitation.date_sent + timedelta(hours=hours)
        return moment if moment < run.clock.now - timedelta(minutes=20) else None

    def _broken_share(self, run, document):
        """Return which share of the counted promises was not kept."""
        rows = [run.promises[id(promise)] for promise in document.promises]
        rows = [row for row in rows if row.is_counted]
        broken = sum(row.outcome in BROKEN for row in rows)
        return broken / len(rows) if rows else 0.0

    def _prepare_lines(self, run, document, survey):
        """Return the answers to the questions: kept promises make content people."""
        rng, broken = run.rng, self._broken_share(run, document)
        careful = run.employees[document.employee]["rate"]
        content_level = 8.9 - 5 * broken + 4 * (careful - 0.9) + rng.gauss(0, 0.8)
        levels = {
            "satisfaction": content_level,
            "technical_quality": 8.7 - 1.5 * broken + rng.gauss(0, 0.9),
            "service_quality": content_level + rng.gauss(0, 0.7),
            "recommend": content_level + rng.gauss(0, 0.8),
        }
        lines = []
        for question in survey.question_ids:
            measure = question.service_measure
            if measure in levels:
                if question.constr_mandatory or rng.random() < 0.9:
                    lines.append(self._prepare_scale(question, levels[measure]))
            elif measure == "comment":
                text = rng.choice(content.COMMENTS[self._name_level(content_level)])
                if text:
                    lines.append(self._prepare_text(question, text))
            elif question.suggested_answer_ids and rng.random() < 0.7:
                lines.append(self._prepare_choice(run, question, content_level))
        return [Command.create(line) for line in lines]

    def _name_level(self, level):
        if level >= 7.5:
            return "high"
        return "middle" if level >= 5.5 else "low"

    def _prepare_scale(self, question, level):
        value = max(question.scale_min, min(question.scale_max, round(level)))
        return {
            "question_id": question.id,
            "answer_type": "scale",
            "value_scale": value,
        }

    def _prepare_text(self, question, text):
        return {
            "question_id": question.id,
            "answer_type": "text_box",
            "value_text_box": text,
        }

    def _prepare_choice(self, run, question, level):
        """Choose one of the answers; the ladder follows the satisfaction."""
        options = question.suggested_answer_ids
        if question.service_measure == "ladder":
            step = (level - 4.5) / 1.7 + run.rng.gauss(0, 0.4)
            option = options[max(0, min(len(options) - 1, int(step)))]
        else:
            option = run.rng.choice(options)
        return {
            "question_id": question.id,
            "answer_type": "suggestion",
            "suggested_answer_id": option.id,
        }
