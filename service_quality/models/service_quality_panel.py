from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ServiceQualityMixin(models.AbstractModel):
    """What a person sees and does on the document: the panel and its actions."""

    _inherit = "service.quality.mixin"

    @api.readonly
    def get_service_panel_data(self):
        """Return what the panel of one document shows, as plain data.

        :return: dict with ``promises``, ``checklists``, ``templates`` that can be
            started, ``can_write``, ``is_done``, ``now`` (server time), ``channel``
            (what to ask the bus for, to hear of changes)
        :raise AccessError: the user may not read the document
        """
        self._service_check_panel()
        return {
            "promises": self._service_panel_promises(),
            **self._service_panel_checklists(),
            "can_write": self.has_access("write"),
            "is_done": self.sudo()._service_is_done(),  # the document's own state
            "now": fields.Datetime.to_string(fields.Datetime.now()),
            "channel": f"service_quality:{self._name}:{self.id}",
        }

    @api.readonly
    def get_service_checklists(self):
        """Return the part of the panel that a message on the bus makes stale.

        :return: dict with ``checklists``, ``templates``, ``is_done``
        :raise AccessError: the user may not read the document
        """
        self._service_check_panel()
        return {
            **self._service_panel_checklists(),
            "is_done": self.sudo()._service_is_done(),  # the document's own state
        }

    def _service_check_panel(self):
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("service_quality.group_user"):
            raise AccessError(self.env._("You have no access to Service Quality."))
        self._service_prefetch_state()

    def _service_linked_rows(self, name, order=None):
        """Return the rows of a model about one document that the user may read.

        Asked as superuser, then filtered: who may read a document reads its rows,
        and that is known already.

        :param str name: a model with ``service.linked.mixin``
        """
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        # sudo: nothing leaves this method that the user's own rights do not allow
        model = self.env[name].sudo()
        names = [
            field_name
            for field_name, field in model._fields.items()
            if field.store and field.column_type and field.prefetch is True
        ]
        rows = model.search_fetch(domain, names, order=order)
        return rows.with_env(self.env)._filtered_access("read")

    def _service_panel_promises(self):
        promises = self._service_linked_rows(
            "service.promise", order="settlement desc, date_due, id"
        )
        return [promise._service_card_vals() for promise in promises]

    def _service_panel_checklists(self):
        checklists = self._service_linked_rows("service.checklist")
        return {
            "checklists": checklists._service_panel_vals(),
            "templates": self._service_panel_templates(checklists),
        }

    def _service_panel_templates(self, checklists):
        """Return the templates that can be started by hand beside these checklists."""
        Template = self.env["service.checklist.template"]
        # sudo: which template a checklist came from, to leave it out
        started = set(checklists.sudo().template_id._ids)
        return [
            {"id": template_id, "name": name}
            for template_id, name in Template._service_startable(
                tuple(self.env.companies.ids)
            )
            if template_id not in started
        ]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_service_open_promises(self):
        """Open the promises of these documents.

        :return: window action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_quality.service_promise_action"
        )
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        return {**action, "domain": domain}

    def action_service_record_promise(self):
        """Open the window that records a promise on one document.

        :return: window action
        """
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_quality.service_promise_wizard_action"
        )
        context = {"default_res_model": self._name, "default_res_id": self.id}
        return {**action, "context": context}

    def action_service_start_checklist(self, template_id):
        """Start a checklist by hand on one document.

        :param int template_id: id of the template
        :return: True
        :raise AccessError: the user may not change the document
        :raise UserError: no such template
        """
        self.ensure_one()
        self.check_access("write")
        template = self.env["service.checklist.template"].search(
            [("id", "=", template_id)]
        )
        if not template:
            raise UserError(self.env._("This template no longer exists."))
        started = self.env["service.checklist"]._service_start(self, template)
        started._service_publish()
        return True

    def action_service_send_survey(self):
        """Send the survey of the document's plan now, by hand.

        Kept apart from the automatic sample; the pause between surveys does not
        hold for it, blacklists do.

        :return: client action that tells what happened
        :raise AccessError: the user may not change the documents
        :raise UserError: no plan with a survey applies
        """
        self.check_access("write")
        matches = self.env["service.plan"]._service_for(self)
        surveys = [(plan.survey_id, docs) for plan, docs in matches if plan.survey_id]
        if not surveys:
            raise UserError(self.env._("No plan with a survey is for this document."))
        survey, documents = surveys[0]
        invitations = self.env["service.invitation"]._service_unseal()
        created = invitations.create(
            [
                invitations._prepare_vals(
                    document, survey, fields.Datetime.now(), is_manual=True
                )
                for document in documents
            ]
        )
        for invitation in created:
            invitation._service_send_safely()
        sent = len(created.filtered(lambda row: row.state == "sent"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if sent else "warning",
                "message": self.env._(
                    "Surveys queued: %(sent)s of %(all)s.", sent=sent, all=len(created)
                ),
            },
        }
