"""Rows with true classes and predicted probabilities, for the plots of classifiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array, Indices, as_case_weights, as_matrix, same_length
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.picture_texts import count, plural_of_rows
from sheernet.foundation.sentences import in_quotes
from sheernet.models.model import Model
from sheernet.plots.estimator_source import model_of
from sheernet.plots.judged_rows import judged_groups, refuse_beside_a_model

SUM = 1e-6
"""Maximum difference of the sum of the probabilities of a row from 1."""


@dataclass(frozen=True, eq=False)
class ClassRows:
    """True classes and predicted probabilities of N rows and C classes.

    Parameters
    ----------
    probabilities : ndarray, (N, C)
        Probability of each class.
    true : ndarray of int, (N,)
        Index of each row's class.
    classes : tuple of str
        The C classes.
    weights : ndarray, (N,)
        Case weights, all positive.
    noun : str
        Name of a row: "row", "training row", "held-out row", or "row left out in 5 folds".
    """

    probabilities: Array
    true: Indices
    classes: tuple[str, ...]
    weights: Array
    noun: str = "row"

    @property
    def label(self) -> str:
        """Number of rows: "30 held-out rows"."""
        return count(len(self.true), self.noun, plural_of_rows(self.noun))


def class_rows(
    predicted: Any,
    true: Any,
    classes: Sequence[object] | None = None,
    weights: npt.ArrayLike | None = None,
) -> ClassRows:
    """Collect probabilities and true classes, from a model or from arrays.

    Parameters
    ----------
    predicted : Model, fitted estimator, or array_like (N,) or (N, C)
        A model of classes; or probabilities of the classes; for two classes, those of the second are sufficient.
    true : array_like (N,); with a model a table or a pair (X, y)
        Labels; or rows with the target, of which rows that the networks were not fitted to are preferred.
    classes : sequence, optional
        The classes in the order of the columns; by default the sorted labels.  Not for a model.
    weights : array_like, (N,), optional
        Case weights; rows of weight 0 are left out.  Not for a model, whose table contains them.

    Raises
    ------
    InvalidInput
        If the model predicts numbers, an argument for arrays is given with it, a number is not a probability, or a
        label is not one of the classes.
    ShapeMismatch
        If the numbers of rows or classes do not agree.

    Examples
    --------
    >>> from sheernet.plots.class_rows import class_rows
    >>> rows = class_rows([0.2, 0.9], ["no", "yes"])
    >>> rows.classes, rows.true, rows.probabilities.tolist()
    (('no', 'yes'), array([0, 1]), [[0.8, 0.2], [0.1, 0.9]])
    """
    source = model_of(predicted)
    if isinstance(source, Model):
        refuse_beside_a_model(classes=classes, weights=weights)
        return _of_model(source, true)
    P = _checked(as_matrix(source, "probabilities"))
    labels = np.asarray(true, dtype=object)
    if labels.ndim != 1:
        raise ShapeMismatch(f"true must be a vector of labels, but its shape is {labels.shape}")
    n_rows = same_length(("probabilities", "true"), (P, labels))
    names = _classes(labels, P.shape[1], classes)
    codes = {name: code for code, name in enumerate(names)}
    unknown = [label for label in labels if label not in codes]
    if unknown:
        raise InvalidInput(
            f"a true label must be one of the classes {listed(names, 'or', most=6)}, but {in_quotes(unknown[0])} was "
            "given"
        )
    vector = as_case_weights(weights, n_rows)
    kept = vector > 0
    found = np.array([codes[label] for label in labels], dtype=np.intp)
    return ClassRows(P[kept], found[kept], tuple(map(str, names)), vector[kept])


def _of_model(model: Model, rows: Any) -> ClassRows:
    if not isinstance(model.targets, ClassTarget):
        raise InvalidInput(
            "this picture needs a model that predicts classes, but a model of numbers was given; residuals and "
            "error_histogram show its errors"
        )
    group = judged_groups(model, rows)[-1]
    vector = as_case_weights(group.rows.weights, len(group.rows))
    kept = vector > 0
    return ClassRows(
        model.targets.probabilities(group.outputs)[kept],
        model.targets.class_indices(group.rows.truth)[kept],
        tuple(map(str, model.targets.classes)),
        vector[kept],
        group.noun,
    )


def _checked(P: Array) -> Array:
    """Return probabilities of all classes, (N, C)."""
    bad = P[(P < 0) | (P > 1)]
    if bad.size:
        raise InvalidInput(f"a probability must be from 0 to 1, but {bad[0]:g} was given")
    if P.shape[1] == 1:
        return np.hstack([1.0 - P, P])
    off = np.abs(P.sum(axis=1) - 1.0)
    if off.max() > SUM:
        row = int(off.argmax())
        raise InvalidInput(
            f"the probabilities of a row must add up to 1, but those of row {row} add up to {P[row].sum():g}; "
            "give those of all classes, or a vector with that of the second of two classes"
        )
    return P


def _classes(
    labels: npt.NDArray[np.object_], n: int, given: Sequence[object] | None
) -> list[object]:
    if given is None:
        try:
            found = sorted(set(labels.tolist()))
        except TypeError:
            raise InvalidInput(
                "the true labels are of different types; give classes, in their order"
            ) from None
        if n == 2 and len(found) < 2 and set(found) <= {0, 1}:
            found = [0, 1]
        given = found
    if len(given) != n:
        raise ShapeMismatch(
            f"there are probabilities of {counted(n, 'class', 'classes')} but {counted(len(given), 'label')}: "
            f"{listed(list(given), most=6)}; give classes, one for each column of the probabilities"
        )
    if len(set(given)) < n:
        raise InvalidInput(f"classes must differ, but {listed(list(given), most=6)} were given")
    return list(given)
