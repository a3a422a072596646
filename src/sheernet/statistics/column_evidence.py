"""Which columns the rows speak for: the evidence of a network with each column, beside that without it.

Each input of the network has a weight decay of its own (automatic relevance determination).  A column that has nothing
to do with the targets goes with their noise by chance, so that the decay with the highest evidence is often finite.
Whether the column is worth its decay is told by the Bayes factor of the network with it to the network without it,
the limit of an endless decay.  The decays of the column were fitted to the rows, so the evidence with it is an integral
over the logarithms of these decays, which have a flat prior between the bounds of the search:

    log evidence = log evidence at the highest point + sum_g log(sqrt(4 pi / gamma_g) / log(heaviest / lightest))

sqrt(2 / gamma) is the standard deviation of the logarithm of a decay with gamma effective parameters: MacKay (1992),
Neural Computation 4, 415, section 5.  Columns are judged one after the other, the one with the fewest effective
parameters first, and those that the rows do not speak for are left out of the networks that follow.  Deviation: the
decays of the other groups stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.objective import Objective
from sheernet.statistics.evidence import Evidence, evidence_at
from sheernet.statistics.evidence_search import (
    HEAVIEST,
    LIGHTEST,
    SearchState,
    maximize_evidence,
)
from sheernet.statistics.groups import Groups, decay_groups
from sheernet.training.jobs import Job, fit_jobs

METHOD = "bfgs"
MOST_UPDATES = 200
MOST_ITERATIONS = 10_000
POSITIVE = 1.0
"""Log Bayes factor below which the evidence is "not worth more than a bare mention": Kass and Raftery (1995), Journal
of the American Statistical Association 90, 773, section 3.2."""


class ColumnSupport(NamedTuple):
    """What the rows say for the columns of a network.

    Parameters
    ----------
    log_bayes_factors : ndarray, (D,)
        Of the network with each column to the network without it.
    decays : ndarray, (d_0,)
        Of the weights out of each feature, in the objective's own reduction; infinite for columns that are left out.
    """

    log_bayes_factors: Array
    decays: Array


def column_support(
    objective_of: Callable[[Array], Objective], X: Array, theta: Array, columns: Sequence[slice],
    outputs_per_target: int = 1,
) -> ColumnSupport:  # fmt: skip
    """Compare the evidence of a network with each column to that without it.

    Parameters
    ----------
    objective_of : callable, ndarray (N, d_0) -> Objective
        The objective with given inputs; its decay has a value for the weights out of each input.
    X : ndarray, (N, d_0)
        The inputs.
    theta : ndarray, (P,)
        Its weights, at or near an optimum.
    columns : sequence of slice
        The features of each column.
    outputs_per_target : int
        As in `decay_groups`.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.statistics import column_support
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> y = X[:, 0] + 0.1 * np.random.default_rng(1).normal(size=100)
    >>> arch = sn.Architecture((2, 1))
    >>> found = column_support(
    ...     lambda X: sn.make_objective(arch, X, y, decay=0.01), X, np.zeros(3), [slice(0, 1), slice(1, 2)]
    ... )
    >>> (found.log_bayes_factors > 1).tolist(), np.isinf(found.decays).tolist()
    ([True, False], [False, True])
    """
    objective = objective_of(X)
    arch = objective.architecture
    groups = decay_groups(arch, True, outputs_per_target)
    theta, decay = _settled(objective, theta, groups)
    evidence = evidence_at(objective.replace(decay=decay), theta, groups)
    decays = decay[arch.layout.block("W1").slice].reshape(arch.n_inputs, -1)[:, 0].copy()
    own = [[n for k in range(at.start, at.stop) for n in _groups_of(groups, k)] for at in columns]
    gammas = [sum(evidence.effective[name] for name in names) for names in own]
    factors = np.empty(len(columns))
    for k in np.argsort(gammas, kind="stable").tolist():
        # Features that are 0 are left out: only their decay moves their weights, to 0.
        rest, begun = X.copy(), theta.copy()
        rest[:, columns[k]] = 0.0
        begun[np.concatenate([groups[name] for name in own[k]])] = 0.0
        objective = objective_of(rest).replace(decay=decay)
        there = _optimum(objective, begun)
        without = evidence_at(objective, there, groups)
        factors[k] = (
            evidence.log_evidence - without.log_evidence - _cost_of_decays(evidence, own[k])
        )
        if factors[k] < POSITIVE:
            X, theta, evidence = rest, there, without
            decays[columns[k]] = np.inf
    return ColumnSupport(factors, decays)


def _groups_of(groups: Groups, feature: int) -> list[str]:
    """The groups of the weights out of an input."""
    return [name for name in groups if name in (f"W1[{feature}]", f"S[{feature}]")]


def _settled(objective: Objective, theta: Array, groups: Groups) -> tuple[Array, Array]:
    """Weights and decays where the evidence is highest near the given ones."""
    begun, unknown = theta[np.newaxis], np.full(1, np.inf)
    found = maximize_evidence(
        objective, begun, groups, method=METHOD, max_updates=MOST_UPDATES,
        state=SearchState(0, 0, begun, objective.decay[np.newaxis], unknown, unknown),
    )  # fmt: skip
    decay = found.decays[0]
    return _optimum(objective.replace(decay=decay), found.thetas[0]), decay


def _optimum(objective: Objective, theta: Array) -> Array:
    """The optimum near some weights.

    The evidence of weights that had not converged differs from that of the optimum by more than the columns tell.
    """
    return fit_jobs(objective, [Job(theta)], METHOD, max_iter=MOST_ITERATIONS, renew=False)[0].theta


def _cost_of_decays(evidence: Evidence, names: Sequence[str]) -> float:
    """The logarithm of the prior range of the decays of some groups over the range that the rows leave."""
    gammas = np.array([max(evidence.effective[name], 1e-9) for name in names])
    range_left = np.sqrt(4.0 * np.pi / gammas) / np.log(HEAVIEST / LIGHTEST)
    return float(-np.log(np.minimum(range_left, 1.0)).sum())
