"""Plot of a gradient against numerical derivatives: correct entries lie on the diagonal.

If the entries differ by many powers of ten, both axes are logarithmic outside of a linear range around 0.
Verdicts differ by marker and color.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.derivatives import GradientReport
from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEGATIVE, NEUTRAL, POSITIVE
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.picture_texts import count, number
from sheernet.plots.estimator_source import needed
from sheernet.plots.scale import LARGEST
from sheernet.plots.style import (
    drawing,
    grid,
    legend_below,
    mark,
    matplotlib,
    shortened,
    write_title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE = 1e3  # minimum ratio of the largest to a typical size for logarithmic axes
MOST_DECADES = 8.0  # maximum on each side; smaller entries are in the linear range
LOOKS: dict[str, tuple[str, str, float]] = {
    "pass": ("o", POSITIVE, 4.5),
    "inconclusive": ("^", NEUTRAL, 6.0),
    "fail": ("X", NEGATIVE, 7.0),
}
"""Marker, color and size of each verdict; the last is drawn above the others."""
VERBS = {
    "pass": ("passes", "pass"),
    "inconclusive": ("inconclusive",) * 2,
    "fail": ("fails", "fail"),
}
"""Singular and plural of each verdict."""


@dataclass(frozen=True, eq=False)
class GradientPairs:
    """Numerical and analytic derivatives, in pairs.

    Parameters
    ----------
    numeric, analytic : ndarray, (n,)
        The pairs in which both are finite.
    verdicts : ndarray of str, (n,)
        The verdict on each pair.
    lost : int
        Number of pairs that are not finite.
    worst : int or None
        Index of the worst pair; None if all pass, or if it is not finite.
    linear : float or None
        Half the length of the linear range of logarithmic axes; None if the axes are linear.
    """

    numeric: Array
    analytic: Array
    verdicts: npt.NDArray[np.str_]
    lost: int
    worst: int | None
    linear: float | None

    @classmethod
    def of(cls, report: GradientReport) -> GradientPairs:
        """Return the pairs of a report.

        Raises
        ------
        InvalidInput
            If something else is given, or no pair is finite.

        Examples
        --------
        >>> import sheernet as sn
        >>> from sheernet.plots.gradient_agreement_plot import GradientPairs
        >>> report = sn.check_gradient(lambda x: x[0] ** 2 + x[1], lambda x: [2 * x[0], 2.0], [1.0, 2.0])
        >>> pairs = GradientPairs.of(report)
        >>> pairs.verdicts.tolist(), pairs.worst, pairs.linear
        (['pass', 'fail'], 1, None)
        """
        require_report(report)
        shown = (np.abs(report.numeric) < LARGEST) & (np.abs(report.analytic) < LARGEST)
        if not shown.any():
            raise InvalidInput(
                "the gradient check has no finite derivatives to draw; check at another point"
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


def require_report(report: object) -> None:
    """Raise unless a report of a gradient check is given.

    Raises
    ------
    InvalidInput
        If something else is given.
    """
    if not isinstance(report, GradientReport):
        raise needed(
            "a plot of a gradient check needs a GradientReport",
            report,
            "use sheernet.check_gradient(objective, theta); for a model, sheernet check model.json data.csv "
            "--pictures FOLDER draws it",
        )


def gradient_agreement(report: GradientReport, ax: Axes | None = None) -> Axes:
    """Draw the analytic gradient against numerical derivatives.

    Parameters
    ----------
    report : GradientReport
        From any check; each entry or direction is a point.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If something else is given, or no derivative is finite.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    If the largest derivative is more than a thousand times a typical one, the axes are logarithmic except for a linear
    range around 0.

    Examples
    --------
    >>> import sheernet as sn
    >>> report = sn.check_gradient(lambda x: x[0] ** 2 + x[1], lambda x: [2 * x[0], 2.0], [1.0, 2.0])
    >>> sn.plots.gradient_agreement(report).get_title()
    'Gradient check: FAIL; worst is x[1]: 2 instead of 1'
    """
    pairs = GradientPairs.of(report)
    with drawing(ax, 5.6, 5.6) as ax:
        _set_axes(ax, pairs)
        for verdict, (marker, color, size) in LOOKS.items():
            of_it = pairs.verdicts == verdict
            n = int(of_it.sum())
            if n:
                ax.plot(
                    pairs.numeric[of_it], pairs.analytic[of_it], marker, color=color, markersize=size,
                    markeredgecolor="white", markeredgewidth=0.5, label=counted(n, *VERBS[verdict]),
                )  # fmt: skip
        if pairs.worst is not None:
            worst = pairs.numeric[pairs.worst], pairs.analytic[pairs.worst]
            label = f"worst: {shortened(report.worst.name, 28)}"
            mark(ax, *worst, 15, label, color=NEGATIVE)
        grid(ax)
        ax.set(xlabel="numerical derivative", ylabel="analytic derivative")
        write_title(ax, *_title(report, pairs).splitlines())
        legend_below(ax, columns=2)
    return ax


def _linear_piece(sizes: Array) -> float | None:
    """Half of the linear range of an axis: below a typical size, but at most 8 decades below the largest."""
    largest = float(sizes.max())
    positive = sizes[sizes > 0]
    if positive.size == 0 or largest <= WIDE * float(np.median(positive)):
        return None
    smallest = max(float(np.quantile(positive, 0.1)), largest * 10.0**-MOST_DECADES)
    return float(10.0 ** np.floor(np.log10(smallest)))


def _set_axes(ax: Axes, pairs: GradientPairs) -> None:
    """Set the same scale and limits on both axes, and draw the diagonal."""
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
    """A limit beyond the largest value, on an axis that is linear around 0."""
    if abs(end) <= linear:
        return end + 0.5 * linear
    return 2.0 * end if end > 0 else 0.5 * end


def _decades(low: float, high: float, linear: float) -> list[float]:
    """Powers of ten on both sides of 0, about four on each."""
    first, last = np.log10(linear), np.log10(max(abs(low), abs(high)))
    step = max(1, int(np.ceil((last - first) / 4)))
    powers = 10.0 ** np.arange(np.ceil(first), np.floor(last) + 0.5)[::-1][::step][::-1]
    return [float(t) for t in (*-powers[::-1], 0.0, *powers) if low <= t <= high]


def _title(report: GradientReport, pairs: GradientPairs) -> str:
    verdict = report.verdict if report.verdict == "pass" else report.verdict.upper()
    title = f"Gradient check: {verdict}"
    worst = report.worst
    if worst.verdict == "fail":
        title += f"; worst is {shortened(worst.name, 24)}: {number(worst.analytic)} instead of {number(worst.numeric)}"
    return title + (f"\n{count(pairs.lost, 'pair')} not drawn: not finite" if pairs.lost else "")
