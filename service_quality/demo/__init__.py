from . import service_demo
from . import service_demo_documents
from . import service_demo_messages
from . import service_demo_scope
from . import service_demo_ledger
from . import service_demo_checklists
from . import service_demo_feedback
from . import service_demo_reviews
