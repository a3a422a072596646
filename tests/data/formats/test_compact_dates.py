"""Whole numbers that are dates or months."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import scipy.io

import sheernet as sn

FORMS = {10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


@pytest.mark.parametrize("form", ["%Y%m%d", *FORMS.values()])
@pytest.mark.parametrize("suffix", ["csv", "xlsx", "mat", "parquet", ""])
def test_dates_with_times_need_the_setting(tmp_path: Path, form: str, suffix: str) -> None:
    times = pd.date_range(
        "2022-01-31" if form == "%Y%m%d" else "2022-01-31 22:00",
        periods=5,
        freq="D" if form == "%Y%m%d" else "h",
    )
    frame = pd.DataFrame({"MESS_DATUM": times.strftime(form).astype(int), "y": range(5)})
    path: Any = tmp_path / f"t.{suffix}"
    if suffix == "csv":
        frame.to_csv(path, index=False)
    elif suffix == "xlsx":
        frame.to_excel(path, index=False)
    elif suffix == "mat":
        scipy.io.savemat(path, {name: frame[name].to_numpy(float) for name in frame})
    elif suffix:
        frame.to_parquet(path)
    else:
        path = frame
    with pytest.warns(sn.SheernetWarning) as told:
        assert sn.read_table(path).kind("MESS_DATUM") == "number"
    assert ["look like dates; give dates='iso'" in str(each.message) for each in told] == [True]
    table = sn.read_table(path, dates="iso")
    assert table.frame["MESS_DATUM"].tolist() == times.tolist()
    assert sn.read_table(path, like=table.read_as).frame["MESS_DATUM"].tolist() == times.tolist()


MONTHS = [202400 + month for month in range(1, 13)]


def test_months_need_the_setting(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("t,y\n" + "".join(f"{value},{value % 7}.5\n" for value in MONTHS))
    told = "look like months; give dates='months' to read them as months"
    with pytest.warns(sn.SheernetWarning, match=told):
        assert sn.read_table(path).frame["t"].tolist() == MONTHS
    found = sn.read_table(path, dates="months").frame["t"]
    assert found.iloc[-1].date() == datetime.date(2024, 12, 1)
    assert found.is_monotonic_increasing


def test_few_numbers_may_be_amounts(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("price,y\n20121,1\n20122,2\n20131,3\n201101,4\n")
    assert sn.read_table(path).kind("price") == "number"
    path.write_text("price,y\n20121,1\n20122,2\n20131,3\n")
    assert sn.read_table(path).kind("price") == "number"


def test_numbers_of_months_of_other_tables_are_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("t,y\n" + "".join(f"{value},{value % 7}.5\n" for value in MONTHS))
    like = sn.read_table(path, dates="months").read_as
    frame = sn.read_table(pd.DataFrame({"t": [202405]}), like=like).frame
    assert frame["t"].iloc[0] == datetime.datetime(2024, 5, 1)
