"""Labels, probabilities, weights of classes, and the classes of a warm start."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheernet as sn

pytest.importorskip("sklearn")
from scipy import sparse
from sklearn import neural_network
from sklearn.exceptions import DataConversionWarning
from sklearn.model_selection import train_test_split

RNG = np.random.default_rng(8)
X = RNG.normal(size=(90, 3))
LATENT = X[:, 0] + 0.5 * RNG.normal(size=90)
SMALL = {"hidden_layer_sizes": (3,), "activation": "tanh", "solver": "lbfgs", "alpha": 1.0}


def perceptron(**given: Any) -> Any:
    return sn.MLPClassifier(**SMALL | {"random_state": 0, "max_iter": 500} | given)


TARGETS = {
    "booleans": LATENT > 0,
    "whole numbers": np.digitize(LATENT, [-1, 1]) * 10 - 5,
    "text": np.array(["no", "yes"])[(LATENT > 0).astype(int)],
    "a list of text": ["no" if value < 0 else "yes" for value in LATENT],
    "objects": np.array(["c", "a", "b"], dtype=object)[np.digitize(LATENT, [-1, 1])],
    "several labels": np.column_stack([LATENT > 0, X[:, 1] > 0, X[:, 2] > 1]).astype(int),
    "sparse labels": sparse.csr_matrix(np.column_stack([LATENT > 0, X[:, 1] > 0]).astype(int)),
    "one class": np.zeros(90, dtype=int),
}


@pytest.mark.parametrize("name", TARGETS)
def test_labels_are_of_the_kind_of_scikit_learn(name: str) -> None:
    y = TARGETS[name]
    network = perceptron().fit(X, y)
    peer = neural_network.MLPClassifier(**SMALL, random_state=0, max_iter=500).fit(X, y)
    assert np.array_equal(network.classes_, peer.classes_)
    found, expected = network.predict(X), peer.predict(X)
    assert type(found) is type(expected)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    assert network.predict_proba(X).shape == peer.predict_proba(X).shape
    assert network.out_activation_ == peer.out_activation_
    assert network.n_outputs_ == peer.n_outputs_
    assert network.loss_ == pytest.approx(peer.loss_, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("name", ["text", "objects"])
def test_probabilities_belong_to_labels(name: str) -> None:
    network = perceptron().fit(X, TARGETS[name])
    probabilities = network.predict_proba(X)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(90), rel=1e-12)
    most = network.classes_[probabilities.argmax(axis=1)]
    assert np.array_equal(most, network.predict(X))
    assert network.score(X, TARGETS[name]) == np.mean(most == TARGETS[name]) > 0.6
    assert np.exp(network.predict_log_proba(X)) == pytest.approx(probabilities, rel=1e-12)


def test_the_logarithm_of_a_probability_of_0_is_no_warning() -> None:
    network = perceptron().fit(X, TARGETS["text"])
    network.intercepts_[-1][:] = 1e4
    assert (network.predict_log_proba(X)[:, 0] == -np.inf).all()


class TestClassWeights:
    def test_multiply_those_of_the_rows(self) -> None:
        y, weights = TARGETS["objects"], RNG.integers(1, 4, 90).astype(float)
        of_class = {"a": 2.0, "b": 0.5, "c": 1.0}
        found = perceptron(class_weight=of_class).fit(X, y, weights)
        given = perceptron().fit(X, y, weights * [of_class[label] for label in y])
        assert np.array_equal(found.network_.theta, given.network_.theta)

    def test_balanced(self) -> None:
        y = TARGETS["objects"]
        share = {label: 90 / (3 * np.sum(y == label)) for label in set(y)}
        found = perceptron(class_weight="balanced").fit(X, y)
        given = perceptron().fit(X, y, [share[label] for label in y])
        assert found.network_.theta == pytest.approx(given.network_.theta, rel=1e-9)

    def test_of_validation_rows(self) -> None:
        y = TARGETS["text"]
        of_class = {"no": 5.0, "yes": 1.0}
        options = {"early_stopping": True, "alpha": 0.0, "tol": 0.0, "hidden_layer_sizes": (8,)}
        found = perceptron(class_weight=of_class, **options)
        given = perceptron(**options)
        weights = np.array([of_class[label] for label in y])
        found.fit(X[:60], y[:60], X_val=X[60:], y_val=y[60:])
        given.fit(
            X[:60], y[:60], weights[:60], X_val=X[60:], y_val=y[60:], sample_weight_val=weights[60:]
        )
        expected = given.record_.validation_cost
        assert np.array_equal(found.record_.validation_cost, expected)
        given.fit(X[:60], y[:60], weights[:60], X_val=X[60:], y_val=y[60:])
        assert given.record_.validation_cost[0] != expected[0]


def test_validation_rows_have_the_shares_of_two_classes() -> None:
    rare = LATENT > 1
    _, held_out = train_test_split(
        np.arange(90), test_size=0.2, random_state=_after_the_draws(), stratify=rare
    )
    network = perceptron(early_stopping=True, validation_fraction=0.2).fit(X, rare)
    best = int(np.argmin(network.record_.validation_cost))
    p = network.predict_proba(X[held_out])[:, 1]
    expected = -np.log(np.where(rare[held_out], p, 1 - p)).mean()
    assert network.record_.validation_cost[best] == pytest.approx(expected, rel=1e-10)


def _after_the_draws() -> np.random.RandomState:
    rng = np.random.RandomState(0)
    rng.uniform(size=3 * 3 + 3 + 3 + 1)
    return rng


def test_a_warm_start_needs_the_same_classes() -> None:
    network = perceptron(warm_start=True).fit(X, TARGETS["whole numbers"])
    with pytest.raises(
        ValueError, match="warm_start can only be used where `y` has the same classes"
    ):
        network.fit(X, TARGETS["whole numbers"] > 0)
    assert network.set_params(warm_start=False).fit(X, LATENT > 0).classes_.tolist() == [
        False,
        True,
    ]


def test_a_label_that_only_validation_rows_have_is_refused() -> None:
    network = perceptron(early_stopping=True)
    with pytest.raises(ValueError, match="classes not in `self"):
        network.fit(X, LATENT > 0, X_val=X[:5], y_val=[2, 1, 0, 1, 1])


def test_a_column_of_labels_is_a_warning() -> None:
    with pytest.warns(DataConversionWarning, match="column-vector y was passed"):
        network = perceptron().fit(X, TARGETS["text"].reshape(-1, 1))
    assert network.predict(X).shape == (90,)


def test_a_confident_wrong_prediction_is_not_clipped() -> None:
    """scikit-learn's loss of a row is at most 36."""
    network = sn.MLPClassifier((), solver="lbfgs", alpha=0.0, max_iter=1, tol=1e9, random_state=0)
    network.fit([[1.0], [-1.0]], [0, 1], coef_init=[[[100.0]]], intercept_init=[[0.0]])
    assert network.loss_ == pytest.approx(100.0, rel=1e-12)
