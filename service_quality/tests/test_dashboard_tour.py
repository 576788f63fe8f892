from odoo.tests import tagged

from .common_dashboard import DashboardBrowserCase


@tagged("post_install", "-at_install")
class TestDashboardTour(DashboardBrowserCase):
    """The page in a real browser, as a manager and as an agent see it."""

    def test_manager(self):
        data = self.env["service.dashboard"].with_user(self.manager).get_data()
        self.assertEqual(data["totals"]["counted"], 55)
        self.start_tour(
            "/odoo/service-quality", "service_dashboard_manager", login="dash_manager"
        )

    def test_agent(self):
        self.start_tour(
            "/odoo/service-quality", "service_dashboard_agent", login="dash_anna"
        )

    def test_the_page_is_not_in_the_clients_own_script(self):
        """Whoever never opens the dashboard never loads it."""
        marks = (b"service_quality.RateTrend", b"o_service_sparkline")
        for bundle, is_inside in (
            ("web.assets_web", False),
            ("service_quality.dashboard", True),
        ):
            assets = self.env["ir.qweb"]._get_asset_bundle(bundle, js=True, css=False)
            script = assets.js().raw
            for mark in marks:
                self.assertEqual(mark in script, is_inside, (bundle, mark))
