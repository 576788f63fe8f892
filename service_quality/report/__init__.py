from . import definitions
from . import service_quality_report
from . import service_dashboard
from . import service_dashboard_export
from . import service_dashboard_drill
from . import service_dashboard_scorecard
from . import xlsx_workbook
