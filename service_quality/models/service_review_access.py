from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .service_review import ASSESSMENTS, UNREAD


class ServiceChecklist(models.Model):
    """Who reads assessments: they do not follow the document.

    - review: its reviewer; once published the employee and those who lead him;
      service managers
    - self-assessment: the employee, those who lead him, service managers
    - mystery visit: the visitor and service managers

    Whoever is writing a review reads nobody else's assessment of that document or
    of that employee until he has published: he is not to repeat an earlier score.
    Nobody, a manager neither, reads a review of his own work before it is published.
    """

    _inherit = "service.checklist"

    @api.model
    def _service_access_domain(self):
        own = self._service_own_domain()
        written = Domain("review_state", "not in", UNREAD)
        return Domain.OR(
            [
                Domain("purpose", "=", "work") & super()._service_access_domain(),
                Domain("purpose", "in", ASSESSMENTS)
                & Domain("reviewer_id", "=", self.env.uid),
                Domain("purpose", "=", "self") & own,
                Domain("purpose", "=", "review") & written & own,
            ]
        )

    @api.model
    def _service_unbiased(self):
        """Keep earlier assessments from whoever is writing one, as a domain."""
        flushed = [
            self._fields[name]
            for name in (
                "purpose",
                "review_state",
                "reviewer_id",
                "employee_id",
                "res_model",
                "res_id",
            )
        ]
        # SQL: the ORM cannot compare two rows of one table
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                """CASE
                WHEN %(alias)s.purpose NOT IN ('review', 'self')
                    OR COALESCE(%(alias)s.reviewer_id, 0) = %(uid)s THEN true
                WHEN EXISTS (SELECT 1 FROM hr_employee e
                    WHERE e.id = %(alias)s.employee_id AND e.user_id = %(uid)s)
                    THEN %(alias)s.purpose = 'self' OR COALESCE(
                        %(alias)s.review_state, 'open') NOT IN ('open', 'dropped')
                ELSE NOT EXISTS (SELECT 1 FROM service_checklist o
                    WHERE o.reviewer_id = %(uid)s AND o.purpose = 'review'
                        AND o.review_state = 'open'
                        AND (o.employee_id = %(alias)s.employee_id
                            OR (o.res_model = %(alias)s.res_model
                                AND o.res_id = %(alias)s.res_id)))
                END""",
                alias=SQL.identifier(alias),
                uid=self.env.uid,
                to_flush=flushed,
            )
        )

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        if not (self.env.su or kwargs.get("bypass_access")):
            domain = Domain(domain) & self._service_unbiased()
        return super()._search(domain, offset, limit, order, **kwargs)

    def _check_access(self, operation):
        if self.env.su or not any(self._ids):
            return super()._check_access(operation)
        rows = self.sudo()  # the purpose only: by which rule is access decided?
        private = rows.filtered(lambda row: row.purpose in ASSESSMENTS)
        private = self.browse(private._ids)
        if not private:
            return super()._check_access(operation)
        result = super(ServiceChecklist, self - private)._check_access(operation)
        if not self.browse().has_access(operation):
            return self, lambda: self._service_assessment_error()
        readable = self._search([("id", "in", private.ids)], active_test=False)
        forbidden = private - self.browse(readable)
        if not forbidden:
            return result
        if result:
            forbidden |= result[0]
        return forbidden, lambda: self._service_assessment_error()

    def _service_assessment_error(self):
        return AccessError(
            self.env._("You may not use these records: this assessment is not yours.")
        )


class ServiceEvent(models.Model):
    """The history of a checklist is read by whoever reads the checklist."""

    _inherit = "service.event"

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        if not (self.env.su or kwargs.get("bypass_access")):
            name = "service.checklist"
            checklists = self.env[name]._search(Domain.TRUE)
            domain = Domain(domain) & (
                Domain("res_model", "!=", name) | Domain("res_id", "in", checklists)
            )
        return super()._search(domain, offset, limit, order, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not any(self._ids) or not self._service_sees_all():
            return result  # of other users the mixin asks each row's document
        # sudo: the link columns only, to decide access
        rows = self.sudo().filtered(lambda row: row.res_model == "service.checklist")
        checklists = self.env["service.checklist"].browse(set(rows.mapped("res_id")))
        readable = set(checklists.exists()._filtered_access("read")._ids)
        hidden = self.browse([row.id for row in rows if row.res_id not in readable])
        if not hidden:
            return result
        if result:
            hidden |= result[0]
        return hidden, lambda: self.env["service.checklist"]._service_assessment_error()
