"""Kinds of noise: what a network of numbers says of the spread of its targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class NoiseKind:
    """A kind of noise.

    Parameters
    ----------
    name : str
        As reports name it.
    cost : str
        The cost whose minimum is the most probable network.
    outputs_per_target : int
        2 if the network also predicts the logarithm of the squared scale.
    degrees : float
        Degrees of freedom of a Student t density; infinity for a normal one.
    """

    name: str
    cost: str
    outputs_per_target: int = 1
    degrees: float = np.inf


CONSTANT = NoiseKind("constant", "squared_error")
VARYING = NoiseKind("varying", "gaussian_nll", 2)
HEAVY_TAILED = NoiseKind("heavy-tailed", "student_t", 2, 4.0)
