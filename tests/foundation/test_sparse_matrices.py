"""Sparse matrices of SciPy are used wherever arrays are, with the same results."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import coo_array, csc_matrix, csr_matrix

import sheernet as sn

X = np.random.default_rng(0).uniform(-1, 1, (30, 2))
X[::3, 1] = 0.0
Y = np.exp(X.sum(axis=1, keepdims=True))
FORMS = [csr_matrix, csc_matrix, coo_array]


@pytest.mark.filterwarnings("ignore:the test rows are the training rows")
@pytest.mark.parametrize("form", FORMS)
def test_fit_score_and_predict_as_arrays_do(form: Any) -> None:
    how: dict[str, Any] = {"hidden": 1, "decay": 0.1, "held_out": 0}
    expected = sn.fit(X, Y, weights=np.ones(30), test=(X, Y), **how)
    model = sn.fit(form(X), form(Y), weights=form(np.ones((30, 1))), test=(form(X), form(Y)), **how)
    assert np.array_equal(model.predict(form(X)), expected.predict(X))
    assert model.score(form(X), form(Y)) == expected.score(X, Y)


def test_of_truth_values_are_classes() -> None:
    model = sn.fit(X, csr_matrix(Y > 1.5), hidden=0, decay=0.1, held_out=0)
    assert model.task == "classification"


@pytest.mark.parametrize("form", FORMS)
def test_train_a_network_as_arrays_do(form: Any) -> None:
    network = sn.Network.random(sn.Architecture((2, 2, 1)), seed=0)
    training = sn.train(network, form(X), form(Y), method="lm", max_iter=3)
    assert np.array_equal(
        training.network.theta, sn.train(network, X, Y, method="lm", max_iter=3).network.theta
    )
    assert np.array_equal(network.predict(form(X)), network.predict(X))


def test_as_a_column_of_a_mapping_are_refused_as_matrices_are() -> None:
    with pytest.raises(sn.InvalidInput, match=r"array of shape \(30, 2\) was given; give each"):
        sn.read_table({"x": csr_matrix(X)})
