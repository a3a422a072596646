"""Numbers such as 2.963, whose point may be a decimal mark or separate thousands, in a file that does not tell."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import sheernet as sn

PIECES = ("68", "420", "2.963", "298", "2.545", "-7.297", "713")
"""Whole numbers as German programs write them."""
File = Callable[..., Path]


@pytest.fixture
def file(tmp_path: Path) -> File:
    def write(text: str, name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def column(cells: tuple[str, ...], separator: str = ";") -> str:
    return f"a{separator}b\n" + "".join(f"{cell}{separator}{i}\n" for i, cell in enumerate(cells))


def number_of(cell: str) -> int:
    return int(cell.replace(".", "").replace(",", ""))


@pytest.mark.parametrize("separator", [";", "\t", ",", "|", " "])
def test_numbers_without_a_point_show_that_it_separates_thousands(
    file: File, separator: str
) -> None:
    with pytest.warns(
        sn.SheernetWarning,
        match=r"column 'a' of data\.csv: '2\.963' is read as 2963 \(the point separates .*give decimal='\.'",
    ):
        table = sn.read_table(file(column(PIECES, separator)))
    assert table.frame["a"].tolist() == list(map(number_of, PIECES))
    assert table.formats["a"].thousands == "."


@pytest.mark.parametrize(
    "cells",
    [
        ("1.000", "2.000", "500"),
        ("1.234", "", "420"),
        ("12.500", "999.999", "1"),
        ("0", "1.731", "137"),
        ("1.234", "17"),
    ],
)
def test_semicolons_contradict_decimal_points(file: File, cells: tuple[str, ...]) -> None:
    with pytest.warns(sn.SheernetWarning, match="the point separates thousands"):
        table = sn.read_table(file(column(cells)))
    wanted = [number_of(cell) if cell else np.nan for cell in cells]
    np.testing.assert_array_equal(table.frame["a"], wanted)


def test_semicolons_do_not_contradict_decimal_commas(file: File) -> None:
    """Only the size of the numbers without a comma shows that it separates thousands."""
    with pytest.warns(sn.SheernetWarning, match=r"'4,428' is read as 4428 \(the comma sep"):
        table = sn.read_table(file(column(("420", "4,428", "7,123", "333"))))
    assert table.frame["a"].tolist() == [420, 4428, 7123, 333]
    assert sn.read_table(file(column(("4,428", "7,123")))).frame["a"].tolist() == [4.428, 7.123]


@given(st.lists(st.integers(1, 999), min_size=1), st.lists(st.integers(1000, 999_999), min_size=1))
def test_german_whole_numbers_are_whole_or_refused(
    tmp_path_factory: pytest.TempPathFactory, small: list[int], large: list[int]
) -> None:
    numbers = [*small, *large]
    path = tmp_path_factory.mktemp("german") / "data.csv"
    path.write_text(column(tuple(f"{n:,}".replace(",", ".") for n in numbers)))
    with pytest.warns(sn.SheernetWarning, match="the point separates thousands"):
        table = sn.read_table(path)
    assert table.frame["a"].tolist() == numbers


@given(st.lists(st.floats(0.5, 1500), min_size=1), st.sampled_from(",\t "))
@example([1.0, 1.0, 1.0, 1.0, 1.0, 5.0], ",")
def test_fixed_decimals_cause_no_warning(
    tmp_path_factory: pytest.TempPathFactory, values: list[float], separator: str
) -> None:
    path = tmp_path_factory.mktemp("fixed") / "data.csv"
    text = io.StringIO()
    np.savetxt(text, np.c_[values, values], fmt="%.3f", delimiter=separator)
    path.write_text(f"a{separator}b\n{text.getvalue()}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # The last numbers may be a sum or another statistic of those above them.
        warnings.filterwarnings("ignore", ".* of the others")
        table = sn.read_table(path)
    np.testing.assert_array_equal(table.frame["a"], [float(f"{x:.3f}") for x in values])


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        (("4.443", "8.061"), ";"),
        (("1.000", "2.000"), ";"),
        (("1", "1.414", "1.732", "2", "2.236"), ","),
    ],
)
def test_a_doubtful_point_that_is_likely_a_decimal_one_causes_a_warning(
    file: File, cells: tuple[str, ...], separator: str
) -> None:
    path = file(column(cells, separator))
    with pytest.warns(
        sn.SheernetWarning, match=r"with a decimal point, .*give thousands='\.', .* decimal='\.'"
    ):
        table = sn.read_table(path)
    assert table.frame["a"].tolist() == list(map(float, cells))
    assert sn.read_table(path, decimal=".").frame["a"].tolist() == list(map(float, cells))
    assert sn.read_table(path, thousands=".").frame["a"].tolist() == list(map(number_of, cells))


@pytest.mark.parametrize("other", ["0.5", "12.5 kg", "1000.682", "5.0", "2.50"])
def test_another_column_shows_a_decimal_point(file: File, other: str) -> None:
    rows = "".join(f"{cell};{other}\n" for cell in PIECES)
    table = sn.read_table(file(f"a;b\n{rows}"))
    assert table.frame["a"].tolist() == list(map(float, PIECES))


class TestOfAModel:
    @staticmethod
    def reading(file: File, cells: tuple[Any, ...]) -> Any:
        return sn.read_table(file(column(cells), "old.csv")).read_as

    def test_it_reads_thousands_as_in_its_file(self, file: File) -> None:
        with pytest.warns(sn.SheernetWarning):
            like = self.reading(file, PIECES)
        for cells in (PIECES, ("4.443", "8.061")):
            table = sn.read_table(file(column(cells)), like=like)
            assert table.frame["a"].tolist() == list(map(number_of, cells))

    def test_of_whole_numbers_without_points_it_warns(self, file: File) -> None:
        like = self.reading(file, ("68", "420", "298"))
        with pytest.warns(sn.SheernetWarning, match=r"'2\.963' is read with a decimal point"):
            sn.read_table(file(column(PIECES)), like=like)
        table = sn.read_table(file(column(PIECES)), like=like, decimal=",", thousands=".")
        assert table.frame["a"].tolist() == list(map(number_of, PIECES))

    @pytest.mark.parametrize("separator", [";", ",", "\t"])
    def test_of_whole_numbers_warns_if_all_numbers_have_a_point(
        self, file: File, separator: str
    ) -> None:
        table = sn.read_table({"a": [68, 420, 298, 511], "y": [1.5, 2.0, 0.5, 3.0]})
        like = sn.fit(table, "y", hidden=1, max_iter=1, held_out=0).reading
        assert like.whole == ("a",)
        path = file(column(("2.963", "2.545"), separator))
        with pytest.warns(
            sn.SheernetWarning,
            match=r"point, but the model was fitted to whole numbers, .*thousands='\.'",
        ):
            table = sn.read_table(path, like=like)
        assert table.frame["a"].tolist() == [2.963, 2.545]
        sn.read_table(path, like=like, decimal=".")

    def test_warns_if_another_column_shows_thousands(self, file: File) -> None:
        like = self.reading(file, ("6.85", "4.2"))
        path = file("a;c\n2.963;1.234.567\n2.545;8.763.543\n")
        with pytest.warns(
            sn.SheernetWarning, match=r"'2\.963' is read .* the file of the model .*'1\.234\.567'"
        ):
            table = sn.read_table(path, like=like)
        assert table.frame["a"].tolist() == [2.963, 2.545]

    def test_of_a_workbook_has_no_marks(self, file: File, tmp_path: Path) -> None:
        path = tmp_path / "old.xlsx"
        sn.read_table({"a": [68, 2963], "b": [1, 2]}).frame.to_excel(path, index=False)
        with pytest.warns(sn.SheernetWarning, match="'2.963' is read as 2963"):
            table = sn.read_table(file(column(PIECES)), like=sn.read_table(path).read_as)
        assert table.frame["a"].tolist() == list(map(number_of, PIECES))
