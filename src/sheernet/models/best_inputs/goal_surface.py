r"""`GoalSurface`: the goals of a search and the distance from the data as functions of its variables, with gradients.

    value loss      sum_g (h_g - wanted_g)^2            over the goals with a value
    extreme loss    sum_g -+ h_g                        over the goals to maximize or minimize
    distance        d^2 / number of columns             (`DataRegion`); without one, mean_i (2 u_i - 1)^2

h is defined in `Goal`.  The gradients of h follow from those of the networks with respect to their inputs
(`sheernet.statistics.input_gradients`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sheernet.foundation.arrays import Array, Indices
from sheernet.models.best_inputs.goals import SIGNS, Goal
from sheernet.models.best_inputs.search_space import SearchSpace
from sheernet.models.explaining.decoding import predicted, prediction_gradient

if TYPE_CHECKING:
    from sheernet.models.model import Model

PERCENTILE = 99
"""Quantile of the distances of the training rows beyond which a row is far from the data."""
PENALTY = 10.0
"""Factor of the penalty for larger distances, in the loss of many starts."""


@dataclass(frozen=True, eq=False)
class Heights:
    """The functions at N points.

    Parameters
    ----------
    h : ndarray, (N, G)
        The predictions of the goals, measured as h.
    slopes : ndarray, (N, G, n)
        Derivatives of h with respect to the variables.
    distance : ndarray, (N,)
        See the top of this file.
    distance_slopes : ndarray, (N, n)
    """

    h: Array
    slopes: Array
    distance: Array
    distance_slopes: Array


@dataclass(frozen=True, eq=False)
class GoalSurface:
    """The goals as functions of the variables and choices of a space."""

    model: Model
    goals: Sequence[Goal]
    space: SearchSpace
    near_data: bool = False

    @cached_property
    def valued(self) -> Array:
        """Indices of the goals with a value."""
        return np.array([g for g, goal in enumerate(self.goals) if goal.aim == "value"], dtype=int)

    @cached_property
    def extreme(self) -> Array:
        """Indices of the other goals."""
        return np.array([g for g, goal in enumerate(self.goals) if goal.aim != "value"], dtype=int)

    @cached_property
    def wanted(self) -> Array:
        """h of the goals with a value."""
        return np.array([self.goals[g].wanted for g in self.valued])

    @cached_property
    def signs(self) -> Array:
        """1 for goals to minimize, -1 for goals to maximize."""
        return np.array([SIGNS[self.goals[g].aim] for g in self.extreme])

    @cached_property
    def farthest(self) -> float:
        """Distance beyond which a row is far from the data."""
        region = self.model.region
        assert region is not None
        return float(region.percentiles[PERCENTILE]) ** 2 / len(self.model.inputs.columns)

    def at(self, U: Array, Z: Indices) -> Heights:
        """Evaluate at points: variables (N, n) and choices (N, m)."""
        model, ks = self.model, [goal.k for goal in self.goals]
        X = self.space.encode(U, Z)
        predictions = predicted(model, X)[:, ks]  # (N, G)
        gradients = prediction_gradient(model, X)[:, ks]
        h = np.empty_like(predictions)
        for g, goal in enumerate(self.goals):
            h[:, g], factors = goal.measured(predictions[:, g])
            gradients[:, g] *= factors[:, None]
        distance, distance_slopes = self._distance(X, U)
        return Heights(h, self.space.pulled_back(X, gradients), distance, distance_slopes)

    def predictions(self, U: Array, Z: Indices) -> Array:
        """The predictions of the goals, (N, G)."""
        return predicted(self.model, self.space.encode(U, Z))[:, [goal.k for goal in self.goals]]

    def _distance(self, X: Array, U: Array) -> tuple[Array, Array]:
        region, n = self.model.region, len(self.model.inputs.columns)
        if region is None or not region.has_distances:
            centered = 2.0 * U - 1.0
            count = max(U.shape[1], 1)
            return (centered**2).sum(axis=1) / count, 4.0 * centered / count
        from scipy.linalg import cho_solve

        centered = X - region.center
        pulls = cho_solve((region.matrix, True), centered.T).T / n
        return (centered * pulls).sum(axis=1), self.space.pulled_back(X, 2.0 * pulls)

    def loss(self, U: Array, Z: Indices) -> tuple[Array, Array]:
        """The loss that many starts minimize, (N,), and its gradient, (N, n)."""
        found = self.at(U, Z)
        value, slopes = self.goal_loss(found)
        if self.near_data:
            over = np.maximum(found.distance / self.farthest - 1.0, 0.0)
            value = value + PENALTY * over**2
            slopes = slopes + (2 * PENALTY * over / self.farthest)[:, None] * found.distance_slopes
        return value, slopes

    def goal_loss(self, found: Heights) -> tuple[Array, Array]:
        """The value loss if there is one, otherwise the extreme loss, (N,), and its gradient, (N, n)."""
        if len(self.valued):
            misses = found.h[:, self.valued] - self.wanted
            return (misses**2).sum(axis=1), 2 * np.einsum(
                "ng,ngi->ni", misses, found.slopes[:, self.valued]
            )
        return self.extreme_loss(found)

    def extreme_loss(self, found: Heights) -> tuple[Array, Array]:
        """The extreme loss, (N,), and its gradient, (N, n)."""
        return found.h[:, self.extreme] @ self.signs, np.einsum(
            "g,ngi->ni", self.signs, found.slopes[:, self.extreme]
        )
