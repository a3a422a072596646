"""`column_support`: compare the evidence of a network with each column with the evidence without the column.

Each input of the network has its own weight decay (automatic relevance determination).  A column that is unrelated to
the targets correlates with their noise by chance, so that the decay with the highest evidence is often finite.
The Bayes factor of the network with the column to the network without the column, which is the limit of an infinite
decay, measures whether the data support the column.  The decays of the column were fitted to the rows, so the evidence
of the network with the column is integrated over the logarithms of these decays, which have a flat prior between the
bounds of the search:

    log evidence = maximum of the log evidence + sum_g log(sqrt(4 pi / gamma_g) / log(largest / smallest decay))

sqrt(2 / gamma) is the standard deviation of the logarithm of a decay with gamma effective parameters: MacKay (1992),
Neural Computation 4, 415, section 5.  Columns are tested one after the other, the column with the fewest effective
parameters first, and columns without support are omitted from the networks that follow.  Deviation from the source: the
decays of the other groups are not changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.objective import Objective
from sheernet.statistics.decay_groups import Groups, decay_groups
from sheernet.statistics.evidence import Evidence, evidence_at
from sheernet.statistics.evidence_search import HEAVIEST, LIGHTEST, SearchState, maximize_evidence
from sheernet.training.jobs import Job, fit_jobs

METHOD = "bfgs"
MOST_UPDATES = 200
MOST_ITERATIONS = 10_000
POSITIVE = 1.0
"""Log Bayes factor below which the evidence is "not worth more than a bare mention": Kass and Raftery (1995), Journal
of the American Statistical Association 90, 773, section 3.2."""


class ColumnSupport(NamedTuple):
    """Support of the data for the columns of a network.

    Parameters
    ----------
    log_bayes_factors : ndarray, (D,)
        Log Bayes factors of the network with each column to the network without it.
    decays : ndarray, (d_0,)
        Decays of the weights out of each feature, in the objective's own reduction; infinite for omitted columns.
    """

    log_bayes_factors: Array
    decays: Array


def column_support(
    objective_of: Callable[[Array], Objective], X: Array, theta: Array, columns: Sequence[slice],
    outputs_per_target: int = 1,
) -> ColumnSupport:  # fmt: skip
    """Compare the evidence of a network with each column with the evidence without the column.

    Parameters
    ----------
    objective_of : callable, ndarray (N, d_0) -> Objective
        The objective with given inputs; its decay has a value for the weights out of each input.
    X : ndarray, (N, d_0)
        The inputs.
    theta : ndarray, (P,)
        Weights of the network, at or near an optimum.
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
        # Setting features to 0 omits them: only the decay acts on their weights, which go to 0.
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
    """Return the names of the groups of the weights out of an input."""
    return [name for name in groups if name in (f"W1[{feature}]", f"S[{feature}]")]


def _settled(objective: Objective, theta: Array, groups: Groups) -> tuple[Array, Array]:
    """Return the weights and decays that maximize the evidence near the given ones."""
    begun, unknown = theta[np.newaxis], np.full(1, np.inf)
    found = maximize_evidence(
        objective, begun, groups, method=METHOD, max_updates=MOST_UPDATES,
        state=SearchState(0, 0, begun, objective.decay[np.newaxis], unknown, unknown, -unknown),
    )  # fmt: skip
    decay = found.decays[0]
    return _optimum(objective.replace(decay=decay), found.thetas[0]), decay


def _optimum(objective: Objective, theta: Array) -> Array:
    """Return the optimum near some weights.

    The error of the evidence at weights that have not converged is larger than the effect of a column.
    """
    return fit_jobs(objective, [Job(theta)], METHOD, max_iter=MOST_ITERATIONS, renew=False)[0].theta


def _cost_of_decays(evidence: Evidence, names: Sequence[str]) -> float:
    """Return the log of the ratio of the prior range of the decays of some groups to the range that the data leave."""
    gammas = np.array([max(evidence.effective[name], 1e-9) for name in names])
    range_left = np.sqrt(4.0 * np.pi / gammas) / np.log(HEAVIEST / LIGHTEST)
    return float(-np.log(np.minimum(range_left, 1.0)).sum())
