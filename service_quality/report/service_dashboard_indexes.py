from odoo import models


class ServicePromise(models.Model):
    """Indexes for what the dashboard does not read from the rollup."""

    _inherit = "service.promise"

    #: One person's figures, and what hangs on an employee.
    _employee_due_idx = models.Index("(employee_id, date_due)")
    _late_idx = models.Index(
        "(date_due) INCLUDE (company_id, department_id, employee_id, delay_hours)"
        " WHERE outcome = 'late' AND is_counted"
    )


class ServiceFeedback(models.Model):
    _inherit = "service.feedback"

    _period_idx = models.Index(
        "(date_answered) INCLUDE (company_id, department_id, employee_id, is_manual,"
        " has_satisfaction, satisfaction, has_technical_quality, technical_quality,"
        " has_service_quality, service_quality)"
    )
    #: Who complained: the few low answers among many (``_service_low_condition``).
    _low_idx = models.Index(
        "(company_id, (CASE WHEN has_satisfaction THEN satisfaction"
        " WHEN has_technical_quality AND has_service_quality"
        " THEN (technical_quality + service_quality) / 2"
        " WHEN has_technical_quality THEN technical_quality"
        " WHEN has_service_quality THEN service_quality"
        " WHEN has_recommend THEN recommend * 10.0 END), date_answered)"
        " INCLUDE (partner_id)"
    )


class ServiceEvent(models.Model):
    _inherit = "service.event"

    _chased_idx = models.Index(
        "(res_id) INCLUDE (create_date)"
        " WHERE res_model = 'service.promise' AND kind = 'chased'"
    )


class ServiceChecklist(models.Model):
    _inherit = "service.checklist"

    #: As the fact table dates them.
    _period_idx = models.Index(
        "(COALESCE(date_done, date_started), company_id) WHERE purpose = 'work'"
    )


class ServiceChecklistLine(models.Model):
    _inherit = "service.checklist.line"

    _answered_idx = models.Index("(date_answered) WHERE is_scored")


class ServiceRecovery(models.Model):
    _inherit = "service.recovery"

    _opened_idx = models.Index("(date_opened)")
