r"""Contributions as integrated gradients: along straight paths, in encoded rows, from each reference row to the row.

    c_j = 1/B sum_b sum over the features f of column j of (x_f - b_f) int_0^1 dF/dx_f (b + t (x - b)) dt

The values come from `sheernet.statistics.integrated_gradients`, which divides paths until they add up.  For the
standard deviations, the derivative along a path is a difference of predictions, so that a contribution is a weighted
sum of predictions (prediction_sums.py).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.models.explaining.column_parts import column_of_features
from sheernet.models.explaining.decoding import predicted, prediction_gradient
from sheernet.models.explaining.prediction_sums import (
    PredictionSums,
    change_std,
    joined,
    prediction_sums,
)
from sheernet.statistics.integrated_gradients import integrated_gradients

if TYPE_CHECKING:
    from sheernet.models.model import Model

TOLERANCE = 1e-11
"""Tolerance of the integrals, in units of the spread of the target, or of probabilities."""
LARGEST_GAP = 1e-8
"""Maximum error of the sum of the contributions, in the same units."""
ROUNDING = 16 * np.finfo(np.float64).eps
"""Relative rounding error of predictions."""
STEP = 1e-4
"""Step of differences along a path, as a fraction of the path."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
FEWEST_POINTS = 640
"""Minimum number of points on all paths to a row, for standard deviations: few paths are divided into more pieces."""
MOST_DOUBLINGS = 4
"""Maximum number of doublings of the pieces of each path."""
CLOSE = 1e-3
"""Relative error of the quadrature, compared with known values, at which doubling ends."""


def path_contributions(
    model: Model, X: Array, reference: Array, spread: bool
) -> tuple[Array, Array]:
    """Compute the contributions to encoded rows, (N, F), and their standard deviations, (N, C, K) each.

    Parameters
    ----------
    model : Model
        The model.
    X : ndarray, (N, F)
        The rows.
    reference : ndarray, (B, F)
        Starting points of the paths to each row.
    spread : bool
        Whether to compute the standard deviations; otherwise they are 0.

    Raises
    ------
    InvalidInput
        If the contributions to a row do not add up.
    """
    function, gradient = partial(predicted, model), partial(prediction_gradient, model)
    owner = column_of_features(model.inputs)
    units = _units(model)
    start, ends = function(reference).mean(axis=0), function(X)
    values = np.zeros((len(X), len(model.inputs.columns), len(units)))
    std = np.zeros_like(values)
    for n, x in enumerate(X):
        with np.errstate(over="ignore", under="ignore"):
            back = integrated_gradients(  # from the row to each reference row: (B, C, K)
                function, gradient, reference, x, owner, TOLERANCE * units
            )
        values[n] = -back.mean(axis=0)
        gap = np.abs(values[n].sum(axis=0) - (ends[n] - start))
        allowed = LARGEST_GAP * (units + np.abs(values[n]).sum(axis=0))
        if not (gap <= allowed + ROUNDING * (np.abs(ends[n]) + np.abs(start))).all():
            raise InvalidInput(
                f"the contributions of data row {n + 1} do not add up to the difference of the predictions; check the "
                "derivatives of the model's activations (sheernet.check_gradient)"
            )
        if spread:
            std[n] = _std(model, x, reference, values[n])
    return values, std


def _std(model: Model, x: Array, reference: Array, values: Array) -> Array:
    """The standard deviation of the contributions to the predictions of one encoded row, (C, K).

    Pieces of the paths are halved until quadrature reproduces the contributions, (C, K), and the standard deviation of
    their sum, both of which are known.
    """
    change = change_std(model, x, reference)
    pieces = -(-FEWEST_POINTS // (len(NODES) * len(reference)))
    n_columns = len(values)
    T = np.vstack([np.eye(n_columns), np.ones(n_columns)])
    for _ in range(1 + MOST_DOUBLINGS):
        found, std = _path_sums(model, x, reference, pieces).combined(T)
        near = np.abs(found[:-1] - values) <= CLOSE * np.abs(values).max(axis=0)
        if near.all() and (np.abs(std[-1] - change) <= CLOSE * std.max(axis=0)).all():
            break
        pieces *= 2
    return std[:-1]


def _path_sums(model: Model, x: Array, reference: Array, pieces: int) -> PredictionSums:
    """The contributions to one encoded row, by quadrature on equal pieces of each path, a sum for each column."""
    times = ((np.arange(pieces)[:, None] + 0.5 * (NODES + 1.0)) / pieces).ravel()  # (T,)
    weights = np.tile(WEIGHTS, pieces * len(reference)) / (2 * pieces * len(reference))
    step = np.repeat(x - reference, len(times), axis=0)  # (B T, F)
    path = np.repeat(reference, len(times), axis=0) + np.tile(times, len(reference))[:, None] * step
    signed = np.concatenate([weights, -weights]) / (2.0 * STEP)
    groups = np.zeros(len(signed), dtype=np.intp)
    owner, parts = column_of_features(model.inputs), []
    for column in range(len(model.inputs.columns)):
        move = STEP * step * (owner == column)
        both = np.concatenate([path + move, path - move])
        parts.append(prediction_sums(model, both, signed, groups, 1))
    return joined(parts)


def _units(model: Model) -> Array:
    """The scale of each prediction, (K,): the scale of the target, or 1 for probabilities."""
    if isinstance(model.targets, ClassTarget):
        return np.ones(len(model.targets.classes))
    return np.array(model.targets.scale)
