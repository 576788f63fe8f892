"""Figures of customers' answers: plain functions of counts, each with its source.

Scales are those of ``service.feedback``: satisfaction and the two qualities 0-100,
likelihood to recommend 0-10. A figure of no answers is None, never 0.
"""

from math import sqrt

#: From here on a customer is satisfied: the two best of five faces, 8 to 10 of ten.
SATISFIED = 75
#: Reichheld (2003): promoters give 9 or 10, detractors 0 to 6.
PROMOTER, DETRACTOR = 9, 6
#: Under this many answers a figure would be about persons.
MIN_ANSWERS = 5
#: Two-sided 95 % of the normal distribution.
Z = 1.959964


def csat(satisfied, count):
    """Return the share of satisfied customers, 0-1, or None.

    "Top two boxes": satisfied / all who answered the question. Source: the usual
    definition of CSAT, as in ISO 10004:2018, annex on indirect indicators.

    :param int satisfied: answers of at least :data:`SATISFIED`
    :param int count: answers
    """
    return satisfied / count if count else None


def nps(promoters, detractors, count):
    """Return the net promoter score, -100 to 100, or None.

    Source: Reichheld, "The One Number You Need to Grow", HBR 12/2003: percentage of
    promoters (9-10) minus percentage of detractors (0-6).
    """
    return 100 * (promoters - detractors) / count if count else None


def nps_margin(promoters, detractors, count):
    """Return the margin of error of the score at 95 %, in points, or None.

    Source: variance of the difference of two shares of one multinomial sample,
    ``p + d - (p - d)^2``; see Rocks, "Interval Estimation for the Net Promoter
    Score", The American Statistician 70/4 (2016). With one answer it says nothing.
    """
    if count < 2:
        return None
    p, d = promoters / count, detractors / count
    return 100 * Z * sqrt((p + d - (p - d) ** 2) / count)


def response_rate(answered, asked):
    """Return the share of those asked who answered, 0-1, or None.

    Source: AAPOR response rate 1, with what we mailed as the sample: invitations,
    not the rows that a survey happens to have.
    """
    return answered / asked if asked else None


def share(part, whole):
    """Return a part as a share, 0-1, or None for nothing."""
    return part / whole if whole else None


def quadrant(technical, service):
    """Return where technical and service quality put somebody, or None.

    Source: Maister, "Managing the Professional Service Firm": the customer judges
    the work and the service apart. The line is :data:`SATISFIED`.

    :return: ``both``, ``work_only``, ``service_only``, ``neither`` or None
    """
    if technical is None or service is None:
        return None
    good_work, good_service = technical >= SATISFIED, service >= SATISFIED
    if good_work and good_service:
        return "both"
    if good_work:
        return "work_only"
    return "service_only" if good_service else "neither"


def shown(value, count, about_one):
    """Return a figure, or None where it would be about too few answers of a person.

    :param value: the figure
    :param int count: answers behind it
    :param bool about_one: the figure is about one person, or a team like one
    """
    return None if about_one and count < MIN_ANSWERS else value
