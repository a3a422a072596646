from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((20, 2)) + 3.0, RNG.standard_normal((20, 2)) - 1.0
ARCH = sn.Architecture((2, 3, 2), skip=True)


def units(X=X, Y=Y, **settings):
    return sn.make_objective(ARCH, X, Y, **settings).standard_units


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.sampled_from(["mean", "sum"]))
def test_the_same_network_has_the_same_weights_and_gradient_in_standard_units(s, r, reduction):
    theta = sn.Network.random(ARCH, seed=0).theta
    before = sn.make_objective(ARCH, X, Y)
    after = sn.make_objective(ARCH, r * X, s * Y, reduction=reduction)
    old, new = before.standard_units, after.standard_units
    f, g = before.value_and_gradient(theta)
    F, G = after.value_and_gradient(theta / old.parameters * new.parameters)
    np.testing.assert_allclose(G / new.gradient, g / old.gradient, rtol=1e-9, atol=1e-12)
    assert f / old.objective == pytest.approx(F / new.objective, rel=1e-9)


def test_are_1_for_standardized_data():
    inputs, targets = X - X.mean(axis=0), Y - Y.mean(axis=0)
    parameters, gradient, objective = units(
        inputs / inputs.std(axis=0), targets / targets.std(axis=0)
    )
    np.testing.assert_allclose(parameters, 1.0)
    np.testing.assert_allclose(gradient, 1.0)
    assert objective == pytest.approx(1.0)


@pytest.mark.parametrize("settings", [{"weights": np.arange(20)}, {"reduction": "sum"}, {}])
def test_are_the_same_in_both_engines(settings):
    for a, b in zip(
        units(engine="compiled", **settings), units(engine="reference", **settings), strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-12)


@pytest.mark.parametrize("y", [np.zeros(3), np.full(3, 1e300), np.full(3, 7.0)])
def test_are_positive_for_any_targets(y):
    objective = sn.make_objective(sn.Architecture((1, 1)), [[0.0], [0.0], [1e200]], y)
    for part in objective.standard_units[:2]:
        assert np.isfinite(part).all()
        assert (part > 0).all()
