"""As test_target_values.py, by names that are not published."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import sheernet as sn
from models.fitting.test_target_values import X, Y, fitted, named
from sheernet.models.fitting import check_model
from sheernet.models.fitting.target_values import table_and_targets

NUMBERS = st.floats(-1e6, 1e6)


@pytest.mark.filterwarnings("ignore:X and y have .* transpose both")
@given(arrays.arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 4)), elements=NUMBERS))
def test_columns_of_arrays_are_numbered_and_hold_their_numbers(matrix: np.ndarray) -> None:
    d = matrix.shape[1]
    table, targets, inputs = table_and_targets(matrix, matrix.tolist())
    assert inputs == [f"x{j + 1}" for j in range(d)]
    assert targets == (["y"] if d == 1 else [f"y{j + 1}" for j in range(d)])
    for names in (inputs, targets):
        assert np.array_equal(table.frame[names].to_numpy(), matrix)


class TestAList:
    """A list of str is one of names or of labels."""

    FRAME = pd.DataFrame(
        {"a": [1.0, 2.0, 3.0, 4.0], "b": [4.0, 3.0, 1.0, 2.0], "c": [0.5, 0.1, 0.2, 0.7]}
    )

    def test_of_columns_is_one_of_names(self) -> None:
        assert table_and_targets(self.FRAME, ["a", "b"])[1:] == (["a", "b"], ["c"])
        assert table_and_targets(self.FRAME.iloc[:2], ["a", "b"])[1:] == (["a", "b"], ["c"])
        with pytest.raises(sn.InvalidInput, match="no column 'd'"):
            fitted(self.FRAME, ["a", "d"])

    def test_with_one_str_for_each_row_is_one_of_labels(self) -> None:
        table, targets, inputs = table_and_targets(self.FRAME, ["u", "v", "u", "v"])
        assert (targets, inputs) == (["y"], ["a", "b", "c"])
        assert table.frame["y"].tolist() == ["u", "v", "u", "v"]

    def test_beside_an_array_is_one_of_labels(self) -> None:
        assert table_and_targets([1.0, 2.0], ["x1", "x1"])[0].frame["y"].tolist() == ["x1", "x1"]


class TestWholeNumbers:
    """As names: those of the columns of DataFrame(array)."""

    FRAME = pd.DataFrame(np.arange(24).reshape(6, 4) + 0.5)

    @pytest.mark.parametrize("target", [3, np.int64(3), "3", [3], (3,), ["3"]])
    def test_name_a_target(self, target: Any) -> None:
        assert table_and_targets(self.FRAME, target)[1:] == (["3"], ["0", "1", "2"])

    def test_name_several(self) -> None:
        assert table_and_targets(self.FRAME, [1, 3])[1:] == (["1", "3"], ["0", "2"])

    @pytest.mark.parametrize("target", [[0, 1, 2, 3, 0, 1], np.arange(6)])
    def test_one_for_each_row_are_values(self, target: Any) -> None:
        assert table_and_targets(self.FRAME, target)[1] == ["y"]


class TestOtherRows:
    """`test` and `validation` as pairs."""

    def test_check_the_gradient_of_a_model(self) -> None:
        model = fitted(X, Y)
        assert check_model(model, (X, Y)).to_dict() == check_model(model, named(y=Y)).to_dict()
