"""The picture of the error of a numerical derivative against its step: the V of differences, the floor of others.

A long step truncates the Taylor series, a short one drowns in rounding; in between lies the best.  A complex step has
no rounding to drown in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sheernet.derivatives import StepErrors
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.plots.scale import LARGEST, choose_scale, set_scale
from sheernet.plots.style import (
    DASHES,
    MARKERS,
    NEUTRAL,
    SERIES,
    drawing,
    grid,
    legend_below,
    matplotlib,
    number,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EPS = float(np.finfo(np.float64).eps)
USUAL = EPS ** (1 / 3)
NAMES = {
    "forward": "forward difference",
    "central": "central difference",
    "richardson": "extrapolated (Richardson)",
    "complex": "complex step",
}


@dataclass(frozen=True, eq=False)
class StepCurve:
    """The errors of one formula.

    Parameters
    ----------
    name : str
        Of the formula, in words.
    steps, errors : ndarray, (n,)
        h, and the relative error where it is finite.
    best : int
        Place of the smallest error.
    """

    name: str
    steps: Array
    errors: Array
    best: int

    @property
    def label(self) -> str:
        """The formula, and how good it gets."""
        if self.errors[self.best] == 0:
            return f"{self.name}: exact at h = {number(self.steps[self.best])}"
        return (
            f"{self.name}: {number(self.errors[self.best])} at h = {number(self.steps[self.best])}"
        )


def step_curves(found: StepErrors) -> list[StepCurve]:
    """The curves that can be drawn.

    Raises
    ------
    InvalidInput
        If no error is finite.
    """
    curves = []
    for formula, errors in found.errors.items():
        finite = errors < LARGEST  # nan is not
        if finite.any():
            kept = errors[finite]
            curves.append(
                StepCurve(NAMES[formula], found.steps[finite], kept, int(np.argmin(kept)))
            )
    if not curves:
        raise InvalidInput(
            "no error of a numerical derivative is finite here, so there is nothing to draw; the derivative is zero or "
            "not finite: choose another point"
        )
    return curves


def step_errors(found: StepErrors, ax: Axes | None = None) -> Axes:
    """Draw the error of numerical derivatives against their step.

    Parameters
    ----------
    found : StepErrors
        What `sheernet.derivatives.check.step_errors` returned.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If no error is finite.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    The vertical line is at eps^(1/3) = 6e-6, about the best step of a central difference.  An error of 0 is drawn below
    all others.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> found = sn.derivatives.step_errors(lambda x: float(np.exp(x).sum()), np.exp, [0.5, 1.0])
    >>> ax = sn.plots.step_errors(found)
    >>> ax.get_xscale(), ax.get_yscale()
    ('log', 'log')
    """
    curves = step_curves(found)
    scale = choose_scale([curve.errors for curve in curves])
    with drawing(ax, 6.4, 5.0) as ax:
        ax.set_xscale("log")
        set_scale(ax, scale)
        for k, curve in enumerate(curves):
            color, marker = SERIES[k], MARKERS[k]
            heights = scale.place(curve.errors)
            ax.plot(curve.steps, heights, color=color, linestyle=DASHES[k], linewidth=1.5)
            ax.plot(
                curve.steps[curve.best], heights[curve.best], color=color, linestyle=DASHES[k], linewidth=1.5,
                marker=marker, markersize=8, label=curve.label,
            )  # fmt: skip
        ax.axvline(
            USUAL, color=NEUTRAL, linestyle=":", linewidth=1.3, label=f"h = ∛ε = {number(USUAL)}"
        )
        if any(scale.zeros(curve.errors).any() for curve in curves):
            ax.plot([], [], color="none", label="errors of 0 are drawn at the bottom")
        _ticks(ax)
        grid(ax)
        ax.set_xlabel("step h")
        ax.set_ylabel("relative error of the derivative")
        ax.set_title(f"Error of numerical derivatives, against {_reference(found)}")
        legend_below(ax)
    return ax


def _reference(found: StepErrors) -> str:
    return "the complex step" if found.reference == "complex step" else "careful differences"


def _ticks(ax: Axes) -> None:
    """Every second or fourth power of ten, and none between them."""
    ticker = matplotlib("ticker")
    for axis in (ax.xaxis, ax.yaxis):
        if axis.get_scale() == "log":
            axis.set_major_locator(ticker.LogLocator(base=10.0, numticks=9))
            axis.set_minor_locator(ticker.NullLocator())
