from odoo import api, models
from odoo.tools import ormcache

from .statements import update_rows

COMPUTED_FIELDS = ("date_limit", "outcome", "delay_hours", "is_counted")
#: What settling a promise changes.
VERDICT_FIELDS = (
    "settlement",
    "date_settled",
    "is_self_declared",
    "is_repeated",
    "date_paused",
    *COMPUTED_FIELDS,
)


class ServicePromise(models.Model):
    """How verdicts are written: the fewest statements that do."""

    _inherit = "service.promise"

    def _write_multi(self, vals_list):
        """Keep updates back while the worker is at work: they go with the rest."""
        guard = self.env["service.worker"]._service_guard()
        if guard is None:
            return super()._write_multi(vals_list)
        stamps = {"write_uid": self.env.uid, "write_date": self.env.cr.now()}
        updates = {}
        for promise, vals in zip(self, vals_list, strict=True):
            vals = stamps | vals
            updates.setdefault(tuple(vals), []).append((promise.id, *vals.values()))
        for names, rows in updates.items():
            types = [self._fields[name].column_type[1] for name in names]
            columns = tuple(zip(names, types, strict=True))
            # SQL: that of the ORM, which executes it at once
            guard.keep(update_rows(self._table, columns, rows))

    def _service_judge(self, facts):
        """Write facts and the verdict, the same columns of every row.

        One UPDATE does for all. The ORM's ``write`` makes one for each set of columns
        that changed, and asks the database for rows elsewhere that depend on them.

        :param dict facts: fields of :data:`VERDICT_FIELDS` -> value of all rows
        """
        self._service_open_guard()
        guard = self.env["service.worker"]._service_guard()
        before = ()
        if guard is not None:
            self.flush_recordset(VERDICT_FIELDS)
            before = self._service_cached(VERDICT_FIELDS)
        for name, value in facts.items():
            field = self._fields[name]
            value = field.convert_to_cache(value, self)
            field._update_cache(self, value, dirty=guard is None)
        for promise in self:
            # not the computes: what they assign, would trigger what is done here
            for name, value in promise._service_verdict().items():
                field = self._fields[name]
                value = field.convert_to_cache(value, promise)
                field._update_cache(promise, value, dirty=guard is None)
        if guard is None:
            self._service_mark_dirty(set(VERDICT_FIELDS) - facts.keys())
        else:
            self._service_keep_values(guard, VERDICT_FIELDS, before)
        self.invalidate_recordset(self._service_shown_fields(), flush=False)
        # a test knows who else depends on a verdict: what waits for the customer
        self.filtered(lambda row: row.kind == "scope").modified(["outcome"])

    def _service_mark_dirty(self, names):
        """Have the ORM write these fields as they are in the cache, with the others."""
        for field in map(self._fields.get, names):
            for promise in self:
                value = field.convert_to_cache(promise[field.name], promise)
                field._update_cache(promise, value, dirty=True)

    def _service_cached(self, names):
        """Return the values of plain columns as they are in the cache, a list each."""
        caches = [self._fields[name]._get_cache(self.env) for name in names]
        ids = set(self._ids)
        if not all(cache.keys() >= ids for cache in caches):
            self.fetch(names)
        return [[cache[promise_id] for promise_id in self._ids] for cache in caches]

    def _service_keep_values(self, guard, names, before):
        """Have the worker write what changed in the cache, by one statement.

        :param guard: of the worker
        :param names: fields
        :param before: their values in the database, see :meth:`_service_cached`
        """
        # Who it was stands in the event; to write it here costs a look at the users.
        columns = [("write_date", "timestamp")]
        values = [[self.env.cr.now()] * len(self)]
        now = self._service_cached(names)
        for name, old, new in zip(names, before, now, strict=True):
            if old != new:
                columns.append((name, self._fields[name].column_type[1]))
                values.append(new)
        rows = list(zip(self._ids, *values, strict=True))
        guard.keep(update_rows(self._table, tuple(columns), rows))

    @api.model
    @ormcache()
    def _service_shown_fields(self):
        """Return the names of the fields that are computed when they are read."""
        return tuple(f.name for f in self._fields.values() if f.compute and not f.store)
