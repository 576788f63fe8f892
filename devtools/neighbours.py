"""Addons of others that live in the same Odoo as ours: fetched when asked for."""

import hashlib
import shutil

from . import paths, processes

LOCK_FILE = paths.TOOLS / "neighbours.lock"
MODULES = ("helpdesk_mgmt_rating", "helpdesk_mgmt_sla", "queue_job")


def folder():
    """The folder with the addons and what they import, filled if need be."""
    key = hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()[:12]
    target = paths.CACHE / f"neighbours_{key}"
    if not target.exists():
        part = target.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        processes.run(
            [
                *(paths.venv_python(), "-m", "pip", "install", "--quiet"),
                # openupgradelib comes as source, and its own needs are not ours
                *("--no-deps", "--require-hashes", "--no-build-isolation"),
                *("--target", part, "-r", LOCK_FILE),
            ],
            log="neighbours",
            problem="The addons of others could not be fetched.",
            way_out="run the command again.",
        )
        part.rename(target)
    return target


def addons_path():
    """Where Odoo finds ours and theirs."""
    return f"{paths.ROOT},{folder() / 'odoo' / 'addons'}"
