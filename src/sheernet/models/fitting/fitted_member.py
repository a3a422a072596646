"""`fitted_member`: build a member of a model from the result of training, with its noise and uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array, rounded
from sheernet.foundation.plain_data import plain
from sheernet.models.density import POISSON
from sheernet.models.fitting.preparation import Encoded
from sheernet.models.member import Member
from sheernet.objective import SummedObjective
from sheernet.objective.engines.threads import blas_threads
from sheernet.objective.objective import make_objective
from sheernet.optimizers import Termination
from sheernet.statistics.ensemble import MOST_WEIGHTS
from sheernet.statistics.evidence import Evidence, is_likelihood, scale_of_sums
from sheernet.statistics.laplace import FLOOR, change_left, determined_fractions, noise_and_factor
from sheernet.statistics.redundant_weights import redundant_directions
from sheernet.training.training import Training

DIGITS = 9
"""Significant digits of a factor: with all 17, a model file is almost twice as large."""
MOST_WEIGHTS_WITH_FACTOR = MOST_WEIGHTS
"""Maximum number of weights of a network with a factor: in a model file, the factor takes 3 MB at this size."""


def fitted_member(
    result: Training,
    rows: Encoded | None = None,
    minimized: Mapping[str, Any] = MappingProxyType({}),
    evidence: Mapping[str, Any] = MappingProxyType({}),
    share: float = 1.0,
    label_groups: Sequence[slice] = (),
    dispersion: float | None = 1.0,
) -> Member:
    """Build a member of a model from the result of training.

    Parameters
    ----------
    result : Training
        The result of `train`.
    rows : Encoded, optional
        The training rows, for the noise variance and the factor.  The member has neither if the rows are not given, if
        the network is large, if the cost is not a likelihood, or if the Gauss-Newton matrix is singular.
    minimized : mapping
        Arguments of `make_objective` for these rows: cost, reduction, engine, threads.
    evidence : mapping
        Facts about the evidence, if it chose the decay; the effective parameters of the member replace those of the
        search.
    share : float
        Weight of the member in the prediction.
    label_groups : sequence of slice
        As returned by `Inputs.label_groups`.
    dispersion : float or None
        As returned by `output_layer.dispersion_of`; without it, the member has no factor.
    """
    member = member_of(result, evidence, share)
    may_have_one = may_have_factor(result.network.theta.size, member.cost)
    if rows is None or dispersion is None or not may_have_one:
        return member
    objective = make_objective(
        result.network.architecture, rows.X, rows.y, weights=rows.weights,
        **{**minimized, "decay": result.decay},
    )  # fmt: skip
    return with_uncertainty(member, objective, label_groups, dispersion)


def with_uncertainty(
    member: Member, objective: SummedObjective, label_groups: Sequence[slice], dispersion: float
) -> Member:
    """Return a member with its noise variance, the factor of its covariance, and the change left.

    If the evidence chose the decay, the effective parameters are those of all rows.
    """
    theta = member.network.theta
    noise_variance, factor = uncertainty_or_none(objective, theta, label_groups, dispersion)
    member = replace(member, noise_variance=noise_variance, factor=factor)
    if not factor.size:
        return member
    unit = noise_variance or dispersion
    evidence = member.evidence
    if evidence:
        effective = _effective_parameters(objective, factor, label_groups, unit)
        evidence = {**evidence, "effective_parameters": effective}
    left = change_left(objective, theta, factor, unit)
    return replace(member, evidence=evidence, change_left=left)


def _effective_parameters(
    objective: SummedObjective, factor: Array, label_groups: Sequence[slice], unit: float
) -> float:
    """Return the effective parameters at an optimum of all rows; the search may have used a part of them."""
    decay = scale_of_sums(objective) * objective.decay
    redundant = redundant_directions(objective.architecture, label_groups, objective.decay)
    return float(determined_fractions(factor, decay, unit).sum()) - redundant.shape[1]


def member_of(result: Training, evidence: Mapping[str, Any], share: float = 1.0) -> Member:
    """Build a member of a model from the result of training, without the uncertainty of its weights."""
    end = result.termination
    return Member(
        network=result.network,
        share=share,
        cost=result.settings["cost"],
        decay=result.decay,
        record=result.record,
        termination=Termination(end.reason, end.message),  # composed, so that it keeps no rows
        starts=result.starts,
        evidence=plain(evidence),
    )


def evidence_facts(found: Evidence, total: float = 1.0) -> dict[str, Any]:
    """Return what a member records of its evidence, with the decays divided by the total weight of the rows."""
    return {
        "log_evidence": found.log_evidence,
        "noise_variance": found.noise_variance,
        "effective_parameters": found.effective_parameters,
        "decay": {name: value / total for name, value in found.decay.items()},
        "effective": dict(found.effective),
    }


def ended_by(result: Training, reason: str) -> Training:
    """Return the same training of one start, with another reason for its end."""
    starts = replace(result.starts, reasons=(reason,))
    return replace(result, termination=Termination(reason), starts=starts)


def may_have_factor(n_weights: int, cost: str) -> bool:
    """Return whether a network is small enough for the factor of its covariance and its cost is a likelihood."""
    return n_weights <= MOST_WEIGHTS_WITH_FACTOR and is_likelihood(cost)


def uncertainty_or_none(
    objective: SummedObjective, theta: Array, label_groups: Sequence[slice], dispersion: float
) -> tuple[float | None, Array]:
    """Return the noise variance and the factor of the covariance at an optimum, or None and an empty array.

    A decay makes the Gauss-Newton matrix H nonsingular, but if the information of the rows about some weights is 1e12
    times that of the decay, as for a learned noise of nearly 0, H is singular up to rounding.  If only biases are
    without decay, the rows do not determine the bias of a hidden unit whose weights are 0, or that is a copy of another
    unit.  In both cases `FLOOR` is added to H: a direction of the weights increases the variance of an output at a
    training row by at most the variance of one row, however little the rows determine it.
    """
    arch = objective.architecture
    redundant = redundant_directions(arch, label_groups, objective.decay)
    is_regular = arch.n_layers > 1 and all(
        block.is_bias or (objective.decay[block.slice] > 0.0).all() for block in arch.layout.blocks
    )
    is_regular |= bool(np.count_nonzero(objective.decay == 0.0) <= arch.n_outputs)
    is_regular |= objective.cost.name == POISSON and arch.n_layers > 1
    for floor in (0.0, FLOOR) if is_regular else (0.0,):
        # an error if inputs depend on each other, or if the fit is perfect
        with suppress(np.linalg.LinAlgError), blas_threads(1):
            noise_variance, factor = noise_and_factor(
                objective, theta, redundant, dispersion, floor
            )
            # a linear model is small, and its standard errors are compared with those of regressions
            return noise_variance, factor if arch.n_layers == 1 else rounded(factor, DIGITS)
    return None, np.zeros(0)
