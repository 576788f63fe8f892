import re

from odoo import api, fields, models
from odoo.tools import format_datetime

from .unchecked_many2one import UncheckedMany2one

#: A moment as the server writes it.
MOMENT = re.compile(r"\b\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\b")

#: Fields whose keys stand in events about a row, by model; words of people never do.
KEYED = {
    "service.promise": ("state", "customer_verdict"),
    "service.checklist": ("state",),
    "service.scope.change": ("state",),
}
WORDED = ("made", "typo")

EVENT_KINDS = [
    ("made", "Recorded"),
    ("told", "Customer informed of the promise"),
    ("evidence", "Evidence"),
    ("informed", "Customer informed"),
    ("stated", "Written to the customer"),
    ("customer_wrote", "Customer wrote"),
    ("called", "Call logged"),
    ("ticked", "Call ticked without a note"),
    ("voided", "Declaration void: the customer had to ask"),
    ("reopened", "Document reopened"),
    ("closed", "Closed without evidence"),
    ("cancelled", "Document cancelled"),
    ("moved", "Moved with the customer's word"),
    ("move_asked", "New date asked"),
    ("move_declined", "New date declined by the customer"),
    ("tightened", "Earlier date promised"),
    ("not_moved", "New date not taken over"),
    ("scope_sent", "Change sent to the customer"),
    ("scope_reminded", "Customer reminded"),
    ("scope_revised", "Change revised"),
    ("scope_recalled", "Change cancelled by us"),
    ("confirmed", "Confirmed by the customer"),
    ("declined", "Declined by the customer"),
    ("unverified", "Answered from an unverified address"),
    ("expired", "Expired without an answer"),
    ("asked", "Customer asked"),
    ("paused", "Paused: waiting for the customer"),
    ("resumed", "Resumed"),
    ("chased", "Customer had to chase"),
    ("started", "Appointment started"),
    ("ended", "Appointment ended"),
    ("excuse_asked", "Excuse asked"),
    ("host_date", "Date changed on the document"),
    ("typo", "Corrected right after recording"),
    ("taken_over", "Taken over"),
    ("assigned", "Assigned"),
    ("excused", "Excused"),
    ("withdrawn", "Withdrawn"),
    ("corrected", "Corrected by a manager"),
    ("answered", "Line answered"),
    ("attached", "Proof attached"),
    ("detached", "Proof removed"),
    ("waived", "Waived"),
    ("reduced", "Quantity reduced after confirmation"),
    ("delivered", "Delivered"),
    ("closed_open", "Closed with open items"),
    ("drawn", "Drawn for review"),
    ("published", "Review published"),
    ("acknowledged", "Review acknowledged"),
    ("lapsed", "Acknowledged by lapse of time"),
    ("disputed", "Review disputed"),
    ("decided", "Dispute decided"),
    ("feedback", "Customer answered"),
    ("feedback_revised", "Customer revised his answer"),
    ("deleted", "Document deleted"),
    ("printed", "Evidence pack printed"),
    ("recovery_opened", "Recovery opened"),
    ("cause", "Cause named"),
    ("warned", "Customer told of the recovery"),
    ("apologised", "Apologised"),
    ("compensated", "Compensated"),
    ("compensation_told", "Customer told of the compensation"),
    ("asked_back", "Customer asked again"),
    ("recovered", "Recovered"),
    ("lost", "Not recovered"),
    ("recovery_cancelled", "Recovery cancelled"),
    ("wow", "Wow moment recorded"),
    ("wow_shared", "Wow moment shared"),
    ("erased", "Personal data erased"),
    ("silent_call", "Call promised to a silent customer"),
    ("silent_dismissed", "Silent customer dismissed"),
    ("kept_asked", "Customer asked whether it was kept"),
    ("customer_says", "Customer says whether it was kept"),
]


class ServiceEvent(models.Model):
    """What happened to a row of the ledger: written once, by the server.

    ``create_date`` and ``create_uid`` are the evidence. Chatter tracking would not
    do: a context key switches it off.
    """

    _name = "service.event"
    _description = "Service Event"
    _inherit = ["service.sealed.mixin", "service.linked.mixin"]
    _order = "id desc"

    kind = fields.Selection(EVENT_KINDS, required=True, readonly=True)
    old_value = fields.Char(readonly=True)
    new_value = fields.Char(readonly=True)
    old_shown = fields.Char("Old", compute="_compute_shown")
    new_shown = fields.Char("New", compute="_compute_shown")
    note = fields.Text(readonly=True, help="Text of the evidence, copied.")
    company_id = UncheckedMany2one("res.company", readonly=True, index=True)
    create_uid = UncheckedMany2one("res.users", "Created by", readonly=True)
    write_uid = UncheckedMany2one("res.users", "Last Updated by", readonly=True)

    _record_idx = models.Index("(res_model, res_id)")

    @api.depends("old_value", "new_value")
    @api.depends_context("lang", "tz")
    def _compute_shown(self):
        for res_model, events in self.grouped("res_model").items():
            labels = self._service_labels(res_model)
            for event in events:
                known = {} if event.kind in WORDED else labels
                event.old_shown = self._service_show(event.old_value, known)
                event.new_shown = self._service_show(event.new_value, known)

    @api.model
    def _service_labels(self, res_model):
        """Return what the keys in events about rows of a model are called.

        :return: dict of key -> label in the reader's language
        """
        labels = {}
        for name in KEYED.get(res_model, ()):
            field = self.env[res_model]._fields[name]
            labels = dict(field._description_selection(self.env)) | labels
        return labels

    @api.model
    def _service_show(self, value, labels):
        """Return a stored value as its reader knows it.

        Moments in his time zone and language, states and outcomes by their name.

        :param dict labels: key -> label
        """
        if not value:
            return False
        if value in labels:
            return labels[value]

        def show(match):
            moment = fields.Datetime.to_datetime(match.group())
            return format_datetime(self.env, moment, dt_format="medium")

        return MOMENT.sub(show, value)

    @api.model
    def _service_linked_models(self):
        registry = self.env.registry
        rows = registry.descendants(["service.linked.mixin"], "_inherit")
        facts = [
            name
            for name in rows
            if name != self._name
            and not registry[name]._abstract
            and registry[name]._auto
        ]
        return super()._service_linked_models() + sorted(facts)

    @api.model
    def _service_log(self, records, kind, old=None, new=None, note=None):
        """Write one event per record.

        :param records: rows of one model; events about them are written
        :param str kind: key of :data:`EVENT_KINDS`
        :param old: old value, or a function record -> old value
        :param new: new value, or a function record -> new value
        :param str note: text to keep
        """
        vals_list = [
            {
                "res_model": record._name,
                "res_id": record.id,
                "res_name": self._service_name_of(record),
                "company_id": record.company_id.id,
                "kind": kind,
                "old_value": self._service_event_value(old, record),
                "new_value": self._service_event_value(new, record),
                "note": note or False,
            }
            for record in records.sudo()  # names and companies for the log only
        ]
        unknown = {vals["kind"] for vals in vals_list} - dict(EVENT_KINDS).keys()
        if unknown:
            raise ValueError(f"Unknown kind of event: {unknown}")
        guard = self.env["service.worker"]._service_guard()
        if guard is not None:
            guard.events += vals_list
        elif vals_list:
            self.env.execute_query(self._service_insert_query(vals_list))
        self.env["service.promise"].invalidate_model(["event_ids"], flush=False)

    @api.model
    def _service_name_of(self, record):
        """Return the display name of a record, for plain ones without computing it."""
        model = type(record)
        if model._compute_display_name is models.BaseModel._compute_display_name:
            if model._rec_name == "name":
                return record.name
        return record.display_name

    @api.model
    def _service_event_value(self, value, record):
        value = value(record) if callable(value) else value
        if value is None or value is False:
            return False
        if hasattr(value, "isoformat"):
            return fields.Datetime.to_string(value)
        return str(value)
