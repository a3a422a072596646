"""A model reads the dates of other files and tables as it read its own, or refuses them: never as other days."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn

DAYS = [dt.datetime(2026, 2, 1, 14, 30) + dt.timedelta(i) for i in range(40)]
WRITTEN: dict[str, Callable[[dt.datetime], str]] = {
    "day first": lambda day: f"{day:%d.%m.%Y}",
    "month first": lambda day: f"{day:%m/%d/%Y}",
    "short": lambda day: f"{day:%d/%m/%y}",
    "ISO": lambda day: f"{day:%Y-%m-%d}",
    "ISO with times": lambda day: f"{day:%Y-%m-%dT%H:%M}",
    "zoned": lambda day: f"{day:%Y-%m-%dT%H:%M}+01:00",
    "named": lambda day: f"{day:%d %b %Y}",
    "halves": lambda day: f"{day:%d.%m.%Y} {day.hour % 12 or 12}:{day:%M %p}",
    "compact": lambda day: f"{day:%Y%m%d}",
    "times": lambda day: f"{day.day % 24:02d}:30",
    "halved times": lambda day: f"{day.day % 12 + 1}:30 {'ap'[day.day % 2]}.m.",
}
DATES = [key for key in WRITTEN if "times" not in key or key == "ISO with times"]

pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")


def write(path: Path, cells: Sequence[Any]) -> Path:
    """Write the cells and their row numbers as columns `when` and `y`."""
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in [("when", "y"), *((cell, i) for i, cell in enumerate(cells))]:
            book.active.append(row)
        book.save(path)
    elif path.suffix == ".parquet":
        pd.DataFrame({"when": cells, "y": range(len(cells))}).to_parquet(path)
    else:
        rows = "".join(f"{cell};{i}\n" for i, cell in enumerate(cells))
        path.write_text(f"when;y\n{rows}", encoding="utf-8")
    return path


@cache
def fitted(key: str, ending: str = ".csv") -> sn.Model:
    """A model of dates that are written in one way, saved and loaded."""
    with TemporaryDirectory() as folder:
        path = write(Path(folder, "fit").with_suffix(ending), [WRITTEN[key](day) for day in DAYS])
        table = sn.read_table(path, dates="iso" if key == "compact" else "auto")
        model = sn.fit(table, "y", hidden=0, starts=1, decay=0.1, missing="refuse")
        loaded = sn.load(model.save(Path(folder, "model.json")))
        assert loaded.reading == model.reading
        return loaded


def moment(key: str, day: dt.datetime) -> Any:
    """The date or time that a text of `WRITTEN` means."""
    if key in ("times", "halved times"):
        hour = day.day % 24 if key == "times" else (day.day % 12 + 1) % 12 + 12 * (day.day % 2)
        return dt.time(hour, 30)
    if key == "zoned":
        return pd.Timestamp(day, tz="+01:00")
    return pd.Timestamp(day if key in ("ISO with times", "halves") else day.date())


@pytest.mark.parametrize("key", WRITTEN)
@settings(max_examples=3, deadline=None)
@given(chosen=st.lists(st.integers(0, 39), min_size=1, max_size=5))
def test_a_row_has_the_same_prediction_alone_among_others_and_in_every_source(
    key: str, chosen: list[int]
) -> None:
    model, texts = fitted(key), [WRITTEN[key](DAYS[i]) for i in chosen]
    moments = [moment(key, DAYS[i]) for i in chosen]
    expected = [model.predict({"when": each}) for each in moments]
    sources: list[Any] = [{"when": texts}, pd.DataFrame({"when": moments})]
    with TemporaryDirectory() as folder:
        sources += [write(Path(folder, name), texts) for name in ("new.csv", "new.parquet")]
        for source in sources:
            assert model.predict(source).tolist() == expected
    assert [model.predict({"when": text}) for text in texts] == expected


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("key", WRITTEN)
def test_dates_written_in_another_way_are_the_same_days_or_refused(
    key: str, ending: str, tmp_path: Path
) -> None:
    model, day = fitted(key, ending), DAYS[28]  # the first of March is ambiguous
    refused = []
    for other, text in ((other, write_day(day)) for other, write_day in WRITTEN.items()):
        path = write(tmp_path / f"new{ending}", [text])
        try:
            predicted = model.predict(path).tolist()
        except sn.InvalidInput as error:
            refused.append((other, str(error)))
        else:
            assert predicted == [model.predict({"when": moment(other, day)})]
    assert key not in dict(refused)
    for _, message in refused:
        assert "column 'when' of new" in message
        assert "data row 1" in message


@pytest.mark.parametrize(
    ("key", "cell", "message"),
    [
        ("day first", "03/25/2026", r"'03/25/2026' in data row 1, but .* day first .*'25\.03\.2026'; .* dates"),
        ("day first", "2026-03-02T10:00Z", r"fitted to dates with the day first without a time zone"),
        ("day first", "03/02/2026", r"fitted to dates with the day first without a time zone"),
        ("day first", "13/02/2026", r"fitted to dates with the day first without a time zone"),
        ("day first", "02.03.26", r"fitted to dates with the day first without a time zone"),
        ("day first", "2026-03", r"fitted to dates with the day first without a time zone"),
        ("month first", "13.25.2026", r"fitted to dates with the month first without a time zone"),
        ("day first", "31.02.2026", r"'31\.02\.2026' in data row 1, but .* missing_values"),
        ("month first", "25/03/2026", r"fitted to dates with the month first.*; correct it, .* with dates"),
        ("short", "02/03/2026", r"years from 1969 to 2068 without a time zone, such as '25/03/26'"),
        ("ISO", "02/03/2026", r"year first without a time zone, such as '2026-03-25'"),
        ("ISO", "2026-02-31", r"'2026-02-31' in data row 1, but .*'2026-03-25'"),
        ("ISO", "2026-03-02T12:00Z", r"year first without a time zone"),
        ("zoned", "2026-03-02T12:00", r"with a time zone, such as '2026-03-25 14:30\+01:00'"),
        ("times", "2:30 pm", r"times of day, such as '14:30'"),
        ("times", "25:00", r"'25:00' in data row 1, but .* times of day"),
        ("halved times", "14:30", r"times of day, such as '2:30 p\.m\.'"),
        ("compact", "20261302", r"must hold dates, but data row 1 has 20261302"),
        ("named", "02/03/2026", r"such as '25 Mar 2026'"),
    ],
)  # fmt: skip
def test_what_is_refused_names_the_cell_the_format_and_the_next_step(
    key: str, cell: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(sn.InvalidInput, match=rf"column 'when' of new\.csv .*{message}"):
        fitted(key).predict(write(tmp_path / "new.csv", [cell]))


@pytest.mark.parametrize(
    "key", ["day first", "month first", "short", "ISO", "named", "halves", "ISO with times"]
)
@pytest.mark.parametrize("source", ["csv", "xlsx", "memory"])
def test_dates_that_can_mean_one_day_only_are_read_and_told(
    key: str, source: str, tmp_path: Path
) -> None:
    model = fitted(key)
    wanted = model.predict({"when": pd.Timestamp(2026, 3, 2)})
    for text in (
        "2026-03-02",
        "02.03.2026",
        "2 March 2026",
        "2026/03/02",
        "Mar 2, 2026",
        "2.3.2026",
    ):
        new = (
            pd.DataFrame({"when": [text]})
            if source == "memory"
            else write(tmp_path / f"new.{source}", [text])
        )
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert model.predict(new) == wanted
        told = [str(each.message) for each in caught if "02 March 2026" in str(each.message)]
        is_own = key in ("day first", "halves") and text in ("02.03.2026", "2.3.2026")
        is_iso = key.startswith("ISO") and text == "2026-03-02"
        is_named = key == "named" and text == "2 March 2026"
        assert len(told) == 1 - (is_own or is_iso or is_named)


def test_text_dates_with_points_are_read_by_a_model_of_cells_of_dates(tmp_path: Path) -> None:
    model = sn.fit(write(tmp_path / "fit.xlsx", DAYS), "y", hidden=0, starts=1, decay=0.1)
    wanted = model.predict({"when": dt.datetime(2026, 3, 2)})
    for name in ("new.xlsx", "new.csv"):
        assert model.predict(write(tmp_path / name, ["02.03.2026"])) == wanted
        with pytest.raises(sn.InvalidInput, match="the day or the month may be first"):
            model.predict(write(tmp_path / name, ["02/03/2026"]))
    for text in ("02.03.2026", "2 March 2026"):
        sources = [{"when": [text, None]}, write(tmp_path / "new.parquet", [text, None])]
        for source in sources:
            with pytest.warns(sn.SheernetWarning, match=r"one day only \(02 March 2026\)"):
                assert model.predict(source)[0] == wanted
        assert model.predict({"when": text}) == wanted
    for text in ("02/03/2026", "02.03.26", "02.03.2026 10:00+01:00"):
        with pytest.raises(sn.InvalidInput, match=r"must hold dates, but data row 1 has|time zone"):
            model.predict({"when": [text]})


def test_dates_of_two_manners_in_one_column_are_refused(tmp_path: Path) -> None:
    new = write(tmp_path / "new.csv", ["02.03.2026", "2026-03-02"])
    with pytest.raises(
        sn.InvalidInput, match="'2026-03-02' in data row 2, but the model was fitted to"
    ):
        fitted("day first").predict(new)


def test_another_order_can_be_given(tmp_path: Path) -> None:
    model, path = fitted("day first"), write(tmp_path / "new.csv", ["03/02/2026"])
    table = sn.read_table(path, dates="month-first", like=model.reading)
    assert model.predict(table).tolist() == [model.predict({"when": "02.03.2026"})]
    iso = sn.read_table(write(path, ["2026-03-02"]), dates="iso", like=model.reading)
    assert model.predict(iso).tolist() == [model.predict({"when": "02.03.2026"})]


@pytest.mark.parametrize("key", WRITTEN)
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_file_whose_only_date_is_missing_has_no_prediction(
    key: str, ending: str, tmp_path: Path
) -> None:
    path = write(tmp_path / f"new{ending}", ["" if ending == ".csv" else None])
    assert pd.isna(fitted(key).predict(path)).tolist() == [True]


ZONED = pd.Timestamp("2026-03-02T14:30", tz="Europe/Berlin")


@pytest.mark.parametrize("key", DATES)
@pytest.mark.parametrize(
    "make", [pd.Series, lambda values: pd.Series(values, dtype=object), lambda values: [str(values[0])]]
)  # fmt: skip
def test_time_zones_that_the_training_rows_lack_or_have_are_refused(key: str, make: Any) -> None:
    given, found = (ZONED.tz_localize(None), "no") if key == "zoned" else (ZONED, "a")
    with pytest.raises(
        sn.InvalidInput, match=f"a date with {found} time zone in data row 1|but the model was fitted to"
    ):  # fmt: skip
        fitted(key).predict(pd.DataFrame({"when": make([given])}))


def test_a_model_of_dates_in_memory_refuses_time_zones_of_files(tmp_path: Path) -> None:
    table = pd.DataFrame({"when": DAYS[:20], "y": range(20)})
    for options in ({}, {"cycles": "none"}):
        model = sn.fit(table, "y", hidden=0, starts=1, decay=0.1, **options)
        zoned = write(tmp_path / "new.csv", ["2026-03-02T12:00Z"])
        with pytest.raises(sn.InvalidInput, match="date with a time zone in data row 1"):
            model.predict(zoned)
        aware = table.assign(when=table["when"].dt.tz_localize("Europe/Berlin"))
        model = sn.fit(aware, "y", hidden=0, starts=1, decay=0.1, **options)
        assert model.predict(zoned).shape == (1,)
        with pytest.raises(sn.InvalidInput, match="date with no time zone in data row 2"):
            model.predict(pd.DataFrame({"when": [aware["when"][0], DAYS[1]]}))
