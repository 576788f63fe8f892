import re
from pathlib import Path

import polib

from odoo.modules import get_module_path
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader

#: Kept complete; other languages come from the translators.
LANGUAGES = ("hu", "ru")
#: Written the same in a language: left empty there, as the checks of the OCA want.
SAME = {
    "%(name)s, %(date)s",
    "%(score)s ± %(margin)s",
    "'%s %s' % (object.name, (object.res_name or '').replace('/', '-'))",
    "0-10",
    "0-100",
    '<span invisible="service_promise_count">-</span>',
    "Enter",
    "ID",
    "SHA-256",
    "· SHA-256",
}
#: What other addons of Odoo, where they are installed, give to mixins of ours.
GIVEN = {"Next Activity Calendar Event", "Ratings"}
#: External ids of demo data, whose texts are written in one language.
DEMO = re.compile(r"(.*\.)?demo_")
#: What the server fills in: %s, %(name)s, %d.
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdif]")
#: What a mail's template fills in: an expression, which may hold words to translate.
TEMPLATE = re.compile(r"{{.*?}}")


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """What a stranger reads is in his language: nothing is missing, nothing is old."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        modules = cls.env["ir.module.module"].search(
            [("name", "=like", "service\\_quality%"), ("state", "=", "installed")]
        )
        cls.folders = {
            name: Path(get_module_path(name), "i18n") for name in modules.mapped("name")
        }

    def test_template_is_current(self):
        for module, folder in self.folders.items():
            with self.subTest(module=module):
                template = polib.pofile(str(folder / f"{module}.pot"))
                known = {entry.msgid for entry in template}
                used = self._get_terms(module)
                new = used - known - GIVEN
                self.assertFalse(new, "export the .pot again")
                self.assertFalse(known - used, "texts that nobody uses any more")

    def _get_terms(self, module):
        """Return the texts of an addon, without those of its demo data."""
        reader = TranslationModuleReader(self.env.cr, [module])
        return {
            source
            for _module, _kind, name, _res_id, source, _value, _comments in reader
            if not DEMO.match(str(_res_id)) and not DEMO.match(str(name))
        }

    def test_languages_are_complete(self):
        for module, folder in self.folders.items():
            wanted = {
                entry.msgid for entry in polib.pofile(str(folder / f"{module}.pot"))
            }
            for language in LANGUAGES:
                with self.subTest(module=module, language=language):
                    entries = polib.pofile(str(folder / f"{language}.po"))
                    done = {entry.msgid for entry in entries if entry.translated()}
                    self.assertFalse(wanted - done - SAME, "not translated")
                    self.assertFalse(done - wanted, "no longer used")

    def test_what_is_filled_in_stays(self):
        """A placeholder that is misspelt in a language breaks the page there."""
        broken = [
            (language, entry.msgid)
            for module, folder in self.folders.items()
            for language in LANGUAGES
            for entry in polib.pofile(str(folder / f"{language}.po"))
            if entry.msgstr
            and not TEMPLATE.search(entry.msgid)
            and sorted(PLACEHOLDER.findall(entry.msgid))
            != sorted(PLACEHOLDER.findall(entry.msgstr))
        ]
        self.assertFalse(broken)
