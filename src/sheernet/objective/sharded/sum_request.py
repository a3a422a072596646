"""Requests of an evaluation for sums over the rows of each shard (`Request`), and their computation (`shard_sums`).

    sum_n w_n loss_n, its gradient, its Gauss-Newton matrix, ...    over the rows n of the shard, w_n the case weights

without decay and without division by the total weight, so that the sums of shards only have to be added.
A symmetric matrix is stored as its lower triangle, row by row, P (P + 1) / 2 numbers.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from math import prod

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, require_known
from sheernet.network import Architecture
from sheernet.objective.costs import Cost
from sheernet.objective.engines.threads import blas_threads
from sheernet.objective.objective import make_objective
from sheernet.objective.objective_protocol import Objective
from sheernet.objective.sharded.fixed_tree import Sums

QUANTITIES = (
    "value", "gradient", "terms", "gauss_newton", "outer_product", "hessian_vector", "gradient_magnitude",
)  # fmt: skip
"""The quantities that can be requested."""


@dataclass(frozen=True, eq=False)
class Request:
    """A request for sums from every shard.

    Parameters
    ----------
    quantity : str
        The requested quantity, and its sums:

        - "value": the cost, ()
        - "gradient": the cost, (), and its gradient, (P,)
        - "terms": the cost, (), and the sum of its absolute terms, ()
        - "gauss_newton": the cost, its gradient, and the triangle of its Gauss-Newton matrix
        - "outer_product": the triangle of the sum of outer products of the gradients of the losses
        - "hessian_vector": the Hessian times `directions`
        - "gradient_magnitude": the sum of the absolute terms of the gradient, (P,)
    theta : ndarray, (P,)
        The weights of the network.
    directions : ndarray, (P,) or (P, m), optional
        The vectors of "hessian_vector".
    """

    quantity: str
    theta: Array
    directions: Array | None = None

    def __post_init__(self) -> None:
        require_known("quantity", self.quantity, QUANTITIES)

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shapes of the sums."""
        if self.quantity == "hessian_vector":
            return (_directions(self).shape,)
        size = self.theta.size
        number, vector, triangle = (), (size,), (size * (size + 1) // 2,)
        shapes: dict[str, tuple[tuple[int, ...], ...]] = {
            "value": (number,), "gradient": (number, vector), "terms": (number, number),
            "gauss_newton": (number, vector, triangle), "outer_product": (triangle,),
            "gradient_magnitude": (vector,),
        }  # fmt: skip
        return shapes[self.quantity]

    @property
    def n_bytes(self) -> int:
        """The bytes of the sums."""
        return 8 * sum(map(prod, self.shapes))


@dataclass(frozen=True, eq=False)
class JointRequest:
    """Several requests, evaluated by one pass over the rows: its sums are the sums of the requests in their order.

    Parameters
    ----------
    parts : tuple of Request
        The requests.

    Notes
    -----
    The tree adds every array separately, so each sum is bitwise equal to the sum of a separate request.
    """

    parts: tuple[Request, ...]
    quantity = "joint"

    @property
    def n_bytes(self) -> int:
        """The bytes of the sums."""
        return sum(part.n_bytes for part in self.parts)

    def divided(self, sums: Sums) -> list[Sums]:
        """Return the sums of each request."""
        every = iter(sums)
        return [tuple(next(every) for _ in part.shapes) for part in self.parts]


def shard_engine(
    architecture: Architecture,
    cost: str | Cost,
    X: Array,
    y: Array,
    w: Array | None,
    engine: str = "auto",
    threads: int = 1,
) -> Objective | None:
    """Return the engine that evaluates one shard; None without a row of positive weight.

    Parameters
    ----------
    architecture, cost
        As in `make_objective`.
    X, y : ndarray, (n, d_0) and (n, K)
        The rows of the shard; n may be 0.
    w : ndarray, (n,), optional
        Case weights.
    engine : {"auto", "reference", "compiled"}
        As in `make_objective`.
    threads : int
        Threads of an evaluation of the shard, if there are more threads than shards; they do not change any bit.
    """
    if len(X) == 0 or (w is not None and len(w) and not np.any(w)):
        return None
    return make_objective(
        architecture, X, y, cost=cost, reduction="sum", weights=w, engine=engine, threads=threads
    )


def shard_sums(engine: Objective | None, request: Request | JointRequest) -> Sums:
    """Return the sums over the rows of a shard; zeros without rows.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.objective.sharded import Request, shard_engine, shard_sums
    >>> engine = shard_engine(sn.Architecture((1, 1)), "squared_error", np.ones((2, 1)), np.ones((2, 1)), None)
    >>> shard_sums(engine, Request("gradient", np.zeros(2)))  # 2 times 1/2 (0 - 1)^2
    (array(1.), array([-2., -2.]))
    """
    if isinstance(request, JointRequest):
        return tuple(each for part in request.parts for each in shard_sums(engine, part))
    if engine is None:
        return tuple(np.zeros(shape) for shape in request.shapes)
    theta, quantity = request.theta, request.quantity
    # Several threads of BLAS would change the rounding of the reference engine.
    with blas_threads(1) if engine.engine == "reference" else nullcontext():
        if quantity == "value":
            return (np.asarray(engine.value(theta)),)
        if quantity == "gradient":
            value, gradient = engine.value_and_gradient(theta)
            return np.asarray(value), gradient
        if quantity == "terms":
            cost, _, magnitude = engine.terms(theta)
            return np.asarray(cost), np.asarray(magnitude)
        if quantity == "gauss_newton":
            value, gradient, matrix = engine.gauss_newton(theta)
            return np.asarray(value), gradient, triangle_of(matrix)
        if quantity == "outer_product":
            return (triangle_of(engine.gradient_outer_product(theta)),)
        if quantity == "gradient_magnitude":
            return (engine.gradient_magnitude(theta),)
        return (engine.hessian_vector(theta, _directions(request)),)


def triangle_of(matrix: Array) -> Array:
    """Return the lower triangle of a matrix (P, P), row by row, (P (P + 1) / 2,).

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.objective.sharded.sum_request import matrix_of, triangle_of
    >>> triangle_of(np.array([[1.0, 2.0], [2.0, 3.0]])).tolist()
    [1.0, 2.0, 3.0]
    """
    size = len(matrix)
    triangle = np.empty(size * (size + 1) // 2)
    for i, row in enumerate(matrix):  # np.tril_indices would take twice the memory of the matrix
        triangle[i * (i + 1) // 2 : (i + 1) * (i + 2) // 2] = row[: i + 1]
    return triangle


def matrix_of(triangle: Array, size: int) -> Array:
    """Return the symmetric matrix (P, P) of a lower triangle, as returned by `triangle_of`."""
    matrix = np.empty((size, size))
    for i in range(size):
        row = triangle[i * (i + 1) // 2 : (i + 1) * (i + 2) // 2]
        matrix[i, : i + 1] = row
        matrix[: i + 1, i] = row
    return matrix


def _directions(request: Request) -> Array:
    if request.directions is None:
        raise InvalidInput("a request of hessian_vector needs directions, (P,) or (P, m)")
    return request.directions
