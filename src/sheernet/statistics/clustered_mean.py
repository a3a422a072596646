r"""`clustered_mean`: the weighted mean of losses and its standard error if losses within a cluster are dependent.

    mean = sum_i w_i l_i / W,    W = sum_i w_i
    standard error = sqrt(C / (C - 1) sum_c (sum_{i in c} w_i (l_i - mean))^2) / W

over C clusters c.  A cluster that counts as k_c equal ones has its square divided by k_c, and C is the sum of the k_c.
Clusters of one loss each and equal weights give the usual s / sqrt(n).  In a cross-validation, a
cluster is a row, whose losses in several repeats are dependent, or a group of rows.

The formula is the linearized variance of a ratio (Cochran 1977, Sampling Techniques, 3rd edition, section 2.11) in an
infinite population.  The errors of different folds are also dependent, because the folds share training rows; no such
formula accounts for this (Bengio and Grandvalet 2004, Journal of Machine Learning Research 5, 1089).
"""

from __future__ import annotations

import numpy as np

from sheernet.foundation.arrays import Array, Indices


def clustered_mean(
    losses: Array, weights: Array, clusters: Indices, counts: Array | None = None
) -> tuple[float, float]:
    """Compute the weighted mean of losses and its standard error.

    Parameters
    ----------
    losses, weights : ndarray, (n,)
        The losses, and positive weights; the scale of the weights makes no difference.
    clusters : ndarray of int, (n,)
        The cluster of each loss, at least 0.
    counts : ndarray, (n,), optional
        How many equal clusters the cluster of each loss counts as, by default 1.

    Returns
    -------
    mean, standard_error : float
        The standard error is nan for a single cluster, and neither is finite if a loss is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.clustered_mean import clustered_mean
    >>> clustered_mean(np.array([1.0, 5.0]), np.ones(2), np.arange(2))
    (3.0, 2.0)
    >>> clustered_mean(np.array([1.0, 1.0, 3.0, 3.0]), np.ones(4), np.array([0, 0, 1, 1]))
    (2.0, 1.0)
    """
    shares = weights / weights.max()
    shares = shares / shares.sum()
    if not np.isfinite(losses).all():
        return float(np.sum(shares * losses)), np.nan
    mean = float(shares @ losses)
    _, first, own = np.unique(clusters, return_index=True, return_inverse=True)
    sums = np.bincount(own, shares * (losses - mean))
    k = np.ones(len(first)) if counts is None else counts[first]
    n = float(k.sum())
    if n < 2:
        return mean, np.nan
    scaled = sums / np.sqrt(k)
    return mean, float(np.sqrt(n / (n - 1) * (scaled @ scaled)))
