"""A file that changes while it is read is refused, whatever changes and in whichever pass it is noticed."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import sheernet as sn
from sheernet.data.sources import read_with_cells, table_reader

ROWS = "x,name\n1.0,a\n2.0,b\n"
CHANGES: dict[str, Callable[[Path], object]] = {
    "replaced": lambda path: (path.with_name("new").write_text(ROWS), path.with_name("new").replace(path)),
    "longer": lambda path: path.write_text(ROWS + "3.0,c\n"),
    "shorter": lambda path: path.write_text("x,name\n1.0,a\n"),
    "rewritten": lambda path: (path.write_text(ROWS.replace("1.0", "9.0")), os.utime(path, (0, 0))),
    "emptied": lambda path: path.write_text(""),
    "removed": lambda path: path.unlink(),
}  # fmt: skip


def change_while_reading(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Let the file be changed as soon as its values were read."""
    usual = table_reader.make_table

    def make(*arguments: object) -> object:
        change()
        return usual(*arguments)

    monkeypatch.setattr(table_reader, "make_table", make)


@pytest.mark.parametrize("read", [sn.read_table, read_with_cells])
@pytest.mark.parametrize("packed", [False, True], ids=["text", "gzip"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_refused(tmp_path: Path, monkeypatch, change, packed: bool, read) -> None:
    path = tmp_path / ("table.csv.gz" if packed else "table.csv")
    path.write_bytes(gzip.compress(ROWS.encode()) if packed else ROWS.encode())
    change_while_reading(monkeypatch, lambda: change(path))
    with pytest.raises(sn.InvalidInput, match=r"table\.csv.* was changed or replaced while it was"):
        read(path)


@pytest.mark.parametrize("name", ["table.xlsx", "table.parquet"])
def test_a_change_of_another_format_is_refused(tmp_path: Path, monkeypatch, name: str) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("openpyxl" if name.endswith("xlsx") else "pyarrow")
    frame, path = pandas.DataFrame({"x": [1.0, 2.0]}), tmp_path / name
    write = frame.to_excel if name.endswith("xlsx") else frame.to_parquet
    write(path, index=False)
    change_while_reading(monkeypatch, lambda: os.utime(path, (0, 0)))
    with pytest.raises(sn.InvalidInput, match="was changed or replaced while it was read"):
        read_with_cells(path)


def test_an_unchanged_file_is_read_with_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("x,name\n1.50,a\n2,NA\n")
    table, cells = read_with_cells(path)
    assert table.frame["x"].tolist() == [1.5, 2.0]
    assert cells.frame.to_numpy().tolist() == [["1.50", "a"], ["2", "NA"]]
