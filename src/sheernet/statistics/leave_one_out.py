r"""Leave-one-out residuals of a fitted network from one fit, by the leverages of its rows.

With e_n = a_n - y_n (K,), J_n its Jacobian (K, P), w_n the weight of the row in the objective, and H the Gauss-Newton
matrix of the objective with its decay:

    S_n = w_n J_n H^-1 J_n^T                         leverage, (K, K)
    without row n:  residual    (I - S_n)^-1 e_n
                    covariance  (I + S_n (I - S_n)^-1 / k_n) / beta     of one new target; k_n: case weight

Both follow from Woodbury's identity for H without the row.  For one output and weights of 1 they are e_n / (1 - h_n)
and (1 / beta) / (1 - h_n).  They are exact for a network without hidden layers.  Other networks are linearized at
the optimum.

The residual is that of Allen's PRESS (1974), Technometrics 16, 125; Hastie, Tibshirani and Friedman (2009), The
Elements of Statistical Learning, eq. 7.64.  For networks with weight decay: Hansen and Larsen (1996), Advances in
Computational Mathematics 5, 269.
Deviation from the sources: the noise variance 1 / beta is that of all rows, as in `sheernet.statistics.evidence`:
sum of k_n |e_n|^2 divided by M - gamma, with gamma = sum_n tr S_n the number of effective parameters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.objective.costs import squared_error
from sheernet.objective.engines.threads import blas_threads
from sheernet.objective.objective import Objective

# A row that the network fits exactly for any target has a leverage of 1, which would divide by 0.
LARGEST = 1.0 - 1e-9


@dataclass(frozen=True, eq=False)
class LeaveOneOut:
    """Each row as predicted by a network that was fitted to the other rows.

    Parameters
    ----------
    leverages : ndarray, (N,)
        tr S_n: how many effective parameters a row determines; between 0 and K.
    residuals : ndarray, (N, K)
        Prediction without the row, minus its target.
    variances : ndarray, (N, K)
        Variance of a new target, predicted without the row: noise and uncertainty of the weights.
    mean_log_density : float
        Mean log density of the targets under normal densities with these residuals and covariances, a row of weight
        k counted k times.  In the units of the objective's targets: for targets in units s times as large, it is log s
        per output larger.
    noise_variance : float
        1 / beta, which is part of `variances`.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics import LeaveOneOut
    >>> LeaveOneOut(np.full(2, 0.5), np.array([[3.0], [4.0]]), np.ones((2, 1)), -2.0, 0.5).root_mean_square
    3.5355339059327378
    """

    leverages: Array
    residuals: Array
    variances: Array
    mean_log_density: float
    noise_variance: float

    @property
    def root_mean_square(self) -> float:
        """Root of the mean squared residual over rows and outputs, each row counted once."""
        return float(np.sqrt(np.mean(self.residuals**2)))


def leave_one_out(
    objective: Objective, theta: Array, noise_variance: float | None = None
) -> LeaveOneOut:
    r"""Predict each row as if the network had been fitted without it.

    .. math:: e_n^{(-n)} = (I - S_n)^{-1} e_n, \qquad S_n = w_n J_n H^{-1} J_n^T

    The whole row is left out, even if its weight is above 1.  Nothing else changes in the objective: with reduction
    "mean", the other losses are still divided by the sum of all weights.

    Parameters
    ----------
    objective : Objective
        With the cost squared_error.
    theta : ndarray, (P,)
        Weights at an optimum of the objective.
    noise_variance : float, optional
        1 / beta, such as `Evidence.noise_variance`; by default it is estimated from the residuals and the effective
        parameters of all rows.

    Returns
    -------
    LeaveOneOut
        For the N rows of positive weight, in their order.

    Raises
    ------
    InvalidInput
        If the cost is not squared_error, or the noise variance is not positive.
    numpy.linalg.LinAlgError
        If the Gauss-Newton matrix is singular: more parameters need a decay.

    Notes
    -----
    Eigenvalues of S_n are bounded by 1 - 1e-9.  At this bound the residual is a bound, too: without the row, the data
    do not determine its prediction.  The Jacobian, (N K, P), is kept in memory twice.

    Examples
    --------
    Without the row 3, the slope through the origin is (1 * 1.1 + 2 * 1.9) / (1 + 4 + 0.1), where 0.1 is the decay:

    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.statistics import leave_one_out
    >>> arch = sn.Architecture((1, 1), bias=False)
    >>> objective = sn.make_objective(arch, [1.0, 2.0, 3.0], [1.1, 1.9, 3.2], reduction="sum", decay=0.1)
    >>> theta = np.array([14.5 / 14.1])  # the minimum
    >>> found = leave_one_out(objective, theta)
    >>> float(found.residuals[2, 0]), 3 * 4.9 / 5.1 - 3.2
    (-0.3176470588, -0.3176470588)
    """
    if noise_variance is not None and not 0.0 < noise_variance < np.inf:
        raise InvalidInput(
            f"noise_variance must be positive and finite, but {noise_variance!r} was given"
        )
    if objective.cost.name != squared_error.name:
        raise InvalidInput(
            f"leave_one_out needs cost {squared_error.name!r}, but the cost is {objective.cost.name!r}; "
            "leave rows out by weights of 0 and fit again"
        )
    weights = objective.weights[objective.weights > 0]  # (N,)
    values, vectors, errors = _leverages(objective, theta)
    if noise_variance is None:
        freedom = float(weights.sum()) * values.shape[1] - float(values.sum())
        noise_variance = float(weights @ (errors**2).sum(axis=1)) / max(freedom, 1e-3)
    clipped = np.minimum(values, LARGEST)
    rest = 1.0 - clipped  # (N, K), in the axes of S_n, as the next two
    turned = np.einsum("nik,ni->nk", vectors, errors) / rest
    spread = noise_variance * (1.0 + clipped / (weights[:, None] * rest))
    densities = -0.5 * (turned**2 / spread + np.log(2.0 * np.pi * spread)).sum(axis=1)
    return LeaveOneOut(
        leverages=values.sum(axis=1),
        residuals=np.einsum("nik,nk->ni", vectors, turned),
        variances=np.einsum("nik,nk->ni", vectors**2, spread),
        mean_log_density=float(np.average(densities, weights=weights)),
        noise_variance=noise_variance,
    )


def _leverages(objective: Objective, theta: Array) -> tuple[Array, Array, Array]:
    """Return the eigenvalues (N, K) and eigenvectors (N, K, K) of S_n, and e_n (N, K)."""
    from scipy.linalg import lapack

    n_rows, n_outputs = objective.n_samples, objective.architecture.n_outputs
    weighted, jacobian = objective.residuals_and_jacobian(theta)  # sqrt(w_n) e_n, then the decay
    data = jacobian[: n_rows * n_outputs]  # (N K, P), with sqrt(w_n)
    with blas_threads(1):  # with several threads, the last bits depend on their number
        factor, info = lapack.dpotrf(objective.gauss_newton(theta)[2], lower=1)
        if info != 0:
            raise np.linalg.LinAlgError("the Gauss-Newton matrix is not positive definite")
        half, _ = lapack.dtrtrs(factor, data.T, lower=1)  # (P, N K); H^-1 = L^-T L^-1
        half = half.T.reshape(n_rows, n_outputs, theta.size)
        values, vectors = np.linalg.eigh(half @ half.transpose(0, 2, 1))
    _, _, w = objective.rows
    return values, vectors, weighted[: n_rows * n_outputs].reshape(n_rows, -1) / np.sqrt(w)[:, None]
