r"""Plot of receiver operating characteristics: true positives against false positives, for each class.

    true positive rate(t)  = sum of w_n over the rows of the class with P_n >= t / sum of w_n over the rows of the class
    false positive rate(t) = the same ratio for the rows of the other classes
    AUC                    = P(P_i > P_j) + P(P_i = P_j) / 2  for a row i of the class and a row j of another one

P_n is the predicted probability of the class and w_n the case weight.  A class without rows, or a class that all rows
belong to, has no curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, Mask
from sheernet.foundation.colors import NEUTRAL
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.picture_texts import count
from sheernet.plots.class_rows import ClassRows, class_rows
from sheernet.plots.estimator_source import FittedEstimator
from sheernet.plots.style import DASHES, SERIES, drawing, grid, legend_below, mark, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sheernet.models.model import Model

MOST_CURVES = 6
"""Maximum number of curves in separate colors: those with the lowest AUC if there are more classes."""
MOST_GRAY = 100
"""Maximum number of curves in gray."""
LONGEST = 28
"""Maximum number of letters of a class in the legend."""


@dataclass(frozen=True, eq=False)
class RocCurve:
    """The curve of a class against all others.

    Parameters
    ----------
    name : str
        The class.
    thresholds : ndarray, (T,)
        inf, followed by the probabilities in descending order.
    true_positives, false_positives : ndarray, (T,)
        Shares of the rows of the class, and of the others, whose probability is at least the threshold.
    auc : float
        The area under the curve.
    n_rows : int
        Number of rows of the class.
    """

    name: str
    thresholds: Array
    true_positives: Array
    false_positives: Array
    auc: float
    n_rows: int

    @classmethod
    def of(cls, name: str, probabilities: Array, is_class: Mask, weights: Array) -> RocCurve:
        """Compute the curve of a class that some rows, but not all, belong to.

        Parameters
        ----------
        name : str
            The class.
        probabilities, weights : ndarray, (N,)
            Probability of the class, and case weight, of each row.
        is_class : ndarray of bool, (N,)
            Whether rows belong to the class.

        Examples
        --------
        >>> import numpy as np
        >>> from sheernet.plots.roc_plot import RocCurve
        >>> curve = RocCurve.of("yes", np.array([0.1, 0.4, 0.4, 0.8]), np.array([0, 0, 1, 1]) == 1, np.ones(4))
        >>> curve.thresholds, curve.true_positives, curve.false_positives, curve.auc
        (array([inf, 0.8, 0.4, 0.1]), array([0. , 0.5, 1. , 1. ]), array([0. , 0. , 0.5, 1. ]), 0.875)
        """
        order = np.argsort(-probabilities, kind="stable")
        ranked = probabilities[order]
        last = len(ranked) - 1
        ends = np.append(np.flatnonzero(np.diff(ranked)), last)  # the last row of each tie
        hits = np.cumsum((weights * is_class)[order])[ends]
        misses = np.cumsum((weights * ~is_class)[order])[ends]
        true, false = (np.append(0.0, sums / sums[-1]) for sums in (hits, misses))
        auc = float(np.sum(np.diff(false) * (true[1:] + true[:-1])) / 2)
        thresholds = np.append(np.inf, ranked[ends])
        return cls(name, thresholds, true, false, auc, int(np.count_nonzero(is_class)))

    def at(self, threshold: float) -> tuple[float, float]:
        """False and true positive rate of the rows whose probability is at least a threshold."""
        k = int(np.count_nonzero(self.thresholds >= threshold)) - 1
        return float(self.false_positives[k]), float(self.true_positives[k])


def roc_curves(rows: ClassRows) -> tuple[RocCurve, ...]:
    """The curve of each class that has one; for two classes, the curve of the second.

    Raises
    ------
    InvalidInput
        If all rows belong to one class.
    """
    codes = range(len(rows.classes))
    curves = []
    for k in codes if len(codes) > 2 else codes[1:]:
        is_class = rows.true == k
        if is_class.any() and not is_class.all():
            curves.append(
                RocCurve.of(rows.classes[k], rows.probabilities[:, k], is_class, rows.weights)
            )
    if not curves:
        raise InvalidInput(
            f"a ROC curve needs rows of two classes, but all {count(len(rows.true), 'row')} belong to "
            f"{rows.classes[rows.true[0]]!r}"
        )
    return tuple(curves)


def roc(
    predicted: Model | FittedEstimator | npt.ArrayLike,
    true: Any,
    ax: Axes | None = None,
    classes: Sequence[object] | None = None,
    weights: npt.ArrayLike | None = None,
) -> Axes:
    """Draw the true positive rate of a class against its false positive rate (ROC curves).

    Parameters
    ----------
    predicted : Model, fitted estimator, or array_like (N,) or (N, C)
        A model of classes; or probabilities of the classes; for two classes, those of the second are sufficient.
    true : array_like (N,); with a model a table or a pair (X, y)
        The labels; or rows with the target.  For the table of the fit, rows that the networks were not fitted to are
        used: held-out rows, or rows in folds.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.
    classes : sequence, optional
        The classes in the order of the columns; by default the sorted labels.  Not for a model.
    weights : array_like, (N,), optional
        Case weights, if arrays are given.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If the model predicts numbers, a number is not a probability, a label is not a class, or all rows belong to one
        class.
    ShapeMismatch
        If the numbers of rows or classes do not agree.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    For two classes, the curve of the second is drawn, with a mark at the threshold 0.5.  For more, each class has a
    curve against all others; if there are more than six, all except those with the lowest AUC are gray.

    References
    ----------
    T. Fawcett, An introduction to ROC analysis, Pattern Recognition Letters 27 (2006) 861, algorithms 1 and 2.

    Examples
    --------
    >>> import sheernet as sn
    >>> ax = sn.plots.roc([0.1, 0.4, 0.35, 0.8], ["no", "no", "yes", "yes"])
    >>> ax.get_title().splitlines()
    ['ROC of yes: AUC 0.7500', '4 rows']
    """
    rows = class_rows(predicted, true, classes, weights)
    curves = roc_curves(rows)
    named = min(len(curves), MOST_CURVES) + 1
    with drawing(ax, 5.4, 5.4 + 0.18 * named, settled=True) as ax:
        ax.plot(
            [0, 1], [0, 1], color=NEUTRAL, linewidth=1.0, linestyle=":", label="by chance: AUC 0.5"
        )
        if len(rows.classes) == 2:
            _draw_one(ax, curves[0], rows)
        else:
            _draw_many(ax, curves, rows)
        ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
        grid(ax)
        ax.set_xlabel("false positives: share of the rows of other classes")
        ax.set_ylabel("true positives: share of the rows of the class")
        legend_below(ax)
    return ax


def _draw_one(ax: Axes, curve: RocCurve, rows: ClassRows) -> None:
    ax.plot(curve.false_positives, curve.true_positives, color=SERIES[0], zorder=3)
    where = curve.at(0.5)
    shares = f"{100 * where[1]:.0f} % found, {100 * where[0]:.0f} % false alarms"
    mark(ax, [where[0]], [where[1]], 9, f"probability of at least 0.5: {shares}", color="black")
    ax.set_title(f"ROC of {shortened(curve.name, LONGEST)}: AUC {curve.auc:.4f}\n{rows.label}")


def _draw_many(ax: Axes, curves: Sequence[RocCurve], rows: ClassRows) -> None:
    """Draw the curves in colors, the lowest AUC first; if there are many classes, those of the others are gray."""
    ordered = sorted(curves, key=lambda curve: curve.auc)
    gray = ordered[MOST_CURVES:]
    for k, curve in enumerate(ordered[:MOST_CURVES] if gray else curves):
        label = f"{shortened(curve.name, LONGEST)}: {curve.auc:.4f}, {count(curve.n_rows, 'row')}"
        look: Any = {"color": SERIES[k], "linestyle": DASHES[k]}
        ax.plot(curve.false_positives, curve.true_positives, zorder=3, label=label, **look)
    for k, curve in enumerate(gray[:MOST_GRAY]):
        label = f"{count(len(gray), 'other class', 'other classes')}: from {gray[0].auc:.4f}"
        ax.plot(
            curve.false_positives, curve.true_positives, color="#B8B8B8", linewidth=0.6, zorder=2,
            label=label if k == 0 else None,
        )  # fmt: skip
    mean = np.mean([curve.auc for curve in curves])
    without = len(rows.classes) - len(curves)
    lacking = f"; {count(without, 'class has', 'classes have')} no rows" if without else ""
    ax.set_title(f"ROC of each class: mean AUC {mean:.4f}\n{rows.label}{lacking}")
