"""Data frames of polars and pyarrow: the same kinds and values as a mapping of the same lists."""

from __future__ import annotations

import datetime as dt
import decimal
import sys
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.data.columns.cells import as_labels, as_numbers

narwhals = pytest.importorskip("narwhals")
polars = pytest.importorskip("polars")

MOMENTS = st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1))
VALUES = {
    "number": st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False)),
    "boolean": st.booleans(),
    "date": MOMENTS,
    "category": st.text("abé ", min_size=1),
}


def columns(rows: int = 6) -> st.SearchStrategy[dict[str, list[Any]]]:
    """A column of each kind, with missing values."""
    return st.fixed_dictionaries(
        {
            kind: st.lists(st.none() | values, min_size=rows, max_size=rows).filter(any)
            for kind, values in VALUES.items()
        }
    )


def contents(table: sn.Table, name: str) -> list[Any]:
    """The cells as a model sees them."""
    if table.kind(name) == "category":
        codes, labels = as_labels(table, name)
        return [None if code < 0 else labels[code] for code in codes]
    numbers = as_numbers(table, name, table.kind(name))
    return [None if np.isnan(x) else x for x in numbers]


@pytest.mark.parametrize("arrow", [False, True])
@given(given_columns=columns())
def test_have_the_kinds_and_values_of_the_same_lists(
    arrow: bool, given_columns: dict[str, list[Any]]
) -> None:
    given_columns["number"] = [None if x is None else float(x) for x in given_columns["number"]]
    frame = polars.DataFrame(given_columns)
    if arrow:
        pytest.importorskip("pyarrow")
        frame = frame.to_arrow()
    table, expected = sn.read_table(frame), sn.read_table(given_columns)
    assert table.columns == expected.columns
    for name in table.columns:
        assert table.kind(name) == expected.kind(name)
        assert contents(table, name) == contents(expected, name)


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


MASKED = np.ma.array([1.0, 5.0, 3.0], mask=[False, True, False])


@pytest.mark.parametrize(
    "source",
    [
        {"x": MASKED},
        {"x": list(MASKED)},
        {"x": tuple(MASKED)},
        {"x": [1.0, np.ma.array(5.0, mask=True), 3.0]},
        {"x": np.array([1.0, np.ma.masked, 3.0], dtype=object)},
        pd.DataFrame({"x": pd.Series([1.0, np.ma.masked, 3.0], dtype=object)}),
        np.ma.array([(1.0,), (5.0,), (3.0,)], mask=[(0,), (1,), (0,)], dtype=[("x", "f8")]),
    ],
)
def test_masked_values_are_missing_wherever_they_are(source: Any) -> None:
    table = sn.read_table(source)
    assert table.kind("x") == "number"
    assert contents(table, "x") == [1.0, None, 3.0]


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


def test_whole_numbers_of_128_bits_are_numbers() -> None:
    table = sn.read_table(
        polars.DataFrame({"n": polars.Series([2**100, None], dtype=polars.Int128)})
    )
    assert as_numbers(table, "n", "number")[0] == 2.0**100


def test_nan_and_null_are_both_missing() -> None:
    table = sn.read_table(polars.DataFrame({"x": [1.0, float("nan"), None]}))
    assert table.column("x").isna().tolist() == [False, True, True]


def test_moments_with_a_time_zone_are_the_same_moments() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    moments = [dt.datetime(2024, 1, 1, 1, tzinfo=berlin), dt.datetime(2024, 7, 1, 2, tzinfo=berlin)]
    frame = polars.DataFrame(
        {"t": polars.Series(moments, dtype=polars.Datetime("us", "Europe/Berlin"))}
    )
    days = as_numbers(sn.read_table(frame), "t", "date")
    since = dt.date(1970, 1, 1).toordinal()
    assert days.tolist() == [  # midnight in UTC, in winter and in summer
        dt.date(2024, 1, 1).toordinal() - since,
        dt.date(2024, 7, 1).toordinal() - since,
    ]


def test_days_categories_and_decimals_keep_their_kind() -> None:
    frame = polars.DataFrame(
        {
            "day": [dt.date(2024, 3, 1), None],
            "enum": polars.Series(["b", "a"], dtype=polars.Enum(["b", "a"])),
            "category": polars.Series(["b", None], dtype=polars.Categorical),
            "money": polars.Series(["1.50", None]).cast(polars.Decimal(10, 2)),
            "list": [[1], [2]],
            "nothing": [None, None],
        }
    )
    table = sn.read_table(frame)
    kinds = [table.kind(name) for name in table.columns]
    assert kinds == ["date", "category", "category", "number", "other", "empty"]
    assert as_numbers(table, "money", "number")[0] == 1.5
    assert contents(table, "enum") == ["b", "a"]


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
