"""What each figure means: one text, shown on the dashboard, in the workbook, in help.

Translatable through ``_lt``: the reader's language decides when it is shown.
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

DEFINITIONS = {
    "kept_rate": _lt(
        "Kept / (kept + late + missed + overdue). Moved, excused and withdrawn "
        "promises are neutral and shown beside it. Without a counted promise there "
        "is no rate."
    ),
    "counted": _lt(
        "Promises that were kept, late or missed, or are overdue now, and that the "
        "customer knew of early enough."
    ),
    "kept": _lt("The evidence came at or before the due moment, to the second."),
    "late": _lt("The evidence came after the due moment."),
    "missed": _lt("The document was closed without the evidence."),
    "overdue": _lt("The due moment has passed and there is no evidence yet."),
    "neutral": _lt(
        "Moved with the customer's word before due, excused by a manager, or no "
        "longer wanted."
    ),
    "cancelled": _lt(
        "How many of the neutral ones ended because the document was cancelled or "
        "rejected before due."
    ),
    "interval": _lt(
        "Wilson interval: with so few promises the true rate lies in this range, in "
        "95 of 100 cases."
    ),
    "open": _lt("Promises of the period that run and are not due yet."),
    "uncounted": _lt(
        "The customer did not know of it early enough, it was kept as soon as it was "
        "told or by the same evidence as another one, a call was self-declared without "
        "a trace, or an update came right after another."
    ),
    "overdue_now": _lt("Promises whose due moment has passed, whatever the period."),
    "satisfaction": _lt(
        "Mean of the customers' answers, 0-100; shown for a person from five answers."
    ),
    "checklist_score": _lt(
        "Mean score of the checklists done in the period, 0-100 %. A checklist's score "
        "is the weighted mean of its lines: yes 1, no 0, a score (score - 1) / 9, a "
        "balance 1 - |balance| / 2; not applicable and texts stay out."
    ),
    "delay": _lt(
        "Working hours by which late promises that count were late: half of them by at "
        "most the median, nine of ten by at most the 90th percentile. Rounded up to "
        "the next of: a quarter, half, three quarters, 1, 1.5, 2 to 8, 10, 12, 14, 16, "
        "20 to 32 by four, 40 to 80 by eight, 120 to 240 by forty, 400, 1000 hours."
    ),
    "moved": _lt("A new date that the customer agreed to before the old one expired."),
    "excused": _lt("Excused by a manager: warned before due, apologised, made good."),
    "withdrawn": _lt("No longer wanted, or the document was cancelled before due."),
    "due_today": _lt("Promises that run and are due today, whatever the period."),
    "open_now": _lt("Promises that run and are not overdue, whatever the period."),
    "is_few": _lt(
        "Under the number of counted promises that the company set nobody is compared "
        "with others."
    ),
    "team": _lt(
        "The others of the department, or of the company, together; from three people."
    ),
    "failed_lines": _lt(
        "Answers of the period under half of the points, a no, a score under 6 or a "
        "balance of two, and their share of all answers to the question that have "
        "points."
    ),
    "heatmap": _lt(
        "By weekday and hour of due in your time zone: counted promises, and how many "
        "of them were late, missed or are overdue."
    ),
    "quadrant": _lt(
        "Means of the customers' answers, 0-100: the work itself, and how we dealt "
        "with the customer. From five answers that hold both."
    ),
    "recoveries": _lt(
        "Recoveries opened in the period. In time: the customer was won back by the "
        "due moment, of those that ended or are overdue."
    ),
    "silent": _lt(
        "Customers who had a bad event and were not seen in their own rhythm since. "
        "Estimated: those who complained, divided by the share of dissatisfied "
        "customers who complain."
    ),
    "period": _lt("A promise belongs to the period in which it was due."),
}


def get_definitions(env):
    """Return {figure: text in the reader's language}."""
    return {key: env._(text) for key, text in DEFINITIONS.items()}
