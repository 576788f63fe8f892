from . import customer
from . import export
