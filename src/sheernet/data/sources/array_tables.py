"""Converting arrays to tables: X (N, d) becomes the columns x1 to xd, and y (N,) or (N, K) further columns.

A Series or a data frame keeps its own names.  Numbers, Booleans, dates and text keep their kind, as in a table.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.sources.other_frames import (
    is_record_batch,
    is_records,
    is_structured,
    series_from,
)
from sheernet.data.sources.table_reader import read_table
from sheernet.data.tables.column_names import listed_names
from sheernet.data.tables.table import Table, make_table
from sheernet.foundation.arrays import has_masked_values, same_length, unmasked
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import counted
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.row_labels import require_paired
from sheernet.foundation.sentences import in_quotes
from sheernet.foundation.sparse_matrices import dense, is_sparse

if TYPE_CHECKING:
    import pandas as pd


def has_names(source: Any) -> bool:
    """Whether a source has named columns: a file, a Table, a mapping, a list of mappings, a data frame, and others.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.sources.array_tables import has_names
    >>> has_names({"x": [1.0]}), has_names("x.csv"), has_names(np.ones((3, 2))), has_names([1.0])
    (True, True, False, False)
    """
    named = (str, os.PathLike, Table, Mapping)
    return (
        isinstance(source, named)
        or hasattr(type(source), "columns")
        or is_structured(source)
        or is_record_batch(source)
        or is_records(source)
    )


def is_array_like(source: Any) -> bool:
    """Whether a source is an array, a sparse matrix, a list, a tuple, or one column; data frames are not."""
    if has_names(source) or isinstance(source, bytes):
        return False
    is_array = isinstance(source, Sequence) or hasattr(source, "__array__") or is_sparse(source)
    return is_array or is_column(source)


def is_column(source: Any) -> bool:
    """Whether a source is a Series of pandas, or a column of another package."""
    return is_series(source) or series_from(source) is not None


def is_series(source: Any) -> bool:
    """Whether a source is a Series of pandas; without pandas, none is."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(source, pandas.Series)


def input_names(n: int) -> list[str]:
    """Return the names of the columns of an array of inputs: x1, x2, ..."""
    return [f"x{j + 1}" for j in range(n)]


def target_names(n: int, letter: str = "y") -> list[str]:
    """Return the names of the columns of an array of targets: y, or y1, y2, ... if there are several."""
    return [letter] if n == 1 else [f"{letter}{j + 1}" for j in range(n)]


def as_columns(values: Any, noun: str, names: Callable[[int], list[str]]) -> pd.DataFrame:
    """Convert an array, a Series or a table to named columns.

    Parameters
    ----------
    values : array_like (N,) or (N, d), Series, or a source of `read_table`
        The values.
    noun : str
        Name of the values in messages, such as "X".
    names : callable
        Makes names for a number of columns without names.

    Returns
    -------
    DataFrame, (N, d)
        The columns; a Series keeps its name.

    Raises
    ------
    InvalidInput
        If the values are not an array with rows of equal length, or there are none.
    ShapeMismatch
        If there are more than two dimensions, or none.

    Examples
    --------
    >>> from sheernet.data.sources.array_tables import as_columns, input_names
    >>> list(as_columns([[1.0, 2.0], [3.0, 4.0]], "X", input_names))
    ['x1', 'x2']
    """
    pandas = import_pandas()
    if has_names(values):
        return read_table(values).frame
    series = values if is_series(values) else series_from(values)
    own = None if series is None else series.name
    frame = pandas.DataFrame(
        _matrix(values, noun) if series is None else series.reset_index(drop=True)
    )
    if not len(frame):
        raise InvalidInput(f"{noun} has no rows; at least one is needed")
    return frame.set_axis(names(frame.shape[1]) if own is None else [str(own)], axis="columns")


def renamed(frame: pd.DataFrame, names: Sequence[str], noun: str) -> pd.DataFrame:
    """Name the columns of a frame by their positions; raise ShapeMismatch if there is not one for each name."""
    if frame.shape[1] != len(names):
        raise ShapeMismatch(
            f"{noun} has {counted(frame.shape[1], 'column')}, but must have {len(names)}: {listed_names(names)}"
        )
    return frame.set_axis(list(names), axis="columns")


def beside(X: pd.DataFrame, y: pd.DataFrame, nouns: tuple[str, str] = ("X", "y")) -> Table:
    """Join the columns of the inputs and the columns of the targets.

    Parameters
    ----------
    X, y : DataFrame, (N, d) and (N, K)
        The columns.
    nouns : tuple of str
        Their names in messages.

    Returns
    -------
    Table
        Called "the table" in messages.

    Raises
    ------
    ShapeMismatch
        If the numbers of rows differ.
    InvalidInput
        If both have a column of the same name.
    """
    same_length(nouns, (X, y))  # type: ignore[arg-type]  # only their lengths are used
    both = [name for name in y.columns if name in X.columns]
    if both:
        raise InvalidInput(
            f"{nouns[0]} has a column {in_quotes(both[0])}, and so has {nouns[1]}; drop it from {nouns[0]} if it holds "
            "the target, or rename one of them"
        )
    pandas = import_pandas()
    columns = [frame.reset_index(drop=True) for frame in (X, y)]
    return make_table(pandas.concat(columns, axis="columns"), "the table")


def pair_table(
    pair: Sequence[Any], inputs: Sequence[str], targets: Sequence[str], noun: str
) -> Table:
    """Make a table of the rows of a pair (X, y) whose columns are known from a model or another table.

    Parameters
    ----------
    pair : sequence of two
        X and y, as in `sheernet.fit`.
    inputs, targets : sequence of str
        Names of the columns of X and of y if they are arrays.
    noun : str
        Name of the table in messages.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If the pair does not have two elements, or X and y do not match each other or the names.
    """
    if len(pair) != 2:
        raise InvalidInput(
            f"{noun} must be a table or a pair (X, y), but a tuple of {counted(len(pair), 'value')} was given"
        )
    nouns = f"X of {noun}", f"y of {noun}"
    require_paired(*pair)
    X = as_columns(pair[0], nouns[0], input_names)
    y = as_columns(pair[1], nouns[1], target_names)
    if not has_names(pair[0]):
        X = renamed(X, inputs, nouns[0])
    if not set(targets) <= set(y.columns):
        y = renamed(y, targets, nouns[1])
    return replace(beside(X, y[list(targets)], nouns), source=noun)


def _matrix(values: Any, noun: str) -> npt.NDArray[Any]:
    """Convert an array of any dtype to a matrix, (N, d); a vector becomes a column."""
    values = dense(values, noun)
    if has_masked_values(values):
        values = unmasked(values)
    try:
        matrix = np.asarray(values)
        if matrix.dtype.kind in "US" and not isinstance(values, np.ndarray):
            matrix = np.asarray(
                values, dtype=object
            )  # NumPy would convert numbers to text if there is text among them
    except ValueError as error:
        raise InvalidInput(f"{noun} must have rows of equal length: {error}") from None
    if matrix.ndim == 1:
        return matrix.reshape(-1, 1)
    if matrix.ndim != 2:
        raise ShapeMismatch(
            f"{noun} must be a table (samples, columns), but its shape is {matrix.shape}"
        )
    return matrix
