import os
from pathlib import Path
from unittest import skipUnless

from odoo.tests import tagged

from .common_dashboard import DashboardBrowserCase

#: Where the script of axe-core lies; ``./dev test`` fetches it.
AXE = os.environ.get("SERVICE_QUALITY_AXE")
#: Wait for the page, open what is folded, and say what is found.
CHECK = """
    const until = async (test) => {
        while (!test()) {
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    };
    const check = async () => {
        await until(() => document.querySelector("%(ready)s"));
        const all = document.querySelectorAll(".o_service_dashboard details");
        for (const details of all) {
            details.open = true;
        }
        await new Promise((resolve) => setTimeout(resolve, 300));
        const found = await axe.run(".o_service_dashboard_action");
        const serious = found.violations.filter((violation) =>
            ["serious", "critical"].includes(violation.impact)
        );
        for (const { id, help, nodes } of serious) {
            console.error(`axe: ${id}: ${help}: ${nodes[0].html}`);
        }
        if (found.passes.length < 10) {
            console.error(`axe looked at too little: ${found.passes.length}`);
        }
        if (!serious.length) {
            console.log("test successful");
        }
    };
    check();
"""


class AxeCase(DashboardBrowserCase):
    def assertAccessible(self, path, ready, login):
        code = Path(AXE).read_text(encoding="utf-8") + CHECK % {"ready": ready}
        self.browser_js(path, code, login=login, timeout=120)


@tagged("post_install", "-at_install")
@skipUnless(AXE, "axe-core is not there: `./dev test` fetches it where npm is")
class TestDashboardAxe(AxeCase):
    """No serious finding of axe: keyboard, names, roles, contrast."""

    def test_manager(self):
        self.assertAccessible(
            "/odoo/service-quality", ".o_service_employees", "dash_manager"
        )

    def test_agent(self):
        self.assertAccessible("/odoo/service-quality", ".o_service_team", "dash_anna")

    def test_empty(self):
        self.assertAccessible(
            "/odoo/service-quality?employee=999999999",
            ".o_service_empty",
            "dash_manager",
        )

    def test_no_access(self):
        self.assertAccessible(
            "/odoo/service-quality?company=999999999",
            ".o_service_no_access",
            "dash_manager",
        )


@tagged("post_install", "-at_install")
@skipUnless(AXE, "axe-core is not there: `./dev test` fetches it where npm is")
class TestDashboardAxePhone(AxeCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_phone(self):
        """The same on a phone."""
        self.assertAccessible(
            "/odoo/service-quality", ".o_service_employees", "dash_manager"
        )
