"""Plot of a Taylor test: the remainder against the step, with lines of slopes 1, 2 and 3 for comparison.

All lines pass through the shortest step whose remainder is above the noise, where the slope is measured; to the
right of this step, the remainder follows the line of its order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.derivatives import TaylorTest
from sheernet.derivatives.check.taylor_remainder import ABOVE_NOISE
from sheernet.foundation.arrays import Array, Mask
from sheernet.foundation.colors import NEGATIVE, NEUTRAL, POSITIVE
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.picture_texts import number
from sheernet.plots.estimator_source import needed
from sheernet.plots.scale import LARGEST, choose_scale, decade_ticks, set_scale
from sheernet.plots.style import DASHES, drawing, grid, legend_below

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False)
class TaylorRemainders:
    """The finite remainders of a Taylor test, and lines for comparison.

    Parameters
    ----------
    steps, remainders : ndarray, (n,)
        Steps in descending order, and remainders.
    above : ndarray of bool, (n,)
        Whether each remainder is far enough above the noise for its slope to count.
    guides : mapping of int to ndarray, (n,)
        Lines by slope, through the shortest step that counts; empty if there is none.
    """

    steps: Array
    remainders: Array
    above: Mask
    guides: dict[int, Array]

    @classmethod
    def of(cls, test: TaylorTest) -> TaylorRemainders:
        """Compute the remainders and lines of a test.

        Raises
        ------
        InvalidInput
            If something else is given, or no remainder is finite.
        """
        finite = test.remainders < LARGEST  # false for nan
        if not finite.any():
            raise InvalidInput(
                "the Taylor test has no finite remainder to draw; test at another point or in another direction"
            )
        steps, remainders = test.steps[finite], test.remainders[finite]
        above = remainders > ABOVE_NOISE * test.noise
        guides = {}
        if above.any():
            last = int(np.flatnonzero(above)[-1])
            for slope in range(1, test.order + 1):
                with np.errstate(over="ignore"):
                    guides[slope] = remainders[last] * (steps / steps[last]) ** slope
        return cls(steps, remainders, above, guides)


def taylor(test: TaylorTest, ax: Axes | None = None) -> Axes:
    """Draw the Taylor remainder against the step.

    Parameters
    ----------
    test : TaylorTest
        From `sheernet.derivatives.taylor_test`.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If something else is given, or no remainder is finite.
    MissingDependency
        If matplotlib is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> test = sn.derivatives.taylor_test(lambda x: float(np.exp(x).sum()), np.exp, [0.5, 1.0])
    >>> sn.plots.taylor(test).get_title()
    'Taylor test: pass; the remainder decreases as h^2.00, expected h^2'
    """
    if not isinstance(test, TaylorTest):
        raise needed(
            "a plot of a Taylor test needs a TaylorTest",
            test,
            "use sheernet.derivatives.taylor_test(f, grad, x)",
        )
    found = TaylorRemainders.of(test)
    scale = choose_scale([found.remainders])
    with drawing(ax, 6.4, 5.0) as ax:
        ax.set_xscale("log", base=2 if found.steps.size < 12 else 10)
        set_scale(ax, scale)
        heights = scale.place(found.remainders)
        ends = (float(heights.min()), float(heights.max()))
        for (slope, line), dash in zip(found.guides.items(), DASHES[1:], strict=False):
            look: Any = {"color": NEUTRAL, "linestyle": dash, "linewidth": 1.2}
            ax.plot(found.steps, line, label=f"slope {slope}", **look)
        if test.noise > 0 and scale.log:
            ax.axhline(
                test.noise, color=NEGATIVE, linestyle="--", linewidth=1.2,
                label=f"rounding noise of f: {number(test.noise)}",
            )  # fmt: skip
            ends = (min(ends[0], test.noise), max(ends[1], test.noise))
        for rows, face, label in (
            (found.above, POSITIVE, "remainder"),
            (~found.above, "none", "remainder too close to the noise"),
        ):
            if rows.any():
                look = {"color": POSITIVE, "markerfacecolor": face, "markersize": 5, "label": label}
                ax.plot(found.steps[rows], heights[rows], "o", **look)
        _set_ends(ax, ends)
        grid(ax)
        ax.set(xlabel="step h along a direction v", ylabel=_formula(test), title=_title(test))
        legend_below(ax, columns=2)
    return ax


def _set_ends(ax: Axes, ends: tuple[float, float]) -> None:
    """The limits of the remainders; the lines for comparison may extend beyond them."""
    if ax.get_yscale() == "log":
        ax.set_ylim(ends[0] / 4, ends[1] * 4)
        decade_ticks(ax.yaxis)
    decade_ticks(ax.xaxis)


def _formula(test: TaylorTest) -> str:
    second = "" if test.order == 2 else " − ½ h² v·Hv"
    return f"|f(x + h v) − f(x) − h g·v{second}|"


def _title(test: TaylorTest) -> str:
    verdict = test.verdict if test.verdict == "pass" else test.verdict.upper()
    if np.isnan(test.slope):
        return f"Taylor test: {verdict}; no remainder is above the noise"
    return f"Taylor test: {verdict}; the remainder decreases as h^{test.slope:.2f}, expected h^{test.order}"
