"""Starts that find small local structure, such as a dip, in targets that are nearly linear in the inputs.

A decay is the noise variance divided by the prior variance of a weight.  `BEGINNINGS` are for targets of variance 1
with about as much noise.  If a linear model leaves only a small part of the variance, all these decays are too large,
and every start ends at a nearly linear network, which the evidence prefers to its neighbors.  Light decays alone do
not suffice: with biases of 0 all units bend at the mean of the inputs.  Log evidences of the best of 4 starts of 8
tanh units, less the highest one of all rows of this table, and the fraction of the starts within 5 of the latter:
means over two draws of six tables with one input (dips, steps, kinks and a wave on a line, 60 to 150 rows):

    initial decays                                       best    within 5
    10, 3, 1, 0.3                                       -12.5      0.46
    1, 3 times the variance left by the linear model     -2.1, -5.2      0.56, 0.50
    the same, units spread over the rows                 -0.8, -0.7      0.73, 0.81

On a line with noise, these starts may end at other optima, which fit the noise and have a lower evidence than the
nearly linear network.  As members of a mixture they cost up to 0.01 nats per row (60 rows, one input).  Therefore
spread starts are added to the others, and count only if they have the highest evidence.
"""

from __future__ import annotations

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.network.architecture import Architecture

NEARLY_LINEAR = 0.1
"""Maximum variance left by the linear model, for targets of variance 1; with more, `BEGINNINGS` are light enough."""
LIGHT = (3.0, 10.0)
"""Initial decays of spread starts, as multiples of the variance left by the linear model."""


def light_beginnings(left: float) -> tuple[float, ...]:
    """Return the initial decays of the spread starts of a search; none unless the targets are nearly linear.

    Parameters
    ----------
    left : float
        Variance of the targets that the linear model leaves, as `variance_left_by_line` returns it.
    """
    return tuple(multiple * left for multiple in LIGHT) if left <= NEARLY_LINEAR else ()


def spread(architecture: Architecture, theta: Array, X: Array) -> None:
    """Scale the sums of the first hidden layer to variance 1, and center its units at quantiles of the rows, in place.

    Parameters
    ----------
    architecture : Architecture
        The network.
    theta : ndarray, (P,)
        Its initial weights.
    X : ndarray, (N, d_0)
        Inputs.
    """
    W, b, _ = architecture.layout.by_layer(theta)  # views
    sums = X @ W[1]  # (N, m)
    deviations = sums.std(axis=0)
    W[1] /= np.where(deviations > 0, deviations, 1.0)
    if 1 in b:
        sums = np.sort(X @ W[1], axis=0)
        n_units = sums.shape[1]
        centers = ((np.arange(n_units) + 0.5) / n_units * len(X)).astype(np.intp)
        b[1][:] = -sums[centers, np.arange(n_units)]


def variance_left_by_line(X: Array, y: Array, weights: Array, bias: bool = True) -> float:
    """Return the variance of the residuals of the linear model; inf if there are too few rows to estimate it.

    Parameters
    ----------
    X, y : ndarray, (N, d_0) and (N, K)
        Inputs and targets.
    weights : ndarray, (N,)
        Case weights.
    bias : bool
        Whether the linear model has a bias.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.spread_starts import variance_left_by_line
    >>> y = np.array([[0.0], [3.0], [0.0], [3.0]])
    >>> round(variance_left_by_line(np.arange(4.0)[:, None], y, np.ones(4)), 3)  # residuals -0.6, 1.8, -1.8, 0.6
    3.6
    """
    if len(X) <= X.shape[1] + bias:
        return np.inf
    roots = np.sqrt(weights)[:, None]  # (N, 1)
    design = np.column_stack([X, np.ones(len(X))]) if bias else X
    theta, _, rank, _ = np.linalg.lstsq(roots * design, roots * y, rcond=None)
    degrees = weights.sum() - int(rank)
    if degrees <= 0:
        return np.inf
    return float(np.square(roots * (y - design @ theta)).sum() / (degrees * y.shape[1]))
