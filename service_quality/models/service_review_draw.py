import json
import secrets
from collections import Counter
from datetime import timedelta
from random import Random

from odoo import api, fields, models

#: Weeks of earlier assignments that count for a fair spread.
FAIR_WEEKS = 13


class ServiceReviewDraw(models.Model):
    """One weekly draw: from what, with which seed, and what came out.

    Enough to repeat the draw by hand: for every employee ``random.Random(seed-id)``
    takes a sample of the sorted ids of the pool. The unique index is the claim: two
    crons cannot both draw a week.
    """

    _name = "service.review.draw"
    _description = "Draw for Review"
    _inherit = ["service.sealed.mixin"]
    _order = "week desc, id desc"
    _rec_name = "week"

    program_id = fields.Many2one(
        "service.review.program", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    week = fields.Date("Week of", required=True, readonly=True)
    seed = fields.Char(required=True, readonly=True)
    sample_size = fields.Integer(readonly=True)
    candidates = fields.Text(
        required=True,
        readonly=True,
        help="Documents that could be drawn, per employee (JSON).",
    )
    pool_size = fields.Integer("Documents in the Pool", readonly=True)
    drawn = fields.Text(
        required=True, readonly=True, help="Documents drawn, per employee (JSON)."
    )
    assignment_ids = fields.One2many(
        "service.review.assignment", "draw_id", readonly=True
    )
    assignment_count = fields.Integer("Assignments", readonly=True)
    is_repeatable = fields.Boolean(
        "Repeats", compute="_compute_is_repeatable", help="Drawn again, it is the same."
    )

    _week_uniq = models.UniqueIndex(
        "(program_id, week)", "This week has been drawn already."
    )

    @api.depends("seed", "candidates", "drawn", "sample_size")
    def _compute_is_repeatable(self):
        for draw in self:
            pool = json.loads(draw.candidates or "{}")
            again = draw._service_sample(draw.seed, pool, draw.sample_size)
            draw.is_repeatable = again == json.loads(draw.drawn or "{}")

    @api.model
    def _service_sample(self, seed, pool, size):
        """Return the documents drawn uniformly at random, per employee.

        :param str seed: what the chance starts from
        :param dict pool: employee id (str) -> ids of his documents
        :param int size: at most so many per employee
        """

        def sample(key, ids):
            # no secret: whoever doubts the draw, draws it again
            chance = Random(f"{seed}-{key}")  # noqa: S311
            return sorted(chance.sample(sorted(ids), min(size, len(ids))))

        return {key: sample(key, ids) for key, ids in sorted(pool.items())}

    @api.model
    def _service_draw(self, program, week, documents, eligible, seed=None):
        """Draw, record and hand out; see ``service.review.program``.

        :param program: service.review.program, as superuser
        :param week: date of the Monday
        :param documents: candidates, as superuser
        :param dict eligible: document id -> reviewers
        :param str seed: default fresh randomness
        :return: the draw, unsealed
        """
        seed = seed or secrets.token_hex(16)
        pool = {}
        for document in documents.filtered(lambda doc: doc.id in eligible):
            key = str(document._service_get_employee().id)
            pool.setdefault(key, []).append(document.id)
        drawn = self._service_sample(seed, pool, program.sample_size)
        pairs = self._service_spread(program, drawn, eligible, seed)
        draw = self._service_unseal().create(
            [
                {
                    "program_id": program.id,
                    "company_id": program.company_id.id,
                    "week": week,
                    "seed": seed,
                    "sample_size": program.sample_size,
                    "candidates": json.dumps(
                        {key: sorted(ids) for key, ids in pool.items()}
                    ),
                    "pool_size": sum(map(len, pool.values())),
                    "drawn": json.dumps(drawn),
                    "assignment_count": len(pairs),
                }
            ]
        )
        model = self.env[program.res_model].sudo()  # as the program sees them
        for res_id, reviewer in pairs:
            self.env["service.review.assignment"]._service_assign(
                draw, model.browse(res_id), reviewer
            )
        return draw

    @api.model
    def _service_spread(self, program, drawn, eligible, seed):
        """Give each drawn document a reviewer: equal loads first, new pairs next.

        :return: list of (document id, reviewer)
        """
        rng = Random(f"{seed}-reviewers")  # noqa: S311  # as above
        load, total, met = Counter(), Counter(), Counter()
        recent = self.env["service.review.assignment"]._service_unseal()
        since = fields.Datetime.now() - timedelta(weeks=FAIR_WEEKS)
        for reviewer, employee, count in recent._read_group(
            [("program_id", "=", program.id), ("create_date", ">=", since)],
            ["reviewer_id", "employee_id"],
            ["__count"],
        ):
            total[reviewer.id] += count
            met[reviewer.id, employee.id] += count
        todo = [(res_id, int(key)) for key, ids in drawn.items() for res_id in ids]
        rng.shuffle(todo)
        # Whoever has little choice chooses first
        todo.sort(key=lambda item: len(eligible[item[0]]))
        pairs = []
        for res_id, employee_id in todo:
            reviewer = min(
                eligible[res_id],
                key=lambda user: (
                    load[user.id],
                    met[user.id, employee_id],
                    total[user.id],
                    rng.random(),
                ),
            )
            load[reviewer.id] += 1
            total[reviewer.id] += 1
            met[reviewer.id, employee_id] += 1
            pairs.append((res_id, reviewer))
        return pairs
