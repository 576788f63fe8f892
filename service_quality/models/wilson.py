"""Interval of a share, so that few promises are not read as many.

Source: E. B. Wilson, "Probable inference, the law of succession, and statistical
inference", Journal of the American Statistical Association 22 (1927), 209-212.
"""

from math import sqrt

#: Two-sided 95 % quantile of the standard normal distribution.
Z_95 = 1.959963984540054


def wilson_interval(successes, total, z=Z_95):
    """Wilson score interval of a binomial share.

    :param int successes: number of successes, 0 <= successes <= total
    :param int total: number of trials
    :param float z: quantile; the default gives 95 %
    :return: (low, high) as fractions 0-1, or (None, None) without trials
    """
    if not total:
        return None, None
    share = successes / total
    z2 = z * z
    centre = share + z2 / (2 * total)
    margin = z * sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    scale = 1 + z2 / total
    return max(0.0, (centre - margin) / scale), min(1.0, (centre + margin) / scale)
