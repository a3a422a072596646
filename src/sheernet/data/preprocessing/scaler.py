r"""`Scaler`: an immutable, invertible scaling of columns.

    transform(X) = (X - shift) / scale,    inverse(Z) = Z scale + shift,    a shift and a positive scale per column

The rules by which the two vectors are computed:

    fixed        given constants, such as 100 for a test score of at most 100 points
    maximum      scale = largest value of the column; rule of the notebook for the hours
    standardize  mean to 0 and standard deviation to 1 (with divisor N, not N - 1)
    minmax       smallest value to `low` and largest to `high`
    robust       median to 0 and interquartile range to 1: outliers have little influence
    rms          scale = root mean square of the column; 0 stays 0, as in R's scale(center = FALSE), with divisor N
    maxabs       scale = largest absolute value of the column; 0 stays 0
    none         columns unchanged

The scale of a constant column is 1, which avoids a division by zero.  It is also 1 if the spread of a column is below
the smallest normal number (2.2e-308), because the quotients would have no correct digits.

Case weights: a row of weight k counts as k equal rows; a row of weight 0 is ignored.
Source: C. M. Bishop, Neural Networks for Pattern Recognition (1995), section 8.2, equations (8.1) to (8.3).
Differences from the source: the variance has the divisor N; columns are mapped to [0, 1] before sums are computed, so
that no sum overflows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from sheernet.data.preprocessing.scaling_rules import (
    KINDS,
    RULES,
    Rule,
    maxabs,
    maximum,
    minmax,
    robust,
    standardize,
)
from sheernet.foundation.arrays import Array, as_case_weights, as_float, as_matrix, read_only
from sheernet.foundation.errors import InvalidInput, ShapeMismatch, unknown_name
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import in_quotes

BLOCK = 2**21  # number of values scaled at a time; limits memory to 16 MB for tables of any size


@dataclass(frozen=True, eq=False)
class Scaler:
    """A shift and a scale for each of d columns: Z = (X - shift) / scale.

    Parameters
    ----------
    shift : array_like, (d,)
        Subtracted first; in the units of the columns.
    scale : array_like, (d,)
        Divisor; positive, in the units of the columns.
    kind : str, optional
        Rule by which they were computed, one of `sheernet.data.preprocessing.KINDS`; not used by `transform`.

    Raises
    ------
    InvalidInput
        If a number is not finite, a scale is not positive, or the kind is unknown.
    ShapeMismatch
        If shift and scale are not vectors of equal length.

    References
    ----------
    C. M. Bishop, Neural Networks for Pattern Recognition (1995), section 8.2.

    Examples
    --------
    >>> import sheernet as sn
    >>> scaler = sn.preprocessing.Scaler.maximum([[3.0, 5.0], [5.0, 1.0], [10.0, 2.0]])
    >>> scaler.transform([[5.0, 5.0]])
    array([[0.5, 1. ]])
    >>> scaler.inverse([[0.5, 1.0]])
    array([[5., 5.]])
    """

    shift: Array
    scale: Array
    kind: str = "fixed"

    def __post_init__(self) -> None:
        shift, scale = as_float(self.shift, "shift"), as_float(self.scale, "scale")
        if shift.ndim != 1 or shift.shape != scale.shape or shift.size == 0:
            raise ShapeMismatch(
                "shift and scale must be vectors with one number per column, "
                f"but their shapes are {shift.shape} and {scale.shape}"
            )
        if not np.all(np.isfinite(shift)):
            raise InvalidInput(f"shift must be finite, but one is {shift[~np.isfinite(shift)][0]}")
        bad = ~(np.isfinite(scale) & (scale > 0))
        if bad.any():
            raise InvalidInput(
                f"scale must be positive and finite, but the scale of column {bad.argmax()} is {scale[bad][0]}"
            )
        if self.kind not in KINDS:
            raise unknown_name("kind of scaler", self.kind, KINDS)
        object.__setattr__(self, "shift", read_only(shift))
        object.__setattr__(self, "scale", read_only(scale))

    def __reduce__(self) -> tuple[type[Scaler], tuple[Array, Array, str]]:
        """Pickle and copy by the constructor, because the arrays would become writable otherwise."""
        return Scaler, (self.shift, self.scale, self.kind)

    @classmethod
    def fixed(cls, scale: npt.ArrayLike, shift: npt.ArrayLike = 0.0) -> Scaler:
        """Create a scaler of given constants.

        Parameters
        ----------
        scale : float or array_like, (d,)
            Positive.
        shift : float or array_like, (d,), optional
            Subtracted first.

        Returns
        -------
        Scaler

        Raises
        ------
        InvalidInput, ShapeMismatch
            As for the class.

        Examples
        --------
        >>> import sheernet as sn
        >>> sn.preprocessing.Scaler.fixed(100).transform([75.0, 82.0]).ravel()
        array([0.75, 0.82])
        """
        scales = np.atleast_1d(as_float(scale, "scale"))
        shifts = np.atleast_1d(as_float(shift, "shift"))
        if scales.size == 1 or shifts.size == 1:
            shifts, scales = (array.copy() for array in np.broadcast_arrays(shifts, scales))
        return cls(shifts, scales, "fixed")

    @classmethod
    def learn(
        cls,
        kind: str,
        X: npt.ArrayLike,
        weights: npt.ArrayLike | None = None,
        names: Sequence[str] | None = None,
    ) -> Scaler:
        """Learn a scaler from data by a rule.

        Parameters
        ----------
        kind : str
            "standardize", "minmax" (0 to 1), "robust", "rms", "maxabs", "maximum" or "none".
        X : array_like, (N, d)
            The training data.
        weights : array_like, (N,), optional
            Case weights; at least 0, not all 0.
        names : sequence of str, optional
            Names of the columns for messages; by default their numbers from 0.

        Returns
        -------
        Scaler

        Raises
        ------
        InvalidInput, ShapeMismatch
            If the kind is unknown, X is not finite, or the rule cannot be applied to a column.

        Examples
        --------
        >>> import sheernet as sn
        >>> sn.preprocessing.Scaler.learn("maxabs", [[-4.0], [2.0]]).scale
        array([4.])
        """
        if kind not in RULES:
            raise unknown_name("scaling", kind, RULES)
        return cls._by(RULES[kind], kind, X, weights, names)

    @classmethod
    def _by(
        cls,
        rule: Rule,
        kind: str,
        X: npt.ArrayLike,
        weights: npt.ArrayLike | None,
        names: Sequence[str] | None = None,
    ) -> Scaler:
        """Apply a rule to the rows of positive weight, to a block of columns at a time."""
        X, weights = _of_positive_weight(as_matrix(X, "X"), weights)
        n_rows, n_columns = X.shape
        shown = range(n_columns) if names is None else map(in_quotes, names)
        nouns = [f"column {name}" for name in shown]
        width = max(1, BLOCK // n_rows)
        parts = [
            rule(X[:, j : j + width], weights, nouns[j : j + width])
            for j in range(0, n_columns, width)
        ]
        shift, scale = (np.concatenate(vectors) for vectors in zip(*parts, strict=True))
        return cls(shift, scale, kind)

    @classmethod
    def maximum(cls, X: npt.ArrayLike) -> Scaler:
        """Divide each column by its largest value.

        Parameters
        ----------
        X : array_like, (N, d)
            The training data.  A column of zeros gets scale 1.

        Returns
        -------
        Scaler

        Raises
        ------
        InvalidInput
            If the largest value of a column is not positive: division by it would be undefined or reverse the order.
        """
        return cls._by(maximum, "maximum", X, None)

    @classmethod
    def minmax(
        cls,
        X: npt.ArrayLike,
        low: float = 0.0,
        high: float = 1.0,
        weights: npt.ArrayLike | None = None,
    ) -> Scaler:
        """Map the range of each column to [low, high].

        Parameters
        ----------
        X : array_like, (N, d)
            The training data.  A constant column gets scale 1 and goes to `low`.
        low, high : float, optional
            The new range; usual are 0 and 1, or -1 and 1.
        weights : array_like, (N,), optional
            Case weights; rows of weight 0 are left out.

        Returns
        -------
        Scaler
            The ends of the new range are exact up to rounding of the values of the column.

        Raises
        ------
        InvalidInput
            If low is not below high, or the range of a column overflows.

        References
        ----------
        C. M. Bishop (1995), section 8.2: linear rescaling.
        """
        width = float(high) - float(low)
        if not (np.isfinite(width) and width > 0):
            raise InvalidInput(
                f"low must be below high, both finite, but {low} and {high} were given"
            )
        return cls._by(partial(minmax, low=float(low), high=float(high)), "minmax", X, weights)

    @classmethod
    def standardize(cls, X: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Scaler:
        """Give each column the mean 0 and the standard deviation 1.

        shift = sum_n w_n X_n / sum_n w_n,  scale = sqrt(sum_n w_n (X_n - shift)^2 / sum_n w_n).

        Parameters
        ----------
        X : array_like, (N, d)
            The training data.  A constant column gets scale 1 and goes to 0.
        weights : array_like, (N,), optional
            Case weights w_n; all 1 by default.

        Returns
        -------
        Scaler

        Raises
        ------
        InvalidInput
            If the range of a column overflows.

        References
        ----------
        C. M. Bishop (1995), equations (8.1) to (8.3), with N in place of N - 1.
        """
        return cls._by(standardize, "standardize", X, weights)

    @classmethod
    def robust(cls, X: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Scaler:
        """Map the median of each column to 0 and its interquartile range to 1.

        Parameters
        ----------
        X : array_like, (N, d)
            The training data.  A column whose quartiles are equal gets scale 1.
        weights : array_like, (N,), optional
            Case weights; see `weighted_quantiles`.

        Returns
        -------
        Scaler

        Raises
        ------
        InvalidInput
            If the range of a column overflows.
        """
        return cls._by(robust, "robust", X, weights)

    @classmethod
    def maxabs(cls, X: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Scaler:
        """Divide each column by its largest absolute value.

        Parameters
        ----------
        X : array_like, (N, d)
            The training data.  A column of zeros gets scale 1.
        weights : array_like, (N,), optional
            Case weights; rows of weight 0 are left out.

        Returns
        -------
        Scaler
        """
        return cls._by(maxabs, "maxabs", X, weights)

    @property
    def n_columns(self) -> int:
        """The number of columns, d."""
        return len(self.scale)

    def transform(self, X: npt.ArrayLike) -> Array:
        """Scale a table, (X - shift) / scale.

        Parameters
        ----------
        X : array_like, (N, d)
            In the units of the data.  A vector is one column.

        Returns
        -------
        ndarray, (N, d)
            A new array, without units.

        Raises
        ------
        ShapeMismatch
            If X has the wrong number of columns.
        InvalidInput
            If X is not finite, or a result overflows.
        """
        X = self._table(X, "X")
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            return _finite((X - self.shift) / self.scale, X)

    def inverse(self, Z: npt.ArrayLike) -> Array:
        """Undo `transform`: Z scale + shift.

        Parameters
        ----------
        Z : array_like, (N, d)
            Scaled.  A vector is one column.

        Returns
        -------
        ndarray, (N, d)
            A new array, in the units of the data.

        Raises
        ------
        ShapeMismatch, InvalidInput
            As `transform`.
        """
        Z = self._table(Z, "Z")
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            return _finite(Z * self.scale + self.shift, Z)

    def _table(self, values: npt.ArrayLike, noun: str) -> Array:
        """Convert values to a matrix; raise if its number of columns is wrong."""
        table = as_matrix(values, noun)
        if table.shape[1] != self.n_columns:
            raise ShapeMismatch(
                f"{noun} has {counted(table.shape[1], 'column')} but the scaler has {self.n_columns}; "
                "give the columns of the training data, in the same order"
            )
        return table


def _of_positive_weight(X: Array, weights: npt.ArrayLike | None) -> tuple[Array, Array | None]:
    """Select the rows of positive weight, and their weights."""
    if weights is None:
        return X, None
    vector = as_case_weights(weights, len(X))
    counts = vector > 0
    return (X, vector) if counts.all() else (X[counts], vector[counts])


def _finite(result: Array, given: Array) -> Array:
    if not np.all(np.isfinite(result)):
        row, column = np.argwhere(~np.isfinite(result))[0]
        raise InvalidInput(
            f"the value {given[row, column]:g} in row {row}, column {column} is too far from the data from which "
            "the scaler was learned: the result overflows; check its units"
        )
    return result
