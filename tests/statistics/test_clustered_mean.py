"""The mean of losses and its standard error, if the losses of a cluster depend on each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.statistics.clustered_mean import clustered_mean

values = st.lists(st.floats(-100, 100), min_size=2, max_size=30)


@given(values)
def test_of_independent_losses_is_the_usual_one(losses: list[float]) -> None:
    mean, error = clustered_mean(np.array(losses), np.ones(len(losses)), np.arange(len(losses)))
    assert mean == pytest.approx(np.mean(losses), abs=1e-9)
    assert error == pytest.approx(np.std(losses, ddof=1) / np.sqrt(len(losses)), abs=1e-9)


@given(values, st.integers(1, 4), st.floats(1e-300, 1e300))
def test_does_not_gain_from_repeats_nor_depend_on_the_scale(
    losses: list[float], repeats: int, scale: float
) -> None:
    clusters = np.arange(len(losses))
    once = clustered_mean(np.array(losses), np.ones(len(losses)), clusters)
    several = clustered_mean(
        np.tile(losses, repeats), np.full(repeats * len(losses), scale), np.tile(clusters, repeats)
    )
    assert several == pytest.approx(once, rel=1e-9, abs=1e-9)


@given(st.lists(st.tuples(st.floats(-9, 9), st.integers(1, 5)), min_size=2, max_size=12))
def test_of_means_of_clusters_weighted_by_their_sizes(clusters: list[tuple[float, int]]) -> None:
    """Losses that are equal within a cluster are one loss, of the weight of the cluster."""
    means, sizes = (
        np.array([each[0] for each in clusters]),
        np.array([each[1] for each in clusters]),
    )
    numbers = np.arange(len(clusters))
    rows = clustered_mean(np.repeat(means, sizes), np.ones(sizes.sum()), np.repeat(numbers, sizes))
    weighted = clustered_mean(means, sizes.astype(float), numbers)
    assert rows == pytest.approx(weighted, rel=1e-9, abs=1e-9)


def test_by_hand() -> None:
    """Deviations -2, -1 | 0, 3 of the mean 3: sums -3 and 3, so sqrt(2/1 (9 + 9)) / 4."""
    mean, error = clustered_mean(np.array([1.0, 2.0, 3.0, 6.0]), np.ones(4), np.array([4, 4, 7, 7]))
    assert (mean, error) == (3.0, pytest.approx(1.5))


def test_is_not_known_from_one_cluster() -> None:
    mean, error = clustered_mean(np.array([1.0, 3.0]), np.ones(2), np.zeros(2, int))
    assert mean == 2.0
    assert np.isnan(error)


def test_is_not_finite_if_a_loss_is_not() -> None:
    mean, error = clustered_mean(np.array([1.0, np.inf]), np.ones(2), np.arange(2))
    assert mean == np.inf
    assert np.isnan(error)
