from collections import defaultdict
from datetime import timedelta
from random import Random

from odoo import api, fields, models
from odoo.exceptions import UserError

from . import story_sample as story
from .clock import Clock
from .service_demo import SEED, SILENT, DemoRun

BROKEN = ("late", "missed")


class SampleRun(DemoRun):
    """Nobody of the sample can log in: whoever asked for it, stands in for them.

    :param user: who asked for the sample
    """

    def __init__(self, told, clock, user):
        super().__init__(told, clock, Random(SEED))  # noqa: S311 (of details only)
        self.employees = story.EMPLOYEES
        self.users = defaultdict(lambda: user)
        self.people = {}  # key of the employees -> hr.employee


class ServiceSampleDemo(models.AbstractModel):
    """The demo's generator, with the short story and people who are no users.

    Everything that is asked of it stays in one company and is handed back, so that
    it can be taken away again.
    """

    _name = "service.sample.demo"
    _description = "Maker of Sample Data"
    _inherit = ["service.demo"]

    @api.model
    def _tell(self, company):
        """Make the sample of a company and return the records it consists of.

        Its promises, checklists and the like are found by these.

        :param company: res.company with working hours
        :return: list of recordsets
        :raise UserError: the company has no working hours
        """
        # sudo: rows of many models, made whole; ``service.start`` checked who asks
        demo = self.sudo().with_company(company).with_context(**SILENT)
        run = demo._prepare_run()
        people = demo._create_people(run)
        demo._create_documents(run)
        demo._create_messages(run)
        demo._create_promises(run)
        demo._create_checklists(run)
        demo._answer_automatic(run)
        demo._create_answers_of(run)
        demo._create_events(run)
        records = run.records.values()
        tickets = [row for row in records if row._name == "helpdesk.ticket"]
        orders = [row for row in records if row._name == "sale.order"]
        return [
            demo.env["helpdesk.ticket"].union(*tickets),
            demo.env["sale.order"].union(*orders),
            run.products,
            people,
            demo.env["res.partner"].union(*run.customers) | people.work_contact_id,
        ]

    def _prepare_run(self):
        calendar = self.env.company.resource_calendar_id
        now = fields.Datetime.now()
        if not calendar or not calendar._service_add_hours(now, 1):
            raise UserError(
                self.env._("Give the company working hours first: promises need them.")
            )
        start = now - timedelta(days=120)
        clock = Clock(calendar._service_working_time(start.year), now)
        return SampleRun(story.SampleStory(clock.today), clock, self.env.user)

    # ------------------------------------------------------------------
    # People and things
    # ------------------------------------------------------------------

    def _create_people(self, run):
        """Create the employees; they have no user, so nobody can be them."""
        company = self.env.company
        rows = self.env["hr.employee"].create(
            [
                {
                    "name": story.SAMPLE % who["name"],
                    "company_id": company.id,
                    "resource_calendar_id": company.resource_calendar_id.id,
                }
                for who in run.employees.values()
            ]
        )
        run.people = dict(zip(run.employees, rows, strict=True))
        return rows

    def _create_customers(self, run):
        """Create the customers, without any address that could be written to."""
        run.customers = list(
            self.env["res.partner"].create(
                [
                    {
                        "name": story.SAMPLE % name,
                        "is_company": is_company,
                        "city": city,
                        "company_id": self.env.company.id,
                    }
                    for name, is_company, city in story.CUSTOMERS
                ]
            )
        )

    def _create_products(self):
        return self.env["product.product"].create(
            [
                {
                    "name": story.SAMPLE % name,
                    "type": "service",
                    "list_price": price,
                    "taxes_id": False,
                    "company_id": self.env.company.id,
                }
                for name, price in story.PRODUCTS
            ]
        )

    def _create_categories(self, documents):
        """None: they would be offered on real tickets, too."""
        return defaultdict(self.env["helpdesk.ticket.category"].browse)

    # ------------------------------------------------------------------
    # Documents
    # ------------------------------------------------------------------

    def _get_sample_vals(self, run, document, name):
        """Return what is different on every document of the sample.

        :param str name: field of the document's number
        """
        number = 1 + run.story.documents.index(document)
        return {
            name: f"SAMPLE/{number:02}",
            "company_id": self.env.company.id,
            "user_id": False,
        }

    def _prepare_ticket(self, run, document, categories):
        vals = super()._prepare_ticket(run, document, categories)
        return {**vals, **self._get_sample_vals(run, document, "number")}

    def _get_team(self, run, document):
        return self.env["helpdesk.ticket.team"]

    def _get_channel(self, run):
        return self.env["helpdesk.ticket.channel"]

    def _get_stage(self, document):
        """The stage of that name, else one that is as closed as it."""
        name = f"helpdesk_mgmt.helpdesk_ticket_stage_{document.stage}"
        stage = self.env.ref(name, raise_if_not_found=False)
        if stage and stage.active and stage.closed == bool(document.closed):
            return stage
        domain = [
            ("closed", "=", bool(document.closed)),
            ("company_id", "in", [self.env.company.id, False]),
            ("service_not_wanted", "=", False),
        ]
        stage = stage.search(domain, limit=1)
        if not stage:
            raise UserError(self.env._("Tickets need an open and a closed stage."))
        return stage

    def _prepare_order(self, run, document, products):
        vals = super()._prepare_order(run, document, products)
        return {**vals, **self._get_sample_vals(run, document, "name")}

    # ------------------------------------------------------------------
    # Facts
    # ------------------------------------------------------------------

    def _get_rules(self):
        """None: the plans are chosen by the company."""
        return {}

    def _is_told(self, partner):
        return True

    def _prepare_promise(self, run, document, promise, rules):
        return {
            **super()._prepare_promise(run, document, promise, rules),
            "employee_id": run.people[document.employee].id,
        }

    def _correct_some(self, run, rows):
        """Nothing: a verdict that was corrected explains itself to nobody."""

    def _say_some(self, run, rows):
        """Nothing: no customer of the sample can log in."""

    def _pick_checklists(self, run):
        for document in run.story.documents:
            for name in document.templates:
                template = self.env.ref(
                    f"service_quality.{name}", raise_if_not_found=False
                )
                if template and template.active and template.question_ids:
                    yield document, template

    def _prepare_checklist(self, run, document, template):
        return {
            **super()._prepare_checklist(run, document, template),
            "employee_id": run.people[document.employee].id,
        }

    def _waive_some(self, run, rows):
        """Nothing: whoever tries it out, may do that."""

    def _create_answers_of(self, run):
        """Create what customers said, and the recoveries that follow.

        Every broken promise has its recovery: the cron has nothing left to open, and
        no real person becomes the owner of one.
        """
        for document in run.story.documents:
            if document.answer:
                feedback = self._create_answer(run, document)
                if feedback._service_is_low():
                    self._create_recovery(
                        run,
                        document,
                        feedback,
                        {
                            "trigger": "low_score",
                            "feedback_id": feedback.id,
                            "has_score_before": True,
                            "score_before": feedback.satisfaction,
                            "cause": "process",
                            "state": "acting",
                        },
                    )
            for promise in document.promises:
                row = run.promises[id(promise)]
                if row.outcome in BROKEN:
                    vals = {
                        "trigger": "missed",
                        "promise_id": row.id,
                        "cause": "cannot",
                        "state": "recovered",
                        "is_self_declared": True,
                        "date_closed": row.date_settled + timedelta(hours=5),
                    }
                    self._create_recovery(run, document, row, vals)

    def _create_answer(self, run, document):
        """Create one answer, given a day after the document was done."""
        moment = run.clock.moment(document.closed) + timedelta(hours=20)
        measures = ("satisfaction", "technical_quality", "service_quality", "recommend")
        feedback = (
            self.env["service.feedback"]
            ._service_unseal()
            .create(
                {
                    **self._get_links(run, document),
                    **document.answer,
                    **{f"has_{name}": True for name in measures},
                    "date_answered": moment,
                }
            )
        )
        self._backdate(feedback, create_date=[moment])
        score = f"{document.answer['satisfaction']:g}"
        run.log(feedback, "feedback", moment, self.env.user, new_value=score)
        return feedback

    def _create_recovery(self, run, document, fact, vals):
        opened = vals.get("date_closed") or fact.date_answered + timedelta(hours=1)
        row = (
            self.env["service.recovery"]
            ._service_unseal()
            .create(
                {
                    **self._get_links(run, document),
                    "date_opened": opened,
                    "date_due": opened + timedelta(days=1),
                    **vals,
                }
            )
        )
        run.log(row, "recovery_opened", opened, self.env.user)
        return row

    def _get_links(self, run, document):
        """Return what ties a fact to its document and people."""
        employee = run.people[document.employee]
        return run.record(document)._service_snapshot_vals(employee)
