"""Standard errors of RMSE and R^2, by the delta method, of the accuracy of classes, and of differences of predictions.

With shares p_n of the rows, squared errors e_n and squared deviations t_n of the targets from their mean:

    MSE = sum_n p_n e_n,  V = sum_n p_n t_n,  R^2 = 1 - MSE / V
    standard error of RMSE = sqrt(c sum_n p_n^2 (e_n - MSE)^2) / (2 RMSE),  c = N / (N - 1)
    standard error of R^2  = sqrt(c sum_n p_n^2 (e_n - (MSE / V) t_n)^2) / V

and with c_n = 1 if the class of a row is predicted correctly, otherwise 0:

    accuracy A = sum_n p_n c_n,  its standard error = sqrt(c sum_n p_n^2 (c_n - A)^2)

The rows are treated as independent; that networks of folds share training rows is ignored.  Rows of groups, such as
the visits of a patient, are not independent: then groups are treated as independent (Liang and Zeger 1986), so
each squared term of a row is replaced by the squared sum over the rows of a group, and N is the number of groups.

The gain of a prediction over another one of the same rows, with losses d_n and o_n, has

    squared errors, g = ln(RMSE of the other / RMSE) = ln(O / D) / 2,  O and D the mean losses
        standard error sqrt(c sum_n p_n^2 (o_n / O - d_n / D)^2) / 2
    log losses, g = O - D
        standard error sqrt(c sum_n p_n^2 (o_n - d_n - g)^2)
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


def gain_errors(
    losses: Array, others: Array, *, are_relative: bool, weights: Array | None = None,
    groups: npt.NDArray[np.intp] | None = None, origin: npt.NDArray[np.intp] | None = None,
) -> Array:  # fmt: skip
    """Standard errors of the gains of a prediction over another one of the same rows, (K,); nan for a single group.

    A row of weight k counts as k equal rows, unless there are groups.

    Parameters
    ----------
    losses, others : ndarray, (N, K)
        The losses of the prediction and of the other one.
    are_relative : bool
        Whether the gain is half the logarithm of the ratio of the mean losses, as for squared errors; otherwise it is
        their difference.
    weights, groups
        As in `figure_errors`.
    origin : ndarray of int, (N,), optional
        The number of the row of a table that each row is, from 0, if some rows are the same one.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.targets.metric_errors import gain_errors
    >>> losses, others = np.array([[1.0], [2.0], [3.0]]), np.array([[2.0], [4.0], [3.0]])
    >>> gain_errors(losses, others, are_relative=False).round(3)
    array([0.577])
    >>> gain_errors(losses, others, are_relative=False, groups=np.array([0, 1, 1]))
    array([0.])
    """
    w = np.ones(len(losses)) if weights is None else weights
    p = (w / w.sum())[:, np.newaxis]
    if are_relative:
        with np.errstate(all="ignore"):
            losses, others = (0.5 * each / (p * each).sum(axis=0) for each in (losses, others))
    differences = others - losses
    terms = p * (differences - (p * differences).sum(axis=0))
    if groups is not None:
        return _error_of_sum(terms, groups)
    own = np.arange(len(w)) if origin is None else origin
    return _error_of_sum(terms, own, np.bincount(own, w) / np.bincount(own))


def _error_of_sum(terms: Array, groups: npt.NDArray[np.intp], counts: Array | None = None) -> Array:
    """Return the standard error of a sum of terms, (N, K), of independent groups; nan for a single group.

    `counts` is the number of equal groups that each group stands for, by default 1.
    """
    n_groups = int(groups.max()) + 1
    counts = np.ones(n_groups) if counts is None else counts
    sums, n = np.zeros((n_groups, terms.shape[1])), counts.sum()
    np.add.at(sums, groups, terms)
    if n <= 1:
        return np.full(terms.shape[1], np.nan)
    used = counts > 0
    return np.sqrt(n / (n - 1.0) * (sums[used] ** 2 / counts[used, np.newaxis]).sum(axis=0))
