"""Predictive densities of rows by a member of a model: `number_densities_of`, and `count_distribution_of` for counts.

A member with the cost poisson predicts the mean count mu = s exp(z), with the scale s of the targets.  Laplace's
approximation gives z the variance v, so that the rate of the counts has the mean mu and the variance v mu^2 (first
order), as a gamma distribution, and the counts have a negative binomial distribution, whose mean is the predicted mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sheernet.data.targets import NumberTargets
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.models.member import Member
from sheernet.models.output_layer import dispersion_of
from sheernet.statistics.count_distribution import CountPrediction
from sheernet.statistics.laplace import output_variances
from sheernet.statistics.network_densities import Densities, NumberDensities, predictive_densities
from sheernet.statistics.noise_models import CONSTANT, HEAVY_TAILED, VARYING, NoiseKind, skewed
from sheernet.statistics.target_transforms import JohnsonTransform

KINDS = {kind.cost: kind for kind in (CONSTANT, VARYING, HEAVY_TAILED)}
POISSON = "poisson"
LARGEST_VARIATION = 4.0
"""Largest variance of the rate of counts in units of its squared mean.  As the mean is fixed, a gamma distribution of a
larger variance has its upper quantiles nearer to 0: intervals would be narrow although the mean is uncertain."""


def noise_of(cost: str, transform: JohnsonTransform | None = None) -> NoiseKind | None:
    """Return the kind of density that a cost and a transform imply for the outputs of a network; None for classes.

    Raises
    ------
    InvalidInput
        If the cost is not a density of numbers or classes.
    """
    kind = noise_or_none(cost, transform)
    if kind is None and not cost.endswith("cross_entropy"):
        raise _no_density(cost)
    return kind


def noise_or_none(cost: str, transform: JohnsonTransform | None = None) -> NoiseKind | None:
    """Return the same kind of density as `noise_of`, but None if the cost is not a density."""
    return KINDS.get(cost) if transform is None else skewed(cost, transform)


def _no_density(cost: str) -> InvalidInput:
    return InvalidInput(
        f"the cost {cost!r} of this model is not a density, so it predicts no uncertainty; fit with the default cost"
    )


def _is_known(member: Member, noise: NoiseKind) -> bool:
    """Whether a member has what its density needs."""
    return member.factor.size > 0 and (noise is not CONSTANT or member.noise_variance is not None)


def variance_factor(member: Member, spread: float) -> float | None:
    """What the squared scale of noise and weights is multiplied by in the variance of a target.

    None if a member of a model has no standard deviation, on the scale of its network.

    Parameters
    ----------
    member : Member
        The member.
    spread : float
        That of the model.
    """
    noise = noise_or_none(member.cost, member.transform)
    if noise is None or not _is_known(member, noise):
        return None
    heavy = noise.degrees / (noise.degrees - 2.0) if np.isfinite(noise.degrees) else 1.0
    return spread * spread * heavy


def densities_of(member: Member, X: Array) -> Densities:
    """Return the density of each row predicted by a member, on the scale of its network.

    Parameters
    ----------
    member : Member
        The member.
    X : ndarray, (N, d_0)
        Encoded rows.

    Raises
    ------
    InvalidInput
        If the cost is not a density, or the covariance of the weights is not known.
    """
    noise = noise_of(member.cost, member.transform)
    if noise is not None and not _is_known(member, noise):
        raise InvalidInput(
            "the uncertainty of this network's weights is not known, because it is large, fits every row, or has units "
            "that are copies of each other or inputs that determine each other; use fewer hidden units or "
            "decay='evidence'"
        )
    return predictive_densities(member.network, X, noise, member.noise_variance, member.factor)


def count_distribution_of(
    members: Sequence[Member], targets: NumberTargets, X: Array
) -> CountPrediction:
    """Return the distribution of the counts of each row by the members of a model, which all have the cost poisson.

    Parameters
    ----------
    members : sequence of Member
        The members.
    targets : NumberTargets
        Their targets.
    X : ndarray, (N, d_0)
        Encoded rows.

    Raises
    ------
    InvalidInput
        If the covariance of the weights is not known, or a member has a cost other than poisson.
    """
    others = [member.cost for member in members if member.cost != POISSON]
    if others:
        raise _no_density(POISSON)
    if dispersion_of(targets, POISSON) is None or not all(member.factor.size for member in members):
        raise InvalidInput(
            "the distribution of these counts is not known, because the targets are not whole numbers or are scaled "
            "differently, or the network is large; fit whole numbers with fewer hidden units"
        )
    means, variations = [], []
    for member in members:
        network = member.network
        of_sums = output_variances(network.architecture, network.theta, member.factor, X)
        variations.append(np.minimum(of_sums, LARGEST_VARIATION))
        means.append(member.location(X) * np.array(targets.scale))
    require_finite_rows("output", np.stack(means, axis=1).reshape(len(X), -1))
    shares = np.array([member.share for member in members])
    return CountPrediction(shares, np.stack(means), np.stack(variations))


def log_densities_of(
    member: Member, targets: NumberTargets, X: Array, y: Array, truth: Array
) -> Array:
    """Return the log density of the targets of each row by a member, on the scale of the network, (N,).

    Parameters
    ----------
    member : Member
        The member.
    targets : NumberTargets
        Its targets.
    X : ndarray, (N, d_0)
        Encoded rows.
    y, truth : ndarray, (N, K)
        The targets on the scale of the network, and in their own units.

    Raises
    ------
    InvalidInput
        As for `count_distribution_of` and `number_densities_of`.
    """
    if member.cost != POISSON:
        return number_densities_of(member, X).log(y)
    counts = count_distribution_of([replace(member, share=1.0)], targets, X)
    logs = counts.logpmf(truth.reshape(counts.shape)).reshape(len(X), -1)
    return np.asarray(logs.sum(axis=1) + np.log(targets.scale).sum())


def require_finite_rows(noun: str, values: Array) -> None:
    """Raise InvalidInput if a value that a network predicts for a row, (N, ...), is not finite."""
    bad = ~np.isfinite(values).all(axis=1)
    if bad.any():
        raise InvalidInput(
            f"the network's {noun} for data row {int(bad.argmax()) + 1} is not finite; check the units"
        )


def number_densities_of(member: Member, X: Array) -> NumberDensities:
    """Return the density of the numeric targets of each row by a member, as `densities_of` does.

    Raises
    ------
    InvalidInput
        As for `densities_of`, or if the cost is a cross-entropy, which is a density of classes, not of fractions.
    """
    densities = densities_of(member, X)
    if not isinstance(densities, NumberDensities):
        raise _no_density(member.cost)
    return densities
