"""Measurement files of LabVIEW (.lvm), by the specification of National Instruments, and headers of other loggers."""

from __future__ import annotations

from typing import Any

import pytest

import sheernet as sn

FIRST = (
    "LabVIEW Measurement\t\nWriter_Version\t2\nReader_Version\t2\nSeparator\tTab\nDecimal_Separator\t.\n"
    "Multi_Headings\tNo\nX_Columns\tOne\nTime_Pref\tRelative\nDate\t2026/01/05\nTime\t09:54:07.284627\n"
    "***End_of_Header***\t\n\t\n"
)
SEGMENT = (
    "Channels\t2\t\t\nSamples\t3\t3\t\nDate\t2026/01/05\t2026/01/05\t\nTime\t09:54:07.48\t09:54:07.48\t\n"
    "Y_Unit_Label\tVolts\tAmps\t\nX_Dimension\tTime\tTime\t\nX0\t0.0E+0\t0.0E+0\t\nDelta_X\t0.125\t0.125\t\n"
    "***End_of_Header***\t\t\t\n"
)
NAMES = "X_Value\tU\tI\tComment\n"
ROWS = "0.000\t1.500\t0.250\n0.125\t2.500\t0.750\n0.250\t3.500\t0.500\n"
SECONDS = r"column 'X_Value' of data\.csv is read as a time in seconds, .* X_Dimension Time; .* units='none'"
SEVERAL = (
    FIRST
    + "Channels\t2\t\t\t\nSamples\t2\t\t2\t\nY_Unit_Label\tg\t\tmm\t\nX_Unit_Label\tms\t\ts\t\n"
    "X_Dimension\tTime\t\tTime\t\n***End_of_Header***\t\t\t\t\nX_Value\tax\tX_Value\tay\tComment\n"
    "0.0\t-0.5\t0.0\t1.5\n0.25\t0.5\t0.5\t2.5\n"
).replace("X_Columns\tOne", "X_Columns\tMulti")


class TestUnitsOfTheHeader:
    def test_are_those_of_the_columns(self, file: Any) -> None:
        with pytest.warns(sn.SheernetWarning, match=SECONDS):
            table = sn.read_table(file(FIRST + SEGMENT + NAMES + ROWS))
        assert dict(table.read_as.column_units) == {"X_Value": "s", "U": "Volts", "I": "Amps"}
        assert "units from its header (s, Volts and Amps)" in table.reading

    def test_of_the_x_axis_leave_no_doubt_if_they_are_written(self, file: Any) -> None:
        segment = SEGMENT.replace("X_Dimension\tTime\tTime", "X_Dimension\tFrequency\tFrequency")
        segment = segment.replace("X0\t", "X_Unit_Label\tHz\tHz\t\nX0\t")
        table = sn.read_table(file(FIRST + segment + NAMES + ROWS))
        assert table.read_as.column_units["X_Value"] == "Hz"

    def test_of_the_x_axis_are_unknown_if_it_is_no_time(self, file: Any) -> None:
        text = FIRST + SEGMENT.replace("Time\tTime", "Mass\tMass") + NAMES + ROWS
        assert "X_Value" not in sn.read_table(file(text)).read_as.column_units

    def test_are_left_out_by_the_option(self, file: Any) -> None:
        table = sn.read_table(file(FIRST + SEGMENT + NAMES + ROWS), units="none")
        assert not table.read_as.column_units

    def test_are_those_of_several_x_axes(self, file: Any) -> None:
        table = sn.read_table(file(SEVERAL))
        units = {"X_Value ax": "ms", "ax": "g", "X_Value ay": "s", "ay": "mm"}
        assert (table.columns, dict(table.read_as.column_units)) == (tuple(units), units)
        assert table.frame["X_Value ay"].tolist() == [0.0, 0.5]

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_of_another_file_must_be_those_of_the_model(self, file: Any) -> None:
        rows = "".join(f"{i / 8}\t{i % 7}\t{(i % 7) ** 2 + i / 4}\n" for i in range(40))
        model = sn.fit(file(FIRST + SEGMENT + NAMES + rows), target="I", hidden=1, starts=1)
        other = file(FIRST + SEGMENT.replace("Volts", "kV") + NAMES + rows, "other.lvm")
        with pytest.raises(sn.InvalidInput, match=r"'U' \('kV' instead of 'Volts'\)"):
            model.predict(other)
        assert any("later times" in each and "'X_Value'" in each for each in model.notices)


class TestTheHeader:
    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_tells_the_decimal_comma(self, file: Any) -> None:
        text = FIRST + SEGMENT + NAMES + "1.125\t1.500\t1.250\n1.250\t2.500\t1.750\n"
        table = sn.read_table(file(text.replace(".", ",")))
        assert table.frame.to_numpy().tolist() == [[1.125, 1.5, 1.25], [1.25, 2.5, 1.75]]

    def test_of_a_segment_is_found_anywhere_in_the_file(self, file: Any) -> None:
        rows = ROWS * 20_000
        text = FIRST + SEGMENT + NAMES + rows + SEGMENT + NAMES + rows
        with pytest.raises(sn.InvalidInput, match=r"several segments, .* ends in line 60031\)"):
            sn.read_table(file(text))

    def test_is_not_enough(self, file: Any) -> None:
        with pytest.raises(sn.InvalidInput, match=r"data\.csv has no rows below its headers"):
            sn.read_table(file(FIRST + SEGMENT + NAMES))

    def test_a_comment_behind_the_first_row_is_refused(self, file: Any) -> None:
        text = FIRST + SEGMENT + NAMES + ROWS.replace("\n", "\tlamp on\n", 1)
        with pytest.raises(
            sn.InvalidInput, match=r"line 23 of data\.csv has a comment .* \('lamp on'\)"
        ):
            sn.read_table(file(text))


class TestOtherLoggers:
    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_campbell_files_for_computers_are_read(self, file: Any) -> None:
        rows = "".join(f'"2026-01-01 00:{i}0:00",{i},12.{i}\n' for i in range(3))
        text = f'"TOACI1","hill","Ten"\n"TMSTAMP","RECNBR","Batt_Avg"\n{rows}'
        table = sn.read_table(file(text, "hill.dat"))
        assert table.columns == ("TMSTAMP", "RECNBR", "Batt_Avg")
        assert table.frame["Batt_Avg"].tolist() == [12.0, 12.1, 12.2]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('"TOB1","hill","CR1000","77"\n"SECONDS","T"\n', "a binary file of a Campbell data .* TOA5"),
            ("DIAHEADER1\n#BEGINGLOBALHEADER\n1,WINDOWS 32Bit\n", "the header of a DIAdem data set.* CSV"),
        ],
    )  # fmt: skip
    def test_are_refused_if_the_values_are_not_text(self, file: Any, text: str, said: str) -> None:
        with pytest.raises(sn.InvalidInput, match=said):
            sn.read_table(file(text, "data.dat"))
