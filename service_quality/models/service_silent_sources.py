"""What of the ledger makes a silent customer: what went wrong, and who complained.

Both are SELECTs over all rows, see :mod:`service_silent_refresh`.
"""

from odoo import api, fields, models
from odoo.tools import SQL


class ServiceSilentCustomer(models.Model):
    _inherit = "service.silent.customer"

    @api.model
    def _service_bad_queries(self, now):
        """Return what went wrong, one SELECT per kind, each with the same columns.

        :return: list of SQL; an addon may append its own
        """
        links = SQL(
            "f.res_model, f.res_id, f.res_name, f.employee_id, f.department_id,"
            " f.partner_id, f.company_id, f.id"
        )
        return [
            SQL(
                "SELECT 'promise' AS kind, COALESCE(f.date_settled, f.date_limit)"
                " AS moment, %s FROM service_promise f WHERE f.is_counted"
                " AND (f.outcome IN ('late', 'missed')"
                " OR f.outcome IS NULL AND f.date_limit < %s)",
                links,
                now,
            ),
            SQL(
                "SELECT 'score', f.date_answered, %s FROM service_feedback f"
                " JOIN res_company c ON c.id = f.company_id WHERE %s",
                links,
                self._service_low_condition(),
            ),
            SQL(
                "SELECT 'checklist', COALESCE(f.date_done, f.write_date), %s"
                " FROM service_checklist f"
                " WHERE f.purpose = 'work' AND f.state = 'failed'",
                links,
            ),
        ]

    @api.model
    def _service_low_condition(self):
        """Return the low score of ``service.feedback._service_is_low`` in SQL."""
        return SQL(
            """CASE WHEN f.has_satisfaction THEN f.satisfaction
                WHEN f.has_technical_quality AND f.has_service_quality
                    THEN (f.technical_quality + f.service_quality) / 2
                WHEN f.has_technical_quality THEN f.technical_quality
                WHEN f.has_service_quality THEN f.service_quality
                WHEN f.has_recommend THEN f.recommend * 10.0
            END < c.service_low_score"""
        )

    @api.model
    def _service_voice_queries(self):
        """Return what customers complained of: (company, customer, moment).

        :return: list of SQL; an addon may append its own
        """
        return [
            SQL(
                "SELECT f.company_id, f.partner_id, e.create_date AS moment"
                " FROM service_event e JOIN service_promise f ON f.id = e.res_id"
                " WHERE e.res_model = 'service.promise' AND e.kind = 'chased'"
            ),
            SQL(
                "SELECT f.company_id, f.partner_id, f.date_opened"
                " FROM service_recovery f WHERE f.trigger IN ('not_kept', 'complaint')"
            ),
            SQL(
                "SELECT f.company_id, f.partner_id, f.date_answered"
                " FROM service_feedback f JOIN res_company c ON c.id = f.company_id"
                " WHERE %s",
                self._service_low_condition(),
            ),
        ]

    # ------------------------------------------------------------------
    # How many there should be
    # ------------------------------------------------------------------

    @api.model
    def _service_estimate(self, companies):
        """Return the customers heard, estimated and found, over some companies.

        Source of the share: the field's figure that 96 % of dissatisfied customers
        never complain. ``estimate`` is ``heard / share``, ``unheard`` what is left
        when those who were heard are taken away.

        :param companies: res.company
        :return: dict ``heard``, ``estimate``, ``unheard``, ``found`` (numbers of
            customers; the estimates rounded)
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT c.id, c.service_heard_share, count(DISTINCT"
                " p.commercial_partner_id) FROM res_company c JOIN (%s) v"
                " ON v.company_id = c.id AND v.moment >="
                " %s::timestamp - c.service_silent_days * interval '1 day'"
                " JOIN res_partner p ON p.id = v.partner_id"
                " WHERE c.id IN %s GROUP BY 1, 2",
                SQL(" UNION ALL ").join(self._service_voice_queries()),
                fields.Datetime.now(),
                tuple(companies.ids) or (0,),
            )
        )
        heard = sum(count for _company, _share, count in rows)
        estimate = sum(count / (share / 100) for _c, share, count in rows if share)
        found = self.search_count(
            [("company_id", "in", companies.ids), ("state", "!=", "back")]
        )
        return {
            "heard": heard,
            "estimate": round(estimate),
            "unheard": round(estimate) - heard,
            "found": found,
        }
