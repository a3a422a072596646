"""Plot of weights over iterations: a line for each weight, in the color of its layer.

Up to 12 weights are named at the ends of their lines.  If there are more, those that moved most are named and the
others are gray; if there are more than 200, the others are bands between quantiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.picture_texts import count, number
from sheernet.models.model import Model
from sheernet.network.architecture import Layout
from sheernet.plots.estimator_source import FittedEstimator, history_of, needed, without_model
from sheernet.plots.parameter_space import require_path
from sheernet.plots.style import (
    SERIES,
    drawing,
    grid,
    legend_below,
    series_look,
    settle_layout,
    whole_numbers,
    write_title,
)
from sheernet.training.training import Training

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Integers = npt.NDArray[np.int64]
ALL_NAMED = 12  # maximum number of weights that are all named
NAMED = 8  # number of named weights if there are more
MOST_LINES = 200
BANDS = ((0.05, 0.95, "0.88"), (0.25, 0.75, "0.76"))
"""Lower and upper quantile, and gray."""
LINE = 12.0  # distance between names in points


@dataclass(frozen=True, eq=False)
class WeightPaths:
    """The weights of a network in each iteration of its training.

    Parameters
    ----------
    iteration : ndarray, (rows,)
        Row 0 is the start.
    weights : ndarray, (rows, P)
        Finite weights.
    layout : Layout
        Names and layers of the weights.
    """

    iteration: Array
    weights: Array
    layout: Layout

    @classmethod
    def of(cls, source: Any) -> WeightPaths:
        """Return the weights of a Training, or of a member of a model.

        Raises
        ------
        InvalidInput
            If `source` is something else, has no path, or an iterate is not finite.
        """
        record, network = getattr(source, "record", None), getattr(source, "network", None)
        if record is None or network is None:
            raise needed(
                "a plot of weights needs a Training, a Model or a fitted estimator", source
            )
        path = require_path(record)
        rows = np.isfinite(path).all(axis=1)
        if not rows.any():
            raise InvalidInput("the path of the weights has no finite iterate to draw")
        iteration = record.iteration[rows].astype(np.float64)
        return cls(iteration, path[rows], network.architecture.layout)

    @cached_property
    def layers(self) -> Integers:
        """The layer of each weight, (P,), 1 to L."""
        blocks = self.layout.blocks
        return np.repeat([block.layer for block in blocks], [block.size for block in blocks])

    @cached_property
    def moved(self) -> Array:
        """The difference between the highest and the lowest value of each weight, (P,)."""
        return np.ptp(self.weights, axis=0)

    @cached_property
    def named(self) -> Integers:
        """The weights whose lines are named: all if there are few, or those that moved most, in the order of theta."""
        n = self.weights.shape[1]
        most = n if n <= ALL_NAMED else NAMED
        return np.sort(np.argsort(-self.moved, kind="stable")[:most])

    @property
    def others(self) -> Integers:
        """The indices of all other weights."""
        return np.setdiff1d(np.arange(self.weights.shape[1]), self.named)

    def quantiles(self, *shares: float) -> Array:
        """Quantiles of the other weights in each iteration, (number of shares, rows)."""
        return np.quantile(self.weights[:, self.others], shares, axis=1)

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest drawn value."""
        named, others = self.weights[:, self.named], self.weights[:, self.others]
        if self.others.size > MOST_LINES:
            others = self.quantiles(*BANDS[0][:2])
        return (
            min(float(named.min()), float(others.min(initial=np.inf))),
            max(float(named.max()), float(others.max(initial=-np.inf))),
        )

    @property
    def title(self) -> str:
        """The number of weights and of iterations, and the weight that moved most."""
        n, steps = self.weights.shape[1], int(self.iteration[-1] - self.iteration[0])
        head = f"{count(n, 'weight')} over {count(steps, 'iteration')}"
        most = int(self.moved.argmax())
        if not self.moved[most] > 0:
            return f"{head}: none moved"
        if n == 1:
            return f"{head}: it moved by {number(self.moved[most])}"
        return f"{head}: {self.layout.name(most)} moved most, by {number(self.moved[most])}"


def weights(
    training: Training | Model | FittedEstimator, ax: Axes | None = None, member: int | None = None
) -> Axes:
    """Draw the weights of a network over the iterations of its training.

    Parameters
    ----------
    training : Training, Model or fitted estimator
        A training with `keep_path=True`.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.
    member : int, optional
        Index in `model.members`; by default the member with the largest share, as the title says.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If `training` is something else or has no path, or the member does not exist.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    Up to 12 weights are named at the ends of their lines, in the color of their layer.  If there are more, the eight
    with the largest range of values are named, and the others are gray: lines, or, if there are more than 200 weights,
    two bands that contain 90 % and 50 % of the others in each iteration, and their median.

    Examples
    --------
    >>> import sheernet as sn
    >>> X, y = sn.datasets.load_sleep_study().scaled
    >>> net = sn.Network.random(sn.Architecture((2, 3, 1), bias=False), seed=0)
    >>> ax = sn.plots.weights(sn.train(net, X, y, max_iter=5, keep_path=True))
    >>> ax.get_xlabel(), [text.get_text() for text in ax.texts][:2]
    ('iteration', ['W1[0,0]', 'W1[0,1]'])
    """
    source, whose = without_model(history_of(training), member)
    found = WeightPaths.of(source)
    new = ax is None
    with drawing(ax, 7.0, 4.6) as ax:
        ax.axhline(0.0, color="0.6", linewidth=0.8, zorder=1)
        _draw_named(ax, found)
        _draw_others(ax, found)
        whole_numbers(ax.xaxis)
        grid(ax)
        ax.set(xlabel="iteration", ylabel="weight")
        write_title(ax, found.title, whose)
        legend_below(ax, columns=2)
        if new:
            settle_layout(ax)
        _name_ends(ax, found)
    return ax


def _draw_others(ax: Axes, found: WeightPaths) -> None:
    """Draw gray lines, or bands."""
    n = found.others.size
    if n > MOST_LINES:
        for low, high, gray in BANDS:
            band = found.quantiles(low, high)
            label = f"{100 * (high - low):.0f} % of the other {count(n, 'weight')}"
            ax.fill_between(
                found.iteration, *band, color=gray, linewidth=0, label=label, zorder=0.5
            )
        middle = found.quantiles(0.5)[0]
        ax.plot(
            found.iteration, middle, color="0.4", linewidth=1.2, label="their median", zorder=1.5
        )
    elif n:
        lines = ax.plot(
            found.iteration, found.weights[:, found.others], color="0.75", linewidth=0.8, zorder=1.5,
            marker=_marker(found),
        )  # fmt: skip
        lines[0].set_label(f"the other {count(n, 'weight')}")


def _draw_named(ax: Axes, found: WeightPaths) -> None:
    """Lines in the colors of their layers, with different dashes within a layer."""
    before: list[int] = []
    for index in found.named:
        layer = int(found.layers[index])
        label = None if layer in before else f"layer {layer}: {_blocks(found, layer)}"
        dashes = series_look(before.count(layer))["linestyle"]
        ax.plot(
            found.iteration, found.weights[:, index], color=_color(layer), linestyle=dashes, linewidth=1.5,
            marker=_marker(found), label=label,
        )  # fmt: skip
        before.append(layer)


def _color(layer: int) -> str:
    """The color of a layer, 1 to L."""
    return SERIES[(layer - 1) % len(SERIES)]


def _blocks(found: WeightPaths, layer: int) -> str:
    """The names of the arrays of a layer: "W1, b1"."""
    return ", ".join(block.name for block in found.layout.blocks if block.layer == layer)


def _marker(found: WeightPaths) -> str:
    """Draw marks instead of lines if there was no iteration."""
    return "o" if len(found.iteration) == 1 else ""


def _name_ends(ax: Axes, found: WeightPaths) -> None:
    """Names to the right of the axes, at the heights of the ends, moved apart if they would overlap."""
    low, high = found.range
    margin = 0.05 * (high - low) or 0.1 * abs(high) or 0.5
    ax.set_ylim(low - margin, high + margin)
    first, last = found.iteration[0], found.iteration[-1]
    ax.set_xlim(first - (first == last), last + (first == last))
    ends = found.weights[-1, found.named]
    tall = ax.bbox.height / ax.figure.figure.dpi * 72  # points
    heights = _apart((ends - low + margin) / (high - low + 2 * margin), LINE / tall)
    for index, end, height in zip(found.named, ends, heights, strict=True):
        ax.annotate(
            found.layout.name(int(index)), xy=(last, end), xytext=(1.03, height), textcoords=ax.transAxes,
            color=_color(int(found.layers[index])), fontsize=8.5, va="center", annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": "0.7", "linewidth": 0.6, "shrinkA": 1, "shrinkB": 0},
        )  # fmt: skip


def _apart(heights: Array, least: float) -> Array:
    """Heights with at least a distance between neighbors, near the given ones.

    Each group of names that would overlap is spread around the mean of its heights.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.plots.weights_plot import _apart
    >>> _apart(np.array([0.5, 0.0, 0.5]), 0.25).tolist()
    [0.375, 0.0, 0.625]
    """
    order = np.argsort(heights, kind="stable")
    groups: list[list[float]] = []  # preferred heights of neighbors
    for height in heights[order]:
        groups.append([float(height)])
        while len(groups) > 1 and _end(groups[-2], least) + least > _end(groups[-1], -least):
            groups[-2:] = [groups[-2] + groups[-1]]
    placed = np.empty(heights.size)
    placed[order] = [_end(group, -least) + least * i for group in groups for i in range(len(group))]
    return placed


def _end(group: list[float], least: float) -> float:
    """The upper end of a group of neighbors, or with a negative distance the lower end."""
    return float(np.mean(group)) + least * (len(group) - 1) / 2
