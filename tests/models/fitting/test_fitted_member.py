"""The uncertainty of the weights of a fitted network."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.models.fitting.fitted_member import uncertainty_or_none
from sheernet.statistics.laplace import output_variances, unpacked

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
    of_sum = ((unpacked(factor).T @ np.ones(2)) ** 2).sum()
    assert of_sum == pytest.approx(noise_variance / precision, rel=1e-4)


def test_weights_that_nothing_separates_have_none() -> None:
    objective = sn.make_objective(ARCH, np.stack([A, A], axis=1), Y)
    assert uncertainty_or_none(objective, np.zeros(2), (), 1.0)[1].size == 0


def test_a_copy_of_a_unit_leaves_the_uncertainty_of_the_output_known() -> None:
    """Without decay of the biases, two mirrored units can exchange their biases, so that H is singular.

    One unit of twice the weight has the same output, and the same penalty if its decays are adapted.
    """
    x = np.linspace(-1.0, 1.0, 40)[:, None]
    y = np.tanh(2.0 * x[:, 0] - 0.3) + 0.3 * np.random.default_rng(1).normal(size=40)
    one = sn.make_objective(sn.Architecture((1, 1, 1)), x, y, decay={"W1": 0.02, "W2": 0.005})
    w, b, v, c = sn.optimizers.minimize(one, [0.6, 0.2, 0.9, 0.1], "lm").theta
    two = sn.make_objective(sn.Architecture((1, 2, 1)), x, y, decay={"W1": 0.01, "W2": 0.01})
    mirrored = np.array([w, -w, b, -b, v / 2, -v / 2, c])
    assert np.abs(two.value_and_gradient(mirrored)[1]).max() < 1e-8

    variances = []
    for objective, theta in ((one, np.array([w, b, v, c])), (two, mirrored)):
        noise_variance, factor = uncertainty_or_none(objective, theta, (), 1.0)
        of_outputs = output_variances(objective.architecture, theta, factor, x)
        variances.append(of_outputs[:, 0] / noise_variance)
    np.testing.assert_allclose(*variances, rtol=1e-4)
