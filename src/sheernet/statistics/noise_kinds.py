"""Kinds of noise: what a network of numbers says of the spread of its targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheernet.objective import costs
from sheernet.objective.location_scale_costs import DEGREES_OF_FREEDOM


@dataclass(frozen=True)
class NoiseKind:
    """A kind of noise.

    Parameters
    ----------
    name : str
        As reports name it.
    cost : str
        The cost whose minimum is the most probable network.
    degrees : float
        Degrees of freedom of a Student t density; infinity for a normal one.
    """

    name: str
    cost: str
    degrees: float = np.inf

    @property
    def outputs_per_target(self) -> int:
        """2 if the network also predicts the logarithm of the squared scale, otherwise 1."""
        return costs.outputs_per_target(costs.get(self.cost))


CONSTANT = NoiseKind("constant", "squared_error")
VARYING = NoiseKind("varying", "gaussian_nll")
HEAVY_TAILED = NoiseKind("heavy-tailed", "student_t", DEGREES_OF_FREEDOM)
