import logging

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from . import rollup_tables as tables

_logger = logging.getLogger(__name__)

#: So many changes are folded in at once; any number between two commits will do.
BATCH = 20_000
#: What only one transaction at a time may do: fold, or rebuild.
LOCK = "service.quality.rollup"


class ServiceQualityRollup(models.AbstractModel):
    """Keeps the counts that the dashboard adds up; see ``rollup_tables.py``.

    A trigger of the database notes every change of a settled promise, whoever made
    it and how, in the transaction that makes it, by appending a row. ``_cron_fold``
    moves these rows into the counts later. A reader adds both, in one snapshot, so
    figures are exact at any moment, and no transaction of a user waits for another.
    """

    _name = "service.quality.rollup"
    _description = "Counts of Promises"

    @api.private
    def init(self):
        """Make the tables and the trigger, and fill them the first time."""
        result = super().init()
        found = self.env.execute_query(
            SQL("SELECT to_regclass('service_quality_rollup_delta')")
        )
        self._run(tables.create_delta(), tables.create_function())
        self._run(*(table.create() for table in tables.TABLES))
        self._run(*tables.create_triggers())
        if not found[0][0]:
            self._fill()
        return result

    @api.model
    def _run(self, *statements):
        for statement in statements:
            self.env.execute_query(statement)

    @api.model
    def _lock(self, wait=False):
        """Return whether this transaction may change the counts."""
        name = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
        rows = self.env.execute_query(
            SQL("SELECT %s(hashtext(%s))", SQL.identifier(name), LOCK)
        )
        return wait or rows[0][0]

    # ------------------------------------------------------------------
    # Folding
    # ------------------------------------------------------------------

    @api.model
    def _cron_fold(self):
        """Fold all noted changes in, a batch per transaction."""
        while True:
            number = self._fold()
            # The registry of a test keeps one transaction
            left = self._count_changes() if number == BATCH else 0
            if not self.env["ir.cron"]._commit_progress(number, remaining=left):
                break
            if not left:
                break

    @api.model
    def _fold(self, limit=BATCH):
        """Move noted changes into the counts, in one statement.

        :param int limit: at most so many
        :return: how many; 0 as well when another transaction is at it
        """
        if not self._lock():
            return 0
        # SQL: one statement, so that every snapshot has a change either here or there
        adding = SQL(", ").join(
            SQL(
                "%s AS (%s)",
                SQL.identifier(f"into_{table.name}"),
                table.add(SQL("gone"), SQL("f.sign")),
            )
            for table in tables.TABLES
        )
        rows = self.env.execute_query(
            SQL(
                "WITH gone AS (DELETE FROM %(delta)s WHERE id IN (SELECT id FROM"
                " %(delta)s ORDER BY id LIMIT %(limit)s) RETURNING *), %(adding)s"
                " SELECT count(*) FROM gone",
                delta=tables.DELTA,
                limit=limit,
                adding=adding,
            )
        )
        return rows[0][0]

    @api.model
    def _count_changes(self):
        """Return how many changes are not folded in yet."""
        query = SQL("SELECT count(*) FROM %s", tables.DELTA)
        return self.env.execute_query(query)[0][0]

    @api.model
    def _forget_empty(self):
        """Fold all changes in and delete the rows that count nothing.

        For facts that were taken away: they leave no row behind. A row of zeros adds
        nothing to any figure.
        """
        self._lock(wait=True)
        while self._fold() == BATCH:
            pass
        for table in tables.TABLES:
            zeros = [SQL("%s = 0", SQL.identifier(name)) for name in table.columns()]
            # SQL: there is no model of these tables
            self._run(
                SQL("DELETE FROM %s WHERE %s", table.sql, SQL(" AND ").join(zeros))
            )

    # ------------------------------------------------------------------
    # Rebuilding
    # ------------------------------------------------------------------

    @api.model
    def _rebuild(self):
        """Count everything again from the promises.

        The promises and the noted changes are those of one snapshot: what others do
        meanwhile is noted and added as usual. The command of an administrator:
        *Configuration > Count the Figures Again*, or this method in a shell.

        :return: a notification for the web client
        :raise AccessError: not an administrator of Service Quality
        """
        if not (self.env.su or self.env.user.has_group("service_quality.group_admin")):
            raise AccessError(
                self.env._("Only an administrator of Service Quality may do this.")
            )
        self.env["service.promise"].flush_model()
        self._lock(wait=True)
        self._fill()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The figures of the dashboard were counted again."
                ),
            },
        }

    @api.model
    def _fill(self):
        self._run(SQL("DELETE FROM %s", tables.DELTA))
        for table in tables.TABLES:
            self._run(
                SQL("DELETE FROM %s", table.sql),
                table.add_up(tables.SUMS[table])
                if table in tables.SUMS
                else table.add(SQL("service_promise")),
                SQL("ANALYZE %s", table.sql),
            )
        _logger.info("The counts of Service Quality were made again.")
