"""Plots of predictions against true values, and of residuals.

Each target has its own panel, in its own units.  Held-out rows have a different marker; if there are so many rows that
counts in cells are drawn, they have their own panel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEGATIVE, NEUTRAL, POSITIVE
from sheernet.foundation.picture_texts import count
from sheernet.models.model import Model
from sheernet.plots.agreement import CELLS, Agreement, Group, require_one_target
from sheernet.plots.estimator_source import FittedEstimator
from sheernet.plots.judged_rows import agreements_of
from sheernet.plots.style import (
    MANY,
    color_bar,
    colors_between,
    drawing,
    few_ticks,
    grid,
    legend_below,
    matplotlib,
    new_panels,
    settle_layout,
    style,
    wrapped,
    write_figure_title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL = 4.6  # width of a panel in inches, if there are several
LEAST_REACH = 1e-4  # minimum reach of the axis relative to the target's range: residuals of an exact fit are at 0
MOST_PARTS, FEWEST_PARTS, ROWS_OF_A_PART = 12, 3, 20  # groups of rows with nearly equal predictions
MOST_TARGETS = 12  # if there are more targets, the first are drawn

Panel = tuple[Agreement, tuple[Group, ...]]
"""A target, and the groups of its rows to draw."""


def predicted_against_true(
    predicted: Model | FittedEstimator | npt.ArrayLike,
    true: Any,
    ax: Axes | None = None,
    held_out: npt.ArrayLike | None = None,
    target_names: Sequence[str] | None = None,
    weights: npt.ArrayLike | None = None,
    folds: int = 0,
) -> Axes:
    """Draw predictions against true values; on the diagonal they are equal.

    If there are at least 60 rows, a line joins the mean true values of rows with nearly equal predictions.  Where it
    lies on the diagonal, predictions are right on average.  The points alone are misleading: the highest true values
    are mostly above their predictions, because the noise raised them, even if the predictions are the true means.

    Parameters
    ----------
    predicted : Model, fitted estimator, or array_like (N,) or (N, K)
        A model of numbers, or predictions in the targets' units.
    true : array_like, (N,) or (N, K); with a model a table or a pair (X, y)
        True values, or rows with the targets.  For the table of the fit, training rows and rows that the networks were
        not fitted to (held-out rows, or rows in folds) are two groups.
    ax : Axes, optional
        Axes to draw on, for a single target; a new figure with the necessary panels if not given.
    held_out : array_like of bool (N,) or of int, optional
        Rows that were not used in training, as a mask or as row numbers, if arrays are given; if a mask has none, the
        title says that all are training rows.
    target_names : sequence of str, optional
        Names of the targets, if arrays are given.
    weights : array_like, (N,), optional
        Case weights for RMSE and R^2, if arrays are given.
    folds : int
        Number of folds, if arrays are given and the held-out rows are training rows, each predicted by networks that
        were not fitted to it.

    Returns
    -------
    Axes
        The first panel; `.figure` holds all, and `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If the model predicts classes, a value is not finite, or held_out holds a row number out of range.
    ShapeMismatch
        If the shapes do not agree, or axes are given for several targets.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    If there are more than 5000 rows, the number in each cell of a grid is drawn as a color, training and held-out rows
    in two panels; on given axes, all rows are counted together.

    Examples
    --------
    >>> import sheernet as sn
    >>> ax = sn.plots.predicted_against_true([1.0, 2.2, 2.9], [1.0, 2.0, 3.0])
    >>> ax.get_title()
    'Predicted against true: RMSE 0.129, R² 0.9750'
    """
    pairs = agreements_of(predicted, true, held_out, target_names, weights, folds)
    return _draw_panels(_draw_pairs, pairs, ax, (5.6, 5.3), square=True)


def residuals(
    predicted: Model | FittedEstimator | npt.ArrayLike,
    true: Any,
    ax: Axes | None = None,
    held_out: npt.ArrayLike | None = None,
    target_names: Sequence[str] | None = None,
    weights: npt.ArrayLike | None = None,
    folds: int = 0,
) -> Axes:
    """Draw residuals, true - predicted, against predictions, with a band of one RMSE around 0.

    If there are at least 60 rows, the band is the RMSE of rows with nearly equal predictions, which shows whether
    errors are larger at high or at low predictions.

    Parameters
    ----------
    predicted : Model, fitted estimator, or array_like (N,) or (N, K)
        A model of numbers, or predictions in the targets' units.
    true : array_like, (N,) or (N, K); with a model a table or a pair (X, y)
        True values, or rows with the targets.  For the table of the fit, training rows and rows that the networks were
        not fitted to (held-out rows, or rows in folds) are two groups.
    ax : Axes, optional
        Axes to draw on, for a single target; a new figure with the necessary panels if not given.
    held_out : array_like of bool (N,) or of int, optional
        Rows that were not used in training, as a mask or as row numbers, if arrays are given; if a mask has none, the
        title says that all are training rows.
    target_names : sequence of str, optional
        Names of the targets, if arrays are given.
    weights : array_like, (N,), optional
        Case weights for the mean and RMSE, if arrays are given.
    folds : int
        As for `predicted_against_true`.

    Returns
    -------
    Axes
        The first panel; `.figure` holds all, and `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If the model predicts classes, a value is not finite, or held_out holds a row number out of range.
    ShapeMismatch
        If the shapes do not agree, or axes are given for several targets.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    If there are more than 5000 rows, counts in cells are drawn, as in `predicted_against_true`.

    If the RMSE is at most a millionth of the range of the true values, the fit is exact: the title states the number of
    correct digits, and the axis extends to at least a ten-thousandth of the range on both sides.

    Examples
    --------
    >>> import sheernet as sn
    >>> ax = sn.plots.residuals([1.0, 2.2, 2.9], [1.0, 2.0, 3.0])
    >>> ax.get_title()
    'Residuals: mean −0.0333, RMSE 0.129'
    """
    pairs = agreements_of(predicted, true, held_out, target_names, weights, folds)
    return _draw_panels(_draw_residuals, pairs, ax, (6.4, 4.6), square=False)


def _draw_panels(
    draw: Callable[[Axes, Panel], None],
    pairs: list[Agreement],
    ax: Axes | None,
    size: tuple[float, float],
    square: bool,
) -> Axes:
    require_one_target(ax, pairs)
    panels: list[Panel] = []
    for pair in pairs[:MOST_TARGETS]:
        split = pair.is_dense and ax is None
        panels += [(pair, (group,)) for group in pair.groups] if split else [(pair, pair.groups)]
    if len(panels) == 1:
        with drawing(ax, *size, settled=square) as ax:
            draw(ax, panels[0])
        return ax
    across = 2 if len(panels) == 2 * len(pairs) else None
    with style():
        size = PANEL, _height(panels[0], square)
        figure, axes = new_panels(len(panels), *size, across=across)
        for place, panel in zip(axes, panels, strict=True):
            draw(place, panel)
        if len(pairs) > MOST_TARGETS:
            write_figure_title(figure, f"the first {MOST_TARGETS} of {len(pairs)} targets")
        if square:
            settle_layout(axes[0])
    return axes[0]


def _height(panel: Panel, square: bool) -> float:
    """Size in inches of one of several panels: its axes, and the title, labels and legend above and below them."""
    pair, groups = panel
    bar = 0.95 if pair.is_dense else 0.0
    legend = 0.19 * (1 + len(groups) * (1 if square else 2) * (len(groups) > 1))
    return (PANEL - 0.75 - bar if square else 3.2) + 1.1 + legend


def _title(panel: Panel, otherwise: str, quality: str) -> str:
    """The target, and the quality of a single group; the legend has the quality of several groups."""
    pair, groups = panel
    head = wrapped(pair.name, 32, lines=1) or otherwise
    if len(groups) > 1:
        return head
    if len(pair.groups) > 1 or groups[0].noun == "training row":  # else the kind of rows is unknown
        return f"{head}: {groups[0].label}\n{quality}"
    return f"{head}\n{quality}" if pair.name else f"{head}: {quality}"


def _axis_name(kind: str, pair: Agreement) -> str:
    return f"{kind} {wrapped(pair.name, 30, lines=1)}" if pair.name else kind


def _span(values: Array) -> tuple[float, float]:
    """The range of the values and 5 % more on each side; a fixed margin around a single value."""
    low, high = float(values.min()), float(values.max())
    margin = 0.05 * (high - low) or max(0.05 * abs(low), 0.5)
    return low - margin, high + margin


def _draw_pairs(ax: Axes, panel: Panel) -> None:
    pair, groups = panel
    ends = _span(np.concatenate([pair.predicted, pair.true]))
    ax.plot(ends, ends, color=NEUTRAL, linewidth=1.0, label="predicted = true", zorder=_layer(pair))
    ax.set(xlim=ends, ylim=ends, aspect="equal")
    few_ticks(ax.xaxis)
    _draw_means(ax, groups[-1])
    qualities = [group.quality for group in groups]
    _draw_rows(ax, panel, [(g.true, g.predicted) for g in groups], qualities)
    few_ticks(ax.yaxis)
    ax.set(xlabel=_axis_name("true", pair), ylabel=_axis_name("predicted", pair))
    ax.set_title(_title(panel, "Predicted against true", qualities[0]))


def _draw_means(ax: Axes, group: Group) -> None:
    """The mean true value over the mean prediction of groups of rows, in the order of their predictions."""
    true, predicted = _means_of_parts(group, group.true, group.predicted)
    if not len(true):
        return
    ax.plot(
        true, predicted, "D-", color="black", markersize=4, linewidth=1.2, zorder=5,
        label="mean true value of similar predictions",
    )  # fmt: skip


def _means_of_parts(group: Group, *columns: Array) -> list[Array]:
    """The means of columns of numbers in groups of rows with nearly equal predictions; empty if there are few rows."""
    n_parts = min(MOST_PARTS, len(group.true) // ROWS_OF_A_PART)
    if n_parts < FEWEST_PARTS or group.is_exact:
        return [np.zeros(0) for _ in columns]
    weights = np.ones(len(group.true)) if group.weights is None else group.weights
    parts = np.array_split(np.argsort(group.predicted, kind="stable"), n_parts)
    parts = [part for part in parts if weights[part].sum() > 0]
    return [
        np.array([np.average(values[part], weights=weights[part]) for part in parts])
        for values in columns
    ]


def _draw_residuals(ax: Axes, panel: Panel) -> None:
    pair, groups = panel
    largest = float(np.abs(pair.true - pair.predicted).max())
    reach = 1.15 * max(largest, *(group.fit.rmse[0] for group in pair.groups))
    reach = max(reach, LEAST_REACH * pair.range) or 1.0
    ax.axhline(0.0, color=NEUTRAL, linewidth=1.0, zorder=_layer(pair))
    ax.set_xlim(*_span(pair.predicted))
    few_ticks(ax.xaxis)
    ax.set_ylim(-reach, reach)
    _draw_bands(ax, panel)
    errors = [group.error for group in groups]
    _draw_rows(ax, panel, [(g.predicted, g.residuals) for g in groups], errors)
    ax.set(xlabel=_axis_name("predicted", pair), ylabel="residual: true − predicted")
    ax.set_title(_title(panel, "Residuals", errors[0]))


def _layer(pair: Agreement) -> int:
    """The zorder of lines: below points, above the cells of a density."""
    return 3 if pair.is_dense else 1


def _draw_bands(ax: Axes, panel: Panel) -> None:
    """One RMSE around 0: shaded for the first group, between dashed lines for the second.

    The RMSE is that of rows with nearly equal predictions if there are enough rows, because the noise may vary.
    """
    pair, groups = panel
    for i, group in enumerate(groups):
        if group.is_exact:
            continue
        squares, x = _means_of_parts(group, group.residuals**2, group.predicted)
        whose = f" of {group.nouns}" if len(groups) > 1 else ""
        label = f"one RMSE{whose} around 0"
        if len(x):
            label = f"one RMSE of {group.nouns} with similar predictions, around 0"
            x[[0, -1]] = group.predicted.min(), group.predicted.max()
        else:
            squares, x = np.full(2, group.fit.rmse[0] ** 2), np.array(ax.get_xlim())
        rmse = np.sqrt(squares)
        if i == 0 and not pair.is_dense:
            ax.fill_between(x, -rmse, rmse, color="0.92", zorder=0, linewidth=0, label=label)
        else:
            dashes, color = ("--", NEGATIVE) if i else (":", "black")
            look: Any = {"color": color, "linestyle": dashes, "linewidth": 1.1}
            ax.plot(x, -rmse, zorder=_layer(pair), label=label, **look)
            ax.plot(x, rmse, zorder=_layer(pair), **look)


def _draw_rows(
    ax: Axes, panel: Panel, points: list[tuple[Array, Array]], qualities: list[str]
) -> None:
    """Points or counts, and a legend that gives the quality of each group if there are several."""
    pair, groups = panel
    labels = [group.label for group in groups]
    if len(groups) > 1:
        labels = [f"{label}: {text}" for label, text in zip(labels, qualities, strict=True)]
    if pair.is_dense:
        _draw_density(ax, *(np.concatenate(values) for values in zip(*points, strict=True)))
        for label in labels if len(labels) > 1 else []:
            ax.plot([], [], linestyle="none", label=label)
    else:
        for group, (x, y), label in zip(groups, points, labels, strict=True):
            _draw_points(ax, group, x, y, label, len(pair.true))
    grid(ax)
    legend_below(ax)


def _draw_points(ax: Axes, group: Group, x: Array, y: Array, label: str, n: int) -> None:
    """Filled circles for training rows, hollow squares for held-out rows; many rows get small circles."""
    held_out, many = group.held_out, n > 300
    ax.plot(
        x, y, "s" if held_out else "o", color=NEGATIVE if held_out else POSITIVE,
        markerfacecolor="none" if held_out else POSITIVE, markersize=(3.5 if held_out else 2.0) if many else 6,
        alpha=1.0 if n <= 100 else 0.6, label=label, zorder=2 if held_out or not many else 2.5,
    )  # fmt: skip


def _draw_density(ax: Axes, x: Array, y: Array) -> None:
    """The number of points in each cell of a grid over the axes; empty cells are not drawn."""
    counts, *_, cells = ax.hist2d(
        x, y, bins=CELLS, range=(ax.get_xlim(), ax.get_ylim()), cmin=1, cmap=colors_between(MANY),
        norm=matplotlib("colors").LogNorm(), rasterized=True, zorder=2,
    )  # fmt: skip
    cells.set_clim(1, max(np.nanmax(counts), 2))
    # Inside the panel: a colorbar of the figure would be taller than a square panel.
    place = ax.inset_axes((1.03, 0.1, 0.04, 0.8))
    color_bar(cells, f"rows in a cell, of {count(len(x), 'row')}", cax=place)
