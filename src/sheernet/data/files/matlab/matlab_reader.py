"""Reading MATLAB files of version 4 to 7 as tables: selecting variables and converting them to columns.

A row vector or column vector becomes one column, and each column of a matrix becomes a column; if samples are columns,
as in MATLAB's network functions, the matrix is transposed first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.files.matlab.mat_format import MatlabObject, read_variables
from sheernet.data.files.opening import Opened, require_few_columns
from sheernet.data.tables.column_names import listed_names
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed, plural_of
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import Setting, in_quotes, sentence
from sheernet.settings.read_settings import ReadSettings

if TYPE_CHECKING:
    import pandas as pd

_Array = npt.NDArray[Any]


def read_matlab(
    file: Opened,
    options: ReadSettings,
    rows_of: Collection[str] = (),
    *,
    are_optional: bool = False,
    has_samples: bool = False,
    replaced: Sequence[str] = (),
) -> tuple[pd.DataFrame, str, dict[str, int]]:
    """Read the variables of a MATLAB file as a table.

    Parameters
    ----------
    file : Opened
        The file.
    options : ReadSettings
        How it is read.
    rows_of : collection of str
        Variables that were matrices in the file of a model; a vector with such a name is one sample of a matrix.
    are_optional : bool
        Whether variables in `options` that the file does not have are ignored, because a model names them.
    has_samples : bool
        Whether `samples` was given, or is that of a model.
    replaced : sequence of str
        Variables of the file of a model, in whose place other variables in `options` are read, in this order.

    Returns
    -------
    DataFrame, (N, number of columns)
        A vector x becomes column x, and a matrix X columns X1, X2, ..., or the names in a cell array of one text for
        each column, or in the first row of an array of cells.  Fields of structures are treated as variables; if
        several have the same name, the names of the structures are prefixes: train.x, test.x.  Single numbers and
        texts are columns if there is one sample.
    str
        Description of how the file was read, for `Table.reading`, with the names of variables read and left out.
    dict of str to int
        The variables that are matrices, each with the number of its columns if their names are only their positions,
        otherwise 0.

    Raises
    ------
    InvalidInput
        If the file is damaged or too large, or a variable is a MATLAB object such as a table, or complex, or has
        another number of samples than the others; or if square matrices and row vectors do not show whether samples
        are rows or columns.
    """
    found = _chosen(_with_fields(read_variables(file)), options.variable, file.name, are_optional)
    places = _places(found, options.variable or (), replaced, file.name)
    variables = {places.get(name, name): value for name, value in found.items()}
    _require_readable(variables, file.name)
    arrays = {name: value for name, value in variables.items() if _is_column(value)}
    entries = _entries(arrays, options.samples, rows_of)
    named = _column_names(entries)
    given = {matrix: _texts(entries[source]) for matrix, source in named.items()}
    headers = {name: header for name, value in entries.items() if (header := _header(value))}
    given |= headers
    entries |= {name: entries[name][1:] for name in headers}
    entries = _without_other_texts(entries)
    if not entries:
        raise InvalidInput(
            f"{file.name} has no vector or matrix that can be a column of a table (structures in cells, and arrays of "
            "three dimensions, are not read); save the columns as variables, such as x = X(:)"
        )
    if not has_samples:
        _require_one_orientation(entries, arrays, file.name)
    _require_equal_lengths(entries, arrays, options.samples, file.name)
    require_few_columns(sum(value.shape[1] for value in entries.values()), file.name)
    matrices = tuple(n for n, v in entries.items() if v.shape[1] > 1 or n in rows_of)
    frame = import_pandas().DataFrame(_columns(entries, given, matrices, file.name))
    left_out = [name for name in variables if name not in {*entries, *named.values()}]
    told = [n for n in left_out if np.size(variables[n]) > (n in arrays)]  # no single values
    if told:
        are = plural_of(len(told), "is", "are")
        warn(
            f"{listed(list(map(in_quotes, told)), most=5)} of {file.name} {are} left out, because only vectors and "
            "matrices of numbers and texts with a row for each sample are read"
        )
    own = {place: f"{name} as {place}" for name, place in places.items()}
    read = ", ".join(own.get(name, name) for name in entries)
    parts = [f"MATLAB file, variables {read}, samples in {options.samples}"]
    parts += [f"column names of {matrix} from {source}" for matrix, source in named.items()]
    parts += [f"column names of {name} from its first {options.samples[:-1]}" for name in headers]
    parts += [f"without {', '.join(left_out)}"] if left_out else []
    return frame, "; ".join(parts), {n: 0 if n in given else entries[n].shape[1] for n in matrices}


def _with_fields(
    variables: Mapping[str, Any], above: tuple[str, ...] = ()
) -> dict[tuple[str, ...], Any]:
    """Replace each structure by its fields; the keys are paths, such as ("s", "train", "x") for s.train.x."""
    found: dict[tuple[str, ...], Any] = {}
    for name, value in variables.items():
        path = (*above, name)
        found |= _with_fields(value, path) if isinstance(value, dict) else {path: value}
    return found


def _chosen(
    found: Mapping[tuple[str, ...], Any],
    given: Sequence[str] | None,
    file: str,
    are_optional: bool,
) -> dict[str, Any]:
    """Return the variables to read by the names of their columns: all, or those that `variable` names.

    A structure (s), a field (s.x) or the name of its column (x) can be given.
    """
    names = _shortest_names(found)
    if given is None:
        return {names[path]: value for path, value in found.items()}
    spellings = {
        path: {name, *(".".join(path[:n]) for n in range(1, len(path) + 1))}
        for path, name in names.items()
    }
    known = set().union(*spellings.values())
    if are_optional:
        given = [name for name in given if name in known] or given
    for name in given:
        if name not in known:
            raise InvalidInput(
                "{} has no variable {!r}: its variables are {}; give a list of some of them with {}",
                file, name, listed_names([".".join(path) for path in found]), Setting("variable"),
            )  # fmt: skip
    chosen = {path: value for path, value in found.items() if spellings[path] & set(given)}
    return {name: chosen[path] for path, name in _shortest_names(chosen).items()}


def _shortest_names(paths: Collection[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Return the last part of each path if no other path ends with it, otherwise the whole path, s.x."""
    counts = Counter(path[-1] for path in paths)
    return {path: path[-1] if counts[path[-1]] == 1 else ".".join(path) for path in paths}


def _places(
    variables: Container[str], given: Sequence[str], replaced: Sequence[str], file: str
) -> dict[str, str]:
    """Return, for each variable that is read in the place of one of a model, the name of that one, and warn.

    The places are those in the same order, if no variable has the name of one of the model.
    """
    names = [name for name in given if name in variables]  # others are structures
    if any(place in variables for place in replaced):
        return {}
    places = dict(zip(names, replaced, strict=False))
    if places:
        pairs = [
            f"{in_quotes(name)} in the place of {in_quotes(place)}"
            for name, place in places.items()
        ]
        warn(
            f"variables of {file} are read in the place of those that the model was fitted to: {listed(pairs)}"
        )
    return places


def _require_readable(variables: Mapping[str, Any], file: str) -> None:
    """Raise if a variable is an object of MATLAB or complex."""
    for name, value in variables.items():
        if isinstance(value, MatlabObject):
            raise InvalidInput(
                "variable {!r} of {} is a MATLAB object, such as a table or a string array, which sheernet "
                "cannot read; write a table T with writetable(T, 'data.csv'), save its columns as vectors, or "
                "choose other variables with {}",
                name, file, Setting("variable"),
            )  # fmt: skip
        if isinstance(value, np.ndarray) and value.dtype.kind == "c":
            raise InvalidInput(
                "variable {!r} of {} has complex numbers; save real({}) and imag({}) as variables, or choose "
                "other variables with {}",
                name, file, name, name, Setting("variable"),
            )  # fmt: skip


def _is_column(value: Any) -> bool:
    """Whether a variable is an array of two dimensions of numbers or texts that is not empty."""
    if not isinstance(value, np.ndarray) or value.ndim != 2 or not value.size:
        return False
    return value.dtype != object or all(
        cell is None or isinstance(cell, str | int | float) for cell in _plain(value).flat
    )


def _entries(
    arrays: Mapping[str, _Array], samples: str, rows_of: Container[str]
) -> dict[str, _Array]:
    """Return arrays as matrices with a row for each sample; single values only if there is one sample."""
    entries = {}
    for name, value in arrays.items():
        cells = _plain(value) if value.dtype == object else value
        if 1 in value.shape and name not in rows_of:
            entries[name] = cells.reshape(-1, 1)
        else:
            entries[name] = cells if samples == "rows" else cells.T
    longer = {name: value for name, value in entries.items() if value.size > 1}
    return longer if any(len(value) > 1 for value in longer.values()) else entries


def _column_names(entries: Mapping[str, _Array]) -> dict[str, str]:
    """Return, for each matrix whose columns a vector of texts names, this vector.

    The vector must have one text for each column of one matrix only, and no other entry may have as many samples.
    """
    named: dict[str, str] = {}
    for source, value in entries.items():
        texts = _texts(value) if value.dtype == object and value.shape[1] == 1 else ()
        others = {n: v for n, v in entries.items() if n != source and v.dtype != object}
        fitting = [n for n, v in others.items() if 1 < v.shape[1] == len(texts)]
        if len(fitting) == 1 and len(texts) not in set(map(len, others.values())):
            named.setdefault(fitting[0], source)
    return named


def _without_other_texts(entries: Mapping[str, _Array]) -> dict[str, _Array]:
    """Leave out texts that are not one for each sample of numbers, such as names or units of columns."""
    lengths = {len(value) for value in entries.values() if not _are_texts(value)}
    return {
        name: value
        for name, value in entries.items()
        if not (lengths and _are_texts(value) and len(value) not in lengths)
    }


def _are_texts(value: _Array) -> bool:
    return value.dtype == object and all(isinstance(cell, str | None) for cell in value.flat)


def _texts(value: _Array) -> tuple[str, ...]:
    """Return the texts in a vector of cells if all are distinct and not empty; otherwise none."""
    texts = [cell.strip() for cell in value.flat if isinstance(cell, str)]
    whole = len(texts) == value.size == len(set(texts)) and all(texts)
    return tuple(texts) if whole else ()


def _header(value: _Array) -> tuple[str, ...]:
    """Return the first row of cells if it has a name for each column, and one column holds numbers; otherwise ()."""
    if value.dtype != object or value.shape[1] < 2 or len(value) < 2:
        return ()
    filled = ([cell for cell in column if cell is not None] for column in value[1:].T)
    has_numbers = any(f and all(isinstance(c, int | float) for c in f) for f in filled)
    return _texts(value[0]) if has_numbers else ()


def _columns(
    entries: Mapping[str, _Array],
    given: Mapping[str, Sequence[str]],
    matrices: Container[str],
    file: str,
) -> dict[str, _Array]:
    """Return the columns of variables by name; those of a matrix without given names are numbered."""
    columns: dict[str, _Array] = {}
    for variable, value in entries.items():
        numbered = [f"{variable}{i + 1}" for i in range(value.shape[1])]
        names = given.get(variable) or (numbered if variable in matrices else [variable])
        if taken := [name for name in names if name in columns]:
            raise InvalidInput(
                "{} has more than one column named {!r}, one of them of its variable {!r}; rename it, or choose other "
                "variables with {}",
                file, taken[0], variable, Setting("variable"),
            )  # fmt: skip
        columns |= zip(names, value.T, strict=True)
    return columns


def _require_one_orientation(
    entries: Mapping[str, _Array], arrays: Mapping[str, _Array], file: str
) -> None:
    """Raise if all matrices are square and all vectors are rows of their width, as if samples were columns."""
    shapes = {name: arrays[name].shape for name in entries}
    n = max(map(max, shapes.values()))
    square = next((name for name, shape in shapes.items() if shape == (n, n)), None)
    row = next((name for name, shape in shapes.items() if shape == (1, n)), None)
    if n == 1 or square is None or row is None or set(shapes.values()) != {(n, n), (1, n)}:
        return
    raise InvalidInput(
        "it cannot be determined whether the samples of {} are rows or columns, because {} is {} x {} and {} is 1 x "
        "{}; give {} if each column of {} is a sample, as for MATLAB's network functions, or {} if each row is one",
        file, square, n, n, row, n, Setting("samples", "columns"), square, Setting("samples", "rows"),
    )  # fmt: skip


def _require_equal_lengths(
    entries: Mapping[str, _Array], arrays: Mapping[str, _Array], samples: str, name: str
) -> None:
    """Raise if the variables of `entries` have different numbers of samples."""
    if len(set(map(len, entries.values()))) == 1:
        return
    other = "columns" if samples == "rows" else "rows"
    chosen = {n: arrays[n] for n in entries}
    numbers = {n: value for n, value in chosen.items() if value.dtype != object}
    turned = {len(value) for value in _entries(numbers, other, ()).values()}
    shapes = listed([f"{n} is {' x '.join(map(str, value.shape))}" for n, value in chosen.items()])
    raise InvalidInput(
        "the variables of {} have different numbers of {} ({}); {}",
        name, samples, shapes,
        sentence("use {}", Setting("samples", other))
        if len(turned) == 1
        else sentence(
            "choose those that belong together with {}, and use {} if each column is a sample",
            Setting("variable"), Setting("samples", "columns"),
        ),
    )  # fmt: skip


def _plain(cells: _Array) -> _Array:
    """Convert cells with one text or number to that value and empty cells to None; leave others unchanged."""
    plain = np.empty(cells.shape, dtype=object)
    for index, cell in np.ndenumerate(cells):
        is_array = isinstance(cell, np.ndarray)
        if is_array and cell.size == 1 and not isinstance(cell.flat[0], np.ndarray):
            plain[index] = cell.item()
        else:
            plain[index] = None if is_array and not cell.size else cell
    return plain
