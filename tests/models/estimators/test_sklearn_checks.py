"""scikit-learn's own checks of estimators, for both perceptrons and each solver."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import sheernet as sn

pytest.importorskip("sklearn")
from sklearn.utils.estimator_checks import parametrize_with_checks

SOLVERS = ["lbfgs", "bfgs", "lm", "auto", "scipy:L-BFGS-B", "sgd", "adam"]
FEW_WEIGHTS: dict[str, dict[str, Any]] = {
    "sgd": {"learning_rate_init": 0.02, "hidden_layer_sizes": (30,)},
    "adam": {"learning_rate_init": 0.02, "hidden_layer_sizes": (30,)},
}
"""Parameters with which the checks take seconds."""


def estimators() -> Iterator[Any]:
    for kind in (sn.MLPRegressor, sn.MLPClassifier):
        for solver in SOLVERS:
            # The penalty keeps probabilities below 1, which a check demands.
            given = {"hidden_layer_sizes": (10,), "alpha": 0.01, **FEW_WEIGHTS.get(solver, {})}
            yield kind(solver=solver, **given)


def expected_failures(estimator: Any) -> dict[str, str]:
    """Checks that cannot hold, with the reason."""
    if estimator.solver in ("sgd", "adam"):
        reason = "a row that is repeated is in other batches than a row of weight 2"
        return {
            "check_sample_weight_equivalence_on_dense_data": reason,
            "check_sample_weight_equivalence_on_sparse_data": reason,
            "check_sample_weight_equivalence": reason,
        }
    return {}


@pytest.mark.filterwarnings("ignore")  # the checks' own tables make fits warn
@parametrize_with_checks(list(estimators()), expected_failed_checks=expected_failures)
def test_checks(estimator: Any, check: Callable[[Any], None]) -> None:
    with warnings.catch_warnings():
        check(estimator)
