"""A network without hidden layers is Bayesian linear regression: scikit-learn's models, and exact marginal likelihoods.

With one decay for all weights it is BayesianRidge, with one for each input ARDRegression.  Their alpha_ is 1 / noise
variance, and their lambda_ is alpha_ times the decay for the sum of the losses.  scikit-learn's own priors are switched
off (0), and inputs and targets are centered, as fit_intercept=True does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal
from sklearn.datasets import load_diabetes
from sklearn.linear_model import ARDRegression, BayesianRidge

import sheernet as sn
from sheernet.statistics import Evidence, decay_groups, evidence_at, maximize_evidence

FLAT = {"alpha_1": 0.0, "alpha_2": 0.0, "lambda_1": 0.0, "lambda_2": 0.0, "tol": 1e-14}

Data = tuple[np.ndarray, np.ndarray]


def noisy(rows: int, inputs: int, seed: int, noise: float = 0.7) -> Data:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, inputs))
    return X, X @ np.linspace(-1.0, 2.0, inputs) + noise * rng.normal(size=rows)


def with_copy(noise: float) -> Data:
    """The last input is the first one, up to noise."""
    X, y = noisy(60, 3, 1)
    return np.column_stack([X, X[:, 0] + noise * np.random.default_rng(3).normal(size=60)]), y


def in_units(X_units: float | list[float], y_unit: float) -> Data:
    X, y = noisy(80, 4, 0)
    return X * X_units, y * y_unit


def diabetes() -> Data:
    data = load_diabetes()
    return data.data / data.data.std(axis=0), data.target


CASES: dict[str, Data] = {
    "plain": noisy(80, 4, 0),
    "an input twice": with_copy(0.0),
    "an input nearly twice": with_copy(1e-4),
    "five rows": noisy(5, 2, 2, 0.3),
    "more inputs than rows": noisy(12, 16, 1),
    "other units": in_units([1.0, 0.1, 10.0, 3.0], 1e4),
    "small inputs": in_units(0.03, 1.0),
    "diabetes": diabetes(),
}
AMBIGUOUS = ("an input nearly twice", "more inputs than rows", "diabetes")
"""Cases in which ARD switches inputs off, at a decay that depends on when a search ends."""


def centered(name: str) -> Data:
    X, y = CASES[name]
    return X - X.mean(axis=0), y - y.mean()


def searched(X: np.ndarray, y: np.ndarray, by_input: bool) -> tuple[Evidence, np.ndarray, Any]:
    """The evidence at the end of a search, theta, and the objective there."""
    arch = sn.Architecture((X.shape[1], 1), bias=False)
    objective = sn.make_objective(arch, X, y, reduction="sum")
    search = maximize_evidence(
        objective, np.zeros((1, X.shape[1])), decay_groups(arch, by_input),
        method="lm", tolerance=1e-12, max_updates=1000,
    )  # fmt: skip
    assert search.settled
    return search.evidences[0], search.thetas[0], objective.replace(decay=search.decays[0])


@pytest.mark.parametrize("name", CASES)
def test_equals_bayesian_ridge(name: str) -> None:
    X, y = centered(name)
    peer = BayesianRidge(**FLAT, max_iter=100_000, compute_score=True).fit(X, y)
    evidence, theta, objective = searched(X, y, by_input=False)
    noise = evidence.noise_variance
    assert noise is not None
    assert 1 / noise == pytest.approx(peer.alpha_, rel=1e-6)
    assert evidence.decay["W1"] / noise == pytest.approx(peer.lambda_, rel=1e-6)
    spectrum = peer.alpha_ * np.linalg.eigvalsh(X.T @ X)
    gamma = float((spectrum / (spectrum + peer.lambda_)).sum())  # MacKay (1992), eq. 4.8
    assert evidence.effective_parameters == pytest.approx(gamma, rel=1e-6)
    assert evidence.log_evidence == pytest.approx(peer.scores_[-1], rel=1e-6, abs=1e-6)
    np.testing.assert_allclose(theta, peer.coef_, rtol=0, atol=1e-6 * np.abs(peer.coef_).max())

    rows = np.vstack([X[:5], 3.0 * X[-5:]])
    mean, deviation = peer.predict(rows, return_std=True)
    H = objective.gauss_newton(theta)[2]
    variance = noise + np.einsum("ni,ni->n", rows, noise * np.linalg.solve(H, rows.T).T)
    np.testing.assert_allclose(np.sqrt(variance), deviation, rtol=1e-6)
    np.testing.assert_allclose(rows @ theta, mean, rtol=0, atol=1e-6 * np.abs(mean).max())


@pytest.mark.parametrize("name", [name for name in CASES if name not in AMBIGUOUS])
def test_equals_ard_with_a_decay_for_each_input(name: str) -> None:
    X, y = centered(name)
    peer = ARDRegression(**FLAT, max_iter=2000, threshold_lambda=1e300).fit(X, y)
    evidence, theta, objective = searched(X, y, by_input=True)
    noise = evidence.noise_variance
    assert noise is not None
    assert 1 / noise == pytest.approx(peer.alpha_, rel=1e-6)
    np.testing.assert_allclose(
        np.array([*evidence.decay.values()]) / noise, peer.lambda_, rtol=1e-6
    )
    np.testing.assert_allclose(theta, peer.coef_, rtol=0, atol=1e-6 * np.abs(peer.coef_).max())
    deviation = peer.predict(X[:5], return_std=True)[1]
    H = objective.gauss_newton(theta)[2]
    variance = noise + noise * np.einsum("ni,ni->n", X[:5], np.linalg.solve(H, X[:5].T).T)
    np.testing.assert_allclose(np.sqrt(variance), deviation, rtol=1e-6)


def test_switches_off_the_inputs_that_ard_switches_off() -> None:
    X, y = centered("diabetes")
    peer = ARDRegression(**FLAT, max_iter=2000, threshold_lambda=1e6).fit(X, y)
    evidence, theta, _ = searched(X, y, by_input=True)
    assert evidence.noise_variance == pytest.approx(1 / peer.alpha_, rel=1e-6)
    assert 0 < (np.abs(peer.coef_) < 1e-6).sum() < 10
    np.testing.assert_allclose(theta, peer.coef_, rtol=0, atol=1e-6 * np.abs(peer.coef_).max())


def test_a_bias_costs_one_row() -> None:
    """With a flat prior on the bias, what remains is a model without it of N - 1 contrasts of the rows."""
    X, y = noisy(30, 3, 4)
    y = y + 5.0
    arch = sn.Architecture((3, 1))
    search = maximize_evidence(
        sn.make_objective(arch, X, y, reduction="sum"), np.zeros((1, 4)), decay_groups(arch),
        method="lm", tolerance=1e-12, max_updates=1000,
    )  # fmt: skip
    (evidence,) = search.evidences
    # (N - 1, N), orthonormal, and each sums to 0
    contrasts = np.linalg.svd(np.ones((1, 30)))[2][1:]
    peer = BayesianRidge(**FLAT, max_iter=100_000, fit_intercept=False, compute_score=True)
    peer.fit(contrasts @ X, contrasts @ y)
    assert evidence.noise_variance == pytest.approx(1 / peer.alpha_, rel=1e-6)
    assert evidence.decay["W1"] / evidence.noise_variance == pytest.approx(peer.lambda_, rel=1e-6)
    np.testing.assert_allclose(search.thetas[0][:3], peer.coef_, rtol=1e-6)
    # Integrating over the bias adds log sqrt(2 pi / N), where the evidence leaves out the factor 2 pi.
    constant = -0.5 * np.log(2 * np.pi) - 0.5 * np.log(30)
    assert evidence.log_evidence - peer.scores_[-1] == pytest.approx(constant, abs=1e-6)


class TestGradients:
    """Of the log evidence, against central differences of exact or frozen log evidences."""

    h = 1e-4

    def difference(self, function: Any) -> float:
        return (function(self.h) - function(-self.h)) / (2 * self.h)

    @given(seed=st.integers(0, 10**6), log_decays=st.tuples(*[st.floats(-3, 3)] * 3))
    def test_of_a_linear_network_are_those_of_the_marginal_likelihood(
        self, seed: int, log_decays: tuple[float, ...]
    ) -> None:
        """By log alpha of each input; by log beta it is 0 at the estimated noise."""
        X, y = noisy(20, 3, seed)
        arch = sn.Architecture((3, 1), bias=False)
        decay = np.exp(log_decays)
        objective = sn.make_objective(arch, X, y, reduction="sum", decay=decay)
        theta = np.linalg.solve(X.T @ X + np.diag(decay), X.T @ y)
        evidence = evidence_at(objective, theta, decay_groups(arch, by_input=True))
        assert evidence.noise_variance is not None
        beta = 1 / evidence.noise_variance

        def log_likelihood(log_beta: float, log_alpha: np.ndarray) -> float:
            covariance = np.eye(20) / np.exp(log_beta) + (X / np.exp(log_alpha)) @ X.T
            return float(multivariate_normal(np.zeros(20), covariance).logpdf(y))

        log_alpha = np.log(beta * decay)
        assert evidence.log_evidence == pytest.approx(log_likelihood(np.log(beta), log_alpha))
        for i, unit in enumerate(np.eye(3)):
            expected = self.difference(lambda t: log_likelihood(np.log(beta), log_alpha + t * unit))  # noqa: B023
            assert evidence.gradient[f"W1[{i}]"] == pytest.approx(expected, rel=1e-5, abs=1e-6)
        by_noise = self.difference(lambda t: log_likelihood(np.log(beta) + t, log_alpha))
        assert by_noise == pytest.approx(0.0, abs=1e-5)

    def test_of_a_tanh_network_are_those_at_a_fixed_matrix(self) -> None:
        """The optimum moves with the decay; the Gauss-Newton matrix of the cost stays."""
        rng = np.random.default_rng(8)
        X = rng.normal(size=(60, 2))
        y = np.sin(X[:, 0]) + 0.2 * rng.normal(size=60)
        arch = sn.Architecture((2, 3, 1))
        groups = decay_groups(arch)
        decay = np.zeros(arch.n_parameters)
        for k, group in enumerate(groups.values()):
            decay[group] = 0.5 + 0.3 * k
        objective = sn.make_objective(arch, X, y, reduction="sum")

        def optimum(decays: np.ndarray, start: np.ndarray) -> np.ndarray:
            run = sn.optimizers.minimize(
                objective.replace(decay=decays), start, "lm", gradient_tolerance=1e-10
            )
            return run.theta

        theta = optimum(decay, sn.Network.random(arch, seed=2).theta)
        evidence = evidence_at(objective.replace(decay=decay), theta, groups)
        assert evidence.noise_variance is not None
        beta = 1 / evidence.noise_variance
        matrix = objective.gauss_newton(theta)[2]

        def log_evidence(log_beta: float, decays: np.ndarray) -> float:
            """At prior precisions of beta times these decays, beta the estimated one."""
            alpha, b = beta * decays, np.exp(log_beta)
            moved = optimum(alpha / b, theta)
            cost = objective.value(moved)
            return float(
                -b * cost - 0.5 * alpha @ moved**2 - 0.5 * np.linalg.slogdet(b * matrix + np.diag(alpha))[1]
                + 0.5 * np.log(alpha[alpha > 0]).sum() + 30 * np.log(b / (2 * np.pi))
            )  # fmt: skip

        assert evidence.log_evidence == pytest.approx(log_evidence(np.log(beta), decay), rel=1e-9)
        for name, group in groups.items():
            unit = np.zeros(theta.size)
            unit[group] = 1.0
            expected = self.difference(
                lambda t: log_evidence(np.log(beta), decay * np.exp(t * unit))  # noqa: B023
            )
            assert evidence.gradient[name] == pytest.approx(expected, rel=1e-5, abs=1e-6)
        by_noise = self.difference(lambda t: log_evidence(np.log(beta) + t, decay))
        assert by_noise == pytest.approx(0.0, abs=1e-5)
