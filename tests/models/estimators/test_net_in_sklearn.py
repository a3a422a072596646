"""NetRegressor and NetClassifier in scikit-learn's tools, compared with what each tool does by its definition."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("sklearn")
import sklearn
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import VotingRegressor
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LinearRegression
from sklearn.metrics import PredictionErrorDisplay
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    cross_val_predict,
    cross_val_score,
    cross_validate,
)
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import sheernet as sn

QUICK: dict[str, Any] = {"hidden": 2, "decay": 1e-2, "starts": 1}
RNG = np.random.default_rng(3)
N = 60
X = RNG.normal(size=(N, 2))
Y = X[:, 0] ** 2 + X[:, 1]
LABELS = np.where(Y > 0.5, "high", "low")
WEIGHTS = RNG.uniform(0.5, 2.0, N)


def regressor(**given: Any) -> Any:
    return sn.NetRegressor(**{**QUICK, **given})


def classifier(**given: Any) -> Any:
    return sn.NetClassifier(**{**QUICK, **given})


def test_clone_keeps_all_parameters_and_no_fit() -> None:
    for kind in (sn.NetRegressor, sn.NetClassifier):
        copy = clone(kind(**QUICK, drop=["x2"], random_state=5).fit(X, Y > 0.5))
        assert copy.get_params() == kind(**QUICK, drop=["x2"], random_state=5).get_params()
        assert not hasattr(copy, "model_")


def test_a_pickle_predicts_the_same_bits() -> None:
    for fitted in (regressor().fit(X, Y), classifier().fit(X, LABELS)):
        copy = pickle.loads(pickle.dumps(fitted))
        assert np.array_equal(copy.predict(X), fitted.predict(X))
        assert copy.model_.notices == fitted.model_.notices


def test_a_pipeline_of_scaled_and_encoded_columns() -> None:
    frame = pd.DataFrame(
        {"a": X[:, 0] * 100.0, "b": X[:, 1], "c": np.where(RNG.random(N) < 0.5, "u", "v")}
    )
    columns = ColumnTransformer(
        [("numbers", StandardScaler(), ["a", "b"]), ("labels", OneHotEncoder(drop="first"), ["c"])]
    )
    pipeline = make_pipeline(columns, regressor()).fit(frame, Y)
    by_hand = regressor().fit(columns.fit_transform(frame), Y)
    assert np.array_equal(pipeline.predict(frame), by_hand.predict(columns.transform(frame)))


@pytest.mark.slow
def test_a_grid_search_in_two_processes_chooses_what_a_loop_does() -> None:
    grid = {"hidden": [0, 3], "decay": [1e-3, 10.0]}
    folds = KFold(3)
    search = GridSearchCV(regressor(), grid, cv=folds, n_jobs=2).fit(X, Y)
    scores = [
        np.mean(
            cross_val_score(regressor(hidden=each["hidden"], decay=each["decay"]), X, Y, cv=folds)
        )
        for each in search.cv_results_["params"]
    ]
    np.testing.assert_allclose(search.cv_results_["mean_test_score"], scores, rtol=1e-12)
    assert search.best_params_ == {"decay": 1e-3, "hidden": 3}
    assert search.best_score_ > 0.5


def test_folds_of_groups_have_no_warnings_though_they_lack_values() -> None:
    """Each fold has a column of one value, and values outside of the range of the others."""
    groups = np.repeat([0, 1, 2], N // 3)
    frame = pd.DataFrame(
        {"a": X[:, 0] + 10.0 * groups, "b": X[:, 1], "only": (groups == 0).astype(float)}
    )
    found = cross_validate(
        regressor(), frame, Y, groups=groups, cv=GroupKFold(3), return_estimator=True
    )
    left_out = [
        any("'only' is left out" in text for text in each.model_.notices)
        for each in found["estimator"]
    ]
    assert sorted(left_out) == [False, False, True]


@pytest.mark.parametrize("method", ["predict_proba", "predict_log_proba", "predict"])
def test_predictions_by_cross_validation_are_those_of_the_folds(method: str) -> None:
    folds = KFold(3)
    found = cross_val_predict(classifier(), X, LABELS, cv=folds, method=method)
    for train, test in folds.split(X):
        by_hand = getattr(classifier().fit(X[train], LABELS[train]), method)(X[test])
        assert np.array_equal(found[test], by_hand)


def test_a_transformed_target() -> None:
    fitted = TransformedTargetRegressor(regressor(), func=np.log, inverse_func=np.exp).fit(
        X, np.exp(Y)
    )
    np.testing.assert_allclose(
        fitted.predict(X), np.exp(regressor().fit(X, Y).predict(X)), rtol=1e-9
    )


def test_a_vote_with_another_regressor() -> None:
    voters = [("net", regressor()), ("linear", LinearRegression())]
    vote = VotingRegressor(voters).fit(X, Y)
    mean = (regressor().fit(X, Y).predict(X) + LinearRegression().fit(X, Y).predict(X)) / 2
    np.testing.assert_allclose(vote.predict(X), mean, rtol=1e-12)
    weighted = VotingRegressor(voters).fit(X, Y, sample_weight=WEIGHTS)
    own = weighted.named_estimators_["net"]
    assert np.array_equal(own.predict(X), regressor().fit(X, Y, sample_weight=WEIGHTS).predict(X))


def test_calibrated_probabilities() -> None:
    calibrated = CalibratedClassifierCV(classifier(), cv=3, method="sigmoid").fit(X, LABELS)
    assert calibrated.classes_.tolist() == ["high", "low"]
    P = calibrated.predict_proba(X)
    np.testing.assert_allclose(P.sum(axis=1), 1.0)
    assert np.mean(calibrated.predict(X) == LABELS) > 0.8


def test_one_classifier_for_each_of_several_labels() -> None:
    several = np.column_stack([Y > 0.5, X[:, 0] > 0.0])
    with pytest.raises(
        sn.InvalidInput, match=r"multilabel-indicator.*sklearn\.multioutput\.MultiOutputClassifier"
    ):
        classifier().fit(X, several)
    wrapped = MultiOutputClassifier(classifier()).fit(X, several)
    by_hand = [classifier().fit(X, each).predict(X) for each in several.T]
    assert np.array_equal(wrapped.predict(X), np.column_stack(by_hand))


def test_permutation_importance_and_partial_dependence() -> None:
    """A column that the target does not depend on has the least importance, and a flat curve."""
    more = np.column_stack([X, RNG.normal(size=N)])
    fitted = regressor(hidden=4).fit(more, Y)
    importance = permutation_importance(fitted, more, Y, n_repeats=5, random_state=0)
    assert importance.importances_mean.argmin() == 2
    curve = partial_dependence(fitted, more, [1], grid_resolution=5)
    (grid,) = curve["grid_values"]
    moved = [more.copy() for _ in grid]
    for rows, value in zip(moved, grid, strict=True):
        rows[:, 1] = value
    by_hand = [fitted.predict(rows).mean() for rows in moved]
    np.testing.assert_allclose(curve["average"][0], by_hand, rtol=1e-12)


def test_a_picture_of_prediction_errors() -> None:
    fitted = regressor().fit(X, Y)
    display = PredictionErrorDisplay.from_estimator(fitted, X, Y, subsample=None)
    assert np.array_equal(display.y_pred, fitted.predict(X))


class TestRoutingOfWeights:
    def test_sends_them_to_fits_and_scores(self) -> None:
        folds = KFold(3)
        with sklearn.config_context(enable_metadata_routing=True):
            routed = (
                regressor()
                .set_fit_request(sample_weight=True)
                .set_score_request(sample_weight=True)
            )
            found = cross_validate(routed, X, Y, cv=folds, params={"sample_weight": WEIGHTS})
        by_hand = []
        for train, test in folds.split(X):
            fitted = regressor().fit(X[train], Y[train], sample_weight=WEIGHTS[train])
            by_hand.append(fitted.score(X[test], Y[test], sample_weight=WEIGHTS[test]))
        assert found["test_score"].tolist() == by_hand

    def test_refuses_those_that_nobody_asked_for(self) -> None:
        with (
            sklearn.config_context(enable_metadata_routing=True),
            pytest.raises(ValueError, match=r"sample_weight.* are passed .*are not explicitly set"),
        ):
            cross_validate(regressor(), X, Y, params={"sample_weight": WEIGHTS})
