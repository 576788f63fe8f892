from odoo import api, fields, models


class ServiceChecklist(models.Model):
    """A checklist as the panel of its document shows it."""

    _inherit = "service.checklist"

    def _service_may_answer(self):
        """Tell whether the user may answer one checklist at all.

        Work is answered by whoever may change the document, while it is open; an
        assessment by its assessor, on a closed document too.
        """
        if self.purpose == "work":
            return True
        if self.purpose == "self":
            return self._service_is_about_me()
        return self.review_state == "open" and self.reviewer_id == self.env.user

    @api.readonly
    def get_service_checklists(self):
        """Return one checklist for its own form, as its document's panel gets them.

        :return: dict with ``checklists``, ``templates`` (none), ``is_done`` (False:
            each checklist says whether it can be answered)
        :raise AccessError: the user may not read it
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "checklists": self._service_panel_vals(),
            "templates": [],
            "is_done": False,
        }

    def _service_panel_state(self):
        """Return what an answer changes on one checklist, as plain data."""
        self.ensure_one()
        return {
            "id": self.id,
            "state": self.state,
            "score": self.score,
            "version": self.answer_version,
        }

    def _service_panel_vals(self):
        """Return these checklists with their lines, as plain data for the panel.

        :return: list of dicts; the user may read the checklists
        """
        # sudo: lines and files of checklists the user may read
        rows = self.sudo()
        lines = rows._service_fetch_lines()
        names = lines._service_answerer_names()
        proofs = lines._service_proofs().grouped("res_id")
        ledger = rows._service_ledger_answers()
        is_manager = self.env.user.has_group("service_quality.group_manager")
        return [
            {
                **row._service_panel_state(),
                "name": row.name,
                "purpose": row.purpose,
                "can_answer": checklist._service_may_answer(),
                "can_waive": is_manager
                and row.state in ("todo", "failed")
                and row.purpose == "work"
                and not self._service_is_own(checklist),
                "waive_reason": row.waive_reason or "",
                "lines": [
                    line._service_panel_vals(
                        names, proofs.get(line.id, ()), *ledger.get(line, ())
                    )
                    for line in row.line_ids
                ],
            }
            for checklist, row in zip(self, rows, strict=True)
        ]

    def _service_fetch_lines(self):
        """Read the lines of these checklists by one query; return them."""
        Line = self.env["service.checklist.line"]
        names = [
            name
            for name, field in Line._fields.items()
            if field.store and field.column_type and field.prefetch is True
        ]
        lines = Line.search_fetch([("checklist_id", "in", self.ids)], names)
        by_checklist = lines.grouped("checklist_id")
        field = self._fields["line_ids"]
        for checklist in self:
            rows = by_checklist.get(checklist, Line)
            field._insert_cache(checklist, [rows._ids])
        return lines


class ServiceChecklistLine(models.Model):
    """A line as the panel shows it."""

    _inherit = "service.checklist.line"

    def _service_answerer_names(self):
        """Return {user id: name} of those who answered these lines."""
        users = self.answered_by_id
        staff = users._service_staff()
        return {
            # sudo: the name of somebody who answered; not staff, or new
            user.id: staff[user.id][1] if user.id in staff else user.sudo().name
            for user in users
        }

    def _service_panel_vals(
        self, names, proofs=None, ledger_answer=None, ledger_evidence=None
    ):
        """Return one line as plain data.

        :param dict names: user id -> name, see ``_service_answerer_names``
        :param proofs: files of the line, when the caller has them
        :param ledger_answer: what the ledger would answer now, while it is open
        :param ledger_evidence: from what, see ``_service_ledger_answers``
        """
        self.ensure_one()
        proofs = self._service_proofs() if proofs is None else proofs
        return {
            "id": self.id,
            "name": self.name,
            "section": self.section or "",
            "kind": self.kind,
            "is_required": self.is_required,
            "is_critical": self.is_critical,
            "is_automatic": self.is_automatic,
            "figure": self.figure or "",
            "evidence": self.evidence or ledger_evidence or [],
            "is_na_allowed": self.is_na_allowed,
            "comment_rule": self.comment_rule or "never",
            "script": self.script or "",
            "answer": self.answer or ledger_answer or "",
            "value": self.value if self.date_answered and self.kind != "text" else None,
            "comment": self.comment or "",
            "is_answered": self.is_answered,
            "answered_by": names.get(self.answered_by_id.id) or "",
            "date_answered": fields.Datetime.to_string(self.date_answered) or "",
            "proofs": [self._service_proof_vals(proof) for proof in proofs],
        }

    def _service_proof_vals(self, proof):
        """Return one file of a line as plain data."""
        return {
            "id": proof.id,
            "name": proof.name,
            "mimetype": proof.mimetype or "",
            "is_mine": proof.create_uid.id == self.env.uid,
        }
