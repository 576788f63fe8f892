import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from ..report.definitions import get_definitions

ADDON = Path(__file__).parents[1]
#: **Label** (`key`), an empty line, the definition up to the next empty line.
ENTRY = re.compile(r"^\*\*[^*]+\*\* \(`(\w+)`\)\n\n(.+?)(?=\n\n|\Z)", re.M | re.S)
#: What the dashboard's templates and scripts say a figure is defined by.
USED = re.compile(r"""\bdefinition(?:="'|: ")(\w+)["']""")


@tagged("post_install", "-at_install")
class TestDefinitions(TransactionCase):
    def test_page_of_definitions_is_that_of_the_dashboard(self):
        """Who reads the page in the documentation reads what the dashboard says."""
        page = (ADDON / "readme/FIGURES.md").read_text(encoding="utf-8").strip()
        written = [(key, " ".join(text.split())) for key, text in ENTRY.findall(page)]
        shown = get_definitions(self.env(context={"lang": "en_US"}))
        self.assertEqual(written, list(shown.items()))

    def test_what_the_dashboard_refers_to_is_defined(self):
        used = {
            key
            for path in (ADDON / "static/src/dashboard").iterdir()
            for key in USED.findall(path.read_text(encoding="utf-8"))
        }
        self.assertGreater(len(used), 15)
        self.assertLessEqual(used, get_definitions(self.env).keys())
