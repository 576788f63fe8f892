from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ServiceCase


class StartCase(ServiceCase):
    """A company in which nothing is set up, in a database with several companies."""

    def setUp(self):
        super().setUp()
        self.starter = self.env.ref("service_quality.plan_ticket")
        self.pack = self.env.ref("service_quality.template_crew")
        self.starter.rule_ids.filtered(lambda rule: rule.kind == "response").hours = 4

    def start(self, user=None, company=None):
        """Return the guided start as a user sees it in a company."""
        user = user or self.admin
        model = self.model("service.start", user)
        return model.with_company(company or user.company_id)

    def alone(self):
        """Let the company be the only one, as in most databases."""
        model = type(self.env["service.start"])
        self.startPatcher(patch.object(model, "_has_companies", lambda model: False))
        self.startPatcher(patch.object(model, "_can_change_shared", lambda model: True))

    def plan_of(self, data, starter=None):
        starter = starter or self.starter
        return next(plan for plan in data["plans"] if plan["id"] == starter.id)

    def choose(self, data, **vals):
        """Return the choices of the screen for one plan, some of them changed."""
        plan = self.plan_of(data)
        names = ("id", "active", "asks", "template_ids", "rules")
        return {"plans": [{**{name: plan[name] for name in names}, **vals}]}

    def rows(self):
        """Return how many rows there are of what nobody may touch here."""
        self.sync()
        names = ("service.promise", "service.checklist", "service.event", "mail.mail")
        return {name: self.env[name].sudo().search_count([]) for name in names}


@tagged("post_install", "-at_install")
class TestStart(StartCase):
    def test_switch_on(self):
        """Hours as given, promises on new tickets only, nothing is mailed."""
        self.alone()
        old = self.make_ticket()
        before = self.rows()
        data = self.start().get_start()
        self.assertFalse(data["is_configured"])
        plan = self.plan_of(data)
        self.assertFalse(plan["active"])
        hours = {"response": 2.0, "deadline": 16.0, "progress": 8.0}
        rules = [{"id": r["id"], "hours": hours[r["kind"]]} for r in plan["rules"]]
        self.assertEqual({rule["kind"] for rule in plan["rules"]}, set(hours))
        data = self.start().apply_start(self.choose(data, active=True, rules=rules))
        self.assertTrue(data["is_configured"])
        self.assertTrue(self.starter.active)
        self.assertEqual(
            {rule.kind: rule.hours for rule in self.starter.rule_ids}, hours
        )
        self.assertEqual(self.rows(), before)
        old.description = "<p>Still blinks.</p>"
        self.sync()
        self.assertFalse(old.service_promise_ids)
        self.assertEqual(
            set(self.make_ticket().service_promise_ids.mapped("kind")),
            {"response", "deadline"},
        )

    def test_twice_changes_nothing(self):
        self.alone()
        data = self.start().apply_start(
            {**self.choose(self.start().get_start(), active=True), "packs": []}
        )
        self.sync()
        tables = ("service.plan", "service.plan.rule", "service.checklist.template")
        models = [self.env[name].with_context(active_test=False) for name in tables]
        before = [model.search([]).read() for model in models]
        self.wait(days=1)
        choices = {**self.choose(data), "packs": [], "privacy": data["privacy"]}
        self.start().apply_start(choices)
        self.sync()
        self.env.invalidate_all()
        self.assertEqual([model.search([]).read() for model in models], before)

    def test_packs_are_archived_and_come_back(self):
        self.alone()
        own = self.make_template(name="Our own")
        data = self.start().get_start()
        ids = {pack["id"] for pack in data["packs"]}
        self.assertIn(self.pack.id, ids)
        self.assertNotIn(own.id, ids)
        self.start().apply_start({"packs": [self.pack.id]})
        packs = self.pack.browse(ids).with_context(active_test=False)
        self.assertEqual(packs.filtered("active"), self.pack)
        self.assertTrue(own.active)
        self.start().apply_start({"packs": list(ids)})
        self.assertEqual(packs.filtered("active"), packs)

    def test_checklists_and_survey_of_a_plan(self):
        """Chosen checklists start; what the plan has of its own, stays."""
        self.alone()
        own = self.make_template(name="Our own")
        self.starter.template_ids += own
        data = self.start().get_start()
        self.assertEqual(self.plan_of(data)["other_templates"], ["Our own"])
        self.start().apply_start(
            self.choose(data, active=True, asks=False, template_ids=[self.pack.id])
        )
        self.assertEqual(self.starter.template_ids, own + self.pack)
        self.assertFalse(self.starter.survey_id)
        self.start().apply_start(self.choose(data, asks=True))
        self.assertEqual(
            self.starter.survey_id, self.env.ref("service_quality.survey_service")
        )

    def test_who_sees_what(self):
        """Of the present company, and of no other."""
        self.start().apply_start({"privacy": "team", "peer_review": True})
        self.assertEqual(self.company.service_privacy, "team")
        self.assertTrue(self.company.service_peer_review)
        self.assertEqual(self.other_company.service_privacy, "person")

    # ------------------------------------------------------------------
    # When it is shown
    # ------------------------------------------------------------------

    def tag(self, user, company=None):
        return self.start(user, company)._home()["tag"]

    def test_first_opening(self):
        start, usual = "service_quality.start", "service_quality.dashboard"
        self.assertEqual(self.tag(self.admin), start)
        for user in (self.manager, self.agent, self.leader):
            self.assertEqual(self.tag(user), usual, user.login)
        self.assertEqual(self.start().dismiss_start()["tag"], usual)
        self.assertEqual(self.tag(self.admin), usual)
        self.start().dismiss_start()

    def test_first_opening_ends_with_a_plan(self):
        self.make_plan()
        self.assertEqual(self.tag(self.admin), "service_quality.dashboard")

    def test_first_opening_of_each_company(self):
        """Put off in one company, it still waits in the other."""
        self.admin.company_ids += self.other_company
        self.start().dismiss_start()
        self.assertEqual(self.tag(self.admin), "service_quality.dashboard")
        self.assertEqual(
            self.tag(self.admin, self.other_company), "service_quality.start"
        )

    def test_not_again_after_all_was_left_off(self):
        self.start().apply_start({"plans": []})
        self.assertEqual(self.tag(self.admin), "service_quality.dashboard")

    def test_door_of_the_app(self):
        """The menu opens the same, for whoever may open the app."""
        action = self.env.ref("service_quality.service_home_action")
        menu = self.env.ref("service_quality.service_quality_menu_root")
        self.assertEqual(menu.action, action)
        run = self.as_user(action, self.agent).run()
        self.assertEqual(run["tag"], "service_quality.dashboard")
        with self.assertRaises(AccessError):
            self.as_user(action, self.nobody).run()

    # ------------------------------------------------------------------
    # Companies
    # ------------------------------------------------------------------

    def test_each_company_has_its_own_plan(self):
        """Among several companies the starter stays, the company gets a copy."""
        data = self.start().get_start()
        rules = [{"id": r["id"], "hours": 3} for r in self.plan_of(data)["rules"]]
        data = self.start().apply_start(self.choose(data, active=True, rules=rules))
        self.assertFalse(self.starter.active)
        self.assertNotIn(3, self.starter.rule_ids.mapped("hours"))
        own = self.starter.browse(self.plan_of(data)["plan_id"])
        self.assertNotEqual(own, self.starter)
        self.assertEqual(own.company_id, self.company)
        self.assertEqual(set(own.rule_ids.mapped("hours")), {3})
        self.assertEqual(
            own.rule_ids.mapped("pause_domain"),
            self.starter.rule_ids.mapped("pause_domain"),
        )
        self.assertTrue(self.make_ticket().service_promise_ids)
        foreign = self.make_ticket(company=self.other_company, user=self.foreigner)
        self.assertFalse(foreign.service_promise_ids)
        # The second time it is this one that is changed
        count = self.starter.search_count([])
        self.start().apply_start(self.choose(data, active=False))
        self.assertFalse(own.active)
        self.start().apply_start(self.choose(data, active=True))
        self.assertTrue(own.active)
        self.assertEqual(self.starter.search_count([]), count)

    def test_plan_of_all_companies_stays(self):
        self.starter.active = True
        data = self.start().get_start()
        self.assertFalse(self.plan_of(data)["is_editable"])
        self.start().apply_start(self.choose(data))
        with self.assertRaisesRegex(UserError, "at work for all companies"):
            self.start().apply_start(self.choose(data, active=False))

    def test_plan_of_another_company_is_copied_not_taken(self):
        self.starter.write({"company_id": self.other_company.id, "active": True})
        self.admin.company_ids += self.other_company
        data = self.start().get_start()
        self.assertFalse(self.plan_of(data)["active"])
        self.start().apply_start(self.choose(data, active=True))
        self.assertEqual(self.starter.company_id, self.other_company)
        self.assertTrue(self.make_ticket().service_promise_ids)

    def test_shared_packs_need_somebody_of_all_companies(self):
        data = self.start().get_start()
        self.assertFalse(data["can_change_packs"])
        with self.assertRaisesRegex(UserError, "works in all of them"):
            self.start().apply_start({"packs": []})
        self.assertTrue(self.pack.active)
        used = [pack["id"] for pack in data["packs"] if pack["active"]]
        self.start().apply_start({"packs": used})
        self.admin.company_ids = self.env["res.company"].search([])
        data = self.start().get_start()
        self.assertTrue(data["can_change_packs"] and data["is_shared"])
        self.start().apply_start({"packs": []})
        self.assertFalse(self.pack.active)

    # ------------------------------------------------------------------
    # Doors
    # ------------------------------------------------------------------

    def test_only_administrators(self):
        for user in (self.manager, self.leader, self.agent, self.nobody, self.portal):
            for name, args in (
                ("get_start", []),
                ("dismiss_start", []),
                ("apply_start", [{"privacy": "team"}]),
            ):
                with self.subTest(user=user.login, name=name):
                    with self.assertRaises(AccessError):
                        getattr(self.start(user), name)(*args)
        self.assertEqual(self.company.service_privacy, "person")

    def test_no_other_company(self):
        with self.assertRaises(AccessError):
            self.start(self.admin).with_context(
                allowed_company_ids=self.other_company.ids
            ).apply_start({"privacy": "team"})
        self.assertEqual(self.other_company.service_privacy, "person")

    def test_bad_input(self):
        """Refused in words, and nothing of it is written."""
        self.alone()
        rule = self.starter.rule_ids[0].id
        other = self.make_plan("sale.order", rules=[{"name": "Other", "hours": 1}])
        other_rule = other.rule_ids.id
        own = self.make_template()
        good = {"id": self.starter.id, "active": True}
        self.starter.active = False
        for choices in (
            None,
            [],
            "x",
            {"packs": "1"},
            {"packs": [True]},
            {"packs": [own.id]},
            {"packs": [0]},
            {"privacy": "nobody"},
            {"privacy": []},
            {"peer_review": 1},
            {"plans": {"id": self.starter.id}},
            {"plans": [good, {"id": 0}]},
            {"plans": [good, {"id": "1"}]},
            {"plans": [{**good, "active": "yes"}]},
            {"plans": [{**good, "asks": 1}]},
            {"plans": [{**good, "template_ids": [own.id]}]},
            {"plans": [{**good, "rules": [{"id": other_rule, "hours": 2}]}]},
            *(
                {"plans": [{**good, "rules": [{"id": rule, "hours": hours}]}]}
                for hours in (0, -1, 10001, float("nan"), float("inf"), "2", True, None)
            ),
        ):
            with self.subTest(choices=choices), self.env.cr.savepoint():
                with self.assertRaises(ValidationError):
                    self.start().apply_start(choices)
        self.assertTrue(self.pack.active)
        self.assertEqual(self.company.service_privacy, "person")
