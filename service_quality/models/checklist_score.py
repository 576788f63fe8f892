"""What the answers of a checklist are worth: plain functions, no record in sight.

The formula, which ``report/definitions.py`` tells the readers:

* a line is worth 0-1 *points*: yes 1, no 0; a score 1-10 is worth (score - 1) / 9;
  a balance -2..2 is worth 1 - abs(balance) / 2, so its best answer is the middle;
* "not applicable", texts and what nobody answered have no points: they leave the
  numerator and the denominator;
* the *score* of a checklist is sum(points * weight) / sum(weight), 0-1;
* it *failed* as soon as a critical line has less than half of its points, or when
  it is complete and its score is below the pass score of its template.
"""

#: Range of the value per kind of line that has one.
VALUE_RANGES = {"score": (1, 10), "balance": (-2, 2)}
#: A critical line with fewer points than this fails the whole checklist.
CRITICAL_POINTS = 0.5
#: Scores are stored with four digits: 0.7 out of ten times 0.1 is 0.7.
ROUNDING = 4


def has_points(kind, answer, is_answered):
    """Tell whether a line enters the score.

    :param str kind: ``check``, ``score``, ``balance`` or ``text``
    :param str answer: ``yes``, ``no``, ``na`` or nothing
    :param bool is_answered: somebody, or the ledger, answered it
    """
    return bool(is_answered) and kind != "text" and answer != "na"


def get_points(kind, answer, value):
    """Return what the answer of one line is worth, 0-1.

    Ask :func:`has_points` first.

    :param int value: 1-10 for a score, -2..2 for a balance
    """
    if kind == "score":
        low, high = VALUE_RANGES["score"]
        return (value - low) / (high - low)
    if kind == "balance":
        return 1 - abs(value) / VALUE_RANGES["balance"][1]
    return 1.0 if answer == "yes" else 0.0


def is_failing(kind, answer, value):
    """Tell whether this answer to a critical line fails the whole checklist."""
    is_scored = has_points(kind, answer, True)
    return is_scored and get_points(kind, answer, value) < CRITICAL_POINTS


def get_score(rows):
    """Return the score of a checklist, 0-1; 0 while nothing is scored.

    :param rows: iterable of (points, weight) of the lines that have points
    """
    rows = list(rows)
    weight = sum(weight for _points, weight in rows)
    if not weight:
        return 0.0
    return round(sum(points * weight for points, weight in rows) / weight, ROUNDING)


def get_state(score, pass_score, critical_points, is_complete, is_scored, is_waived):
    """Return ``todo``, ``passed``, ``failed`` or ``waived``.

    :param float score: of the checklist, 0-1
    :param float pass_score: least score that passes, 0-1; 0 asks for none
    :param critical_points: points of the critical lines that have points
    :param bool is_complete: every line that must be answered is
    :param bool is_scored: at least one line of some weight has points; a checklist
        on which nothing was applicable did not fail its pass score
    :param bool is_waived: a manager let the document go without it
    """
    if is_waived:
        return "waived"
    if any(points < CRITICAL_POINTS for points in critical_points):
        return "failed"
    if not is_complete:
        return "todo"
    if is_scored and score < round(pass_score or 0.0, ROUNDING):
        return "failed"
    return "passed"
