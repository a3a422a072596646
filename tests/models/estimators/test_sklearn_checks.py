"""scikit-learn's own checks of estimators, for both perceptrons and each solver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import sheernet as sn

pytest.importorskip("sklearn")
from sklearn.utils.estimator_checks import parametrize_with_checks

FULL_BATCH = ["lbfgs", "bfgs", "lm", "auto", "scipy:L-BFGS-B"]
STOCHASTIC = ["sgd", "adam"]


def estimators() -> Iterator[Any]:
    """Small networks, so that the checks take a minute."""
    for kind in (sn.MLPRegressor, sn.MLPClassifier):
        for solver in FULL_BATCH:
            # Weights equal repeated rows in all digits at the optimum of a smooth function only.
            exact = {"activation": "tanh", "alpha": 1.0, "tol": 0.0, "max_iter": 1000}
            yield kind(solver=solver, hidden_layer_sizes=(4,), **exact)
        for solver in STOCHASTIC:
            rate = 0.001 if kind is sn.MLPRegressor and solver == "sgd" else 0.01
            yield kind(solver=solver, hidden_layer_sizes=(30,), learning_rate_init=rate)


@pytest.mark.filterwarnings("ignore")  # the checks' own tables make fits warn
@parametrize_with_checks(list(estimators()))
def test_checks(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)
