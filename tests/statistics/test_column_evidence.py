"""Bayes factors of columns, beside the marginal likelihood of Bayesian linear regression."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import sheernet as sn
from sheernet.statistics import column_support

rng = np.random.default_rng(5)
X = rng.normal(size=(60, 4))
y = 2.0 * X[:, 0] + 0.5 * X[:, 2] + 0.7 * rng.normal(size=60)
EACH = [slice(k, k + 1) for k in range(4)]
LINE = sn.Architecture((4, 1), bias=False)


def support(columns: list[slice] = EACH) -> tuple[np.ndarray, np.ndarray]:
    return column_support(
        lambda X: sn.make_objective(LINE, X, y, decay=0.01), X, np.zeros(4), columns
    )


def log_evidence(columns: list[int], decays: np.ndarray) -> tuple[float, np.ndarray]:
    """log N(y; 0, (I + X D^-1 X^T) / beta) with beta = (N - gamma) / |residuals|^2, and gamma of each column."""
    A, d = X[:, columns], 60 * decays[columns]
    H = A.T @ A + np.diag(d)
    gammas = 1 - d * np.diag(np.linalg.inv(H))
    residuals = y - A @ np.linalg.solve(H, A.T @ y)
    noise = residuals @ residuals / (60 - gammas.sum())
    covariance = noise * (np.eye(60) + A @ np.diag(1 / d) @ A.T)
    return stats.multivariate_normal(np.zeros(60), covariance).logpdf(y), gammas


def test_factors_of_supported_columns_are_those_of_the_marginal_likelihood() -> None:
    factors, decays = support()
    whole, gammas = log_evidence([0, 2], decays)
    # the last one judged has the most effective parameters; the other supported one is judged with it
    for own, k, other in ((gammas[0], 0, 2), (gammas[1], 2, 0)):
        without, _ = log_evidence([other], decays)
        prior = np.log(1e4 / 1e-6)
        expected = whole - without + np.log(np.sqrt(4 * np.pi / own) / prior)
        assert factors[k] == pytest.approx(expected, abs=1e-3)


def test_a_column_of_several_features_is_one_decision() -> None:
    factors, decays = support([slice(0, 2), slice(2, 4)])
    assert len(factors) == 2
    assert np.isfinite(decays).all()


def test_hidden_units_keep_what_is_only_an_interaction() -> None:
    Z = rng.uniform(-1, 1, (150, 3))
    target = Z[:, 0] * Z[:, 1] + 0.05 * rng.normal(size=150)
    arch = sn.Architecture((3, 4, 1))
    begun = sn.train(sn.Network.random(arch, seed=1), Z, target, decay=1e-3, starts=3)
    factors, decays = column_support(
        lambda X: sn.make_objective(arch, X, target, decay=1e-3), Z, begun.network.theta, EACH[:3]
    )
    assert np.isinf(decays).tolist() == [False, False, True]
    assert (factors[:2] > 10).all()
