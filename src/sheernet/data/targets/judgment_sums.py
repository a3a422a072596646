r"""Sums over some rows from which the measures of `judgment` are computed; sums of other rows can be merged into them.

    n = number of rows,  W = sum w,  S = sum w (p - y)^2,  m = sum w y / W,  V = sum w (y - m)^2,  D = sum w ln density
    rmse = sqrt(S / W),  R^2 = 1 - S / V,  log density = D / W

Two parts a and b with d = m_b - m_a are merged by

    m = m_a + d W_b / W,    V = V_a + V_b + d^2 W_a W_b / W

(Chan, Golub, LeVeque 1983, The American Statistician 37, 242, eq. 2.1), which does not cancel if the mean is large.
Figures of classes need the table of true and predicted classes, and the sum of the log losses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheernet.data.preprocessing.scaling_rules import TINY
from sheernet.data.targets.judgment import (
    ClassificationFit,
    Codes,
    RegressionFit,
    chosen,
    weight_of,
)
from sheernet.foundation.arrays import Array, equal_rows
from sheernet.foundation.scalars import LARGEST


@dataclass(frozen=True, eq=False)
class NumberSums:
    """Sums for the measures of numeric predictions, on the scale of the network.

    Parameters
    ----------
    rows : int
        Rows of positive weight, n.
    weight : float
        Sum of the case weights, W.
    squares, middle, spread : ndarray, (K,)
        S, m and V of each target.
    log_density : float or None
        D; None if the prediction has no density.
    """

    rows: int
    weight: float
    squares: Array
    middle: Array
    spread: Array
    log_density: float | None = None

    @classmethod
    def of(
        cls, outputs: Array, y: Array, weights: Array | None, log_densities: Array | None = None
    ) -> NumberSums:
        """Return the sums of some rows.

        Parameters
        ----------
        outputs, y : ndarray, (N, K)
            Predictions and targets.
        weights : ndarray, (N,), or None
            Case weights.
        log_densities : ndarray, (N,), optional
            Log densities of the targets.

        Examples
        --------
        >>> import numpy as np
        >>> from sheernet.data.targets.judgment_sums import NumberSums
        >>> one = NumberSums.of(np.array([[1.0], [2.0]]), np.array([[1.0], [2.0]]), None)
        >>> other = NumberSums.of(np.array([[3.0]]), np.array([[4.0]]), None)
        >>> one.merged(other).fit((10.0,))
        RegressionFit(rows=3, rmse=(5.773502691896258,), r2=(0.7857142857142857,), log_density=None, weight=None)
        """
        w = np.ones(len(y)) if weights is None else weights
        counts = w > 0
        outputs, y, w = outputs[counts], y[counts], w[counts]
        total = float(w.sum())
        if not total:
            nothing = np.zeros(y.shape[1])
            density = None if log_densities is None else 0.0
            return cls(0, 0.0, nothing, nothing, nothing, density)
        middle = y[0] + w @ (y - y[0]) / total  # exact if the target is constant
        with np.errstate(all="ignore"):
            squares, spread = w @ (outputs - y) ** 2, w @ (y - middle) ** 2
        density = None if log_densities is None else float(w @ log_densities[counts])
        return cls(len(y), total, squares, middle, spread, density)

    def merged(self, other: NumberSums) -> NumberSums:
        """Return the sums of the rows of both."""
        if not self.rows or not other.rows:
            return other if not self.rows else self
        weight = self.weight + other.weight
        step = other.middle - self.middle
        known = self.log_density is not None and other.log_density is not None
        return NumberSums(
            self.rows + other.rows,
            weight,
            self.squares + other.squares,
            self.middle + step * (other.weight / weight),
            self.spread + other.spread + step**2 * (self.weight * other.weight / weight),
            (self.log_density or 0.0) + (other.log_density or 0.0) if known else None,
        )

    def fit(self, scale: Sequence[float]) -> RegressionFit:
        """Return the measures.

        Parameters
        ----------
        scale : sequence of float, length K
            Units of the targets in one unit of the network.
        """
        squares = np.minimum(self.squares, LARGEST)
        rmse = np.minimum(np.sqrt(squares / self.weight) * np.asarray(scale), LARGEST)
        r2 = tuple(
            max(float(1.0 - s / v), -LARGEST) if v > 0 else None
            for s, v in zip(squares, self.spread, strict=True)
        )
        density = self.log_density
        if density is not None:
            density = density / self.weight - float(np.log(scale).sum())
            density = density if np.isfinite(density) else None
        weight = weight_of(self.rows, self.weight)
        return RegressionFit(self.rows, tuple(map(float, rmse)), r2, density, weight)


@dataclass(frozen=True, eq=False)
class ClassSums:
    """Sums for the measures of predicted classes.

    Parameters
    ----------
    rows : int
        Rows of positive weight, n.
    cells : ndarray, (C, C)
        Sums of the case weights by true class (rows) and predicted class.
    log_loss : float
        sum w -ln(probability of the true class).
    weighted : bool
        Whether the rows have case weights; without, the cells are counts.
    cases : float
        The number of rows, of which one of weight k counts as k if the weights are counts.
    """

    rows: int
    cells: Array
    log_loss: float
    weighted: bool
    cases: float

    @classmethod
    def of(cls, probabilities: Array, true: Codes, weights: Array | None) -> ClassSums:
        """Return the sums of some rows.

        Parameters
        ----------
        probabilities : ndarray, (N, C)
            Probability of each class.
        true : ndarray of int, (N,)
            Index of each row's class.
        weights : ndarray, (N,), or None
            Case weights.

        Examples
        --------
        >>> import numpy as np
        >>> from sheernet.data.targets.judgment_sums import ClassSums
        >>> sums = ClassSums.of(np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]]), np.array([0, 1, 1]), None)
        >>> sums.fit().confusion, round(sums.merged(sums).fit().accuracy, 3)
        (((1, 0), (1, 1)), 0.667)
        """
        n_rows, n_classes = probabilities.shape
        w = np.ones(n_rows) if weights is None else weights
        likelihood = np.maximum(probabilities[np.arange(n_rows), true], TINY)
        pairs = true * n_classes + chosen(probabilities)
        cells = np.bincount(pairs, w, n_classes**2).reshape(-1, n_classes).astype(np.float64)
        loss = -float(w @ np.log(likelihood))
        cases = float(equal_rows(weights, n_rows).sum())
        return cls(int(np.count_nonzero(w)), cells, loss, weights is not None, cases)

    def merged(self, other: ClassSums) -> ClassSums:
        """Return the sums of the rows of both."""
        return ClassSums(
            self.rows + other.rows,
            self.cells + other.cells,
            self.log_loss + other.log_loss,
            self.weighted or other.weighted,
            self.cases + other.cases,
        )

    def fit(self, majority_class: int | None = None) -> ClassificationFit:
        """Return the measures.

        Parameters
        ----------
        majority_class : int, optional
            Index of the most frequent class of the training rows; by default the most frequent class of these rows.
        """
        of_classes = self.cells.sum(axis=1)
        total = float(of_classes.sum())
        most = of_classes.max() if majority_class is None else of_classes[majority_class]
        cells = self.cells if self.weighted else self.cells.astype(np.int64)
        return ClassificationFit(
            rows=self.rows,
            accuracy=min(float(self.cells.trace()) / total, 1.0),
            log_loss=max(self.log_loss / total, 0.0),
            majority=min(float(most) / total, 1.0),
            confusion=tuple(map(tuple, cells.tolist())),
            weight=weight_of(self.rows, total),
        )


Sums = NumberSums | ClassSums
