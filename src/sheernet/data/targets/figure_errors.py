"""Standard errors of the RMSE and R^2 of rows, by the delta method.

With shares p_n of the rows, squared errors e_n and squared deviations t_n of the targets from their mean:

    MSE = sum_n p_n e_n,  V = sum_n p_n t_n,  R^2 = 1 - MSE / V
    standard error of RMSE = sqrt(c sum_n p_n^2 (e_n - MSE)^2) / (2 RMSE),  c = N / (N - 1)
    standard error of R^2  = sqrt(c sum_n p_n^2 (e_n - (MSE / V) t_n)^2) / V

The rows count as independent: that networks of folds share training rows is not known to it.
"""

from __future__ import annotations

import numpy as np

from sheernet.foundation.arrays import Array


def figure_errors(
    predicted: Array, true: Array, weights: Array | None = None
) -> tuple[Array, Array]:
    """Standard errors of the RMSE and of R^2, (K,) each; nan if a target is constant or predicted exactly.

    Parameters
    ----------
    predicted, true : ndarray, (N, K)
        Predictions and targets.
    weights : ndarray, (N,), optional
        Case weights.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.targets.figure_errors import figure_errors
    >>> errors = figure_errors(np.array([[0.0], [1.0], [3.0]]), np.array([[0.0], [2.0], [1.0]]))
    >>> [each.round(3).tolist() for each in errors]
    [[0.465], [3.031]]
    """
    w = np.ones(len(true)) if weights is None else weights
    counts = w > 0
    p = (w[counts] / w[counts].sum())[:, np.newaxis]
    e, y = (predicted[counts] - true[counts]) ** 2, true[counts]
    t = (y - (p * y).sum(axis=0)) ** 2
    mse, variance = (p * e).sum(axis=0), (p * t).sum(axis=0)

    with np.errstate(all="ignore"):
        c = len(p) / (len(p) - 1.0) if len(p) > 1 else np.nan
        of_mse = np.sqrt(c * (p**2 * (e - mse) ** 2).sum(axis=0))
        of_ratio = np.sqrt(c * (p**2 * (e - mse / variance * t) ** 2).sum(axis=0)) / variance
        return of_mse / (2.0 * np.sqrt(mse)), of_ratio
