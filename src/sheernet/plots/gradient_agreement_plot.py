"""The picture of a gradient beside numerical derivatives: right entries lie on the diagonal.

Entries of a gradient may differ by many powers of ten: then both axes are logarithmic to both sides of a linear piece
around 0.  Markers tell the verdicts as the colors do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.derivatives import GradientReport
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.plots.scale import LARGEST
from sheernet.plots.style import (
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    drawing,
    grid,
    legend_below,
    matplotlib,
    number,
    shortened,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE = 1e3  # largest over typical size, from which on an axis is logarithmic
MOST_DECADES = 8.0  # to each side; what is smaller lies on the linear piece
LOOKS: dict[str, tuple[str, str, float]] = {
    "pass": ("o", POSITIVE, 4.5),
    "inconclusive": ("^", NEUTRAL, 6.0),
    "fail": ("X", NEGATIVE, 7.0),
}
"""Marker, color and size of each verdict; the last is drawn on top."""
WORDS = {"pass": "passes", "inconclusive": "cannot be decided", "fail": "fails"}


@dataclass(frozen=True, eq=False)
class Pairs:
    """Derivatives from both sides.

    Parameters
    ----------
    numeric, analytic : ndarray, (n,)
        Those that are finite on both sides.
    verdicts : ndarray of str, (n,)
        Theirs.
    lost : int
        How many are not finite.
    worst : int or None
        Place of the worst comparison; None where all pass, or it is not finite.
    linear : float or None
        Half the length of the linear piece of logarithmic axes; None where axes are linear.
    """

    numeric: Array
    analytic: Array
    verdicts: npt.NDArray[np.str_]
    lost: int
    worst: int | None
    linear: float | None

    @classmethod
    def of(cls, report: GradientReport) -> Pairs:
        """Take them from a report.

        Raises
        ------
        InvalidInput
            If no pair is finite.

        Examples
        --------
        >>> import sheernet as sn
        >>> from sheernet.plots.gradient_agreement_plot import Pairs
        >>> report = sn.check_gradient(lambda x: x[0] ** 2 + x[1], lambda x: [2 * x[0], 2.0], [1.0, 2.0])
        >>> pairs = Pairs.of(report)
        >>> pairs.verdicts.tolist(), pairs.worst, pairs.linear
        (['pass', 'fail'], 1, None)
        """
        shown = (np.abs(report.numeric) < LARGEST) & (np.abs(report.analytic) < LARGEST)
        if not shown.any():
            raise InvalidInput(
                "no derivative of this report is finite, so there is nothing to draw; check at another point"
            )
        order, worst = np.cumsum(shown) - 1, report.worst.index
        return cls(
            report.numeric[shown],
            report.analytic[shown],
            np.array(report.verdicts)[shown],
            int((~shown).sum()),
            int(order[worst]) if shown[worst] and report.worst.verdict != "pass" else None,
            _linear_piece(np.abs(np.concatenate([report.numeric[shown], report.analytic[shown]]))),
        )


def gradient_agreement(report: GradientReport, ax: Axes | None = None) -> Axes:
    """Draw the gradient that was given against numerical derivatives.

    Parameters
    ----------
    report : GradientReport
        Of any check; its entries or directions are the points.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If no derivative is finite.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    Where the largest derivative is more than a thousand times a typical one, axes are logarithmic but for a linear
    piece around 0.

    Examples
    --------
    >>> import sheernet as sn
    >>> report = sn.check_gradient(lambda x: x[0] ** 2 + x[1], lambda x: [2 * x[0], 2.0], [1.0, 2.0])
    >>> sn.plots.gradient_agreement(report).get_title()
    'Gradient check: FAIL; worst is x[1], 2 in place of 1'
    """
    pairs = Pairs.of(report)
    with drawing(ax, 5.6, 5.6) as ax:
        _set_axes(ax, pairs)
        for verdict, (marker, color, size) in LOOKS.items():
            of_it = pairs.verdicts == verdict
            if of_it.any():
                ax.plot(
                    pairs.numeric[of_it], pairs.analytic[of_it], marker, color=color, markersize=size,
                    markeredgecolor="white", markeredgewidth=0.5, label=f"{of_it.sum()} {_verb(verdict, of_it.sum())}",
                )  # fmt: skip
        if pairs.worst is not None:
            ax.plot(
                pairs.numeric[pairs.worst], pairs.analytic[pairs.worst], "o", color=NEGATIVE, markersize=15,
                markerfacecolor="none", markeredgewidth=1.4, label=f"worst: {shortened(report.worst.name, 28)}",
            )  # fmt: skip
        grid(ax)
        ax.set_xlabel("numeric: from values of the function")
        ax.set_ylabel("analytic: the gradient that was given")
        ax.set_title(_title(report, pairs))
        legend_below(ax, columns=2)
    return ax


def _verb(verdict: str, n: int) -> str:
    return (
        {"pass": "pass", "fail": "fail"}.get(verdict, "cannot be decided")
        if n != 1
        else WORDS[verdict]
    )


def _linear_piece(sizes: Array) -> float | None:
    """Half of the linear piece of an axis: below a typical size, and not so small that all is one long tail."""
    largest = float(sizes.max())
    positive = sizes[sizes > 0]
    if positive.size == 0 or largest <= WIDE * float(np.median(positive)):
        return None
    smallest = max(float(np.quantile(positive, 0.1)), largest * 10.0**-MOST_DECADES)
    return float(10.0 ** np.floor(np.log10(smallest)))


def _set_axes(ax: Axes, pairs: Pairs) -> None:
    """The same scale and ends across and up, and the diagonal."""
    values = np.concatenate([pairs.numeric, pairs.analytic])
    low, high = float(values.min()), float(values.max())
    scale: Any = matplotlib("scale")
    ticker: Any = matplotlib("ticker")
    if pairs.linear is None:
        margin = 0.06 * (high - low) or 0.06 * abs(high) or 1.0
        ends = (low - margin, high + margin)
    else:
        ends = (-_beyond(-low, pairs.linear), _beyond(high, pairs.linear))
    for axis, set_scale, set_ends in (
        (ax.xaxis, ax.set_xscale, ax.set_xlim), (ax.yaxis, ax.set_yscale, ax.set_ylim),
    ):  # fmt: skip
        if pairs.linear is None:
            axis.set_major_locator(ticker.MaxNLocator(6))
        else:
            set_scale(scale.SymmetricalLogScale(axis, linthresh=pairs.linear))
            axis.set_major_locator(ticker.FixedLocator(_decades(*ends, pairs.linear)))
            axis.set_minor_locator(ticker.NullLocator())
        set_ends(ends)
    ax.plot(ends, ends, color=NEUTRAL, linewidth=1.2, linestyle="--", zorder=1, label="equal")
    ax.set_box_aspect(1.0)


def _beyond(end: float, linear: float) -> float:
    """Somewhat further up than the largest value, on an axis that is linear around 0."""
    if abs(end) <= linear:
        return end + 0.5 * linear
    return 2.0 * end if end > 0 else 0.5 * end


def _decades(low: float, high: float, linear: float) -> list[float]:
    """Powers of ten to both sides of 0, about four to a side."""
    first, last = np.log10(linear), np.log10(max(abs(low), abs(high)))
    step = max(1, int(np.ceil((last - first) / 4)))
    powers = 10.0 ** np.arange(np.ceil(first), np.floor(last) + 0.5)[::-1][::step][::-1]
    return [float(t) for t in (*-powers[::-1], 0.0, *powers) if low <= t <= high]


def _title(report: GradientReport, pairs: Pairs) -> str:
    verdict = report.verdict if report.verdict == "pass" else report.verdict.upper()
    title = f"Gradient check: {verdict}"
    worst = report.worst
    if worst.verdict == "fail":
        title += f"; worst is {shortened(worst.name, 24)}, {number(worst.analytic)} in place of {number(worst.numeric)}"
    return title + (
        f"\n{pairs.lost} without a finite derivative have no place" if pairs.lost else ""
    )
