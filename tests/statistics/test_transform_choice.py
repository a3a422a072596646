"""The transform of skewed targets: which targets get one, and which."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sheernet.statistics.transform_choice import transform_of_skew


def rows(n: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Inputs, and a normal variable of variance 1 that depends on them, (N, 1)."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2))
    return X, (X @ [0.8, -0.4] + np.sqrt(0.2) * rng.normal(size=n))[:, None]


def found(X: np.ndarray, y: np.ndarray):
    return transform_of_skew(X, (y - y.mean(axis=0)) / y.std(axis=0), np.ones(len(X)))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n", [30, 100, 2000])
def test_normal_targets_get_none(n: int, seed: int) -> None:
    assert found(*rows(n, seed)) is None


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("function", [np.exp, np.sinh])
def test_transformed_targets_are_normal_again(function, sign: float) -> None:
    X, z = rows(2000)
    y = sign * function(1.5 * z)
    transform = found(X, y)
    assert transform is not None
    again = transform.forward((y - y.mean()) / y.std())
    assert again.mean() == pytest.approx(0, abs=1e-9)
    assert again.std() == pytest.approx(1, abs=1e-9)
    assert abs(np.corrcoef(again[:, 0], z[:, 0])[0, 1]) > 0.99
    assert abs(stats.skew(again[:, 0])) < 0.3


def test_several_targets_get_one_each() -> None:
    X, z = rows()
    transform = found(X, np.hstack([np.exp(z), z]))
    assert transform is not None
    assert len(transform.center) == 2


def test_the_units_of_a_target_do_not_matter() -> None:
    X, z = rows()
    assert found(X, 1e6 * np.exp(z) - 3.0).slope == pytest.approx(found(X, np.exp(z)).slope)


def test_a_weight_of_two_counts_as_two_rows() -> None:
    X, z = rows(200)
    y = np.exp(z)
    weights = np.arange(200) % 2 + 1
    twice = np.repeat(np.arange(200), weights)
    weighted = transform_of_skew(X, y, weights.astype(float))
    repeated = transform_of_skew(X[twice], y[twice], np.ones(len(twice)))
    # Quantiles that are tried as centers count rows without weights; here the best center is beyond the range.
    assert weighted.shift == pytest.approx(repeated.shift, rel=1e-6)
    assert weighted.width == pytest.approx(repeated.width)


def test_ties_do_not_make_the_width_vanish() -> None:
    X, z = rows()
    y = np.where(z < 0.5, 0.0, np.exp(z))
    transform = transform_of_skew(X, y, np.ones(len(y)))
    lower, upper = np.quantile(np.unique(y), [0.25, 0.75])
    assert transform.width[0] >= 0.0199 * (upper - lower)


@pytest.mark.parametrize(
    "y",
    [np.arange(400.0) % 9, np.r_[np.zeros(399), 1.0]],
    ids=["few values", "one value but for a row"],
)
def test_targets_without_shape_get_none(y: np.ndarray) -> None:
    assert found(rows()[0], y[:, None]) is None


def test_more_features_than_the_rows_can_bear_get_none() -> None:
    rng = np.random.default_rng(0)
    assert found(rng.normal(size=(60, 30)), np.exp(rng.normal(size=(60, 1)))) is None
