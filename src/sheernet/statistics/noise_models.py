"""`NoiseKind`: models of the noise of numeric targets, with the cost and the density that belong to each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheernet.objective import costs
from sheernet.objective.location_scale_costs import DEGREES_OF_FREEDOM
from sheernet.statistics.target_transforms import UNCHANGED, JohnsonTransform, Transform


@dataclass(frozen=True)
class NoiseKind:
    """A model of the noise of numeric targets.

    Parameters
    ----------
    name : str
        Name in reports.
    cost : str
        The cost whose minimum is the most probable network.
    degrees : float
        Degrees of freedom of a Student t density; infinity for a normal one.
    transform : Unchanged or JohnsonTransform
        Transform of the network's targets; with a `JohnsonTransform`, the density is normal.
    """

    name: str
    cost: str
    degrees: float = np.inf
    transform: Transform = UNCHANGED

    @property
    def outputs_per_target(self) -> int:
        """2 if the network also predicts the logarithm of the squared scale, otherwise 1."""
        return costs.outputs_per_target(costs.get(self.cost))

    @property
    def is_transformed(self) -> bool:
        """Whether the network's targets are transformed."""
        return self.transform != UNCHANGED


CONSTANT = NoiseKind("constant", "squared_error")
VARYING = NoiseKind("varying", "gaussian_nll")
HEAVY_TAILED = NoiseKind("heavy-tailed", "student_t", DEGREES_OF_FREEDOM)

SKEWED_COSTS = {CONSTANT.cost: "skewed", VARYING.cost: "skewed and varying"}
"""Costs of networks for transformed targets, and the names of their noise in reports."""


def skewed(cost: str, transform: JohnsonTransform) -> NoiseKind:
    """Return the kind of noise that is normal on the scale of transformed targets, constant or varying there."""
    return NoiseKind(SKEWED_COSTS[cost], cost, transform=transform)
