"""Plot of a comparison: the progress of each optimizer to the lowest objective, in evaluations and in seconds.

Each curve shows a method's best start: the lowest objective so far, on a logarithmic axis if all are positive.
Objectives below the comparison's floor, which count as 0, are drawn at the floor.  The titles name the
method that was first within 1 % of the lowest objective, and the winner; a winner's evaluations are counted until it
stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEUTRAL
from sheernet.foundation.picture_texts import count, number
from sheernet.models.comparing import Comparison
from sheernet.plots.estimator_source import needed
from sheernet.plots.scale import LARGEST, Scale, choose_scale, set_scale
from sheernet.plots.style import (
    drawing,
    grid,
    legend_below,
    legend_of_figure,
    new_figure,
    series_look,
    style,
    wrapped,
    write_figure_title,
    write_title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False)
class MethodCurve:
    """The progress of a method's best start.

    Parameters
    ----------
    method : str
        The method; for "auto" also the method that it chose.
    evaluations, seconds : ndarray, (rows,)
        Effort since the start; positive, because the axes are logarithmic.
    above : ndarray, (rows,)
        The lowest objective so far minus the lowest of all methods; nan before the first finite one.
    so_far : ndarray, (rows,)
        The lowest objective so far.
    """

    method: str
    evaluations: Array
    seconds: Array
    above: Array
    so_far: Array

    @property
    def objective(self) -> float:
        """The lowest objective of this start."""
        return float(self.so_far[-1])

    @property
    def label(self) -> str:
        """The method, its lowest objective, and its effort."""
        if not np.isfinite(self.objective):
            return f"{self.method}: no finite objective"
        evaluations = count(int(self.evaluations[-1]), "evaluation")
        return f"{self.method}: {number(self.objective)} after {evaluations}, {number(self.seconds[-1])} s"

    def reached(self, allowed: float) -> int | None:
        """The first row at most `allowed` above the lowest of all; None if there is none."""
        rows = np.flatnonzero(self.above <= allowed)
        return int(rows[0]) if rows.size else None


@dataclass(frozen=True, eq=False)
class ComparisonCurves:
    """The curves of all methods, and the texts of titles.

    Parameters
    ----------
    curves : tuple of MethodCurve
        Curves in the order of the comparison.
    lowest : float
        The lowest objective of all; nan if none is finite.
    near : float
        1 % of the lowest: methods within this difference have reached it.
    floor : float
        Differences up to this count as 0.
    problem : str
        Data, rows and starts.
    won : str
        The winner, and the criterion; "" if there is none.
    """

    curves: tuple[MethodCurve, ...]
    lowest: float
    near: float
    floor: float
    problem: str
    won: str = ""

    @classmethod
    def of(cls, comparison: Comparison) -> ComparisonCurves:
        """Compute the curves of a comparison."""
        lowest = comparison.lowest
        curves = []
        for method, model in comparison.models.items():
            record = model.record
            finite = np.where(np.abs(record.objective) < LARGEST, record.objective, np.nan)
            so_far = np.fmin.accumulate(finite)
            curves.append(
                MethodCurve(
                    comparison.label(method),
                    np.maximum(record.value_evaluations, 1).astype(np.float64),
                    _positive(record.seconds.astype(np.float64)),
                    np.maximum(so_far - lowest, 0.0),
                    so_far,
                )
            )
        near, won = comparison.allowed - lowest, _won(comparison)
        return cls(tuple(curves), lowest, near, comparison.floor, comparison.problem, won)

    def first(self, unit: str) -> str:
        """The method that was first within 1 % of the lowest, in "evaluations" or "seconds", as a title."""
        arrivals = [
            (float(getattr(curve, unit)[row]), curve.method)
            for curve in self.curves
            if (row := curve.reached(self.near)) is not None
        ]
        if not arrivals:
            return "no method came within 1 % of the lowest objective"
        amount, method = min(arrivals)
        in_evaluations = unit == "evaluations"
        text = count(int(amount), "evaluation") if in_evaluations else f"{number(amount)} s"
        return f"first within 1 % of the lowest: {method}, {text}"


def comparison(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Draw the progress of each method to the lowest objective.

    Parameters
    ----------
    comparison : Comparison
        From `sheernet.compare`.
    ax : Axes, optional
        Axes to draw on, over evaluations only; a new figure, with a second panel over seconds, if not given.

    Returns
    -------
    Axes
        The panel over evaluations; `.figure` is the figure, `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If it is not a Comparison.
    MissingDependency
        If matplotlib is not installed.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(40)], "y": [3.0 - i / 20 for i in range(40)]}
    >>> ax = sn.plots.comparison(sn.compare(table, "y", methods=("lm", "gd"), hidden=2, starts=1))
    >>> ax.get_xlabel(), ax.get_yscale()
    ('evaluations of the objective', 'log')
    """
    if not isinstance(comparison, Comparison):
        raise needed(
            "a plot of a comparison needs a Comparison",
            comparison,
            "use sheernet.compare(table, target)",
        )
    found = ComparisonCurves.of(comparison)
    if ax is not None:
        with drawing(ax) as ax:
            _draw(ax, found, "evaluations")
            write_title(ax, found.problem, found.won, found.first("evaluations"))
            legend_below(ax)
        return ax
    with style():
        figure = new_figure(10.4, 4.6 + 0.11 * len(found.curves))
        left = figure.add_subplot(1, 2, 1)
        right = figure.add_subplot(1, 2, 2, sharey=left)
        _draw(left, found, "evaluations")
        _draw(right, found, "seconds")
        right.set_ylabel("")
        right.tick_params(labelleft=False)
        write_title(left, found.first("evaluations"), fontsize=10)
        write_title(right, found.first("seconds"), fontsize=10)
        title = [wrapped(found.problem, 100), found.won]
        write_figure_title(figure, "\n".join(filter(None, title)))
        legend_of_figure(left, 2, handlelength=3.4)
    return left


def _won(comparison: Comparison) -> str:
    winner = comparison.winner
    if winner is None:
        return ""
    near = [row for row in comparison.rows() if row["objective"] <= comparison.allowed]
    label = comparison.label(winner)
    if len(near) == 1:
        return f"winner by lowest objective: {label}, {number(near[0]['objective'])}"
    taken = int(comparison.models[winner].record.value_evaluations[-1])
    return f"winner by fewest evaluations until it stopped: {label}, {count(taken, 'evaluation')}"


def _positive(values: Array) -> Array:
    """Values with zeros replaced by half of the smallest positive value."""
    positive = values[values > 0]
    return np.maximum(values, 0.5 * positive.min() if positive.size else 1e-3)


def _draw(ax: Axes, found: ComparisonCurves, unit: str) -> None:
    drawn = [curve.so_far for curve in found.curves]
    scale = choose_scale(drawn)
    if scale.log:
        drawn = [np.maximum(heights, found.floor) for heights in drawn]
        scale = choose_scale(drawn)
    for i, (curve, heights) in enumerate(zip(found.curves, drawn, strict=True)):
        ax.plot(
            getattr(curve, unit), scale.place(heights), markevery=[-1], markersize=8,
            label=wrapped(curve.label, 60, lines=1), zorder=3, **series_look(i),
        )  # fmt: skip
    set_scale(ax, scale)
    ax.set_xscale("log")
    _draw_goals(ax, found, scale)
    grid(ax)
    ax.set_xlabel("evaluations of the objective" if unit == "evaluations" else "seconds")
    ax.set_ylabel("lowest objective so far")


def _draw_goals(ax: Axes, found: ComparisonCurves, scale: Scale) -> None:
    """Lines at 1 % above the lowest objective, and at the floor if a curve ends there."""
    lines: dict[str, Any] = {"color": NEUTRAL, "linewidth": 1.0, "zorder": 1}
    if np.isnan(found.lowest):
        return
    if scale.log and found.lowest <= max(found.floor, 0.0):
        floor = found.floor or scale.floor
        label = f"objectives up to {number(floor)} count as 0" if found.floor else "exactly 0"
        ax.axhline(floor, linestyle="-", label=label, **lines)
    else:
        label = f"1 % above the lowest of all, {number(found.lowest)}"
        ax.axhline(found.lowest + found.near, linestyle="--", label=label, **lines)
