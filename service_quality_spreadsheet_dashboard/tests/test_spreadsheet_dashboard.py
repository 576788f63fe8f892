import base64
import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestSpreadsheetDashboard(TransactionCase):
    def setUp(self):
        super().setUp()
        self.dashboard = self.env.ref(
            "service_quality_spreadsheet_dashboard."
            "spreadsheet_dashboard_service_quality"
        )
        self.data = json.loads(base64.b64decode(self.dashboard.spreadsheet_binary_data))

    def test_every_field_exists(self):
        """What the spreadsheet groups, measures and filters by, is on the model."""
        figures = [row["data"] for row in self.data["sheets"][0]["figures"]]
        sources = [
            (row["metaData"]["resModel"], row["searchParams"]["domain"], row)
            for row in figures
        ]
        sources += [
            (row["model"], row["domain"], row) for row in self.data["pivots"].values()
        ]
        self.assertEqual(len(sources), 4)
        filters = {row["id"] for row in self.data["globalFilters"]}
        for model, domain, source in sources:
            report = self.env[model]
            names = {match["chain"] for match in source["fieldMatching"].values()}
            names |= {row["fieldName"] for row in source.get("measures", ())}
            names |= {row["fieldName"] for row in source.get("rows", ())}
            if "metaData" in source:
                names |= {name.split(":")[0] for name in source["metaData"]["groupBy"]}
                names.add(source["metaData"]["measure"])
            self.assertLessEqual(names - {"__count"}, set(report._fields))
            self.assertEqual(set(source["fieldMatching"]), filters)
            report.search_count(domain)

    def test_groupings_can_be_asked(self):
        for pivot in self.data["pivots"].values():
            self.env[pivot["model"]].formatted_read_group(
                pivot["domain"],
                [row["fieldName"] for row in pivot["rows"]],
                [row["id"] for row in pivot["measures"]],
            )

    def test_names_as_the_company_has_set(self):
        """Where figures are shown per team, the spreadsheet gets no names."""
        manager = new_test_user(
            self.env, login="sheet_manager", groups="service_quality.group_manager"
        )
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "It leaks", "description": "Since yesterday."}
        )
        now = fields.Datetime.now()
        vals = ticket._service_promise_vals(
            name="Mended",
            kind="deadline",
            source="manual",
            date_due=now + timedelta(days=1),
            employee=self.env["hr.employee"].create({"name": "Sheet Worker"}),
            date_told=now,
        )
        self.env["service.promise"]._service_record([vals])
        for privacy, is_named in (("person", True), ("team", False)):
            self.env.company.service_privacy = privacy
            self.env.flush_all()
            self.env.invalidate_all()
            rows = [
                self.env[pivot["model"]]
                .with_user(manager)
                .formatted_read_group(
                    pivot["domain"],
                    [row["fieldName"] for row in pivot["rows"]],
                    [row["id"] for row in pivot["measures"]],
                )
                for pivot in self.data["pivots"].values()
            ]
            self.assertTrue(any(rows))
            self.assertEqual("Sheet Worker" in str(rows), is_named)

    def test_managers_only(self):
        manager = new_test_user(
            self.env, login="sheet_manager", groups="service_quality.group_manager"
        )
        agent = new_test_user(
            self.env, login="sheet_agent", groups="service_quality.group_user"
        )
        self.assertTrue(self.dashboard.with_user(manager).name)
        with self.assertRaises(AccessError):
            self.dashboard.with_user(agent).read(["name"])
