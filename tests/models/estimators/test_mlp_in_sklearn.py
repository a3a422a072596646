"""MLPRegressor and MLPClassifier inside scikit-learn's tools: pipelines, searches, ensembles, inspection, joblib."""

from __future__ import annotations

import os
import pickle
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn")

import joblib
import sklearn
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import BaggingRegressor, StackingClassifier, VotingRegressor
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score, cross_validate
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import sheernet as sn

LBFGS = {
    "hidden_layer_sizes": (3,),
    "solver": "lbfgs",
    "alpha": 1.0,
    "max_iter": 2000,
    "random_state": 0,
}
diabetes = load_diabetes()
iris = load_iris()
ROWS, Y = StandardScaler().fit_transform(diabetes.data[:150]), diabetes.target[:150] / 100
FLOWERS, SPECIES = StandardScaler().fit_transform(iris.data), iris.target_names[iris.target]


def regressor(**changed: Any) -> Any:
    """A regressor that is fitted fast."""
    return sn.MLPRegressor(**LBFGS | changed)


def classifier(**changed: Any) -> Any:
    """A classifier that is fitted fast."""
    return sn.MLPClassifier(**LBFGS | changed)


def same_predictions(left: Any, right: Any) -> Any:
    """Whether two estimators predict the same bits."""
    return np.array_equal(left.predict(ROWS), right.predict(ROWS))


@pytest.mark.parametrize("estimator", [regressor(alpha=0.25), classifier(activation="tanh")])
def test_clone_keeps_parameters_and_forgets_the_fit(estimator: Any) -> None:
    y = Y if isinstance(estimator, sn.MLPRegressor) else np.where(Y > 1.4, "high", "low")
    copy = clone(estimator.fit(ROWS, y))
    assert copy.get_params() == estimator.get_params()
    assert not hasattr(copy, "coefs_")
    assert same_predictions(copy.fit(ROWS, y), estimator)


def test_pipeline_with_column_transformer() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"size": ROWS[:, 2], "sex": np.where(ROWS[:, 1] > 0, "f", "m")})
    columns = ColumnTransformer(
        [("numbers", StandardScaler(), ["size"]), ("words", OneHotEncoder(), ["sex"])]
    )
    model = make_pipeline(columns, regressor()).fit(frame, Y)
    assert model.score(frame, Y) > 0.3
    assert model[-1].n_features_in_ == 3


def test_grid_search_in_two_processes() -> None:
    grid = {"alpha": [1e3, 1.0], "hidden_layer_sizes": [(2,), (3, 2)]}
    one, two = (
        GridSearchCV(classifier(), grid, cv=3, n_jobs=n).fit(FLOWERS, SPECIES) for n in (1, 2)
    )
    assert two.best_params_["alpha"] == 1.0  # 1000 leaves almost nothing of the inputs
    assert two.best_score_ > 0.9
    for name in ("mean_test_score", "std_test_score"):
        assert np.array_equal(one.cv_results_[name], two.cv_results_[name])


def test_cross_val_predict_gives_probabilities() -> None:
    probabilities = cross_val_predict(classifier(), FLOWERS, SPECIES, method="predict_proba", cv=3)
    assert probabilities.shape == (150, 3)  # (N, classes)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert np.mean(iris.target_names[probabilities.argmax(axis=1)] == SPECIES) > 0.9


def test_cross_val_score_does_not_warn() -> None:
    """pytest makes errors of warnings."""
    scores = cross_val_score(regressor(alpha=3.0), ROWS, Y, cv=4)
    assert scores.shape == (4,)
    assert scores.mean() > 0.2


def test_cross_validate_returns_estimators() -> None:
    found = cross_validate(
        regressor(), ROWS, Y, cv=3, return_estimator=True, return_train_score=True
    )
    assert [e.n_features_in_ for e in found["estimator"]] == [10, 10, 10]


def test_transformed_target() -> None:
    model = TransformedTargetRegressor(regressor(), func=np.log, inverse_func=np.exp).fit(ROWS, Y)
    direct = regressor().fit(ROWS, np.log(Y))
    np.testing.assert_allclose(model.predict(ROWS), np.exp(direct.predict(ROWS)), rtol=1e-12)


def test_voting_is_the_mean_of_predictions() -> None:
    vote = VotingRegressor([("net", regressor()), ("ridge", Ridge())]).fit(ROWS, Y)
    expected = (regressor().fit(ROWS, Y).predict(ROWS) + Ridge().fit(ROWS, Y).predict(ROWS)) / 2
    np.testing.assert_allclose(vote.predict(ROWS), expected, rtol=1e-12)


def test_voting_with_sample_weights() -> None:
    weights = np.linspace(0.5, 2, len(Y))
    vote = VotingRegressor([("net", regressor())]).fit(ROWS, Y, sample_weight=weights)
    alone = regressor().fit(ROWS, Y, sample_weight=weights)
    assert same_predictions(vote, alone)
    assert not same_predictions(vote, regressor().fit(ROWS, Y))


def test_bagging_repeats_rows_as_weights() -> None:
    bag = BaggingRegressor(regressor(), n_estimators=2, random_state=0).fit(ROWS, Y)
    assert r2_score(Y, bag.predict(ROWS)) > 0.3


def test_several_targets_one_by_one() -> None:
    both = MultiOutputRegressor(regressor()).fit(ROWS, np.c_[Y, -Y])
    assert same_predictions(both.estimators_[0], regressor().fit(ROWS, Y))


def test_stacking() -> None:
    stack = StackingClassifier([("net", classifier())], LogisticRegression(), cv=3).fit(
        FLOWERS, SPECIES
    )
    assert stack.score(FLOWERS, SPECIES) > 0.9


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_calibration(method: str) -> None:
    calibrated = CalibratedClassifierCV(classifier(), method=method, cv=3).fit(FLOWERS, SPECIES)
    assert [*calibrated.classes_] == ["setosa", "versicolor", "virginica"]
    assert calibrated.score(FLOWERS, SPECIES) > 0.9


def test_permutation_importance_finds_the_column_that_matters() -> None:
    rows = np.random.default_rng(1).normal(size=(120, 3))
    model = regressor().fit(rows, 2 * rows[:, 1])
    found = permutation_importance(model, rows, 2 * rows[:, 1], n_repeats=3, random_state=0)
    assert found.importances_mean.argmax() == 1
    assert found.importances_mean[1] > 1
    assert np.abs(found.importances_mean[[0, 2]]).max() < 0.1


def test_partial_dependence_is_the_mean_over_the_rows() -> None:
    model = regressor().fit(ROWS, Y)
    found = partial_dependence(model, ROWS, [2], grid_resolution=5, kind="average")
    for value, average in zip(found["grid_values"][0], found["average"][0], strict=True):
        rows = ROWS.copy()
        rows[:, 2] = value
        assert average == pytest.approx(model.predict(rows).mean(), rel=1e-10)


@pytest.mark.parametrize("solver", ["lbfgs", "adam"])
def test_a_worker_process_returns_a_fitted_estimator(solver: str) -> None:
    arguments = {"solver": solver, "max_iter": 2000, "tol": 1e-3}
    there, process = joblib.Parallel(n_jobs=2, backend="loky")(
        [joblib.delayed(regressor(**arguments).fit)(ROWS, Y), joblib.delayed(os.getpid)()]
    )
    assert process != os.getpid()
    assert same_predictions(there, regressor(**arguments).fit(ROWS, Y))
    assert there.loss_ == regressor(**arguments).fit(ROWS, Y).loss_


def test_threads_of_joblib() -> None:
    fitted = joblib.Parallel(n_jobs=2, backend="threading")(
        joblib.delayed(regressor(random_state=i).fit)(ROWS, Y) for i in range(4)
    )
    for i, there in enumerate(fitted):
        assert same_predictions(there, regressor(random_state=i).fit(ROWS, Y))


@pytest.mark.parametrize("solver", ["lbfgs", "sgd"])
def test_a_pickle_holds_no_data(solver: str) -> None:
    rows = np.repeat(ROWS, 20, axis=0)  # 240 kB
    model = regressor(solver=solver, max_iter=2000, tol=0.01).fit(rows, np.repeat(Y, 20))
    written = pickle.dumps(model)
    assert len(written) < 60_000
    assert same_predictions(pickle.loads(written), model)


@pytest.fixture
def _routing() -> Any:
    with sklearn.config_context(enable_metadata_routing=True):
        yield


@pytest.mark.usefixtures("_routing")
def test_metadata_routing_delivers_sample_weights() -> None:
    weights = np.linspace(0.1, 3, len(Y))
    net = regressor().set_fit_request(sample_weight=True).set_score_request(sample_weight=False)
    model = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), net)
    model.fit(ROWS, Y, sample_weight=weights)
    scaled = StandardScaler().fit_transform(ROWS)
    expected = regressor().fit(scaled, Y, sample_weight=weights).predict(scaled)
    assert np.array_equal(model.predict(ROWS), expected)
    assert not np.array_equal(expected, regressor().fit(scaled, Y).predict(scaled))
    search = GridSearchCV(net, {"alpha": [0.5, 2.0]}, cv=3).fit(ROWS, Y, sample_weight=weights)
    assert same_predictions(
        search, regressor(**search.best_params_).fit(ROWS, Y, sample_weight=weights)
    )


def test_frames_of_pandas_flow_through_a_pipeline() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(ROWS, columns=diabetes.feature_names)
    model = (
        make_pipeline(StandardScaler(), regressor()).set_output(transform="pandas").fit(frame, Y)
    )
    assert [*model[-1].feature_names_in_] == diabetes.feature_names
    assert np.array_equal(model.predict(frame), model[-1].predict(model[0].transform(frame)))


def test_frames_of_polars_give_the_numbers_of_arrays() -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(ROWS, schema=diabetes.feature_names)
    model = regressor().fit(frame, polars.Series(Y))
    assert [*model.feature_names_in_] == diabetes.feature_names
    assert np.array_equal(model.predict(frame), regressor().fit(ROWS, Y).predict(ROWS))


def test_columns_in_another_order_are_refused() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(ROWS, columns=diabetes.feature_names)
    model = regressor().fit(frame, Y)
    with pytest.raises(ValueError, match="must be in the same order"):
        model.predict(frame[diabetes.feature_names[::-1]])
    with pytest.raises(ValueError, match="unseen at fit time"):
        model.predict(frame.rename(columns={"bmi": "mass"}))
    with pytest.warns(UserWarning, match="valid feature names"):
        model.predict(ROWS)


@pytest.mark.parametrize(
    "target", [np.where(Y > 1.4, "high", "low"), Y > 1.4, (Y > 1.4).astype(int)]
)
def test_classes_keep_their_type(target: Any) -> None:
    model = classifier().fit(ROWS, target)
    assert model.predict(ROWS).dtype == target.dtype
    assert model.score(ROWS, target) > 0.7
