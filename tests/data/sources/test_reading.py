"""Reading each type of file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import scipy.io

import sheernet as sn
from sheernet.data.sources import unused_arguments

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
