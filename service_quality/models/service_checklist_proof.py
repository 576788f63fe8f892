from odoo import models
from odoo.exceptions import AccessError, ValidationError

#: Files of one line; a proof is a photo or a protocol, not an archive.
PROOF_LIMIT = 20


class ServiceChecklistLine(models.Model):
    """Files as proof of an answer.

    A file is uploaded for no line yet, by the same user; the action ties it to the
    line. From then on it can be read by whoever may read the line, and no door of
    attachments changes or deletes it: nobody may write a line.
    """

    _inherit = "service.checklist.line"

    def action_attach(self, attachment_ids=None):
        """Attach files that the user has just uploaded, as proof.

        :param list attachment_ids: ids of files uploaded for a line, none yet
        :return: the line as the panel shows it
        :raise AccessError: files of somebody else or of another record
        :raise UserError: nobody can change the line now, see ``action_answer``
        :raise ValidationError: no file, or too many
        """
        line = self._service_answerable()
        files = line._service_check_files(attachment_ids)
        files.write({"res_id": line.id})
        line.proof_count += len(files)
        line._service_log_proof("attached", files)
        return line._service_panel_vals(line._service_answerer_names())

    def action_detach(self, attachment_id=None):
        """Remove a file that the user attached himself, while the line is open.

        :param int attachment_id: id of the file
        :return: the line as the panel shows it
        :raise AccessError: no file of this line, or attached by somebody else
        :raise UserError: nobody can change the line now, see ``action_answer``
        """
        line = self._service_answerable()
        proof = line._service_proofs().filtered(
            lambda row: row.id == attachment_id and row.create_uid == self.env.user
        )
        if not proof:
            raise AccessError(self.env._("You may remove only what you attached."))
        line._service_log_proof("detached", proof)
        proof.unlink()
        line.proof_count -= 1
        return line._service_panel_vals(line._service_answerer_names())

    def _service_check_files(self, attachment_ids):
        """Return the files that a client names, as superuser, or refuse them."""
        if not isinstance(attachment_ids, (list, tuple)) or not all(
            isinstance(item, int) and not isinstance(item, bool) and item > 0
            for item in attachment_ids
        ):
            raise ValidationError(self.env._("Choose a file."))
        # sudo: only files that the user himself uploaded pass the check below
        files = self.env["ir.attachment"].sudo().browse(set(attachment_ids)).exists()
        if not files or self.proof_count + len(files) > PROOF_LIMIT:
            raise ValidationError(
                self.env._("Attach 1 to %(limit)s files to a line.", limit=PROOF_LIMIT)
            )
        strange = files.filtered(
            lambda row: (
                row.create_uid.id != self.env.uid
                or row.res_model != self._name
                or row.res_id
                or row.res_field
                or row.type != "binary"
                or row.public
            )
        )
        if strange or len(files) != len(set(attachment_ids)):
            raise AccessError(
                self.env._("Only files that you have just uploaded here can be proof.")
            )
        return files

    def _service_log_proof(self, kind, files):
        """Keep the name and the fingerprint of each file in the checklist's events."""
        for row in files:
            self.env["service.event"]._service_log(
                self.checklist_id,
                kind,
                new=row.name,
                note=f"{self.name}\nSHA-1 {row.checksum}",
            )
        self.checklist_id._service_touch()
        self.checklist_id._service_publish()

    def _service_proofs(self):
        """Return the files of these lines, as superuser; asked only if there are some.

        The caller has checked that the user may read the lines.
        """
        lines = self.filtered("proof_count")
        # sudo: what may be read with the line
        proofs = self.env["ir.attachment"].sudo()
        if not lines:
            return proofs
        domain = [("res_model", "=", self._name), ("res_id", "in", lines.ids)]
        return proofs.search_fetch(
            domain, ["name", "mimetype", "res_id", "create_uid"], order="id"
        )
