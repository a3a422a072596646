"""The rows of a fit: dense float64 inputs, targets and weights; and their split into training and validation rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import train_test_split
from sklearn.utils.validation import _check_sample_weight

from sheernet.foundation import memory
from sheernet.foundation.arrays import Array, all_finite
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting
from sheernet.network import Architecture
from sheernet.network.prediction import predict

_BLOCK = 2**20
"""Maximum number of entries of a sparse matrix that are made dense at a time for a prediction."""


@dataclass(frozen=True, eq=False)
class MLPRows:
    """Inputs, targets and weights of rows with positive weight.

    Parameters
    ----------
    X : ndarray, (N, d_0)
        Inputs, float64 in C order.
    Y : ndarray, (N, K)
        Targets: numbers, or 0 and 1 for classes.
    weights : ndarray, (N,), or None
        Positive case weights; None if all are 1.
    """

    X: Array
    Y: Array
    weights: Array | None

    def __len__(self) -> int:
        return len(self.X)

    @property
    def total(self) -> float:
        """W, the sum of the weights."""
        return float(len(self) if self.weights is None else self.weights.sum())

    def take(self, rows: npt.NDArray[np.int64]) -> MLPRows:
        """Return some of the rows."""
        weights = None if self.weights is None else self.weights[rows]
        return MLPRows(self.X[rows], self.Y[rows], weights)


def is_table_of_numbers(X: Any) -> bool:
    """Whether X is a non-empty table of finite float64 numbers, which scikit-learn's checks of inputs return unchanged.

    The checks take longer than a prediction of a few rows, so an estimator omits them in this common case.
    """
    return (
        type(X) is np.ndarray and X.ndim == 2 and X.dtype == np.float64 and X.size > 0
        and all_finite(X)
    )  # fmt: skip


def are_rows_of_numbers(X: Any, y: Any) -> bool:
    """Whether scikit-learn's checks would return X and y unchanged; y must be a finite numeric vector."""
    return (
        is_table_of_numbers(X) and type(y) is np.ndarray and y.ndim == 1 and y.dtype.kind in "biuf"
        and len(y) == len(X) and all_finite(y)
    )  # fmt: skip


def rows_of(X: Any, Y: npt.NDArray[Any], weights: Array | None) -> MLPRows:
    """Build the rows of a fit from checked inputs; rows of weight 0 are omitted.

    Parameters
    ----------
    X : ndarray or sparse matrix, (N, d_0)
        Inputs.
    Y : ndarray, (N, K)
        Targets.
    weights : ndarray, (N,), or None
        Case weights of at least 0.

    Raises
    ------
    InvalidInput
        If X is sparse and does not fit in memory as a dense table.
    """
    Y = np.asarray(Y, dtype=np.float64, order="C")  # (N, K)
    if weights is not None and not (weights > 0).all():
        used = np.flatnonzero(weights)
        X, Y, weights = X[used], Y[used], weights[used]
    return MLPRows(_dense(X), Y, weights)


def checked_weights(weights: Any, X: Any) -> Array | None:
    """Check sample weights, (N,), as scikit-learn does; they must also be at least 0, and one of them positive."""
    if weights is None:
        return None
    checked: Array = np.asarray(_check_sample_weight(weights, X), dtype=np.float64)  # (N,)
    if checked.min() < 0:
        raise InvalidInput(
            "{} must be at least 0, but one is {:g}", Setting("sample_weight"), checked.min()
        )
    if checked.max() == 0:
        raise InvalidInput("all {} are 0; one must be positive", Setting("sample_weight"))
    return checked


def _dense(X: Any) -> Array:
    """Convert a table to dense float64 in C order."""
    if not hasattr(X, "toarray"):
        return np.asarray(X, dtype=np.float64, order="C")
    n_rows, n_columns = X.shape
    needed, room = 8.0 * n_rows * n_columns, memory.available()
    if needed > memory.UNCHECKED and room is not None and 2 * needed > room.n_bytes:
        raise InvalidInput(
            f"X is sparse, and a fit needs it as a dense table, twice: 2 x {memory.in_words(needed)} for {n_rows} x "
            f"{n_columns} numbers, and {room.words.format(memory.in_words(room.n_bytes))}; "
            "use fewer rows or columns, such as those of TruncatedSVD"
        )
    return np.asarray(X.toarray(), dtype=np.float64, order="C")


def outputs(architecture: Architecture, theta: Array, X: Any) -> Array:
    """Return the outputs of a network, (N, K), for a table that may be sparse."""
    if not hasattr(X, "toarray"):
        return predict(architecture, theta, np.asarray(X, dtype=np.float64, order="C"))
    rows, step = X.tocsr(), max(1, _BLOCK // max(1, X.shape[1]))
    parts = (_dense(rows[i : i + step]) for i in range(0, X.shape[0], step))
    return np.vstack([predict(architecture, theta, part) for part in parts])


def split(
    rows: MLPRows, fraction: float, rng: np.random.RandomState, stratify: Array | None
) -> tuple[MLPRows, MLPRows]:
    """Split rows at random into training and validation rows, with scikit-learn's random numbers.

    Raises
    ------
    ValueError
        If scikit-learn cannot split the rows, or if there are fewer than two validation rows.
    """
    kept, held_out = train_test_split(
        np.arange(len(rows)), random_state=rng, test_size=fraction, stratify=stratify
    )
    if len(held_out) < 2:
        raise InvalidInput(
            "The validation set is too small: it has {} of {} rows and needs at least 2; increase {} or the "
            "number of rows",
            len(held_out), len(rows), Setting("validation_fraction"),
        )  # fmt: skip
    return rows.take(kept), rows.take(held_out)
