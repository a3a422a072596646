"""Shares (mixture weights) of the members of a mixture by stacking (Yao et al. 2018, Bayesian Analysis 13, 917).

The shares maximize the log density that the mixture gives to rows that no member was fitted to:

    sum_n w_n log sum_m share_m p_m(y_n)  +  prior sum_m log share_m,      share_m >= 0,  sum_m share_m = 1

The sum is concave.  The prior, equivalent to `prior` rows that each member alone explains, pulls the shares toward
equal shares if rows are few.
"""

from __future__ import annotations

import numpy as np

from sheernet.foundation.arrays import Array

PRIOR = 3.0
LARGEST_CHANGE = 1e-6
MOST_ITERATIONS = 5000


def stacking_shares(
    log_densities: Array, weights: Array | None = None, prior: float = PRIOR
) -> Array:
    """Choose the shares of the members.

    Parameters
    ----------
    log_densities : ndarray, (N, M)
        Log density of each row under each member.
    weights : ndarray, (N,), optional
        Case weights.
    prior : float
        Number of pseudo-rows of each member.

    Returns
    -------
    ndarray, (M,)
        Shares, by the expectation-maximization algorithm: each step increases the sum.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.stacking import stacking_shares
    >>> stacking_shares(np.log([[0.4, 0.1]] * 90), prior=5.0).round(2).tolist()
    [0.93, 0.07]
    """
    n_rows, n_members = log_densities.shape
    weights = np.ones(n_rows) if weights is None else weights
    largest = log_densities.max(axis=1)
    possible = np.isfinite(largest)  # rows that no member can explain do not depend on the shares
    densities = np.exp(log_densities[possible] - largest[possible, None])  # (n, M), at most 1
    weights = weights[possible]
    shares = np.full(n_members, 1.0 / n_members)
    total = float(weights.sum()) + prior * n_members
    for _ in range(MOST_ITERATIONS):
        mixture = np.maximum(densities @ shares, np.finfo(np.float64).tiny)
        better = (shares * (densities.T @ (weights / mixture)) + prior) / total
        change = float(np.abs(better - shares).max())
        shares = better
        if change <= LARGEST_CHANGE:
            break
    return shares / shares.sum()


def mixture_log_density(log_densities: Array, shares: Array) -> Array:
    """Compute the log density of each row under a mixture, (N,), from log densities under its members, (N, M)."""
    with np.errstate(divide="ignore"):
        terms = log_densities + np.log(shares)
    largest = terms.max(axis=1)
    safe = np.where(np.isfinite(largest), largest, 0.0)
    with np.errstate(divide="ignore"):
        return safe + np.log(np.exp(terms - safe[:, None]).sum(axis=1))
