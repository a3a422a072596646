r"""`InputProblem`: the objective and the constraints of a search of inputs, and their minimization by SLSQP of SciPy.

    objective    sum_g -+ h_g        over the terms to maximize or minimize, h at the worse end of their intervals,
                                     but not better than the best measured value
                 sum_g width_g       of the intervals of wanted values, if nothing is maximized or minimized
    hard         sums of columns, and  d^2 <= d^2 of 95 % of the training rows  (`DataRegion`)
    soft         wanted values of predictions, and ranges that contain their intervals

h is defined in `Term`.  An end of an interval beyond all measured values is an extrapolation, which no row supports.
It counts as the best measured value, and of the inputs that reach this, the most typical are preferred.  Without
intervals, predictions replace their ends.
All derivatives are central differences, because a network predicts the few rows that they need in the time of one.

References: D. Kraft, A software package for sequential quadratic programming, DFVLR-FB 88-28 (1988): SLSQP.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.targets import NumberTargets
from sheernet.foundation.arrays import Array, Indices, Mask
from sheernet.models.best_inputs.search_space import SearchSpace
from sheernet.models.best_inputs.terms import SIGNS, Term
from sheernet.models.explaining.decoding import predicted
from sheernet.models.rows_in import Rows
from sheernet.models.uncertainty import distribution_of

if TYPE_CHECKING:
    from sheernet.models.model import Model

STEP = 1e-5
"""Step of the differences, as a fraction of the range of a column."""
SLSQP = {"maxiter": 100, "ftol": 1e-11}
REACHED = 1e-6
"""Maximum violation of a satisfied constraint, in units of h."""
CLOSE = 1e-3
"""Maximum violation from which the objective is minimized, subject to the constraint."""
EQUAL = 1e-8
"""Maximum difference of equally good objectives and violations."""
ROUNDING = 1e-9
"""Distance from the end of a range, as a fraction of it, of a value that is at the end."""
NEAR_END = 1e-3
"""Distance from the end, up to which a value that was at the end stays there in equally good inputs."""
GAIN = 1e-3
"""Minimum relative decrease of the distance from the data for which inputs are replaced."""
PENALTY = 10.0
"""Weight of violations in the order of starts."""


@dataclass(frozen=True, eq=False)
class Heights:
    """The functions at N points.

    Parameters
    ----------
    objective, unlimited : ndarray, (N,)
        The objective, and the same without the limit to measured values.
    distance : ndarray, (N,)
        d^2 divided by its limit or by the number of columns, or mean_i (2 u_i - 1)^2 if d is not known.
    equal : ndarray, (N, E)
        What must be 0: hard entries first.
    above : ndarray, (N, I)
        What must be at least 0: hard entries first.
    """

    objective: Array
    unlimited: Array
    distance: Array
    equal: Array
    above: Array


@dataclass(frozen=True, eq=False)
class Found:
    """A point, its violations and its objective.

    Parameters
    ----------
    u : ndarray, (n,)
        The variables.
    z : ndarray of int, (m,)
        The choices.
    hard, soft : float
        Norms of the violations of hard and of soft constraints.
    objective, distance : float
        As in `Heights`.
    """

    u: Array
    z: Indices
    hard: float
    soft: float
    objective: float
    distance: float

    @property
    def rank(self) -> tuple[float, float, float]:
        """The order of points, the best first."""
        hard, soft = (each if each > EQUAL else 0.0 for each in (self.hard, self.soft))
        return hard, soft, self.objective

    def is_as_good_as(self, other: Found, tolerance: float = EQUAL) -> bool:
        """Whether nothing is worse by more than a tolerance."""
        return all(a <= b + tolerance for a, b in zip(self.rank, other.rank, strict=True))


@dataclass(frozen=True, eq=False)
class InputProblem:
    """The objective and the constraints as functions of the variables and choices of a space.

    Parameters
    ----------
    model : Model
        The model.
    space : SearchSpace
        The inputs that are searched.
    wants, limits : sequence of Term
        What is wanted, and the limits of predictions and sums of columns.
    tail : float
        Probability below and above the intervals; 0.5 for predictions instead of intervals.
    farthest : float
        Maximum distance from the data; inf if there is none.
    """

    model: Model
    space: SearchSpace
    wants: Sequence[Term]
    limits: Sequence[Term]
    tail: float
    farthest: float

    @property
    def is_near_data(self) -> bool:
        """Whether the distance from the data is limited."""
        return bool(np.isfinite(self.farthest))

    @cached_property
    def extremes(self) -> list[tuple[Term, str]]:
        """The terms to maximize or minimize, each with its worse end."""
        return [
            (term, "low" if term.aim == "maximize" else "high")
            for term in self.wants
            if term.aim in SIGNS
        ]

    @cached_property
    def equal(self) -> list[Term]:
        """The terms with a value: sums of columns, then predictions."""
        sums = [term for term in self.limits if term.columns and term.has_value]
        return sums + [term for term in self.wants if term.has_value]

    @cached_property
    def ranges(self) -> list[tuple[Term, str, float]]:
        """The ends of ranges, each with 1 for a lower and -1 for an upper end: sums of columns, then predictions."""
        ordered = sorted(self.limits, key=lambda term: term.k)
        return [
            (term, side, sign)
            for term in ordered
            if not (term.columns and term.has_value)
            for side, sign in (("low", 1.0), ("high", -1.0))
            if np.isfinite(getattr(term, side))
        ]

    @cached_property
    def hard(self) -> tuple[int, int]:
        """The numbers of hard entries of `Heights.equal` and `Heights.above`."""
        n_ranges = sum(bool(term.columns) for term, _, _ in self.ranges)
        return sum(bool(term.columns) for term in self.equal), n_ranges + self.is_near_data

    @cached_property
    def best_measured(self) -> list[float]:
        """The losses of the terms to maximize or minimize at the best measured values."""
        targets, found = self.model.targets, []
        for term, _ in self.extremes if self.tail < 0.5 else ():
            loss = -np.inf
            if not term.columns and isinstance(targets, NumberTargets):
                ends = targets.highest if term.aim == "maximize" else targets.lowest
                loss = SIGNS[term.aim] * float(term.measured(ends[term.k]))
            found.append(loss)
        return found

    def at(self, U: Array, Z: Indices) -> Heights:
        """Evaluate at points: variables (N, n) and choices (N, m)."""
        X = self.space.encode(U, Z)
        predictions, distance = self._predictions(X), self._distance(X, U)

        def h(term: Term, side: str) -> Array:
            if term.columns:
                return term.measured(self.space.sums(term.columns, U, Z))
            return term.measured(predictions[side][:, term.k])

        losses = [SIGNS[term.aim] * h(term, side) for term, side in self.extremes]
        if not losses:  # widths are 0 without intervals
            losses = [h(term, "high") - h(term, "low") for term in self.wants]
        least = self.best_measured or [-np.inf] * len(losses)
        objective = np.sum([np.maximum(*pair) for pair in zip(losses, least, strict=True)], axis=0)
        equal = [h(term, "mean") - term.measured(term.low) for term in self.equal]
        above = [1.0 - distance] * self.is_near_data
        for term, side, sign in self.ranges:
            above.append(sign * (h(term, side) - term.measured(getattr(term, side))))
        unlimited = np.sum(losses, axis=0)
        constraints = _columns(equal, len(U)), _columns(above, len(U))
        return Heights(objective, unlimited, distance, *constraints)

    def _predictions(self, X: Array) -> dict[str, Array]:
        """The means and the needed ends of the intervals of the predictions, (N, K) each."""
        if all(term.columns for term in (*self.wants, *self.limits)):
            return {}
        found = {"mean": predicted(self.model, X)}
        if self.tail == 0.5:
            return dict.fromkeys(("mean", "low", "high"), found["mean"])
        distribution = distribution_of(self.model, Rows.complete(X))
        needed = {side for term, side in self.extremes if not term.columns}
        needed |= {side for term, side, _ in self.ranges if not term.columns}
        for side in needed if self.extremes else ("low", "high"):
            tail = self.tail if side == "low" else 1.0 - self.tail
            found[side] = distribution.ppf(tail).reshape(found["mean"].shape)
        return found

    def _distance(self, X: Array, U: Array) -> Array:
        region = self.model.region
        if region is None or not region.has_distances:
            return ((2.0 * U - 1.0) ** 2).sum(axis=1) / max(U.shape[1], 1)
        unit = self.farthest**2 if self.is_near_data else len(self.model.inputs.columns)
        return region.distances(X) ** 2 / unit

    def found(self, U: Array, Z: Indices) -> list[Found]:
        """Evaluate the violations and the objective at points."""
        at = self.at(U, Z)
        e, i = self.hard
        short = np.minimum(at.above, 0.0)
        hard = np.linalg.norm(np.hstack([at.equal[:, :e], short[:, :i]]), axis=1)
        soft = np.linalg.norm(np.hstack([at.equal[:, e:], short[:, i:]]), axis=1)
        parts = zip(hard, soft, at.objective, at.distance, strict=True)
        return [Found(u, z, *map(float, part)) for u, z, part in zip(U, Z, parts, strict=True)]

    def merits(self, U: Array, Z: Indices) -> Array:
        """The objectives with penalties for violations, (N,)."""
        found = self.found(U, Z)
        return np.array([each.objective + PENALTY * (each.hard + each.soft) for each in found])

    def refined(self, start: Found, held: Mask | None = None) -> Found:
        """Minimize from a point: first the violations of hard and of soft constraints, then the objective.

        Parameters
        ----------
        start : Found
            The point.
        held : ndarray of bool, (n,), optional
            Variables that keep their values.
        """
        best = start
        for stage in ("hard", "soft", "objective"):
            if getattr(best, stage) > REACHED or stage == "objective":
                u = self._minimized(best, stage, held)
                best = min(best, *self.found(u[None], best.z[None]), key=lambda each: each.rank)
            if stage != "objective" and getattr(best, stage) > CLOSE:
                break
        return best

    def most_typical(self, found: Found, best: Found) -> Found:
        """Starting at a solution, find the equally good inputs that are the nearest to the center of the data."""
        u = self._minimized(found, "typical", None, best.objective + EQUAL / 2)
        # The tolerance for equally good inputs moves values slightly away from the ends of ranges.
        for end in (0.0, 1.0):
            u = np.where((found.u == end) & (np.abs(u - end) < NEAR_END), end, u)
        (other,) = self.found(u[None], found.z[None])
        gains = other.distance < (1.0 - GAIN) * found.distance
        return other if gains and other.is_as_good_as(best) else found

    def _minimized(self, start: Found, stage: str, held: Mask | None, cap: float = 0.0) -> Array:
        """Minimize by SLSQP; the result may violate constraints."""
        from scipy import optimize

        n = len(start.u)
        if not n or (held is not None and held.all()):
            return start.u
        steps = np.vstack([np.zeros(n), STEP * np.eye(n), -STEP * np.eye(n)])
        Z = np.repeat(start.z[None], len(steps), axis=0)

        @lru_cache(2)
        def local(point: bytes) -> tuple[tuple[Array, Array], ...]:
            """The values and the derivatives of the objective, the equalities and the inequalities."""
            u = np.clip(np.frombuffer(point), 0.0, 1.0)
            parts = self._stage(self.at(u + steps, Z), stage, cap)
            slopes = ((part[1 : n + 1] - part[n + 1 :]).T / (2 * STEP) for part in parts)
            pairs = zip(parts, slopes, strict=True)
            return tuple((np.nan_to_num(part[0]), np.nan_to_num(slope)) for part, slope in pairs)

        counts = [part.shape[-1] for part, _ in local(start.u.tobytes())[1:]]
        constraints = [
            {
                "type": kind,
                "fun": lambda u, part=part: local(u.tobytes())[part][0],
                "jac": lambda u, part=part: local(u.tobytes())[part][1],
            }
            for part, kind, count in zip((1, 2), ("eq", "ineq"), counts, strict=True)
            if count
        ]
        fixed = np.zeros(n, dtype=bool) if held is None else held
        ends = np.column_stack([np.where(fixed, start.u, 0.0), np.where(fixed, start.u, 1.0)])
        how: dict[str, Any] = {"method": "SLSQP", "jac": True, "options": SLSQP}
        how |= {"bounds": ends, "constraints": constraints}
        with warnings.catch_warnings():
            # SLSQP may step out of the cube, where nothing is evaluated.
            warnings.simplefilter("ignore", RuntimeWarning)
            found = optimize.minimize(lambda u: local(u.tobytes())[0], start.u, **how)
        u = np.clip(np.nan_to_num(found.x, nan=0.5), 0.0, 1.0)
        return np.where(np.abs(u - np.rint(u)) <= ROUNDING, np.rint(u), u)

    def _stage(self, at: Heights, stage: str, cap: float) -> tuple[Array, Array, Array]:
        """The objective (N,), what is 0, (N, E), and what is at least 0, (N, I), of a stage."""
        e, i = self.hard
        if stage == "hard":  # the distance, subject to the sums
            over = np.maximum(at.distance - 1.0, 0.0) * self.is_near_data
            return over**2, at.equal[:, :e], at.above[:, self.is_near_data : i]
        if stage == "soft":
            short = np.minimum(at.above[:, i:], 0.0)
            misses = (at.equal[:, e:] ** 2).sum(axis=1) + (short**2).sum(axis=1)
            return misses, at.equal[:, :e], at.above[:, :i]
        if stage == "objective":
            return at.objective, at.equal, at.above
        return at.distance, at.equal, np.column_stack([at.above, cap - at.unlimited])


def _columns(parts: list[Array], n: int) -> Array:
    return np.column_stack(parts) if parts else np.zeros((n, 0))
