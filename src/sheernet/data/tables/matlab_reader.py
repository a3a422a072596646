"""Reading MATLAB files of version 5 to 7 as tables: selecting variables and converting them to columns.

A row vector or column vector becomes one column, and each column of a matrix becomes a column; if samples are columns,
as in MATLAB's network functions, the matrix is transposed first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.tables.mat_format import read_variables
from sheernet.data.tables.opening import Opened
from sheernet.data.tables.pandas_import import import_pandas
from sheernet.data.tables.table import require_distinct
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, sentence
from sheernet.foundation.words import listed
from sheernet.settings.read_settings import ReadSettings

if TYPE_CHECKING:
    import pandas as pd


def read_matlab(file: Opened, options: ReadSettings) -> tuple[pd.DataFrame, str]:
    """Read the variables of a MATLAB file as a table.

    Returns
    -------
    DataFrame, (N, number of columns)
        A vector x becomes column x, and a matrix X columns X1, X2, ...; fields of a structure are treated as variables.
    str
        Description of how the file was read, for `Table.reading`, with the names of variables read and left out.

    Raises
    ------
    InvalidInput
        If it is damaged or too large, contains MATLAB objects such as a table, or its variables have different numbers
        of samples.
    """
    pandas = import_pandas()
    variables = _load(file)
    entries = {name: value for name, value in variables.items() if _is_column(value)}
    left_out = [name for name in variables if name not in entries]
    if not entries:
        raise InvalidInput(
            f"{file.name} has no vector or matrix that can be a column of a table; save the columns as variables"
        )
    n_samples = _n_samples(entries, options.samples, file.name)
    names: list[str] = []
    columns: list[npt.NDArray[Any]] = []
    for name, value in entries.items():
        for suffix, column in _columns(value, options.samples, n_samples):
            names.append(name + suffix)
            columns.append(column)
    require_distinct(names, file.name)
    frame = pandas.DataFrame(dict(zip(names, columns, strict=True)))
    reading = f"MATLAB file, variables {', '.join(entries)}, samples in {options.samples}"
    return frame, f"{reading}; without {', '.join(left_out)}" if left_out else reading


def _load(file: Opened) -> dict[str, Any]:
    """Read the variables by name; replace a structure by its fields."""
    variables: dict[str, Any] = {}
    for name, value in read_variables(file.path, file.name).items():
        variables |= value if isinstance(value, dict) else {name: value}
    return variables


def _is_column(value: Any) -> bool:
    """Whether a variable is an array of two dimensions with more than one entry."""
    return isinstance(value, np.ndarray) and value.ndim == 2 and value.size > 1


def _is_vector(value: npt.NDArray[Any]) -> bool:
    return 1 in value.shape


def _n_samples(entries: Mapping[str, npt.NDArray[Any]], samples: str, name: str) -> int:
    """Return the number of samples; raise if variables have different numbers."""
    found = {s: _counts(entries, axis) for axis, s in enumerate(("rows", "columns"))}
    if len(found[samples]) == 1:
        return found[samples].pop()
    other = "columns" if samples == "rows" else "rows"
    shapes = listed([f"{n} is {' x '.join(map(str, v.shape))}" for n, v in entries.items()])
    advice: str = "save variables with one row per sample"
    if len(found[other]) == 1:
        advice = sentence("their numbers of {} are equal: use {}", other, Setting("samples", other))
    raise InvalidInput(
        sentence(
            "the variables of {} have different numbers of {} ({}); {}",
            name,
            samples,
            shapes,
            advice,
        )
    )


def _counts(entries: Mapping[str, npt.NDArray[Any]], axis: int) -> set[int]:
    return {v.size if _is_vector(v) else v.shape[axis] for v in entries.values()}


def _columns(
    value: npt.NDArray[Any], samples: str, n_samples: int
) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """Yield the columns of a variable, each with the suffix to append to the name of the variable."""
    if value.dtype == object:
        value = _plain_cells(value)
    if _is_vector(value):
        yield "", value.reshape(n_samples)
        return
    if samples == "columns":
        value = value.T
    for i in range(value.shape[1]):
        yield str(i + 1), value[:, i]


def _plain_cells(cells: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Convert cells with one text or number to that value and empty cells to None; leave others unchanged."""
    plain = np.empty(cells.shape, dtype=object)
    for index, cell in np.ndenumerate(cells):
        is_array = isinstance(cell, np.ndarray)
        if is_array and cell.size == 1 and not isinstance(cell.flat[0], np.ndarray):
            plain[index] = cell.item()
        else:
            plain[index] = None if is_array and not cell.size else cell
    return plain
