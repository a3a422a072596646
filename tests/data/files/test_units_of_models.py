"""Files without the row of units that the file of a model has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sheernet as sn
from sheernet.data.sources.table_reader import read_with_cells

NAMES = ["day", "weekday", "outside"]
UNITS = ["", "[name]", "Grad"]
ROWS: list[list[Any]] = [
    ["01.01.2025", "Wed", 2.5],
    ["02.01.2025", "Thu", -4.0],
    ["13.01.2025", "Mon", 1.25],
]


def write(path: Path, *rows: list[Any]) -> Path:
    frame = pd.DataFrame(rows)
    if path.suffix == ".xlsx":
        frame.to_excel(path, index=False, header=False)
    else:
        frame.to_csv(path, index=False, header=False, sep=";", decimal=",")
    return path


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("n_rows", [1, 3])
@pytest.mark.parametrize("n_columns", [2, 3])
def test_the_first_row_of_data_is_not_read_as_units(
    tmp_path: Path, ending: str, n_rows: int, n_columns: int
) -> None:
    learned = sn.read_table(write(tmp_path / "units.csv", NAMES, UNITS, *ROWS), units="yes")
    assert dict(learned.read_as.column_units) == {"weekday": "name", "outside": "Grad"}
    rows = [row[-n_columns:] for row in [NAMES, *ROWS[:n_rows]]]
    other = write(tmp_path / f"new.{ending}", *rows)
    told = f"new.{ending} has no row of units, unlike the file of the model: .* give units='yes'"
    with pytest.warns(sn.SheernetWarning, match=told):
        table = sn.read_table(other, like=learned.read_as)
    assert table.frame["outside"].tolist() == [row[-1] for row in ROWS[:n_rows]]
    assert not table.read_as.column_units
    with pytest.warns(sn.SheernetWarning, match=told):
        _, written = read_with_cells(other, like=learned.read_as)
    assert len(written.frame) == n_rows


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_row_of_units_is_read_as_in_the_file_of_the_model(tmp_path: Path, ending: str) -> None:
    learned = sn.read_table(write(tmp_path / "units.csv", NAMES, UNITS, *ROWS), units="yes")
    other = write(tmp_path / f"new.{ending}", NAMES, UNITS, *ROWS[:2])
    table = sn.read_table(other, like=learned.read_as)
    assert len(table) == 2
    assert table.read_as.column_units == learned.read_as.column_units


@pytest.mark.parametrize("first", [["01.01.2025", "Wed", None], [None, "Thu", None]])
def test_a_first_row_without_numbers_is_not_lost(tmp_path: Path, first: list[Any]) -> None:
    learned = sn.read_table(write(tmp_path / "units.csv", NAMES, UNITS, *ROWS), units="yes")
    other = write(tmp_path / "new.csv", NAMES, first, *ROWS[1:])
    with pytest.warns(sn.SheernetWarning, match="no row of units, unlike the file of the model"):
        assert len(sn.read_table(other, like=learned.read_as)) == 3


def test_a_given_setting_is_obeyed(tmp_path: Path) -> None:
    learned = sn.read_table(write(tmp_path / "units.csv", NAMES, UNITS, *ROWS), units="yes")
    other = write(tmp_path / "new.csv", NAMES, *ROWS)
    with pytest.raises(sn.InvalidInput, match="2 of its 3 cells are numbers or dates, such as 01"):
        sn.read_table(other, like=learned.read_as, units="yes")
    assert len(sn.read_table(other, like=learned.read_as, units="none")) == 3
