"""`search`: the best inputs of a space.

1. Starts: the best of many Sobol' points for each combination of the choices, if there are at most 256; otherwise, of
   random combinations, whose choices are exchanged one by one as long as that improves them.  Points far from the data
   are pulled near it.  The model's reference rows and given rows are starts, too.
2. The best starts are refined by SLSQP (`InputProblem.refined`), and choices of the best one are exchanged again.
3. Among inputs that are equally good, those nearest to the center of the data are preferred.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array, Indices, Mask
from sheernet.models.best_inputs.input_problem import REACHED, Found, InputProblem
from sheernet.models.explaining.chosen_point import typical_point
from sheernet.network.initialize import generator
from sheernet.statistics.sobol_points import scrambled_points

MOST_COMBINATIONS = 256
"""Maximum number of combinations of labels and Booleans that are all tried."""
SCREENED = 64
"""Number of points of which the best becomes a start."""
HALVINGS = 10
"""Number of halvings of the distance by which a point is pulled near the data."""
MOST_EXCHANGES = 20
"""Maximum number of rounds in which choices are exchanged."""
AGREES = 1e-3
"""Maximum difference of a start that agrees with the best, in units of h."""
APART = 0.02
"""Minimum distance of different solutions in a variable, as a fraction of its range."""


@dataclass(frozen=True, eq=False)
class Searched:
    """The result of a search.

    Parameters
    ----------
    solutions : tuple of Found
        Equally good inputs, the nearest to the center of the data first.
    starts, agreeing : int
        Number of starts that were refined, and of those that ended at equally good inputs.
    is_exhaustive : bool
        Whether all combinations of choices were tried.
    """

    solutions: tuple[Found, ...]
    starts: int
    agreeing: int
    is_exhaustive: bool


def search(
    problem: InputProblem, starts: int, seed: int | None, rows: Array, most: int
) -> Searched:
    """Search the best inputs.

    Parameters
    ----------
    problem : InputProblem
        The objective and the constraints.
    starts : int
        Number of starts that are refined.
    seed : int or None
        Seed of the starts.
    rows : ndarray, (N, F)
        Encoded rows that may become starts.
    most : int
        Maximum number of solutions.
    """
    is_exhaustive = problem.space.n_combinations <= MOST_COMBINATIONS
    U, Z = _screened(problem, starts, seed, is_exhaustive)
    V, W = problem.space.decode(rows)
    U, Z = np.vstack([U, V]), np.vstack([Z, W])
    if not is_exhaustive:
        chosen = _best(problem, U, Z, 2 * starts)
        U, Z = U[chosen], _exchanged(problem, U[chosen], Z[chosen])
    chosen = _best(problem, U, Z, starts)
    finished = [problem.refined(each) for each in problem.found(U[chosen], Z[chosen])]
    best = _best_exchanged(problem, min(finished, key=lambda each: each.rank))
    finished += [best] * all(each is not best for each in finished)
    equal = sorted(
        (each for each in finished if each.is_as_good_as(best)), key=lambda each: each.distance
    )
    equal = _apart(equal)[:most]
    if max(best.hard, best.soft) <= REACHED:
        equal = [problem.most_typical(each, best) for each in equal]
    days = [_on_whole_days(problem, each) for each in equal]
    return Searched(
        tuple(_apart(sorted(days, key=lambda each: (each.soft > REACHED, each.distance)))),
        len(finished),
        sum(each.is_as_good_as(best, AGREES) for each in finished),
        is_exhaustive,
    )


def _screened(
    problem: InputProblem, starts: int, seed: int | None, is_exhaustive: bool
) -> tuple[Array, Indices]:
    """The best of several Sobol' points near the data, for each combination of choices or random combinations."""
    space, n = problem.space, len(problem.space.variables)
    rng = generator(seed)
    each = max(-(-starts // space.n_combinations), 1) if n and is_exhaustive else 1
    if is_exhaustive:
        Z = np.repeat(space.combinations, each * SCREENED if n else 1, axis=0)
    else:
        counts = [len(choice.values) for choice in space.choices]
        Z = np.stack([rng.integers(count, size=starts * SCREENED) for count in counts], axis=1)
    if not n:
        return np.zeros((len(Z), 0)), Z
    U = scrambled_points(n, 2 ** int(np.ceil(np.log2(len(Z)))), rng)[: len(Z)]
    U = U[rng.permutation(len(U))]
    U = _pulled(problem, U, Z)
    groups = problem.merits(U, Z).reshape(-1, SCREENED)
    chosen = groups.argmin(axis=1) + SCREENED * np.arange(len(groups))
    return U[chosen], Z[chosen]


def _pulled(problem: InputProblem, U: Array, Z: Indices) -> Array:
    """Pull points toward the typical row until they are near the data, by bisection."""
    if not np.isfinite(problem.farthest):
        return U
    space, region = problem.space, problem.model.region
    assert region is not None
    typical = typical_point(problem.model).values
    center = np.array([
        np.clip((float(typical[each.c]) - each.low) / (each.extent or 1.0), 0.0, 1.0)
        for each in space.variables
    ])  # fmt: skip

    def is_near(shares: Array) -> Mask:
        points = center + shares[:, None] * (U - center)
        return region.distances(space.encode(points, Z)) <= problem.farthest

    low, high = np.zeros(len(U)), np.ones(len(U))
    low[is_near(high)] = 1.0
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        near = is_near(middle)
        low, high = np.where(near, middle, low), np.where(near, high, middle)
    return center + low[:, None] * (U - center)


def _best(problem: InputProblem, U: Array, Z: Indices, count: int) -> list[int]:
    """The indices of the points with the best merits, without repeated inputs."""
    kept: list[int] = []
    for i in np.argsort(problem.merits(U, Z), kind="stable").tolist():
        if not any(_are_same(U[i], Z[i], U[j], Z[j]) for j in kept):
            kept.append(i)
        if len(kept) == count:
            break
    return kept


def _exchanged(problem: InputProblem, U: Array, Z: Indices) -> Indices:
    """Exchange one choice of each point, the one that improves it most, until nothing improves."""
    counts = [len(choice.values) for choice in problem.space.choices]
    pairs = [(j, value) for j, count in enumerate(counts) for value in range(count)]
    Z, rows, own = Z.copy(), np.arange(len(U)), problem.merits(U, Z)
    for _ in range(MOST_EXCHANGES if pairs else 0):
        trial = np.repeat(Z[None], len(pairs), axis=0)  # (pairs, N, m)
        for p, (j, value) in enumerate(pairs):
            trial[p, :, j] = value
        found = problem.merits(np.tile(U, (len(pairs), 1)), trial.reshape(-1, Z.shape[1]))
        found = found.reshape(len(pairs), -1)
        best = found.argmin(axis=0)
        better = found[best, rows] < own - REACHED
        if not better.any():
            break
        Z[better], own[better] = trial[best, rows][better], found[best, rows][better]
    return Z


def _best_exchanged(problem: InputProblem, best: Found) -> Found:
    """Exchange choices of the best inputs and refine them, until nothing improves."""
    for _ in range(MOST_EXCHANGES):
        z = _exchanged(problem, best.u[None], best.z[None])[0]
        if np.array_equal(z, best.z):
            break
        other = problem.refined(problem.found(best.u[None], z[None])[0])
        if not other.rank < best.rank:
            break
        best = other
    return best


def _on_whole_days(problem: InputProblem, found: Found) -> Found:
    """Move dates to whole days if the training rows have no times of day, and refine the other inputs again."""
    u, held = problem.space.on_whole_days(found.u)
    if np.array_equal(u, found.u):
        return found
    return problem.refined(problem.found(u[None], found.z[None])[0], held)


def _apart(points: list[Found]) -> list[Found]:
    """The points without repetitions."""
    kept: list[Found] = []
    for each in points:
        if not any(_are_same(each.u, each.z, other.u, other.z) for other in kept):
            kept.append(each)
    return kept


def _are_same(u: Array, z: Indices, other: Array, other_z: Indices) -> bool:
    near = np.abs(u - other).max(initial=0.0) <= APART
    return bool(near) and np.array_equal(z, other_z)
