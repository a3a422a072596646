"""Directions along which a gradient is compared: the P unit vectors, or a few random vectors, and their power.

A comparison is between g . v and d/dt f(x + t v).  Gaussian directions detect an error in any entry: an error e of
entry p changes g . v by e v_p, and v_p is rarely near 0 in all directions.  Large entries hide an error in a small one,
so with complex steps one direction is scaled to make all products g_p v_p equally large; differences are not accurate
enough for such a direction.  One more direction for each block locates the error.

Notation: P entries of x, m directions v_j.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, sqrt
from statistics import NormalDist

import numpy as np

from sheernet.derivatives.estimates import random_generator
from sheernet.derivatives.problem import Problem
from sheernet.foundation.arrays import Array

K_DIRECTIONS = 6
MAX_SCALE_FACTOR = 1e60  # times the h of a complex step, still far below 1


@dataclass(frozen=True, eq=False)
class Directions:
    """m directions v_j in the space of x.

    Attributes
    ----------
    names : tuple of str
        Names of the directions.
    vectors : ndarray, (m, P), or None
        The directions; None for the P unit vectors, which are never formed.
    blocks : tuple of (str or None)
        The block outside which a direction is zero; None for a direction in all of x.
    plain : int
        The first `plain` directions are Gaussian in all of x, without scaling by the derivatives.
    """

    names: tuple[str, ...]
    vectors: Array | None
    blocks: tuple[str | None, ...]
    plain: int = 0

    def dot(self, g: Array) -> Array:
        """Return g . v_j for all directions, (m,)."""
        return g if self.vectors is None else self.vectors @ g

    def combined(self, weights: Array) -> Array:
        """Return the sum of the directions with weights (m,), a vector (P,)."""
        return weights if self.vectors is None else weights @ self.vectors

    def size(self, g: Array) -> Array:
        """Return sqrt(sum_p (g_p v_jp)^2) for all directions, (m,): the size of g . v_j without cancellation."""
        if self.vectors is None:
            return np.abs(g)
        largest = float(np.max(np.abs(g), initial=0.0))
        if not 0 < largest < np.inf:
            return np.full(len(self.names), largest)
        scaled = g / largest  # so that no square overflows
        return largest * np.sqrt(self.vectors**2 @ scaled**2)

    def length(self, x: Array) -> Array:
        """Return the distance along each direction that changes x by about its own size, (m,)."""
        scale = np.maximum(np.abs(x), 1.0)
        return scale if self.vectors is None else 1.0 / np.max(np.abs(self.vectors) / scale, axis=1)

    def __len__(self) -> int:
        return len(self.names)


def each_entry(problem: Problem) -> Directions:
    """Return the unit vectors, one direction per entry."""
    assert problem.blocks is not None
    blocks = tuple(
        name
        for name, block in problem.blocks.items()
        for _ in range(*block.slice.indices(problem.x.size))
    )
    return Directions(tuple(problem.names or ()), None, blocks)


def gaussian_directions(
    problem: Problem,
    seed: int,
    sizes: Array | None = None,
    count: int = K_DIRECTIONS,
    with_blocks: bool = True,
) -> Directions:
    """Draw K directions in all of x and, if `with_blocks`, one more for each block.

    An entry of v is drawn from N(0, 1) and scaled by max(|x_p|, 1).

    Parameters
    ----------
    problem : Problem
    seed : int
        Seed of the directions.
    sizes : ndarray, (P,), optional
        The size of each derivative, nan for entries to omit.  One of the K directions is then scaled by the inverse
        sizes; only complex steps are accurate enough along it.
    count : int
        K.
    with_blocks : bool
        Whether to add a direction for each block.
    """
    assert problem.blocks is not None
    rng = random_generator(seed)
    scale = np.maximum(np.abs(problem.x), 1.0)  # (P,)
    rows = [scale * rng.standard_normal(scale.size) for _ in range(count)]
    names = [f"direction {k + 1}" for k in range(count)]
    if sizes is not None:
        rows[-1] *= _equalizing_factors(sizes) / scale
        names[-1] = "direction of equal parts"
    blocks: list[str | None] = [None] * count
    for name, block in problem.blocks.items() if with_blocks else ():
        v = np.zeros(scale.size)
        v[block.slice] = scale[block.slice] * rng.standard_normal(v[block.slice].size)
        rows.append(v)
        names.append(f"all of {name}")
        blocks.append(name)
    plain = count - (sizes is not None)
    return Directions(tuple(names), np.array(rows), tuple(blocks), plain)


def _equalizing_factors(sizes: Array) -> Array:
    """Return factors that make all derivatives as large as the median, (P,); 0 if the size is nan."""
    known = np.isfinite(sizes) & (sizes > 0)
    if not known.any():
        return np.ones_like(sizes)
    typical = float(np.median(sizes[known]))
    with np.errstate(all="ignore"):
        factors = np.where(known, typical / sizes, np.where(np.isnan(sizes), 0.0, 1.0))
    return np.where(known, np.clip(factors, 1.0 / MAX_SCALE_FACTOR, MAX_SCALE_FACTOR), factors)


@dataclass(frozen=True)
class Power:
    """The power of K directions: the probability that they detect one wrong entry.

    Attributes
    ----------
    relative : float
        The assumed error, relative to the entry.
    typical : float
        The size of the entry: the median of the nonzero |g_p|.
    probability : float
        The probability that such an error in one such entry makes the check fail.
    smallest : float
        The relative error of one such entry that is detected with probability 0.99.
    """

    relative: float
    typical: float
    probability: float
    smallest: float

    def __str__(self) -> str:
        return (
            f"An error of {self.relative:.0%} in one entry of typical size ({self.typical:.2g}) would be detected "
            f"with probability {self.probability:.4g}; a relative error of {self.smallest:.1g} with probability 0.99."
        )


def power(directions: Directions, g: Array, tolerance: Array, relative: float) -> Power:
    """Compute the power of the Gaussian directions to detect an error in one entry.

    Direction j detects an error e of entry p if |e v_jp| > tolerance_j; v_jp is N(0, 1), or larger by max(|x_p|, 1).
    """
    finite = np.abs(g[np.isfinite(g) & (g != 0)])
    typical = float(np.median(finite)) if finite.size else 0.0
    bounds = tolerance[: directions.plain].tolist()
    worst = max(bounds)
    if typical == 0.0 or not np.isfinite(worst):
        return Power(relative, typical, 0.0, np.inf)
    missed = 1.0
    for bound in bounds:
        missed *= erf(bound / (relative * typical) / sqrt(2.0))
    quantile = NormalDist().inv_cdf(0.5 + 0.5 * 0.01 ** (1.0 / len(bounds)))
    return Power(relative, typical, 1.0 - missed, worst / (quantile * typical))
