"""Text files as instruments and other programs write them: comments, titles, units, no names, notes at the end."""

from __future__ import annotations

import warnings
from datetime import time
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn

Guess = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
ROWS = "0,1.5\n1,2.5\n2,3.5\n"


def columns(table: sn.Table) -> dict[str, list[Any]]:
    return table.frame.to_dict("list")


TIME_FORCE = {"t": [0, 1, 2], "F": [1.5, 2.5, 3.5]}


class TestLaw:
    @Guess
    @settings(max_examples=150)
    @given(
        titles=st.lists(
            st.sampled_from(["Rig 7", "Date: 2026-01-31", "Operator: Miller, Berlin", "[Data]", "rate=100", ""]),
            max_size=5,
        ),
        comments=st.lists(st.sampled_from(["made today", "t in s, F in N", 'a 5" pipe']), max_size=3),
        mark=st.sampled_from(["#", "%", "!", "//", ";"]),
        separator=st.sampled_from([",", "\t", "|"]),
        units=st.sampled_from([None, ["s", "N", "mm"], ["[s]", "[N]", "[-]"], ["(s)", "(N)", "-"]]),
        rows=st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 3), min_size=3, max_size=6),
        footer=st.sampled_from([[], ["", "End of data"], ["End of data"]]),
        end=st.sampled_from(["\n", "\r\n", "\r"]),
    )  # fmt: skip
    def test_what_stands_around_a_table_changes_nothing_in_it(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        titles: list[str],
        comments: list[str],
        mark: str,
        separator: str,
        units: list[str] | None,
        rows: list[tuple[float, ...]],
        footer: list[str],
        end: str,
    ) -> None:
        if titles and titles[-1] and "," in titles[-1] and separator == ",":
            titles = [*titles, ""]
        lines = [f"{mark} {text}" for text in comments] + titles + [separator.join("tFd")]
        lines += [separator.join(units)] if units else []
        lines += [separator.join(map(repr, row)) for row in rows]
        path = tmp_path_factory.getbasetemp() / "around.txt"
        path.write_bytes(end.join([*lines, *footer, ""]).encode())
        table = sn.read_table(path)
        assert table.columns == ("t", "F", "d")
        assert table.frame.to_numpy(dtype=float).tolist() == [list(row) for row in rows]


class TestComments:
    @pytest.mark.parametrize("mark", ["#", "%", ";", "//", "!"])
    def test_at_the_top_and_between_and_after_rows(self, file: Any, mark: str) -> None:
        text = f'{mark} rig 7\n{mark}Miller, Berlin\nt,F\n0,1.5\n1,2.5\n{mark} pause\n2,3.5\n{mark} end, 5" off\n'
        table = sn.read_table(file(text))
        assert columns(table) == TIME_FORCE
        assert f"lines that begin with {mark} are comments" in table.reading

    @pytest.mark.parametrize(
        "text", ["t,F\n# in s and N\n" + ROWS, "t,F\n0,1.5\n# a\n1,2.5\n2,3.5\n# b\n"]
    )
    def test_only_among_the_rows_give_a_warning(self, file: Any, text: str) -> None:
        with pytest.warns(
            sn.SheernetWarning, match="begin.? with # .* left out as comments, the first in line"
        ):
            assert columns(sn.read_table(file(text))) == TIME_FORCE

    def test_far_below_the_first_lines(self, file: Any) -> None:
        with pytest.warns(sn.SheernetWarning, match="the first in line 302"):
            table = sn.read_table(file("t,F\n" + "1,2\n" * 300 + "# pause\n" + "1,2\n" * 9))
        assert len(table) == 309

    def test_none_are_taken_from_rows_that_begin_like_them(self, file: Any) -> None:
        table = sn.read_table(file("color,x\n#ff0000,1\n#00ff00,2\n"))
        assert table.frame["color"].tolist() == ["#ff0000", "#00ff00"]

    @pytest.mark.parametrize(
        "text", ["# rig\nt,F\n0,1.5\n#1,2.5\n2,3.5\n", "#ff,0,1\nt,F,d\nred,1,2\nblue,2,3\n"]
    )
    def test_that_look_like_rows_are_said(self, file: Any, text: str) -> None:
        with pytest.warns(sn.SheernetWarning, match="looks like a row; .* comment='none'"):
            sn.read_table(file(text))

    def test_option_names_the_beginnings(self, file: Any) -> None:
        path = file("t,F\n0,1.5\nREM pause,1\n1,2.5\n' note\n2,3.5\n")
        assert columns(sn.read_table(path, comment="REM '")) == TIME_FORCE

    def test_inside_a_quoted_value_are_text(self, file: Any) -> None:
        with pytest.warns(
            sn.SheernetWarning, match="1 value of data.csv contains a line break, in line 3"
        ):
            table = sn.read_table(file('# rig\nn,s\n1,"a\n# b"\n2,c\n'))
        assert table.frame["s"].tolist() == ["a\n# b", "c"]

    @pytest.mark.parametrize(
        ("text", "names", "said"),
        [
            ("# t F\n0 1.5\n1 2.5\n2 3.5\n", ("t", "F"), "line 1 of"),
            ("# t,F\n" + ROWS, ("t", "F"), "line 1 of"),
            ("# t F\n" + ROWS, ("t", "F"), "line 1 of"),
            ("% rig 7\n% t, F\n" + ROWS, ("t", "F"), "line 2 of"),
            ("#t F\n#s N\n0 1.5\n1 2.5\n2 3.5\n", ("t", "F"), "line 1 of"),
            ("# measured on a Monday\n" + ROWS, ("column_1", "column_2"), "no names"),
        ],
    )
    def test_may_hold_the_names(
        self, file: Any, text: str, names: tuple[str, ...], said: str
    ) -> None:
        with pytest.warns(sn.SheernetWarning, match=said):
            table = sn.read_table(file(text))
        assert table.columns == names
        assert table.frame.to_numpy().tolist() == [[0, 1.5], [1, 2.5], [2, 3.5]]


class TestWithoutNames:
    @pytest.mark.parametrize(
        "text",
        [
            "1.0e+00 2.5e+00\n2.0e+00 3.5e+00\n",
            "1,2.5\n2,3.5\n",
            "1;2,5\n2;3,5\n",
            "1\t2.5\n2\t3.5\n",
            "1,5 2,5\n2,5 3,5\n",
            "5.1,3.5,setosa\n4.9,3.0,setosa\n",
            "39, Private, 77516\n50, Self, 83311\n38, Private, 21111\n",
            "2026-01-01,5,7\n2026-01-02,6,8\n",
        ],
    )
    def test_the_first_row_is_kept(self, file: Any, text: str) -> None:
        with pytest.warns(sn.SheernetWarning, match="no names of columns: .* header='yes'"):
            table = sn.read_table(file(text))
        assert len(table) == text.count("\n")
        assert table.columns == tuple(f"column_{j + 1}" for j in range(len(table.columns)))
        assert "no names of columns" in table.reading

    @pytest.mark.parametrize("separator", [" ", "\t", ";"])
    def test_row_numbers_of_r_beside_a_single_column(self, file: Any, separator: str) -> None:
        rows = (f"{i}{separator}{x}\n" for i, x in enumerate(("1234,5", "0,25", "7"), start=1))
        assert columns(sn.read_table(file(f"flow\n{''.join(rows)}"))) == {
            "row": [1, 2, 3],
            "flow": [1234.5, 0.25, 7.0],
        }

    def test_row_numbers_of_r_beside_a_column_of_text(self, file: Any) -> None:
        table = sn.read_table(file("site\n1 Aare\n2 Ore\n3 Aare\n"))
        assert columns(table) == {"row": [1, 2, 3], "site": ["Aare", "Ore", "Aare"]}

    @pytest.mark.parametrize(
        "text",
        [
            "site flow n\n1 Aare Bern 1234,5 1\n2 Ore 987,25 2\n3 Aare 10,5 3\n",
            "site flow\n1 Aare Bern 1234,5\n2 Ore 987,25\n3 Aare 10,5\n",
            "flow n\nAare Bern 1234,5 1\nOre 987,25 2\nx 10,5 3\n",
            "flow\nAare Bern 1234,5\nOre 987,25\nx 10,5\n",
        ],
        ids=["labels", "labels at the end", "row names", "one column"],
    )
    def test_decimal_commas_beside_values_with_spaces(self, file: Any, text: str) -> None:
        path = file(text)
        with pytest.raises(
            sn.InvalidInput, match=r"Bern.* in line 2, in which a comma may be a dec"
        ):
            sn.read_table(path)
        with pytest.warns(sn.SheernetWarning, match="header"):
            assert len(sn.read_table(path, separator="comma").columns) == 2

    def test_a_single_column(self, file: Any) -> None:
        with pytest.warns(sn.SheernetWarning, match="the column is called column_1;"):
            assert columns(sn.read_table(file("1.5\n2.5\n"))) == {"column_1": [1.5, 2.5]}

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("country,2019,2020\nGermany,83,84\nFrance,65,66\n", ("country", "2019", "2020")),
            (",0,1\n0,1.5,2.5\n1,2.5,3.5\n", ("row", "0", "1")),
            ("x,1\n1,2\n2,3\n", ("x", "1")),
        ],
    )
    def test_numbers_among_names_are_names(
        self, file: Any, text: str, names: tuple[str, ...]
    ) -> None:
        assert sn.read_table(file(text)).columns == names

    def test_columns_counted_as_pandas_does_are_asked_for(self, file: Any) -> None:
        path = file("0,1,2\n0.1,1.105,2.01\n0.2,1.22,2.04\n")
        with pytest.raises(
            sn.InvalidInput, match=r"which line .* give header='yes', or header='none'"
        ):
            sn.read_table(path)
        assert sn.read_table(path, header="yes").columns == ("0", "1", "2")
        assert len(sn.read_table(path, header="none")) == 3

    def test_header_decides_without_a_warning(self, file: Any) -> None:
        path = file("1,2\n3,4\n")
        assert columns(sn.read_table(path, header="none")) == {
            "column_1": [1, 3],
            "column_2": [2, 4],
        }
        assert columns(sn.read_table(path, header="yes")) == {"1": [3], "2": [4]}
        assert sn.read_table(file("1,2\n"), header="none").frame.to_numpy().tolist() == [[1, 2]]


class TestNamesInSeveralLines:
    @pytest.mark.parametrize(
        "top",
        ["first,,second,\nx,y,x,x\n", "a,b,c,d\nx,y,x,y\n", "one,two,three,four\nx,y,z,u\n",
         "a,a,b,b\nlow,high,low,high\n", "a,,b,\nm,m,n,n\nx,y,x,y\n"],
    )  # fmt: skip
    def test_are_refused(self, file: Any, top: str) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"cannot be determined which line .* header='none'.* skip"
        ):
            sn.read_table(file(top + "1.5,2.5,3.5,4.5\n" * 4))

    def test_skip_decides(self, file: Any) -> None:
        table = sn.read_table(file("one,,two\nx,y,z\n1,2,3\n4,5,6\n"), skip=1)
        assert table.columns == ("x", "y", "z")

    @pytest.mark.parametrize("end", ["", ","])
    @pytest.mark.parametrize(
        "titles",
        [
            "X,CH1,Start,Increment,\nSequence,Volt,Volt,-6e-3,1e-5\n",
            "X,CH1,CH2,Start,Increment,\nSequence,Volt,Volt,-6e-3,1e-5\n",  # of a Rigol oscilloscope
        ],
    )
    def test_what_is_advised_loses_no_row(self, file: Any, titles: str, end: str) -> None:
        path = file(titles + "".join(f"{i},0.{i}5,1.00{end}\n" for i in range(6)))
        with pytest.raises(sn.InvalidInput, match=r"line 3 .* skip=2 and header='none'"):
            sn.read_table(path)
        table = sn.read_table(path, skip=2, header="none")
        assert table.frame["column_1"].tolist() == [0, 1, 2, 3, 4, 5]


class TestUnits:
    @Guess
    @pytest.mark.parametrize(
        "units",
        [
            "s,N",
            "[s],[N]",
            "(s),(N)",
            "s,-",
            "Seconds,Newtons",
            "1/s,kg m-3",
            "ms,µV",
            "min,°C",
            "h,deg C",
        ],
    )
    def test_below_the_names_are_noted(self, file: Any, units: str) -> None:
        table = sn.read_table(file(f"t,F\n{units}\n{ROWS}"))
        assert columns(table) == TIME_FORCE
        assert "a row of units (" in table.reading

    def test_give_a_warning_if_they_are_not_in_brackets(self, file: Any) -> None:
        with pytest.warns(
            sn.SheernetWarning, match=r"is read as units \(s and N\); .* units='none'"
        ):
            sn.read_table(file("t,F\ns,N\n" + ROWS))

    def test_option_decides(self, file: Any) -> None:
        path = file("t,F\ntime,force\n" + ROWS)
        assert columns(sn.read_table(path, units="yes")) == TIME_FORCE
        path = file("t,F\ns,N\n" + ROWS)
        assert sn.read_table(path, units="none").frame["t"].tolist() == ["s", "0", "1", "2"]

    @pytest.mark.parametrize("row", ["high,2", "?,?", "NA,NA", '"",', "?,3", ",1"])
    def test_errors_and_missing_values_are_no_units(self, file: Any, row: str) -> None:
        assert len(sn.read_table(file(f"t,F\n{row}\n{ROWS}"))) == 4


TOA5 = (
    '"TOA5","hill","CR1000","77","CR1000.Std.32","CPU:hill.CR1","4711","Ten"\n'
    '"TIMESTAMP","RECORD","Batt_Avg"\n"TS","RN","Volts"\n"","","Avg"\n'
    '"2026-01-01 00:00:00",0,12.9\n"2026-01-01 00:10:00",1,12.8\n"2026-01-01 00:20:00",2,"NAN"\n'
)
SPECTRUM = (
    "SpectraSuite Data File\n++++++++++++++\nDate: Mon Jan 05 2026\nIntegration Time (usec): 100000\n"
    ">>>>>Begin Spectral Data<<<<<\n187.2\t100.1\n187.4\t101.2\n187.6\t99.9\n>>>>>End Spectral Data<<<<<\n"
)
POTENTIOSTAT = "EC file\nNb header lines : 4\n\nmode\ttime/s\tEwe/V\t\n2\t0,1\t0,5\t\n2\t0,2\t0,6\t\n2\t0,3\t0,7\t\n"
GAMRY = (
    "EXPLAIN\nTAG\tCV\nTITLE\tLABEL\tCyclic\nCURVE\tTABLE\t3\n\tPt\tT\tVf\n\t#\ts\tV vs. Ref.\n"
    "\t0\t0.1\t0.5\n\t1\t0.2\t0.6\n\t2\t0.3\t0.7\n"
)
BUOY = "#YY  MM DD WDIR GST\n#yr  mo dy degT m/s\n2026 11 12 120  6.1\n2026 11 13 125  6.4\n2026 11 14 125  6.5\n"
HOBO = (
    '"Plot Title: Well 3"\n"#","Date Time, GMT+01:00","Temp, °C (S/N: 1)"\n1,01/13/26 12:00:00 AM,21.1\n'
    "2,01/13/26 12:10:00 AM,21.2\n3,01/13/26 12:20:00 AM,21.2\n"
)
MULTIMETER = "Meter 289\nStart Time: 1/1/2026\n\nReading,Volts,Duration\n1,12.5,00:01\n2,12.6,00:01\n3,12.6,00:01\n"
WEATHER = (
    "STATION;DATE;QN;TT;eor\n     44;2007040100;  5;  11.4;eor\n     44;2007040101;  5;   9.4;eor\n"
)
TEKTRONIX = (
    "Record Length,2.5e+03,Points,-0.0020,0.04\nSample Interval,1e-6,s,-0.00199,0.08\n,,,-0.0018,0.1\n"
    ",,,-0.0017,0.12\n,,,-0.0016,0.13\n"
)
RIGOL = "X,CH1,Start,Increment\nSequence,Volt,-6.0e-04,1.0e-06\n0,1.2,,\n1,1.3,,\n2,1.4,,\n"
KEYSIGHT = "x-axis,1\nsecond,Volt\n-1.0e-3,0.02\n-0.9e-3,0.03\n-0.8e-3,0.04\n"
PICOSCOPE = "Time,Channel A\n(ms),(mV)\n\n-0.2,1.3\n-0.1,1.4\n0.0,1.1\n"
POLAROGRAPH = (
    "Jan. 1, 2026   10:00:00\nCyclic Voltammetry\nFile: a.bin\n\nPotential/V, Current/A\n\n-0.500, 1.2e-6\n"
    "-0.499, 1.3e-6\n-0.498, 1.4e-6\n"
)


class TestInstruments:
    @Guess
    @pytest.mark.parametrize(
        ("text", "names", "first", "rows"),
        [
            (TOA5, ("TIMESTAMP", "RECORD", "Batt_Avg"), 12.9, 3),
            (SPECTRUM, ("column_1", "column_2"), 100.1, 3),
            (POTENTIOSTAT, ("mode", "time/s", "Ewe/V"), 0.5, 3),
            (GAMRY, ("row", "Pt", "T", "Vf"), 0.5, 3),
            (BUOY, ("YY", "MM", "DD", "WDIR", "GST"), 6.1, 3),
            (HOBO, ("#", "Date Time, GMT+01:00", "Temp, °C (S/N: 1)"), 21.1, 3),
            (MULTIMETER, ("Reading", "Volts", "Duration"), time(0, 1), 3),
            (WEATHER, ("STATION", "DATE", "QN", "TT", "eor"), "eor", 2),
            (TEKTRONIX, tuple(f"column_{j}" for j in range(1, 6)), 0.04, 5),
            (RIGOL, ("X", "CH1", "Start", "Increment"), None, 3),
            (KEYSIGHT, ("x-axis", "1"), 0.02, 3),
            (PICOSCOPE, ("Time", "Channel A"), 1.3, 3),
            (POLAROGRAPH, ("Potential/V", "Current/A"), 1.2e-6, 3),
            ("[Header]\nrate=100\n[Data]\nt,u,v\n0,1.5,2\n1,2.5,3\n2,2.5,3\n", ("t", "u", "v"), 2, 3),
            ("My table,,\n,,\nt,u,v\n0,1.5,2\n1,2.5,3\n2,2.5,3\n", ("t", "u", "v"), 2, 3),
            (",,\nt,u,\n0,1.5,\n1,2.5,\n", ("t", "u"), 1.5, 2),
            ("Operator:;Miller\nDate:;5\nt;F\n0;1,5\n1;2,5\n2;3,5\n", ("t", "F"), 1.5, 3),
        ],
        ids=lambda value: value.splitlines()[0] if isinstance(value, str) and "\n" in value else "",
    )  # fmt: skip
    def test_are_read(
        self, file: Any, text: str, names: tuple[str, ...], first: Any, rows: int
    ) -> None:
        table = sn.read_table(file(text))
        assert table.columns == names
        assert len(table) == rows
        last = table.frame.iloc[0, -1]
        assert last == first or (first is None and last != last)

    @Guess
    @pytest.mark.parametrize("units", ["auto", "yes"])
    def test_a_row_of_summaries_is_below_units_that_are_not_known(
        self, file: Any, units: str
    ) -> None:
        table = sn.read_table(file(TOA5.replace("Volts", "furlongs per night")), units=units)
        assert (table.columns, len(table)) == (("TIMESTAMP", "RECORD", "Batt_Avg"), 3)
        assert table.read_as.column_units["Batt_Avg"] == "furlongs per night"

    @pytest.mark.parametrize("units", ["-\tU/min\tGrad KW\tGrad C\n", ""])
    @pytest.mark.parametrize(
        "types", ["uint8\tf8\tf8\tF8", "bool\tdouble\tfloat\tint32", "<chr>\t<dbl>\t<dbl>\t<int>"]
    )
    def test_a_row_of_types_below_the_names_is_left_out_with_a_notice(
        self, file: Any, types: str, units: str
    ) -> None:
        rows = "".join(f"{i % 2}\t{900 + i}.5\t{i}.25\t{600 + i}\n" for i in range(9))
        names = "B_ll\tnmot_w\tzwist\ttabg_w"
        text = f"ETASAsciiItemFile\trecord\ttab\nsampleCount\t9\n{names}\n{types}\n{units}{rows}"
        listed = " and ".join(types.replace("\t", ", ").rsplit(", ", 1))
        with pytest.warns(sn.SheernetWarning) as caught:
            table = sn.read_table(file(text))
        assert table.columns == tuple(names.split())
        assert table.frame["tabg_w"].tolist() == [600 + i for i in range(9)]
        said = [str(each.message) for each in caught]
        assert f"a row of types below the names of data.csv is left out: {listed}" in said
        assert any(each.startswith("the second row below the names") for each in said) == bool(
            units
        )
        if units:
            assert table.read_as.column_units["zwist"] == "Grad KW"

    @Guess
    def test_names_that_are_also_types_are_names(self, file: Any) -> None:
        table = sn.read_table(
            file("Log 7\n\ndate,time,double\n2026-01-02,10:00,1.5\n2026-01-03,11:00,2\n")
        )
        assert table.columns == ("date", "time", "double")

    def test_titles_are_said(self, file: Any) -> None:
        with pytest.warns(
            sn.SheernetWarning, match="line 4 of data.csv is read as the names of columns"
        ):
            table = sn.read_table(file(MULTIMETER))
        assert "; 2 title lines above the names" in table.reading

    @pytest.mark.parametrize("units", ["", "-;kg;bar\n"])
    @pytest.mark.parametrize(
        "titles",
        [
            "Report of reactor 12;;\n",
            "Report of reactor 12;;\nmade by Miller;;\n",
            "Report of reactor 12;;\n;;\n",
            "Report of reactor 12;;\nmade by: Miller, 03.02.2025;;\n;;\n",
            "Report\t;;\n;;\n;;\nFebruary;;\n",
        ],
    )
    def test_titles_that_a_spreadsheet_program_fills_up(
        self, file: Any, titles: str, units: str
    ) -> None:
        path = file(f"{titles}kind;feed;p\n{units}K-102;874;2,25\nK-103;;1,97\nK-101;1146;2,9\n")
        with pytest.warns(sn.SheernetWarning, match="everything above it is left out"):
            table = sn.read_table(path, units="yes" if units else "none")
        assert table.columns == ("kind", "feed", "p")
        assert table.frame["p"].tolist() == [2.25, 1.97, 2.9]

    def test_a_first_row_without_values_is_no_title(self, file: Any) -> None:
        table = sn.read_table(file("kind;feed;p\nK-102;;\nK-103;5;1,97\nK-101;6;2,9\n"))
        assert table.columns == ("kind", "feed", "p")
        assert len(table) == 3

    @pytest.mark.parametrize(
        "rows",
        [
            "7,6,3,9,11,5\n6,6,7,9,14,5\n",
            "7,6,3,11,5\n6,6,7,9,14,5\n",
            "-7,6,+3,9,11,5\n6,6,NA,14,5\n",
            "P1,7,6,9,1\nP2,7,6,9\n",
            "1,5,2,5,3,5\n" * 30,
        ],
    )
    def test_decimal_commas_without_quotation_marks_are_named(self, file: Any, rows: str) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"decimal commas in them: it has 3 names \(a, b and y\), but"
        ):
            sn.read_table(file("a,b,y\n" + rows))

    @pytest.mark.parametrize(
        "text",
        [
            'a b "c\nd"\n1 2\n3 4\n',
            'a,"c\nd",y\n"7",6,3,9,11,5\n6,6,7,9,14,5\n',
            'a,"c\nd"\n1,2,x,y\n1,x,y\n1,2,3,x,y\n',
        ],
    )
    def test_errors_with_names_of_two_lines_are_a_single_line(self, file: Any, text: str) -> None:
        with pytest.raises(sn.InvalidInput, match=r"\(.*'c\\nd'.*\)") as refused:
            sn.read_table(file(text))
        assert "\n" not in str(refused.value)

    @pytest.mark.parametrize("header", ["auto", "yes"])
    @pytest.mark.parametrize(
        ("text", "separator"),
        [
            ("name,pop,rate\nLyon,56 853,19,70\nNice, Est,43 919,36,90\nLyon,5 670,65,70\nBron,1,2,3\n", "commas"),
            ("name;pop\na;b;1\nc;d;e;2\na;b;3\na;b;4\na;b;5\n", "semicolons"),
        ],
    )  # fmt: skip
    def test_values_that_contain_the_separator_are_named(
        self, file: Any, text: str, separator: str, header: str
    ) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"line 1 of .* has \d names .* contain"
        ) as refused:
            sn.read_table(file(text), header=header)
        assert f"read with {separator} between values" in str(refused.value)

    @pytest.mark.parametrize("rows", ["1,2,3\n1,2,3,4,5\n1,2,3\n", "1,2.5,3,4,5,6\n1,2,3,4,5,6\n"])
    def test_other_rows_of_another_length_keep_their_error(self, file: Any, rows: str) -> None:
        with pytest.raises(sn.InvalidInput) as refused:
            sn.read_table(file("a,b,y\n" + rows))
        assert "decimal commas" not in str(refused.value)

    @pytest.mark.parametrize(
        "text",
        [
            "Operator;Miller\nDate;2026-01-01\ntime;load\n0;1,5\n1;2,5\n2;3,5\n",
            "Made on Monday, in Berlin\ntime,load\n" + ROWS,
            "Rig Seven\n\ntime   load\n0  1.5\n1  2.5\n2  3.5\n",
        ],
    )
    def test_what_cannot_be_told_is_refused_with_the_lines(self, file: Any, text: str) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"\(lines? 1 .*text \(2 cells\); .*values \(2 cells\)\); give header",
        ):
            sn.read_table(file(text))
        skip = text.splitlines().index(next(line for line in text.splitlines() if line[:1] == "t"))
        table = sn.read_table(file(text), skip=skip)
        assert table.frame.to_numpy().tolist() == [[0, 1.5], [1, 2.5], [2, 3.5]]
        assert table.columns == ("time", "load")


class TestBelowTheRows:
    @pytest.mark.parametrize(
        "note", ["End of data", "\nEnd of data", "\nNotes\nchecked by Miller", "***"]
    )
    def test_notes_are_left_out_with_a_warning(self, file: Any, note: str) -> None:
        with pytest.warns(sn.SheernetWarning, match="below the last row, (is|are) left out as"):
            table = sn.read_table(file(f"t,F\n{ROWS}{note}\n"))
        assert columns(table) == TIME_FORCE

    @pytest.mark.parametrize(
        ("end", "message"),
        [
            (
                "Total,4,5",
                "line 5 of .* has 3 values, .* or the beginning of lines to leave out as comment",
            ),
            ("3", r"line 5 of data\.csv has 1 value"),
            ("End\n3,4.5", r"line 5 of data\.csv has 1 value"),
        ],
    )
    def test_what_may_be_a_row_is_refused(self, file: Any, end: str, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.read_table(file(f"t,F\n{ROWS}{end}\n"))

    @pytest.mark.parametrize("word", ["Total", "TOTAL:", "Summe", "mean", "Grand total"])
    def test_totals_in_a_row_are_said(self, file: Any, word: str) -> None:
        with pytest.warns(
            sn.SheernetWarning, match="the last row of data.csv begins with .* comment="
        ):
            assert len(sn.read_table(file(f"name,F\nAnna,1\nBob,2\n{word},3\n"))) == 3

    def test_subtotals_and_limits_are_named_with_the_option(self, file: Any) -> None:
        path = file("m,y\nJan,1\nJan,2\nTotal,3\nFeb,3\nFeb,1\nTotal,4\n")
        with pytest.warns(
            sn.SheernetWarning, match=r"rows 3 and 6 of .* with 'Total' .*comment='Total'"
        ):
            sn.read_table(path)
        assert len(sn.read_table(path, comment="Total")) == 4

    @pytest.mark.parametrize("quote", ['"', "'"])
    def test_the_advice_for_totals_in_quotation_marks_leaves_them_out(
        self, file: Any, quote: str
    ) -> None:
        rows = ["g,x,y", "a,1,5", "b,2,6", "Total,,11"]
        lines = [",".join(f"{quote}{cell}{quote}" for cell in row.split(",")) for row in rows]
        path = file("\n".join(lines))
        options = {} if quote == '"' else {"quote": quote}
        with pytest.warns(sn.SheernetWarning, match=r"with 'Total' .*comment='Total'"):
            sn.read_table(path, **options)
        table = sn.read_table(path, comment="Total", **options)
        assert (len(table), table.kind("x"), table.kind("y")) == (2, "number", "number")
        only = file('g,y\n"#1",5\n#2,6\nb,7')
        assert sn.read_table(only, comment="#").column("g").tolist() == ["#1", "b"]
        path = file("m,y\nUSL,1\nLSL,2\nT-1,3\nT-2,1.5\nT-3,2\n")
        with pytest.warns(sn.SheernetWarning, match=r"rows 1 and 2 of .*comment='USL LSL'"):
            sn.read_table(path)

    def test_several_totals_are_said(self, file: Any) -> None:
        statistics = "Jan,1\nFeb,2\nMar,4\nMean,2.3\nStd,1.2\n"
        expected = (
            "^data rows 4 and 5 of data.csv begin with 'Mean' and 'Std' .* give comment='Mean Std'"
        )
        with pytest.warns(sn.SheernetWarning, match=expected):
            assert len(sn.read_table(file("name,F\n" + statistics))) == 5
        of_groups = "Jan,1\nJan,2\nJan Total,3\nFeb,3\nFeb,1\nFeb Total,4\n"
        with pytest.warns(
            sn.SheernetWarning, match="^data rows 3 and 6 of data.csv .* not, delete them$"
        ):
            assert len(sn.read_table(file("name,F\n" + of_groups))) == 6

    @pytest.mark.parametrize("last", [",25", "Z,25", "x,25,", ",25.0", " ,25"])
    def test_a_sum_in_the_last_row_is_said(self, file: Any, last: str) -> None:
        end = "," if last.endswith(",") else ""
        rows = "".join(f"a{i},{i}{end}\n" for i in (3, 4, 5, 6, 7))
        with pytest.warns(sn.SheernetWarning, match="is the sum of the others in column 'F'"):
            assert len(sn.read_table(file(f"name,F{end}\n{rows}{last}\n"))) == 6

    def test_totals_in_the_second_column_are_said(self, file: Any) -> None:
        path = file("year,month,F\n2025,Jan,1\n,Feb,2\n,Mar,5\n,Total,9\n")
        with pytest.warns(
            sn.SheernetWarning, match="the last row of .* is called 'Total' .*, delete it"
        ):
            assert len(sn.read_table(path)) == 4

    @pytest.mark.parametrize("label", ["", "area"])
    def test_sums_of_groups_with_other_labels_are_said(self, file: Any, label: str) -> None:
        rows = [
            "a,21,2.5",
            "b,34,3.5",
            "{},55,6.0",
            "c,58,1.5",
            "d,61,8.5",
            "e,27,3",
            "{},146,13",
            "f,23,6.5",
        ]
        rows = [*rows, "g,35,4.5", "{},58,11"]
        text = "\n".join(
            row.format(f"{label} {i}".strip() if label else "") for i, row in enumerate(rows)
        )
        path = file(f"shop,n,F\n{text}")
        with pytest.warns(
            sn.SheernetWarning,
            match=r"^data rows 3, 7 and 10 of data.csv are the sums of the rows above each",
        ):
            assert len(sn.read_table(path)) == 10

    def test_a_text_that_was_cut_off_is_refused(self, file: Any) -> None:
        with pytest.raises(sn.InvalidInput, match=r"line 4 of data\.csv has 1 value"):
            sn.read_table(file("name,F\nAnna,1\nBob,2\nMil\n"))

    @pytest.mark.parametrize("header", ["t,F", "\ufefft,F", "t,F,"])
    def test_a_repeated_header_is_refused(self, file: Any, header: str) -> None:
        end = "," if header.endswith(",") else ""
        rows = ROWS.replace("\n", f"{end}\n")
        with pytest.raises(sn.InvalidInput, match="repeats the names of its columns in line 5"):
            sn.read_table(file(f"t,F{end}\n{rows}{header}\n{rows}"))

    def test_the_names_of_a_second_table_are_refused(self, file: Any) -> None:
        """As in the log of a simulation that has a table for each measurement."""
        first, second = "step\tV\tFROM\tTO\n", "step\tI\tFROM\tTO\n"
        rows = "1\t0.5\t0\t1\n2\t0.6\t0\t1\n"
        expected = r"^line 4 of .* has the names of a second table \(step, I, FROM and TO\); save"
        with pytest.raises(sn.InvalidInput, match=expected):
            sn.read_table(file(first + rows + second + rows))

    def test_labels_that_are_names_too_are_labels(self, file: Any) -> None:
        text = "a,b,c\nx,y,1 kg\na,b,2 kg\n" + "x,b,3 kg\n" * 3
        assert len(sn.read_table(file(text))) == 5


class TestSeparatorsAtTheEnds:
    @pytest.mark.parametrize(
        "text",
        [
            "t,F\n0,1.5,\n1,2.5,\n2,3.5,\n",
            "t,F,\n0,1.5\n1,2.5\n2,3.5\n",
            "t,F,\n0,1.5,\n1,2.5,\n2,3.5,\n",
        ],
    )
    def test_are_no_columns(self, file: Any, text: str) -> None:
        assert columns(sn.read_table(file(text), header="auto")) == TIME_FORCE

    @pytest.mark.filterwarnings("ignore:line 3 of data.csv is read as the names")
    @pytest.mark.parametrize("n_empty", [0, 1, 2, 3])
    @pytest.mark.parametrize("separator", [";", "\t", ","])
    def test_a_title_that_a_spreadsheet_program_pads(
        self, file: Any, n_empty: int, separator: str
    ) -> None:
        """It writes all lines as wide as the sheet, whose last columns may be empty."""
        rows = [
            ["Report of May"],
            [],
            ["t", "unit", "F"],
            ["0", "A", "1.5"],
            ["1", "B", "2.5"],
            ["2", "A", "3.5"],
        ]
        lines = [separator.join((row + [""] * 6)[: 3 + n_empty]) for row in rows]
        table = sn.read_table(file("\r\n".join([*lines, ""])))
        assert table.columns[:3] == ("t", "unit", "F")
        assert table.frame["F"].tolist() == [1.5, 2.5, 3.5]
        assert table.frame.iloc[:, 3:].isna().all(axis=None)

    @Guess
    def test_several_tabs_for_alignment(self, file: Any) -> None:
        assert columns(sn.read_table(file("t\t\tF\n0\t\t1.5\n10\t2.5\n"))) == {
            "t": [0, 10],
            "F": [1.5, 2.5],
        }


class TestQuotationMarks:
    @pytest.mark.parametrize(
        "text",
        [
            'n,s\n1,"5 inch\n2,x\n3,6"\n4,y\n',
            'n,s\n1,"abc\n2,"def\n3,x\n',
            's,n\n"5 inch,1\nx,2\n6",3\ny,4\n'.replace('"5', 'a,1\n"5'),
            'n;s;m\n1;"a;2\n2;b;3\n3;c";4\n4;d;5\n',
            "n,s\n1,'5 inch\n2,x\n3,6'\n4,y\n",
        ],
    )  # fmt: skip
    def test_that_swallow_rows_are_refused(self, file: Any, text: str) -> None:
        quote = "'" if "'" in text else None
        with pytest.raises(sn.InvalidInput, match=r"a quotation mark in line \d .* quote='none'"):
            sn.read_table(file(text), quote=quote)
        assert len(sn.read_table(file(text), quote="none")) == text.count("\n") - 1

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ('n,s\n1,5" pipe\n2,x\n3,6" pipe\n', '5" pipe'),
            ('n,s\n1,"say ""a, b"""\n2,x\n', 'say "a, b"'),
            ("n,s\n1,it's\n2,x\n", "it's"),
            ('n,s\n1,a "b" c\n2,x\n', 'a "b" c'),
        ],
    )
    def test_inside_values_are_kept(self, file: Any, text: str, value: str) -> None:
        assert sn.read_table(file(text)).frame["s"].iloc[0] == value

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("'x';'y'\n'a';'1,5'\n'b';'2,5'\n", "a"),
            ("x,y\n'a',1.5\n'b',2.5\n", "a"),
            ("x\ty\n'a'\t1.5\n\t2.5\n'b'\t3.5\n", "a"),
            ("y,x\n1.5,'a'\n2.5,'b c'\n3.5,'d'\n", "a"),
            ("'x'|'y'\n'a b'|'1.5'\n''|'2.5'\n", "a b"),
        ],
    )
    def test_may_be_single(self, file: Any, text: str, value: str) -> None:
        with pytest.warns(
            sn.SheernetWarning, match="values in single quotation marks.* quote='none'"
        ):
            table = sn.read_table(file(text))
        assert table.frame["x"][0] == value
        assert table.frame["y"].dtype == "float64"

    def test_are_double_if_both_occur(self, file: Any) -> None:
        table = sn.read_table(file("\"x\",y\n'a',1.5\n'b',2.5\n"))
        assert table.frame.to_dict("list") == {"x": ["'a'", "'b'"], "y": [1.5, 2.5]}

    @pytest.mark.parametrize("cell", ["'tis", "d'", "'", "rock 'n' roll"])
    def test_apostrophes_in_text_are_kept(self, file: Any, cell: str) -> None:
        table = sn.read_table(file(f"x,y\n{cell},1.5\n{cell},2.5\n"))
        assert table.frame["x"].tolist() == [cell, cell]

    def test_apostrophes_are_advised(self, file: Any) -> None:
        path = file("n,s\n1,'a, b'\n2,x\n")
        with pytest.raises(sn.InvalidInput, match=r"or quote=\"'\"$"):
            sn.read_table(path)
        assert sn.read_table(path, quote="'").frame["s"].tolist() == ["a, b", "x"]

    @pytest.mark.parametrize(
        ("text", "n", "line"),
        [
            ('n,s,u\n1,x,y\n2,"a\nb","c\nd"\n3,"e\n\nf",g\n', 3, 3),
            ('n,s\n1,"a\nb"\n2,c\n3,d\n', 1, 2),
            ('n,s\r\n1,"a\r\nb"\r\n2,c\r\n3,d\r\n', 1, 2),
            ('n;s\n1;x\n2;"a\nb"\n3;"c\nd"\n', 2, 3),
            ('n\ts\n1\t"a\nb"\n2\tc\n3\td\n', 1, 2),
            ('# rig 7\nn,s\n1,"a\nb"\n2,c\n3,d\n', 1, 3),
            ('n,s\n1,x\n2,y\n3,"a\nb"', 1, 4),
        ],
    )
    def test_line_breaks_are_counted(self, file: Any, text: str, n: int, line: int) -> None:
        found = "1 value of data.csv contains a line break, in line" if n == 1 else (
            f"{n} values of data.csv contain line breaks, the first in line"
        )  # fmt: skip
        with pytest.warns(sn.SheernetWarning, match=f"{found} {line}"):
            table = sn.read_table(file(text))
        assert table.frame["n"].tolist() == [1, 2, 3]


class TestSingleColumns:
    @pytest.mark.parametrize(
        "text", ['"x"\n1,5\n2,25\n', "x\n1,5\n2,25\n", "x\n1,5\n2,25\n3\nNA\n"]
    )
    def test_of_decimal_commas(self, file: Any, text: str) -> None:
        with pytest.warns(
            sn.SheernetWarning, match="a single column of numbers with decimal commas"
        ):
            table = sn.read_table(file(text))
        assert table.frame["x"].tolist()[:2] == [1.5, 2.25]
        assert "decimal commas" in table.reading

    @pytest.mark.parametrize(
        "text",
        [
            '"";"x"\n"1";1,5\n"2";2,5\n',
            '"x"\n"1" 1.5\n"2" 2.5\n',
            '"x"\n"1" 1,5\n"2" 2,5\n',
            '"x"\n"1",1.5\n"2",2.5\n',
        ],
    )
    def test_with_row_names(self, file: Any, text: str) -> None:
        assert columns(sn.read_table(file(text))) == {"row": [1, 2], "x": [1.5, 2.5]}


class TestDecimalCommasWithoutAName:
    @Guess
    @pytest.mark.parametrize(
        "lines",
        [
            ["1,5", "2,25", "3,125"],
            ["-1,5", "0,25", ",5"],
            ["1,5"] * 4,
            ["2,50", "1,05"],
            ["1,1", "2,2"],
        ],
    )
    def test_are_asked_for(self, file: Any, lines: list[str]) -> None:
        path = file("\n".join(lines) + "\n")
        with pytest.warns(
            sn.SheernetWarning, match=r"two columns .* give decimal=','; otherwise separator"
        ):
            sn.read_table(path)
        table = sn.read_table(path, header="none", decimal=",")
        assert table.frame["column_1"].tolist() == [float(line.replace(",", ".")) for line in lines]
        assert sn.read_table(path, header="none", separator=",").columns == ("column_1", "column_2")


class TestTotals:
    @pytest.mark.parametrize(
        "word", ["Mittelwert", "Total:", "Durchschnitt", "median", "StDev", "Max"]
    )
    def test_a_last_row_with_a_value_for_each_column_is_said(self, file: Any, word: str) -> None:
        with pytest.warns(sn.SheernetWarning, match="the last row of .* is read as a row"):
            sn.read_table(file(f"x;y\n1,5;2,5\n2,5;3,5\n{word};2,0\n"))

    def test_last_rows_of_statistics_without_a_word_are_said(self, file: Any) -> None:
        rows = np.random.default_rng(0).normal(size=(30, 3)).round(3)
        rows = np.vstack([rows, rows.mean(0), rows.std(0, ddof=1)])
        text = "\n".join(",".join(map(repr, row)) for row in rows.tolist())
        expected = (
            "data rows 31 and 32 of .* are the mean and the standard deviation of the "
            "others and are read as rows; delete them if they summarize them"
        )
        with pytest.warns(sn.SheernetWarning, match=expected):
            assert len(sn.read_table(file(f"x,y,z\n{text}\n"))) == 32

    def test_sums_of_few_rows_are_said_if_only_they_have_no_label(self, file: Any) -> None:
        text = "g;x\na;1,5\nb;2,5\n{};4,0\nc;3,5\nd;2,0\n{};5,5\n"
        with pytest.warns(sn.SheernetWarning, match="^data rows 3 and 6 of .* are the sums of"):
            assert len(sn.read_table(file(text.format("", "")))) == 6
        for labels in (("e", "f"), ("e", "")):
            assert len(sn.read_table(file(text.format(*labels)))) == 6

    def test_a_group_of_that_name_is_a_group(self, file: Any) -> None:
        assert len(sn.read_table(file("x;y\nmax;2,5\nmin;3,5\nmax;2,0\n"))) == 3


class TestLinesOfOtherSystems:
    @pytest.mark.parametrize(
        "content",
        [
            "t,F\r0,1.5\r1,2.5\r2,3.5\r",
            "t,F\r\n0,1.5\n1,2.5\r2,3.5\n",
            "t,F\r\n0,1.5\r\n1,2.5\r\n2,3.5\r\n\x1a",
            "t,F\r\n0,1.5\r\n1,2.5\r\n2,3.5\x1a\x1a",
            "t,F\n0,1.5\n\f1,2.5\n2,3.5\n\f",
            "\n\n  \nt,F\n0,1.5\n1,2.5\n2,3.5\n",
        ],
    )
    def test_are_read(self, file: Any, content: str) -> None:
        assert columns(sn.read_table(file(content))) == TIME_FORCE


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"skip": -1}, "skip must be a number of lines, at least 0, but -1"),
            ({"skip": True}, "skip must be"),
            ({"skip": 9}, "no line below the 9 lines that skip=9 leaves out"),
            ({"header": "no"}, "header 'no'"),
            ({"units": "some"}, "units 'some'"),
            ({"comment": " "}, "comment must be one or more prefixes"),
            ({"quote": "ab"}, "quote must be a mark"),
        ],
    )
    def test_are_checked(self, file: Any, options: dict[str, Any], message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.read_table(file("t,F\n" + ROWS), **options)

    def test_skip_and_comments_if_samples_are_columns(self, file: Any) -> None:
        path = file("Rig\n# a\nt,0,1,2\nF,1.5,2.5,3.5\n")
        assert columns(sn.read_table(path, samples="columns", skip=1)) == TIME_FORCE

    def test_a_plain_file_gives_no_warning(self, file: Any) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            table = sn.read_table(file("t,F\n" + ROWS))
        assert table.reading == "CSV with commas and decimal points, UTF-8"


class TestCommentsBetweenRows:
    """Comments between the rows may begin another block, whose rows would be appended without a word."""

    BLOCKS = "# title A\nx,y\n1,2\n2,3\n# end\n# title B\n1,4\n2,6\n# end\n"

    def test_are_told(self, file: Any) -> None:
        with pytest.warns(
            sn.SheernetWarning,
            match="2 comments between its rows, the first of them in line 5; if they",
        ):
            assert len(sn.read_table(file(self.BLOCKS))) == 4

    def test_of_one_line(self, file: Any) -> None:
        with pytest.warns(
            sn.SheernetWarning,
            match="1 comment between its rows in line 5; if it begins another table",
        ):
            assert len(sn.read_table(file("# a\nx,y\n1,2\n3,4\n# b\n1,5\n"))) == 3

    @pytest.mark.parametrize("next_rows", ["4,4\n5,1\n", "1,4\n5,1\n0,2\n"])
    def test_are_not_where_the_first_numbers_go_on_or_have_no_direction(
        self, file: Any, next_rows: str
    ) -> None:
        assert len(sn.read_table(file("# a\nx,y\n1,2\n3,4\n# b\n" + next_rows))) >= 4

    @pytest.mark.parametrize(
        "text", ["# title A\nx,y\n1,2\n2,3\n# end\n", "# a\nx,y\n# mm,s\n1,2\n2,3\n"]
    )
    def test_above_and_below_the_rows_are_not(self, file: Any, text: str) -> None:
        assert len(sn.read_table(file(text))) == 2

    def test_are_not_told_if_they_are_given(self, file: Any) -> None:
        assert len(sn.read_table(file(self.BLOCKS), comment="#")) == 4


NUMBERS = "-4.046\n1.5\n-4.646\n3.059\n4.935\n"


@pytest.mark.filterwarnings("ignore:column 'y' of .* is read as text")
@pytest.mark.parametrize(
    "first",
    ["5 mm", "$5", "12 %", "5mm", "EUR 12", "1e5 V", "5 min", "5 h 30", "(12)", "($5)", "12-"],
)
def test_a_quantity_below_a_single_name_is_a_row(file: Any, first: str) -> None:
    table = sn.read_table(file(f"y\n{first}\n{NUMBERS}"))
    assert (table.columns, len(table)) == (("y",), 6)


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("(12)", "{}"),
        ("(12.50)", "{}.25"),
        ("(1,234.50)", "1,00{}.25"),
        ("($12.50)", "${}.25"),
        ("(12 %)", "{} %"),
    ],
)
@pytest.mark.parametrize("n_columns", [1, 3])
def test_negative_numbers_of_accountants_are_no_units(
    tmp_path: Any, first: str, other: str, n_columns: int
) -> None:
    rows = [["a", "b", "c"], [first] * 3, *([other.format(i)] * 3 for i in range(2, 8))]
    text = "".join(";".join(row[:n_columns]) + "\n" for row in rows)
    (tmp_path / "x.csv").write_text(text)
    table = sn.read_table(tmp_path / "x.csv", separator=";")
    assert len(table) == 7
    assert table.kind("a") == "number"
    assert table.frame["a"].iloc[0] < 0


@pytest.mark.parametrize("unit", ["(1)", "(mm)", "[1]", "(%)", "(10^3 m)"])
def test_units_in_brackets_stay_units(file: Any, unit: str) -> None:
    table = sn.read_table(file(f"a,b\n{unit},{unit}\n1.5,2\n2.5,3\n3.5,5\n"))
    assert len(table) == 3


@pytest.mark.parametrize("is_sheet", [False, True])
def test_numbers_are_not_left_out_as_units(tmp_path: Any, is_sheet: bool) -> None:
    """A model whose file has a row of units, and a file without one."""
    units = tmp_path / "units.csv"
    units.write_text("speed,state,torque\n1/min,,Nm\n2100,ok,40\n2200,ok,41\n")
    like = sn.read_table(units, units="yes").read_as
    frame = pd.DataFrame({"speed": [2000, 2100], "state": ["ok", "ok"], "torque": [40, 41]})
    path = tmp_path / ("new.xlsx" if is_sheet else "new.csv")
    if is_sheet:
        frame.to_excel(path, index=False)
    else:
        frame.to_csv(path, index=False)
    with pytest.raises(
        sn.InvalidInput,
        match=r"2 of its 3 cells are numbers or dates, such as 2000; .*units='none'",
    ):
        sn.read_table(path, like=like, units="yes")
    with pytest.warns(
        sn.SheernetWarning, match="has no row of units, unlike the file of the model"
    ):
        assert sn.read_table(path, like=like).frame["speed"].tolist() == [2000, 2100]
    assert sn.read_table(path, like=like, units="none").frame["speed"].tolist() == [2000, 2100]


def test_a_row_of_units_that_is_not_recognized_is_answered_with_the_option(tmp_path: Any) -> None:
    path = tmp_path / "units.csv"
    rows = "".join(f"{20 + i},{i % 7},{'ok' if i % 2 else 'no'},{i * i % 11}.5\n" for i in range(9))
    path.write_text(f"speed,torque,state,y\nfurlong,stone,,hogshead\n{rows}")
    table = sn.read_table(path, header="yes")
    with pytest.raises(
        sn.InvalidInput, match=r"if data row 1 holds units, give units='yes'; otherwise"
    ):
        sn.fit(table, "y", missing="drop")


def test_a_row_of_units_above_other_texts_is_answered_with_the_option(tmp_path: Any) -> None:
    path = tmp_path / "units.csv"
    rows = "".join(f"{20 + i},{'OVR' if i in (3, 5) else i % 7},{i * i % 11}.5\n" for i in range(9))
    path.write_text(f"speed,torque,y\nfurlong,stone,hogshead\n{rows}")
    table = sn.read_table(path, header="yes")
    match = r"give units='yes'; otherwise correct it, declare the other texts .*, missing_values=\['OVR'\]\)"
    with pytest.raises(sn.InvalidInput, match=match):
        sn.fit(table, "y")
    path.write_text(f"speed,torque,y\nfurlong,stone,hogshead\n{rows.replace('OVR', '0')}")
    with pytest.raises(
        sn.InvalidInput, match="units='yes'; otherwise correct it, leave the columns"
    ):
        sn.fit(sn.read_table(path, header="yes"), "y")


@pytest.mark.parametrize(
    ("first", "later", "is_told"),
    [
        ("furlong,stone,1,2", "", True),
        ("furlong,stone,1,2", "a", True),
        ("furlong,stone,1,2", "cd", False),
        ("V,A,1,2", "cd", True),
        ("mm,1,2,3", "", True),
        ("stone,1,2,3", "", False),
        ("mm,1,2,3", "a", False),
        ("mm,1,2,3", "d", False),
    ],
)
def test_texts_of_a_first_row_that_may_be_units(
    tmp_path: Any, first: str, later: str, is_told: bool
) -> None:
    frame = pd.DataFrame({name: list(map(str, range(20))) for name in "abcd"})
    for name in later:
        frame.loc[[9, 11], name] = "OVR"
    path = tmp_path / "units.csv"
    path.write_text(f"a,b,c,d,y\n{first},5\n" + frame.assign(y=7).to_csv(index=False, header=False))
    with pytest.raises(sn.InvalidInput) as found:
        sn.fit(sn.read_table(path, header="yes"), "y")
    assert ("units='yes'" in str(found.value)) == is_told


@pytest.mark.parametrize("is_sheet", [False, True])
@pytest.mark.parametrize("given", ["auto", "yes"])
def test_descriptions_between_names_and_units_are_left_out(
    tmp_path: Any, given: str, is_sheet: bool
) -> None:
    """As INCA and MDA of ETAS write them in text files."""
    above = [
        ["Name", "time", "ped", "n"],
        ["Description", "", "pedal", ""],
        ["Unit", "s", "%", "rpm"],
    ]
    rows = [["", f"{0.05 * i:.2f}", str(90 + i), str(2500 - i)] for i in range(9)]
    path = tmp_path / ("etas.xlsx" if is_sheet else "etas.dat")
    if is_sheet:
        filled = [[float(cell) if cell else None for cell in row] for row in rows]
        pd.DataFrame([*above, *filled]).to_excel(path, header=False, index=False)
    else:
        path.write_text("\n".join("\t".join(row) for row in [*above, *rows]) + "\n")
    with pytest.warns(sn.SheernetWarning) as told:
        table = sn.read_table(path, units=given)
    messages = [str(warning.message) for warning in told]
    assert any("the next row holds units: Description, -, pedal" in each for each in messages)
    is_guess = any("the second row below the names of" in each for each in messages)
    assert is_guess == (given == "auto")
    assert table.frame["ped"].tolist() == [*range(90, 99)]
    assert dict(table.read_as.column_units) == {"time": "s", "ped": "%", "n": "rpm"}


def test_full_rows_of_text_above_units_are_not_told_apart(tmp_path: Any) -> None:
    path = tmp_path / "two.csv"
    path.write_text("run,who,day\nx,y,x\ns,V,A\n" + "1.5,2.5,3.5\n" * 5)
    with pytest.raises(sn.InvalidInput, match="header='yes'"):
        sn.read_table(path)


@pytest.mark.parametrize("unit", ["Nm", "kNm", "kVA", "mWs", "U/min"])
def test_products_without_a_point_are_units(tmp_path: Any, unit: str) -> None:
    path = tmp_path / "units.csv"
    path.write_text(f"speed,state,torque\n1/min,,{unit}\n2100,ok,40\n2200,no,41\n")
    with pytest.warns(sn.SheernetWarning, match="is read as units"):
        assert sn.read_table(path).frame["torque"].tolist() == [40, 41]


@pytest.mark.parametrize("dash", ["-", "\u2013", "\u2014"])
def test_a_dash_is_no_unit_of_a_column(tmp_path: Any, dash: str) -> None:
    path = tmp_path / "units.csv"
    path.write_text(
        f"speed,shifts,torque\n1/min,{dash},Nm\n2100,1,40\n2200,2,41\n", encoding="utf-8"
    )
    with pytest.warns(sn.SheernetWarning, match="is read as units"):
        assert sn.read_table(path).frame["shifts"].tolist() == [1, 2]


class TestLinesDrawnBelowNames:
    """As sqlcmd and disp of MATLAB write them; rows of dashes are kept."""

    @pytest.mark.parametrize(
        "text",
        [
            "t     F\n----- ---\n0 1.5\n1 2.5\n2 3.5\n",
            "    t      F \n    __    ___\n\n    0     1.5\n    1     2.5\n    2     3.5\n",
            "t,F\n---,---\n0,1.5\n1,2.5\n2,3.5\n",
            "t\tF\n=======\n0\t1.5\n1\t2.5\n2\t3.5\n",
        ],
    )
    def test_are_left_out(self, file: Any, text: str) -> None:
        table = sn.read_table(file(text))
        assert columns(table) == TIME_FORCE
        assert table.reading.endswith("; a line drawn below the names")
        assert columns(sn.read_table(file(text), like=table.read_as)) == TIME_FORCE

    @Guess
    def test_below_units(self, file: Any) -> None:
        assert columns(sn.read_table(file("t,F\ns,N\n---,---\n" + ROWS))) == TIME_FORCE

    @Guess
    @pytest.mark.parametrize(
        ("text", "n"),
        [
            ("grade\n---\n+++\n---\n", 3),
            ("a,b\n1,2\n---,---\n3,4\n", 3),
            ("a,b\n---,1\n2,3\n4,5\n", 3),
            ("a,b\n-,-\n2,3\n4,5\n", 3),
            ("a,b\n1,2\n3,4\n---,---\n", 3),
        ],
    )
    def test_rows_of_dashes_are_kept(self, file: Any, text: str, n: int) -> None:
        assert len(sn.read_table(file(text))) == n


class TestTextThatMayBeUnits:
    def test_is_data_if_the_next_row_repeats_it(self, file: Any) -> None:
        path = file("label\n" + "m\n" * 4 + "7\n" * 4)
        assert sn.read_table(path, header="yes").frame["label"].tolist() == ["m"] * 4 + ["7"] * 4

    def test_is_a_unit_if_the_next_row_has_a_mark_of_missing_values_below(self, file: Any) -> None:
        path = file("t,u\ns,-\n1,-\n2,4\n3,5\n")
        with pytest.warns(sn.SheernetWarning, match="is read as units"):
            assert sn.read_table(path).frame["t"].tolist() == [1, 2, 3]

    def test_is_data_if_a_number_beside_it_is_above_text(self, file: Any) -> None:
        path = file("share,plot\n%,7\n12,north\n15,south\n")
        table = sn.read_table(path, header="yes")
        assert columns(table) == {"share": ["%", "12", "15"], "plot": ["7", "north", "south"]}


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
