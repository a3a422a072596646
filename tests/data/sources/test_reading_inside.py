"""As test_reading.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import scipy.io

import sheernet as sn
from sheernet.data.columns import require_columns
from sheernet.data.sources import unused_arguments
from sheernet.data.sources.table_reader import read_with_cells

GIVEN = {"samples": "columns", "separator": ",", "decimal": ".", "encoding": "utf-8", "sheet": "A"}


@pytest.fixture(params=["a.csv", "a.xlsx", "a.parquet", "a.mat"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    frame = pd.DataFrame({"x": [1.5, 2.5], "y": [3.5, 4.5]})
    path: Path = tmp_path / request.param
    if path.suffix == ".csv":
        frame.T.to_csv(path, header=False)
    elif path.suffix == ".xlsx":
        pytest.importorskip("openpyxl")
        frame.T.to_excel(path, header=False, sheet_name="A")
    elif path.suffix == ".parquet":
        pytest.importorskip("pyarrow")
        frame.to_parquet(path)
    else:
        scipy.io.savemat(path, {"X": frame.to_numpy()})
    return path


@pytest.mark.parametrize("name", GIVEN)
def test_unused_arguments_are_those_that_are_refused(path: Path, name: str) -> None:
    samples = {} if path.suffix == ".parquet" else {"samples": "columns"}
    given = {**samples, name: GIVEN[name]}
    if name in unused_arguments(path):
        with pytest.raises(sn.InvalidInput, match=f"{name}=.* does not apply to"):
            sn.read_table(path, **given)
    else:
        assert len(sn.read_table(path, **given)) == 2


@pytest.mark.filterwarnings("ignore:rows.csv has no names of columns")
def test_rows_that_are_read_as_columns_because_of_the_model_are_told(tmp_path: Path) -> None:
    columns, rows = tmp_path / "columns.csv", tmp_path / "rows.csv"
    columns.write_text("x1,1.5,2.5\nx2,0.5,4.5\n", encoding="utf-8")
    rows.write_text("x1,x2\n1.5,0.5\n2.5,4.5\n", encoding="utf-8")
    like = sn.read_table(columns, samples="columns").read_as
    table = sn.read_table(rows, like=like)
    with pytest.raises(sn.InvalidInput, match=r"read from columns: .* give samples='rows'"):
        require_columns(table, ["x1", "x2"])
    assert sn.read_table(rows, samples="rows", like=like).columns == ("x1", "x2")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_unicode_file_is_read_as_such_whatever_the_file_of_the_model_was(
    tmp_path: Path, encoding: str
) -> None:
    text = "Fällig,x\nSüd,1.5\nNord,2.5\n"
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text(text, encoding="cp1250")
    new.write_text(text, encoding=encoding)
    like = sn.read_table(old, encoding="cp1250").read_as
    table, cells = read_with_cells(new, like)
    assert table.columns == ("Fällig", "x")
    assert cells.frame["Fällig"].tolist() == ["Süd", "Nord"]
    assert sn.read_table(old, like=like).columns == ("Fällig", "x")
