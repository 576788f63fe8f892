from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .service_scope_change import EDITABLE

#: In these states the author may write another version.
REVISABLE = ("draft", "sent", "declined", "expired")
#: Kinds of promise that a change may move.
MOVABLE = ("deadline", "appointment")
AMOUNT_LIMIT = 1e12
MAX_ATTACHMENTS = 10


class ServiceScopeChange(models.Model):
    """Writing and mending what will be asked."""

    _inherit = "service.scope.change"

    # ------------------------------------------------------------------
    # Recording
    # ------------------------------------------------------------------

    @api.model
    def _service_create(self, vals_list):
        """Write drafts on documents the user may change, see ``create``."""
        self.env["service.worker"]._service_work_off()
        prepared = []
        for vals in vals_list:
            document = self._service_get_document(
                vals.get("res_model"), vals.get("res_id"), "write"
            )
            prepared.append(self._prepare_draft(document, vals))
        changes = self._service_unseal().create(prepared)
        changes.with_env(self.env)._service_adopt_files()
        self.env["service.event"]._service_log(
            changes, "made", new=lambda change: change.name
        )
        return self.browse(changes._ids)

    @api.model
    def _prepare_draft(self, document, vals):
        """Return the facts of a new draft on one document.

        :raise ValidationError: bad input, or a user without employee
        """
        company = document._service_get_company()
        employee = self.env.user.with_company(company).employee_id
        if not employee:
            raise ValidationError(
                self.env._(
                    "%(user)s has no employee in %(company)s, so nobody could "
                    "answer for the change. Ask an administrator to create one.",
                    user=self.env.user.name,
                    company=company.name,
                )
            )
        return {
            **document._service_snapshot_vals(employee),
            **self._service_recipient(document),
            "currency_id": self._service_currency(document).id,
            **self._service_clean_draft(document, {"name": False, **vals}),
        }

    @api.model
    def _service_recipient(self, document):
        """Return whom to ask about one document, as it is now."""
        document = document.sudo()  # name and address of the customer
        partner = document._service_get_partner()
        return {
            "partner_id": partner.id,
            "partner_name": partner.display_name or False,
            "partner_email": document._service_get_email() or False,
        }

    @api.model
    def _service_currency(self, document):
        """Return the currency of one document, else that of its company."""
        document = document.sudo()  # the currency only
        currency = "currency_id" in document._fields and document.currency_id
        return currency or document._service_get_company().currency_id

    @api.model
    def _service_clean_draft(self, document, vals, current=None):
        """Check what the author gave.

        :param document: a document he may change
        :param dict vals: as sent by the client; other names are left out
        :param current: the change that is edited
        :return: vals of :data:`EDITABLE`
        :raise ValidationError: what cannot be
        """
        _ = self.env._
        result = {}
        if "name" in vals:
            result["name"] = self._service_clean_text(
                vals["name"], _("What changes"), True
            )
        for name, label in (("description", _("Details")), ("reason", _("Why"))):
            if name in vals:
                result[name] = self._service_clean_text(vals[name], label) or False
        if "amount_delta" in vals:
            result["amount_delta"] = self._service_clean_amount(vals["amount_delta"])
        if "date_due_new" in vals:
            date = vals["date_due_new"]
            result["date_due_new"] = date and self._service_clean_date(
                date, _("New date")
            )
        if "promise_id" in vals:
            promise_id = vals["promise_id"]
            result["promise_id"] = promise_id and self._service_clean_promise(
                document, promise_id
            )
        if "attachment_ids" in vals:
            ids = self._service_clean_attachments(vals["attachment_ids"], current)
            result["attachment_ids"] = [fields.Command.set(ids)]
        return result

    @api.model
    def _service_clean_amount(self, amount):
        if amount is None or amount is False:
            return 0.0
        if isinstance(amount, bool) or not isinstance(amount, int | float):
            raise ValidationError(self.env._("Price difference: this is no amount."))
        # ``x < limit`` is false for NaN, too.
        if not abs(amount) < AMOUNT_LIMIT:
            raise ValidationError(self.env._("Price difference: out of range."))
        return amount

    @api.model
    def _service_clean_promise(self, document, promise_id):
        """Return the id of a running promise of the document that can move."""
        is_id = isinstance(promise_id, int) and not isinstance(promise_id, bool)
        promise = self.env["service.promise"].search(
            [
                ("id", "=", promise_id if is_id else 0),
                ("res_model", "=", document._name),
                ("res_id", "=", document.id),
                ("kind", "in", MOVABLE),
                ("settlement", "=", False),
                ("successor_id", "=", False),
            ]
        )
        if not promise:
            raise ValidationError(
                self.env._("Choose a running promise of this document.")
            )
        return promise.id

    @api.model
    def _service_follow_command(self, ids, command):
        """Return the ids after one command; ValueError when it makes or edits files."""
        if type(command) is int:
            return [*ids, command]
        code, res_id, given = [*command, 0, 0][:3]
        if code == fields.Command.LINK:
            return [*ids, res_id]
        if code in (fields.Command.UNLINK, fields.Command.DELETE):
            return [known for known in ids if known != res_id]
        if code == fields.Command.CLEAR:
            return []
        if code == fields.Command.SET:
            return list(given)
        raise ValueError(code)

    @api.model
    def _service_clean_attachments(self, commands, current):
        """Return the ids of the files after the client's commands.

        :raise ValidationError: commands that make or change files, too many
        :raise AccessError: a file the user may not read
        """
        ids = list(current.attachment_ids._ids) if current else []
        try:
            for command in commands or ():
                ids = self._service_follow_command(ids, command)
        except (TypeError, ValueError) as error:  # no list, no command
            raise ValidationError(self.env._("Upload the file first.")) from error
        if not all(type(row) is int for row in ids):
            raise ValidationError(self.env._("Upload the file first."))
        files = self.env["ir.attachment"].browse(dict.fromkeys(ids)).exists()
        if len(files) > MAX_ATTACHMENTS:
            raise ValidationError(self.env._("At most %s files.", MAX_ATTACHMENTS))
        known = current.attachment_ids if current else files.browse()
        (files - known).check_access("read")
        return files.ids

    def _service_adopt_files(self):
        """Let the files that the user just uploaded follow the access of the row."""
        for change in self:
            # sudo: files of this user that belong to no record yet
            files = change.sudo().attachment_ids.filtered(
                lambda file: (
                    file.res_model == self._name
                    and not file.res_id
                    and file.create_uid == self.env.user
                )
            )
            files.write({"res_id": change.id})

    # ------------------------------------------------------------------
    # Another version
    # ------------------------------------------------------------------

    def write(self, vals):
        if vals and not self._service_is_unsealed():
            return self._service_edit(vals)
        return super().write(vals)

    def _service_edit(self, vals):
        """Take the author's edit; a change that was sent becomes a new draft.

        :raise AccessError: not the author, or a field nobody writes
        :raise UserError: confirmed or cancelled
        """
        self.env["service.worker"]._service_work_off()
        self.check_access("write")
        sealed = set(vals) - EDITABLE
        if sealed:
            raise AccessError(
                self.env._(
                    "%(fields)s cannot be given: the system derives it from what "
                    "really happened.",
                    fields=", ".join(sorted(sealed)),
                )
            )
        self._check_author()
        for change in self._service_unseal():
            change._service_link_lock()
            change._service_check_state(REVISABLE)
            document = change.with_env(self.env)._service_document()
            if not document:
                raise UserError(self.env._("The document no longer exists."))
            cleaned = self._service_clean_draft(document, vals, change)
            if change.state != "draft":
                change._service_revise()
            change.write(cleaned)
            change.with_env(self.env)._service_adopt_files()
        return True

    def _check_author(self):
        # sudo: whether the user wrote these drafts, nothing else is read
        if any(change.create_uid != self.env.user for change in self.sudo()):
            raise AccessError(self.env._("Only its author may edit a change."))

    def _service_check_state(self, states):
        """Refuse one change that is in none of these states."""
        if self.state not in states:
            label = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(change)s: this is not possible any more, it is: %(state)s.",
                    change=self.name,
                    state=label[self.state],
                )
            )

    def _service_revise(self):
        """Start the next version of one change: the link to the old one dies."""
        self.env["service.link"]._service_revoke(self, ["scope"])
        self._service_end_waiting("withdrawn")
        old = self.version
        self.write(
            {
                "state": "draft",
                "version": old + 1,
                "date_expiry": False,
                "date_reminded": False,
                "date_decided": False,
                "decided_by": False,
                "customer_comment": False,
            }
        )
        self.env["service.event"]._service_log(
            self, "scope_revised", old=old, new=old + 1
        )

    def action_revise(self):
        """Go back to a draft, as a new version that replaces what was sent.

        :return: True
        :raise AccessError: not the author
        :raise UserError: confirmed, cancelled, or a draft already
        """
        self.env["service.worker"]._service_work_off()
        self.check_access("write")
        self._check_author()
        for change in self._service_unseal():
            change._service_link_lock()
            change._service_check_state([s for s in REVISABLE if s != "draft"])
            change._service_revise()
        return True

    def copy_data(self, default=None):
        # A copy is a new draft on the same document, without the old date.
        vals_list = super().copy_data(default)
        wanted = self._service_input_fields - {"date_due_new", "promise_id"}
        return [{key: vals[key] for key in wanted if key in vals} for vals in vals_list]
