"""Covariances of weights and variances of outputs, against linear regression and explicit inverses."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from interruption import interrupted
from random_models import random_member
from sheernet import activations, propagation
from sheernet.models.density import densities_of
from sheernet.network import compiled_extension
from sheernet.statistics import laplace
from sheernet.statistics.laplace import (
    change_left,
    covariance_factor,
    noise_and_factor,
    output_variances,
)

SIGMA2 = 0.3


def unpacked(packed: np.ndarray, size: int) -> np.ndarray:
    """L from its lower triangle, row by row."""
    L = np.zeros((size, size))
    for i in range(size):
        L[i, : i + 1] = packed[i * (i + 1) // 2 : (i + 1) * (i + 2) // 2]
    return L


def member_of(network: sn.Network, factor: np.ndarray) -> Any:
    member = random_member(network.architecture, 0, 1.0, "squared_error")
    return dataclasses.replace(member, network=network, factor=factor)


@given(
    seed=st.integers(0, 2**32), n=st.integers(1, 40), inputs=st.integers(1, 4), outputs=st.integers(1, 3),
    reduction=st.sampled_from(["mean", "sum"]), weighted=st.booleans(),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_of_a_linear_network_are_those_of_ridge_regression(
    seed: int, n: int, inputs: int, outputs: int, reduction: str, weighted: bool
) -> None:
    """sigma^2 x^T (X^T W X + D)^-1 x for each output, with a column of ones for the bias."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n, inputs)), rng.normal(size=(n, outputs))
    weights = rng.integers(1, 5, size=n).astype(float) if weighted else None
    arch = sn.Architecture((inputs, outputs))
    d = 0.5
    total = n if weights is None else weights.sum()
    decay = d / total if reduction == "mean" else d
    objective = sn.make_objective(arch, X, y, weights=weights, reduction=reduction, decay=decay)
    theta = rng.normal(size=arch.n_parameters)
    factor = covariance_factor(objective, theta, SIGMA2)
    new = rng.normal(size=(7, inputs))
    ours = output_variances(arch, theta, factor, new)
    A, B = np.c_[X, np.ones(n)], np.c_[new, np.ones(7)]
    W = np.eye(n) if weights is None else np.diag(weights)
    H = A.T @ W @ A + d * np.eye(inputs + 1)
    expected = SIGMA2 * np.einsum("np,np->n", B, np.linalg.solve(H, B.T).T)
    assert ours.shape == (7, outputs)
    assert np.allclose(ours, expected[:, None], rtol=1e-8)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(
    ("hidden", "skip", "outputs"), [("tanh", False, 1), ("sigmoid", True, 2), ("softplus", True, 3)]
)
def test_of_a_curved_network_are_those_of_an_explicit_inverse(
    reduction: str, hidden: str, skip: bool, outputs: int
) -> None:
    """J by the complex step, H inverted as it stands."""
    rng = np.random.default_rng(0)
    arch = sn.Architecture((2, 4, 3, outputs), hidden, skip=skip)
    X, y = rng.normal(size=(50, 2)), rng.normal(size=(50, outputs))
    decay = rng.lognormal(size=arch.n_parameters)
    objective = sn.make_objective(arch, X, y, reduction=reduction, decay=decay)
    theta = sn.Network.random(arch, 1).theta
    size = theta.size

    def jacobian(rows: np.ndarray) -> np.ndarray:
        steps = theta + 1e-30j * np.eye(size)
        return np.stack(
            [sn.forward(arch, t, rows).activations[-1].imag / 1e-30 for t in steps], axis=-1
        )

    J = jacobian(X).reshape(-1, size)
    H = J.T @ J + np.diag(decay * (50 if reduction == "mean" else 1))
    covariance = SIGMA2 * np.linalg.inv(H)
    packed = covariance_factor(objective, theta, SIGMA2)
    L = unpacked(packed, size)
    assert np.diag(L).min() > 0
    assert np.allclose(L @ L.T, covariance, rtol=1e-8, atol=1e-10 * np.abs(covariance).max())
    new = rng.normal(size=(9, 2))
    g = jacobian(new)  # (N, K, P)
    expected = np.einsum("nkp,pq,nkq->nk", g, covariance, g)
    assert np.allclose(output_variances(arch, theta, packed, new), expected, rtol=1e-8)


def test_of_classes_is_the_inverse_of_the_gauss_newton_matrix() -> None:
    rng = np.random.default_rng(0)
    arch = sn.Architecture((2, 3), output="softmax")
    y = np.eye(3)[rng.integers(3, size=20)]
    objective = sn.make_objective(arch, rng.normal(size=(20, 2)), y, decay=0.1)
    theta = rng.normal(size=9)
    noise, packed = noise_and_factor(objective, theta)
    L = unpacked(packed, 9)
    assert noise is None
    assert np.allclose(L @ L.T, np.linalg.inv(20 * objective.gauss_newton(theta)[2]), rtol=1e-9)


def test_noise_is_that_of_linear_regression() -> None:
    """Without a decay of the slopes, gamma = P: RSS / (n - P), and the factor has this variance."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 3)), rng.normal(size=30)
    A = np.c_[X, np.ones(30)]
    best, rss, *_ = np.linalg.lstsq(A, y, rcond=None)
    noise, packed = noise_and_factor(sn.make_objective(sn.Architecture((3, 1)), X, y), best)
    assert noise == pytest.approx(rss[0] / (30 - 4), rel=1e-10)
    L = unpacked(packed, 4)
    assert np.allclose(L @ L.T, noise * np.linalg.inv(A.T @ A), rtol=1e-9)


def test_a_singular_matrix_is_an_error() -> None:
    objective = sn.make_objective(sn.Architecture((2, 1)), np.zeros((5, 2)), np.arange(5.0))
    with pytest.raises(np.linalg.LinAlgError, match="not positive definite"):
        covariance_factor(objective, np.zeros(3))


def test_a_matrix_that_is_singular_but_for_rounding_is_an_error() -> None:
    """Two inputs that differ by d have variances of about 1 / d^2, in units of those with the other weight known."""
    rng = np.random.default_rng(0)
    x, other = rng.normal(size=(2, 50))

    def objective(d: float) -> Any:
        X = np.column_stack([x, 1e-3 * (x + d * other)])
        return sn.make_objective(sn.Architecture((2, 1), bias=False), X, x)

    with pytest.raises(np.linalg.LinAlgError, match="not positive definite"):
        covariance_factor(objective(1e-7), np.zeros(2))
    L = unpacked(covariance_factor(objective(1e-5), np.zeros(2)), 2)
    assert (L @ L.T)[0, 0] * (x @ x) == pytest.approx(1e10, rel=0.5)


def test_a_perfect_fit_has_no_noise() -> None:
    objective = sn.make_objective(sn.Architecture((1, 1)), [0.0, 1.0, 2.0], [1.0, 3.0, 5.0])
    with pytest.raises(np.linalg.LinAlgError, match="the noise variance is 0"):
        noise_and_factor(objective, np.array([2.0, 1.0]))


def test_a_cost_that_is_no_likelihood_is_refused() -> None:
    objective = sn.make_objective(
        sn.Architecture((1, 1)), [0.0, 1.0], [0.0, 1.0], cost="huber", decay=1.0
    )
    with pytest.raises(sn.InvalidInput, match="needs a cost that is a likelihood"):
        covariance_factor(objective, np.zeros(2))


def weights_of(member: Any) -> tuple[Any, ...]:
    return member.network.architecture, member.network.theta, member.factor


def reference_variances(*of: Any) -> np.ndarray:
    """What `output_variances` computes without the extension."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(laplace, "why_not_native", lambda arch: "told so")
        return output_variances(*of)


VARIANCES = {"in C++ if possible": output_variances, "in NumPy": reference_variances}


@pytest.mark.parametrize("variances", VARIANCES.values(), ids=VARIANCES)
def test_blocks_of_rows_change_nothing(variances: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    member = random_member(sn.Architecture((2, 3, 2)), 0, 1.0, "squared_error")
    X = np.random.default_rng(0).normal(size=(23, 2))
    at_once = variances(*weights_of(member), X)
    monkeypatch.setattr(laplace, "BLOCK", 5 * 2 * member.network.theta.size)
    assert np.allclose(variances(*weights_of(member), X[::-1]), at_once[::-1], rtol=1e-13)
    assert variances(*weights_of(member), X[:0]).shape == (0, 2)


def random_weights(arch: sn.Architecture, scale: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A theta, and the factor of a covariance."""
    rng, size = np.random.default_rng(seed), arch.n_parameters
    return scale * rng.normal(size=size), rng.normal(size=size * (size + 1) // 2)


@pytest.mark.skipif(compiled_extension.NATIVE is None, reason=str(compiled_extension.WHY_NOT))
class TestCompiledVariances:
    SHAPES: ClassVar = {
        "linear": ((3, 2), {}),
        "one weight": ((1, 1), {"bias": False}),
        "deep, with skip connections": ((2, 5, 4, 3, 3), {"skip": True, "hidden": "silu"}),
        "no biases": ((3, 6, 1), {"bias": False, "hidden": "sigmoid"}),
        "a kink": ((2, 4, 2), {"hidden": "relu"}),
        "classes": ((2, 7, 4), {"output": "softmax"}),
        "wide": ((5, 40, 1), {}),
    }

    @pytest.fixture(
        params=compiled_extension.NATIVE.instruction_sets()
        if compiled_extension.NATIVE is not None
        else []
    )
    def instructions(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SHEERNET_INSTRUCTION_SET", request.param)

    @pytest.mark.usefixtures("instructions")
    @pytest.mark.parametrize("shape", SHAPES)
    def test_agree_with_the_reference(self, shape: str) -> None:
        """To 1e-12 of the sum of absolute terms; scale 30 saturates units."""
        sizes, how = self.SHAPES[shape]
        arch = sn.Architecture(sizes, **how)
        for scale, n in [(0.5, 1), (0.5, 7), (1.0, 130), (30.0, 300)]:
            theta, factor = random_weights(arch, scale, seed=n)
            X = np.random.default_rng(n).normal(size=(n, sizes[0]))
            found = output_variances(arch, theta, factor, X)
            expected = reference_variances(arch, theta, factor, X)
            g = propagation.jacobian(arch, theta, propagation.forward(arch, theta, X))
            terms = (np.abs(g) @ np.abs(unpacked(factor, theta.size))) ** 2  # (N, K, P)
            assert np.all(np.abs(found - expected) <= 1e-12 * terms.sum(axis=2))

    @pytest.mark.usefixtures("instructions")
    def test_of_a_row_have_the_same_bits_in_any_table(self) -> None:
        arch = sn.Architecture((3, 11, 2))
        theta, factor = random_weights(arch, 1.0, seed=0)
        X = np.random.default_rng(0).normal(size=(301, 3))
        found = output_variances(arch, theta, factor, X)
        for row in (0, 64, 127, 128, 299, 300):
            alone = output_variances(arch, theta, factor, X[row : row + 1])
            assert alone.tobytes() == found[row].tobytes()

    def test_of_rows_far_away_are_inf_or_nan(self) -> None:
        arch = sn.Architecture((2, 3, 1), "softplus")
        theta, factor = random_weights(arch, 1.0, seed=0)
        X = np.array([[1e300, -1e300], [0.5, 1.0]])
        for variances in VARIANCES.values():
            found = variances(arch, theta, factor, X)
            assert not np.isfinite(found[0])
            assert np.isfinite(found[1])

    def test_are_ended_by_a_signal(self) -> None:
        arch = sn.Architecture((20, 60, 1))
        theta, factor = random_weights(arch, 1.0, seed=0)
        X = np.zeros((300_000, 20))  # a minute
        with pytest.raises(KeyboardInterrupt), interrupted(after=0.1):
            output_variances(arch, theta, factor, X)

    def test_need_a_factor_of_the_right_length(self) -> None:
        arch = sn.Architecture((2, 1))
        with pytest.raises(ValueError, match=r"factor must have shape \(6,\)"):
            output_variances(arch, np.zeros(3), np.zeros(5), np.zeros((1, 2)))


def test_of_a_users_activation_are_computed_in_numpy() -> None:
    mine = dataclasses.replace(activations.tanh, name="mine")
    theta, factor = random_weights(sn.Architecture((2, 3, 1)), 1.0, seed=0)
    X = np.random.default_rng(0).normal(size=(5, 2))
    ours = output_variances(sn.Architecture((2, 3, 1), mine), theta, factor, X)
    assert np.allclose(
        ours, output_variances(sn.Architecture((2, 3, 1)), theta, factor, X), rtol=1e-12
    )


@given(seed=st.integers(0, 2**32), reduction=st.sampled_from(["mean", "sum"]))
def test_the_change_left_is_the_largest_change_of_a_linear_prediction(
    seed: int, reduction: str
) -> None:
    """In its standard deviations, of any row: the row along the covariance times the gradient has the largest."""
    rng = np.random.default_rng(seed)
    arch = sn.Architecture((3, 1), bias=False)
    objective = sn.make_objective(
        arch, rng.normal(size=(20, 3)), rng.normal(size=20), decay=0.1, reduction=reduction
    )
    theta, zero = rng.normal(size=3), np.zeros(3)
    _, slope, H = objective.gauss_newton(zero)
    optimum = -np.linalg.solve(H, slope)
    factor = covariance_factor(objective, theta, SIGMA2)
    covariance = unpacked(factor, 3) @ unpacked(factor, 3).T
    step = optimum - theta
    X = np.vstack([rng.normal(size=(50, 3)), np.linalg.solve(covariance, step)])
    change = np.abs(X @ step) / np.sqrt(output_variances(arch, theta, factor, X)[:, 0])
    left = change_left(objective, theta, factor, SIGMA2)
    assert change.max() == pytest.approx(left, rel=1e-9)
    assert change_left(objective, optimum, factor, SIGMA2) < 1e-9


def test_a_member_without_a_factor_is_refused() -> None:
    member = random_member(sn.Architecture((2, 1)), 0, 1.0, "squared_error")
    with pytest.raises(sn.InvalidInput, match="uncertainty of this network's weights is not known"):
        densities_of(dataclasses.replace(member, factor=np.zeros(0)), np.zeros((1, 2)))
