"""Standard errors, statistics and intervals of combinations of weights, against statsmodels and explicit formulas."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

import sheernet as sn
from sheernet.statistics.coefficient_statistics import coefficient_statistics, std_errors_of
from sheernet.statistics.laplace import covariance_factor
from sheernet.statistics.redundant_weights import redundant_directions


def trained(arch: sn.Architecture, X: np.ndarray, y: np.ndarray, cost: str, weights=None) -> np.ndarray:  # fmt: skip
    start = sn.Network(arch, np.zeros(arch.n_parameters))
    result = sn.train(start, X, y, cost=cost, starts=1, weights=weights, gradient_tolerance=1e-14)
    return result.network.theta


@pytest.mark.parametrize("weighted", [False, True])
def test_of_counts_are_those_of_a_poisson_glm(weighted: bool) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 3))
    y = rng.poisson(np.exp(0.3 + X @ [0.5, -0.4, 0.0])).astype(float)
    weights = rng.integers(1, 4, size=90).astype(float) if weighted else None
    arch = sn.Architecture((3, 1), output="exp")
    theta = trained(arch, X, y, "poisson", weights)
    objective = sn.make_objective(arch, X, y, cost="poisson", weights=weights)
    errors = std_errors_of(np.eye(4), covariance_factor(objective, theta))
    ours = coefficient_statistics(theta, errors)
    design, family = np.c_[X, np.ones(90)], sm.families.Poisson()
    theirs = sm.GLM(y, design, family=family, freq_weights=weights).fit(tol=1e-14)
    assert np.allclose(ours.estimates, theirs.params, rtol=1e-8)
    assert np.allclose(ours.std_errors, theirs.bse, rtol=1e-8)
    assert np.allclose(ours.statistics, theirs.tvalues, rtol=1e-8)
    assert np.allclose(ours.p_values, theirs.pvalues, rtol=1e-8)
    assert np.allclose(np.c_[ours.lower, ours.upper], theirs.conf_int(), rtol=1e-8)


def test_of_differences_of_a_softmax_are_those_of_multinomial_regression() -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(150, 2))
    logits = X @ [[0.0, 1.0, -0.5], [0.0, 0.3, 0.8]]
    labels = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
    arch = sn.Architecture((2, 3), output="softmax")
    theta = trained(arch, X, np.eye(3)[labels], "cross_entropy")
    objective = sn.make_objective(arch, X, np.eye(3)[labels])
    redundant = redundant_directions(arch, (), objective.decay)
    factor = covariance_factor(objective, theta, redundant=redundant)
    weights = np.arange(9).reshape(3, 3)  # of each input and the bias, into each class
    T = np.zeros((2, 3, 9))
    for k in (0, 1):
        T[k, range(3), weights[:, k + 1]], T[k, range(3), weights[:, 0]] = 1.0, -1.0
    theirs = sm.MNLogit(labels, np.c_[X, np.ones(150)]).fit(disp=0, tol=1e-14)
    assert np.allclose(T.reshape(6, 9) @ theta, theirs.params.T.ravel(), rtol=1e-8)
    assert np.allclose(std_errors_of(T.reshape(6, 9), factor), theirs.bse.T.ravel(), rtol=1e-8)


def test_uses_the_t_distribution_of_the_degrees_of_freedom() -> None:
    found = coefficient_statistics(np.array([2.0, -2.0, 1.0]), np.ones(3), np.array([3.0, np.inf, -1.0]))  # fmt: skip
    assert found.p_values[:2] == pytest.approx([2 * stats.t.sf(2.0, 3), 2 * stats.norm.sf(2.0)])
    assert found.upper[0] == pytest.approx(2.0 + stats.t.ppf(0.975, 3))
    assert found.lower[1] == pytest.approx(-2.0 - stats.norm.ppf(0.975))
    assert np.isnan([found.p_values[2], found.lower[2]]).all()


def test_an_unknown_covariance_gives_no_standard_errors() -> None:
    errors = std_errors_of(np.eye(2), np.zeros(0))
    found = coefficient_statistics(np.ones(2), errors)
    assert np.isnan([errors, found.statistics, found.p_values, found.lower]).all()
