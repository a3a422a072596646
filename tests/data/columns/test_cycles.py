"""Dates as inputs: a trend, and smooth cycles if the training rows span enough days."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.data.columns import Inputs, NumberColumn
from sheernet.data.columns.cells import as_labels, as_numbers
from sheernet.data.columns.cycles import choose_cycles, write_cycles

YEARS = 3 * 365


def learn(values: Any, **options: Any) -> Inputs:
    table = sn.read_table({"when": values})
    return Inputs.learn(table, ("when",), np.arange(len(table)), **options)


def features(inputs: Inputs, values: Any) -> np.ndarray:
    return inputs.encode(sn.read_table({"when": values}))


def days(n: int, step: str = "D", **more: Any) -> pd.DatetimeIndex:
    return pd.date_range("2024-01-01", periods=n, freq=step, **more)


@pytest.mark.parametrize(
    ("values", "cycles"),
    [
        (days(YEARS), (7.0, 365.2425)),
        (days(YEARS * 2, "12h"), (1.0, 7.0, 365.2425)),
        (days(365 + 366), (7.0, 365.2425)),
        (days(24, "MS"), (365.2425,)),
        (days(8, "QS"), (365.2425,)),
        (days(20, "MS"), ()),
        (days(28), (7.0,)),
        (days(26), ()),
        (days(20, "7D"), ()),
        (days(48, "h"), (1.0,)),
        (days(40, "h"), ()),
        (days(10, "YS"), ()),  # all on the same day of a month
        (days(1), ()),
    ],
)
def test_cycles_need_a_span_and_several_phases(values: Any, cycles: tuple[float, ...]) -> None:
    (column,) = learn(values).columns
    assert column.cycles == cycles


@given(
    st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=9), st.sampled_from([1.0, 7.0, 24.0, 365.2425])
)  # fmt: skip
def test_a_cycle_lies_on_the_circle_and_repeats(x: list[float], period: float) -> None:
    values, out, later = np.array(x), np.empty((len(x), 2)), np.empty((len(x), 2))
    write_cycles(values, (period,), out)
    write_cycles(values + 3 * period, (period,), later)
    np.testing.assert_allclose((out**2).sum(axis=1), 1.0, rtol=1e-14)
    np.testing.assert_allclose(out, later, atol=1e-8)


@given(st.lists(st.floats(-1e5, 1e5), min_size=2, max_size=9), st.randoms())
def test_the_choice_does_not_depend_on_the_order_of_rows(x: list[float], random: Any) -> None:
    shuffled = random.sample(x, len(x))
    assert choose_cycles(np.array(x)) == choose_cycles(np.array(shuffled))


def test_hours_are_those_of_the_local_time() -> None:
    berlin = [f"2024-01-{day:02d}T{hour:02d}:00+01:00" for day in (1, 2, 3) for hour in (0, 6)]
    inputs = learn(pd.to_datetime(pd.Series(berlin)))
    (column,) = inputs.columns
    assert (column.cycles, column.offset) == ((1.0,), 1.0)
    sines = features(inputs, pd.to_datetime(pd.Series(berlin[:2])))[:, 1]
    np.testing.assert_allclose(sines, [0.0, 1.0], atol=1e-10)
    same_moment = pd.to_datetime(pd.Series(["2024-01-01T05:00Z"]))
    np.testing.assert_allclose(features(inputs, same_moment)[:, 1], [1.0], atol=1e-10)
    assert inputs.notices(sn.read_table({"when": berlin}))[0] == (
        "date 'when': trend, hour of day (cycles in local time, +01:00)"
    )


def test_winter_and_summer_time_become_utc() -> None:
    inputs = learn(days(500, "12h", tz="Europe/Berlin"))
    (column,) = inputs.columns
    assert column.offset == 0.0
    assert "(cycles in UTC)" in column.moment_message


def test_times_of_day_have_their_cycle_only() -> None:
    inputs = learn([dt.time(0), dt.time(6), dt.time(18, 30)])
    assert inputs.features == ("when (hour of day, sine)", "when (hour of day, cosine)")
    found = features(inputs, [dt.time(6), dt.time(18)])
    np.testing.assert_allclose(found, [[1.0, 0.0], [-1.0, 0.0]], atol=1e-12)
    np.testing.assert_array_equal(features(inputs, ["06:00", "18:00:00"]), found)
    assert inputs.range_messages(sn.read_table({"when": ["19:00"]})) == [
        "when: 1 of 1 row is above 18:30, the largest value of the training rows"
    ]
    with pytest.raises(
        sn.InvalidInput, match="times of day, but data row 2 has 'noon'; write times"
    ):
        features(inputs, ["06:00", "noon"])


@pytest.mark.parametrize("values", [days(YEARS), [dt.time(0), dt.time(6), dt.time(12)]])
def test_none_keeps_the_trend_only(values: Any) -> None:
    inputs = learn(values, cycles="none")
    assert inputs.features == ("when",)
    np.testing.assert_allclose(features(inputs, values).std(), 1.0)


def test_every_kind_of_source_gives_the_same_features(tmp_path: Path) -> None:
    index = days(YEARS)
    objects = [dt.date(2024, 1, 1) + dt.timedelta(i) for i in range(YEARS)]
    expected = features(learn(index), index)
    (tmp_path / "d.csv").write_text("when\n" + "".join(f"{day:%d.%m.%Y}\n" for day in objects))
    pd.DataFrame({"when": objects}).to_excel(tmp_path / "d.xlsx", index=False)
    pd.DataFrame({"when": index}).to_parquet(tmp_path / "d.parquet")
    sources = [{"when": objects}, polars.DataFrame({"when": objects}), *tmp_path.glob("d.*")]
    for source in sources:
        table = sn.read_table(source)
        inputs = Inputs.learn(table, ("when",), np.arange(len(table)))
        np.testing.assert_array_equal(inputs.encode(table), expected)


def test_times_of_excel_and_polars_are_times(tmp_path: Path) -> None:
    values = [dt.time(6), dt.time(14, 30)]
    book = openpyxl.Workbook()
    for cell in ("when", *values):
        book.active.append([cell])
    book.save(tmp_path / "t.xlsx")
    for source in (tmp_path / "t.xlsx", polars.DataFrame({"when": values})):
        table = sn.read_table(source)
        assert table.kind("when") == "time"
        assert as_numbers(table, "when", "time").tolist() == [6.0, 14.5]


def test_missing_dates_are_filled_before_the_cycles() -> None:
    index = days(YEARS).to_series().reset_index(drop=True)
    inputs = learn(index.mask(index.index == 3), missing="impute")
    (column,) = inputs.columns
    filled = features(inputs, [pd.NaT, column.written(column.fill)])
    np.testing.assert_allclose(filled[0], filled[1], atol=1e-6)


def test_a_row_alone_has_the_features_that_it_has_among_others() -> None:
    index = days(YEARS, "31h")
    inputs = learn(index)
    together = features(inputs, index)
    for i in (0, 59, YEARS - 1):
        np.testing.assert_array_equal(features(inputs, index[[i]]), together[[i]])


def test_labels_of_dates_do_not_depend_on_the_offsets_of_other_rows() -> None:
    one = pd.to_datetime(pd.Series(["2024-01-01T00:00+01:00"]))
    assert as_labels(sn.read_table({"d": one}), "d")[1] == ["2023-12-31T23:00:00+00:00"]


@pytest.mark.parametrize(
    ("kind", "cycles"), [("date", (2.0,)), ("date", (7.0, 7.0)), ("time", (1.0,)), ("number", (7.0,))]
)  # fmt: skip
def test_other_periods_are_refused(kind: str, cycles: tuple[float, ...]) -> None:
    with pytest.raises(sn.InvalidInput, match="cycles of column 'd' must be different ones of"):
        NumberColumn("d", kind, 0.0, 1.0, 0.0, 1.0, cycles=cycles)


class TestBenefit:
    @staticmethod
    def error(table: pd.DataFrame, training: np.ndarray, others: np.ndarray, cycles: str) -> float:
        model = sn.fit(table.iloc[training], "y", decay=1e-3, hidden=4, held_out=0, cycles=cycles)
        rows = table.iloc[others]
        return float(np.sqrt(np.mean((model.predict(rows) - rows["y"].to_numpy()) ** 2)))

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_a_daily_series_is_predicted_better_within_and_after_its_span(self) -> None:
        rng, when = np.random.default_rng(0), days(4 * 365)
        weekend = 1.5 * (when.day_of_week >= 5)
        season = 3 * np.sin(2 * np.pi * when.day_of_year / 365.25)
        table = pd.DataFrame({"when": when, "y": season + weekend + rng.normal(0, 0.5, len(when))})
        order = rng.permutation(len(when))
        later = np.arange(len(when))
        for training, others in ((order[:1000], order[1000:]), (later[:1095], later[1095:])):
            with_cycles = self.error(table, training, others, "auto")
            assert with_cycles < 0.65  # the noise is 0.5
            assert with_cycles < 0.7 * self.error(table, training, others, "none")


def test_dates_on_the_same_day_of_each_month_have_no_weekday() -> None:
    months = np.arange("2015-03", "2018-03", dtype="M8[M]").astype("M8[D]")
    for day in (0, 14):
        assert choose_cycles((months + day).astype(np.float64)) == (365.2425,)
    months[5] += 1
    assert choose_cycles(months.astype(np.float64)) == (7.0, 365.2425)


@pytest.mark.parametrize(
    ("first", "last", "has_cycle"), [(9, 17, False), (7, 22, False), (6, 22, True), (0, 23, True)]
)
def test_times_of_day_are_a_cycle_only_if_they_cover_most_of_a_day(
    first: int, last: int, has_cycle: bool
) -> None:
    hours = np.linspace(first, last, 6)
    times = [dt.time(int(hour), int(hour % 1 * 60)) for hour in hours]
    inputs = learn(times)
    (column,) = inputs.columns
    (notice,) = inputs.notices(sn.read_table({"when": times}))
    assert column.has_trend != has_cycle
    assert column.cycles == ((24.0,) if has_cycle else ())
    assert notice.startswith(f"time of day 'when': {'hour of day' if has_cycle else 'trend'}")
    if not has_cycle:
        exact = np.array([time.hour + time.minute / 60 for time in times])
        scaled = (exact - exact.mean()) / exact.std()
        np.testing.assert_allclose(features(inputs, times)[:, 0], scaled, rtol=1e-12)
