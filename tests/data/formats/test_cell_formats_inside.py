"""As test_cell_formats.py, by names that are not published."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.data.formats.cell_formats import CellFormat, FormatMismatch
from sheernet.data.formats.digit_codes import collide
from sheernet.data.formats.number_formats import Marks, find_format

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
        (["22-", "3", "140-"], [-22, 3, -140]),  # as SAP writes them
        (["1.234-", "22,5"], [-1234, 22.5]),
        (["1.234.567,5- €", "7,5 €"], [-1234567.5, 7.5]),
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
        (["1,00,000", "25,00,000"], "groups"),
        (["007", "12"], "codes"),
        (["12_345", "67_890"], "groups"),
        (["9007199254740992", "9007199254740993"], "identifiers"),
        (["1 A1", "2 A2"], ""),
        (["18-", "65-"], "minus"),
        (["1", "2-", "2"], "minus"),
        (["12 monkeys 2000", "9 lives 1999"], ""),
    ],
)
def test_doubtful_numbers_stay_text_and_the_doubt_is_named(texts: list[str], doubt: str) -> None:
    finding = find_format(texts)
    assert (finding.format.kind, finding.doubt) == ("text", doubt)
    assert finding.cells


@pytest.mark.parametrize(
    "text", ["22-", "8.500,0,1", "8'500", "8,5 $", "x", "(3)", "5 €", "8.50", "1.2345", "--3"]
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


class TestLongNumbers:
    """Python refuses to convert more than 4300 digits to int; a number of the table may have as many as it likes."""

    def test_with_leading_zeros_are_the_same(self) -> None:
        assert not collide(["0" * 20 + "9007199254740993", "9007199254740993"])
        assert collide(["-9007199254740992", "-9007199254740993"])
        assert not collide(["-9007199254740992", "9007199254740992"])


class TestSeveralNotations:
    """Numbers of which each can be read, but not all in one way, are text, and the doubt names two cells."""

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
