"""As test_awkward.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

from derivatives.test_awkward import smooth
from sheernet.derivatives import check_gradient


class TestWhatMayBeSlow:
    def test_is_compared_along_directions_however_few_its_entries(self, monkeypatch):
        from sheernet.derivatives.comparisons import function_checks

        ticks = iter(np.arange(0.0, 100.0, 1.0))
        monkeypatch.setattr(function_checks, "perf_counter", lambda: next(ticks))
        _, value, gradient, x = smooth(2)
        report = check_gradient(value, gradient, x)
        assert report.names[0] == "direction 1"

    @pytest.mark.parametrize("late", [1, 3])
    def test_is_not_what_waited_once_for_the_processor(self, late, monkeypatch):
        """The clock is read before and after each of two calls; one of them takes a minute."""
        from sheernet.derivatives.comparisons import function_checks

        times = [60.0 * (n >= late) for n in range(4)]
        monkeypatch.setattr(function_checks, "perf_counter", lambda: times.pop(0))
        _, value, gradient, x = smooth(2)
        assert check_gradient(value, gradient, x).names[0] != "direction 1"
