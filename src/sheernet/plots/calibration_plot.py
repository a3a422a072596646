r"""Plot of calibration: the observed frequency of an event among rows with about the same predicted probability.

    mean_b     = sum of w_n P_n / W_b           over the rows of bin b, whose P_n lies between its edges
    observed_b = sum of w_n over the rows of the bin in which the event happened / W_b
    band_b     = quantiles (1 - c) / 2 and (1 + c) / 2 of the binomial distribution of W_b trials of probability mean_b,
                 divided by W_b
    Brier score = sum of w_n (P_n - e_n)^2 / W,    e_n = 1 if the event happened, otherwise 0

w_n is the case weight; W_b, the sum of the weights of a bin, is rounded to a whole number of trials.  If the predicted
probabilities are right, observed_b lies in its band with a probability of about c.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, Mask
from sheernet.foundation.colors import NEGATIVE, NEUTRAL, POSITIVE
from sheernet.foundation.errors import unknown_name
from sheernet.foundation.picture_texts import count
from sheernet.foundation.scalars import as_whole
from sheernet.plots.class_rows import ClassRows, class_rows
from sheernet.plots.estimator_source import FittedEstimator
from sheernet.plots.style import drawing, grid, legend_below, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sheernet.models.model import Model

COVERAGE = 0.9
"""Probability of the bands."""
MOST_WITH_COUNTS = 12
"""Maximum number of bins with printed numbers of rows."""
STRIP, TALLEST = -0.31, 0.2
"""Position of the bars of the numbers of rows, below the shares, and the height of the tallest bar."""
LONGEST = 28
"""Maximum number of letters of a class in texts."""


@dataclass(frozen=True, eq=False)
class Reliability:
    """Predicted probabilities and observed shares of an event, in B bins that have rows.

    Parameters
    ----------
    event : str
        The event: the class, or that the predicted class is right.
    edges : ndarray, (B, 2)
        Lower and upper end of each bin.
    mean, observed : ndarray, (B,)
        Mean predicted probability, and share of the rows in which the event happened.
    counts : ndarray, (B,)
        Sum of the weights of the rows: their number if they have no weights.
    lower, upper : ndarray, (B,)
        Ends of the binomial band.
    brier : float
        Mean squared difference of probability and event.
    """

    event: str
    edges: Array
    mean: Array
    observed: Array
    counts: Array
    lower: Array
    upper: Array
    brier: float

    @property
    def within(self) -> Mask:
        """Whether the observed share of each bin is in the band."""
        return (self.observed >= self.lower - 1e-12) & (self.observed <= self.upper + 1e-12)

    @classmethod
    def of(
        cls, event: str, probabilities: Array, happened: Mask, weights: Array,
        bins: int = 10,
    ) -> Reliability:  # fmt: skip
        """Compare probabilities with events, in bins of equal width.

        Parameters
        ----------
        event : str
            The event.
        probabilities, weights : ndarray, (N,)
            Probability of the event, and case weight, of each row.
        happened : ndarray of bool, (N,)
            Whether the event happened in each row.
        bins : int
            Number of bins between 0 and 1; a probability at an edge belongs to the bin above, and 1 to the last.

        Examples
        --------
        >>> import numpy as np
        >>> from sheernet.plots.calibration_plot import Reliability
        >>> probabilities, happened = np.array([0.1, 0.2, 0.7, 0.9]), np.array([0, 0, 1, 0]) == 1
        >>> found = Reliability.of("yes", probabilities, happened, np.ones(4), bins=2)
        >>> found.mean, found.observed, found.counts, round(found.brier, 4)
        (array([0.15, 0.8 ]), array([0. , 0.5]), array([2., 2.]), 0.2375)
        """
        from scipy.stats import binom

        bin_of_row = np.minimum((probabilities * bins).astype(np.intp), bins - 1)  # (N,)
        sums = np.bincount(bin_of_row, weights, bins).astype(np.float64)
        filled = sums > 0
        counts = sums[filled]
        mean = np.bincount(bin_of_row, weights * probabilities, bins)[filled] / counts
        observed = np.bincount(bin_of_row, weights * happened, bins)[filled] / counts
        trials = np.maximum(np.rint(counts), 1.0)
        tails = (1 - COVERAGE) / 2, (1 + COVERAGE) / 2
        lower, upper = (binom.ppf(tail, trials, np.clip(mean, 0, 1)) / trials for tail in tails)
        starts: Array = np.flatnonzero(filled) / bins
        brier = float(weights @ (probabilities - happened) ** 2 / weights.sum())
        edges: Array = np.column_stack([starts, starts + 1 / bins])
        return cls(event, edges, mean, observed, counts, lower, upper, brier)


def reliability(rows: ClassRows, label: object = None, bins: int = 10) -> Reliability:
    """Compare the probabilities of a class, or of the predicted class, with the frequency at which they are right.

    Raises
    ------
    InvalidInput
        If the class does not exist, or `bins` is not a whole number of at least 1.
    """
    bins = as_whole("bins", bins, 1)
    if label is None and len(rows.classes) == 2:
        label = rows.classes[1]
    if label is None:
        event, probabilities = "the predicted class", rows.probabilities.max(axis=1)
        happened = rows.probabilities.argmax(axis=1) == rows.true
    elif str(label) in rows.classes:
        k = rows.classes.index(str(label))
        event, probabilities, happened = rows.classes[k], rows.probabilities[:, k], rows.true == k
    else:
        raise unknown_name("class", label, rows.classes)
    return Reliability.of(event, probabilities, happened, rows.weights, bins)


def calibration(
    predicted: Model | FittedEstimator | npt.ArrayLike,
    true: Any,
    ax: Axes | None = None,
    classes: Sequence[object] | None = None,
    label: object = None,
    bins: int = 10,
    weights: npt.ArrayLike | None = None,
) -> Axes:
    """Draw how often a class is right against its predicted probability; on the diagonal both are equal.

    Parameters
    ----------
    predicted : Model, fitted estimator, or array_like (N,) or (N, C)
        A model of classes; or probabilities of the classes; for two classes, those of the second are sufficient.
    true : array_like (N,); with a model a table or a pair (X, y)
        The labels; or rows with the target.  For the table of the fit, rows that the networks were not fitted to are
        used: held-out rows, or rows in folds.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.
    classes : sequence, optional
        The classes in the order of the columns; by default the sorted labels.  Not for a model.
    label : object, optional
        The class whose probability is evaluated.  By default the second of two classes; for more, the predicted class
        of each row, whose observed share is the accuracy.
    bins : int
        Number of bins of equal width between 0 and 1.
    weights : array_like, (N,), optional
        Case weights, if arrays are given.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If the model predicts numbers, a number is not a probability, a label is not a class, or `bins` is not a whole
        number of at least 1.
    ShapeMismatch
        If the numbers of rows or classes do not agree.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    A vertical line is the binomial band of a bin: if the probabilities are right, the point lies on it with a
    probability of about 90 %.  The gray bars below the axis of shares are the numbers of rows in the bins.

    References
    ----------
    J. Broecker, L. A. Smith, Increasing the reliability of reliability diagrams, Weather and Forecasting 22 (2007) 651:
    consistency bars.  Deviation: the band is that of a binomial distribution, not of a resampling.

    Examples
    --------
    >>> import sheernet as sn
    >>> ax = sn.plots.calibration([0.1, 0.2, 0.7, 0.9], ["no", "no", "yes", "no"], bins=2)
    >>> ax.get_title().splitlines()
    ['Calibration of yes: Brier score 0.238', '4 rows, 2 of 2 bins in the 90 % band']
    """
    rows = class_rows(predicted, true, classes, weights)
    found = reliability(rows, label, bins)
    with drawing(ax, 5.2, 6.4, settled=True) as ax:
        _draw_counts(ax, found)
        ax.plot(
            [0, 1], [0, 1], color=NEUTRAL, linewidth=1.0, linestyle=":", label="right probabilities"
        )
        band = f"{100 * COVERAGE:g} % of the shares, if the probabilities are right"
        ax.vlines(
            found.mean, found.lower, found.upper, color=POSITIVE, linewidth=5, alpha=0.3, label=band
        )
        inside = found.within
        for chosen, marker, color, size, label in (
            (inside, "o", POSITIVE, 6, "observed share"),
            (~inside, "s", NEGATIVE, 7, "observed share outside of the band"),
        ):
            if chosen.any():
                look: Any = {"color": color, "markersize": size, "label": label, "zorder": 4}
                ax.plot(
                    found.mean[chosen], found.observed[chosen], marker, linestyle="none", **look
                )
        _finish(ax, found, rows)
    return ax


def _draw_counts(ax: Axes, found: Reliability) -> None:
    """Gray bars for the numbers of rows, below the shares; with the numbers as text if there is room."""
    heights = TALLEST * found.counts / found.counts.max()
    width = float(np.ptp(found.edges[0]))
    middles = found.edges.mean(axis=1)
    look: Any = {"color": "#D9D9D9", "zorder": 2, "label": "number of rows"}
    ax.bar(middles, heights, 0.94 * width, bottom=STRIP, **look)
    if width >= 1 / MOST_WITH_COUNTS:
        for x, height, n in zip(middles, heights, found.counts, strict=True):
            ax.text(
                x, STRIP + height + 0.006, f"{n:.0f}", ha="center", va="bottom", fontsize=7.5, color="#555555"
            )  # fmt: skip


def _finish(ax: Axes, found: Reliability, rows: ClassRows) -> None:
    is_class = found.event in rows.classes
    name = shortened(found.event, LONGEST) if is_class else found.event
    ax.set(xlim=(-0.02, 1.02), ylim=(STRIP - 0.01, 1.04))
    ax.set_yticks(np.linspace(0, 1, 6))
    ax.set_aspect("equal")
    grid(ax)
    ax.set_xlabel(f"predicted probability of {name}")
    ax.set_ylabel(f"share of the rows of {name}" if is_class else "accuracy")
    bins = f"{int(found.within.sum())} of {count(len(found.mean), 'bin')}"
    ax.set_title(
        f"Calibration of {name}: Brier score {found.brier:.3g}\n"
        f"{rows.label}, {bins} in the {100 * COVERAGE:g} % band"
    )
    legend_below(ax)
