"""How well predictions agree with true values, as numbers: pairs by group, their quality, and counts in cells.

Rows that were trained on and rows that were held out are groups of their own, each with its own figures, which are
always of all rows.  Above 5000 rows points would hide each other: then the rows in each cell of a grid are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sheernet.data.targets.judgment import RegressionFit
from sheernet.foundation.arrays import Array, as_case_weights, as_matrix
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.plots.style import count, number

Mask = npt.NDArray[np.bool_]
MOST_POINTS = 5000
CELLS = 80  # of a density, across and down


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
    weights : ndarray, (N,), or None
        What each row counts for in the figures.
    """

    name: str
    predicted: Array
    true: Array
    held_out: Mask
    weights: Array | None = None

    @property
    def is_dense(self) -> bool:
        """Whether there are more rows than points can show."""
        return len(self.true) > MOST_POINTS

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The rows by group; a single one when none, or all, were held out."""
        if not self.held_out.any():
            return (self._group("row", ~self.held_out),)
        held_out = self._group("held-out row", self.held_out)
        if self.held_out.all():
            return (held_out,)
        return self._group("training row", ~self.held_out), held_out

    def _group(self, noun: str, rows: Mask) -> Group:
        weights = None if self.weights is None else self.weights[rows]
        return Group(noun, self.predicted[rows], self.true[rows], weights)


@dataclass(frozen=True, eq=False)
class Group:
    """Some rows of an agreement.

    Parameters
    ----------
    noun : str
        What one of them is called: "training row".
    predicted, true : ndarray, (n,)
        In the target's units.
    weights : ndarray, (n,), or None
        What each row counts for in the figures.
    """

    noun: str
    predicted: Array
    true: Array
    weights: Array | None

    @property
    def held_out(self) -> bool:
        """Whether they were kept from training."""
        return self.noun == "held-out row"

    @property
    def residuals(self) -> Array:
        """true - predicted: positive where the prediction is too low, as statistics has it."""
        return self.true - self.predicted

    @cached_property
    def fit(self) -> RegressionFit:
        """RMSE and R^2 of all of them."""
        return RegressionFit.of(self.predicted[:, None], self.true[:, None], self.weights)

    @property
    def label(self) -> str:
        """Number and name: "30 training rows"."""
        return count(len(self.true), self.noun)

    @property
    def quality(self) -> str:
        """RMSE and R^2, which a constant target does not have."""
        r2 = self.fit.r2[0]
        return f"RMSE {number(self.fit.rmse[0])}" + (
            "" if r2 is None else f", R² {r2:.4f}".replace("-", "−")
        )

    @property
    def error(self) -> str:
        """Mean of the residuals, and RMSE."""
        mean = float(np.average(self.residuals, weights=self.weights))
        return f"mean {number(mean)}, RMSE {number(self.fit.rmse[0])}"


@dataclass(frozen=True, eq=False)
class Density:
    """How many points lie in each cell of a grid.

    Parameters
    ----------
    x, y : ndarray, (CELLS + 1,)
        Edges of the cells.
    counts : ndarray of int, (CELLS, CELLS)
        counts[i, j] belongs to y[i] to y[i + 1] and x[j] to x[j + 1].
    """

    x: Array
    y: Array
    counts: npt.NDArray[np.int64]

    @classmethod
    def of(
        cls, x: Array, y: Array, across: tuple[float, float], down: tuple[float, float]
    ) -> Density:
        """Count points in cells between two x and two y; all points must lie there.

        Examples
        --------
        >>> import numpy as np
        >>> from sheernet.plots.agreement import Density
        >>> density = Density.of(np.array([0.0, 0.1, 8.0]), np.array([0.0, 0.1, 8.0]), (0.0, 8.0), (0.0, 8.0))
        >>> int(density.counts[0, 0]), int(density.counts[-1, -1]), int(density.counts.sum())
        (1, 1, 3)
        """
        j, i = _cell(x, across), _cell(y, down)
        counts = np.bincount(i * CELLS + j, minlength=CELLS * CELLS).reshape(CELLS, CELLS)
        return cls(np.linspace(*across, CELLS + 1), np.linspace(*down, CELLS + 1), counts)


def _cell(values: Array, ends: tuple[float, float]) -> npt.NDArray[np.intp]:
    low, high = ends
    return np.clip((values - low) * (CELLS / (high - low)), 0, CELLS - 1).astype(np.intp)


def agreements(
    predicted: npt.ArrayLike,
    true: npt.ArrayLike,
    held_out: npt.ArrayLike | None = None,
    target_names: Sequence[str] | None = None,
    weights: npt.ArrayLike | None = None,
) -> list[Agreement]:
    """Pair predictions with true values, a target at a time.

    Raises
    ------
    InvalidInput
        When a value is not finite, held_out names rows that are not there, or a weight is not allowed.
    ShapeMismatch
        When the tables, the mask, the names or the weights do not fit together.

    Examples
    --------
    >>> from sheernet.plots.agreement import agreements
    >>> pair = agreements([1.0, 2.0, 4.0], [1.0, 2.0, 3.0], held_out=[2])[0]
    >>> [(group.label, group.residuals.tolist()) for group in pair.groups]
    [('2 training rows', [0.0, 0.0]), ('1 held-out row', [-1.0])]
    """
    P, Y = as_matrix(predicted, "predicted"), as_matrix(true, "true")
    if P.shape != Y.shape:
        raise ShapeMismatch(
            f"predicted has shape {P.shape} but true has {Y.shape}; they must be the same rows and targets"
        )
    mask, n_targets = _mask(held_out, len(P)), P.shape[1]
    names = _names(target_names, n_targets)
    shares = None
    if weights is not None:
        shares = as_case_weights(weights, len(P))
        counts = shares > 0  # a weight of 0 is no row
        P, Y, mask, shares = P[counts], Y[counts], mask[counts], shares[counts]
    return [Agreement(names[k], P[:, k], Y[:, k], mask, shares) for k in range(n_targets)]


def _names(given: Sequence[str] | None, n_targets: int) -> list[str]:
    if given is None:
        return [""] if n_targets == 1 else [f"target {k + 1}" for k in range(n_targets)]
    if isinstance(given, str) or len(given) != n_targets:
        raise ShapeMismatch(
            f"target_names needs {count(n_targets, 'name')}, one for each target, but {given!r} was given"
        )
    return [str(name) for name in given]


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
