from . import checklist_score, verdict, wilson
from . import unchecked_many2one
from . import service_sealed_mixin
from . import service_linked_mixin, service_cached_mixin
from . import service_link_mixin
from . import service_link, service_link_address
from . import service_link_decision, service_link_settings
from . import service_worker
from . import service_event
from . import service_promise
from . import service_promise_recording
from . import service_promise_verdict
from . import service_promise_life
from . import service_promise_writing
from . import service_promise_actions
from . import service_promise_changes, service_promise_move
from . import service_promise_clock
from . import service_promise_screen
from . import service_promise_customer, service_promise_portal
from . import service_plan
from . import service_plan_rule
from . import service_plan_preview
from . import service_start, service_start_apply
from . import service_sample, service_sample_removal
from . import service_checklist_template, service_checklist_template_line
from . import service_checklist_template_preview
from . import service_checklist_template_exchange
from . import service_checklist
from . import service_checklist_line, service_checklist_copy
from . import service_checklist_actions, service_checklist_answer
from . import service_checklist_proof, service_checklist_panel
from . import ir_websocket
from . import service_checklist_figures, service_checklist_freeze
from . import service_assessed_mixin
from . import service_review, service_review_dispute
from . import service_review_line
from . import service_review_access
from . import service_review_notice
from . import service_review_settings
from . import service_review_program
from . import service_review_draw
from . import service_review_assignment
from . import service_review_gap
from . import res_partner, res_partner_address
from . import service_invitation
from . import service_feedback
from . import service_feedback_answer, service_feedback_follow_up
from . import service_invitation_anonymous
from . import service_invitation_mail, service_invitation_answer
from . import service_recovery
from . import service_recovery_opening
from . import service_recovery_actions, service_recovery_compensation
from . import service_recovery_closing
from . import service_silent_customer
from . import service_wow
from . import service_silent_refresh, service_silent_sources
from . import service_quality_mixin
from . import service_quality_plans
from . import service_quality_evidence
from . import service_quality_messages
from . import service_quality_reach
from . import service_quality_sync
from . import service_quality_panel, service_quality_word
from . import service_quality_columns
from . import service_quality_feedback
from . import service_review_start
from . import service_review_closing
from . import resource_calendar
from . import res_company
from . import res_config_settings
from . import hr_employee, res_users
from . import mail_activity
from . import service_reminder
from . import service_scope_change, service_scope_draft
from . import service_scope_asking, service_scope_word, service_scope_follow_up
from . import service_promise_ask_kept
from . import service_export_settings, service_export, service_export_run
from . import service_export_template
from . import service_report_schedule, service_report_schedule_send
from . import survey_survey
from . import survey_user_input
from . import helpdesk_ticket
from . import sale_order
from . import sale_order_scope
