"""The objective of a linear model from sums is that of the rows."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.models.fitting.linear_sums import LinearObjective, LinearSums
from sheernet.statistics import decay_groups, maximize_evidence
from sheernet.statistics.laplace import noise_and_factor


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
def test_sums_of_parts_give_the_objective_of_the_rows(bias: bool, weighted: bool) -> None:
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(50, 3)), rng.normal(size=(50, 2))
    weights = rng.integers(0, 3, 50).astype(float) if weighted else None
    arch = sn.Architecture((3, 2), bias=bias)
    parts = [slice(0, 20), slice(20, 20), slice(20, 50)]
    first, *others = (
        LinearSums.of(X[p], y[p], None if weights is None else weights[p]) for p in parts
    )
    for other in others:
        first = first.merged(other)
    decay = 0.1 * np.arange(arch.n_parameters)
    ours = LinearObjective(arch, first, decay)
    told = sn.make_objective(arch, X, y, weights=weights, reduction="sum", decay=decay)
    theta = rng.normal(size=arch.n_parameters)
    assert ours.terms(theta)[:2] == pytest.approx(told.terms(theta)[:2], rel=1e-12)
    for one, other in zip(ours.gauss_newton(theta), told.gauss_newton(theta), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)
    v = rng.normal(size=(arch.n_parameters, 2))
    np.testing.assert_allclose(ours.hessian_vector(theta, v), told.hessian_vector(theta, v), 1e-11)
    assert ours.value(theta) == ours.value_and_gradient(theta)[0]
    assert (ours.n_samples, ours.size) == (told.n_samples, told.size)
    assert ours.relative_decay == pytest.approx(told.relative_decay, rel=1e-12)


def test_the_evidence_chooses_the_same_decay_and_noise() -> None:
    rng = np.random.default_rng(4)
    X = rng.normal(size=(300, 4))
    y = X[:, :1] - 0.02 * X[:, 1:2] + 0.5 * rng.normal(size=(300, 1))
    arch = sn.Architecture((4, 1))
    found = []
    for objective in (
        LinearObjective(arch, LinearSums.of(X, y, None)),
        sn.make_objective(arch, X, y, reduction="sum"),
    ):
        start = np.zeros((1, arch.n_parameters))
        search = maximize_evidence(objective, start, decay_groups(arch), method="lm")
        theta, decay = search.thetas[0], search.decays[0]
        noise, factor = noise_and_factor(objective.replace(decay=decay), theta)
        found.append((theta, decay, noise, factor))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-7)
