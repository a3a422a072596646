"""Two pictures of how well predictions agree with true values: one against the other, and their differences.

Several targets stand side by side, each in its own units.  Held-out rows have another marker; of many rows, whose
counts are drawn in cells, they have a panel of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import ShapeMismatch
from sheernet.plots.agreement import Agreement, Density, Group, agreements
from sheernet.plots.style import (
    MANY,
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    colors_between,
    count,
    drawing,
    grid,
    legend_below,
    matplotlib,
    new_figure,
    style,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACROSS = 2  # panels in a row

Panel = tuple[Agreement, tuple[Group, ...]]
"""A target, and which of its rows are drawn."""


def predicted_against_true(
    predicted: npt.ArrayLike,
    true: npt.ArrayLike,
    ax: Axes | None = None,
    held_out: npt.ArrayLike | None = None,
    target_names: Sequence[str] | None = None,
    weights: npt.ArrayLike | None = None,
) -> Axes:
    """Draw predictions against true values; on the diagonal they agree.

    Parameters
    ----------
    predicted, true : array_like, (N,) or (N, K)
        In the targets' units.
    ax : Axes, optional
        Where, for a single target; a new figure with the panels that are needed if not given.
    held_out : array_like of bool (N,) or of int, optional
        Rows that were not trained on, as a mask or by number.
    target_names : sequence of str, optional
        Names of the targets.
    weights : array_like, (N,), optional
        What each row counts for in RMSE and R^2.

    Returns
    -------
    Axes
        Of the first panel; `.figure` holds all, and `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        When a value is not finite, or held_out names rows that are not there.
    ShapeMismatch
        When the tables do not fit together, or several targets are to be drawn on one ax.
    MissingDependency
        When matplotlib is not installed.

    Notes
    -----
    Above 5000 rows the rows in each cell of a grid are counted and colored by their number, and held-out rows stand
    beside the others; on an ax that is given, all are counted together.

    Examples
    --------
    >>> import sheernet as sn
    >>> ax = sn.plots.predicted_against_true([1.0, 2.2, 2.9], [1.0, 2.0, 3.0])
    >>> ax.get_title()
    'Predicted against true: RMSE 0.129, R² 0.9750'
    """
    pairs = agreements(predicted, true, held_out, target_names, weights)
    return _draw_panels(_draw_pairs, pairs, ax, (5.6, 5.3))


def residuals(
    predicted: npt.ArrayLike,
    true: npt.ArrayLike,
    ax: Axes | None = None,
    held_out: npt.ArrayLike | None = None,
    target_names: Sequence[str] | None = None,
    weights: npt.ArrayLike | None = None,
) -> Axes:
    """Draw residuals, true - predicted, against predictions, with a band of one RMSE around 0.

    Parameters
    ----------
    predicted, true : array_like, (N,) or (N, K)
        In the targets' units.
    ax : Axes, optional
        Where, for a single target; a new figure with the panels that are needed if not given.
    held_out : array_like of bool (N,) or of int, optional
        Rows that were not trained on, as a mask or by number.
    target_names : sequence of str, optional
        Names of the targets.
    weights : array_like, (N,), optional
        What each row counts for in mean and RMSE.

    Returns
    -------
    Axes
        Of the first panel; `.figure` holds all, and `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        When a value is not finite, or held_out names rows that are not there.
    ShapeMismatch
        When the tables do not fit together, or several targets are to be drawn on one ax.
    MissingDependency
        When matplotlib is not installed.

    Notes
    -----
    More than 5000 rows are drawn as `predicted_against_true` draws them.

    Examples
    --------
    >>> import sheernet as sn
    >>> ax = sn.plots.residuals([1.0, 2.2, 2.9], [1.0, 2.0, 3.0])
    >>> ax.get_title()
    'Residuals: mean −0.0333, RMSE 0.129'
    """
    pairs = agreements(predicted, true, held_out, target_names, weights)
    return _draw_panels(_draw_residuals, pairs, ax, (6.4, 4.6))


def _draw_panels(
    draw: Callable[[Axes, Panel], None],
    pairs: list[Agreement],
    ax: Axes | None,
    size: tuple[float, float],
) -> Axes:
    if ax is not None and len(pairs) > 1:
        raise ShapeMismatch(
            f"ax has room for one target but there are {len(pairs)}; give a column at a time, or leave ax out"
        )
    panels: list[Panel] = []
    for pair in pairs:
        groups = pair.groups
        split = pair.is_dense and ax is None
        panels += [(pair, (group,)) for group in groups] if split else [(pair, groups)]
    if len(panels) == 1:
        is_ours = ax is None
        with drawing(ax, *size) as ax:
            draw(ax, panels[0])
            if is_ours and ax.child_axes:
                # The first layout measures the bar before the panel is square; the second finds room for it.
                figure: Any = ax.figure
                figure.draw_without_rendering()
        return ax
    across = min(len(panels), ACROSS)
    down = -(-len(panels) // across)
    with style():
        figure = new_figure(4.6 * across, (size[1] + 0.8) * down)
        axes = [figure.add_subplot(down, across, k + 1) for k in range(len(panels))]
        for place, panel in zip(axes, panels, strict=True):
            draw(place, panel)
    return axes[0]


def _title(panel: Panel, otherwise: str, figures: str) -> str:
    """What is seen, and the figures of its rows where they are one group; of several the legend has them."""
    pair, groups = panel
    head = wrapped(pair.name, 40, lines=1) or otherwise
    if len(groups) > 1:
        return head
    if len(pair.groups) > 1:  # this panel has one of them
        return f"{head}: {groups[0].label}\n{figures}"
    return f"{head}\n{figures}" if pair.name else f"{head}: {figures}"


def _axis_name(kind: str, pair: Agreement) -> str:
    return f"{kind} {wrapped(pair.name, 30, lines=1)}" if pair.name else kind


def _span(values: Array) -> tuple[float, float]:
    """From the lowest to the highest and a twentieth more on each side; room around a single one."""
    low, high = float(values.min()), float(values.max())
    margin = 0.05 * (high - low) or max(0.05 * abs(low), 0.5)
    return low - margin, high + margin


def _draw_pairs(ax: Axes, panel: Panel) -> None:
    pair, groups = panel
    ends = _span(np.concatenate([pair.predicted, pair.true]))
    ax.plot(ends, ends, color=NEUTRAL, linewidth=1.0, label="predicted = true", zorder=_layer(pair))
    ax.set_xlim(*ends)
    ax.set_ylim(*ends)
    ax.set_aspect("equal")
    qualities = [group.quality for group in groups]
    _draw_rows(ax, panel, [(g.true, g.predicted) for g in groups], qualities)
    ax.set_xlabel(_axis_name("true", pair))
    ax.set_ylabel(_axis_name("predicted", pair))
    ax.set_title(_title(panel, "Predicted against true", qualities[0]))


def _draw_residuals(ax: Axes, panel: Panel) -> None:
    pair, groups = panel
    largest = max(
        [float(np.abs(pair.true - pair.predicted).max())] + [g.fit.rmse[0] for g in pair.groups]
    )
    reach = 1.15 * largest or 1.0
    ax.axhline(0.0, color=NEUTRAL, linewidth=1.0, zorder=_layer(pair))
    ax.set_xlim(*_span(pair.predicted))
    ax.set_ylim(-reach, reach)
    _draw_bands(ax, panel)
    errors = [group.error for group in groups]
    _draw_rows(ax, panel, [(g.predicted, g.residuals) for g in groups], errors)
    ax.set_xlabel(_axis_name("predicted", pair))
    ax.set_ylabel("residual: true − predicted")
    ax.set_title(_title(panel, "Residuals", errors[0]))


def _layer(pair: Agreement) -> int:
    """Where lines are drawn: below points, but over the cells of a density."""
    return 3 if pair.is_dense else 1


def _draw_bands(ax: Axes, panel: Panel) -> None:
    """One RMSE around 0: shaded for the first group, between dashed lines for the second."""
    pair, groups = panel
    for i, group in enumerate(groups):
        rmse = group.fit.rmse[0]
        whose = f" of {group.noun}s" if len(groups) > 1 else ""
        label = f"one RMSE{whose} around 0"
        if rmse > 0 and i == 0 and not pair.is_dense:
            ax.axhspan(-rmse, rmse, color="0.92", zorder=0, label=label)
        elif rmse > 0:
            dashes, color = ("--", NEGATIVE) if i else (":", "black")
            for side, text in ((-rmse, label), (rmse, "")):
                ax.axhline(
                    side,
                    color=color,
                    linestyle=dashes,
                    linewidth=1.1,
                    zorder=_layer(pair),
                    label=text,
                )


def _draw_rows(
    ax: Axes, panel: Panel, points: list[tuple[Array, Array]], figures: list[str]
) -> None:
    """Points or counts, and a legend that has the figures of each group where there are several."""
    pair, groups = panel
    labels = [group.label for group in groups]
    if len(groups) > 1:
        labels = [f"{label}: {text}" for label, text in zip(labels, figures, strict=True)]
    if pair.is_dense:
        x, y = (np.concatenate(values) for values in zip(*points, strict=True))
        _draw_density(ax, Density.of(x, y, ax.get_xlim(), ax.get_ylim()))
        for label in labels if len(labels) > 1 else []:
            ax.plot([], [], linestyle="none", label=label)
    else:
        for group, (x, y), label in zip(groups, points, labels, strict=True):
            _draw_points(ax, group, x, y, label, len(pair.true))
    grid(ax)
    legend_below(ax)


def _draw_points(ax: Axes, group: Group, x: Array, y: Array, label: str, n: int) -> None:
    """Circles, filled where trained on; squares, hollow, where held out."""
    held_out = group.held_out
    ax.plot(
        x, y, "s" if held_out else "o", color=NEGATIVE if held_out else POSITIVE,
        markerfacecolor="none" if held_out else POSITIVE, markersize=6 if n <= 300 else 3.5,
        alpha=1.0 if n <= 100 else 0.6, label=label,
    )  # fmt: skip


def _draw_density(ax: Axes, density: Density) -> None:
    most = int(density.counts.max())
    cells = ax.pcolormesh(
        density.x, density.y, np.ma.masked_equal(density.counts, 0), cmap=colors_between(MANY),
        norm=matplotlib("colors").LogNorm(1, max(most, 2)), rasterized=True, zorder=2,
    )  # fmt: skip
    # Inside the panel's own box: a bar of the figure is as tall as the room for a panel, not as a square one.
    bar = ax.figure.colorbar(cells, cax=ax.inset_axes((1.03, 0.1, 0.04, 0.8)))
    bar.set_label(f"rows in a cell, of {count(int(density.counts.sum()), 'row')}")
    bar.outline.set_visible(False)
