"""scikit-learn's own checks of estimators, over NetRegressor and NetClassifier."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("sklearn")
from sklearn.utils.estimator_checks import (
    check_dict_unchanged,
    check_estimators_pickle,
    check_fit_idempotent,
    check_n_features_in,
    parametrize_with_checks,
)

import sheernet as sn

QUICK = {"hidden": 2, "decay": 1e-3, "starts": 1, "gradient_tolerance": 1e-12}
"""A network of two units, trained so far that weights and repeated rows agree to seven digits, as a check demands."""
EVIDENCE = {"hidden": 0}
"""The default fit of a linear model: decays and noise by the evidence, and figures of folds."""


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks([sn.NetRegressor(**QUICK), sn.NetClassifier(**QUICK)])
def test_all_of_them_with_one_small_network(estimator: Any, check: Any) -> None:
    check(estimator)


FILLING = {**QUICK, "missing": "impute"}


@parametrize_with_checks([sn.NetRegressor(**FILLING), sn.NetClassifier(**FILLING)])
def test_all_of_them_if_missing_values_are_filled(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize("kind", [sn.NetRegressor, sn.NetClassifier])
@pytest.mark.parametrize(
    "check",
    [check_estimators_pickle, check_fit_idempotent, check_dict_unchanged, check_n_features_in],
    ids=lambda check: check.__name__,
)
def test_some_of_them_with_the_default_fit(kind: Any, check: Any) -> None:
    check(kind.__name__, kind(**EVIDENCE))
