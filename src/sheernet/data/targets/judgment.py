r"""Measures of the agreement of predictions with true values: RMSE, R^2, accuracy, log loss, confusion table.

    rmse_k   = sqrt(sum_n w_n (p_nk - t_nk)^2 / W),    R^2_k = 1 - sum_n w_n (p_nk - t_nk)^2 / sum_n w_n (t_nk - m_k)^2
    accuracy = fraction of rows whose predicted class is the true one
    log loss = -sum_n w_n ln P_n(true class of n) / W,  with probabilities of at least 2.2e-308: at most 708 per row
    majority = fraction of the rows in the most frequent class of the training rows: the accuracy of predicting only it

p_nk is the prediction and t_nk the true value of target k in row n, P_n(c) the predicted probability of class c, w_n
the case weight, W the sum of the weights and m_k the weighted mean of target k.  A row of weight k counts as k equal
rows; a row of weight 0 is ignored, and `rows` does not count it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.preprocessing.scaling_rules import TINY
from sheernet.foundation.arrays import Array, as_case_weights, same_length
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import LARGEST, finite_number

Codes = npt.NDArray[np.intp]


@dataclass(frozen=True)
class RegressionFit:
    """Agreement of predicted numbers with the true ones.

    Parameters
    ----------
    rows : int
        Number of rows of positive weight.
    rmse : tuple of float, length K
        Root mean squared error of each target, in its units.
    r2 : tuple of float or None, length K
        Coefficient of determination of each target; None if the target is constant.
    log_density : float, optional
        Mean log density of the targets of a row, in their units; None if the prediction has no density.
    weight : float, optional
        Sum of the case weights; None if it is the number of rows.

    Raises
    ------
    InvalidInput
        If a value has the wrong type, is not finite, or is impossible.
    """

    rows: int
    rmse: tuple[float, ...]
    r2: tuple[float | None, ...]
    log_density: float | None = None
    weight: float | None = None

    def __post_init__(self) -> None:
        _require_rows(self.rows, self.weight)
        rmse = tuple(
            finite_number(value, "rmse of a fit") for value in _sequence(self.rmse, "rmse")
        )
        r2 = tuple(
            None if value is None else finite_number(value, "r2 of a fit")
            for value in _sequence(self.r2, "r2")
        )
        if not rmse or len(rmse) != len(r2):
            raise InvalidInput(
                f"rmse and r2 of a fit must have one number per target, but have {len(rmse)} and {len(r2)}"
            )
        if min(rmse) < 0:
            raise InvalidInput(f"rmse of a fit must be at least 0, but is {min(rmse)!r}")
        too_large = [value for value in r2 if value is not None and value > 1]
        if too_large:
            raise InvalidInput(f"r2 of a fit must be at most 1, but is {too_large[0]!r}")
        if self.log_density is not None:
            finite_number(self.log_density, "log_density of a fit")
        object.__setattr__(self, "rmse", rmse)
        object.__setattr__(self, "r2", r2)

    @classmethod
    def of(
        cls, predicted: Array, true: Array, weights: npt.ArrayLike | None = None
    ) -> RegressionFit:
        """Compare predicted with true values.

        Parameters
        ----------
        predicted, true : ndarray, (N, K)
            In the units of the targets.
        weights : array_like, (N,), optional
            Case weights.

        Returns
        -------
        RegressionFit

        Raises
        ------
        ShapeMismatch, InvalidInput
            If the arrays have different numbers of rows, or weights are invalid.

        Examples
        --------
        >>> import numpy as np
        >>> from sheernet.data.targets.judgment import RegressionFit
        >>> RegressionFit.of(np.array([[1.0], [2.0], [3.0]]), np.array([[1.0], [2.0], [4.0]]))
        RegressionFit(rows=3, rmse=(0.5773502691896257,), r2=(0.7857142857142857,), log_density=None, weight=None)
        """
        n_rows = same_length(("predictions", "the truth"), (predicted, true))
        shares, n_judged, weight = _shares(weights, n_rows)
        counts = shares > 0
        predicted, true, shares = predicted[counts], true[counts], shares[counts]
        with np.errstate(all="ignore"):  # values that overflow are clipped
            middle = true[0] + shares @ _clipped(true - true[0])  # exact if the target is constant
            error = _root_mean_square(predicted - true, shares)
            spread = _root_mean_square(true - middle, shares)
            r2 = tuple(
                max(float(1.0 - (e / s) ** 2), -LARGEST) if s > 0 else None
                for e, s in zip(error, spread, strict=True)
            )
        return cls(n_judged, tuple(map(float, error)), r2, weight=weight)


@dataclass(frozen=True)
class ClassificationFit:
    """Agreement of predicted classes and their probabilities with the true classes.

    Parameters
    ----------
    rows : int
        Number of rows of positive weight.
    accuracy : float
        Fraction of rows whose predicted class is the true one.
    log_loss : float
        Mean of -ln(probability of the true class).
    majority : float
        Fraction of the rows in the most frequent class of the training rows: the baseline of the accuracy.
    confusion : tuple of tuples, (C, C)
        Rows are true classes, columns are predicted ones: counts, or sums of case weights.
    weight : float, optional
        Sum of the case weights; None if it is the number of rows.

    Raises
    ------
    InvalidInput
        If a value has the wrong type, is not finite, or is impossible.
    """

    rows: int
    accuracy: float
    log_loss: float
    majority: float
    confusion: tuple[tuple[int | float, ...], ...]
    weight: float | None = None

    def __post_init__(self) -> None:
        _require_rows(self.rows, self.weight)
        for key in ("accuracy", "log_loss", "majority"):
            value = finite_number(getattr(self, key), f"{key} of a fit")
            if value < 0 or (key != "log_loss" and value > 1):
                most = "" if key == "log_loss" else " and at most 1"
                raise InvalidInput(f"{key} of a fit must be at least 0{most}, but is {value!r}")
            object.__setattr__(self, key, value)
        object.__setattr__(self, "confusion", _square(self.confusion))

    @property
    def shares(self) -> Array:
        """Fraction of the rows in each true class, (C,); all 0 if the confusion table of a file has only zeros."""
        sums = np.minimum([sum(map(float, row)) for row in self.confusion], LARGEST)
        relative = sums / max(sums.max(), TINY)  # the sum of huge weights would overflow
        return relative / max(relative.sum(), TINY)

    @classmethod
    def of(
        cls,
        probabilities: Array,
        true: Codes,
        weights: npt.ArrayLike | None = None,
        majority_class: int | None = None,
    ) -> ClassificationFit:
        """Compare probabilities with true classes.

        Parameters
        ----------
        probabilities : ndarray, (N, C)
            Probability of each class; `chosen` selects the predicted class.
        true : ndarray of int, (N,)
            Index of each row's class.
        weights : array_like, (N,), optional
            Case weights.
        majority_class : int, optional
            Index of the majority class; by default the most frequent class of these rows.

        Returns
        -------
        ClassificationFit

        Raises
        ------
        ShapeMismatch, InvalidInput
            If the arrays have different numbers of rows, or weights are invalid.

        Examples
        --------
        >>> import numpy as np
        >>> from sheernet.data.targets.judgment import ClassificationFit
        >>> fit = ClassificationFit.of(np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]]), np.array([0, 1, 1]))
        >>> fit.confusion, round(fit.accuracy, 3), round(fit.majority, 3)
        (((1, 0), (1, 1)), 0.667, 0.667)
        """
        n_rows = same_length(("predictions", "the truth"), (probabilities, true))
        shares, n_judged, weight = _shares(weights, n_rows)
        n_classes = probabilities.shape[1]
        predicted = chosen(probabilities)
        likelihood = np.maximum(probabilities[np.arange(n_rows), true], TINY)
        counts = None if weights is None else as_case_weights(weights, n_rows)
        cells = np.bincount(true * n_classes + predicted, counts, n_classes**2).reshape(
            -1, n_classes
        )
        sums = np.bincount(true, shares, n_classes)
        return cls(
            rows=n_judged,
            accuracy=min(float(shares @ (predicted == true)), 1.0),
            log_loss=max(0.0, float(-(shares @ np.log(likelihood)))),
            majority=min(
                float(sums.max() if majority_class is None else sums[majority_class]), 1.0
            ),
            confusion=tuple(
                map(tuple, np.minimum(cells, LARGEST if counts is not None else cells).tolist())
            ),
            weight=weight,
        )


Judgment = RegressionFit | ClassificationFit


def chosen(probabilities: Array) -> Codes:
    """Select the most probable class of each row; of two classes the second if its probability is at least 0.5.

    Parameters
    ----------
    probabilities : ndarray, (N, C)
        Probability of each class.

    Returns
    -------
    ndarray of int, (N,)
        Indices of classes; if several of more than two are equally probable, the first.
    """
    if probabilities.shape[1] == 2:
        return (probabilities[:, 1] >= 0.5).astype(np.intp)
    return np.argmax(probabilities, axis=1)


def _shares(weights: npt.ArrayLike | None, n_rows: int) -> tuple[Array, int, float | None]:
    """Return case weights divided by their sum, (N,), the number of rows of positive weight, and `weight_of` them."""
    vector = as_case_weights(weights, n_rows)
    n_judged = int(np.count_nonzero(vector))
    relative = vector / vector.max()  # the sum of huge weights would overflow
    with np.errstate(over="ignore"):
        weight = weight_of(n_judged, float(vector.sum()))
    return relative / relative.sum(), n_judged, weight


def weight_of(rows: int, total: float) -> float | None:
    """The `weight` of a fit: the sum of the case weights; None if it equals the number of rows up to rounding."""
    return None if abs(total - rows) <= 1e-9 * rows else min(total, LARGEST)


def _clipped(deviations: Array) -> Array:
    return np.clip(deviations, -LARGEST, LARGEST)


def _root_mean_square(deviations: Array, shares: Array) -> Array:
    """Compute the root mean square of each column, (K,), scaled so that no square overflows or underflows."""
    deviations = _clipped(deviations)
    largest = np.abs(deviations).max(axis=0)  # (K,)
    unit = np.where(largest > 0, largest, 1.0)
    return unit * np.sqrt(np.minimum(shares @ (deviations / unit) ** 2, 1.0))


def _require_rows(rows: object, weight: object) -> None:
    if type(rows) is not int or rows < 1:
        raise InvalidInput(
            f"rows of a fit must be a whole number of at least 1, but is {rows!r:.40}"
        )
    if weight is not None and finite_number(weight, "weight of a fit") <= 0:
        raise InvalidInput(f"weight of a fit must be positive, but is {weight!r}")


def _sequence(values: Any, noun: str) -> Any:
    if not isinstance(values, list | tuple):
        raise InvalidInput(f"{noun} of a fit must be a list, but is {values!r:.40}")
    return values


def _is_count(rows: tuple[tuple[int | float, ...], ...]) -> bool:
    """Whether all entries are finite and at least 0."""
    try:
        entries = np.array(rows, dtype=np.float64)
    except OverflowError:
        return False
    return bool(np.isfinite(entries).all() and (entries >= 0).all())


def _square(confusion: Any) -> tuple[tuple[int | float, ...], ...]:
    """Check that a confusion table is square, with at least two classes and no negative entry; return it as tuples."""
    rows = tuple(
        tuple(_sequence(row, "a row of confusion")) for row in _sequence(confusion, "confusion")
    )
    if len(rows) < 2 or any(len(row) != len(rows) for row in rows):
        raise InvalidInput(
            f"confusion of a fit must be square, with at least 2 rows, but the lengths of its rows are "
            f"{[len(row) for row in rows][:8]}"
        )
    # The table of thousands of classes has millions of entries; only what NumPy does not accept is looked at singly.
    if set().union(*(map(type, row) for row in rows)) <= {int, float} and _is_count(rows):
        return rows
    for entry in (entry for row in rows for entry in row):
        if finite_number(entry, "an entry of confusion") < 0:
            raise InvalidInput(f"an entry of confusion must be at least 0, but is {entry!r}")
    return rows
