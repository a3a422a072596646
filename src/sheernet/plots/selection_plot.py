"""Plot of a selection of size and decay: the error on left-out rows, with its standard error, over each.

The left panel has a line for each size, the right panel a line for each decay; both show the same errors.  If there are
many lines, only `MOST` are drawn, including the lines of the chosen error and of the error that it is compared with.  A
bar is one standard error up and down.  The positions on the axes of sizes and decays are equally spaced, so that a
decay of 0 has a position.  Decays that the evidence chooses, and sizes chosen from the data ("auto"), are apart from
the numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEUTRAL
from sheernet.foundation.picture_texts import number
from sheernet.models.selecting import Grid, Selection
from sheernet.models.selecting.grid_words import decay_in_short, decay_in_words, in_short, in_words
from sheernet.plots.estimator_source import needed
from sheernet.plots.scale import Scale, choose_scale, set_scale
from sheernet.plots.style import (
    drawing,
    grid,
    legend_below,
    new_figure,
    series_look,
    settle_layout,
    style,
    wrapped,
    write_figure_title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MOST = 6
"""Maximum number of lines of a panel."""
MOST_LETTERS = 44
"""Maximum number of characters of all ticks of an axis."""
SPREAD = 0.3
"""Width over which the lines' bars at one position are spread, so that they do not overlap."""
WIDE = 4.0
"""Minimum ratio of the largest to the smallest error for a logarithmic axis."""


@dataclass(frozen=True, eq=False)
class ErrorLine:
    """The errors of one size over all decays, or of one decay over all sizes.

    Parameters
    ----------
    label : str
        The size or the decay.
    errors, standard_errors : ndarray, (n,)
        Errors and their standard errors; nan if not evaluated.
    """

    label: str
    errors: Array
    standard_errors: Array


@dataclass(frozen=True, eq=False)
class ErrorLines:
    """The lines of a panel.

    Parameters
    ----------
    lines : tuple of ErrorLine
        The drawn lines.
    ticks : tuple of str
        The names of the n positions.
    axis : str
        The label of the axis.
    chosen : tuple of int
        The line and the position of the chosen error.
    reference : float
        The error that the others are compared with.
    left_out : int
        Number of lines that are not drawn.
    """

    lines: tuple[ErrorLine, ...]
    ticks: tuple[str, ...]
    axis: str
    chosen: tuple[int, int]
    reference: float
    left_out: int = 0

    def shift(self, line: int) -> float:
        """The shift of a line along the axis."""
        return SPREAD * ((line + 0.5) / len(self.lines) - 0.5)

    @classmethod
    def over_decays(cls, grid: Grid) -> ErrorLines:
        """Return a line for each size; decays from small to large."""
        errors, deviations = grid.errors[:, ::-1], grid.standard_errors[:, ::-1]
        last = len(grid.decays) - 1
        places = [(i, last - j) for i, j in (grid.chosen, grid.reference)]
        names = [in_words(size) for size in grid.sizes]
        ticks = [decay_in_short(decay) for decay in grid.decays[::-1]]
        apart = isinstance(grid.decays[0], str)
        return cls._of(errors, deviations, places, names, ticks, "weight decay", apart)

    @classmethod
    def over_sizes(cls, grid: Grid) -> ErrorLines:
        """Return a line for each decay; sizes from small to large."""
        places = [(j, i) for i, j in (grid.chosen, grid.reference)]
        names = [decay_in_words(decay) for decay in grid.decays]
        ticks = [in_short(size) for size in grid.sizes]
        apart = isinstance(grid.sizes[-1], str)
        return cls._of(
            grid.errors.T, grid.standard_errors.T, places, names, ticks, "hidden units", apart
        )

    @classmethod
    def _of(
        cls, errors: Array, deviations: Array, places: list[tuple[int, int]], names: list[str],
        ticks: list[str], axis: str, apart: bool,
    ) -> ErrorLines:  # fmt: skip
        errors = np.where(np.isfinite(errors), errors, np.nan)
        last = len(ticks) - 1
        if apart and last:
            errors, deviations = (
                np.insert(each, last, np.nan, axis=1) for each in (errors, deviations)
            )
            ticks = [*ticks[:last], "", ticks[last]]
            places = [(line, place + (place == last)) for line, place in places]
        drawn = _some(len(names), [line for line, _ in places])
        (line, place), reference = places
        return cls(
            tuple(ErrorLine(names[k], errors[k], np.nan_to_num(deviations[k])) for k in drawn),
            tuple(ticks), axis, (drawn.index(line), place), float(errors[reference]), len(names) - len(drawn),
        )  # fmt: skip


def _some(n: int, required: Sequence[int]) -> list[int]:
    """At most `MOST` of n indices: the required indices, and others at about equal distances."""
    kept = set(required) if n > MOST else set(range(n))
    while len(kept) < min(n, MOST):
        distances = [min(abs(k - each) for each in kept) for k in range(n)]
        kept.add(int(np.argmax(distances)))
    return sorted(kept)


def selection(selection: Selection, ax: Axes | None = None) -> Axes:
    """Draw the errors of a selection over its decays and sizes.

    Parameters
    ----------
    selection : Selection
        From `sheernet.select`.
    ax : Axes, optional
        Axes to draw the first panel on; a new figure if not given.

    Returns
    -------
    Axes
        The panel over decays, or over sizes if there is one decay; `.figure` is the figure,
        `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If it is not a Selection.
    MissingDependency
        If matplotlib is not installed.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(40)], "y": [(i / 20 - 1) ** 2 + (-1) ** i / 50 for i in range(40)]}
    >>> ax = sn.plots.selection(sn.select(table, "y", sizes=(0, 2), decays=(1e-1, 1e-3), starts=1))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('weight decay', 'RMSE of left-out rows')
    """
    if not isinstance(selection, Selection):
        raise needed(
            "a plot of a selection needs a Selection",
            selection,
            "use sheernet.select(table, target)",
        )
    panels = _panels(selection.grid)
    width = 60 if ax is not None else 58 * len(panels)
    title = f"{wrapped(selection.problem, width)}\n{wrapped(_choice(selection), width)}"
    if ax is not None:
        with drawing(ax) as ax:
            _draw(ax, panels[0], selection)
            ax.set_title(title)
            legend_below(ax)
        return ax
    with style():
        figure = new_figure(1.6 + 4.7 * len(panels), 5.2)
        axes: list[Axes] = []
        for k, lines in enumerate(panels):
            shared = axes[0] if axes else None
            axes.append(figure.add_subplot(1, len(panels), k + 1, sharey=shared))
            _draw(axes[k], lines, selection)
            legend_below(axes[k], columns=2)
        if len(axes) > 1:
            axes[1].set_ylabel("")
            axes[1].tick_params(labelleft=False)
        write_figure_title(figure, title)
        settle_layout(axes[0])
    return axes[0]


def _panels(grid: Grid) -> list[ErrorLines]:
    """Lines over decays and over sizes; an axis with a single position is omitted, unless both have one."""
    panels = [ErrorLines.over_decays(grid), ErrorLines.over_sizes(grid)]
    return [panel for panel in panels if len(panel.ticks) > 1] or panels[:1]


def _choice(selection: Selection) -> str:
    error = selection.grid.errors[selection.grid.chosen]
    deviation = selection.grid.standard_errors[selection.grid.chosen]
    return (
        f"chosen: {in_words(selection.hidden)}, {decay_in_words(selection.decay)}; {selection.measure} "
        f"{number(float(error))} (standard error {number(float(deviation))})"
    )


def _draw(ax: Axes, found: ErrorLines, selection: Selection) -> None:
    places = np.arange(len(found.ticks), dtype=float)
    for k, line in enumerate(found.lines):
        ax.errorbar(
            places + found.shift(k), line.errors, line.standard_errors, markersize=5, elinewidth=0.9, **series_look(k),
            linewidth=1.4, label=line.label, zorder=3,
        )  # fmt: skip
    _mark(ax, found, "default model" if selection.grid.is_against_default else "lowest")
    set_scale(ax, _scale(found))
    every = max(-(-sum(map(len, found.ticks)) // MOST_LETTERS), 1)
    ticks = [k for k in range(0, len(found.ticks), every) if found.ticks[k]]
    ax.set_xticks(places[ticks], [found.ticks[k] for k in ticks])
    grid(ax)
    ax.set(xlabel=found.axis, ylabel=f"{selection.measure} of left-out rows")


def _scale(found: ErrorLines) -> Scale:
    """Make the axis logarithmic only if the errors differ much."""
    errors = np.concatenate([line.errors for line in found.lines])
    scale = choose_scale([errors])
    return scale if np.nanmax(errors) > WIDE * found.reference else Scale(log=False, floor=0.0)


def _mark(ax: Axes, found: ErrorLines, reference: str) -> None:
    """A ring around the chosen error, and a line at the error that the others are compared with."""
    line, place = found.chosen
    left_out = f" ({found.left_out} more not drawn)" if found.left_out else ""
    thin: dict[str, Any] = {"color": NEUTRAL, "linewidth": 1.0, "linestyle": "--", "zorder": 1}
    ax.axhline(found.reference, label=f"{reference}, {number(found.reference)}{left_out}", **thin)
    ax.plot(
        [place + found.shift(line)], [found.lines[line].errors[place]], linestyle="none", marker="o", markersize=13,
        markerfacecolor="none", markeredgecolor=NEUTRAL, markeredgewidth=1.8, label="chosen", zorder=4,
    )  # fmt: skip
