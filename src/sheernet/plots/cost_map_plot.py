"""Plot of the cost over two weights, or over the plane of the paths of trainings, with these paths.

If the cost spans more than a power of ten, its levels are equally spaced powers of ten.  The map is gray, so that
the paths keep their colors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.picture_texts import number
from sheernet.network.network import Network
from sheernet.optimizers import Record, Run
from sheernet.plots.contour_map import is_constant
from sheernet.plots.cost_plane import GRID, CostMap, PlanePath, compute_cost_map
from sheernet.plots.scale import Scale, choose_scale
from sheernet.plots.style import (
    color_bar,
    colors_between,
    drawing,
    legend_below,
    matplotlib,
    series_look,
    shortened,
    wrapped,
    write_title,
)
from sheernet.training.training import Training

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GRAYS = ("#FFFFFF", "#E4E4E4", "#BDBDBD", "#8F8F8F")  # low to high
LEVELS = 12
STEPS = (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)  # powers of ten between levels
HALF = 36  # maximum number of letters of a legend entry, if there are two in a row
FEW = 60  # maximum number of iterates with a mark each

Path = Training | Run | Record | Array
"""A source of iterates: an object with a path, or the iterates, (rows, P)."""


def cost_map(
    objective: Any,
    trainings: Path | Mapping[str, Path] | None = None,
    weights: Sequence[str | int] | None = None,
    ax: Axes | None = None,
    at: Network | Training | Any = None,
    points: int = GRID,
) -> Axes:
    """Draw the cost over two weights, or over the plane of the paths of trainings.

    Parameters
    ----------
    objective : Objective
        From `sheernet.make_objective`, or any object with a method `value`.
    trainings : Training, Run, Record or array_like (rows, P), or mapping of str to one of them, optional
        One training, or several to compare, by label, with `keep_path=True`; their paths are drawn.
    weights : sequence of two str or int, optional
        The weights on the axes, by name, such as "W1[0,0]", or by index in theta.  By default the axes are the first
        two principal components of the paths, and the title states the fraction of their variance in this plane.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.
    at : Network, Training or array_like (P,), optional
        If `weights` are given, the values of all other weights; by default the values at the end of the first path.
    points : int
        Number of points on each axis; the objective is evaluated at points**2 of them.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If an argument is not allowed, a training has no path, or no cost of the map is finite.
    ShapeMismatch
        If a path or `at` does not have the weights of the objective.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    A map is a cut through a space of P dimensions: the paths are projected onto it, and the cost at an iterate, which
    the legend states for the end, may be lower than the map at its position.  In the principal components, each path
    has the same weight, regardless of its number of iterates.  If the objective has a penalty, the sum of cost and
    penalty is drawn.  Points at which it is not finite stay empty.

    Examples
    --------
    >>> import sheernet as sn
    >>> X, y = sn.datasets.load_sleep_study().scaled
    >>> net = sn.Network.random(sn.Architecture((2, 3, 1), bias=False), seed=0)
    >>> runs = {
    ...     method: sn.train(net, X, y, method=method, max_iter=30, keep_path=True) for method in ("bfgs", "gd")
    ... }
    >>> objective = sn.make_objective(net.architecture, X, y)
    >>> ax = sn.plots.cost_map(objective, runs)
    >>> ax = sn.plots.cost_map(objective, runs, weights=("W1[0,0]", "W2[0,0]"))
    >>> ax.get_title()
    'Cost over W1[0,0] and W2[0,0]'
    """
    found = compute_cost_map(objective, trainings, weights, at, points)
    with drawing(ax, 7.0, 5.4) as ax:
        _draw_heights(ax, found)
        for i, path in enumerate(found.paths):
            _draw_path(ax, path, i)
        _draw_starts(ax, found.paths)
        ax.set_xlabel(wrapped(found.plane.names[0], 60, lines=1))
        ax.set_ylabel(wrapped(found.plane.names[1], 60, lines=1))
        write_title(ax, found.title)
        ax.set_xlim(found.axes[0][0], found.axes[0][-1])
        ax.set_ylim(found.axes[1][0], found.axes[1][-1])
        longest = max(len(text) for text in ax.get_legend_handles_labels()[1])
        legend_below(ax, columns=2 if longest <= HALF else 1)
    return ax


def log_levels(low: float, high: float) -> Array:
    """Return equally spaced powers of ten, at most 13, which enclose two positive numbers.

    Examples
    --------
    >>> from sheernet.plots.cost_map_plot import log_levels
    >>> log_levels(0.002, 30.0).round(4).tolist()
    [0.001, 0.0032, 0.01, 0.0316, 0.1, 0.3162, 1.0, 3.1623, 10.0, 31.6228]
    """
    ends = np.log10([low, high])
    step = next((s for s in STEPS if (ends[1] - ends[0]) / s <= LEVELS - 1), STEPS[-1])
    return 10.0 ** (step * np.arange(np.floor(ends[0] / step), np.ceil(ends[1] / step) + 1))


def _draw_heights(ax: Axes, found: CostMap) -> None:
    """Draw filled contours and a color bar; if the cost is constant, write its value instead."""
    known = np.isfinite(found.values)
    if is_constant(found.values[known]):
        ax.set_facecolor(GRAYS[1])
        text = f"constant: {number(float(found.values[known][0]))}"
        ax.text(0.5, 0.9, text, transform=ax.transAxes, ha="center", va="center", zorder=5)
        return
    scale = choose_scale([found.values[known]])
    if scale.narrow:
        scale = Scale(log=False, floor=0.0)
    heights = np.ma.masked_invalid(scale.place(found.values))
    look: Any = {"cmap": colors_between(GRAYS)}
    if scale.log:
        look |= {"levels": log_levels(heights.min(), heights.max())}
        look |= {"norm": matplotlib("colors").LogNorm(look["levels"][0], look["levels"][-1])}
    else:
        ticks = matplotlib("ticker").MaxNLocator(LEVELS)
        look |= {"levels": ticks.tick_values(heights.min(), heights.max())}
    filled = ax.contourf(*found.axes, heights, **look)
    ax.contour(*found.axes, heights, levels=look["levels"], colors="#6E6E6E", linewidths=0.5)
    bar = color_bar(filled, found.value_name, ax=ax, pad=0.02)
    if scale.log:
        _label_decades(bar, look["levels"])


def _label_decades(bar: Any, levels: Array) -> None:
    """Ticks of a color bar at powers of ten, or at levels if there are few powers of ten."""
    ticker = matplotlib("ticker")
    bar.ax.yaxis.set_minor_locator(ticker.NullLocator())
    if levels[-1] >= 1e3 * levels[0]:
        bar.ax.yaxis.set_major_locator(ticker.LogLocator(numticks=9))
    else:
        shown = levels[:: -(-len(levels) // 8)]
        bar.set_ticks(shown, labels=[number(level) for level in shown])


def _draw_path(ax: Axes, path: PlanePath, i: int) -> None:
    """A line with a mark at each iterate, if there are few, and a large mark at the end."""
    look = series_look(i)
    edge = matplotlib("patheffects").withStroke(linewidth=3.2, foreground="white")
    name = f"{shortened(path.label, 36)}: " if path.label else ""
    few = len(path.places) <= FEW
    ax.plot(
        *path.places.T, color=look["color"], linestyle=look["linestyle"], linewidth=1.6, path_effects=[edge],
        zorder=3,
    )  # fmt: skip
    if few:
        ax.plot(*path.places[1:-1].T, ".", color=look["color"], markersize=4, zorder=4)
    ax.plot(
        *path.places[-1], color=look["color"], linestyle=look["linestyle"], marker=look["marker"], markersize=9,
        markeredgecolor="white", markeredgewidth=0.8, zorder=6, label=name + path.outcome,
    )  # fmt: skip


def _draw_starts(ax: Axes, paths: Sequence[PlanePath]) -> None:
    """A star at each start; paths from the same start share it."""
    moved = [path.places[0] for path in paths if len(path.places) > 1]
    if not moved:
        return
    starts = np.unique(moved, axis=0)  # (s, 2)
    ax.plot(
        *starts.T, "*", color="white", markeredgecolor="black", markersize=15, zorder=5,
        label="start; the other marks are ends" if len(starts) == 1 else "starts; the other marks are ends",
    )  # fmt: skip
