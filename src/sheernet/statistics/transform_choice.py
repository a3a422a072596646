r"""`transform_of_skew`: choose the transform of targets with the best linear model, if better than no transform.

For each center and width of a grid, the likelihood of a linear model of t = arsinh((y - center) / width) with
normal noise is compared in the units of y:

    log likelihood of a row = -1/2 log(residual variance of t) + mean of log dt/dy

Source: G. E. P. Box, D. R. Cox, An analysis of transformations, Journal of the Royal Statistical Society B 26 (1964)
211-252, section 3, with the arsinh in place of their powers, which need positive targets.
Deviation from the source: the width is bounded from below by a fraction of the interquartile range of the distinct
values.  Otherwise the likelihood of targets with many equal values, such as 0, has no maximum.
"""

from __future__ import annotations

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.statistics.target_transforms import JohnsonTransform

MOST_ROWS = 2500
"""Maximum number of rows that are used; more rows do not improve the choice."""
ROWS_PER_FEATURE = 3
"""Minimum number of rows per feature; with fewer, the residuals of a linear model are not informative."""
FEWEST_VALUES = 10
"""Minimum number of distinct values; fewer do not determine the shape of a distribution."""
WIDTHS = np.geomspace(0.02, 20.0, 12)
"""Widths in interquartile ranges of the distinct values."""
BEYOND = np.array([0.0, 0.05, 0.1, 0.2, 0.5, 1.0])
"""Distances of centers from the range of the targets, in interquartile ranges."""
WITHIN = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
"""Quantiles of the targets that are tried as centers."""
LEAST_GAIN = 0.035
"""Minimum gain in the log likelihood of a row and target, in nats, for which a transform is tried."""
LEAST_TOTAL = 6.0
"""Minimum gain of all rows together: the penalty of two parameters by Schwarz's criterion with 400 rows."""


def transform_of_skew(X: Array, y: Array, weights: Array) -> JohnsonTransform | None:
    """Choose a transform of targets.

    Parameters
    ----------
    X, y : ndarray, (N, d_0) and (N, K)
        Inputs and targets of the network.
    weights : ndarray, (N,)
        Case weights.

    Returns
    -------
    JohnsonTransform or None
        Transformed targets have mean 0 and variance 1.  None if no transform of all targets gains enough.
    """
    if len(X) > MOST_ROWS:
        rows = np.linspace(0, len(X) - 1, MOST_ROWS).astype(np.intp)
        X, y, weights = X[rows], y[rows], weights[rows]
    if len(X) < ROWS_PER_FEATURE * (X.shape[1] + 1):
        return None
    roots = np.sqrt(weights / weights.sum())  # (N,)
    U, singular, _ = np.linalg.svd(
        np.column_stack([roots, roots[:, None] * X]), full_matrices=False
    )
    explained = U[:, singular > 1e-10 * singular[0]]  # (N, rank)
    parts, total = [], 0.0
    for column in y.T:
        found = _best(column, roots, explained)
        if found is None:
            return None
        gain, center, width = found
        total += gain
        t = np.arcsinh((column - center) / width)
        middle = float(roots**2 @ t)
        deviation = float(np.sqrt(roots**2 @ (t - middle) ** 2))
        parts.append((-middle / deviation, 1.0 / deviation, center, width))
    is_worth_it = total > LEAST_GAIN * len(parts) and total * weights.sum() > LEAST_TOTAL
    return JohnsonTransform(*zip(*parts, strict=True)) if is_worth_it else None


def _best(y: Array, roots: Array, explained: Array) -> tuple[float, float, float] | None:
    """Return the largest gain of the log likelihood of a row, with its center and width; None if y has few values."""
    values = np.unique(y)
    lower, upper = np.quantile(values, [0.25, 0.75])
    if len(values) < FEWEST_VALUES or lower == upper:
        return None
    widths = WIDTHS * (upper - lower)  # (number of widths,)
    beyond = BEYOND * (upper - lower)
    centers = [*(values[0] - beyond), *np.quantile(y, WITHIN), *(values[-1] + beyond)]
    best = (-np.inf, 0.0, 1.0)
    for center in centers:
        x = (y - center)[:, None] / widths  # (N, number of widths)
        slopes = roots**2 @ (-np.log(np.hypot(1.0, x)) - np.log(widths))
        likelihoods = slopes - 0.5 * np.log(_residual_variances(np.arcsinh(x), roots, explained))
        k = int(np.argmax(likelihoods))
        best = max(best, (float(likelihoods[k]), float(center), float(widths[k])))
    plain = -0.5 * float(np.log(_residual_variances(y[:, None], roots, explained)[0]))
    return best[0] - plain, best[1], best[2]


def _residual_variances(t: Array, roots: Array, explained: Array) -> Array:
    """Compute the residual variances of linear models of the columns of t, (n,)."""
    scaled = roots[:, None] * t
    residuals = scaled - explained @ (explained.T @ scaled)
    return np.maximum((residuals**2).sum(axis=0), np.finfo(np.float64).tiny)
