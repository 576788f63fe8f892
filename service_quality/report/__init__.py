from . import definitions
from . import privacy, service_quality_report
from . import dashboard_calendar, dashboard_figures, dashboard_scope
from . import service_dashboard
from . import rollup_tables, service_quality_rollup
from . import service_dashboard_indexes
from . import service_dashboard_ledger
from . import service_dashboard_promises
from . import service_dashboard_privacy
from . import service_dashboard_around
from . import digest_digest
from . import service_dashboard_drill
from . import service_dashboard_scorecard
from . import xlsx_text, xlsx_workbook, xlsx_sheet, xlsx_rows, xlsx_columns
from . import checklist_workbook, xlsx_summary
from . import xlsx_settings, xlsx_catalogue, xlsx_run, xlsx_options
from . import service_dashboard_export
from . import evidence_gaps, evidence_timeline
from . import service_evidence_pack
from . import service_review_report
from . import service_review_gap
from . import service_mystery_report
from . import service_honesty
from . import service_feedback_analysis
