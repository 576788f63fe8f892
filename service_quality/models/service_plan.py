from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache
from odoo.tools.safe_eval import safe_eval

#: What the documents ask a plan, and what is therefore kept in the registry's cache.
CACHED_FIELDS = {
    "service.plan": (
        "active",
        "res_model",
        "domain",
        "template_ids",
        "rule_ids",
        "survey_id",
        "survey_delay_hours",
        "is_gate",
    ),
    "service.plan.rule": (
        "plan_id",
        "name",
        "kind",
        "hours",
        "calendar_id",
        "domain",
        "pause_domain",
        "pause_limit_hours",
    ),
    "service.checklist.template": (
        "active",
        "name",
        "version",
        "purpose",
        "pass_score",
        "question_ids",
        "has_automatic",
    ),
}


class ServicePlan(models.Model):
    """For these documents: run these checklists, make these promises, send this
    survey, guard the closing.

    A plan applies when a document is created or first meets its domain; several
    plans may apply to one document.
    """

    _name = "service.plan"
    _description = "Service Plan"
    _inherit = ["service.cached.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Leave empty for a plan of all companies."
    )
    res_model = fields.Selection(
        selection="_selection_res_model", string="Documents", required=True
    )
    domain = fields.Char(default="[]", help="Which of these documents the plan is for.")
    template_ids = fields.Many2many(
        "service.checklist.template",
        string="Checklists to Start",
        help="When a document is created or first meets the filter; each once.",
    )
    rule_ids = fields.One2many("service.plan.rule", "plan_id", string="Promises")
    survey_id = fields.Many2one(
        "survey.survey",
        domain=[("survey_type", "=", "service")],
        help="Sent to the customer when the document is done.",
    )
    survey_delay_hours = fields.Float(
        "Survey After (hours)", help="Clock hours between done and the mail."
    )
    is_gate = fields.Boolean(
        "Guard the Closing",
        help="A document cannot be closed while a required line is unanswered.",
    )

    def write(self, vals):
        guarding = self.filtered("is_gate")
        result = super().write(vals)
        released = guarding.filtered(lambda plan: not plan.is_gate or not plan.active)
        if released:
            self.env["service.checklist"]._service_release(released)
        return result

    @api.constrains("domain", "res_model")
    def _check_domain(self):
        for plan in self:
            if plan.res_model not in dict(plan._selection_res_model()):
                raise ValidationError(
                    self.env._("This kind of document is not served.")
                )
            for row in (plan, *plan.rule_ids):
                plan._service_validate_domain(row)

    def _service_validate_domain(self, row):
        """Refuse a filter that cannot be read or does not fit the documents.

        :param row: this plan, or one of its rules
        :raise ValidationError: names the row and what is wrong
        """
        try:
            row._service_domain().validate(self.env[self.res_model])
            if "pause_domain" in row._fields:
                row._service_pause_domain().validate(self.env[self.res_model])
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "%(name)s: the filter does not fit these documents (%(error)s).",
                    name=row.name,
                    error=error,
                )
            ) from error

    @api.model
    def _selection_res_model(self):
        names = self.env["service.linked.mixin"]._service_document_models()
        return [(name, self.env["ir.model"]._get(name).name) for name in names]

    def _service_domain(self):
        """Return the filter of this plan as a Domain."""
        return self._service_parse_domain(self.domain, self.res_model)

    @api.model
    @ormcache("text", "res_model", "self.env.uid")
    def _service_parse_domain(self, text, res_model):
        """Return the Domain of a filter as it is stored, a text.

        Every document asks, and to read the text takes longer than to apply it. What
        is kept holds in any transaction: :meth:`odoo.fields.Domain.optimize` says so.

        :param str text: a domain; it may name ``uid``
        :param str res_model: name of the model it is for
        """
        domain = Domain(safe_eval(text or "[]", {"uid": self.env.uid}))
        return domain.optimize(self.env[res_model])

    @api.model
    @ormcache("res_model", "company_id")
    def _service_plan_ids(self, res_model, company_id):
        """Return the ids of the active plans of a model and company, in order.

        Cached, so that a model without plans costs its documents no query.
        """
        # sudo: agents are judged by plans they need not be able to read
        plans = self.sudo().search(
            [
                ("res_model", "=", res_model),
                ("company_id", "in", [company_id, False]),
            ]
        )
        return tuple(plans.ids)

    @api.model
    def _service_plans(self, res_model, company_id):
        """Return the active plans of a model and company, as superuser.

        They come with what the documents ask them, from the registry's cache.
        """
        ids = self._service_plan_ids(res_model, company_id)
        # A clean context: archived templates and languages have their own values
        env = self.env(su=True, context={"lang": self.env.lang})
        known = self._fields["domain"]._get_cache(env)
        if not all(plan_id in known for plan_id in ids):
            for name, record_ids, values in self.with_env(env)._service_facts(ids):
                records = env[name].browse(record_ids)
                for field_name, column in values.items():
                    records._fields[field_name]._insert_cache(records, column)
        return self.with_env(env).browse(ids)

    @api.model
    @ormcache("plan_ids", "self.env.lang")
    def _service_facts(self, plan_ids):
        """Return (model, ids, {field: values}) of plans, rules and templates.

        The values are those of the ORM's cache, for the current language.
        """
        plans = self.browse(plan_ids)
        return tuple(
            (
                records._name,
                records._ids,
                {
                    name: tuple(
                        records._fields[name].convert_to_cache(record[name], record)
                        for record in records
                    )
                    for name in CACHED_FIELDS[records._name]
                },
            )
            for records in (plans, plans.rule_ids, plans.template_ids)
            if records
        )

    @api.model
    @ormcache("res_model")
    def _service_domain_fields(self, res_model):
        """Return the names of the fields that decide which plans apply.

        A change of one of them may bring a document into a plan.
        """
        # sudo: see _service_plan_ids
        plans = self.sudo().search([("res_model", "=", res_model)])
        # As they are written: a field that is no more must not stop a document.
        texts = [row.domain or "[]" for row in (*plans, *plans.rule_ids)]
        domains = [Domain(safe_eval(text, {"uid": self.env.uid})) for text in texts]
        return frozenset(
            condition.field_expr.partition(".")[0]
            for domain in domains
            for condition in domain.iter_conditions()
        )

    @api.model
    def _service_matched(self, documents):
        """Return {document id: names of the plans and rules that apply to it}."""
        matched = {document.id: set() for document in documents}
        for plan, group in self._service_for(documents):
            for row in (plan, *plan.rule_ids):
                concerned = group
                if row != plan:
                    concerned = group.filtered_domain(row._service_domain())
                for document in concerned:
                    matched[document.id].add(f"{row._name},{row.id}")
        return matched

    @api.model
    def _service_for(self, documents):
        """Return the plans that apply to documents.

        :param documents: records of one served model
        :return: list of (plan as superuser, matching documents)
        """
        # sudo: see _service_plan_ids; the filter may read fields an agent may not
        documents = documents.sudo()
        matches = []
        for company, group in documents.grouped(
            lambda document: document._service_get_company()
        ).items():
            for plan in self._service_plans(documents._name, company.id):
                matching = group.filtered_domain(plan._service_domain())
                if matching:
                    matches.append((plan, matching))
        return matches

    @api.model
    def _service_survey(self, document):
        """Return the survey for one document: its plan's, else the ready-made one."""
        for plan, _documents in self._service_for(document):
            if plan.survey_id:
                return plan.survey_id
        survey = self.env.ref("service_quality.survey_service", False)
        # sudo: which questions are sent, no answers
        return (survey or self.env["survey.survey"]).sudo()
