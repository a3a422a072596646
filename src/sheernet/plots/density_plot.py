"""Plot of predictive densities: the predicted density of a target for a row, or for each of several rows.

A single row has an axis for the density; the densities of several rows are stacked, with equal areas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, as_matrix
from sheernet.foundation.colors import NEGATIVE, POSITIVE
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.picture_texts import checked_names, count, number
from sheernet.foundation.scalars import as_whole
from sheernet.models.model import Model
from sheernet.models.uncertainty import require_interval
from sheernet.plots.estimator_source import FittedEstimator, model_of, needed
from sheernet.plots.style import drawing, grid, legend_below, shortened, wrapped
from sheernet.statistics import CountPrediction, Prediction

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GRID = 401  # number of equally spaced values of the target
TAILS = np.array([1e-9, 1e-7, 1e-5, 1e-4, 1e-3])
QUANTILES = np.concatenate([TAILS, np.linspace(0.005, 0.995, 67), 1 - TAILS[::-1]])
"""Probabilities of further values, for a density that is much narrower than the others."""
TAIL = 0.001  # maximum probability beyond each end of the axis
MOST_ROWS = 12
OVERLAP = 1.6  # height of the highest of several densities, in distances of baselines
LONGEST = 24  # maximum number of letters of the name of a row


@dataclass(frozen=True, eq=False)
class DensityCurves:
    """Predictive densities of R rows for one target.

    Parameters
    ----------
    target : str
        Name of the target.
    values : ndarray, (G,)
        Values of the target.
    densities : ndarray, (R, G)
        Density of each row at each value, per unit of the target; for counts, the probability.
    means, lower, upper : ndarray, (R,)
        Mean, and ends of the interval of each row.
    coverage : float
        Probability of the intervals.
    true : ndarray, (R,), or None
        True values.
    names : tuple of str
        Names of the rows.
    """

    target: str
    values: Array
    densities: Array
    means: Array
    lower: Array
    upper: Array
    coverage: float
    true: Array | None
    names: tuple[str, ...]

    @property
    def title(self) -> str:
        """The target; for a single row also its mean, interval, and true value."""
        head = f"Predictive density of {wrapped(self.target, 36, lines=1)}"
        if len(self.means) > 1:
            return f"{head}\n{count(len(self.means), 'row')}"
        ends = f"{number(self.lower[0])} to {number(self.upper[0])}"
        text = f"{head}\nmean {number(self.means[0])}, {100 * self.coverage:g} % interval {ends}"
        return text if self.true is None else f"{text}, true value {number(self.true[0])}"


def density_curves(
    source: Model | FittedEstimator | Prediction | CountPrediction,
    rows: Any = None,
    true: npt.ArrayLike | None = None,
    coverage: float = 0.9,
    output: int = 0,
    row_names: Sequence[str] | None = None,
) -> DensityCurves:
    """Compute the densities of rows on a common grid; see `density` for the parameters.

    Examples
    --------
    >>> from sheernet.plots.density_plot import density_curves
    >>> from sheernet.statistics import AffineUnits, Prediction
    >>> prediction = Prediction([1.0], [[[0.0]]], [[[1.0]]], [float("inf")], AffineUnits([60.0], [10.0]))
    >>> curves = density_curves(prediction)
    >>> curves.lower.round(2), curves.upper.round(2), float(curves.densities[0].max().round(5))
    (array([43.55]), array([76.45]), 0.03989)
    """
    share = require_interval(coverage, "density")
    found, target, known = _distribution(model_of(source), rows)
    n_rows, n_targets = len(found), found.n_targets
    if n_rows > MOST_ROWS:
        raise InvalidInput(
            f"density has room for {MOST_ROWS} rows but {n_rows} were given; give some of them, or use intervals"
        )
    output = as_whole("output", output, 0, most=n_targets - 1)
    names = [f"row {i + 1}" for i in range(n_rows)]
    if row_names is not None:
        names = checked_names(row_names, n_rows, "row")
    truth = known if true is None else as_matrix(true, "true")  # (R, K) or (R, 1)
    if truth is not None and (len(truth) != n_rows or truth.shape[1] not in (1, n_targets)):
        raise ShapeMismatch(
            f"true must have a value for each of the {count(n_rows, 'row')}, but its shape is {truth.shape}"
        )
    own = None if truth is None else truth[:, output if truth.shape[1] > 1 else 0]
    values, densities = _on_grid(found, output, own)
    means, lower, upper = (
        each.reshape(n_rows, -1)[:, output] for each in (found.mean(), *found.interval(share))
    )
    return DensityCurves(
        target[output], values, densities, means, lower, upper, share, own, tuple(names)
    )


def _distribution(
    source: Any, rows: Any
) -> tuple[Prediction | CountPrediction, tuple[str, ...], Array | None]:
    """The distribution of the rows, the names of the targets, and the true values if the rows have them."""
    if isinstance(source, Model):
        if rows is None:
            raise InvalidInput("density needs rows to predict with a model; give a row or a table")
        return source.distribution(rows), source.targets.names, _true_values(source, rows)
    if not isinstance(source, Prediction | CountPrediction):
        raise needed("density needs a Model, a fitted estimator or a Prediction", source)
    n = source.n_targets
    names = ("target",) if n == 1 else tuple(f"target {k + 1}" for k in range(n))
    return source if rows is None else source[rows], names, None


def _true_values(model: Model, rows: Any) -> Array | None:
    """The true values in columns of a mapping or a data frame, (R, K), if it has all of them."""
    names = model.targets.names
    if not hasattr(rows, "keys") or not set(names) <= set(map(str, rows.keys())):
        return None
    try:
        return np.column_stack(
            [np.atleast_1d(np.asarray(rows[name], dtype=float)) for name in names]
        )
    except (TypeError, ValueError):  # text
        return None


def _on_grid(
    found: Prediction | CountPrediction, output: int, true: Array | None
) -> tuple[Array, Array]:
    """Values of the target, (G,), and the density of each row at them, (R, G)."""

    def of_rows(function: Callable[[Array], Array], at: Array) -> Array:
        shaped = at.reshape((-1, 1) if found.n_targets == 1 else (-1, 1, 1))
        return function(shaped).reshape(len(at), len(found), -1)[:, :, output]  # (len(at), R)

    ends = of_rows(found.ppf, np.array([TAIL, 1 - TAIL])).ravel()
    if true is not None:
        ends = np.append(ends, true)
    low, high = float(ends.min()), float(ends.max())
    quantiles = of_rows(found.ppf, QUANTILES).ravel()
    values = np.concatenate([np.linspace(low, high, GRID), quantiles])
    if isinstance(found, CountPrediction):
        values = np.unique(np.rint(values))
        return values, of_rows(found.pmf, values).T
    values = np.unique(values)
    values = values[(values >= low) & (values <= high)]
    return values, of_rows(found.pdf, values).T


def density(
    source: Model | FittedEstimator | Prediction | CountPrediction,
    rows: Any = None,
    true: npt.ArrayLike | None = None,
    ax: Axes | None = None,
    coverage: float = 0.9,
    output: int = 0,
    row_names: Sequence[str] | None = None,
) -> Axes:
    """Draw the predictive density of one or several rows, with mean, interval and true value.

    Parameters
    ----------
    source : Model, fitted estimator, Prediction or CountPrediction
        A model of numbers, or a distribution, as returned by `Model.distribution`.
    rows : optional
        A row or a table for the model, as for `Model.predict`; for a distribution, indices of rows, by default all.  At
        most 12 rows.
    true : array_like, (R,) or (R, K), optional
        True values; by default the columns of the targets if `rows` is a mapping or a data frame with them.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.
    coverage : float
        Probability of the interval, which has equal tails.
    output : int
        Index of the target.
    row_names : sequence of str, optional
        Names of the rows.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If the model predicts classes or no uncertainty, there are more than 12 rows, or an argument is not allowed.
    ShapeMismatch
        If `true` does not have a value for each row.
    MissingDependency
        If matplotlib is not installed.

    Examples
    --------
    >>> import sheernet as sn
    >>> x = [i / 10 for i in range(40)]
    >>> model = sn.fit({"x": x, "y": [3 * t + (i * i % 7 - 3) / 9 for i, t in enumerate(x)]}, "y", hidden=0, decay=0.0)
    >>> ax = sn.plots.density(model, {"x": 2.0}, true=[6.0])
    >>> ax.get_title().splitlines()[0], ax.get_xlabel(), ax.get_ylabel()
    ('Predictive density of y', 'y', 'density')
    """
    curves = density_curves(source, rows, true, coverage, output, row_names)
    n_rows = len(curves.means)
    height = 4.2 if n_rows == 1 else 2.4 + 0.62 * n_rows
    with drawing(ax, height=height, settled=True) as ax:
        heights = curves.densities
        if n_rows > 1:
            heights = OVERLAP * heights / heights.max()
        for k in range(n_rows):
            _draw_row(ax, curves, k, heights[k], n_rows - 1 - k if n_rows > 1 else 0)
        ax.set_xlim(curves.values[0], curves.values[-1])
        ax.set(xlabel=wrapped(curves.target, 40, lines=1), title=curves.title)
        _finish_heights(ax, curves, heights)
        grid(ax, "both" if n_rows == 1 else "x")
        legend_below(ax, columns=2)
    return ax


def _draw_row(ax: Axes, curves: DensityCurves, k: int, heights: Array, base: int) -> None:
    """Draw a density above its baseline; lower rows cover upper rows."""
    x, layer, first = curves.values, 3 + 0.1 * k, k == 0
    inside = (x >= curves.lower[k]) & (x <= curves.upper[k])
    label = f"{100 * curves.coverage:g} % interval" if first else None
    if len(curves.means) > 1:
        ax.fill_between(
            x, base, base + heights, color="white", linewidth=0, alpha=0.7, zorder=layer
        )
    ax.fill_between(
        x, base, base + heights, where=inside.tolist(), color=POSITIVE, alpha=0.28, linewidth=0, zorder=layer,
        label=label,
    )  # fmt: skip
    ax.plot(x, base + heights, color=POSITIVE, linewidth=1.5, zorder=layer)
    ax.plot([x[0], x[-1]], [base, base], color="#9A9A9A", linewidth=0.6, zorder=layer)
    at_mean = float(np.interp(curves.means[k], x, heights))
    ax.plot(
        [curves.means[k]] * 2, [base, base + at_mean], color=POSITIVE, linewidth=1.5, linestyle="--", zorder=layer,
        label="mean" if first else None,
    )  # fmt: skip
    if curves.true is not None:
        ax.plot(
            [curves.true[k]], [base], "s", color=NEGATIVE, markersize=8, clip_on=False, zorder=9, linestyle="none",
            label="true value" if first else None,
        )  # fmt: skip


def _finish_heights(ax: Axes, curves: DensityCurves, heights: Array) -> None:
    n_rows = len(curves.means)
    if n_rows == 1:
        ax.set(ylim=(0, 1.06 * float(heights.max())), ylabel="density")
        return
    ax.set_ylim(-0.25, float((heights + np.arange(n_rows)[::-1, None]).max()) + 0.15)
    ax.set_yticks(range(n_rows), [shortened(name, LONGEST) for name in curves.names[::-1]])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
