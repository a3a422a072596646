"""The rows of a fit: sparse tables, weights, and the split into training and validation rows."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.foundation import memory

pytest.importorskip("sklearn")
from scipy import sparse
from sklearn.model_selection import train_test_split
from sklearn.utils.validation import check_X_y

from sheernet.models.estimators import mlp_data
from sheernet.models.estimators.mlp_data import are_rows_of_numbers, outputs, rows_of, split

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 4)) * (RNG.random((30, 4)) < 0.4)
Y = RNG.normal(size=(30, 1))
KINDS = [sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array]


@pytest.mark.parametrize("kind", KINDS)
def test_a_sparse_table_gives_the_fit_and_the_predictions_of_a_dense_one(kind: type) -> None:
    network = sn.MLPRegressor(
        hidden_layer_sizes=(3,), activation="tanh", solver="bfgs", random_state=0, tol=1e-8
    )
    dense = network.fit(X, Y[:, 0])
    theta = dense.network_.theta
    expected = dense.predict(X)
    found = network.fit(kind(X), Y[:, 0])
    assert np.array_equal(found.network_.theta, theta)
    assert np.array_equal(found.predict(kind(X)), expected)


def test_a_sparse_table_is_predicted_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    architecture = sn.Architecture((4, 3, 1))
    theta = RNG.normal(size=architecture.n_parameters)
    expected = outputs(architecture, theta, X)
    monkeypatch.setattr(mlp_data, "_BLOCK", 28)  # 7 rows
    assert np.array_equal(outputs(architecture, theta, sparse.csr_matrix(X)), expected)


def test_a_sparse_table_that_does_not_fit_in_memory_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "available", lambda: memory.Memory(1e12, "{} are free"))
    large = sparse.csr_matrix((1_000_000, 1_000_000))
    with pytest.raises(
        sn.InvalidInput, match=r"2 x 8000 GB|2 x 8 TB for 1000000 x 1000000.*1 TB are free"
    ):
        sn.MLPRegressor(hidden_layer_sizes=(2,), solver="lbfgs").fit(large, np.zeros(1_000_000))


def test_rows_of_weight_0_are_left_out() -> None:
    weights = np.arange(30) % 3.0
    rows = rows_of(sparse.csr_matrix(X), Y, weights)
    assert np.array_equal(rows.X, X[weights > 0])
    assert np.array_equal(rows.Y, Y[weights > 0])
    assert rows.total == weights.sum()
    assert rows_of(X, Y, None).total == 30


def test_the_split_is_that_of_scikit_learn() -> None:
    weights = 1.0 + np.arange(30)
    kept, held_out = split(rows_of(X, Y, weights), 0.3, np.random.RandomState(4), None)
    expected = train_test_split(X, Y, weights, test_size=0.3, random_state=np.random.RandomState(4))
    found = (kept.X, held_out.X, kept.Y, held_out.Y, kept.weights, held_out.weights)
    for ours, theirs in zip(found, expected, strict=True):
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (-np.ones(30), "sample_weight must be at least 0, but one is -1"),
        (np.zeros(30), "[Ss]ample.weight"),
        (np.ones(29), r"[Ss]ample_weight"),
        (np.full(30, np.nan), "sample_weight contains NaN"),
    ],
)
def test_wrong_weights_are_refused(weights: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sn.MLPRegressor(hidden_layer_sizes=(2,), solver="lbfgs").fit(X, Y[:, 0], weights)


def test_a_validation_set_of_one_row_is_refused() -> None:
    network = sn.MLPRegressor(
        hidden_layer_sizes=(2,), solver="lbfgs", early_stopping=True, validation_fraction=0.01
    )
    with pytest.raises(
        ValueError, match=r"The validation set is too small.* increase validation_fraction"
    ):
        network.fit(X, Y[:, 0])


TABLES = {
    "plain": X,
    "in columns": np.asfortranarray(X),
    "with a gap": np.where(X[0, 0] == X, np.nan, X),
    "infinite": np.where(X[0, 0] == X, np.inf, X),
    "single precision": X.astype(np.float32),
    "whole numbers": X.astype(int),
    "list": X.tolist(),
    "vector": X[:, 0],
    "without rows": X[:0],
    "without columns": X[:, :0],
    "other rows": X[1:],
    "subclass": np.ma.masked_array(X),
    "sparse": sparse.csr_matrix(X),
}
TARGETS = {
    "numbers": Y[:, 0],
    "labels": (Y[:, 0] > 0).astype(int),
    "Booleans": Y[:, 0] > 0,
    "text": np.where(Y[:, 0] > 0, "a", "b"),
    "objects": Y[:, 0].astype(object),
    "gap": np.append(Y[1:, 0], np.nan),
    "column": Y,
    "list": Y[:, 0].tolist(),
    "complex": Y[:, 0] + 1j,
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("table", TABLES)
def test_rows_are_left_unchecked_only_if_scikit_learn_would_return_them(
    table: str, target: str
) -> None:
    given, y = TABLES[table], TARGETS[target]
    unchecked = are_rows_of_numbers(given, y)
    usual = table in ("plain", "in columns") and target in ("numbers", "labels", "Booleans")
    assert unchecked == usual
    if unchecked:
        kinds = (np.float64, np.float32)
        checked, targets = check_X_y(
            given, y, accept_sparse=["csr"], multi_output=True, dtype=kinds
        )
        assert checked is given
        assert targets is y
