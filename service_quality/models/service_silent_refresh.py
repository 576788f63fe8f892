"""Who is silent, found by SQL over all customers at once.

A family is a commercial partner with its contacts. It is silent when

- something went wrong in the last days (setting): a counted promise late, missed or
  overdue; an answer below the low score; a failed checklist;
- it has not complained since the latest of these: no chasing, no dispute, no
  complaint, no later answer below the low score;
- it was not seen (order, request, message: what the hosts contribute) for longer than
  ``factor`` times the median of the days between its own visits. With fewer than
  three gaps the median of all gaps of the company's customers is used; where there is
  none, nothing is known and nobody is listed.

The reasons and the estimate: of a hundred dissatisfied customers four complain
(setting); so ``heard / 4 %`` customers are dissatisfied.
"""

import logging

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: Fewer gaps than this say nothing about a customer's own rhythm.
MIN_GAPS = 3
#: Sorting two million visits in memory instead of on disk.
WORK_MEM = "64MB"


class ServiceSilentCustomer(models.Model):
    _inherit = "service.silent.customer"

    @api.model
    def _cron_refresh(self):
        """Find the silent customers of all companies."""
        found = self._service_refresh()
        _logger.info("Service quality: %s silent customers", found)

    @api.model
    def _service_refresh(self):
        """Bring the table up to date.

        New rows appear, rows of customers who are no longer silent go, except those
        that were called: they came back. A newer bad event puts a row back on the
        list.

        :return: how many customers are silent now
        """
        self.env.flush_all()
        now = fields.Datetime.now()
        query = self.env.execute_query
        # SQL throughout: set-based work over millions of rows, which the ORM would
        # carry through Python's memory one by one.
        query(SQL("SET LOCAL work_mem = %s", WORK_MEM))
        # The planner knows nothing about the size of subqueries and would loop over
        # them; on millions of rows that takes hours, hashing takes seconds.
        query(SQL("SET LOCAL enable_nestloop = off"))
        query(SQL("SET LOCAL jit = off"))  # compiling takes longer than it saves
        query(SQL("DROP TABLE IF EXISTS service_silent_now"))
        query(
            SQL(
                "CREATE TEMP TABLE service_silent_now ON COMMIT DROP AS %s",
                self._service_silent_query(now),
            )
        )
        ((found,),) = query(SQL("SELECT count(*) FROM service_silent_now"))
        for statement in self._service_refresh_statements(now):
            query(statement)
        query(SQL("SET LOCAL enable_nestloop = on"))
        query(SQL("SET LOCAL jit = on"))
        self.invalidate_model()
        return found

    @api.model
    def _service_refresh_statements(self, now):
        """Return what turns the table into the silent customers of now."""
        same = SQL("n.company_id = s.company_id AND n.partner_id = s.partner_id")
        gone = SQL("NOT EXISTS (SELECT 1 FROM service_silent_now n WHERE %s)", same)
        figures = (
            "res_model res_id res_name employee_id department_id has_broken_promise "
            "has_low_score has_failed_checklist event_count date_event date_contact "
            "gap_days is_own_rhythm limit_days"
        ).split()
        names = SQL(", ").join(map(SQL.identifier, figures))
        return [
            SQL(
                "UPDATE service_silent_customer s SET state = 'back', write_date = %s"
                " WHERE s.state = 'called' AND %s",
                now,
                gone,
            ),
            SQL(
                "DELETE FROM service_silent_customer s"
                " WHERE s.state IN ('found', 'dismissed') AND %s",
                gone,
            ),
            SQL(
                "UPDATE service_silent_customer s SET %s, write_date = %s,"
                " state = CASE WHEN s.state <> 'found' AND"
                " n.date_event > s.date_event THEN 'found' ELSE s.state END"
                " FROM service_silent_now n WHERE %s",
                SQL(", ").join(
                    SQL("%s = n.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in figures
                ),
                now,
                same,
            ),
            SQL(
                "INSERT INTO service_silent_customer (company_id, partner_id, %s,"
                " state, date_found, create_uid, write_uid, create_date, write_date)"
                " SELECT n.company_id, n.partner_id, %s, 'found', %s, %s, %s, %s, %s"
                " FROM service_silent_now n WHERE NOT EXISTS (SELECT 1 FROM"
                " service_silent_customer s WHERE %s)",
                names,
                SQL(", ").join(SQL("n.%s", SQL.identifier(name)) for name in figures),
                now,
                self.env.uid,
                self.env.uid,
                now,
                now,
                same,
            ),
        ]

    # ------------------------------------------------------------------
    # What the query is made of
    # ------------------------------------------------------------------

    @api.model
    def _service_silent_query(self, now):
        """Return the silent customers with their reasons, as one SELECT."""
        return SQL(
            """WITH bad AS (
                SELECT b.*, p.commercial_partner_id AS family
                FROM (%(bad)s) b
                JOIN res_company c ON c.id = b.company_id
                JOIN res_partner p ON p.id = b.partner_id
                WHERE b.moment <= %(now)s
                AND b.moment >= %(now)s - c.service_silent_days * interval '1 day'
            ), voice AS (
                SELECT v.company_id, p.commercial_partner_id AS family,
                    max(v.moment) AS moment
                FROM (%(voices)s) v JOIN res_partner p ON p.id = v.partner_id
                GROUP BY 1, 2
            ), unheard AS (
                SELECT b.* FROM bad b LEFT JOIN voice v
                ON v.company_id = b.company_id AND v.family = b.family
                WHERE v.moment IS NULL OR v.moment <= b.moment
            ), event AS (
                SELECT company_id, family, count(*) AS event_count,
                    bool_or(kind = 'promise') AS has_broken_promise,
                    bool_or(kind = 'score') AS has_low_score,
                    bool_or(kind = 'checklist') AS has_failed_checklist
                FROM unheard GROUP BY 1, 2
            ), latest AS (
                SELECT DISTINCT ON (company_id, family) * FROM unheard
                ORDER BY company_id, family, moment DESC, kind, id DESC
            ), %(rhythm)s
            SELECT e.company_id, e.family AS partner_id, l.res_model, l.res_id,
                l.res_name, l.employee_id, l.department_id, e.has_broken_promise,
                e.has_low_score, e.has_failed_checklist, e.event_count,
                l.moment AS date_event, r.last AS date_contact,
                r.gap_days, r.is_own_rhythm,
                r.gap_days * c.service_silent_factor AS limit_days
            FROM event e
            JOIN latest l USING (company_id, family)
            JOIN rhythm r USING (company_id, family)
            JOIN res_company c ON c.id = e.company_id
            JOIN res_partner p ON p.id = e.family
            WHERE p.active AND p.partner_share AND r.gap_days IS NOT NULL
            AND %(now)s - r.last
                > r.gap_days * c.service_silent_factor * interval '1 day'""",
            bad=SQL(" UNION ALL ").join(self._service_bad_queries(now)),
            voices=SQL(" UNION ALL ").join(self._service_voice_queries()),
            rhythm=self._service_rhythm_query(),
            now=SQL("%s::timestamp", now),
        )

    @api.model
    def _service_rhythm_query(self):
        """Return the CTEs that tell when families were seen, and how often.

        Several contacts on one day are one visit.
        """
        contacts = [
            query
            for name in self._service_document_models()
            for query in self.env[name]._service_contact_queries()
        ]
        return SQL(
            """visit AS (
                SELECT x.company_id, p.commercial_partner_id AS family,
                    x.moment::date AS day, max(x.moment) AS moment
                FROM (%(contacts)s) x JOIN res_partner p ON p.id = x.partner_id
                WHERE x.company_id IS NOT NULL
                GROUP BY 1, 2, 3
            ), gap AS (
                SELECT company_id, family, moment, day - lag(day) OVER (
                    PARTITION BY company_id, family ORDER BY day) AS days
                FROM visit
            ), own AS (
                SELECT company_id, family, count(days) AS gaps,
                    percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS median,
                    max(moment) AS last
                FROM gap JOIN event USING (company_id, family) GROUP BY 1, 2
            ), usual AS (
                SELECT company_id,
                    percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS median
                FROM gap WHERE days IS NOT NULL GROUP BY 1
            ), rhythm AS (
                SELECT o.company_id, o.family, o.last,
                    o.gaps >= %(enough)s AS is_own_rhythm,
                    CASE WHEN o.gaps >= %(enough)s THEN o.median ELSE u.median END
                        AS gap_days
                FROM own o LEFT JOIN usual u ON u.company_id = o.company_id
            )""",
            contacts=SQL(" UNION ALL ").join(contacts),
            enough=MIN_GAPS,
        )
