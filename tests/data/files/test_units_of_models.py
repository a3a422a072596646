"""Files without the row of units that the file of a model has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sheernet as sn

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
def test_a_row_of_units_is_read_as_in_the_file_of_the_model(tmp_path: Path, ending: str) -> None:
    learned = sn.read_table(write(tmp_path / "units.csv", NAMES, UNITS, *ROWS), units="yes")
    other = write(tmp_path / f"new.{ending}", NAMES, UNITS, *ROWS[:2])
    table = sn.read_table(other, like=learned.read_as)
    assert len(table) == 2
    assert table.read_as.column_units == learned.read_as.column_units


@pytest.mark.parametrize("first", [["01.01.2025", "Wed", None], [None, "Thu", None], ROWS[0]])
def test_a_row_of_values_is_not_lost(tmp_path: Path, first: list[Any]) -> None:
    learned = sn.read_table(write(tmp_path / "units.csv", NAMES, UNITS, *ROWS * 4), units="yes")
    model = sn.fit(learned, "outside", inputs="weekday", hidden=0, decay=0.1, held_out=0)
    other = write(tmp_path / "new.csv", NAMES, first, *ROWS[1:])
    with pytest.raises(sn.InvalidInput, match="units='none'"):
        model.predict(other)
    assert len(model.predict(sn.read_table(other, like=model.reading, units="none"))) == 3


class TestFoundUnits:
    """A row of units that was found, not given."""

    ROWS = ("1.5,230,6.5", "2.5,235,10.6", "4.0,231,17.3", "3.0,229,13.1", "2.0,233,8.6")

    def write(self, path: Path, *lines: str) -> Path:
        path.write_text("\n".join(lines) + "\n")
        return path

    def fitted(self, folder: Path) -> sn.Model:
        path = self.write(folder / "units.csv", "p,u,y", "kW,V,A", *self.ROWS)
        return sn.fit(sn.read_table(path, units="auto"), "y", hidden=0, decay=0.1)

    @pytest.mark.filterwarnings(r"ignore:line 2 of \S+ is read as units")
    def test_are_told_if_another_file_has_none(self, tmp_path: Path) -> None:
        model = self.fitted(tmp_path)
        other = self.write(
            tmp_path / "new.csv", "p,u", *(row.rpartition(",")[0] for row in self.ROWS)
        )
        expected = "^new.csv has no row of units, .* in the units of that file, 'p' in kW and 'u' in V; convert"
        with pytest.warns(sn.SheernetWarning, match=expected) as told:
            predicted = model.predict(other)
        assert len(told) == 1
        frame = pd.read_csv(other)
        assert predicted == pytest.approx(model.predict(frame))  # without a warning

    @pytest.mark.filterwarnings(r"ignore:line 2 of \S+ is read as units")
    def test_are_not_told_if_it_has_a_row_or_the_setting_is_given(self, tmp_path: Path) -> None:
        model = self.fitted(tmp_path)
        model.predict(self.write(tmp_path / "new.csv", "p,u", "kW,V", "1.5,230", "2.5,235"))
        bare = self.write(tmp_path / "bare.csv", "p,u", "1.5,230", "2.5,235")
        model.predict(sn.read_table(bare, like=model.reading, units="none"))


def test_a_given_setting_is_obeyed(tmp_path: Path) -> None:
    learned = sn.read_table(write(tmp_path / "units.csv", NAMES, UNITS, *ROWS), units="yes")
    other = write(tmp_path / "new.csv", NAMES, *ROWS)
    with pytest.raises(sn.InvalidInput, match=r"holds values, such as .*units='none'"):
        sn.read_table(other, like=learned.read_as, units="yes")
    assert len(sn.read_table(other, like=learned.read_as, units="none")) == 3
