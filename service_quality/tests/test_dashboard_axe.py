import os
import re
from pathlib import Path
from unittest import skipUnless

from odoo.tests import tagged
from odoo.tools import file_path

from .common_dashboard import DashboardBrowserCase

#: Where the script of axe-core lies; ``./dev test`` fetches it.
AXE = os.environ.get("SERVICE_QUALITY_AXE")
#: The page of a dark client, which Odoo's Community has not.
DARK_PAGE = """
    .o_service_dashboard_action * {
        --body-bg: #1b1d26; --card-bg: #262a36; --table-bg: transparent;
        --body-color: #e4e4e4; --heading-color: #e4e4e4;
    }
    .o_service_dashboard_action, .o_service_dashboard_action :is(.o_control_panel,
        .o_content, .card, .form-control, .form-select, th, td, caption) {
        background-color: #262a36; color: #e4e4e4;
    }
    .o_service_dashboard_action .btn-secondary {
        background-color: #3c3e4b; color: #ffffff;
    }
"""
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
            const where = nodes.map((node) => node.html.slice(0, 200)).slice(0, 5);
            console.error(`axe: ${id}: ${help}: ${where.join(" / ")}`);
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
    def assertAccessible(self, path, ready, login, before=""):
        code = Path(AXE).read_text(encoding="utf-8") + CHECK % {"ready": ready}
        code = before + code
        self.browser_js(path, code, login=login, timeout=120)


@tagged("post_install", "-at_install")
@skipUnless(AXE, "axe-core is not there: `./dev test` fetches it where npm is")
class TestDashboardAxe(AxeCase):
    """No serious finding of axe: keyboard, names, roles, contrast."""

    def test_manager(self):
        self.assertAccessible(
            "/odoo/service-quality", ".o_service_employees", "dash_manager"
        )

    def test_dark(self):
        """The same with our dark colours, on the page of a dark client."""
        path = file_path("service_quality/static/src/dashboard/dashboard.dark.scss")
        ours = re.sub(r"//.*", "", Path(path).read_text(encoding="utf-8"))
        self.assertIn("--service-muted-color", ours)
        code = f"""
            const style = document.createElement("style");
            style.textContent = `{DARK_PAGE} {ours}`;
            document.head.append(style);
        """
        self.assertAccessible(
            "/odoo/service-quality", ".o_service_employees", "dash_manager", code
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
