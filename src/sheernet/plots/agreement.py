"""Agreement of predictions with true values: the statistics for plots and reports.

Training rows and held-out rows are two groups, each with its own RMSE and R^2.  These are always computed from all
rows; if there are more than 5000 rows, plots show counts in cells, because points would hide each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sheernet.data.targets.judgment import RegressionFit
from sheernet.foundation.arrays import Array, Mask, as_case_weights, as_matrix, warn_if_turned
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.picture_texts import checked_names, count, number, plural_of_rows

MOST_POINTS = 5000
HELD_OUT = "held-out row"
EXACT = 1e-6  # maximum RMSE of an exact fit, as a fraction of the range of the target
ROUNDING = 13  # minimum number of digits of a fit that is exact up to rounding
CELLS = 80  # number of cells across and down, if rows are counted in cells


@dataclass(frozen=True, eq=False)
class Agreement:
    """Predictions and true values of one target.

    Parameters
    ----------
    name : str
        The target's name; "" for a single target without a name.
    predicted, true : ndarray, (N,)
        Predictions and true values, in the target's units.
    held_out : ndarray of bool, (N,)
        Whether rows were not used in training.
    weights : ndarray, (N,), or None
        Case weights for RMSE, R^2 and the mean.
    is_split : bool
        Whether rows that were not held out are known to be training rows.
    folds : int
        Number of folds in which the training rows were held out, each predicted by networks that were not fitted to it;
        0 if held-out rows are not training rows.
    """

    name: str
    predicted: Array
    true: Array
    held_out: Mask
    weights: Array | None = None
    is_split: bool = False
    folds: int = 0

    @property
    def is_dense(self) -> bool:
        """Whether there are too many rows for points."""
        return len(self.true) > MOST_POINTS

    @cached_property
    def range(self) -> float:
        """The highest minus the lowest true value; for a constant target, its absolute value."""
        return _range(self.true)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Training rows and held-out rows; a single group if no row, or every row, was held out."""
        if not self.held_out.any():
            return (self._group("training row" if self.is_split else "row", ~self.held_out),)
        noun = f"row left out in {self.folds} folds" if self.folds else HELD_OUT
        held_out = self._group(noun, self.held_out)
        if self.held_out.all():
            return (held_out,)
        return self._group("training row", ~self.held_out), held_out

    def _group(self, noun: str, rows: Mask) -> Group:
        weights = None if self.weights is None else self.weights[rows]
        return Group(noun, self.predicted[rows], self.true[rows], weights)


@dataclass(frozen=True, eq=False)
class Group:
    """The training rows or the held-out rows of an `Agreement`.

    Parameters
    ----------
    noun : str
        "row", "training row", "held-out row", or "row left out in 5 folds".
    predicted, true : ndarray, (n,)
        Predictions and true values, in the target's units.
    weights : ndarray, (n,), or None
        Case weights for RMSE, R^2 and the mean.
    """

    noun: str
    predicted: Array
    true: Array
    weights: Array | None

    @property
    def held_out(self) -> bool:
        """Whether these rows were not used in training."""
        return self.noun not in ("row", "training row")

    @property
    def nouns(self) -> str:
        """The plural of the noun."""
        return plural_of_rows(self.noun)

    @property
    def residuals(self) -> Array:
        """true - predicted: positive if the prediction is too low."""
        return self.true - self.predicted

    @cached_property
    def fit(self) -> RegressionFit:
        """RMSE and R^2 of these rows."""
        return RegressionFit.of(self.predicted[:, None], self.true[:, None], self.weights)

    @property
    def label(self) -> str:
        """Number of rows and group: "30 training rows"."""
        return count(len(self.true), self.noun, self.nouns)

    @property
    def quality(self) -> str:
        """RMSE and R^2 in words; a constant target has no R^2."""
        r2 = self.fit.r2[0]
        share = "" if r2 is None else f", R² {r2:.4f}".replace("-", "−")
        return f"RMSE {number(self.fit.rmse[0])}{share}"

    @property
    def is_exact(self) -> bool:
        """Whether the residuals are only due to rounding and to the termination of the training."""
        return self.fit.rmse[0] <= EXACT * _range(self.true)

    @property
    def _exactness(self) -> str:
        rmse = self.fit.rmse[0]
        digits = int(-np.log10(rmse / _range(self.true))) if rmse > 0 else ROUNDING
        return "exact to rounding" if digits >= ROUNDING else f"exact to {digits} digits"

    @property
    def error(self) -> str:
        """Mean residual and RMSE in words; for an exact fit, the number of correct digits."""
        if self.is_exact:
            return f"{self._exactness}, RMSE {number(self.fit.rmse[0])}"
        mean = float(np.average(self.residuals, weights=self.weights))
        return f"mean {number(mean)}, RMSE {number(self.fit.rmse[0])}"


def _range(true: Array) -> float:
    return float(np.ptp(true) or np.abs(true).max())


def agreements(
    predicted: npt.ArrayLike,
    true: npt.ArrayLike,
    held_out: npt.ArrayLike | None = None,
    target_names: Sequence[str] | None = None,
    weights: npt.ArrayLike | None = None,
    folds: int = 0,
) -> list[Agreement]:
    """Compare predictions with true values, target by target.

    If `held_out` is a mask without a held-out row, all rows are training rows.

    Parameters
    ----------
    predicted, true : array_like, (N,) or (N, K)
        Predictions and true values, in the targets' units.
    held_out : array_like of bool (N,) or of int, optional
        Rows that were not used in training, as a mask or as row numbers.
    target_names : sequence of str, optional
        Names of the targets.
    weights : array_like, (N,), optional
        Case weights; rows of weight 0 are left out.
    folds : int
        As for `Agreement`.

    Returns
    -------
    list of Agreement
        One for each target.

    Raises
    ------
    InvalidInput
        If a value is not finite, held_out holds a row number out of range, or a weight is not allowed.
    ShapeMismatch
        If the shapes of the tables, the mask, the names or the weights do not agree.

    Warns
    -----
    SheernetWarning
        If there are more targets than rows, and they have no names: the samples may be the columns.

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
            f"predicted has shape {P.shape} but true has {Y.shape}; both must have the same rows and targets"
        )
    mask, n_targets = _mask(held_out, len(P)), P.shape[1]
    if target_names is not None:
        names = checked_names(target_names, n_targets, "target")
    else:
        warn_if_turned(("predicted", "true"), (len(P), n_targets))
        names = [f"target {k + 1}" if n_targets > 1 else "" for k in range(n_targets)]
    shares = None
    if weights is not None:
        shares = as_case_weights(weights, len(P))
        kept = shares > 0
        P, Y, mask, shares = P[kept], Y[kept], mask[kept], shares[kept]
    split = np.asarray(held_out).dtype == bool
    return [
        Agreement(names[k], P[:, k], Y[:, k], mask, shares, split, folds) for k in range(n_targets)
    ]


def require_one_target(ax: object, pairs: Sequence[Agreement]) -> None:
    """Raise if axes are given for several targets."""
    if ax is not None and len(pairs) > 1:
        raise ShapeMismatch(
            f"ax has room for one target but there are {len(pairs)}; give one column at a time, or omit ax"
        )


def _mask(held_out: npt.ArrayLike | None, n: int) -> Mask:
    """Convert held_out to a mask, (N,)."""
    given = np.asarray([] if held_out is None else held_out)
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
            f"held_out must be a mask of bools or a list of row numbers, but {held_out!r} was given"
        )
    if given.min() < 0 or given.max() >= n:
        raise InvalidInput(
            f"held_out holds row numbers from {given.min()} to {given.max()}, but the rows are 0 to {n - 1}"
        )
    mask[given] = True
    return mask
