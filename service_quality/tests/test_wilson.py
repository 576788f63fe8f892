from odoo.tests import BaseCase, tagged

from ..models.wilson import Z_95, wilson_interval

#: (successes, total, low, high): R. G. Newcombe, "Two-sided confidence intervals for
#: the single proportion", Statistics in Medicine 17 (1998), table I, method 3.
KNOWN = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@tagged("post_install", "-at_install")
class TestWilson(BaseCase):
    def test_known_intervals(self):
        for successes, total, low, high in KNOWN:
            with self.subTest(successes=successes, total=total):
                interval = wilson_interval(successes, total)
                self.assertAlmostEqual(interval[0], low, places=4)
                self.assertAlmostEqual(interval[1], high, places=4)

    def test_no_trial_no_interval(self):
        self.assertEqual(wilson_interval(0, 0), (None, None))

    def test_inside_zero_and_one_and_around_the_share(self):
        for total in range(1, 60):
            for successes in range(total + 1):
                low, high = wilson_interval(successes, total)
                self.assertLessEqual(0.0, low)
                self.assertLessEqual(high, 1.0)
                self.assertLessEqual(low, successes / total + 1e-12)
                self.assertLessEqual(successes / total, high + 1e-12)
                self.assertLess(low, high)

    def test_bounds_solve_the_score_equation(self):
        """Wilson: the bounds are where |share - p| = z sqrt(p (1 - p) / n)."""
        for successes, total in ((3, 17), (60, 61), (999, 1000)):
            for bound in wilson_interval(successes, total):
                distance = abs(successes / total - bound)
                spread = Z_95 * (bound * (1 - bound) / total) ** 0.5
                self.assertAlmostEqual(distance, spread, places=9)

    def test_mirror(self):
        low, high = wilson_interval(3, 20)
        mirror_low, mirror_high = wilson_interval(17, 20)
        self.assertAlmostEqual(low, 1 - mirror_high)
        self.assertAlmostEqual(high, 1 - mirror_low)

    def test_more_promises_narrow_the_interval(self):
        widths = []
        for total in (10, 100, 1000, 100_000):
            low, high = wilson_interval(total * 9 // 10, total)
            widths.append(high - low)
        self.assertEqual(widths, sorted(widths, reverse=True))
        self.assertLess(widths[-1], 0.004)
