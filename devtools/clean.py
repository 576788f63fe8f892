"""``./dev clean``: remove what ./dev has made."""

import shutil

from . import locks, paths
from .postgres import Embedded
from .ui import DevError, say


def clean(downloads):
    """Remove environment, Odoo, databases; with ``downloads`` also those."""
    if not paths.STATE.exists():
        say("Nothing to remove.")
        return 0
    users = locks.Lock("postgres-users")
    preparing = locks.Lock("prepare")
    if not (preparing.try_acquire() and users.try_acquire()):
        raise DevError(
            "Another ./dev works in this folder.", "stop it first, then clean."
        )
    remove_postgres()
    for entry in paths.STATE.iterdir():
        if entry == paths.CACHE and not downloads:
            continue
        if entry == paths.LOCKS:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    say("Removed." if downloads else "Removed; downloads are kept (--all: those, too).")
    return 0


def remove_postgres():
    """Stop a server that a killed ./dev left, and remove what lies elsewhere."""
    embedded = Embedded()
    embedded.stop()
    for folder in (embedded.home, embedded.socket):
        if paths.STATE not in (folder, *folder.parents):
            shutil.rmtree(folder, ignore_errors=True)
