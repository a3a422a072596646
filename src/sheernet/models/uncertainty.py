r"""The uncertainty of the predictions of a model: the distribution of each row, its standard deviation and intervals.

z_nk ~ sum_m share_m f_m((T_m(z) - location_mnk) / (spread scale_mnk)),    y_nk = shift_k + scale_k z_nk

"density"      the quantiles (1 - coverage) / 2 and (1 + coverage) / 2 of this mixture
"conformal"    mean +- factor_k std, with factor_k from the scores |y - mean| / std of rows that were held out

Intervals end at the limits of the output activation, if it has any; the density extends beyond them.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.targets import NumberTargets, Targets
from sheernet.foundation.arrays import Array, equal_rows
from sheernet.foundation.errors import InvalidInput, require_known
from sheernet.foundation.message_text import counted
from sheernet.foundation.scalars import as_share
from sheernet.foundation.sentences import Setting, sentence
from sheernet.models.density import (
    POISSON,
    count_distribution_of,
    number_densities_of,
    require_finite_rows,
)
from sheernet.models.output_layer import limits
from sheernet.models.rows_in import Rows
from sheernet.statistics.base_distribution import RowDistribution
from sheernet.statistics.conformal import ROUNDING, conformal_factor
from sheernet.statistics.count_distribution import CountPrediction
from sheernet.statistics.predictive_distribution import Prediction
from sheernet.statistics.target_scaling import AffineUnits

if TYPE_CHECKING:
    from sheernet.models.model import Model

INTERVALS = ("density", "conformal")
"""Ways to compute an interval."""


def require_numbers(targets: Targets, advice: str = "use probabilities") -> NumberTargets:
    """Raise InvalidInput if the targets are classes, whose uncertainty is their probabilities."""
    if not isinstance(targets, NumberTargets):
        raise InvalidInput(
            "this model predicts classes, and its uncertainty about them is their probabilities; "
            + advice
        )
    return targets


def distribution_of(model: Model, rows: Rows) -> Prediction | CountPrediction:
    """Compute the predictive distribution of N rows; the distribution of a row with a missing input is meaningless.

    Parameters
    ----------
    model : Model
        A model of numeric targets.
    rows : Rows
        The rows.

    Returns
    -------
    Prediction or CountPrediction
        A CountPrediction if the networks have the cost poisson.

    Raises
    ------
    InvalidInput
        If the model predicts classes, the density of a member is not known, or the density of a row is not finite.
    """
    targets = require_numbers(model.targets)
    if any(member.cost == POISSON for member in model.members):
        return count_distribution_of(model.members, targets, rows.X)
    densities = []
    for member in model.members:
        density = number_densities_of(member, rows.X)
        require_finite_rows("output", density.means)
        require_finite_rows("standard deviation", density.scales)
        densities.append(density)
    return Prediction(
        np.array([member.share for member in model.members]),
        np.stack([density.locations(model.spread) for density in densities]),  # (M, N, K)
        np.stack([model.spread * density.scales for density in densities]),
        np.array([density.degrees for density in densities]),
        AffineUnits(np.array(targets.shift), np.array(targets.scale)),
        [density.transform for density in densities],
    )


def of_rows(rows: Rows, values: Array) -> Any:
    """Values of the rows, (N,) or (N, K), as `Model.predict` returns them: nan where an input is missing."""
    known = rows.known(values.reshape(len(values), -1)).reshape(values.shape)
    return rows.shaped(known)


def require_interval(coverage: object, method: str) -> float:
    """Return the coverage of an interval; raise InvalidInput if it or the method is not allowed."""
    require_known(Setting("method"), method, INTERVALS)
    share = as_share("coverage", coverage, example=0.9)
    if share == 0:
        raise InvalidInput(
            "{} must be above 0 and below 1, such as 0.9, but {:g} was given",
            Setting("coverage"), share,
        )  # fmt: skip
    return share


def interval_of(
    model: Model, distribution: RowDistribution, coverage: float, method: str
) -> tuple[Array, Array]:
    """Compute the interval of each row of a distribution.

    Parameters
    ----------
    model : Model
        Its scores are used by the method "conformal".
    distribution : Prediction or CountPrediction
        As returned by `distribution_of`.
    coverage : float
        As returned by `require_interval`.
    method : str
        One of `INTERVALS`.

    Returns
    -------
    lower, upper : ndarray, (N,) or (N, K)
        In the units of the targets.

    Raises
    ------
    InvalidInput
        If the model has too few scores for the method "conformal".
    """
    if method == "density":
        lower, upper = distribution.interval(coverage)
    else:
        mean = distribution.mean()
        width = _factors(model, coverage) * distribution.std()
        lower, upper = mean - width, mean + width
    ends = limits(require_numbers(model.targets))
    low, high = (each[0] if lower.ndim == 1 else each for each in ends)  # (), or (K,)
    return np.clip(lower, low, high), np.clip(upper, low, high)


def density_interval(model: Model, rows: Rows, coverage: float) -> tuple[Array, Array]:
    """The ends of the interval of each row by the density, (N, K) each; raise InvalidInput as `distribution_of`."""
    ends = interval_of(model, distribution_of(model, rows), coverage, "density")
    lower, upper = (end.reshape(len(rows.X), -1) for end in ends)
    return lower, upper


def density_interval_or_none(model: Model, X: Array, coverage: float) -> tuple[Array, Array] | None:
    """Return `density_interval` of encoded rows; None for classes, or if the density is not known."""
    try:
        return density_interval(model, Rows.complete(X), coverage)
    except InvalidInput:
        return None


def require_columns_of_numbers(
    targets: Targets, coverage: float | None, std: bool, method: str
) -> None:
    """Raise InvalidInput if the arguments of `Model.predict_frame` about uncertainty are not allowed."""
    for setting in [Setting("coverage")] * (coverage is not None) + [Setting("std")] * std:
        require_numbers(targets, sentence("omit {}", setting))
    if coverage is not None:
        require_interval(coverage, method)
    elif method != INTERVALS[0]:
        raise InvalidInput(
            "{} is a way to compute intervals, but none is requested; give {} too",
            Setting("method", method), Setting("coverage", 0.9),
        )  # fmt: skip


def uncertainty_columns(
    model: Model, rows: Rows, coverage: float | None, std: bool, method: str
) -> Iterator[tuple[str, Array]]:
    """Yield the name and the values, (N,), of each column of `Model.predict_frame` about uncertainty."""
    distribution = distribution_of(model, rows)
    parts = {"std": distribution.std()} if std else {}
    if coverage is not None:
        lower, upper = interval_of(model, distribution, coverage, method)
        parts |= {"lower": lower, "upper": upper}
    for k, name in enumerate(model.targets.names):
        for part, values in parts.items():
            known = rows.known(values.reshape(len(values), -1))  # (N, K)
            yield f"{name}_{part}", known[:, k]


def _factors(model: Model, coverage: float) -> Array:
    """The conformal factor of each target, (K,)."""
    # (K,), or (0,) without scores
    weights = model.score_weights
    factors = np.array([conformal_factor(scores, coverage, weights) for scores in model.scores.T])
    if factors.size == 0 or not np.isfinite(factors).all():
        raise InvalidInput(
            "intervals of coverage {:g} by {} need the errors of at least {}, but the model has the errors of {}; "
            "use {}",
            coverage, Setting("method", "conformal"), counted(_rows_needed(coverage), "held-out row"),
            int(equal_rows(weights, len(model.scores)).sum()), Setting("method", "density"),
        )  # fmt: skip
    return factors


def _rows_needed(coverage: float) -> int:
    """Return the smallest number of scores N for which ceil((N + 1) coverage) <= N."""
    return ceil(coverage / (1.0 - coverage) * (1.0 - ROUNDING))
