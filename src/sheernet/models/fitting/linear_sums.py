r"""The linear model of many rows from sums over them: the objective that the normal equations minimize.

    G = sum_n w_n x_n x_n^T,    C = sum_n w_n x_n y_n^T,    S = sum_n w_n |y_n|^2    x_n ends with a 1 for the bias
    sum_n w_n 1/2 |A^T x_n - y_n|^2 = 1/2 (tr A^T G A - 2 tr A^T C + S),    gradient G A - C

The sums of shards are added; from these sums, the evidence chooses the decay as it would from the rows.  The cost is
inaccurate by cancellation if the model fits the rows to more than about seven digits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.network.architecture import Architecture
from sheernet.objective import costs
from sheernet.objective.decay import as_decay


@dataclass(frozen=True, eq=False)
class LinearSums:
    """Sums over rows for a linear model.

    Parameters
    ----------
    rows : int
        Number of rows of positive weight.
    weight : float
        Sum of the case weights.
    squares, products : ndarray, (d + 1, d + 1) and (d + 1, K)
        G and C.
    total : float
        S.
    """

    rows: int
    weight: float
    squares: Array
    products: Array
    total: float

    @classmethod
    def of(cls, X: Array, y: Array, weights: Array | None) -> LinearSums:
        """Return the sums of rows X (N, d), y (N, K) with case weights (N,)."""
        w = np.ones(len(X)) if weights is None else weights
        extended = np.column_stack([X, np.ones(len(X))])  # (N, d + 1)
        weighted = extended * w[:, None]
        return cls(
            int(np.count_nonzero(w)),
            float(w.sum()),
            weighted.T @ extended,
            weighted.T @ y,
            float((w[:, None] * y * y).sum()),
        )

    def merged(self, other: LinearSums) -> LinearSums:
        """Return the sums of the rows of both."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return LinearSums(*(one + another for one, another in pairs))


@dataclass(frozen=True, eq=False)
class LinearObjective:
    """The objective of a linear network, as a sum over the rows, computed from `LinearSums`.

    It has the methods that optimizers and the evidence need.

    Parameters
    ----------
    architecture : Architecture
        A network without hidden layers, with the identity as output activation.
    sums : LinearSums
        Sums over the rows.
    decay : array_like (P,) or float
        Weight decay.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.models.fitting.linear_sums import LinearObjective, LinearSums
    >>> X, y = np.array([[0.0], [1.0], [2.0]]), np.array([[1.0], [2.0], [4.0]])
    >>> arch = sn.Architecture((1, 1))
    >>> ours, told = LinearObjective(arch, LinearSums.of(X, y, None)), sn.make_objective(arch, X, y, reduction="sum")
    >>> theta = np.array([0.5, -1.0])
    >>> bool(abs(ours.value(theta) - told.value(theta)) < 1e-14)
    True
    """

    architecture: Architecture
    sums: LinearSums
    decay: Any = 0.0

    reduction = "sum"
    engine = "reference"
    cost = costs.get("squared_error")

    def __post_init__(self) -> None:
        object.__setattr__(self, "decay", as_decay(self.decay, self.architecture))

    @property
    def size(self) -> int:
        """P, the number of parameters."""
        return self.architecture.n_parameters

    @property
    def n_samples(self) -> int:
        """N, the number of rows of positive weight."""
        return self.sums.rows

    @property
    def total_weight(self) -> float:
        """The sum of the case weights."""
        return self.sums.weight

    @property
    def constants(self) -> dict[str, float]:
        """The numbers N of rows and K of targets."""
        return {"N": self.sums.rows, "K": self.architecture.n_outputs}

    @property
    def relative_decay(self) -> float:
        """The median decay / sum_n w_n."""
        return float(np.sort(self.decay)[self.size // 2] / self.sums.weight)

    def replace(self, weights: object = None, decay: Any = None) -> LinearObjective:
        """Return the objective with another decay."""
        return replace(self, decay=self.decay if decay is None else decay)

    def value(self, theta: Array) -> float:
        """Return the objective."""
        cost, penalty, _ = self.terms(theta)
        return cost + penalty

    def terms(self, theta: Array) -> tuple[float, float, float]:
        """Return the cost, the penalty, and the sum of the absolute terms."""
        A = self._matrix(theta)
        G, C = self._of_network
        parts = 0.5 * float((A * (G @ A)).sum()), -float((A * C).sum()), 0.5 * self.sums.total
        penalty = 0.5 * float(self.decay @ theta**2)
        return max(sum(parts), 0.0), penalty, sum(map(abs, parts)) + penalty

    def value_and_gradient(self, theta: Array) -> tuple[float, Array]:
        """Return the objective and its gradient, (P,)."""
        G, C = self._of_network
        return self.value(theta), (G @ self._matrix(theta) - C).ravel() + self.decay * theta

    def gauss_newton(self, theta: Array) -> tuple[float, Array, Array]:
        """Return the objective, its gradient, and its Hessian, (P, P)."""
        G, _ = self._of_network
        matrix: Any = np.kron(G, np.eye(self.architecture.n_outputs))
        matrix[np.diag_indices(self.size)] += self.decay
        return *self.value_and_gradient(theta), matrix

    def hessian_vector(self, theta: Array, v: Array) -> Array:
        """Return the Hessian times v, (P,) or (P, m)."""
        return self.gauss_newton(theta)[2] @ v

    def gradient_magnitude(self, theta: Array) -> Array:
        """Return the sum of the absolute terms of each entry of the gradient, (P,)."""
        G, C = self._of_network
        terms = np.abs(G) @ np.abs(self._matrix(theta)) + np.abs(C)
        return terms.ravel() + np.abs(self.decay * theta)

    @property
    def has_second_derivatives(self) -> bool:
        """True."""
        return True

    @property
    def _of_network(self) -> tuple[Array, Array]:
        """G and C of the parameters: without the last row if there are no biases."""
        n = self.size // self.architecture.n_outputs
        return self.sums.squares[:n, :n], self.sums.products[:n]

    def _matrix(self, theta: Array) -> Array:
        """Return A, (d + 1, K) or (d, K): the weights, and the biases in its last row."""
        return theta.reshape(-1, self.architecture.n_outputs)
