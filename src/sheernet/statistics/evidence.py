r"""The evidence (marginal likelihood) of a network, by Laplace's approximation around its optimum.

With sums over the rows, E_D = sum_n w_n loss_n, and the objective F = E_D + 1/2 sum_p d_p theta_p^2:

    H      = Gauss-Newton matrix of F                                     (P, P)
    gamma  = sum_g gamma_g,  gamma_g = n_g - d_g tr_g(H^-1)               effective parameters; undecayed ones count 1
    beta   = (M - gamma) / (2 E_D)                                        1 / noise variance (squared error only)
    alpha_p = beta d_p                                                    1 / prior variance of a weight
    log evidence = -beta F - 1/2 log det(beta H) + 1/2 sum_p log alpha_p + M/2 log(beta / 2 pi)

M is the number of residuals, a row of weight k counted k times.  For classes and counts the cost is a negative
log-likelihood already: beta = 1, and the last term is absent.

The re-estimation d_g <- gamma_g / (beta |theta_g|^2) is MacKay's (1992), Neural Computation 4, 448, eq. 4.7 and 4.8;
with the Gauss-Newton matrix and Levenberg-Marquardt it is the method of Foresee and Hagan (1997), ICNN, 1930.
Deviations from the sources: the prior of the decays and of parameters without decay (the output biases) is flat, and
equivalent optima are not counted; E_D is at least LEAST_COST, because a network may fit its rows exactly.  The
evidences of networks with the same outputs on one table can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.objective import SummedObjective
from sheernet.objective.engines.threads import blas_threads
from sheernet.statistics.decay_groups import Groups

LIKELIHOODS = (
    "squared_error", "gaussian_nll", "student_t", "binary_cross_entropy", "cross_entropy", "poisson",
)  # fmt: skip
"""Names without parameters of costs that are negative log-likelihoods, up to constants and the noise variance."""


LEAST_COST = 1e-100
"""Minimum of E_D: below every rounding error of it, but beta, its square and beta times a decay do not overflow."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """The evidence of a network at an optimum, and statistics derived from it.

    Parameters
    ----------
    log_evidence : float
        The log evidence, up to a constant that depends on the table and the number of outputs.
    noise_variance : float or None
        1 / beta, in squared units of the network's targets; None for classes and counts.
    effective : mapping of str to float
        gamma_g, the effective parameters of each group.
    undecayed : int
        Number of parameters without decay, which count 1 each.
    decay : mapping of str to float
        d_g of each group, in the objective's own reduction.
    better_decay : mapping of str to float
        The re-estimated d_g.
    gradient : mapping of str to float
        Derivative of the log evidence with respect to log alpha_g at fixed H: (gamma_g - alpha_g |theta_g|^2) / 2;
        exact for a network without hidden layers.
    """

    log_evidence: float
    noise_variance: float | None
    effective: Mapping[str, float]
    undecayed: int
    decay: Mapping[str, float]
    better_decay: Mapping[str, float]
    gradient: Mapping[str, float]

    @property
    def effective_parameters(self) -> float:
        """Gamma, the number of well-determined parameters."""
        return self.undecayed + sum(self.effective.values())


def is_likelihood(cost: str) -> bool:
    """Return whether a cost is a negative log-likelihood, given its name."""
    return cost.partition("(")[0] in LIKELIHOODS


def require_likelihood(objective: SummedObjective) -> None:
    """Raise if the cost of an objective is not a negative log-likelihood."""
    if not is_likelihood(objective.cost.name):
        raise InvalidInput(
            f"the evidence needs a cost that is a likelihood ({', '.join(LIKELIHOODS)}), "
            f"but the cost is {objective.cost.name!r}; give the decay as a number"
        )


def evidence_at(objective: SummedObjective, theta: Array, groups: Groups) -> Evidence:
    """Compute the evidence of a network at an optimum.

    Parameters
    ----------
    objective : SummedObjective
        Objective with a decay that is constant within each group, and 0 outside all groups.
    theta : ndarray, (P,)
        Weights at an optimum of the objective.
    groups : mapping of str to ndarray of int
        As returned by `decay_groups`.

    Returns
    -------
    Evidence

    Raises
    ------
    InvalidInput
        If the cost is not a likelihood.
    numpy.linalg.LinAlgError
        If the Gauss-Newton matrix is singular: more parameters need a decay.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.statistics import decay_groups, evidence_at
    >>> arch = sn.Architecture((1, 1), bias=False)
    >>> objective = sn.make_objective(arch, [1.0, 2.0, 3.0], [1.1, 1.9, 3.2], reduction="sum", decay=0.1)
    >>> theta = np.array([14.5 / 14.1])  # the minimum
    >>> evidence = evidence_at(objective, theta, decay_groups(arch))
    >>> round(evidence.effective_parameters, 4), round(14 / 14.1, 4)
    (0.9929, 0.9929)
    """
    require_likelihood(objective)
    scale = scale_of_sums(objective)
    value, _, matrix = objective.gauss_newton(theta)
    losses = scale * max(objective.terms(theta)[0], LEAST_COST)
    log_det, variances = _log_det_and_inverse_diagonal(scale * matrix)
    decay = scale * objective.decay  # (P,)
    effective = {
        name: float(group.size - (decay[group] * variances[group]).sum())
        for name, group in groups.items()
    }
    undecayed = theta.size - sum(group.size for group in groups.values())
    gamma = undecayed + sum(effective.values())
    gaussian = objective.cost.name == "squared_error"
    beta = _residuals_left(objective, gamma) / (2.0 * losses) if gaussian else 1.0
    alpha = beta * decay[np.concatenate(list(groups.values()))] if groups else np.ones(0)
    log_det += theta.size * float(np.log(beta))
    log_evidence = -beta * scale * value - 0.5 * log_det + 0.5 * float(np.log(alpha).sum())
    if gaussian:
        log_evidence += 0.5 * _n_residuals(objective) * float(np.log(beta / (2.0 * np.pi)))
    squares = {name: float(theta[group] @ theta[group]) for name, group in groups.items()}
    of_groups = {name: float(objective.decay[group[0]]) for name, group in groups.items()}
    return Evidence(
        log_evidence=log_evidence,
        noise_variance=1.0 / beta if gaussian else None,
        effective=effective,
        undecayed=undecayed,
        decay=of_groups,
        better_decay={
            name: max(effective[name], 0.0) / max(beta * scale * squares[name], 1e-300)
            for name in groups
        },
        gradient={
            name: 0.5 * (effective[name] - beta * scale * of_groups[name] * squares[name])
            for name in groups
        },
    )


def scale_of_sums(objective: SummedObjective) -> float:
    """Return the factor from an objective in its own reduction to losses summed over the rows."""
    return objective.total_weight if objective.reduction == "mean" else 1.0


def noise_variance_at(
    objective: SummedObjective, theta: Array, variances: Array, n_redundant: int = 0
) -> float:
    """Compute the noise variance of a network at an optimum, 2 E_D / (M - gamma), for any decay.

    Parameters
    ----------
    objective : SummedObjective
        Objective with the cost squared_error.
    theta : ndarray, (P,)
        Weights at an optimum of the objective.
    variances : ndarray, (P,)
        The diagonal of H^-1; gamma = P - n_redundant - sum_p d_p (H^-1)_pp.
    n_redundant : int
        Number of directions of the weights without decay that change no output (`redundant_weights`).

    Returns
    -------
    float
        In squared units of the network's targets.

    Raises
    ------
    InvalidInput
        If the cost is not squared_error.

    Examples
    --------
    For a mean, it is the sum of the squared residuals divided by N - 1:

    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.statistics import noise_variance_at
    >>> objective = sn.make_objective(sn.Architecture((1, 1)), np.zeros(3), [1.0, 2.0, 6.0], decay={"W1": 1.0})
    >>> round(noise_variance_at(objective, np.array([0.0, 3.0]), np.array([1 / 3, 1 / 3])), 12)
    7.0
    """
    if objective.cost.name != "squared_error":
        raise InvalidInput(
            f"the noise variance needs the cost squared_error, but the cost is {objective.cost.name!r}"
        )
    scale = scale_of_sums(objective)
    gamma = theta.size - n_redundant - scale * float(objective.decay @ variances)
    cost, _, _ = objective.terms(theta)
    return 2.0 * scale * cost / _residuals_left(objective, gamma)


def _log_det_and_inverse_diagonal(matrix: Array) -> tuple[float, Array]:
    """Compute log det and the diagonal of the inverse, (P,), of a positive definite matrix by its Cholesky factor.

    One thread is used: with several threads, the last bits depend on their number, and small matrices take longer.
    """
    from scipy.linalg import lapack

    with blas_threads(1):
        factor, info = lapack.dpotrf(matrix, lower=1)
        if info == 0:
            inverse, info = lapack.dpotri(factor, lower=1)
    if info != 0:
        raise np.linalg.LinAlgError("the Gauss-Newton matrix is not positive definite")
    return 2.0 * float(np.log(np.diag(factor)).sum()), np.diag(inverse).copy()


def _residuals_left(objective: SummedObjective, gamma: float) -> float:
    """Return M - gamma, the residual degrees of freedom."""
    return max(_n_residuals(objective) - gamma, 1e-3)


def _n_residuals(objective: SummedObjective) -> float:
    """Return M, with a row of weight k counted k times."""
    return objective.total_weight * int(objective.constants["K"])
