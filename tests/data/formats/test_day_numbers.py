"""Tests of recognizing the numbers of days of Excel and MATLAB."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

import sheernet as sn

DAY = datetime.date(2026, 3, 1)
EXCEL = float((DAY - datetime.date(1899, 12, 30)).days)
DATENUM = DAY.toordinal() + 366.0  # MATLAB's datenum counts from year 0, which has 366 days


@pytest.mark.parametrize("number", [EXCEL, DATENUM])
def test_a_file_is_read_with_a_warning(tmp_path: Path, number: Any) -> None:
    path = tmp_path / "runs.csv"
    path.write_text(f"Datum,x\n{number},1.5\n{number + 3},2.5\n", encoding="utf-8")
    with pytest.warns(
        sn.SheernetWarning, match=r"^column 'Datum' of runs.csv .* \(the first is 2026-03-01\)"
    ):
        table = sn.read_table(path)
    assert table.frame["Datum"].tolist() == [number, number + 3]
    assert len(sn.read_table(path, like=table.read_as)) == 2
