"""Directions of the weights that change no output: found, complete, and harmless to variances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from sheernet.statistics.laplace import covariance_factor, output_variances, unpacked
from sheernet.statistics.redundant_weights import redundant_directions


def rows_with_labels(rng: np.random.Generator, n: int, numbers: int, labels: list[int]):
    """Encoded rows: numbers, then one-hot groups, and the slices of the groups."""
    parts, groups, start = [rng.normal(size=(n, numbers))], [], numbers
    for size in labels:
        codes = np.concatenate([np.arange(size), rng.integers(size, size=n - size)])
        parts.append(np.eye(size)[codes])
        groups.append(slice(start, start + size))
        start += size
    return np.hstack(parts), groups


ARCHITECTURES = st.tuples(
    st.integers(0, 2), st.lists(st.integers(2, 3), max_size=2), st.sampled_from([(), (2,)]), st.integers(1, 3),
    st.sampled_from(["identity", "softmax"]), st.booleans(), st.booleans(),
)  # fmt: skip


@given(drawn=ARCHITECTURES, seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_moving_along_them_changes_no_output(drawn, seed: int) -> None:
    numbers, labels, hidden, outputs, output, bias, skip = drawn
    numbers = max(numbers, 1 - len(labels))
    rng = np.random.default_rng(seed)
    X, groups = rows_with_labels(rng, 12, numbers, labels)
    sizes = (X.shape[1], *hidden, outputs)
    arch = sn.Architecture(sizes, output=output, bias=bias, skip=skip)
    N = redundant_directions(arch, groups, np.zeros(arch.n_parameters))
    assert np.allclose(N.T @ N, np.eye(N.shape[1]), atol=1e-12)
    theta = rng.normal(size=arch.n_parameters)
    moved = theta + N @ rng.normal(size=N.shape[1])
    outputs_of = [sn.forward(arch, t, X).activations[-1] for t in (theta, moved)]
    assert np.allclose(*outputs_of, atol=1e-12)


@given(
    seed=st.integers(0, 2**32), classes=st.integers(2, 4),
    labels=st.lists(st.integers(2, 4), max_size=2),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_without_hidden_layers_there_are_no_others(
    seed: int, classes: int, labels: list[int]
) -> None:
    """The rank of the Gauss-Newton matrix of enough rows is P less their number."""
    rng = np.random.default_rng(seed)
    X, groups = rows_with_labels(rng, 80, 2, labels)
    arch = sn.Architecture((X.shape[1], classes), output="softmax")
    y = np.eye(classes)[rng.integers(classes, size=len(X))]
    matrix = sn.make_objective(arch, X, y).gauss_newton(np.zeros(arch.n_parameters))[2]
    rank = np.linalg.matrix_rank(matrix, tol=1e-10, hermitian=True)
    N = redundant_directions(arch, groups, np.zeros(arch.n_parameters))
    assert rank == arch.n_parameters - N.shape[1]


def test_a_decay_on_one_weight_of_a_direction_keeps_it_out() -> None:
    arch = sn.Architecture((3, 2))  # a number and two labels
    decay = np.zeros(8)
    assert redundant_directions(arch, [slice(1, 3)], decay).shape == (8, 2)
    decay[arch.layout.names.index("W1[2,1]")] = 0.1
    assert redundant_directions(arch, [slice(1, 3)], decay).shape == (8, 1)
    decay[arch.layout.names.index("b1[0]")] = 0.1
    assert redundant_directions(arch, [slice(1, 3)], decay).shape == (8, 0)


def test_variances_of_outputs_are_those_of_a_regression_on_dummies() -> None:
    """sigma^2 x^T (A^T A)^-1 x with the first label of each group left out of A."""
    rng = np.random.default_rng(0)
    X, groups = rows_with_labels(rng, 30, 2, [3, 2])
    arch = sn.Architecture((X.shape[1], 1))
    objective = sn.make_objective(arch, X, rng.normal(size=30))
    theta = rng.normal(size=arch.n_parameters)
    with pytest.raises(np.linalg.LinAlgError):
        covariance_factor(objective, theta, 0.3)
    factor = covariance_factor(
        objective, theta, 0.3, redundant_directions(arch, groups, objective.decay)
    )
    kept = [0, 1, 3, 4, 6]
    A = np.c_[X[:, kept], np.ones(30)]
    expected = 0.3 * np.einsum("np,pq,nq->n", A, np.linalg.inv(A.T @ A), A)
    assert np.allclose(output_variances(arch, theta, factor, X)[:, 0], expected, rtol=1e-9)
    L = unpacked(factor)
    contrast = np.zeros(theta.size)
    contrast[[3, 2]] = 1.0, -1.0  # the second label of the first group against its first
    inverse = np.linalg.inv(A.T @ A)
    assert np.isclose(((contrast @ L) ** 2).sum(), 0.3 * inverse[2, 2], rtol=1e-9)
