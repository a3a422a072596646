"""As test_lost_points.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.data.formats.lost_points import lost_point


@given(
    st.floats(0.01, 1e5),
    st.lists(st.floats(1.0, 99.0), min_size=20, max_size=200),
    st.integers(0, 3),
)
def test_numbers_of_one_size_are_not(low: float, factors: list[float], decimals: int) -> None:
    """Also if some of them are whole."""
    values = low * np.array(factors)
    assert lost_point(np.r_[np.round(values, decimals), np.round(values)]) is None


@pytest.mark.parametrize(
    "values",
    [
        np.array(
            [1.0, 2.2, 3.3, 4.7, 6.8, 10, 22, 33, 47, 68, 100, 220, 330, 470, 680, 1000, 2200]
        ),
        np.array([-999.0] * 9 + [0.5, 1.25, 0.75, 1.5, 0.25, 1.75]),
        np.r_[np.arange(5.0), np.arange(0.5, 9.0)],
        np.r_[np.arange(1.0, 9.0), 1e-307 * np.arange(2.0, 8.0), 0.01],
        np.array([np.nan, 1.5]),
        np.array([]),
    ],
    ids=["resistors", "a code", "halves", "tiny numbers", "one", "none"],
)
def test_other_numbers_are_not(values: np.ndarray) -> None:
    assert lost_point(values) is None
