"""As test_units_of_models.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path

import pytest

import sheernet as sn
from data.files.test_units_of_models import NAMES, ROWS, UNITS, write
from sheernet.data.sources.table_reader import read_with_cells


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
