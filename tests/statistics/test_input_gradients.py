"""Derivatives of outputs by inputs, against complex steps; the deviation of a prediction to first order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.statistics import feature_covariance, input_gradients, local_deviations

HIDDEN = ("tanh", "sigmoid", "softplus", "silu", "relu", "leaky_relu")
OUTPUTS = ("identity", "sigmoid", "exp", "softmax", "tanh")
STEP = 1e-30


@given(
    hidden=st.lists(st.integers(1, 4), max_size=2),
    activation=st.sampled_from(HIDDEN),
    output=st.sampled_from(OUTPUTS),
    skip=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_are_those_of_complex_steps(hidden, activation, output, skip, seed) -> None:
    sizes = (3, *hidden, 2)
    arch = sn.Architecture(sizes, hidden=activation, output=output, skip=skip and bool(hidden))
    net = sn.Network.random(arch, seed, scheme="symmetric_uniform")
    X = np.random.default_rng(seed).normal(size=(5, 3))
    found = input_gradients(net, X)
    for i in range(3):
        moved = X.astype(complex)
        moved[:, i] += 1j * STEP
        expected = sn.forward(arch, net.theta, moved).activations[-1].imag / STEP
        assert found[:, :, i] == pytest.approx(expected, rel=1e-10, abs=1e-14)


@given(seed=st.integers(0, 1000))
def test_the_deviation_is_that_of_the_linear_prediction(seed) -> None:
    rng = np.random.default_rng(seed)
    gradients = rng.normal(size=(4, 2, 3))
    features, weights = rng.normal(size=(20, 3)), rng.uniform(0.1, 1.0, size=20)
    found = local_deviations(gradients, feature_covariance(features, weights))
    for n in range(4):
        for k in range(2):
            linear = features @ gradients[n, k]
            center = np.average(linear, weights=weights)
            expected = np.sqrt(np.average((linear - center) ** 2, weights=weights))
            assert found[n, k] == pytest.approx(expected, rel=1e-9)
