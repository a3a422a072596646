r"""Recognizes a plain layered network by its costs, to compute the gradients that certain mistakes would give.

    z_l = a_{l-1} W_l (+ b_l),  a_l = f_l(z_l),  a_0 = X,  cost = s/2 sum (a_L - y)^2 + d/2 sum_l sum W_l^2

The hidden layers have one f, the outputs another.  The functions f and the numbers s and d are those that give the
costs of the user's object at a few points; if none do, the network is not recognized, and no mistake is repaired.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import prod

import numpy as np

from sheernet.derivatives.foreign.entry_names import Part
from sheernet.foundation.arrays import Array

COST_RTOL = 1e-9
N_POINTS = 5  # more than the two unknowns s and d

Function = Callable[[Array], Array]
ACTIVATIONS: dict[str, tuple[Function, Function]] = {
    "sigmoid": (lambda z: 1.0 / (1.0 + np.exp(-z)), lambda z: 1.0 / (2.0 + np.exp(z) + np.exp(-z))),
    "tanh": (np.tanh, lambda z: 1.0 / np.cosh(z) ** 2),
    "identity": (lambda z: z, np.ones_like),
}
"""f and f' by name."""


@dataclass(frozen=True, eq=False)
class LayeredNetwork:
    """A network whose formula is known.

    Attributes
    ----------
    parts : sequence of Part
        Its arrays in the order of x: a matrix for each layer, and a bias vector for each or for none.
    hidden, output : str
        Names of the activations.
    X, y : ndarray, (N, d_0) and (N, K)
        The rows.
    scale, decay : float
        s and d.
    """

    parts: Sequence[Part]
    hidden: str
    output: str
    X: Array
    y: Array
    scale: float = 1.0
    decay: float = 0.0

    def terms(self, x: Array) -> tuple[float, float]:
        """Return 1/2 sum (a_L - y)^2 and 1/2 sum W^2."""
        weights, _ = self._unpacked(x)
        _, a = self._passes(x)
        return 0.5 * float(np.sum((a[-1] - self.y) ** 2)), 0.5 * sum(
            float(np.sum(W**2)) for W in weights
        )

    def data_gradient(
        self, x: Array, hidden_slope: Function | None = None, output_slope: Function | None = None
    ) -> Array:
        """Return the gradient of the data term, (P,); another slope takes z, as f' does."""
        slopes = [hidden_slope or ACTIVATIONS[self.hidden][1]] * (len(self._matrices) - 1)
        slopes.append(output_slope or ACTIVATIONS[self.output][1])
        weights, biases = self._unpacked(x)
        z, a = self._passes(x)
        delta = (a[-1] - self.y) * slopes[-1](z[-1])  # (N, K)
        of_weights: list[Array] = []
        of_biases: list[Array] = []
        for layer in range(len(weights) - 1, -1, -1):
            of_weights.insert(0, a[layer].T @ delta)
            of_biases.insert(0, delta.sum(axis=0))
            if layer:
                delta = (delta @ weights[layer].T) * slopes[layer - 1](z[layer - 1])
        given = {"W": iter(of_weights), "b": iter(of_biases if biases else [])}
        packed = [next(given["b" if part.is_bias else "W"]).ravel() for part in self.parts]
        return self.scale * np.concatenate(packed)

    def penalty_gradient(self, x: Array) -> Array:
        """Return d x for the weights and 0 for the biases, (P,)."""
        is_weight = [np.full(prod(part.shape), not part.is_bias) for part in self.parts]
        return self.decay * x * np.concatenate(is_weight)

    @property
    def _matrices(self) -> list[Part]:
        return [part for part in self.parts if not part.is_bias]

    def _unpacked(self, x: Array) -> tuple[list[Array], list[Array]]:
        ends = np.cumsum([prod(part.shape) for part in self.parts])
        arrays = [
            values.reshape(part.shape)
            for part, values in zip(self.parts, np.split(x, ends[:-1]), strict=True)
        ]
        pairs = list(zip(self.parts, arrays, strict=True))
        weights = [array for part, array in pairs if not part.is_bias]
        return weights, [array for part, array in pairs if part.is_bias]

    def _passes(self, x: Array) -> tuple[list[Array], list[Array]]:
        weights, biases = self._unpacked(x)
        functions = [ACTIVATIONS[self.hidden][0]] * (len(weights) - 1)
        functions.append(ACTIVATIONS[self.output][0])
        z, a = [], [self.X]
        for layer, (W, f) in enumerate(zip(weights, functions, strict=True)):
            z.append(a[-1] @ W + (biases[layer] if biases else 0.0))
            a.append(f(z[-1]))
        return z, a


def recognized(
    value: Callable[[Array], float], parts: Sequence[Part], x: Array, X: Array, y: Array
) -> LayeredNetwork | None:
    """Return the network with the costs of `value` at points near x; None if there is none."""
    X, y = np.asarray(X), np.asarray(y)
    if (
        X.ndim != 2
        or y.ndim not in (1, 2)
        or X.dtype.kind not in "fiu"
        or y.dtype.kind not in "fiu"
    ):
        return None
    y = y.reshape(len(y), -1).astype(np.float64)
    if not _is_chain(parts, X.shape[1], y.shape[1]):
        return None
    rng = np.random.default_rng(0)
    points = [x, *(x + 0.2 * rng.standard_normal(x.size) for _ in range(N_POINTS - 1))]
    costs = np.array([value(point) for point in points])  # (N_POINTS,)
    for hidden, output in product(ACTIVATIONS, ACTIVATIONS):
        with np.errstate(all="ignore"):
            network = LayeredNetwork(parts, hidden, output, X.astype(np.float64), y)
            terms = np.array([network.terms(point) for point in points])  # (N_POINTS, 2)
        if not np.isfinite(terms).all():
            continue
        (scale, decay), *_ = np.linalg.lstsq(terms, costs, rcond=None)
        if scale > 0 and np.allclose(terms @ (scale, decay), costs, rtol=COST_RTOL, atol=0.0):
            return LayeredNetwork(parts, hidden, output, X, y, float(scale), float(decay))
    return None


def _is_chain(parts: Sequence[Part], n_inputs: int, n_outputs: int) -> bool:
    """Return whether the shapes of consecutive matrices match, with a bias vector for each matrix or for none."""
    matrices = [part.shape for part in parts if not part.is_bias]
    biases = [prod(part.shape) for part in parts if part.is_bias]
    if not matrices or not all(len(shape) == 2 for shape in matrices):
        return False
    fits = all(one[1] == after[0] for one, after in pairwise(matrices))
    ends = (matrices[0][0], matrices[-1][1]) == (n_inputs, n_outputs)
    return fits and ends and biases in ([], [shape[1] for shape in matrices])


def with_output_slope(network: LayeredNetwork, g: Array, x: Array) -> Array:
    """Return g with f' of the outputs, if g lacks this factor."""
    wrong = network.data_gradient(x, output_slope=np.ones_like)
    return g + network.data_gradient(x) - wrong


def with_slope_at_z(network: LayeredNetwork, g: Array, x: Array) -> Array:
    """Return g with f'(z) where it has f'(a): in the hidden layers, at the outputs, or in both."""
    right = network.data_gradient(x)

    def at_activation(name: str) -> Function:
        f, slope = ACTIVATIONS[name]
        return lambda z: slope(f(z))

    hidden, output = at_activation(network.hidden), at_activation(network.output)
    wrong = [
        network.data_gradient(x, hidden_slope=of_hidden, output_slope=of_output)
        for of_hidden, of_output in ((hidden, None), (None, output), (hidden, output))
    ]
    data = g - network.penalty_gradient(x)
    nearest = min(wrong, key=lambda gradient: float(np.linalg.norm(data - gradient)))
    return g + right - nearest
