"""A column of labels as target: one sigmoid output for two classes, a softmax for more.

Labels keep their types: predictions are text, truth values or whole numbers as in the table, and True is not 1.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import require_columns
from sheernet.data.columns.cells import Gap, as_labels, distinct, listed_labels, quoted
from sheernet.data.preprocessing.scaler import finite_number
from sheernet.data.tables.frames import import_pandas
from sheernet.data.tables.table import Indices, Table
from sheernet.data.targets.judgment import ClassificationFit, Judgment, chosen
from sheernet.data.targets.number_targets import distinct_names, refuse_missing
from sheernet.foundation.arrays import Array, as_matrix
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.words import counted

Label = str | int | float | bool
Labels = npt.NDArray[np.object_]
WHOLE = 2.0**53  # float64 represents every whole number up to here


@dataclass(frozen=True)
class ClassTarget:
    """A column of labels to predict.

    Parameters
    ----------
    name : str
        Name of the column.
    classes : tuple
        At least two labels, sorted: all text, all truth values, or all numbers; whole numbers stay int.

    Raises
    ------
    InvalidInput
        If labels have different types, are not sorted, not distinct or not finite, or are fewer than two.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.targets import ClassTarget
    >>> target = ClassTarget("passed", (False, True))
    >>> target.decode(np.array([[0.2], [0.5]])).tolist()
    [False, True]
    >>> target.probabilities(np.array([[0.25]]))
    array([[0.75, 0.25]])
    """

    name: str
    classes: tuple[Label, ...]

    def __post_init__(self) -> None:
        distinct_names((self.name,))
        object.__setattr__(self, "classes", _classes(self.classes))

    @property
    def task(self) -> str:
        """The task: "classification"."""
        return "classification"

    @property
    def names(self) -> tuple[str, ...]:
        """Name of the column, as a tuple."""
        return (self.name,)

    @property
    def n_outputs(self) -> int:
        """Number of outputs of the network: 1 for two classes, otherwise one per class."""
        return 1 if len(self.classes) == 2 else len(self.classes)

    @property
    def output(self) -> str:
        """Activation of the output layer."""
        return "sigmoid" if self.n_outputs == 1 else "softmax"

    @property
    def default_cost(self) -> str:
        """Default cost of this output."""
        return "binary_cross_entropy" if self.n_outputs == 1 else "cross_entropy"

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the network's outputs: "color=red" for the probability of red."""
        labels = self.classes[1:] if self.n_outputs == 1 else self.classes
        return tuple(f"{self.name}={label}" for label in labels)

    def truth(self, table: Table) -> Labels:
        """Read the labels of a table.

        Parameters
        ----------
        table : Table
            N rows; the column is found by name.  If classes are text, cells are converted to labels
            (`sheernet.data.columns.cells`); truth values and the numbers 1 and 0 are interchangeable.

        Returns
        -------
        ndarray of object, (N,)
            Each is one of `classes`: str, bool, int or float.

        Raises
        ------
        InvalidInput
            If the column or a value is missing, or a label is not one of the classes.
        """
        require_columns(table, self.names)
        codes, values = (
            as_labels(table, self.name)
            if isinstance(self.classes[0], str)
            else distinct(table, self.name)
        )
        refuse_missing(table, [Gap.among(self.name, codes < 0)])
        numbers = _by_value(self.classes)
        places = np.array([numbers.get(_comparable(value), -1) for value in values], dtype=np.intp)
        found = places[codes]
        if np.any(found < 0):
            row = int((found < 0).argmax())
            raise InvalidInput(
                f"the target {self.name!r} of {table.source} has {quoted(values[codes[row]])} in data row {row + 1}, "
                f"which is not one of the model's classes: {listed_labels(self.classes)}; fix it, or fit a model to "
                "rows that have it"
            )
        return self._labels[found]

    def strata(self, truth: npt.ArrayLike) -> Indices:
        """Index of each row's class in `classes`.

        Parameters
        ----------
        truth : array_like, (N,)
            Labels.

        Returns
        -------
        ndarray of int, (N,)

        Raises
        ------
        InvalidInput
            If a label is not one of the classes; True and 1 are different.
        """
        labels = np.asarray(truth).astype(object, copy=False)
        if labels.ndim != 1:
            raise ShapeMismatch(f"labels must be a vector, but their shape is {labels.shape}")
        wrong_types = set(map(type, labels)) - {type(self.classes[0])}
        codes, values = import_pandas().factorize(labels)
        numbers = _by_value(self.classes)
        places = np.array(
            [numbers.get(value, -1) for value in values.tolist()] + [-1], dtype=np.intp
        )
        found = places[codes]
        if wrong_types or np.any(found < 0):
            wrong = next(
                label
                for label, place in zip(labels, found, strict=True)
                if place < 0 or type(label) in wrong_types
            )
            raise InvalidInput(
                f"a label of target {self.name!r} must be one of {listed_labels(self.classes)}, but is {wrong!r:.40}"
            )
        return found

    def encode(self, truth: npt.ArrayLike) -> Array:
        """Network targets of labels (N,): 0 or 1 for two classes, (N, 1); otherwise one-hot, (N, C)."""
        codes = self.strata(truth)
        if self.n_outputs == 1:
            return codes.astype(np.float64)[:, None]
        targets = np.zeros((len(codes), self.n_outputs))
        targets[np.arange(len(codes)), codes] = 1.0
        return targets

    def probabilities(self, outputs: npt.ArrayLike) -> Array:
        """Probability of each class, (N, C), of network outputs (N, n_outputs)."""
        outputs = as_matrix(outputs, "outputs")
        if outputs.shape[1] != self.n_outputs:
            raise ShapeMismatch(
                f"outputs has {counted(outputs.shape[1], 'column')} but target {self.name!r} has "
                f"{counted(self.n_outputs, 'output')}"
            )
        return np.hstack([1.0 - outputs, outputs]) if self.n_outputs == 1 else outputs

    def decode(self, outputs: npt.ArrayLike) -> Labels:
        """Predicted labels (N,) of network outputs (N, n_outputs): the most probable; of two the second from 0.5 on."""
        return self._labels[chosen(self.probabilities(outputs))]

    def judge(
        self,
        outputs: npt.ArrayLike,
        truth: npt.ArrayLike,
        weights: npt.ArrayLike | None = None,
        training: Judgment | None = None,
    ) -> ClassificationFit:
        """Compare network outputs (N, n_outputs) with labels (N,), with case weights (N,).

        `training` is the fit of the training rows: its most frequent class is the majority class of other rows, too,
        because that of new rows is unknown.
        """
        usual = int(training.shares.argmax()) if isinstance(training, ClassificationFit) else None
        return ClassificationFit.of(self.probabilities(outputs), self.strata(truth), weights, usual)

    @property
    def _labels(self) -> Labels:
        labels = np.empty(len(self.classes), dtype=object)
        labels[:] = self.classes
        return labels


def as_classes(values: Sequence[Any]) -> tuple[Label, ...]:
    """Sort distinct values as classes; numbers become int if all are whole, otherwise float."""
    if all(isinstance(value, str | bool) for value in values):
        return tuple(sorted(values))
    numbers = [float(value) for value in values]
    whole = all(number.is_integer() and abs(number) < WHOLE for number in numbers)
    return tuple(sorted(map(int, numbers) if whole else numbers))


def _classes(classes: Any) -> tuple[Label, ...]:
    """Check the classes of a target; numbers become float if one is not an int."""
    if not isinstance(classes, list | tuple) or len(classes) < 2:
        raise InvalidInput(
            f"classes of a target must be a list of at least two labels, but are {classes!r:.40}"
        )
    types = set(map(type, classes))
    if types not in ({str}, {bool}) and not types <= {int, float}:
        raise InvalidInput(
            f"classes of a target must be all text, all truth values or all numbers, but are {classes!r:.60}"
        )
    if types & {int, float}:
        for label in classes:
            finite_number(label, "a class")
    if float in types:
        classes = tuple(map(float, classes))
    if any(not before < after for before, after in itertools.pairwise(classes)):
        raise InvalidInput(
            f"classes of a target must be distinct and sorted, but are {classes!r:.60}"
        )
    return tuple(classes)


def _by_value(classes: Sequence[Label]) -> dict[Any, int]:
    return {label: i for i, label in enumerate(classes)}


def _comparable(value: Any) -> Any:
    """A value that can be compared with classes: decimal.Decimal and the like as float, others unchanged."""
    if isinstance(value, str | bool | int | float):
        return value
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
