"""Transforms of targets: inverses, derivatives and moments, against SciPy and central differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sheernet import InvalidInput
from sheernet.statistics import JohnsonTransform

TWO = JohnsonTransform((-0.5, 1.0), (0.8, 2.0), (2.0, -1.0), (0.3, 5.0))
"""For two targets."""
points = st.lists(st.floats(-4, 4), min_size=2, max_size=2).map(np.array)


@given(z=points)
def test_the_inverse(z: np.ndarray) -> None:
    assert TWO.forward(TWO.inverse(z)) == pytest.approx(z, abs=1e-12)


@given(z=points)
def test_the_jacobian_is_the_derivative(z: np.ndarray) -> None:
    y = TWO.inverse(z)
    h = 1e-6 * (1.0 + np.abs(y))
    difference = (TWO.forward(y + h) - TWO.forward(y - h)) / (2 * h)
    assert np.exp(TWO.log_jacobian(y)) == pytest.approx(difference, rel=1e-5)


@given(z=points, variance=st.floats(0.01, 3.0))
def test_moments_of_normal_transforms(z: np.ndarray, variance: float) -> None:
    """SciPy's johnsonsu: y = center + width sinh((x - a) / b) with a standard normal x."""
    shift, slope, center, width = map(np.array, vars(TWO).values())
    scale = np.sqrt(variance)
    theirs = stats.johnsonsu((shift - z) / scale, slope / scale, center, width)
    means = TWO.means(z, np.array(variance))
    assert means == pytest.approx(theirs.mean(), rel=1e-9, abs=1e-9)
    assert TWO.variances(means, np.array(variance)) == pytest.approx(theirs.var(), rel=1e-6)
    assert TWO.locations(means, np.array(variance)) == pytest.approx(z, abs=1e-9)


@given(z=points, variance=st.floats(0.01, 3.0))
def test_slopes_are_derivatives_of_the_means(z: np.ndarray, variance: float) -> None:
    h = 1e-6
    by_location, by_log_variance = TWO.slopes(z, variance)
    assert by_location == pytest.approx(
        (TWO.means(z + h, variance) - TWO.means(z - h, variance)) / (2 * h), rel=1e-5
    )
    more, less = (TWO.means(z, variance * np.exp(step)) for step in (h, -h))
    assert by_log_variance == pytest.approx((more - less) / (2 * h), rel=1e-4, abs=1e-6)


def test_the_transform_of_one_target() -> None:
    y = np.array([[0.3, 7.0]])
    assert TWO.of_target(1).forward(y[:, 1]) == TWO.forward(y)[:, 1]


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        (((0.0,), (0.0,), (0.0,), (1.0,)), "slope of a transform must be positive"),
        (((0.0,), (1.0,), (0.0,), (-1.0,)), "width of a transform must be positive"),
        (((np.nan,), (1.0,), (0.0,), (1.0,)), "shift of a transform must be"),
        (((0.0, 1.0), (1.0,), (0.0,), (1.0,)), "four numbers for each target"),
    ],
)
def test_refuses(numbers: tuple, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        JohnsonTransform(*numbers)
