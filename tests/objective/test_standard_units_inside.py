"""As test_standard_units.py, by names that are not published."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from objective.test_standard_units import X, Y
from sheernet.objective.standard_units import Moments


@given(st.integers(1, 19))
def test_moments_of_parts_are_joined(first):
    w = np.linspace(0.5, 2.0, 20)
    whole = Moments.of(X, Y, w)
    joined = Moments.of(X[:first], Y[:first], w[:first]).joined(
        Moments.of(X[first:], Y[first:], w[first:])
    )
    for a, b in zip(joined, whole, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
