"""A map over two inputs, for response surfaces and pairs of columns: labeled contour lines and marks of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEGATIVE
from sheernet.foundation.picture_texts import number
from sheernet.plots.style import color_bar, colors_between, matplotlib, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHADES = ("#F7FBFF", "#D6E6F4", "#A9CDE6", "#6AAED6", "#3A87C0")  # light enough for black labels
FEW = 60  # maximum number of rows with large marks
LEVELS = 8


def is_constant(values: Array) -> bool:
    """Whether all heights are equal except for rounding."""
    return bool(np.ptp(values) <= 1e-12 * np.abs(values).max())


def draw_contours(
    ax: Axes, axes: tuple[Array, Array], values: Array, points: Array, target: str, around: float | None = None,
    shades: tuple[str, ...] = SHADES, limits: tuple[float, float] | None = None,
) -> None:  # fmt: skip
    """Draw a map with labeled contour lines and a color bar; write the value of a constant map.

    Parameters
    ----------
    ax : Axes
        Axes to draw on.
    axes : tuple of ndarray, (G1,) and (G2,)
        Positions on the x axis and the y axis.
    values : ndarray, (G2, G1)
        Heights, as in matplotlib.
    points : ndarray, (N, 2)
        Positions of the rows, which labels of lines avoid.
    target : str
        Name of the heights, at the color bar.
    around : float, optional
        Height of the central color; by default the center of the heights.
    shades : tuple of str
        Colors, from low to high.
    limits : tuple of two float, optional
        The range of the colors; by default the range of the heights.
    """
    x, y = axes
    if is_constant(values):
        middle = f"constant: {number(float(values[0, 0]))}"
        ax.text(0.5, 0.5, middle, transform=ax.transAxes, ha="center", va="center", zorder=5)
        if limits is None:
            ax.set_facecolor(shades[len(shades) // 2 - 1])
            ax.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
            return
    ends = (values.min(), values.max()) if limits is None else limits
    levels = matplotlib("ticker").MaxNLocator(LEVELS).tick_values(*ends)
    look: Any = {"cmap": colors_between(shades), "extend": "neither" if limits is None else "both"}
    if around is not None:
        reach = float(np.abs(levels - around).max())
        look |= {"vmin": around - reach, "vmax": around + reach}
    filled = ax.contourf(x, y, values, levels=levels, **look)
    style: Any = {"colors": "#333333", "linewidths": 0.8, "linestyles": "solid"}
    if np.any((levels > values.min()) & (levels < values.max())):
        lines = ax.contour(x, y, values, levels=levels, **style)
        labels = ax.clabel(lines, fmt="%g", fontsize=8.5, colors="black", inline=False)
        _tidy_labels(labels, axes, points)
    color_bar(filled, wrapped(target, 40, lines=1), ax=ax, pad=0.02)


def hatch_far(ax: Axes, axes: tuple[Array, Array], remoteness: Array) -> None:
    """Hatch regions without rows nearby, where the remoteness, (G2, G1) as in matplotlib, is above 1."""
    if (farthest := remoteness.max()) > 1.0:
        levels = [1.0, farthest + 1.0]
        ax.contourf(
            *axes, remoteness, levels=levels, colors=["#FFFFFFB0"], hatches=["////"], zorder=4
        )


def draw_rows(ax: Axes, points: Array, label: str, test: bool = False) -> None:
    """Mark rows, (N, 2), on a map."""
    ax.plot(*points.T, clip_on=False, zorder=6, label=label, **row_look(len(points), test))


def row_look(n: int, test: bool = False) -> dict[str, Any]:
    """Marks of rows: smaller and lighter if there are many, so that they do not hide each other or the map."""
    size, alpha = (6.5, 1.0) if n <= FEW else (4.0, 0.7) if n <= 400 else (2.5, 0.45)
    if test:
        return {
            "color": NEGATIVE, "markerfacecolor": "none", "markeredgewidth": 1.8 if n <= 400 else 1.0, "marker": "s",
            "markersize": size + 0.5, "alpha": alpha, "linestyle": "none",
        }  # fmt: skip
    return {
        "marker": "o",
        "color": "black", "markeredgecolor": "white", "markeredgewidth": 0.6 if n <= 400 else 0.0,
        "markersize": size, "alpha": alpha, "linestyle": "none",
    }  # fmt: skip


def _tidy_labels(labels: Sequence[Any], axes: tuple[Array, Array], points: Array) -> None:
    """Put labels of contour lines above the marks; hide labels at the border, or on a mark if there are few."""
    x, y = axes
    edge = matplotlib("patheffects").withStroke(linewidth=3.0, foreground="#EAF2F9")
    size = np.array([x[-1] - x[0], y[-1] - y[0]])
    for label in labels:
        place = (np.array(label.get_position()) - [x[0], y[0]]) / size
        near = np.abs((points - label.get_position()) / size) < [0.05, 0.03]  # (N, 2)
        inside = np.all((place > 0.05) & (place < 0.95))
        covered = len(points) <= FEW and near.all(axis=1).any()
        label.set_visible(bool(inside and not covered))
        label.set_zorder(8)
        label.set_path_effects([edge])
