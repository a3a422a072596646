"""`FitFacts`: facts about the training rows of an estimator, needed to build a `Model` from it.

A model has the ranges of its columns, the statistics of the training rows, and checksums that identify the table of the
fit.  They require one evaluation of the network and a few passes over the rows, which takes as long as a fit of few
iterations.  So for a small table, an estimator keeps the objective and computes the facts when a model is built or the
estimator is pickled; for a large table, the facts are computed immediately, and the rows are not kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from sheernet.data.targets import ClassificationFit, ClassTarget, Judgment, RegressionFit
from sheernet.foundation.arrays import Array
from sheernet.models.fitting.assembly import sha256_of, time_in_utc
from sheernet.models.row_roles import RowRoles, matrix_checksum
from sheernet.network.network import Network
from sheernet.network.prediction import predict

Kind = Literal["numbers", "classes", "labels"]
"""What a network predicts: numbers, probabilities of classes, or probabilities of labels, with any number per row."""
MOST_CHECKED = 200_000
"""Maximum number of entries of X (1.6 MB) for which rows are kept and identified: their checksum takes 30 ms."""
LONG_ROW = 1024
"""Number of values compared at a time for the ranges of columns: 6 times as fast as 20 (100 000 rows)."""


@dataclass(frozen=True, eq=False)
class FitFacts:
    """Facts about the rows that a network was trained on.

    Parameters
    ----------
    kind : {"numbers", "classes", "labels"}
        What the network predicts.
    target_names : tuple of str
        Names of the targets; empty if they have none.
    lowest, highest : ndarray, (d,)
        Range of each input.
    target_lowest, target_highest : ndarray, (K,)
        Range of each target; 0 and 1 for classes and labels.
    training_fit : RegressionFit, ClassificationFit or None
        Statistics of the training rows; None for labels and for a single class.
    rows : RowRoles
        The training rows, by which their table is identified.
    validation_rows : int
        Number of validation rows of early stopping.
    has_weights : bool
        Whether the rows had weights.
    total_weight : float
        Sum of the weights, or the number of rows.
    data_sha256, created : str
        As in `Provenance`.
    """

    kind: Kind
    target_names: tuple[str, ...]
    lowest: Array
    highest: Array
    target_lowest: Array
    target_highest: Array
    training_fit: Judgment | None
    rows: RowRoles
    validation_rows: int
    has_weights: bool
    total_weight: float
    data_sha256: str
    created: str

    @classmethod
    def of(
        cls,
        network: Network,
        X: Array,
        y: Array,
        weights: Array | None = None,
        kind: Kind = "numbers",
        names: Sequence[str] = (),
        target_names: Sequence[str] = (),
        validation_rows: int = 0,
        created: datetime | None = None,
    ) -> FitFacts:
        """Collect the facts about training rows.

        Parameters
        ----------
        network : Network
            The trained network.
        X, y : ndarray, (N, d) and (N, K)
            The training rows, as passed to the network: y is 0 or 1 for two classes, with a column per class for more.
        weights : ndarray, (N,), optional
            Weights of the rows in the cost.
        kind : {"numbers", "classes", "labels"}
            What the network predicts.
        names : sequence of str, length d
            Names of the inputs.
        target_names : sequence of str
            Names of the targets, if they have names.
        validation_rows : int
            Number of validation rows of early stopping.
        created : datetime, optional
            The time of the fit; now if not given.

        Examples
        --------
        >>> import numpy as np
        >>> import sheernet as sn
        >>> from sheernet.models.estimators.fit_facts import FitFacts
        >>> X, y = np.array([[0.0], [1.0], [4.0]]), np.array([[1.0], [3.0], [9.0]])
        >>> net = sn.Network.from_weights(sn.Architecture((1, 1)), {"W1": [[2.0]], "b1": [1.0]})
        >>> facts = FitFacts.of(net, X, y, names=["x"])
        >>> facts.highest.tolist(), facts.training_fit.rmse
        ([4.0], (0.0,))
        """
        sum_of_rows = matrix_checksum(names, X) if X.size <= MOST_CHECKED else None
        of_numbers = kind == "numbers"
        ends = _ranges(y) if of_numbers else (np.zeros(y.shape[1]), np.ones(y.shape[1]))
        return cls(
            kind, tuple(target_names), *_ranges(X), *ends,
            _figures(network, X, y, weights, kind),
            RowRoles(len(X), checksum=sum_of_rows),
            validation_rows, weights is not None, float(len(X) if weights is None else weights.sum()), sha256_of(X, y),
            time_in_utc(created),
        )  # fmt: skip


def _ranges(X: Array) -> tuple[Array, Array]:
    """Return the lowest and the highest value of each column, (d,) each.

    In a long table, `LONG_ROW` values of several rows are compared at a time, because NumPy is slow with short rows.
    """
    n_rows, n_columns = X.shape
    width = LONG_ROW // n_columns  # rows that are compared at a time
    if width < 2 or n_rows < 100 * width:
        return X.min(axis=0), X.max(axis=0)
    whole = n_rows - n_rows % width
    table = X[:whole].reshape(-1, width * n_columns)
    low, high = (
        np.vstack([found.reshape(width, n_columns), X[whole:]])
        for found in (table.min(axis=0), table.max(axis=0))
    )
    return low.min(axis=0), high.max(axis=0)


def _figures(
    network: Network, X: Array, y: Array, weights: Array | None, kind: Kind
) -> Judgment | None:
    """Compute the statistics of the training rows."""
    if kind == "labels":
        return None
    outputs = predict(network.architecture, network.theta, X)  # (N, K)
    if kind == "numbers":
        return RegressionFit.of(outputs, y, weights)
    n_classes = max(2, y.shape[1])
    codes = y.argmax(axis=1) if n_classes > 2 else (y[:, 0] > 0.5).astype(np.intp)
    target = ClassTarget("class", tuple(range(n_classes)))
    return ClassificationFit.of(target.probabilities(outputs), codes, weights)
