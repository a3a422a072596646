"""`shards`: a data set in files as `Shards`, fixed ranges of rows that are read one at a time."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sheernet.data.columns.cells import listed_labels
from sheernet.data.files import signatures
from sheernet.data.files.opening import TEXT as OPENED_TEXT
from sheernet.data.files.opening import noun_of, opened
from sheernet.data.formats.number_formats import TEXT as LABELS
from sheernet.data.formats.row_numbers import NAMELESS
from sheernet.data.shards.dask_partitions import NAME, is_dask_frame, partitions_of
from sheernet.data.shards.file_warnings import About, told_once, warn_of_copies, warn_of_totals
from sheernet.data.shards.parquet_shards import divide_row_groups
from sheernet.data.shards.recipes import PARQUET, TEXT, Shard, state_of
from sheernet.data.shards.text_shards import divide_lines, form_of_text
from sheernet.data.sources.table_reader import UNUSED_IN_MEMORY, unused_arguments
from sheernet.data.tables.column_names import first_repeated, listed_names
from sheernet.data.tables.reading import Reading
from sheernet.data.tables.table import Table
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed, plural_of
from sheernet.foundation.sentences import in_quotes
from sheernet.settings.read_settings import ReadSettings
from sheernet.settings.table_settings import names_of

ROWS_OF_SHARD = 2**18
BYTES_OF_SHARD = 2**26
"""Goals for the rows of a shard and for their size in memory, whichever is reached first."""
_OF_FOLDER = (".parquet", ".csv")
"""Endings of the files of a folder, in the order in which they are tried."""
_OF_TABLES = re.compile(
    r"\.(parquet|pq|csv|tsv|tab|txt|dat|asc|xlsx?|xlsm|xlsb|ods|mat|gz|bz2|xz|zip|zst)",
    re.IGNORECASE,
)
"""Endings of files that may belong to a folder's data set, too."""
_OF_SHEETS = re.compile(r"\.(xls[xmb]?|ods)$", re.IGNORECASE)


@dataclass(frozen=True)
class Shards:
    """A data set in files, divided into shards.

    Parameters
    ----------
    shards : tuple of Shard
        The recipes, in the order of the rows; at least one.
    columns : tuple of str
        Names of the columns.
    source : str
        Name of the data set in messages.
    target : str or tuple of str, optional
        Columns to predict.
    weights : str, optional
        Column of case weights.
    inputs : tuple of str, optional
        Columns to predict from; None for all informative ones.
    drop : tuple of str
        Columns that are not inputs.
    files : tuple of str
        Paths of the files, those without rows included.

    Examples
    --------
    >>> import os, tempfile
    >>> import pandas as pd
    >>> import sheernet as sn
    >>> folder = tempfile.mkdtemp()
    >>> for i in range(2):
    ...     frame = pd.DataFrame({"x": [0.0, 1.0, 2.0], "y": [1.0, 3.0, 5.0 + i]})
    ...     frame.to_parquet(os.path.join(folder, f"part-{i}.parquet"))
    >>> data = sn.shards(os.path.join(folder, "*.parquet"), target="y")
    >>> data.columns, data.n_rows, len(data.shards)
    (('x', 'y'), 6, 2)
    >>> data.read(1).frame["y"].tolist()
    [1.0, 3.0, 6.0]
    """

    shards: tuple[Shard, ...]
    columns: tuple[str, ...]
    source: str
    target: tuple[str, ...] = ()
    weights: str | None = None
    inputs: tuple[str, ...] | None = None
    drop: tuple[str, ...] = ()
    files: tuple[str, ...] = field(default=(), repr=False)

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return sum(shard.n_rows for shard in self.shards)

    def __len__(self) -> int:
        return self.n_rows

    def read(self, number: int) -> Table:
        """Read the rows of a shard; raise InvalidInput if its file was changed."""
        return self.shards[number].read()


def shards(
    source: Any,
    target: str | Sequence[str] = (),
    *,
    weights: str | None = None,
    inputs: Sequence[str] | None = None,
    drop: str | Sequence[str] = (),
    rows_of_shard: int = ROWS_OF_SHARD,
    **reading: Any,
) -> Shards:
    """Divide a data set in files into shards, fixed ranges of rows that are read one at a time.

    A shard is a range of row groups of a Parquet file, or a block of rows of a text file.  How the rows are divided
    depends only on the files, so sums over the shards have the same bits on any number of processes and machines.

    Partitions of a DataFrame of Dask are computed here once, for their numbers of rows and checksums, and again by each
    pass over the data; rows that differ then, such as random ones without a seed, are refused.

    Parameters
    ----------
    source : str, path, sequence of paths, pyarrow Dataset, or Dask DataFrame
        A pattern such as ``data/*.parquet``, whose files are taken in the natural order of their names (part-2 before
        part-10); a folder, of which the Parquet files, or else the CSV files, are taken; files in the given order; a
        Dataset of pyarrow on local files; or a DataFrame of Dask, whose partitions are the shards.  All files have the
        same columns, in any order, except row numbers without a name.
    target : str or sequence of str
        Columns to predict.
    weights : str, optional
        Column of case weights.
    inputs : sequence of str, optional
        Columns to predict from; by default all informative ones.
    drop : str or sequence of str
        Columns that are not inputs.
    rows_of_shard : int
        Goal for the rows of a shard.  A shard also ends at about 64 MB in memory; a larger row group is one shard.
    **reading
        Arguments of `read_table` that specify how the files are written, such as missing_values=["-999"]; for text also
        separator, decimal, thousands, encoding, skip, header, units and dates.

    Returns
    -------
    Shards

    Raises
    ------
    InvalidInput
        If there are no files, a file is given twice, cannot be read or has other columns or units, a named column does
        not exist, or a DataFrame is persisted.

    Warns
    -----
    SheernetWarning
        If a file has no rows, is a copy of another one or ends with totals, or a folder has files of other formats,
        too.

    Examples
    --------
    >>> import os, tempfile
    >>> import pandas as pd
    >>> import sheernet as sn
    >>> folder = tempfile.mkdtemp()
    >>> for year in (2024, 2025):
    ...     path = os.path.join(folder, f"{year}.csv")
    ...     pd.DataFrame({"x": range(5), "y": [year] * 5}).to_csv(path, index=False)
    >>> data = sn.shards(os.path.join(folder, "*.csv"), target="y", rows_of_shard=3)
    >>> [(os.path.basename(shard.path), shard.n_rows) for shard in data.shards]
    [('2024.csv', 3), ('2024.csv', 2), ('2025.csv', 3), ('2025.csv', 2)]
    """
    if not isinstance(rows_of_shard, int) or rows_of_shard < 1:
        raise InvalidInput(f"rows_of_shard must be at least 1, but is {rows_of_shard!r}")
    if "samples" in reading:
        raise InvalidInput("the samples of a data set in files must be rows; leave out samples")
    options = ReadSettings(**reading)
    if is_dask_frame(source):
        options.refuse(UNUSED_IN_MEMORY, "does not apply to a DataFrame")
        files, name = list[Path](), NAME
        parts, columns = partitions_of(source, options)
    else:
        files, name = _files_of(source)
        if twice := first_repeated([str(file.resolve()) for file in files]):
            raise InvalidInput(f"{Path(twice).name} is given twice; give each file once")
        with told_once() as about:
            parts, columns = _divided(files, rows_of_shard, options, about)
        warn_of_totals(parts)
        warn_of_copies([Path(path) for path in dict.fromkeys(part.path for part in parts)])
    if not parts:
        raise InvalidInput(f"{name} has no rows; at least one is needed")
    made = Shards(
        tuple(_numbered(parts)), columns, name, names_of("target", target), weights,
        None if inputs is None else names_of("inputs", inputs), names_of("drop", drop),
        tuple(map(str, files)),
    )  # fmt: skip
    used = [*made.target, *(made.inputs or ()), *made.drop, *([] if weights is None else [weights])]
    if set(used) - set(columns):
        parts[0].read().require(used)
    return made


def _divided(
    files: Sequence[Path], rows: int, options: ReadSettings, about: About
) -> tuple[list[Shard], tuple[str, ...]]:
    """Return the shards of files, all numbered from 0, and the names of the columns."""
    parts, columns = list[Shard](), tuple[str, ...]()
    like: Reading | None = None
    units: dict[str, str] = {}
    for file in files:
        with about(file):
            names, found = _parts_of(file, rows, options)
            if not found:
                warn(f"{file.name} has no rows and is left out")
                continue
            columns = columns or names
            columns = _common(file, names, files[0], columns)
            if parts and parts[0].form != found[0].form:
                raise InvalidInput(
                    f"all files of a data set must have one format, but {files[0].name} is {parts[0].form} and "
                    f"{file.name} is {found[0].form}; write all files in one format"
                )
            if found[0].form == TEXT:
                like = like or _reading_of(found[0])
                units = {**(found[0].text.layout.units if found[0].text else {}), **units}
            parts += found
    if like is not None:
        like = replace(like, column_units=units)
    return [replace(part, like=like) for part in parts], columns


def _numbered(parts: Iterable[Shard]) -> Iterator[Shard]:
    """Give shards their numbers and first rows in the data set."""
    first_row = 0
    for number, part in enumerate(parts):
        yield replace(part, number=number, first_row=first_row)
        first_row += part.n_rows


def _files_of(source: Any) -> tuple[list[Path], str]:
    """Return the files of a data set, and its name in messages."""
    if isinstance(source, str | os.PathLike):
        return _files_at(os.fspath(source))
    if type(source).__module__.startswith("pyarrow"):
        if not hasattr(source, "files"):
            raise InvalidInput(
                "a data set of pyarrow must consist of files (pyarrow.dataset.dataset(paths)); give the paths of files"
            )
        return _files_of_dataset(source), "the data set"
    if not isinstance(source, Sequence) or not all(
        isinstance(f, str | os.PathLike) for f in source
    ):
        raise InvalidInput(
            f"a data set must be a pattern of files, a list of files, a Dataset of pyarrow or a DataFrame of Dask, but "
            f"{source!r:.60} was given"
        )
    if not source:
        raise InvalidInput("the list of files is empty; name at least one")
    files = [Path(file) for file in source]
    return files, listed([file.name for file in files], most=2)


def _files_of_dataset(dataset: Any) -> list[Path]:
    """Return the files of a data set of pyarrow; raise if it has columns that are not in them."""
    if dataset.filesystem.type_name != "local":
        raise InvalidInput(
            f"the files of a data set must be local, but are in {dataset.filesystem.type_name!r}; copy them"
        )
    if not dataset.files:
        raise InvalidInput("the data set has no files; at least one is needed")
    schema = dataset.format.inspect(dataset.files[0], filesystem=dataset.filesystem)
    outside = [name for name in dataset.schema.names if name not in schema.names]
    if outside:
        raise InvalidInput(
            f"the data set has columns that are not in its files, {listed_names(outside)}, but in the names of their "
            "folders; write them into the files"
        )
    return [Path(file) for file in dataset.files]


def _files_at(pattern: str) -> tuple[list[Path], str]:
    """Return the files of a pattern, of a folder, or a single file, and the name of the data set."""
    path = Path(pattern)
    if path.is_dir():
        return _files_in(path)
    if path.exists() or not glob.has_magic(pattern):
        return [path], path.name
    # Path.glob takes no absolute patterns.
    found = [Path(file) for file in glob.glob(pattern, recursive=True)]  # noqa: PTH207
    found = [file for file in found if not file.is_dir()]
    if not found:
        raise InvalidInput(
            f"no file fits the pattern {in_quotes(pattern)}; check the folder and the ending"
        )
    return _sorted(found), Path(*path.parts[-2:]).as_posix()


def _files_in(folder: Path) -> tuple[list[Path], str]:
    """Return the Parquet files of a folder, or else its CSV files; warn of others that may be tables."""
    files = [file for file in _sorted(folder.iterdir()) if file.is_file()]
    for ending in _OF_FOLDER:
        found = [file for file in files if file.suffix.lower() == ending]
        others = [f.name for f in files if f not in found and _OF_TABLES.fullmatch(f.suffix)]
        if found and others:
            verb = plural_of(len(others), "is", "are")
            warn(
                f"{listed(others, most=4)} of the folder {in_quotes(str(folder))} {verb} not read: only its files "
                f"*{ending} are; write all files in one format, or give a pattern if these are all"
            )
        if found:
            return found, f"{folder.name}/*{ending}"
    others = [file.name for file in files if _OF_TABLES.fullmatch(file.suffix)]
    sheets = [name for name in others if _OF_SHEETS.search(name)]
    has = f", but {listed(others, most=3)}" if others else ""
    way = (
        "save them as CSV or copy all rows into one, because several workbooks cannot be read as one table"
        if sheets and sheets == others
        else "save its files as CSV, or give a pattern if they have other endings"
    )
    raise InvalidInput(
        f"the folder {in_quotes(str(folder))} has no files *.parquet or *.csv{has}; {way}"
    )


def _sorted(files: Iterable[Path]) -> list[Path]:
    """Sort paths naturally: part-2 before part-10."""

    def place(path: Path) -> list[tuple[int, str]]:
        parts = re.split(r"(\d+)", str(path))
        return [(int(part), part) if part.isdecimal() else (-1, part) for part in parts]

    return sorted(files, key=place)


def _parts_of(file: Path, rows: int, options: ReadSettings) -> tuple[tuple[str, ...], list[Shard]]:
    """Return the columns of a file, and its shards, numbered from 0."""
    state = state_of(file)
    options.refuse(unused_arguments(file), f"does not apply to {file.name}")
    with opened(file) as content:
        if content.compression or content.form not in (signatures.PARQUET, OPENED_TEXT):
            raise InvalidInput(
                f"{file.name} is {noun_of(content)} by its first bytes, and not a plain text file, such as CSV, or a "
                "Parquet file, and only these can be read as several files; save each file as CSV, or copy all rows "
                "into one file"
            )
        text = form_of_text(content, options) if content.form == OPENED_TEXT else None
    assert state is not None
    if text is None:
        form, (names, ranges) = PARQUET, divide_row_groups(file, rows, BYTES_OF_SHARD)
    else:
        form, names = TEXT, text.layout.names
        ranges = list(divide_lines(file, text, rows, BYTES_OF_SHARD))
    found, row = list[Shard](), 0
    for start, stop, n_rows in ranges:
        place = (0, str(file.resolve()), form, start, stop, row, row, n_rows)
        found.append(Shard(*place, *state, None, text, options))
        row += n_rows
    return names, found


def _reading_of(first: Shard) -> Reading:
    """Return how the first block of a data set of text is read: the formats of its columns, labels included."""
    table = first.read()
    labels = {n: LABELS for n in table.columns if table.kind(n) in ("category", "mixed")}
    return Reading.of(first.options, {**labels, **table.formats})


def _common(
    file: Path, names: Sequence[str], first: Path, columns: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the columns of the first file that a file has too: all, except row numbers without a name; else raise."""
    lacking = [name for name in columns if name not in names]
    more = [name for name in names if name not in columns]
    rows = [name for name in (*lacking, *more) if NAMELESS.fullmatch(name)]
    for others, one, other in ((lacking, file, first), (more, first, file)):
        if found := [name for name in others if name not in rows]:
            of_one, of_other = one.name, other.name
            if of_one == of_other:  # in two folders
                of_one, of_other = str(one), str(other)
            raise InvalidInput(
                f"{of_one} lacks the {plural_of(len(found), 'column')} {listed_labels(found)} of {of_other}; give all "
                "files the same columns"
            )
    for name in rows:
        one, other = (first, file) if name in lacking else (file, first)
        warn(
            f"{in_quotes(name)} of {one.name} is left out as row numbers are: {other.name} does not have it"
        )
    return tuple(name for name in columns if name not in rows)
