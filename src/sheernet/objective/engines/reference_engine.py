r"""The reference engine (`ReferenceEngine`): the objective in plain, readable NumPy.

    objective(theta) = sum_n w_n loss_n(theta)  +  1/2 sum_p decay_p theta_p^2

w_n are the final sample weights, which include the reduction ("mean" or "sum") of value and gradient.
tests/contracts compares every other engine with this one.  Notation: N samples with positive weight, K outputs,
P parameters, M = N K residuals, D parameters with decay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, as_theta, as_vectors
from sheernet.foundation.memory import USE_LBFGS, require_room
from sheernet.network import Architecture, propagation
from sheernet.network.activations import ALL, Activation, AnyArray
from sheernet.network.structured_matrix import StructuredMatrix
from sheernet.objective.costs import Cost, derivative
from sheernet.objective.decay import DecayLike
from sheernet.objective.engines.description import Description
from sheernet.objective.weighting import Weighting

BLOCK_ENTRIES = 2**20  # numbers for a block of rows, such as its Jacobian: 8 MiB, to fit the cache

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def _without_warnings(
    method: Callable[Concatenate[ReferenceEngine, Arguments], Result],
) -> Callable[Concatenate[ReferenceEngine, Arguments], Result]:
    """Suppress floating-point warnings: line searches evaluate points where the objective overflows."""

    @wraps(method)
    def quiet(
        self: ReferenceEngine, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        with np.errstate(all="ignore"):
            return method(self, *args, **kwargs)

    return quiet


@dataclass(frozen=True, eq=False, repr=False)
class ReferenceEngine(Description):
    """An objective evaluated with NumPy.  Created by `sheernet.make_objective`.

    Parameters
    ----------
    architecture : Architecture
        The network.
    cost : Cost
        The loss of a sample.
    X, y : ndarray, (N_all, d_0) and (N_all, K)
        All rows, including those with weight 0; shared with the objectives that `replace` returns.
    weighting : Weighting
        Case weights and reduction.
    decay : ndarray, (P,)
        Penalty 1/2 decay_p theta_p^2 of each parameter.
    """

    architecture: Architecture
    cost: Cost
    X: Array
    y: Array
    weighting: Weighting
    decay: Array
    _rows: tuple[Array, Array, Array] = field(init=False)

    engine = "reference"

    def __post_init__(self) -> None:
        w = self.weighting.sample_weights
        kept = w > 0  # rows with weight 0 are omitted, because 0 * inf is nan
        rows = (self.X, self.y, w) if kept.all() else (self.X[kept], self.y[kept], w[kept])
        object.__setattr__(self, "_rows", rows)

    @property
    def n_samples(self) -> int:
        """N, the number of rows with positive weight."""
        return len(self._rows[0])

    @property
    def rows(self) -> tuple[Array, Array, Array]:
        """Rows with positive weight: inputs (N, d_0), targets (N, K), and w_n (N,) including the reduction."""
        return self._rows

    @_without_warnings
    def value(self, theta: npt.ArrayLike) -> float:
        """Return the objective."""
        theta = as_theta(theta, self.size)
        z, y, w = self._outputs(theta)
        return self._value(theta, z, y, w)

    @_without_warnings
    def value_and_gradient(self, theta: npt.ArrayLike) -> tuple[float, Array]:
        """Return the objective and its gradient, (P,)."""
        theta = as_theta(theta, self.size)
        X, y, w = self._rows
        passes = propagation.forward(self.architecture, theta, X)
        delta = w[:, None] * self.cost.delta(self._output, passes.pre_activations[-1], y)  # (N, K)
        gradient = (
            propagation.backward(self.architecture, theta, passes, delta).vector
            + self.decay * theta
        )
        return self._value(theta, passes.pre_activations[-1], y, w), gradient

    @_without_warnings
    def terms(self, theta: npt.ArrayLike) -> tuple[float, float, float]:
        """Return cost, penalty, and the sum of the absolute terms of both, the scale of the value's rounding noise."""
        theta = as_theta(theta, self.size)
        z, y, w = self._outputs(theta)
        cost = float(w @ self.cost.loss(self._output, z, y))
        penalty = self._penalty(theta)
        return cost, penalty, float(w @ self.cost.magnitude(self._output, z, y)) + penalty

    @_without_warnings
    def gradient_magnitude(self, theta: npt.ArrayLike) -> Array:
        """Return sum_n |w_n d loss_n / d theta_p| + |decay_p theta_p|, (P,), the scale of the gradient's noise."""
        theta = as_theta(theta, self.size)
        X, y, w = self._rows
        total = np.abs(self.decay * theta)
        for rows in self._row_blocks(self.size * self.architecture.n_outputs):
            passes = propagation.forward(self.architecture, theta, X[rows])
            delta = w[rows, None] * self.cost.delta(
                self._output, passes.pre_activations[-1], y[rows]
            )
            J = propagation.jacobian(self.architecture, theta, passes)  # (n, K, P)
            total += np.abs(np.einsum("nk,nkp->np", delta, J)).sum(axis=0)
        return total

    @_without_warnings
    def residuals_and_jacobian(self, theta: npt.ArrayLike) -> tuple[Array, Array]:
        """Return residuals sqrt(w_n) (a - y) followed by sqrt(decay_p) theta_p for decay_p > 0, and their Jacobian.

        Returns
        -------
        ndarray, (M + D,)
            Half the sum of their squares is the objective.
        ndarray, (M + D, P)
            Jacobian; its transpose times the residuals is the gradient.

        Raises
        ------
        InvalidInput
            If the cost is not squared_error.
        """
        self._require_residuals()
        theta = as_theta(theta, self.size)
        X, y, w = self._rows
        passes = propagation.forward(self.architecture, theta, X)
        slope = derivative(self._output)(passes.pre_activations[-1])  # (N, K)
        root = np.sqrt(w)[:, None]
        # (N, K, P)
        J = propagation.jacobian(self.architecture, theta, passes) * (root * slope)[:, :, None]
        decayed = self.decay > 0
        root_decay = np.sqrt(self.decay)
        residuals = np.concatenate(
            [(root * (passes.activations[-1] - y)).ravel(), (root_decay * theta)[decayed]]
        )
        return residuals, np.vstack([J.reshape(-1, self.size), np.diag(root_decay)[decayed]])

    @_without_warnings
    def gauss_newton(self, theta: npt.ArrayLike) -> tuple[float, Array, Array]:
        """Return the objective, its gradient, and the generalized Gauss-Newton matrix J^T H J + diag(decay).

        Returns
        -------
        float
            The value, bitwise equal to the value of `value_and_gradient`.
        ndarray, (P,)
            The gradient, bitwise equal to the gradient of `value_and_gradient`.
        ndarray, (P, P)
            Symmetric; H is w_n times the curvature of the cost in z_L, J the Jacobian of z_L.  Summed over row blocks.

        Raises
        ------
        InvalidInput
            If the matrices do not fit into memory.

        Notes
        -----
        J itself is not computed; see `sheernet.network.structured_matrix`.

        References
        ----------
        Schraudolph (2002), Neural Computation 14(7), 1723-1738, section 2.
        """
        theta = as_theta(theta, self.size)
        self._require_room_for_matrix("gauss_newton makes")
        value, gradient = self.value_and_gradient(theta)
        X, y, w = self._rows
        matrix = StructuredMatrix(self.architecture)
        for rows in self._row_blocks(matrix.numbers_per_sample):
            passes = propagation.forward(self.architecture, theta, X[rows])
            H = self.cost.curvature(self._output, passes.pre_activations[-1], y[rows])  # (n, K, K)
            deltas = propagation.deltas_of_outputs(self.architecture, theta, passes)
            matrix.add(passes, deltas, w[rows, None, None] * H)
        return value, gradient, matrix.expanded() + np.diag(self.decay)

    @_without_warnings
    def gradient_outer_product(self, theta: npt.ArrayLike) -> Array:
        """Return the sum of outer products of the losses' gradients, sum_n w_n g_n g_n^T, g_n = d loss_n / d theta.

        Parameters
        ----------
        theta : array_like, (P,)
            Weights.

        Returns
        -------
        ndarray, (P, P)
            Symmetric and without decay.

        Raises
        ------
        InvalidInput
            If the matrices do not fit into memory.

        Notes
        -----
        With this matrix M and the inverse C of the Hessian of the objective, C M C estimates the covariance of theta
        even if the model is wrong; with reduction "mean", divide it by the sum of the case weights.

        References
        ----------
        White (1982), Econometrica 50(1), 1-25, section 3.
        """
        theta = as_theta(theta, self.size)
        self._require_room_for_matrix("gradient_outer_product makes")
        X, y, w = self._rows
        matrix = StructuredMatrix(self.architecture)
        for rows in self._row_blocks(matrix.numbers_per_sample):
            passes = propagation.forward(self.architecture, theta, X[rows])
            delta = self.cost.delta(self._output, passes.pre_activations[-1], y[rows])  # (n, K)
            of_layers = propagation.backward(self.architecture, theta, passes, delta).deltas
            deltas = {layer: of_layers[layer][:, None] for layer in range(1, len(of_layers))}
            matrix.add(passes, deltas, w[rows, None, None])
        return matrix.expanded()

    @_without_warnings
    def hessian_vector(self, theta: npt.ArrayLike, v: npt.ArrayLike) -> Array:
        """Return the exact Hessian times v, without computing the Hessian.

        Parameters
        ----------
        theta : array_like, (P,)
            Weights.
        v : array_like, (P,) or (P, m)
            A vector, or m vectors in columns; quantities that depend only on theta are computed once.

        Returns
        -------
        ndarray, (P,) or (P, m)
            H v; each column is bitwise equal to the product with this column alone.

        Raises
        ------
        ShapeMismatch
            If v does not have P rows.

        References
        ----------
        Pearlmutter (1994), Neural Computation 6(1), 147-160.
        """
        theta, vectors = as_theta(theta, self.size), as_vectors(v, self.size, "v")
        X, y, w = self._rows
        arch = self.architecture
        passes = propagation.forward(arch, theta, X)
        z = passes.pre_activations[-1]
        gradients = propagation.backward(
            arch, theta, passes, w[:, None] * self.cost.delta(self._output, z, y)
        )

        def times(v: Array) -> Array:
            tangents = propagation.tangent_forward(arch, theta, passes, v)
            ddelta = w[:, None] * self.cost.delta_tangent(
                self._output, z, y, tangents.pre_activations[-1]
            )
            return (
                propagation.tangent_backward(arch, theta, passes, gradients, v, tangents, ddelta)
                + self.decay * v
            )

        if vectors.ndim == 1:
            return times(vectors)
        product = np.empty_like(vectors)  # (P, m)
        for j, column in enumerate(np.ascontiguousarray(vectors.T)):
            product[:, j] = times(column)
        return product

    @_without_warnings
    def complex_value(self, theta: npt.NDArray[np.complex128]) -> complex:
        """Return the objective of a complex theta; its imaginary part at theta + i h v is h times the slope along v."""
        theta = np.asarray(theta, complex)
        return complex(
            self._cost_of(theta, self._rows[0]) + 0.5 * (self.decay * theta * theta).sum()
        )

    @property
    def complex_is_exact(self) -> bool:
        """Whether `complex_value` is known to be analytic: user-defined activations may contain abs, for example."""
        return all(ALL.get(f.name) is f for f in self.architecture.activations)

    @property
    def has_second_derivatives(self) -> bool:
        """Whether all activations have a second derivative, so that `hessian_vector` can be called."""
        return all(f.second_derivative is not None for f in self.architecture.activations)

    @property
    def inputs(self) -> Array:
        """The inputs of the rows with positive weight, (N, d_0)."""
        return self._rows[0]

    @_without_warnings
    def value_at_inputs(self, theta: npt.ArrayLike, X: AnyArray) -> complex:
        """Return the objective at other inputs X, (N, d_0), real or complex, for the same targets."""
        theta = as_theta(theta, self.size)
        return complex(self._cost_of(theta, X) + self._penalty(theta))

    @_without_warnings
    def input_gradient(self, theta: npt.ArrayLike, X: Array) -> Array:
        """Return the gradient of `value_at_inputs` with respect to X, (N, d_0)."""
        theta = as_theta(theta, self.size)
        _, y, w = self._rows
        passes = propagation.forward(self.architecture, theta, X)
        delta = w[:, None] * self.cost.delta(self._output, passes.pre_activations[-1], y)  # (N, K)
        return propagation.backward(self.architecture, theta, passes, delta).deltas[0]

    @_without_warnings
    def kinks(self, theta: npt.ArrayLike) -> Array:
        """Return the pre-activations of all units with a kink at 0, such as relu units, for all rows: (m,)."""
        theta = as_theta(theta, self.size)
        z = propagation.forward(self.architecture, theta, self._rows[0]).pre_activations
        return np.concatenate([z[layer].ravel() for layer in self._kinked] or [np.empty(0)])

    def kink_name(self, index: int) -> str:
        """Return the layer, unit and row of an entry of `kinks`; only rows with positive weight are numbered."""
        for layer in self._kinked:
            width = self.architecture.sizes[layer]
            if index < self.n_samples * width:
                return f"layer {layer}, unit {index % width}, row {index // width}"
            index -= self.n_samples * width
        raise IndexError(index)

    def replace(
        self, weights: npt.ArrayLike | None = None, decay: DecayLike | None = None
    ) -> ReferenceEngine:
        """Return the same objective with other case weights or another decay; it shares the data.

        Parameters
        ----------
        weights : array_like, (N_all,), optional
            Case weights, to which the reduction is applied.
        decay : float, array_like (P,), or mapping, optional
            Penalty of each parameter.
        """
        weighting, vector = self._replaced(weights, decay)
        return ReferenceEngine(self.architecture, self.cost, self.X, self.y, weighting, vector)

    @property
    def _kinked(self) -> list[int]:
        """Layers with a non-smooth activation."""
        activations = self.architecture.activations
        return [layer for layer, f in enumerate(activations, start=1) if not f.smooth]

    @property
    def _output(self) -> Activation:
        return self.architecture.activations[-1]

    def _outputs(self, theta: AnyArray) -> tuple[Array, Array, Array]:
        X, y, w = self._rows
        return propagation.forward(self.architecture, theta, X).pre_activations[-1], y, w

    def _cost_of(self, theta: AnyArray, X: AnyArray) -> complex:
        """Return sum_n w_n loss_n at any inputs, real or complex."""
        _, y, w = self._rows
        z = propagation.forward(self.architecture, theta, X).pre_activations[-1]
        return complex((w * self.cost.loss(self._output, z, y)).sum())

    def _value(self, theta: Array, z: Array, y: Array, w: Array) -> float:
        return float(w @ self.cost.loss(self._output, z, y)) + self._penalty(theta)

    def _penalty(self, theta: Array) -> float:
        decayed = np.where(self.decay > 0, theta, 0.0)  # (P,): 0 * inf would be nan
        return 0.5 * float(self.decay @ (decayed * decayed))

    def _require_room_for_matrix(self, what: str) -> None:
        """Raise if a matrix and its sums by structure do not fit into memory."""
        require_room(what, self.size, USE_LBFGS, matrices=2)

    def _row_blocks(self, numbers_per_row: int) -> list[slice]:
        """Return slices of rows, each with arrays of about BLOCK_ENTRIES numbers."""
        step = max(1, BLOCK_ENTRIES // numbers_per_row)
        return [slice(start, start + step) for start in range(0, self.n_samples, step)]
