from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL


class ServiceQualityMixin(models.AbstractModel):
    """What the customer felt, on the document: recoveries, and when he was seen."""

    _inherit = "service.quality.mixin"

    service_recovery_ids = fields.One2many(
        "service.recovery",
        "res_id",
        "Recoveries",
        domain=lambda self: [("res_model", "=", self._name)],
        copy=False,
        groups="service_quality.group_user",
    )

    def action_service_open_recoveries(self):
        """Open the recoveries of one document, or the window that opens the first.

        :return: window action
        :raise AccessError: the user may not read the document, or write for the first
        """
        self.ensure_one()
        self.check_access("read")
        actions = self.env["ir.actions.act_window"]
        recoveries = self.env["service.recovery"]
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        if recoveries.search_count(domain, limit=1):
            action = actions._for_xml_id("service_quality.service_recovery_action")
            return {**action, "domain": domain, "context": {}}
        self.check_access("write")
        action = actions._for_xml_id("service_quality.service_recovery_wizard_action")
        context = {
            "default_mode": "open",
            "default_res_model": self._name,
            "default_res_id": self.id,
        }
        return {**action, "context": context}

    def action_service_record_wow(self):
        """Open the window that records an inspiring act on one document.

        :return: window action
        :raise AccessError: the user may not change the document
        """
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_quality.service_wow_wizard_action"
        )
        context = {"default_res_model": self._name, "default_res_id": self.id}
        return {**action, "context": context}

    # ------------------------------------------------------------------
    # When customers were seen
    # ------------------------------------------------------------------

    @api.model
    def _service_contact_condition(self):
        """Return which documents (alias ``d``) show that the customer came to us.

        :return: SQL condition; all of them unless the document knows better
        """
        return SQL("TRUE")

    @api.model
    def _service_contact_queries(self):
        """Return when customers were seen on these documents.

        Each SELECT gives (company, customer, moment): the documents themselves and
        what their customers wrote on them, at the moment the server stored it. A
        document without a stored customer and company contributes nothing unless it
        overrides this.

        :return: list of SQL
        """
        partner = self._fields.get(self._service_partner_field)
        company = self._fields.get("company_id")
        if not (self._auto and partner and partner.store and company and company.store):
            return []
        table, customer = SQL.identifier(self._table), SQL.identifier("d", partner.name)
        return [
            SQL(
                "SELECT d.company_id, %s AS partner_id, d.create_date AS moment"
                " FROM %s d WHERE %s IS NOT NULL AND %s",
                customer,
                table,
                customer,
                self._service_contact_condition(),
            ),
            # Neither a colleague nor a robot posts for the customer here.
            SQL(
                "SELECT d.company_id, m.author_id, m.create_date"
                " FROM mail_message m JOIN %s d ON d.id = m.res_id"
                " JOIN res_partner c ON c.id = %s"
                " JOIN res_partner a ON a.id = m.author_id"
                " JOIN res_users u ON u.id = m.create_uid"
                " WHERE m.model = %s AND m.message_type IN ('comment', 'email')"
                " AND a.commercial_partner_id = c.commercial_partner_id"
                " AND (u.share OR u.id = %s)",
                table,
                customer,
                self._name,
                SUPERUSER_ID,
            ),
        ]
