"""Linear or logarithmic axes, and the position of zeros on a logarithmic axis.

Zeros are drawn a decade below the smallest positive value, and the plot says so.  If there are negative values, or no
positive ones, the axis is linear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array, Mask, as_float
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import in_brief
from sheernet.plots.style import mark, matplotlib

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMALLEST, LARGEST = 1e-300, 1e300
"""Smaller values count as 0 and larger values as not finite: an axis needs space beyond its values."""


@dataclass(frozen=True)
class Scale:
    """The scale of an axis.

    Parameters
    ----------
    log : bool
        Whether the axis is logarithmic.
    floor : float
        The height of zeros; 0 on a linear axis.
    narrow : bool
        Whether all values lie within one power of ten, so that ticks at powers of ten would not show them.
    """

    log: bool
    floor: float
    narrow: bool = False

    def place(self, values: Array) -> Array:
        """Return the heights of values: zeros at the floor, nan for values that cannot be drawn."""
        drawable = np.where(np.abs(values) < LARGEST, values, np.nan)
        return np.where(self.zeros(values), self.floor, drawable) if self.log else drawable

    def zeros(self, values: Array) -> Mask:
        """Whether values are drawn at the floor."""
        return np.abs(values) < SMALLEST if self.log else np.zeros(values.shape, dtype=bool)


def choose_scale(series: Sequence[Array]) -> Scale:
    """Choose a scale on which all of the series can be drawn.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.plots.scale import choose_scale
    >>> choose_scale([np.array([1.0, 0.02, 0.0])])
    Scale(log=True, floor=0.001, narrow=False)
    >>> choose_scale([np.array([1.0, -1.0])])
    Scale(log=False, floor=0.0, narrow=False)
    """
    values = np.concatenate([np.ravel(s) for s in series])
    values = values[np.abs(values) < LARGEST]
    positive = values[values >= SMALLEST]
    if positive.size == 0 or np.any(values <= -SMALLEST):
        return Scale(log=False, floor=0.0)
    zeros = positive.size < values.size
    return Scale(
        log=True,
        floor=float(10.0 ** (np.floor(np.log10(positive.min())) - 1)),
        narrow=bool(positive.max() < 10.0 * positive.min() and not zeros),
    )


def as_ends(name: str, ends: Sequence[float]) -> tuple[float, float]:
    """Check that an argument has the two ends of a range.

    Raises
    ------
    InvalidInput
        If they are not two finite numbers, the lower one first.
    """
    both = as_float(ends, name)
    if both.shape != (2,) or not np.isfinite(both).all() or not both[0] < both[1]:
        raise InvalidInput(
            f"{name} must be two finite numbers, the lower one first, but {in_brief(ends)} was given"
        )
    return float(both[0]), float(both[1])


def room_around(value: float) -> float:
    """Half the length of an axis around a single value.

    Examples
    --------
    >>> from sheernet.plots.scale import room_around
    >>> room_around(0.0), room_around(-200.0)
    (0.5, 20.0)
    """
    return max(0.1 * abs(value), 0.5)


def mark_zeros(ax: Axes, scale: Scale, x: Array, size: float) -> None:
    """Mark the zeros of a logarithmic axis, at x, if there are any."""
    if x.size:
        floor = np.full(x.size, scale.floor)
        mark(ax, x, floor, size, "exactly 0, below the range of the axis", marker="v")


def decade_ticks(axis: Any) -> None:
    """Set at most nine ticks on a logarithmic axis, at powers of ten only."""
    ticker = matplotlib("ticker")
    axis.set_major_locator(ticker.LogLocator(base=10.0, numticks=9))
    axis.set_minor_locator(ticker.NullLocator())


def set_scale(ax: Axes, scale: Scale) -> None:
    """Set the scale of the y axis, and its ticks."""
    ax.set_yscale("log" if scale.log else "linear")
    if scale.narrow:
        ticker = matplotlib("ticker")
        ax.yaxis.set_major_locator(ticker.MaxNLocator(6))
        # The formatter adds an offset if six digits do not distinguish the ticks.
        ax.yaxis.set_major_formatter(ticker.ScalarFormatter())
        ax.yaxis.set_minor_locator(ticker.NullLocator())
