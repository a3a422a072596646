"""The notebook's data sets: the numbers and their scaling."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import numpy as np
import pytest

import sheernet as sn

LOADERS = {
    "sleep": sn.datasets.load_sleep_study,
    "sleep train": lambda: sn.datasets.load_sleep_study("train"),
    "sleep test": lambda: sn.datasets.load_sleep_study("test"),
    "iris": sn.datasets.load_iris_rows,
}


@pytest.fixture(params=LOADERS.values(), ids=LOADERS.keys())
def data(request):
    return request.param()


class TestSleepStudy:
    def test_the_three_rows_of_the_notebook(self):
        data = sn.datasets.load_sleep_study()
        np.testing.assert_array_equal(data.X, [[3, 5], [5, 1], [10, 2]])
        np.testing.assert_array_equal(data.y, [[75], [82], [93]])

    def test_the_training_and_test_rows_of_part_7(self):
        train, test = sn.datasets.load_sleep_study("train"), sn.datasets.load_sleep_study("test")
        np.testing.assert_array_equal(train.X, [[3, 5], [5, 1], [10, 2], [6, 1.5]])
        np.testing.assert_array_equal(train.y, [[75], [82], [93], [70]])
        np.testing.assert_array_equal(test.X, [[4, 5.5], [4.5, 1], [9, 2.5], [6, 2]])
        np.testing.assert_array_equal(test.y, [[70], [89], [85], [75]])

    @pytest.mark.parametrize("subset", [None, "train"])
    def test_is_scaled_bit_for_bit_as_in_the_notebook(self, subset):
        data = sn.datasets.load_sleep_study(subset)
        X, y = data.scaled
        np.testing.assert_array_equal(X, data.X / np.amax(data.X, axis=0))
        np.testing.assert_array_equal(y, data.y / 100)

    def test_test_rows_are_scaled_by_the_maxima_of_the_training_rows(self):
        train, test = sn.datasets.load_sleep_study("train"), sn.datasets.load_sleep_study("test")
        X, _ = test.scaled
        np.testing.assert_array_equal(X, test.X / train.X.max(axis=0))
        assert X.max() == 1.1  # 5.5 hours of study where the training rows have at most 5

    def test_the_same_hours_are_the_same_input_in_both_subsets(self):
        train, test = sn.datasets.load_sleep_study("train"), sn.datasets.load_sleep_study("test")
        np.testing.assert_array_equal(
            train.input_scaler.transform(test.X), test.input_scaler.transform(test.X)
        )

    def test_an_unknown_subset_is_answered_with_the_known_ones(self):
        with pytest.raises(
            sn.InvalidInput, match=r"subset 'tests' is not recognized.*'test'.*train, test"
        ):
            sn.datasets.load_sleep_study("tests")


class TestIrisRows:
    def test_are_those_of_scikit_learn(self):
        iris = pytest.importorskip("sklearn.datasets").load_iris()
        data = sn.datasets.load_iris_rows()
        np.testing.assert_array_equal(data.X, iris.data[:3, :2])
        np.testing.assert_array_equal(data.y.ravel(), iris.target[:3])
        assert list(data.input_names) == iris.feature_names[:2]

    def test_are_left_unscaled(self):
        data = sn.datasets.load_iris_rows()
        X, y = data.scaled
        np.testing.assert_array_equal(X, data.X)
        np.testing.assert_array_equal(y, data.y)


class TestEveryDataset:
    def test_has_a_name_for_each_column(self, data):
        assert len(data.input_names) == data.X.shape[1]
        assert len(data.target_names) == data.y.shape[1]

    def test_has_a_source_and_a_license(self, data):
        assert len(data.source) > 20
        assert len(data.license) > 20

    def test_is_read_only(self, data):
        for array in (data.X, data.y):
            with pytest.raises(ValueError, match="read-only"):
                array[0, 0] = 0.0

    def test_is_frozen(self, data):
        with pytest.raises(dataclasses.FrozenInstanceError):
            data.X = np.zeros((1, 1))

    @pytest.mark.parametrize(
        "twin_of", [copy.deepcopy, copy.copy, lambda d: pickle.loads(pickle.dumps(d))]
    )
    def test_a_copy_is_equal_and_as_read_only(self, data, twin_of):
        twin = twin_of(data)
        np.testing.assert_array_equal(twin.X, data.X)
        np.testing.assert_array_equal(twin.scaled[1], data.scaled[1])
        assert twin.source == data.source
        assert not twin.X.flags.writeable
        assert not twin.input_scaler.scale.flags.writeable

    def test_scaled_arrays_belong_to_the_caller(self, data):
        X, _ = data.scaled
        X[:] = 7.0
        assert not np.any(data.scaled[0] == 7.0)

    def test_scaling_is_undone_by_its_scalers(self, data):
        X, y = data.scaled
        np.testing.assert_allclose(data.input_scaler.inverse(X), data.X, rtol=1e-15)
        np.testing.assert_allclose(data.target_scaler.inverse(y), data.y, rtol=1e-15)


class TestDatasetRefuses:
    def made(self, **changed):
        fixed = sn.preprocessing.Scaler.fixed
        parts = {
            "name": "mine", "X": [[1.0, 2.0]], "y": [3.0], "input_names": ("a", "b"), "target_names": ("c",),
            "source": "", "license": "", "input_scaler": fixed([1, 1]), "target_scaler": fixed(1),
        }  # fmt: skip
        return sn.datasets.Dataset(**parts | changed)

    def test_nothing_that_fits(self):
        assert self.made().X.shape == (1, 2)

    def test_more_targets_than_rows(self):
        with pytest.raises(sn.ShapeMismatch, match="X has 1 row and y has 2 rows"):
            self.made(y=[3.0, 4.0])

    def test_names_that_do_not_fit_the_columns(self):
        with pytest.raises(sn.ShapeMismatch, match="input_names has 1 name for 2 columns"):
            self.made(input_names=("a",))
