"""A row is predicted with the same bits alone, in chunks, in any order, and in any file that holds it.

Three models of columns of every kind are fitted to a file of each format.  Other files of it hold some of the rows:
what a model learned of a file decides how they are read, not what stands in their other rows.
"""

from __future__ import annotations

import csv
import datetime
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest
import scipy.io
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn

N = 24
RNG = np.random.default_rng(5)
ROWS: dict[str, list[Any]] = {
    "level": [round(float(x), 3) for x in RNG.normal(size=N)],
    "flow": [float(1000 + 125 * (i % 7)) if i % 3 else 8.5 + i for i in range(N)],
    "count": [int(x) for x in RNG.integers(0, 3000, size=N)],
    "zip": [("00501", "12345", "80331")[i % 3] for i in range(N)],
    "grade": [("1", "2", "3+")[i // 2 % 3] for i in range(N)],
    "answer": [("TRUE", "FALSE", "UNKNOWN")[i // 3 % 3] for i in range(N)],
    "color": [("red", "blue", "green")[i * i % 3] for i in range(N)],
    "wet": [bool(i // 2 % 2) for i in range(N)],
    "day": [datetime.date(2026, 1, 1) + datetime.timedelta(days=3 * i) for i in range(N)],
    "depth": [None if i % 5 == 2 else 0.25 * i for i in range(N)],
    "note": [None if i % 4 == 1 else ("dry", "icy")[i % 2] for i in range(N)],
    "y": [round(float(x), 4) for x in RNG.normal(size=N)],
    "verdict": [("good", "bad", "fair")[i * 5 % 7 % 3] for i in range(N)],
}  # fmt: skip
TARGETS = {"regression": "y", "classification": "verdict", "two targets": ["y", "level"]}
Write = Callable[[dict[str, list[Any]], Path], None]


def _delimited(separator: str, decimal: str, end: str) -> Write:
    def cell(value: Any) -> str:
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, float):
            return repr(value).replace(".", decimal)
        return "" if value is None else str(value)

    def write(rows: dict[str, list[Any]], path: Path) -> None:
        with path.open("w", newline="") as file:
            writer = csv.writer(file, delimiter=separator, lineterminator=end)
            writer.writerow(rows)
            writer.writerows([*map(cell, values)] for values in zip(*rows.values(), strict=True))

    return write


def _workbook(rows: dict[str, list[Any]], path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(rows))
    for values in zip(*rows.values(), strict=True):
        book.active.append(values)
    book.save(path)


def _parquet(rows: dict[str, list[Any]], path: Path) -> None:
    types = {name: pa.array(values).type for name, values in ROWS.items()}
    columns = {name: pa.array(values, types[name]) for name, values in rows.items()}
    pyarrow.parquet.write_table(pa.table(columns), path)


def _matlab(rows: dict[str, list[Any]], path: Path) -> None:
    variables: dict[str, Any] = {}
    for name, values in rows.items():
        if name == "day":  # MATLAB files have no dates
            continue
        if isinstance(ROWS[name][0], str):
            cells = [np.array([]) if value is None else value for value in values]
            variables[name] = np.empty((len(cells), 1), dtype=object)
            variables[name][:, 0] = cells
        else:
            kind = bool if name == "wet" else float
            variables[name] = np.array(values, dtype=kind)[:, None]
    scipy.io.savemat(path, variables)


FORMATS: dict[str, tuple[str, Write]] = {
    "commas": (".csv", _delimited(",", ".", "\n")),
    "semicolons and decimal commas": (".csv", _delimited(";", ",", "\r\n")),
    "tabs": (".tsv", _delimited("\t", ".", "\n")),
    "workbook": (".xlsx", _workbook),
    "Parquet": (".parquet", _parquet),
    "MATLAB": (".mat", _matlab),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rows")


TASK = pytest.mark.parametrize("task", TARGETS)
FORM = pytest.mark.parametrize("form", FORMATS)


def written(form: str, indices: Sequence[int], path: Path) -> Path:
    """Write the rows with these indices into a file of a format."""
    ending, write = FORMATS[form]
    rows = {name: [values[i] for i in indices] for name, values in ROWS.items()}
    path = path.with_suffix(ending)
    write(rows, path)
    return path


@cache
def fitted(form: str, task: str, folder: Path) -> tuple[sn.Model, Any]:
    """Return a model fitted to the whole file, saved and loaded, and what it predicts for the file."""
    path = written(form, range(N), folder / f"{form} {task}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sn.SheernetWarning)
        model = sn.fit(
            path, TARGETS[task], hidden=3, starts=1, max_iter=3, held_out=0.25, seed=1,
            missing="impute", categories=["zip", "grade", "answer"], check=False,
        )  # fmt: skip
        model = sn.load(model.save(folder / f"{form} {task}.json"))
        return model, predicted(model, path)


def predicted(model: sn.Model, path: Path) -> Any:
    """Return the outputs of a model for the rows of a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sn.SheernetWarning)
        return model.outputs(path)


@TASK
@FORM
def test_rows_alone(form: str, task: str, folder: Path, tmp_path: Path) -> None:
    model, whole = fitted(form, task, folder)
    for i in range(N):
        path = written(form, [i], tmp_path / f"row {i}")
        assert predicted(model, path).tobytes() == whole[[i]].tobytes()


@TASK
@FORM
@given(data=st.data())
@settings(max_examples=10)
def test_rows_in_chunks_and_in_any_order(
    form: str, task: str, folder: Path, data: st.DataObject
) -> None:
    model, whole = fitted(form, task, folder)
    order = data.draw(st.permutations(range(N)))
    size = data.draw(st.integers(2, N))
    for start in range(0, N, size):
        indices = order[start : start + size]
        if len(indices) > 1:
            path = written(form, indices, folder / "chunk")
            assert predicted(model, path).tobytes() == whole[indices].tobytes()


@TASK
@FORM
@given(indices=st.lists(st.integers(0, N - 1), min_size=2, max_size=60))
@settings(max_examples=5)
def test_rows_that_occur_often(form: str, task: str, folder: Path, indices: list[int]) -> None:
    model, whole = fitted(form, task, folder)
    path = written(form, indices, folder / "often")
    assert predicted(model, path).tobytes() == whole[indices].tobytes()


@TASK
@FORM
@pytest.mark.parametrize("column", ["grade", "color", "note", "wet"])
def test_rows_that_are_alike_in_a_column(
    form: str, task: str, folder: Path, tmp_path: Path, column: str
) -> None:
    """What stands in the other rows must not change how a value is read."""
    require_alike(column, form, task, folder, tmp_path)


@TASK
@FORM
@pytest.mark.parametrize("column", ["flow", "answer", "depth"])
def test_labels_like_truth_values(
    form: str, task: str, folder: Path, tmp_path: Path, column: str
) -> None:
    require_alike(column, form, task, folder, tmp_path)


def require_alike(column: str, form: str, task: str, folder: Path, tmp_path: Path) -> None:
    """Raise unless rows with the same value of a column are predicted as in the whole file."""
    model, whole = fitted(form, task, folder)
    for value in dict.fromkeys(ROWS[column]):
        alike = [i for i in range(N) if ROWS[column][i] == value]
        indices = alike * 2
        path = written(form, indices, tmp_path / "alike")
        assert predicted(model, path).tobytes() == whole[indices].tobytes()


@pytest.mark.parametrize("form", [name for name in FORMATS if name != "MATLAB"])
@pytest.mark.parametrize("other", [name for name in FORMATS if name != "MATLAB"])
def test_rows_in_a_file_of_another_format(
    form: str, other: str, folder: Path, tmp_path: Path
) -> None:
    if "decimal commas" in form + other and form != other and {form, other} & {"commas", "tabs"}:
        pytest.skip("another decimal mark than the model's is refused")
    model, whole = fitted(form, "regression", folder)
    path = written(other, range(N), tmp_path / "other")
    assert predicted(model, path).tobytes() == whole.tobytes()
