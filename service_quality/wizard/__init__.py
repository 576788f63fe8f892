from . import service_moment_mixin
from . import service_promise_wizard
from . import service_promise_action_wizard
from . import service_recovery_wizard, service_silent_wizard
from . import service_wow_wizard
from . import mail_compose_message, privacy_lookup
from . import service_scope_cancel
from . import service_checklist_import_wizard
from . import service_review_wizard
from . import service_review_start_wizard
from . import service_export_wizard
