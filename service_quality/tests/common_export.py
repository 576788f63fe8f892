import io
import os
import shutil
import tempfile
from datetime import datetime

from openpyxl import load_workbook

from ..report.xlsx_run import Run
from .test_dashboard import MARCH, DashboardCase


class ExportCase(DashboardCase):
    """The month of the dashboard, with a row or two for every other sheet."""

    def setUp(self):
        super().setUp()
        self.folder = tempfile.mkdtemp(prefix="service_quality_test_")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        exports = self.env["service.export"]
        self.addCleanup(self._forget, exports, set(self._folders(exports)))

    def _folders(self, exports):
        root = exports._service_root()
        return os.listdir(root) if os.path.isdir(root) else []

    def _forget(self, exports, known):
        for name in set(self._folders(exports)) - known:
            shutil.rmtree(os.path.join(exports._service_root(), name))

    def make_facts(self):
        """Add checklists, answers, scope changes, recoveries and silent customers."""
        template = self.make_template(
            [
                {"name": "Cause found?", "is_required": True, "is_critical": True},
                {"name": "How clear?", "kind": "score"},
                {"name": "How much?", "kind": "balance"},
                {"name": "What else?", "kind": "text"},
            ]
        )
        checklist = self.start_checklist(self.tickets[self.agent], template)
        lines = self.as_user(checklist.line_ids, self.agent)
        lines[0].action_answer(answer="yes")
        lines[1].action_answer(value=7, comment="=1+1")
        lines[2].action_answer(value=-1)
        self.make_template([{"name": "Open?"}], name="Open list")
        self.start_checklist(self.tickets[self.agent2], template, user=self.agent2)
        for number in range(6):
            self.make_feedback(self.agent, satisfaction=100 - 10 * number)
        self.make_feedback(self.agent2, satisfaction=20, comment="Never again")
        self._make_others()
        self.sync()

    def make_feedback(self, user, satisfaction, **vals):
        """Add a customer's answer; ``date_answered`` is now."""
        vals = {
            **self.tickets[user]._service_snapshot_vals(),
            "date_answered": self.now,
            "satisfaction": satisfaction,
            "has_satisfaction": True,
            "recommend": 9,
            "has_recommend": True,
            "recipient": f"customer{satisfaction}@customer.example",
            "reason": "both",
            **vals,
        }
        return self.env["service.feedback"]._service_unseal().create(vals)

    def _make_others(self):
        snapshot = self.tickets[self.agent]._service_snapshot_vals()
        self.env["service.scope.change"].sudo()._service_unseal().create(
            {
                **snapshot,
                "name": "Another pump",
                "amount_delta": 120.5,
                "currency_id": self.company.currency_id.id,
                "state": "confirmed",
                "date_sent": self.now,
                "date_decided": self.after(hours=1),
                "decided_by": "Petra Portal",
                "partner_name": "Customer",
            }
        )
        self.env["service.recovery"]._service_unseal().create(
            {
                **snapshot,
                "trigger": "missed",
                "date_opened": self.now,
                "date_due": self.after(hours=8),
                "user_id": self.manager.id,
                "has_score_before": True,
                "score_before": 20,
                "compensation_amount": 30.0,
            }
        )
        self.env["service.silent.customer"]._service_unseal().create(
            {
                **snapshot,
                "date_event": self.now,
                "date_contact": self.after(days=-40),
                "gap_days": 10,
                "limit_days": 30,
                "has_low_score": True,
                "event_count": 2,
            }
        )

    # ------------------------------------------------------------------
    # Workbooks
    # ------------------------------------------------------------------

    def make_run(self, user=None, tz="Europe/Budapest", lang="en_US", **options):
        """Return a run of a user's workbook of March, not yet prepared."""
        workbook = self.model("service.workbook", user or self.manager)
        workbook = workbook.with_context(tz=tz, lang=lang)
        options.setdefault("filters", {})
        options["filters"] = {**MARCH, **options["filters"]}
        folder = tempfile.mkdtemp(dir=self.folder)
        return Run(workbook.env, workbook._clean_options(options), folder)

    def make_file(self, user=None, **options):
        """Return the bytes of a workbook."""
        run = self.make_run(user, **options)
        run.prepare()
        self.assertTrue(run.step())
        target = io.BytesIO()
        run.finish(target)
        return target.getvalue()

    def make_book(self, user=None, **options):
        """Return a workbook as openpyxl reads it."""
        return load_workbook(io.BytesIO(self.make_file(user, **options)))

    def rows_of(self, sheet, top=1):
        """Return the rows under a header as dicts."""
        rows = list(sheet.iter_rows(min_row=top, values_only=True))
        return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]

    def assertValue(self, shown, expected, place):
        """One cell: nothing, a text, a moment, or a number of any type."""
        if hasattr(shown, "total_seconds"):  # a duration
            shown = shown.total_seconds() / 86400
        elif hasattr(shown, "hour") and not hasattr(shown, "year"):
            shown = (shown.hour + shown.minute / 60 + shown.second / 3600) / 24
        if expected is None or expected == "":
            self.assertIsNone(shown, place)
        elif isinstance(expected, str | datetime):
            self.assertEqual(shown, expected, place)
        else:
            self.assertIsNotNone(shown, place)
            self.assertNotIsInstance(shown, str, place)
            self.assertAlmostEqual(float(shown), float(expected), 6, msg=place)

    def figures_of(self, book):
        """Return {label: (value, value before)} of the summary."""
        rows = list(book["Summary"].iter_rows(values_only=True))
        start = next(number for number, row in enumerate(rows) if row[0] == "Figure")
        figures = {}
        for row in rows[start + 1 :]:
            if row[0] is None:
                break
            figures[row[0]] = row[1:3]
        return figures
