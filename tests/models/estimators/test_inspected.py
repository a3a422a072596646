"""The estimators in scikit-learn's displays and inspection and in shap, compared with what each is by definition."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

from sklearn.calibration import CalibrationDisplay, calibration_curve
from sklearn.inspection import (
    DecisionBoundaryDisplay,
    PartialDependenceDisplay,
    partial_dependence,
    permutation_importance,
)
from sklearn.metrics import (
    ConfusionMatrixDisplay,
    PredictionErrorDisplay,
    RocCurveDisplay,
    confusion_matrix,
    roc_auc_score,
)
from sklearn.model_selection import LearningCurveDisplay, ValidationCurveDisplay

import sheernet as sn

N = 60
RNG = np.random.default_rng(7)
X = pd.DataFrame(RNG.normal(size=(N, 2)), columns=["size", "age"])
Y = X["size"] + 0.5 * X["age"] ** 2 + 0.1 * RNG.normal(size=N)
LABELS = np.array(["large", "small"])[(Y < 0.5).astype(int)]
NET: dict[str, Any] = {"hidden": 2, "decay": 0.01, "starts": 1}
REGRESSORS, CLASSIFIERS = ("NetRegressor",), ("NetClassifier",)


def new(name: str) -> Any:
    return getattr(sn, name)(**NET)


@cache
def fitted(name: str) -> Any:
    return new(name).fit(X, Y if name in REGRESSORS else LABELS)


@pytest.mark.parametrize("name", [*REGRESSORS, *CLASSIFIERS])
class TestPartialDependence:
    def test_is_the_mean_prediction_with_a_value_in_all_rows(self, name) -> None:
        estimator = fitted(name)
        found = partial_dependence(estimator, X, ["age"], grid_resolution=5, kind="average")
        predict = (
            estimator.predict
            if name in REGRESSORS
            else lambda rows: estimator.predict_proba(rows)[:, 1]
        )
        expected = [predict(X.assign(age=value)).mean() for value in found["grid_values"][0]]
        np.testing.assert_allclose(found["average"][0], expected)

    def test_is_drawn(self, name) -> None:
        display = PartialDependenceDisplay.from_estimator(
            fitted(name), X, ["size", ("size", "age")], grid_resolution=5
        )
        assert display.axes_.shape == (1, 2)
        assert display.axes_[0, 0].get_xlabel() == "size"


@pytest.mark.parametrize("name", REGRESSORS)
class TestOfNumbers:
    def test_prediction_errors(self, name) -> None:
        display = PredictionErrorDisplay.from_estimator(
            fitted(name), X, Y, kind="actual_vs_predicted"
        )
        np.testing.assert_array_equal(display.y_pred, fitted(name).predict(X))
        assert display.ax_.get_ylabel() == "Actual values"

    def test_learning_curve(self, name) -> None:
        display = LearningCurveDisplay.from_estimator(
            new(name), X, Y, train_sizes=[0.5, 1.0], cv=2, score_name="R2"
        )
        assert display.train_scores.shape == (2, 2)
        assert np.isfinite(display.test_scores).all()

    def test_validation_curve(self, name) -> None:
        display = ValidationCurveDisplay.from_estimator(
            new(name), X, Y, param_name="decay", param_range=[0.01, 100.0], cv=2
        )
        fits = display.train_scores.mean(axis=1)
        assert fits[0] > fits[1]  # the heavy penalty fits the training rows worse

    def test_permutation_importance(self, name) -> None:
        found = permutation_importance(fitted(name), X, Y, n_repeats=3, random_state=0)
        assert found.importances.shape == (2, 3)
        assert found.importances_mean[0] > 0.2


@pytest.mark.parametrize("name", CLASSIFIERS)
class TestOfClasses:
    def test_confusion_matrix(self, name) -> None:
        display = ConfusionMatrixDisplay.from_estimator(fitted(name), X, LABELS)
        expected = confusion_matrix(LABELS, fitted(name).predict(X))
        np.testing.assert_array_equal(display.confusion_matrix, expected)
        assert [tick.get_text() for tick in display.ax_.get_xticklabels()] == ["large", "small"]

    def test_roc_curve(self, name) -> None:
        display = RocCurveDisplay.from_estimator(fitted(name), X, LABELS)
        area = roc_auc_score(LABELS, fitted(name).predict_proba(X)[:, 1])
        assert np.trapezoid(display.tpr, display.fpr) == pytest.approx(area)

    def test_decision_boundary(self, name) -> None:
        display = DecisionBoundaryDisplay.from_estimator(
            fitted(name), X, response_method="predict_proba", grid_resolution=5
        )
        grid = pd.DataFrame({"size": display.xx0.ravel(), "age": display.xx1.ravel()})
        expected = fitted(name).predict_proba(grid)[:, 1].reshape(display.xx0.shape)
        np.testing.assert_allclose(display.response, expected)

    def test_calibration(self, name) -> None:
        display = CalibrationDisplay.from_estimator(fitted(name), X, LABELS, n_bins=3)
        shares = fitted(name).predict_proba(X)[:, 1]
        true, predicted = calibration_curve(LABELS == "small", shares, n_bins=3)
        np.testing.assert_allclose(display.prob_true, true)
        np.testing.assert_allclose(display.prob_pred, predicted)


@pytest.mark.skipif(find_spec("shap") is None, reason="shap is not installed")
@pytest.mark.filterwarnings("ignore")  # those of shap and numba
class TestShap:
    """Shapley values of a linear function are w_j (x_j - mean_j); those of any function add up to its change."""

    @pytest.mark.parametrize("name", REGRESSORS)
    @pytest.mark.parametrize("explainer", ["PermutationExplainer", "KernelExplainer"])
    def test_add_up_to_the_prediction(self, name, explainer) -> None:
        import shap

        estimator = fitted(name)
        if explainer == "KernelExplainer":
            values = shap.KernelExplainer(estimator.predict, X.iloc[:20], silent=True)(X.iloc[:5])
        else:
            values = shap.PermutationExplainer(estimator.predict, X.iloc[:20])(X.iloc[:5])
        total = values.values.sum(axis=1) + values.base_values
        np.testing.assert_allclose(total, estimator.predict(X.iloc[:5]), atol=1e-8)
        np.testing.assert_allclose(values.base_values, estimator.predict(X.iloc[:20]).mean())

    @pytest.mark.parametrize("name", CLASSIFIERS)
    def test_of_probabilities(self, name) -> None:
        import shap

        estimator = fitted(name)
        values = shap.PermutationExplainer(estimator.predict_proba, X.iloc[:20])(X.iloc[:5])
        total = values.values.sum(axis=1) + values.base_values
        np.testing.assert_allclose(total, estimator.predict_proba(X.iloc[:5]), atol=1e-8)

    @pytest.mark.parametrize("plot", ["beeswarm", "bar", "scatter", "waterfall"])
    def test_is_drawn(self, plot) -> None:
        import shap
        from matplotlib import pyplot

        values = shap.PermutationExplainer(fitted("NetRegressor").predict, X)(X.iloc[:20])
        what = {"scatter": values[:, "size"], "waterfall": values[0]}.get(plot, values)
        getattr(shap.plots, plot)(what, show=False)
        assert (
            "size" in {text.get_text() for text in pyplot.gcf().findobj(pyplot.Text)}
            or plot == "waterfall"
        )
