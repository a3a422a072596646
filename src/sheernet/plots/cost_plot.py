"""Plot of cost over iterations, on a logarithmic axis if possible.

Row 0 of a record is the start.  The training cost is solid, the validation cost dashed, and the end is marked.  If
there is a penalty, the plot of a single run also shows the objective, cost + penalty, which every iteration decreases.

The training cost of an exact fit may fall by 15 powers of ten, and the validation cost by one.  To make the validation
cost readable, the axis then ends below it, and the plot states the final training cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEGATIVE, NEUTRAL, POSITIVE
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.picture_texts import count, number
from sheernet.foundation.sentences import in_quotes
from sheernet.models.model import Model
from sheernet.optimizers import Record
from sheernet.plots.estimator_source import FittedEstimator, model_of, needed, without_model
from sheernet.plots.scale import LARGEST, Scale, choose_scale, mark_zeros, set_scale
from sheernet.plots.style import (
    drawing,
    grid,
    legend_below,
    mark,
    series_look,
    whole_numbers,
    wrapped,
    write_title,
)
from sheernet.training.training import Training

if TYPE_CHECKING:
    from matplotlib.axes import Axes


READABLE = 0.2  # minimum fraction of the axis for the validation cost; otherwise the axis ends below this cost
HIDDEN = 2.0  # minimum number of powers of ten by which the axis is shortened


@dataclass(frozen=True, eq=False)
class CostCurve:
    """The costs of one training run.

    Parameters
    ----------
    label : str
        Name of the run; "" for a single one.
    iteration, cost : ndarray, (rows,)
        Row 0 is the start.
    validation, objective : ndarray, (rows,), or None
        Validation cost, nan where it was not computed; cost + penalty.  None if there is none, or no penalty.
    reason : str
        Termination reason of the run; "" if it is not known.
    kept : int
        Row of the iterate that is the result: with early stopping, not always the last row.
    """

    label: str
    iteration: Array
    cost: Array
    validation: Array | None
    objective: Array | None
    reason: str
    kept: int
    validation_name: str = "validation cost"

    @property
    def lowest_validation(self) -> int | None:
        """The row of the lowest validation cost; None if there is no validation cost."""
        return None if self.validation is None else int(np.nanargmin(self.validation))

    @property
    def steps(self) -> int:
        """Number of iterations."""
        return int(self.iteration[-1] - self.iteration[0])

    @property
    def kept_at(self) -> str:
        """The iteration of the result: "iteration 5"."""
        return f"iteration {self.iteration[self.kept]:g}"

    @property
    def title(self) -> str:
        """The cost at the start and of the result."""
        start, result = number(self.cost[0]), number(self.cost[self.kept])
        if self.kept < self.cost.size - 1:
            return f"Cost: {start} at the start, {result} at {self.kept_at}, which is kept"
        if self.steps == 0:
            return f"Cost: {start} at the start; no iteration was made"
        return f"Cost: {start} at the start, {result} after {count(self.steps, 'iteration')}"

    @property
    def series(self) -> list[Array]:
        """Cost, validation cost and objective, without those that are None."""
        return [s for s in (self.cost, self.validation, self.objective) if s is not None]


def cost_curves(source: Any, validation_name: str = "validation cost") -> tuple[CostCurve, ...]:
    """The cost curves of a Training, a Model, an estimator, a Record, or a mapping of labels to them.

    Raises
    ------
    InvalidInput
        If the source is something else, is empty, or has no finite cost.
    """
    if isinstance(source, Mapping):
        if not source:
            raise InvalidInput("there is no cost to draw: the mapping of labels to runs is empty")
        return tuple(_curve(str(label), item) for label, item in source.items())
    return (_curve("", source, validation_name),)


def axis_bottom(curves: Sequence[CostCurve], scale: Scale) -> float:
    """Lower end of the axis at which the validation costs are readable; -inf if it extends to the lowest cost.

    The axis ends below the lowest validation cost by as many powers of ten as the validation costs span, at least one.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.plots.cost_plot import CostCurve, axis_bottom
    >>> from sheernet.plots.scale import Scale
    >>> cost, validation = np.array([1.0, 1e-15]), np.array([1.0, 0.1])
    >>> curve = CostCurve("", np.arange(2.0), cost, validation, None, "", 1)
    >>> round(axis_bottom([curve], Scale(log=True, floor=1e-16)), 12)
    0.01
    """
    known = [c.validation[np.isfinite(c.validation)] for c in curves if c.validation is not None]
    validation = scale.place(np.concatenate([*known, []]))
    validation = validation[validation > 0]
    if not scale.log or validation.size == 0:
        return -np.inf
    drawn = np.concatenate([scale.place(series) for curve in curves for series in curve.series])
    span = np.log10(validation.max() / validation.min())
    bottom = float(validation.min() / 10 ** max(span, 1.0))
    whole = np.log10(np.nanmax(drawn) / np.nanmin(drawn))
    hidden = np.log10(bottom / np.nanmin(drawn))
    return bottom if span < READABLE * whole and hidden > HIDDEN else -np.inf


def cost(
    training: Training
    | Model
    | FittedEstimator
    | Record
    | Mapping[str, Training | Model | FittedEstimator | Record],
    ax: Axes | None = None,
    member: int | None = None,
) -> Axes:
    """Draw cost over iterations.

    Parameters
    ----------
    training : Training, Model, fitted estimator, Record, or mapping of str to one of them
        One training run, or several to compare, by label.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.
    member : int, optional
        Index in `model.members`, if `training` is a Model; by default the member with the largest share, as the title
        says.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If `training` is something else, is empty, or has no finite cost, or the member does not exist.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    A cost of 0, which cannot lie on a logarithmic axis, is drawn as a triangle below all others.  If a cost is negative
    (poisson), the axis is linear.

    If the training cost falls so far below the validation cost that the latter would take less than a fifth of the
    axis, the axis ends below the validation cost, by as many powers of ten as the validation cost spans, at least one.
    A triangle at its lower end marks the end of a training cost below the axis.

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
    shown = model_of(training)
    source, whose = without_model(shown, member)
    curves = cost_curves(source, getattr(shown, "name_of_validation_cost", "validation cost"))
    series = [values for curve in curves for values in curve.series]
    scale = choose_scale(series)
    bottom = axis_bottom(curves, scale)
    with drawing(ax) as ax:
        set_scale(ax, scale)
        if len(curves) == 1:
            _draw_single(ax, curves[0], scale, bottom)
        else:
            _draw_several(ax, curves, scale, bottom)
        costs = [(c.iteration, s) for c in curves for s in (c.cost, c.validation) if s is not None]
        if bottom > 0:
            top = max(np.nanmax(scale.place(values)) for values in series)
            ax.set_ylim(bottom, top * (top / bottom) ** 0.05)
        else:
            mark_zeros(ax, scale, np.concatenate([x[scale.zeros(s)] for x, s in costs]), 13)
        whole_numbers(ax.xaxis)
        if max(curve.steps for curve in curves) == 0:
            ax.set_xlim(curves[0].iteration[0] - 0.5, curves[0].iteration[0] + 0.5)
        grid(ax)
        ax.set_xlabel("iteration")
        negative = any(np.any(values < 0) for values in series)
        ax.set_ylabel("cost (linear axis: some are negative)" if negative else "cost")
        write_title(ax, _title(curves), whose)
        legend_below(ax, columns=2)
    return ax


def _curve(label: str, item: Any, validation_name: str = "validation cost") -> CostCurve:
    item = model_of(item)
    validation_name = getattr(item, "name_of_validation_cost", validation_name)
    record = getattr(item, "record", item)
    if not isinstance(record, Record):
        raise needed(
            "a plot of the cost needs a Training, a Model, a fitted estimator, a Record, or a mapping of labels to "
            "them",
            item,
        )
    if not np.any(np.abs(record.cost) < LARGEST):
        whose = f" of {in_quotes(label)}" if label else ""
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
        validation_name,
    )


def _title(curves: Sequence[CostCurve]) -> str:
    if len(curves) == 1:
        return curves[0].title
    return f"Cost of {count(len(curves), 'run')}; a marker shows the end of each"


def _draw_single(ax: Axes, curve: CostCurve, scale: Scale, bottom: float) -> None:
    if curve.objective is not None:
        ax.plot(
            curve.iteration, scale.place(curve.objective), color=NEUTRAL, linestyle="-.", linewidth=1.3,
            label="objective: training cost + penalty",
        )  # fmt: skip
    ax.plot(curve.iteration, scale.place(curve.cost), color=POSITIVE, label="training cost")
    best = curve.lowest_validation
    if curve.validation is not None and best is not None:
        heights = scale.place(curve.validation)
        known = np.isfinite(heights)
        ax.plot(
            curve.iteration[known], heights[known], color=NEGATIVE, linestyle="--", label=curve.validation_name
        )  # fmt: skip
        ax.plot(
            curve.iteration[best], heights[best], color=NEGATIVE, marker="D", linestyle="none",
            label=f"lowest {curve.validation_name}: {number(curve.validation[best])}, "
            f"iteration {curve.iteration[best]:g}",
        )  # fmt: skip
    end = f"end: {curve.reason}" if curve.reason else "end"
    heights = scale.place(curve.cost)
    if heights[-1] < bottom:
        _mark_below(
            ax, curve, bottom, POSITIVE, f"{end}, at {number(curve.cost[-1])} below the axis"
        )
    else:
        ax.plot(
            curve.iteration[-1], heights[-1], color=POSITIVE, marker="o", markersize=7, linestyle="none", label=end
        )  # fmt: skip
    if curve.kept < curve.cost.size - 1:
        kept = curve.iteration[curve.kept], max(heights[curve.kept], bottom)
        mark(ax, *kept, 12, f"kept: {curve.kept_at}")


def _mark_below(
    ax: Axes, curve: CostCurve, bottom: float, color: str, label: str | None = None
) -> None:
    """A triangle at the lower end of the axis, for the end of a training cost below it."""
    ax.plot(
        curve.iteration[-1], bottom, "v", color=color, markersize=9, clip_on=False, zorder=5, label=label
    )  # fmt: skip


def _draw_several(ax: Axes, curves: tuple[CostCurve, ...], scale: Scale, bottom: float) -> None:
    for i, curve in enumerate(curves):
        of_series = series_look(i)
        look: Any = {name: of_series[name] for name in ("color", "marker")} | {"markevery": [-1]}
        name, steps = wrapped(curve.label, 40, lines=1), count(curve.steps, "iteration")
        label = f"{name}: {number(curve.cost[-1])} after {steps}"
        ax.plot(curve.iteration, scale.place(curve.cost), markersize=7, label=label, **look)
        if scale.place(curve.cost)[-1] < bottom:
            _mark_below(ax, curve, bottom, look["color"])
        if curve.validation is not None:
            heights = scale.place(curve.validation)
            known = np.isfinite(heights)
            ax.plot(
                curve.iteration[known], heights[known], "--", linewidth=1.3, markersize=5, **look
            )
    names = {curve.validation_name: None for curve in curves if curve.validation is not None}
    if names:
        ax.plot([], [], "--", color=NEUTRAL, linewidth=1.3, label=f"dashed: {' or '.join(names)}")
    if any(scale.place(curve.cost)[-1] < bottom for curve in curves):
        ax.plot([], [], "v", color=NEUTRAL, markersize=9, label="ends below the axis")
