"""Fits with all rows at once: warm starts, starts, early stopping, callbacks and limits."""

from __future__ import annotations

import pickle
from inspect import signature
from typing import Any

import numpy as np
import pytest

import sheernet as sn

pytest.importorskip("sklearn")
from scipy.optimize import _lbfgsb_py
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

RNG = np.random.default_rng(8)
X = RNG.normal(size=(80, 3))
Y = np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] + 0.3 * RNG.normal(size=80)
SOLVERS = ["bfgs", "lbfgs", "lm"]


def perceptron(**given: Any) -> Any:
    return sn.MLPRegressor(
        **{
            "hidden_layer_sizes": (4,), "activation": "tanh", "solver": "lbfgs", "random_state": 0, "tol": 0.0,
            "max_iter": 12, **given,
        }
    )  # fmt: skip


def limited(network: Any, *data: Any, **more: Any) -> Any:
    with pytest.warns(ConvergenceWarning, match=r"The iteration limit.*increase max_iter"):
        return network.fit(*(data or (X, Y)), **more)


def test_lbfgs_stores_as_many_pairs_as_that_of_scipy() -> None:
    theirs = signature(_lbfgsb_py._minimize_lbfgsb).parameters["maxcor"].default
    checkpoint = limited(perceptron(max_iter=theirs + 3, warm_start=True))._resumable.checkpoint
    assert len(checkpoint.state.pairs) == theirs


class TestWarmStart:
    @pytest.mark.parametrize("solver", SOLVERS)
    @pytest.mark.parametrize("stored", [False, True])
    def test_two_halves_equal_one_long_fit(self, solver: str, stored: bool) -> None:
        whole = limited(perceptron(solver=solver))
        halves = limited(perceptron(solver=solver, max_iter=6, warm_start=True))
        if stored:
            halves = pickle.loads(pickle.dumps(halves))
        limited(halves)
        assert np.array_equal(halves.network_.theta, whole.network_.theta)
        assert halves.loss_curve_ == whole.loss_curve_
        assert halves.n_iter_ == 6

    def test_other_data_start_from_the_coefficients(self) -> None:
        warm = limited(perceptron(warm_start=True))
        coefs, intercepts = warm.coefs_, warm.intercepts_
        limited(warm, X[:50], Y[:50])
        new = limited(perceptron(), X[:50], Y[:50], coef_init=coefs, intercept_init=intercepts)
        assert np.array_equal(warm.network_.theta, new.network_.theta)

    @pytest.mark.parametrize("changed", ["coefs", "alpha", "solver"])
    def test_what_the_user_changed_is_not_overwritten(self, changed: str) -> None:
        warm = limited(perceptron(warm_start=True))
        given: dict[str, Any] = {}
        if changed == "coefs":
            warm.coefs_[0] = 1.1 * warm.coefs_[0]
        else:
            given = {changed: {"alpha": 0.3, "solver": "bfgs"}[changed]}
        start = [W.copy() for W in warm.coefs_], [b.copy() for b in warm.intercepts_]
        limited(warm.set_params(**given))
        new = limited(perceptron(**given), coef_init=start[0], intercept_init=start[1])
        assert np.array_equal(warm.network_.theta, new.network_.theta)

    def test_a_fit_that_converged_stays_where_it_is(self) -> None:
        warm = perceptron(warm_start=True, tol=1e-4, alpha=1.0, max_iter=500).fit(X, Y)
        theta = warm.network_.theta
        assert warm.fit(X, Y).n_iter_ == 0
        assert np.array_equal(warm.network_.theta, theta)

    def test_another_network_is_refused(self) -> None:
        warm = limited(perceptron(warm_start=True))
        with pytest.raises(
            sn.InvalidInput, match=r"the fitted network is 3-4-1.*use warm_start=False"
        ):
            warm.set_params(hidden_layer_sizes=(5,)).fit(X, Y)
        assert warm.coefs_[0].shape == (3, 4)

    def test_without_it_a_fit_forgets_the_last_one(self) -> None:
        network = limited(perceptron())
        first = network.network_.theta
        assert np.array_equal(limited(network).network_.theta, first)
        assert len(network.loss_curve_) == network.n_iter_ == 12


class TestStarts:
    def test_are_successive_draws_and_the_best_is_kept(self) -> None:
        rng = np.random.RandomState(5)
        singles = [limited(perceptron(random_state=rng)) for _ in range(4)]
        several = limited(perceptron(random_state=5, n_init=4))
        losses = [network.loss_ for network in singles]
        assert several.starts_.objectives.tolist() == losses
        assert several.starts_.best == np.argmin(losses) > 0
        assert np.array_equal(several.network_.theta, singles[several.starts_.best].network_.theta)
        assert several.loss_ == min(losses)

    def test_the_first_is_the_given_one(self) -> None:
        one = limited(perceptron())
        given = limited(
            perceptron(random_state=1), coef_init=one.coefs_, intercept_init=one.intercepts_
        )
        assert given.loss_ < one.loss_
        skip = perceptron(skip=True, random_state=1)
        limited(skip, coef_init=[*one.coefs_, np.zeros((3, 1))], intercept_init=one.intercepts_)
        assert skip.record_.objective[0] == pytest.approx(given.record_.objective[0], rel=1e-12)

    def test_the_result_does_not_depend_on_threads(self) -> None:
        thetas = [
            limited(perceptron(n_init=3, threads=threads)).network_.theta for threads in (1, 2)
        ]
        assert np.array_equal(*thetas)


class TestEarlyStopping:
    @pytest.mark.parametrize("solver", SOLVERS)
    def test_keeps_the_iterate_with_the_lowest_validation_loss(self, solver: str) -> None:
        kept, held_out, y, y_val = train_test_split(
            X, Y, test_size=0.25, random_state=_after_the_draws()
        )
        network = perceptron(
            solver=solver, hidden_layer_sizes=(10,), early_stopping=True, validation_fraction=0.25,
            max_iter=500, n_iter_no_change=8,
        ).fit(X, Y)  # fmt: skip
        assert network.termination_.reason == "validation_patience"
        errors = network.record_.validation_cost
        best = int(np.argmin(errors))
        assert len(errors) - 1 == best + 8 == network.n_iter_
        shorter = perceptron(solver=solver, hidden_layer_sizes=(10,), max_iter=best)
        limited(shorter, kept, y)
        assert np.array_equal(network.network_.theta, shorter.network_.theta)
        assert errors[best] == pytest.approx(
            0.5 * np.mean((network.predict(held_out) - y_val) ** 2), rel=1e-12
        )
        score = r2_score(y_val, network.predict(held_out))
        assert network.best_validation_score_ == pytest.approx(score, rel=1e-12)
        assert network.validation_scores_[best - 1] == network.best_validation_score_
        assert len(network.validation_scores_) == network.n_iter_
        assert network.best_loss_ is None

    def test_with_rows_of_the_caller(self) -> None:
        network = perceptron(early_stopping=True, max_iter=500)
        network.fit(X[:60], Y[:60], X_val=X[60:], y_val=Y[60:], sample_weight_val=np.ones(20))
        assert network.termination_.reason == "validation_patience"
        score = r2_score(Y[60:], network.predict(X[60:]))
        assert network.best_validation_score_ == pytest.approx(score, rel=1e-12)

    def test_without_patience(self) -> None:
        network = perceptron(early_stopping=True, n_iter_no_change=np.inf, hidden_layer_sizes=(10,))
        limited(network.set_params(max_iter=60))
        best = int(np.argmin(network.record_.validation_cost))
        assert best < network.n_iter_ == 60
        assert network.loss_ == network.record_.objective[best]

    @pytest.mark.parametrize(
        ("early_stopping", "given", "message"),
        [
            (False, {"X_val": X, "y_val": Y}, "X_val and y_val are for early stopping"),
            (True, {"X_val": X}, "X_val and y_val must be given together"),
            (True, {"sample_weight_val": np.ones(80)}, "X_val and y_val must be given together"),
            (True, {"X_val": X[:, :2], "y_val": Y}, "X has 2 features"),
            (True, {"X_val": X, "y_val": np.c_[Y, Y]}, "y_val has 2 columns, but y has 1"),
        ],
    )
    def test_rows_that_cannot_be_used(
        self, early_stopping: bool, given: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(ValueError, match=message):
            perceptron(early_stopping=early_stopping).fit(X, Y, **given)


def _after_the_draws() -> np.random.RandomState:
    """The RandomState of seed 0 after the initial weights of 3-10-1 are drawn."""
    rng = np.random.RandomState(0)
    rng.uniform(size=3 * 10 + 10 + 10 + 1)
    return rng


class TestLimits:
    def test_callbacks_see_each_iterate(self) -> None:
        seen: list[tuple[int, float]] = []
        network = limited(
            perceptron(callbacks=lambda step, row: seen.append((step.iteration, row.objective)))
        )
        assert [iteration for iteration, _ in seen] == list(range(13))
        assert [value for _, value in seen[1:]] == network.loss_curve_

    def test_a_callback_ends_the_fit(self) -> None:
        def enough(step: Any, row: Any) -> Any:
            return sn.optimizers.Termination("target_reached") if step.iteration == 3 else None

        assert perceptron(callbacks=[enough]).fit(X, Y).n_iter_ == 3

    def test_max_fun(self) -> None:
        with pytest.warns(
            ConvergenceWarning, match=r"evaluation budget is used up; increase max_fun"
        ):
            network = perceptron(max_fun=5).fit(X, Y)
        assert network.record_.value_evaluations[-1] <= 5

    def test_max_time(self) -> None:
        large = RNG.normal(size=(3000, 20))
        network = perceptron(max_time=0.01, max_iter=10**6, hidden_layer_sizes=(50,))
        with pytest.warns(ConvergenceWarning, match=r"time limit was reached; increase max_time"):
            network.fit(large, np.sin(large[:, 0]))
        assert network.n_iter_ < 10**6

    def test_tol_bounds_gradient_and_change(self) -> None:
        network = perceptron(tol=1e-3, max_iter=1000).fit(X, Y)
        assert network.gradient_norm_ <= 1e-3
        flat = perceptron(tol=1e3, max_iter=1000, alpha=100.0)
        assert flat.fit(X, Y).n_iter_ == 0
        noisy = perceptron(tol=10.0, max_iter=1000).fit(X, 1e4 * Y)
        changes = -np.diff(noisy.record_.objective) / noisy.record_.objective[:-1]
        assert noisy.termination_.reason in ("gradient_tolerance", "cost_tolerance")
        assert (changes[:-1] > 2.2e-4).all()

    def test_data_that_are_too_large_are_an_error(self) -> None:
        with pytest.raises(ValueError, match="Solver produced non-finite parameter weights"):
            perceptron().fit(1e200 * X, 1e200 * Y)
