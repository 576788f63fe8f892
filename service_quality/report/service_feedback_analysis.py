from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from . import feedback_figures as figures
from .privacy import MIN_TEAM

AUTOMATIC = Domain("is_manual", "=", False)
ANSWER_FIGURES = {
    "answers": Domain.TRUE,
    "csat": Domain("has_satisfaction", "=", True),
    "satisfied": Domain("has_satisfaction", "=", True)
    & Domain("satisfaction", ">=", figures.SATISFIED),
    "nps": Domain("has_recommend", "=", True),
    "promoters": Domain("has_recommend", "=", True)
    & Domain("recommend", ">=", figures.PROMOTER),
    "detractors": Domain("has_recommend", "=", True)
    & Domain("recommend", "<=", figures.DETRACTOR),
    "technical_quality": Domain("has_technical_quality", "=", True),
    "service_quality": Domain("has_service_quality", "=", True),
}
SENT = Domain("state", "=", "sent")
ANSWERED = SENT & Domain("is_answered", "=", True)
LATE = Domain("has_broken_promise", "=", True)
#: An anonymous survey has two rows: one names the document, the other has the answer.
NAMED = Domain("is_envelope", "=", False)
KNOWN = Domain("is_anonymous", "=", False)
INVITATION_FIGURES = {
    "asked": SENT & NAMED,
    "answered": ANSWERED,
    "asked_late": SENT & LATE & KNOWN,
    "answered_late": ANSWERED & LATE & KNOWN,
    "asked_punctual": SENT & ~LATE & KNOWN,
    "answered_punctual": ANSWERED & ~LATE & KNOWN,
    "done": Domain("state", "in", ["sent", "skipped"]) & NAMED,
    "not_sent": Domain("state", "=", "skipped"),
}
RECOVERY_FIGURES = {
    "recoveries": Domain("state", "!=", "cancelled"),
    "recovered": Domain("state", "=", "recovered"),
    "in_time": Domain("is_in_time", "=", True),
    "compared": Domain("has_score_before", "=", True)
    & Domain("has_score_after", "=", True),
}
#: Figures by value of a field, e.g. ``reason:both``.
KEYED = ("reason", "promoter_reason", "ladder", "why_not")


class ServiceFeedbackAnalysis(models.AbstractModel):
    """The figures of customers' answers as one plain object.

    Of the automatic sample only: what somebody sent by hand has its own lists.
    Figures follow people, not documents: everybody sees his own and those of the
    people he leads, service managers those of their companies.
    """

    _name = "service.feedback.analysis"
    _description = "Feedback Analysis"

    @api.model
    @api.readonly
    def get_data(self, filters=None):
        """Return the figures of customers' answers in a period.

        :param dict filters: as in ``service.dashboard.get_data``; ``kind`` is not used
        :return: dict of plain JSON: ``filters``, ``csat``, ``nps``, ``qualities``,
            ``reasons``, ``ladder``, ``response``, ``people``, ``teams``,
            ``recovery``, ``silent`` (managers, else False), ``min_answers``
        :raise AccessError: not a user of Service Quality, or another company
        :raise ValidationError: a filter of the wrong form
        """
        if not self.env.user.has_group("service_quality.group_user"):
            raise AccessError(self.env._("You have no access to Service Quality."))
        dashboard = self.env["service.dashboard"]
        period = dashboard._clean_filters(filters or {})
        cleaned = dashboard._serialize_filters(period)
        period = dashboard._check_shown(period)
        about_one = bool(period["employee_id"]) or not self._is_manager()
        return {
            "filters": cleaned,
            "csat": self._get_csat(period, about_one),
            "nps": self._get_nps(period, about_one),
            "qualities": self._get_qualities(period, about_one),
            "reasons": self._get_reasons(period, about_one),
            "ladder": self._get_ladder(period, about_one),
            "response": self._get_response(period),
            "people": self._get_groups(period, "employee_id"),
            "teams": self._get_groups(period, "department_id"),
            "recovery": self._get_recovery(period),
            "silent": self._get_silent(period),
            "min_answers": figures.MIN_ANSWERS,
        }

    @api.model
    def _is_manager(self):
        return self.env.user.has_group("service_quality.group_manager")

    # ------------------------------------------------------------------
    # What is looked at
    # ------------------------------------------------------------------

    @api.model
    def _get_domain(self, period, date_field):
        """Return the domain of a period on any model with the links of a fact."""
        dashboard = self.env["service.dashboard"]
        if dashboard._is_hidden(period):
            return Domain.FALSE
        start, stop = dashboard._get_bounds(period)
        domain = Domain("company_id", "in", period["company_ids"])
        domain &= Domain(date_field, ">=", start) & Domain(date_field, "<", stop)
        for name in ("department_id", "employee_id", "res_model"):
            if period[name]:
                domain &= Domain(name, "=", period[name])
        if not self._is_manager():
            seen = dashboard._get_seen_employees(period)
            domain &= Domain("employee_id", "in", seen)
        return domain

    @api.model
    def _get_answers(self, period):
        return self._get_domain(period, "date_answered") & AUTOMATIC

    @api.model
    def _get_feedback(self):
        # sudo: figures only, of the people in the domain of _get_domain; those of
        # anonymous surveys count, though their rows are hidden from whom they praise
        return self.env["service.feedback"].sudo()

    @api.model
    def _get_invitations(self, period):
        return self._get_domain(period, "date_planned") & AUTOMATIC

    @api.model
    def _count(self, model, domain):
        return self.env[model].search_count(domain)

    @api.model
    def _count_answers(self, period, figure):
        domain = self._get_answers(period) & ANSWER_FIGURES[figure]
        return self._get_feedback().search_count(domain)

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    def _get_csat(self, period, about_one):
        count = self._count_answers(period, "csat")
        satisfied = self._count_answers(period, "satisfied")
        rate = figures.csat(satisfied, count)
        return {
            "count": count,
            "satisfied": figures.shown(satisfied, count, about_one),
            "rate": figures.shown(rate, count, about_one),
        }

    @api.model
    def _get_nps(self, period, about_one):
        count = self._count_answers(period, "nps")
        counts = (
            self._count_answers(period, "promoters"),
            self._count_answers(period, "detractors"),
            count,
        )
        return {
            "count": count,
            "promoters": figures.shown(counts[0], count, about_one),
            "detractors": figures.shown(counts[1], count, about_one),
            "score": figures.shown(figures.nps(*counts), count, about_one),
            "margin": figures.shown(figures.nps_margin(*counts), count, about_one),
        }

    @api.model
    def _get_qualities(self, period, about_one):
        result = {}
        for name in ("technical_quality", "service_quality"):
            domain = self._get_answers(period) & ANSWER_FIGURES[name]
            ((count, mean),) = self._get_feedback()._read_group(
                domain, [], ["__count", f"{name}:avg"]
            )
            mean = mean if count else None
            result[name] = {
                "count": count,
                "mean": figures.shown(mean, count, about_one),
            }
        return result

    @api.model
    def _get_shares(self, domain, name, about_one):
        """Count answers by a choice, with the share of each in all who chose."""
        rows = dict(
            self._get_feedback()._read_group(
                domain & Domain(name, "!=", False), [name], ["__count"]
            )
        )
        total = sum(rows.values())
        field = self.env["service.feedback"]._fields[name]
        return [
            {
                "key": key,
                "label": label,
                "count": figures.shown(rows.get(key, 0), total, about_one),
                "share": figures.shown(
                    figures.share(rows.get(key, 0), total), total, about_one
                ),
            }
            for key, label in field._description_selection(self.env)
        ]

    @api.model
    def _get_reasons(self, period, about_one):
        """Why customers recommend: of all, and of promoters alone.

        Maister's finding to compare with: 10 % result, 90 % relationship.
        """
        domain = self._get_answers(period)
        promoters = domain & ANSWER_FIGURES["promoters"]
        return {
            "all": self._get_shares(domain, "reason", about_one),
            "promoters": self._get_shares(promoters, "reason", about_one),
        }

    @api.model
    def _get_ladder(self, period, about_one):
        return self._get_shares(self._get_answers(period), "ladder", about_one)

    @api.model
    def _get_response(self, period):
        """Who answered, who did not, and who was not even asked."""
        domain = self._get_invitations(period)
        counts = {
            key: self._count("service.invitation", domain & condition)
            for key, condition in INVITATION_FIGURES.items()
        }
        rows = dict(
            self.env["service.invitation"]._read_group(
                domain & INVITATION_FIGURES["not_sent"], ["reason"], ["__count"]
            )
        )
        field = self.env["service.invitation"]._fields["reason"]
        return {
            **counts,
            "rate": figures.response_rate(counts["answered"], counts["asked"]),
            "rate_late": figures.response_rate(
                counts["answered_late"], counts["asked_late"]
            ),
            "rate_punctual": figures.response_rate(
                counts["answered_punctual"], counts["asked_punctual"]
            ),
            "not_sent_share": figures.share(counts["not_sent"], counts["done"]),
            "why_not": [
                {"key": key, "label": label, "count": rows[key]}
                for key, label in field._description_selection(self.env)
                if key in rows
            ],
        }

    @api.model
    def _get_groups(self, period, name):
        """Figures per employee or team; under five answers only how many."""
        domain = self._get_answers(period) & Domain(name, "!=", False)
        missing = self._get_missing(period, name)
        dashboard = self.env["service.dashboard"]
        if dashboard._is_names_hidden(period):
            shown = self._get_shown(period, name)
            domain &= Domain(name, "in", shown)
            missing = {row: each for row, each in missing.items() if row.id in shown}
        result = {}
        for measure in ("satisfied", "csat", "technical_quality", "service_quality"):
            rows = self._get_feedback()._read_group(
                domain & ANSWER_FIGURES[measure],
                [name],
                ["__count"]
                + ([f"{measure}:avg"] if measure.endswith("quality") else []),
            )
            for record, *values in rows:
                result.setdefault(record, {})[measure] = values
        counts = dict(self._get_feedback()._read_group(domain, [name], ["__count"]))
        people = {**counts, **missing}
        rows = [
            self._get_group(row, counts.get(row, 0), result.get(row, {}), missing)
            for row in people
        ]
        return sorted(rows, key=lambda row: (row["name"], row["id"]))

    @api.model
    def _get_shown(self, period, name):
        """Return the ids of the people or teams with rows, where names are hidden.

        Of people the reader himself; of teams those in which three have answers.
        """
        dashboard = self.env["service.dashboard"]
        if name == "employee_id":
            return dashboard._get_own_employees().ids
        shown, _has_others = dashboard._get_shown_teams(period)
        rows = self._get_feedback()._read_group(
            self._get_answers(period) & Domain(name, "in", shown),
            [name],
            ["employee_id:count_distinct"],
        )
        return [team.id for team, people in rows if people >= MIN_TEAM]

    @api.model
    def _get_group(self, record, count, values, missing):
        """Return the row of one employee or team."""
        done, not_sent = missing.get(record, (0, 0))

        def mean(measure):
            number, average = values.get(measure, (0, None))
            return figures.shown(average if number else None, number, True)

        number = values.get("csat", (0,))[0]
        rate = figures.csat(values.get("satisfied", (0,))[0], number)
        technical, service = mean("technical_quality"), mean("service_quality")
        return {
            "id": record.id,
            "name": record.sudo().name,  # name only, of a row the reader may see
            "count": count,
            "csat": figures.shown(rate, number, True),
            "technical_quality": technical,
            "service_quality": service,
            "quadrant": figures.quadrant(technical, service) or False,
            "done": done,
            "not_sent": not_sent,
            "not_sent_share": figures.share(not_sent, done),
        }

    @api.model
    def _get_missing(self, period, name):
        """Return {employee or team: (documents done, without a survey)}."""
        domain = self._get_invitations(period) & Domain(name, "!=", False)
        rows = self.env["service.invitation"]._read_group(
            domain & INVITATION_FIGURES["done"], [name, "state"], ["__count"]
        )
        result = {}
        for record, state, count in rows:
            done, not_sent = result.get(record, (0, 0))
            result[record] = (
                done + count,
                not_sent + (count if state == "skipped" else 0),
            )
        return result

    @api.model
    def _get_recovery(self, period):
        """Recoveries opened in the period: in time, and the score before and after."""
        domain = self._get_domain(period, "date_opened")
        counts = {
            key: self._count("service.recovery", domain & condition)
            for key, condition in RECOVERY_FIGURES.items()
        }
        ((before, after),) = self.env["service.recovery"]._read_group(
            domain & RECOVERY_FIGURES["compared"],
            [],
            ["score_before:avg", "score_after:avg"],
        )
        closed = domain & Domain("state", "in", ["recovered", "lost"])
        overdue = domain & Domain("is_overdue", "=", True)
        decided = self._count("service.recovery", closed | overdue)
        return {
            **counts,
            "decided": decided,
            # Of those that ended or should have ended.
            "rate": figures.share(counts["in_time"], decided),
            "before": before if counts["compared"] else None,
            "after": after if counts["compared"] else None,
        }

    @api.model
    def _get_silent(self, period):
        if not self._is_manager():
            return False
        companies = self.env["res.company"].browse(period["company_ids"])
        return self.env["service.silent.customer"]._service_estimate(companies)

    # ------------------------------------------------------------------
    # From a number to its records
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_records_action(
        self, filters, figure, employee_id=False, department_id=False
    ):
        """Return the action that lists the records behind a number.

        :param dict filters: as in :meth:`get_data`
        :param str figure: a figure, or ``reason:KEY``, ``promoter_reason:KEY``,
            ``ladder:KEY``, ``why_not:KEY``
        :param int employee_id: the employee of the row, else everybody
        :param int department_id: the team of the row, else everybody
        :return: window action
        :raise AccessError: a person or team whose figures are not shown
        :raise ValidationError: unknown figure or filter
        """
        dashboard = self.env["service.dashboard"]
        period = dashboard._clean_filters(filters or {})
        if employee_id is not False:
            period["employee_id"] = dashboard._clean_id(employee_id)
        if department_id is not False:
            period["department_id"] = dashboard._clean_id(department_id)
        period = dashboard._check_shown(period)
        xmlid, domain = self._get_records(period, str(figure))
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "domain": list(domain), "context": {}}

    @api.model
    def _get_records(self, period, figure):
        """Return (xml id of an action, domain) of a figure."""
        name, _colon, key = figure.partition(":")
        answers = self._get_answers(period)
        if name in ANSWER_FIGURES:
            found = answers & ANSWER_FIGURES[name]
            return "service_quality.service_feedback_action", found
        if name in INVITATION_FIGURES:
            found = self._get_invitations(period) & INVITATION_FIGURES[name]
            return "service_quality.service_invitation_action", found
        if name in RECOVERY_FIGURES:
            found = self._get_domain(period, "date_opened") & RECOVERY_FIGURES[name]
            return "service_quality.service_recovery_action", found
        if name == "silent":
            found = Domain("company_id", "in", period["company_ids"])
            found &= Domain("state", "!=", "back")
            return "service_quality.service_silent_customer_action", found
        if name not in KEYED:
            raise ValidationError(self.env._("Unknown figure."))
        if name == "why_not":
            found = self._get_invitations(period) & Domain("reason", "=", key)
            return "service_quality.service_invitation_action", found
        field = "ladder" if name == "ladder" else "reason"
        if name == "promoter_reason":
            answers &= ANSWER_FIGURES["promoters"]
        found = answers & Domain(field, "=", key)
        return "service_quality.service_feedback_action", found


class ServiceInvitation(models.Model):
    """Late cases against punctual ones: who of them answers?"""

    # What a figure needs, beside the figure.
    _inherit = "service.invitation"

    has_broken_promise = fields.Boolean(
        "Late Case",
        compute="_compute_has_broken_promise",
        search="_search_has_broken_promise",
        help="A counted promise on the document was late or missed.",
    )

    def _compute_has_broken_promise(self):
        found = self.search([("id", "in", self.ids), ("has_broken_promise", "=", True)])
        for invitation in self:
            invitation.has_broken_promise = invitation in found

    @api.model
    def _search_has_broken_promise(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        # SQL: promises are linked by model and id, which no domain can follow
        domain = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "EXISTS (SELECT 1 FROM service_promise p WHERE p.res_model = %s"
                " AND p.res_id = %s AND p.is_counted"
                " AND p.outcome IN ('late', 'missed'))",
                SQL.identifier(alias, "res_model"),
                SQL.identifier(alias, "res_id"),
            )
        )
        return domain if (operator == "in") == (True in value) else ~domain
