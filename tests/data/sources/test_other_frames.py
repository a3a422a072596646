"""Data frames of polars and pyarrow: the same kinds and values as a mapping of the same lists."""

from __future__ import annotations

import decimal
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

narwhals = pytest.importorskip("narwhals")
polars = pytest.importorskip("polars")


@pytest.mark.parametrize("dtype", ["Int8", "Int64", "UInt8", "UInt64"])
def test_whole_numbers_beside_a_missing_one_are_exact(dtype: str) -> None:
    largest = 2 ** (int(dtype.strip("UInt")) - (dtype[0] != "U")) - 1
    table = sn.read_table(
        polars.DataFrame({"n": polars.Series([largest, None], dtype=getattr(polars, dtype))})
    )
    assert table.kind("n") == "number"
    assert table.distinct("n")[1] == (largest,)
    assert table.column("n").isna().tolist() == [False, True]


BIG = [2**53 + 1, 2**53 + 3, None]


@pytest.mark.parametrize(
    "source",
    [
        {"n": BIG},
        {"n": [*BIG[:2], np.nan]},
        {"n": np.array(BIG, dtype=object)},
        {"n": np.ma.array([2**53 + 1, 2**53 + 3, 0], mask=[0, 0, 1])},
        {"n": [2**53 + 1, 2**53 + 3, np.ma.masked]},
        pd.DataFrame({"n": pd.Series(BIG, dtype=object)}),
        pd.DataFrame({"n": pd.array(BIG, dtype="Int64")}),
        pd.DataFrame({"n": pd.Categorical(pd.array(BIG, dtype="Int64"))}),
        pd.DataFrame({"n": pd.Categorical.from_codes([0, 1, -1], [2**53 + 1, 2**53 + 3])}),
        polars.DataFrame({"n": BIG}),
    ],
)
def test_large_whole_numbers_beside_a_missing_one_stay_different(source: Any) -> None:
    table = sn.read_table(source)
    assert table.kind("n") == "number"
    assert table.distinct("n")[1] == (2**53 + 1, 2**53 + 3)
    assert table.column("n").isna().tolist() == [False, False, True]


class TestArraysWithFields:
    DTYPE = [("a", "i4"), ("b", "f8"), ("c", "U3")]  # noqa: RUF012
    ROWS = [(1, 2.5, "x"), (2, 3.5, "y")]  # noqa: RUF012

    @pytest.mark.parametrize("make", [np.array, np.rec.array])
    def test_have_the_columns_of_the_fields(self, make: Any) -> None:
        table = sn.read_table(make(self.ROWS, dtype=self.DTYPE))
        assert table.frame.to_dict("list") == {"a": [1, 2], "b": [2.5, 3.5], "c": ["x", "y"]}

    def test_are_fitted_by_names(self) -> None:
        rows = np.array(
            [(i % 11, i % 7, i) for i in range(30)], dtype=[("a", "f8"), ("b", "f8"), ("y", "f8")]
        )
        model = sn.fit(rows, "y", hidden=1, starts=1, max_iter=3)
        assert model.predict(rows[:2]).shape == (2,)

    @pytest.mark.parametrize(
        ("array", "message"),
        [
            (np.zeros((2, 2), dtype=[("a", "f8")]), "must have one dimension"),
            # as scipy.io.loadmat returns a structure of two columns
            (
                np.array([[(np.ones((9, 1)), np.ones((9, 1)))]], dtype=[("a", "O"), ("b", "O")]),
                "name of the MATLAB file",
            ),
            (np.zeros(2, dtype=[("a", "f8", 3)]), "field 'a' .* holds several values"),
            (np.zeros(2, dtype=[("a", [("b", "f8")])]), "field 'a' .* holds several values"),
        ],
    )
    def test_of_other_shapes_are_refused(self, array: Any, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.read_table(array)


RECORDS = [{"x": 1.5 * i, "c": "ab"[i % 2], "y": 2.0 * i} for i in range(20)]
COLUMNS = {name: [row[name] for row in RECORDS] for name in ("x", "c", "y")}


class TestRecords:
    def test_are_the_table_of_their_columns(self) -> None:
        assert sn.read_table(RECORDS).frame.equals(sn.read_table(COLUMNS).frame)

    def test_without_a_value_are_missing_it(self) -> None:
        table = sn.read_table([{"n": 2**60 + 1}, {"z": 1.5}, {"n": 3, "z": None}])
        assert table.frame["n"].tolist()[::2] == [2**60 + 1, 3]
        assert table.frame.isna().to_numpy().tolist() == [
            [False, True],
            [True, False],
            [False, True],
        ]

    def test_fit_and_predict_as_columns_do(self) -> None:
        how: dict[str, Any] = {"hidden": 1, "decay": 0.1, "held_out": 0}
        model, expected = (sn.fit(each, "y", **how) for each in (RECORDS, COLUMNS))
        assert np.array_equal(model.predict(RECORDS[:3]), expected.predict(COLUMNS)[:3])

    @pytest.mark.filterwarnings("ignore:the test rows are the training rows")
    def test_two_mappings_in_a_tuple_are_a_pair(self) -> None:
        pair = {"x": COLUMNS["x"], "c": COLUMNS["c"]}, {"y": COLUMNS["y"]}
        model = sn.fit(RECORDS, "y", hidden=1, decay=0.1, test=pair)
        assert model.evaluation == "test"


def test_bytes_are_refused_with_the_advice() -> None:
    with pytest.raises(sn.InvalidInput, match=r"column 's' holds bytes.*np\.char\.decode"):
        sn.read_table({"s": np.array([b"a", b"b"])})


def test_a_record_batch_is_a_table() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    table = sn.read_table(pyarrow.record_batch({"x": [1.5, 2.5]}))
    assert table.frame["x"].tolist() == [1.5, 2.5]


def arrow(values: list[Any], dtype: str) -> Any:
    return pd.array(values, dtype=f"{dtype}[pyarrow]")


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("category", lambda: arrow(["x", None, "y"], "string")),
        ("number", lambda: arrow([1, None, 2], "int64")),
        ("boolean", lambda: arrow([True, None, False], "bool")),
        ("number", lambda: pd.array([1.5, None, 2.0], dtype="Float64")),
        ("boolean", lambda: pd.array([True, None, False], dtype="boolean")),
        ("number", lambda: pd.arrays.SparseArray([0, 0, 1.5])),
        ("number", lambda: pd.Categorical([1, 2, None])),
        ("boolean", lambda: pd.Categorical([True, False, None])),
        ("number", lambda: pd.Series([decimal.Decimal("1.5"), None, decimal.Decimal(2)]).array),
        ("number", lambda: pd.to_timedelta([1, None, 3], unit="h")),
        ("date", lambda: pd.period_range("2020-01", periods=3, freq="M")),
        ("category", lambda: pd.interval_range(0, 3)),
        ("category", lambda: arrow_categories()),
    ],
)  # fmt: skip
def test_dtypes_of_pandas(kind: str, column: Any) -> None:
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({0: column()}, index=pd.MultiIndex.from_tuples([(1, 2), (1, 3), (2, 3)]))
    table = sn.read_table(frame)
    assert (table.columns, table.kind("0")) == (("0",), kind)
    assert table.column("0").isna().tolist() == frame[0].isna().tolist()


def arrow_categories() -> Any:
    import pyarrow

    dtype = pd.ArrowDtype(pyarrow.dictionary(pyarrow.int32(), pyarrow.string()))
    return pd.Series(pyarrow.array(["a", None, "b"]).dictionary_encode(), dtype=dtype).array


def test_nan_and_null_are_both_missing() -> None:
    table = sn.read_table(polars.DataFrame({"x": [1.0, float("nan"), None]}))
    assert table.column("x").isna().tolist() == [False, True, True]


def test_a_lazy_frame_is_refused_and_the_advice_works() -> None:
    frame = polars.LazyFrame({"x": [1.0, 2.0]})
    for lazy in (frame, narwhals.from_native(frame)):
        with pytest.raises(
            sn.InvalidInput, match="a table must be in memory, but a LazyFrame"
        ) as error:
            sn.read_table(lazy)
        advice = str(error.value).rpartition(": ")[2]
        collected = eval(advice, {"frame": lazy, "narwhals": narwhals})
        assert sn.read_table(collected).frame["x"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (polars.DataFrame(), "no columns"),
        (polars.DataFrame({"x": []}), "no rows"),
        (polars.Series("x", [1.0]), "a table must be a path, a DataFrame, .* Series was given"),
    ],
)
def test_that_are_no_table_are_refused(frame: Any, message: str) -> None:
    with pytest.raises(sn.InvalidInput, match=message):
        sn.read_table(frame)


def test_without_narwhals_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "narwhals", None)
    with pytest.raises(
        sn.MissingDependency, match=r"tables of polars need narwhals.*sheernet\[tables\]"
    ):
        sn.read_table(polars.DataFrame({"x": [1.0]}))
    assert sn.read_table({"x": [1.0]}).columns == ("x",)


def test_fit_and_predict_as_the_same_table_of_pandas_does() -> None:
    x = np.linspace(0.0, 1.0, 40)
    data = {"x": x, "g": ["a", "b"] * 20, "y": x**2}
    frame = polars.DataFrame(data)
    how: dict[str, Any] = {"hidden": 2, "starts": 1, "max_iter": 5}
    model, expected = sn.fit(frame, "y", **how), sn.fit(data, "y", **how)
    for rows in (frame, frame.to_arrow(), frame.drop("y")):
        assert model.predict(rows).tobytes() == expected.predict(data).tobytes()
    beside = sn.fit(frame.drop("y"), frame["y"], **how)
    assert beside.targets == expected.targets
    assert beside.predict(frame).tobytes() == expected.predict(data).tobytes()
    assert model.score(frame) == expected.score(data)
