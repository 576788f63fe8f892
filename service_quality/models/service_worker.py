import itertools
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: Key of what the transaction collected, in the precommit data.
PENDING_KEY = "service_quality_pending"
#: Key of the guard of the work going on, in the precommit data.
GUARD_KEY = "service_quality_guard"
#: Key of what was promised on documents made in this transaction, there as well.
COUNTS_KEY = "service_quality_counts"
#: Numbers of savepoints: work that another work sets off must not hide the first one's.
NUMBERS = itertools.count(1)


class Guard:
    """What sends the writes of the work going on together, and undoes them together.

    Documents wait for our work, and a round trip to the database costs more than
    most of what we write. So statements and events are kept back until something is
    asked or the work is over; then the savepoint, what was kept and the question
    travel at once. Nothing is sent, and no savepoint set, when there is nothing to
    do. The savepoint is never released: the commit, which follows, does that.
    """

    def __init__(self, env):
        self.env = env
        self.is_open = False
        self.savepoint = SQL.identifier(f"service_quality_{next(NUMBERS)}")
        self.events = []
        self.statements = []

    def keep(self, statement):
        """Keep a statement back; what it writes cannot be read before :meth:`send`.

        :param SQL statement: whose rows nobody needs
        """
        self._keep_events()
        self.statements.append(statement)

    def _keep_events(self):
        if self.events:
            events, self.events = self.events, []
            self.statements.append(
                self.env["service.event"]._service_insert_query(events)
            )

    def open(self):
        """Set the savepoint, if it is not set yet."""
        if not self.is_open:
            self.send()

    def has_kept(self):
        """Tell whether something waits to be sent."""
        return bool(self.statements or self.events)

    def send(self, question=None):
        """Send the savepoint, if it is not set yet, what was kept, and a question.

        :param SQL question: a statement whose rows are needed now
        :return: its rows
        """
        self._keep_events()
        statements, self.statements = self.statements, []
        if not self.is_open:
            self.is_open = True
            # SQL: there is no ORM for savepoints; that of the cursor costs two more
            # round trips and runs the precommit hooks
            statements.insert(0, SQL("SAVEPOINT %s", self.savepoint))
        if question is not None:
            statements.append(question)
        return statements and self.env.execute_query(SQL("; ").join(statements))

    def undo(self):
        """Take back what was written; what the host wrote before stays."""
        if self.is_open:
            self.env.execute_query(SQL("ROLLBACK TO SAVEPOINT %s", self.savepoint))
            self.env.transaction.clear()
            self.env.cr.precommit.data.pop(COUNTS_KEY, None)


class ServiceWorker(models.AbstractModel):
    """Works off, before the commit, what a transaction did to documents.

    Changes and contacts are collected in the order in which they happened, and
    worked off together: a batch costs what a single document costs, and a failure
    of ours is logged and undone without stopping the host. Only what Odoo itself
    retries (serialization failures) is passed on.
    """

    _name = "service.worker"
    _description = "Service Quality at Work"

    # ------------------------------------------------------------------
    # Collecting
    # ------------------------------------------------------------------

    @api.model
    def _service_pending(self):
        """Return the user's list of (model, states or contact), in order."""
        precommit = self.env.cr.precommit
        # One list per user: the events carry who really did it.
        key = (PENDING_KEY, self.env.uid)
        if key not in precommit.data:
            precommit.data[key] = []
            precommit.add(lambda: self._service_run_pending(key))
        return precommit.data[key]

    @api.model
    def _service_states(self, model_name):
        """Return the states of changed documents, to be completed by the caller.

        :return: dict of document id -> ``is_new``, ``was_done``, ``assigned``
        """
        pending = self._service_pending()
        for name, work in reversed(pending):
            if not isinstance(work, dict):
                break  # a contact: what happened before it, is judged before it
            if name == model_name:
                return work
        pending.append((model_name, {}))
        return pending[-1][1]

    @api.model
    def _service_counts(self):
        """Return {(model, id): {company id: promises}} of documents just made.

        What is promised on them is known without asking the database.
        """
        return self.env.cr.precommit.data.setdefault(COUNTS_KEY, {})

    @api.model
    def _service_add_contact(self, documents, evidence, text, reached=None):
        """Remember a contact with the customer, at this moment.

        :param documents: records of one served model
        :param str evidence: see ``_service_note_contact``
        :param str text: what was said
        :param reached: partners and addresses that got it, see there
        """
        contact = (documents._ids, evidence, text, fields.Datetime.now(), reached)
        self._service_pending().append((documents._name, contact))

    # ------------------------------------------------------------------
    # Working off
    # ------------------------------------------------------------------

    @api.model
    def _service_work_off(self):
        """Judge now what was collected, for an action that builds on it."""
        for key in [
            key
            for key in self.env.cr.precommit.data
            if isinstance(key, tuple) and key[0] == PENDING_KEY
        ]:
            self.with_user(key[1])._service_run_pending(key)

    @api.model
    def _service_run_pending(self, key):
        """Work off what this transaction did; called right before the commit.

        :param tuple key: of the list in the precommit data
        """
        for name, work in self.env.cr.precommit.data.pop(key, ()):
            if name not in self.env:
                continue
            if isinstance(work, dict):
                self._service_guarded(lambda m=name, s=work: self._service_change(m, s))
            else:
                self._service_guarded(
                    lambda m=name, c=work: self._service_contact(m, c)
                )

    @api.model
    def _service_change(self, name, states):
        # sudo: what happened is judged by what is there, not by what he may see who
        # did it; he is the user still
        documents = self.env[name].sudo().browse(states)
        try:
            documents = documents._service_needs_sync(states)
        except MissingError:
            # Deleted in the same transaction; seldom, so it is not asked each time
            documents = documents.exists()._service_needs_sync(states)
        if documents:
            documents._service_sync(states)

    @api.model
    def _service_contact(self, name, contact):
        ids, *contact = contact
        # sudo: as above
        self.env[name].sudo().browse(ids)._service_note_contact(*contact)

    @api.model
    def _service_guarded(self, work):
        """Do some work of ours; when it fails, undo and log it.

        :param work: function without arguments
        """
        self.env.flush_all()  # what the host still has to write, is not ours to undo
        data = self.env.cr.precommit.data
        guard = data[GUARD_KEY] = Guard(self.env)
        try:
            work()
            if guard.is_open:
                self.env.flush_all()
            if guard.has_kept():
                guard.send()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            if isinstance(error, psycopg2.Error) and not guard.is_open:
                raise  # the transaction is broken, and not by a write of ours
            guard.undo()
            # A failure of ours must never stop the host from saving.
            _logger.exception("Service quality: a change was not judged")
        finally:
            data.pop(GUARD_KEY, None)

    @api.model
    def _service_guard(self):
        """Return the guard of the work going on, or None."""
        return self.env.cr.precommit.data.get(GUARD_KEY)

    @api.model
    def _service_safely(self, work):
        """Run ``work`` at once so that a failure of ours does not stop the document."""
        try:
            with self.env.cr.savepoint():
                work()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("Service quality: a change was not judged")
