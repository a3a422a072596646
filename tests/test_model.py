"""A model: columns in by name, predictions out in their own units, and how well they agree."""

from __future__ import annotations

import copy
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import sheernet as sn
from models import models, random_model, table_for
from sheernet.model import Fit

TWO = random_model(sn.Architecture((3, 4, 1)), members=2)


def matrix(table: dict[str, np.ndarray]) -> np.ndarray:
    return np.column_stack(list(table.values()))


class TestPrediction:
    @given(models())
    def test_is_the_weighted_mean_of_its_networks_in_the_targets_units(
        self, model: sn.Model
    ) -> None:
        X = matrix(table_for(model))
        Z = (X - model.inputs.scaler.shift) / model.inputs.scaler.scale
        scaled = sum(member.share * member.network.predict(Z) for member in model.members)
        expected = scaled * model.targets.scaler.scale + model.targets.scaler.shift
        predicted = model.predict(X).reshape(expected.shape)
        assert np.allclose(predicted, expected, rtol=1e-13, atol=1e-13)

    @given(models(), st.randoms(use_true_random=False))
    def test_does_not_depend_on_the_order_of_columns_or_on_others(
        self, model: sn.Model, random
    ) -> None:
        table = table_for(model)
        shuffled = [*table.items(), ("another", np.full(5, np.nan))]
        random.shuffle(shuffled)
        expected = model.predict(table)
        assert np.array_equal(model.predict(dict(shuffled)), expected)
        assert np.array_equal(model.predict(pd.DataFrame(dict(shuffled))), expected)
        assert np.array_equal(model.predict(sn.read_table(dict(shuffled))), expected)
        assert np.array_equal(model.predict(matrix(table)), expected)
        assert np.array_equal(model.predict(matrix(table).tolist()), expected)

    def test_of_a_file_is_that_of_its_columns(self, tmp_path) -> None:
        table = table_for(TWO)
        path = tmp_path / "new.csv"
        pd.DataFrame(table).iloc[:, ::-1].to_csv(path, index=False)
        assert np.allclose(TWO.predict(path), TWO.predict(table), rtol=1e-14)

    def test_has_a_column_for_each_of_several_targets(self) -> None:
        assert TWO.predict(table_for(TWO)).shape == (5,)
        several = random_model(sn.Architecture((2, 3, 2)))
        assert several.predict(table_for(several)).shape == (5, 2)

    def test_belongs_to_the_caller(self) -> None:
        predicted = TWO.predict(table_for(TWO))
        expected = predicted.copy()
        predicted[:] = 0.0
        assert np.array_equal(TWO.predict(table_for(TWO)), expected)

    @pytest.mark.parametrize(
        ("table", "message"),
        [
            ({"input 0": [1.0], "input 2": [1.0]}, "no column 'input 1'; did you mean"),
            ({"input 0": [1.0], "input 1": [np.nan], "input 2": [1.0]}, "'input 1' .* has 1 values that are missing"),
            ({"input 0": [1.0], "input 1": ["low"], "input 2": [1.0]}, "'input 1' .* data row 1 has 'low'"),
            ([[1.0, 2.0]], "X has 2 columns but the model takes 3: input 0, input 1, input 2"),
            ([1.0, 2.0, 3.0], "X has 1 columns but the model takes 3"),
            ([[1.0, 2.0, np.inf]], "X must be finite, but row 0, column 2 is inf"),
            ([["a", "b", "c"]], "X must be numbers"),
            (np.ones((0, 3)), "X has no rows"),
            (7, "a table is a path"),
            ("missing.csv", "there is no file 'missing.csv'"),
        ],
    )  # fmt: skip
    def test_of_something_else_is_refused_in_a_sentence(self, table, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            TWO.predict(table)

    def test_far_outside_is_a_number_or_a_sentence(self) -> None:
        for x in (1e200, -1e300):
            assert np.isfinite(TWO.predict([[x, x, x]])).all()


class TestFit:
    TABLES = hnp.arrays(
        np.float64, (5, 2), elements=st.floats(-1e3, 1e3).map(lambda x: round(x, 3))
    )

    @given(TABLES, TABLES)
    def test_is_that_of_scikit_learn(self, predicted: np.ndarray, true: np.ndarray) -> None:
        from sklearn.metrics import r2_score, root_mean_squared_error

        fit = Fit.of(predicted, true)
        assert fit.rows == 5
        rmse = root_mean_squared_error(true, predicted, multioutput="raw_values")
        assert np.allclose(fit.rmse, rmse, rtol=1e-12)
        with np.errstate(all="ignore"):
            r2 = r2_score(true, predicted, multioutput="raw_values", force_finite=False)
        for ours, theirs, column in zip(fit.r2, r2, true.T, strict=True):
            if np.ptp(column) == 0:
                assert ours is None
            else:
                assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)

    @pytest.mark.parametrize("unit", [1e-300, 1e-160, 1.0, 1e160, 1e300])
    def test_does_not_depend_on_the_unit(self, unit: float) -> None:
        true, predicted = np.array([[1.0], [2.0], [4.0]]), np.array([[1.0], [2.5], [3.0]])
        fit, scaled = Fit.of(predicted, true), Fit.of(unit * predicted, unit * true)
        assert scaled.r2[0] == pytest.approx(fit.r2[0], rel=1e-12)
        assert scaled.rmse[0] == pytest.approx(unit * fit.rmse[0], rel=1e-12)

    @pytest.mark.parametrize("value", [0.1, 1e300, 7.0])
    def test_has_no_r2_where_the_target_is_constant(self, value: float) -> None:
        assert Fit.of(np.zeros((7, 1)), np.full((7, 1), value)).r2 == (None,)

    def test_of_the_mean_is_0_and_of_the_truth_1(self) -> None:
        true = np.array([[1.0], [2.0], [6.0]])
        assert Fit.of(np.full((3, 1), 3.0), true).r2[0] == pytest.approx(0.0, abs=1e-15)
        assert Fit.of(true, true) == Fit(3, (0.0,), (1.0,))

    def test_overflow_is_told_and_not_raised(self) -> None:
        fit = Fit.of(np.array([[np.inf], [1.0]]), np.array([[0.0], [1.0]]))
        assert not math.isfinite(fit.rmse[0])


class TestTheObject:
    def test_prints_what_it_is(self) -> None:
        assert (
            repr(TWO)
            == "<model of target 0 from input 0, input 1, input 2: 3-4-1, tanh, identity output>"
        )

    def test_its_network_is_the_one_with_the_largest_share(self) -> None:
        shares = [member.share for member in TWO.members]
        assert TWO.network is TWO.members[int(np.argmax(shares))].network

    def test_does_not_change(self) -> None:
        with pytest.raises(AttributeError):
            TWO.cost = "huber"  # type: ignore[misc]
        with pytest.raises(ValueError, match="read-only"):
            TWO.decay[0] = 1.0

    def test_a_deep_copy_predicts_the_same_bits(self) -> None:
        assert np.array_equal(
            copy.deepcopy(TWO).predict(table_for(TWO)), TWO.predict(table_for(TWO))
        )
