r"""Weighted sums of predictions over rows, and the variance of linear combinations of these sums.

    s_g = sum_n w_n f(x_n) over the rows n of group g       e = T s, for example an accumulated local effect
    var e = sum_m share_m (|L_m^T T ds_m/dtheta|^2 + (e_m - sum_m share_m e_m)^2)

for the members m, with L_m the factor of the covariance of the weights (Laplace's approximation,
statistics/laplace.py).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.targets import Targets
from sheernet.foundation.arrays import Array, Indices
from sheernet.models.explaining.decoding import decoded, summed_weight_gradients, weight_gradient
from sheernet.models.member import Member
from sheernet.objective.engines.threads import blas_threads
from sheernet.statistics.laplace import unpacked

if TYPE_CHECKING:
    from sheernet.models.model import Model

BLOCK = 2**20
"""Maximum number of values in the derivatives of a block of rows: 8 MiB."""
LARGE_GROUP = 50
"""Minimum mean number of rows per group for which products over each group are faster than derivatives of each row."""
STD_ROWS = 100
"""Number of rows in a block whose standard deviations are computed together."""


@dataclass(frozen=True, eq=False)
class PredictionSums:
    """Sums of K predictions over the rows of G groups.

    Parameters
    ----------
    values : ndarray, (G, K)
        Sums of the predictions of the model.
    shares : ndarray, (M,)
        Shares of the members; their sum is 1.
    of_members : ndarray, (M, G, K)
        Sums of the predictions of each member.
    spreads : tuple of (ndarray (G, K, P), ndarray (P, P)), or None
        For each member, the derivative of its sums with respect to its weights, and L; None without a covariance.
    """

    values: Array
    shares: Array
    of_members: Array
    spreads: tuple[tuple[Array, Array], ...] | None

    def combined(self, T: Array) -> tuple[Array, Array]:
        """Return linear combinations of the sums and their standard deviations, (E, K) each; T has the shape (E, G)."""
        means = np.einsum("eg,mgk->mek", T, self.of_members)
        center = np.tensordot(self.shares, means, 1)
        variance = np.tensordot(self.shares, (means - center) ** 2, 1)
        for share, (gradient, factor) in zip(self.shares, self.spreads or (), strict=False):
            with blas_threads(1):
                slopes = np.tensordot(T, gradient, 1) @ factor  # (E, K, P)
            variance += share * (slopes**2).sum(axis=2)
        return T @ self.values, np.sqrt(variance)


def weights_known(model: Model) -> bool:
    """Whether the covariance of the weights of each member is known."""
    return all(member.factor.size for member in model.members)


def prediction_std(model: Model, X: Array) -> Array:
    """The standard deviation of the prediction of each encoded row, (N, K), due to the members and their weights."""

    def of_block(rows: Array) -> Array:
        n = len(rows)
        return prediction_sums(model, rows, np.ones(n), np.arange(n), n).combined(np.eye(n))[1]

    return np.concatenate([of_block(X[i : i + STD_ROWS]) for i in range(0, len(X), STD_ROWS)])


def change_std(model: Model, x: Array, rows: Array) -> Array:
    """Standard deviation of the difference between a prediction and the mean prediction of other rows, (K,)."""
    n = len(rows)
    weights = np.append(np.full(n, -1.0 / n), 1.0)
    sums = prediction_sums(model, np.vstack([rows, x]), weights, np.zeros(n + 1, dtype=np.intp), 1)
    return sums.combined(np.eye(1))[1][0]


def prediction_sums(
    model: Model, X: Array, weights: Array, groups: Indices, n_groups: int, spread: bool = True
) -> PredictionSums:
    """Sum the predictions of a model over groups of encoded rows.

    Parameters
    ----------
    model : Model
        The model; the covariances of the weights of its members may be unknown.
    X : ndarray, (R, F)
        Encoded rows; rows of a group are adjacent.
    weights : ndarray, (R,)
        The weights w.
    groups : ndarray of int, (R,)
        The group of each row, ascending.
    n_groups : int
        G; the sum of a group without rows is 0.
    spread : bool
        Whether to compute the derivatives with respect to the weights.
    """
    targets, members = model.targets, model.members
    shares = np.array([member.share for member in members])
    locations = np.stack([member.location(X) for member in members])  # (M, R, K)

    def summed(outputs: Array) -> Array:
        return _by_group(weights[:, None] * decoded(targets, outputs), groups, n_groups)

    return PredictionSums(
        summed(np.tensordot(shares, locations, 1)),
        shares / shares.sum(),
        np.stack([summed(location) for location in locations]),
        tuple(
            (_gradient(targets, member, X, weights, groups, n_groups), unpacked(member.factor))
            for member in members
        )
        if spread and weights_known(model)
        else None,
    )


def _gradient(
    targets: Targets, member: Member, X: Array, weights: Array, groups: Indices, n_groups: int
) -> Array:
    """Derivative of the sums with respect to the weights of a member, (G, K, P)."""
    if len(X) >= LARGE_GROUP * max(n_groups, 1):
        return _gradient_by_group(targets, member, X, weights, groups, n_groups)
    arch = member.network.architecture
    step = max(BLOCK // (arch.n_outputs * arch.n_parameters), 1)

    def of_block(first: int) -> Array:
        rows = slice(first, first + step)
        slopes = weight_gradient(targets, member, X[rows]) * weights[rows, None, None]
        return _by_group(slopes, groups[rows], n_groups)

    with blas_threads(1):
        return functools.reduce(np.add, map(of_block, range(0, max(len(X), 1), step)))


def _gradient_by_group(
    targets: Targets, member: Member, X: Array, weights: Array, groups: Indices, n_groups: int
) -> Array:
    """Derivative for large groups, some groups at a time, without the derivatives of each row."""
    arch = member.network.architecture
    ends = np.searchsorted(groups, np.arange(n_groups + 1))
    step = max(BLOCK * n_groups // (len(X) * sum(arch.sizes)), 1)
    parts = []
    with blas_threads(1):
        for first in range(0, n_groups, step):
            own = ends[first : first + step + 1]
            rows = slice(own[0], own[-1])
            parts.append(
                summed_weight_gradients(targets, member, X[rows], weights[rows], own - own[0])
            )
    return np.concatenate(parts)


def _by_group(values: Array, groups: Indices, n_groups: int) -> Array:
    """Sums of the rows of each group, (G, ...); group numbers are ascending."""
    total = np.zeros((n_groups, *values.shape[1:]))
    present, starts = np.unique(groups, return_index=True)
    if len(present):
        total[present] = np.add.reduceat(values, starts, axis=0)
    return total
