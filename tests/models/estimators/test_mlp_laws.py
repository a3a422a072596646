"""Laws of the perceptrons: weights, linear models of scikit-learn, the gradient at the end, and equal starts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheernet as sn

pytest.importorskip("sklearn")
from sklearn.linear_model import LogisticRegression, PoissonRegressor, Ridge
from sklearn.multiclass import OneVsRestClassifier

RNG = np.random.default_rng(3)
N = 60
X = RNG.normal(size=(N, 3))
LATENT = X @ [1.0, -0.5, 0.3] + 0.5 * RNG.normal(size=N)
NUMBERS = np.column_stack([LATENT, X[:, 0] * X[:, 1] + RNG.normal(size=N)])
COUNTS = RNG.poisson(np.exp(0.5 * LATENT)).astype(float)
CLASSES = np.array(["low", "middle", "high"])[np.digitize(LATENT, [-0.7, 0.7])]
LABELS = (NUMBERS > 0).astype(int)
TIMES = RNG.integers(0, 4, N)

CASES: dict[str, tuple[type, dict[str, Any], Any]] = {
    "numbers": (sn.MLPRegressor, {}, NUMBERS[:, 0]),
    "two outputs": (sn.MLPRegressor, {}, NUMBERS),
    "counts": (sn.MLPRegressor, {"loss": "poisson"}, COUNTS),
    "two classes": (sn.MLPClassifier, {}, CLASSES == "low"),
    "classes": (sn.MLPClassifier, {}, CLASSES),
    "labels": (sn.MLPClassifier, {}, LABELS),
}
EXACT: dict[str, Any] = {"solver": "bfgs", "tol": 1e-9, "max_iter": 2000, "random_state": 0}


def predicted(estimator: Any) -> Any:
    return getattr(estimator, "predict_proba", estimator.predict)(X)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("solver", ["bfgs", "lm", "lbfgs"])
def test_a_weight_of_k_equals_k_equal_rows(case: str, solver: str) -> None:
    kind, parameters, y = CASES[case]
    network = kind(hidden_layer_sizes=(2,), activation="tanh", alpha=0.5, **EXACT | parameters)
    network.set_params(solver=solver)
    weighted = network.fit(X, y, TIMES)
    loss, weighted_predictions = weighted.loss_, predicted(weighted)
    repeated = network.fit(np.repeat(X, TIMES, axis=0), np.repeat(y, TIMES, axis=0))
    assert loss == pytest.approx(repeated.loss_, rel=1e-12)
    assert weighted_predictions == pytest.approx(predicted(repeated), abs=1e-6)


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_a_weight_of_0_equals_an_omitted_row_in_batches_too(solver: str) -> None:
    network = sn.MLPRegressor(
        solver=solver, hidden_layer_sizes=(4,), max_iter=5, batch_size=7, random_state=0
    )
    network.set_params(random_state=2, early_stopping=True)
    with pytest.warns(match="iteration limit"):
        weighted = network.fit(X, NUMBERS, 1.0 * (TIMES > 0)).network_.theta
    with pytest.warns(match="iteration limit"):
        omitted = network.fit(X[TIMES > 0], NUMBERS[TIMES > 0]).network_.theta
    assert weighted == pytest.approx(omitted, rel=1e-12)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("solver", ["bfgs", "lm", "lbfgs", "auto", "scipy:L-BFGS-B"])
def test_the_gradient_is_zero_at_the_end(case: str, solver: str) -> None:
    kind, parameters, y = CASES[case]
    network = kind(hidden_layer_sizes=(3,), activation="tanh", alpha=1.0, **EXACT | parameters)
    network.set_params(solver=solver, tol=1e-7).fit(X, y)
    assert network.termination_.converged
    assert network.gradient_norm_ < 1e-5
    assert network.record_.gradient_norm[-1] == network.gradient_norm_


class TestWithoutHiddenLayers:
    """The linear models of scikit-learn minimize the same function with their own code."""

    def fitted(self, case: str, alpha: float, weights: Any = None) -> Any:
        kind, parameters, y = CASES[case]
        return kind(hidden_layer_sizes=(), alpha=alpha, **EXACT | parameters).fit(X, y, weights)

    @pytest.mark.parametrize("weights", [None, TIMES])
    @pytest.mark.parametrize("case", ["numbers", "two outputs"])
    def test_ridge(self, case: str, weights: Any) -> None:
        peer = Ridge(alpha=3.0).fit(X, CASES[case][2], weights)
        network = self.fitted(case, 3.0, weights)
        assert network.coefs_[0].T.squeeze() == pytest.approx(peer.coef_, abs=1e-6)
        assert network.intercepts_[0] == pytest.approx(peer.intercept_, abs=1e-6)

    @pytest.mark.parametrize("weights", [None, TIMES])
    @pytest.mark.parametrize("case", ["two classes", "classes"])
    def test_logistic_regression(self, case: str, weights: Any) -> None:
        peer = LogisticRegression(C=1 / 3.0, tol=1e-10).fit(X, CASES[case][2], weights)
        assert predicted(self.fitted(case, 3.0, weights)) == pytest.approx(
            peer.predict_proba(X), abs=1e-6
        )

    def test_logistic_regression_of_several_labels(self) -> None:
        peer = OneVsRestClassifier(LogisticRegression(C=1 / 3.0, tol=1e-10)).fit(X, LABELS)
        assert predicted(self.fitted("labels", 3.0)) == pytest.approx(
            peer.predict_proba(X), abs=1e-6
        )

    def test_class_weights(self) -> None:
        peer = LogisticRegression(C=1 / 3.0, tol=1e-10, class_weight="balanced").fit(X, CLASSES)
        network = sn.MLPClassifier((), alpha=3.0, class_weight="balanced", **EXACT).fit(X, CLASSES)
        assert predicted(network) == pytest.approx(peer.predict_proba(X), abs=1e-6)

    @pytest.mark.parametrize("weights", [None, TIMES])
    def test_poisson_regression(self, weights: Any) -> None:
        # its penalty is alpha/2, not divided by the weight of all rows
        total = N if weights is None else weights.sum()
        peer = PoissonRegressor(alpha=3.0 / total, tol=1e-10, max_iter=1000)
        network = self.fitted("counts", 3.0, weights)
        assert predicted(network) == pytest.approx(
            peer.fit(X, COUNTS, weights).predict(X), abs=1e-6
        )

    def test_skip_connections_add_a_linear_model(self) -> None:
        """A hidden layer of the identity adds nothing to what skip connections can represent."""
        network = sn.MLPRegressor(
            hidden_layer_sizes=(3,), activation="identity", skip=True, alpha=0.0, **EXACT
        )
        peer = Ridge(alpha=0.0).fit(X, NUMBERS)
        assert network.fit(X, NUMBERS).predict(X) == pytest.approx(peer.predict(X), abs=1e-6)
        assert network.skip_coef_.shape == (3, 2)


@pytest.mark.parametrize("case", CASES)
def test_the_loss_is_the_formula(case: str) -> None:
    kind, parameters, y = CASES[case]
    network = kind(hidden_layer_sizes=(3,), activation="tanh", alpha=0.7, **EXACT | parameters)
    network.fit(X, y, TIMES)
    hidden = np.tanh(X @ network.coefs_[0] + network.intercepts_[0])
    z = hidden @ network.coefs_[1] + network.intercepts_[1]
    if case in ("numbers", "two outputs"):
        losses = (0.5 * (z - y.reshape(N, -1)) ** 2).sum(axis=1)
    elif case == "counts":
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(y > 0, y * np.log(y / np.exp(z[:, 0])), 0.0)
        losses = logs - y + np.exp(z[:, 0])
    elif case == "classes":
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        losses = -log_p[range(N), np.searchsorted(network.classes_, y)]
    else:
        labels = np.asarray(y).reshape(N, -1)
        losses = np.log1p(np.exp(np.where(labels, -z, z))).sum(axis=1)
    penalty = 0.7 / 2 * sum((W**2).sum() for W in network.coefs_) / TIMES.sum()
    assert network.loss_ == pytest.approx(np.average(losses, weights=TIMES) + penalty, rel=1e-12)
    assert network.loss_curve_[-1] == network.loss_
