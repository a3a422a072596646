"""Random training problems, for which every law of an objective is checked.

A `Case` contains the arguments of `sheernet.make_objective` and a theta.  `random_case` draws one of any kind: 0 to 4
hidden layers, an activation per layer, biases per layer, skip connections, every cost with every allowed output, case
weights (none, positive, some 0, whole numbers), decay (0, a number, a vector, a mapping), both reductions.
The same generator gives the same case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import sheernet as sn

HIDDEN = ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "silu")
OUTPUTS = {
    "squared_error": (*HIDDEN, "exp"),
    "huber": (*HIDDEN, "exp"),
    "huber(0.25)": HIDDEN,
    "binary_cross_entropy": ("sigmoid",),
    "cross_entropy": ("softmax",),
    "poisson": ("exp",),
    "gaussian_nll": ("identity",),
    "student_t": ("identity",),
    "student_t(1.5)": ("identity",),
}
LOCATION_SCALE = ("gaussian_nll", "student_t", "student_t(1.5)")
"""Costs of two outputs per target."""
RESIDUAL = ("squared_error", "huber", "huber(0.25)")
"""Costs of the residual a - y; the others are functions of the pre-activation."""
CANONICAL = {
    "squared_error": "identity",
    "binary_cross_entropy": "sigmoid",
    "cross_entropy": "softmax",
    "poisson": "exp",
}
"""Pairs whose delta is output minus target; without a hidden layer they are generalized linear models."""
WEIGHTS = ("none", "positive", "some 0", "whole")
DECAYS = ("0", "number", "vector", "mapping")
REDUCTIONS = ("mean", "sum")


@dataclass(frozen=True, eq=False)
class Case:
    """Architecture, data, cost, weights, decay, reduction, and where to evaluate."""

    architecture: sn.Architecture
    X: np.ndarray
    y: np.ndarray
    cost: str
    reduction: str
    decay: Any
    weights: np.ndarray | None
    theta: np.ndarray
    kinds: tuple[str, str] = ("", "")

    def objective(self, engine: str = "reference", **changed: Any) -> Any:
        """The objective of this case on one engine."""
        arguments = {
            "cost": self.cost,
            "reduction": self.reduction,
            "decay": self.decay,
            "weights": self.weights,
            "engine": engine,
        }
        return sn.make_objective(self.architecture, self.X, self.y, **{**arguments, **changed})

    def at(self, theta: np.ndarray) -> Case:
        """The same case at another theta."""
        return replace(self, theta=theta)

    def __str__(self) -> str:
        layers = ",".join(f.name for f in self.architecture.activations)
        sizes = "-".join(map(str, self.architecture.sizes))
        weights, decay = self.kinds
        return (
            f"{sizes} ({layers}) bias={self.architecture.bias} skip={self.architecture.skip} {self.cost} "
            f"{self.reduction}, weights {weights}, decay {decay}, {len(self.X)} rows, "
            f"|theta| <= {abs(self.theta).max():.3g}"
        )


def random_case(
    rng: np.random.Generator,
    *,
    hidden_layers: Sequence[int] = (0, 1, 2, 3, 4),
    hidden: Sequence[str] = HIDDEN,
    cost: str | None = None,
    output: str | None = None,
    width: int = 4,
    rows: int = 6,
    fewest_rows: int = 2,
    scale: float = 1.0,
    weights: str | None = None,
    decay: str | None = None,
    skip: bool | None = None,
    bias: bool | None = None,
    reduction: str | None = None,
) -> Case:
    """Draw a case; arguments that are given are not drawn."""
    cost = cost or str(rng.choice(list(OUTPUTS)))
    output = output or str(rng.choice(OUTPUTS[cost]))
    n_layers = int(rng.choice(hidden_layers)) + 1
    sizes = rng.integers(1, width + 1, n_layers + 1)
    if cost == "cross_entropy":
        sizes[-1] = max(2, sizes[-1])
    if cost in LOCATION_SCALE:
        sizes[-1] = 2 * -(-sizes[-1] // 2)
    architecture = sn.Architecture(
        sizes.tolist(),
        hidden=rng.choice(hidden, n_layers - 1).tolist(),
        output=output,
        bias=(rng.random(n_layers) < 0.7).tolist() if bias is None else bias,
        skip=bool(rng.random() < 0.4) if skip is None else skip,
    )
    n = int(rng.integers(fewest_rows, rows + 1))
    kinds = weights or str(rng.choice(WEIGHTS)), decay or str(rng.choice(DECAYS))
    return Case(
        architecture,
        rng.normal(size=(n, architecture.n_inputs)),
        _targets(rng, cost, n, architecture.n_outputs // (2 if cost in LOCATION_SCALE else 1)),
        cost,
        reduction or str(rng.choice(REDUCTIONS)),
        _decay(rng, kinds[1], architecture),
        _weights(rng, kinds[0], n),
        scale * rng.normal(size=architecture.n_parameters),
        kinds,
    )


def random_cases(seed: int, count: int, **held: Any) -> Iterator[Case]:
    """The first `count` cases of a seed whose value is finite."""
    rng = np.random.default_rng(seed)
    while count:
        case = random_case(rng, **held)
        if np.isfinite(case.objective().value(case.theta)):
            count -= 1
            yield case


def _targets(rng: np.random.Generator, cost: str, n: int, k: int) -> np.ndarray:
    hard = rng.random() < 0.7  # all the weight on one class, or shares of it
    if cost == "binary_cross_entropy":
        return rng.integers(0, 2, (n, k)).astype(float) if hard else rng.random((n, k))
    if cost == "cross_entropy":
        return np.eye(k)[rng.integers(0, k, n)] if hard else rng.dirichlet(np.ones(k), n)
    if cost == "poisson":
        return rng.poisson(2.0, (n, k)).astype(float)
    return rng.normal(size=(n, k))


def _weights(rng: np.random.Generator, kind: str, n: int) -> np.ndarray | None:
    if kind == "none":
        return None
    if kind == "positive":
        return rng.uniform(0.1, 3.0, n)
    drawn = (
        rng.integers(0, 4, n).astype(float)
        if kind == "whole"
        else rng.random(n) * rng.integers(0, 2, n)
    )
    drawn[rng.integers(n)] = 2.0  # at least one row counts
    return drawn


def _decay(rng: np.random.Generator, kind: str, architecture: sn.Architecture) -> Any:
    if kind == "0":
        return 0.0
    if kind == "number":
        return float(rng.uniform(0.01, 0.5))
    if kind == "vector":
        return rng.random(architecture.n_parameters) * rng.integers(0, 2, architecture.n_parameters)
    names = [block.name for block in architecture.layout.blocks]
    return {name: float(rng.random()) for name in names if rng.random() < 0.6}
