"""Gradient-boosted trees on the rows of a fit, which show whether another kind of model predicts the table better.

They are scikit-learn's HistGradientBoostingRegressor and HistGradientBoostingClassifier with their default settings,
one regressor for each numeric target, and see the encoded inputs of the networks.
"""

from __future__ import annotations

from importlib.util import find_spec
from math import inf

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.no_fork import NO_FORK
from sheernet.statistics.ensemble_candidates import Contest

SHARE = 0.25
"""Maximum part of the time of a fit that the trees may take."""


def boosted_trees(contest: Contest, X: Array | None = None) -> Array | None:
    """Predict rows by boosted trees after the search for networks: (n, K), as the outputs of networks.

    Return None if scikit-learn is not installed, if the trees would take more than a quarter of the time of the search,
    after Ctrl-C and with a time limit, or if fewer than two rows of a class are outside of a fold.

    Parameters
    ----------
    contest : Contest
        The training rows, and the networks that were tried.
    X : ndarray, (n, d_0), optional
        Unseen rows, which trees of all training rows predict; by default, the rows of each fold are predicted by trees
        of the rows outside of it.
    """
    is_cut = contest.interrupted or contest.ends < inf
    n_fits = contest.folds.n_folds if X is None else 1
    if is_cut or not _are_cheap(contest, n_fits) or find_spec("sklearn") is None:
        return None
    with NO_FORK:
        import sklearn.ensemble  # noqa: F401  # loads OpenMP, so that it can be limited
        from threadpoolctl import threadpool_limits

        # More threads would start OpenMP's pool, after which a forked child that uses OpenMP hangs.
        one_thread = threadpool_limits(1, user_api="openmp")
    with one_thread:
        if X is not None:
            return _predicted(contest, contest.weights, X)
        outputs = np.empty_like(contest.y)
        for fold, weights in enumerate(contest.folds.training_weights(contest.weights)):
            rows = contest.folds.rows_of(fold)
            predicted = _predicted(contest, weights, contest.X[rows])
            if predicted is None:
                return None
            outputs[rows] = predicted
        return outputs[contest.folds.judged]


def _predicted(contest: Contest, weights: Array, X: Array) -> Array | None:
    """Predict rows by trees of the rows of positive weight; None if these are not at least two of each class."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    used = weights > 0
    rows, y = contest.X[used], contest.y[used]
    # scikit-learn takes several times as long with weights
    given = None if np.ptp(weights[used]) == 0.0 else weights[used]
    if contest.cost == "squared_error":
        regressors = (
            HistGradientBoostingRegressor(random_state=0).fit(rows, column, given) for column in y.T
        )
        return np.column_stack([trees.predict(X) for trees in regressors])
    codes = y[:, 0] if y.shape[1] == 1 else y.argmax(axis=1)
    if np.bincount(codes.astype(np.intp), minlength=max(y.shape[1], 2)).min() < 2:
        return None  # scikit-learn splits the rows of each class to stop early
    trees = HistGradientBoostingClassifier(random_state=0).fit(rows, codes, given)
    probabilities: Array = trees.predict_proba(X)
    return probabilities[:, -y.shape[1] :]


def _are_cheap(contest: Contest, n_fits: int) -> bool:
    """Whether the trees take at most `SHARE` of the time of the search, estimated for both as for a usual processor.

    Measured times would let two runs of the same fit decide differently; benchmarks/boosted_trees.py compares them.
    """
    n_rows, n_inputs = contest.X.shape
    sizes = [each.network.theta.size for each in contest.tried]
    seconds_of_search = 0.12 * len(sizes) + 5.5e-6 * n_rows * sum(sizes)
    seconds_of_trees = n_fits * contest.y.shape[1] * (0.025 + 4e-6 * n_rows * (n_inputs + 30))
    return seconds_of_trees <= SHARE * seconds_of_search
