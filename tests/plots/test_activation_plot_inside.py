"""As test_activation_plot.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.plots.activation_plot import ActivationCurve


class TestCurve:
    def test_sigmoid_is_that_of_its_formula(self) -> None:
        curve = ActivationCurve.of(sn.activations.sigmoid)
        expected = 1 / (1 + np.exp(-curve.z))
        assert np.allclose(curve.value, expected, rtol=1e-14)
        assert np.allclose(curve.derivative, expected * (1 - expected), rtol=1e-12)
        assert (curve.z[0], curve.z[-1], curve.jump) == (-6.0, 6.0, False)

    @pytest.mark.parametrize(("activation", "left"), [("relu", 0.0), ("leaky_relu", 0.01)])
    def test_the_derivative_is_broken_where_it_jumps(self, activation, left) -> None:
        curve = ActivationCurve.of(sn.activations.get(activation))
        gaps = np.flatnonzero(np.isnan(curve.derivative))
        assert curve.jump
        assert curve.z[gaps].tolist() == [0.0]
        assert curve.derivative[gaps - 1].tolist() == [left]
        assert curve.derivative[gaps + 1].tolist() == [1.0]
        assert np.all(np.diff(curve.z) >= 0)

    def test_what_grows_fast_is_shown_over_a_shorter_range(self) -> None:
        curve = ActivationCurve.of(sn.activations.exp)
        assert curve.z[-1] == 3.0
        assert curve.value.max() == pytest.approx(np.e**3)

    def test_softmax_is_its_first_entry_for_two(self) -> None:
        curve = ActivationCurve.of(sn.activations.softmax)
        assert curve.derivative is None
        assert np.allclose(curve.value, 1 / (1 + np.exp(-curve.z)), rtol=1e-14)
