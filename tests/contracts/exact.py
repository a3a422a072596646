"""An objective and its derivatives in arbitrary precision: textbook formulas over scalars, and differences.

No code is shared with the library: weights are read from theta by counting, losses are textbook functions of the
outputs (log of a probability), and derivatives are symmetric differences of the value with a step of 1e-30, whose error
of 1e-60 is far below the resolution of float64.  There are enough digits to absorb cancellation.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
from mpmath import mp, mpf

from contracts.cases import LOCATION_SCALE, Case

DIGITS = 110
STEP = mpf(10) ** -30


def _softmax(z: list[Any]) -> list[Any]:
    e = [mpmath.exp(x) for x in z]
    return [x / sum(e) for x in e]


ACTIVATIONS = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "relu": lambda z: z if z > 0 else mpf(0),
    "leaky_relu": lambda z: z if z > 0 else mpf(0.01) * z,
    "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)),
    "silu": lambda z: z / (1 + mpmath.exp(-z)),
    "exp": mpmath.exp,
}


def _xlogy(x: Any, y: Any) -> Any:
    return x * mpmath.log(y) if x else mpf(0)


def _huber(a: Any, y: Any, t: Any) -> Any:
    return t**2 * (mpmath.sqrt(1 + ((a - y) / t) ** 2) - 1)


def _normal(m: Any, s: Any, y: Any) -> Any:
    """The negative logarithm of the density, without its constant."""
    sigma = mpmath.exp(s / 2)
    return mpmath.log(sigma) + ((y - m) / sigma) ** 2 / 2


def _student(m: Any, s: Any, y: Any, nu: Any) -> Any:
    sigma = mpmath.exp(s / 2)
    return mpmath.log(sigma) + (nu + 1) / 2 * mpmath.log(1 + ((y - m) / sigma) ** 2 / nu)


LOSSES = {
    "squared_error": lambda a, y: (a - y) ** 2 / 2,
    "huber": lambda a, y: _huber(a, y, mpf(1)),
    "huber(0.25)": lambda a, y: _huber(a, y, mpf(0.25)),
    "binary_cross_entropy": lambda a, y: -_xlogy(y, a) - _xlogy(1 - y, 1 - a),
    "cross_entropy": lambda a, y: -_xlogy(y, a),
    "poisson": lambda a, y: a - y * mpmath.log(a),
    "gaussian_nll": lambda a, y: _normal(*a, y),
    "student_t": lambda a, y: _student(*a, y, mpf(4)),
    "student_t(1.5)": lambda a, y: _student(*a, y, mpf(1.5)),
}
"""Losses of one target; `a` is its output, or its location and log squared scale."""


class Exact:
    """The objective of a case, from its definition.  Use inside `mpmath.workdps`."""

    def __init__(self, case: Case) -> None:
        self.arch = case.architecture
        self.names = [f.name for f in self.arch.activations]
        self.loss = LOSSES[case.cost]
        self.has_pairs = case.cost in LOCATION_SCALE
        self.X = [[mpf(float(x)) for x in row] for row in case.X]
        self.y = [[mpf(float(t)) for t in row] for row in case.y]
        weights = (
            [mpf(1)] * len(self.X)
            if case.weights is None
            else [mpf(float(w)) for w in case.weights]
        )
        total = sum(weights) if case.reduction == "mean" else mpf(1)
        self.weights = [w / total for w in weights]
        self.theta = [mpf(float(t)) for t in case.theta]
        self.decay = self._spread(case.decay)

    def value(self, theta: list[Any] | None = None) -> Any:
        theta = self.theta if theta is None else theta
        layers = self._unpack(theta)
        losses = [
            w * sum(map(self.loss, self._by_target(self._outputs(layers, x)), y))
            for w, x, y in zip(self.weights, self.X, self.y, strict=True)
            if w
        ]
        return sum(losses) + sum(d * t * t for d, t in zip(self.decay, theta, strict=True)) / 2

    def gradient(self) -> list[Any]:
        return [self._slope(self._unit(p)) for p in range(len(self.theta))]

    def hessian_vector(self, v: np.ndarray) -> list[Any]:
        v = [mpf(float(x)) for x in v]
        ahead, behind = self._move(v, STEP), self._move(v, -STEP)
        units = [self._unit(p) for p in range(len(v))]
        return [(self._slope(u, ahead) - self._slope(u, behind)) / (2 * STEP) for u in units]

    def _slope(self, direction: list[Any], theta: list[Any] | None = None) -> Any:
        ahead, behind = self._move(direction, STEP, theta), self._move(direction, -STEP, theta)
        return (self.value(ahead) - self.value(behind)) / (2 * STEP)

    def _move(self, direction: list[Any], h: Any, theta: list[Any] | None = None) -> list[Any]:
        return [
            t + h * d
            for t, d in zip(self.theta if theta is None else theta, direction, strict=True)
        ]

    def _unit(self, p: int) -> list[Any]:
        return [mpf(i == p) for i in range(len(self.theta))]

    def _unpack(self, theta: list[Any]) -> list[tuple[list[list[Any]], list[Any]]]:
        """Columns of weights and biases of each layer, in theta's order W1, b1, W2, b2, ..., S."""
        rest, layers, sizes = list(theta), [], self.arch.sizes
        for n, m, bias in zip(sizes, sizes[1:], self.arch.bias, strict=False):
            W, rest = rest[: n * m], rest[n * m :]
            b, rest = (rest[:m], rest[m:]) if bias else ([mpf(0)] * m, rest)
            layers.append(([W[j::m] for j in range(m)], b))
        if self.arch.skip:
            k = sizes[-1]
            layers.append(([rest[j::k] for j in range(k)], [mpf(0)] * k))
        return layers

    def _outputs(self, layers: list[Any], x: list[Any]) -> list[Any]:
        a = x
        for layer, name in enumerate(self.names):
            columns, bias = layers[layer]
            z = [mpmath.fdot(a, column) + b for column, b in zip(columns, bias, strict=True)]
            if layer == len(self.names) - 1 and self.arch.skip:
                z = [
                    z_k + mpmath.fdot(x, column)
                    for z_k, column in zip(z, layers[-1][0], strict=True)
                ]
            a = _softmax(z) if name == "softmax" else [ACTIVATIONS[name](z_j) for z_j in z]
        return a

    def _by_target(self, outputs: list[Any]) -> list[Any]:
        """The output of each target, or its location and its log squared scale, which come after all locations."""
        k = len(outputs) // 2
        return list(zip(outputs[:k], outputs[k:], strict=True)) if self.has_pairs else outputs

    def _spread(self, decay: Any) -> list[Any]:
        """Decay of each parameter, by the name of its array."""
        sizes, arch = self.arch.sizes, self.arch
        counts = []
        for layer, (n, m) in enumerate(pairwise(sizes), start=1):
            counts += [(f"W{layer}", n * m), (f"b{layer}", m * arch.bias[layer - 1])]
        counts.append(("S", sizes[0] * sizes[-1] * arch.skip))
        if isinstance(decay, dict):
            return [mpf(decay.get(name, 0.0)) for name, count in counts for _ in range(count)]
        return [mpf(float(d)) for d in np.broadcast_to(decay, len(self.theta))]


def exactly(case: Case, digits: int = DIGITS) -> tuple[Any, list[Any]]:
    """Value and gradient of a case, in mpmath numbers."""
    with mp.workdps(digits):
        exact = Exact(case)
        return exact.value(), exact.gradient()


def exact_hessian_vector(case: Case, v: np.ndarray, digits: int = DIGITS) -> np.ndarray:
    """Hessian times v, rounded to float64."""
    with mp.workdps(digits):
        return np.array([float(x) for x in Exact(case).hessian_vector(v)])
