from datetime import timedelta

from odoo import fields

from .common import CLIENT_BUNDLES, TourCase

#: Whose promise, kind, outcome, how many; None is overdue or runs.
PROMISES = (
    ("Anna", "deadline", "kept", 22),
    ("Anna", "deadline", "late", 3),
    ("Anna", "callback", "missed", 2),
    ("Anna", "deadline", "moved", 1),
    ("Bela", "deadline", "kept", 20),
    ("Bela", "callback", "late", 4),
    ("Cili", "deadline", "kept", 2),
    ("Dani", "deadline", "kept", 1),
)


class DashboardBrowserCase(TourCase):
    """A company of its own with promises of every outcome, for a real browser."""

    page_bundles = {**CLIENT_BUNDLES, "service_quality.dashboard": ("js", "css")}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plans = cls.env["service.plan"].with_context(active_test=False)
        plans.search([]).active = False
        cls.company = cls.env["res.company"].create(
            {"name": "Dashboard Company", "service_min_counted": 20}
        )
        cls.manager = cls._make_user(
            "dash_manager",
            "service_quality.group_manager,helpdesk_mgmt.group_helpdesk_manager",
        )
        cls.agents, cls.employees = {}, {}
        for name in ("Anna", "Bela", "Cili", "Dani"):
            user = cls._make_user(
                f"dash_{name.lower()}", "helpdesk_mgmt.group_helpdesk_user"
            )
            cls.agents[name] = user
            cls.employees[name] = cls.env["hr.employee"].create(
                {"name": name, "user_id": user.id, "company_id": cls.company.id}
            )
        for row in PROMISES:
            cls._make_promises(*row)
        cls._make_running()
        cls.env.flush_all()

    @classmethod
    def _make_promises(cls, name, kind, outcome, number):
        """Promises of two weeks ago that ended with an outcome."""
        due = fields.Datetime.now() - timedelta(days=14)
        made = cls._record(name, kind, number, due)
        made.write({"corrected_outcome": outcome})

    @classmethod
    def _make_running(cls):
        """One promise that is overdue, one that is due next week."""
        now = fields.Datetime.now()
        for days in (-2, 7):
            cls._record("Anna", "deadline", 1, now + timedelta(days=days))

    @classmethod
    def _record(cls, name, kind, number, due):
        ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": f"{name}: {kind}",
                "description": "It leaks.",
                "user_id": cls.agents[name].id,
                "company_id": cls.company.id,
            }
        )
        vals_list = [
            ticket._service_promise_vals(
                name=f"Promised {index}",
                kind=kind,
                source="manual",
                date_due=due + timedelta(minutes=index),
                employee=cls.employees[name],
                date_told=due - timedelta(days=30),
            )
            for index in range(number)
        ]
        return cls.env["service.promise"]._service_record(vals_list)
