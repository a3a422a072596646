"""Initial weights are those of scikit-learn; lists of arrays and theta are the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn

pytest.importorskip("sklearn")
from sklearn.neural_network import MLPRegressor

from sheernet.models.estimators.mlp_weights import (
    Arrays,
    arrays_of,
    draw,
    fill,
    theta_of,
)

ARCHITECTURE = sn.Architecture((4, 3, 5, 2), skip=True)


@pytest.mark.parametrize("activation", ["relu", "logistic"])
@pytest.mark.parametrize("hidden", [(), (3,), (3, 5)])
def test_a_start_is_that_of_scikit_learn(activation: str, hidden: tuple[int, ...]) -> None:
    X, y = np.eye(4), np.eye(4)[:, :2]
    peer = MLPRegressor(
        hidden_layer_sizes=hidden, activation=activation, solver="adam", learning_rate_init=1e-300
    )
    peer.set_params(max_iter=1, random_state=7)
    with pytest.warns(match="Maximum iterations"):
        peer.fit(X, y)
    architecture = sn.Architecture((4, *hidden, 2))
    arrays = arrays_of(architecture, draw(architecture, activation, np.random.RandomState(7)))
    for ours, theirs in zip(
        arrays.coefs + arrays.intercepts, peer.coefs_ + peer.intercepts_, strict=True
    ):
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("activation", "factors"),
    [
        ("tanh", [6, 6, 6, 6]),
        ("sigmoid", [2, 2, 2, 2]),
        (["logistic", "relu"], [2, 6, 6, 6]),
        (["relu", "logistic"], [6, 2, 2, 2]),  # the output layer has the factor of the layer below
    ],
)
def test_the_bound_of_each_layer(activation: object, factors: list[int]) -> None:
    rng = np.random.RandomState(0)
    thetas = np.array([draw(ARCHITECTURE, activation, rng) for _ in range(2000)])
    fans = {"W1": (4, 3), "W2": (3, 5), "W3": (5, 2), "S": (4, 2)}
    for (name, fan), factor in zip(fans.items(), factors, strict=True):
        largest = np.abs(thetas[:, ARCHITECTURE.layout.block(name).slice]).max()
        bound = np.sqrt(factor / sum(fan))
        assert 0.99 * bound < largest <= bound, name


def test_a_skip_connection_is_drawn_last() -> None:
    with_skip = draw(ARCHITECTURE, "tanh", np.random.RandomState(1))
    without = draw(sn.Architecture((4, 3, 5, 2)), "tanh", np.random.RandomState(1))
    assert np.array_equal(with_skip[: without.size], without)


def test_lists_and_theta_are_the_same_numbers() -> None:
    theta = np.arange(ARCHITECTURE.n_parameters, dtype=float)
    arrays = arrays_of(ARCHITECTURE, theta)
    assert [W.shape for W in arrays.coefs] == [(4, 3), (3, 5), (5, 2)]
    assert [b.shape for b in arrays.intercepts] == [(3,), (5,), (2,)]
    assert arrays.skip is not None
    assert arrays.skip.shape == (4, 2)
    assert np.array_equal(theta_of(ARCHITECTURE, arrays), theta)
    arrays.coefs[0][:] = -1  # the caller's own copy
    assert theta[0] == 0


def test_arrays_of_another_shape_are_refused() -> None:
    arrays = arrays_of(ARCHITECTURE, np.zeros(ARCHITECTURE.n_parameters))
    with pytest.raises(
        sn.InvalidInput, match=r"coefs_ must have 3 arrays, one per layer, but 2 were"
    ):
        theta_of(ARCHITECTURE, Arrays(arrays.coefs[:2], arrays.intercepts, arrays.skip))
    theta = np.zeros(ARCHITECTURE.n_parameters)
    with pytest.raises(
        sn.ShapeMismatch, match=r"intercept_init\[1\] has shape \(3,\) but must have"
    ):
        fill(ARCHITECTURE, theta, "intercept_init", [np.zeros(3)] * 3, ("biases",))
    with pytest.raises(sn.InvalidInput, match=r"intercept_init\[0\] must be finite"):
        fill(ARCHITECTURE, theta, "intercept_init", [np.full(3, np.nan)] * 3, ("biases",))
