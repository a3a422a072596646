"""The Mahalanobis distance from rows, with a ridge, with case weights, and of rows left out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis

from sheernet.statistics.mahalanobis_distances import (
    conditional_deviations,
    distances,
    fit_ellipsoid,
    left_out_distances,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(4000, 3)) @ np.array([[1.0, 0.5, 0.0], [0.0, 2.0, 0.3], [0.0, 0.0, 0.1]]) + 5.0


def test_is_the_distance_of_scipy_but_for_the_ridge() -> None:
    center, factor = fit_ellipsoid(X)
    C = np.cov(X.T, bias=True)
    inverse = np.linalg.inv(C + np.diag(C.diagonal()) / len(X) ** 2)
    assert factor @ factor.T == pytest.approx(np.linalg.inv(inverse))
    expected = [mahalanobis(x, X.mean(axis=0), inverse) for x in X[:5]]
    assert distances(center, factor, X[:5]) == pytest.approx(expected)


def test_a_case_weight_counts_as_so_many_rows() -> None:
    rows, weights = X[:30], np.tile([1.0, 3.0, 2.0], 10)
    repeated = np.repeat(rows, weights.astype(int), axis=0)
    center, factor = fit_ellipsoid(rows, weights)
    C = np.cov(repeated.T, bias=True)
    assert center == pytest.approx(repeated.mean(axis=0))
    assert factor @ factor.T == pytest.approx(C + np.diag(C.diagonal()) / 30**2)


@pytest.mark.parametrize("weights", [None, np.tile([1.0, 2.0], 2000)])
def test_a_row_is_compared_with_the_others(weights) -> None:
    """Computed without each row in turn; the ridge of 4000 rows is small."""
    center, factor = fit_ellipsoid(X, weights)
    found = left_out_distances(distances(center, factor, X), weights)
    for n in (0, 7, int(found.argmax())):
        others = np.delete(X, n, axis=0)
        w = None if weights is None else np.delete(weights, n)
        middle = np.average(others, axis=0, weights=w)
        C = np.cov(others.T, aweights=w, bias=True)
        assert found[n] == pytest.approx(mahalanobis(X[n], middle, np.linalg.inv(C)), rel=1e-3)


def test_of_few_rows_without_a_ridge_the_formula_is_exact() -> None:
    rows, weights = X[:9, :2], np.arange(1.0, 10.0)
    middle = np.average(rows, axis=0, weights=weights)
    inverse = np.linalg.inv(np.cov(rows.T, aweights=weights, bias=True))
    own = np.array([mahalanobis(x, middle, inverse) for x in rows])
    others, w = np.delete(rows, 8, axis=0), weights[:8]
    C = np.cov(others.T, aweights=w, bias=True)
    expected = mahalanobis(rows[8], np.average(others, axis=0, weights=w), np.linalg.inv(C))
    assert left_out_distances(own, weights)[8] == pytest.approx(expected)


def test_rows_left_out_are_as_far_as_new_rows() -> None:
    """Of few rows with many features: distances from a middle to which rows contributed are much smaller."""
    rng = np.random.default_rng(1)
    rows, new = rng.normal(size=(40, 15)), rng.normal(size=(4000, 15))
    center, factor = fit_ellipsoid(rows)
    own = distances(center, factor, rows)
    of_new = np.median(distances(center, factor, new))
    assert np.median(left_out_distances(own)) == pytest.approx(of_new, rel=0.1)
    assert np.median(own) < 0.8 * of_new


def test_features_that_depend_on_each_other_do_no_harm() -> None:
    one_hot = np.eye(3)[RNG.integers(3, size=200)]
    rows = np.column_stack([one_hot, np.ones(200)])
    center, factor = fit_ellipsoid(rows)
    found = distances(center, factor, np.array([[1.0, 0.0, 0.0, 1.0], [1.0, 1.0, 0.0, 1.0]]))
    assert found[1] > 5 * found[0]
    assert np.isfinite(found).all()


def test_conditional_deviations_are_residuals_of_a_regression() -> None:
    center, factor = fit_ellipsoid(X)
    x = np.array([[5.0, 9.0, 5.2]])
    found = conditional_deviations(center, factor, x, (slice(0, 1), slice(1, 2), slice(2, 3)))
    others = np.column_stack([np.ones(len(X)), X[:, 1:]])
    coefficients = np.linalg.lstsq(others, X[:, 0], rcond=None)[0]
    residuals = X[:, 0] - others @ coefficients
    expected = abs(x[0, 0] - np.array([1.0, 9.0, 5.2]) @ coefficients) / residuals.std()
    assert found[0, 0] == pytest.approx(expected, rel=0.02)
    whole = conditional_deviations(center, factor, x, (slice(0, 3),))
    assert whole[0, 0] == pytest.approx(distances(center, factor, x)[0])
