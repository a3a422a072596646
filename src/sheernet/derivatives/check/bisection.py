"""Find the wrong entries of a gradient from a direction along which it is wrong, by bisection.

For v restricted to a set S of entries, d(S) = g . v_S - d/dt f(x + t v_S) is the error of the set, and for its halves
d(left) + d(right) = d(S).  So one derivative along the left half gives both errors.  The half with the larger |d| is
halved again until one entry remains, after ceil(log2 |S|) derivatives; the other halves are kept for the next entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from sheernet.derivatives.comparisons import Comparisons
from sheernet.derivatives.problem import Problem
from sheernet.foundation.arrays import Array

MAX_FOUND_ENTRIES = 4

Slope = Callable[[Array], tuple[float, float]]
"""v (P,) -> the derivative of f along v, and its error."""


@dataclass(frozen=True)
class WrongEntry:
    """A wrong entry: its index, its numerical derivative, and the error of this derivative."""

    index: int
    numeric: float
    error: float


@dataclass(frozen=True, eq=False)
class _EntrySet:
    """Entries start to stop, a direction that is zero elsewhere, the error of g along it, and its tolerance."""

    start: int
    stop: int
    v: Array
    difference: float
    error: float


def worst_entries(
    problem: Problem, g: Array, comparison: Comparisons, slope: Slope
) -> list[WrongEntry]:
    """Find the worst entries of a gradient that failed along directions.

    Parameters
    ----------
    problem : Problem
        The problem.
    g : ndarray, (P,)
        The gradient.
    comparison : Comparisons
        Comparisons along directions; some failed.
    slope : callable
        The derivative of the function along a vector.

    Returns
    -------
    list of WrongEntry
        At most `MAX_FOUND_ENTRIES`, each from at most ceil(log2 P) derivatives.
    """
    waiting, found = _wrong_blocks(problem, comparison), list[WrongEntry]()
    while waiting and len(found) < MAX_FOUND_ENTRIES:
        waiting.sort(key=lambda part: abs(part.difference))
        part = waiting.pop()
        if not abs(part.difference) > part.error:
            break
        while part.stop - part.start > 1:
            left, right = _halves(part, g, slope)
            part, other = (
                (left, right) if abs(left.difference) > abs(right.difference) else (right, left)
            )
            waiting.append(other)
        step = part.v[part.start]
        if step == 0 or not abs(part.difference) > part.error:
            break  # the remaining error is not above the noise
        numeric = float(g[part.start] - part.difference / step)
        found.append(WrongEntry(part.start, numeric, abs(part.error / step)))
    return found


def _wrong_blocks(problem: Problem, comparison: Comparisons) -> list[_EntrySet]:
    """Return the failed blocks; all of x if only directions in all of x failed."""
    directions = comparison.directions
    assert directions.vectors is not None
    assert problem.blocks is not None
    failed = np.flatnonzero(comparison.failed)
    of_blocks = [j for j in failed if directions.blocks[j] is not None] or failed[:1].tolist()
    sets = []
    for j in of_blocks:
        name = directions.blocks[j]
        place = slice(0, problem.x.size) if name is None else problem.blocks[name].slice
        difference = float(comparison.analytic[j] - comparison.numeric[j])
        if np.isfinite(difference):
            error = float(comparison.tolerance[j])
            sets.append(
                _EntrySet(place.start, place.stop, directions.vectors[j], difference, error)
            )
    return sets


def _halves(part: _EntrySet, g: Array, slope: Slope) -> tuple[_EntrySet, _EntrySet]:
    middle = (part.start + part.stop) // 2
    v = np.zeros_like(part.v)
    v[part.start : middle] = part.v[part.start : middle]
    numeric, error = slope(v)
    difference = float(g @ v) - numeric
    error += part.error / sqrt(2.0)  # noise is added in quadrature, so each half has this share
    return (
        _EntrySet(part.start, middle, v, difference, error),
        _EntrySet(middle, part.stop, part.v - v, part.difference - difference, error),
    )
