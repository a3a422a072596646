"""The units of the parameters and of the gradient of a network on data (`StandardUnits`), from sums over its rows.

The same network fits inputs and targets in other units with other weights, and gradients then differ by many orders of
magnitude.  Standard units remove this: in them, weights and gradient are those of the same fit to inputs x_j / r_j and
targets y_k / s_k, r_j the root mean square of an input and s_k the standard deviation of a target.  For standardized
data they are 1.

    F_k = s_k rho'(s_k)    the objective of output k without a fit: s_k^2 for squared_error
    t_k = s_k              the unit of its pre-activation; max(s_k, 1) if the output is a nonlinear function
    t   = t_k / r_j        the unit of a weight: r_j = 1 unless j is an input; t_k = 1 for units of hidden layers
    u   = W F_k / t        the unit of a gradient entry: the largest F_k for hidden layers; W is the sum of all w_n
    F   = W sum_k F_k / 2  the unit of the objective

Log-likelihoods do not depend on the unit of their targets: F_k = 1, and t_k = 1 except for a location, s_k.  poisson
has F_k = the mean of the counts, its curvature.  Other costs are assumed to need no units, F_k = t_k = 1.  For all of
these, whose minimum is not 0, F = 0: there is no unit of the objective.
"""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.network import Architecture
from sheernet.objective import costs
from sheernet.objective.costs import Cost, ResidualCost
from sheernet.objective.location_scale_costs import LocationScaleCost

PROPORTIONAL = ("identity", "relu", "leaky_relu")
"""Output activations for which an output is proportional to the weights of the output layer."""
CONSTANT = 1e-8
"""Maximum standard deviation of a target, relative to its mean, at which its unit is the mean instead."""


class Moments(NamedTuple):
    """Sums over rows with weights w_n; the moments of two parts of the rows can be joined."""

    weight: float
    inputs: Array  # sum_n w_n x_nj^2, (d_0,)
    means: Array  # of the targets, (K,)
    squares: Array  # sum_n w_n (y_nk - mean_k)^2, (K,)

    @classmethod
    def of(cls, X: Array, y: Array, w: Array) -> Self:
        """Return the moments of rows, X (n, d_0) and y (n, K), with positive weights w (n,)."""
        weight = float(w.sum())
        with np.errstate(all="ignore"):
            means = np.einsum("n,nk->k", w, y) / weight  # unlike w @ y, equal bits for any threads
            centered = y - means
            inputs = np.einsum("n,nj,nj->j", w, X, X)
            return cls(weight, inputs, means, np.einsum("n,nk,nk->k", w, centered, centered))

    def joined(self, other: Moments) -> Moments:
        """Return the moments of the rows of both (T. F. Chan, G. H. Golub and R. J. LeVeque, 1983)."""
        weight = self.weight + other.weight
        with np.errstate(all="ignore"):
            apart = other.means - self.means
            share = other.weight / weight
            return Moments(
                weight,
                self.inputs + other.inputs,
                self.means + share * apart,
                self.squares + other.squares + self.weight * share * apart * apart,
            )


class StandardUnits(NamedTuple):
    """The units of the parameters, t, and of the gradient, u, (P,) each, and of the objective; 0 if it has none."""

    parameters: Array
    gradient: Array
    objective: float

    @classmethod
    def of(cls, architecture: Architecture, cost: Cost, moments: Moments, total: float) -> Self:
        """Return the units of a network; `total` is W, the sum of the w_n including the reduction.

        Examples
        --------
        >>> import numpy as np
        >>> import sheernet as sn
        >>> objective = sn.make_objective(sn.Architecture((1, 1)), [[3.0], [-3.0]], [4.0, 8.0])
        >>> t, u, F = objective.standard_units  # r = 3, s = 2: t = (s / r, s), u = s^2 / t, F = s^2 / 2
        >>> t.round(3).tolist(), u.tolist(), F
        ([0.667, 2.0], [6.0, 2.0], 2.0)
        """
        with np.errstate(all="ignore"):
            inputs = _usable(np.sqrt(moments.inputs / moments.weight))  # (d_0,)
            objectives, outputs = _of_outputs(architecture, cost, moments)  # (outputs,)
            t = np.ones(architecture.n_parameters)
            u = np.full(architecture.n_parameters, total * objectives.max())
            for block in architecture.layout.blocks:
                if block.source == 0:
                    block.view(t)[...] = 1 / inputs[:, None]
                if block.layer == architecture.n_layers:
                    block.view(t)[...] *= outputs
                    block.view(u)[...] = total * objectives
            u /= t
            has_unit = isinstance(cost, ResidualCost)
            objective = 0.5 * total * float(objectives.sum()) if has_unit else 0.0
            return cls(_usable(t), _usable(u), objective)


def _of_outputs(architecture: Architecture, cost: Cost, moments: Moments) -> tuple[Array, Array]:
    """Return F_k and t_k of all outputs."""
    ones = np.ones(architecture.n_outputs)
    means, deviations = np.abs(moments.means), np.sqrt(moments.squares / moments.weight)
    sizes = _usable(np.where(deviations > CONSTANT * means, deviations, means))  # s_k, (K,)
    if isinstance(cost, ResidualCost):
        is_proportional = architecture.activations[-1].name in PROPORTIONAL
        units = sizes if is_proportional else np.maximum(sizes, 1.0)
        return sizes * cost.rho_prime(sizes).real, units
    if isinstance(cost, LocationScaleCost):
        return ones, np.concatenate([sizes, np.ones_like(sizes)])
    if cost == costs.poisson:
        return _usable(means), ones
    return ones, ones


def _usable(units: Array) -> Array:
    """Replace units that are not positive and finite by 1."""
    return np.where((units > 0) & (units < np.inf), units, 1.0)
