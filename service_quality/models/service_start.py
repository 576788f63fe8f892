from odoo import api, models
from odoo.exceptions import AccessError

ONBOARDING = "service_quality.onboarding_start"
STEP = "service_quality.onboarding_step_start"


class ServiceStart(models.AbstractModel):
    """The guided start: packs, plans and who sees what, set up on one screen.

    It holds nothing of its own: it reads and writes the templates, plans and the
    company's settings. Whether a company went through it or put it off is kept by
    Odoo's onboarding.
    """

    _name = "service.start"
    _description = "Guided Start"

    @api.model
    @api.readonly
    def get_start(self):
        """Return what the guided start shows for the present company.

        :return: dict of plain JSON: ``company``, ``is_configured``, ``packs``,
            ``can_change_packs``, ``is_shared`` (other companies use the same packs),
            ``plans`` (hours are working hours), ``day_hours`` (working hours of an
            average day), ``privacy``, ``peer_review``, ``has_sample``,
            ``why_no_sample`` (words, or False), ``can_open_settings``
        :raise AccessError: not an administrator of Service Quality
        """
        self._check_admin()
        company = self.env.company.sudo()  # its settings, shown to its administrator
        packs = self._get_starters("service.checklist.template")
        return {
            "company": company.name,
            "is_configured": not self._is_unconfigured(),
            "packs": [self._prepare_pack(pack) for pack in packs],
            "can_change_packs": self._can_change_shared(),
            "is_shared": self._has_companies(),
            "plans": [
                self._prepare_plan(starter, packs)
                for starter in self._get_starters("service.plan")
            ],
            "day_hours": company.resource_calendar_id.hours_per_day or 8.0,
            "privacy": company.service_privacy,
            "peer_review": company.service_peer_review,
            "has_sample": company.id in self.env["service.sample"]._service_companies(),
            "why_no_sample": self.env["service.sample"]._service_why_not(company),
            "can_open_settings": self.env.user.has_group("base.group_system"),
        }

    @api.model
    def dismiss_start(self):
        """Put the guided start off: the app opens with the dashboard from now on.

        :return: the action of the dashboard
        :raise AccessError: not an administrator of Service Quality
        """
        self._check_admin()
        onboarding = self._get_onboarding()
        if onboarding:
            onboarding._search_or_create_progress().action_close()
        return self._get_action("service_dashboard_action")

    # ------------------------------------------------------------------
    # When it is shown
    # ------------------------------------------------------------------

    @api.model
    def _home(self):
        """Return the action that the app opens with.

        The guided start for administrators of a company where nothing is set up and
        nobody has put it off, the dashboard for everybody else.
        """
        if self._is_admin() and self._is_wanted():
            return self._get_action("service_start_action")
        return self._get_action("service_dashboard_action")

    def _get_action(self, name):
        return self.env["ir.actions.actions"]._for_xml_id(f"service_quality.{name}")

    def _is_wanted(self):
        onboarding = self._get_onboarding()
        return (
            bool(onboarding)
            and not onboarding.is_onboarding_closed
            and onboarding.current_onboarding_state == "not_done"
            and self._is_unconfigured()
        )

    def _is_unconfigured(self):
        """Tell whether no plan is active for the present company."""
        domain = [("company_id", "in", [self.env.company.id, False])]
        # sudo: whether there is one, whatever the rules of others say
        return not self.env["service.plan"].sudo().search_count(domain, limit=1)

    def _get_onboarding(self):
        """Return Odoo's record of the guided start, as superuser, or None."""
        onboarding = self.env.ref(ONBOARDING, raise_if_not_found=False)
        # sudo: onboardings are the system's; ours only, of the present company only
        return onboarding and onboarding.sudo()

    def _is_admin(self):
        return self.env.user.has_group("service_quality.group_admin")

    def _check_admin(self):
        if not self._is_admin():
            raise AccessError(
                self.env._("Only administrators of Service Quality set it up.")
            )

    # ------------------------------------------------------------------
    # What there is
    # ------------------------------------------------------------------

    def _has_companies(self):
        """Tell whether other companies use what is shared."""
        # sudo: how many companies there are, none of them is shown
        return self.env["res.company"].sudo().search_count([], limit=2) > 1

    def _can_change_shared(self):
        """Tell whether the user may work in every company there is."""
        # sudo: companies that the user may not know are counted, not shown
        return self.env["res.company"].sudo().search([]) <= self.env.user.company_ids

    def _get_starters(self, model):
        """Return the records of a model that addons ship, archived ones too.

        Without those of demo data, and without what got a name by an export.
        """
        # sudo: which records came with an addon; they are searched as the user
        data = self.env["ir.model.data"].sudo().search([("model", "=", model)])
        shipped = data.filtered(
            lambda row: (
                not row.module.startswith("__") and not row.name.startswith("demo_")
            )
        )
        return (
            self.env[model]
            .with_context(active_test=False)
            .search([("id", "in", shipped.mapped("res_id"))])
        )

    def _get_plan(self, starter):
        """Return the present company's own plan for these documents, or the starter."""
        own = starter.search(
            [
                ("res_model", "=", starter.res_model),
                ("company_id", "=", self.env.company.id),
            ],
            order="active desc, sequence, id",
            limit=1,
        )
        return own or starter

    def _is_editable(self, plan):
        """Tell whether a plan may be changed here.

        Not one that is at work for several companies: that is done knowingly, in the
        list of plans.
        """
        return bool(plan.company_id or not plan.active or not self._has_companies())

    def _is_ours(self, plan):
        """Tell whether a plan holds for the present company."""
        return not plan.company_id or plan.company_id == self.env.company

    def _prepare_pack(self, pack):
        purposes = dict(pack._fields["purpose"]._description_selection(self.env))
        return {
            "id": pack.id,
            "name": pack.name,
            "description": pack.description or "",
            "purpose": purposes[pack.purpose],
            "is_work": pack.purpose == "work",
            "count": pack.line_count,
            "active": pack.active,
        }

    def _prepare_plan(self, starter, packs):
        """Return a plan as it is for the present company.

        ``id`` is that of the starter, whoever's plan it is; the ids of the promises
        are those of the plan.
        """
        plan = self._get_plan(starter)
        others = plan.template_ids - packs
        return {
            "id": starter.id,
            "plan_id": plan.id,
            "name": plan.name,
            "res_model": plan.res_model,
            "documents": self.env["ir.model"]._get(plan.res_model).name,
            "active": plan.active and self._is_ours(plan),
            "is_editable": self._is_editable(plan),
            "asks": bool(plan.survey_id),
            "template_ids": (plan.template_ids & packs).ids,
            "other_templates": others.filtered("active").mapped("name"),
            "rules": [
                {
                    "id": rule.id,
                    "name": rule.name,
                    "kind": rule.kind,
                    "hours": rule.hours,
                    "is_for_some": not rule._service_domain().is_true(),
                }
                for rule in plan.rule_ids
            ],
        }
