"""Reading MATLAB files of version 5 to 7 as tables: selecting variables and converting them to columns.

A row vector or column vector becomes one column, and each column of a matrix becomes a column; if samples are columns,
as in MATLAB's network functions, the matrix is transposed first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.files.matlab.mat_format import MatlabObject, read_variables
from sheernet.data.files.opening import Opened, require_few_columns
from sheernet.data.tables.column_names import listed_names
from sheernet.data.tables.table import require_distinct
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.pandas_import import import_pandas
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
        A vector x becomes column x, and a matrix X columns X1, X2, ..., or the names in a cell array of one text for
        each column.  Fields of a structure are treated as variables; if two have the same name, the name of the
        structure stands before it: train_x, test_x.
    str
        Description of how the file was read, for `Table.reading`, with the names of variables read and left out.

    Raises
    ------
    InvalidInput
        If it is damaged or too large, or a variable is a MATLAB object such as a table, or complex, or has another
        number of samples than the others.
    """
    pandas = import_pandas()
    variables = _chosen(_with_fields(read_variables(file)), options.variable, file.name)
    _require_readable(variables, file.name)
    entries = {name: value for name, value in variables.items() if _is_column(value)}
    left_out = [name for name in variables if name not in entries]
    if not entries:
        raise InvalidInput(
            f"{file.name} has no vector or matrix that can be a column of a table (fields of a structure in another, "
            "or of a structure array, are not read); save the columns as variables, such as x = s.data.x"
        )
    texts = _column_names(entries, options.samples)
    entries = {name: value for name, value in entries.items() if name not in texts.values()}
    n_samples = _n_samples(entries, options.samples, file.name)
    widths = (1 if _is_vector(v) else v.size // n_samples for v in entries.values())
    require_few_columns(sum(widths), file.name)
    names: list[str] = []
    columns: list[npt.NDArray[Any]] = []
    for name, value in entries.items():
        given = _texts(variables[texts[name]]) if name in texts else None
        for i, column in enumerate(_columns(value, options.samples, n_samples)):
            names.append(given[i] if given else name if _is_vector(value) else f"{name}{i + 1}")
            columns.append(column)
    require_distinct(names, file.name)
    frame = pandas.DataFrame(dict(zip(names, columns, strict=True)))
    parts = [f"MATLAB file, variables {', '.join(entries)}, samples in {options.samples}"]
    parts += [f"column names of {name} from {source}" for name, source in texts.items()]
    parts += [f"without {', '.join(left_out)}"] if left_out else []
    return frame, "; ".join(parts)


def _with_fields(variables: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """Replace each structure by its fields; the keys are the name of the structure, or "", and that of the value."""
    found: dict[tuple[str, str], Any] = {}
    for name, value in variables.items():
        if isinstance(value, dict):
            found |= {(name, field): entry for field, entry in value.items()}
        else:
            found["", name] = value
    return found


def _chosen(
    found: Mapping[tuple[str, str], Any], given: Sequence[str] | None, file: str
) -> dict[str, Any]:
    """Return the variables to read by the names of their columns: all, or those that `variable` names.

    A structure, or a field as in MATLAB's notation (train.x), can be named, too.
    """
    if given is not None:
        spellings = {key: {*key, ".".join(key).lstrip(".")} - {""} for key in found}
        for name in given:
            if not any(name in spelled for spelled in spellings.values()):
                known = dict.fromkeys(owner or name for owner, name in found)
                raise InvalidInput(
                    sentence(
                        "{} has no variable {!r}: its variables are {}; give one of them with {}",
                        file, name, listed_names(list(known)), Setting("variable"),
                    )
                )  # fmt: skip
        found = {key: value for key, value in found.items() if spellings[key] & set(given)}
    count = Counter(name for _, name in found)
    return {
        f"{owner}_{name}" if owner and count[name] > 1 else name: value
        for (owner, name), value in found.items()
    }


def _require_readable(variables: Mapping[str, Any], file: str) -> None:
    """Raise if a variable is an object of MATLAB or complex."""
    for name, value in variables.items():
        if isinstance(value, MatlabObject):
            raise InvalidInput(
                sentence(
                    "variable {!r} of {} is a MATLAB object, such as a table or a string array, which other programs "
                    "cannot read; write a table T with writetable(T, 'data.csv'), save its columns as vectors, or "
                    "choose other variables with {}",
                    name, file, Setting("variable"),
                )
            )  # fmt: skip
        if isinstance(value, np.ndarray) and value.dtype.kind == "c":
            raise InvalidInput(
                sentence(
                    "variable {!r} of {} has complex numbers; save real({}) and imag({}) as variables, or choose "
                    "other variables with {}",
                    name, file, name, name, Setting("variable"),
                )
            )  # fmt: skip


def _column_names(entries: Mapping[str, Any], samples: str) -> dict[str, str]:
    """For each matrix whose columns are named by a vector of texts, the name of that vector.

    The vector must have one text for each column of one matrix only, and no other entry may have as many samples.
    """
    axis = 1 if samples == "rows" else 0
    named: dict[str, str] = {}
    for source, value in entries.items():
        texts = _texts(value) if value.dtype == object and _is_vector(value) else ()
        others = {n: v for n, v in entries.items() if n != source and v.dtype != object}
        fitting = [
            n for n, v in others.items() if not _is_vector(v) and v.shape[axis] == len(texts)
        ]
        samples_of_others = {
            v.size if _is_vector(v) else v.shape[1 - axis] for v in others.values()
        }
        if len(fitting) == 1 and fitting[0] not in named and len(texts) not in samples_of_others:
            named[fitting[0]] = source
    return named


def _texts(value: npt.NDArray[Any]) -> tuple[str, ...]:
    """Return the texts in a vector of cells if all are distinct and not empty; otherwise none."""
    texts = [cell.strip() for cell in _plain_cells(value).ravel() if isinstance(cell, str)]
    whole = len(texts) == value.size == len(set(texts)) and all(texts)
    return tuple(texts) if whole else ()


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
    advice: str = sentence(
        "save variables with one row per sample, or choose some of them with {}",
        Setting("variable"),
    )
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


def _columns(value: npt.NDArray[Any], samples: str, n_samples: int) -> Iterator[npt.NDArray[Any]]:
    """Yield the columns of a variable."""
    if value.dtype == object:
        value = _plain_cells(value)
    if _is_vector(value):
        yield value.reshape(n_samples)
    else:
        yield from value.T if samples == "rows" else value


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
