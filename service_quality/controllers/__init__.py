from . import customer
from . import export
from . import feedback
from . import templates
from . import portal
