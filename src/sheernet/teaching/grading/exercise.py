"""The rows and weights on which an answer is graded, and the correct network.

The numbers are drawn once: rows and weights of both signs, no repeated numbers, more rows than outputs, so that a
mistake is visible and no two mistakes look the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.teaching.faults.notebook_source import right_names

N_ROWS = 5


@dataclass(frozen=True, eq=False)
class Exercise:
    """Rows and two sets of weights for a network with given shapes.

    Attributes
    ----------
    X, y : ndarray, (N, d_0) and (N, K)
        Rows.
    other_inputs : ndarray, (N, d_0)
        Other inputs.
    weights, other_weights : tuple of ndarray, (d_0, d_1) and (d_1, K)
        Weights.
    other_y : ndarray, (N, K)
        Targets of the other inputs.
    Lambda : float or None
        The weight of the penalty of lesson 7; None for the cost without it.
    """

    X: Array
    y: Array
    other_inputs: Array
    weights: tuple[Array, Array]
    other_weights: tuple[Array, Array]
    other_y: Array
    Lambda: float | None = None

    @property
    def n_weights(self) -> int:
        """The number of weights of the network."""
        return sum(array.size for array in self.weights)

    def right(self, weights: tuple[Array, Array] | None = None) -> Any:
        """Return the correct network, with the weights of the exercise or others."""
        return right_network(self.weights if weights is None else weights, self.Lambda)


def make_exercise(
    first: tuple[int, ...], second: tuple[int, ...], Lambda: float | None = None, seed: int = 0
) -> Exercise:
    """Draw an exercise for weights of two shapes."""
    rng = np.random.default_rng(seed)

    def weights() -> tuple[Array, Array]:
        return rng.standard_normal(first), rng.standard_normal(second)

    return Exercise(
        X=rng.standard_normal((N_ROWS, first[0])),
        y=rng.uniform(0.2, 0.9, (N_ROWS, second[1])),
        other_inputs=rng.standard_normal((N_ROWS, first[0])),
        weights=weights(),
        other_weights=weights(),
        other_y=rng.uniform(0.2, 0.9, (N_ROWS, second[1])),
        Lambda=Lambda,
    )


def right_network(weights: tuple[Array, Array], Lambda: float | None = None) -> Any:
    """Return the correct network with these weights, with the names of the notebook; with Lambda it has a penalty."""
    if Lambda is None:
        network = right_names()["NeuralNetwork"](0)
    else:
        network = right_names(penalized=True)["NeuralNetwork"](0, Lambda)
    network.W_1, network.W_2 = (array.copy() for array in weights)
    return network
