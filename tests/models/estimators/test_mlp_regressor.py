"""Numbers as targets: shapes, counts, and the loss of several outputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheernet as sn

pytest.importorskip("sklearn")
from sklearn.exceptions import DataConversionWarning

RNG = np.random.default_rng(8)
X = RNG.normal(size=(50, 3))
Y = np.column_stack([X[:, 0] + X[:, 1] ** 2, np.abs(X[:, 2])])


def perceptron(**given: Any) -> Any:
    return sn.MLPRegressor(
        **{"hidden_layer_sizes": (3,), "activation": "tanh", "solver": "lbfgs", "random_state": 0, "alpha": 1.0}
        | {"max_iter": 500, **given}
    )  # fmt: skip


def test_one_output_is_a_vector_and_several_are_a_table() -> None:
    assert perceptron().fit(X, Y[:, 0]).predict(X).shape == (50,)
    assert perceptron().fit(X, Y).predict(X).shape == (50, 2)
    assert perceptron().fit(X, Y).predict(X[:1]).shape == (1, 2)
    with pytest.warns(DataConversionWarning):
        assert perceptron().fit(X, Y[:, :1]).predict(X).shape == (50,)


@pytest.mark.parametrize("y", [Y[:, 0].tolist(), Y[:, 0].astype(object), (Y[:, 0] > 0)])
def test_targets_of_other_types_are_numbers(y: Any) -> None:
    expected = perceptron().fit(X, np.asarray(y, dtype=float)).network_.theta
    assert np.array_equal(perceptron().fit(X, y).network_.theta, expected)


def test_the_loss_of_several_outputs_is_their_sum() -> None:
    network = perceptron().fit(X, Y)
    squares = 0.5 * ((network.predict(X) - Y) ** 2).sum(axis=1)  # over the outputs
    penalty = 1.0 / 2 * sum((W**2).sum() for W in network.coefs_) / 50
    assert network.loss_ == pytest.approx(squares.mean() + penalty, rel=1e-12)


def test_counts_below_0_are_refused() -> None:
    with pytest.raises(ValueError, match="'poisson' must be at least 0"):
        perceptron(loss="poisson").fit(X, Y[:, 0] - 10)


def test_predictions_of_counts_are_positive() -> None:
    network = perceptron(loss="poisson").fit(X, np.abs(Y))
    assert network.out_activation_ == "exp"
    assert (network.predict(10 * X) > 0).all()
