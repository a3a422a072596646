"""Plot of predicted intervals: rows in the order of their predictions, with their true values.

    coverage = sum of w_n over the rows whose true value lies in its interval / sum of w_n

If the intervals are correct, the number of these rows has a binomial distribution, so that the coverage of few rows
varies; the title gives the range that contains the coverage with a probability of 95 %.  A row whose weight is a count
is as many rows; if the weights are not whole numbers, each row is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import (
    Array,
    Mask,
    as_case_weights,
    as_matrix,
    equal_rows,
    same_length,
)
from sheernet.foundation.colors import NEGATIVE, POSITIVE
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.picture_texts import checked_names, count, plural_of_rows
from sheernet.foundation.scalars import as_whole
from sheernet.models.model import Model
from sheernet.models.rows_in import Rows
from sheernet.models.uncertainty import (
    distribution_of,
    interval_of,
    require_interval,
    require_numbers,
)
from sheernet.plots.estimator_source import FittedEstimator, model_of, needed
from sheernet.plots.judged_rows import judged_groups, refuse_beside_a_model
from sheernet.plots.style import drawing, grid, legend_below, whole_numbers, wrapped
from sheernet.statistics import CountPrediction, Prediction

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EXPECTED = 0.95
"""Probability of the range of the coverage in the title."""
MOST_BARS = 150
"""Maximum number of rows with bars and large marks; for more, the intervals are a band."""
MOST_ROWS = 2000
"""Maximum number of rows; if there are more, this many are drawn at random."""
NOUNS = ("predictions", "lower", "upper", "true")
"""Names of the numeric columns in messages."""


@dataclass(frozen=True, eq=False)
class IntervalRows:
    """Intervals and true values of N rows, in the order of their predictions.

    Parameters
    ----------
    name : str
        The target; "" if it has no name.
    middle, lower, upper, true : ndarray, (N,)
        Predictions, ends of the intervals, and true values, in the unit of the target.
    weights : ndarray, (N,)
        Case weights, all positive.
    expected : float
        The probability with which an interval should contain the true value.
    noun : str
        Name of a row, such as "held-out row".
    """

    name: str
    middle: Array
    lower: Array
    upper: Array
    true: Array
    weights: Array
    expected: float
    noun: str = "row"

    def __post_init__(self) -> None:
        order = np.argsort(self.middle, kind="stable")
        for name in ("middle", "lower", "upper", "true", "weights"):
            object.__setattr__(self, name, getattr(self, name)[order])

    @property
    def within(self) -> Mask:
        """Whether the true value of each row is in its interval, (N,)."""
        return (self.lower <= self.true) & (self.true <= self.upper)

    @property
    def coverage(self) -> float:
        """The share of rows with their true value in the interval.

        Examples
        --------
        >>> import numpy as np
        >>> from sheernet.plots.intervals_plot import IntervalRows
        >>> ends, weights = np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 1.0])
        >>> IntervalRows("", ends, ends - 1, ends + 1, np.array([0.5, 1.5, 5.0]), weights, 0.9).coverage
        0.75
        """
        return float(self.weights @ self.within / self.weights.sum())

    @property
    def expected_range(self) -> tuple[float, float]:
        """The range of the coverage of this number of rows if each is covered with the expected probability."""
        from scipy.stats import binom

        n = int(equal_rows(self.weights, len(self.true)).sum())
        low, high = binom.interval(EXPECTED, n, self.expected)
        return float(low) / n, float(high) / n

    @property
    def title(self) -> str:
        """The coverage, and its range."""
        head = f"Intervals of {wrapped(self.name, 60, lines=1)}" if self.name else "Intervals"
        rows = count(len(self.true), self.noun, plural_of_rows(self.noun))
        low, high = (100 * end for end in self.expected_range)
        return (
            f"{head}\n{100 * self.coverage:.1f} % of {rows} in their {100 * self.expected:g} % interval; "
            f"expected {low:.0f} to {high:.0f} %"
        )


def interval_rows(
    predicted: Any,
    true: Any,
    coverage: float = 0.9,
    method: str = "density",
    output: int = 0,
    target_names: Sequence[str] | None = None,
    weights: npt.ArrayLike | None = None,
) -> IntervalRows:
    """Collect the intervals and true values of one target; see `intervals` for the parameters."""
    source = model_of(predicted)
    if isinstance(source, Model):
        refuse_beside_a_model(target_names=target_names, weights=weights)
        return _of_model(source, true, coverage, method, output)
    share = require_interval(coverage, method)
    if method != "density":
        raise InvalidInput(
            "intervals by method='conformal' need a Model, but another source was given"
        )
    if isinstance(source, Prediction | CountPrediction):
        middle, ends = source.mean(), source.interval(share)
    elif isinstance(source, tuple) and len(source) == 2:
        ends = source
        middle = (np.asarray(ends[0], dtype=float) + np.asarray(ends[1], dtype=float)) / 2
    else:
        raise needed(
            "intervals need a Model, a fitted estimator, a Prediction, or a pair (lower, upper) of arrays",
            source,
        )
    columns = [
        as_matrix(values, noun) for values, noun in zip((middle, *ends, true), NOUNS, strict=True)
    ]
    n_rows = same_length(NOUNS, columns)
    n_targets = columns[0].shape[1]
    k = as_whole("output", output, 0, most=n_targets - 1)
    names = [""] * n_targets
    if target_names is not None:
        names = checked_names(target_names, n_targets, "target")
    vector = as_case_weights(weights, n_rows)
    kept = vector > 0
    middle, lower, upper, truth = (each[kept, k] for each in columns)
    return IntervalRows(names[k], middle, lower, upper, truth, vector[kept], share)


def _of_model(model: Model, rows: Any, coverage: float, method: str, output: int) -> IntervalRows:
    targets = require_numbers(model.targets, "calibration shows how right they are")
    share = require_interval(coverage, method)
    k = as_whole("output", output, 0, most=len(targets.names) - 1)
    group = [each for each in judged_groups(model, rows) if not each.refitted][-1]
    distribution = distribution_of(model, Rows.complete(group.rows.X))
    ends = interval_of(model, distribution, share, method)
    vector = as_case_weights(group.rows.weights, len(group.rows))
    kept = vector > 0
    middle, lower, upper, truth = (
        each.reshape(len(kept), -1)[kept, k]
        for each in (distribution.mean(), *ends, group.rows.truth)
    )
    return IntervalRows(
        targets.names[k], middle, lower, upper, truth, vector[kept], share, group.noun
    )


def intervals(
    predicted: Model
    | FittedEstimator
    | Prediction
    | CountPrediction
    | tuple[npt.ArrayLike, npt.ArrayLike],
    true: Any,
    ax: Axes | None = None,
    coverage: float = 0.9,
    method: str = "density",
    output: int = 0,
    target_names: Sequence[str] | None = None,
    weights: npt.ArrayLike | None = None,
) -> Axes:
    """Draw the predicted interval of each row with its true value, in the order of the predictions.

    Parameters
    ----------
    predicted : Model, fitted estimator, Prediction, CountPrediction, or pair of array_like (N,) or (N, K)
        A model of numbers; a distribution, as returned by `Model.distribution`; or lower and upper ends.
    true : array_like, (N,) or (N, K); with a model a table or a pair (X, y)
        True values, or rows with the targets.  For the table of the fit, the held-out rows are used, or the training
        rows if there are none; the coverage is then that of rows that the networks were fitted to.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.
    coverage : float
        The probability with which an interval should contain the true value; for given ends, the probability for which
        they were computed.
    method : {"density", "conformal"}
        How the intervals of a model are computed, as for `Model.predict_interval`.
    output : int
        Index of the target.
    target_names : sequence of str, optional
        Names of the targets, if no model is given.
    weights : array_like, (N,), optional
        Case weights for the coverage, if no model is given.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If the model predicts classes or no uncertainty, or an argument is not allowed.
    ShapeMismatch
        If the shapes do not agree.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    The title gives the share of the rows in their intervals, and the range of this share that this number of
    independent rows have with a probability of 95 % if the intervals are correct.  For more than 150 rows, the
    intervals are a band; if there are more than 2000, 2000 are drawn at random, and the share is that of all rows.

    Examples
    --------
    >>> import sheernet as sn
    >>> ax = sn.plots.intervals(([0.0, 1.0, 2.0], [2.0, 3.0, 4.0]), [1.5, 3.5, 2.5])
    >>> ax.get_title().splitlines()
    ['Intervals', '66.7 % of 3 rows in their 90 % interval; expected 33 to 100 %']
    """
    rows = interval_rows(predicted, true, coverage, method, output, target_names, weights)
    with drawing(ax, 7.2, 4.6, settled=True) as ax:
        _draw(ax, rows)
        grid(ax, "y")
        whole_numbers(ax.xaxis)
        ax.set_xlabel("rows in the order of their predictions")
        ax.set(ylabel=wrapped(rows.name, 40, lines=1) or "target", title=rows.title)
        legend_below(ax, columns=2)
    return ax


def _draw(ax: Axes, rows: IntervalRows) -> None:
    n = len(rows.true)
    shown = np.arange(n)
    if n > MOST_ROWS:
        shown = np.sort(np.random.default_rng(0).choice(n, MOST_ROWS, replace=False))
    places = np.arange(1, n + 1)[shown]
    lower, upper, middle, true = (
        values[shown] for values in (rows.lower, rows.upper, rows.middle, rows.true)
    )
    few = n <= MOST_BARS
    interval: Any = {"color": POSITIVE, "label": f"{100 * rows.expected:g} % interval"}
    line: Any = {"linewidth": 1.2}
    if few:
        ax.vlines(places, lower, upper, linewidth=min(6.0, 240 / n), alpha=0.3, **interval)
        line = {"marker": "_", "linestyle": "none", "markersize": min(9.0, 360 / n)}
    else:
        ax.fill_between(places, lower, upper, linewidth=0, alpha=0.22, **interval)
    ax.plot(places, middle, color=POSITIVE, label="prediction", **line)
    inside = rows.within[shown]
    size, alpha = (5.0, 1.0) if few else (2.8, 0.6) if n <= 600 else (1.8, 0.5)
    marks: Any = {"linestyle": "none", "alpha": alpha, "zorder": 4}
    for chosen, marker, color, larger, label in (
        (inside, "o", "black", 0, "true value in the interval"),
        (~inside, "s", NEGATIVE, 1, "true value outside"),
    ):
        if chosen.any():
            look = {"color": color, "markersize": size + larger, "label": label, **marks}
            ax.plot(places[chosen], true[chosen], marker, **look)
    margin = max(0.02 * n, 0.5)
    ax.set_xlim(1 - margin, n + margin)
    if n > MOST_ROWS:
        ax.plot(
            [], [], linestyle="none", label=f"{MOST_ROWS} rows of {count(n, 'row')} drawn at random"
        )
