"""Reading MATLAB files of version 4 to 7 as tables: selecting variables and converting them to columns.

A row vector or column vector becomes one column, and each column of a matrix becomes a column; if samples are columns,
as in MATLAB's network functions, the matrix is transposed first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sheernet.data.files.matlab.mat_format import MatlabObject, StructureArray, read_variables
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


def read_matlab(
    file: Opened,
    options: ReadSettings,
    rows_of: Collection[str] = (),
    *,
    are_optional: bool = False,
    has_samples: bool = False,
    replaced: Sequence[str] = (),
    names_of: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, str, dict[str, int], dict[str, str]]:
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
    names_of : mapping of str to str, optional
        For each variable whose texts were the names of the columns of a matrix in the file of a model, this matrix.

    Returns
    -------
    DataFrame, (N, number of columns)
        A vector x becomes column x, and a matrix X columns X1, X2, ..., or the names in a cell array of one text for
        each column.  A vector of cells that hold a vector of numbers each, as con2seq makes it, is such a matrix.
        Fields of structures are treated as variables; if several have the same name, the names of the structures are
        prefixes: train_x, test_x.  The elements of a structure array are structures s1, s2, ... if they hold arrays
        with as many samples, more than elements, as an array outside of it, as the signals that Simulink saves with
        their time.  Single numbers and texts are columns if there is one sample.
    str
        Description of how the file was read, for `Table.reading`, with the names of variables read and left out.
    dict of str to int
        The variables that are matrices, each with the number of its columns if their names are only their positions,
        otherwise 0.
    dict of str to str
        For each variable whose texts are the names of the columns of a matrix, this matrix.

    Raises
    ------
    InvalidInput
        If the file is damaged or too large, or a variable is a MATLAB object such as a table, or complex, or has
        another number of samples than the others; or if square matrices and row vectors do not show whether samples
        are rows or columns.
    """
    pandas = import_pandas()
    names_of = names_of or {}
    found = read_variables(file)
    found = _with_elements(found, options.samples, _numbers_of_samples(found, options.samples))
    chosen = _chosen(_with_fields(found), options.variable, file.name, are_optional)
    variables = {name: _joined(value, options.samples) for name, value in chosen.items()}
    places = _places(variables, options.variable or (), replaced, file.name)
    variables = {places.get(name, name): value for name, value in variables.items()}
    _require_readable(variables, file.name)
    _require_no_cells_of_matrices(chosen, options.samples, file.name)
    arrays = {name: value for name, value in variables.items() if _is_column(value)}
    arranged = _arranged(arrays, options.samples, rows_of, names_of)
    entries, headers = arranged.entries, arranged.headers
    left_out = [name for name in variables if name not in {*entries, *arranged.named}]
    if not entries:
        deep = next((name for name, value in variables.items() if np.ndim(value) > 2), None)
        raise InvalidInput(
            f"{file.name} has no vector or matrix that can be a column of a table (structures in cells, and arrays of "
            "three dimensions, are not read); save the columns as variables, such as "
            + (f"{deep} = {deep}(:)" if deep else "x = c{1}.x")
        )
    texts = {matrix: source for source, matrix in arranged.named.items()}
    if not has_samples:
        _require_one_orientation(entries, arrays, file.name)
    _require_equal_lengths(entries, arrays, options.samples, rows_of, file.name)
    require_few_columns(sum(value.shape[1] for value in entries.values()), file.name)
    matrices = tuple(n for n, v in entries.items() if v.shape[1] > 1 or n in rows_of)
    given = headers | {name: _texts(variables[source]) for name, source in texts.items()}
    frame = pandas.DataFrame(_columns(entries, given, matrices, file.name))
    own = {place: f"{name} as {place}" for name, place in places.items()}
    read = ", ".join(own.get(name, name) for name in entries)
    parts = [f"MATLAB file, variables {read}, samples in {options.samples}"]
    parts += [f"column names of {name} from {source}" for name, source in texts.items()]
    parts += [f"column names of {name} from its first {options.samples[:-1]}" for name in headers]
    parts += [f"without {', '.join(left_out)}"] if left_out else []
    left_out = [name for name in left_out if name not in names_of]
    has_structures = any(isinstance(value, dict) for value in found.values())
    if left_out and (has_structures or any(_has_values(variables[name]) for name in left_out)):
        warn(
            f"{listed(list(map(in_quotes, left_out)), most=5)} of {file.name} "
            f"{plural_of(len(left_out), 'is', 'are')} left out, because "
            f"{plural_of(len(left_out), 'it is', 'they are')} not a vector or matrix with a row for each sample"
        )
    numbers = {n: 0 if n in given else entries[n].shape[1] for n in matrices}
    return frame, "; ".join(parts), numbers, arranged.named


def _columns(
    entries: Mapping[str, npt.NDArray[Any]],
    given: Mapping[str, Sequence[str]],
    matrices: Container[str],
    file: str,
) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of variables by name; those of a matrix without given names are numbered."""
    columns: dict[str, npt.NDArray[Any]] = {}
    sources: dict[str, str] = {}
    for variable, value in entries.items():
        plain = _plain_cells(value) if value.dtype == object else value
        numbered = [f"{variable}{i + 1}" for i in range(value.shape[1])]
        names = given.get(variable) or (numbered if variable in matrices else [variable])
        for name, column in zip(names, plain.T, strict=True):
            if name in columns:
                raise InvalidInput(
                    "{} has more than one column named {!r}, from its variables {!r} and {!r}; rename one of them, or "
                    "choose one with {}",
                    file, name, sources[name], variable, Setting("variable"),
                )  # fmt: skip
            columns[name], sources[name] = column, variable
    return columns


def _numbers_of_samples(variables: Mapping[str, Any], samples: str) -> set[int]:
    """Return the numbers of samples, above 1, of the arrays of numbers that are not in structure arrays."""
    found = set()
    for value in variables.values():
        if isinstance(value, dict):
            inner = {} if isinstance(value, StructureArray) else value
            found |= _numbers_of_samples(inner, samples)
        else:
            found.add(_n_samples(value, samples))
    return found - {0, 1}


def _n_samples(value: Any, samples: str) -> int:
    """Return the number of samples of a vector or matrix of numbers, or 0."""
    if not isinstance(value, np.ndarray) or value.dtype == object or value.ndim != 2:
        return 0
    return value.size if 1 in value.shape else value.shape[samples == "columns"]


def _with_elements(variables: Mapping[str, Any], samples: str, lengths: set[int]) -> dict[str, Any]:
    """Replace each structure array s whose elements hold samples by structures s1, s2, ..."""
    found: dict[str, Any] = {}
    for name, value in variables.items():
        if isinstance(value, StructureArray):
            n = next(iter(value.values())).size
            longer = {length for length in lengths if length > n}
            if any(
                {_n_samples(c, samples) for c in field.flat} <= longer for field in value.values()
            ):
                elements = [{key: field.flat[k] for key, field in value.items()} for k in range(n)]
                found |= {f"{name}{k}": element for k, element in enumerate(elements, start=1)}
                continue
        elif isinstance(value, dict):
            value = _with_elements(value, samples, lengths)
        found[name] = value
    return found


def _with_fields(
    variables: Mapping[str, Any], above: tuple[str, ...] = ()
) -> dict[tuple[str, ...], Any]:
    """Replace each structure by its fields; the keys are paths, such as ("s", "train", "x") for s.train.x."""
    found: dict[tuple[str, ...], Any] = {}
    for name, value in variables.items():
        path = (*above, name)
        found |= _with_fields(value, path) if isinstance(value, dict) else {path: value}
    return found


def _without_lines(found: Mapping[tuple[str, ...], Any]) -> dict[tuple[str, ...], Any]:
    """Leave out the lines of text in the result of importdata if it also has the names in them as a field."""
    return {
        path: value
        for path, value in found.items()
        if path[-1] != "textdata"
        or not {(*path[:-1], name) for name in ("colheaders", "rowheaders")} & set(found)
    }


def _chosen(
    found: Mapping[tuple[str, ...], Any],
    given: Sequence[str] | None,
    file: str,
    are_optional: bool,
) -> dict[str, Any]:
    """Return the variables to read by the names of their columns: all, or those that `variable` names.

    A structure, or a field as in MATLAB's notation (train.x) or as messages name it (train_x), can be named, too.
    """
    if given is not None:
        spellings = {path: _spellings(path) for path in found}
        for name, path in _shortest_names(found).items():
            if not any(name in spelled for spelled in spellings.values()):
                spellings[path].add(name)
        known_names = set().union(*spellings.values())
        if are_optional:
            given = [name for name in given if name in known_names] or given
        for name in given:
            if name not in known_names:
                parts = [part.strip() for part in name.split(",")]
                choice = parts if known_names.issuperset(parts) else None
                raise InvalidInput(
                    "{} has no variable {!r}: its variables are {}; give {} with {}",
                    file, name, listed_names([".".join(path) for path in found]),
                    "a list of names" if choice else "one of them", Setting("variable", *([choice] if choice else [])),
                )  # fmt: skip
        found = {path: value for path, value in found.items() if spellings[path] & set(given)}
    found = _without_lines(found)
    return {name: found[path] for name, path in _shortest_names(found).items()}


def _joined(value: Any, samples: str) -> Any:
    """Return a vector of cells with a vector of numbers in each, all of one length above 1, as a matrix.

    A single cell with a vector or matrix of numbers is this vector or matrix.
    """
    if not isinstance(value, np.ndarray) or value.dtype != object or max(value.shape) < value.size:
        return value
    cells = value.ravel()
    if len(cells) == 1 and (_length(cells[0]) > 1 or _is_matrix(cells[0])):
        return cells[0]
    lengths = {_length(cell) for cell in cells}
    if len(lengths) != 1 or max(lengths) < 2:
        return value
    matrix = np.array([cell.ravel() for cell in cells])
    return matrix if samples == "rows" else matrix.T


def _length(cell: Any) -> int:
    """Return the length of a vector of numbers, or 0."""
    is_array = isinstance(cell, np.ndarray) and cell.dtype != object
    return cell.size if is_array and max(cell.shape) == cell.size else 0


def _is_matrix(cell: Any) -> bool:
    """Whether a cell holds numbers in more than one row and column."""
    is_array = isinstance(cell, np.ndarray) and cell.dtype != object
    return is_array and cell.ndim == 2 and min(cell.shape) > 1


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


def _spellings(path: tuple[str, ...]) -> set[str]:
    """Return the names that select a variable in an option: its parts, and successive parts joined by points."""
    n = len(path)
    return {".".join(path[i:j]) for i in range(n) for j in range(i + 1, n + 1)}


def _shortest_names(paths: Collection[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return each path by its last parts that no other path ends with, joined by underscores or else by points."""
    counts = Counter(path[-n:] for path in paths for n in range(1, len(path) + 1))
    ends = [
        path[-next((n for n in range(1, len(path)) if counts[path[-n:]] == 1), len(path)) :]
        for path in paths
    ]
    joined = Counter(map("_".join, ends))
    names = [name if joined[name := "_".join(end)] == 1 else ".".join(end) for end in ends]
    return dict(zip(names, paths, strict=True))


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


def _require_no_cells_of_matrices(variables: Mapping[str, Any], samples: str, file: str) -> None:
    """Raise if the cells of a variable hold matrices, and no other variable has one value for each of these cells."""
    arrays = [value for value in variables.values() if isinstance(value, np.ndarray)]
    lengths = {_n_samples(value, samples) for value in arrays}
    texts = [value for value in arrays if value.dtype == object]
    lengths |= {value.size for value in texts if any(np.size(cell) == 1 for cell in value.flat)}
    for name, value in variables.items():
        if not isinstance(value, np.ndarray) or value.size < 2 or value.size in lengths:
            continue
        if all(map(_is_matrix, value.flat)):
            # Inputs are the columns if all cells have as many, and the shorter side if all have the same shape.
            heights, widths = ({cell.shape[axis] for cell in value.flat} for axis in (0, 1))
            is_tall = len(heights) > 1 or max(heights) >= max(widths)
            joined = "vertcat" if len(widths) == 1 and is_tall else "horzcat"
            raise InvalidInput(
                "the cells of variable {!r} of {} hold matrices, the first of {}; save one matrix, such as {} = "
                "{}({}{{:}}), and other variables of cells alike, or choose other variables with {}",
                name, file, " x ".join(map(str, value.flat[0].shape)), name, joined, name, Setting("variable"),
            )  # fmt: skip


class _Arranged(NamedTuple):
    """The matrices of samples and columns, the sources of their names, by name, and names in their first rows."""

    entries: dict[str, npt.NDArray[Any]]
    named: dict[str, str]
    headers: dict[str, tuple[str, ...]]


def _arranged(
    arrays: Mapping[str, npt.NDArray[Any]],
    samples: str,
    rows_of: Container[str],
    names_of: Mapping[str, str],
) -> _Arranged:
    """Separate the values of samples from the names of columns, and leave out their units."""
    entries = _entries(arrays, samples, rows_of)
    named = _column_names(entries, names_of)
    spare = {*named, *_texts_for_columns(entries, named)}
    spare |= {source for source, matrix in names_of.items() if matrix not in entries}
    entries = {name: value for name, value in entries.items() if name not in spare}
    headers = {name: header for name, value in entries.items() if (header := _header(value))}
    entries |= {name: entries[name][1:] for name in headers}
    return _Arranged(entries, named, headers)


def _entries(
    arrays: Mapping[str, npt.NDArray[Any]], samples: str, rows_of: Container[str]
) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays as matrices of samples and columns; keep single values only if there is one sample."""
    entries = {
        name: _turned(value, samples, is_matrix=name in rows_of) for name, value in arrays.items()
    }
    longer = {name: value for name, value in entries.items() if value.size > 1}
    return longer if any(len(value) > 1 for value in longer.values()) else entries


def _turned(value: npt.NDArray[Any], samples: str, *, is_matrix: bool) -> npt.NDArray[Any]:
    """Return an array as a matrix whose rows are samples; a vector is one column unless `is_matrix`."""
    if 1 in value.shape and not is_matrix:
        return value.reshape(-1, 1)
    return value if samples == "rows" else value.T


def _column_names(
    entries: Mapping[str, npt.NDArray[Any]], names_of: Mapping[str, str]
) -> dict[str, str]:
    """Return, for each vector of texts that are the names of the columns of a matrix, the name of the matrix.

    The vector must have one text for each column of one matrix only, and no other entry may have as many samples,
    unless it named this matrix in the file of a model.  Several vectors may name a matrix if their texts are equal.
    """
    named: dict[str, str] = {}
    for source, value in entries.items():
        texts = _texts(value) if value.dtype == object and value.shape[1] == 1 else ()
        others = {n: v for n, v in entries.items() if n != source and v.dtype != object}
        fitting = [n for n, v in others.items() if v.shape[1] > 1 and v.shape[1] == len(texts)]
        lengths = set(map(len, others.values()))
        if names_of.get(source) in fitting:
            fitting = [names_of[source]]
        elif len(fitting) != 1 or len(texts) in lengths:
            continue
        if all(_texts(entries[n]) == texts for n, matrix in named.items() if matrix == fitting[0]):
            named[source] = fitting[0]
    return named


def _texts_for_columns(
    entries: Mapping[str, npt.NDArray[Any]], named: Mapping[str, str]
) -> list[str]:
    """Return further vectors of texts with a text for each column of a matrix that has names, such as its units."""
    widths = {entries[matrix].shape[1] for matrix in named.values()}
    others = {len(value) for value in entries.values() if value.dtype != object}
    return [
        name
        for name, value in entries.items()
        if name not in named and value.dtype == object and value.shape[1] == 1
        and len(value) in widths - others
        and all(isinstance(cell, str) for cell in _plain_cells(value).flat if cell is not None)
    ]  # fmt: skip


def _texts(value: npt.NDArray[Any]) -> tuple[str, ...]:
    """Return the texts in a vector of cells if all are distinct and not empty; otherwise none."""
    texts = [cell.strip() for cell in _plain_cells(value).ravel() if isinstance(cell, str)]
    whole = len(texts) == value.size == len(set(texts)) and all(texts)
    return tuple(texts) if whole else ()


def _header(value: npt.NDArray[Any]) -> tuple[str, ...]:
    """Return the first row of cells if it has a name for each column, and one column holds numbers; otherwise ()."""
    if value.dtype != object or value.shape[1] < 2 or len(value) < 2:
        return ()
    names = _texts(value[0])
    for column in _plain_cells(value[1:]).T:
        filled = [cell for cell in column if cell is not None]
        if filled and all(isinstance(cell, int | float) for cell in filled):
            return names
    return ()


def _is_column(value: Any) -> bool:
    """Whether a variable is an array of two dimensions that is not empty; a single cell must hold a number or text."""
    if not isinstance(value, np.ndarray) or value.ndim != 2:
        return False
    if value.size == 1 and value.dtype == object:
        return isinstance(_plain_cells(value).flat[0], (str, int, float))
    return value.size > 0


def _has_values(value: Any) -> bool:
    """Whether a variable is more than a single number or text."""
    if isinstance(value, np.ndarray) and value.dtype == object and value.size == 1:
        return not _is_column(value) and np.size(value.flat[0]) > 0
    return np.size(value) > 1


def _require_one_orientation(
    entries: Mapping[str, npt.NDArray[Any]], arrays: Mapping[str, npt.NDArray[Any]], file: str
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
    entries: Mapping[str, npt.NDArray[Any]],
    arrays: Mapping[str, npt.NDArray[Any]],
    samples: str,
    rows_of: Container[str],
    name: str,
) -> None:
    """Raise if the variables of `entries` have different numbers of samples."""
    if len(set(map(len, entries.values()))) == 1:
        return
    other = "columns" if samples == "rows" else "rows"
    turned = _arranged(arrays, other, rows_of, {}).entries
    shapes = listed([f"{n} is {' x '.join(map(str, arrays[n].shape))}" for n in entries])
    raise InvalidInput(
        "the variables of {} have different numbers of {} ({}); {}",
        name, samples, shapes, _advice_on_lengths(entries, turned, samples, other),
    )  # fmt: skip


def _advice_on_lengths(
    entries: Mapping[str, npt.NDArray[Any]],
    turned: Mapping[str, npt.NDArray[Any]],
    samples: str,
    other: str,
) -> str:
    """Advise variables of equal length, or the other orientation if its variables are longer."""
    alike, alike_turned = _alike(entries), _alike(turned)
    equal = f"the numbers of {other} of {listed(alike_turned)} are equal"
    if len(alike_turned) == len(entries):
        equal = f"their numbers of {other} are equal"
    if len(alike_turned) == len(turned) > 1:
        return sentence("{}: use {}", equal, Setting("samples", other))
    if alike_turned and (not alike or len(turned[alike_turned[0]]) > len(entries[alike[0]])):
        chosen = Setting("variable", alike_turned)
        return sentence("{}: choose them with {} and {}", equal, chosen, Setting("samples", other))
    return sentence(
        "save variables with one {} per sample, or choose some of them with {}",
        samples[:-1], Setting("variable", alike) if alike else Setting("variable"),
    )  # fmt: skip


def _alike(entries: Mapping[str, npt.NDArray[Any]]) -> list[str]:
    """Return the variables, at least two, of the same number of samples, the largest such number."""
    counts = Counter(map(len, entries.values()))
    most = max((n for n, count in counts.items() if count > 1), default=0)
    return [name for name, array in entries.items() if len(array) == most]


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
