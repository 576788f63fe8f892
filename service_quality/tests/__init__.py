from . import test_verdict
from . import test_wilson, test_working_time
from . import test_promise
from . import test_evidence
from . import test_checklist, test_plan
from . import test_survey
from . import test_access
from . import test_dashboard, test_export, test_multi_company
