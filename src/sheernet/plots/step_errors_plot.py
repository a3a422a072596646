"""Plot of the error of numerical derivatives against their step size.

The error of differences is V-shaped: truncation of the Taylor series dominates at long steps, rounding at short ones,
with the best step in between.  A complex step has no such rounding error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sheernet.derivatives import StepErrors
from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEUTRAL
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.picture_texts import number
from sheernet.plots.estimator_source import needed
from sheernet.plots.scale import LARGEST, choose_scale, decade_ticks, set_scale
from sheernet.plots.style import DASHES, MARKERS, SERIES, drawing, grid, legend_below

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
    """The errors of one formula for numerical derivatives.

    Parameters
    ----------
    name : str
        The name of the formula.
    steps, errors : ndarray, (n,)
        Steps h with a finite relative error, and the errors.
    best : int
        Index of the smallest error.
    """

    name: str
    steps: Array
    errors: Array
    best: int

    @property
    def label(self) -> str:
        """The formula, its smallest error, and the step of that error."""
        error = self.errors[self.best]
        smallest = "exact" if error == 0 else number(error)
        return f"{self.name}: {smallest} at h = {number(self.steps[self.best])}"


def step_curves(found: StepErrors) -> list[StepCurve]:
    """The curves of all formulas that have a finite error.

    Raises
    ------
    InvalidInput
        If something else is given, or no error is finite.
    """
    if not isinstance(found, StepErrors):
        raise needed(
            "a plot of errors over steps needs StepErrors",
            found,
            "use sheernet.derivatives.step_errors(f, grad, x)",
        )
    curves = []
    for formula, errors in found.errors.items():
        finite = errors < LARGEST  # false for nan
        if finite.any():
            kept = errors[finite]
            best = int(np.argmin(kept))
            curves.append(StepCurve(NAMES[formula], found.steps[finite], kept, best))
    if not curves:
        raise InvalidInput(
            "no numerical derivative has a finite relative error to draw: the derivative is zero or not finite; "
            "choose another point"
        )
    return curves


def step_errors(found: StepErrors, ax: Axes | None = None) -> Axes:
    """Draw the error of numerical derivatives against their step.

    Parameters
    ----------
    found : StepErrors
        From `sheernet.derivatives.step_errors`.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If something else is given, or no error is finite.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    The vertical line at eps^(1/3) = 6e-6 is near the best step of a central difference.  Errors of 0 are drawn below
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
            ax.plot(
                curve.steps, scale.place(curve.errors), color=color, linestyle=DASHES[k], linewidth=1.5,
                marker=marker, markersize=8, markevery=[curve.best], label=curve.label,
            )  # fmt: skip
        ax.axvline(
            USUAL, color=NEUTRAL, linestyle=":", linewidth=1.3, label=f"h = ∛ε = {number(USUAL)}"
        )
        if any(scale.zeros(curve.errors).any() for curve in curves):
            ax.plot([], [], color="none", label="errors of 0 are drawn at the bottom")
        for axis in (ax.xaxis, ax.yaxis):
            if axis.get_scale() == "log":
                decade_ticks(axis)
        grid(ax)
        ax.set(xlabel="step h", ylabel="relative error of the derivative")
        exact = found.reference == "complex step"
        reference = "the complex step" if exact else "extrapolated differences"
        ax.set_title(f"Error of numerical derivatives, compared with {reference}")
        legend_below(ax)
    return ax
