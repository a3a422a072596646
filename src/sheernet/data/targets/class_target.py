"""`ClassTarget`: a column of labels as target, with one sigmoid output for two classes, or a softmax for more.

Predicted labels have the type of the labels in the training table: str, bool, int or float.  When a table is read, True
and 1 are interchangeable; labels given as arrays must have the type of the classes.
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
from sheernet.data.formats.digit_codes import LARGEST_EXACT
from sheernet.data.tables.table import Table
from sheernet.data.targets.judgment import ClassificationFit, Judgment, chosen
from sheernet.data.targets.number_targets import distinct_names, require_no_missing
from sheernet.foundation.arrays import Array, Indices, as_matrix
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import counted
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.scalars import finite_number
from sheernet.foundation.sentences import in_quotes

Label = str | int | float | bool
Labels = npt.NDArray[np.object_]


@dataclass(frozen=True)
class ClassTarget:
    """A column of labels to predict.

    Parameters
    ----------
    name : str
        Name of the column.
    classes : tuple
        At least two labels: all text, or all Booleans or all numbers, sorted; numbers are int if all are whole.

    Raises
    ------
    InvalidInput
        If labels have different types, are not distinct and finite, numbers are not sorted, or they are fewer than two.

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
        object.__setattr__(self, "classes", _checked_classes(self.classes))

    @property
    def task(self) -> str:
        """The task: "classification"."""
        return "classification"

    @property
    def names(self) -> tuple[str, ...]:
        """Name of the column, in a tuple."""
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
        """Names of the network's outputs, such as "color=red" for the probability of red."""
        labels = self.classes[1:] if self.n_outputs == 1 else self.classes
        return tuple(f"{self.name}={label}" for label in labels)

    def truth(self, table: Table) -> Labels:
        """Read the labels of a table.

        Parameters
        ----------
        table : Table
            N rows; the column is found by name.  If the classes are text, cells are converted to
            labels (`sheernet.data.columns.cells`); True and 1, and False and 0, are interchangeable.

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
        require_no_missing(table, [Gap.among(self.name, codes < 0)])
        numbers = _by_value(self.classes)
        positions = np.array(
            [numbers.get(_comparable(value), -1) for value in values], dtype=np.intp
        )
        found = positions[codes]
        if np.any(found < 0):
            row = int((found < 0).argmax())
            raise InvalidInput(
                f"the target {in_quotes(self.name)} of {table.source} has {quoted(values[codes[row]])} in "
                f"{table.row_place(row)}, which is not one of the model's classes: {listed_labels(self.classes)}; "
                "correct the cell, or fit a model to rows that have it"
            )
        return self._label_array[found]

    def class_indices(self, truth: npt.ArrayLike) -> Indices:
        """Return the index in `classes` of the class of each row.

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
            If a label is not one of the classes; here True and 1 are different labels.
        ShapeMismatch
            If the labels are not a vector.
        """
        labels = np.asarray(truth).astype(object, copy=False)
        if labels.ndim != 1:
            raise ShapeMismatch(f"labels must be a vector, but their shape is {labels.shape}")
        wrong_types = set(map(type, labels)) - {type(self.classes[0])}
        codes, values = import_pandas().factorize(labels)
        numbers = _by_value(self.classes)
        positions = np.array(
            [numbers.get(value, -1) for value in values.tolist()] + [-1], dtype=np.intp
        )
        found = positions[codes]
        if wrong_types or np.any(found < 0):
            wrong = next(
                label
                for label, position in zip(labels, found, strict=True)
                if position < 0 or type(label) in wrong_types
            )
            raise InvalidInput(
                f"a label of target {in_quotes(self.name)} must be one of {listed_labels(self.classes)}, but is "
                f"{wrong!r:.40}"
            )
        return found

    def encode(self, truth: npt.ArrayLike) -> Array:
        """Convert labels (N,) to network targets: 0 or 1 for two classes, (N, 1); otherwise one-hot, (N, C)."""
        codes = self.class_indices(truth)
        if self.n_outputs == 1:
            return codes.astype(np.float64)[:, None]
        targets = np.zeros((len(codes), self.n_outputs))
        targets[np.arange(len(codes)), codes] = 1.0
        return targets

    def probabilities(self, outputs: npt.ArrayLike) -> Array:
        """Convert network outputs (N, n_outputs) to the probability of each class, (N, C)."""
        outputs = as_matrix(outputs, "outputs")
        if outputs.shape[1] != self.n_outputs:
            raise ShapeMismatch(
                f"outputs have {counted(outputs.shape[1], 'column')}, but target {in_quotes(self.name)} has "
                f"{counted(self.n_outputs, 'output')}"
            )
        return np.hstack([1.0 - outputs, outputs]) if self.n_outputs == 1 else outputs

    def decode(self, outputs: npt.ArrayLike) -> Labels:
        """Convert network outputs (N, n_outputs) to predicted labels (N,), as `chosen` selects them."""
        return self._label_array[chosen(self.probabilities(outputs))]

    def judge(
        self,
        outputs: npt.ArrayLike,
        truth: npt.ArrayLike,
        weights: npt.ArrayLike | None = None,
        training: Judgment | None = None,
    ) -> ClassificationFit:
        """Compare network outputs (N, n_outputs) with labels (N,), with case weights (N,).

        `training` is the fit of the training rows.  If given, its most frequent class is the majority class, because
        always predicting that class is the baseline, whatever the frequencies in these rows.
        """
        majority_class = (
            int(training.shares.argmax()) if isinstance(training, ClassificationFit) else None
        )
        return ClassificationFit.of(
            self.probabilities(outputs), self.class_indices(truth), weights, majority_class
        )

    @property
    def _label_array(self) -> Labels:
        labels = np.empty(len(self.classes), dtype=object)
        labels[:] = self.classes
        return labels


def as_classes(values: Sequence[Any]) -> tuple[Label, ...]:
    """Sort distinct values and return them as classes; numbers become int if all are whole, otherwise float."""
    if all(isinstance(value, str | bool) for value in values):
        return tuple(sorted(values))
    numbers = [float(value) for value in values]
    whole = all(number.is_integer() and abs(number) < LARGEST_EXACT for number in numbers)
    return tuple(sorted(map(int, numbers) if whole else numbers))


def _checked_classes(classes: Any) -> tuple[Label, ...]:
    """Check the classes of a target and return them; numbers become float if one is a float."""
    if not isinstance(classes, list | tuple) or len(classes) < 2:
        raise InvalidInput(
            f"classes of a target must be a list of at least two labels, but are {classes!r:.40}"
        )
    types = set(map(type, classes))
    if types not in ({str}, {bool}) and not types <= {int, float}:
        raise InvalidInput(
            f"classes of a target must be all text, all Booleans or all numbers, but are {classes!r:.60}"
        )
    if types & {int, float}:
        for label in classes:
            finite_number(label, "a class")
    if float in types:
        classes = tuple(map(float, classes))
    in_order = types == {str} or all(a < b for a, b in itertools.pairwise(classes))
    if not in_order or len(set(classes)) < len(classes):
        which = "distinct" if types == {str} else "distinct and sorted"
        raise InvalidInput(f"classes of a target must be {which}, but are {classes!r:.60}")
    return tuple(classes)


def _by_value(classes: Sequence[Label]) -> dict[Any, int]:
    return {label: i for i, label in enumerate(classes)}


def _comparable(value: Any) -> Any:
    """Convert numbers that are not int or float, such as decimal.Decimal, to float for comparison with the classes."""
    if isinstance(value, str | bool | int | float):
        return value
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
