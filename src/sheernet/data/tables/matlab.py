"""Reading MATLAB files of version 5 to 7: which variables become columns, and their orientation.

A row vector or column vector becomes a column.  A matrix of N rows becomes a column for each of its columns; if samples
are columns, as in MATLAB's network functions, it is transposed first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.tables.frames import import_pandas
from sheernet.data.tables.matfile import read_variables
from sheernet.data.tables.opening import Opened
from sheernet.data.tables.table import require_distinct
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, sentence
from sheernet.foundation.words import listed
from sheernet.settings.read_settings import ReadSettings

if TYPE_CHECKING:
    import pandas as pd


def read_matlab(file: Opened, options: ReadSettings) -> tuple[pd.DataFrame, str]:
    """Read the variables of a MATLAB file.

    Returns
    -------
    DataFrame, (N, number of columns)
        A vector x is the column x; a matrix X the columns X1, X2, ...; the fields of a structure are variables.
    str
        How it was read, with the names of the variables, and of those that are not columns.

    Raises
    ------
    InvalidInput
        If it is damaged or too large, contains objects such as a MATLAB table, or its variables have different numbers
        of samples.
    """
    pandas = import_pandas()
    variables = _load(file)
    entries = {name: value for name, value in variables.items() if _is_column(value)}
    left = [name for name in variables if name not in entries]
    if not entries:
        raise InvalidInput(
            f"{file.name} has no vector or matrix that could be columns of a table; save the columns as variables"
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
    return frame, f"{reading}; without {', '.join(left)}" if left else reading


def _load(file: Opened) -> dict[str, Any]:
    """Variables by name; a structure is replaced by its fields."""
    variables: dict[str, Any] = {}
    for name, value in read_variables(file.path, file.name).items():
        variables |= value if isinstance(value, dict) else {name: value}
    return variables


def _is_column(value: Any) -> bool:
    """Whether a variable has more than one entry and at most two dimensions."""
    return isinstance(value, np.ndarray) and value.ndim == 2 and value.size > 1


def _is_vector(value: npt.NDArray[Any]) -> bool:
    return 1 in value.shape


def _n_samples(entries: Mapping[str, npt.NDArray[Any]], samples: str, name: str) -> int:
    """The number of samples of all variables."""
    found = {s: _counts(entries, axis) for axis, s in enumerate(("rows", "columns"))}
    if len(found[samples]) == 1:
        return found[samples].pop()
    other = "columns" if samples == "rows" else "rows"
    shapes = listed([f"{n} is {' x '.join(map(str, v.shape))}" for n, v in entries.items()])
    advice: str = "save variables that have a row for each sample"
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
    """The columns of a variable, each with the suffix of its name."""
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
    """The text or number of each cell that has one; an empty cell is missing, other cells stay unchanged."""
    plain = np.empty(cells.shape, dtype=object)
    for place, cell in np.ndenumerate(cells):
        is_array = isinstance(cell, np.ndarray)
        if is_array and cell.size == 1 and not isinstance(cell.flat[0], np.ndarray):
            plain[place] = cell.item()
        else:
            plain[place] = None if is_array and not cell.size else cell
    return plain
