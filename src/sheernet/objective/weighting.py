"""Sample weights of the objective, from case weights and reduction (`Weighting`).

    reduction "mean"    w_n = case_weight_n / sum of case weights
    reduction "sum"     w_n = case_weight_n

Value and gradient both use these w_n, so the averaging is the same in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy.typing as npt

from sheernet.foundation.arrays import Array, as_case_weights, extremes, read_only
from sheernet.foundation.errors import require_known

REDUCTIONS = ("mean", "sum")


@dataclass(frozen=True, eq=False)
class Weighting:
    """Case weights and reduction.

    Parameters
    ----------
    case_weights : ndarray, (N,)
        A weight of k counts as k equal rows, a weight of 0 as an omitted row.
    reduction : {"mean", "sum"}
        Whether the weights are divided by their sum.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.objective.weighting import Weighting
    >>> Weighting(np.array([1.0, 3.0]), "mean").sample_weights.tolist()
    [0.25, 0.75]
    """

    case_weights: Array
    reduction: str

    def __post_init__(self) -> None:
        require_known("reduction", self.reduction, REDUCTIONS)

    @classmethod
    def of(cls, weights: npt.ArrayLike | None, n_rows: int, reduction: str) -> Weighting:
        """Check case weights for `n_rows` rows; None gives all rows the weight 1."""
        vector = as_case_weights(weights, n_rows)
        if weights is not None:
            return cls(read_only(vector), reduction)
        vector.flags.writeable = False
        return cls(vector, reduction)

    def replace(self, weights: npt.ArrayLike) -> Weighting:
        """Return the same reduction with other case weights."""
        return Weighting.of(weights, len(self.case_weights), self.reduction)

    @cached_property
    def sample_weights(self) -> Array:
        """w_n, (N,)."""
        if self.reduction == "sum":
            return self.case_weights
        # Dividing by the maximum first prevents an overflow of the sum.
        relative: Array = self.case_weights / self.case_weights.max()
        relative /= relative.sum()
        return relative

    @cached_property
    def positive(self) -> Array:
        """w_n of the rows with positive weight, (N,)."""
        w = self.sample_weights
        return w if extremes(w)[0] > 0 else w[w > 0]
