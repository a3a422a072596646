"""As test_scales.py, by names that are not published."""

from __future__ import annotations

import numpy as np

from sheernet.derivatives.estimates import roughness, value_spacing
from sheernet.derivatives.estimates.function_noise import noise_at_any_precision


class TestNoise:
    def test_of_a_narrow_peak_is_its_rounding(self):
        noise, _ = noise_at_any_precision(
            lambda x: np.exp(-((x[0] - 1.7e9) ** 2)), np.array([1.7e9 + 0.5])
        )
        assert noise <= 1e-6  # x is rounded to 2e-7, and the slope is near 1

    def test_of_whole_numbers_is_half_their_distance(self):
        assert value_spacing([3.0, 5.0, 1e4]) == 1.0
        assert value_spacing([np.float32(0.1).item(), np.float32(0.7).item()]) < 1e-6

    def test_roughness_is_that_of_jumps_and_not_of_a_smooth_function(self):
        x = np.array([1.3, 0.4])
        smooth = lambda x: np.sum(np.exp(np.sin(3 * x)))  # noqa: E731
        jumps = lambda x: smooth(x) + 1e-8 * np.sin(np.floor(300 * x[0]))  # noqa: E731
        narrow = lambda x: smooth(x) + np.tanh(1e5 * (x[0] - 1.3))  # noqa: E731
        assert roughness(smooth, x)[0] < 1e-14
        assert 1e-9 < roughness(jumps, x)[0] < 1e-7
        assert roughness(narrow, x)[0] < 1e-14
