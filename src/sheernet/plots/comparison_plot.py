"""The picture of a comparison: how fast each method came down to the lowest objective, in evaluations and in seconds.

A title tells who came within 1 % of the lowest soonest, and who won: a winner is also counted until it stopped.
Drawn is the lowest objective so far above the lowest of all, of each method's best start.  What is within the
comparison's floor of it counts as nothing and is drawn there, as a logarithmic axis has no place for 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.plots.scale import LARGEST, Scale, choose_scale, set_scale
from sheernet.plots.style import (
    DASHES,
    MARKERS,
    NEUTRAL,
    SERIES,
    count,
    drawing,
    grid,
    legend_below,
    new_figure,
    number,
    style,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sheernet.models.comparing import Comparison


@dataclass(frozen=True, eq=False)
class Course:
    """How the best start of a method went.

    Parameters
    ----------
    method : str
        Its name, and what it chose where it is "auto".
    evaluations, seconds : ndarray, (rows,)
        So far; positive, as their axes are logarithmic.
    above : ndarray, (rows,)
        The lowest objective so far, above the lowest of all methods; nan before the first that is finite.
    objective : float
        Where it ended.
    """

    method: str
    evaluations: Array
    seconds: Array
    above: Array
    objective: float

    @property
    def label(self) -> str:
        """Where it got, and what that took."""
        if not np.isfinite(self.objective):
            return f"{self.method}: no finite objective"
        evaluations = count(int(self.evaluations[-1]), "evaluation")
        return f"{self.method}: {number(self.objective)} after {evaluations}, {number(self.seconds[-1])} s"

    def reached(self, allowed: float) -> int | None:
        """The first row at most `allowed` above the lowest of all; None where there is none."""
        rows = np.flatnonzero(self.above <= allowed)
        return int(rows[0]) if rows.size else None


@dataclass(frozen=True, eq=False)
class Race:
    """What is drawn.

    Parameters
    ----------
    courses : tuple of Course
        Of each method, in the order of the comparison.
    lowest : float
        The lowest objective of all; nan where none is finite.
    near : float
        Up to here a method counts as having found the lowest: 1 % of it.
    floor : float
        Up to here a difference is nothing.
    problem : str
        Data, rows and starts.
    won : str
        Who won, and by what; "" where nobody did.
    """

    courses: tuple[Course, ...]
    lowest: float
    near: float
    floor: float
    problem: str
    won: str = ""

    @classmethod
    def of(cls, comparison: Comparison) -> Race:
        """Compute it."""
        lowest = comparison.lowest
        courses = []
        for method, model in comparison.models.items():
            record = model.record
            finite = np.where(np.abs(record.objective) < LARGEST, record.objective, np.nan)
            so_far = np.fmin.accumulate(finite)
            seconds = record.seconds.astype(np.float64)
            courses.append(
                Course(
                    comparison.label(method),
                    np.maximum(record.value_evaluations, 1).astype(np.float64),
                    _positive(seconds),
                    np.maximum(so_far - lowest, 0.0),
                    float(so_far[-1]),
                )
            )
        near = comparison.allowed - lowest
        return cls(
            tuple(courses), lowest, near, comparison.floor, comparison.problem, _won(comparison)
        )

    def first(self, unit: str) -> str:
        """Who was first to come within 1 % of the lowest, in "evaluations" or "seconds"."""
        arrivals = [
            (float(getattr(course, unit)[row]), course.method)
            for course in self.courses
            if (row := course.reached(self.near)) is not None
        ]
        if not arrivals:
            return "none came within 1 % of the lowest objective"
        amount, method = min(arrivals)
        text = str(int(amount)) if unit == "evaluations" else number(amount)
        return f"soonest within 1 % of the lowest, by {unit}: {method} after {text}"


def comparison(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Draw how fast each method came down to the lowest objective of all.

    Parameters
    ----------
    comparison : Comparison
        From `sheernet.compare`.
    ax : Axes, optional
        Where, over evaluations alone; a new figure, with a panel over seconds too, if not given.

    Returns
    -------
    Axes
        Over evaluations; `.figure` is the figure, `sheernet.plots.save` writes it.

    Raises
    ------
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
    race = Race.of(comparison)
    if ax is not None:
        with drawing(ax) as ax:
            _draw(ax, race, "evaluations")
            ax.set_title(
                "\n".join(
                    filter(None, [wrapped(race.problem, 60), race.won, race.first("evaluations")])
                )
            )
            legend_below(ax)
        return ax
    with style():
        figure = new_figure(10.4, 4.6 + 0.11 * len(race.courses))
        left = figure.add_subplot(1, 2, 1)
        right = figure.add_subplot(1, 2, 2, sharey=left)
        _draw(left, race, "evaluations")
        _draw(right, race, "seconds")
        right.set_ylabel("")
        right.tick_params(labelleft=False)
        left.set_title(race.first("evaluations"), fontsize=10)
        right.set_title(race.first("seconds"), fontsize=10)
        figure.suptitle(
            "\n".join(filter(None, [wrapped(race.problem, 100), race.won])), fontsize=11
        )
        figure.legend(
            handles=left.get_legend_handles_labels()[0], loc="outside lower center", ncols=2, frameon=False,
            handlelength=3.4,
        )  # fmt: skip
    return left


def _won(comparison: Comparison) -> str:
    winner = comparison.winner
    if winner is None:
        return ""
    near = [row for row in comparison.rows() if row["objective"] <= comparison.allowed]
    if len(near) == 1:
        return f"winner, by the lowest objective: {comparison.label(winner)} with {number(near[0]['objective'])}"
    taken = int(comparison.models[winner].record.value_evaluations[-1])
    return f"winner, by the fewest evaluations until it stopped: {comparison.label(winner)} with {taken}"


def _positive(values: Array) -> Array:
    """Values with zeros at half of the smallest other one."""
    positive = values[values > 0]
    return np.maximum(values, 0.5 * positive.min() if positive.size else 1e-3)


def _draw(ax: Axes, race: Race, unit: str) -> None:
    drawn = [np.maximum(course.above, race.floor) for course in race.courses]
    scale = choose_scale([*drawn, np.array([max(race.near, race.floor)])])
    for i, (course, above) in enumerate(zip(race.courses, drawn, strict=True)):
        ax.plot(
            getattr(course, unit), scale.place(above), color=SERIES[i % len(SERIES)], linestyle=DASHES[i % len(DASHES)],
            marker=MARKERS[i % len(MARKERS)], markevery=[-1], markersize=8, label=wrapped(course.label, 60, lines=1),
            zorder=3,
        )  # fmt: skip
    set_scale(ax, scale)
    ax.set_xscale("log")
    _draw_goals(ax, race, scale, drawn)
    grid(ax)
    ax.set_xlabel("evaluations of the objective" if unit == "evaluations" else "seconds")
    above_what = "" if np.isnan(race.lowest) else f" − {number(race.lowest)}, the lowest of all"
    ax.set_ylabel(f"objective{above_what}")


def _draw_goals(ax: Axes, race: Race, scale: Scale, drawn: Sequence[Array]) -> None:
    """Lines at 1 % above the lowest, and where differences end to count."""
    if not scale.log:
        return
    floor = race.floor or scale.floor
    lines: dict[str, Any] = {"color": NEUTRAL, "linewidth": 1.0, "zorder": 1}
    if race.near > race.floor:
        ax.axhline(race.near, linestyle="--", label="1 % above the lowest of all", **lines)
    if any(np.any(above <= race.floor) for above in drawn):
        label = f"the lowest of all, or less than {number(floor)} above it"
        ax.axhline(floor, linestyle="-", label=label, **lines)
