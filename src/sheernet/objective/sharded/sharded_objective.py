r"""The objective of rows in shards (`ShardedObjective`), from sums that a holder adds.

    objective(theta) = c sum_n w_n loss_n(theta)  +  1/2 sum_p decay_p theta_p^2

c is 1 for reduction "sum" and 1 / sum_n w_n for "mean"; w_n are the case weights.  Sums are multiplied by c once, and
the penalty is added once, after the last addition of the fixed tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from math import isfinite
from typing import NoReturn, Self

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, as_theta, as_vectors
from sheernet.foundation.errors import InvalidInput, require_known
from sheernet.foundation.memory import USE_LBFGS, require_room
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting
from sheernet.network import Architecture
from sheernet.objective import costs
from sheernet.objective.costs import Cost
from sheernet.objective.decay import DecayLike, as_decay
from sheernet.objective.engines.description import SummedDescription
from sheernet.objective.sharded.fixed_tree import Sums
from sheernet.objective.sharded.holder import Holder
from sheernet.objective.sharded.sum_request import Request, matrix_of
from sheernet.objective.standard_units import Moments
from sheernet.objective.weighting import REDUCTIONS

MATRICES = 3
"""Number of (P, P) matrices in memory during a sum of matrices: one of a shard, two triangles, and the result."""

NEEDS_ROWS: Mapping[str, str] = {
    "residuals_and_jacobian": "use gauss_newton",
    "weights": "use total_weight, the sum of the case weights",
    "weighting": "use total_weight, the sum of the case weights",
    "rows": "load the shards that you need",
    "inputs": "load the shards that you need",
    "complex_value": "check the gradient by differences",
    "kinks": "check the gradient by differences",
    "kink_name": "check the gradient by differences",
    "value_at_inputs": "make the objective of one shard with make_objective",
    "input_gradient": "make the objective of one shard with make_objective",
}
"""Members of other objectives that need the rows, and what to use instead."""


class RowsNeeded(InvalidInput, AttributeError):
    """A member of an objective needs the rows; because it is an AttributeError, `hasattr` returns False."""


class ShardedObjective(SummedDescription):
    """The objective of a network on all rows of a holder.

    Parameters
    ----------
    architecture : Architecture
        The network.
    cost : str or Cost
        The loss of a sample.
    holder : Holder
        The holder, which adds the sums of shards; the objective neither copies nor closes it.
    decay : float, array_like (P,), or mapping
        As in `make_objective`.
    reduction : {"mean", "sum"}
        Whether the sums are divided by the total weight.

    Raises
    ------
    InvalidInput
        If no row has a positive weight, or the holder belongs to another network or cost.

    Notes
    -----
    It has the members of an `Objective` that need only sums (`sheernet.objective.SummedObjective`).  Members that need
    the rows raise an error that states what to use instead, and `hasattr` does not find them.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.objective.sharded import MemoryHolder, ShardedObjective
    >>> class Shard:
    ...     def __init__(self, number, x, y):
    ...         self.number, self.n_rows, self.key = number, 1, str(number)
    ...         self.x, self.y = x, y
    ...     def load(self, part):
    ...         return np.array([self.x]), np.array([[self.y]]), None
    >>> arch = sn.Architecture((2, 1), bias=False)
    >>> holder = MemoryHolder([Shard(0, [1.0, 0.0], 1.0), Shard(1, [0.0, 1.0], 2.0)], arch, "squared_error")
    >>> objective = ShardedObjective(arch, "squared_error", holder, decay=0.5, reduction="sum")
    >>> objective.value_and_gradient(np.array([3.0, 2.0]))  # 1/2 (3 - 1)^2 + 0.5/2 (3^2 + 2^2)
    (5.25, array([3.5, 1. ]))
    """

    engine = "sharded"

    def __init__(
        self, architecture: Architecture, cost: str | Cost, holder: Holder,
        decay: DecayLike = 0.0, reduction: str = "mean",
    ) -> None:  # fmt: skip
        self.architecture, self.cost, self.holder = architecture, costs.get(cost), holder
        self.decay, self.reduction = as_decay(decay, architecture), reduction
        costs.require_pair(self.cost, architecture.activations[-1])
        require_known("reduction", reduction, REDUCTIONS)
        theirs = getattr(holder, "architecture", architecture), getattr(holder, "cost", self.cost)
        if theirs != (architecture, self.cost):
            raise InvalidInput(
                f"the holder was made for {theirs[0]} with cost {theirs[1].name!r}, but the objective is of "
                f"{architecture} with cost {self.cost.name!r}; make a holder for it"
            )
        if not (self.total_weight > 0 and isfinite(self.total_weight)):
            raise InvalidInput(
                "the case weights of all shards add up to {}, but the sum must be positive and finite; check the "
                "column of {}", self.total_weight, Setting("weights"),
            )  # fmt: skip

    def __getattr__(self, name: str) -> NoReturn:
        if name in NEEDS_ROWS:
            raise RowsNeeded(
                f"an objective of shards has no {name}, which needs the rows; {NEEDS_ROWS[name]}"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        rows, shards = counted(self.n_samples, "row"), counted(self.holder.n_shards, "shard")
        return f"<sharded objective: {self.cost.name} of {self.architecture}, {rows} in {shards}>"

    # --- definition ------------------------------------------------------------------------------------

    @property
    def n_samples(self) -> int:
        """N, the number of rows with positive weight."""
        return self.holder.n_samples

    @property
    def total_weight(self) -> float:
        """The sum of the case weights."""
        return self.holder.total_weight

    @property
    def relative_decay(self) -> float:
        """The median decay / sum_n w_n: the curvature of the penalty relative to the curvature of a row's loss."""
        return float(np.sort(self.decay)[self.size // 2] / (self.total_weight * self._factor))

    @property
    def moments(self) -> Moments:
        """The moments of inputs and targets."""
        assert self.holder.moments is not None  # the total weight is positive
        return self.holder.moments

    @property
    def has_second_derivatives(self) -> bool:
        """Whether all activations have a second derivative, so that `hessian_vector` can be called."""
        return all(f.second_derivative is not None for f in self.architecture.activations)

    def replace(
        self, weights: npt.ArrayLike | None = None, decay: DecayLike | None = None
    ) -> ShardedObjective:
        """Return the same objective with another decay and the same holder; other case weights need the rows."""
        if weights is not None:
            raise RowsNeeded(
                "an objective of shards cannot replace its case weights, which belong to the rows; "
                "give them as a column of the data"
            )
        decay = self.decay if decay is None else decay
        return ShardedObjective(self.architecture, self.cost, self.holder, decay, self.reduction)

    def over(self, holder: Holder) -> Self:
        """Return the same objective with the sums of another holder of the same rows."""
        same = copy(self)
        same.holder = holder
        return same

    # --- evaluation at theta ---------------------------------------------------------------------------

    def value(self, theta: npt.ArrayLike) -> float:
        """Return the objective."""
        theta = as_theta(theta, self.size)
        (cost,) = self._sums("value", theta)
        return float(cost) + self._penalty(theta)

    def value_and_gradient(self, theta: npt.ArrayLike) -> tuple[float, Array]:
        """Return the objective and its gradient, (P,)."""
        theta = as_theta(theta, self.size)
        cost, gradient = self._sums("gradient", theta)
        return float(cost) + self._penalty(theta), self._with_decay(gradient, theta)

    def terms(self, theta: npt.ArrayLike) -> tuple[float, float, float]:
        """Return cost, penalty, and the sum of the absolute terms of both."""
        theta = as_theta(theta, self.size)
        cost, magnitude = self._sums("terms", theta)
        penalty = self._penalty(theta)
        return float(cost), penalty, float(magnitude) + penalty

    def gauss_newton(self, theta: npt.ArrayLike) -> tuple[float, Array, Array]:
        """Return the objective, its gradient, and J^T H J + diag(decay), (P, P)."""
        theta = as_theta(theta, self.size)
        self._require_room_for_matrix("gauss_newton makes")
        cost, gradient, triangle = self._sums("gauss_newton", theta)
        matrix = matrix_of(triangle, self.size)
        matrix[np.diag_indices(self.size)] += self.decay
        return float(cost) + self._penalty(theta), self._with_decay(gradient, theta), matrix

    def gradient_outer_product(self, theta: npt.ArrayLike) -> Array:
        """Return sum_n w_n g_n g_n^T, (P, P), with g_n = d loss_n / d theta; without decay."""
        theta = as_theta(theta, self.size)
        self._require_room_for_matrix("gradient_outer_product makes")
        (triangle,) = self._sums("outer_product", theta)
        return matrix_of(triangle, self.size)

    def hessian_vector(self, theta: npt.ArrayLike, v: npt.ArrayLike) -> Array:
        """Return the exact Hessian times v, (P,); or times each column of v, (P, m), in one pass over the data."""
        theta, vectors = as_theta(theta, self.size), as_vectors(v, self.size, "v")
        (product,) = self._sums("hessian_vector", theta, vectors)
        decay = self.decay if vectors.ndim == 1 else self.decay[:, None]
        with np.errstate(all="ignore"):
            return product + decay * vectors

    def gradient_magnitude(self, theta: npt.ArrayLike) -> Array:
        """Return the sum of the absolute terms of each gradient entry, (P,): the scale of its rounding noise."""
        theta = as_theta(theta, self.size)
        (magnitude,) = self._sums("gradient_magnitude", theta)
        with np.errstate(all="ignore"):
            return magnitude + np.abs(self.decay * theta)

    @property
    def _factor(self) -> float:
        """c."""
        return 1.0 / self.total_weight if self.reduction == "mean" else 1.0

    def _sums(self, quantity: str, theta: Array, directions: Array | None = None) -> Sums:
        """Return the sums over all rows, times c."""
        sums = self.holder.sums(Request(quantity, theta, directions))
        with np.errstate(all="ignore"):
            return tuple(self._factor * each for each in sums)

    def _penalty(self, theta: Array) -> float:
        decayed = np.where(self.decay > 0, theta, 0.0)  # (P,): 0 * inf would be nan
        with np.errstate(all="ignore"):  # a sum of BLAS would depend on its threads
            return 0.5 * float((self.decay * (decayed * decayed)).sum())

    def _with_decay(self, gradient: Array, theta: Array) -> Array:
        with np.errstate(all="ignore"):
            return gradient + self.decay * theta

    def _require_room_for_matrix(self, what: str) -> None:
        require_room(what, self.size, USE_LBFGS, matrices=MATRICES)
