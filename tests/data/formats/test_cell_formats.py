"""What the text of a column means: numbers with marks and units, codes, labels."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn


def test_a_minus_sign_behind_numbers_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n22-,(5)\n3,18\n")
    table = sn.read_table(path)
    assert table.frame.to_numpy().tolist() == [[-22, -5], [3, 18]]
    assert "'a' has numbers such as '1234.5', of which 22- is -22; 'b' has" in table.reading
    assert table.reading.endswith("numbers such as '1234.5', of which (22) is -22")


def test_text_beside_numbers_of_a_sheet_shows_what_a_minus_sign_behind_means() -> None:
    frame = pd.DataFrame({"a": ["22-", 3, 18], "grade": ["2-", 3, 1], "x": [1, 2, 3]}, dtype=object)
    table = sn.read_table(frame)
    assert table.frame["a"].tolist() == [-22, 3, 18]
    assert table.frame["grade"].tolist() == ["2-", 3, 1]


def test_a_column_with_a_doubtful_minus_sign_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n65-,1\n70-,2\n")
    with pytest.warns(sn.SheernetWarning, match=r"'65-' may be .*; if it is a number, write '-65'"):
        sn.read_table(path)


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
    ("cells", "mark", "values"),
    [
        (["1,68,593", "45,000"], ",", [168593, 45000]),
        (["12_345", "67_890"], "_", [12345, 67890]),
        (["555 123 456", "555 123 457"], " ", [555123456, 555123457]),
    ],
)
def test_the_setting_that_the_warning_of_groups_names_reads_the_numbers(
    tmp_path: Path, cells: list[str], mark: str, values: list[int]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f'"{cell}",1\n' for cell in cells))
    with pytest.warns(
        sn.SheernetWarning, match=f"'{cells[0]}' may be .*; if .* give thousands='{mark}' or"
    ):
        assert sn.read_table(path).frame["a"].tolist() == cells
    table = sn.read_table(path, thousands=mark)
    assert table.frame["a"].tolist() == values
    alone = sn.read_table({"a": cells[:1]}, like=table.read_as)
    assert alone.frame["a"].tolist() == values[:1]


def test_a_number_with_another_separator_than_the_given_one_names_what_reads_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a;b\n1.914;87\u00a0929\n2.963;12\u00a0294\n", encoding="utf-8")
    message = "'b' of t.csv has '87 929', which is not a number with thousands='.'; give decimal=',' instead, or"
    with pytest.raises(sn.InvalidInput, match=message):
        sn.read_table(path, thousands=".")
    table = sn.read_table(path, decimal=",")
    assert table.frame.to_numpy().tolist() == [[1914, 87929], [2963, 12294]]


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
