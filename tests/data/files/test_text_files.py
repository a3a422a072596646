"""Text files: what separates their cells, which lines hold names and units, and what the cells say."""

from __future__ import annotations

import csv
import io
import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn

Write = Callable[..., Path]
FLOATS = st.floats(-1e15, 1e15).map(lambda value: float(f"{value:.17g}"))
SEPARATORS = (",", ";", "\t", "|")
LABELS = st.text("abcü x", min_size=1, max_size=5).map(lambda text: f"l{text.strip()}")


def columns(path: Path, **options: Any) -> dict[str, list[Any]]:
    """Return the columns of a file, without its warnings; missing values are None."""
    with warnings.catch_warnings(action="ignore", category=sn.SheernetWarning):
        frame = sn.read_table(path, **options).frame
    return {
        name: [None if value != value else value for value in frame[name].tolist()]
        for name in frame.columns
    }


def plain(value: float) -> str:
    return f"{value:.15f}"


def grouped(value: float) -> str:
    return f"{value:,.15f}"


def german(text: str) -> str:
    return text.translate(str.maketrans(",.", ".,"))


class TestNumbers:
    @pytest.mark.parametrize(
        ("write", "separator"),
        [
            (repr, ","),
            (lambda value: german(repr(value)), ";"),
            (grouped, ";"),
            (lambda value: german(grouped(value)), ";"),
            (lambda value: f"{plain(value)} mm", ","),
        ],
        ids=["point", "comma", "thousands", "German", "unit"],
    )
    @given(values=st.lists(FLOATS, min_size=2, max_size=30))
    def test_are_the_float64_nearest_to_the_text(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        values: list[float],
        write: Any,
        separator: str,
    ) -> None:
        texts = [*map(write, [12345.5, *values])]
        path = tmp_path_factory.getbasetemp() / "numbers.csv"
        path.write_text("\n".join([f"x{separator}g", *(f"{each}{separator}a" for each in texts)]))
        decimal = "," if "," in write(0.5) else "."
        assert columns(path, decimal=decimal)["x"] == [
            float(_without_marks(text, decimal)) for text in texts
        ]

    @pytest.mark.parametrize(
        "cells",
        [
            ["007", "012"],
            ["9007199254740993", "9007199254740992"],
            ["12345678901234567890", "12345678901234567891"],
            ["+491701234567", "+491701234568"],
            ["1E3", "2E3"],
            ["1.2.3", "1.2.4"],
            ["0x1F", "0x2F"],
        ],
    )
    def test_codes_are_text(self, file: Write, cells: list[str]) -> None:
        assert columns(file("".join(f"{c},1\n" for c in ["a,b"[:1], *cells])))["a"] == cells

    def test_a_later_row_decides_as_well(self, file: Write) -> None:
        assert columns(file("a,b\n" + "7,1\n" * 5000 + "007,1\n"))["a"][-1] == "007"
        assert columns(file("a;b\n" + "7;1\n" * 5000 + "1.234;1\n"))["a"][-1] == 1234
        assert columns(file("a;b\n" + "7;1\n" * 5000 + "1.234;1\n2.5;1\n"))["a"][-2] == 1.234

    def test_quoted_words_among_numbers_are_missing(self, file: Write) -> None:
        assert columns(file('a,b\n"1.5","x"\n"NA","NA"\n2,"y"\n')) == {
            "a": [1.5, None, 2.0],
            "b": ["x", "NA", "y"],
        }

    def test_boolean_words_and_missing_values(self, file: Write) -> None:
        found = columns(file("a,b,c\nTRUE,1,\nfalse,NA,\nTRUE,-,\n"))
        assert found["a"] == [True, False, True]
        assert found["c"] == [None, None, None]


def _without_marks(text: str, decimal: str) -> str:
    bare = text.removesuffix(" mm").replace("." if decimal == "," else ",", "")
    return bare.replace(decimal, ".")


class TestLayout:
    @given(
        rows=st.lists(st.tuples(LABELS, st.integers(-99, 99), FLOATS), min_size=2, max_size=12),
        separator=st.sampled_from(SEPARATORS),
        end=st.sampled_from(["\n", "\r\n", "\r"]),
        quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
        encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
        above=st.sampled_from(["", "# a comment\n", "One title\n\n"]),
    )
    def test_any_way_to_write_a_table_gives_it_back(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        rows: list[Any],
        separator: str,
        end: str,
        quoting: Any,
        encoding: str,
        above: str,
    ) -> None:
        text = io.StringIO()
        writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting)
        writer.writerows([("label", "whole", "real"), *rows])
        path = tmp_path_factory.getbasetemp() / "layout.csv"
        path.write_bytes((above.replace("\n", end) + text.getvalue()).encode(encoding))
        found = columns(path)
        assert list(found) == ["label", "whole", "real"]
        assert [*zip(*found.values(), strict=True)] == [(a.strip(), b, c) for a, b, c in rows]

    @given(
        n_rows=st.integers(3, 40),
        place=st.integers(1, 39),
        change=st.sampled_from(["1,2", "1,2,3,4", "a note"]),
        above=st.integers(0, 3),
        blank=st.booleans(),
        quoted=st.booleans(),
    )
    def test_a_row_of_another_length_is_named(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        n_rows: int,
        place: int,
        change: str,
        above: int,
        blank: bool,
        quoted: bool,
    ) -> None:
        rows = ['"1",2,"x\ny"' if quoted and i == 0 else f"{i},2,3" for i in range(n_rows)]
        place = min(place, n_rows - 1)
        lines = [*["# a comment"] * above, "a,b,c", *[""] * blank, *rows[:place]]
        number = "\n".join(lines).count("\n") + 2
        path = tmp_path_factory.getbasetemp() / "irregular.csv"
        path.write_text("\n".join([*lines, change, *rows[place:]]) + "\n")
        with pytest.raises(sn.InvalidInput, match=rf"line {number} of irregular\.csv has"):
            columns(path)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("t,F\ns,N\n1,2.5\n", {"t": [1], "F": [2.5]}),
            ("t,F\n[s],[N]\n1,2.5\n", {"t": [1], "F": [2.5]}),
            ("t F\n--- ---\n1 2.5\n2 3.5\n", {"t": [1, 2], "F": [2.5, 3.5]}),
            ("Operator: M.\nt,F\n1,2.5\n", {"t": [1], "F": [2.5]}),
            ("Report;;\n;;\nt;F;g\n1;2,5;a\n", {"t": [1], "F": [2.5], "g": ["a"]}),
            ("# t F\n1 2.5\n2 3.5\n", {"t": [1, 2], "F": [2.5, 3.5]}),
            ("1,2.5\n2,3.5\n", {"column_1": [1, 2], "column_2": [2.5, 3.5]}),
            ("x\n1,5\n2,5\n", {"x": [1.5, 2.5]}),
            ("x\n5 mm\n6 mm\n", {"x": [5, 6]}),
            ('"a" "b"\n"1" 1.5 x\n"2" 2.5 y\n', {"row": [1, 2], "a": [1.5, 2.5], "b": ["x", "y"]}),
            ("site,2024,2025\na,1.5,2.5\nb,2.5,3.5\n", {"site": ["a", "b"], "2024": [1.5, 2.5], "2025": [2.5, 3.5]}),
            ("a,b,\n1,2,\n3,4,\n", {"a": [1, 3], "b": [2, 4]}),
            ("a,b\n,\n1,2\n\n3,4\n", {"a": [1, 3], "b": [2, 4]}),
            ("a,b\n1, 2\n3 , 4\n", {"a": [1, 3], "b": [2, 4]}),
            ('a,b\nred 5" pipe,1\na "b" c,2\n', {"a": ['red 5" pipe', 'a "b" c'], "b": [1, 2]}),
            ('a,b\n"5"" pipe, red",1\n', {"a": ['5" pipe, red'], "b": [1]}),
            ("sep=;\na;b\n1,5;2\n", {"a": [1.5], "b": [2]}),
            ("a  b\n 1   2.5\n10  20.5\n", {"a": [1, 10], "b": [2.5, 20.5]}),
        ],
    )  # fmt: skip
    def test_names_units_and_titles(self, file: Write, text: str, expected: Any) -> None:
        assert columns(file(text)) == expected

    @pytest.mark.parametrize(
        ("text", "option", "expected"),
        [
            ("a,b\nx,y\n1,2\n", {"skip": 1}, {"x": [1], "y": [2]}),
            ("a,b\nx,y\n1,2\n", {"header": "yes"}, {"a": ["x", "1"], "b": ["y", "2"]}),
            ("a,b\nx,y\n1,2\n", {"units": "yes"}, {"a": [1], "b": [2]}),
            ("a,b\n1,2\nnote\n3,4\n", {"comment": "note"}, {"a": [1, 3], "b": [2, 4]}),
            ("a,b\n", {"header": "none"}, {"column_1": ["a"], "column_2": ["b"]}),
            ('{"a": [1,\n2]\n}\na,b\n1,2\n', {"skip": 3}, {"a": [1], "b": [2]}),
        ],
    )
    def test_a_refusal_names_the_option_that_reads_the_file(
        self, file: Write, text: str, option: dict[str, Any], expected: Any
    ) -> None:
        path = file(text)
        with pytest.raises(sn.InvalidInput, match=next(iter(option))):
            sn.read_table(path)
        assert columns(path, **option) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "\n\n",
            "a,b\n1,2\na,b\n3,4\n",
            "'a','b'\n'1','2'\n",
            '{"a": [1, 2]}\n',
            "<html><table>\n<tr><td>1</td></tr></table>\n",
            "| a | b |\n|---|---|\n| 1 | 2 |\n",
            "a,a\n1,2\n",
        ],
    )
    def test_no_table_is_refused(self, file: Write, text: str) -> None:
        with pytest.raises(sn.InvalidInput):
            sn.read_table(file(text))

    @pytest.mark.parametrize("name", SEPARATORS)
    def test_samples_in_columns(self, file: Write, name: str) -> None:
        path = file("group,a,b,b\nsize,12.5,7.25,8.0\n".replace(",", name))
        expected = {"group": ["a", "b", "b"], "size": [12.5, 7.25, 8.0]}
        assert columns(path, samples="columns") == expected


class TestQuotationMarks:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('a,b\n"NA",1\nx,2\nNA,3\n', ["NA", "x", None]),
            ('"a","b"\n"NA","1"\n"x","2"\n', [None, "x"]),
            ('a,b\n"007",1\n"012",2\n', ["007", "012"]),
            ('a,b\n"1,5",1\n"2,5",2\n', [1.5, 2.5]),
        ],
    )
    def test_decide_what_is_missing(self, file: Write, text: str, expected: list[Any]) -> None:
        assert columns(file(text))["a"] == expected

    def test_line_breaks_within_are_told(self, file: Write) -> None:
        with pytest.warns(sn.SheernetWarning, match="line breaks"):
            table = sn.read_table(file('a,b\n"x\ny",1\nz,2\n'))
        assert table.frame["a"].tolist() == ["x\ny", "z"]


class TestWarnings:
    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("g,y\na,1\nb,2\nTotal,3\n", "'Total'"),
            ("a,b\n#DIV/0!,1\n2.5,2\n", "#DIV/0!"),
            ("One title\n\na,b\n1,2\n", "skip"),
            ("t,F\ns,N\n1,2.5\n", "units"),
            ("1,2.5\n2,3.5\n", "header"),
            ("# 3,4\na,b\n1,2\n", "comment"),
            ("a;b\n1.234;2\n3.456;4\n", "decimal"),
            ("a,b\n01/02/2026,1\n", "dates"),
            ("a,b\nS\xfcd,1\n".encode("latin-1"), "encoding"),
        ],
    )
    def test_each_guess_names_what_decides(self, file: Write, text: Any, word: str) -> None:
        with pytest.warns(sn.SheernetWarning, match=word):
            sn.read_table(file(text))

    @pytest.mark.parametrize("text", ["a,b\n1,2\n", "g,y\nTotal,1\nb,2\nTotal,3\n"])
    def test_a_clean_file_has_none(self, file: Write, text: str) -> None:
        sn.read_table(file(text))


class TestWithoutPyarrow:
    @given(
        rows=st.lists(
            st.tuples(*[st.text('ab1.,-" \n', max_size=6)] * 2, st.just("x")), min_size=1, max_size=8
        ),
        separator=st.sampled_from(SEPARATORS),
    )  # fmt: skip
    def test_tables_are_the_same(
        self, tmp_path_factory: pytest.TempPathFactory, rows: list[Any], separator: str
    ) -> None:
        path = tmp_path_factory.getbasetemp() / "grammar.csv"
        with path.open("w", newline="") as stream:
            csv.writer(stream, delimiter=separator).writerows([("p", "q", "r"), *rows])
        found = _columns_or_refusal(path)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sheernet.data.files.text.text_cells.pyarrow", None)
            assert _columns_or_refusal(path) == found

    def test_numbers_are_the_same(self, file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        path = file("a;b;c;d;e\n1;1,5;2e3;-inf;\n-2;,5;1.5e-3;nan;7\n")
        found = columns(path)
        assert found["b"] == [1.5, 0.5]
        assert found["d"] == [-math.inf, None]
        monkeypatch.setattr("sheernet.data.files.text.text_cells.pyarrow", None)
        assert columns(path) == found


def _columns_or_refusal(path: Path) -> Any:
    try:
        return columns(path)
    except sn.InvalidInput as error:
        return str(error)


@given(
    content=st.one_of(st.binary(max_size=60), st.text('a1,;."\n\t #', max_size=60).map(str.encode))
)
def test_any_bytes_give_a_table_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    path.write_bytes(content)
    assert _columns_or_refusal(path)
