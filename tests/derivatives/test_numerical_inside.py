"""As test_numerical.py, by names that are not published."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivatives.test_numerical import KNOWN, of_vector, points, rounding, smooth
from sheernet.derivatives import (
    estimate_gradient,
)
from sheernet.derivatives.comparisons import K_NUMERIC


def pseudo_noise(x):
    """A number in [-1, 1] that changes with every x, as noise does."""
    return np.random.default_rng(np.float64(x).view(np.uint64)).uniform(-1, 1)


class TestEstimate:
    @smooth
    @given(x=points)
    @settings(max_examples=60)
    def test_its_uncertainty_bounds_the_true_error(self, name, x):
        f, derivative = KNOWN[name]
        estimate = estimate_gradient(of_vector(f), [x])
        bound = K_NUMERIC * estimate.uncertainty[0] + rounding(name, x)
        assert abs(estimate.gradient[0] - derivative(x)) <= bound

    @given(st.floats(-6, 0), st.sampled_from([-1.0, 1.0]))
    def test_it_is_not_fooled_by_a_kink_nearby(self, exponent, side):
        x = side * 10.0**exponent
        estimate = estimate_gradient(lambda x: 2 * abs(x[0]) + math.sin(x[0]), [x])
        assert (
            abs(estimate.gradient[0] - 2 * side - math.cos(x))
            <= K_NUMERIC * estimate.uncertainty[0]
        )

    def test_it_is_not_fooled_by_many_kinks_at_once(self):
        for seed in range(300):
            rng = np.random.default_rng(seed)
            jumps, places = rng.normal(size=50), rng.uniform(-2e-3, 2e-3, 50)
            slope = -float(np.sum(jumps * np.sign(places)))
            estimate = estimate_gradient(
                lambda x, j=jumps, t=places: 1e7 + np.sum(j * np.abs(x[0] - t)), [0.0]
            )
            assert abs(estimate.gradient[0] - slope) <= K_NUMERIC * estimate.uncertainty[0], seed

    @pytest.mark.parametrize("amplitude", [1e-12, 1e-8, 1e-4])
    @given(x=points)
    @settings(max_examples=30)
    def test_it_knows_the_noise_of_the_function(self, amplitude, x):
        noisy = of_vector(lambda x: math.sin(x) + amplitude * pseudo_noise(x))
        estimate = estimate_gradient(noisy, [x])
        assert amplitude / 6 <= estimate.noise <= 1.5 * amplitude  # its standard deviation is 0.58
        assert abs(estimate.gradient[0] - math.cos(x)) <= K_NUMERIC * estimate.uncertainty[0]
