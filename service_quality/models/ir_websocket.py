import re

from odoo import models

from .service_checklist_actions import BUS_SUBCHANNEL

#: What a client asks for; the channel itself is never a text, see below.
CHANNEL = re.compile(r"service_quality:([a-z0-9_.]+):([0-9]{1,9})")
CHANNEL_PREFIX = "service_quality:"
#: Documents one browser watches, all tabs together.
CHANNEL_LIMIT = 50


class IrWebsocket(models.AbstractModel):
    """Who hears of a document's checklists: those who may read it."""

    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        asked = {
            name
            for name in channels
            if isinstance(name, str) and name.startswith(CHANNEL_PREFIX)
        }
        others = [name for name in channels if name not in asked]
        channels = super()._build_bus_channel_list(others)
        return [*channels, *self._service_document_channels(sorted(asked))]

    def _service_document_channels(self, names):
        """Return the channels of the documents that the user may read.

        A message goes to (document, part): a text that a client makes up is another
        channel, and hears nothing.

        :param list names: ``service_quality:<model>:<id>``, as sent by the client
        """
        if not names or not self.env.user.has_group("service_quality.group_user"):
            return []
        served = self.env["service.linked.mixin"]._service_document_models()
        ids_by_model = {}
        for match in filter(None, map(CHANNEL.fullmatch, names[:CHANNEL_LIMIT])):
            if match[1] in served:
                ids_by_model.setdefault(match[1], []).append(int(match[2]))
        return [
            (document, BUS_SUBCHANNEL)
            for name, ids in ids_by_model.items()
            for document in self.env[name].browse(ids).exists()._filtered_access("read")
        ]
