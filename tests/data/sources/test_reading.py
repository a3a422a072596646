"""Reading each type of file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import scipy.io

import sheernet as sn


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


def test_variables_of_loadmat_are_refused_with_the_name_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    scipy.io.savemat(path, {"x": [1.0, 2.0]})
    with pytest.raises(sn.InvalidInput, match="loadmat returned were given; give the name of the"):
        sn.read_table(scipy.io.loadmat(path))


def test_ascii_is_read_in_the_encoding_of_the_file_of_the_model(tmp_path: Path) -> None:
    path = tmp_path / "ascii.csv"
    path.write_text("a,x\nb,1.5\nc,2.5\n")
    assert len(sn.read_table(path, like=sn.read_table(path, encoding="cp1250").read_as)) == 2
