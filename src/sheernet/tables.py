"""Tables of numbers: from a CSV file or a DataFrame to named columns.

Reading is pandas' work; saying what is wrong with what was read is ours.
"""

from __future__ import annotations

import difflib
import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.arrays import Array
from sheernet.errors import InvalidInput, SheernetWarning
from sheernet.optional import import_optional

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of numbers with their names.

    Parameters
    ----------
    columns : tuple of str
        Names, all different.
    values : ndarray, (N, number of columns)
        float64; missing values are nan.
    source : str
        Where it came from, for messages and the model file.
    not_numbers : mapping of str to str
        Columns that do not hold numbers, each with the sentence that says so when it is used; nan in `values`.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = sn.read_table({"hours": [1.0, 2.0], "score": [50.0, 60.0]})
    >>> table.matrix(["score"]).tolist()
    [[50.0], [60.0]]
    """

    columns: tuple[str, ...]
    values: Array
    source: str
    not_numbers: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    def matrix(self, names: Sequence[str]) -> Array:
        """The named columns, (N, len(names)), every value of them finite.

        Raises
        ------
        InvalidInput
            When a column is not there, does not hold numbers, or holds a value that is missing or not finite.
        """
        for name in names:
            if name not in self.columns:
                raise InvalidInput(_no_such_column(name, self))
            if name in self.not_numbers:
                raise InvalidInput(self.not_numbers[name])
        matrix = self.values[:, [self.columns.index(name) for name in names]]
        bad = ~np.isfinite(matrix)
        if bad.any():
            row, column = np.argwhere(bad)[0]
            raise InvalidInput(
                f"column {names[column]!r} of {self.source} has {int(bad[:, column].sum())} values that are missing or "
                f"not finite, the first in data row {row + 1}; fill or remove these rows"
            )
        return np.ascontiguousarray(matrix)


def read_table(source: Any) -> Table:
    """Read a table of numbers.

    Parameters
    ----------
    source : path, DataFrame, mapping of str to sequence, or Table
        A CSV file with a header line, or columns that are in memory already.

    Returns
    -------
    Table

    Raises
    ------
    InvalidInput
        When the file cannot be read as a table or is empty.  Columns that hold no numbers are refused when they are
        used, not before.
    MissingDependency
        When pandas is needed and not installed.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = sn.read_table({"hours": [1.0, 2.0], "score": [50.0, 60.0]})
    >>> table.columns, len(table)
    (('hours', 'score'), 2)
    """
    if isinstance(source, Table):
        return source
    if isinstance(source, Mapping):
        return _from_mapping(source)
    pandas = import_optional("pandas", extra="tables", purpose="tables")
    if isinstance(source, pandas.DataFrame):
        return _from_frame(source, "the table")
    if isinstance(source, (str, os.PathLike)):
        return _from_frame(_read_csv(Path(source)), Path(source).name)
    raise InvalidInput(
        f"a table is a path, a DataFrame or a mapping of columns, but {type(source).__name__} was given"
    )


def _read_csv(path: Path) -> pd.DataFrame:
    pandas = import_optional("pandas", extra="tables", purpose="tables")
    if path.is_dir():
        raise InvalidInput(f"{str(path)!r} is a folder; give the name of a CSV file")
    try:
        with warnings.catch_warnings():
            # A ParserWarning is about values that no name in the header belongs to.
            warnings.simplefilter("error", pandas.errors.ParserWarning)
            frame = pandas.read_csv(
                path, skipinitialspace=True, index_col=False, low_memory=False, **_to_the_bit()
            )
        _require_commas(frame, path)
        if all(_is_number(name) for name in frame.columns):
            warnings.warn(
                f"the first line of {path.name} holds numbers only and was taken for the names of the columns; "
                "if it is a row of data, put a line of names above it",
                SheernetWarning,
                stacklevel=4,
            )
        return _with_names_as_written(frame, path)
    except FileNotFoundError:
        near = difflib.get_close_matches(path.name, _names_in(path.parent), n=1)
        guess = f"; did you mean {near[0]!r}?" if near else "; check the path"
        raise InvalidInput(f"there is no file {str(path)!r}{guess}") from None
    except pandas.errors.EmptyDataError:
        raise InvalidInput(
            f"{str(path)!r} is empty; a table has a header line and rows of numbers"
        ) from None
    except pandas.errors.ParserWarning:
        raise InvalidInput(
            f"{path.name} has more values in a row than names in its header; every column needs a name"
        ) from None
    except ValueError as error:  # pandas' ParserError and UnicodeDecodeError are of this kind
        raise InvalidInput(f"{str(path)!r} cannot be read as CSV: {str(error).strip()}") from None
    except OSError as error:
        raise InvalidInput(f"{str(path)!r} cannot be read: {error.strerror or error}") from None


def _require_commas(frame: pd.DataFrame, path: Path) -> None:
    """A single column whose name holds another separator is a table that was written with that."""
    separators = {";": "semicolons", "\t": "tabs"}
    found = [word for mark, word in separators.items() if mark in str(frame.columns[0])]
    if len(frame.columns) == 1 and found:
        raise InvalidInput(
            f"{path.name} seems to be separated by {found[0]}; save it with commas, or read it with pandas and "
            "give the DataFrame"
        )


def _to_the_bit() -> dict[str, Any]:
    """Arguments that make pandas read the float64 that is nearest to the text; from pandas 3 on it does by itself."""
    pandas = import_optional("pandas", extra="tables", purpose="tables")
    major = int(pandas.__version__.partition(".")[0])
    return {} if major >= 3 else {"float_precision": "round_trip"}


def _with_names_as_written(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Undo what pandas does to a header in silence: it renames a second "a" to "a.1"."""
    pandas = import_optional("pandas", extra="tables", purpose="tables")
    names = [str(name) for name in frame.columns]
    if any(name.rpartition(".")[0] in names for name in names):
        header = pandas.read_csv(path, header=None, nrows=1, dtype=str, skipinitialspace=True).iloc[
            0
        ]
        frame.columns = pandas.Index(
            [old if pandas.isna(new) else new for old, new in zip(names, header, strict=True)]
        )
    return frame


def _names_in(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []


def _from_mapping(columns: Mapping[str, Sequence[float]]) -> Table:
    lengths = {name: len(np.atleast_1d(_entries(column))) for name, column in columns.items()}
    if not lengths or len(set(lengths.values())) != 1:
        raise InvalidInput(
            f"the columns of a table must have the same length, at least one; given were {lengths}"
        )
    return _checked(tuple(map(str, columns)), list(columns.values()), "the table")


def _from_frame(frame: pd.DataFrame, source: str) -> Table:
    names = tuple(str(name) for name in frame.columns)
    return _checked(names, [_plain(frame.iloc[:, i]) for i in range(len(names))], source)


def _plain(column: pd.Series[Any]) -> Any:
    """The values of a column; pandas' own missing value becomes nan."""
    types = import_optional("pandas", extra="tables", purpose="tables").api.types
    if types.is_extension_array_dtype(column.dtype) and types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return column.to_numpy()


def _numbers(column: Any, name: str, source: str) -> Array:
    """A column as a float64 vector; the first entry that is no number is named."""
    wanted = f"column {name!r} of {source} must hold a number in each row"
    advice = "leave the column out or code it as numbers"
    entries = np.atleast_1d(_entries(column))
    if entries.dtype == object and any(
        isinstance(e, (list, tuple, np.ndarray)) for e in entries.flat
    ):
        raise InvalidInput(f"{wanted}, but its rows hold lists; {advice}")
    if entries.ndim != 1 or entries.dtype.kind in "cmM":
        raise InvalidInput(
            f"{wanted}, but {entries.dtype} of shape {entries.shape} was given; {advice}"
        )
    try:
        return entries.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        row, entry = next((i, e) for i, e in enumerate(entries, start=1) if not _is_number(e))
    raise InvalidInput(f"{wanted}, but data row {row} has {str(entry)[:40]!r}; {advice}")


def _entries(column: Any) -> npt.NDArray[Any]:
    """A column as an array of whatever it holds."""
    try:
        return np.asarray(column)
    except ValueError:  # rows of different length
        entries = np.empty(len(column), dtype=object)
        entries[:] = column
        return entries


def _is_number(entry: Any) -> bool:
    try:
        float(entry)
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def _checked(names: tuple[str, ...], columns: Sequence[Any], source: str) -> Table:
    """Put a table together: names that differ, at least one row, and a sentence for each column of no numbers."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(
            f"{source} has more than one column named {twice[0]!r}; names must differ"
        )
    n_rows = len(np.atleast_1d(_entries(columns[0]))) if columns else 0
    if n_rows == 0:
        raise InvalidInput(f"{source} has no rows below its header; at least one is needed")
    values = np.full((n_rows, len(names)), np.nan)
    not_numbers = {}
    for i, (name, column) in enumerate(zip(names, columns, strict=True)):
        try:
            values[:, i] = _numbers(column, name, source)
        except InvalidInput as refusal:
            not_numbers[name] = str(refusal)
    return Table(names, values, source, not_numbers)


def _no_such_column(name: str, table: Table) -> str:
    near = difflib.get_close_matches(name, table.columns, n=2)
    guess = f"; did you mean {' or '.join(map(repr, near))}? Its" if near else "; its"
    return f"{table.source} has no column {name!r}{guess} columns are {', '.join(table.columns)}"
