from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models import verdict
from . import feedback_figures
from .feedback_figures import MIN_ANSWERS
from .privacy import MIN_TEAM

#: So many questions are listed as failing most.
MAX_LINES = 10
#: Under this many points (0-1) an answer is a low one.
LOW_POINTS = 0.5
ENDED = ("recovered", "lost")


class ServiceDashboard(models.AbstractModel):
    """What stands beside the promises: answers, checklists, recoveries, filters."""

    _inherit = "service.dashboard"

    @api.model
    def _get_customer_figures(self, period, scope):
        """Return the parts of ``get_data`` that are about customers' answers."""
        answers = {} if period["kind"] else self._get_answer_groups(period, scope)
        return {
            "checklists": self._get_checklists(period),
            "feedback": self._get_feedback(period, scope, answers),
            "quadrant": self._get_quadrant(period, scope, answers),
            "recoveries": self._get_recoveries(period),
            "silent": self._get_silent(period),
        }

    @api.model
    def _get_answer_groups(self, period, scope):
        """Count customers' answers of the period: all, by employee, by department.

        :return: {"all", "employee" or "team": list of (id, answers with a
            satisfaction, their mean 0-100, answers of the automatic sample with both
            qualities, mean technical and service quality, number of people)}
        """
        start, stop = self._get_bounds(period)
        both = SQL(
            "f.is_manual IS NOT TRUE AND f.has_technical_quality"
            " AND f.has_service_quality"
        )
        # SQL: three groupings in one pass over an index
        rows = self.env.execute_query(
            SQL(
                """SELECT GROUPING(f.employee_id, f.department_id),
                    COALESCE(f.employee_id, f.department_id),
                    count(*) FILTER (WHERE f.has_satisfaction),
                    avg(f.satisfaction) FILTER (WHERE f.has_satisfaction),
                    count(*) FILTER (WHERE %(both)s),
                    avg(f.technical_quality) FILTER (WHERE %(both)s),
                    avg(f.service_quality) FILTER (WHERE %(both)s),
                    count(DISTINCT f.employee_id) FILTER (WHERE %(both)s)
                FROM service_feedback f
                WHERE f.date_answered >= %(start)s AND f.date_answered < %(stop)s
                    AND %(where)s
                GROUP BY GROUPING SETS ((), (f.employee_id), (f.department_id))""",
                both=both,
                start=start,
                stop=stop,
                where=scope.but(rule=None).where("f"),
            )
        )
        result = {"all": [], "employee": [], "team": []}
        for group, *row in rows:
            result[{1: "employee", 2: "team", 3: "all"}[group]].append(row)
        return result

    @api.model
    def _get_fact_mean(self, period, kind):
        """Return (number, mean score 0-1 or None) of counted facts of a kind."""
        domain = self._get_domain(period) & Domain("kind", "=", kind)
        ((count, score),) = self.env["service.quality.report"]._read_group(
            domain & Domain("is_counted", "=", 1), [], ["__count", "score:avg"]
        )
        return count, score if count else None

    @api.model
    def _get_checklists(self, period):
        if period["kind"]:
            return {"count": 0, "score": None}
        count, score = self._get_fact_mean(period, "checklist")
        return {"count": count, "score": score}

    @api.model
    def _get_feedback(self, period, scope, answers):
        if not answers:
            return {"count": 0, "satisfaction": None}
        ((_id, count, mean, *_both),) = answers["all"]
        if scope.rule is not None:  # a rule of somebody else on the facts
            count, mean = self._get_fact_mean(period, "feedback")
            mean = mean and mean * 100
        of_one = period["employee_id"] or not self._is_manager()
        return {
            "count": count,
            "satisfaction": feedback_figures.shown(mean, count, of_one),
        }

    @api.model
    def _get_quadrant(self, period, scope, answers):
        """Technical and service quality of people and teams with enough answers.

        Of the automatic sample only, as everywhere in the feedback analysis.
        """
        result = []
        for kind, model in (("employee", "hr.employee"), ("team", "hr.department")):
            rows = [
                (record_id, *means)
                for record_id, _count, _mean, *means in answers.get(kind, ())
                if record_id and means[0] >= MIN_ANSWERS
            ]
            if kind == "employee" and self._is_names_hidden(period):
                own = self._get_own_employees()._ids
                rows = [row for row in rows if row[0] in own]
            elif scope.teams is not None:
                teams = scope.teams
                rows = [row for row in rows if row[0] in teams and row[-1] >= MIN_TEAM]
            names = self._get_names(model, [row[0] for row in rows])
            result += [
                {
                    "kind": kind,
                    "id": record_id,
                    "name": names.get(record_id, ""),
                    "technical": technical,
                    "service": service,
                    "answers": count,
                }
                for record_id, count, technical, service, _people in rows
            ]
        return sorted(result, key=lambda row: (row["kind"], row["name"], row["id"]))

    @api.model
    def _get_recoveries(self, period):
        """Recoveries opened in the period, and those that run now or ran over."""
        if period["kind"]:
            return dict.fromkeys(
                ("opened", "running", "overdue", "in_time", "decided"), 0
            ) | {"rate": None}
        domains = self._get_recovery_domains(period)
        recoveries = self.env["service.recovery"]
        counts = dict.fromkeys(domains, 0)
        counts["overdue"] = recoveries.search_count(domains["overdue"])
        for state, in_time, count in recoveries._read_group(
            domains["opened"], ["state", "is_in_time"], ["__count"]
        ):
            counts["opened"] += count
            counts["decided" if state in ENDED else "running"] += count
            counts["in_time"] += count if in_time else 0
        counts["decided"] += counts["overdue"]
        rate = feedback_figures.share(counts["in_time"], counts["decided"])
        return {**counts, "rate": rate}

    @api.model
    def _get_recovery_domains(self, period):
        """Return {figure: domain} on recoveries opened in the period."""
        analysis = self.env["service.feedback.analysis"]
        opened = analysis._get_domain(period, "date_opened")
        opened &= Domain("state", "!=", "cancelled")
        ended = Domain("state", "in", list(ENDED))
        overdue = Domain("is_overdue", "=", True)
        return {
            "opened": opened,
            "running": opened & ~ended,
            "overdue": opened & overdue,
            "in_time": opened & Domain("is_in_time", "=", True),
            "decided": opened & (ended | overdue),
        }

    @api.model
    def _get_silent(self, period):
        """Silent customers found, and how many there should be; managers only."""
        found = self.env["service.feedback.analysis"]._get_silent(period)
        if not found:
            return {"count": None, "estimate": None, "heard": None}
        return {
            "count": found["found"],
            "estimate": found["estimate"],
            "heard": found["heard"],
        }

    # ------------------------------------------------------------------
    # What fails most
    # ------------------------------------------------------------------

    @api.model
    def _get_failed_lines(self, period, scope):
        """Questions of work checklists most often answered no or low.

        A line fails under half of its points: a no, a score under 6, a balance of
        two. Asked are all answers of the period that have points.
        """
        if period["kind"]:
            return []
        rows = self._count_failed_lines(period, scope)
        # sudo: the wording of questions, of lists the reader may see
        lines = self.env["service.checklist.template.line"].sudo()
        lines = lines.browse([row[0] for row in rows])
        return [
            {
                "key": str(line.id),
                "name": line.name,
                "template": line.template_id.name,
                "asked": asked,
                "failed": failed,
                "share": failed / asked,
            }
            for line, (_id, asked, failed) in zip(lines, rows, strict=True)
        ]

    @api.model
    def _count_failed_lines(self, period, scope):
        """Return [(id of the template's line, asked, failed)], the worst first."""
        start, stop = self._get_bounds(period)
        # SQL: two counts of a joined table; the ORM's way adds the rules of
        # documents, while figures follow people (the drill through is tested)
        return self.env.execute_query(
            SQL(
                """SELECT l.template_line_id, count(*),
                    count(*) FILTER (WHERE l.points < %(low)s) AS failed
                FROM service_checklist_line l
                JOIN service_checklist c ON c.id = l.checklist_id
                WHERE c.purpose = 'work' AND l.is_scored
                    AND l.template_line_id IS NOT NULL
                    AND l.date_answered >= %(start)s AND l.date_answered < %(stop)s
                    AND %(where)s
                GROUP BY 1
                HAVING count(*) FILTER (WHERE l.points < %(low)s) > 0
                ORDER BY 3 DESC, 2, 1
                LIMIT %(limit)s""",
                low=LOW_POINTS,
                start=start,
                stop=stop,
                where=scope.but(rule=None).where("c"),
                limit=MAX_LINES,
            )
        )

    @api.model
    def _get_line_domain(self, period, line_id, is_failed):
        """Return the domain of the answers behind a question that fails.

        :param int line_id: id of the line of the template
        :param bool is_failed: those that failed only
        """
        start, stop = self._get_bounds(period)
        domain = (
            Domain("template_line_id", "=", line_id)
            & Domain("is_scored", "=", True)
            & Domain("date_answered", ">=", start)
            & Domain("date_answered", "<", stop)
            & Domain("company_id", "in", period["company_ids"])
            & Domain("checklist_id.purpose", "=", "work")
        )
        if is_failed:
            domain &= Domain("points", "<", LOW_POINTS)
        for name in ("department_id", "employee_id", "res_model"):
            if period[name]:
                domain &= Domain(f"checklist_id.{name}", "=", period[name])
        if not self._is_manager():
            led = self.env.user._service_led_employees()
            domain &= Domain("checklist_id.employee_id", "in", led.ids)
        return domain

    # ------------------------------------------------------------------
    # What one may filter by
    # ------------------------------------------------------------------

    @api.model
    def _get_choices(self, period, scope):
        """Return what the reader may choose in the filters, by label."""
        models_ = self.env["service.linked.mixin"]._service_document_models()
        # sudo: names of the kinds of documents
        served = self.env["ir.model"].sudo()
        served = served.search_fetch([("model", "in", models_)], ["model", "name"])
        kinds = self._get_kind_labels()
        employees = self._get_chosen_employees(period, scope)
        companies = self.env.companies
        return {
            "companies": [{"id": row.id, "label": row.name} for row in companies],
            "departments": self._get_chosen_departments(period, scope, employees),
            "employees": self._to_choices(self._get_names("hr.employee", employees)),
            "models": [{"key": row.model, "label": row.name} for row in served],
            "kinds": [{"key": kind, "label": kinds[kind]} for kind in verdict.KINDS],
        }

    @api.model
    def _to_choices(self, names):
        """Return {id: name} as a list in the order of names."""
        rows = [{"id": key, "label": name} for key, name in names.items()]
        return sorted(rows, key=lambda row: (row["label"], row["id"]))

    @api.model
    def _get_chosen_employees(self, period, scope):
        """Return the ids of people with promises that the reader may see."""
        if self._is_names_hidden(period):
            return self._get_own_employees().ids
        visible = SQL("TRUE")
        if scope.employee_ids is not None:
            visible = SQL("e.id = ANY(%s::int[])", list(scope.employee_ids))
        # SQL: one look into an index per person, instead of a grouping of all
        rows = self.env.execute_query(
            SQL(
                "SELECT e.id FROM hr_employee e WHERE %s AND EXISTS (SELECT FROM"
                " service_promise f WHERE f.employee_id = e.id"
                " AND f.company_id = ANY(%s::int[]))",
                visible,
                list(scope.company_ids),
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _get_chosen_departments(self, period, scope, employee_ids):
        """Return the departments of the companies, or of the people one leads."""
        # sudo: the names only
        departments = self.env["hr.department"].sudo()
        if self._is_manager():
            domain = [("company_id", "in", [*period["company_ids"], False])]
            if scope.teams is not None:
                domain.append(("id", "in", scope.teams))
        else:
            domain = [("member_ids", "in", employee_ids)]
        rows = departments.search_fetch(domain, ["name"])
        return self._to_choices({row.id: row.name for row in rows})
