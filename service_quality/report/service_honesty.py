from odoo import fields, models
from odoo.tools import SQL

from .privacy import MIN_TEAM

DEPENDS = {
    "service.checklist": [
        "purpose",
        "company_id",
        "template_id",
        "date_closed",
    ],
    "service.checklist.line": [
        "checklist_id",
        "template_line_id",
        "sequence",
        "name",
        "answer",
        "value",
        "points",
        "is_scored",
        "is_automatic",
        "answered_by_id",
        "date_answered",
    ],
    "res.company": [
        "service_honesty_seconds",
        "service_honesty_lines",
        "service_honesty_days",
        "service_privacy",
    ],
}


#: CTEs upon ``person``: how often each person's most frequent set of answers to a
#: template comes back, over all templates.
SAME_SHARE = SQL(
    """pattern AS (
        SELECT company_id, person_id, department_id, template_id, checklist_id,
            STRING_AGG(CONCAT_WS(':', template_line_id, answer, value), ','
                ORDER BY sequence, template_line_id, id) AS answers
        FROM person WHERE is_scored GROUP BY 1, 2, 3, 4, 5),
    frequency AS (
        SELECT company_id, person_id, department_id, template_id, answers,
            COUNT(*) AS number
        FROM pattern GROUP BY 1, 2, 3, 4, 5),
    most AS (
        SELECT company_id, person_id, department_id, template_id,
            MAX(number) AS highest, SUM(number) AS total
        FROM frequency GROUP BY 1, 2, 3, 4),
    same AS (
        SELECT company_id, person_id, department_id,
            SUM(highest) / SUM(total) AS share
        FROM most GROUP BY 1, 2, 3)"""
)


def answer_query():
    """Return the SELECT of people's answers that the signals are taken from.

    Work only, by the server's stamps: who and when are written by the server with
    every answer. ``seconds`` is the time since the same person's answer before on
    the same list; ``last_minute`` says whether it came in the 60 seconds before the
    document was closed, and is empty while it is open.
    """
    return SQL(
        """SELECT l.id, l.checklist_id, c.template_id, l.template_line_id, l.sequence,
            l.answer, l.value, l.points, l.is_scored, c.company_id,
            e.id AS employee_id, v.department_id, l.answered_by_id,
            co.service_honesty_seconds AS limit_seconds,
            co.service_honesty_lines AS limit_lines,
            co.service_privacy AS privacy,
            EXTRACT(EPOCH FROM l.date_answered - LAG(l.date_answered) OVER (
                PARTITION BY l.checklist_id, l.answered_by_id
                ORDER BY l.date_answered, l.id)) AS seconds,
            CASE WHEN c.date_closed IS NULL OR l.date_answered > c.date_closed
                THEN NULL
                WHEN l.date_answered >= c.date_closed - INTERVAL '60 seconds'
                THEN 1.0 ELSE 0.0 END AS last_minute
        FROM service_checklist_line l
        JOIN service_checklist c ON c.id = l.checklist_id
        JOIN res_company co ON co.id = c.company_id
        JOIN hr_employee e ON e.user_id = l.answered_by_id
            AND e.company_id = c.company_id
        LEFT JOIN hr_version v ON v.id = e.current_version_id
        WHERE c.purpose = 'work' AND NOT COALESCE(l.is_automatic, false)
            AND l.date_answered >= %s - co.service_honesty_days * INTERVAL '1 day'""",
        fields.Datetime.now(),
    )


class ServiceHonestyEmployee(models.Model):
    """How a person, or a team, ticks lists: where a look together is worthwhile.

    No judgement: quick answers may be practice, equal answers equal work. Nothing
    is said under the number of answers that the company set. With the privacy
    setting there are teams only, of at least three people.
    """

    _name = "service.honesty.employee"
    _description = "How Lists Are Ticked, by People"
    _auto = False
    _order = "fast_share desc, id"
    _rec_name = "employee_id"
    _depends = DEPENDS

    employee_id = fields.Many2one("hr.employee", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    answer_count = fields.Integer("Answers", readonly=True)
    checklist_count = fields.Integer("Checklists", readonly=True)
    timed_count = fields.Integer(
        "Answers After Another", readonly=True, help="Of which the seconds are known."
    )
    median_seconds = fields.Float(
        "Seconds Between Answers",
        readonly=True,
        aggregator=None,
        help="Median, on the same list.",
    )
    fast_share = fields.Float(
        "Quick Answers",
        readonly=True,
        aggregator=None,
        help="Share of answers within the set seconds of the one before, 0-1.",
    )
    closed_count = fields.Integer(
        "Answers on Closed Documents", readonly=True, help="Whose closing is known."
    )
    last_minute_share = fields.Float(
        "In the Last Minute",
        readonly=True,
        aggregator=None,
        help="Share of answers in the last minute before the document was closed.",
    )
    same_share = fields.Float(
        "Most Frequent Pattern",
        readonly=True,
        aggregator=None,
        help="Share of checklists whose answers are the person's most frequent set of "
        "answers to that template.",
    )

    @property
    def _table_query(self):
        # SQL: medians and windows, which the ORM has not
        return SQL(
            """WITH answer AS (%(answers)s),
            person AS (
                SELECT a.*, CASE WHEN privacy = 'team' THEN NULL
                    ELSE employee_id END AS person_id
                FROM answer a),
            %(same)s
            SELECT ROW_NUMBER() OVER (
                    ORDER BY p.company_id, p.department_id, p.person_id) AS id,
                p.person_id AS employee_id, p.department_id, p.company_id,
                COUNT(*) AS answer_count,
                COUNT(DISTINCT p.checklist_id) AS checklist_count,
                COUNT(p.seconds) AS timed_count,
                PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY p.seconds)
                    AS median_seconds,
                AVG(CASE WHEN p.seconds IS NULL THEN NULL
                    WHEN p.seconds < p.limit_seconds THEN 1.0 ELSE 0.0 END)
                    AS fast_share,
                COUNT(p.last_minute) AS closed_count,
                AVG(p.last_minute) AS last_minute_share,
                MAX(s.share) AS same_share
            FROM person p
            LEFT JOIN same s ON s.company_id = p.company_id
                AND s.person_id IS NOT DISTINCT FROM p.person_id
                AND s.department_id IS NOT DISTINCT FROM p.department_id
            GROUP BY p.company_id, p.person_id, p.department_id
            HAVING COUNT(*) >= MAX(p.limit_lines) AND (p.person_id IS NOT NULL
                OR COUNT(DISTINCT p.employee_id) >= %(team)s)""",
            answers=answer_query(),
            same=SAME_SHARE,
            team=MIN_TEAM,
        )


class ServiceHonestyLine(models.Model):
    """Questions that are always answered alike tell nothing: may they go?"""

    _name = "service.honesty.line"
    _description = "How Lists Are Ticked, by Question"
    _auto = False
    _order = "top_share desc, answer_count desc, id"
    _rec_name = "template_line_id"
    _depends = DEPENDS

    template_id = fields.Many2one("service.checklist.template", readonly=True)
    template_line_id = fields.Many2one(
        "service.checklist.template.line", "Line", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    answer_count = fields.Integer("Answers", readonly=True)
    top_share = fields.Float(
        "Full Points", readonly=True, aggregator=None, help="Share of yes, 0-1."
    )
    is_always = fields.Boolean("Always Yes", readonly=True)
    fast_share = fields.Float("Quick Answers", readonly=True, aggregator=None)
    timed_count = fields.Integer(
        "Answers After Another", readonly=True, help="Of which the seconds are known."
    )
    median_seconds = fields.Float(
        "Seconds to Answer", readonly=True, aggregator=None, help="Median."
    )

    @property
    def _table_query(self):
        # SQL: medians and windows, which the ORM has not
        return SQL(
            """SELECT ROW_NUMBER() OVER (ORDER BY company_id, template_line_id) AS id,
                template_id, template_line_id, company_id,
                COUNT(*) AS answer_count,
                AVG(CASE WHEN points >= 1 THEN 1.0 ELSE 0.0 END) AS top_share,
                BOOL_AND(points >= 1) AS is_always,
                COUNT(seconds) AS timed_count,
                AVG(CASE WHEN seconds IS NULL THEN NULL
                    WHEN seconds < limit_seconds THEN 1.0 ELSE 0.0 END) AS fast_share,
                PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY seconds) AS median_seconds
            FROM (%s) answer
            WHERE is_scored AND template_line_id IS NOT NULL
            GROUP BY company_id, template_id, template_line_id
            HAVING COUNT(*) >= MAX(limit_lines) AND (MAX(privacy) <> 'team'
                OR COUNT(DISTINCT employee_id) >= %s)""",
            answer_query(),
            MIN_TEAM,
        )
