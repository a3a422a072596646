"""`densities_of`: what a member of a model says of rows; `number_densities_of`: of a model of numbers."""

from __future__ import annotations

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.models.member import Member
from sheernet.statistics.densities import Densities, NumberDensities, predictive_densities
from sheernet.statistics.noise_kinds import (
    CONSTANT,
    HEAVY_TAILED,
    VARYING,
    NoiseKind,
    skewed,
)
from sheernet.statistics.target_transforms import JohnsonTransform

KINDS = {kind.cost: kind for kind in (CONSTANT, VARYING, HEAVY_TAILED)}


def noise_of(cost: str, transform: JohnsonTransform | None = None) -> NoiseKind | None:
    """What the outputs of a network mean, by the cost that it minimized and its transform; None for classes.

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
    """The same; also None if the cost is not a density."""
    return KINDS.get(cost) if transform is None else skewed(cost, transform)


def _no_density(cost: str) -> InvalidInput:
    return InvalidInput(
        f"the cost {cost!r} of this model is not a density, so it predicts no uncertainty; fit with the default cost"
    )


def densities_of(member: Member, X: Array) -> Densities:
    """The density of each row by a member, on the scale of its network.

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
    known = member.factor.size > 0 and (noise is not CONSTANT or member.noise_variance is not None)
    if noise is not None and not known:
        raise InvalidInput(
            "the uncertainty of this network's weights is not known, because it is large, fits every row, or is that "
            "of an estimator such as MLPRegressor; use fewer hidden units, or sheernet.fit or NetRegressor"
        )
    return predictive_densities(member.network, X, noise, member.noise_variance, member.factor)


def number_densities_of(member: Member, X: Array) -> NumberDensities:
    """The density of the numbers of each row by a member, as from `densities_of`.

    Raises
    ------
    InvalidInput
        As `densities_of`; also if the cost is a cross-entropy, which is a density of classes, not of fractions.
    """
    densities = densities_of(member, X)
    if not isinstance(densities, NumberDensities):
        raise _no_density(member.cost)
    return densities
