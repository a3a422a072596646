"""The uncertainty of the weights of a fitted network."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.models.fitting.fitted_member import uncertainty_or_none
from sheernet.statistics.laplace import unpacked

RNG = np.random.default_rng(0)
A = 1e4 * RNG.normal(size=50)
Y = A / 1e4 + RNG.normal(size=50)
ARCH = sn.Architecture((2, 1), bias=False)
DECAY = 1e-6


def test_weights_that_only_a_small_decay_separates_have_uncertainty() -> None:
    # y = (w1 + w2) a: the prior precision of s = w1 + w2 is half of that of a weight, N decay / 2.
    objective = sn.make_objective(ARCH, np.stack([A, A], axis=1), Y, decay=DECAY)
    precision = (A**2).sum() + 50 * DECAY / 2
    theta = np.full(2, (A @ Y) / precision / 2)
    noise_variance, factor = uncertainty_or_none(objective, theta, (), 1.0)
    assert noise_variance == pytest.approx(((Y - 2 * theta[0] * A) ** 2).sum() / 48, rel=1e-4)
    of_sum = ((unpacked(factor, 2).T @ np.ones(2)) ** 2).sum()
    assert of_sum == pytest.approx(noise_variance / precision, rel=1e-4)


def test_weights_that_nothing_separates_have_none() -> None:
    objective = sn.make_objective(ARCH, np.stack([A, A], axis=1), Y)
    assert uncertainty_or_none(objective, np.zeros(2), (), 1.0)[1].size == 0
