"""Standard errors of RMSE and R^2, by the delta method, and of the accuracy of classes.

With shares p_n of the rows, squared errors e_n and squared deviations t_n of the targets from their mean:

    MSE = sum_n p_n e_n,  V = sum_n p_n t_n,  R^2 = 1 - MSE / V
    standard error of RMSE = sqrt(c sum_n p_n^2 (e_n - MSE)^2) / (2 RMSE),  c = N / (N - 1)
    standard error of R^2  = sqrt(c sum_n p_n^2 (e_n - (MSE / V) t_n)^2) / V

and with c_n = 1 if the class of a row is predicted correctly, otherwise 0:

    accuracy A = sum_n p_n c_n,  its standard error = sqrt(c sum_n p_n^2 (c_n - A)^2)

The rows are treated as independent; that networks of folds share training rows is ignored.  Rows of groups, such as
the visits of a patient, are not independent: then groups are treated as independent (Liang and Zeger 1986), so
each squared term of a row is replaced by the squared sum over the rows of a group, and N is the number of groups.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array


def figure_errors(
    predicted: Array,
    true: Array,
    weights: Array | None = None,
    groups: npt.NDArray[np.intp] | None = None,
) -> tuple[Array, Array]:
    """Standard errors of the RMSE and of R^2, (K,) each; nan if a target is constant or predicted exactly.

    Parameters
    ----------
    predicted, true : ndarray, (N, K)
        Predictions and targets.
    weights : ndarray, (N,), optional
        Case weights.
    groups : ndarray of int, (N,), optional
        The number of the group of each row, from 0.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.targets.metric_errors import figure_errors
    >>> errors = figure_errors(np.array([[0.0], [1.0], [3.0]]), np.array([[0.0], [2.0], [1.0]]))
    >>> [each.round(3).tolist() for each in errors]
    [[0.465], [3.031]]
    """
    w = np.ones(len(true)) if weights is None else weights
    counts = w > 0
    p = (w[counts] / w[counts].sum())[:, np.newaxis]
    # Divided by a power of two, which is exact, fourth powers of errors do not overflow.
    largest = np.maximum(np.abs(predicted), np.abs(true))[counts].max(axis=0)
    _, exponent = np.frexp(largest)
    z, y = np.ldexp(predicted[counts], -exponent), np.ldexp(true[counts], -exponent)
    e = (z - y) ** 2
    t = (y - (p * y).sum(axis=0)) ** 2
    mse, variance = (p * e).sum(axis=0), (p * t).sum(axis=0)

    own = np.arange(len(p)) if groups is None else np.unique(groups[counts], return_inverse=True)[1]
    with np.errstate(all="ignore"):
        of_mse = _error_of_sum(p * (e - mse), own)
        of_ratio = _error_of_sum(p * (e - mse / variance * t), own) / variance
        return np.ldexp(of_mse / (2.0 * np.sqrt(mse)), exponent), of_ratio


def accuracy_error(
    correct: npt.NDArray[np.bool_], weights: Array | None, groups: npt.NDArray[np.intp]
) -> float:
    """Standard error of the accuracy; nan for a single group.

    Parameters
    ----------
    correct : ndarray of bool, (N,)
        Whether the class of each row is predicted correctly.
    weights, groups
        As in `figure_errors`.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.targets.metric_errors import accuracy_error
    >>> accuracy_error(np.array([True, True, False, False]), None, np.array([0, 0, 1, 1]))
    0.5
    """
    p = np.ones(len(correct)) if weights is None else weights
    p = p / p.sum()
    return float(_error_of_sum((p * (correct - p @ correct))[:, np.newaxis], groups)[0])


def _error_of_sum(terms: Array, groups: npt.NDArray[np.intp]) -> Array:
    """Return the standard error of a sum of terms, (N, K), of independent groups; nan for a single group."""
    n = int(groups.max()) + 1
    sums = np.zeros((n, terms.shape[1]))
    np.add.at(sums, groups, terms)
    return (
        np.sqrt(n / (n - 1.0) * (sums**2).sum(axis=0)) if n > 1 else np.full(len(sums[0]), np.nan)
    )
