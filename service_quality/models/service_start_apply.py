from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from .service_start import STEP

MAX_HOURS = 10_000


class ServiceStart(models.AbstractModel):
    """What the guided start writes: all of it in one transaction, or nothing."""

    _inherit = "service.start"

    @api.model
    def apply_start(self, choices):
        """Set up packs, plans and who sees what, as chosen.

        Only differences are written: doing it twice changes nothing. Nothing is sent,
        and documents that exist keep what they have.

        :param dict choices: what is left out stays as it is. ``packs``: ids of the
            templates to use, the other shipped ones are archived; ``plans``: list of
            dicts with the ``id`` of a starter plan and ``active``, ``asks`` (survey
            when done), ``template_ids``, ``rules`` (``id`` and ``hours``, working
            hours); ``privacy``: ``person`` or ``team``; ``peer_review``
        :return: see :meth:`get_start`
        :raise AccessError: not an administrator of Service Quality
        :raise ValidationError: something that is no such choice
        :raise UserError: a plan or pack that others share and that may not be changed
        """
        self._check_admin()
        choices = self._clean_choices(choices)
        if choices["packs"] is not None:
            self._apply_packs(choices["packs"])
        for choice in choices["plans"]:
            self._apply_plan(choice)
        self._apply_company(choices)
        self._finish()
        return self.get_start()

    @api.model
    def add_sample(self):
        """Make sample data in the present company, for whoever wants to try first.

        :return: see :meth:`get_start`
        :raise AccessError: not an administrator of Service Quality
        :raise UserError: the company has figures of its own, or no working hours
        """
        self._check_admin()
        self.env["service.sample"]._service_make(self.env.company)
        return self.get_start()

    @api.model
    def remove_sample(self):
        """Take the sample data of the present company away, exactly these.

        Without any it does nothing: a second click harms nobody.

        :return: see :meth:`get_start`, and ``kept``: names of records that stay
        :raise AccessError: not an administrator of Service Quality
        :raise UserError: something real was made of them; nothing was removed
        """
        self._check_admin()
        sample = self.env["service.sample"]._service_find(self.env.company)
        kept = sample._service_remove() if sample else []
        return {**self.get_start(), "kept": kept}

    # ------------------------------------------------------------------
    # Input
    # ------------------------------------------------------------------

    def _clean_choices(self, choices):
        """Return the choices with everything checked that needs no record."""
        choices = self._clean(choices, dict, "choices")
        packs = choices.get("packs")
        plans = self._clean(choices.get("plans") or [], list, "plans")
        privacy = choices.get("privacy")
        options = dict(self.env["res.company"]._fields["service_privacy"].selection)
        if privacy is not None and (
            not isinstance(privacy, str) or privacy not in options
        ):
            self._refuse("privacy")
        peers = choices.get("peer_review")
        if peers is not None:
            self._clean(peers, bool, "peer_review")
        return {
            "packs": None if packs is None else self._clean_ids(packs, "packs"),
            "plans": [self._clean_plan(plan) for plan in plans],
            "service_privacy": privacy,
            "service_peer_review": peers,
        }

    def _clean_plan(self, plan):
        plan = self._clean(plan, dict, "plans")
        cleaned = {"id": self._clean(plan.get("id"), int, "id")}
        for name in ("active", "asks"):
            if plan.get(name) is not None:
                cleaned[name] = self._clean(plan[name], bool, name)
        if plan.get("template_ids") is not None:
            cleaned["template_ids"] = self._clean_ids(
                plan["template_ids"], "template_ids"
            )
        rules = self._clean(plan.get("rules") or [], list, "rules")
        cleaned["hours"] = {}
        for rule in rules:
            rule = self._clean(rule, dict, "rules")
            rule_id = self._clean(rule.get("id"), int, "rules")
            cleaned["hours"][rule_id] = self._clean_hours(rule.get("hours"))
        return cleaned

    def _clean_hours(self, hours):
        if not isinstance(hours, int | float) or isinstance(hours, bool):
            self._refuse("hours")
        # Not a number is neither more nor less: the comparison refuses it, too
        if not 0 < hours <= MAX_HOURS:
            raise ValidationError(
                self.env._(
                    "The hours of a promise must be more than 0 and at most 10,000."
                )
            )
        return float(hours)

    def _clean_ids(self, ids, name):
        return {
            self._clean(row_id, int, name) for row_id in self._clean(ids, list, name)
        }

    def _clean(self, value, kind, name):
        """Return a value that is of a plain type, or refuse it."""
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self._refuse(name)
        return value

    def _refuse(self, name):
        raise ValidationError(
            self.env._("The guided start cannot read the choice %(name)s.", name=name)
        )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def _apply_packs(self, chosen):
        """Use the chosen packs, archive the other shipped ones."""
        packs = self._get_starters("service.checklist.template")
        if chosen - set(packs.ids):
            self._refuse("packs")
        changed = packs.filtered(lambda pack: pack.active != (pack.id in chosen))
        if not changed:
            return
        if not self._can_change_shared():
            raise UserError(
                self.env._(
                    "Other companies use the same checklists: only somebody who works "
                    "in all of them chooses which are used."
                )
            )
        for active, rows in changed.grouped(lambda pack: pack.id in chosen).items():
            rows.with_context(active_test=True).write({"active": active})

    def _apply_plan(self, choice):
        """Bring one plan to what was chosen for it."""
        starters = self._get_starters("service.plan")
        starter = starters.filtered(lambda row: row.id == choice["id"])
        if not starter:
            self._refuse("plans")
        plan = self._get_plan(starter)
        unknown = set(choice["hours"]) - set(plan.rule_ids.ids)
        packs = self._get_starters("service.checklist.template")
        if unknown or choice.get("template_ids", set()) - set(packs.ids):
            self._refuse("plans")
        vals = self._prepare_plan_vals(plan, choice, packs)
        hours = {
            rule: choice["hours"][rule.id]
            for rule in plan.rule_ids
            if choice["hours"].get(rule.id, rule.hours) != rule.hours
        }
        is_foreign = not self._is_ours(plan)
        if not vals and not hours and not (is_foreign and choice.get("active")):
            return
        if not self._is_editable(plan):
            raise UserError(
                self.env._(
                    "The plan %(name)s is at work for all companies. Change it under "
                    "Configuration, Plans.",
                    name=plan.name,
                )
            )
        self._write_plan(plan, vals, hours)

    def _write_plan(self, plan, vals, hours):
        """Write a plan, or the present company's own copy of what all share."""
        rules = {rule: rule for rule in plan.rule_ids}
        if plan.company_id != self.env.company and self._has_companies():
            original = plan
            plan = plan.copy({"company_id": self.env.company.id, "active": False})
            # One by one, so that each brings its translations
            rules = {
                rule: rule.copy({"plan_id": plan.id}) for rule in original.rule_ids
            }
        for rule, value in hours.items():
            rules[rule].write({"hours": value})
        plan.with_context(active_test=True).write(vals)

    def _prepare_plan_vals(self, plan, choice, packs):
        """Return what differs between a plan and what was chosen for it."""
        vals = {}
        active = plan.active and self._is_ours(plan)
        if choice.get("active", active) != active:
            vals["active"] = choice["active"]
        if choice.get("asks", bool(plan.survey_id)) != bool(plan.survey_id):
            survey = self.env.ref("service_quality.survey_service", False)
            vals["survey_id"] = choice["asks"] and survey and survey.id
        if "template_ids" in choice:
            templates = (plan.template_ids - packs) + packs.filtered(
                lambda pack: pack.id in choice["template_ids"]
            )
            if templates != plan.template_ids:
                vals["template_ids"] = templates.ids
        return vals

    def _apply_company(self, choices):
        """Write the settings of the present company that differ."""
        # sudo: two settings of ours; the caller is the administrator of Service
        # Quality, and the environment vouches that he works in this company
        company = self.env.company.sudo()
        vals = {
            name: choices[name]
            for name in ("service_privacy", "service_peer_review")
            if choices[name] is not None and choices[name] != company[name]
        }
        if vals:
            company.write(vals)

    def _finish(self):
        """Remember that the present company went through it."""
        onboarding = self._get_onboarding()
        if onboarding:
            onboarding._search_or_create_progress()
            onboarding.env["onboarding.onboarding.step"].action_validate_step(STEP)


class OnboardingStep(models.Model):
    _inherit = "onboarding.onboarding.step"

    @api.model
    def action_open_service_start(self):
        """Open the guided start, from Odoo's own list of onboardings.

        :return: the action
        """
        return self.env["service.start"]._get_action("service_start_action")
