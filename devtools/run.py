"""``./dev run``: serve Odoo with the addon and its demo data."""

import json

from . import locks, odoo_server, odoo_source, paths, postgres, processes
from .databases import Databases
from .settings import DATABASE, LOGINS
from .ui import DevError, say, step


def run(port, fresh):
    """Serve until Ctrl-C; return the exit code."""
    address = f"http://localhost:{port}"
    with locks.serving(address), postgres.server() as server:
        with locks.preparing("run"):
            source = odoo_source.ensure()
            ensure_database(Databases(server, source.version), fresh)
        serve(server, port, address)
    return 0


def ensure_database(databases, fresh):
    """Make the persistent database, or bring its addons up to date."""
    if not databases.exists(DATABASE):
        make_database(databases)
        return
    made_of = origin(databases)
    if made_of is None:
        raise DevError(
            f"The database {DATABASE} exists and was not made by ./dev here.",
            "rename or drop it, or unset PGHOST to use the embedded PostgreSQL.",
        )
    if fresh:
        make_database(databases)
    elif made_of != current(databases):
        update_database(databases, made_of)


def make_database(databases):
    """Replace the persistent database by a new one."""
    template = databases.addon()
    with step("Database with demo data"):
        with databases.making(DATABASE) as unfinished:
            databases.copy(template, unfinished)
            keep_mails_queued(databases, unfinished)
            sign(databases, unfinished)
            # as late as possible: until here the old data are kept
            databases.drop(DATABASE)


def keep_mails_queued(databases, name):
    """No mail server is configured: queued mails would fail."""
    databases.server.query(
        "UPDATE ir_cron SET active = false WHERE id = (SELECT res_id FROM ir_model_data"
        " WHERE module = 'mail' AND name = 'ir_cron_mail_scheduler_action')",
        database=name,
    )


def update_database(databases, made_of):
    """Update the modules whose files changed; the data stay."""
    if made_of["base"] == databases.base_key:
        modules = ",".join(databases.names)
    else:
        modules = "base"
    new = [name for name in databases.names if name not in made_of["addons"]]
    options = ["-i", ",".join(new)] if new else []
    try:
        databases.odoo(DATABASE, f"Updating {modules}", "-u", modules, *options)
    except DevError as error:
        error.way_out += " Or start with new data: ./dev run --fresh"
        raise
    sign(databases, DATABASE)


def current(databases):
    """What a database made now is made of."""
    return {
        "clone": paths.CLONE_ID,
        "base": databases.base_key,
        "files": databases.addon_key,
        "addons": databases.names,
    }


def sign(databases, name):
    """Note in the database what it is made of."""
    databases.server.query(
        f'COMMENT ON DATABASE "{name}" IS %s', [json.dumps(current(databases))]
    )


def origin(databases):
    """What the persistent database is made of; None if it is not ours."""
    ((comment,),) = databases.server.query(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE datname = %s",
        [DATABASE],
    )
    try:
        made_of = json.loads(comment or "")
    except ValueError:
        return None
    return made_of if made_of.get("clone") == paths.CLONE_ID else None


def serve(server, port, address):
    """Start Odoo, tell where it is, and wait."""
    log_path = paths.LOGS / "odoo.log"
    config = odoo_server.write_config(
        DATABASE, server, http_port=port, max_cron_threads=1
    )
    with step("Odoo") as progress:
        progress.note("starting")
        process = odoo_server.start(config, server, log_path)
        try:
            odoo_server.wait_for_login_page(process, address, log_path)
        except BaseException:
            processes.stop(process)
            raise
    try:
        tell(address, log_path)
        process.wait()
    except KeyboardInterrupt:
        say("\nStopping Odoo ...")
        return
    finally:
        processes.stop(process)
    raise DevError(
        "Odoo ended by itself.",
        f"read {processes.shown(log_path)} and start it again.",
        processes.tail(log_path.read_text(errors="replace"), 25),
    )


def tell(address, log_path):
    """Print the address and the logins."""
    say(f"\nService Quality is at {address}\n")
    rows = [("who", "login", "password"), *LOGINS]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say("  " + "  ".join(cells).rstrip())
    say(f"\nLog: {processes.shown(log_path)}. Ctrl-C stops everything.")
