"""`FitFacts`: what an estimator tells about its training rows to the model that is made of it.

A model has the ranges of its columns, the figures of the training rows, and sums that recognize the table of the fit.
They take one evaluation of the network and some passes over the rows, as long as a fit of few iterations.  So an
estimator keeps the objective of a small table and computes them if a model is made, or if the estimator is pickled;
those of a large table are computed at once, and its rows are not kept.
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
"""What a network predicts: numbers, the probabilities of classes, or those of labels of which a row has any number."""
MOST_CHECKED = 200_000
"""Entries of X up to which the rows of a fit are kept (1.6 MB) and recognized: their checksum takes 30 ms."""
LONG_ROW = 1024
"""Numbers that are compared at a time for the ranges of columns: 6 times as fast as 20 (100 000 rows)."""


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
        Range of each target; those of classes and labels are 0 and 1.
    training_fit : RegressionFit, ClassificationFit or None
        Figures of the training rows; None for labels and for a single class.
    rows : RowRoles
        The training rows, by which their table is recognized.
    validation_rows : int
        Number of rows that decided when to stop.
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
            The training rows, as the network takes them: of two classes y is 0 or 1, of more a column for each.
        weights : ndarray, (N,), optional
            Weights of the rows in the cost.
        kind : {"numbers", "classes", "labels"}
            What the network predicts.
        names : sequence of str, length d
            Names of the inputs.
        target_names : sequence of str
            Names of the targets, if they have some.
        validation_rows : int
            Number of rows that decided when to stop.
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
    """The lowest and the highest value of each column, (d,) each.

    Of a long table, `LONG_ROW` numbers of several rows are compared at a time, because NumPy is slow with short rows.
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
    """Figures of the training rows."""
    if kind == "labels":
        return None
    outputs = predict(network.architecture, network.theta, X)  # (N, K)
    if kind == "numbers":
        return RegressionFit.of(outputs, y, weights)
    n_classes = max(2, y.shape[1])
    codes = y.argmax(axis=1) if n_classes > 2 else (y[:, 0] > 0.5).astype(np.intp)
    target = ClassTarget("class", tuple(range(n_classes)))
    return ClassificationFit.of(target.probabilities(outputs), codes, weights)
