"""Two pictures of how well predictions agree with true values: one against the other, and their differences.

Several targets stand side by side, each in its own units.  Held-out rows have another marker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sheernet.arrays import Array, as_matrix
from sheernet.errors import InvalidInput, ShapeMismatch
from sheernet.model import Fit
from sheernet.plots.style import (
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    count,
    drawing,
    grid,
    new_figure,
    number,
    style,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Mask = npt.NDArray[np.bool_]
ACROSS = 2  # panels in a row


@dataclass(frozen=True, eq=False)
class Agreement:
    """Predictions and true values of one target.

    Parameters
    ----------
    name : str
        The target's name; "" for the only one where no name is given.
    predicted, true : ndarray, (N,)
        In the target's units.
    held_out : ndarray of bool, (N,)
        Rows that were not trained on.
    """

    name: str
    predicted: Array
    true: Array
    held_out: Mask

    @property
    def residuals(self) -> Array:
        """true - predicted: positive where the prediction is too low, as statistics has it."""
        return self.true - self.predicted

    def groups(self) -> list[tuple[str, Mask]]:
        """The rows by name of their group; a single group when none, or all, were held out."""
        if not self.held_out.any():
            return [("rows", ~self.held_out)]
        if self.held_out.all():
            return [("held-out rows", self.held_out)]
        return [("training rows", ~self.held_out), ("held-out rows", self.held_out)]

    def fit(self, rows: Mask) -> Fit:
        """RMSE and R^2 of some rows."""
        return Fit.of(self.predicted[rows, None], self.true[rows, None])


def agreements(
    predicted: npt.ArrayLike,
    true: npt.ArrayLike,
    held_out: npt.ArrayLike | None = None,
    target_names: Sequence[str] | None = None,
) -> list[Agreement]:
    """Pair predictions with true values, a target at a time.

    Raises
    ------
    InvalidInput
        When a value is not finite, or held_out names rows that are not there.
    ShapeMismatch
        When the tables, the mask or the names do not fit together.

    Examples
    --------
    >>> from sheernet.plots.agreement import agreements
    >>> pair = agreements([1.0, 2.0, 4.0], [1.0, 2.0, 3.0], held_out=[2])[0]
    >>> pair.residuals.tolist(), pair.held_out.tolist()
    ([0.0, 0.0, -1.0], [False, False, True])
    """
    P, Y = as_matrix(predicted, "predicted"), as_matrix(true, "true")
    if P.shape != Y.shape:
        raise ShapeMismatch(
            f"predicted has shape {P.shape} but true has {Y.shape}; they must be the same rows and targets"
        )
    n_targets = P.shape[1]
    if target_names is None:
        names = [""] if n_targets == 1 else [f"target {k + 1}" for k in range(n_targets)]
    elif isinstance(target_names, str) or len(target_names) != n_targets:
        raise ShapeMismatch(
            f"target_names needs {count(n_targets, 'name')}, one for each target, but {target_names!r} was given"
        )
    else:
        names = [str(name) for name in target_names]
    mask = _mask(held_out, len(P))
    return [Agreement(names[k], P[:, k], Y[:, k], mask) for k in range(n_targets)]


def predicted_against_true(
    predicted: npt.ArrayLike,
    true: npt.ArrayLike,
    ax: Axes | None = None,
    held_out: npt.ArrayLike | None = None,
    target_names: Sequence[str] | None = None,
) -> Axes:
    """Draw predictions against true values; on the diagonal they agree.

    Parameters
    ----------
    predicted, true : array_like, (N,) or (N, K)
        In the targets' units.
    ax : Axes, optional
        Where, for a single target; a new figure with a panel for each target if not given.
    held_out : array_like of bool (N,) or of int, optional
        Rows that were not trained on, as a mask or by number.
    target_names : sequence of str, optional
        Names of the targets.

    Returns
    -------
    Axes
        Of the first target; `.figure` holds all, and `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        When a value is not finite, or held_out names rows that are not there.
    ShapeMismatch
        When the tables do not fit together, or several targets are to be drawn on one ax.
    MissingDependency
        When matplotlib is not installed.

    Examples
    --------
    >>> import sheernet as sn
    >>> ax = sn.plots.predicted_against_true([1.0, 2.2, 2.9], [1.0, 2.0, 3.0])
    >>> ax.get_title()
    'Predicted against true: RMSE 0.129, R² 0.9750'
    """
    return _draw_panels(_draw_pairs, agreements(predicted, true, held_out, target_names), ax, 4.9)


def residuals(
    predicted: npt.ArrayLike,
    true: npt.ArrayLike,
    ax: Axes | None = None,
    held_out: npt.ArrayLike | None = None,
    target_names: Sequence[str] | None = None,
) -> Axes:
    """Draw residuals, true - predicted, against predictions, with a band of one RMSE around 0.

    Parameters
    ----------
    predicted, true : array_like, (N,) or (N, K)
        In the targets' units.
    ax : Axes, optional
        Where, for a single target; a new figure with a panel for each target if not given.
    held_out : array_like of bool (N,) or of int, optional
        Rows that were not trained on, as a mask or by number.
    target_names : sequence of str, optional
        Names of the targets.

    Returns
    -------
    Axes
        Of the first target; `.figure` holds all, and `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        When a value is not finite, or held_out names rows that are not there.
    ShapeMismatch
        When the tables do not fit together, or several targets are to be drawn on one ax.
    MissingDependency
        When matplotlib is not installed.

    Examples
    --------
    >>> import sheernet as sn
    >>> ax = sn.plots.residuals([1.0, 2.2, 2.9], [1.0, 2.0, 3.0])
    >>> ax.get_title()
    'Residuals: mean −0.0333, RMSE 0.129'
    """
    return _draw_panels(
        _draw_residuals, agreements(predicted, true, held_out, target_names), ax, 4.0
    )


def _mask(held_out: npt.ArrayLike | None, n: int) -> Mask:
    if held_out is None:
        return np.zeros(n, dtype=bool)
    given = np.asarray(held_out)
    if given.dtype == bool:
        if given.shape != (n,):
            raise ShapeMismatch(
                f"held_out is a mask of shape {given.shape} but there are {n} rows: ({n},)"
            )
        return given
    mask = np.zeros(n, dtype=bool)
    if given.size == 0:
        return mask
    if given.ndim != 1 or given.dtype.kind not in "iu":
        raise InvalidInput(
            f"held_out is a mask of bools or a list of row numbers, but {held_out!r} was given"
        )
    if given.min() < 0 or given.max() >= n:
        raise InvalidInput(
            f"held_out names rows from {given.min()} to {given.max()}, but the rows are 0 to {n - 1}"
        )
    mask[given] = True
    return mask


def _draw_panels(
    draw: Callable[[Axes, Agreement], None], pairs: list[Agreement], ax: Axes | None, height: float
) -> Axes:
    if len(pairs) == 1:
        with drawing(ax, width=6.4 if height < 4.5 else 5.6, height=height) as ax:
            draw(ax, pairs[0])
        return ax
    if ax is not None:
        raise ShapeMismatch(
            f"ax has room for one target but there are {len(pairs)}; give a column at a time, or leave ax out"
        )
    across = min(len(pairs), ACROSS)
    down = -(-len(pairs) // across)
    with style():
        figure = new_figure(4.2 * across, 0.9 * height * down)
        panels = [figure.add_subplot(down, across, k + 1) for k in range(len(pairs))]
        for panel, pair in zip(panels, pairs, strict=True):
            draw(panel, pair)
    return panels[0]


def _headed(pair: Agreement, otherwise: str) -> str:
    """The target's name on a line of its own, or what stands in its place."""
    return wrapped(pair.name, 40, lines=1) + "\n" if pair.name else otherwise


def _scatter(ax: Axes, pair: Agreement, x: Array, y: Array) -> None:
    """Circles, filled where trained on; squares, hollow, where held out."""
    n = len(x)
    for label, rows in pair.groups():
        held_out = label.startswith("held")
        ax.plot(
            x[rows], y[rows], "s" if held_out else "o", color=NEGATIVE if held_out else POSITIVE,
            markerfacecolor="none" if held_out else POSITIVE, markersize=6 if n <= 300 else 3.5,
            alpha=1.0 if n <= 100 else 0.6, rasterized=n > 5000,
            label=f"{np.count_nonzero(rows)} {label}{_quality(pair, rows)}",
        )  # fmt: skip


def _quality(pair: Agreement, rows: Mask) -> str:
    """RMSE and R^2 of a group; nothing where there is one group, whose title says them."""
    if len(pair.groups()) == 1:
        return ""
    fit = pair.fit(rows)
    return f": RMSE {number(fit.rmse[0])}" + ("" if fit.r2[0] is None else f", R² {fit.r2[0]:.4f}")


def _draw_pairs(ax: Axes, pair: Agreement) -> None:
    both = np.concatenate([pair.predicted, pair.true])
    low, high = float(both.min()), float(both.max())
    margin = 0.05 * (high - low) or max(0.05 * abs(low), 0.5)
    ends = [low - margin, high + margin]
    ax.plot(
        ends, ends, color=NEUTRAL, linewidth=1.0, linestyle="-", label="predicted = true", zorder=1
    )
    _scatter(ax, pair, pair.true, pair.predicted)
    ax.set_xlim(*ends)
    ax.set_ylim(*ends)
    ax.set_aspect("equal")
    grid(ax)
    name = wrapped(pair.name, 30, lines=1) + " " if pair.name else ""
    ax.set_xlabel(f"true {name}".strip())
    ax.set_ylabel(f"predicted {name}".strip())
    if len(pair.groups()) == 1:
        fit = pair.fit(pair.groups()[0][1])
        r2 = "" if fit.r2[0] is None else f", R² {fit.r2[0]:.4f}"
        ax.set_title(f"{_headed(pair, 'Predicted against true: ')}RMSE {number(fit.rmse[0])}{r2}")
    else:
        ax.set_title(_headed(pair, "Predicted against true: ").rstrip(": \n"))
    ax.legend(loc="best")


def _draw_residuals(ax: Axes, pair: Agreement) -> None:
    rmse = pair.fit(np.ones(len(pair.true), dtype=bool)).rmse[0]
    ax.axhline(0.0, color=NEUTRAL, linewidth=1.0, zorder=1)
    if rmse > 0:
        ax.axhspan(-rmse, rmse, color="0.93", zorder=0, label="one RMSE around 0")
    _scatter(ax, pair, pair.predicted, pair.residuals)
    reach = 1.15 * max(float(np.abs(pair.residuals).max()), rmse) or 1.0
    ax.set_ylim(-reach, reach)
    grid(ax)
    name = wrapped(pair.name, 30, lines=1) + " " if pair.name else ""
    ax.set_xlabel(f"predicted {name}".strip())
    ax.set_ylabel("residual: true − predicted")
    mean = number(float(pair.residuals.mean()))
    ax.set_title(f"{_headed(pair, 'Residuals: ')}mean {mean}, RMSE {number(rmse)}")
    ax.legend(loc="best")
