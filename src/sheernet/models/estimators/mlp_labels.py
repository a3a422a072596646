"""`Labels`: convert class labels to targets of a network, and outputs of a network to labels.

The labels and their types equal those of scikit-learn's LabelBinarizer, which scikit-learn's MLPClassifier uses.  It is
not called, because it examines y about ten times, which takes longer than a fit of a small network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import in_brief

_ONE_PER_ROW = ("binary", "multiclass")
_SEVERAL = "multilabel-indicator"


@dataclass(frozen=True, eq=False)
class Labels:
    """The labels of a classifier.

    Parameters
    ----------
    classes : ndarray, (n_classes,)
        The labels in their order; 0, 1, ... for the columns of a table of zeros and ones.
    several : bool
        Whether a row may have several labels.
    sparse : bool
        Whether predicted tables of zeros and ones are sparse, like the table of the fit.

    Examples
    --------
    >>> from sheernet.models.estimators.mlp_labels import Labels
    >>> labels = Labels.of(["no", "yes", "no"])
    >>> labels.targets(["yes", "no"]).tolist()
    [[1.0], [0.0]]
    """

    classes: npt.NDArray[Any]
    several: bool = False
    sparse: bool = False

    @classmethod
    def of(cls, y: Any) -> Self:
        """Learn the labels of a fit.

        Raises
        ------
        ValueError
            If y does not consist of labels.
        """
        classes = _of_whole_numbers(y)
        if classes is not None:
            return cls(classes)
        kind = type_of_target(y, input_name="y")
        if kind == _SEVERAL:
            return cls(np.arange(y.shape[1]), True, hasattr(y, "toarray"))
        if kind in _ONE_PER_ROW:
            return cls(_distinct(y)[0])
        check_classification_targets(y)
        raise InvalidInput(
            "Multioutput target data is not supported: y has several columns of labels; fit one classifier per column "
            "with sklearn.multioutput.MultiOutputClassifier"
        )

    @property
    def by_softmax(self) -> bool:
        """Whether the outputs are softmax probabilities, one per class; otherwise there is one, or one per label."""
        return not self.several and len(self.classes) > 2

    def targets(self, y: Any) -> Array:
        """Return the targets of the network, (N, K).

        Raises
        ------
        InvalidInput
            If there are unknown labels, or labels of another kind.
        """
        if self.several:
            table = y.toarray() if hasattr(y, "toarray") else np.asarray(y)
            if table.ndim != 2 or table.shape[1] != len(self.classes):
                raise InvalidInput(
                    f"y must have a column for each of {len(self.classes)} labels, but its shape is {table.shape}"
                )
            return (table != 0).astype(np.float64)
        codes = self._codes(y)
        if not self.by_softmax:
            return (codes == 1).astype(np.float64).reshape(-1, 1)
        return (codes[:, None] == np.arange(len(self.classes))).astype(np.float64)

    def _codes(self, y: Any) -> npt.NDArray[np.int64]:
        """Return the position of each label in `classes`, (N,)."""
        if _is_of_whole_numbers(y) and y.dtype == self.classes.dtype:
            codes = np.searchsorted(self.classes, y)
            if (self.classes.take(codes, mode="clip") == y).all():  # no label is unknown
                return codes
        found, codes = _distinct(y)
        if codes.ndim == 1 and np.array_equal(found, self.classes):
            return codes
        unknown = np.setdiff1d(found, self.classes)
        if codes.ndim != 1 or len(unknown):
            raise InvalidInput(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes}, 'y' also has "
                f"{in_brief(unknown.tolist())}; give all classes in the first fit"
            )
        return np.searchsorted(self.classes, found)[codes]

    def labels(self, outputs: Array) -> Any:
        """Return the labels for outputs, (N, K)."""
        if self.several:
            table = (outputs > 0.5).astype(int)
            if not self.sparse:
                return table
            from scipy.sparse import csr_matrix

            return csr_matrix(table)
        if self.by_softmax:
            return self.classes[outputs.argmax(axis=1)]
        return self.classes[(outputs[:, 0] > 0.5) * (len(self.classes) - 1)]


def _of_whole_numbers(y: Any) -> npt.NDArray[Any] | None:
    """Return the classes of a vector of integers, which does not require scikit-learn's checks.

    None for other labels, or if the number of classes exceeds half of the rows, which scikit-learn warns about.
    """
    if not _is_of_whole_numbers(y):
        return None
    classes = np.unique(y)
    return classes if 2 * len(classes) <= len(y) else None


def _is_of_whole_numbers(y: Any) -> bool:
    return type(y) is np.ndarray and y.ndim == 1 and y.dtype.kind in "biu"


def _distinct(y: Any) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Return the sorted distinct labels in y, and the position of each row's label among them, (N,)."""
    found, codes = np.unique(np.asarray(y), return_inverse=True)
    return (np.array(found.tolist()) if found.dtype == object else found), codes
