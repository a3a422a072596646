"""Converting data frames of other packages, such as polars, pyarrow and Modin, to DataFrames of pandas.

narwhals gives all of them the same methods, and imports only the package that made the frame.  (polars's own
`to_pandas` also needs pyarrow, and turns whole numbers with missing values into float64.)
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import unmasked
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.optional import import_optional
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import in_quotes

if TYPE_CHECKING:
    import pandas as pd


def frame_from(source: Any) -> pd.DataFrame | None:
    """Convert a data frame of another package.

    Parameters
    ----------
    source : object
        A frame that narwhals supports, such as a DataFrame of polars or a Table of pyarrow; a RecordBatch of pyarrow;
        or a structured array of NumPy, (N,).

    Returns
    -------
    DataFrame, (N, number of columns), or None
        None if `source` is not such a frame.  Numbers, Booleans, text, dates and time zones keep their kind; categories
        become text; null is missing, and so is nan.

    Raises
    ------
    InvalidInput
        If the frame is lazy.
    MissingDependency
        If narwhals is not installed.
    """
    if is_structured(source):
        return _of_structured(source)
    if is_record_batch(source):
        source = sys.modules["pyarrow"].Table.from_batches([source])
    if not hasattr(type(source), "columns"):
        return None
    narwhals = _narwhals(source)
    frame = narwhals.from_native(source, pass_through=True)
    if isinstance(frame, narwhals.LazyFrame):
        own = type(source).__module__.startswith("polars")
        how = "frame.collect()" if own else "narwhals.from_native(frame).collect()"
        raise InvalidInput(
            f"a table must be in memory, but a {type(source).__name__} was given, which has no values yet; collect it: "
            f"{how}"
        )
    if not isinstance(frame, narwhals.DataFrame):
        return None
    pandas = import_pandas()
    columns = [_column(frame.get_column(name)) for name in frame.columns]
    if not columns:
        return pandas.DataFrame()
    return pandas.concat(columns, axis="columns", keys=list(frame.columns))


def series_from(source: Any) -> pd.Series[Any] | None:
    """Convert a column of another package, such as a Series of polars; None if `source` is not such a column."""
    if not hasattr(type(source), "__arrow_c_stream__"):
        return None
    narwhals = _narwhals(source)
    series = narwhals.from_native(source, pass_through=True, allow_series=True)
    if not isinstance(series, narwhals.Series):
        return None
    return _column(series).rename(series.name or None)


def is_records(source: Any) -> bool:
    """Whether a source is a list of mappings, each the values of a row by column; a tuple may be a pair (X, y)."""
    if not isinstance(source, list) or not source:
        return False
    return all(isinstance(row, Mapping) for row in source)


def columns_of_records(rows: Sequence[Mapping[Any, Any]]) -> dict[Any, list[Any]]:
    """Return the columns of a list of rows; a value that a row does not have is missing."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def is_structured(source: Any) -> bool:
    """Whether a source is an array of NumPy whose values have named fields."""
    return isinstance(source, np.ndarray) and source.dtype.names is not None


def is_record_batch(source: Any) -> bool:
    """Whether a source is a RecordBatch of pyarrow; without pyarrow, none is."""
    pyarrow = sys.modules.get("pyarrow")
    return pyarrow is not None and isinstance(source, pyarrow.RecordBatch)


def _of_structured(source: npt.NDArray[Any]) -> pd.DataFrame:
    """Convert the fields of a structured array to columns; masked values are missing."""
    if any(
        isinstance(source[name].flat[0], np.ndarray)
        for name in source.dtype.names or ()
        if source.size
    ):
        raise InvalidInput(
            "the structured array holds arrays, as the structures that scipy.io.loadmat returns; give the name of the "
            "MATLAB file instead, whose structures are read as columns"
        )
    if source.ndim != 1:
        raise InvalidInput(
            f"a structured array must have one dimension, but its shape is {source.shape}; flatten it"
        )
    for name in source.dtype.names or ():
        if source.dtype[name].shape or source.dtype[name].names:
            raise InvalidInput(
                f"field {in_quotes(name)} of a structured array holds several values in a row; give each value a "
                "separate field"
            )
    plain = np.asarray(source)
    return import_pandas().DataFrame(
        {
            name: unmasked(source[name]) if isinstance(source, np.ma.MaskedArray) else plain[name]
            for name in source.dtype.names or ()
        }
    )


def _narwhals(source: Any) -> Any:
    package = type(source).__module__.partition(".")[0]
    return import_optional("narwhals", extra="tables", purpose=f"tables of {package}")


def _column(series: Any) -> pd.Series[Any]:
    """Convert a column of narwhals to one of pandas; `make_table` chooses the dtype of a column of objects."""
    pandas = import_pandas()
    dtype = series.dtype
    if dtype.is_float() or (dtype.is_integer() and not series.null_count()):
        return pandas.Series(series.to_numpy())
    values = series.to_list()
    if dtype.is_integer():  # float64 does not hold all of them
        kind = "UInt64" if dtype.is_unsigned_integer() else "Int64"
        try:
            return pandas.Series(values, dtype=kind)
        except OverflowError:  # 128 bits
            pass
    return pandas.Series(values, dtype=object)
