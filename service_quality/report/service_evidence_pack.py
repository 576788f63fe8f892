import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .evidence_timeline import EvidenceTimeline

REPORT = "service_quality.action_report_evidence_pack"


class ServiceEvidencePack(models.Model):
    """What the ledger said about one document at one moment, for a dispute.

    The contents are kept as they were printed, with their SHA-256: whoever holds a
    copy compares it with this row, and the same print can be made again. Access
    follows the document; nobody writes a pack but :meth:`_service_make`.
    """

    _name = "service.evidence.pack"
    _description = "Evidence Pack"
    _inherit = ["service.sealed.mixin", "service.linked.mixin"]
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    content = fields.Text(
        required=True, readonly=True, help="What was printed, as JSON."
    )
    digest = fields.Char(
        "SHA-256",
        required=True,
        readonly=True,
        index=True,
        help="SHA-256 of the contents, as hexadecimal digits.",
    )
    is_intact = fields.Boolean(
        "Contents Match",
        compute="_compute_is_intact",
        help="The contents still have this SHA-256.",
    )
    lang = fields.Char("Language", required=True, readonly=True)
    zone = fields.Char("Time Zone", required=True, readonly=True)
    date_made = fields.Datetime("Printed On", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)

    _document_idx = models.Index("(res_model, res_id)")

    def _compute_name(self):
        for pack in self:
            pack.name = f"EP{pack.id or 0:05}"

    @api.depends("content", "digest")
    def _compute_is_intact(self):
        for pack in self:
            pack.is_intact = self._service_digest(pack.content) == pack.digest

    @api.depends("res_name")
    def _compute_display_name(self):
        for pack in self:
            pack.display_name = f"{pack.name} {pack.res_name or ''}".strip()

    @api.model
    def _service_digest(self, content):
        """Return the SHA-256 of a text in UTF-8, as hexadecimal digits."""
        return hashlib.sha256((content or "").encode()).hexdigest()

    def _service_content(self):
        """Return the contents of one pack as data."""
        return json.loads(self.content)

    # ------------------------------------------------------------------
    # Making
    # ------------------------------------------------------------------

    @api.model
    def _service_make(self, res_model, res_id):
        """Write the pack of one document as it is now, in the user's language.

        :param str res_model: model of the document
        :param int res_id: its id; of a deleted document only managers get a pack
        :return: the pack, in the user's environment
        :raise AccessError: not an internal user, or he may not read the document
        """
        facts = self._service_check_document(res_model, res_id)
        user = self.env.user
        zone = user.tz or facts["company"].resource_calendar_id.tz or "UTC"
        # sudo: whoever reads the document reads all that happened on it; which
        # companies he ticked must not make the history shorter
        env = self.with_context(lang=user.lang or self.env.lang or "en_US").sudo().env
        timeline = EvidenceTimeline(env, res_model, res_id, zone)
        now = fields.Datetime.now()
        content = {
            "header": self._service_header(env, timeline, facts, now),
            **timeline.get_content(),
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)
        pack = self._service_unseal().create(
            {
                "res_model": res_model,
                "res_id": res_id,
                "res_name": facts["name"],
                "company_id": facts["company"].id,
                "content": text,
                "digest": self._service_digest(text),
                "lang": env.lang or "en_US",
                "zone": zone,
                "date_made": now,
            }
        )
        self.env["service.event"]._service_log(pack, "printed", new=pack.digest)
        return self.browse(pack.id)

    @api.model
    def _service_check_document(self, res_model, res_id):
        """Check that the user may have the pack, and say whose document it is.

        :return: dict with ``name``, ``company``, ``customer`` of the document
        :raise AccessError: he may not
        """
        if not self.env.user.has_group("service_quality.group_user"):
            raise AccessError(self.env._("You have no access to Service Quality."))
        promises = self.env["service.promise"]
        if res_model in self._service_document_models():
            document = self.env[res_model].browse(res_id).exists()
            if document:
                document.check_access("read")
                shown = document.sudo()  # its name, company and customer
                return {
                    "name": shown.display_name,
                    "company": shown._service_get_company(),
                    "customer": shown._service_get_partner().display_name or "",
                }
            # A deleted document: whoever reads its promises without it, managers.
            promises = promises.search(
                [("res_model", "=", res_model), ("res_id", "=", res_id)], limit=1
            )
        if not promises or not self._service_sees_all():
            raise AccessError(self.env._("The document no longer exists."))
        return {
            "name": promises.res_name,
            "company": promises.company_id,
            "customer": promises.partner_name or "",
        }

    @api.model
    def _service_header(self, env, timeline, facts, now):
        """Return the head of a pack: rows of label and value."""
        _ = env._
        kind = env["ir.model"]._get(timeline.res_model).name
        return [
            [_("Company"), facts["company"].name],
            [_("Document"), f"{kind}: {facts['name']}"],
            [_("Customer"), facts["customer"]],
            [_("Printed"), timeline.moment(now)],
            [_("Printed by"), env.user.name],
            [_("Time zone"), timeline.zone],
            [
                _("Contents"),
                _(
                    "%(promises)s promises, %(changes)s changes of scope, "
                    "%(checklists)s checklists, %(entries)s entries in the timeline",
                    promises=len(timeline.promises),
                    changes=len(timeline.changes),
                    checklists=len(timeline.checklists),
                    entries=len(timeline.events),
                ),
            ],
        ]

    def action_print(self):
        """Print packs again, exactly as they were.

        :return: report action
        """
        self.check_access("read")
        return self.env.ref(REPORT).report_action(self, config=False)


class ServiceQualityMixin(models.AbstractModel):
    _inherit = "service.quality.mixin"

    def action_service_evidence_pack(self):
        """Make and print the evidence pack of each of these documents.

        :return: report action; without a PDF renderer on the server the web client
            shows the same pages to be printed by the browser
        :raise AccessError: the user may not read a document
        """
        packs = self.env["service.evidence.pack"]
        for document in self:
            packs += packs._service_make(self._name, document.id)
        return packs.action_print()


class ServicePromise(models.Model):
    _inherit = "service.promise"

    def action_evidence_pack(self):
        """Make and print the evidence pack of this promise's document.

        It works when the document was deleted, for service managers.

        :return: report action
        :raise AccessError: the user may not read the document
        """
        self.ensure_one()
        self.check_access("read")
        packs = self.env["service.evidence.pack"]
        return packs._service_make(self.res_model, self.res_id).action_print()
