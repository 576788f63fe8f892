import random
import threading
from functools import partial
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from .common import full_rounds

PAIRS = full_rounds(1000, 100)
LINES = 20
INTERLEAVINGS = full_rounds(200, 24)
WAIT = 60  # seconds until a thread that hangs fails the test


@tagged("post_install", "-at_install")
class TestRace(BaseCase):
    """Real cursors, real commits, and the retries of Odoo's own service layer.

    Everything is committed, so everything is taken away again at the end.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._tidy_up)
        # Only how long Odoo waits before it tries again: up to 32 seconds otherwise
        cls.waits = []
        chance = random.Random(7)

        def uniform(low, high):
            cls.waits.append(high)
            return chance.random() / 200

        cls.startClassPatcher(patch("odoo.service.model.random.uniform", uniform))
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls.uid = env.ref("base.user_admin").id
            plans = env["service.plan"].search([])
            cls.other_plans = plans.ids
            plans.active = False
            cls._make_scene(env)
            cr.commit()  # pylint: disable=invalid-commit

    @classmethod
    def _make_scene(cls, env):
        lines = [
            Command.create({"name": f"Line {number}", "is_required": True})
            for number in range(LINES)
        ]
        *cls.long, cls.short = (
            env["service.checklist.template"]
            .create(
                [{"name": "Race, long", "line_ids": lines}] * (2 * PAIRS // LINES)
                + [{"name": "Race, short", "line_ids": lines[:1]}]
            )
            .ids
        )
        cls.plan = env["service.plan"].create(
            {
                "name": "Race",
                "res_model": "helpdesk.ticket",
                "is_gate": True,
                "template_ids": [Command.set([cls.short])],
            }
        )
        cls.plan = cls.plan.id
        cls.stages = (
            env["helpdesk.ticket.stage"]
            .create(
                [
                    {"name": "Race open", "company_id": False},
                    {"name": "Race closed", "closed": True, "company_id": False},
                ]
            )
            .ids
        )
        cls.ticket = (
            env["helpdesk.ticket"]
            .create(
                {
                    "name": "Race",
                    "description": "Race",
                    "stage_id": cls.stages[0],
                    "user_id": cls.uid,
                    "company_id": env.ref("base.user_admin").company_id.id,
                }
            )
            .id
        )

    @classmethod
    def _tidy_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            lists = env["service.checklist"]._service_unseal()
            lists = lists.search([("template_id.name", "=like", "Race, %")])
            events = env["service.event"]._service_unseal()
            events.search(
                [("res_model", "=", lists._name), ("res_id", "in", lists.ids)]
            ).unlink()
            lists.unlink()
            env["helpdesk.ticket"].browse(cls.ticket).unlink()
            env["service.plan"].browse(cls.plan).unlink()
            env["service.checklist.template"].browse([*cls.long, cls.short]).unlink()
            env["helpdesk.ticket.stage"].browse(cls.stages).unlink()
            env["service.plan"].browse(cls.other_plans).active = True
            cr.commit()  # pylint: disable=invalid-commit

    def setUp(self):
        super().setUp()
        self.waits.clear()
        self.failures = []

    def act(self, work):
        """Do one request as a user, as Odoo does it: commit, or try again."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.uid, {})
            env.transaction.default_env = env
            return retrying(partial(work, env), env)

    def start(self, work):
        """Run something in a thread; what it raises is kept."""

        def run():
            try:
                work()
            except BaseException as error:
                self.failures.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def look(self, work):
        with self.registry.cursor() as cr:
            return work(api.Environment(cr, SUPERUSER_ID, {}))

    # ------------------------------------------------------------------
    # Ticking against ticking
    # ------------------------------------------------------------------

    @mute_logger("odoo.service.model")
    def test_a_tick_of_two_is_never_lost(self):
        checklists = self.act(self._start_long)
        lines = self.look(lambda env: self._line_ids(env, checklists))
        barrier = threading.Barrier(2)
        sides = [lines[::2], lines[1::2]]
        self.assertEqual([len(side) for side in sides], [PAIRS, PAIRS])
        threads = [self.start(partial(self._tick, barrier, side)) for side in sides]
        for thread in threads:
            thread.join(WAIT * 10)
        self.assertFalse(self.failures)
        self.assertTrue(self.waits, "nothing collided: nothing proved")
        self.look(partial(self._assert_all_there, checklists))

    def _start_long(self, env):
        ticket = env["helpdesk.ticket"].browse(self.ticket)
        ticket.stage_id = self.stages[0]  # whatever another test left
        templates = env["service.checklist.template"].browse(self.long)
        empty = env["service.checklist"]._service_unseal()
        return empty._service_copy(ticket, templates, set()).ids

    def _line_ids(self, env, checklists):
        domain = [("checklist_id", "in", checklists)]
        lines = env["service.checklist.line"].search(domain)
        return [
            line.id for line in lines.sorted(lambda row: (row.checklist_id.id, row))
        ]

    def _tick(self, barrier, side):
        for line_id in side:
            barrier.wait(WAIT)
            self.act(
                lambda env, line_id=line_id: (
                    env["service.checklist.line"]
                    .browse(line_id)
                    .action_answer(answer="yes")
                )
            )

    def _assert_all_there(self, checklists, env):
        rows = env["service.checklist"].browse(checklists)
        self.assertEqual(set(rows.line_ids.mapped("answer")), {"yes"})
        # Each was computed with the other's answer, and each left one event.
        self.assertEqual(set(rows.mapped("state")), {"passed"})
        self.assertEqual(set(rows.mapped("score")), {1.0})
        self.assertEqual(set(rows.mapped("answer_version")), {LINES})
        events = env["service.event"].search_count(
            [("res_model", "=", rows._name), ("res_id", "in", rows.ids)]
        )
        self.assertEqual(events, 2 * PAIRS)

    # ------------------------------------------------------------------
    # Ticking against closing
    # ------------------------------------------------------------------

    @mute_logger("odoo.service.model")
    def test_never_closed_with_an_open_required_line(self):
        """Either order, with the first one committed or still holding its locks."""
        (line,) = self.look(
            lambda env: (
                (
                    env["service.checklist"].search([("template_id", "=", self.short)])
                ).line_ids.ids
            )
        )
        verbs = {
            "clear": lambda env: (
                env["service.checklist.line"].browse(line).action_answer()
            ),
            "close": lambda env: (
                env["helpdesk.ticket"]
                .browse(self.ticket)
                .write({"stage_id": self.stages[1]})
            ),
        }
        seen = set()
        for number in range(INTERLEAVINGS):
            first, second = sorted(verbs, reverse=bool(number % 2))
            is_held = bool(number // 2 % 2)
            self._reset(line)
            refused = self._interleave(verbs[first], verbs[second], is_held)
            self.assertFalse(self.failures)
            is_closed, is_answered = self.look(partial(self._see, line))
            self.assertFalse(is_closed and not is_answered, (number, first, is_held))
            self.assertEqual((is_closed, is_answered), (first == "close",) * 2)
            self.assertEqual(refused, [1], "the second one, and nobody else")
            seen.add((first, is_held))
        self.assertEqual(len(seen), 4)
        self.assertGreaterEqual(len(self.waits), INTERLEAVINGS)

    def _reset(self, line):
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE helpdesk_ticket SET stage_id = %s WHERE id = %s",
                [self.stages[0], self.ticket],
            )
            cr.execute(
                "UPDATE service_checklist_line SET answer = 'yes', is_answered = true,"
                " date_answered = %s WHERE id = %s",
                [fields.Datetime.now(), line],
            )
            cr.execute(
                "UPDATE service_checklist SET state = 'passed' WHERE template_id = %s",
                [self.short],
            )
            cr.commit()  # pylint: disable=invalid-commit

    def _see(self, line, env):
        ticket = env["helpdesk.ticket"].browse(self.ticket)
        return (
            ticket._service_is_done(),
            env["service.checklist.line"].browse(line).is_answered,
        )

    def _interleave(self, first, second, is_held):
        """Let the second see the database as it was before the first one.

        :param bool is_held: the first has not committed when the second works
        :return: which of them was refused, as numbers
        """
        looked, worked, committed = (threading.Event() for _ in range(3))
        refused = []

        def run_first():
            looked.wait(WAIT)
            self.act(do_first)
            committed.set()

        def do_first(env):
            first(env)
            env.cr.flush()
            worked.set()
            if is_held:
                # long enough for the other one to run into the locks
                committed.wait(0.05)

        def run_second():
            try:
                self.act(do_second)
            except UserError:
                refused.append(1)

        def do_second(env):
            if not looked.is_set():
                env.cr.execute("SELECT stage_id FROM helpdesk_ticket LIMIT 1")
                looked.set()
                (worked if is_held else committed).wait(WAIT)
            second(env)

        for thread in [self.start(run_first), self.start(run_second)]:
            thread.join(WAIT)
        return refused
