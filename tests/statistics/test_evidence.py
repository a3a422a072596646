"""The evidence of a linear network is known in closed form; that of any network keeps the identities of its parts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.linear_model import ARDRegression, BayesianRidge

import sheernet as sn
from both_engines import ENGINES
from sheernet.statistics import decay_groups, evidence_at, maximize_evidence


def linear_problem(rows: int = 80, inputs: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Centered inputs of different scales, and a centered noisy target."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, inputs)) * [1.0, 2.0, 0.5, 1.5][:inputs]
    y = X @ np.array([1.0, -0.5, 2.0, 0.25])[:inputs] + 0.7 * rng.normal(size=rows)
    return X - X.mean(axis=0), y - y.mean()


def at_optimum(arch: sn.Architecture, X: np.ndarray, y: np.ndarray, decay, **given):
    """An objective with a decay, and its minimum."""
    objective = sn.make_objective(arch, X, y, decay=decay, **given)
    found = sn.train(sn.Network.random(arch), X, y, decay=decay, method="lm", **given)
    return objective, found.network.theta


class TestLinear:
    """No hidden layer, no bias: a Gaussian prior and likelihood, so the marginal likelihood is a normal density."""

    arch = sn.Architecture((4, 1), bias=False)
    X, y = linear_problem()

    @pytest.mark.parametrize("engine", ENGINES)
    @pytest.mark.parametrize("reduction", ["sum", "mean"])
    def test_differences_of_log_evidence_are_those_of_the_marginal_likelihood(
        self, engine: str, reduction: str
    ) -> None:
        """p(y | alpha, beta) is normal with covariance I / beta + X X^T / alpha (Bishop 2006, eq. 3.77)."""
        scale = len(self.y) if reduction == "mean" else 1.0
        found = []
        for decay in (0.5, 5.0):
            objective, theta = at_optimum(
                self.arch, self.X, self.y, decay / scale, reduction=reduction, engine=engine
            )
            evidence = evidence_at(objective, theta, decay_groups(self.arch))
            covariance = evidence.noise_variance * (np.eye(len(self.y)) + self.X @ self.X.T / decay)
            expected = multivariate_normal(np.zeros(len(self.y)), covariance).logpdf(self.y)
            found.append(evidence.log_evidence - expected)
        assert found[0] == pytest.approx(found[1], abs=1e-9)
        assert found[0] == pytest.approx(0.0, abs=1e-9)

    def test_ends_at_the_fixed_point_of_bayesian_ridge(self) -> None:
        peer = BayesianRidge(
            alpha_1=0,
            alpha_2=0,
            lambda_1=0,
            lambda_2=0,
            fit_intercept=False,
            tol=1e-14,
            max_iter=10_000,
        ).fit(self.X, self.y)
        search = maximize_evidence(
            sn.make_objective(self.arch, self.X, self.y), np.zeros((1, 4)), decay_groups(self.arch),
            tolerance=1e-10, max_updates=500,
        )  # fmt: skip
        (evidence,) = search.evidences
        assert search.settled
        assert 1 / evidence.noise_variance == pytest.approx(peer.alpha_, rel=1e-6)
        decay = evidence.decay["W1"] * len(self.y)  # of the mean
        assert decay / evidence.noise_variance == pytest.approx(peer.lambda_, rel=1e-6)
        np.testing.assert_allclose(search.thetas[0], peer.coef_, rtol=1e-6)

    def test_ends_at_the_fixed_point_of_ard_with_a_decay_for_each_input(self) -> None:
        peer = ARDRegression(
            alpha_1=0,
            alpha_2=0,
            lambda_1=0,
            lambda_2=0,
            fit_intercept=False,
            tol=1e-14,
            max_iter=20_000,
            threshold_lambda=1e300,
        ).fit(self.X, self.y)
        groups = decay_groups(self.arch, by_input=True)
        search = maximize_evidence(
            sn.make_objective(self.arch, self.X, self.y), np.zeros((1, 4)), groups,
            tolerance=1e-10, max_updates=2000,
        )  # fmt: skip
        (evidence,) = search.evidences
        assert 1 / evidence.noise_variance == pytest.approx(peer.alpha_, rel=1e-6)
        decays = np.array([evidence.decay[f"W1[{i}]"] for i in range(4)]) * len(self.y)
        np.testing.assert_allclose(decays / evidence.noise_variance, peer.lambda_, rtol=1e-5)
        np.testing.assert_allclose(search.thetas[0], peer.coef_, rtol=1e-6)

    def test_gradient_is_that_of_central_differences(self) -> None:
        """By log alpha, at a fixed noise."""
        decay, h = 3.0, 1e-4
        objective, theta = at_optimum(self.arch, self.X, self.y, decay, reduction="sum")
        evidence = evidence_at(objective, theta, decay_groups(self.arch))
        beta = 1 / evidence.noise_variance

        def log_evidence(log_decay: float) -> float:
            covariance = (np.eye(len(self.y)) + self.X @ self.X.T / np.exp(log_decay)) / beta
            return multivariate_normal(np.zeros(len(self.y)), covariance).logpdf(self.y)

        numeric = (log_evidence(np.log(decay) + h) - log_evidence(np.log(decay) - h)) / (2 * h)
        assert evidence.gradient["W1"] == pytest.approx(numeric, rel=1e-6)

    @pytest.mark.parametrize("reduction", ["sum", "mean"])
    def test_a_weight_of_two_is_a_row_twice(self, reduction: str) -> None:
        weights = 1.0 + (np.arange(len(self.y)) % 2)
        twice = np.repeat(np.arange(len(self.y)), weights.astype(int))
        found = []
        for X, y, w in ((self.X, self.y, weights), (self.X[twice], self.y[twice], None)):
            objective, theta = at_optimum(self.arch, X, y, 2.0, reduction=reduction, weights=w)
            found.append(evidence_at(objective, theta, decay_groups(self.arch)))
        assert found[0].log_evidence == pytest.approx(found[1].log_evidence, rel=1e-9)
        assert found[0].noise_variance == pytest.approx(found[1].noise_variance, rel=1e-9)


class TestNetworks:
    @pytest.mark.parametrize("engine", ENGINES)
    @pytest.mark.parametrize(
        "cost", ["squared_error", "binary_cross_entropy", "cross_entropy", "poisson"]
    )
    def test_means_and_sums_agree(self, engine: str, cost: str) -> None:
        rng = np.random.default_rng(1)
        X = rng.normal(size=(60, 2))
        signal = X[:, 0] - X[:, 1]
        output, y = {
            "squared_error": ("identity", np.sin(signal)),
            "binary_cross_entropy": ("sigmoid", (signal > 0).astype(float)),
            "cross_entropy": ("softmax", np.eye(3)[np.digitize(signal, [-0.7, 0.7])]),
            "poisson": ("exp", rng.poisson(np.exp(0.5 * signal)).astype(float)),
        }[cost]
        arch = sn.Architecture((2, 3, y.shape[1] if y.ndim > 1 else 1), output=output)
        groups = decay_groups(arch)
        theta = sn.Network.random(arch, seed=3).theta
        decay = np.zeros(arch.n_parameters)
        for k, group in enumerate(groups.values()):
            decay[group] = 2.0 + k
        both = [
            evidence_at(
                sn.make_objective(arch, X, y, cost=cost, reduction=reduction, decay=decay / scale, engine=engine),
                theta, groups,
            )
            for reduction, scale in (("sum", 1.0), ("mean", 60.0))
        ]  # fmt: skip
        assert both[0].log_evidence == pytest.approx(both[1].log_evidence, rel=1e-10)
        assert both[0].effective == pytest.approx(both[1].effective, rel=1e-9)
        assert (both[0].noise_variance is None) == (cost != "squared_error")

    def test_effective_parameters_lie_between_none_and_all(self) -> None:
        rng = np.random.default_rng(2)
        X = rng.normal(size=(100, 3))
        y = np.sin(X[:, 0]) + 0.3 * rng.normal(size=100)
        arch = sn.Architecture((3, 6, 1))
        groups = decay_groups(arch)
        sizes = {name: group.size for name, group in groups.items()}
        for decay in (1e-3, 1.0, 1e3):
            vector = np.zeros(arch.n_parameters)
            for group in groups.values():
                vector[group] = decay
            objective, theta = at_optimum(arch, X, y, vector, reduction="sum")
            evidence = evidence_at(objective, theta, groups)
            for name, value in evidence.effective.items():
                assert -1e-8 <= value <= sizes[name] + 1e-8
            assert evidence.undecayed == 1

    @pytest.mark.parametrize("reduction", ["sum", "mean"])
    def test_rows_that_are_fitted_exactly_have_finite_evidence(self, reduction: str) -> None:
        arch = sn.Architecture((1, 1), bias=False)
        objective = sn.make_objective(
            arch, [1.0, 2.0], [0.0, 0.0], reduction=reduction, decay=0.1, cost="squared_error"
        )
        theta = np.zeros(1)
        found = evidence_at(objective, theta, decay_groups(arch))
        numbers = [found.log_evidence, *found.better_decay.values(), *found.gradient.values()]
        assert np.isfinite(numbers).all()
        assert 0 < found.noise_variance < 1e-30

    def test_refuses_a_cost_that_is_no_likelihood(self) -> None:
        arch = sn.Architecture((1, 1))
        objective = sn.make_objective(arch, [0.0, 1.0, 2.0], [1.0, 2.0, 4.0], cost="huber")
        with pytest.raises(sn.InvalidInput, match="needs a cost that is a likelihood"):
            maximize_evidence(objective, np.zeros((1, 2)), decay_groups(arch))


class TestTheSearch:
    def test_finds_the_noise_of_a_smooth_curve_without_overfitting(self) -> None:
        rng = np.random.default_rng(5)
        x = rng.uniform(-2, 2, size=(150, 1))
        y = np.sin(2 * x[:, 0]) + 0.2 * rng.normal(size=150)
        arch = sn.Architecture((1, 12, 1))
        thetas = np.array([sn.Network.random(arch, seed=s).theta for s in range(4)])
        search = maximize_evidence(sn.make_objective(arch, x, y), thetas, decay_groups(arch))
        best = search.evidences[search.best]
        assert 0.17 < best.noise_variance**0.5 < 0.23
        assert best.effective_parameters < 16  # of 37
        grid = np.linspace(-2, 2, 50)[:, None]
        error = sn.Network(arch, search.thetas[search.best]).predict(grid)[:, 0] - np.sin(
            2 * grid[:, 0]
        )
        assert np.sqrt((error**2).mean()) < 0.08

    def test_switches_off_inputs_that_carry_no_information(self) -> None:
        rng = np.random.default_rng(6)
        X = rng.normal(size=(200, 6))
        y = np.sin(X[:, 0]) + X[:, 1] ** 2 / 2 + 0.1 * rng.normal(size=200)
        arch = sn.Architecture((6, 6, 1))
        thetas = np.array([sn.Network.random(arch, seed=s).theta for s in range(3)])
        groups = decay_groups(arch, by_input=True)
        search = maximize_evidence(sn.make_objective(arch, X, y), thetas, groups)
        decay = search.evidences[search.best].decay
        assert min(decay[f"W1[{i}]"] for i in range(2, 6)) > 100 * max(
            decay["W1[0]"], decay["W1[1]"]
        )

    def test_two_threads_and_one_give_the_same_bits(self) -> None:
        rng = np.random.default_rng(7)
        X, y = rng.normal(size=(50, 2)), rng.normal(size=50)
        arch = sn.Architecture((2, 3, 1))
        thetas = np.array([sn.Network.random(arch, seed=s).theta for s in range(3)])
        ends = [
            maximize_evidence(
                sn.make_objective(arch, X, y, threads=threads), thetas, decay_groups(arch)
            ).thetas
            for threads in (1, 2)
        ]
        np.testing.assert_array_equal(ends[0], ends[1])
