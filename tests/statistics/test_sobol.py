"""Sobol' indices against exact ones and against scipy.stats.sobol_indices."""

from __future__ import annotations

from inspect import signature

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import sheernet as sn
from sheernet.statistics import IndependentColumns, sobol_indices

GRID = (np.arange(4096) + 0.5) / 4096
"""Nearly the uniform distribution on [0, 1]."""


def columns(n: int) -> list[np.ndarray]:
    return [np.array([i]) for i in range(n)]


def ishigami(X: np.ndarray) -> np.ndarray:
    a, b, c = X.T
    return (np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a))[:, None]


def test_of_ishigamis_function_are_the_published_ones() -> None:
    """Sobol' and Levitan (1999); also the example of scipy.stats.sobol_indices."""
    X = np.tile((2 * GRID[:, None] - 1) * np.pi, (1, 3))
    found = sobol_indices(ishigami, IndependentColumns(X, columns(3)))
    assert found.first.ravel() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.01)
    assert found.total.ravel() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)
    variance = 49 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5
    assert found.variance == pytest.approx([variance], rel=0.02)


def test_agree_with_those_of_scipy() -> None:
    seed = "rng" if "rng" in signature(stats.sobol_indices).parameters else "random_state"
    expected = stats.sobol_indices(
        func=lambda x: ishigami(x.T).T, n=2048, dists=[stats.uniform(-np.pi, 2 * np.pi)] * 3,
        **{seed: np.random.default_rng(0)},
    )  # fmt: skip
    X = np.tile((2 * GRID[:, None] - 1) * np.pi, (1, 3))
    found = sobol_indices(ishigami, IndependentColumns(X, columns(3)))
    assert found.first.ravel() == pytest.approx(expected.first_order, abs=0.03)
    assert found.total.ravel() == pytest.approx(expected.total_order, abs=0.03)


@settings(max_examples=20)
@given(seed=st.integers(0, 1000))
def test_of_a_sum_are_the_parts_of_its_variance(seed) -> None:
    rng = np.random.default_rng(seed)
    X, slopes = rng.normal(size=(200, 4)), rng.normal(size=4)
    parts = slopes**2 * X.var(axis=0)
    found = sobol_indices(
        lambda Z: (Z @ slopes)[:, None], IndependentColumns(X, columns(4)), replicates=4, seed=seed
    )
    assert found.first.ravel() == pytest.approx(parts / parts.sum(), abs=0.02)
    assert found.total.ravel() == pytest.approx(parts / parts.sum(), abs=0.02)


def test_columns_of_a_block_keep_their_dependence() -> None:
    """x - x = 0 within a block; drawn independently, the same columns would make all of the variance."""
    x = GRID[::16]
    X = np.stack([x, x, x], axis=1)
    function = lambda Z: (Z[:, 0] - Z[:, 1] + Z[:, 2])[:, None]  # noqa: E731
    together = sobol_indices(function, IndependentColumns(X, [np.array([0, 1]), np.array([2])]))
    assert together.total.ravel() == pytest.approx([0.0, 1.0], abs=1e-12)
    assert sobol_indices(function, IndependentColumns(X, columns(3))).total[0] == pytest.approx(
        [1 / 3], abs=0.02
    )


def test_weights_are_numbers_of_equal_rows() -> None:
    rng = np.random.default_rng(0)
    X, weights = rng.normal(size=(30, 2)), rng.integers(0, 4, size=30).astype(float)
    weights[0] = 1.0
    function = lambda Z: np.exp(Z[:, :1]) + Z[:, 1:]  # noqa: E731
    weighted = sobol_indices(function, IndependentColumns(X, columns(2), weights))
    repeated = sobol_indices(
        function, IndependentColumns(np.repeat(X, weights.astype(int), axis=0), columns(2))
    )
    assert weighted.total == pytest.approx(repeated.total, abs=1e-12)
    assert weighted.first == pytest.approx(repeated.first, abs=1e-12)


def test_a_constant_function_and_one_column() -> None:
    functions = lambda Z: np.stack([np.full(len(Z), 0.1), Z[:, 0]], axis=1)  # noqa: E731
    found = sobol_indices(functions, IndependentColumns(GRID[:, None], columns(1)))
    assert found.total.ravel() == pytest.approx([0.0, 1.0], abs=1e-3)
    assert found.first.ravel() == pytest.approx([0.0, 1.0], abs=1e-3)


def test_the_seed_decides() -> None:
    X = np.tile(GRID[::8, None], (1, 2))
    columns_of_X = IndependentColumns(X, columns(2))

    def run(seed):
        return sobol_indices(lambda Z: Z[:, :1] * Z[:, 1:], columns_of_X, seed=seed).total

    assert (run(1) == run(1)).all()
    assert (run(1) != run(2)).any()


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(sn.InvalidInput, match=r"at most 10000 columns.*there are 10001"):
        IndependentColumns(np.zeros((2, 10001)), columns(10001))
