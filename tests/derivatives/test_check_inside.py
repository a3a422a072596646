"""As test_check.py, by names that are not published."""

from __future__ import annotations

import numpy as np

from derivatives.test_check import X, wave, wave_gradient
from sheernet.derivatives import check_gradient
from sheernet.derivatives.comparisons import verdicts as rule


class TestVerdict:
    def test_a_negligible_entry_passes_although_values_cannot_show_it(self):
        report = check_gradient(
            lambda x: 1e4 * np.exp(x[0]) + 1e-20 * x[1],
            lambda x: [1e4 * np.exp(x[0]), 1e-20],
            [0.0, 0.0],
        )
        assert report.verdicts == ("pass", "pass")
        assert report.tolerance[1] <= rule.NEGLIGIBLE_SHARE * 1e4

    def test_criterion_states_the_constants(self):
        criterion = check_gradient(wave, wave_gradient, X).criterion
        for constant in (
            rule.K_NUMERIC,
            rule.K_ANALYTIC,
            rule.RTOL,
            rule.RESOLUTION,
            rule.NEGLIGIBLE_SHARE,
        ):
            assert f" {constant:g} " in criterion
