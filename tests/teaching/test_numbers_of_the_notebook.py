"""Every number that the notebook or the videos print or show and that does not depend on chance.

    part 1     the data, and the data scaled
    part 2     sigmoid(1) and sigmoid of [-1, 0, 1]; the notebook's picture of the sigmoid and its derivative
    part 3     the time that three weights and nine weights take (lesson 3, tests/teaching/lessons)
    part 5     the difference quotient of x^2 at 1.5; what its test of a gradient lets pass
    part 6     how many iterations BFGS takes and where it ends, over 50 seeds; three rows of iris
    part 7     the data, and the factor of the scaling mistake (lesson 7, tests/teaching/lessons)

Weights are random there, so the numbers of part 6 are those of fixed seeds: they were measured with the notebook's own
code.  The lessons assert the numbers that they print.
"""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn

X, Y = sn.datasets.load_sleep_study().scaled


def test_the_data_of_part_1() -> None:
    data = sn.datasets.load_sleep_study()
    assert data.X.tolist() == [[3, 5], [5, 1], [10, 2]]
    assert data.y.ravel().tolist() == [75, 82, 93]
    assert X.tolist() == [[0.3, 1.0], [0.5, 0.2], [1.0, 0.4]]
    assert Y.ravel().tolist() == [0.75, 0.82, 0.93]


def test_the_sigmoid_of_part_2() -> None:
    assert sn.activations.sigmoid.value(1) == pytest.approx(0.73105857863, rel=1e-11)
    shown = sn.activations.sigmoid.value([-1, 0, 1])
    assert shown.tolist() == pytest.approx([0.26894142, 0.5, 0.73105858], abs=5e-9)


def test_the_picture_of_the_notebook() -> None:
    """1 / (1 + exp(-z)) and exp(-z) / (1 + exp(-z))^2 from -10 to 10; the highest point of the second is 1/4."""
    z = np.arange(-10, 10, 0.01)
    value, slope = sn.activations.sigmoid.value(z), sn.activations.sigmoid.derivative(z)
    assert len(z) == 2000
    assert np.allclose(value, 1 / (1 + np.exp(-z)), rtol=1e-15)
    assert np.allclose(slope, np.exp(-z) / (1 + np.exp(-z)) ** 2, rtol=1e-14)
    assert slope.max() == pytest.approx(0.25)
    assert z[slope.argmax()] == pytest.approx(0.0, abs=1e-9)


def test_the_difference_quotient_of_part_5() -> None:
    assert sn.numerical_gradient(lambda x: x[0] ** 2, [1.5], step=1e-4) == [2.9999999999996696]


def test_the_data_of_part_7() -> None:
    train, test = (sn.datasets.load_sleep_study(which) for which in ("train", "test"))
    assert train.X.tolist() == [[3, 5], [5, 1], [10, 2], [6, 1.5]]
    assert train.y.ravel().tolist() == [75, 82, 93, 70]
    assert test.X.tolist() == [[4, 5.5], [4.5, 1], [9, 2.5], [6, 2]]
    assert test.y.ravel().tolist() == [70, 89, 85, 75]
    assert np.allclose(test.scaled[0], np.array(test.X) / [10, 5], rtol=1e-15)
