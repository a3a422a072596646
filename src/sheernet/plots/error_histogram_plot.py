"""Plot of a histogram of errors, true - predicted, in the unit of the target: for each group, the shares of bins.

The bins have equal widths, with an edge at 0.  Errors that are much larger than the others are counted in the first and
the last bin, because otherwise all other errors would be in one bin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.preprocessing.scaling_rules import weighted_quantiles
from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEGATIVE, NEUTRAL, POSITIVE
from sheernet.foundation.message_text import capitalized
from sheernet.foundation.picture_texts import count
from sheernet.foundation.scalars import as_whole
from sheernet.models.model import Model
from sheernet.plots.agreement import Agreement, require_one_target
from sheernet.plots.estimator_source import FittedEstimator
from sheernet.plots.judged_rows import agreements_of
from sheernet.plots.style import (
    drawing,
    grid,
    legend_below,
    new_panels,
    settle_layout,
    style,
    wrapped,
    write_figure_title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAR = 3.0
"""An error farther from 0 than this multiple of the 90 % quantile of all sizes is counted in the last bin."""
ROUNDING = 1e-12
"""Maximum rounding error, as a multiple of the largest true value."""
MOST_TARGETS = 6  # if there are more targets, the first are drawn


@dataclass(frozen=True, eq=False)
class ErrorHistogram:
    """Shares of errors in B bins, for each of G groups of rows.

    Parameters
    ----------
    name : str
        The target; "" for a single target without a name.
    edges : ndarray, (B + 1,)
        Ends of the bins, in the unit of the target.
    shares : ndarray, (G, B)
        Shares of the rows of the group, by case weight; the sum is 1.
    labels : tuple of str
        Number of rows, mean error and RMSE of each group.
    held_out : tuple of bool
        Whether the networks were not fitted to the rows of the group.
    beyond : int
        Number of rows in the first and the last bin whose errors lie outside of these bins.
    exact : bool
        Whether all errors are rounding errors, which are drawn as 0.
    """

    name: str
    edges: Array
    shares: Array
    labels: tuple[str, ...]
    held_out: tuple[bool, ...]
    beyond: int
    exact: bool = False

    @classmethod
    def of(cls, pair: Agreement, bins: int = 20) -> ErrorHistogram:
        """Count the errors of one target.

        Parameters
        ----------
        pair : Agreement
            Predictions and true values.
        bins : int
            Number of bins; an even number, so that 0 is an edge.

        Examples
        --------
        >>> from sheernet.plots.agreement import agreements
        >>> from sheernet.plots.error_histogram_plot import ErrorHistogram
        >>> pair = agreements([1.0, 2.0, 4.0, 8.0], [1.5, 3.0, 3.0, 7.5])[0]  # errors 0.5, 1, -1, -0.5
        >>> found = ErrorHistogram.of(pair, bins=4)
        >>> found.edges.tolist(), found.shares.tolist()
        ([-1.0, -0.5, 0.0, 0.5, 1.0], [[0.25, 0.25, 0.0, 0.5]])
        """
        sizes = np.abs(pair.true - pair.predicted)
        labels = tuple(f"{group.label}: {group.error}" for group in pair.groups)
        held_out = tuple(group.held_out for group in pair.groups)
        if sizes.max() <= ROUNDING * np.abs(pair.true).max():
            edges, labels = np.array([-0.5, 0.5]), tuple(group.label for group in pair.groups)
            return cls(pair.name, edges, np.ones((len(labels), 1)), labels, held_out, 0, True)
        weights = np.ones(len(sizes)) if pair.weights is None else pair.weights
        reach, typical = (
            float(sizes.max()),
            FAR * float(weighted_quantiles(sizes, [0.9], weights)[0]),
        )
        if 0 < typical < reach:
            reach = typical
        edges = np.linspace(-reach, reach, bins + 1)
        shares = []
        for group in pair.groups:
            errors = np.clip(group.residuals, -reach, reach)
            counts, _ = np.histogram(errors, edges, weights=group.weights)
            shares.append(counts / counts.sum())
        beyond = int(np.count_nonzero(sizes > reach))
        return cls(pair.name, edges, np.array(shares), labels, held_out, beyond)


def error_histogram(
    predicted: Model | FittedEstimator | npt.ArrayLike,
    true: Any,
    ax: Axes | None = None,
    held_out: npt.ArrayLike | None = None,
    target_names: Sequence[str] | None = None,
    weights: npt.ArrayLike | None = None,
    bins: int = 20,
) -> Axes:
    """Draw a histogram of the errors, true - predicted, of training rows and of held-out rows.

    Parameters
    ----------
    predicted : Model, fitted estimator, or array_like (N,) or (N, K)
        A model of numbers, or predictions in the targets' units.
    true : array_like, (N,) or (N, K); with a model a table or a pair (X, y)
        True values, or rows with the targets.  For the table of the fit, training rows and rows that the networks were
        not fitted to (held-out rows, or rows in folds) are two groups.
    ax : Axes, optional
        Axes to draw on, for a single target; a new figure with a panel for each target if not given.
    held_out : array_like of bool (N,) or of int, optional
        Rows that were not used in training, as a mask or as row numbers, if arrays are given.
    target_names : sequence of str, optional
        Names of the targets, if arrays are given.
    weights : array_like, (N,), optional
        Case weights, if arrays are given.
    bins : int
        Number of bins of equal width; an odd number becomes the next even one, so that 0 is an edge.

    Returns
    -------
    Axes
        The first panel; `.figure` holds all, and `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If the model predicts classes, a value is not finite, held_out holds a row number out of range, or `bins` is not
        a whole number of at least 2.
    ShapeMismatch
        If the shapes do not agree, or axes are given for several targets.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    The heights are shares of the rows of a group, so that groups of different sizes can be compared.  MATLAB's
    ploterrhist stacks counts; its errors are target - output as well.

    Examples
    --------
    >>> import sheernet as sn
    >>> ax = sn.plots.error_histogram([1.0, 2.2, 2.9], [1.0, 2.0, 3.0])
    >>> ax.get_title()
    'Errors of 3 rows: mean −0.0333, RMSE 0.129'
    """
    bins = as_whole("bins", bins, 2)
    pairs = agreements_of(predicted, true, held_out, target_names, weights)
    require_one_target(ax, pairs)
    found = [ErrorHistogram.of(pair, bins + bins % 2) for pair in pairs[:MOST_TARGETS]]
    if len(found) == 1:
        with drawing(ax, settled=True) as ax:
            _draw(ax, found[0])
        return ax
    with style():
        figure, axes = new_panels(len(found), 4.8, 4.2)
        for panel, one in zip(axes, found, strict=True):
            _draw(panel, one)
        if len(pairs) > MOST_TARGETS:
            write_figure_title(figure, f"the first {MOST_TARGETS} of {len(pairs)} targets")
        settle_layout(axes[0])
    return axes[0]


def _draw(ax: Axes, found: ErrorHistogram) -> None:
    several = len(found.labels) > 1
    for shares, label, held_out in zip(found.shares, found.labels, found.held_out, strict=True):
        look: Any = {
            "color": NEGATIVE if held_out else POSITIVE,
            "label": label if several else None,
        }
        if held_out and several:  # an outline over the bars of the training rows
            ax.stairs(100 * shares, found.edges, linewidth=1.8, zorder=4, **look)
        else:
            ax.stairs(100 * shares, found.edges, fill=True, alpha=0.55, zorder=3, **look)
    ax.axvline(0.0, color=NEUTRAL, linewidth=1.2, linestyle="--", zorder=5, label="no error")
    if found.beyond:
        rows = f"{count(found.beyond, 'row')} beyond, in the outer bins"
        ax.plot([], [], linestyle="none", label=rows)
    grid(ax, "y")
    if found.exact:
        ax.set_xlim(-5, 5)
        ax.set_xticks([0.0])
    else:
        ax.set_xlim(1.03 * found.edges[0], 1.03 * found.edges[-1])
    name = wrapped(found.name, 40, lines=1)
    ax.set_xlabel(f"error of {name}: true − predicted" if name else "error: true − predicted")
    ax.set_ylabel("share of the rows of a group (%)" if several else "share of the rows (%)")
    ax.set_title(_title(name, found))
    legend_below(ax)


def _title(name: str, found: ErrorHistogram) -> str:
    head = f"Errors of {name}" if name else "Errors"
    if found.exact:
        rows = "" if len(found.labels) > 1 else f" of {found.labels[0]}"
        text = f"no error{rows} except for rounding"
        return f"{head}\n{text}" if name else capitalized(text)
    if len(found.labels) > 1:
        return head
    return f"{head}\n{found.labels[0]}" if name else f"{head} of {found.labels[0]}"
