"""Fits: case weights, agreement with scikit-learn, extreme values, and error messages."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import metrics

import sheernet as sn
from sheernet.data.targets.judgment import ClassificationFit, Judgment, RegressionFit, chosen

LARGEST = np.finfo(float).max


def counts_of(data, n_rows):
    counts = data.draw(hnp.arrays(np.int64, n_rows, elements=st.integers(0, 3)))
    counts[data.draw(st.integers(0, n_rows - 1))] += 1
    return counts


def probabilities(rng, n_rows, n_classes):
    raw = rng.uniform(0.01, 1, (n_rows, n_classes))
    return raw / raw.sum(axis=1, keepdims=True)


class TestRegression:
    @settings(max_examples=50)
    @given(
        pair=hnp.arrays(np.float64, st.tuples(st.just(2), st.integers(1, 7), st.just(2)), elements=st.integers(-9, 9)),
        data=st.data(),
    )  # fmt: skip
    def test_a_weight_of_k_is_k_rows_and_a_weight_of_0_none(self, pair, data):
        predicted, true = pair
        counts = counts_of(data, len(true))
        weighted = RegressionFit.of(predicted, true, counts)
        repeated = RegressionFit.of(
            np.repeat(predicted, counts, axis=0), np.repeat(true, counts, axis=0)
        )
        np.testing.assert_allclose(weighted.rmse, repeated.rmse, rtol=1e-12)
        for one, other in zip(weighted.r2, repeated.r2, strict=True):
            assert (
                one == other if other is None else one == pytest.approx(other, rel=1e-9, abs=1e-12)
            )
        assert weighted.rows == np.count_nonzero(counts)
        assert (weighted.weight or weighted.rows) == pytest.approx(repeated.rows)

    @pytest.mark.parametrize("weighted", [False, True])
    def test_agrees_with_scikit_learn(self, weighted):
        rng = np.random.default_rng(0)
        true, predicted = rng.normal(size=(2, 20, 3))
        weights = rng.uniform(0, 2, 20) if weighted else None
        fit = RegressionFit.of(predicted, true, weights)
        same = {"sample_weight": weights, "multioutput": "raw_values"}
        np.testing.assert_allclose(
            fit.rmse, metrics.root_mean_squared_error(true, predicted, **same)
        )
        np.testing.assert_allclose(fit.r2, metrics.r2_score(true, predicted, **same))

    def test_a_constant_target_has_no_r2(self):
        assert RegressionFit.of(np.array([[1.0], [2.0]]), np.full((2, 1), 0.1)).r2 == (None,)

    def test_a_row_of_weight_0_does_not_make_a_target_vary(self):
        true = np.array([[9.0], [0.1], [0.1]])
        assert RegressionFit.of(np.zeros((3, 1)), true, [0, 1, 1]).r2 == (None,)

    @pytest.mark.parametrize("size", [1e-300, 1e300, LARGEST])
    def test_neither_large_nor_small_errors_leave_the_range_of_numbers(self, size):
        true = np.array([[0.0], [size]])
        fit = RegressionFit.of(np.zeros((2, 1)), true)
        assert fit.rmse[0] == pytest.approx(size / math.sqrt(2))
        assert fit.r2[0] == pytest.approx(-1)

    def test_what_is_beyond_all_numbers_is_the_largest_one(self):
        fit = RegressionFit.of(np.array([[LARGEST], [1e-300]]), np.array([[-LARGEST], [0.0]]))
        assert math.isfinite(fit.rmse[0])
        assert RegressionFit.of(np.full((2, 1), 1e300), np.array([[0.0], [1e-300]])).r2 == (
            -LARGEST,
        )

    def test_huge_weights(self):
        fit = RegressionFit.of(np.array([[1.0], [2.0]]), np.array([[1.0], [4.0]]), [1e308, 1e308])
        assert fit.rmse[0] == pytest.approx(math.sqrt(2))
        assert fit.weight == LARGEST

    def test_tables_of_different_lengths(self):
        with pytest.raises(
            sn.ShapeMismatch, match="predictions has 2 rows and the truth has 3 rows"
        ):
            RegressionFit.of(np.zeros((2, 1)), np.zeros((3, 1)))


class TestClassification:
    @pytest.mark.parametrize("n_classes", [2, 3])
    @settings(max_examples=40)
    @given(seed=st.integers(0, 999), data=st.data())
    def test_a_weight_of_k_is_k_rows_and_a_weight_of_0_none(self, n_classes, seed, data):
        rng = np.random.default_rng(seed)
        p, true = probabilities(rng, 7, n_classes), rng.integers(0, n_classes, 7)
        counts = counts_of(data, 7)
        weighted = ClassificationFit.of(p, true, counts)
        repeated = ClassificationFit.of(np.repeat(p, counts, axis=0), np.repeat(true, counts))
        for key in ("accuracy", "log_loss", "majority"):
            assert getattr(weighted, key) == pytest.approx(getattr(repeated, key), rel=1e-12)
        assert weighted.confusion == repeated.confusion
        assert weighted.rows == np.count_nonzero(counts)
        assert (weighted.weight or weighted.rows) == pytest.approx(repeated.rows)

    @pytest.mark.parametrize("weighted", [False, True])
    @pytest.mark.parametrize("n_classes", [2, 4])
    def test_agrees_with_scikit_learn(self, n_classes, weighted):
        rng = np.random.default_rng(1)
        p, true = probabilities(rng, 50, n_classes), rng.integers(0, n_classes, 50)
        weights = rng.uniform(0, 2, 50) if weighted else None
        fit, predicted = ClassificationFit.of(p, true, weights), chosen(p)
        assert fit.accuracy == pytest.approx(
            metrics.accuracy_score(true, predicted, sample_weight=weights)
        )
        assert fit.log_loss == pytest.approx(metrics.log_loss(true, p, sample_weight=weights))
        np.testing.assert_allclose(
            fit.confusion, metrics.confusion_matrix(true, predicted, sample_weight=weights)
        )
        assert fit.majority == pytest.approx(
            np.bincount(true, weights).max() / np.bincount(true, weights).sum()
        )

    @pytest.mark.parametrize("entry", [0, 1, LARGEST])
    def test_shares_are_of_the_true_classes_however_large_the_sums(self, entry):
        fit = ClassificationFit(4, 0.5, 0.5, 0.5, ((entry, entry), (0, entry)))
        expected = {0: [0, 0], 1: [2 / 3, 1 / 3], LARGEST: [0.5, 0.5]}[entry]  # cut to the largest
        np.testing.assert_allclose(fit.shares, expected)

    def test_counts_are_whole_and_sums_of_weights_are_not(self):
        p, true = np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([0, 0])
        assert ClassificationFit.of(p, true).confusion == ((1, 1), (0, 0))
        assert type(ClassificationFit.of(p, true).confusion[0][0]) is int
        assert ClassificationFit.of(p, true, [0.5, 2.0]).confusion == ((0.5, 2.0), (0.0, 0.0))

    def test_a_probability_of_0_costs_708(self):
        fit = ClassificationFit.of(np.array([[1.0, 0.0]]), np.array([1]))
        assert fit.log_loss == pytest.approx(-math.log(2.2250738585072014e-308))

    def test_certainty_that_is_right_costs_nothing(self):
        fit = ClassificationFit.of(np.eye(3), np.arange(3))
        assert (fit.log_loss, fit.accuracy) == (0.0, 1.0)
        assert math.copysign(1, fit.log_loss) == 1

    def test_huge_weights(self):
        fit = ClassificationFit.of(np.array([[1.0, 0.0]] * 3), np.array([0, 0, 1]), [1e308] * 3)
        assert fit.accuracy == pytest.approx(2 / 3)
        assert fit.confusion[0][0] == LARGEST

    def test_of_two_classes_the_second_is_chosen_from_a_half_on(self):
        assert chosen(np.array([[0.5, 0.5], [0.51, 0.49]])).tolist() == [1, 0]

    def test_of_more_the_first_of_the_most_probable(self):
        assert chosen(np.array([[0.2, 0.4, 0.4], [0.6, 0.2, 0.2]])).tolist() == [1, 0]

    def test_different_lengths(self):
        with pytest.raises(
            sn.ShapeMismatch, match="predictions has 1 row and the truth has 2 rows"
        ):
            ClassificationFit.of(np.ones((1, 2)), np.array([0, 1]))


REGRESSION = {"rows": 3, "rmse": (1.0, 2.0), "r2": (0.5, None)}
CLASSES = {
    "rows": 3,
    "accuracy": 1.0,
    "log_loss": 0.1,
    "majority": 0.5,
    "confusion": ((1, 0), (0, 2.5)),
}


class TestConstructors:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"rows": 0}, "rows of a fit must be a whole number of at least 1, but is 0"),
            ({"rows": 2.0}, "rows of a fit must be a whole number of at least 1, but is 2.0"),
            ({"rows": True}, "rows of a fit must be a whole number of at least 1, but is True"),
            (
                {"rmse": (1.0,)},
                "rmse and r2 of a fit must have one number per target, but have 1 and 2",
            ),
            ({"rmse": (), "r2": ()}, "must have one number per target, but have 0 and 0"),
            ({"rmse": 1.0}, "rmse of a fit must be a list, but is 1.0"),
            ({"rmse": (1.0, -2.0)}, "rmse of a fit must be at least 0, but is -2.0"),
            ({"rmse": (1.0, None)}, "rmse of a fit must be a number, but is None"),
            ({"rmse": (1.0, math.inf)}, "rmse of a fit must be finite, but is inf"),
            ({"r2": (1.5, None)}, "r2 of a fit must be at most 1, but is 1.5"),
            ({"r2": (math.nan, None)}, "r2 of a fit must be finite, but is nan"),
            ({"r2": ("1", None)}, "r2 of a fit must be a number, but is '1'"),
            ({"weight": 0.0}, "weight of a fit must be positive, but is 0.0"),
            ({"weight": math.inf}, "weight of a fit must be finite, but is inf"),
        ],
    )
    def test_a_regression_fit_that_is_none(self, change, words):
        assert RegressionFit(**REGRESSION).rmse == (1.0, 2.0)
        with pytest.raises(sn.InvalidInput, match=words):
            RegressionFit(**(REGRESSION | change))

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"rows": -1}, "rows of a fit must be a whole number of at least 1, but is -1"),
            ({"accuracy": 1.1}, "accuracy of a fit must be at least 0 and at most 1, but is 1.1"),
            ({"majority": -0.1}, "majority of a fit must be at least 0 and at most 1, but is -0.1"),
            ({"log_loss": -1.0}, "log_loss of a fit must be at least 0, but is -1.0"),
            ({"log_loss": math.inf}, "log_loss of a fit must be finite, but is inf"),
            ({"weight": -1.0}, "weight of a fit must be positive, but is -1.0"),
            ({"accuracy": "1"}, "accuracy of a fit must be a number, but is '1'"),
            ({"confusion": 1}, "confusion of a fit must be a list, but is 1"),
            ({"confusion": (1, 2)}, "a row of confusion of a fit must be a list, but is 1"),
            (
                {"confusion": ((1,),)},
                r"must be square, with at least 2 rows, but the lengths of its rows are \[1\]",
            ),
            (
                {"confusion": ()},
                r"must be square, with at least 2 rows, but the lengths of its rows are \[\]",
            ),
            (
                {"confusion": ((1, 0), (1,))},
                r"must be square, with at least 2 rows, but the lengths of its rows are \[2, 1\]",
            ),
            (
                {"confusion": ((1, 0), (1, -1))},
                "an entry of confusion must be at least 0, but is -1",
            ),
            (
                {"confusion": ((1, 0), (1, None))},
                "an entry of confusion must be a number, but is None",
            ),
        ],
    )
    def test_a_classification_fit_that_is_none(self, change, words):
        assert ClassificationFit(**CLASSES).confusion == ((1, 0), (0, 2.5))
        with pytest.raises(sn.InvalidInput, match=words):
            ClassificationFit(**(CLASSES | change))

    @pytest.mark.parametrize("fit", [RegressionFit(**REGRESSION), ClassificationFit(**CLASSES)])
    def test_a_copy_is_equal(self, fit):
        assert isinstance(fit, Judgment)
        assert copy.deepcopy(fit) == pickle.loads(pickle.dumps(fit)) == fit

    def test_lists_become_tuples(self):
        assert RegressionFit(3, [1.0, 2.0], [0.5, None]) == RegressionFit(**REGRESSION)
        assert ClassificationFit(3, 1, 0.1, 0.5, [[1, 0], [0, 2.5]]) == ClassificationFit(**CLASSES)
