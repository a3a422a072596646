"""What the text of a column means: numbers with marks and units, codes, labels."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.data.formats import CellFormat, FormatMismatch, Marks, find_format

MARKS = [(".", ""), (",", ""), (".", ","), (",", "."), (".", "'"), (",", " "), (".", " ")]


UNITS = [("", ""), ("$", ""), ("EUR ", ""), ("", " €"), ("", " %"), ("", "mm"), ("", " m/s²")]


def written(value: float, decimal: str, thousands: str, unit: tuple[str, str]) -> str:
    text = f"{abs(value):,.2f}".translate({ord(","): thousands, ord("."): decimal})
    return f"{'-' if value < 0 else ''}{unit[0]}{text}{unit[1]}"


@given(
    st.lists(st.integers(-(10**9), 10**9).map(lambda n: n / 100), min_size=1, max_size=8),
    st.sampled_from(MARKS),
    st.sampled_from(UNITS),
)
def test_numbers_are_read_as_they_are_written(
    values: list[float], marks: tuple[str, str], unit: tuple[str, str]
) -> None:
    texts = [written(value, *marks, unit) for value in values]
    form = find_format(texts).format
    assert form.kind == "number"
    assert form.convert(texts).tolist() == values
    for text, value in zip(texts, values, strict=True):
        assert form.convert([text]).tolist() == [value]


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1,499", "12.5"], [1499, 12.5]),
        (["2'700.0", "3"], [2700, 3]),
        (["1,68,593.50", "45,000"], [168593.5, 45000]),
        (["1,68,593", "45,000"], [168593, 45000]),
        (["₹1,68,593", "₹12,34,56,789", "₹950"], [168593, 123456789, 950]),
        (["2’700.0", "3"], [2700, 3]),
        (["$12", "-$3.50"], [12, -3.5]),
        (["38 %", "7%"], [38, 7]),
        (["5.21 mm", "0.3 mm"], [5.21, 0.3]),
        (["1\u00a0234,5", "2\u202f345\u2009678,0", "3"], [1234.5, 2345678, 3]),
        (["1\u00a0234,5", "2\u00a0345\u00a0678,0"], [1234.5, 2345678]),
        (["1\u2007234.5", "2\u2007345\u2007678.0"], [1234.5, 2345678]),
        (["1\u2009234,5", "2\u2009345\u2009678,0"], [1234.5, 2345678]),
        (["1\u202f234.5 m", "2\u202f345\u202f678.0 m"], [1234.5, 2345678]),
        (["1.234,56 €", "7 €"], [1234.56, 7]),
        (["EUR 12", "EUR 1.5"], [12, 1.5]),
        (["(12.50)", "3.25"], [-12.5, 3.25]),
        ([" $11,103.06 ", " $(6,001.71)", " $-   ", " $ (2.50)"], [11103.06, -6001.71, 0, -2.5]),
        (["1.234,50 €", "-7,00 €", " -   € ", "0,50 €"], [1234.5, -7, 0, 0.5]),
        (["1\u202f234,50 EUR", "- EUR", "3,25 EUR"], [1234.5, 0, 3.25]),
        (["\u2212 3.5", "4"], [-3.5, 4]),
        (["1e5 Hz", "2.5e-3 Hz"], [1e5, 2.5e-3]),
        (["1.5D+02", "-3.25d-01", "2e1", "7"], [150, -0.325, 20, 7]),  # as Fortran writes them
        (["1,234.5D+02", "-2.5D-01"], [123450, -0.25]),
        (["US$5", "US$1,000,000"], [5, 1e6]),
        (["20 °C", "21.5 °C"], [20, 21.5]),
        (["1.234,50-", "17,00"], [-1234.5, 17]),
        (["12.50-", "3"], [-12.5, 3]),
        (["1'250.--", "980.-", "2'300.50"], [1250, 980, 2300.5]),
        (["Fr. 1'250.-", "Fr. 90.–"], [1250, 90]),
        (["12,- €", "3,50 €"], [12, 3.5]),
        (["24.666,-", "1.914,--"], [24666, 1914]),
        (["24,666.- €", "14,914.— €"], [24666, 14914]),
        (["1,2·10^5", "3 × 10^-2", "4*10^(+3)"], [1.2e5, 0.03, 4e3]),
        (["1.2 x 10^5", "3 X 10^4", "2x10^3"], [1.2e5, 3e4, 2e3]),
        (["1,2·10⁻³ m²", "3 × 10⁴ m²"], [1.2e-3, 3e4]),
        (["–5,2", "3,1"], [-5.2, 3.1]),
        (["12,50- EUR", "3,00 EUR"], [-12.5, 3]),
        (["2_700.0", "750.5"], [2700, 750.5]),
        (["2_700,25", "1_000_000,5"], [2700.25, 1000000.5]),
    ],
)
def test_examples(texts: list[str], values: list[float]) -> None:
    assert find_format(texts).format.convert(texts).tolist() == values


@pytest.mark.parametrize(
    "texts",
    [
        ["192.168.100.101", "10.168.100.102"],
        ["10.0.0.1", "10.0.0.22"],
        ["1.2.3", "1.10.0"],
        ["100.100.100.100", "200.200.200.200"],
        ["8.8.8.8", "127.0.0.1"],
        ["192.168.100.101/24", "10.168.100.0/24"],
        ["192.168.100.101:8080", "192.168.100.102:8080"],
        ["+491701234567", "+491701234568"],
        ["555 123 456", "555 123 457"],
        ["030 123456", "030 654321"],
        ["(555) 123-4567", "(555) 123-4568"],
        ["12.03.2026 x", "13.03.2026 x"],
        ["5 pm", "6 pm"],
        ["3D1", "4D2"],
        ["0x1F"],
        ["0b10"],
        ["3 x 10", "4 x 12"],
        ["3 x 10", "4 x 10"],
        ["3x10 mm", "2.5x10 mm"],
        ["2 X 20"],
        ["2.5 x 106", "3.1 x 106"],
        ["Q1", "Q2"],
        ["12A", "12B"],
        ["1-", "2", "2-"],
        ["18-", "65-"],
        ["1. White", "2. Black"],
        ["-12.50-", "3.00"],
        ["(12.50-)", "3.00"],
        ["2_700.0", "1_2.5"],
        ["0-9", "10-19"],
        ["<5", "7"],
        ["5'10\"", "6'1\""],
    ],
)
def test_other_text_stays_text(texts: list[str]) -> None:
    assert find_format(texts).format.kind == "text"
    assert find_format(texts, Marks(likely=",")).format.kind == "text"


@pytest.mark.parametrize(
    ("texts", "doubt"),
    [
        (["1,234", "5,678"], "marks"),
        (["1.234 €", "5.678 €"], "marks"),
        (["5.0 mm", "0.6 cm"], "units"),
        (["$5", "€6"], "units"),
        (["38 %", "0.38"], "units"),
        (["007", "12"], "codes"),
        (["12_345", "67_890"], "groups"),
        (["555 123 456", "555 123 457"], "groups"),
        (["9007199254740992", "9007199254740993"], "identifiers"),
        (["12 monkeys 2000", "9 lives 1999"], ""),
    ],
)
def test_doubtful_numbers_stay_text_and_the_doubt_is_named(texts: list[str], doubt: str) -> None:
    finding = find_format(texts)
    assert (finding.format.kind, finding.doubt) == ("text", doubt)
    assert finding.cells


@pytest.mark.parametrize(
    "text", ["22-", "8.500,0,1", "8'500", "8,5 $", "x", "5 €", "8.50", "1.2345", "--3"]
)
def test_a_cell_of_another_format_is_refused(text: str) -> None:
    form = CellFormat("number", decimal=",", thousands=".")
    with pytest.raises(FormatMismatch) as caught:
        form.convert(["8,5", "8.500", text])
    assert caught.value.position == 2


@pytest.mark.parametrize("given", ["x", 5, {}, True, CellFormat("text")])
def test_like_of_another_kind_is_refused(given: Any) -> None:
    with pytest.raises(sn.InvalidInput, match="like must be the reading of a model"):
        sn.read_table({"x": [1.0]}, like=given)


@pytest.mark.parametrize(
    ("decimal", "thousands", "values"), [(None, ",", [1234, 5678]), (",", None, [1.234, 5.678])]
)
def test_settings_decide(
    tmp_path: Path, decimal: str | None, thousands: str | None, values: list[float]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n"1,234",x\n"5,678",y\n')
    table = sn.read_table(path, decimal=decimal, thousands=thousands)
    assert table.frame["a"].tolist() == values


@pytest.mark.parametrize(
    ("true", "false"),
    [("WAHR", "FALSCH"), ("VRAI", "FAUX"), ("verdadero", "falso"), ("VERO", "FALSO"), ("Verdadeiro", "Falso"),
     ("WAAR", "ONWAAR")],
)  # fmt: skip
def test_boolean_values_of_spreadsheet_programs(tmp_path: Path, true: str, false: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"open;x;y\n{true};1;\n{false};2;{false}\n{true};3;{true}\n")
    table = sn.read_table(path)
    assert (table.kind("open"), table.kind("y")) == ("boolean", "boolean")
    assert table.frame["open"].tolist() == [True, False, True]
    assert table.frame["y"].tolist()[1:] == [False, True]
    for words in ("true;1;\nfalse;2;false\n", f"{false};1;\n{false};2;{true}\n"):
        (tmp_path / "u.csv").write_text(f"open;x;y\n{words}")
        assert sn.read_table(tmp_path / "u.csv", like=table.read_as).kind("open") == "boolean"
    path.write_text(f"open;x\n{true};1\nmaybe;2\n")
    assert sn.read_table(path).kind("open") == "category"


@pytest.mark.parametrize("given", ["x", ";", 5, True, ""])
def test_thousands_of_another_kind_are_refused(given: Any) -> None:
    with pytest.raises(sn.InvalidInput, match="thousands must be"):
        sn.read_table("none.csv", thousands=given)


def test_decimal_and_thousands_must_differ() -> None:
    with pytest.raises(sn.InvalidInput, match="decimal and thousands must differ"):
        sn.read_table("none.csv", decimal=",", thousands=",")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (
            ["1764115200123456789", "1764115300123456789"],
            [1764115200123456789, 1764115300123456789],
        ),
        (["1000000000000001", "3"], [1000000000000001, 3]),
        (["-1234567890123456", "3"], [-1234567890123456, 3]),
        (["9007199254740992", ""], [9007199254740992, None]),
        (["123456789012345678901", "1"], [123456789012345678901, 1]),
    ],
)
def test_long_whole_numbers_are_numbers(
    tmp_path: Path, cells: list[str], values: list[Any]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{cell},x\n" for cell in cells))
    table = sn.read_table(path)
    assert table.kind("a") == "number"
    expected = [np.nan if value is None else float(value) for value in values]
    np.testing.assert_array_equal(table.frame["a"].astype(float), expected)


@pytest.mark.parametrize(
    "cells",
    [
        ["9007199254740993", "9007199254740992"],
        ["9007199254740993", "9007199254740992", ""],
        ["1764115200123456789", "1764115200123456790", ""],
        ["-9007199254740993", "-9007199254740992"],
        ["12345678901234567890123", "12345678901234567890124"],
    ],
)
def test_long_numbers_that_float64_makes_equal_are_text(tmp_path: Path, cells: list[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{cell},x\n" for cell in cells))
    table = sn.read_table(path)
    assert table.frame["a"].dropna().tolist() == [cell for cell in cells if cell]


def test_identifiers_beside_missing_values_do_not_collide() -> None:
    table = sn.read_table({"id": [2**53, 2**53 + 1, None]})
    assert table.frame["id"].dropna().tolist() == [str(2**53), str(2**53 + 1)]


@pytest.mark.parametrize(
    "cells",
    [
        ["+491701234567", "+491701234568"],
        ["+491701234567", "+4930123456"],
        ["+15551234567", "+15551234568"],
        ["0049170123", "0049170124"],
        ["555 123 456", "555 123 457"],
    ],
)
def test_telephone_numbers_of_a_file_are_text(tmp_path: Path, cells: list[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a;b\n" + "".join(f"{cell};x\n" for cell in cells))
    with warnings.catch_warnings(action="ignore", category=sn.SheernetWarning):
        assert sn.read_table(path).frame["a"].tolist() == cells


@pytest.mark.parametrize("mark", [",", "."])
def test_mixed_columns_keep_their_labels_as_written(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "t.csv"
    cells = [f"1{mark}50", f"2{mark}75", "high", f"1{mark}0"]
    path.write_text("a;b\n" + "".join(f"{cell};x\n" for cell in cells))
    table = sn.read_table(path)
    assert table.frame["a"].tolist() == cells
    assert table.kind("a") == "mixed"


@pytest.mark.parametrize(
    "cells",
    [
        ["5.0 mm", "7.10 mm", "long"], ["38 %", "7.0 %", "most"], ["$5.00", "$1,000.50", "free"],
        ["1.5e3", "2.0", "high"], ["+5.0", "6.00", "high"], ["1 234,50", "2 345,0", "viel"],
    ],
)  # fmt: skip
def test_mixed_columns_with_signs_and_units_keep_their_labels(
    tmp_path: Path, cells: list[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a;b\n" + "".join(f"{cell};x\n" for cell in cells * 2))
    with warnings.catch_warnings(action="ignore", category=sn.SheernetWarning):
        assert sn.read_table(path).frame["a"].tolist() == cells * 2


class TestLongNumbers:
    """Python refuses to convert more than 4300 digits to int; a number of the table may have as many as it likes."""

    @pytest.mark.parametrize("digits", ["1" * 5000, "9" * 308, "0" * 5000, "1" + ".111" * 2000])
    def test_give_no_traceback(self, tmp_path: Path, digits: str) -> None:
        path = tmp_path / "table.csv"
        path.write_text(f"x;y\n{digits};1\n{digits[:-1]}2;2\n")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sn.SheernetWarning)
            found = sn.read_table(path).frame["x"].tolist()
        assert found[0] in (digits, float(digits.replace(".", "")))

    def test_beyond_float64_beside_missing_ones(self, tmp_path: Path) -> None:
        path = tmp_path / "table.csv"
        path.write_text(f"x;y\n{'9' * 400};1\n;2\n3;4\n")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sn.SheernetWarning)
            assert len(sn.read_table(path)) == 3


class TestSeveralNotations:
    """Numbers of which each can be read, but not all in one way, are text, and the doubt names two cells."""

    def test_are_told(self, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        path.write_text("dose;resp\n0;1,2\n1;3,1\n2;11.3\n")
        with pytest.warns(
            sn.SheernetWarning, match=r"'resp' .* several notations \('1,2' and '11.3'\)"
        ):
            assert sn.read_table(path).kind("resp") == "category"

    @pytest.mark.parametrize(
        ("cells", "shown"),
        [
            (["1,2", "3,1", "11.3"], ("1,2", "11.3")),
            (["11.3", "1,2"], ("11.3", "1,2")),
            (["1", "2", "0.5", "0,7"], ("0.5", "0,7")),
            (["1.234,5", "1,234.5"], ("1.234,5", "1,234.5")),
            (["1.5 kg", "2,75 kg"], ("1.5 kg", "2,75 kg")),
            (["-1,25", "3.75", "(2)"], ("-1,25", "3.75")),
        ],
    )
    def test_are_a_doubt(self, cells: list[str], shown: tuple[str, str]) -> None:
        finding = find_format(cells)
        assert (finding.format.kind, finding.doubt, finding.cells) == ("text", "notations", shown)

    @pytest.mark.parametrize(
        "cells",
        [["1.2", "1.2.3"], ["1,2", "1,2,3"], ["10.1.1.255", "1,5"], ["1.2", "a"], ["x1.2", "y1,2"]],
    )
    def test_other_text_is_none(self, cells: list[str]) -> None:
        assert find_format(cells).doubt != "notations"


class TestThousandsShownByOtherColumns:
    """A point or comma that can only separate thousands (1,234,567; 1,234.5) decides the columns of one group."""

    @pytest.mark.parametrize("sure", ["1{0}234{0}567", "1{0}234{1}5"])
    @pytest.mark.parametrize(
        ("separator", "thousands", "decimal"), [(",", ",", "."), (";", ",", "."), (";", ".", ",")]
    )
    def test_decide_text_files(
        self, tmp_path: Path, sure: str, separator: str, thousands: str, decimal: str
    ) -> None:
        first = sure.format(thousands, decimal)
        path = tmp_path / "t.csv"
        rows = [("a", "b"), (first, f"9{thousands}682"), (first, f"18{thousands}123")]
        path.write_text("".join(f'"{a}"{separator}"{b}"\n' for a, b in rows))
        with warnings.catch_warnings(action="ignore", category=sn.SheernetWarning):
            assert sn.read_table(path).frame["b"].tolist() == [9682, 18123]

    def test_decide_data_frames(self) -> None:
        table = sn.read_table({"a": ["1,234,567", "999"], "b": ["9,682", "8,123"]})
        assert table.frame["b"].tolist() == [9682, 8123]

    def test_of_both_marks_decide_nothing(self) -> None:
        columns = {"a": ["1,234,567", "9"], "b": ["1.234.567", "9"], "c": ["9,682", "8,123"]}
        with pytest.warns(sn.SheernetWarning, match="'c' .* may be a decimal mark"):
            assert sn.read_table(columns).kind("c") == "category"

    def test_of_whole_numbers_decide_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        path.write_text("a;b\n1234567;9,682\n999;8,123\n")
        assert sn.read_table(path).frame["b"].tolist() == [9.682, 8.123]


@pytest.mark.parametrize(
    ("cells", "mark", "values"),
    [
        (["12_345", "67_890"], "_", [12345, 67890]),
        (["555 123 456", "555 123 457"], " ", [555123456, 555123457]),
    ],
)
def test_the_setting_that_the_warning_of_groups_names_reads_the_numbers(
    tmp_path: Path, cells: list[str], mark: str, values: list[int]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f'"{cell}",1\n' for cell in cells))
    with pytest.warns(sn.SheernetWarning, match=f"'{cells[0]}' may be .*thousands='{mark}'"):
        assert sn.read_table(path).frame["a"].tolist() == cells
    table = sn.read_table(path, thousands=mark)
    assert table.frame["a"].tolist() == values
    alone = sn.read_table({"a": cells[:1]}, like=table.read_as)
    assert alone.frame["a"].tolist() == values[:1]


def test_numbers_with_other_marks_than_the_given_ones_are_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a;b\n1.914;87\u00a0929\n2.963;12\u00a0294\n", encoding="utf-8")
    with pytest.warns(sn.SheernetWarning, match="'b' of t.csv .* '87 929' is not .*thousands='.'"):
        assert sn.read_table(path, thousands=".").kind("b") == "category"
    table = sn.read_table(path, decimal=",")
    assert table.frame.to_numpy().tolist() == [[1914, 87929], [2963, 12294]]
