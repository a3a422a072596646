"""The picture of a training: cost over iterations, on a logarithmic axis where that is possible.

Row 0 of a record is the start.  Training cost is solid, validation cost dashed, the end marked.  Where weights are
penalized, a single training also shows the objective, cost + penalty, as that is what falls at every iteration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.optimizers import Record
from sheernet.plots.scale import LARGEST, Scale, choose_scale, set_scale
from sheernet.plots.style import (
    MARKERS,
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    SERIES,
    count,
    drawing,
    grid,
    legend_below,
    number,
    whole_numbers,
    wrapped,
)
from sheernet.training.training import Training

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sheernet.models.model import Model


@dataclass(frozen=True, eq=False)
class CostCurve:
    """The course of one training.

    Parameters
    ----------
    label : str
        Its name among several; "" for a single one.
    iteration, cost : ndarray, (rows,)
        Row 0 is the start.
    validation, objective : ndarray, (rows,), or None
        Validation cost; cost + penalty.  None where there is no validation, or no penalty.
    reason : str
        Why it stopped; "" where that is not known.
    kept : int
        Row of the iterate that is the result: under patience not the last one.
    """

    label: str
    iteration: Array
    cost: Array
    validation: Array | None
    objective: Array | None
    reason: str
    kept: int

    @property
    def lowest_validation(self) -> int | None:
        """The row where the validation cost is lowest; None without one."""
        if self.validation is None:
            return None
        return int(np.nanargmin(self.validation))


def cost_curves(source: Any) -> tuple[CostCurve, ...]:
    """The curves of a Training, a Model, a Record, or a mapping of labels to them.

    Raises
    ------
    InvalidInput
        If it is something else, is empty, or holds no finite cost.
    """
    if isinstance(source, Mapping):
        if not source:
            raise InvalidInput(
                "there is no training to draw: the mapping of labels to trainings is empty"
            )
        return tuple(_curve(str(label), item) for label, item in source.items())
    return (_curve("", source),)


def cost(
    training: Training | Model | Record | Mapping[str, Training | Model | Record],
    ax: Axes | None = None,
) -> Axes:
    """Draw the cost over the iterations.

    Parameters
    ----------
    training : Training, Model, Record, or mapping of str to one of them
        One training, or several to compare, by label.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If there is nothing to draw.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    A cost of 0 has no place on a logarithmic axis; it is drawn below all others, with a triangle.  Where costs are
    negative (poisson) the axis is linear.

    Examples
    --------
    >>> import sheernet as sn
    >>> X, y = sn.datasets.load_sleep_study().scaled
    >>> net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)
    >>> training = sn.train(net, X, y, max_iter=5)
    >>> ax = sn.plots.cost(training)
    >>> ax.get_xlabel(), ax.get_yscale()
    ('iteration', 'log')
    >>> ax = sn.plots.cost({"lm": training, "bfgs": sn.train(net, X, y, method="bfgs", max_iter=5)})
    """
    curves = cost_curves(training)
    scale = choose_scale(
        [s for c in curves for s in (c.cost, c.validation, c.objective) if s is not None]
    )
    with drawing(ax) as ax:
        set_scale(ax, scale)
        if len(curves) == 1:
            _draw_single(ax, curves[0], scale)
        else:
            _draw_several(ax, curves, scale)
        _mark_zeros(ax, curves, scale)
        whole_numbers(ax.xaxis)
        if max(c.iteration[-1] - c.iteration[0] for c in curves) == 0:
            ax.set_xlim(curves[0].iteration[0] - 0.5, curves[0].iteration[0] + 0.5)
        grid(ax)
        ax.set_xlabel("iteration")
        ax.set_ylabel(
            "cost"
            if scale.log or np.all(curves[0].cost == 0)
            else "cost (linear: some are negative)"
        )
        legend_below(ax, columns=2)
    return ax


def _curve(label: str, item: Any) -> CostCurve:
    record = getattr(item, "record", item)
    if not isinstance(record, Record):
        raise InvalidInput(
            "the picture of the cost takes a Training, a Record, or a mapping of labels to them, "
            f"but {type(item).__name__} was given"
        )
    if not np.any(np.abs(record.cost) < LARGEST):
        whose = f" of {label!r}" if label else ""
        raise InvalidInput(
            f"no cost{whose} is finite, so there is nothing to draw; start from smaller weights"
        )
    validated = not np.all(np.isnan(record.validation_cost))
    penalized = bool(np.any(record.penalty > 0))
    termination, starts = getattr(item, "termination", None), getattr(item, "starts", None)
    return CostCurve(
        label,
        record.iteration.astype(np.float64),
        record.cost,
        record.validation_cost if validated else None,
        record.objective if penalized else None,
        "" if termination is None else termination.reason.replace("_", " "),
        len(record) - 1 if starts is None else record.row_of(starts.objectives[starts.best]),
    )


def _draw_single(ax: Axes, curve: CostCurve, scale: Scale) -> None:
    if curve.objective is not None:
        ax.plot(
            curve.iteration, scale.place(curve.objective), color=NEUTRAL, linestyle="-.", linewidth=1.3,
            label="objective: training cost + penalty",
        )  # fmt: skip
    ax.plot(curve.iteration, scale.place(curve.cost), color=POSITIVE, label="training cost")
    best = curve.lowest_validation
    if curve.validation is not None and best is not None:
        heights = scale.place(curve.validation)
        ax.plot(curve.iteration, heights, color=NEGATIVE, linestyle="--", label="validation cost")
        ax.plot(
            curve.iteration[best], heights[best], color=NEGATIVE, marker="D", linestyle="none",
            label=f"lowest validation cost: {number(curve.validation[best])}, iteration {curve.iteration[best]:g}",
        )  # fmt: skip
    ax.plot(
        curve.iteration[-1], scale.place(curve.cost)[-1], color=POSITIVE, marker="o", markersize=7, linestyle="none",
        label=f"end{': ' + curve.reason if curve.reason else ''}",
    )  # fmt: skip
    steps = int(curve.iteration[-1] - curve.iteration[0])
    if curve.kept < curve.cost.size - 1:
        at = f"iteration {curve.iteration[curve.kept]:g}"
        ax.plot(
            curve.iteration[curve.kept], scale.place(curve.cost)[curve.kept], color=NEUTRAL, marker="o", markersize=12,
            markerfacecolor="none", markeredgewidth=1.4, linestyle="none", label=f"kept: {at}",
        )  # fmt: skip
        ax.set_title(
            f"Cost: {number(curve.cost[0])} at the start, {number(curve.cost[curve.kept])} at {at}, which is kept"
        )
    elif steps == 0:
        ax.set_title(f"Cost {number(curve.cost[0])} at the start; no iteration was made")
    else:
        ax.set_title(
            f"Cost: {number(curve.cost[0])} at the start, {number(curve.cost[-1])} after {count(steps, 'iteration')}"
        )


def _draw_several(ax: Axes, curves: tuple[CostCurve, ...], scale: Scale) -> None:
    for i, curve in enumerate(curves):
        color, marker = SERIES[i % len(SERIES)], MARKERS[i % len(MARKERS)]
        heights = scale.place(curve.cost)
        name = wrapped(curve.label, 40, lines=1)
        steps = count(int(curve.iteration[-1] - curve.iteration[0]), "iteration")
        label = f"{name}: {number(curve.cost[-1])} after {steps}"
        ax.plot(
            curve.iteration,
            heights,
            color=color,
            marker=marker,
            markevery=[-1],
            markersize=7,
            label=label,
        )
        if curve.validation is not None:
            heights = scale.place(curve.validation)
            ax.plot(
                curve.iteration, heights, color=color, linestyle="--", linewidth=1.3, marker=marker, markevery=[-1],
                markersize=5,
            )  # fmt: skip
    if any(curve.validation is not None for curve in curves):
        ax.plot(
            [], [], color=NEUTRAL, linestyle="--", linewidth=1.3, label="dashed: validation cost"
        )
    ax.set_title(f"Cost of {len(curves)} trainings; a marker is where one ended")


def _mark_zeros(ax: Axes, curves: tuple[CostCurve, ...], scale: Scale) -> None:
    places = [
        c.iteration[scale.zeros(s)] for c in curves for s in (c.cost, c.validation) if s is not None
    ]
    zeros = np.concatenate(places)
    if zeros.size:
        ax.plot(
            zeros, np.full(zeros.size, scale.floor), color=NEUTRAL, marker="v", linestyle="none", markersize=13,
            markerfacecolor="none", markeredgewidth=1.4,
            label="exactly 0, which has no place on this axis",
        )  # fmt: skip
