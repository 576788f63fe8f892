from . import verdict, wilson
from . import service_sealed_mixin
from . import service_linked_mixin
from . import service_event
from . import service_promise
from . import service_promise_life
from . import service_plan
from . import service_plan_rule
from . import service_checklist_template
from . import service_checklist
from . import service_checklist_line
from . import service_invitation
from . import service_feedback
from . import service_quality_mixin
from . import service_quality_evidence
from . import service_quality_panel
from . import resource_calendar
from . import res_company
from . import res_config_settings
from . import hr_employee, res_users
from . import survey_survey
from . import survey_user_input
from . import helpdesk_ticket
from . import sale_order
