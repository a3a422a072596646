"""Growth of a loss if columns are permuted, against its expectation."""

from __future__ import annotations

import numpy as np

from sheernet.statistics import permutation_losses

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 4))
SLOPES = np.array([2.0, -1.0, 0.5, 0.0])
y = X @ SLOPES


def loss(Z: np.ndarray) -> np.ndarray:
    return np.array([((Z @ SLOPES - y) ** 2).mean(), np.abs(Z @ SLOPES - y).mean()])


def test_of_a_line_is_twice_its_part_of_the_variance() -> None:
    """E (x_i - x_pi(i))^2 = 2 N / (N - 1) (N - 1) / N var = 2 var over all permutations, fixed points included."""
    found = permutation_losses(loss, X, [np.array([i]) for i in range(4)], repeats=400)
    expected = 2 * SLOPES**2 * X.var(axis=0)
    error = found[:, :, 0].std(axis=0, ddof=1) / 20
    assert (np.abs(found[:, :, 0].mean(axis=0) - expected) <= 4 * error).all()
    assert found.shape == (400, 4, 2)
    assert not found[:, 3].any()


def test_columns_of_a_block_are_permuted_together() -> None:
    same = np.stack([X[:, 0], X[:, 0]], axis=1)
    difference = lambda Z: ((Z[:, :1] - Z[:, 1:]) ** 2).mean(axis=0)  # noqa: E731
    assert not permutation_losses(difference, same, [np.array([0, 1])]).any()
    assert permutation_losses(difference, same, [np.array([0]), np.array([1])]).min() > 0.5


def test_leaves_the_rows_as_they_are_and_follows_the_seed() -> None:
    before = X.copy()
    runs = [permutation_losses(loss, X, [np.array([0])], 3, seed) for seed in (1, 1, 2)]
    assert (before == X).all()
    assert (runs[0] == runs[1]).all()
    assert (runs[0] != runs[2]).all()
