"""Plot of the loss of an estimator by iteration, with its validation score on a separate axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEGATIVE, POSITIVE
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.picture_texts import count, number
from sheernet.plots.scale import LARGEST, choose_scale, mark_zeros, set_scale
from sheernet.plots.style import drawing, few_ticks, grid, legend_below, shortened, whole_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False)
class LossCurve:
    """The loss and the validation score of each iteration.

    Parameters
    ----------
    losses : ndarray, (n,)
        The loss.
    scores : ndarray, (n,), or None
        The validation score.
    ending : str
        Termination reason of the fit; "" if it is not known.
    name : str
        Name of the estimator; "" if it has none.

    Raises
    ------
    ShapeMismatch
        If there is not a score for each loss, or the losses are not a vector.
    InvalidInput
        If no loss is finite.
    """

    losses: Array
    scores: Array | None = None
    ending: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        if self.losses.ndim != 1 or (
            self.scores is not None and self.scores.shape != self.losses.shape
        ):
            shape = (
                "" if self.scores is None else f", and validation_scores has {self.scores.shape}"
            )
            raise ShapeMismatch(
                "loss_curve must be a vector, and validation_scores must have a value for each of its values, but its "
                f"shape is {self.losses.shape}{shape}"
            )
        if not np.any(np.abs(self.losses) < LARGEST):
            raise InvalidInput("loss_curve has no finite value, so there is nothing to draw")

    @property
    def best(self) -> int | None:
        """The index of the highest validation score; None without one."""
        if self.scores is None or np.isnan(self.scores).all():
            return None
        return int(np.nanargmax(self.scores))

    @property
    def title(self) -> str:
        """The last loss, and the number of iterations."""
        of = f" of {shortened(self.name, 40)}" if self.name else ""
        steps = count(self.losses.size, "iteration")
        return f"Loss{of}: {number(self.losses[-1])} after {steps}"


def draw_loss_curve(curve: LossCurve, ax: Axes | None = None) -> tuple[Axes, Axes | None]:
    """Draw a loss curve; return the axes of the loss, and those of the validation score or None."""
    iteration = np.arange(1.0, curve.losses.size + 1)
    scale = choose_scale([curve.losses])
    heights = scale.place(curve.losses)
    validation = None
    with drawing(ax) as ax:
        set_scale(ax, scale)
        marker = "o" if curve.losses.size == 1 else ""
        ax.plot(iteration, heights, color=POSITIVE, marker=marker, label="loss")
        if curve.best is not None:
            validation = _draw_scores(ax, curve, iteration)
        end = f"end: {curve.ending}" if curve.ending else "end"
        ax.plot(iteration[-1], heights[-1], "o", color=POSITIVE, markersize=7, label=end)
        mark_zeros(ax, scale, iteration[scale.zeros(curve.losses)], 13)
        whole_numbers(ax.xaxis)
        grid(ax)
        ax.set(xlabel="iteration", ylabel="loss", title=curve.title)
        legend_below(ax, columns=2)
    return ax, validation


def _draw_scores(ax: Axes, curve: LossCurve, iteration: Any) -> Axes:
    """Draw the validation scores on a second axis; they are in the legend of the loss."""
    assert curve.scores is not None
    assert curve.best is not None
    right = ax.twinx()
    right.spines["right"].set_visible(True)
    look: Any = {"color": NEGATIVE, "linestyle": "--"}
    best = f"best score: {number(curve.scores[curve.best])}, iteration {curve.best + 1}"
    point: Any = {"color": NEGATIVE, "marker": "D", "linestyle": "none"}
    right.plot(iteration, curve.scores, **look)
    right.plot(iteration[curve.best], curve.scores[curve.best], **point)
    right.set_ylabel("validation score")
    few_ticks(right.yaxis)
    ax.plot([], [], label="validation score", **look)  # one legend has both curves
    ax.plot([], [], label=best, **point)
    return right
