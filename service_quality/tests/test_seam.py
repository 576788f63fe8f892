import re
from pathlib import Path

from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..hooks import TABLES, uninstall_hook
from .common import ServiceCase

ADDON = Path(__file__).parents[1]
#: Names of the hosts and of the addons they come from.
HOSTS = re.compile(r"helpdesk|\bsale[._]|sales_team")
#: Files that may name them: one adapter of each kind per host, and what is no engine.
ADAPTER = re.compile(r"helpdesk_ticket|sale_order")
APART = ("__manifest__.py", "demo/", "tests/", "static/tests/", "readme/", "i18n/")
SUFFIXES = {".py", ".xml", ".csv", ".js", ".scss", ".css"}


@tagged("post_install", "-at_install")
class TestSeam(ServiceCase):
    def _engine_files(self):
        for path in sorted(ADDON.rglob("*")):
            name = path.relative_to(ADDON).as_posix()
            if path.suffix not in SUFFIXES or name.startswith(APART):
                continue
            if not ADAPTER.search(path.name):
                yield name, path.read_text(encoding="utf-8")

    def test_engine_names_no_host(self):
        """The engine serves documents it has never heard of."""
        files = dict(self._engine_files())
        self.assertGreater(len(files), 40)
        for name, text in files.items():
            if name == "models/__init__.py":
                # It imports the adapters, in the last lines and nowhere else.
                text = re.sub(
                    r"^from \. import (helpdesk_ticket|sale_order)\w*$",
                    "",
                    text,
                    flags=re.M,
                )
            for number, line in enumerate(text.splitlines(), 1):
                self.assertIsNone(
                    HOSTS.search(line), f"{name}:{number}: {line.strip()}"
                )

    def test_the_search_finds_what_it_looks_for(self):
        """The adapters do name their host: the pattern is not blind."""
        for name in ("models/helpdesk_ticket.py", "models/sale_order.py"):
            self.assertTrue(HOSTS.search((ADDON / name).read_text(encoding="utf-8")))

    def test_documents_are_found_not_listed(self):
        names = self.env["service.linked.mixin"]._service_document_models()
        self.assertLessEqual({"helpdesk.ticket", "sale.order"}, set(names))
        for name in names:
            Model = self.env[name]
            for field in (Model._service_user_field, Model._service_partner_field):
                self.assertIn(field, Model._fields, name)
            for field in Model._service_watch_fields:
                self.assertIn(field, Model._fields, name)
            self.assertTrue(Model._service_watch_fields, name)

    def test_nothing_of_ours_is_stored_on_a_host(self):
        """Installing computes nothing on a million orders, uninstalling leaves them."""
        ours = set(self.env["service.quality.mixin"]._fields)
        for name in self.env["service.linked.mixin"]._service_document_models():
            Model = self.env[name]
            for field in ours & {f for f in Model._fields if f.startswith("service_")}:
                self.assertFalse(
                    Model._fields[field].column_type and Model._fields[field].store,
                    field,
                )

    def test_hosts_are_fields_everywhere(self):
        """No host's name stands in the database either: rows point by model name."""
        for name in ("service.promise", "service.checklist", "service.feedback"):
            for field in self.env[name]._fields.values():
                self.assertFalse(HOSTS.search(field.comodel_name or ""), field)


@tagged("post_install", "-at_install")
class TestUninstall(ServiceCase):
    """What the addon holds back goes with it; what is the host's stays as it was."""

    def test_the_ledger_lets_go(self):
        ticket, order = self.make_ticket(), self.make_order()
        self.start_checklist(ticket)
        promise = self.make_promise(ticket)
        self.close(ticket)
        self.assertOutcome(promise, "kept")
        self.sync()
        self.assertFalse(self.may_go(self.employee))
        before = self.facts_of(ticket), self.facts_of(order)
        # nothing of this is to happen to the files of this database
        self.addCleanup(self.env.cr.postcommit.clear)
        uninstall_hook(self.env)
        for table in TABLES:
            self.env.cr.execute(f"SELECT count(*) FROM {table}")
            self.assertEqual(self.env.cr.fetchone(), (0,), table)
        self.assertEqual((self.facts_of(ticket), self.facts_of(order)), before)
        self.assertTrue(self.may_go(self.employee))
        # the trigger went first: nothing is left to count what the host does
        self.env.cr.execute(
            "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"
            " AND tgrelid IN ('service_promise'::regclass, 'sale_order'::regclass)"
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def may_go(self, employee):
        """Tell whether the database lets an employee go."""
        with mute_logger("odoo.sql_db"):
            try:
                with self.env.cr.savepoint() as savepoint:
                    self.env.cr.execute(
                        "DELETE FROM hr_employee WHERE id = %s", employee.ids
                    )
                    savepoint.rollback()
            except IntegrityError:
                return False
        return True
