"""As test_optimize.py, by names that are not published."""

from __future__ import annotations

import pytest

import sheernet as sn
from sheernet.apps.cli.named_values import bounds, row, wanted
from sheernet.data.columns import CategoryColumn, Inputs, NumberColumn
from sheernet.data.formats.cell_formats import CellFormat
from sheernet.data.formats.number_formats import find_format


def test_bounds_are_ranges_or_labels() -> None:
    inputs = Inputs((
        NumberColumn("a", "number", 0.0, 1.0, -9.0, 9.0),
        NumberColumn("when", "time", 0.0, 1.0, 0.0, 9.0),
        NumberColumn("on", "boolean", 0.0, 1.0, 0.0, 1.0),
        CategoryColumn("c", ("p", "q", "either/or")),
        CategoryColumn("d", ("x/y", "z")),
    ))  # fmt: skip
    found = bounds(["a=-1..2.5", "when=06:30..08:00", "on=true", "c=p/q", "d=x/y"], inputs)
    assert found == {
        "a": [-1.0, 2.5], "when": ["06:30", "08:00"], "on": [True], "c": ["p", "q"], "d": ["x/y"],
    }  # fmt: skip


def test_what_is_wanted_may_be_one_value_or_several() -> None:
    assert wanted(["maximize"], None, None) == "maximize"
    assert wanted(["y=3,z=4"], ["cost"], ["a,b"]) == {
        "y": 3.0, "z": 4.0, "cost": "maximize", "a": "minimize", "b": "minimize",
    }  # fmt: skip
    assert wanted(["kind=in=0.5"], None, None) == {"kind=in": 0.5}


def test_wanted_values_are_written_as_in_the_file_of_the_model() -> None:
    formats = {
        "H [m]": CellFormat("number", decimal=","),
        "n": CellFormat("number", thousands=","),
    }
    names = ("H [m]", "n")
    assert wanted(["H [m]=40,5,n=1,450"], ["c"], None, names, formats) == {
        "H [m]": 40.5, "n": 1450.0, "c": "maximize",
    }  # fmt: skip
    assert wanted(["40,5"], None, None, ("H [m]",), formats) == 40.5
    assert wanted(["H [m]=40.5"], None, None, names, formats) == {"H [m]": 40.5}
    with pytest.raises(sn.InvalidInput, match="want must be a name and a value"):
        wanted(["H [m]=40,5"], None, None, names, {})


def test_wanted_durations_and_times_are_hours() -> None:
    time = find_format(["09:23", "17:05"]).format
    duration = find_format(["12:30", "27:05"]).format
    formats, names = {"start": time, "run": duration}, ("start", "run", "end")
    assert wanted(["start=10:15,run=30:30"], None, None, names, formats) == {
        "start": 10.25, "run": 30.5,
    }  # fmt: skip
    # A model does not know that the cells of a sheet showed times.
    with pytest.raises(sn.InvalidInput, match=r"a time or a duration, write its hours, 10\.25"):
        wanted(["end=10:15"], None, None, names, formats)


class TestPercent:
    """Probabilities may be written as percent."""

    INPUTS = Inputs(
        (
            NumberColumn("share", "number", 0.0, 1.0, 0.0, 1.0),
            NumberColumn("b", "number", 0.0, 1.0, 0.0, 9.0),
        )
    )

    @pytest.mark.parametrize(
        ("text", "value"),
        [("50%", 0.5), ("38.1 %", 0.381), ("37,5%", 0.375), ("0.5", 0.5), ("-3%", -0.03)],
    )
    def test_are_shares(self, text: str, value: float) -> None:
        assert (
            wanted(
                [text] if "," not in text else [f'"{text}"'],
                None,
                None,
                ("share",),
                None,
                ["share"],
            )
            == value
        )

    def test_are_refused_in_other_columns(self) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"if a workbook shows the column as percent, write 0\.5"
        ):
            row(["b=50%"], self.INPUTS, "fixed")
