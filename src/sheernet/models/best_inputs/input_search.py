"""`search`: the best inputs of a space, from many starts.

1. Many starts, of Sobol' points for the variables and all combinations of the choices, descend together
   (`bounded_descent.descend`).  If there are more than 256 combinations, starts use some of them, and the choices of
   each start are exchanged one by one as long as that improves the loss.
2. The best starts are refined one by one: wanted values become constraints, then predictions are maximized or
   minimized, and then, among inputs that are equally good, those nearest to the center of the data are chosen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sheernet.foundation.arrays import Array, Indices
from sheernet.models.best_inputs.bounded_descent import descend, minimize
from sheernet.models.best_inputs.goal_surface import GoalSurface
from sheernet.network.initialize import generator
from sheernet.statistics.sobol_points import scrambled_points

MOST_COMBINATIONS = 256
"""Maximum number of combinations of labels and Booleans that are all tried."""
FEWEST_STARTS = 4
"""Minimum number of starts of each combination, if all are tried."""
SCREENED = 16
"""Number of points of which the best becomes a start."""
MOST_EXCHANGES = 20
"""Maximum number of rounds in which choices are exchanged."""
MOST_FINISHED = 8
"""Maximum number of starts that are refined one by one."""
CLOSE = 0.02
"""Maximum difference from the best loss of starts that are refined; other starts ended at worse optima."""
REACHED = 1e-6
"""Maximum difference of a prediction from a reached value, in units of h."""
EQUAL = 1e-8
"""Maximum difference of equally good predictions, in units of h."""
CLOSE_VALUE = 1e-3
"""Maximum difference from wanted values, in units of h, of starts of which those nearest to the data are refined."""
AGREES = 1e-3
"""Maximum difference of a start that agrees with the best, as a fraction of the range of the target or of 1."""
NEAR_END = 1e-3
"""Distance from the end of a range, as a fraction of it, up to which a value is moved to the end."""
GAIN = 1e-3
"""Minimum relative decrease of the distance from the data for which inputs are replaced."""
APART = 0.02
"""Minimum distance of different solutions in a variable, as a fraction of its range."""


@dataclass(frozen=True, eq=False)
class Found:
    """A solution of a search.

    Parameters
    ----------
    u : ndarray, (n,)
        The variables.
    z : ndarray of int, (m,)
        The choices.
    missed : float
        Root of the value loss.
    extreme, distance : float
        Extreme loss and distance from the data, as in `GoalSurface`.
    """

    u: Array
    z: Indices
    missed: float
    extreme: float
    distance: float


@dataclass(frozen=True, eq=False)
class Searched:
    """The result of a search.

    Parameters
    ----------
    solutions : tuple of Found
        Equally good inputs, the nearest to the center of the data first.
    starts, agreeing : int
        Number of starts, and of starts that ended at predictions as good as the best.
    is_exhaustive : bool
        Whether all combinations of choices were tried.
    """

    solutions: tuple[Found, ...]
    starts: int
    agreeing: int
    is_exhaustive: bool


def search(surface: GoalSurface, starts: int, seed: int | None, most: int) -> Searched:
    """Search the best inputs.

    Parameters
    ----------
    surface : GoalSurface
        The goals.
    starts : int
        Number of starts; at least 4 for each combination of choices, if all are tried.
    seed : int or None
        Seed of the starts.
    most : int
        Maximum number of solutions.
    """
    space = surface.space
    is_exhaustive = space.n_combinations <= MOST_COMBINATIONS
    U, Z = _screened(surface, starts, seed, is_exhaustive)
    U, losses = _descended(surface, U, Z)
    if not is_exhaustive:
        U, Z, losses = _exchanged(surface, U, Z, losses)
    finished = [_finished(surface, U[i], Z[i]) for i in _different(surface, U, Z, losses)]
    best = min(finished, key=lambda each: _rank(surface, each))
    equal = [each for each in finished if _is_as_good(surface, each, best)]
    typical = sorted(
        (_on_whole_days(surface, _most_typical(surface, each, best)) for each in equal),
        key=lambda each: (each.missed > REACHED, each.distance),
    )
    return Searched(
        tuple(_apart(typical))[:most], len(U), _agreeing(surface, U, Z, best), is_exhaustive
    )


def _screened(
    surface: GoalSurface, starts: int, seed: int | None, is_exhaustive: bool
) -> tuple[Array, Indices]:
    """The starts: for each, the best of several Sobol' points, and for every tenth start, a random point."""
    space, n = surface.space, len(surface.space.variables)
    rng = generator(seed)
    if is_exhaustive:
        each = max(FEWEST_STARTS, -(-starts // space.n_combinations)) if n else 1
        Z = np.repeat(space.combinations, each, axis=0)
    else:
        counts = [len(choice.values) for choice in space.choices]
        Z = np.stack([rng.integers(count, size=starts) for count in counts], axis=1)
    total = len(Z)
    if not n:
        return np.zeros((total, 0)), Z
    power = int(np.ceil(np.log2(total * SCREENED)))
    points = scrambled_points(n, 2**power, rng)[: total * SCREENED]
    groups = points.reshape(SCREENED, total, n).transpose(1, 0, 2)  # (starts, SCREENED, n)
    trial = groups.reshape(-1, n)
    losses, _ = surface.loss(trial, np.repeat(Z, SCREENED, axis=0))
    best = losses.reshape(total, SCREENED).argmin(axis=1)
    best[9::10] = 0
    return groups[np.arange(total), best], Z


def _descended(surface: GoalSurface, U: Array, Z: Indices) -> tuple[Array, Array]:
    return descend(lambda points, rows: surface.loss(points, Z[rows]), U)


def _exchanged(
    surface: GoalSurface, U: Array, Z: Indices, losses: Array
) -> tuple[Array, Indices, Array]:
    """Exchange one choice of each start, the one that improves it most, and descend again, until nothing improves."""
    Z = Z.copy()
    for _ in range(MOST_EXCHANGES):
        best, changed = losses - EQUAL, Z.copy()
        for j, choice in enumerate(surface.space.choices):
            for value in range(len(choice.values)):
                trial = Z.copy()
                trial[:, j] = value
                found, _ = surface.loss(U, trial)
                better = found < best
                best = np.where(better, found, best)
                changed[better] = trial[better]
        if np.array_equal(changed, Z):
            break
        Z = changed
        U, losses = _descended(surface, U, Z)
    return U, Z, losses


def _different(surface: GoalSurface, U: Array, Z: Indices, losses: Array) -> list[int]:
    """The starts to refine: the best, or the nearest to the data that reached the values, without repeated inputs."""
    order = np.argsort(losses, kind="stable")
    if len(surface.valued) and not len(surface.extreme):
        order = np.lexsort((surface.at(U, Z).distance, np.maximum(losses, CLOSE_VALUE**2)))
    kept: list[int] = []
    for i in order.tolist():
        if len(kept) == MOST_FINISHED or (kept and losses[i] > losses[kept[0]] + CLOSE):
            break
        if not any(_are_same(U[i], Z[i], U[j], Z[j]) for j in kept):
            kept.append(i)
    return kept


def _are_same(u: Array, z: Indices, other: Array, other_z: Indices) -> bool:
    near = np.abs(u - other).max(initial=0.0) <= APART
    return bool(near) and np.array_equal(z, other_z)


def _rank(surface: GoalSurface, found: Found) -> tuple[float, float, float]:
    """The order of solutions: the distance beyond the data, differences from wanted values, the extreme loss."""
    over = found.distance / surface.farthest - 1.0 if surface.near_data else 0.0
    return (
        over if over > REACHED else 0.0,
        found.missed if found.missed > REACHED else 0.0,
        found.extreme,
    )


def _is_as_good(surface: GoalSurface, found: Found, best: Found) -> bool:
    pairs = zip(_rank(surface, found), _rank(surface, best), strict=True)
    return all(own <= other + EQUAL for own, other in pairs)


def _finished(surface: GoalSurface, u: Array, z: Indices) -> Found:
    """Refine one start: reach the wanted values, then maximize or minimize the other goals subject to them."""
    if len(surface.valued):
        u = minimize(lambda u: _parts(surface, u, z, "values"), u)
    found = _evaluated(surface, u, z)
    if not len(surface.extreme) or found.missed > REACHED:
        return found
    n = len(surface.valued)
    better = minimize(lambda u: _parts(surface, u, z, "extremes"), u, n)
    return min(found, _evaluated(surface, better, z), key=lambda each: _rank(surface, each))


def _most_typical(surface: GoalSurface, found: Found, best: Found) -> Found:
    """Starting at a solution, find equally good inputs that are nearest to the center of the data."""
    if best.missed > REACHED or not len(found.u):
        return found
    n = len(surface.valued)
    limit = best.extreme + EQUAL / 2
    u = minimize(lambda u: _parts(surface, u, found.z, "distance", limit), found.u, n)
    # The tolerance for equally good inputs moves values slightly away from the ends of ranges.
    for end in (0.0, 1.0):
        u = np.where((found.u == end) & (np.abs(u - end) < NEAR_END), end, u)
    other = _evaluated(surface, u, found.z)
    gains = other.distance < (1.0 - GAIN) * found.distance
    return other if gains and _is_as_good(surface, other, best) else found


def _on_whole_days(surface: GoalSurface, found: Found) -> Found:
    """Move dates to whole days if the training rows have no times of day, and finish the other inputs again."""
    u, held = surface.space.on_whole_days(found.u)
    if np.array_equal(u, found.u):
        return found
    moved = _finished(replace(surface, space=held), u, found.z)
    is_held = [
        now != each for now, each in zip(held.variables, surface.space.variables, strict=True)
    ]
    return replace(moved, u=np.where(is_held, u, moved.u))


def _parts(
    surface: GoalSurface, u: Array, z: Indices, minimized: str, limit: float = 0.0
) -> tuple[float, Array, Array, Array]:
    """Return the function for `bounded_descent.minimize`: a loss, and the constraints.

    The values are minimized first; then they are constraints, and later the extremes are, too.
    """
    at = surface.at(u[None], z[None])
    constraints = [(np.zeros(0), np.zeros((0, len(u))))]
    if minimized == "values":
        value, slopes = surface.goal_loss(at)
    else:
        misses = at.h[0, surface.valued] - surface.wanted
        constraints.append((misses, at.slopes[0, surface.valued]))
        value, slopes = surface.extreme_loss(at)
    if minimized == "distance":
        if len(surface.extreme):
            constraints.append((value - limit, slopes))
        value, slopes = at.distance, at.distance_slopes
    elif surface.near_data:
        farthest = surface.farthest
        constraints.append((at.distance / farthest - 1.0, at.distance_slopes / farthest))
    c, slopes_of_c = (np.concatenate(parts) for parts in zip(*constraints, strict=True))
    return float(value[0]), slopes[0], c, slopes_of_c


def _evaluated(surface: GoalSurface, u: Array, z: Indices) -> Found:
    at = surface.at(u[None], z[None])
    missed = float(np.linalg.norm(at.h[0, surface.valued] - surface.wanted))
    extreme = float(surface.extreme_loss(at)[0][0])
    return Found(u, z, missed, extreme, float(at.distance[0]))


def _apart(solutions: list[Found]) -> Iterator[Found]:
    """The solutions without repetitions."""
    kept: list[Found] = []
    for each in solutions:
        if not any(_are_same(each.u, each.z, other.u, other.z) for other in kept):
            kept.append(each)
            yield each


def _agreeing(surface: GoalSurface, U: Array, Z: Indices, best: Found) -> int:
    """The number of starts that ended at predictions as good as the best."""
    predictions = surface.predictions(np.vstack([best.u, U]), np.vstack([best.z, Z]))  # (1 + N, G)
    units = np.array([goal.scale or 1.0 for goal in surface.goals])
    missed = np.abs(predictions - [goal.value for goal in surface.goals])[:, surface.valued]
    worse = missed / units[surface.valued]
    if not len(surface.valued):
        worse = (predictions * surface.signs / units).sum(axis=1, keepdims=True)
    return int((worse[1:] <= worse[0] + AGREES).all(axis=1).sum())
