import shutil

from odoo.tools import SQL
from odoo.tools.sql import table_exists

from .report.rollup_tables import drop_all

#: Tables whose rows hold employees and surveys back, the newest facts first.
TABLES = (
    "service_reminder",
    "service_wow",
    "service_silent_customer",
    "service_recovery",
    "service_scope_change",
    "service_feedback",
    "service_invitation",
    "service_review_assignment",
    "service_review_draw",
    "service_checklist",
    "service_promise",
    "service_sample",
)


def uninstall_hook(env):
    """Empty the ledger, so that nothing of ours keeps a host's record from going.

    Our foreign keys forbid to delete an employee who has made promises; when the
    addon goes they must not stand in the way of what is deleted with it.
    """
    # SQL: no model stands behind these; the trigger must not see what goes now.
    for statement in drop_all():
        env.cr.execute(statement)
    for table in TABLES:
        if not table_exists(env.cr, table):
            continue  # of a version that was never updated to
        # SQL: sealed rows refuse to be deleted through the ORM, and the tables are
        # dropped right after.
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    remove_what_odoo_leaves(env)
    # The files of exports are beside the database's own, and nobody would look there.
    folder = env["service.export"]._service_root()
    env.cr.postcommit.add(lambda: shutil.rmtree(folder, ignore_errors=True))
    env.invalidate_all()


def remove_what_odoo_leaves(env):
    """Remove notes about our models that Odoo keeps when an addon goes.

    It finds what to remove by external ids of the addon: foreign keys have none, and
    what a mixin gives to our models, has an id of the mixin's addon.
    """
    ours = [
        name
        for name, model in env.registry.items()
        if model._original_module == "service_quality"
    ]
    selections = env["ir.model.fields.selection"].search(
        [("field_id.model_id.model", "in", ours)]
    )
    inherits = env["ir.model.inherit"].search([("model_id.model", "in", ours)])
    for records in (selections, inherits):
        env["ir.model.data"].search(
            [
                ("module", "!=", "service_quality"),
                ("model", "=", records._name),
                ("res_id", "in", records.ids),
            ]
        ).unlink()
    env["ir.model.constraint"].search(
        [("module.name", "=", "service_quality"), ("type", "=", "f")]
    ).unlink()
