"""As test_bfgs.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

from optimizers.test_bfgs import module


class TestUpdate:
    @pytest.mark.parametrize("size", [3, 300])
    def test_equals_the_product_form(self, size):
        """(6.17) as in the book, and the secant equation H y = s."""
        rng = np.random.default_rng(size)
        B = rng.standard_normal((size, size))
        H = B @ B.T / size + np.eye(size)
        H = (H + H.T) / 2
        s = rng.standard_normal(size)
        y = s + 0.3 * rng.standard_normal(size)
        rho = 1 / (y @ s)
        left = np.eye(size) - rho * np.outer(s, y)
        expected = left @ H @ left.T + rho * np.outer(s, s)
        assert module._update(H, s, y, False)
        np.testing.assert_allclose(H, expected, atol=1e-11 * np.abs(expected).max())
        np.testing.assert_allclose(H @ y, s, atol=1e-10 * np.abs(s).max())

    def test_first_pair_scales_the_identity(self):
        """(6.20), then (6.17)."""
        s, y = np.array([1.0, 0.0]), np.array([4.0, 2.0])
        H = np.eye(2)
        module._update(H, s, y, True)
        assert H[1, 1] != 1.0
        gamma = (s @ y) / (y @ y)
        left = np.eye(2) - np.outer(s, y) / (y @ s)
        np.testing.assert_allclose(H, gamma * left @ left.T + np.outer(s, s) / (y @ s), rtol=1e-14)

    @pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
    def test_pair_without_curvature_is_left_out_at_any_scale(self, scale):
        H = np.diag([2.0, 3.0])
        s = np.array([1.0, 0.0])
        assert not module._update(H, s, scale * np.array([-1.0, 0.0]), False)
        assert not module._update(H, s, scale * np.array([1e-11, 1.0]), False)
        np.testing.assert_array_equal(H, np.diag([2.0, 3.0]))
        assert module._update(H, s, scale * np.array([1e-3, 0.0]), False)
