r"""Quotation marks with a backslash before them, as R writes them, and backslashes that escape nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn

LABELS = st.sampled_from(
    ['the "White Hart" inn', '5" pipe', '"x"', "Washington, DC", "C:\\dir", "a;b"]
)


def escaped(labels: list[str], separator: str) -> str:
    """A table as write.table(row.names = FALSE, qmethod = "escape") writes it."""
    rows = [f'"{label}"'.replace('"', '\\"')[1:-2] + '"' for label in labels]
    return "\n".join(
        [f'"label"{separator}"y"', *(f"{row}{separator}{n}.5" for n, row in enumerate(rows))]
    )


@given(st.lists(LABELS, min_size=2, max_size=8), st.sampled_from([",", ";", "\t", " "]))
@settings(max_examples=60, deadline=None)
def test_text_that_r_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, labels: list[str], separator: str
) -> None:
    labels = [*labels, 'say "yes"', "no"]
    path = tmp_path_factory.mktemp("r") / "r.txt"
    path.write_text(escaped(labels, separator) + "\n", encoding="utf-8", newline="")
    read = sn.read_table(path, separator=separator if separator != " " else None, decimal=".")
    assert read.frame["label"].tolist() == labels
    assert read.frame["y"].tolist() == [n + 0.5 for n in range(len(labels))]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('"C:\\dir\\"', "C:\\dir\\"),
        ('"a ""b"" c\\d"', 'a "b" c\\d'),
        ('"{""k"": ""x\\""y""}"', '{"k": "x\\"y"}'),  # JSON in CSV
    ],
)
def test_backslashes_of_other_files_are_kept(tmp_path: Path, cell: str, value: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"k,y\n{cell},1\n{cell},2\nplain,3\n", encoding="utf-8")
    assert sn.read_table(path).frame["k"].tolist() == [value, value, "plain"]


def test_marks_are_ordinary_if_they_are_not_quotation_marks(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('k,y\n"\\"a\\" b",1\nc,2\n', encoding="utf-8")
    assert sn.read_table(path, quote="none").frame["k"].tolist() == ['"\\"a\\" b"', "c"]


def test_files_in_parts_are_refused_with_the_reason(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text('"k","y"\n"a \\"b\\"",1\n"d",2\n', encoding="utf-8")
    with pytest.raises(sn.InvalidInput, match="backslashes are before quotation marks"):
        sn.shards(str(tmp_path / "*.csv"))
