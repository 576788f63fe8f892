"""Where everything lies. All that ./dev makes is under ``.dev`` in the repository."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "devtools"
LOCK_FILE = TOOLS / "requirements.lock"
BOOTSTRAP_LOCK_FILE = TOOLS / "bootstrap.lock"
LINT_LOCK_FILE = TOOLS / "lint.lock"

STATE = ROOT / ".dev"
CACHE = STATE / "cache"
VENV = STATE / "venv"
LINT_VENV = STATE / "lint"
ODOO = STATE / "odoo"
BROWSER = STATE / "browser"
DATA = STATE / "data"
LOCKS = STATE / "locks"
LOGS = STATE / "log"
ETC = STATE / "etc"
PYCACHE = STATE / "pycache"

# Tells this clone from others that use the same PostgreSQL server.
CLONE_ID = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


def venv_python(venv=VENV):
    """The interpreter of a virtual environment."""
    return venv / "bin" / "python"


def addon_folders(root=ROOT):
    """The addons of this repository: folders of the root with a manifest, sorted."""
    return sorted(path.parent for path in root.glob("*/__manifest__.py"))


def make_folders():
    """Create the folders that others rely on."""
    for folder in (CACHE, DATA, LOCKS, LOGS, ETC):
        folder.mkdir(parents=True, exist_ok=True)
