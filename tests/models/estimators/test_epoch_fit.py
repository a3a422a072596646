"""Fits with 'sgd' and 'adam' are those of scikit-learn: the rules of epochs, warm starts, partial_fit and starts.

tests/models/estimators/test_same_as_sklearn.py compares every parameter; here are the cases in which a fit goes on.
"""

from __future__ import annotations

import pickle
import warnings
from inspect import signature
from typing import Any

import numpy as np
import pytest

import sheernet as sn

pytest.importorskip("sklearn")
from sklearn import neural_network
from sklearn.exceptions import ConvergenceWarning

RNG = np.random.default_rng(8)
X = RNG.normal(size=(120, 3))
Y = np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] + 0.3 * RNG.normal(size=120)
CLASSES = np.digitize(Y, [-0.5, 0.5])
WEIGHTS = RNG.integers(1, 4, 120).astype(float)
COMMON: dict[str, Any] = {
    "hidden_layer_sizes": (5,), "activation": "tanh", "random_state": 0, "max_iter": 7, "batch_size": 25,
    "learning_rate_init": 0.02,
}  # fmt: skip
OPTIONS: list[dict[str, Any]] = [
    {"solver": "adam"},
    {"solver": "sgd"},
    {"solver": "sgd", "nesterovs_momentum": False},
    {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.3},
    {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.05, "n_iter_no_change": 1},
]
NAMES = ["adam", "sgd", "momentum", "invscaling", "adaptive"]


def perceptron(**given: Any) -> Any:
    return getattr(sn, given.pop("kind", "MLPRegressor"))(**COMMON | given)


def pair(**given: Any) -> tuple[Any, Any]:
    """Our estimator and scikit-learn's with the same parameters."""
    theirs = getattr(neural_network, given.get("kind", "MLPRegressor"))
    return perceptron(**given), theirs(
        **COMMON | {name: value for name, value in given.items() if name != "kind"}
    )


def quiet(call: Any, *data: Any, **more: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return call(*data, **more)


def assert_same(ours: Any, theirs: Any) -> None:
    for name in ("coefs_", "intercepts_"):
        for a, b in zip(getattr(ours, name), getattr(theirs, name), strict=True):
            assert a == pytest.approx(b, rel=1e-9, abs=1e-11), name
    assert ours.loss_curve_ == pytest.approx(theirs.loss_curve_, rel=1e-10)
    assert (ours.n_iter_, ours.t_) == (theirs.n_iter_, theirs.t_)
    assert ours.loss_ == pytest.approx(theirs.loss_, rel=1e-10)
    for name in ("best_loss_", "best_validation_score_", "validation_scores_"):
        expected = getattr(theirs, name)
        found = getattr(ours, name)
        assert found is None if expected is None else found == pytest.approx(expected, rel=1e-9), (
            name
        )


WITH_WEIGHTS = "sample_weight" in signature(neural_network.MLPRegressor.fit).parameters
"""Whether the installed scikit-learn has weights and the Poisson loss, as since release 1.7."""


@pytest.mark.parametrize("options", OPTIONS, ids=NAMES)
@pytest.mark.parametrize("seed", ["a number", "a RandomState"])
class TestAFitThatGoesOn:
    def both(self, options: dict[str, Any], seed: str, **given: Any) -> tuple[Any, Any]:
        ours, theirs = pair(**options, **given)
        if seed != "a number":
            ours.set_params(random_state=np.random.RandomState(4))
            theirs.set_params(random_state=np.random.RandomState(4))
        return ours, theirs

    def test_warm_start(self, options: dict[str, Any], seed: str) -> None:
        ours, theirs = self.both(options, seed, warm_start=True)
        for network in (ours, theirs):
            for _ in range(3):
                quiet(network.fit, X, Y)
        assert_same(ours, theirs)

    def test_partial_fit(self, options: dict[str, Any], seed: str) -> None:
        ours, theirs = self.both(options, seed)
        for network in (ours, theirs):
            for first in (0, 30, 60, 0, 0):
                network.partial_fit(X[first : first + 50], Y[first : first + 50])
        assert_same(ours, theirs)

    def test_partial_fit_after_a_fit(self, options: dict[str, Any], seed: str) -> None:
        ours, theirs = self.both(options, seed)
        for network in (ours, theirs):
            quiet(network.fit, X, Y)
            network.partial_fit(X, Y, *[WEIGHTS] * WITH_WEIGHTS).partial_fit(X, Y)
        assert_same(ours, theirs)


@pytest.mark.skipif(not WITH_WEIGHTS, reason="scikit-learn before 1.7")
def test_weights_of_counts() -> None:
    """scikit-learn's constant of the Poisson loss is a weighted mean in each batch."""
    ours, theirs = pair(loss="poisson", shuffle=True)
    counts = RNG.poisson(np.exp(0.5 * Y))
    for network in (ours, theirs):
        quiet(network.fit, X, counts, WEIGHTS)
    assert_same(ours, theirs)


@pytest.mark.parametrize("kind", ["MLPRegressor", "MLPClassifier"])
@pytest.mark.parametrize("options", OPTIONS, ids=NAMES)
def test_early_stopping(kind: str, options: dict[str, Any]) -> None:
    ours, theirs = pair(kind=kind, early_stopping=True, **options)
    for network in (ours, theirs):
        network.set_params(n_iter_no_change=2, max_iter=60)
        quiet(network.fit, X, Y if kind == "MLPRegressor" else CLASSES)
    assert_same(ours, theirs)


def test_partial_fit_continues_after_a_pickle() -> None:
    whole = perceptron(solver="sgd")
    stored = perceptron(solver="sgd")
    for _ in range(4):
        whole.partial_fit(X, Y)
        stored = pickle.loads(pickle.dumps(stored)).partial_fit(X, Y)
    assert np.array_equal(stored.network_.theta, whole.network_.theta)


@pytest.mark.parametrize("options", OPTIONS[:3], ids=NAMES[:3])
def test_partial_fit_goes_on_from_coefficients_that_the_user_changed(
    options: dict[str, Any],
) -> None:
    ours, theirs = pair(**options)
    for network in (ours, theirs):
        network.partial_fit(X, Y).partial_fit(X, Y)
        network.coefs_[0] *= 1.5
        network.intercepts_[1] += 0.5
        network.partial_fit(X, Y)
    assert_same(ours, theirs)


def test_partial_fit_starts_again_with_another_solver() -> None:
    """scikit-learn would go on with the solver of the first call."""
    network = perceptron(solver="sgd")
    for _ in range(2):
        network.partial_fit(X, Y)
    fresh = perceptron(solver="adam", warm_start=True)
    fresh.partial_fit(X, Y)
    fresh.coefs_, fresh.intercepts_ = [W.copy() for W in network.coefs_], network.intercepts_
    fresh.set_params(max_iter=1)
    quiet(fresh.fit, X, Y)
    network.set_params(solver="adam").partial_fit(X, Y)
    assert network.network_.theta == pytest.approx(fresh.network_.theta, rel=1e-12)


class TestPartialFitRefuses:
    def test_full_batch_solvers(self) -> None:
        network = perceptron(solver="lbfgs")
        assert not hasattr(network, "partial_fit")
        with pytest.raises(AttributeError, match="partial_fit"):
            network.partial_fit(X, Y)

    def test_early_stopping(self) -> None:
        network = perceptron(early_stopping=True)
        with pytest.raises(ValueError, match="partial_fit does not support early_stopping=True"):
            network.partial_fit(X, Y)

    def test_another_number_of_outputs(self) -> None:
        network = perceptron()
        network.partial_fit(X, Y)
        with pytest.raises(ValueError, match=r"the fitted network is 3-5-1.*describe 3-5-2"):
            network.partial_fit(X, np.c_[Y, Y])

    def test_unknown_classes(self) -> None:
        network = perceptron(kind="MLPClassifier")
        with pytest.raises(ValueError, match="classes must be passed on the first call"):
            network.partial_fit(X, CLASSES)
        network.partial_fit(X, CLASSES, classes=[0, 1, 2])
        with pytest.raises(ValueError, match=r"`y` has classes not in `self\.classes_`"):
            network.partial_fit(X, CLASSES + 1)
        balanced = sn.MLPClassifier(class_weight="balanced")
        with pytest.raises(
            ValueError, match=r"partial_fit cannot determine the frequencies.*class_weight"
        ):
            balanced.partial_fit(X, CLASSES, classes=[0, 1, 2])


class TestStarts:
    def test_each_is_the_next_fit_with_the_same_random_numbers(self) -> None:
        several = perceptron(n_init=3, random_state=np.random.RandomState(4))
        quiet(several.fit, X, Y)
        rng = np.random.RandomState(4)
        singles = [quiet(perceptron(random_state=rng).fit, X, Y) for _ in range(3)]
        losses = [single.loss_ for single in singles]
        assert several.starts_.objectives.tolist() == losses
        assert several.loss_ == min(losses)
        best = singles[int(np.argmin(losses))]
        assert np.array_equal(several.network_.theta, best.network_.theta)

    def test_the_highest_validation_score_decides(self) -> None:
        held_out = {"X_val": X[:9], "y_val": -Y[:9]}  # the lowest loss has another score
        several = perceptron(n_init=4, early_stopping=True, random_state=2)
        quiet(several.fit, X, Y, **held_out)
        rng = np.random.RandomState(2)
        singles = [
            quiet(perceptron(random_state=rng, early_stopping=True).fit, X, Y, **held_out)
            for _ in range(4)
        ]
        scores = [single.best_validation_score_ for single in singles]
        best = int(np.argmax(scores))
        assert best != np.argmin([single.loss_ for single in singles])
        assert several.starts_.best == best
        assert several.best_validation_score_ == scores[best]
        assert np.array_equal(several.network_.theta, singles[best].network_.theta)


class TestReports:
    def test_a_limit_is_a_warning(self) -> None:
        network = perceptron()
        with pytest.warns(
            ConvergenceWarning, match=r"solver 'adam' ended after 7 iterations.*increase max_iter"
        ) as caught:
            network.fit(X, Y)
        assert [warning.filename for warning in caught] == [__file__]

    def test_an_end_by_tol_is_none(self) -> None:
        network = perceptron(tol=1.0, n_iter_no_change=2, max_iter=50)
        assert network.fit(X, Y).termination_.converged
        assert network.n_iter_ < 50

    def test_a_batch_that_is_too_large_is_clipped_with_a_warning(self) -> None:
        network, theirs = pair(batch_size=1000)
        for each in (network, theirs):
            with pytest.warns(UserWarning, match="Got `batch_size` less than 1 or larger than"):
                quiet(each.fit, X, Y)
        assert_same(network, theirs)

    def test_verbose_prints_what_scikit_learn_prints(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        options = OPTIONS[-1] | {"verbose": True, "early_stopping": True, "max_iter": 60}
        printed = []
        for network in pair(**options):
            quiet(network.fit, X, Y)
            printed.append(capsys.readouterr().out)
        assert "Setting learning rate to" in printed[0]
        assert printed[0] == printed[1]

    def test_divergence_is_an_error(self) -> None:
        network, theirs = pair(solver="sgd", learning_rate_init=1e3, activation="identity")
        for each in (network, theirs):
            with (
                np.errstate(all="ignore"),
                pytest.raises(ValueError, match="Solver produced non-finite"),
            ):
                quiet(each.set_params(max_iter=50).fit, X, Y)

    def test_max_time(self) -> None:
        network = perceptron(max_iter=10**7, tol=0.0, n_iter_no_change=np.inf, max_time=0.05)
        with pytest.warns(ConvergenceWarning, match="increase max_time"):
            network.fit(X, Y)
        assert len(network.loss_curve_) == network.n_iter_ > 0

    def test_the_gradient_at_the_end_is_that_of_scikit_learn_there(self) -> None:
        network, theirs = pair(alpha=1.0)
        for each in (network, theirs):
            quiet(each.fit, X, Y)
        problem = sn.foreign.from_sklearn(theirs, X, Y)
        expected = np.abs(problem.gradient(problem.x)).max()
        assert network.gradient_norm_ == pytest.approx(expected, rel=1e-8)
        network.partial_fit(X, Y)
        assert np.isnan(network.gradient_norm_)  # it would take one more pass
