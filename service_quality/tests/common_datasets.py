import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polib

from odoo.tools import SQL

from .common_export import ExportCase

LANGUAGES = ("en_US", "ru_RU", "hu_HU")
#: West and east of Greenwich, on both sides of the equator, one without summer time,
#: two that are quarters of an hour away from the others.
ZONES = (
    "Europe/Budapest",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "UTC",
)
KINDS = ("deadline", "response", "appointment", "callback", "progress", "scope")
#: Each kind of end: (settlement, outcome, corrected).
ENDS = {
    "kept": ("evidence", "kept", None),
    "late": ("evidence", "late", None),
    "missed": ("closed", "missed", None),
    "moved": ("moved", "moved", None),
    "excused": ("excused", "excused", None),
    "withdrawn": ("withdrawn", "withdrawn", None),
    "cancelled": ("cancelled", "withdrawn", None),
    "corrected": ("evidence", "missed", "missed"),
    "forgiven": ("closed", "excused", "excused"),
    "running": (None, None, None),
}


@dataclass(frozen=True)
class Shape:
    """What a generated data set looks like, and the period it is looked at.

    :param int seed: of its chance
    :param int promises, feedback, checklists: how many
    :param int companies: 1 or 2
    :param int others: how many changes of scope, recoveries, silent customers
    :param str date_from, date_to: the period
    :param datetime now: when the reader looks, naive UTC
    :param tuple weights: chance of each of :data:`ENDS`, in their order
    :param tuple moments: naive UTC, at which and a second around which promises fall
        due as well
    """

    seed: int
    promises: int
    feedback: int
    checklists: int
    companies: int
    date_from: str
    date_to: str
    now: datetime
    weights: tuple
    moments: tuple = ()
    others: int = 12


def insert(env, table, rows):
    """Insert rows, dicts with the same keys, in one statement; return their ids."""
    if not rows:
        return []
    ids = env.execute_query(
        SQL(
            "INSERT INTO %s (%s) VALUES %s RETURNING id",
            SQL.identifier(table),
            SQL(", ").join(SQL.identifier(name) for name in rows[0]),
            SQL(", ").join(SQL("%s", tuple(row.values())) for row in rows),
        )
    )
    return [row_id for (row_id,) in ids]


class DatasetCase(ExportCase):
    """Generated facts, written as rows: what the code under test has never seen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in LANGUAGES[1:]:
            cls.env["res.lang"]._activate_lang(lang)
        cls.env["ir.module.module"]._load_module_terms(
            ["service_quality"], list(LANGUAGES[1:])
        )
        folder = Path(__file__).parent.parent / "i18n"
        cls.words = {
            lang: {
                entry.msgid: entry.msgstr
                for entry in polib.pofile(str(folder / f"{lang[:2]}.po"))
                if entry.msgstr and "fuzzy" not in entry.flags
            }
            for lang in LANGUAGES[1:]
        }
        companies = cls.company + cls.other_company
        cls.manager.company_ids = companies
        cls.departments = cls.env["hr.department"].create(
            [
                {"name": name, "company_id": company.id}
                for company, name in zip(
                    cls.company + companies, ("Repair", "Sales", "Abroad"), strict=True
                )
            ]
        )
        cls.people = cls.env["hr.employee"].create(
            [
                {"name": f"Worker {number}", "company_id": companies[number % 2].id}
                for number in range(8)
            ]
        )

        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(4)]
        )

    def tr(self, text, lang):
        """Return the words of a language as its translators wrote them."""
        return self.words.get(lang, {}).get(text, text)

    # ------------------------------------------------------------------
    # Generated rows
    # ------------------------------------------------------------------

    def generate(self, shape):
        """Write the rows of a data set, and let its moment be now."""
        self.chance = random.Random(shape.seed)
        self.shape = shape
        self.now = shape.now
        self.first = datetime.fromisoformat(shape.date_from) - timedelta(days=3)
        last = datetime.fromisoformat(shape.date_to) + timedelta(days=4)
        self.seconds = int((last - self.first).total_seconds())
        dues = [self._any_moment() for _number in range(shape.promises)]
        for moment in shape.moments:
            dues += [moment + timedelta(seconds=shift) for shift in (-1, 0, 1)]
        insert(self.env, "service_promise", [self._promise_row(due) for due in dues])
        rows = [self._feedback_row(number) for number in range(shape.feedback)]
        insert(self.env, "service_feedback", rows)
        rows = [self._checklist_row(number) for number in range(shape.checklists)]
        ids = insert(self.env, "service_checklist", rows)
        rows = [
            self._line_row(*pair)
            for pair in zip([*ids, *ids], [*rows, *rows], strict=True)
        ]
        insert(self.env, "service_checklist_line", rows)
        others = range(shape.others)
        for table, make in (
            ("service_scope_change", self._scope_row),
            ("service_recovery", self._recovery_row),
            ("service_silent_customer", self._silent_row),
        ):
            insert(self.env, table, [make(number) for number in others])
        self.env.invalidate_all()

    def _any_moment(self):
        return self.first + timedelta(seconds=self.chance.randrange(self.seconds))

    def _link(self):
        """Return whose fact it is: mostly somebody's, seldom nobody's."""
        company = (self.company + self.other_company)[
            self.chance.random() > 0.7 if self.shape.companies == 2 else 0
        ]
        people = self.people.filtered(lambda row: row.company_id == company)
        teams = self.departments.filtered(lambda row: row.company_id == company)
        team = self.chance.choice([*teams.ids, None])
        nobody = self.chance.random() < 0.1
        return {
            "res_model": self.chance.choice(["helpdesk.ticket", "sale.order"]),
            "res_id": self.chance.randrange(1, 10**6),
            "res_name": f"Document {self.chance.randrange(100)}",
            "employee_id": None if nobody else self.chance.choice(people.ids),
            "department_id": team,
            "company_id": company.id,
        }

    def _promise_row(self, due):
        end = self.chance.choices(list(ENDS), self.shape.weights)[0]
        settlement, outcome, corrected = ENDS[end]
        late = 0
        if outcome == "late":  # whole seconds, with some on the edge of a grade
            late = self.chance.choice(
                [900, 3600, 7200, self.chance.randrange(1, 10**6)]
            )
        kind = self.chance.choice(KINDS)
        tolerance = timedelta(minutes=10 * (kind == "appointment"))
        settled = settlement and due + timedelta(seconds=late)
        return {
            **self._link(),
            "name": self.chance.choice(["Részletek", "=1+1", "Обещание", "Pump"]),
            "kind": kind,
            "source": self.chance.choice(["manual", "plan", "native"]),
            "partner_name": "Customer",
            "settlement": settlement,
            "corrected_outcome": corrected,
            "outcome": outcome,
            "is_counted": self.chance.random() < 0.8,
            "is_self_declared": self.chance.random() < 0.1,
            "date_made": due - timedelta(days=3, seconds=5),
            "date_due": due,
            "date_limit": due + tolerance,
            "date_settled": settled,
            "delay_hours": late / 3600,
        }

    def _feedback_row(self, number):
        has = self.chance.random() < 0.9
        return {
            **self._link(),
            "recipient": f"customer{number}@generated.example",
            "date_answered": self._any_moment(),
            "has_satisfaction": has,
            "satisfaction": self.chance.randrange(0, 101, 5) if has else 0,
            "reason": self.chance.choice(["result", "relationship", "both", None]),
            "is_manual": self.chance.random() < 0.2,
        }

    def _checklist_row(self, number):
        state = self.chance.choice(["passed", "failed", "todo", "waived"])
        moment = self._any_moment()
        is_done = state != "todo"
        return {
            **self._link(),
            "name": '{"en_US": "Generated list"}',
            "purpose": self.chance.choice(["work", "work", "self"]),
            "state": state,
            "score": self.chance.randrange(0, 101) / 100 if is_done else None,
            "date_started": moment,
            "date_done": moment + timedelta(hours=30) if is_done else None,
        }

    def _line_row(self, checklist_id, checklist):
        kind = self.chance.choice(["check", "score", "balance", "text"])
        value = self.chance.randrange(-3, 4) if kind == "balance" else 7
        answered = checklist["date_done"] and self.chance.random() < 0.8
        is_check = answered and kind == "check"
        return {
            "checklist_id": checklist_id,
            "sequence": self.chance.randrange(3),
            "name": self.chance.choice(['{"en_US": "Clear?"}', '{"en_US": "=2+2"}']),
            "kind": kind,
            "answer": self.chance.choice(["yes", "no", "na"]) if is_check else None,
            "value": value if answered else None,
            "is_answered": bool(answered),
            "comment": self.chance.choice([None, "Ügyes", "Точно"]),
            "date_answered": checklist["date_done"] if answered else None,
            "is_required": self.chance.random() < 0.5,
        }

    def _some_moment(self, chance=0.6):
        return self._any_moment() if self.chance.random() < chance else None

    def _any_of(self, model, name):
        return self.chance.choice(list(dict(self.env[model]._fields[name].selection)))

    def _scope_row(self, number):
        link = self._link()
        state = self._any_of("service.scope.change", "state")
        is_decided = state in ("confirmed", "declined")
        people = self.people.filtered(
            lambda row: row.company_id.id == link["company_id"]
        )
        return {
            **link,
            "employee_id": link["employee_id"] or people[0].id,
            "name": f"Change {number}",
            "state": state,
            "currency_id": self.company.currency_id.id,
            "partner_name": "Customer",
            "amount_delta": self.chance.choice([0, 12.5, -300]),
            "date_due_new": self._some_moment(),
            "create_date": self._any_moment(),
            "date_sent": self._some_moment(),
            "date_decided": self._any_moment() if is_decided else None,
            "decided_by": "Petra Portal" if is_decided else None,
            "customer_comment": self.chance.choice([None, "@no", "Хорошо"]),
            "is_answered_first": is_decided and self.chance.random() < 0.5,
            "is_work_unanswered": self.chance.random() < 0.2,
        }

    def _recovery_row(self, number):
        names = ("trigger", "state", "cause", "compensation_kind")
        opened = self._any_moment()
        return {
            **self._link(),
            **{name: self._any_of("service.recovery", name) for name in names},
            "partner_id": self.chance.choice(self.customers.ids),
            "description": f"Recovery {number}",
            "date_opened": opened,
            "date_due": opened + timedelta(hours=self.chance.randrange(80)),
            "date_apologised": self._some_moment(),
            "compensation_amount": self.chance.choice([0, 30, 99.99]),
            "date_closed": self._some_moment(),
            "is_in_time": self.chance.random() < 0.5,
        }

    def _silent_row(self, number):
        return {
            **self._link(),
            "partner_id": self.chance.choice(self.customers.ids),
            "state": self._any_of("service.silent.customer", "state"),
            "has_broken_promise": self.chance.random() < 0.5,
            "has_low_score": self.chance.random() < 0.5,
            "has_failed_checklist": self.chance.random() < 0.5,
            "event_count": number,
            "date_event": self._any_moment(),
            "date_contact": self.now - timedelta(seconds=self.chance.randrange(10**7)),
            "gap_days": self.chance.randrange(100) / 4,
            "limit_days": self.chance.randrange(300) / 4,
        }
