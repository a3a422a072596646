r"""Conformal prediction: the width of an interval from the errors on rows that the network was not fitted to.

    r_n    = |y_n - location_n| / std_n,   n = 1 ... N       scores of rows that were held out
    factor = the k-th smallest of r_1 ... r_N,   k = ceil((N + 1) confidence);   inf if k > N
    location - factor std <= y <= location + factor std      the interval for a new row

The rank of the score of a new row among N + 1 exchangeable scores is uniform, so the interval contains y with
probability at least confidence, for any distribution of y and regardless of the accuracy of std; without ties the
probability is k / (N + 1).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import are_counts, as_case_weights, as_float
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.scalars import as_share

ROUNDING = 1e-12  # relative; (N + 1) confidence may be 55.00000000000001 for 100 * 0.55


def conformal_factor(
    scores: npt.ArrayLike, confidence: float = 0.95, weights: npt.ArrayLike | None = None
) -> float:
    """Compute the factor of the standard deviation that gives intervals their coverage.

    Parameters
    ----------
    scores : array_like, (N,)
        |y_n - location_n| / std_n of one target, with location and standard deviation from a network that was not
        fitted to row n; at least 0, without unit.
    confidence : float, optional
        Probability that an interval contains the target, from 0 to below 1.
    weights : array_like, (N,), optional
        Case weights.  A whole-number weight is the number of equal rows; other weights are first divided by the
        mean of the positive ones.  The new row has weight 1.

    Returns
    -------
    float
        The smallest score r for which the weights of the scores up to r sum to at least (W + 1) confidence, where W is
        the sum of the weights; without weights, the score of rank ceil((N + 1) confidence).  It is inf if there is no
        such score: a confidence of 0.95 needs at least 19 rows, a confidence of 0.99 at least 99, and in general at
        least confidence / (1 - confidence).

    Raises
    ------
    InvalidInput
        If a score is negative or nan, or the confidence or the weights are not allowed.
    ShapeMismatch
        If scores are not a vector, or there is not one weight per score.

    Notes
    -----
    The coverage is guaranteed on average over calibration and new rows, not for each value of the inputs, and only if
    the scores are exchangeable with that of the new row, as for a network that was fitted to none of the N rows (split
    conformal prediction).  Scores from cross-validation come from other networks than the one that predicts new rows;
    their coverage is close to confidence if the networks of the folds make similar predictions, but this is not
    guaranteed.  The intervals of CV+, which keep the predictions of the folds, have a coverage of at least about
    2 confidence - 1 (Barber et al., theorem 4).  Repeated rows are not exchangeable; a weight of 3 for one row
    counts the row as three.

    References
    ----------
    H. Papadopoulos, A. Gammerman, V. Vovk, Normalized nonconformity measures for regression conformal prediction,
    AIA 2008: scores divided by an estimate of the error.
    J. Lei, M. G'Sell, A. Rinaldo, R. Tibshirani, L. Wasserman, Distribution-free predictive inference for regression,
    JASA 113 (2018) 1094-1111: algorithm 2, and section 5.2 for scores divided by a local scale.
    R. Barber, E. Candes, A. Ramdas, R. Tibshirani, Predictive inference with the jackknife+, Annals of Statistics 49
    (2021) 486-507.

    Examples
    --------
    The score of rank (9 + 1) 0.8 = 8 among 9 scores; a confidence of 0.95 needs 19 scores:

    >>> from sheernet.statistics import conformal_factor
    >>> scores = [0.3, 1.2, 0.7, 2.0, 0.1, 0.9, 1.6, 0.5, 1.1]
    >>> conformal_factor(scores, 0.8), conformal_factor(scores, 0.95)
    (1.6, inf)
    """
    confidence = as_share("confidence", confidence, example=0.95)
    r = as_float(scores, "scores")
    if r.ndim != 1:
        raise ShapeMismatch(
            f"scores must be a vector with one score per row, but their shape is {r.shape}; "
            "give the scores of one target at a time"
        )
    if not np.all(r >= 0):
        raise InvalidInput(
            f"scores must be at least 0, |y - location| / std, but one is {r[~(r >= 0)][0]:g}"
        )
    counts = as_case_weights(weights, len(r))
    if r.size and not are_counts(counts):
        counts = counts / counts.max()  # the sum of huge weights would overflow
        counts = counts / counts[counts > 0].mean()
    order = np.argsort(r, kind="stable")
    up_to = np.cumsum(counts[order])
    total = up_to[-1] if r.size else 0.0
    position = int(np.searchsorted(up_to, (total + 1.0) * confidence * (1.0 - ROUNDING)))
    return float(r[order][position]) if position < r.size else float(np.inf)
