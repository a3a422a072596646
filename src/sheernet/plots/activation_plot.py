"""Plot of an activation function: f solid, its derivative f' dashed.

The derivative of relu jumps; its curve is interrupted there.  Softmax takes a whole row: the plot shows its first entry
for the row (z, 0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sheernet.foundation.arrays import Array, Mask
from sheernet.foundation.colors import NEGATIVE, POSITIVE
from sheernet.network import activations
from sheernet.network.activations import Activation
from sheernet.plots.style import drawing, grid, legend_below, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

REACH = 6.0  # maximum |z|
STEPS = 300  # number of steps on each side of 0, which is a grid point
TALLEST = 25.0  # maximum of an activation; if it is exceeded, the range is shorter


@dataclass(frozen=True, eq=False)
class ActivationCurve:
    """f and f' over a symmetric range of z.

    Parameters
    ----------
    z, value : ndarray, (n,)
        z and f(z).
    derivative : ndarray, (n,), or None
        f'(z), nan at a jump; None for softmax, whose derivative is a matrix.
    jump : bool
        Whether the derivative is discontinuous in the range.
    """

    z: Array
    value: Array
    derivative: Array | None
    jump: bool

    @classmethod
    def of(cls, activation: Activation) -> ActivationCurve:
        """Evaluate an activation over [-6, 6], or over less if it grows fast."""
        for reach in (REACH, REACH / 2, REACH / 4):
            z = reach * np.arange(-STEPS, STEPS + 1) / STEPS  # (n,)
            value = _value(activation, z)
            if not np.nanmax(np.abs(value)) > TALLEST:
                break
        if activation.derivative is None:
            return cls(z, value, None, jump=False)
        with np.errstate(all="ignore"):
            derivative = np.asarray(activation.derivative(z), dtype=np.float64)
        jumps = np.flatnonzero(_jumps(derivative) & (not activation.smooth))
        return cls(
            np.insert(z, jumps + 1, z[jumps]),
            np.insert(value, jumps + 1, value[jumps]),
            np.insert(derivative, jumps + 1, np.nan),
            jump=jumps.size > 0,
        )


def activation(name: str | Activation, ax: Axes | None = None) -> Axes:
    """Draw an activation function and its derivative.

    Parameters
    ----------
    name : str or Activation
        One of `sheernet.network.activations`, or your own.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If the name is not known.
    MissingDependency
        If matplotlib is not installed.

    Examples
    --------
    >>> import sheernet as sn
    >>> ax = sn.plots.activation("sigmoid")
    >>> ax.get_title()
    'sigmoid(z) = 1 / (1 + exp(-z))'
    """
    function = activations.get(name)
    curve = ActivationCurve.of(function)
    with drawing(ax) as ax:
        ax.axhline(0.0, color="0.6", linewidth=0.8, zorder=1)
        ax.axvline(0.0, color="0.6", linewidth=0.8, zorder=1)
        label, left = "first entry for the row (z, 0)", f"{function.name}, entry k: "
        if curve.derivative is not None:
            label, left = "value f(z)", f"{function.name}(z) = "
        ax.plot(curve.z, curve.value, color=POSITIVE, linewidth=2.4, label=label)
        if curve.derivative is not None:
            label = "derivative df/dz, discontinuous" if curve.jump else "derivative df/dz"
            ax.plot(curve.z, curve.derivative, color=NEGATIVE, linestyle="--", label=label)
        grid(ax)
        ax.margins(x=0.0)
        ax.set(xlabel="z", title=wrapped(left + function.formula, 70))
        legend_below(ax, columns=2)
    return ax


def _value(activation: Activation, z: Array) -> Array:
    """f(z), or the first entry for the row (z, 0) if f takes a row."""
    of_rows = activation.derivative is None
    with np.errstate(all="ignore"):
        value = activation.value(np.column_stack([z, np.zeros_like(z)]) if of_rows else z)
    values = np.asarray(value, dtype=np.float64)
    return values[:, 0] if of_rows else values


def _jumps(derivative: Array) -> Mask:
    """Whether neighbors differ by more than a tenth of the range, which on this grid shows a jump."""
    return np.abs(np.diff(derivative)) > 0.1 * np.ptp(derivative)
