"""Checks and conversions of arrays, and their error messages."""

from __future__ import annotations

import hypothesis.extra.numpy as npst
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.foundation import arrays

numbers = st.floats(-1e300, 1e300)
tables = npst.arrays(
    np.float64, npst.array_shapes(min_dims=2, max_dims=2, max_side=5), elements=numbers
)


class TestAsMatrix:
    @given(tables)
    def test_keeps_every_number_of_a_table(self, table: np.ndarray) -> None:
        matrix = arrays.as_matrix(table, "X")
        assert np.array_equal(matrix, table)

    @given(tables)
    def test_is_float64_and_contiguous_whatever_it_was(self, table: np.ndarray) -> None:
        for given_as in (
            table.tolist(),
            np.asfortranarray(table),
            table[::-1],
            np.repeat(table, 2, axis=1)[:, ::2],
        ):
            matrix = arrays.as_matrix(given_as, "X")
            assert matrix.dtype == np.float64
            assert matrix.flags.c_contiguous
            assert np.array_equal(matrix, np.asarray(given_as))

    @pytest.mark.parametrize("dtype", [np.float32, np.int8, np.uint64, bool, object, str])
    def test_takes_numbers_of_any_type(self, dtype: type) -> None:
        assert arrays.as_matrix(np.array([[1, 0], [0, 1]]).astype(dtype), "X").tolist() == [
            [1.0, 0.0],
            [0.0, 1.0],
        ]

    def test_a_vector_becomes_a_column(self) -> None:
        assert arrays.as_matrix([1, 2, 3], "y").shape == (3, 1)

    def test_checks_every_row_of_a_large_table(self) -> None:
        for row in (0, 299_999, 399_999):
            table = np.ones((400_000, 3))
            table[row, 2] = np.inf
            with pytest.raises(sn.InvalidInput, match=f"row {row}, column 2 is inf"):
                arrays.as_matrix(table, "X")

    def test_a_large_table_of_finite_rows_passes(self) -> None:
        table = np.ones((2**19 + 1, 2))
        table[-1] = np.nan
        assert arrays.as_matrix(table[:-1], "X").shape == (2**19, 2)
        with pytest.raises(sn.InvalidInput, match=f"row {2**19}, column 0 is nan"):
            arrays.as_matrix(table, "X")

    def test_does_not_copy_an_array_of_the_right_form(self) -> None:
        table = np.ones((2, 3))
        assert arrays.as_matrix(table, "X") is table

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ([[1, 2], [3]], "X must be a table of numbers with rows of equal length: "),
            (
                [["a", "b"]],
                "X must be numbers, but values of type .U1 were given; convert or drop the text columns",
            ),
            ([[object()]], "X must be numbers, but values of type object were given"),
            ([[1.0, None]], "X must be finite, but row 0, column 1 is nan"),
            (
                [[1j]],
                "X must be real numbers, but complex numbers were given; pass their real part",
            ),
            (
                np.array(["2020-01-01"], "datetime64[D]"),
                "X must be numbers, but dates or durations",
            ),
            (
                np.ma.masked_equal([1.0, 2.0], 2.0),
                "X has masked values; fill or drop these rows first",
            ),
            ([10**400], "X must be numbers, but values of type object were given"),
            (
                np.ones((2, 2, 2)),
                r"X must be a table \(samples, columns\), but its shape is \(2, 2, 2\)",
            ),
            (3.0, r"X must be a table \(samples, columns\), but its shape is \(\)"),
            (np.ones((0, 2)), "X has no rows; at least one is needed"),
            (
                [[1.0, 2.0], [3.0, np.inf]],
                r"X must be finite, but row 1, column 1 is inf \(1 such value\); drop or fill",
            ),
            (
                [[np.nan, -np.inf]],
                r"X must be finite, but row 0, column 0 is nan \(2 such values\)",
            ),
        ],
    )
    def test_other_values_are_refused(self, values: object, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            arrays.as_matrix(values, "X")


class TestAsTheta:
    def test_converts_and_allows_infinite_and_nan_entries(self) -> None:
        assert arrays.as_theta([1, 2], 2).dtype == np.float64
        assert np.isnan(arrays.as_theta([np.nan, 1.0], 2)[0])

    @pytest.mark.parametrize("values", [[1.0], [[1.0, 2.0]], 1.0])
    def test_another_shape_is_refused(self, values: object) -> None:
        message = r"theta has shape \(.*\) but the network has 2 parameters: \(2,\)"
        with pytest.raises(sn.ShapeMismatch, match=message):
            arrays.as_theta(values, 2)


class TestAsCaseWeights:
    def test_none_is_all_ones(self) -> None:
        assert arrays.as_case_weights(None, 3).tolist() == [1.0, 1.0, 1.0]

    @pytest.mark.parametrize(
        ("weights", "message"),
        [
            ([1.0, 2.0], r"weights has shape \(2,\) but there are 3 rows: \(3,\)"),
            ([[1.0], [1.0], [1.0]], r"weights has shape \(3, 1\) but there are 3 rows"),
            ([1.0, -2.0, 1.0], r"weights must be finite and at least 0, but one is -2\.0"),
            ([1.0, np.inf, 1.0], "weights must be finite and at least 0, but one is inf"),
            ([1.0, 1.0, np.nan], "weights must be finite and at least 0, but one is nan"),
            ([0.0, 0.0, 0.0], "weights are all 0; at least one row must have a positive weight"),
        ],
    )
    def test_invalid_weights_are_refused(self, weights: object, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            arrays.as_case_weights(weights, 3)


class TestReadOnly:
    def test_is_a_read_only_copy(self) -> None:
        mine = np.arange(3.0)
        frozen = arrays.read_only(mine)
        mine[0] = 9.0
        assert frozen.tolist() == [0.0, 1.0, 2.0]
        with pytest.raises(ValueError, match="read-only"):
            frozen[0] = 1.0


class TestSameLength:
    def test_is_the_length(self) -> None:
        assert arrays.same_length(["X", "y"], [np.ones((4, 2)), np.ones(4)]) == 4

    def test_says_which_differ(self) -> None:
        with pytest.raises(
            sn.ShapeMismatch, match="X has 4 rows and y has 1 row; they must have the same number"
        ):
            arrays.same_length(["X", "y"], [np.ones((4, 2)), np.ones(1)])


class TestAllFinite:
    """Small arrays are checked in another way than large ones."""

    @pytest.mark.parametrize("size", [1, arrays.FEW, arrays.FEW + 1])
    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    def test_sees_every_number(self, size: int, bad: float) -> None:
        array = np.full(size, 1e308)
        assert arrays.all_finite(array)
        for place in range(size):
            spoiled = array.copy()
            spoiled[place] = bad
            assert not arrays.all_finite(spoiled)

    def test_of_nothing(self) -> None:
        assert arrays.all_finite(np.empty((0, 2)))


class TestExtremes:
    @pytest.mark.parametrize("size", [1, arrays.FEW, arrays.FEW + 1])
    def test_are_the_lowest_and_the_highest(self, size: int) -> None:
        array = np.random.default_rng(0).normal(size=(size, 1))
        assert arrays.extremes(array) == (array.min(), array.max())


def test_rounding_of_values_near_the_smallest_float_does_not_overflow() -> None:
    assert arrays.rounded(np.array([1.25e300, 1e-301, -5e-324]), 2).tolist() == [1.2e300, 0.0, 0.0]
